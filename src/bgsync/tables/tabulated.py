"""Functions of transitions and of states, worked out once for all that they cannot tell apart.

The function is given a step and states that note what it asks of them: the context, the objects, what is due, what is
remembered, how many processes of some kind there are. It is worked out once for every kind of step and every answer.
When it looks at the processes themselves, or at a state in any other way, it is worked out for every whole state. So
its answer is always that for the whole state; how it asks decides only how long it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, NoReturn, TypeVar

from bgsync.pauses import pause
from bgsync.system.monitor import Memory
from bgsync.system.state import Content, Heap, Shared
from bgsync.system.step import Shares, State, Step
from bgsync.tables.multisets import Multiset, Which
from bgsync.tables.rows import ASPECTS, NOBODY, Base, Successor
from bgsync.tables.tables import Tables

T = TypeVar("T")
Query = tuple[bool, Which | str]
"""Whether the state after the step is asked, and what: to count processes or variables, or one of `ASPECTS`."""

Item = tuple[Successor | Base, Multiset, Multiset | None]
"""A successor or base with the groups before, and after."""


class _Whole(Exception):  # a signal, not an error
    """Raised where a function looks at processes themselves, or at a state in a way that is not noted."""


class _Asked:
    """What the states before and after a step are asked, while a function is worked out."""

    def __init__(self, item: Item, queries: tuple[Query, ...]) -> None:
        self.item, self.queries = item, list(queries)

    def __call__(self, query: Query) -> Any:
        """Answer a query, and note it."""
        if query not in self.queries:
            self.queries.append(query)
        return _answer(query, self.item)


def _any(content: Content, place: int, processes: tuple[int, ...]) -> bool:
    return True


ANY = Shares(_any)
"""Whether processes share any variable."""


class _Hidden:
    """What a state has in its places, so that whoever does not ask for it by name cannot see it."""

    def _looked(self, *asked: Any) -> NoReturn:
        raise _Whole

    __eq__ = __hash__ = __iter__ = __len__ = __getitem__ = __contains__ = __bool__ = __repr__ = _looked
    __lt__ = __gt__ = __le__ = __ge__ = __add__ = __radd__ = _looked


_HIDDEN: Any = _Hidden()


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
        if self.asked((self.later, ANY)):
            raise _Whole
        return super().__iter__()

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice) or place >= super().__len__():
            raise _Whole
        return super().__getitem__(place)


class _Shared(Shared):
    """What processes share, which notes what it is asked."""

    asked: _Asked
    later: bool
    known: tuple[Content | None, ...]

    @property
    def context(self) -> tuple[str, ...]:
        """The state of each machine of the environment."""
        found: tuple[str, ...] = self.asked((self.later, "context"))
        return found

    @property
    def heap(self) -> Heap:
        """The objects."""
        found: Heap = self.asked((self.later, "heap"))
        return found

    @property
    def cells(self) -> tuple[Content | None, ...]:
        """The variables."""
        self.asked((self.later, "outer"))
        return _Cells.of(self.known, self.later, self.asked)


class Framed(State):
    """A state without its frame, which notes what it is asked."""

    later: bool
    asked: _Asked
    known: tuple[Content | None, ...]

    @classmethod
    def of(cls, cells: tuple[Content | None, ...], later: bool, asked: _Asked) -> Framed:
        """Give a state without its frame, with the variables that are known."""
        made = cls._make([_HIDDEN] * 6)
        made.later, made.asked, made.known = later, asked, cells
        return made

    def count(self, which: Which) -> int:
        """Count the processes or variables of which something is true, the frame included."""
        found: int = self.asked((self.later, which))
        return found

    def _replace(self, **changed: Any) -> NoReturn:
        raise _Whole

    @property
    def shared(self) -> Shared:
        """What all processes share."""
        made = _Shared._make([_HIDDEN] * 3)
        made.later, made.asked, made.known = self.later, self.asked, self.known
        return made

    @property
    def processes(self) -> NoReturn:
        """Never given: which processes there are depends on the frame."""
        raise _Whole

    @property
    def due(self) -> tuple[str, ...]:
        """What is due."""
        found: tuple[str, ...] = self.asked((self.later, "due"))
        return found

    @property
    def memory(self) -> Memory:
        """What is remembered."""
        found: Memory = self.asked((self.later, "memory"))
        return found

    @property
    def disjoint(self) -> bool:
        """Whether a removed object is followed only."""
        return bool(self.asked((self.later, "disjoint")))

    @property
    def queues(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Given where nobody waits in one."""
        if self.asked((self.later, "lengths")):
            raise _Whole
        return ()


class _Cell(Generic[T]):
    """What is known of a function at one kind of successor, or at all bases."""

    __slots__ = ("answers", "queries", "whole")

    def __init__(self) -> None:
        self.queries: tuple[Query, ...] = ()
        self.answers: dict[tuple[Any, ...], T] = {}
        self.whole: set[tuple[Any, ...]] = set()
        """The answers where it has to be worked out for every whole state."""


class Tabulated(Generic[T]):
    """A function of a transition, or of a state: then it is given no step."""

    def __init__(self, tables: Tables, function: Callable[[State, Step | None], T]) -> None:
        self.tables, self.function = tables, function
        self._cells: dict[int, _Cell[T]] = {}

    def __call__(self, place: Successor | Base, before: Multiset, after: Multiset | None = None) -> T:
        """Give the value for a transition, or for a state."""
        pause()
        cell, item = self._cell(place), (place, before, after)
        answers = _answers(cell.queries, item)
        if answers in cell.answers:
            return cell.answers[answers]
        if answers not in cell.whole:
            asked = _Asked(item, cell.queries)
            try:
                value = self._framed(place, asked)
            except _Whole:
                value = None
            if len(asked.queries) > len(cell.queries):
                cell.queries, cell.answers, cell.whole = tuple(asked.queries), {}, set()
                answers = _answers(cell.queries, item)
            if value is not None:
                cell.answers[answers] = value[0]
                return value[0]
            cell.whole.add(answers)
        return self._of_whole(place, before, after)

    def is_constant(self, place: Successor | Base) -> bool:
        """Whether the value for a successor or base, which was asked for before, is the same in every frame."""
        cell = self._cell(place)
        return not cell.whole and all(isinstance(which, str) for _, which in cell.queries)

    def queries(self, place: Successor | Base) -> tuple[Query, ...] | None:
        """Give what is asked at a kind of successor, or at bases; None where nothing was worked out there."""
        cell = self._cells.get(place.kind)
        return None if cell is None else cell.queries

    def is_whole(self, place: Successor | Base, before: Multiset, after: Multiset | None) -> bool:
        """Whether the value for what was asked for before is worked out for every whole state."""
        cell = self._cell(place)
        return bool(cell.whole) and _answers(cell.queries, (place, before, after)) in cell.whole

    def _cell(self, place: Successor | Base) -> _Cell[T]:
        return self._cells.setdefault(place.kind, _Cell())

    def _of_whole(self, place: Successor | Base, before: Multiset, after: Multiset | None) -> T:
        if isinstance(place, Base):
            return self.function(self.tables.whole(place, before.numbers), None)
        step, groups = place.step, self.tables.acting_first(place.acting, before.numbers)
        if place.base is not None and after is not None:
            step = step._replace(after=self.tables.whole(place.base, after.numbers))
        return self.function(self.tables.whole(place.origin, groups), step)

    def _framed(self, place: Successor | Base, asked: _Asked) -> tuple[T]:
        if isinstance(place, Base):
            return (self.function(Framed.of(place.state.shared.cells, False, asked), None),)
        acting = () if place.acting == NOBODY else (place.acting,)
        before = Framed.of(self.tables.whole(place.origin, acting).shared.cells, False, asked)
        step, after = place.step, place.step.after
        if place.base is not None and after is not None:
            step = step._replace(after=Framed.of(after.shared.cells, True, asked))
        return (self.function(before, step),)


def _answers(queries: tuple[Query, ...], item: Item) -> tuple[Any, ...]:
    return tuple(_answer(query, item) for query in queries)


def _answer(query: Query, item: Item) -> Any:
    later, which = query
    place, before, after = item
    if not isinstance(which, str):
        groups = after if later else before
        assert groups is not None
        return groups.count(which)
    base = place if isinstance(place, Base) else place.base if later else place.origin
    assert base is not None
    return ASPECTS[which](base)
