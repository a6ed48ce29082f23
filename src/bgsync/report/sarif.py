"""The report as SARIF 2.1.0, the format in which code hosts take findings: a trace is a code flow through the text.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0. Steps of the environment have no line of their own;
since hosts show only places, they are put where the run is: at the step of the text before them, or the first one.
"""

import hashlib
import json
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from bgsync import telling
from bgsync.judge.glossary import Rule
from bgsync.judge.verdict import Location, Report, Trace, TraceStep, Verdict
from bgsync.plain import LEFT_OUT, all_visible
from bgsync.words import Words

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(*reports: Report) -> str:
    """Write reports as one SARIF log: what is violated, what is inconclusive, and notes."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(reports)]}
    return json.dumps(all_visible(log), indent=2, ensure_ascii=False)


def _run(reports: tuple[Report, ...]) -> dict[str, Any]:
    results, used = list[dict[str, Any]](), dict[str, Rule]()
    for report in reports:
        for verdict in report.verdicts:
            if verdict.verdict in ("violated", "inconclusive", "conditional"):
                results.append(_result(report, verdict))
                used.setdefault(results[-1]["ruleId"], report.glossary.rule(verdict.property))
        for note in report.notes:
            places = [_location(note.location)]
            message = {"text": note.message}
            results.append({"ruleId": note.property, "level": "note", "message": message, "locations": places})
            used.setdefault(note.property, report.glossary.rule(note.property))
    order = {name: place for place, name in enumerate(sorted(used))}
    for result in results:
        result["ruleIndex"] = order[result["ruleId"]]
    driver = {"name": "bgsync", "semanticVersion": version("bgsync"), "rules": [_rule(used[name]) for name in order]}
    whole = not any(report.interrupted for report in reports)
    return {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": whole}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    told = f"{rule.why} Rests on: {rule.reference}." if rule.why else rule.sentence
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.sentence},
        "fullDescription": {"text": rule.why or rule.sentence},
        "help": {"text": told},
        "defaultConfiguration": {"level": "error"},
    }


def _result(report: Report, verdict: Verdict) -> dict[str, Any]:
    level, kind = ("error", "fail") if verdict.verdict == "violated" else ("none", "review")
    message = verdict.message or report.glossary.rule(verdict.property).sentence
    if verdict.needs:
        message = f"{message} (needs: {', '.join(verdict.needs)})"
        level = "note" if level == "error" else level
    places = [_location(place) for place in verdict.locations]
    result: dict[str, Any] = {
        "ruleId": report.glossary.rule(verdict.property).id,
        "level": level,
        "kind": kind,
        "message": {"text": f"{verdict.property}: {message}"},
        "locations": places or [_at(report.model, 1, 1)],
        "partialFingerprints": {"bgsync/v1": _fingerprint(verdict)},
        "properties": {
            "property": verdict.property,
            "verdict": verdict.verdict,
            "kind": verdict.kind or "",
            "needs": list(verdict.needs),
            "granularity": verdict.granularity,
        },
    }
    if level == "note":
        del result["kind"]  # a note is not a failure, and SARIF has levels of failures only
    if verdict.trace is not None and any(step.file for step in verdict.trace.steps):
        result["codeFlows"] = [_flow(verdict.trace, report.words)]
    return result


def _fingerprint(verdict: Verdict) -> str:
    """Say which finding this is, in words that survive other line numbers."""
    steps = [f"{place.algorithm} {place.step}" for place in verdict.locations]
    return hashlib.sha256("\0".join((verdict.property, *verdict.needs, *steps)).encode()).hexdigest()[:32]


def _flow(trace: Trace, words: Words) -> dict[str, Any]:
    here = next(step for step in trace.steps if step.file)
    flow = []
    for place, step in enumerate(trace.steps):
        here = step if step.file else here
        if step.is_told:
            flow.append(_flow_location(step, here, place, trace, words))
    ends = "" if trace.loop is None else "; the last of these steps are taken again and again"
    return {"message": {"text": f"A shortest run in which it happens{ends}"}, "threadFlows": [{"locations": flow}]}


def _flow_location(step: TraceStep, here: TraceStep, place: int, trace: Trace, words: Words) -> dict[str, Any]:
    where = f"{step.algorithm} {step.step}: " if step.step else ""
    changes = telling.changes(step, words)
    changed = "; ".join(f"{name}: {old} → {new}" for name, old, new in changes)
    again = "again and again: " if trace.loop is not None and place >= trace.loop else ""
    text = f"{again}{step.actor}: {where}{telling.sentence(step, words)}" + (f" ({changed})" if changed else "")
    return {
        "location": {**_at(here.file, here.line, 1), "message": {"text": text}},
        "executionOrder": place + 1,
        "importance": "essential" if changes else "important",
        **({"state": {name: {"text": new} for name, _, new in changes}} if changes else {}),
    }


def _location(place: Location) -> dict[str, Any]:
    name = f"{place.algorithm} {place.step}".strip()
    found = _at(place.file, place.line, place.column)
    return {**found, "logicalLocations": [{"fullyQualifiedName": name, "kind": "function"}]} if name else found


def _at(file: str, line: int, column: int) -> dict[str, Any]:
    uri = quote(file.removesuffix(LEFT_OUT).replace("\\", "/"), safe="/:")
    region = {"startLine": max(line, 1), "startColumn": max(column, 1)}
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
