"""Matches phrases against words: every form that fits is tried, and the one that leaves least unread wins.

A form is a pattern of literal words and slots, such as "set {target} to {value}", with a function that builds what it
means. A slot names a category, and is filled by the forms of that category; the words between two literals belong to
the slots between them. Forms in a table of their own, one per level of binding, say what binds tighter: a possessive
before "of", "of" before +, "and" before "or". A parse is memoised on category and span, as in a chart parser (Younger,
1967), so that a sentence is parsed in polynomial time whatever the tables say.

Prose is ambiguous, so each result has a cost. What is left in the text's own words costs most, so that the reading
which understands most is chosen; then what a form is less sure of; of equals the form that stands first in its table,
and of its matches the one with the shortest first slot. A tie never depends on anything else. Where two readings that
cost something are equally good and say something else, that is kept in `tied`: the sentence can be read in two ways.

What is cheap is tested first. A form is tried only on spans that have all its literal words, and begin and end with
those that it begins and ends with; a slot before a literal ends only where that literal stands. A sentence that is too
long, or that still takes too many attempts, is given up: it counts as not understood.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from bgsync.pauses import pause
from bgsync.prose.grammar.forms import BITS, KINDS, Form, Grammar, literal
from bgsync.prose.grammar.words import Words

LONGEST = 150
"""Words of the longest sentence that is parsed."""
ATTEMPTS = 30_000
"""How many spans of one sentence are tried."""

Part = tuple[str, int, int]
"""A category and a span."""
Special = Callable[[Any, int, int], "Result | None"]


class GivenUp(Exception):
    """A sentence takes too many attempts."""


class Result(NamedTuple):
    """What a span means, how much of it was left unread, and by which form of which parts."""

    cost: int
    value: Any
    form: Form | None = None
    parts: tuple[Part, ...] = ()


class Parser:
    """Parses spans of one sentence. Subclasses give a `grammar`, and `specials` for what no table describes."""

    grammar: ClassVar[Grammar]
    specials: ClassVar[dict[str, Special]]
    words_only: ClassVar[frozenset[str]] = frozenset()
    """Categories that are plain words, so that they may begin or end inside a link."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.texts = words.texts
        self.size = len(words)
        self.literals = tuple(KINDS.get(word.kind, word.text) for word in words.words)
        """The words that a pattern's own words can be."""
        self.at: dict[str, int] = {}
        """The places of every word, as bits."""
        for place, text in enumerate(self.literals):
            self.at[text] = self.at.get(text, 0) | 1 << place
        self.present = sum(BITS.get(text, 0) for text in self.at)
        self.known: dict[Part, Result | None] = {}
        self.tied: set[Part] = set()
        """The parts of which two readings, that say something else, are equally good."""
        self.attempts = ATTEMPTS
        self.places: dict[tuple[str, ...], list[int]] = {}
        self.bits: dict[tuple[str, ...], int] = {}
        self.plainer: dict[str, str] = {}
        self.tables: dict[tuple[str, str], list[tuple[Form, list[int]]]] = {}

    def parse(self, category: str, start: int, end: int) -> Result | None:
        """Parse a span as a category; None where it cannot be one, or would take too long."""
        pause()
        if end - start > LONGEST:
            return None
        try:
            return self.part(category, start, end)
        except (GivenUp, RecursionError):
            return None

    def part(self, category: str, start: int, end: int) -> Result | None:
        """Parse a part of what is being parsed."""
        if start >= end:
            return None
        category = self.plainer.get(category) or self._plainer(category)
        key = (category, start, end)
        known = self.known
        if key in known:
            return known[key]
        inside = self.words.inside
        if (inside[start] or inside[end]) and category not in self.words_only:
            return None
        known[key] = None  # a form that asks for its own span again finds nothing there
        known[key] = result = self._best(category, start, end)
        return result

    def derivation(self, category: str, start: int, end: int) -> Iterator[tuple[Part, Result]]:
        """Give every part of the parse of a span, with what it was read as, outermost first."""
        waiting = [(category, start, end)]
        while waiting:
            category, start, end = waiting.pop()
            category = self.plainer.get(category, category)
            result = self.known.get((category, start, end))
            if result is not None:
                yield (category, start, end), result
                waiting += reversed(result.parts)

    def _plainer(self, category: str) -> str:
        """Give what a category comes to in this sentence, where it lacks the words of all its forms but one."""
        found = category
        while found in self.grammar.tables and found not in self.specials:
            inner = self.grammar.tables[found].only(self.present)
            if not inner:
                break
            found = inner
        self.plainer[category] = found
        return found

    def _best(self, category: str, start: int, end: int) -> Result | None:
        self.attempts -= 1
        if self.attempts < 0:
            raise GivenUp
        special = self.specials.get(category)
        best = None if special is None else special(self, start, end)
        if category not in self.grammar.tables or (best is not None and best.cost == 0):
            return best
        first, last, size = self.literals[start], self.literals[end - 1], end - start
        forms = self.tables.get((category, first))
        if forms is None:
            forms = self._candidates(category, first)
        limit = 1_000_000 if best is None else best.cost
        span = (1 << end) - (1 << start)
        tied = False
        for one, needed in forms:
            if limit < one.cost or size < one.least or (one.ends is not None and last not in one.ends):
                continue
            for places in needed:
                if not places & span:
                    break
            else:
                for result in self._readings(one, start, end, limit):
                    if best is None or result.cost < best.cost:
                        limit, best, tied = result.cost, result, False
                    elif result.cost == best.cost and result.value != best.value:
                        tied = not callable(result.value)  # what is said of a value is a function, and equals none
            if limit == 0:  # then the order of the table decides
                break
        if tied:
            self.tied.add((category, start, end))
        return best

    def _readings(self, one: Form, start: int, end: int, limit: int) -> Iterator[Result]:
        """Give what a form reads a span as, in every way that costs no more than the limit."""
        build = one.build
        if one.slot:
            inner = self.part(one.slot, start, end)
            if inner is not None and inner.cost + one.cost <= limit:
                value = inner.value if isinstance(build, int) else build(self, inner.value)
                if value is not None or build == 0:
                    yield Result(inner.cost + one.cost, value, one, ((one.slot, start, end),))
            return
        for cost, values, parts in self._match(one.elements, 0, start, end, limit - one.cost + 1):
            value = values[build] if isinstance(build, int) else build(self, *values)
            if value is not None or isinstance(build, int):
                yield Result(cost + one.cost, value, one, parts)

    def _candidates(self, category: str, first: str) -> list[tuple[Form, list[int]]]:
        """Give the forms that may fit spans that begin with a word, and where their literals stand, as bits."""
        found = [one for one in self.grammar.tables[category].starting(first) if one.may_fit(self.present)]
        made = [(one, [self.bits.get(words) or self._bits(words) for words in one.required]) for one in found]
        self.tables[category, first] = made
        return made

    def _bits(self, words: tuple[str, ...]) -> int:
        found = 0
        for word in words:
            found |= self.at.get(word, 0)
        self.bits[words] = found
        return found

    def _where(self, words: tuple[str, ...]) -> list[int]:
        """Give the places of any of these words."""
        places = self.places.get(words)
        if places is None:
            bits = self._bits(words)
            places = self.places[words] = [place for place in range(self.size) if bits >> place & 1]
        return places

    def _match(
        self, elements: tuple[tuple[str, ...] | str, ...], at: int, start: int, end: int, limit: int
    ) -> Iterator[tuple[int, tuple[Any, ...], tuple[Part, ...]]]:
        """Give the ways in which elements fit a span, each with a cost below the limit."""
        last = len(elements)
        while at < last:
            element = elements[at]
            if not isinstance(element, tuple):
                break
            if start >= end or self.literals[start] not in element:
                return
            at += 1
            start += 1
        else:
            if start == end:
                yield 0, (), ()
            return
        if at + 1 == last:
            ends = self.ends_of(element, start)
            if ends is not None and end not in ends:
                return
            result = self.part(element, start, end)
            if result is not None and result.cost < limit:
                yield result.cost, (result.value,), ((element, start, end),)
            return
        for middle in self._middles(element, elements[at + 1], start, end - (last - at - 2)):
            result = self.part(element, start, middle)
            if result is None or result.cost >= limit:
                continue
            for cost, values, parts in self._match(elements, at + 1, middle, end, limit - result.cost):
                yield result.cost + cost, (result.value, *values), ((element, start, middle), *parts)

    def _middles(self, element: str, following: tuple[str, ...] | str, start: int, end: int) -> Sequence[int]:
        """Give the places where a slot that begins at `start` may end, given what follows it."""
        begins = literal(following)
        ends = self.ends_of(element, start)
        if begins is None and ends is not None:
            return [place for place in ends if start < place < end]
        if begins is None:
            begins = self.grammar.begins(str(following))
        if begins is not None:
            places = self._where(begins)
            return places[bisect_left(places, start + 1) : bisect_left(places, end)]
        return [place for place in range(start + 1, end) if not self.words.inside[place]]

    def ends_of(self, category: str, start: int) -> Sequence[int] | None:
        """Give where phrases of a category that begin at a place can end; None for anywhere."""
        return None
