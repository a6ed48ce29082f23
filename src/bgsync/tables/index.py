"""A map from 64-bit words to numbers in arrays, asked and filled for many words at once."""

import importlib.util
import sys
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

A = TypeVar("A", bound=np.generic)
Words = NDArray[np.uint64]
Numbers = NDArray[np.integer[Any]]
Mask = NDArray[np.bool_]

_MIX, _HIGH = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)

FAST = importlib.util.find_spec("numba") is not None
MANY = 150_000
"""From so many on it is worth while to load compiled code, which takes as long as it saves on somewhat more states."""
SOME = 20_000
"""From so many on it is worth while to call it once it is loaded."""


def is_compiled(many: int) -> bool:
    """Whether the loops over so many things are those of `compiled`."""
    return FAST and many >= (min(SOME, MANY) if "bgsync.tables.compiled" in sys.modules else MANY)


class Index:
    """An open hash table (Knuth, The Art of Computer Programming, volume 3, 6.4), probed for all words together."""

    def __init__(self) -> None:
        self._keys, self._values = np.zeros(1 << 8, np.uint64), np.full(1 << 8, -1, np.int32)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def arrays(self) -> tuple[Words, Numbers]:
        """The words, and the number of each; -1 where there is none."""
        return self._keys, self._values

    def find(self, words: Words) -> Numbers:
        """Give the number of each word, -1 for one that is not there."""
        found = np.full(len(words), -1, np.int64)
        left, slots = np.arange(len(words)), self._slots(words)
        while len(left):
            values = self._values[slots]
            there = values >= 0
            hits = there & (self._keys[slots] == words[left])
            found[left[hits]] = values[hits]
            more = there & ~hits
            left, slots = left[more], slots[more] + 1 & len(self._keys) - 1
        return found

    def add(self, words: Words, numbers: Numbers) -> None:
        """Put in words that are all different, and not there."""
        self._size += len(words)
        if 2 * self._size > len(self._keys):
            self._grow(4 * self._size)
        self._put(words, numbers)

    def _grow(self, size: int) -> None:
        there = self._values >= 0
        words, numbers = self._keys[there], self._values[there]
        many = 1 << size.bit_length()
        self._keys, self._values = np.zeros(many, np.uint64), np.full(many, -1, np.int32)
        self._put(words, numbers)

    def _put(self, words: Words, numbers: Numbers) -> None:
        left, slots = np.arange(len(words)), self._slots(words)
        while len(left):
            free = np.flatnonzero(self._values[slots] < 0)
            self._values[slots[free]] = numbers[left[free]]
            self._keys[slots[free]] = words[left[free]]
            lost = self._values[slots] != numbers[left]
            left, slots = left[lost], slots[lost] + 1 & len(self._keys) - 1

    def number(self, words: Words) -> tuple[Numbers, Numbers]:
        """Give the number of each word, the next ones to those that are not there; and the place where each new one is.

        New ones are numbered in the order in which they come first.
        """
        if is_compiled(self._size):
            return self._number(words)
        found = self.find(words)
        missing = np.flatnonzero(found < 0)
        if not len(missing):
            return found, missing
        new, first, which = np.unique(words[missing], return_index=True, return_inverse=True)
        order = np.argsort(first)
        numbers = np.empty(len(new), np.int64)
        numbers[order] = np.arange(self._size, self._size + len(new))
        found[missing] = numbers[which]
        self.add(new, numbers)
        return found, missing[first[order]]

    def _number(self, words: Words) -> tuple[Numbers, Numbers]:
        from bgsync.tables import compiled

        found, new, done = np.empty(len(words), np.int64), np.zeros(len(words), bool), 0
        while done < len(words):
            done, self._size = compiled.number(self._keys, self._values, words, done, self._size, found, new)
            if done < len(words):
                self._grow(4 * self._size)
        return found, np.flatnonzero(new)

    def _slots(self, words: Words) -> Numbers:
        return (words * _MIX >> _HIGH).astype(np.int64) & len(self._keys) - 1


class Column:
    """Numbers that come one by one, and are asked for all together."""

    def __init__(self, *numbers: int) -> None:
        self._array, self._new = np.array(numbers, np.int64), list[int]()

    def __len__(self) -> int:
        return len(self._array) + len(self._new)

    def append(self, *numbers: int) -> None:
        """Put numbers at the end."""
        self._new += numbers

    @property
    def array(self) -> Numbers:
        """All of them."""
        if self._new:
            self._array, self._new = np.append(self._array, np.array(self._new, np.int64)), []
        return self._array


def firsts(numbers: Numbers, many: int) -> Numbers:
    """Give the first place of each number below `many`, -1 where it has none."""
    found = np.full(many, -1, np.int64)
    found[numbers[::-1]] = np.arange(len(numbers) - 1, -1, -1)
    return found


def numbered(numbers: Numbers) -> tuple[Numbers, int]:
    """Give numbers that are as alike as these, all below the second one: in less time than it takes to sort them."""
    most = int(numbers.max(initial=0)) + 1
    if most > 4 * len(numbers):
        values, numbers = np.unique(numbers, return_inverse=True)
        return numbers, len(values)
    there = np.zeros(most, bool)
    there[numbers] = True
    return (np.cumsum(there) - 1)[numbers], int(there.sum())


def grown(array: NDArray[A], size: int, fill: Any = 0) -> NDArray[A]:
    """Give an array with room for `size` rows: itself, or a larger copy."""
    if size <= len(array):
        return array
    larger = np.full((max(size, 2 * len(array)), *array.shape[1:]), fill, array.dtype)
    larger[: len(array)] = array
    return larger
