"""Multisets of processes, each kept once, so that two are the same exactly when they are the same object."""

from collections.abc import Callable, Iterator

from bgsync.system.step import Presence
from bgsync.system.system import System

Which = Callable[[int], bool]
"""A question about a process, by number; hashable."""


class Multiset:
    """Processes by number, sorted. Made by `Multisets.of` only."""

    __slots__ = ("bits", "counts", "distinct", "index", "lifts", "numbers", "once", "parts", "presence")

    def __init__(self, index: int, numbers: tuple[int, ...], presence: Presence) -> None:
        self.index, self.numbers, self.presence = index, numbers, presence
        self.distinct = tuple(dict.fromkeys(numbers))
        self.bits = sum(1 << number for number in self.distinct)
        self.once = sum(1 << number for number in self.distinct if numbers.count(number) == 1)
        self.counts: dict[Which, int] = {}
        self.parts: dict[int, Multiset] = {}
        self.lifts: dict[int, Multiset] = {}

    def count(self, which: Which) -> int:
        """Count the processes of which something is true."""
        known = self.counts.get(which)
        if known is None:
            known = self.counts[which] = sum(map(which, self.numbers))
        return known


class Multisets:
    """All multisets that were met."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.known: list[Multiset] = []
        self._index: dict[tuple[int, ...], Multiset] = {}

    def of(self, numbers: tuple[int, ...]) -> Multiset:
        """Give the multiset of these numbers, which are sorted."""
        known = self._index.get(numbers)
        if known is None:
            known = self._index[numbers] = Multiset(len(self.known), numbers, self.system.presence(numbers))
            self.known.append(known)
        return known

    def part(self, whole: Multiset, bits: int) -> Multiset:
        """Give the processes of a multiset whose numbers are among the bits, every one as often as there."""
        known = whole.parts.get(bits)
        if known is None:
            known = whole.parts[bits] = self.of(tuple(n for n in whole.numbers if bits >> n & 1))
        return known

    def lifted(self, whole: Multiset, part: Multiset, into: Multiset) -> Multiset:
        """Give a multiset after a part of it has become something else; what is there many times stays many."""
        if part is whole or part is into:
            return into if part is whole else whole
        key = part.index << 32 | into.index
        known = whole.lifts.get(key)
        if known is None:
            numbers = [n for n in whole.numbers if not part.bits >> n & 1]
            for number in into.numbers:
                if numbers.count(number) < self.system.many(number):
                    numbers.append(number)
            known = whole.lifts[key] = self.of(tuple(sorted(numbers)))
        return known


class Known:
    """The processes of which something is true, found out as they are met."""

    __slots__ = ("_hits", "_test", "_tested")

    def __init__(self, test: Which) -> None:
        self._test, self._tested, self._hits = test, 0, 0

    def among(self, whole: Multiset) -> int:
        """Give the bits of the processes of a multiset of which it is true."""
        new = whole.bits & ~self._tested
        if new:
            self._tested |= new
            for number in bits_of(new):
                if self._test(number):
                    self._hits |= 1 << number
        return whole.bits & self._hits


def bits_of(bits: int) -> Iterator[int]:
    """Give the places of the ones."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
