"""What an edit of a text did, for the forms of a report that are read beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bgsync.judge.verdict import Verdict

if TYPE_CHECKING:  # a comparison is told with the words of a report, so it cannot be imported before them
    from bgsync.compare.properties import Changes
    from bgsync.compare.steps import AlgorithmChange


@dataclass(frozen=True)
class Edit:
    """The text before an edit, by name, the steps that it changed, and the verdicts."""

    base: str
    steps: tuple[AlgorithmChange, ...]
    properties: Changes

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
