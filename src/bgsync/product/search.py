"""Explores a product: all reachable states by saturation, or level by level; in compiled code where numba is installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator

import numpy as np

from bgsync.product import pages as plain
from bgsync.product.arrays import Product
from bgsync.product.pages import Pages, count

Progress = Callable[[int, int], None]
"""Called with the states found and the rounds or levels done."""

FAST = importlib.util.find_spec("numba") is not None
"""Whether the compiled kernels can be used."""


def reachable(product: Product, *, fast: bool = FAST, symmetry: bool = False, progress: Progress | None = None) -> Pages:
    """Give all reachable states, by saturation: what is found on a page is used at once."""
    if not fast:
        return _saturated(product, progress)
    found = _Compiled(product, layered=False, symmetry=symmetry)
    rounds = 0
    while found.advance():
        rounds += 1
        if progress is not None:
            progress(found.size(), rounds)
    return found.pages()


def levels(product: Product, *, fast: bool = FAST) -> Iterator[int]:
    """Give how many states are 0, 1, 2, ... steps away from the initial one."""
    if not fast:
        yield from map(count, plain.levels(product))
        return
    found = _Compiled(product, layered=True)
    known = 0
    while True:
        size = found.size()
        yield size - known
        known = size
        if not found.advance():
            return


def _saturated(product: Product, progress: Progress | None) -> Pages:
    seen: Pages = {}
    fresh = plain.initial(product)
    rounds = 0
    while fresh:
        later: Pages = {}
        for key in list(fresh):
            page = fresh.pop(key)
            if key in seen:
                page &= ~seen[key]
                seen[key] |= page
            else:
                seen[key] = page.copy()
            if page.any():
                plain.image(product, key, page, later)
        fresh = later
        rounds += 1
        if progress is not None:
            progress(count(seen), rounds)
    return seen


class _Compiled:
    """The store of the kernels, grown as it fills."""

    def __init__(self, product: Product, *, layered: bool, symmetry: bool = False) -> None:
        from bgsync.product import kernels

        self.kernels, self.product, self.layered = kernels, product, layered
        self.flat = kernels.flat(product, symmetry=symmetry)
        self.store = kernels.store(product, 1 << 16, 1 << 10, layered=layered)
        ((key, page),) = plain.initial(product).items()
        number = sum(int(f) * c for f, c in zip(self.flat.factors, key, strict=True))
        first = kernels.find(self.flat, self.store, number)
        self.store.seen[: page.size] |= page.ravel()
        self.store.fresh[: page.size] |= page.ravel()
        self.store.listed[first] = 1
        self.work = np.array([first], np.int64)

    def advance(self) -> bool:
        """Take every step from what is new; say whether anything new was found."""
        results, done = [], 0
        if self.layered:
            self.store.listed[self.work] = 0
        while True:
            pages = np.zeros(len(self.store.keys), np.int64)
            found, done = self.kernels.sweep(self.flat, self.store, self.work, done, pages, self.layered)
            results.append(pages[:found])
            if done == len(self.work):
                break
            self.store = self.kernels.larger(self.store, 2 * len(self.store.seen), 2 * len(self.store.keys))
        self.work = np.concatenate(results)
        if self.layered:
            self.store = self.store._replace(fresh=self.store.later, later=self.store.fresh)
        return len(self.work) > 0

    def size(self) -> int:
        """Count the states."""
        return int(np.bitwise_count(self.store.seen[: self.store.counts[1]]).sum(dtype=np.int64))

    def pages(self) -> Pages:
        """Give the states."""
        width = len(self.product.homes)
        found: Pages = {}
        for page in range(int(self.store.counts[0])):
            key = tuple(map(int, self.store.classes[page * width : (page + 1) * width]))
            start = int(self.store.offsets[page])
            words = self.store.seen[start : start + int(self.store.lengths[page])]
            found[key] = words.reshape(self.product.shape(key))
        return found
