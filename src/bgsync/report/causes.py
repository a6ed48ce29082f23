"""Groups what was found by its cause: the step that breaks something, and the step that it conflicts with."""

from collections.abc import Hashable
from dataclasses import dataclass

from bgsync import telling
from bgsync.judge.verdict import Report, Verdict
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
        return f"{telling.pair(self.first, words)}: {', '.join(dict.fromkeys(one.property for one in self.findings))}"


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
