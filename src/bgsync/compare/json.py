"""A comparison as JSON."""

from dataclasses import asdict

import msgspec

from bgsync import telling
from bgsync.compare.behaviour import Comparison, DistinguishingTrace, unreached_changes
from bgsync.compare.properties import Change, Changes
from bgsync.compare.steps import AlgorithmChange
from bgsync.language import Origin
from bgsync.words import Words


def to_json(
    changes: tuple[AlgorithmChange, ...], comparison: Comparison | None, properties: Changes | None = None
) -> str:
    """Write what an edit did; what was not looked at is null."""
    data = {
        "changes": [
            {
                "algorithm": algorithm.name,
                "kind": algorithm.kind,
                "old_name": algorithm.old_name,
                "steps": [
                    {
                        "kind": step.kind,
                        "old": _origin(step.old),
                        "new": _origin(step.new),
                        "old_reading": step.old_reading,
                        "new_reading": step.new_reading,
                    }
                    for step in algorithm.steps
                ],
            }
            for algorithm in changes
        ],
        "behaviour": comparison
        and {
            "relation": comparison.relation,
            "proof": comparison.proof,
            "only_old": _trace(comparison.only_old, comparison.words),
            "only_new": _trace(comparison.only_new, comparison.words),
            "explored": [asdict(size) for size in comparison.explored],
            "note": comparison.note,
            "unreached": list(unreached_changes(changes, comparison)),
        },
        "properties": properties
        and {
            "broken": [_change(each) for each in properties.broken],
            "repaired": [_change(each) for each in properties.repaired],
            "changed_kind": [_change(each) for each in properties.changed_kind],
            "more": [_change(each) for each in properties.more],
            "fewer": [_change(each) for each in properties.fewer],
            "unsure": [_change(each) for each in properties.unsure],
            "one_sided": [_change(each) | {"title": each.title()} for each in properties.one_sided],
        },
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()


def _origin(origin: Origin | None) -> dict[str, str | int] | None:
    if origin is None:
        return None
    told: dict[str, str | int] = {"step": origin.step, "file": origin.file, "line": origin.line}
    return told | {"column": origin.column, "sentence": origin.sentence}


def _trace(trace: DistinguishingTrace | None, words: Words) -> dict[str, object] | None:
    if trace is None:
        return None
    steps = [
        {
            "process": str(step.actor), "algorithm": step.algorithm, "step": step.step, "file": step.file,
            "line": step.line, "sentence": telling.sentence(step, words), "changes": telling.values(step, words),
            "action": step.action, "visible": step.visible,
        }
        for step in trace.run.steps
    ]  # fmt: skip
    return {
        "labels": list(trace.labels),
        "instead": list(trace.instead),
        "run": {"steps": steps, "loop": trace.run.loop},
    }


def _change(change: Change) -> dict[str, object]:
    message = change.new.message if change.new else ""
    told: dict[str, object] = {"property": change.property, "needs": list(change.needs), "message": message}
    return told | {"old": change.was, "new": change.now}
