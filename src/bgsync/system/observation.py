"""What a step did that a property, a monitor or a reader can see: a class for each kind of thing that can happen.

`slot` is the object that something happened to, by its place in the heap; None where it is not one that is followed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

from bgsync.system.state import Process, Shared, Value


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that happened in a step."""

    kind: ClassVar[str] = ""
    """The kind in a word, for people."""


@dataclass(frozen=True, slots=True)
class OfObject(Observation):
    """Something that happened to an object."""

    slot: int | None


@dataclass(frozen=True, slots=True)
class Created(OfObject):
    """An object was made."""

    kind: ClassVar[str] = "new"


@dataclass(frozen=True, slots=True)
class Listed(OfObject):
    """An object was put into the list."""

    kind: ClassVar[str] = "listed"


@dataclass(frozen=True, slots=True)
class Duplicated(OfObject):
    """The list has another object with the value that is to be unique; the run ends here."""

    kind: ClassVar[str] = "duplicate"


@dataclass(frozen=True, slots=True)
class Removed(OfObject):
    """An object was taken out of the list."""

    kind: ClassVar[str] = "removed"
    fields: tuple[Value, ...]
    outcome: Value
    """How the event settled that is reacted to, if any."""


@dataclass(frozen=True, slots=True)
class NotListed(OfObject):
    """An object was to be taken out of the list, and was not there, though nobody has withdrawn it."""

    kind: ClassVar[str] = "not listed"


@dataclass(frozen=True, slots=True)
class Withdrawn(OfObject):
    """An object was taken out of the list by what a monitor knows to withdraw it, or while calls are refused."""

    kind: ClassVar[str] = "withdrawn"


@dataclass(frozen=True, slots=True)
class StateSet(OfObject):
    """The state of an object became another one."""

    kind: ClassVar[str] = "set"
    before: Value
    after: Value
    delayed: bool
    """Whether the step stands after a Wait of its invocation."""


@dataclass(frozen=True, slots=True)
class PerhapsSet(Observation):
    """A state was set of something that is not followed."""

    kind: ClassVar[str] = "perhaps set"
    after: Value


@dataclass(frozen=True, slots=True)
class Dispatched(OfObject):
    """An event about the object was dispatched."""

    kind: ClassVar[str] = "dispatched"


@dataclass(frozen=True, slots=True)
class Settled(OfObject):
    """The event about the object was fulfilled, rejected or terminated."""

    kind: ClassVar[str] = "settled"
    outcome: Value
    listed: bool = True
    """Whether the object was in the list then."""
    again: bool = False
    """Whether a flag of the object said that it had been asked for again."""


@dataclass(frozen=True, slots=True)
class GoesOn(OfObject):
    """The event about the object has settled, and is followed still: its handler goes on, or its worker may end."""

    kind: ClassVar[str] = "goes on"


@dataclass(frozen=True, slots=True)
class Reacted(OfObject):
    """The last of the reactions to an event has done all that it does to objects."""

    kind: ClassVar[str] = "reacted"
    before: Value
    """The fields of the object as the reactions found it: before the first of them changed it."""
    outcome: Value
    told: tuple[str, ...]
    """The members of the event that are true."""
    became: tuple[Value, ...]
    """The states that the reactions set it to."""


@dataclass(frozen=True, slots=True)
class Resolved(Observation):
    """The promise of a method was resolved."""

    kind: ClassVar[str] = "resolved"
    read: tuple[Value, ...]
    """What its call had met by then: the states of parts of the environment that are not as they begin, or may be read
    freely; and what is not followed."""


@dataclass(frozen=True, slots=True)
class Rejected(Observation):
    """The promise of a method was rejected."""

    kind: ClassVar[str] = "rejected"
    read: tuple[Value, ...]
    error: str | None


@dataclass(frozen=True, slots=True)
class SettledTwice(Observation):
    """A promise that had been settled was to be settled again."""

    kind: ClassVar[str] = "twice"


@dataclass(frozen=True, slots=True)
class NeverSettled(Observation):
    """An invocation ended, and nobody is left who could settle its promise."""

    kind: ClassVar[str] = "unsettled"


@dataclass(frozen=True, slots=True)
class WaitBegan(OfObject):
    """An invocation about the object began to wait for time to pass."""

    kind: ClassVar[str] = "waiting"


@dataclass(frozen=True, slots=True)
class WaitEnded(OfObject):
    """A wait for time was over, of an invocation about the object."""

    kind: ClassVar[str] = "elapsed"


@dataclass(frozen=True, slots=True)
class Chose(Observation):
    """The user agent chose."""

    kind: ClassVar[str] = "chose"
    choice: str
    value: bool


@dataclass(frozen=True, slots=True)
class Supposed(OfObject):
    """What is not followed was supposed to be so or not; `slot` is an object that the condition speaks of."""

    kind: ClassVar[str] = "chose"
    choice: str
    value: bool
    varies: bool
    """Whether nothing but the reading `varying` says that it does not stay the same for ever."""
    comes: bool | None = None
    """What it comes to, since something grows."""
    grows: str = ""
    """The counter that does; "" where it is time."""
    times: tuple[str, ...] = ()
    """What it compares with the time that it is: the names of the members and collections that hold times."""

    @property
    def is_free(self) -> bool:
        """Whether it may be so or not for ever, so that nothing but a trace speaks of it."""
        return not self.varies and self.comes is None

    @property
    def passed(self) -> bool:
        """Whether the time that it compares has passed."""
        return bool(self.times) and self.value is self.comes


@dataclass(frozen=True, slots=True)
class Timed(OfObject):
    """The time that it is was put into a member of the object, or into something of this name."""

    kind: ClassVar[str] = "timed"
    name: str


@dataclass(frozen=True, slots=True)
class Counted(OfObject):
    """A counter that only grows was incremented."""

    kind: ClassVar[str] = "counted"
    counter: str


@dataclass(frozen=True, slots=True)
class CountBegins(Observation):
    """A variable that only grows begins anew."""

    kind: ClassVar[str] = "count begins"
    counter: str


@dataclass(frozen=True, slots=True)
class Declined(Observation):
    """The user agent did not choose what the text says it SHOULD."""

    kind: ClassVar[str] = "declined"
    choice: str
    value: bool = False


@dataclass(frozen=True, slots=True)
class Asserted(Observation):
    """An Assert was reached; where it did not hold the run ends."""

    kind: ClassVar[str] = "asserted"
    held: bool


@dataclass(frozen=True, slots=True)
class MemberOfNull(Observation):
    """A member of null was read or set: nobody knows what is done then, and the run ends here."""

    kind: ClassVar[str] = "null"
    owner: str
    """What is null, in words."""
    member: str


@dataclass(frozen=True, slots=True)
class PoolMet(Observation):
    """A bound of the model was met, which ends the run: what lies beyond it is not known."""

    kind: ClassVar[str] = "pool"
    bound: str


class Executed(NamedTuple):
    """One statement that ran: its instruction and what was seen."""

    pc: int
    observations: tuple[Observation, ...]


Noticed = Dispatched | WaitBegan | Withdrawn | GoesOn
"""What other processes take note of."""


class Outcome(NamedTuple):
    """One way in which an action of a process can end."""

    process: Process | None
    """Where the process stands now; None when it ended."""
    spawned: tuple[Process, ...]
    at_once: tuple[Process, ...]
    """Invocations that belong to the same action where an invocation runs to its next wait."""
    shared: Shared
    executed: tuple[Executed, ...]
    failed: bool
    """Whether an Assert failed or the text's own invariant broke: the run ends here."""
    choices: tuple[tuple[str, Value], ...]


def bearing(executed: Iterable[Executed]) -> tuple[Executed, ...]:
    """Give what was executed without what is seen in it that bears on no verdict."""
    return tuple(
        Executed(pc, tuple(one for one in seen if not (isinstance(one, Supposed) and one.is_free)))
        for pc, seen in executed
    )


def in_slots(observations: tuple[Observation, ...], names: dict[int, int]) -> tuple[Observation, ...]:
    """Give observations about objects that are in other slots now."""

    def renamed(seen: Observation) -> Observation:
        if not isinstance(seen, OfObject) or seen.slot is None:
            return seen
        return replace(seen, slot=names.get(seen.slot, seen.slot))

    return tuple(map(renamed, observations))
