"""The runs of text of a paragraph put together, and what is made of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from bgsync.prose.page.document import Sentence, Token
from bgsync.prose.page.markup import Element

CODE = frozenset(("code", "kbd", "q", "samp", "tt"))
"""The elements whose text stands for itself."""


@dataclass(slots=True)
class Span:
    """An element that means something, and from where to where in the text of its paragraph it reaches."""

    start: int
    end: int
    element: Element
    inner: list[Span]


@dataclass(slots=True)
class Inline:
    """The text of a paragraph, its spans, and where each of its runs begins in the text and in the source."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    text: str = ""
    starts: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    bars: list[int] = field(default_factory=list)
    """Where a | stands that is no part of a variable."""
    space: bool = True

    def add(self, text: str, offset: int) -> None:
        """Put in a run of text; `offset` is where it begins in the source."""
        self.parts.append(text)
        self.starts.append(self.length)
        self.offsets.append(offset)
        self.length += len(text)

    def offset(self, position: int) -> int:
        """Give the offset in the source of a position in the text."""
        run = bisect_right(self.starts, position) - 1
        return self.offsets[run] + position - self.starts[run]


def blank(text: str) -> int:
    """Give how much white space a text begins with."""
    return len(text) - len(text.lstrip())


def over_tags(found: re.Match[str] | None, spans: Sequence[Span], index: int) -> re.Match[str] | None:
    """The match if it may reach over tags: if it holds all of their elements, and these mean no more than it does."""
    if found is None or found.lastgroup not in ("link", "idl", "quoted", "curly", "single", "code", "codes"):
        return None
    for span in spans[index : index + 400]:
        if span.start >= found.end():
            break
        code = span.element.name in CODE and not span.inner
        if span.end > found.end() or not (code or found.lastgroup in ("link", "idl")):
            return None
    return found


def joined(tokens: Sequence[Token], shown: Sequence[str]) -> str:
    """Give what a reader sees of tokens, with single spaces."""
    parts = [shown[0]] if shown else []
    for token, text in zip(tokens[1:], shown[1:], strict=True):
        parts.append(" " + text if token.space else text)
    return "".join(parts)


def sentence_from(inline: Inline, start: int, end: int) -> Sentence:
    """Make a sentence of the tokens between two indices."""
    tokens = tuple(inline.tokens[start:end])
    return Sentence(tokens, joined(tokens, inline.shown[start:end]), tokens[0].place)
