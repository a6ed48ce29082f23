"""Explores a product, by saturation or level by level; in compiled code where numba is installed."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bgsync.product import pages as plain
from bgsync.product.arrays import Product, Words
from bgsync.product.checkpoint import Checkpoint, Snapshot, snapshot_of, unpacked
from bgsync.product.disk import Mapped
from bgsync.product.pages import Growing, Key, Packed, Pages, count, lengths
from bgsync.product.resources import NOTHING_ELSE, Resources

if TYPE_CHECKING:
    from bgsync.product.cluster import Distributed

Progress = Callable[[int, int, int], None]
"""Called with the states found, the rounds done and how many pages have new states."""

PAUSE = 0.1
"""How many seconds lie between two looks at what was found so far."""

FAST = importlib.util.find_spec("numba") is not None
"""Whether the compiled kernels can be used."""


def reachable(
    product: Product,
    *,
    fast: bool = FAST,
    symmetry: bool = False,
    limit: int | None = None,
    progress: Progress | None = None,
    resources: Resources = NOTHING_ELSE,
) -> tuple[Pages, bool]:
    """Give all reachable states, by saturation: what is found on a page is used at once; and whether these are all.

    They are not when there are more than `limit` of them, or when `progress`, or the user, raises KeyboardInterrupt.
    With `symmetry`, which needs the compiled kernels, states that differ in the order of like components are one.
    Raises CheckpointError and OSError for folders among the resources that cannot be used.
    """
    checkpoint = None
    if resources.checkpoints is not None:
        checkpoint = Checkpoint(resources.checkpoints, product, symmetry)
    found = _search(product, fast, symmetry, resources)
    rounds, looked, full = 0, time.monotonic(), False

    def pause() -> None:
        nonlocal looked, full
        if checkpoint is not None and checkpoint.due():
            checkpoint.save(lambda: found.snapshot(rounds))
        if time.monotonic() - looked > PAUSE:
            looked = time.monotonic()
            if progress is not None:
                progress(found.size(), rounds, found.frontier())
            full = limit is not None and found.size() > limit
            if full:
                raise KeyboardInterrupt

    try:
        if checkpoint is not None and (saved := checkpoint.load()) is not None:
            found.restore(saved)
            rounds = saved.rounds
        while found.advance(pause if checkpoint or progress or limit else None):
            rounds += 1
            if limit is not None and found.size() > limit:
                full = True
                break
        if checkpoint is not None:
            checkpoint.save(lambda: found.snapshot(rounds))
    except KeyboardInterrupt:
        if checkpoint is not None and not full:
            checkpoint.save(lambda: found.snapshot(rounds))
        return found.pages(), False
    return found.pages(), not full


def _search(product: Product, fast: bool, symmetry: bool, resources: Resources) -> _Plain | Compiled | Distributed:
    if resources.cluster is not None:
        from bgsync.product.cluster import Distributed

        return Distributed(resources.cluster, product, fast=fast, symmetry=symmetry)
    if fast:
        return Compiled(product, layered=False, symmetry=symmetry, disk=resources.disk)
    return _Plain(product)


def levels(product: Product, *, fast: bool = FAST) -> Iterator[int]:
    """Give how many states are 0, 1, 2, ... steps away from the initial one."""
    if not fast:
        yield from map(count, plain.levels(product))
        return
    found = Compiled(product, layered=True)
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
    found = Compiled(product, layered=True)
    while True:
        yield found.new()
        if not found.advance():
            return


class _Plain:
    """The same without the kernels."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.seen: Growing = {}
        self.fresh: Growing = plain.initial(product)
        self.later: Growing = {}

    def advance(self, pause: Callable[[], None] | None = None) -> bool:
        """Take every step from what is new; say whether anything new was found. `pause` is called on the way."""
        for key in list(self.fresh):
            page = self.fresh[key].copy()
            if key in self.seen:
                page &= ~self.seen[key]
                self.seen[key] |= page
            else:
                self.seen[key] = page.copy()
            if page.any():
                plain.image(self.product, key, page, self.later)
            del self.fresh[key]
            if pause is not None:
                pause()
        self.fresh, self.later = self.later, {}
        return bool(self.fresh)

    def size(self) -> int:
        """Count the states."""
        return count(self.seen)

    def frontier(self) -> int:
        """Count the pages with new states."""
        return len(self.fresh) + len(self.later)

    def pages(self) -> Pages:
        """Give the states."""
        return self.seen

    def snapshot(self, rounds: int) -> Snapshot:
        """Give what it knows."""
        left = {key: page.copy() for key, page in self.fresh.items()}
        for key, page in self.later.items():
            left[key] = left[key] | page if key in left else page.copy()
        return snapshot_of(self.product, self.seen, left, rounds)

    def restore(self, saved: Snapshot) -> None:
        """Go on from there."""
        self.seen = unpacked(self.product, saved.keys, saved.seen & ~saved.fresh)
        self.fresh = unpacked(self.product, saved.keys, saved.fresh)


class Compiled:
    """The store of the kernels, grown as it fills; its arrays on `disk`, if a folder is given."""

    def __init__(self, product: Product, *, layered: bool, symmetry: bool = False, disk: Path | None = None) -> None:
        from bgsync.product import flat, kernels

        self.kernels, self.data, self.product, self.layered = kernels, flat, product, layered
        self.flat = flat.flat(product, symmetry=symmetry)
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
