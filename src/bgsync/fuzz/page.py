"""A page about a campaign: one file, which asks for nothing from elsewhere and runs no script."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from bgsync.fuzz.campaign import Result
from bgsync.fuzz.finding import Finding
from bgsync.fuzz.picture import sequence
from bgsync.fuzz.report import Driven, to_test
from bgsync.observing import Observing, Oracle

STYLE = """
:root { color-scheme: light dark; --line: #8885; --bad: #b3261e; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #7fd8a0; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
pre { overflow-x: auto; padding: 1rem; border: 1px solid var(--line); border-radius: .4rem; }
svg { max-width: 100%; height: auto; }
svg text { font: 13px system-ui, sans-serif; fill: currentColor; }
.bad { color: var(--bad); font-weight: 600; }
.good { color: var(--good); }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def to_html(driven: Driven, observing: Observing, oracle: Oracle, result: Result, seed: int) -> str:
    """Make the page: each finding with its picture and its test, what is untested, and what of the model was taken."""
    count = len(result.findings)
    title = {0: "No difference", 1: "One difference"}.get(count, f"{count} differences")
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>bgsync report</title><style>{STYLE}</style></head><body><main>",
        f"<h1>{title}</h1>",
        f"<p>{escape(driven.name)}, judged by {escape(oracle.name)}: {result.steps} operations in {result.examples} "
        f"runs, seed {seed}; {escape(result.ended)}.</p>",
    ]
    for number, finding in enumerate(result.findings, 1):
        parts += _finding(number, finding, driven, observing, oracle)
    parts += _untested(result)
    parts += _coverage(result, oracle)
    return "\n".join((*parts, "</main></body></html>", ""))


def _finding(number: int, finding: Finding, driven: Driven, observing: Observing, oracle: Oracle) -> Iterator[str]:
    last = finding.taken[-1]
    yield f'<h2 id="difference-{number}">{number}. {escape(str(last.operation))}</h2>'
    yield f"<p>{escape(finding.rate).capitalize()}.</p>"
    yield sequence(finding, observing)
    said = f"it raised {finding.raised}" if finding.raised else str(last.seen)
    yield "<table><tr><th></th><th>after the last operation</th><th>by</th></tr>"
    yield f'<tr><th class="bad">seen</th><td>{escape(said)}</td><td></td></tr>'
    for seen, why in finding.wanted.items():
        steps = "<br>".join(escape(f"{step} ({oracle.place(step)})" if oracle.place(step) else step) for step in why)
        yield f'<tr><th class="good">allowed</th><td>{escape(seen)}</td><td>{steps}</td></tr>'
    yield "</table>"
    test = escape(to_test(driven, observing, (finding,)))
    yield f"<details><summary>A test of it</summary><pre>{test}</pre></details>"


def _untested(result: Result) -> Iterator[str]:
    if result.lacking:
        yield '<h2 id="untested">Untested</h2><table><tr><th>without</th><th>is not driven or not seen</th></tr>'
        for name, what in result.lacking.items():
            yield f"<tr><td>{escape(name)}</td><td>{escape(', '.join(what))}</td></tr>"
        yield "</table>"


def _coverage(result: Result, oracle: Oracle) -> Iterator[str]:
    yield '<h2 id="coverage">What of the model was taken</h2>'
    for kind, labels in result.coverage.expected.items():
        yield f"<table><tr><th>{escape(kind)}</th><th>taken</th><th></th></tr>"
        for label in labels:
            count = result.coverage.counts[kind][label]
            out = (kind, label) in result.unreachable
            why = "" if count else "nothing that can be driven leads there" if out else "missed"
            place = oracle.place(label)
            said = f"{label} ({place})" if place else label
            yield f"<tr><td>{escape(said)}</td><td>{count or why}</td><td></td></tr>"
        yield "</table>"
