"""Multisets of groups as rows of numbers: what is asked of many of them at once is looked up and added in arrays.

A row has the numbers of the groups plus 1, sorted; what is left of it is 0, and comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from bgsync.system.step import Presence
from bgsync.tables.groups import Groups
from bgsync.tables.index import Index, Numbers, Words, grown
from bgsync.tables.multisets import Which

Rows = NDArray[np.int32]

WIDTH = 8
"""How many groups a row has room for at first."""

SEED = 0x5EED


class Vectors:
    """The multisets that were met, each once."""

    def __init__(self, groups: Groups) -> None:
        self.groups = groups
        self.rows: Rows = np.zeros((1 << 8, WIDTH), np.int32)
        self.presences: list[Presence] = []
        self._size = 0
        self._presence, self._sizes = np.zeros(1 << 8, np.int32), np.zeros(1 << 8, np.int64)
        self._index = Index()
        self._random = np.random.default_rng(SEED)
        self._words: Words = self._drawn(1 << 8)
        self._words[0] = 0
        self._counts: dict[object, Numbers] = {}
        self._presence_numbers: dict[bytes, int] = {}
        self._flags: dict[tuple[str, str], int] = {}
        self._flagged: NDArray[np.uint64] = np.zeros((1 << 8, 1), np.uint64)
        self._busy: Numbers = np.zeros(1, np.int64)

    def __len__(self) -> int:
        return self._size

    @property
    def drawn(self) -> Words:
        """What was drawn for each group, by its number plus 1."""
        return self._words

    @property
    def signs(self) -> tuple[Numbers, NDArray[np.uint64]]:
        """What of each group bears on whose turn it is, by its number plus 1: how many are busy, and bits."""
        (bits,) = self._flagged.T
        return self._busy, bits[: len(self._busy)]

    @property
    def width(self) -> int:
        """How many groups a row has room for."""
        return int(self.rows.shape[1])

    def _drawn(self, many: int) -> Words:
        return self._random.integers(0, 1 << 63, many, np.uint64) << np.uint64(1) | np.uint64(1)

    # --- what is known of groups

    def attribute(self, name: str) -> Numbers:
        """Give a number that is known of each group, by its number plus 1."""
        return self._of_groups(name, lambda number: int(getattr(self.groups.facts[number], name)))

    def _of_groups(self, key: object, value: Callable[[int], int]) -> Numbers:
        known = self._counts.get(key)
        have, want = 1 if known is None else len(known), len(self.groups.known) + 1
        if known is None or have < want:
            more = [value(number) for number in range(have - 1, want - 1)]
            known = np.append(np.zeros(1, np.int64) if known is None else known, np.array(more, np.int64))
            self._counts[key] = known
        return known

    # --- rows

    def add(self, rows: Rows) -> Numbers:
        """Give the number of each row; those that are not there are put in, in the order in which they come first."""
        if rows.shape[1] > self.width:
            wider = np.zeros((len(self.rows), rows.shape[1]), np.int32)
            wider[:, -self.width :] = self.rows
            self.rows = wider
        words = self.words(rows)
        numbers, new = self._index.number(words)
        if len(new):
            first = self._size
            self._size += len(new)
            self.rows = grown(self.rows, self._size)
            self.rows[first : self._size, self.width - rows.shape[1] :] = rows[new]
            self._presence = grown(self._presence, self._size)
            self._presence[first : self._size] = self._presences(self.rows[first : self._size])
            self._sizes = grown(self._sizes, self._size)
            self._sizes[first : self._size] = self.attribute("size")[self.rows[first : self._size]].sum(1)
        there, left = self.rows[numbers], self.width - rows.shape[1]
        if there[:, :left].any() or not np.array_equal(there[:, left:], rows):
            raise AssertionError("two multisets have the same hash: take another seed")
        return numbers

    def words(self, rows: Rows) -> Words:
        """Give a hash of each row: the sum of what was drawn for each of its groups (Zobrist)."""
        most = int(rows.max(initial=0))
        if most >= len(self._words):
            self._words = np.append(self._words, self._drawn(most + len(self._words)))
        return np.asarray(self._words[rows].sum(1, dtype=np.uint64))

    def of(self, numbers: Iterable[int]) -> int:
        """Give the number of the row with these groups."""
        groups = sorted(number + 1 for number in numbers)
        row = np.zeros((1, max(self.width, len(groups))), np.int32)
        row[0, row.shape[1] - len(groups) :] = groups
        return int(self.add(row)[0])

    def groups_of(self, number: int) -> tuple[int, ...]:
        """Give the groups of a row."""
        return tuple(group - 1 for group in self.rows[number].tolist() if group)

    # --- what is asked of them

    def count(self, which: Which, numbers: Numbers) -> Numbers:
        """Count, for each of these rows, the processes or variables of which something is true."""
        known = self._of_groups(which, lambda number: self.groups.count(number, which))
        if len(numbers) < self._size:
            return np.asarray(known[self.rows[numbers]].sum(1), np.int64)
        return np.asarray(known[self.rows[: self._size]].sum(1), np.int64)[numbers]

    def sizes(self, numbers: Numbers) -> Numbers:
        """Count the processes of each of these rows."""
        return self._sizes[numbers]

    def presence(self, numbers: Numbers) -> NDArray[np.int32]:
        """Give the place among `presences` of what of each row bears on whose turn it is."""
        return self._presence[numbers]

    def _presences(self, rows: Rows) -> Numbers:
        self._describe()
        busy = self._busy[rows].sum(1)
        flags = np.bitwise_or.reduce(self._flagged[rows], 1)
        told = np.concatenate([busy[:, None].astype(np.uint64), flags], 1)
        _, first, which = np.unique(told, axis=0, return_index=True, return_inverse=True)
        numbers = [self._numbered(told[place]) for place in first]
        return np.array(numbers, np.int64)[which.reshape(-1)]

    def _describe(self) -> None:
        """Note what of each group bears on whose turn it is: how many are busy, and a bit for all else."""
        system, told = self.groups.system, []
        for number in range(len(self._busy) - 1, len(self.groups.known)):
            told.append(system.presence(self.groups.facts[number].running))
        if not told:
            return
        flags = [[*((("handler", ""),) if p.handler else ()), *((("task", ""),) if p.task else ()),
                  *(("batch", b) for b in sorted(p.batches)), *(("entered", a) for a in sorted(p.entered))]
                 for p in told]  # fmt: skip
        for flag in (flag for some in flags for flag in some):
            self._flags.setdefault(flag, len(self._flags))
        words = len(self._flags) // 64 + 1
        if words > self._flagged.shape[1]:
            more = np.zeros((len(self._flagged), words - self._flagged.shape[1]), np.uint64)
            self._flagged = np.concatenate([self._flagged, more], 1)
        self._flagged = grown(self._flagged, len(self.groups.known) + 1)
        for place, some in enumerate(flags, start=len(self._busy)):
            for flag in some:
                bit = self._flags[flag]
                self._flagged[place, bit // 64] |= np.uint64(1 << bit % 64)
        self._busy = np.append(self._busy, [p.busy for p in told])

    def _numbered(self, told: NDArray[np.uint64]) -> int:
        key = told.tobytes().rstrip(b"\0")
        known = self._presence_numbers.get(key)
        if known is None:
            known = self._presence_numbers[key] = len(self.presences)
            bits = [int(word) for word in told[1:]]
            there = {flag for flag, bit in self._flags.items() if bits[bit // 64] >> bit % 64 & 1}
            batches = frozenset(flag[1] for flag in there if flag[0] == "batch")
            entered = frozenset(flag[1] for flag in there if flag[0] == "entered")
            self.presences.append(
                Presence(int(told[0]), ("handler", "") in there, batches, ("task", "") in there, entered)
            )
        return known
