"""The steps of processes, worked out once for all that they do not look at: often the context and what is remembered.

A process is given a context and a memory that cannot be looked at. Where it tries to, it is given the one there is.
What is due no process looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

from bgsync.system.state import Shared
from bgsync.system.step import State, Step, Turn
from bgsync.system.system import System

T = TypeVar("T")


class _Unseen(tuple[str, ...]):
    """What can be passed on, and compared with itself, but not looked at."""

    __slots__ = ()

    def _looked(self, *asked: Any) -> NoReturn:
        raise _Looked(self)

    def __eq__(self, other: object) -> bool:
        return self is other or self._looked()

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = object.__hash__
    __iter__ = __getitem__ = __contains__ = __len__ = __add__ = __radd__ = __mul__ = __rmul__ = _looked
    __lt__ = __le__ = __gt__ = __ge__ = __repr__ = count = index = _looked


class _Looked(Exception):  # a signal, not an error
    """Raised where a process looks at what is hidden from it."""

    def __init__(self, at: _Unseen) -> None:
        super().__init__()
        self.at = at


CONTEXT, MEMORY = _Unseen(), _Unseen()


class Steps:
    """The steps of the processes of a system."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._known: dict[tuple[State, int], tuple[Step, ...]] = {}
        self._looking: dict[_Unseen, set[int]] = {CONTEXT: set(), MEMORY: set()}
        """The processes that have looked at each of them once."""

    def looks(self, number: int) -> bool:
        """Whether a process has looked at the context so far."""
        return number in self._looking[CONTEXT]

    def hiding(self, state: State, number: int, function: Callable[[State], T]) -> T:
        """Give what a function makes of a state without what is due, and what a process does not look at in it."""
        while True:
            context = state.shared.context if number in self._looking[CONTEXT] else CONTEXT
            memory = state.memory if number in self._looking[MEMORY] else MEMORY
            try:
                return function(state._replace(shared=state.shared._replace(context=context), due=(), memory=memory))
            except _Looked as looked:
                self._looking[looked.at].add(number)

    def of(self, before: State, number: int) -> Iterator[Step]:
        """Give the steps of a process."""
        return (within(before, step) for step in self.hiding(before, number, lambda bare: self._of(bare, number)))

    def _of(self, bare: State, number: int) -> tuple[Step, ...]:
        known = self._known.get((bare, number))
        if known is None:
            known = self._known[bare, number] = tuple(self.system.take(bare, Turn("run", number)))
        return known


def within(before: State, step: Step) -> Step:
    """Give a step with all that was hidden from it."""
    if step.after is None:
        return step
    (context, heap, cells), processes, _, memory, disjoint, queues = step.after
    context = before.shared.context if context is CONTEXT else context
    memory = before.memory if memory is MEMORY else memory
    due = () if disjoint else before.due
    return step._replace(after=State(Shared(context, heap, cells), processes, due, memory, disjoint, queues))
