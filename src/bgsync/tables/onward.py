"""Where one comes to from a node of `lookup`, by the groups of the frame that go inside: a hash table in arrays."""

from __future__ import annotations

import numpy as np

from bgsync.tables.index import Index, Numbers, Words, grown
from bgsync.tables.vectors import Rows, Vectors

FIRST = np.uint64(0x9E3779B97F4A7C15)
SECOND = np.uint64(0xBF58476D1CE4E5B9)


class Onward:
    """Maps a key and a multiset of groups to a number.

    They are told apart by a hash of 64 bits. `find` compares them, too, and stops where that fails; compiled code does
    not: with 100,000 of them two have the same one by a chance of less than one in a thousand million.
    """

    def __init__(self, vectors: Vectors) -> None:
        self.vectors, self.index = vectors, Index()
        self._keys, self._rows = np.zeros(1 << 6, np.int64), np.zeros((1 << 6, vectors.width), np.int32)
        self._numbers = np.zeros(1 << 6, np.int64)

    @property
    def numbers(self) -> Numbers:
        """The numbers in the order in which they came, with room for more."""
        return self._numbers

    def find(self, keys: Numbers, rows: Rows) -> tuple[Numbers, Numbers]:
        """Give the number of each key and row, -1 where it has none; and the first place of each that has none.

        A row has groups by their numbers plus 1, sorted, and 0 where there is none.
        """
        words = self._words(keys, rows)
        found = self.index.find(words)
        known, missing = np.flatnonzero(found >= 0), np.flatnonzero(found < 0)
        there, width = found[known], min(rows.shape[1], self._rows.shape[1])
        if (
            (self._keys[there] != keys[known]).any()
            or (self._rows[there][:, -width:] != rows[known][:, -width:]).any()
            or self._rows[there][:, :-width].any()
            or rows[known][:, :-width].any()
        ):
            raise AssertionError("two ways on have the same hash: take another seed")
        _, first = np.unique(words[missing], return_index=True)
        return np.where(found >= 0, self._numbers[found], -1), missing[np.sort(first)]

    def add(self, keys: Numbers, rows: Rows, numbers: Numbers) -> None:
        """Put in the numbers of keys and rows that are all different, and have none."""
        first, last, width = len(self.index), len(self.index) + len(keys), rows.shape[1]
        if width > self._rows.shape[1]:
            wider = np.zeros((len(self._rows), width), np.int32)
            wider[:, -self._rows.shape[1] :] = self._rows
            self._rows = wider
        self._keys, self._rows = grown(self._keys, last), grown(self._rows, last)
        self._numbers = grown(self._numbers, last)
        self._keys[first:last], self._numbers[first:last] = keys, numbers
        self._rows[first:last, self._rows.shape[1] - width :] = rows
        self.index.add(self._words(keys, rows), np.arange(first, last))

    def _words(self, keys: Numbers, rows: Rows) -> Words:
        mixed = keys.astype(np.uint64) * FIRST
        mixed = (mixed ^ mixed >> np.uint64(31)) * SECOND
        words: Words = self.vectors.words(rows) + (mixed ^ mixed >> np.uint64(29))
        return words
