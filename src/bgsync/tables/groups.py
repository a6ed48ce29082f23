"""Groups: the processes that share variables, with what is in them. A state is what all share, and its groups.

What two groups share is in the base: the objects, and one variable that is bound outside of every loop. Where there are
several of those, whoever holds one is in one group with all who hold it; and where an object holds a variable there is
one group only. Each group names its own variables in an order of its own, and knows its places in queues.

A part of a state is a state of its own, in which others stand for the frame: two hold the variable that is shared, so
that it stays shared, and somebody waits at each place in a queue that is not in the part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from bgsync.system.collect import together
from bgsync.system.instructions import END
from bgsync.system.observation import Noticed
from bgsync.system.processes import renamed_value
from bgsync.system.state import Cell, Content, Frame, Process, Ref, Shared, cells_of, slots_of
from bgsync.system.step import Queued, Shares, State
from bgsync.system.system import System

OUTER = 1_000_000
"""What a group calls the variable in the base; its own are -2, -3, ..."""

NOWHERE = -1
"""The slot of an object that is none, and the group of what is in none."""

FRAME = "@frame"
"""What marks those that stand for the frame."""

Place = tuple[str, int] | tuple[()]
"""A queue, and how many wait in it before; nothing of what waits in none."""

Queues = tuple[tuple[str, int], ...]
"""How many wait in each queue."""


class Group(NamedTuple):
    """Processes, each with its place in a queue, and what is in the variables that only they share."""

    members: tuple[tuple[int, Place], ...]
    contents: tuple[Content | None, ...] = ()


class Passing(NamedTuple):
    """What a transition does to the groups of its frame."""

    leaves: str = ""
    """The queue that the first one leaves."""
    only: int | None = None
    """The object that is followed apart: what does not hold it stays behind."""
    apart: tuple[int, ...] = ()
    """The objects that are followed apart: what holds one of them stays behind, there."""
    noticed: tuple[tuple[Noticed, str | None], ...] = ()
    """What they take note of, each with the tag that it is about."""
    ends: bool = False
    """Whether all of them are gone."""


NO_CHANGE = Passing()


class Facts(NamedTuple):
    """What is to be known of a group."""

    size: int
    """How many processes it has."""
    running: tuple[int, ...]
    """Its processes that do not wait in queues."""
    many: int
    """How many of it stand for many."""
    holds: int
    """How many of its processes hold the variable in the base."""
    outermost: int
    """How many of its own variables are bound outside of every loop."""
    slots: frozenset[int]
    """The objects that it holds."""
    objects: int
    """The same, a bit for each."""
    queues: frozenset[str]
    """The queues that it waits in."""
    heads: frozenset[str]
    """Those in which it is the first."""


UNCOUNTED = 1_000
"""What a queue keeps in order is never counted."""


class Groups:
    """Every group that was met, by number."""

    def __init__(self, system: System) -> None:
        self.system, self.processes = system, system.processes
        self.known: list[Group] = []
        self.facts: list[Facts] = []
        self._index: dict[Group, int] = {}
        self._named: dict[object, int] = {}
        self._passed: dict[tuple[int, Passing], int | None] = {}
        self._frame = [self.processes.number(Process((Frame(END, ((FRAME, cell),)),))) for cell in (None, Cell(0))]

    def number(self, group: Group) -> int:
        """Number a group the first time that it is met."""
        known = self._index.get(group)
        if known is None:
            known = self._index[group] = len(self.known)
            self.known.append(group)
            self.facts.append(self._facts(group))
        return known

    def _facts(self, group: Group) -> Facts:
        processes = self.processes
        numbers = [number for number, _ in group.members]
        running = tuple(number for number, place in group.members if not place)
        ordered = len(running) < len(numbers) or any(processes.batch[number] for number in running)
        slots = frozenset(slot for number in numbers for slot in processes.slots[number])
        slots |= {slot for content in group.contents if content for slot in slots_of(content.value)}
        places = [place for _, place in group.members if place]
        return Facts(
            len(numbers),
            running,
            UNCOUNTED if ordered else max(map(self.system.many, running), default=UNCOUNTED),
            sum(OUTER in processes.cells[number] for number in numbers),
            sum(content is not None and content.level == 0 for content in group.contents),
            slots,
            sum(1 << slot for slot in slots),
            frozenset(queue for queue, _ in places),
            frozenset(queue for queue, before in places if not before),
        )

    def passed(self, number: int, passing: Passing) -> int | None:
        """Give a group of the frame after a transition, None where it does not come along."""
        key = number, passing
        if key not in self._passed:
            self._passed[key] = self._after(number, passing)
        return self._passed[key]

    def _after(self, number: int, passing: Passing) -> int | None:
        facts, (members, contents) = self.facts[number], self.known[number]
        if (
            passing.ends
            or not facts.slots.isdisjoint(passing.apart)
            or (passing.only is not None and passing.only not in facts.slots)
        ):
            return None
        left = list[tuple[int, Place]]()
        for process, place in members:
            after = self._noticing(process, passing)
            moved = (place[0], place[1] - 1) if place and place[0] == passing.leaves and place[1] else place
            left += [] if after is None else [(after, moved)]
        return self.number(Group(tuple(sorted(left)), contents)) if left else None

    def _noticing(self, number: int, passing: Passing) -> int | None:
        """Give a process after it has taken note of what was done, None where it is gone then."""
        process: Process | None = self.processes.known[number]
        for seen, tag in passing.noticed:
            process = None if process is None else self.system.noticing(self.processes.number(process), seen, tag)
        return None if process is None else self.processes.number(process)

    def frees(self, number: int, passing: Passing) -> bool:
        """Whether a process of a group that shares variables is gone after it has taken note of what was done."""
        members, contents = self.known[number]
        shares = bool(contents) or self.facts[number].holds > 0
        return shares and any(self._noticing(process, passing) is None for process, _ in members)

    # --- from states

    def members(self, state: State) -> Iterator[tuple[int, Place]]:
        """Give the processes of a state, without those that stand for the frame."""
        yield from ((number, ()) for number in state.processes if not self._is_frame(number))
        for queue, numbers in state.queues:
            yield from ((n, (queue, place)) for place, n in enumerate(numbers) if not self._is_frame(n))

    def shared(self, state: State) -> int | None:
        """Give the variable of which others stand for those in the frame that hold it."""
        held = (cell for number in state.processes if self._is_frame(number) for cell in self.processes.places[number])
        return next(held, None)

    def _is_frame(self, number: int) -> bool:
        variables = self.processes.known[number].frames[0].variables
        return bool(variables) and variables[0][0] == FRAME

    def of(self, state: State, outer: int | None, *, whole: bool) -> list[int]:
        """Give the groups of a state, sorted; `outer` is the variable in the base; `whole`: all are one group."""
        if not state.shared.cells and not state.queues and not whole:
            return sorted(group for group in map(self._alone, state.processes) if group != NOWHERE)
        every = list(self.members(state))
        if whole:
            return [self._whole(every, state.shared.cells)] if every or state.shared.cells else []
        return sorted(self._group(part, state.shared.cells, outer) for part in self._parts(every, state, outer))

    def _alone(self, number: int) -> int:
        """Give the group of a process that shares nothing; `NOWHERE` for what stands for the frame."""
        known = self._named.get(number)
        if known is None:
            is_frame = self._is_frame(number)
            known = self._named[number] = NOWHERE if is_frame else self.number(Group(((number, ()),)))
        return known

    def _parts(
        self, every: Iterable[tuple[int, Place]], state: State, outer: int | None
    ) -> Iterator[list[tuple[int, Place]]]:
        """Give the processes that share variables, and what is in these, together."""
        sharing = list[tuple[tuple[int, Place], set[int]]]()
        for member in every:
            mine = set(self.processes.cells[member[0]]) - {outer}
            if not mine:
                yield [member]
                continue
            work = list(mine)
            while work:
                content = state.shared.cells[work.pop()]
                more = set(cells_of(content.value)) - mine - {outer} if content else set[int]()
                mine |= more
                work += more
            sharing.append((member, mine))
        yield from (members for members, _ in together(sharing))

    def _group(self, members: list[tuple[int, Place]], cells: Sequence[Content | None], outer: int | None) -> int:
        processes, (first, place) = self.processes, members[0]
        if len(members) == 1 and not place and not processes.cells[first]:
            return self._alone(first)
        held = {cell for number, _ in members for cell in processes.cells[number]}
        told = tuple((cell, cells[cell]) for cell in sorted(held) if cell != outer)
        simple = not any(content and any(True for _ in cells_of(content.value)) for _, content in told)
        key = (tuple(members), told, outer if outer in held else None)
        known = self._named.get(key) if simple else None
        if known is None:
            known = self._named[key] = self._named_anew(members, cells, outer)
        return known

    def _named_anew(self, members: list[tuple[int, Place]], cells: Sequence[Content | None], outer: int | None) -> int:
        processes, names, own = self.processes, dict[int, int](), list[int]()
        if outer is not None:
            names[outer] = OUTER

        def key(member: tuple[int, Place]) -> tuple[int, Place, str, int]:
            number, place = member
            held = [cells[cell] for cell in processes.places[number] if cell != outer]
            return processes.kind[number], place, str([content and content.value for content in held]), number

        for number, _ in sorted(members, key=key):
            for cell in processes.places[number]:
                if cell not in names:
                    names[cell] = -2 - len(own)
                    own.append(cell)
        for cell in own:  # which grows
            content = cells[cell]
            for inner in cells_of(content.value) if content else ():
                if inner not in names:
                    names[inner] = -2 - len(own)
                    own.append(inner)
        contents = (self._moved(cells[cell], names) for cell in own)
        moved = sorted((processes.renamed(number, names), place) for number, place in members)
        return self.number(Group(tuple(moved), tuple(contents)))

    def _whole(self, members: list[tuple[int, Place]], cells: Sequence[Content | None]) -> int:
        names = {cell: -2 - cell for cell in range(len(cells))}
        moved = sorted((self.processes.renamed(number, names), place) for number, place in members)
        return self.number(Group(tuple(moved), tuple(self._moved(content, names) for content in cells)))

    @staticmethod
    def _moved(content: Content | None, names: dict[int, int]) -> Content | None:
        return content and content._replace(value=renamed_value(content.value, names))

    # --- to states

    def state(
        self,
        bare: State,
        outer: Content | None,
        lengths: Queues,
        numbers: Iterable[int],
        *,
        frame: bool,
        away: frozenset[int] = frozenset(),
    ) -> State:
        """Give the state with these groups; the variables of the first ones come first. `bare` has no processes.

        With `frame` there are others that hold the variable in the base, and one that holds the objects `away`.
        """
        running, cells = list[int](), list[Content | None]([] if outer is None else [outer])
        queues = {queue: [self._frame[0]] * length for queue, length in lengths}
        for number in numbers:
            members, contents = self.known[number]
            if outer is None and not contents and not lengths:
                running.append(members[0][0])
                continue
            names = {-2 - place: len(cells) + place for place in range(len(contents))} | {OUTER: 0}
            cells += [self._moved(content, names) for content in contents]
            for process, place in members:
                here = self.processes.renamed(process, names)
                if place:
                    queues[place[0]][place[1]] = here
                else:
                    running.append(here)
        running += [self._frame[1]] * 2 if frame and outer is not None else []
        running += [self._holding(away)] if away else []
        return bare._replace(
            shared=Shared(bare.shared.context, bare.shared.heap, tuple(cells)),
            processes=tuple(sorted(running)),
            queues=tuple((queue, tuple(have)) for queue, have in queues.items()),
        )

    def _holding(self, away: frozenset[int]) -> int:
        """Give what stands for those that hold some objects, and one more, so that none of these is set apart."""
        held = tuple(map(Ref, (NOWHERE, *sorted(away))))
        return self.processes.number(Process((Frame(END, ((FRAME, held),)),)))

    # --- what is asked of them

    def count(self, number: int, which: Callable[[int], bool] | Queued | Shares) -> int:
        """Count the processes, or the variables, of a group of which something is true."""
        members, contents = self.known[number]
        if isinstance(which, Queued):
            return sum(which.of(process) for process, place in members if place)
        running = self.facts[number].running
        if isinstance(which, Shares):
            there = ((-2 - place, content) for place, content in enumerate(contents) if content)
            return sum(which.of(content, place, running) for place, content in there if content.level)
        return sum(map(which, running))
