"""Matches phrases against words: every form that fits is tried, and the one that leaves least unread wins.

A form is a pattern of literal words and slots, such as "set {target} to {value}", with a function that builds what it
means. Slots name a category, and are filled by the forms of that category; the words between two literals belong to
the slot between them. The parse is memoised on category and span, as in a chart parser (Younger, 1967), and each
result has a cost: what had to be left in the text's own words costs most, so that the reading which understands most
is chosen, and of equals the form that stands first in its table.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from bgsync.prose.words import Words


class Result(NamedTuple):
    """What a span means, and how much of it was left unread."""

    cost: int
    value: Any


class Form(NamedTuple):
    """A pattern and what it means: `build` gets the parser and the value of every slot, and may give None."""

    elements: tuple[tuple[str, ...] | str, ...]
    """Each a tuple of words of which one stands here, or the name of a category."""
    build: Callable[..., Any]
    cost: int
    required: tuple[tuple[str, ...], ...]


def form(pattern: str, build: Callable[..., Any], cost: int = 0) -> Iterator[Form]:
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
        required = tuple(element for element in elements if isinstance(element, tuple))
        yield Form(tuple(elements), build, cost, required)


class Category:
    """The forms of one category, found by a word that must occur, and what to do where none fits."""

    def __init__(self, forms: Sequence[Iterator[Form]]) -> None:
        self.first: dict[str, list[tuple[int, Form]]] = {}
        self.inner: dict[str, list[tuple[int, Form]]] = {}
        self.bare: list[tuple[int, Form]] = []
        rank = 0
        for several in forms:
            for one in several:
                rank += 1
                if isinstance(one.elements[0], tuple):
                    for word in one.elements[0]:
                        self.first.setdefault(word, []).append((rank, one))
                elif one.required:
                    rarest = min(one.required, key=lambda words: (_commonness(words), len(words)))
                    for word in rarest:
                        self.inner.setdefault(word, []).append((rank, one))
                else:
                    self.bare.append((rank, one))

    def candidates(self, texts: Sequence[str]) -> list[Form]:
        """Give the forms that may fit words, in the order of their table."""
        found = list(self.bare) + self.first.get(texts[0], [])
        for word in set(texts) & self.inner.keys():
            found += self.inner[word]
        found.sort(key=lambda ranked: ranked[0])
        return list(dict.fromkeys(one for _, one in found)) if len(found) > 1 else [one for _, one in found]


_COMMON = ("'s", "of", "is", "and", ",", "in", "to", "with", "for", "or")


def _commonness(words: tuple[str, ...]) -> int:
    return max((len(_COMMON) - _COMMON.index(word) for word in words if word in _COMMON), default=0)


class Parser:
    """Parses spans of one sentence. Subclasses give `categories` and handle slots of their own in `special`."""

    categories: dict[str, Category]
    words_only: frozenset[str] = frozenset()
    """Categories that are plain words, so that they may begin or end inside a link."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.known: dict[tuple[str, int, int], Result | None] = {}

    def parse(self, category: str, start: int, end: int) -> Result | None:
        """Parse a span as a category; None where it cannot be one."""
        if start >= end:
            return None
        if (self.words.inside[start] or self.words.inside[end]) and category not in self.words_only:
            return None
        key = (category, start, end)
        if key not in self.known:
            self.known[key] = None  # a form that asks for its own span again finds nothing there
            self.known[key] = self._best(category, start, end)
        return self.known[key]

    def special(self, category: str, start: int, end: int) -> Result | None:
        """Parse what no table describes."""
        return None

    def _best(self, category: str, start: int, end: int) -> Result | None:
        best = self.special(category, start, end)
        table = self.categories.get(category)
        if table is None or (best is not None and best.cost == 0):
            return best
        for one in table.candidates(self.words.texts[start:end]):
            if best is not None and best.cost <= one.cost:
                continue
            if not all(any(self._within(word, start, end) for word in words) for words in one.required):
                continue
            for cost, values in self._match(one.elements, 0, start, end):
                total = cost + one.cost
                if best is not None and total >= best.cost:
                    continue
                value = one.build(self, *values)
                if value is not None:
                    best = Result(total, value)
                    if total == 0:
                        return best
        return best

    def _within(self, word: str, start: int, end: int) -> bool:
        places = self.words.places.get(word)
        if not places:
            return False
        at = bisect_left(places, start)
        return at < len(places) and places[at] < end

    def _match(
        self, elements: tuple[tuple[str, ...] | str, ...], at: int, start: int, end: int
    ) -> Iterator[tuple[int, tuple[Any, ...]]]:
        if at == len(elements):
            if start == end:
                yield 0, ()
            return
        element = elements[at]
        texts = self.words.texts
        if isinstance(element, tuple):
            if start < end and texts[start] in element and self.words.words[start].kind not in ("var", "string"):
                yield from self._match(elements, at + 1, start + 1, end)
            return
        if at + 1 == len(elements):
            result = self.parse(element, start, end)
            if result is not None:
                yield result.cost, (result.value,)
            return
        following = elements[at + 1]
        for middle in range(start + 1, end):
            if isinstance(following, tuple) and texts[middle] not in following:
                continue
            if self.words.inside[middle] and not isinstance(following, tuple):
                continue
            result = self.parse(element, start, middle)
            if result is None:
                continue
            for cost, values in self._match(elements, at + 1, middle, end):
                yield result.cost + cost, (result.value, *values)
