"""What a property is: an id, one sentence, why it matters, what it rests on, and how it is seen to break.

A safety property looks at single transitions. A liveness property says for which states something is owed and which
transitions give it; it is broken by a run that is fair and in which what is owed is never given.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bgsync.language import Spec
from bgsync.system.monitor import NOTHING, Monitor
from bgsync.system.observation import Listed, Observation, OfObject, Removed
from bgsync.system.state import Content, Object, Value
from bgsync.system.step import NEVER_SETTLES, Shares, State, Step
from bgsync.system.system import System


class Seen(NamedTuple):
    """A premise of a property was met, and what broke it, if anything. `part` is added to the id, after a slash."""

    broken: str | None = None
    part: str = ""


class View(NamedTuple):
    """One transition as a property sees it."""

    system: System
    before: State
    step: Step

    def context(self, machine: str) -> str:
        """Give the state of a part of the environment when the step was taken; a move comes before what it starts."""
        moved = self.step.action.kind == "move" and self.step.after is not None
        state = self.step.after if moved and self.step.after is not None else self.before
        return state.shared.context[self.system.machines.index(machine)]

    def barred(self) -> bool:
        """Whether any call would have been refused when the step was taken: no worker is active, nothing is allowed."""
        return bool(self.system.barred(tuple(map(self.context, self.system.machines))))

    def object_before(self, slot: int | None) -> Object | None:
        """Give the object in a slot before the step."""
        heap = self.before.shared.heap
        return heap[slot] if slot is not None and slot < len(heap) else None

    def object_after(self, slot: int | None) -> Object | None:
        """Give the object in a slot after the step; None when nothing holds it any more."""
        heap = self.step.after.shared.heap if self.step.after else ()
        return heap[slot] if slot is not None and slot < len(heap) else None

    def listed(self, seen: OfObject) -> bool | None:
        """Whether the object of an observation was in the list just before it; None before it is ever put there."""
        known = self.object_before(seen.slot)
        listed = None if known is None else known.listed
        for other in self.step.observations:
            if other is seen:
                break
            if isinstance(other, Listed | Removed) and other.slot == seen.slot:
                listed = isinstance(other, Listed)
        return listed

    def state_of(self, known: Object | None) -> str:
        """Give the value of an object's state field."""
        return "" if known is None else state_in(self.system, known.fields)

    def others(self, slot: int | None, *ops: str) -> int:
        """Count the processes that hold the object in `slot` and stand at one of these instructions afterwards."""
        return self.step.after.count(StandsAt(self.system, slot, ops)) if self.step.after else 0

    def unsettled(self, slot: int | None) -> int:
        """Count the events about the object in `slot` that were dispatched and have not settled after the step."""
        after = self.step.after
        if after is None:
            return 0
        return after.count(Awaits(self.system, slot)) + after.count(Shares(Open(self.system, slot)))


def _is_open(outcome: Value) -> bool:
    """Whether what is noted of an event, if it is that, says that it has not settled."""
    return isinstance(outcome, tuple) and bool(outcome) and outcome[0] in (None, NEVER_SETTLES)


@dataclass(frozen=True)
class Awaits:
    """Whether a process awaits an event about the object in a slot whose outcome is noted nowhere."""

    system: System
    slot: int | None

    def __call__(self, number: int) -> bool:
        """Say so of the process with this number."""
        return (self.slot, None) in self.system.processes.events[number]


@dataclass(frozen=True)
class Open:
    """Whether a variable notes that an event about the object in a slot has not settled, which somebody awaits."""

    system: System
    slot: int | None

    def __call__(self, content: Content, place: int, processes: tuple[int, ...]) -> bool:
        """Say so of the variable at this place."""
        events = self.system.processes.events
        return _is_open(content.value) and any((self.slot, place) in events[number] for number in processes)


@dataclass(frozen=True)
class StandsAt:
    """Whether a process holds the object in a slot and stands at one of these instructions."""

    system: System
    slot: int | None
    ops: tuple[str, ...]

    def __call__(self, number: int) -> bool:
        """Say so of the process with this number."""
        here = self.system.program.code[self.system.process(number).pc].op
        return self.system.slot(number) == self.slot and here in self.ops


@lru_cache(maxsize=4)
def state_place(system: System) -> int | None:
    """Give the place of the member that has a finite set of values: the state of an object, if it has one."""
    members = system.scenario.spec.type.members
    return next((place for place, member in enumerate(members) if member.values is not None), None)


def state_in(system: System, fields: Value) -> str:
    """Give the state among the fields of an object, as `canonical` writes it."""
    place = state_place(system)
    return canonical(fields[place]) if place is not None and isinstance(fields, tuple) else ""


@lru_cache(maxsize=1024)
def canonical(state: Value) -> str:
    """Write the name of a state as all texts do: in small letters, without hyphens and spaces; "" for none."""
    return "" if state is None else str(state).lower().replace("-", "").replace(" ", "")


def declared_states(spec: Spec) -> tuple[str, ...]:
    """Give the states that a spec declares for its objects."""
    return next((member.values for member in spec.type.members if member.values is not None), None) or ()


def declared(system: System) -> tuple[str, ...]:
    """Give the states that the text of a system declares."""
    return declared_states(system.scenario.spec)


@dataclass(frozen=True)
class Safety:
    """A promise that one transition can break. `kinds` are the observations that it looks at."""

    id: str
    sentence: str
    why: str
    reference: str
    kinds: tuple[type[Observation], ...]
    look: Callable[[View, Observation, int], Iterable[Seen]]
    """Takes the view, the observation and the instruction that made it."""
    expected: Callable[[System], Iterable[str]] = lambda system: ("",)
    """The parts that must be seen at least once; what is never seen is vacuous."""
    unseen: str | None = None
    """What to say of a part that is never seen, where that is a violation."""
    idle: str = "its premise never occurs"
    """What to say of a part that is never seen, where that is none."""
    monitors: tuple[Monitor, ...] = (NOTHING,)
    broken: str = ""
    """What happens where it is violated, in one sentence for somebody who has never seen the text."""
    forbids: bool = False
    """Whether what it looks at must never be: then it holds where that is never seen, and is not vacuous."""


@dataclass(frozen=True)
class Liveness:
    """A promise that something happens in the end."""

    id: str
    sentence: str
    why: str
    reference: str
    owed: Callable[[System, State], Iterable[Hashable]]
    """What is owed in a state."""
    given: Callable[[View, Hashable], bool]
    """Whether a step gives what is owed, or ends the claim."""
    needs: Callable[[View], bool] | None = None
    """When set, the endless run must also take such a step again and again."""
    monitors: tuple[Monitor, ...] = (NOTHING,)
    parts: tuple[str, ...] = ("",)
    """What the id is extended by under each of the monitors."""
    premise: Callable[[View], bool] | None = None
    """The steps that show the premise was met, where `owed` is not enough."""
    broken: str = ""
    """What happens where it is violated, in one sentence for somebody who has never seen the text."""


Property = Safety | Liveness


def full_id(base: str, part: str) -> str:
    """Join the id of a property and a part of it."""
    return f"{base}/{part}" if part else base


def ids(prop: Property, system: System) -> tuple[str, ...]:
    """Give the ids of the verdicts on a property in a scenario."""
    if isinstance(prop, Liveness):
        return (id_under(prop, system.scenario.monitor),)
    return tuple(dict.fromkeys(full_id(prop.id, part) for part in prop.expected(system)))


def id_under(prop: Liveness, monitor: Monitor) -> str:
    """Give the id of the verdict on a liveness property under one of its monitors."""
    return full_id(prop.id, dict(zip(prop.monitors, prop.parts, strict=True))[monitor])
