"""Functions of transitions and of states, worked out once a successor or base wherever the frame makes no difference.

The function is given a step and state without the frame. When it counts processes, the frame counts too: what it asked
is noted, and it is worked out once for every answer. When it looks at the processes themselves it is worked out for
every whole state. So its answer is always that for the whole state; how it asks decides only how long it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from bgsync.pauses import pause
from bgsync.system.state import Content, Shared
from bgsync.system.step import Shares, State, Step
from bgsync.tables.multisets import Multiset, Which
from bgsync.tables.rows import NOBODY, Base, Successor
from bgsync.tables.tables import Tables

T = TypeVar("T")
Query = tuple[bool, Which]
"""Whether the state after the step is asked, and what."""


class _Whole(Exception):  # a signal, not an error
    """Raised where a function looks at processes themselves."""


class _Asked:
    """What the processes before and after a step are asked, while a function is worked out."""

    def __init__(self) -> None:
        self.queries: list[Query] = []
        self.processes: tuple[Multiset | None, Multiset | None] = (None, None)

    def count(self, query: Query) -> int:
        """Count processes, and note that it was asked."""
        if query not in self.queries:
            self.queries.append(query)
        processes = self.processes[query[0]]
        assert processes is not None
        return processes.count(query[1])


def _any(content: Content, place: int, processes: tuple[int, ...]) -> bool:
    return True


ANY = Shares(_any)
"""Whether processes share any variable."""


class _Cells(tuple[Content | None, ...]):
    """The variables that are known without the frame: that in the base, and those of the group that acts."""

    asked: _Asked
    later: bool

    @classmethod
    def of(cls, cells: tuple[Content | None, ...], later: bool, asked: _Asked) -> _Cells:
        """Give what is known of the variables."""
        made = cls(cells)
        made.later, made.asked = later, asked
        return made

    def __iter__(self) -> Iterator[Content | None]:
        if self.asked.count((self.later, ANY)):
            raise _Whole
        return super().__iter__()

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice) or place >= super().__len__():
            raise _Whole
        return super().__getitem__(place)


class Framed(State):
    """A state without its frame, which notes what it is asked."""

    later: bool
    asked: _Asked

    @classmethod
    def of(cls, state: State, cells: tuple[Content | None, ...], later: bool, asked: _Asked) -> Framed:
        """Give a state without its frame, with the variables that are known."""
        context, heap, _ = state.shared
        made = cls._make(state._replace(shared=Shared(context, heap, _Cells.of(cells, later, asked))))
        made.later, made.asked = later, asked
        return made

    def count(self, which: Which) -> int:
        """Count the processes or variables of which something is true, the frame included."""
        return self.asked.count((self.later, which))

    @property
    def processes(self) -> tuple[int, ...]:
        """Never given: which processes there are depends on the frame."""
        raise _Whole

    @property
    def queues(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Given where nobody waits in one."""
        known = super().queues
        if known:
            raise _Whole
        return known


class _Cell(Generic[T]):
    """What is known of a function at one successor or base."""

    __slots__ = ("answers", "queries", "whole")

    def __init__(self) -> None:
        self.queries: tuple[Query, ...] = ()
        self.answers: dict[tuple[int, ...], T] = {}
        self.whole = False


class Tabulated(Generic[T]):
    """A function of a transition, or of a state: then it is given no step."""

    def __init__(self, tables: Tables, function: Callable[[State, Step | None], T]) -> None:
        self.tables, self.function = tables, function
        self._asked = _Asked()
        self._successors: dict[int, _Cell[T]] = {}
        self._bases: dict[int, _Cell[T]] = {}

    def successor(self, successor: Successor, before: Multiset, after: Multiset | None) -> T:
        """Give the value for a transition."""
        cell = self._successors.get(successor.index)
        if cell is None:
            cell = self._successors[successor.index] = _Cell()
        return self._value(cell, successor, (before, after))

    def state(self, base: Base, processes: Multiset) -> T:
        """Give the value for a state."""
        cell = self._bases.get(base.index)
        if cell is None:
            cell = self._bases[base.index] = _Cell()
        return self._value(cell, base, (processes, None))

    def is_constant(self, place: Successor | Base) -> bool:
        """Whether the value for a successor or base, which was asked for before, is the same in every frame."""
        return self.queries(place) == ()

    def queries(self, place: Successor | Base) -> tuple[Query, ...] | None:
        """Give what is asked of processes at a successor or base that was met; None when they are looked at."""
        cell = self._successors[place.index] if isinstance(place, Successor) else self._bases[place.index]
        return None if cell.whole else cell.queries

    def _value(self, cell: _Cell[T], place: Successor | Base, processes: tuple[Multiset, Multiset | None]) -> T:
        pause()
        if not cell.whole:
            answers = _answers(cell.queries, processes)
            if answers in cell.answers:
                return cell.answers[answers]
            asked = self._asked
            asked.queries, asked.processes = list(cell.queries), processes
            try:
                value = self._framed(place)
            except _Whole:
                cell.whole = True
            else:
                if len(asked.queries) > len(cell.queries):
                    cell.queries, cell.answers = tuple(asked.queries), {}
                cell.answers[_answers(cell.queries, processes)] = value
                return value
        return self._of_whole(place, *processes)

    def _of_whole(self, place: Successor | Base, before: Multiset, after: Multiset | None) -> T:
        if isinstance(place, Base):
            return self.function(self.tables.whole(place, before.numbers), None)
        step, groups = place.step, self.tables.acting_first(place.acting, before.numbers)
        if place.base is not None and after is not None:
            step = step._replace(after=self.tables.whole(place.base, after.numbers))
        return self.function(self.tables.whole(place.origin, groups), step)

    def _framed(self, place: Successor | Base) -> T:
        if isinstance(place, Base):
            return self.function(Framed.of(place.state, place.state.shared.cells, False, self._asked), None)
        acting = () if place.acting == NOBODY else (place.acting,)
        cells = self.tables.whole(place.origin, acting).shared.cells
        before, step = Framed.of(place.origin.state, cells, False, self._asked), place.step
        if place.base is None or step.after is None:
            return self.function(before, step)
        return self.function(
            before, step._replace(after=Framed.of(step.after, step.after.shared.cells, True, self._asked))
        )


def _answers(queries: tuple[Query, ...], processes: tuple[Multiset, Multiset | None]) -> tuple[int, ...]:
    if not queries:
        return ()
    return tuple((processes[later] or processes[0]).count(which) for later, which in queries)
