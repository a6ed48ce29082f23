"""What an edit of a text did, for the forms of a report that are read beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bgsync.compare.properties import Changes
from bgsync.compare.steps import AlgorithmChange
from bgsync.judge.verdict import Verdict
from bgsync.report.mend import Mend


@dataclass(frozen=True)
class Edit:
    """The text before an edit, by name, the steps that it changed, and the verdicts."""

    base: str
    steps: tuple[AlgorithmChange, ...]
    properties: Changes
    mend: tuple[Mend, ...] = ()
    """What is wrong in the text as it stands, and was not before."""
    unreached: tuple[str, ...] = ()
    """The steps that some behaviour reached before, and none does now."""
    uncalled: Mapping[str, str] = field(default_factory=dict)
    """The algorithms that nothing comes to, and that were called before or not there, each with the reason."""
    is_editorial: bool = False
    """Whether every step is read as it was before, and goes by the number that it had."""

    @property
    def found(self) -> tuple[Verdict, ...]:
        """Every finding that is there now, and was not before."""
        return tuple(one for each in self.properties.violated_first if each.new for one in each.new.findings())

    @property
    def further(self) -> tuple[Verdict, ...]:
        """Those of them by which a property is broken that was broken before."""
        return tuple(one for each in self.properties.more if each.new for one in each.new.findings())

    @property
    def gone(self) -> tuple[Verdict, ...]:
        """Every finding that was there before, and is not now."""
        old = (*self.properties.repaired, *self.properties.fewer)
        return tuple(one for each in old if each.old for one in each.old.findings())

    @property
    def broken(self) -> tuple[Verdict, ...]:
        """What is violated now, and was not before or not there, in the base environment."""
        return tuple(change.new for change in self.properties.violated_first if change.new and not change.needs)

    @property
    def exit_status(self) -> int:
        """0 nothing broken by the edit, 1 something was, 3 it is not known."""
        if self.broken:
            return 1
        unsure = (change.new for change in self.properties.unsure if not change.needs)
        return 3 if any(new is not None and new.verdict == "inconclusive" for new in unsure) else 0
