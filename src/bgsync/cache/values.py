"""What explorations gave as plain JSON, and back.

Each distinct value is a row: the name of its kind, and its parts, which are plain or the numbers of rows before it. A
place in the text is told by its number among the text's steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import msgspec

from bgsync.cache.digest import UnknownError
from bgsync.judge import explorations, facts, verdict
from bgsync.language import Origin

_MODULES = (facts, verdict, explorations)
_CLASSES: Mapping[str, type] = {
    name: found
    for module in _MODULES
    for name, found in vars(module).items()
    if isinstance(found, type)
    and found.__module__ == module.__name__
    and (is_dataclass(found) or issubclass(found, Enum))
}
"""What may be made from a file: data alone."""

TUPLE, SET, ENUM, ORIGIN, LOCATION = "()", "{}", "enum", "origin", "location"


class Values:
    """Writes and reads values that speak of the steps of a text."""

    def __init__(self, origins: Sequence[Origin]) -> None:
        self.origins = origins
        self._numbers = {origin: number for number, origin in enumerate(origins)}
        self._locations = list(map(verdict.Location.of, origins))
        self._located = {location: number for number, location in enumerate(self._locations)}

    def write(self, value: Any) -> bytes:
        """Write a value. Raises UnknownError for one that cannot be read back."""
        rows: dict[bytes, int] = {}
        top = self._plain(value, rows)
        return b"[[%b],%b]" % (b",".join(rows), msgspec.json.encode(top))

    def read(self, data: bytes) -> Any:
        """Read a value. Raises ValueError, LookupError or TypeError for what is none."""
        rows, top = msgspec.json.decode(data)
        made = list[Any]()
        for name, *parts in rows:
            made.append(self._made(name, [made[part[0]] if type(part) is list else part for part in parts]))
        return made[top[0]] if type(top) is list else top

    def _plain(self, value: Any, rows: dict[bytes, int]) -> Any:
        """Give a value that JSON has, or the number of the row that says how to make it; equal values share a row."""
        if not isinstance(value, Enum) and (value is None or isinstance(value, str | int | float)):
            return value
        row = msgspec.json.encode(self._row(value, rows))
        return [rows.setdefault(row, len(rows))]

    def _row(self, value: Any, rows: dict[bytes, int]) -> list[Any]:
        if isinstance(value, Enum):
            return [ENUM, type(value).__name__, value.name]
        if isinstance(value, Origin):
            return [ORIGIN, _number(value, self._numbers)]
        if isinstance(value, verdict.Location):
            return [LOCATION, _number(value, self._located)]
        if isinstance(value, frozenset):
            return [SET, *sorted(self._plain(part, rows) for part in value)]
        if type(value) is tuple:
            return [TUPLE, *(self._plain(part, rows) for part in value)]
        name = type(value).__name__
        if not is_dataclass(value) or _CLASSES.get(name) is not type(value):
            raise UnknownError(f"{name} is not kept")
        return [name, *(self._plain(getattr(value, field.name), rows) for field in fields(value))]

    def _made(self, name: str, parts: list[Any]) -> Any:
        if name == ORIGIN:
            return self.origins[parts[0]]
        if name == LOCATION:
            return self._locations[parts[0]]
        if name == ENUM:
            return _CLASSES[parts[0]][parts[1]]  # type: ignore[index]
        if name in (TUPLE, SET):
            return tuple(parts) if name == TUPLE else frozenset(parts)
        return _CLASSES[name](*parts)


def _number(place: Origin | verdict.Location, numbers: Mapping[Any, int]) -> int:
    number = numbers.get(place)
    if number is None:
        raise UnknownError(f"{place} is no step of the text")
    return number
