"""What an edit of a machine did: the states and rows that it changed, and whether the machine does what it did.

What is observed of a run is each call, the states that it leads to, and the type of an exception that gets out of it;
not the data, the timers, or what guards say. A machine **allows** a run that it has under some answers of free guards,
and **refuses** a call that no row answers. The new machine is *wider* where it allows every run that the old one does,
and after none of them may refuse a call that the old one always takes, and *narrower* where that is so the other way
round. So a row more is wider; a guard more is narrower, unless another row answers where it is false.

Both machines are made deterministic on the way, breadth first: after a run stands the set of all configurations that it
can lead to. So the first run that tells them apart is a shortest one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bgsync.machines.behaviour import Behaviour, Shape
from bgsync.machines.table import Row
from bgsync.machines.telling import outlived

PAIRS = 1_000_000
"""How many pairs of sets of configurations are looked at."""

Relation = Literal["equivalent", "narrower", "wider", "incomparable", "inconclusive"]


@dataclass(frozen=True)
class Edited:
    """A state or a row that one machine has and the other has not, or has otherwise."""

    kind: Literal["added", "removed", "changed", "moved"]
    what: Literal["state", "row"]
    old: str
    new: str


@dataclass(frozen=True)
class Apart:
    """A shortest run that only one machine allows, or the last call of which only one never refuses."""

    trace: tuple[str, ...]
    run: tuple[str, ...]  # the same as lines of Python, for the machine that has it
    here: str  # what the last call does in that machine
    there: str  # and what it does in the other one


@dataclass(frozen=True)
class Difference:
    """What an edit of a machine did."""

    relation: Relation
    edited: tuple[Edited, ...]
    only_old: Apart | None
    only_new: Apart | None
    old_configurations: int
    new_configurations: int
    unfinished: str = ""

    @property
    def exit_status(self) -> int:
        """0 where both do the same, 1 where they do not, 3 where that is not known."""
        return {"equivalent": 0, "inconclusive": 3}.get(self.relation, 1)


def difference(old: Behaviour, new: Behaviour) -> Difference:
    """Compare two machines."""
    search = _Search(old, new)
    search.run()
    only_old, only_new = search.found
    relation: Relation = "equivalent"
    if only_old and only_new:
        relation = "incomparable"
    elif search.unfinished:
        relation = "inconclusive"
    elif only_old or only_new:
        relation = "narrower" if only_old else "wider"
    edited = tuple(_edited(old.shape, new.shape))
    sizes = len(old.labels), len(new.labels)
    return Difference(relation, edited, only_old, only_new, *sizes, search.unfinished)


Move = tuple[str, str, str]
"""A call, the exception that gets out of it, and what it leads to."""
Configurations = frozenset[int]


class _Side:
    """One of the machines, made deterministic as far as it is looked at."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self._moves: dict[Configurations, dict[Move, Configurations]] = {}

    def starts(self) -> dict[Move, Configurations]:
        """Give the beginnings, as moves without a call."""
        found: dict[Move, set[int]] = {}
        for number in self.behaviour.starts:
            found.setdefault(("", "", self.behaviour.labels[number]), set()).add(number)
        return {move: frozenset(numbers) for move, numbers in found.items()}

    def known(self, numbers: Configurations) -> bool:
        """Tell whether all steps of some configurations are known."""
        return max(numbers) < len(self.behaviour.steps)

    def moves(self, numbers: Configurations) -> dict[Move, Configurations]:
        """Give what can be observed after some configurations, and where it leads to."""
        if numbers not in self._moves:
            found: dict[Move, set[int]] = {}
            for number in sorted(numbers):
                for call, error, target in self.behaviour.steps[number]:
                    move = (self.behaviour.calls[call], error.partition(":")[0], self.behaviour.labels[target])
                    found.setdefault(move, set()).add(target)
            self._moves[numbers] = {move: frozenset(targets) for move, targets in found.items()}
        return self._moves[numbers]

    def sure(self, numbers: Configurations) -> set[str]:
        """Give the calls that none of some configurations may refuse."""
        calls, steps, refused = self.behaviour.calls, self.behaviour.steps, self.behaviour.refused
        each = ({call for call, _, _ in steps[number]} - set(refused[number]) for number in numbers)
        return {calls[call] for call in set.intersection(*each)}


@dataclass(frozen=True)
class _Pair:
    """What a run can lead to in both machines, and how it came there."""

    sets: tuple[Configurations, Configurations]
    move: Move
    before: _Pair | None

    def moves(self) -> list[Move]:
        """Give the moves of the run; the first is its beginning."""
        return [*(self.before.moves() if self.before else []), self.move]


class _Search:
    """The search for runs that tell two machines apart."""

    def __init__(self, old: Behaviour, new: Behaviour) -> None:
        self.sides = _Side(old), _Side(new)
        self.found: list[Apart | None] = [None, None]
        self.unfinished = ""

    def run(self) -> None:
        """Look until a run of either kind is found, or there is none."""
        seen: set[tuple[Configurations, Configurations]] = set()
        layer = self._after(None, self.sides[0].starts(), self.sides[1].starts())
        while layer and not all(self.found):
            following: list[_Pair] = []
            for pair in layer:
                if pair.sets in seen:
                    continue
                seen.add(pair.sets)
                if len(seen) > PAIRS:
                    self.unfinished = f"more than {PAIRS:,} pairs of what both may be in"
                    return
                bounds = [
                    side.behaviour.unfinished
                    for side, numbers in zip(self.sides, pair.sets, strict=True)
                    if not side.known(numbers)
                ]
                if bounds:
                    self.unfinished = bounds[0]
                    continue
                old, new = (side.moves(numbers) for side, numbers in zip(self.sides, pair.sets, strict=True))
                following += self._after(pair, old, new)
                self._refusals(pair, old, new)
            layer = following

    def _after(
        self, pair: _Pair | None, old: dict[Move, Configurations], new: dict[Move, Configurations]
    ) -> list[_Pair]:
        """Give the pairs after the moves of both; note moves of one alone."""
        for side, own, other in ((0, old, new), (1, new, old)):
            if self.found[side] is None and (move := next((each for each in own if each not in other), None)):
                others = [_told(each) for each in other if each[0] == move[0]]
                refused = f"is refused in state {pair.move[2]!r}" if pair else "does not"
                there = " or ".join(others) or refused
                self.found[side] = self._apart(side, pair, move, _told(move), there)
        return [_Pair((own, new[move]), move, pair) for move, own in old.items() if move in new]

    def _refusals(self, pair: _Pair, old: dict[Move, Configurations], new: dict[Move, Configurations]) -> None:
        """Note a call that one machine always takes and the other may refuse."""
        sure = [side.sure(numbers) for side, numbers in zip(self.sides, pair.sets, strict=True)]
        for side, own in ((0, old), (1, new)):
            lost = sure[side] - sure[1 - side]
            if lost and self.found[side] is None:
                move = next(each for each in own if each[0] in lost)
                there = f"may be refused in state {pair.move[2]!r}"
                self.found[side] = self._apart(side, pair, move, "is never refused", there)

    def _apart(self, side: int, pair: _Pair | None, move: Move, here: str, there: str) -> Apart:
        moves = [*(pair.moves() if pair else []), move]
        behaviour = self.sides[side].behaviour
        starts = (lines for n, lines in behaviour.starts.items() if behaviour.labels[n] == moves[0][2])
        lines = list(next(starts))
        for call, error, _ in moves[1:]:
            lines += outlived(behaviour.lines[behaviour.calls.index(call)], error)
        lines += behaviour.asserts[move[2]]
        return Apart(tuple(call for call, _, _ in moves[1:]), tuple(lines), here, there)


def _told(move: Move) -> str:
    call, error, label = move
    raises = f"raises {error} and " if error else ""
    return f"{raises}{'leads to' if call else 'begins in'} {label!r}"


def _edited(old: Shape, new: Shape) -> Iterator[Edited]:
    """Give the states and rows that an edit changed."""
    states, others = _described(old), _described(new)
    for name in dict.fromkeys([*states, *others]):
        yield from _pair("state", states.get(name), others.get(name))
    for was, row in paired(old.rows, new.rows):
        yield from _pair("row", None if was is None else str(was), None if row is None else str(row))
    for before, after in _by_key(old.rows, new.rows):
        if before != after and sorted(map(str, before)) == sorted(map(str, after)):
            yield Edited("moved", "row", "; ".join(map(str, before)), "; ".join(map(str, after)))


def _pair(what: Literal["state", "row"], old: str | None, new: str | None) -> Iterator[Edited]:
    if old != new:
        yield Edited("added" if old is None else "removed" if new is None else "changed", what, old or "", new or "")


def _described(shape: Shape) -> dict[str, str]:
    """Say of each state by its name whether it is initial or final."""
    marks = ((shape.initial, "initial"), (shape.final, "final"))
    said = {state: ", ".join(mark for which, mark in marks if state in which) for state in shape.states}
    return {state: f"{state} ({marked})" if marked else state for state, marked in said.items()}


def paired(old: Sequence[Row], new: Sequence[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """Pair the rows of each trigger and source: those that are the same, or lead to one state, or have one guard.

    What is left is paired in order; what is left of one machine alone has None for the other.
    """

    def guards(row: Row) -> object:
        return row.conditions, row.unless

    ways: tuple[Callable[[Row], object], ...] = (str, lambda row: row.target, guards, lambda _: None)
    for was, now in _by_key(old, new):
        gone, come = list(was), list(now)
        for way in ways:
            for row in list(gone):
                other = next((each for each in come if way(each) == way(row)), None)
                if other is not None:
                    gone.remove(row)
                    come.remove(other)
                    yield row, other
        yield from ((row, None) for row in gone)
        yield from ((None, row) for row in come)


def _by_key(old: Sequence[Row], new: Sequence[Row]) -> Iterator[tuple[list[Row], list[Row]]]:
    """Give the rows of each trigger and source, in the order in which they are tried."""
    for key in dict.fromkeys((row.trigger, row.source) for row in (*old, *new)):
        was, now = ([row for row in rows if (row.trigger, row.source) == key] for rows in (old, new))
        yield was, now
