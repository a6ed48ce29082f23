"""Where the sentences of a text stand in its source, and how one of them is reworded there.

A token knows the place of the first character that a reader sees, so markup around it is found by looking for it. What
is found is never trusted: an edit is offered only where the source with it is read as the tokens that were wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bgsync.lsp.answer import Span
from bgsync.prose.inline import sentence_of
from bgsync.prose.page.document import Place, Sentence, Token
from bgsync.prose.page.markup import Lines
from bgsync.prose.reading import Reading

_TAGS = "a|b|code|dfn|em|i|q|strong|var"
_OPEN = re.compile(
    rf"(?:\[=(?:[^\[\]=|/]*[|/])*|\{{\{{(?:[^{{}}|/]*[|/])*|[|\"“`]|<(?:{_TAGS})\b[^<>]*>)+\Z", re.IGNORECASE
)
_CLOSE = re.compile(rf"(?:=\]|\}}\}}|[|\"”`]|</(?:{_TAGS})>)+(?:[a-z]{{1,10}}\b)?", re.IGNORECASE)
_LONGEST = 200
"""How many characters of markup before a token are looked at."""
_ENDS = frozenset(".:;")


class Page:
    """The source of a text, by places and offsets."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._lines = Lines(source)
        self._spans: dict[Place, Span] = {}

    def learn(self, reading: Reading) -> None:
        """Remember where every sentence of a reading ends."""
        for sentence in _sentences(reading):
            if sentence.tokens and sentence.place not in self._spans:
                self._spans[sentence.place] = self._span(*self.extent(sentence.tokens))

    def span(self, line: int, column: int) -> Span:
        """Give the sentence that begins at a place; what is left of the line where none does."""
        place = Place(max(line, 1), max(column, 1))
        if place in self._spans:
            return self._spans[place]
        start = min(self.offset(place), len(self.source))
        return self._span(start, self._end_of_line(start))

    def offset(self, place: Place) -> int:
        """Give the offset of a place."""
        starts = self._lines.starts
        return starts[min(place.line, len(starts)) - 1] + place.column - 1

    def extent(self, tokens: Sequence[Token]) -> tuple[int, int]:
        """Give the offsets between which tokens stand, with the markup around the first and the last one."""
        return self._before(tokens[0]), self._after(tokens[-1])

    def reworded(self, sentence: Sentence, wording: str) -> tuple[Span, str] | None:
        """Give a small edit that makes a sentence a wording of it; None where its markup is not seen through."""
        wanted, old = sentence_of(wording), _without_end(sentence.tokens)
        if wanted is None or not wanted.tokens or not old:
            return None
        new = wanted.tokens
        start, end = self.extent(old)
        if not _says(self.source[start:end], old):
            return None
        for before, after in (_same(old, new), (0, 0)):
            low, high = self.extent(old[before : len(old) - after])
            first, last = Page(wording).extent(new[before : len(new) - after])
            made = f"{self.source[start:low]}{wording[first:last]}{self.source[high:end]}"
            if start <= low <= high <= end and _says(made, new):
                return self._span(low, high), wording[first:last]
        return None

    def _span(self, start: int, end: int) -> Span:
        return Span(self._lines.place(start), self._lines.place(max(start, end)))

    def _before(self, token: Token) -> int:
        offset = self.offset(token.place)
        low = max(offset - _LONGEST, 0)
        found = _OPEN.search(self.source[low:offset]) if token.kind not in ("word", "mark") else None
        return offset if found is None else low + found.start()

    def _after(self, token: Token) -> int:
        offset = self.offset(token.place)
        words = re.compile(r"\s+".join(map(re.escape, token.text.split())))
        found = words.match(self.source, offset)
        if found is None:
            return self._end_of_line(offset)
        closing = _CLOSE.match(self.source, found.end()) if token.kind not in ("word", "mark") else None
        return found.end() if closing is None else closing.end()

    def _end_of_line(self, offset: int) -> int:
        end = self.source.find("\n", offset)
        return len(self.source) if end < 0 else end


def _sentences(reading: Reading) -> Iterator[Sentence]:
    yield from (one.sentence for one in reading.sentences)
    yield from (each for text, _ in reading.heads for each in text.introduction)
    yield from (each for paragraph in reading.document.paragraphs for each in paragraph.sentences)


def _says(source: str, tokens: Sequence[Token]) -> bool:
    """Whether a source is read as one sentence of these tokens."""
    sentence = sentence_of(source)
    return sentence is not None and list(map(_said, sentence.tokens)) == list(map(_said, tokens))


def _said(token: Token) -> tuple[str, str, str, str]:
    return token.kind, " ".join(token.text.split()), token.term, token.scope


def _same(old: Sequence[Token], new: Sequence[Token]) -> tuple[int, int]:
    """Count the tokens that are the same at the start and at the end; at least one of each differs between them."""
    most = min(len(old), len(new)) - 1
    before = min(_same_at_start(old, new), most)
    return before, min(_same_at_start(old[::-1], new[::-1]), most - before)


def _same_at_start(old: Sequence[Token], new: Sequence[Token]) -> int:
    pairs = zip(old, new, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if _said(one) != _said(other)), min(len(old), len(new)))


def _without_end(tokens: Sequence[Token]) -> Sequence[Token]:
    while tokens and tokens[-1].kind == "mark" and tokens[-1].text in _ENDS:
        tokens = tokens[:-1]
    return tokens
