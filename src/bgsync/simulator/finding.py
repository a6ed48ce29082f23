"""A walk that begins where a finding of `check` ends, also of a promise that only a run without end breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bgsync.judge.check import Question, check
from bgsync.judge.pace import Progress
from bgsync.judge.verdict import Trace, Verdict
from bgsync.simulator.simulation import SimulationError, Way


def broken_along(
    question: Question, name: str, along: Callable[[Trace], Way], progress: Progress | None = None
) -> tuple[Way, str]:
    """Give the shortest run that breaks a property as a way, and what is to be said of it. Raises SimulationError."""
    finding = _shortest(question, name, progress)
    assert finding.trace is not None
    way, said = along(finding.trace), f"{finding.property} is broken at the end of this way."
    if finding.trace.loop is not None:
        said = f"{finding.property} is broken by this way: {_endless(finding.trace)}"
    return way, said


def _endless(trace: Trace) -> str:
    assert trace.loop is not None
    actions = trace.steps[-1].action
    first = trace.steps[trace.loop].action if trace.loop < len(trace.steps) else actions + 1
    return endless(first - 1, actions + 1 - first)


def endless(before: int, loop: int) -> str:
    """Say how a run without end goes on after so many steps: by so many again and again."""
    if not loop:
        return f"after {before} step{'s' * (before != 1)} nothing more needs to happen, for ever."
    return f"from step {before + 1} on it can go round for ever, and what is owed never comes."


def _shortest(question: Question, name: str, progress: Progress | None) -> Verdict:
    """Give the shortest finding of a property, or of a part of it."""
    base = name.partition("/")[0]
    asked = [prop for prop in question.properties if prop.id == base]
    report = check(replace(question, properties=asked), progress)
    verdicts = [one for one in report.verdicts if name in (base, one.property)]
    findings = [one for verdict in verdicts for one in verdict.findings()]
    broken = [one for one in findings if one.trace is not None and set(one.needs) <= set(question.adversities)]
    if not broken:
        told = ", ".join(f"{one.property}: {one.verdict}" for one in verdicts) or "it was not judged"
        raise SimulationError(f"no run that breaks {name} was found here ({told}); bgsync check says where one is")
    return min(broken, key=lambda one: len(one.trace.steps) if one.trace else 0)
