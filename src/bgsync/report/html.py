"""The report as one HTML file that needs nothing else: no network, no server, no build.

The page gets everything as JSON in a data block, and its script puts text into elements as text only, so nothing that
a spec says can become markup or code; a content security policy forbids all loading besides.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from bgsync.draw import MissingExtraError, lifecycle_diagram, to_svg
from bgsync.judge.verdict import Location, Report, TraceStep, Verdict
from bgsync.language import NotUnderstood, Spec
from bgsync.report.rules import rule_of
from bgsync.report.story import Story, shown, story
from bgsync.report.words import LANES, OUTBOX, caller, messages, thing_of, told, who

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
PARTS = ("page.html", "page.css", "kit.js", "finding.js", "page.js")


@dataclass(frozen=True)
class Page:
    """A report with what it is about: the spec, and the sentences of its text with what each was read as, if any."""

    report: Report
    spec: Spec
    ledger: tuple[tuple[str, int, str, str, str], ...] = ()
    """Where, line, sentence, status, and what it was read as."""


def to_html(*pages: Page) -> str:
    """Write reports as one page."""
    data = json.dumps(
        {"version": version("bgsync"), "lanes": LANES, "reports": [_page(page) for page in pages]},
        ensure_ascii=False,
        sort_keys=True,
    )
    for character in "&<>\u2028\u2029":
        data = data.replace(character, f"\\u{ord(character):04x}")
    parts = {name: files("bgsync.report").joinpath("page", name).read_text(encoding="utf-8") for name in PARTS}
    parts |= {"data": data, "policy": POLICY, "lifecycle": _lifecycle()}
    document = parts["page.html"]
    for name in ("policy", "page.css", "lifecycle", "data", "kit.js", "finding.js", "page.js"):
        before, after = document.rsplit("{{" + name + "}}", 1)  # what was put in stands before it, whatever it says
        document = before + parts[name] + after
    return document


def _lifecycle() -> str:
    """Give the picture of the intended lifecycle; without the extra that lays it out the page shows values only."""
    try:
        return to_svg(lifecycle_diagram())
    except MissingExtraError:
        return ""


def _page(page: Page) -> dict[str, Any]:
    report = page.report
    return {
        "model": report.model,
        "revision": report.revision,
        "bounds": {name: str(value) for name, value in report.bounds.items()},
        "states": sum(explored.states for explored in report.explorations),
        "interrupted": report.interrupted,
        "leftOut": list(report.left_out),
        "coverage": [report.coverage.total, report.coverage.understood, report.coverage.reached],
        "verdicts": [_verdict(verdict, page.spec) for verdict in report.verdicts],
        "notes": [{"property": n.property, "message": n.message, **_place(n.location)} for n in report.notes],
        "algorithms": _algorithms(page.spec, set(report.coverage.unreached)),
        "ledger": [dict(zip(("where", "line", "sentence", "status", "how"), row, strict=True)) for row in page.ledger],
    }


def _algorithms(spec: Spec, unreached: set[str]) -> list[dict[str, Any]]:
    """Give the steps of every algorithm and rule in the order of the text, each once."""
    named: dict[str, dict[tuple[int, ...], Any]] = {name: {} for name, _ in spec.bodies()}
    blind = {st.origin for st in spec.statements() if isinstance(st, NotUnderstood)}
    for origin in (st.origin for st in spec.statements()):
        if origin is not None:
            named.setdefault(origin.algorithm, {}).setdefault(origin.path, origin)
    return [
        {
            "name": name,
            "steps": [
                {
                    "step": origin.step,
                    "depth": max(len(path) - 1, 0),
                    "text": origin.sentence,
                    "file": origin.file,
                    "line": origin.line,
                    "reached": str(origin) not in unreached,
                    "understood": origin not in blind,
                }
                for path, origin in sorted(steps.items())
            ],
        }
        for name, steps in named.items()
        if steps
    ]


def _verdict(verdict: Verdict, spec: Spec) -> dict[str, Any]:
    rule, tale = rule_of(verdict.property), story(verdict, spec)
    steps, loop = shown(verdict.trace) if verdict.trace is not None else ((), None)
    return {
        "property": verdict.property,
        "verdict": verdict.verdict,
        "kind": verdict.kind,
        "needs": list(verdict.needs),
        "granularity": verdict.granularity,
        "message": verdict.message,
        "rule": [rule.sentence, rule.why, rule.reference],
        "places": [_place(place) for place in verdict.locations],
        "steps": _trace(steps),
        "loop": loop,
        **_story(tale),
    }


def _story(tale: Story) -> dict[str, Any]:
    return {
        "headline": tale.headline,
        "lead": tale.lead,
        "moments": [[moment.place, moment.text, moment.role] for moment in tale.moments],
        "leftOut": tale.left_out,
        "lines": [[line.place, line.why] for line in tale.lines],
        "advice": tale.advice,
    }


def _trace(steps: tuple[TraceStep, ...]) -> list[dict[str, Any]]:
    callers = {step.process: caller(step.sentence) for step in steps if not step.step}
    outbox = any(not step.step and OUTBOX in step.sentence for step in steps)
    return [
        {
            "process": step.process,
            "who": who(step.process),
            "algorithm": step.algorithm,
            "step": step.step,
            "file": step.file,
            "line": step.line,
            "text": step.sentence,
            "told": told(step),
            "messages": [list(message) for message in messages(step, callers, outbox=outbox)],
            "changes": [[*_named(name, step.process), old, new] for name, (old, new) in step.changes.items()],
        }
        for step in steps
    ]


def _named(name: str, process: str) -> tuple[str, str]:
    """Give a change the name and the thing under which it can be told from those of other invocations."""
    shared = ": " in name or name in ("network", "window clients", "service worker", "execution", "user agent")
    name = name if shared or process == "environment" else f"{name} ({process})"
    return name, thing_of(name)


def _place(place: Location) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "algorithm": place.algorithm, "step": place.step}
