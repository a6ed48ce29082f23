"""Explores a product, by saturation or level by level; in compiled code where numba is installed."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from bgsync.product import compiled
from bgsync.product import pages as plain
from bgsync.product.arrays import Product
from bgsync.product.checkpoint import Checkpoint, Snapshot, snapshot_of, unpacked
from bgsync.product.compiled import Compiled
from bgsync.product.pages import Growing, Pages, count
from bgsync.product.resources import NOTHING_ELSE, Resources

if TYPE_CHECKING:
    from bgsync.product.cluster import Distributed

Rounds = Callable[[int, int, int], None]
"""Called with the states found, the rounds done and how many pages have new states."""

FAST = importlib.util.find_spec("numba") is not None
"""Whether the compiled kernels can be used."""


def reachable(
    product: Product,
    *,
    fast: bool = FAST,
    symmetry: bool = False,
    limit: int | None = None,
    progress: Rounds | None = None,
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
        if time.monotonic() - looked > compiled.PAUSE:
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
