"""Explores a product, by saturation or level by level; in compiled code where numba is installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator

import numpy as np

from bgsync.product import pages as plain
from bgsync.product.arrays import Product, Words
from bgsync.product.pages import Key, Pages, count

Progress = Callable[[int, int], None]
"""Called with the states found and the rounds or levels done."""

FAST = importlib.util.find_spec("numba") is not None
"""Whether the compiled kernels can be used."""


def reachable(
    product: Product,
    *,
    fast: bool = FAST,
    symmetry: bool = False,
    limit: int | None = None,
    progress: Progress | None = None,
) -> tuple[Pages, bool]:
    """Give all reachable states, by saturation: what is found on a page is used at once; and whether these are all.

    They are not when there are more than `limit` of them, or when `progress`, or the user, raises KeyboardInterrupt.
    With `symmetry`, which needs the compiled kernels, states that differ in the order of like components are one.
    """
    found = _Compiled(product, layered=False, symmetry=symmetry) if fast else _Plain(product)
    rounds = 0
    try:
        while found.advance():
            rounds += 1
            size = found.size() if progress is not None or limit is not None else 0
            if progress is not None:
                progress(size, rounds)
            if limit is not None and size > limit:
                return found.pages(), False
    except KeyboardInterrupt:
        return found.pages(), False
    return found.pages(), True


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


def layers(product: Product, *, fast: bool = FAST) -> Iterator[Pages]:
    """Give the states that are 0, 1, 2, ... steps away from the initial one."""
    if not fast:
        yield from plain.levels(product)
        return
    found = _Compiled(product, layered=True)
    while True:
        yield found.new()
        if not found.advance():
            return


class _Plain:
    """The same without the kernels."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.seen: Pages = {}
        self.fresh = plain.initial(product)

    def advance(self) -> bool:
        """Take every step from what is new; say whether anything new was found."""
        later: Pages = {}
        for key in list(self.fresh):
            page = self.fresh.pop(key)
            if key in self.seen:
                page &= ~self.seen[key]
                self.seen[key] |= page
            else:
                self.seen[key] = page.copy()
            if page.any():
                plain.image(self.product, key, page, later)
        self.fresh = later
        return bool(later)

    def size(self) -> int:
        """Count the states."""
        return count(self.seen)

    def pages(self) -> Pages:
        """Give the states."""
        return self.seen


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
        return dict(self._page(page, self.store.seen) for page in range(int(self.store.counts[0])))

    def new(self) -> Pages:
        """Give a copy of the states that are new."""
        return {key: words.copy() for key, words in (self._page(page, self.store.fresh) for page in self.work.tolist())}

    def _page(self, page: int, words: Words) -> tuple[Key, Words]:
        width = len(self.product.homes)
        key = tuple(map(int, self.store.classes[page * width : (page + 1) * width]))
        start = int(self.store.offsets[page])
        return key, words[start : start + int(self.store.lengths[page])].reshape(self.product.shape(key))
