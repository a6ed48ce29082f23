"""From places of a text, which count characters, to those of the protocol, which count in units of an encoding."""

from __future__ import annotations

import re

from lsprotocol import types as t

from bgsync.lsp.answer import Span
from bgsync.prose.page.document import Place

_NEWLINE = re.compile(r"\r\n|\r|\n")
_UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
"""What the protocol calls an encoding: what Python calls it, and how many bytes a unit has."""


class Places:
    """The lines of a text, and the encoding in whose units an editor counts."""

    def __init__(self, text: str, encoding: str) -> None:
        self.text = text
        self._lines = _NEWLINE.split(text)
        self._named, (self._encoding, self._size) = encoding, _UNITS[encoding]

    def beside(self, text: str) -> Places:
        """Give the places of another text in the same units."""
        return Places(text, self._named)

    def end(self) -> t.Position:
        """Give the position after the last character."""
        return self._position(Place(len(self._lines), len(self._lines[-1]) + 1))

    def range(self, span: Span) -> t.Range:
        """Give a part of the text as the protocol has it."""
        return t.Range(self._position(span.start), self._position(span.end))

    def place(self, position: t.Position) -> Place:
        """Give the place of a position."""
        line = self._line(position.line)
        data = line.encode(self._encoding, "surrogatepass")[: position.character * self._size]
        return Place(position.line + 1, len(data.decode(self._encoding, "ignore")) + 1)

    def _position(self, place: Place) -> t.Position:
        number = min(place.line, len(self._lines)) - 1
        before = self._line(number)[: place.column - 1]
        return t.Position(number, len(before.encode(self._encoding, "surrogatepass")) // self._size)

    def _line(self, number: int) -> str:
        return self._lines[number] if number < len(self._lines) else ""
