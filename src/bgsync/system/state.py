"""Values, objects and processes: small, immutable, and equal when they say the same.

They are tuples, and tuples with the same items are equal: so each kind of value has its `kind` among them.
"""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple


class Ref(NamedTuple):
    """A reference to the object in this slot of the heap."""

    slot: int
    kind: Literal["ref"] = "ref"


class Undecided(NamedTuple):
    """A choice of the user agent that nothing has read so far."""

    name: str
    adversity: str | None
    should: str | None = None
    kind: Literal["undecided"] = "undecided"


class Event(NamedTuple):
    """A dispatched event: its members."""

    members: tuple[tuple[str, "Value"], ...]
    kind: Literal["event"] = "event"


class Record(NamedTuple):
    """Something that the environment has, with its attributes."""

    attributes: tuple[tuple[str, "Value"], ...]
    kind: Literal["record"] = "record"


class Unknown(NamedTuple):
    """What is not followed, and may be anything."""

    name: str = "unknown"
    kind: Literal["unknown"] = "unknown"


UNKNOWN = Unknown()
ANOTHER = Unknown("another one")
"""What is not followed, and is none of the objects in the list."""


class List(NamedTuple):
    """The list of the spec itself, which a variable may hold."""

    name: str = "the list"
    kind: Literal["list"] = "list"


LIST = List()


class Awaited(NamedTuple):
    """The promise that settles when the handler of the dispatched event does."""

    name: str = "the event's promise"
    kind: Literal["awaited"] = "awaited"


AWAITED = Awaited()


class Cell(NamedTuple):
    """A reference to a variable that several invocations share."""

    slot: int
    kind: Literal["cell"] = "cell"


class Promise(NamedTuple):
    """A reference to the promise of a method, kept where a shared variable is: `pending` or `settled`."""

    slot: int
    kind: Literal["promise"] = "promise"


Value = (
    str
    | bool
    | None
    | int
    | Ref
    | Undecided
    | Event
    | Record
    | Unknown
    | List
    | Awaited
    | Cell
    | Promise
    | tuple["Value", ...]
)


class Object(NamedTuple):
    """An object: its fields in the order of its type's members, and whether it stands in the list, or was withdrawn."""

    fields: tuple[Value, ...]
    listed: bool
    withdrawn: bool = False


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
    """What all processes share: the state of every environment machine, in their order, the heap, shared variables."""

    context: tuple[str, ...]
    heap: Heap
    cells: tuple["Content | None", ...] = ()


class Content(NamedTuple):
    """What a shared variable holds, and in how many loops it was bound: the innermost ones are counted first."""

    value: Value
    level: int = 0


def inside(value: Value) -> Iterator[Value]:
    """Give a value and every value in it."""
    yield value
    if isinstance(value, Event):
        for _, member in value.members:
            yield from inside(member)
    elif type(value) is tuple:
        for item in value:
            yield from inside(item)


def replaced(value: Value, change: Callable[[Value], Value]) -> Value:
    """Give a value with every value in it changed."""
    if isinstance(value, Event):
        return Event(tuple((name, replaced(member, change)) for name, member in value.members))
    if type(value) is tuple:
        return tuple(replaced(item, change) for item in value)
    return change(value)


def cells_of(value: Value) -> Iterator[int]:
    """Give the slots of the shared variables and promises in a value."""
    return (part.slot for part in inside(value) if isinstance(part, Cell | Promise))


def slots_of(value: Value) -> Iterator[int]:
    """Give the slots of the objects in a value."""
    return (part.slot for part in inside(value) if isinstance(part, Ref))
