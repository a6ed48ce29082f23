"""Multisets of groups, each kept once, so that two are the same exactly when they are the same object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import chain

from bgsync.system.step import Presence, Queued, Shares
from bgsync.tables.groups import NO_CHANGE, Facts, Groups, Passing

Which = Callable[[int], bool] | Queued | Shares
"""A question about a process, by number, or about a variable; hashable."""


class Multiset:
    """Groups by number, sorted. Made by `Multisets.of` only."""

    def __init__(self, index: int, numbers: tuple[int, ...], groups: Groups) -> None:
        self.index, self.numbers, self.groups = index, numbers, groups
        self.distinct = tuple(dict.fromkeys(numbers))
        self.bits = sum(1 << number for number in self.distinct)
        self.once = sum(1 << number for number in self.distinct if numbers.count(number) == 1)
        self.counts: dict[Which, int] = {}
        self.parts: dict[int, Multiset] = {}
        self.lifts: dict[tuple[int, int, Passing], Multiset] = {}

    @property
    def facts(self) -> Iterator[Facts]:
        """What is to be known of each of its groups."""
        return (self.groups.facts[number] for number in self.numbers)

    @cached_property
    def processes(self) -> tuple[int, ...]:
        """The processes that do not wait in queues, with names of their own for what they share."""
        return tuple(sorted(n for facts in self.facts for n in facts.running))

    @cached_property
    def presence(self) -> Presence:
        """What bears on whose turn it is."""
        return self.groups.system.presence(self.processes)

    @cached_property
    def size(self) -> int:
        """How many processes there are."""
        return sum(len(self.groups.known[number].members) for number in self.numbers)

    @cached_property
    def shares(self) -> bool:
        """Whether any group has variables of its own."""
        return any(self.groups.known[number].contents for number in self.numbers)

    def count(self, which: Which) -> int:
        """Count the processes, or variables, of which something is true."""
        known = self.counts.get(which)
        if known is None:
            known = self.counts[which] = sum(self.groups.count(number, which) for number in self.numbers)
        return known


class Multisets:
    """All multisets that were met."""

    def __init__(self, groups: Groups) -> None:
        self.groups = groups
        self.known: list[Multiset] = []
        self._index: dict[tuple[int, ...], Multiset] = {}

    def of(self, numbers: tuple[int, ...]) -> Multiset:
        """Give the multiset of these numbers, which are sorted."""
        known = self._index.get(numbers)
        if known is None:
            known = self._index[numbers] = Multiset(len(self.known), numbers, self.groups)
            self.known.append(known)
        return known

    def part(self, whole: Multiset, bits: int) -> Multiset:
        """Give the groups of a multiset whose numbers are among the bits, every one as often as there."""
        known = whole.parts.get(bits)
        if known is None:
            known = whole.parts[bits] = self.of(tuple(n for n in whole.numbers if bits >> n & 1))
        return known

    def lifted(self, whole: Multiset, part: Multiset, into: Multiset, passing: Passing) -> Multiset:
        """Give a multiset after a part of it has become something else; what is there many times stays many."""
        if part is whole or (part is into and passing == NO_CHANGE):
            return into if part is whole else whole
        key = part.index, into.index, passing
        known = whole.lifts.get(key)
        if known is None:
            frame = (number for number in whole.numbers if not part.bits >> number & 1)
            if passing != NO_CHANGE:
                after = (self.groups.passed(number, passing) for number in frame)
                frame = (number for number in after if number is not None)
            numbers = list[int]()
            for number in chain(frame, into.numbers):
                if numbers.count(number) < self.groups.facts[number].many:
                    numbers.append(number)
            known = whole.lifts[key] = self.of(tuple(sorted(numbers)))
        return known


class Known:
    """The groups of which something is true, found out as they are met."""

    __slots__ = ("_hits", "_test", "_tested")

    def __init__(self, test: Callable[[int], bool]) -> None:
        self._test, self._tested, self._hits = test, 0, 0

    def among(self, whole: Multiset) -> int:
        """Give the bits of the groups of a multiset of which it is true."""
        new = whole.bits & ~self._tested
        if new:
            self._tested |= new
            for number in bits_of(new):
                if self._test(number):
                    self._hits |= 1 << number
        return whole.bits & self._hits

    def __call__(self, number: int) -> bool:
        """Whether it is true of a group."""
        bit = 1 << number
        if not self._tested & bit:
            self._tested |= bit
            self._hits |= bit if self._test(number) else 0
        return bool(self._hits & bit)


def bits_of(bits: int) -> Iterator[int]:
    """Give the places of the ones."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
