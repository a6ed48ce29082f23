"""A trace in the Informal Trace Format, which viewers of other model checkers read.

Source: Apalache, ADR 015. A state a step: who took it, where, and every value that the trace speaks of. A value that
was not spoken of yet is the one before its first change.
"""

import json
from typing import Any

from bgsync import telling
from bgsync.errors import BgsyncError
from bgsync.judge.verdict import Report, Trace, Verdict
from bgsync.plain import all_visible


class NotOneTraceError(BgsyncError, ValueError):
    """The format holds one trace, and there is none or there are several."""


def to_itf(*reports: Report) -> str:
    """Write the one trace of the reports. Raises NotOneTraceError."""
    found = [(report, verdict) for report in reports for verdict in report.verdicts if verdict.trace is not None]
    if len(found) != 1:
        names = ", ".join(dict.fromkeys(verdict.property for _, verdict in found)) or "nothing is violated"
        raise NotOneTraceError(f"ITF holds one trace, and there are {len(found)}: name one with --property ({names})")
    report, verdict = found[0]
    assert verdict.trace is not None
    return json.dumps(all_visible(_trace(report, verdict, verdict.trace)), indent=2, ensure_ascii=False)


def _trace(report: Report, verdict: Verdict, trace: Trace) -> dict[str, Any]:
    now = dict[str, str]()
    for step in trace.steps:
        for name, before, _ in telling.changes(step, report.words):
            now.setdefault(name, before)
    names = ["process", "step", "sentence", *now]
    states = [_state(0, {"process": "", "step": "", "sentence": "at first"} | now)]
    for number, step in enumerate(trace.steps, start=1):
        now |= {name: after for name, _, after in telling.changes(step, report.words)}
        where = f"{step.algorithm} {step.step}".strip()
        said = telling.sentence(step, report.words)
        states.append(_state(number, {"process": str(step.actor), "step": where, "sentence": said} | now))
    made: dict[str, Any] = {
        "#meta": {"format": "ITF", "description": f"{verdict.property}: {verdict.message}", "source": report.model},
        "vars": names,
        "states": states,
    }
    if trace.loop is not None:
        made["loop"] = trace.loop
    return made


def _state(index: int, values: dict[str, str]) -> dict[str, Any]:
    return {"#meta": {"index": index}, **values}
