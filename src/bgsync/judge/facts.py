"""What a run did, as facts: who acts, what labels a step, and what it changes. Whoever tells them makes the English."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import Enum

from bgsync.language import Origin


@dataclass(frozen=True)
class Invocation:
    """Who takes a step: the second event is `event #2`; what there is one of has no number."""

    kind: str
    number: int = 0

    def __str__(self) -> str:
        return f"{self.kind} #{self.number}" if self.number else self.kind


ENVIRONMENT, USER_AGENT = Invocation("environment"), Invocation("user agent")


@dataclass(frozen=True)
class Thing:
    """An object of the spec; its label tells it from the others, "" where it needs none."""

    label: str = ""


# --- what changes


@dataclass(frozen=True)
class StateChanged:
    """The state of a thing is another one."""

    thing: Thing
    before: str
    after: str


@dataclass(frozen=True)
class Listed:
    """A thing is put into the list."""

    thing: Thing


@dataclass(frozen=True)
class Unlisted:
    """A thing is taken out of the list; `was` is its state then, None where it has none.

    One that is withdrawn may be in any state, and what comes of it differs with that.
    """

    thing: Thing
    was: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True)
class Duplicated:
    """The list has two things with one tag."""


@dataclass(frozen=True)
class EventDispatched:
    """An event of a thing is dispatched."""

    thing: Thing


@dataclass(frozen=True)
class EventSettled:
    """The promise of a thing's event is fulfilled or rejected."""

    thing: Thing
    outcome: str


@dataclass(frozen=True)
class PromiseSettled:
    """The promise of a call is resolved or rejected; `error` is what with, if that is said."""

    outcome: str
    error: str | None = None


@dataclass(frozen=True)
class Chosen:
    """Something that the text leaves open is decided."""

    name: str
    value: bool | str


@dataclass(frozen=True)
class AssertFailed:
    """What the text asserts is false."""


@dataclass(frozen=True)
class MemberOfNull:
    """What a member is read or set of is null."""

    owner: str
    member: str


@dataclass(frozen=True)
class TimerElapsed:
    """A wait is over."""


@dataclass(frozen=True)
class EnvironmentMoved:
    """A machine of the environment takes a trigger: both what labels such a step and all that it changes."""

    machine: str
    trigger: str
    before: str
    after: str


Change = (
    StateChanged
    | Listed
    | Unlisted
    | Duplicated
    | EventDispatched
    | EventSettled
    | PromiseSettled
    | Chosen
    | AssertFailed
    | MemberOfNull
    | TimerElapsed
    | EnvironmentMoved
)


SEEN = (StateChanged, Listed, Unlisted, EventDispatched, EventSettled, Duplicated, EnvironmentMoved)
"""The changes that others can see, and that a step of theirs can conflict with."""


def thing_of(change: Change) -> Thing | None:
    """Give the thing that a change is about, if it is about one."""
    return getattr(change, "thing", None)


def merged(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Give the last change of everything that changes, in the order in which each changed first."""
    return tuple({_subject(change): change for change in changes}.values())


def _subject(change: Change) -> Hashable:
    match change:
        case Listed(thing) | Unlisted(thing):
            return Listed, thing
        case EventDispatched(thing) | EventSettled(thing):
            return EventDispatched, thing
        case StateChanged(thing):
            return StateChanged, thing
        case Chosen(name):
            return Chosen, name
        case EnvironmentMoved(machine):
            return EnvironmentMoved, machine
        case _:
            return (type(change),)


# --- what labels a step


@dataclass(frozen=True)
class StepTaken:
    """A step of the text is taken."""

    origin: Origin


@dataclass(frozen=True)
class ReactionBegins(StepTaken):
    """The promise of an event is settled, and the steps that react to it begin."""

    outcome: str


@dataclass(frozen=True)
class TaskRuns(StepTaken):
    """A task that was queued runs where events are handled."""


class Caller(Enum):
    """Who calls a method: somebody outside, or the handler of an event."""

    OUTSIDE = "outside"
    HANDLER = "handler"


@dataclass(frozen=True)
class CallBegins:
    """A call begins, such as lend(t1); a remark says what is special about it."""

    caller: Caller
    call: str
    remark: str = ""


@dataclass(frozen=True)
class RuleIgnored:
    """The user agent does not follow a rule that it should follow."""

    rule: str


@dataclass(frozen=True)
class NeverSettles:
    """The promise of a handler will never settle."""


@dataclass(frozen=True)
class NothingHappens:
    """Nothing is to be done any more, and nobody does anything."""


Label = StepTaken | EnvironmentMoved | CallBegins | RuleIgnored | NeverSettles | NothingHappens
