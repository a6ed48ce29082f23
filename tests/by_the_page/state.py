"""States of a run as plain values: objects by number, processes as stacks of steps, and one way to write each state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar


@dataclass(frozen=True, order=True)
class Ref:
    """A reference to an object of the state."""

    number: int


@dataclass(frozen=True, order=True)
class PromiseOf:
    """The promise of an event: what waiting for all its extended lifetime promises gives."""

    event: Ref


@dataclass(frozen=True, order=True)
class Undecided:
    """A choice that nobody has read yet."""

    adversity: str | None


Value = str | bool | int | None | Ref | PromiseOf | Undecided
Names = tuple[tuple[str, Value], ...]
T = TypeVar("T")


class Reaction(NamedTuple):
    """Steps that wait for an event to settle."""

    outcomes: tuple[str, ...]
    body: int
    names: Names


class Handed(NamedTuple):
    """Steps that are handed over with an event."""

    event: Ref
    body: int
    names: Names


class Object(NamedTuple):
    """A registration or an event. `place`: new, listed, removed; queued, dispatched, open, extended, settled."""

    kind: str
    place: str
    fields: Names
    about: Value = None
    outcome: str = ""
    reactions: tuple[Reaction, ...] = ()


class Frame(NamedTuple):
    """A list of steps that is being run. `kind`: steps (called or started), block, loop, atomic, task."""

    body: int
    at: int
    kind: str
    names: Names = ()
    items: tuple[Value, ...] = ()
    handed: Handed | None = None


class Process(NamedTuple):
    """An invocation. `waits`: nothing, task, time. `promise`: none, pending, settled."""

    kind: str
    frames: tuple[Frame, ...]
    waits: str = ""
    promise: str = ""


class State(NamedTuple):
    """A state of the whole system."""

    environment: Names
    due: bool
    objects: tuple[Object, ...]
    processes: tuple[Process, ...]


@lru_cache(maxsize=100_000)
def references(value: object) -> frozenset[int]:
    """Give the numbers of the objects that a value mentions."""
    return frozenset(_references(value))


def _references(value: object) -> Iterator[int]:
    if isinstance(value, Ref):
        yield value.number
    elif isinstance(value, PromiseOf):
        yield value.event.number
    elif isinstance(value, tuple):
        for part in value:
            yield from _references(part)


@lru_cache(maxsize=100_000)
def blanked(value: object) -> str:
    """Write a value without the numbers of objects."""
    return repr(renumbered(value, dict.fromkeys(references(value), -1)))


def renumbered(value: T, numbers: dict[int, int]) -> T:
    """Give a value with every reference changed."""
    return _renumbered(value, numbers)  # type: ignore[no-any-return]  # same shape


def _renumbered(value: Any, numbers: dict[int, int]) -> Any:
    if isinstance(value, Ref):
        return Ref(numbers[value.number])
    if isinstance(value, PromiseOf):
        return PromiseOf(_renumbered(value.event, numbers))
    if isinstance(value, tuple):
        parts = [_renumbered(part, numbers) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


ROOTS = ("listed", "dispatched", "open", "extended")
"""The places of what is there though nobody holds it."""


def written(environment: Names, due: bool, objects: dict[int, Object], processes: list[Process]) -> State:
    """Write a state in one way: what nobody holds is left out, objects are numbered in the order they are met."""
    roots = [number for number, each in objects.items() if each.place in ROOTS]
    held, work = set[int](), [*roots, *references(tuple(processes))]
    while work:
        number = work.pop()
        if number not in held:
            held.add(number)
            work += references(objects[number])
    links = {number: references(objects[number]) for number in held}

    def told(number: int) -> object:
        """Tell an object apart by what it is, what it holds, and who holds it."""
        holds = sorted(blanked(objects[other]) for other in links[number])
        holders = sorted(blanked(process) for process in processes if number in references(process))
        kept = sorted(blanked(objects[other]) for other in held if number in links[other])
        return blanked(objects[number]), holds, holders, kept

    order = sorted(held, key=told)  # type: ignore[arg-type]  # of strings and lists of them
    numbers = {number: place for place, number in enumerate(order)}
    moved = sorted((renumbered(each, numbers) for each in processes), key=repr)
    return State(environment, due, tuple(renumbered(objects[number], numbers) for number in order), tuple(moved))


def alone(number: int, each: Object) -> Object:
    """Give an object with its references to itself blanked, so that those that differ in nothing are equal."""
    return renumbered(each, {other: other for other in references(each)} | {number: -1})


def few(state: State) -> State:
    """Count what waits and has no identity of its own 0, 1, many."""
    processes = [
        each
        for place, each in enumerate(state.processes)
        if each.waits != "time" or state.processes[:place].count(each) < 2
    ]
    told = [alone(number, each) for number, each in enumerate(state.objects)]
    shared = references(state.processes)
    objects = {
        number: each
        for number, each in enumerate(state.objects)
        if each.place != "open" or number in shared or told[:number].count(told[number]) < 2
    }
    if len(objects) == len(state.objects) and len(processes) == len(state.processes):
        return state
    return written(state.environment, state.due, objects, processes)


def apart(state: State, reads_list: set[int]) -> list[State]:
    """Follow what was removed apart from the rest, with which it shares nothing any more but the environment.

    `reads_list` are the places of the processes that may still look at the list.
    """
    count = len(state.objects)
    nodes = list(range(count + len(state.processes)))
    links = [references(each) for each in state.objects] + [references(each) for each in state.processes]
    group = {node: node for node in nodes}

    def root(node: int) -> int:
        while group[node] != node:
            node = group[node]
        return node

    for node in nodes:
        for other in links[node]:
            group[root(node)] = root(other)
    parts: dict[int, set[int]] = {}
    for node in nodes:
        parts.setdefault(root(node), set()).add(node)
    rest, left = set[int](), list[set[int]]()
    for part in parts.values():
        kinds = {state.objects[node].place for node in part if node < count}
        looks = any(node >= count and node - count in reads_list for node in part)
        (left.append(part) if "removed" in kinds and not kinds & {"listed", "new"} and not looks else rest.update(part))
    if not left or (len(left) == 1 and not rest):
        return [state]
    made = []
    for part in [rest, *left]:
        objects = {node: state.objects[node] for node in part if node < count}
        processes = [state.processes[node - count] for node in sorted(part) if node >= count]
        made.append(written(state.environment, state.due, objects, processes))
    return made


def another(objects: dict[int, Object], number: int) -> None:
    """Add one more object like this one."""
    other = max(objects) + 1
    numbers = {each: each for each in references(objects[number])} | {number: other}
    objects[other] = renumbered(objects[number], numbers)
