"""Sets of states of a product as pages of bits, and what a step makes of a page.

A *page* has the states whose components are in given classes: an array with an axis for each component and a word for
each combination of local states, in which every context has a bit. A step of a component is an operation on whole rows
of words: all states that differ in what the step does not look at are taken at once.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from functools import cached_property

import numpy as np

from bgsync.product.arrays import Numbers, Product, Table, Words

Key = tuple[int, ...]
"""The class of every component."""
Pages = Mapping[Key, Words]
Growing = MutableMapping[Key, Words]


def lengths(product: Product, keys: Numbers) -> Numbers:
    """Give how many words the pages with these keys have. Raises IndexError for a key that there cannot be."""
    sizes = [t.sizes[keys[:, axis]] for axis, t in enumerate(product.components)]
    found: Numbers = np.prod(sizes, axis=0, dtype=np.int64)
    return found


class Packed(Mapping[Key, Words]):
    """Pages in two arrays: their keys, a row each, and their words, one page after another."""

    def __init__(self, product: Product, rows: Numbers, words: Words) -> None:
        self.product, self.rows, self.words = product, rows, words
        sizes = lengths(product, rows)
        self.ends: Numbers = np.cumsum(sizes)
        self.starts: Numbers = self.ends - sizes

    @cached_property
    def _places(self) -> dict[Key, int]:
        return {tuple(row): place for place, row in enumerate(self.rows.tolist())}

    def __getitem__(self, key: Key) -> Words:
        place = self._places[key]
        return self.words[self.starts[place] : self.ends[place]].reshape(self.product.shape(key))

    def __iter__(self) -> Iterator[Key]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self.rows)


def packed(product: Product, pages: Pages) -> Packed:
    """Put pages into two arrays."""
    if isinstance(pages, Packed):
        return pages
    rows = np.array(list(pages), np.int64).reshape(len(pages), len(product.homes))
    return Packed(
        product, rows, np.concatenate([np.zeros(0, product.word), *(page.ravel() for page in pages.values())])
    )


def empty(product: Product, key: Key) -> Words:
    """Make a page without any state."""
    return np.zeros(product.shape(key), product.word)


def initial(product: Product) -> dict[Key, Words]:
    """Give the page with the initial state."""
    tables = product.components
    key = tuple(int(t.classes[n]) for t, n in zip(tables, product.start, strict=True))
    page = empty(product, key)
    page[tuple(int(t.place[n]) for t, n in zip(tables, product.start, strict=True))] = 1
    return {key: page}


def count(pages: Pages) -> int:
    """Count the states."""
    parts = [pages.words] if isinstance(pages, Packed) else pages.values()
    return sum(int(np.bitwise_count(words).sum(dtype=np.int64)) for words in parts)


def image(product: Product, key: Key, page: Words, into: Growing) -> None:
    """Add all states that are one step after those of a page to the pages `into`."""
    allowed = product.allowed(key)
    for axis, table in enumerate(product.components):
        for guard in range(4):
            if allowed[guard]:
                _edges(product, table, axis, guard, key, page, into)
    for label in range(len(product.guards)):
        if allowed[product.guards[label]]:
            for context in np.flatnonzero(product.leads[label] >= 0).tolist():
                _broadcast(product, label, context, key, page, into)


def _edges(product: Product, table: Table, axis: int, guard: int, key: Key, page: Words, into: Growing) -> None:
    first, last = table.edge_starts[4 * key[axis] + guard], table.edge_starts[4 * key[axis] + guard + 1]
    while first < last:
        cls = int(table.edge_classes[first])
        end = first + int(np.searchsorted(table.edge_classes[first:last], cls, "right"))
        masks = table.edge_masks[first:end].astype(product.word)
        taken = np.take(page, table.edge_places[first:end], axis)
        taken &= masks.reshape((-1, *(1,) * (page.ndim - axis - 1)))
        if taken.any():
            targets = table.edge_targets[first:end]
            starts = np.flatnonzero(np.diff(targets, prepend=-1))
            where = (slice(None),) * axis + (targets[starts],)
            _page(product, (*key[:axis], cls, *key[axis + 1 :]), into)[where] |= np.bitwise_or.reduceat(
                taken, starts, axis
            )
        first = end


def _broadcast(product: Product, label: int, context: int, key: Key, page: Words, into: Growing) -> None:
    found = (page >> context) & 1
    if not found.any():
        return
    bit = product.word.type(1 << int(product.leads[label, context]))
    if all(table.still[label, context, cls] for table, cls in zip(product.components, key, strict=True)):
        _page(product, key, into)[...] |= found * bit
        return
    places = np.nonzero(found)
    locals_ = [t.members[t.offsets[c] + p] for t, c, p in zip(product.components, key, places, strict=True)]
    for cls, where in grouped(product, moved(product, label, context, locals_)):
        np.bitwise_or.at(_page(product, cls, into), where, bit)


def moved(product: Product, label: int, context: int, locals_: list[Numbers]) -> list[Numbers]:
    """Give all that combinations of local states become when all components move."""
    for axis, table in enumerate(product.components):
        slots = (label * product.contexts + context) * table.states + locals_[axis]
        starts, ends = table.part_starts[slots], table.part_starts[slots + 1]
        counts = ends - starts
        repeated = np.repeat(np.arange(len(slots)), counts)
        within = np.arange(len(repeated)) - np.repeat(np.cumsum(counts) - counts, counts)
        locals_ = [one[repeated] for one in locals_]
        locals_[axis] = table.part_targets[starts[repeated] + within]
    return locals_


def grouped(product: Product, locals_: list[Numbers]) -> Iterator[tuple[Key, tuple[Numbers, ...]]]:
    """Give, for every key, the places of the states whose components are in its classes."""
    tables = product.components
    classes = np.stack([t.classes[n] for t, n in zip(tables, locals_, strict=True)])
    keys, which = np.unique(classes, axis=1, return_inverse=True)
    for number in range(keys.shape[1]):
        mine = which == number
        yield tuple(map(int, keys[:, number])), tuple(t.place[n[mine]] for t, n in zip(tables, locals_, strict=True))


def _page(product: Product, key: Key, into: Growing) -> Words:
    page = into.get(key)
    if page is None:
        page = into[key] = empty(product, key)
    return page


def levels(product: Product) -> Iterator[Pages]:
    """Give the states that are 0, 1, 2, ... steps away from the initial one, each state once."""
    seen: Growing = {}
    fresh: Growing = initial(product)
    while fresh:
        for key, page in fresh.items():
            _page(product, key, seen)[...] |= page
        yield fresh
        later: Growing = {}
        for key, page in fresh.items():
            image(product, key, page, later)
        fresh = {}
        for key, page in later.items():
            if key in seen:
                page &= ~seen[key]
            if page.any():
                fresh[key] = page
