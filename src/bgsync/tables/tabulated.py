"""Functions of transitions and of states, worked out once a successor or base wherever the frame makes no difference.

The function is given a step and state without the frame. When it counts processes, the frame counts too: what it asked
is noted, and it is worked out once for every answer. When it looks at the processes themselves it is worked out for
every whole state. So its answer is always that for the whole state; how it asks decides only how long it takes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from bgsync.pauses import pause
from bgsync.system.step import State, Step
from bgsync.tables.multisets import Multiset, Which
from bgsync.tables.tables import Base, Successor, Tables

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


class Framed(State):
    """A state without its frame, which notes what it is asked."""

    later: bool
    asked: _Asked

    @classmethod
    def of(cls, state: State, later: bool, asked: _Asked) -> Framed:
        """Give a state without its frame."""
        made = cls._make(state)
        made.later, made.asked = later, asked
        return made

    def count(self, which: Which) -> int:
        """Count the processes of which something is true, the frame included."""
        return self.asked.count((self.later, which))

    @property
    def processes(self) -> tuple[int, ...]:
        """Never given: which processes there are depends on the frame."""
        raise _Whole


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
        return self._value(cell, successor.before, successor.step, (before, after))

    def state(self, base: Base, processes: Multiset) -> T:
        """Give the value for a state."""
        cell = self._bases.get(base.index)
        if cell is None:
            cell = self._bases[base.index] = _Cell()
        return self._value(cell, base.state, None, (processes, None))

    def is_constant(self, place: Successor | Base) -> bool:
        """Whether the value for a successor or base, which was asked for before, is the same in every frame."""
        return self.queries(place) == ()

    def queries(self, place: Successor | Base) -> tuple[Query, ...] | None:
        """Give what is asked of processes at a successor or base that was met; None when they are looked at."""
        cell = self._successors[place.index] if isinstance(place, Successor) else self._bases[place.index]
        return None if cell.whole else cell.queries

    def _value(self, cell: _Cell[T], state: State, step: Step | None, processes: tuple[Multiset, Multiset | None]) -> T:
        pause()
        if not cell.whole:
            answers = _answers(cell.queries, processes)
            if answers in cell.answers:
                return cell.answers[answers]
            asked = self._asked
            asked.queries, asked.processes = list(cell.queries), processes
            try:
                value = self._framed(state, step)
            except _Whole:
                cell.whole = True
            else:
                if len(asked.queries) > len(cell.queries):
                    cell.queries, cell.answers = tuple(asked.queries), {}
                cell.answers[_answers(cell.queries, processes)] = value
                return value
        before, after = processes
        if step is not None and step.after is not None and after is not None:
            step = step._replace(after=step.after._replace(processes=after.numbers))
        return self.function(state._replace(processes=before.numbers), step)

    def _framed(self, state: State, step: Step | None) -> T:
        before = Framed.of(state, False, self._asked)
        if step is None or step.after is None:
            return self.function(before, step)
        return self.function(before, step._replace(after=Framed.of(step.after, True, self._asked)))


def _answers(queries: tuple[Query, ...], processes: tuple[Multiset, Multiset | None]) -> tuple[int, ...]:
    if not queries:
        return ()
    return tuple((processes[later] or processes[0]).count(which) for later, which in queries)
