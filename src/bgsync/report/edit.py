"""What an edit of a text did, for the forms of a report that are read beside it."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bgsync.compare.properties import Change, Changes
from bgsync.compare.steps import AlgorithmChange
from bgsync.judge.static import TEXT
from bgsync.judge.verdict import Note, Verdict
from bgsync.report.mend import Mend


class Sentences(NamedTuple):
    """A sentence that is no step, before and now, "" where it is not there: its place, and why it is not followed."""

    old: str
    new: str
    where: str
    why: str
    unread: bool = False
    """Whether it requires something of what is followed, and is not understood."""


@dataclass(frozen=True)
class Edit:
    """The text before an edit, by name, the steps that it changed, and the verdicts."""

    base: str
    steps: tuple[AlgorithmChange, ...]
    properties: Changes
    mend: tuple[Mend, ...] = ()
    """What is to be mended in the text as it stands, and was not before."""
    unreached: tuple[str, ...] = ()
    """The steps that some behaviour reached before, and none does now."""
    uncalled: Mapping[str, str] = field(default_factory=dict)
    """The algorithms that nothing comes to, and that were called before or not there, each with the reason."""
    is_editorial: bool = False
    """Whether every step is read as it was before, and goes by the number that it had."""
    renumbered: frozenset[str] = frozenset()
    """The numbers that a step of the old text and another one of the new text have, such as `lend 8.2`."""
    notes: tuple[Note, ...] = ()
    """What is worth a look, and was not there before."""
    nothing_seen: str = ""
    """Why nothing can be said of what the text does now; "" where something can."""
    states: int = 0
    """How many states of the text before were looked at."""
    seconds: float = 0.0
    """How long that took by the clock."""
    ended: Mapping[str, str] = field(default_factory=dict)
    """The steps of the old text that are gone and at which some run ended, each with when: such runs go on now."""
    names: tuple[str, str] = ("OLD", "NEW")
    """What a command calls the text before and now."""

    text: str = ""
    """The source of the text now, "" where there is none."""
    elsewhere: tuple[Sentences, ...] = ()
    """What counts of the sentences that are no steps, is not followed, and changed."""
    ending: Mapping[str, str] = field(default_factory=dict)
    """The steps of the text now that were added and at which some run ends, each with when."""

    def lines_with(self, words: str) -> tuple[int, ...]:
        """Give the numbers of the lines of the text now that have some words, in whatever letters."""
        said = re.compile(rf"\b{re.escape(words)}\b", re.IGNORECASE)
        return tuple(number for number, line in enumerate(self.text.splitlines(), start=1) if said.search(line))

    @property
    def found(self) -> tuple[Verdict, ...]:
        """Every finding that is there now, and was not before, but for what `mend` tells."""
        found = (one for each in self.properties.violated_first if each.new for one in each.new.findings())
        return tuple(one for one in found if one.granularity != TEXT)

    @property
    def further(self) -> tuple[Verdict, ...]:
        """Those of them by which a property is broken that was broken before."""
        return tuple(one for each in self.properties.more if each.new for one in each.new.findings())

    @property
    def maybe_new(self) -> tuple[Verdict, ...]:
        """What is broken now, and of which it is not known whether it was."""
        some = (each.new for each in self.uncompared if each.was == "inconclusive" and each.now == "violated")
        return tuple(one for new in some if new for one in new.findings())

    @property
    def gone(self) -> tuple[Verdict, ...]:
        """Every finding that was there before and is not now, of what is broken in other ways still."""
        fewer = (each for each in self.properties.fewer if each.old and not each.title())
        return tuple(one for each in fewer if each.old for one in each.old.findings())

    @property
    def broken(self) -> tuple[Verdict, ...]:
        """What is violated now, and was not before or not there, in the base environment."""
        return tuple(change.new for change in self.properties.violated_first if change.new and not change.needs)

    @property
    def wrong(self) -> tuple[Mend, ...]:
        """What is wrong in the text as it stands whatever a sentence means that is not understood."""
        return tuple(one for one in self.mend if one.breaks)

    @property
    def hidden(self) -> bool:
        """Whether what the edit does cannot be known before what is to be mended is mended."""
        return any(one.hides for one in self.mend)

    @property
    def ran(self) -> tuple[Verdict, ...]:
        """What of that is broken by what happens, and not by the text as it stands."""
        return tuple(one for one in self.broken if one.granularity != TEXT)

    @property
    def exit_status(self) -> int:
        """Say how `check --base` ends: 1 the edit is wrong, 3 it is not known whether it is, 0 it breaks nothing.

        It is wrong where the text as it stands is by it, whatever else is not known, or where it breaks a property in
        the base environment, be it in an algorithm that nothing calls yet. It is not known where a verdict may have
        become worse and is not decided, be it since a sentence is not understood.
        """
        if self.broken or self.wrong:
            return 1
        return 3 if self.uncompared or self.nothing_seen or self.unread else 0

    @property
    def unread(self) -> tuple[Sentences, ...]:
        """What was required of what is followed, outside of the steps, or is now, and is not understood."""
        return tuple(one for one in self.elsewhere if one.unread)

    @property
    def uncompared(self) -> tuple[Change, ...]:
        """What it may have broken, in the base environment, and what cannot be known for want of looking."""
        return () if self.is_editorial else tuple(one for one in self.properties.uncompared if not one.needs)

    @property
    def command(self) -> str:
        """The command that tells how the behaviour differs."""
        return f"bgsync diff {shlex.join(self.names)}"

    @property
    def rests_on_uncalled(self) -> tuple[str, ...]:
        """The algorithms that nothing comes to, where all that it broke is broken only since they may run anyway."""
        ran = [self.uncalled_in(one) for one in self.found]
        return tuple(name for name in self.uncalled if all(ran) and any(name in names for names in ran))

    def uncalled_in(self, found: Verdict) -> tuple[str, ...]:
        """Give the algorithms that nothing comes to and that a run takes all the same."""
        return tuple(name for name in self.uncalled if name in found.algorithms())
