"""A search in compiled code (numba, extra `fast`): its states in a store that the kernels fill, and that grows."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bgsync.product import pages as plain
from bgsync.product.arrays import Product, Words
from bgsync.product.checkpoint import Snapshot
from bgsync.product.disk import Mapped
from bgsync.product.pages import Key, Packed, Pages, lengths

if TYPE_CHECKING:
    from bgsync.product.flat import Flat

PAUSE = 0.1
"""How many seconds lie between two looks at what was found so far."""


class Compiled:
    """The store of the kernels, grown as it fills; its arrays on `disk`, if a folder is given."""

    def __init__(
        self,
        product: Product,
        *,
        layered: bool,
        symmetry: bool = False,
        disk: Path | None = None,
        known: Flat | None = None,
    ) -> None:
        from bgsync.product import flat, kernels

        self.kernels, self.data, self.product, self.layered = kernels, flat, product, layered
        self.flat = known or flat.flat(product, symmetry=symmetry)
        self.disk = disk
        self._room(1 << 16, 1 << 10)
        self.chunk = 64
        ((key, page),) = plain.initial(product).items()
        number = sum(int(f) * c for f, c in zip(self.flat.factors, key, strict=True))
        first = kernels.find(self.flat, self.store, number)
        self.store.seen[: page.size] |= page.ravel()
        self.store.fresh[: page.size] |= page.ravel()
        self.store.listed[first] = 1
        self.store.counts[2] = 1
        self.work = np.array([first], np.int64)
        self.found = 0

    def _room(self, words: int, pages: int) -> None:
        """Make an empty store."""
        if self.disk is None:
            self.store = self.data.store(self.product, words, pages, layered=self.layered)
            return
        names = ("keys", "offsets", "lengths", "classes", "listed")
        kinds: dict[str, np.dtype[Any]] = {name: np.dtype(np.int64) for name in names}
        kinds |= dict.fromkeys(("seen", "fresh", "later")[: 2 + self.layered], self.product.word)
        self.mapped = {name: Mapped(self.disk, kind) for name, kind in kinds.items()}
        self.store = self.data.store(self.product, 1, 1, layered=self.layered)
        self._map(words, pages)

    def _grow(self) -> None:
        """Make twice the room."""
        words, pages = 2 * len(self.store.seen), 2 * len(self.store.keys)
        if self.disk is None:
            self.store = self.data.larger(self.store, words, pages)
        else:
            self._map(words, pages)
            self.kernels.refill(self.store)

    def _map(self, words: int, pages: int) -> None:
        """Make room on disk for so many words and pages; the hash table is empty then."""
        assert self.disk is not None
        many = {"classes": pages * len(self.product.homes), "seen": words, "fresh": words, "later": words}
        arrays = {name: one.sized(many.get(name, pages)) for name, one in self.mapped.items()}
        slots = Mapped(self.disk, np.dtype(np.int64)).sized(1 << (2 * pages - 1).bit_length())
        slots[:] = -1
        self.store = self.store._replace(**({"later": arrays["fresh"]} | arrays), slots=slots)

    def advance(self, pause: Callable[[], None] | None = None) -> bool:
        """Take every step from what is new; say whether anything new was found. `pause` is called on the way."""
        results, self.found = [], 0
        if self.layered:
            self.store.listed[self.work] = 0
        while len(self.work):
            part, done, began = self.work[: self.chunk if pause else None], 0, time.monotonic()
            while True:
                pages = np.zeros(len(self.store.keys), np.int64)
                found, done = self.kernels.sweep(self.flat, self.store, part, done, pages, self.layered)
                results.append(pages[:found])
                self.found += found
                if done == len(part):
                    break
                self._grow()
            self.work = self.work[len(part) :]
            if pause is not None:
                self.chunk = max(1, self.chunk * 2 if time.monotonic() - began < PAUSE / 2 else self.chunk // 2)
                pause()
        self.work = np.sort(np.concatenate([self.work, *results]))  # as they lie in memory, where neighbours are near
        if self.layered:
            self._turn()
        return len(self.work) > 0

    def _turn(self) -> None:
        """What is to come becomes what is new."""
        self.store = self.store._replace(fresh=self.store.later, later=self.store.fresh)
        if self.disk is not None:
            self.mapped["fresh"], self.mapped["later"] = self.mapped["later"], self.mapped["fresh"]

    def size(self) -> int:
        """Count the states."""
        return int(self.store.counts[2])

    def frontier(self) -> int:
        """Count the pages with new states."""
        return len(self.work) + self.found

    def snapshot(self, rounds: int) -> Snapshot:
        """Give what it knows; its words are not copied."""
        pages, words = map(int, self.store.counts[:2])
        keys = self.store.classes[: pages * len(self.product.homes)].reshape(pages, -1)
        return Snapshot(keys, self.store.seen[:words], self.store.fresh[:words], rounds)

    def restore(self, saved: Snapshot) -> None:
        """Go on from there."""
        many, words = len(saved.keys), len(saved.seen)
        self._room(max(1 << 16, words), max(1 << 10, many))
        store, sizes = self.store, lengths(self.product, saved.keys)
        store.counts[:] = many, words, np.bitwise_count(saved.seen).sum(dtype=np.int64)
        store.keys[:many] = saved.keys @ self.flat.factors
        store.lengths[:many] = sizes
        store.offsets[:many] = np.cumsum(sizes) - sizes
        store.classes[: saved.keys.size] = saved.keys.ravel()
        store.seen[:words] = saved.seen
        store.fresh[:words] = saved.fresh
        self._grow()  # which puts the pages into the hash table
        some = np.add.reduceat(saved.fresh != 0, store.offsets[:many], dtype=np.int64)
        self.work = np.flatnonzero(some)
        self.store.listed[self.work] = 1

    def pages(self) -> Pages:
        """Give the states."""
        found = self.snapshot(0)
        return Packed(self.product, found.keys, found.seen)

    def new(self) -> Pages:
        """Give a copy of the states that are new."""
        return {key: words.copy() for key, words in (self._page(page, self.store.fresh) for page in self.work.tolist())}

    def _page(self, page: int, words: Words) -> tuple[Key, Words]:
        width = len(self.product.homes)
        key = tuple(map(int, self.store.classes[page * width : (page + 1) * width]))
        start = int(self.store.offsets[page])
        return key, words[start : start + int(self.store.lengths[page])].reshape(self.product.shape(key))
