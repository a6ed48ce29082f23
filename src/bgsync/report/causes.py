"""Groups what was found by its cause: the step that breaks something, and the step that it conflicts with."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from bgsync.judge.verdict import Report, Verdict


@dataclass(frozen=True)
class Cause:
    """A pair of steps that conflict, and the findings that it makes, the shortest first."""

    findings: tuple[Verdict, ...]

    @property
    def first(self) -> Verdict:
        """The finding with the shortest run."""
        return self.findings[0]

    @property
    def properties(self) -> tuple[str, ...]:
        """The ids of what it breaks."""
        return tuple(dict.fromkeys(one.property for one in self.findings))


def causes(report: Report) -> list[Cause]:
    """Group the findings of a report by cause: in the base environment first, and the shortest run first."""
    return grouped(one for each in report.verdicts if each.verdict == "violated" for one in each.findings())


def grouped(findings: Iterable[Verdict]) -> list[Cause]:
    """Group those findings that have a run by cause, in the same order."""
    groups: dict[Hashable, list[Verdict]] = {}
    for one in findings:
        if one.trace is not None:
            _, where, against = one.defect()
            groups.setdefault((one.needs, one.kind, where, against), []).append(one)
    found = [Cause(tuple(sorted(group, key=_length))) for group in groups.values()]
    return sorted(found, key=lambda cause: (bool(cause.first.needs), _length(cause.first)))


def _length(verdict: Verdict) -> int:
    return 0 if verdict.trace is None else sum(step.is_told for step in verdict.trace.steps)
