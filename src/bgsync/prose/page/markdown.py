"""The Markdown of Bikeshed, as tags among the pieces of a source: lists, headings, notes, and paragraphs.

A line counts by its level, the number of indents before its first character, as in Bikeshed: `Indent` of the metadata
says how many spaces make one, and a tab always does. A list ends at a line of a lower level, and, after a blank line,
at one of its own level that is not one of its items. What Markdown does inside a paragraph is left to
`bgsync.prose.page.tokens`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from typing import NamedTuple

from bgsync.prose.page.markup import BLOCK, LISTS, RAW, Piece

NOTE = re.compile(
    r"(?:Note|Issue(?:\s?\([^()\n]{1,80}\))?|Warning|Advisement|Example|Editor's note)\s?[:,]\s", re.IGNORECASE
)
"""What a paragraph starts with that does not count."""

_LINE = re.compile(r"[^\r\n]*+(\r\n?|\n)?")
_INDENT = re.compile(r"[ \t]*+")
_MARKER = re.compile(
    r"""(?P<rule>(?:(?:-[ \t]*+){3,}+|={3,}+[ \t]*+|(?:\*[ \t]*+){3,}+)(?=[\r\n]|\Z))
      | (?P<heading>\#{1,6}+)[ \t]++
      | (?P<ol>-?\d{1,9}+\.)(?:[ \t]++|(?=[\r\n]))
      | (?P<ul>[*+-])(?:[ \t]++|(?=[\r\n]))
      | (?P<dd>::)(?:[ \t]++|(?=[\r\n]))
      | (?P<dt>:)(?:[ \t]++|(?=[\r\n]))""",
    re.VERBOSE,
)
_UNDERLINE = re.compile(r"[ \t]*+(?:={3,}+|-{3,}+)[ \t]*+(?=[\r\n]|\Z)")
_HEADING_END = re.compile(r"[ \t]*+(?:#++[ \t]*+)?(?:\{\s?#[^}\r\n]*+\}[ \t]*+)?$")
_SPACES = re.compile(r"^ {2,}+(?=\S)", re.MULTILINE)
_INDENTED_MARKER = re.compile(r"^( {2,}+)(?:\d{1,9}+\.|[*+-]|::?) ", re.MULTILINE)
_CONTAINERS = (BLOCK | LISTS) - {"p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "hr"} - RAW


def indent_of(source: str) -> int:
    """How many spaces make an indent where the metadata does not say: what Bikeshed infers, or fits the lists."""
    widths = Counter(match.end() - match.start() for match in _SPACES.finditer(source))
    if widths.total() >= 50:
        fits = {
            size: sum(n for width, n in widths.items() if width % size == 0) + widths[size] for size in range(8, 1, -1)
        }
        return max(fits, key=lambda size: fits[size])
    return 4 if all(len(match[1]) % 4 == 0 for match in _INDENTED_MARKER.finditer(source)) else 2


class _List(NamedTuple):
    name: str
    level: int
    item: str


class Markdown:
    """Puts tags for what Markdown says among the pieces of a source."""

    def __init__(self, source: str, indent: int) -> None:
        self._source = source
        self._indent = max(1, indent)
        self._lists: list[_List] = []
        self._containers: list[tuple[str, int]] = []
        """Elements that are open, each with the number of lists around it."""
        self._heading = ""
        self._after_blank = True
        self._in_paragraph = False
        self._skips_line = False

    def pieces(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """The pieces, with tags for lists, items and headings, and breaks between paragraphs."""
        at_start, level, end = True, 0, 0
        for piece in pieces:
            end = piece.end
            if piece.kind == "text":
                at = piece.start
                while at < end:
                    if at_start:
                        indented = _INDENT.match(self._source, at, end)
                        begin = indented.end() if indented else at
                        level = self._level(at, begin)
                        if begin == end:
                            break
                        at_start = False
                        if self._source[begin] in "\r\n":
                            yield from self._blank(begin)
                            at = begin
                        else:
                            at = yield from self._line(begin, end, level)
                    line = _LINE.match(self._source, at, end)
                    if line is None or line.end() == at:
                        break
                    at_start = line[1] is not None
                    yield from self._text(at, line.end(), at_start)
                    at = line.end()
                continue
            if at_start and piece.kind in ("start", "end") and piece.name not in RAW:
                yield from self._first_tag(piece, level)
            at_start, level = False, 0
            if piece.kind == "end":
                yield from self._leave(piece)
            elif piece.kind == "start" and piece.name in _CONTAINERS:
                self._containers.append((piece.name, len(self._lists)))
            if piece.kind != "comment":
                yield piece
        yield from self._end_heading(end)
        yield from self._end_lists(0, end)

    def _level(self, start: int, end: int) -> int:
        level = at = 0
        indentation = self._source[start:end]
        while at < len(indentation):
            if indentation[at] == "\t":
                at += 1
            elif indentation.startswith(" " * self._indent, at):
                at += self._indent
            else:
                break
            level += 1
        return level

    def _blank(self, offset: int) -> Iterator[Piece]:
        if not self._after_blank:
            yield Piece("break", offset, offset)
        self._after_blank, self._in_paragraph = True, False

    def _text(self, start: int, end: int, whole: bool) -> Iterator[Piece]:
        """A line or the part of one, without what ends a heading."""
        if self._skips_line:
            self._skips_line = not whole
        elif not self._heading or not whole:
            yield Piece("text", start, end)
        else:
            text = self._source[start:end].rstrip("\r\n")
            ending = _HEADING_END.search(text)
            yield Piece("text", start, start + (ending.start() if ending else len(text)))
            yield from self._end_heading(end)

    def _end_heading(self, offset: int) -> Iterator[Piece]:
        if self._heading:
            yield _tag("end", self._heading, offset)
            self._heading = ""

    def _line(self, begin: int, end: int, level: int) -> Generator[Piece, None, int]:
        """What the first characters of a line say; the result is where its text begins."""
        marker = _MARKER.match(self._source, begin, end)
        kind = marker.lastgroup if marker else None
        if marker is None or kind is None:
            yield from self._first_words(begin, level)
            return begin
        self._in_paragraph = False
        if kind == "rule":
            self._skips_line = True
        elif kind == "heading":
            yield from self._dedent(level, begin)
            self._heading = f"h{min(len(marker[0].rstrip()) + 1, 6)}"
            yield _tag("start", self._heading, marker.end())
        else:
            yield from self._item("dl" if kind in ("dt", "dd") else kind, level, kind, begin)
            self._in_paragraph = True
            if NOTE.match(self._source, marker.end()):
                yield Piece("break", marker.end(), marker.end())
        self._after_blank = False
        return marker.end()

    def _first_words(self, begin: int, level: int) -> Iterator[Piece]:
        """A line of text: the start of a paragraph, a note or a heading, or more of a paragraph."""
        yield from self._dedent(level, begin)
        self._after_blank = False
        if not self._in_paragraph and (underline := self._underline(begin)):
            self._heading = "h2" if underline == "=" else "h3"
            yield _tag("start", self._heading, begin)
            return
        if self._in_paragraph and NOTE.match(self._source, begin, begin + 100):
            yield Piece("break", begin, begin)
        self._in_paragraph = True

    def _underline(self, begin: int) -> str:
        line = _LINE.match(self._source, begin)
        underline = line and line[1] and _UNDERLINE.match(self._source, line.end())
        return underline[0].strip()[0] if underline else ""

    def _first_tag(self, piece: Piece, level: int) -> Iterator[Piece]:
        """A line that starts with a tag."""
        if piece.name in BLOCK:
            yield from self._dedent(level, piece.start)
            self._after_blank = self._in_paragraph = False
        else:
            yield from self._first_words(piece.start, level)

    def _leave(self, piece: Piece) -> Iterator[Piece]:
        """Ends the lists inside a container that ends."""
        for index in range(len(self._containers) - 1, -1, -1):
            name, lists = self._containers[index]
            if name == piece.name:
                del self._containers[index:]
                yield from self._end_lists(lists, piece.start)
                return

    def _dedent(self, level: int, offset: int) -> Iterator[Piece]:
        """Ends the lists that a line of this level does not belong to."""
        keep = len(self._lists)
        while keep and self._lists[keep - 1].level >= level + (not self._after_blank):
            keep -= 1
        yield from self._end_lists(keep, offset)

    def _item(self, name: str, level: int, marker: str, offset: int) -> Iterator[Piece]:
        lists = self._lists
        keep = len(lists)
        while keep and lists[keep - 1].level > level:
            keep -= 1
        same = keep
        while same and lists[same - 1].level == level and lists[same - 1].name != name:
            same -= 1
        continues = bool(same) and lists[same - 1].level == level
        if continues or self._after_blank:
            keep = same
        yield from self._end_lists(keep, offset)
        if continues:
            yield _tag("end", lists[-1].item, offset)
            lists.pop()
        else:
            yield _tag("start", name, offset)
        item = marker if name == "dl" else "li"
        lists.append(_List(name, level, item))
        yield _tag("start", item, offset)

    def _end_lists(self, keep: int, offset: int) -> Iterator[Piece]:
        while len(self._lists) > keep:
            last = self._lists.pop()
            yield _tag("end", last.item, offset)
            yield _tag("end", last.name, offset)
        while self._containers and self._containers[-1][1] > keep:
            self._containers.pop()


def _tag(kind: str, name: str, offset: int) -> Piece:
    return Piece(kind, offset, offset, name, {}, True)
