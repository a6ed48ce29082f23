"""A product of components in arrays: what every engine reads, and nothing of the interpreter any more.

The local states of a component are put into *classes*: those with the same object, whose invocations in flight
stand at the same instructions. Local states of one class differ in what waits only, so that most of their combinations
with those of another class are reachable, or none is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bgsync.product.component import CALLED, ROOM, Component, Contexts, Label, NotSeparableError, Transition
from bgsync.product.composition import check_composition
from bgsync.product.minimise import Colours, minimised
from bgsync.system.system import System
from bgsync.tables.tables import Tables

Numbers = NDArray[np.int64]
Words = NDArray[np.unsignedinteger]
Joint = tuple[int, int, list[Numbers]]
"""A move of all components: its guard, a context, and in how many ways it can be taken in each local state of each."""

GUARDS = (0, ROOM, CALLED, ROOM | CALLED)
MOST_CONTEXTS = 64
"""A word has a bit for each context."""


@dataclass(frozen=True)
class Table:
    """One component. Edges are sorted by class, guard, target class and target place; self-loops are left out.

    `place` is the place of a local state among those of its class. `edge_masks` has a bit for each context in which an
    edge can be taken. `parts` gives, for every broadcast, context and local state, what the local state becomes: the
    options from `part_starts[i]` to `part_starts[i + 1]`: i = (broadcast * contexts + context) * local states + state.
    """

    classes: Numbers
    place: Numbers
    sizes: Numbers
    busy: Numbers
    handler: NDArray[np.bool_]
    edge_starts: Numbers
    """edge_starts[4 * class + guard]: where the edges of a class under a guard start."""
    edge_places: Numbers
    edge_classes: Numbers
    edge_targets: Numbers
    edge_masks: NDArray[np.uint64]
    part_starts: Numbers
    part_targets: Numbers
    still: NDArray[np.bool_]
    """still[broadcast, context, class]: whether no local state of the class changes."""

    @property
    def states(self) -> int:
        """Count the local states."""
        return len(self.classes)

    @cached_property
    def members(self) -> Numbers:
        """The local states, class by class, each at its place."""
        return np.lexsort((self.place, self.classes))

    @cached_property
    def offsets(self) -> Numbers:
        """Where the members of a class start."""
        return np.concatenate(([0], np.cumsum(self.sizes)))


@dataclass(frozen=True)
class Product:
    """Components that meet in a context: the one that belongs to no tag first, then one for every tag.

    `homes` is the table of each component. A broadcast may be taken in the contexts where `leads` is not negative, if
    its guard allows; it leads to the context given there.
    """

    tables: tuple[Table, ...]
    homes: tuple[int, ...]
    contexts: int
    leads: Numbers
    guards: Numbers
    room: int
    """With fewer invocations in flight than this there is room for one more."""
    start: tuple[int, ...]
    """The local states to begin with."""

    @cached_property
    def components(self) -> tuple[Table, ...]:
        """The table of every component."""
        return tuple(self.tables[home] for home in self.homes)

    @property
    def alike(self) -> int:
        """The first of the last components that all have the same table, so that their order makes no difference."""
        return self.homes.index(self.homes[-1])

    @property
    def word(self) -> np.dtype[np.unsignedinteger]:
        """The smallest type that has a bit for each context."""
        return np.dtype(
            next(t for t in (np.uint8, np.uint16, np.uint32, np.uint64) if t(0).nbytes * 8 >= self.contexts)
        )

    def allowed(self, key: tuple[int, ...]) -> tuple[bool, ...]:
        """Say which guards hold where the components are in these classes."""
        room = sum(int(t.busy[c]) for t, c in zip(self.components, key, strict=True)) < self.room
        called = any(bool(t.handler[c]) for t, c in zip(self.components, key, strict=True))
        return True, room, called, room and called

    def shape(self, key: tuple[int, ...]) -> tuple[int, ...]:
        """Give how many local states the classes have."""
        return tuple(int(t.sizes[c]) for t, c in zip(self.components, key, strict=True))


@dataclass(frozen=True)
class Closed:
    """A product with the components that it was made of, for whoever wants to say what its numbers mean."""

    product: Product
    parts: tuple[Component, ...]
    """The component of every table."""
    contexts: Contexts
    labels: tuple[Label, ...]
    tables: Tables
    ran: frozenset[int]
    """The instructions that ran where an object of another tag was there."""

    @property
    def system(self) -> System:
        """The system that it says the same as."""
        return self.tables.system


def closed(
    tables: Tables, *, limit: int = 200_000, colours: Colours | None = None, pause: Callable[[], None] = lambda: None
) -> Closed:
    """Make the product of a system; with `colours`, of the classes of bisimilar local states.

    `pause` is called on the way, and may raise KeyboardInterrupt. Raises NotSeparableError, also for more than `limit`
    states of one component.
    """
    system = tables.system
    if any(instruction.op in ("until", "queue") for instruction in system.program.code):
        raise NotSeparableError("invocations wait for each other")
    contexts, tags = Contexts(), system.scenario.tag_names
    names: list[str | None] = [None, tags[0]]
    if len(tags) > 1 and not system.monitor.alike:
        names.append(tags[1])
    parts = tuple(Component(tables, name, contexts, limit, pause) for name in names)
    if len(contexts.known) > MOST_CONTEXTS:
        raise NotSeparableError(f"there are more than {MOST_CONTEXTS} contexts")
    labels = tuple(sorted({p.label for part in parts for p in part.parts}, key=str))
    leads = np.full((len(labels), len(contexts.known)), -1, np.int64)
    guards = np.zeros(len(labels), np.int64)
    for part in parts:
        for piece in part.parts:
            row = labels.index(piece.label)
            if leads[row, piece.move.context] not in (-1, piece.context) and piece.move.target is not None:
                raise NotSeparableError(f"{piece.label.name} leads to several contexts")
            if piece.move.target is not None:
                leads[row, piece.move.context] = piece.context
            guards[row] = piece.move.guard
    ran = check_composition(tables, parts, pause)
    if colours is not None:
        parts = tuple(minimised(part, colours) for part in parts)
    arrays = tuple(_table(part, labels, len(contexts.known)) for part in parts)
    homes = (0, 1, *(len(names) - 1 for _ in tags[1:]))
    product = Product(arrays, homes, len(contexts.known), leads, guards, system.scenario.calls, (0,) * len(homes))
    return Closed(product, parts, contexts, labels, tables, ran)


def _table(component: Component, labels: tuple[Label, ...], contexts: int) -> Table:
    """Put a component into arrays."""
    processes = component.system.processes
    kinds: dict[tuple[object, ...], int] = {}
    classes, place, sizes = list[int](), list[int](), list[int]()
    for number, local in enumerate(component.locals):
        flying = tuple(processes.known[n].pc for n in local.processes if not processes.parked[n])
        kind = kinds.setdefault((flying, component.handler(number), local.heap), len(kinds))
        if kind == len(sizes):
            sizes.append(0)
        classes.append(kind)
        place.append(sizes[kind])
        sizes[kind] += 1
    first = {kind: number for number, kind in reversed(list(enumerate(classes)))}
    edges = _edges(component.steps, classes, place)
    starts = np.searchsorted([4 * cls + guard for cls, guard, *_ in edges], np.arange(4 * len(sizes) + 1))
    columns = np.array([edge[2:5] for edge in edges], np.int64).reshape(-1, 3)
    options: dict[tuple[int, int, int], list[int]] = {}
    for part in component.parts:
        if part.move.target is not None:
            slot = (labels.index(part.label), part.move.context, part.move.source)
            options.setdefault(slot, []).append(part.move.target)
    counts, targets = list[int](), list[int]()
    still = np.ones((len(labels), contexts, len(sizes)), bool)
    for label in range(len(labels)):
        for context in range(contexts):
            for number, cls in enumerate(classes):
                found = sorted(options.get((label, context, number), ()))
                counts.append(len(found))
                targets += found
                still[label, context, cls] &= found == [number]
    return Table(
        np.array(classes, np.int64),
        np.array(place, np.int64),
        np.array(sizes, np.int64),
        np.array([component.busy(first[kind]) for kind in range(len(sizes))], np.int64),
        np.array([component.handler(first[kind]) for kind in range(len(sizes))], bool),
        starts.astype(np.int64),
        columns[:, 2],
        columns[:, 0],
        columns[:, 1],
        np.array([edge[5] for edge in edges], np.uint64),
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        np.array(targets, np.int64),
        still,
    )


def _edges(steps: list[Transition], classes: list[int], place: list[int]) -> list[tuple[int, ...]]:
    """Give the edges as (class, guard, target class, target place, place, mask)."""
    masks: dict[tuple[int, int, int], int] = {}
    for step in steps:
        if step.target is not None and step.target != step.source:
            key = (step.source, step.target, step.guard)
            masks[key] = masks.get(key, 0) | 1 << step.context
    kept = []
    for (source, target, guard), mask in masks.items():
        for weaker in GUARDS:
            if weaker != guard and weaker & guard == weaker:
                mask &= ~masks.get((source, target, weaker), 0)
        if mask:
            kept.append((classes[source], guard, classes[target], place[target], place[source], mask))
    return sorted(kept)
