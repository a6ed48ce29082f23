"""What the library promises, and what has to be remembered to see it: one property has a memory of its own."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from bgsync.judge.property import Liveness, Safety, Seen, View, state_in
from bgsync.system.monitor import Memory, Monitor
from bgsync.system.observation import Dispatched, Observation, Removed, Resolved, StateSet
from bgsync.system.state import Value
from bgsync.system.step import State
from bgsync.system.system import System

from .loans import ASKED, LENT


@dataclass(frozen=True)
class Bells(Monitor):
    """Remembers for which titles the bell has rung since the loan began."""

    @property
    def name(self) -> str:
        """Name it."""
        return "bells"

    def part(self, memory: Memory, key: str | None) -> Memory:
        """Each title has its own bell."""
        return tuple(title for title in memory if title == key)

    def observed(self, memory: Memory, note: Value, seen: Observation, key: str | None) -> tuple[Memory, Value]:
        """It rings, and a book that is back is forgotten."""
        if isinstance(seen, Dispatched) and key is not None:
            memory = tuple(sorted({*memory, key}, key=str))
        elif isinstance(seen, Removed):
            memory = tuple(title for title in memory if title != key)
        return memory, note


BELLS = Bells()


def _one_bell(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    again = isinstance(seen, Dispatched) and view.system.tag(view.before.shared, seen.slot) in view.before.memory
    yield Seen("the bell rings a second time for one loan" if again else None)


def _asked(system: System, state: State) -> Iterator[Hashable]:
    yield from (
        slot
        for slot, known in enumerate(state.shared.heap)
        if known is not None and known.listed and state_in(system, known.fields) == ASKED
    )


def _lent(view: View, slot: Hashable) -> bool:
    return view.step.action.disjoint is not None or any(
        isinstance(seen, StateSet) and seen.slot == slot and seen.after == LENT for seen in view.step.observations
    )


def _resolves(view: View) -> bool:
    return any(isinstance(seen, Resolved) for seen in view.step.observations)


ONE_BELL = Safety(
    "one-bell",
    "The bell rings once for a loan, until the book is back.",
    "A reader who is called twice comes for nothing.",
    "the rules of the house",
    (Dispatched,),
    _one_bell,
    monitors=(BELLS,),
    broken="A reader is called a second time for a book that was not found.",
)
ASKED_IS_LENT = Liveness(
    "asked-is-lent",
    "A book that is asked for is lent in the end.",
    "A reader who waits for ever goes elsewhere.",
    "the rules of the house",
    _asked,
    _lent,
    monitors=(BELLS,),
    premise=_resolves,
    broken="A book is asked for and never lent.",
)
