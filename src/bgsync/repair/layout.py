"""The items of a list of steps in a source, line by line, so that they are moved with their formatting."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bgsync.errors import BgsyncError
from bgsync.prose.page.document import Item, Numbered, Sentence
from bgsync.prose.reading import Reading

_MARKER = re.compile(r"\s*(?:\d+[.)]\s+|<li\b[^>]*>)", re.IGNORECASE)
_LI = re.compile(r"<li\b|</li>", re.IGNORECASE)


class UnwritableError(BgsyncError):
    """A change that cannot be written into a source: the message says why, and where."""


@dataclass(frozen=True)
class Placed:
    """An item of a list: the lines that it stands on, from the first to before the last, and the list in it."""

    path: tuple[int, ...]
    first: int
    last: int
    below: tuple[Placed, ...]
    sentences: tuple[Sentence, ...]

    @property
    def numbers(self) -> range:
        """The numbers of its lines, from 0."""
        return range(self.first, self.last)


class Layout:
    """The steps of one algorithm of a text, by their numbers. Raises UnwritableError."""

    def __init__(self, reading: Reading, name: str) -> None:
        self.lines = reading.document.source.split("\n")
        found = [text for text, head in reading.heads if head.name == name]
        if not found or not found[0].steps.items:
            raise UnwritableError(f"{name}: its steps stand in no list")
        steps = found[0].steps
        self.items = self._list(steps, (), len(self.lines))
        self.html = "<li" in self.lines[self.items[0].first].lower()
        self.by_path = {each.path: each for each in _all(self.items)}

    def indent(self, item: Placed) -> int:
        """Say how far an item is indented."""
        return _indent(self.lines[item.first])

    @property
    def marker(self) -> str:
        """What stands before a step in Markdown."""
        found = _MARKER.match(self.lines[self.items[0].first])
        assert found is not None
        return found[0].lstrip()

    @property
    def unit(self) -> int:
        """How much further a list is indented than the step that holds it."""
        deeper = [self.indent(each.below[0]) - self.indent(each) for each in self.by_path.values() if each.below]
        return min((each for each in deeper if each > 0), default=4 if self.html else len(self.marker))

    def _list(self, numbered: Numbered, path: tuple[int, ...], end: int) -> tuple[Placed, ...]:
        begins = [self._begin(item) for item in numbered.items]
        if sorted(set(begins)) != begins:
            raise UnwritableError(f"line {numbered.place.line}: its steps do not stand on lines of their own")
        made = []
        for number, (item, first) in enumerate(zip(numbered.items, begins, strict=True), start=1):
            last = begins[number] if number < len(begins) else self._end(first, end)
            lists = [part for part in item.parts if isinstance(part, Numbered)]
            if len(lists) > 1:
                raise UnwritableError(f"line {item.place.line}: it has several lists of steps")
            here = (*path, number)
            below = self._list(lists[0], here, last) if lists else ()
            sentences = tuple(part for part in item.parts if isinstance(part, Sentence))
            made.append(Placed(here, first, last, below, sentences))
        return tuple(made)

    def _begin(self, item: Item) -> int:
        line = item.place.line - 1
        for at in range(line, max(line - 4, -1), -1):
            if _MARKER.match(self.lines[at]):
                return at
        raise UnwritableError(f"line {item.place.line}: it is not seen where the step begins")

    def _end(self, first: int, limit: int) -> int:
        """Say before which line the last item of a list ends."""
        if "<li" not in self.lines[first].lower():
            at = first + 1
            indent = _indent(self.lines[first])
            while at < limit and (not self.lines[at].strip() or _indent(self.lines[at]) > indent):
                at += 1
            while not self.lines[at - 1].strip():
                at -= 1
            return at
        open_ones = 0
        for at in range(first, limit):
            for found in _LI.findall(self.lines[at]):
                open_ones += -1 if found.startswith("</") else 1
            if not open_ones:
                return at + 1
        raise UnwritableError(f"line {first + 1}: the step has no end tag")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _all(items: tuple[Placed, ...]) -> list[Placed]:
    return [each for item in items for each in (item, *_all(item.below))]
