"""The terms that two texts both define, and whether they define them alike.

Two definitions are alike where the sentence says the same of the term: its words after the term, without articles,
marks and the verb. What comes before it is whose the term is, which differs where each text has things of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bgsync.prose.page.document import Document, Token

_SAYS_NOTHING = frozenset(("a", "an", "the", "which", "that", "is", "are", "has", "have"))


@dataclass(frozen=True)
class Definition:
    """Where a text defines a term, and the sentence that does so."""

    term: str
    file: str
    line: int
    sentence: str
    says: tuple[str, ...]
    """The words that it says of the term."""


@dataclass(frozen=True)
class SharedTerm:
    """A term that both texts define."""

    term: str
    one: Definition
    other: Definition

    @property
    def alike(self) -> bool:
        """Whether both say the same of it."""
        return self.one.says == self.other.says


def shared_terms(one: Document, other: Document) -> tuple[SharedTerm, ...]:
    """Give the terms that both texts define, in the order of the first one; of several definitions, the nearest two."""
    there: dict[str, list[Definition]] = {}
    for each in _definitions(other):
        there.setdefault(each.term, []).append(each)
    found: dict[str, SharedTerm] = {}
    for mine in _definitions(one):
        for theirs in there.get(mine.term, ()):
            pair = SharedTerm(mine.term, mine, theirs)
            if mine.term not in found or (pair.alike and not found[mine.term].alike):
                found[mine.term] = pair
    return tuple(found.values())


def _definitions(document: Document) -> Iterator[Definition]:
    """Give what a text defines in sentences of its own; what an interface or an algorithm declares is of that."""
    for paragraph in document.paragraphs:
        for sentence in paragraph.sentences:
            for at, token in enumerate(sentence.tokens):
                if token.kind == "dfn":
                    says = _words(sentence.tokens[at + 1 :])
                    yield Definition(token.term.lower(), document.file, token.place.line, sentence.text, says)


def _words(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """Give what is said, word by word: each as a reader sees it."""
    seen = (word for token in tokens if token.kind != "mark" for word in token.text.lower().split())
    return tuple(word for word in seen if word not in _SAYS_NOTHING)
