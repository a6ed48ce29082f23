"""Matches phrases against words: every form that fits is tried, and the one that leaves least unread wins.

A form is a pattern of literal words and slots, such as "set {target} to {value}", with a function that builds what it
means. A slot names a category, and is filled by the forms of that category; the words between two literals belong to
the slots between them. Forms in a table of their own, one per level of binding, say what binds tighter: a possessive
before "of", "of" before +, "and" before "or". A parse is memoised on category and span, as in a chart parser (Younger,
1967), so that a sentence is parsed in polynomial time whatever the tables say.

Prose is ambiguous, so each result has a cost. What is left in the text's own words costs most, so that the reading
which understands most is chosen; then what a form is less sure of; of equals the form that stands first in its table,
and of its matches the one with the shortest first slot. A tie never depends on anything else.

What is cheap is tested first. A form is tried only on spans that have all its literal words, and begin and end with
those that it begins and ends with; a slot before a literal ends only where that literal stands. A sentence that is too
long, or that still takes too many attempts, is given up: it counts as not understood.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from bgsync.prose.words import Words

LONGEST = 150
"""Words of the longest sentence that is parsed."""
ATTEMPTS = 30_000
"""How many spans of one sentence are tried."""

Part = tuple[str, int, int]
"""A category and a span."""
Build = Callable[..., Any] | int


class GivenUp(Exception):
    """A sentence takes too many attempts."""


class Form:
    """A pattern and what it means.

    `build` gets the parser and the value of every slot, and gives None where they do not fit; where it is a number, the
    meaning is the value of that slot.
    """

    __slots__ = ("build", "cost", "elements", "ends", "least", "masks", "pattern", "rank", "required")

    def __init__(self, pattern: str, elements: tuple[tuple[str, ...] | str, ...], build: Build, cost: int):
        self.pattern = pattern
        self.elements = elements
        """Each a tuple of words of which one stands here, or the name of a category."""
        self.build = build
        self.cost = cost
        self.least = len(elements)
        literal = [_literal(element) for element in elements]
        self.ends = literal[-1]
        self.required = tuple(words for words in literal if words is not None)
        self.masks = tuple(map(_mask, self.required))
        self.rank = 0

    def may_fit(self, present: int) -> bool:
        """Whether a sentence has all the literal words of this form; a set of words is a number, a bit for each."""
        return all(present & mask for mask in self.masks)


_TOKENS = {"var": ("{var}",), "quoted": ("{quoted}",)}
"""Slots that one token of a kind fills. Among the literals of a sentence, such a token stands as its slot."""
_KINDS = {"var": "{var}", "string": "{quoted}"}


def _literal(element: tuple[str, ...] | str) -> tuple[str, ...] | None:
    return element if isinstance(element, tuple) else _TOKENS.get(element)


_BITS: dict[str, int] = {}
"""The bit of every word that is a literal of some form."""


def _mask(words: Sequence[str]) -> int:
    return sum(_BITS.setdefault(word, 1 << len(_BITS)) for word in dict.fromkeys(words))


class Result(NamedTuple):
    """What a span means, how much of it was left unread, and by which form of which parts."""

    cost: int
    value: Any
    form: Form | None = None
    parts: tuple[Part, ...] = ()


def form(pattern: str, build: Build, cost: int = 0) -> Iterator[Form]:
    """Make forms of a pattern. `{x}` is a slot, `a|b` one of two words, a trailing `?` makes a word optional."""
    variants: list[list[tuple[str, ...] | str]] = [[]]
    for part in pattern.split():
        if part.startswith("{"):
            variants = [[*variant, part[1:-1]] for variant in variants]
            continue
        literal = tuple(part.rstrip("?").split("|"))
        longer: list[list[tuple[str, ...] | str]] = [[*variant, literal] for variant in variants]
        variants = longer + variants if part.endswith("?") else longer
    for elements in variants:
        yield Form(pattern, tuple(elements), build, cost)


class Category:
    """The forms of one category, in the order of their table, found by the word that they begin with."""

    def __init__(self, forms: Sequence[Iterator[Form]]) -> None:
        self.forms = [one for several in forms for one in several]
        self.first: dict[str, list[Form]] = {}
        self.other: list[Form] = []
        for rank, one in enumerate(self.forms):
            one.rank = rank
            begin = _literal(one.elements[0])
            for word in begin or ():
                self.first.setdefault(word, []).append(one)
            if begin is None:
                self.other.append(one)
        self.mask = 0
        for one in self.forms:
            for mask in one.masks:
                self.mask |= mask
        self._found: dict[tuple[str | None, int], list[Form]] = {}
        self._only: dict[int, str | None] = {}

    def candidates(self, first: str, present: int) -> list[Form]:
        """Give the forms that may fit spans that begin with a word, in a sentence with these words, in table order."""
        key = (first if first in self.first else None, present & self.mask)
        kept = self._found.get(key)
        if kept is None:
            found = [*self.first.get(first, ()), *self.other]
            kept = self._found[key] = [one for one in found if one.may_fit(present)]
            kept.sort(key=lambda one: one.rank)
        return kept

    def only(self, present: int) -> str | None:
        """Give the category that a span of this one has to be, where the sentence has the words of just one form."""
        if present & self.mask not in self._only:
            kept = [one for one in self.forms if one.may_fit(present)]
            plain = len(kept) == 1 and kept[0].least == 1 and kept[0].cost == 0 and kept[0].build == 0
            inner = kept[0].elements[0] if plain else None
            self._only[present & self.mask] = inner if isinstance(inner, str) else None
        return self._only[present & self.mask]


class Parser:
    """Parses spans of one sentence. Subclasses give `categories`, and `specials` for what no table describes."""

    categories: dict[str, Category]
    words_only: frozenset[str] = frozenset()
    """Categories that are plain words, so that they may begin or end inside a link."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.texts = words.texts
        self.size = len(words)
        self.literals = tuple(_KINDS.get(word.kind, word.text) for word in words.words)
        """The words that a pattern's own words can be."""
        self.present = 0
        for text in self.literals:
            self.present |= _BITS.get(text, 0)
        self.known: dict[Part, Result | None] = {}
        self.attempts = ATTEMPTS
        self.specials: dict[str, Callable[[int, int], Result | None]] = {}
        self.places: dict[tuple[str, ...], list[int]] = {}
        self.bits: dict[tuple[str, ...], int] = {}
        self.plainer: dict[str, str] = {}
        self.tables: dict[tuple[str, str], list[tuple[Form, list[int]]]] = {}

    def parse(self, category: str, start: int, end: int) -> Result | None:
        """Parse a span as a category; None where it cannot be one, or would take too long."""
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
        category = self.plainer.get(category, category)
        result = self.known.get((category, start, end))
        if result is not None:
            yield (category, start, end), result
            for part in result.parts:
                yield from self.derivation(*part)

    def _plainer(self, category: str) -> str:
        """Give what a category comes to in this sentence, where it lacks the words of all its forms but one."""
        found = category
        while found in self.categories and found not in self.specials:
            inner = self.categories[found].only(self.present)
            if inner is None:
                break
            found = inner
        self.plainer[category] = found
        return found

    def _best(self, category: str, start: int, end: int) -> Result | None:
        self.attempts -= 1
        if self.attempts < 0:
            raise GivenUp
        special = self.specials.get(category)
        best = None if special is None else special(start, end)
        if category not in self.categories or (best is not None and best.cost == 0):
            return best
        first, last, size = self.literals[start], self.literals[end - 1], end - start
        forms = self.tables.get((category, first))
        if forms is None:
            forms = self._candidates(category, first)
        limit = 1_000_000 if best is None else best.cost
        span = (1 << end) - (1 << start)
        for one, needed in forms:
            if limit <= one.cost or size < one.least or (one.ends is not None and last not in one.ends):
                continue
            for places in needed:
                if not places & span:
                    break
            else:
                limit, best = self._tried(one, start, end, limit, best)
                if limit == 0:
                    break
        return best

    def _tried(self, one: Form, start: int, end: int, limit: int, best: Result | None) -> tuple[int, Result | None]:
        """Give the best result with one more form tried."""
        for cost, values, parts in self._match(one.elements, 0, start, end, limit - one.cost):
            if cost + one.cost >= limit:
                continue
            build = one.build
            if isinstance(build, int):
                value = values[build]
            else:
                value = build(self, *values)
                if value is None:
                    continue
            limit = cost + one.cost
            best = Result(limit, value, one, parts)
            if cost == 0:
                break
        return limit, best

    def _candidates(self, category: str, first: str) -> list[tuple[Form, list[int]]]:
        """Give the forms that may fit spans that begin with a word, and where their literals stand, as bits."""
        found = self.categories[category].candidates(first, self.present)
        made = [(one, [self.bits.get(words) or self._bits(words) for words in one.required]) for one in found]
        self.tables[category, first] = made
        return made

    def _bits(self, words: tuple[str, ...]) -> int:
        found = 0
        for place in self._where(words):
            found |= 1 << place
        self.bits[words] = found
        return found

    def _where(self, words: tuple[str, ...]) -> list[int]:
        """Give the places of any of these words."""
        places = self.places.get(words)
        if places is None:
            places = [place for place, text in enumerate(self.literals) if text in words]
            self.places[words] = places
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
        begins = _literal(following)
        ends = self.ends_of(element, start)
        if begins is None and ends is not None:
            return [place for place in ends if start < place < end]
        if begins is None:
            begins = self._begins(str(following))
        if begins is not None:
            places = self._where(begins)
            return places[bisect_left(places, start + 1) : bisect_left(places, end)]
        return [place for place in range(start + 1, end) if not self.words.inside[place]]

    def ends_of(self, category: str, start: int) -> Sequence[int] | None:
        """Give where phrases of a category that begin at a place can end; None for anywhere."""
        return None

    def _begins(self, category: str) -> tuple[str, ...] | None:
        """Give the words that a category begins with, if its forms all begin with a word of their own."""
        begins = _BEGINS.get((type(self), category), False)
        if begins is False:
            begins = _BEGINS[type(self), category] = self._first_words(category)
        return begins  # type: ignore[return-value]  # False was replaced

    def _first_words(self, category: str) -> tuple[str, ...] | None:
        table = self.categories.get(category)
        if table is None or category in self.specials:
            return None
        begins = dict.fromkeys(table.first)
        for slot in dict.fromkeys(one.elements[0] for one in table.other):
            if slot != category:
                inner = self._first_words(str(slot))
                if inner is None:
                    return None
                begins |= dict.fromkeys(inner)
        return tuple(begins)


_BEGINS: dict[tuple[type, str], tuple[str, ...] | bool | None] = {}
