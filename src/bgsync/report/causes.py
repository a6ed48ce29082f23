"""Groups what was found by its cause: the step that breaks something, and the step that it conflicts with."""

from collections.abc import Hashable
from dataclasses import dataclass

from bgsync import telling
from bgsync.judge.verdict import Report, TraceStep, Verdict
from bgsync.words import Words


@dataclass(frozen=True)
class Cause:
    """A pair of steps that conflict, and the findings that it makes, the shortest first."""

    findings: tuple[Verdict, ...]

    @property
    def first(self) -> Verdict:
        """The finding with the shortest run."""
        return self.findings[0]

    def told(self, words: Words) -> str:
        """Say in a line which steps conflict, with what they need, and what that breaks."""
        first, against = self.first, self.first.conflict()
        where = ", ".join(dict.fromkeys(f"{place.algorithm} {place.step}" for place in first.locations[-1:]))
        if first.trace is not None and first.trace.loop is not None and not first.recurs():
            where = " and ".join(map(_named, first.last_changes())) or where
        versus = "" if against is None else f" against {_named(against) or telling.sentence(against, words)}"
        needs = f"with {', '.join(first.needs)}: " if first.needs else ""
        broken = ", ".join(dict.fromkeys(one.property for one in self.findings))
        return f"{needs}{where}{versus} ({first.kind or 'violated'}): {broken}"


def causes(report: Report) -> list[Cause]:
    """Group the findings of a report by cause: in the base environment first, and the shortest run first."""
    groups: dict[Hashable, list[Verdict]] = {}
    for verdict in report.verdicts:
        for one in verdict.findings() if verdict.verdict == "violated" else ():
            if one.trace is not None:
                _, where, against = one.defect()
                groups.setdefault((one.needs, one.kind, where, against), []).append(one)
    found = [Cause(tuple(sorted(group, key=_length))) for group in groups.values()]
    return sorted(found, key=lambda cause: (bool(cause.first.needs), _length(cause.first)))


def _length(verdict: Verdict) -> int:
    return 0 if verdict.trace is None else sum(step.is_told for step in verdict.trace.steps)


def _named(step: TraceStep) -> str:
    return f"{step.algorithm} {step.step}" if step.step else ""
