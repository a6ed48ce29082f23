"""Forms of phrases: a pattern of literal words and slots, such as "set {target} to {value}", and what it means.

A slot names a category, and is filled by the forms of that category. What a form cannot do without is known before any
sentence is seen: its own literal words, the words that its slots cannot do without, and the words that it can begin
with. So of the hundreds of forms only those few are tried that a sentence has the words for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

Build = Callable[..., Any] | int
Element = tuple[str, ...] | str
Words = frozenset[str] | None

TOKENS = {"var": ("{var}",), "quoted": ("{quoted}",)}
"""Slots that one token of a kind fills. Among the literals of a sentence, such a token stands as its slot."""
KINDS = {"var": "{var}", "string": "{quoted}"}

BITS: dict[str, int] = {}
"""The bit of every word that is a literal of some form."""


def literal(element: Element) -> tuple[str, ...] | None:
    """Give the words of which one stands at an element; None for a slot that a category fills."""
    return element if isinstance(element, tuple) else TOKENS.get(element)


class Form:
    """A pattern and what it means.

    `build` gets the parser and the value of every slot, and gives None where they do not fit; where it is a number, the
    meaning is the value of that slot.
    """

    __slots__ = ("_all", "_masks", "build", "cost", "elements", "ends", "least", "pattern", "required", "slot")

    def __init__(self, pattern: str, elements: tuple[Element, ...], build: Build, cost: int):
        self.pattern = pattern
        self.elements = elements
        """Each a tuple of words of which one stands here, or the name of a category."""
        self.build = build
        self.cost = cost
        self.least = len(elements)
        words = [literal(element) for element in elements]
        self.ends = words[-1]
        self.slot = str(elements[0]) if self.least == 1 and words[0] is None else ""
        """The category that fills it, if it is nothing but one slot."""
        self.needs([each for each in words if each is not None])

    def needs(self, required: Iterable[tuple[str, ...]]) -> None:
        """Say which words it needs: one of each tuple."""
        self.required = tuple(dict.fromkeys(required))
        masks = [_mask(words) for words in self.required]
        self._all = sum(dict.fromkeys(mask for mask in masks if mask.bit_count() == 1))
        self._masks = tuple(mask for mask in masks if mask.bit_count() > 1)

    def may_fit(self, present: int) -> bool:
        """Whether a sentence has the words that it needs; a set of words is a number, a bit for each."""
        if present & self._all != self._all:
            return False
        for mask in self._masks:  # noqa: SIM110  # half the time that a generator takes, and it is called most
            if not present & mask:
                return False
        return True


def _mask(words: Sequence[str]) -> int:
    return sum(BITS.setdefault(word, 1 << len(BITS)) for word in dict.fromkeys(words))


def form(pattern: str, build: Build, cost: int = 0) -> Iterator[Form]:
    """Make forms of a pattern. `{x}` is a slot, `a|b` one of two words, a trailing `?` makes a word optional."""
    variants: list[list[Element]] = [[]]
    for part in pattern.split():
        if part.startswith("{"):
            variants = [[*variant, part[1:-1]] for variant in variants]
            continue
        words = tuple(part.rstrip("?").split("|"))
        longer: list[list[Element]] = [[*variant, words] for variant in variants]
        variants = longer + variants if part.endswith("?") else longer
    for elements in variants:
        yield Form(pattern, tuple(elements), build, cost)


class Category:
    """The forms of one category, in the order of their table."""

    def __init__(self, forms: Sequence[Iterator[Form]]) -> None:
        self.forms = [one for several in forms for one in several]
        self._first: dict[str, list[Form]] = {}
        self._other: list[Form] = self.forms
        first = self.forms[0]
        self._others = self.forms[1:]
        self._plain = first.slot if first.cost == 0 and first.build == 0 else ""

    def starting(self, word: str) -> list[Form]:
        """Give the forms that can begin with a word, in the order of their table."""
        return self._first.get(word, self._other)

    def index(self, begins: Callable[[Form], Words]) -> None:
        """Find forms by the words that they begin with; None for any word."""
        starts = [(one, begins(one)) for one in self.forms]
        words = dict.fromkeys(word for _, known in starts for word in known or ())
        self._first = {word: [one for one, known in starts if known is None or word in known] for word in words}
        self._other = [one for one, known in starts if known is None]

    def only(self, present: int) -> str:
        """Give the category that this one comes to in a sentence that has the words of its first form only."""
        if self._plain:
            for one in self._others:
                if one.may_fit(present):
                    return ""
        return self._plain


class Grammar:
    """Categories put together; `specials` are the categories that no table describes, or not a table alone.

    `begins` gives the first words of those specials that begin with one of a few words.
    """

    def __init__(
        self, tables: Mapping[str, Category], specials: Collection[str], begins: Mapping[str, Collection[str]]
    ) -> None:
        self.tables = tables
        known = {name: frozenset(words) for name, words in begins.items()}
        unknown = dict.fromkeys(set(specials) - set(begins))
        self._begins: dict[str, Words] = {**dict.fromkeys(tables, frozenset()), **known, **unknown}
        self._needs = dict(self._begins)
        self._until_stable(self._begins, self._first_words)
        self._until_stable(self._needs, self._needed)
        for table in tables.values():
            table.index(self._first_words)
            for one in table.forms:
                slots = (self._needs.get(element) for element in one.elements if isinstance(element, str))
                one.needs((*one.required, *(tuple(sorted(words)) for words in slots if words)))

    def begins(self, category: str) -> tuple[str, ...] | None:
        """Give the words that phrases of a category begin with; None for any."""
        words = self._begins.get(category)
        return None if words is None else tuple(sorted(words))

    def _until_stable(self, known: dict[str, Words], of: Callable[[Form, frozenset[str]], Words]) -> None:
        """Give each category the words of its forms, until that changes nothing; None where one of them has none."""
        changed = True
        while changed:
            changed = False
            for name, table in self.tables.items():
                words = known[name]
                for one in table.forms if words is not None else ():
                    more = of(one, words or frozenset())
                    if more is None:
                        words = None
                        break
                    words = (words or frozenset()) | more
                changed = changed or words != known[name]
                known[name] = words

    def _first_words(self, one: Form, _: frozenset[str] = frozenset()) -> Words:
        first = one.elements[0]
        words = literal(first)
        return self._begins.get(str(first)) if words is None else frozenset(words)

    def _needed(self, one: Form, already: frozenset[str]) -> Words:
        """Give words of which one is in every span of a form: the set that adds least to those of its category."""
        slots = (self._needs.get(element) for element in one.elements if isinstance(element, str))
        sets = [*map(frozenset, one.required), *(words for words in slots if words is not None)]
        return min(sets, key=lambda words: len(words - already), default=None)
