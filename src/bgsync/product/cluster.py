"""Explores a product on a cluster (Dask, extra `cluster`), level by level.

Every page has an owner, by the number of its key. A level is a task for each owner: it takes the states that were found
for it, keeps those that it has not seen, and gives what is one step after them, by owner. A task is a pure function of
its inputs: it changes none of them, and shares with what it gives the pages that did not change. So when a worker is
lost, Dask runs again what was lost with it, wherever there is a worker, and gets the same; where it cannot, it says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import numpy as np
from distributed import Client, KilledWorker, LocalCluster, wait
from distributed.client import FutureCancelledError
from distributed.comm.core import CommClosedError
from numpy.typing import NDArray

from bgsync.errors import BgsyncError
from bgsync.product import pages as plain
from bgsync.product.arrays import Numbers, Product, Words
from bgsync.product.checkpoint import Snapshot, unpacked
from bgsync.product.compiled import Compiled
from bgsync.product.pages import Growing, Packed, Pages, lengths, packed

if TYPE_CHECKING:
    from bgsync.product.flat import Flat

LOCAL, HERE = "local", "127.0.0.1:0"
PATIENCE = 30.0
"""How many seconds it is waited for a worker where there is none."""
TIMEOUT = 10.0
"""How many seconds a scheduler may take to answer."""
PAUSE = 0.1
MIX = 0x9E3779B97F4A7C15
"""Spreads keys over owners: an odd number near the golden section of 2 ** 64 (Knuth, volume 3, 6.4)."""


class ClusterError(BgsyncError, ValueError):
    """A cluster that cannot be used, or that lost what cannot be had again."""


class Bits(NamedTuple):
    """Pages in two arrays: their keys, a row each, and their words, one page after another."""

    keys: Numbers
    words: Words


class Given(NamedTuple):
    """A product, and the flat arrays of the compiled kernels, which every level needs; None without those."""

    product: Product
    flat: Flat | None


class Level(NamedTuple):
    """What an owner has seen after a level, and what it found for each owner."""

    seen: Bits
    found: tuple[Bits, ...]
    fresh: int
    """How many pages had new states."""


class Counts(NamedTuple):
    """What is said of a level: the states that an owner has seen, and its pages with new ones."""

    states: int
    fresh: int


# --- tasks


def given(product: Product, fast: bool, symmetry: bool) -> Given:
    """Give a product, and what is worked out of it once: so that it can be had again."""
    if not fast:
        return Given(product, None)
    from bgsync.product.flat import flat

    return Given(product, flat(product, symmetry=symmetry))


def begun(asked: Given, mine: int, owners: int, seen: Bits, fresh: Bits) -> Level:
    """Give the level before the first one."""
    nothing = _bits(asked.product, {})
    return Level(seen, tuple(fresh if n == mine else nothing for n in range(owners)), len(fresh.keys))


def sent_to(level: Level, whose: int) -> Bits:
    """Give what was found for an owner."""
    return level.found[whose]


def taken(asked: Given, before: Level, *sent: Bits) -> Level:
    """Take a level: all steps from what was sent and is new."""
    product = asked.product
    seen, fresh = added(product, before.seen, joined(product, sent))
    found, owners = stepped(asked, fresh), len(before.found)
    whose = owner(product, found.keys, owners)
    return Level(seen, tuple(_some(product, found, whose == n) for n in range(owners)), len(fresh.keys))


def counts(level: Level) -> Counts:
    """Say how far it is."""
    return Counts(int(np.bitwise_count(level.seen.words).sum(dtype=np.int64)), level.fresh)


def all_seen(level: Level) -> Bits:
    """Give what an owner has seen."""
    return level.seen


# --- pages in two arrays


def _bits(product: Product, pages: Pages) -> Bits:
    found = packed(product, pages)
    return Bits(found.rows, found.words)


def _numbers(product: Product, keys: Numbers) -> Numbers:
    sizes = [len(table.sizes) for table in product.components]
    return keys @ np.cumprod([1, *sizes[:-1]], dtype=np.int64)


def owner(product: Product, keys: Numbers, owners: int) -> Numbers:
    """Say who owns pages."""
    mixed = _numbers(product, keys).astype(np.uint64) * np.uint64(MIX)
    return ((mixed >> np.uint64(32)) % np.uint64(owners)).astype(np.int64)


def _starts(product: Product, keys: Numbers) -> tuple[Numbers, Numbers]:
    """Say where the words of each page begin, and how many there are of each."""
    sizes = lengths(product, keys)
    return np.cumsum(sizes) - sizes, sizes


def _moved(words: Words, starts: Numbers, there: Numbers) -> tuple[Numbers, Numbers]:
    """Give the places of the words that are not zero, and those where they are when pages begin `there` instead."""
    places = np.flatnonzero(words)
    many = np.diff(np.searchsorted(places, starts), append=len(places))
    return places, places + np.repeat(there - starts, many)


def _some(product: Product, bits: Bits, which: NDArray[np.bool_]) -> Bits:
    return Bits(bits.keys[which], bits.words[np.repeat(which, lengths(product, bits.keys))])


def filled(product: Product, bits: Bits) -> Bits:
    """Leave out pages without any state."""
    if not len(bits.keys):
        return bits
    starts, _ = _starts(product, bits.keys)
    some = np.bitwise_or.reduceat(bits.words, starts) != 0
    return bits if some.all() else _some(product, bits, some)


def joined(product: Product, parts: Sequence[Bits]) -> Bits:
    """Put pages together, those with the same key into one."""
    keys = np.concatenate([part.keys for part in parts])
    _, first, place = np.unique(_numbers(product, keys), return_index=True, return_inverse=True)
    starts, sizes = _starts(product, keys[first])
    words, done = np.zeros(int(sizes.sum()), product.word), 0
    for part in parts:
        mine = place[done : done + len(part.keys)]
        places, there = _moved(part.words, _starts(product, part.keys)[0], starts[mine])
        words[there] |= part.words[places]
        done += len(part.keys)
    return Bits(keys[first], words)


def added(product: Product, seen: Bits, sent: Bits) -> tuple[Bits, Bits]:
    """Give what is seen together with what is sent; and what of it is new."""
    numbers, wanted = _numbers(product, seen.keys), _numbers(product, sent.keys)
    order = np.argsort(numbers)
    near = np.searchsorted(numbers, wanted, sorter=order)
    known = near < len(numbers)
    known[known] = numbers[order[near[known]]] == wanted[known]
    place = len(numbers) + np.cumsum(~known) - 1
    place[known] = order[near[known]]
    keys = np.concatenate([seen.keys, sent.keys[~known]])
    starts, sizes = _starts(product, keys)
    words = np.concatenate([seen.words, np.zeros(int(sizes.sum()) - len(seen.words), product.word)])
    places, there = _moved(sent.words, _starts(product, sent.keys)[0], starts[place])
    fresh = np.zeros_like(sent.words)
    fresh[places] = sent.words[places] & ~words[there]
    words[there] |= sent.words[places]
    return Bits(keys, words), filled(product, Bits(sent.keys, fresh))


def stepped(asked: Given, fresh: Bits) -> Bits:
    """Give all that is one step after some states."""
    product = asked.product
    if asked.flat is not None and len(fresh.keys):
        search = Compiled(product, layered=True, known=asked.flat)
        search.restore(Snapshot(*fresh, fresh.words, 0))
        search.advance()
        found = search.snapshot(0)
        return filled(product, Bits(found.keys, found.fresh))
    later: Growing = {}
    for key, page in unpacked(product, *fresh).items():
        plain.image(product, key, page, later)
    return _bits(product, later)


class Distributed:
    """A search whose pages are on the workers of a cluster, as many owners as there were workers at first."""

    def __init__(self, client: Client, product: Product, *, fast: bool, symmetry: bool) -> None:
        self.client, self.product, self.how = client, product, (fast, symmetry)
        self.workers = sorted(client.nthreads())
        self.counts: list[Counts] = []
        self._begin(_bits(product, {}), _bits(product, plain.initial(product)))

    def _begin(self, seen: Bits, fresh: Bits) -> None:
        self.run, self.rounds, owners = uuid4().hex[:8], 0, len(self.workers)
        self.there = self._submit(given, "product", 0, self.product, *self.how)
        self.levels = []
        for mine in range(owners):
            parts = [_some(self.product, b, owner(self.product, b.keys, owners) == mine) for b in (seen, fresh)]
            self.levels.append(self._submit(begun, "begun", mine, self.there, mine, owners, *parts))

    def _submit(self, task: Callable[..., object], name: str, mine: int, *inputs: object) -> Any:
        key = f"{name}-{self.run}-{self.rounds}-{mine}"
        workers = [self.workers[mine]]
        return self.client.submit(task, *inputs, key=key, workers=workers, allow_other_workers=True, pure=False)

    def advance(self, pause: Callable[[], None] | None = None) -> bool:
        """Take a level; say whether anything new was found before it. Raises ClusterError."""
        owners = range(len(self.levels))
        sent = [
            [self._submit(sent_to, f"sent-{whose}", mine, level, whose) for whose in owners]
            for mine, level in enumerate(self.levels)
        ]
        self.rounds += 1
        levels = [
            self._submit(taken, "level", mine, self.there, self.levels[mine], *(row[mine] for row in sent))
            for mine in owners
        ]
        news = self._gathered([self._submit(counts, "told", mine, levels[mine]) for mine in owners], pause)
        self.levels, self.counts = levels, news
        if pause is not None:
            pause()
        return any(one.fresh for one in self.counts)

    def _gathered(self, futures: list[Any], pause: Callable[[], None] | None = None) -> list[Any]:
        """Wait for results. Raises ClusterError where they cannot be had."""
        alone = None
        try:
            while any(future.status == "pending" for future in futures):
                try:
                    wait(futures, timeout=PAUSE)
                except TimeoutError:
                    alone = None if self.client.nthreads() else alone or time.monotonic()
                    if alone is not None and time.monotonic() - alone > PATIENCE:
                        raise ClusterError("the cluster has no worker any more: start some, and ask again") from None
                    if pause is not None:
                        pause()
            found: list[Any] = self.client.gather(futures)
            return found
        except KilledWorker:
            raise ClusterError("the cluster lost several workers at one task: give them more memory") from None
        except (CommClosedError, FutureCancelledError, ImportError, MemoryError, OSError) as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise ClusterError(f"the cluster failed ({reason}): nothing is known of the states; ask again") from None

    def size(self) -> int:
        """Count the states."""
        return sum(one.states for one in self.counts)

    def frontier(self) -> int:
        """Count the pages with new states."""
        return sum(one.fresh for one in self.counts)

    def pages(self) -> Pages:
        """Give the states: they come here."""
        return Packed(self.product, *self._seen())

    def _seen(self) -> Bits:
        wanted = [self._submit(all_seen, "seen", mine, level) for mine, level in enumerate(self.levels)]
        return joined(self.product, self._gathered(wanted))

    def snapshot(self, rounds: int) -> Snapshot:
        """Give what it knows."""
        wanted = [
            self._submit(sent_to, f"saved-{whose}", mine, level, whose)
            for mine, level in enumerate(self.levels)
            for whose in range(len(self.levels))
        ]
        sent, seen = joined(self.product, self._gathered(wanted)), self._seen()
        whole, (_, fresh) = joined(self.product, (seen, sent)), added(self.product, seen, sent)
        return Snapshot(whole.keys, whole.words, joined(self.product, (_empty(whole), fresh)).words, rounds)

    def restore(self, saved: Snapshot) -> None:
        """Go on from there."""
        seen = Bits(saved.keys, saved.seen & ~saved.fresh)
        self._begin(filled(self.product, seen), filled(self.product, Bits(saved.keys, saved.fresh)))


def _empty(bits: Bits) -> Bits:
    return Bits(bits.keys, np.zeros_like(bits.words))


@contextmanager
def connected(address: str, workers: int) -> Iterator[Client]:
    """Connect to a scheduler, or start so many workers here for `local`. Raises ClusterError."""
    with ExitStack() as stack:
        try:
            place: object = address
            if address == LOCAL:
                local = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=HERE, silence_logs=50)
                place = stack.enter_context(local)
            client = stack.enter_context(Client(place, timeout=TIMEOUT))
        except (OSError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise ClusterError(f"{address}: no scheduler answers there ({reason}): start one, or take local") from None
        _check(client, address)
        yield client


def _check(client: Client, address: str) -> None:
    """Refuse a cluster without workers, and workers that have another version, or none. Raises ClusterError."""
    if not client.nthreads():
        raise ClusterError(f"{address}: the scheduler has no workers: start some")
    for worker, found in sorted(client.run(version, "bgsync", on_error="return").items()):
        if found != version("bgsync"):
            raise ClusterError(f"{worker}: has bgsync {found}, not {version('bgsync')}: install it there")
