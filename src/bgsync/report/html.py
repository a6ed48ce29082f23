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
from bgsync.judge.verdict import Location, Report, Verdict
from bgsync.language import Spec
from bgsync.report.rules import rule_of

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


@dataclass(frozen=True)
class Page:
    """A report with what it is about: the spec, and the sentences of its text with what became of them, if it is read."""

    report: Report
    spec: Spec
    ledger: tuple[tuple[str, int, str, str, str], ...] = ()
    """Where, line, sentence, status, and what it was read as."""


def to_html(*pages: Page) -> str:
    """Write reports as one page."""
    data = json.dumps(
        {"version": version("bgsync"), "reports": [_page(page) for page in pages]}, ensure_ascii=False, sort_keys=True
    )
    safe = data.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e").replace("\u2028", "\\u2028")
    parts = {name: files("bgsync.report").joinpath("page", name).read_text(encoding="utf-8") for name in PARTS}
    parts |= {"data": safe.replace("\u2029", "\\u2029"), "policy": POLICY, "lifecycle": _lifecycle()}
    document = parts["page.html"]
    for name in ("policy", "page.css", "lifecycle", "page.js", "data"):  # the data last: nothing is looked for in it
        before, after = document.split("{{" + name + "}}", 1)
        document = before + parts[name] + after
    return document


PARTS = ("page.html", "page.css", "page.js")


def _lifecycle() -> str:
    """Give the picture of the intended lifecycle; without the extra that lays it out the page shows values only."""
    try:
        return to_svg(lifecycle_diagram())
    except MissingExtraError:
        return ""


def _page(page: Page) -> dict[str, Any]:
    report = page.report
    unreached = set(report.coverage.unreached)
    return {
        "model": report.model,
        "revision": report.revision,
        "bounds": {name: str(value) for name, value in report.bounds.items()},
        "seconds": round(report.seconds, 1),
        "states": sum(explored.states for explored in report.explorations),
        "interrupted": report.interrupted,
        "leftOut": list(report.left_out),
        "coverage": [report.coverage.total, report.coverage.understood, report.coverage.reached],
        "verdicts": [_verdict(verdict) for verdict in report.verdicts],
        "notes": [{"property": n.property, "message": n.message, **_place(n.location)} for n in report.notes],
        "algorithms": [{"name": name, "steps": _steps(page.spec, name, unreached)} for name, _ in page.spec.bodies()],
        "ledger": [dict(zip(("where", "line", "sentence", "status", "how"), row, strict=True)) for row in page.ledger],
    }


def _steps(spec: Spec, name: str, unreached: set[str]) -> list[dict[str, Any]]:
    origins = {st.origin.path: st.origin for st in reversed(spec.statements()) if st.origin and _is_in(st.origin, name)}
    return [
        {
            "step": origin.step,
            "depth": max(len(path) - 1, 0),
            "text": origin.sentence,
            "file": origin.file,
            "line": origin.line,
            "reached": str(origin) not in unreached,
        }
        for path, origin in sorted(origins.items())
    ]


def _is_in(origin: Any, name: str) -> bool:
    return bool(origin.algorithm == name)


def _verdict(verdict: Verdict) -> dict[str, Any]:
    rule = rule_of(verdict.property)
    made: dict[str, Any] = {
        "property": verdict.property,
        "verdict": verdict.verdict,
        "kind": verdict.kind,
        "needs": list(verdict.needs),
        "granularity": verdict.granularity,
        "message": verdict.message,
        "rule": [rule.sentence, rule.why, rule.reference],
        "places": [_place(place) for place in verdict.locations],
        "steps": [],
        "loop": None,
    }
    if verdict.trace is not None:
        shown = [
            place for place, step in enumerate(verdict.trace.steps) if step.visible or step.changes or not step.step
        ]
        made["steps"] = [
            {
                "process": step.process,
                "algorithm": step.algorithm,
                "step": step.step,
                "file": step.file,
                "line": step.line,
                "text": step.sentence,
                "changes": [[name, old, new] for name, (old, new) in step.changes.items()],
            }
            for step in (verdict.trace.steps[place] for place in shown)
        ]
        loop = verdict.trace.loop
        made["loop"] = None if loop is None else sum(place < loop for place in shown)
    return made


def _place(place: Location) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "algorithm": place.algorithm, "step": place.step}
