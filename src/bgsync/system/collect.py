"""Keeps states small: collects what nobody holds, counts what is the same, and sets apart what was removed.

Processes that share variables form a group; groups that say the same are counted 0, 1, many as single processes are.
Groups nest as loops do: first those that share what was bound in the innermost loop, with the variables further out
taken as they are, then those further out. What a queue keeps in order is never counted.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Set
from dataclasses import dataclass
from typing import TypeVar

from bgsync.system.evaluation import PROMISE_LEVEL
from bgsync.system.instructions import OUTCOME
from bgsync.system.processes import Processes, renamed_value
from bgsync.system.state import (
    Cell,
    Content,
    Frame,
    Object,
    Promise,
    Shared,
    Value,
    cells_of,
    slots_of,
)
from bgsync.system.step import State

POOLS = {"objects": 12, "shared variables": 24, "invocations": 48}
"""How much of what there may be at once; one state more ends the run, and nothing is concluded from its absence."""
LISTED = 4
"""How many objects a tag may stand in the list at once: one that grows without end comes to any number."""

UNSHARED = -2
"""The level of a place that is not needed any more."""

T = TypeVar("T")
Limit = Callable[[int], int]
"""How many processes with this number stand for many."""


def queued(state: State) -> tuple[int, ...]:
    """Give the processes that wait in queues."""
    return tuple(number for _, numbers in state.queues for number in numbers)


def collect(processes: Processes, state: State) -> tuple[State, bool]:
    """Forget the objects and shared variables that nobody holds; say whether a pending promise was among them."""
    heap, cells, lost = state.shared.heap, state.shared.cells, False
    everybody = (*state.processes, *queued(state))
    if cells:
        used = {cell for n in everybody for cell in processes.cells[n]}
        used |= {cell for o in heap if o for x in o.fields for cell in cells_of(x)}
        grown = True
        while grown:
            more = {cell for slot in used if (c := cells[slot]) is not None for cell in cells_of(c.value)}
            grown = not more <= used
            used |= more
        state = _unshared(processes, state, used)
        gone = [content for slot, content in enumerate(cells) if content and slot not in used]
        lost = any(content.level == PROMISE_LEVEL and content.value == "pending" for content in gone)
        everybody = (*state.processes, *queued(state))
        used = {cell for cell in used if not (c := state.shared.cells[cell]) or c.level != UNSHARED}
        left = enumerate(state.shared.cells)
        cells = _trimmed(tuple(content if slot in used else None for slot, content in left))
    held = {slot for n in everybody for slot in processes.slots[n]}
    held |= {slot for content in cells if content for slot in slots_of(content.value)}
    heap = _trimmed(tuple(o if o and (o.listed or slot in held) else None for slot, o in enumerate(heap)))
    if heap != state.shared.heap or cells != state.shared.cells:
        state = state._replace(shared=state.shared._replace(heap=heap, cells=cells))
    return state, lost


def _unshared(processes: Processes, state: State, used: set[int]) -> State:
    """Give back its own variable to a process that is the only one left to hold it."""
    everybody = (*state.processes, *queued(state))
    counts = Counter(cell for number in everybody for cell in processes.cells[number])
    nested = {cell for content in state.shared.cells if content for cell in cells_of(content.value)}
    nested |= {cell for o in state.shared.heap if o for x in o.fields for cell in cells_of(x)}
    cells = list(state.shared.cells)
    own: dict[int, int] = {}
    for number in everybody:
        alone = {cell for cell in processes.cells[number] if counts[cell] == 1 and cell not in nested}
        if alone:
            own[number] = _with_own(processes, number, alone, cells)
    if not own:
        return state
    return state._replace(
        shared=state.shared._replace(cells=tuple(cells)),
        processes=tuple(sorted(own.get(number, number) for number in state.processes)),
        queues=tuple((queue, tuple(own.get(n, n) for n in numbers)) for queue, numbers in state.queues),
    )


def _with_own(processes: Processes, number: int, alone: set[int], cells: list[Content | None]) -> int:
    process = processes.known[number]
    held = [(name, x) for frame in process.frames for name, x in frame.variables]
    places = Counter(cell for _, x in held for cell in cells_of(x))
    plain = {
        x.slot
        for name, x in held
        if (isinstance(x, Cell) and name not in (OUTCOME, "@reacting"))
        or (isinstance(x, Promise) and name == "@promise")
    }
    taken = {cell for cell in alone & plain if places[cell] == 1}

    def own(value: Value) -> Value:
        content = cells[value.slot] if isinstance(value, Cell | Promise) and value.slot in taken else None
        return value if content is None else content.value

    frames = tuple(Frame(f.pc, tuple((name, own(x)) for name, x in f.variables)) for f in process.frames)
    for cell in taken:
        cells[cell] = Content(None, UNSHARED)
    return processes.number(process._replace(frames=frames))


def _trimmed(items: tuple[Value, ...]) -> tuple:  # type: ignore[type-arg]
    size = len(items)
    while size and items[size - 1] is None:
        size -= 1
    return items[:size]


def pool(state: State, tags: int) -> str | None:
    """Name the pool that a state is too large for, if any."""
    if sum(known is not None and known.listed for known in state.shared.heap) > LISTED * tags:
        return f"objects in the list ({LISTED} a tag)"
    sizes = {
        "objects": len(state.shared.heap),
        "shared variables": len(state.shared.cells),
        "invocations": len(state.processes) + len(queued(state)),
    }
    return next((f"{name} ({POOLS[name]})" for name, size in sizes.items() if size > POOLS[name]), None)


# --- groups of processes that share variables


@dataclass(frozen=True)
class Group:
    """Processes that share variables at a level or further in; `says` is the same for those that say the same."""

    members: tuple[int, ...]
    cells: tuple[int, ...]
    says: Hashable


def together(sharing: Iterable[tuple[T, set[int]]]) -> list[tuple[list[T], set[int]]]:
    """Put those together that hold anything in common; each comes with what it holds."""
    parts: list[tuple[list[T], set[int]]] = []
    for one, mine in sharing:
        joined, reached, rest = [one], mine, list[tuple[list[T], set[int]]]()
        for members, held in parts:
            if held & mine:
                joined, reached = members + joined, reached | held
            else:
                rest.append((members, held))
        parts = [*rest, (joined, reached)]
    return parts


def groups(processes: Processes, state: State, level: int) -> list[Group]:
    """Give the groups that share variables of this level or further in."""
    cells = state.shared.cells
    inner = {slot for slot, content in enumerate(cells) if content and content.level >= level}
    sharing = ((number, set(processes.cells[number] & inner)) for number in state.processes)
    parts = together((number, mine) for number, mine in sharing if mine)
    ordered = set(queued(state)) | {n for n in state.processes if processes.batch[n]}
    away = {cell for number in ordered for cell in processes.cells[number]}
    return [_group(processes, cells, members, held) for members, held in parts if not held & away]


def _group(processes: Processes, cells: tuple[Content | None, ...], members: list[int], held: set[int]) -> Group:
    order: dict[int, int] = {}
    for number in sorted(members, key=lambda n: (processes.kind[n], n)):
        for cell in processes.places[number]:
            if cell in held:
                order.setdefault(cell, -2 - len(order))
    says = (
        tuple(sorted(processes.renamed(n, order) for n in members)),
        tuple((None if (c := cells[cell]) is None else (renamed_value(c.value, order), c.level)) for cell in order),
    )
    return Group(tuple(members), tuple(order), says)


def tidied(processes: Processes, state: State) -> State:
    """Give the shared variables the places in which whoever says the same has them."""
    cells = state.shared.cells

    def key(number: int) -> tuple[int, str, int]:
        held = [cells[cell] for cell in processes.places[number]]
        return processes.kind[number], str([content and content.value for content in held]), number

    order: dict[int, int] = {}
    for number in (*queued(state), *sorted(state.processes, key=key)):
        for cell in processes.places[number]:
            order.setdefault(cell, len(order))
    for place, content in enumerate(cells):
        if content is not None:
            order.setdefault(place, len(order))
    if all(old == new for old, new in order.items()):
        return state
    moved: list[Content | None] = [None] * len(order)
    for old, new in order.items():
        content = cells[old]
        moved[new] = content and content._replace(value=renamed_value(content.value, order))
    heap = tuple(o and o._replace(fields=tuple(renamed_value(x, order) for x in o.fields)) for o in state.shared.heap)

    def to(number: int) -> int:
        return processes.renamed(number, order) if processes.cells[number] else number

    return state._replace(
        shared=state.shared._replace(heap=heap, cells=tuple(moved)),
        processes=tuple(sorted(map(to, state.processes))),
        queues=tuple((queue, tuple(map(to, numbers))) for queue, numbers in state.queues),
    )


def levels(state: State) -> list[int]:
    """Give the levels of the shared variables there are, the innermost first."""
    return sorted({content.level for content in state.shared.cells if content}, reverse=True)


def _most(processes: Processes, group: Group, limit: Limit) -> int:
    return max(limit(number) for number in group.members)


def counted(processes: Processes, state: State, limit: Limit) -> State:
    """Leave out the processes and groups of which there are more than many."""
    same = Counter(number for number in state.processes if not processes.batch[number])
    if any(count > limit(number) for number, count in same.items()):
        spare = {number: count - limit(number) for number, count in same.items() if count > limit(number)}
        left = list(state.processes)
        for number, count in spare.items():
            for _ in range(count):
                left.remove(number)
        state, _ = collect(processes, state._replace(processes=tuple(left)))
    for level in levels(state):
        seen: Counter[Hashable] = Counter()
        left = list(state.processes)
        for group in sorted(groups(processes, state, level), key=lambda group: group.cells):
            seen[group.says] += 1
            if seen[group.says] > _most(processes, group, limit):
                for number in group.members:
                    left.remove(number)
        if len(left) < len(state.processes):
            state, _ = collect(processes, state._replace(processes=tuple(left)))
    return state


def as_more(processes: Processes, state: State, number: int, limit: Limit) -> Iterator[State]:
    """Give the states with one more of a group that is there many times, before a process of it acts."""
    for level in levels(state) if processes.cells[number] else ():
        found = groups(processes, state, level)
        mine = next((group for group in found if number in group.members), None)
        if mine is None or sum(group.says == mine.says for group in found) < _most(processes, mine, limit):
            continue
        cells = list(state.shared.cells)
        names: dict[int, int] = {}
        for cell in mine.cells:
            free = [slot for slot, content in enumerate(cells) if content is None]
            names[cell] = free[0] if free else len(cells)
            cells[names[cell] : names[cell] + 1] = [cells[cell]]
        for cell in names.values():
            content = cells[cell]
            assert content is not None
            cells[cell] = content._replace(value=renamed_value(content.value, names))
        copies = [processes.renamed(n, names) for n in mine.members]
        shared = state.shared._replace(cells=tuple(cells))
        yield state._replace(processes=tuple(sorted((*state.processes, *copies))), shared=shared)


# --- the order of a list


def by_tag(
    processes: Processes, state: State, tags: tuple[str, ...], place: int, made: Set[int]
) -> tuple[State, dict[int, int]]:
    """Give new objects that are the one of their tag the slot with the tag's number; say which slots became which.

    `place` is that of the tag among the members, `made` are the slots of the new ones. The order in which objects were
    made is forgotten by it. Of several objects with one tag it is the one in the list. Older objects stay where they
    are: whoever takes this step does not know who else holds them.
    """
    heap = state.shared.heap
    tagged = [(slot, o) for slot, o in enumerate(heap) if o and o.fields[place] in tags]
    several = Counter(o.fields[place] for _, o in tagged)
    first = ((slot, o) for slot, o in tagged if slot in made and (o.listed or several[o.fields[place]] == 1))
    wanted = {slot: tags.index(o.fields[place]) for slot, o in first}
    names = {slot: tag for slot, tag in wanted.items() if slot != tag}
    free = {slot for slot in names.values() if slot >= len(heap) or heap[slot] is None or slot in names}
    if not names or len(free) < len(names) or len(set(wanted.values())) < len(wanted):
        return state, {}
    moved = list(heap) + [None] * (max(names.values()) + 1 - len(heap))
    for slot in names:
        moved[slot] = None
    for slot, tag in names.items():
        moved[tag] = heap[slot]
    numbers = tuple(sorted(processes.with_slots(number, names) for number in state.processes))
    shared = state.shared._replace(heap=_trimmed(tuple(moved)))
    return state._replace(shared=shared, processes=numbers), names


# --- removed objects


def stands_alone(processes: Processes, state: State, slot: int) -> tuple[int, ...] | None:
    """Give the processes that hold an object outside of the list, None when they share anything with what does not."""
    own = tuple(n for n in state.processes if slot in processes.slots[n])
    rest = [n for n in (*state.processes, *queued(state)) if slot not in processes.slots[n]]
    if any(slot in processes.slots[n] for n in queued(state)) or any(processes.batch[n] for n in own):
        return None
    if any(processes.slots[n] != {slot} or processes.meets(n) for n in own):
        return None
    mine = {cell for n in own for cell in processes.cells[n]}
    if mine & {cell for n in rest for cell in processes.cells[n]}:
        return None
    cells, heap = enumerate(state.shared.cells), enumerate(state.shared.heap)
    values = [content.value for place, content in cells if content and place not in mine]
    values += [x for place, known in heap if known and place != slot for x in known.fields]
    return None if any(slot in slots_of(value) for value in values) else own


def only(shared: Shared, slot: int) -> Shared:
    """Give what is shared with one object only."""
    heap: tuple[Object | None, ...] = tuple(o if place == slot else None for place, o in enumerate(shared.heap))
    return shared._replace(heap=heap[: slot + 1])
