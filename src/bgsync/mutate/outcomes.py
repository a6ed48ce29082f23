"""What becomes of mutants: killed, equivalent, or alive; and what that says of the properties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from bgsync.mutate.mutants import Mutant

Fate = Literal["killed", "equivalent", "survived", "unfinished"]
"""`unfinished`: time or memory, or the patience of the user, were spent before it was judged."""
FATES: tuple[Fate, ...] = get_args(Fate)
MALFORMED = "well-formed"
"""What kills a mutant that is no spec any more."""


@dataclass(frozen=True)
class Kill:
    """A verdict that the original does not have: something is broken that was not."""

    property: str
    """The id, with its part if it has one."""
    kind: str | None
    needs: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant."""

    mutant: Mutant
    fate: Fate
    stage: str
    """Where that was decided: `structure`, a granularity with its adversities, or `behaviour`."""
    kills: tuple[Kill, ...] = ()
    why: str = ""
    """Of an equivalent one, what proves it; of one that survived, what a page, a worker or a server can tell of it."""
    changed: tuple[str, ...] = ()
    """What else properties say of it than of the original, in words: nothing of this is broken."""

    @property
    def by(self) -> tuple[str, ...]:
        """The ids of the properties that kill it, in alphabetical order."""
        return tuple(sorted({kill.property.partition("/")[0] for kill in self.kills}))


@dataclass(frozen=True)
class Row:
    """What a property does: how many mutants it kills, how many of them nothing else kills, and where."""

    property: str
    kills: int
    alone: int


@dataclass(frozen=True)
class Analysis:
    """The outcomes of all mutants that were tried."""

    model: str
    content: str
    properties: tuple[str, ...]
    """The ids of the properties that could kill."""
    outcomes: tuple[Outcome, ...]
    made: int
    """How many mutants there are; fewer are tried where a sample was asked for."""
    thorough: bool = False
    """Whether every mutant went through every stage, also where it was killed before."""
    stages: tuple[str, ...] = ()
    """Where it was looked: granularities, with or without adversities. What is equivalent is so there."""

    def of(self, fate: Fate) -> tuple[Outcome, ...]:
        """Give the outcomes with this fate."""
        return tuple(each for each in self.outcomes if each.fate == fate)

    @property
    def score(self) -> float | None:
        """The part killed of those that were judged and are not equivalent; None where there are none."""
        killed, survived = len(self.of("killed")), len(self.of("survived"))
        return killed / (killed + survived) if killed + survived else None

    def rows(self) -> tuple[Row, ...]:
        """Give a row for each property that kills, those that kill most first."""
        killed = [each.by for each in self.outcomes]
        kills = Counter(name for by in killed for name in by)
        alone = Counter(by[0] for by in killed if len(by) == 1)
        return tuple(Row(name, many, alone[name]) for name, many in sorted(kills.items(), key=lambda x: (-x[1], x[0])))

    def idle(self) -> tuple[str, ...]:
        """Give the properties that kill nothing."""
        busy = {row.property for row in self.rows()}
        return tuple(name for name in self.properties if name not in busy)

    def operators(self) -> Iterator[tuple[str, Counter[str]]]:
        """Give for each operator how many of its mutants had which fate."""
        for name in dict.fromkeys(each.mutant.operator for each in self.outcomes):
            yield name, Counter(each.fate for each in self.outcomes if each.mutant.operator == name)

    @property
    def exit_status(self) -> int:
        """0 no mutant survived, 1 some did, 3 not all were judged, or there was none."""
        if self.of("survived"):
            return 1
        return 3 if self.of("unfinished") or not self.outcomes else 0
