"""What the tables are made of: bases, rows, and what becomes of a row's part in each of its successors."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from bgsync.system.state import Content
from bgsync.system.step import Presence, State, Step, Turn
from bgsync.tables.groups import Groups, Passing, Queues
from bgsync.tables.multisets import Known, Multiset

NOBODY = -1
"""The group that acts where none does."""


class Split(NamedTuple):
    """What of a state is not in its groups, besides what `Base.state` has."""

    outer: Content | None = None
    """What is in the variable that groups share."""
    joined: bool = False
    """Whether there are several such variables; then all who hold one of them are in one group."""
    whole: bool = False
    """Whether all processes are one group."""
    lengths: Queues = ()


class Way(NamedTuple):
    """What may become of a part of the groups in a turn, in whatever context, and whatever is due or remembered."""

    step: Step
    kind: int
    """The same number for all that do the same."""
    passing: Passing
    into: Multiset
    """What the part becomes; of no meaning where the run ends."""
    core: int = -1
    """The core of the base after it."""
    split: Split | None = None
    """None where the run ends."""
    dropped: int = 0
    matters: str = ""
    """To whom else of the frame it matters: `outermost` or `all`."""
    left: frozenset[int] | None = None
    """The objects that it takes out of the list; None where it changes none."""
    concerns: frozenset[int] = frozenset()
    """The objects that are not in the list of which it bears on who holds them, and on what becomes of them."""


class Base:
    """All of a state but its groups. All of it but the context, what is due and what is remembered is its core."""

    kind: ClassVar[int] = -1  # that of no successor

    def __init__(self, index: int, core: int, state: State, split: Split, groups: Groups) -> None:
        self.index, self.core, self.state, self.split = index, core, state, split
        away = frozenset(slot for slot, known in enumerate(state.shared.heap) if known and not known.listed)
        self.away = frozenset[int]() if state.disjoint else away
        """The objects that are not in the list, are held, and may be set apart."""
        self._groups, self._holding = groups, dict[frozenset[int], Known]()
        self.plans: dict[Presence, Plan] = {}
        self.rows: dict[RowKey, Row] = {}
        self.alone: dict[tuple[int, Turn], Row] = {}
        """The rows of turns without any group but the one that acts, which matter to no other one."""

    def holding(self, slots: frozenset[int]) -> Known:
        """Know who holds one of some objects."""
        known = self._holding.get(slots)
        if known is None:
            facts = self._groups.facts
            known = self._holding[slots] = Known(lambda group: not slots.isdisjoint(facts[group].slots))
        return known

    @property
    def aside(self) -> frozenset[int]:
        """The objects without whose holders a turn may be worked out."""
        split = self.split
        return frozenset() if split.outer is not None or split.joined or split.whole else self.away


ASPECTS: dict[str, Callable[[Base], Hashable]] = {
    "context": lambda base: base.state.shared.context,
    "heap": lambda base: base.state.shared.heap,
    "outer": lambda base: base.split.outer,
    "due": lambda base: base.state.due,
    "memory": lambda base: base.state.memory,
    "disjoint": lambda base: base.state.disjoint,
    "lengths": lambda base: base.split.lengths,
}
"""What there is to know of a base, each by itself."""


@dataclass
class Plan:
    """Whose turn it is, among others with some presence."""

    outer: list[tuple[Turn, Known | None]]
    """What happens by itself, with the groups that it changes."""
    acting: dict[int, tuple[Turn, ...]]
    """The turns of each group that was met."""


class Successor:
    """One transition, whatever groups are about. `base` is None when the run ends here."""

    __slots__ = ("acting", "base", "index", "kind", "origin", "passing", "step")

    def __init__(self, index: int, origin: Base, acting: int, way: Way, base: Base | None) -> None:
        self.index, self.origin, self.acting, self.base = index, origin, acting, base
        self.step = way.step if base is None else way.step._replace(after=base.state)
        self.kind = way.kind
        """The same number for all that do the same, from whatever base."""
        self.passing = way.passing
        """What it does to the frame; what is followed apart is so in as many transitions right before this one."""


class RowKey(NamedTuple):
    """What a row is for."""

    acting: int
    turn: Turn
    part: Multiset
    frame: bool
    """Whether others hold what is shared in the base, and are not in the part."""
    kept: frozenset[int] = frozenset()
    """The objects of which all who decide what becomes of them are in the part, and one more that holds them."""
    aside: frozenset[int] = frozenset()
    """The objects that are not in the list, which others hold that are not in the part."""


class Row:
    """What a turn does to a part of the groups: the successors, and what the part becomes in each.

    `touches` knows the groups of a frame to which it matters; it is None where it matters to none. `dropped` says
    whether fewer of the part hold what is shared in the base: that matters to others that do, unless there are many.
    `unlisted` are the objects of which one that holds them has to be in the part, if there is one. It `concerns`
    objects that are not in the list where it was worked out without those that hold them, and bears on these: then they
    have to be.
    """

    __slots__ = ("concerns", "dropped", "part", "successors", "touches", "unlisted")

    def __init__(
        self,
        part: Multiset,
        successors: list[tuple[Successor, Multiset]],
        touches: Known | None,
        dropped: int,
        unlisted: tuple[int, ...],
        *,
        concerns: frozenset[int] = frozenset(),
    ) -> None:
        self.part, self.successors, self.touches = part, successors, touches
        self.dropped, self.unlisted, self.concerns = dropped, unlisted, concerns

    @property
    def is_settled(self) -> bool:
        """Whether it matters to no frame."""
        return self.touches is None and not self.dropped and not self.unlisted and not self.concerns
