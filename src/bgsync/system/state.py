"""Values, objects, processes and observations: small, immutable, and equal when they say the same."""

from typing import NamedTuple


class Ref(NamedTuple):
    """A reference to the object in this slot of the heap."""

    slot: int


class Undecided(NamedTuple):
    """A choice of the user agent that nothing has read so far."""

    name: str
    adversity: str | None
    should: str | None = None


class Event(NamedTuple):
    """A dispatched event: its members."""

    members: tuple[tuple[str, "Value"], ...]


class Client(NamedTuple):
    """A service worker client."""

    frame_type: str


Value = str | bool | None | int | Ref | Undecided | Event | Client | tuple["Value", ...]


class Object(NamedTuple):
    """An object: its fields in the order of its type's members, and whether it stands in the list."""

    fields: tuple[Value, ...]
    listed: bool


Heap = tuple[Object | None, ...]
Locals = tuple[tuple[str, Value], ...]


class Frame(NamedTuple):
    """Where one algorithm stands, with the variables that it still needs."""

    pc: int
    variables: Locals


class Process(NamedTuple):
    """One invocation: its frames, the innermost last, and a note that a monitor keeps on it."""

    frames: tuple[Frame, ...]
    note: Value = None

    @property
    def pc(self) -> int:
        """Where the innermost algorithm stands."""
        return self.frames[-1].pc


class Shared(NamedTuple):
    """What all processes share: the state of every environment machine, in their order, and the heap."""

    context: tuple[str, ...]
    heap: Heap


class Observation(NamedTuple):
    """Something that happened in a step and that a property can see. `slot` is the object that it is about.

    Kinds: asserted (after: whether it held), set (a change of state), new, listed, removed (before: its fields, after:
    the outcome of the event that is reacted to), duplicate, dispatched, settled (after: the outcome), reacted (the
    reaction to an event has ended; before: the fields when it settled, after: the outcome, whether lastChance was read
    as true, and the fields now), resolved, rejected (before: what was read, after: the error), twice, unsettled (an
    invocation ended and its promise never settles), waiting, elapsed, chose (before: the choice), declined (a choice
    that the text says SHOULD be made was not).
    """

    kind: str
    slot: int | None = None
    before: Value = None
    after: Value = None
    delayed: bool = False
    """Whether the step stands after a Wait of its invocation."""


class Executed(NamedTuple):
    """One statement that ran: its instruction and what was seen."""

    pc: int
    observations: tuple[Observation, ...]


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
