"""What the compiled kernels work on: a product in flat arrays, and a store of pages."""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from bgsync.product.arrays import Numbers, Product, Table, Words
from bgsync.product.component import NotSeparableError
from bgsync.product.kernels import refill

Kind = TypeVar("Kind", bound=NDArray[Any])


class Flat(NamedTuple):
    """A product in flat arrays, the components one after another; every `at_` says where those of a component start."""

    tables: Numbers
    """How many local states each component has."""
    sizes: Numbers
    busy: Numbers
    handler: Numbers
    at_class: Numbers
    factors: Numbers
    """What the class of a component is multiplied by in the number of a key."""
    edge_starts: Numbers
    at_edges: Numbers
    edge_classes: Numbers
    edge_targets: Numbers
    edge_masks: Words
    classes: Numbers
    place: Numbers
    members: Numbers
    at_local: Numbers
    offsets: Numbers
    """Where the members of each class start, among those of the component."""
    part_starts: Numbers
    at_parts: Numbers
    part_targets: Numbers
    pairs: Numbers
    """The broadcasts, in each context where one can be taken: place in parts, context, the next one, guard."""
    unmoved: NDArray[np.uint64]
    """For every class, the bits of the pairs that change no local state of it."""
    contexts: int
    room: int
    alike: int
    """From this component on all are alike and kept sorted; as many as there are components where none is."""


class Store(NamedTuple):
    """The pages. `counts` has how many there are, how many words they take, and how many states are in them."""

    counts: Numbers
    slots: Numbers
    """The hash table: page numbers, -1 where free."""
    keys: Numbers
    offsets: Numbers
    lengths: Numbers
    classes: Numbers
    seen: Words
    fresh: Words
    later: Words
    """Where new states are put: `fresh` itself, or the next level."""
    listed: Numbers
    """Whether a page is in the list of those with new states."""


def flat(product: Product, *, symmetry: bool) -> Flat:
    """Put a product into flat arrays. With `symmetry` states that differ in the order of like components are one.

    Raises NotSeparableError for more components than a key has room for, and for more broadcasts than a word has.
    """
    tables = product.components
    many = [len(table.sizes) for table in tables]
    if math.prod(many) >= 2**62:
        raise NotSeparableError(f"there are too many components: {len(tables) - 1} tags")
    orders, starts = zip(*map(_by_local, tables), strict=True)

    def joined(arrays: Iterable[NDArray[Any]]) -> Numbers:
        return np.concatenate([np.asarray(array, np.int64).ravel() for array in arrays])

    def all_of(name: str) -> Numbers:
        return joined(getattr(table, name) for table in tables)

    def edges_of(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(table, name)[order] for table, order in zip(tables, orders, strict=True)])

    def at(sizes: Iterable[int]) -> Numbers:
        return np.cumsum([0, *sizes])[:-1].astype(np.int64)

    pairs = np.array(
        [
            (label * product.contexts + context, context, lead, product.guards[label])
            for label, leads in enumerate(product.leads.tolist())
            for context, lead in enumerate(leads)
            if lead >= 0
        ],
        np.int64,
    ).reshape(-1, 4)
    if len(pairs) > 64:
        raise NotSeparableError(f"there are too many broadcasts: {len(pairs)} in all contexts")
    edges, parts = at(map(len, orders)), at(len(table.part_targets) for table in tables)
    return Flat(
        np.array([table.states for table in tables], np.int64),
        all_of("sizes"),
        all_of("busy"),
        all_of("handler"),
        at(many),
        np.cumprod([1, *many])[:-1].astype(np.int64),
        joined(mine + first for mine, first in zip(starts, edges, strict=True)),
        at(map(len, starts)),
        edges_of("edge_classes"),
        edges_of("edge_targets"),
        edges_of("edge_masks").astype(product.word),
        all_of("classes"),
        all_of("place"),
        all_of("members"),
        at(table.states for table in tables),
        joined(table.offsets[:-1] for table in tables),
        joined(table.part_starts + first for table, first in zip(tables, parts, strict=True)),
        at(len(table.part_starts) for table in tables),
        all_of("part_targets"),
        pairs,
        np.concatenate([_unmoved(table, pairs) for table in tables]),
        product.contexts,
        product.room,
        product.alike if symmetry else len(tables),
    )


def _unmoved(table: Table, pairs: Numbers) -> NDArray[np.uint64]:
    """Give, for every class, the bits of the broadcasts that change no local state of it."""
    still = table.still.reshape(-1, len(table.sizes))[pairs[:, 0]]
    bits: NDArray[np.uint64] = (still.astype(np.uint64) << np.arange(len(pairs), dtype=np.uint64)[:, None]).sum(0)
    return bits


def _by_local(table: Table) -> tuple[Numbers, Numbers]:
    """Give the order of edges by class, place and guard, and where those of each start."""
    marks = np.repeat(np.arange(4 * len(table.sizes)), np.diff(table.edge_starts))
    wanted = (table.offsets[marks // 4] + table.edge_places) * 4 + marks % 4
    order = np.argsort(wanted, kind="stable")
    return order, np.searchsorted(wanted[order], np.arange(4 * table.states + 1)).astype(np.int64)


def store(product: Product, words: int, pages: int, *, layered: bool) -> Store:
    """Make room for so many words and pages; `layered` keeps the levels of a breadth-first search apart."""
    size = 1 << (2 * pages - 1).bit_length()
    fresh = np.zeros(words, product.word)
    return Store(
        np.zeros(3, np.int64),
        np.full(size, -1, np.int64),
        np.zeros(pages, np.int64),
        np.zeros(pages, np.int64),
        np.zeros(pages, np.int64),
        np.zeros(pages * len(product.homes), np.int64),
        np.zeros(words, product.word),
        fresh,
        np.zeros(words, product.word) if layered else fresh,
        np.zeros(pages, np.int64),
    )


def larger(old: Store, words: int, pages: int) -> Store:
    """Give the same store with more room."""

    def grown(array: Kind, size: int) -> Kind:
        made = np.zeros(size, array.dtype)
        made[: len(array)] = array
        return cast(Kind, made)

    slots = np.full(1 << (2 * pages - 1).bit_length(), -1, np.int64)
    fresh = grown(old.fresh, words)
    new = old._replace(
        slots=slots,
        keys=grown(old.keys, pages),
        offsets=grown(old.offsets, pages),
        lengths=grown(old.lengths, pages),
        classes=grown(old.classes, pages * (len(old.classes) // len(old.keys))),
        seen=grown(old.seen, words),
        fresh=fresh,
        later=fresh if old.later is old.fresh else grown(old.later, words),
        listed=grown(old.listed, pages),
    )
    refill(new)
    return new
