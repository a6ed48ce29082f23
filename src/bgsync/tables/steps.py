"""The steps of processes, worked out once for all that they do not look at: what is due, and often the context.

A process is given a context that cannot be looked at. Where it tries to, it is given the one there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from bgsync.system.state import Shared
from bgsync.system.step import State, Step, Turn
from bgsync.system.system import System


class _Looked(Exception):  # a signal, not an error
    """Raised where a process looks at the context."""


class _Unseen(tuple[str, ...]):
    """A context that can be passed on, and compared with itself, but not looked at."""

    __slots__ = ()

    def _looked(self, *asked: Any) -> NoReturn:
        raise _Looked

    def __eq__(self, other: object) -> bool:
        return self is other  # not as the context of an empty world, which may be looked at

    __hash__ = object.__hash__
    __iter__ = __getitem__ = __contains__ = __len__ = __add__ = __lt__ = __gt__ = count = index = _looked


UNSEEN = _Unseen()


class Steps:
    """The steps of the processes of a system."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._known: dict[tuple[State, int], tuple[Step, ...]] = {}
        self._looking: set[int] = set()
        """The processes that have looked at the context once."""

    def looks(self, number: int) -> bool:
        """Whether a process has looked at the context so far."""
        return number in self._looking

    def of(self, before: State, number: int) -> Iterator[Step]:
        """Give the steps of a process."""
        bare, known = before._replace(due=()), None
        if number not in self._looking:
            try:
                known = self._of(bare._replace(shared=bare.shared._replace(context=UNSEEN)), number)
            except _Looked:
                self._looking.add(number)
        if known is None:
            known = self._of(bare, number)
        return (_within(before, step) for step in known)

    def _of(self, bare: State, number: int) -> tuple[Step, ...]:
        known = self._known.get((bare, number))
        if known is None:
            known = self._known[bare, number] = tuple(self.system.take(bare, Turn("run", number)))
        return known


def _within(before: State, step: Step) -> Step:
    """Give a step with the context and what is due."""
    return step if step.after is None else step._replace(after=_in(before, step.after))


def _in(before: State, after: State) -> State:
    (_, heap, cells), processes, _, memory, disjoint, queues = after
    due = () if disjoint else before.due
    return State(Shared(before.shared.context, heap, cells), processes, due, memory, disjoint, queues)
