"""A digest of a question: two that have the same one get the same answer, by the same code.

Values are told by what they say, functions by where they stand and what they hold; the code of bgsync, all of it, is
told by its files. A function that is not of bgsync or of Python itself has no digest: what it does is not known.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache, partial
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType
from typing import Any

PACKAGE = Path(__file__).parents[1]
NAME = __name__.partition(".")[0]

Told = Callable[[Any], Any]


class UnknownError(TypeError):
    """Something of which nobody can say for certain whether it is the same as before."""


class Digests:
    """Gives digests of values. `instead` says what to take for a value, which may be the value itself."""

    def __init__(self, instead: Told = lambda value: value) -> None:
        self.instead = instead
        self._known: dict[int, tuple[object, bytes]] = {}

    def __call__(self, value: Any) -> bytes:
        """Give the digest of a value. Raises UnknownError."""
        known = self._known.get(id(value))
        if known is not None:
            return known[1]
        taken = self.instead(value)
        found = _hash(type(taken).__name__, *self._parts(taken))
        if not isinstance(value, str | int | float | None):
            self._known[id(value)] = value, found  # the value is held, so nothing else gets its id
        return found

    def _parts(self, value: Any) -> Iterable[bytes | str]:
        if value is None or (isinstance(value, str | int | float | bytes) and not isinstance(value, Enum)):
            return [repr(value)]
        if isinstance(value, Enum):
            return [_name(type(value)), value.name]
        if isinstance(value, type):
            return [_name(value)]
        if isinstance(value, Mapping):
            return [self(part) for item in value.items() for part in item]
        if isinstance(value, AbstractSet):
            return sorted(self(part) for part in value)
        if isinstance(value, tuple | list):
            return [_name(type(value)), *map(self, value)]
        if is_dataclass(value):
            return [_name(type(value)), *(self(getattr(value, field.name)) for field in fields(value))]
        return self._of_function(value)

    def _of_function(self, value: Any) -> Iterable[bytes | str]:
        if isinstance(value, partial):
            return [self(value.func), self(value.args), self(value.keywords)]
        if isinstance(value, MethodType):
            return [self(value.__self__), self(value.__func__)]
        if hasattr(value, "__wrapped__"):
            return [self(value.__wrapped__)]
        if isinstance(value, BuiltinFunctionType):
            return [_name(value)]
        if isinstance(value, FunctionType):
            held = [cell.cell_contents for cell in value.__closure__ or ()]
            return [_name(value), _of_code(value.__code__), self(value.__defaults__), *map(self, held)]
        raise UnknownError(f"{type(value).__name__} has no digest")


def _name(named: Any) -> str:
    """Name a class or function of bgsync or of Python. Raises UnknownError for one of somebody else."""
    module = named.__module__ or "builtins"
    root = module.partition(".")[0]
    if root != NAME and root not in sys.stdlib_module_names:
        raise UnknownError(f"{module}.{named.__qualname__} is no part of bgsync")
    return f"{module}.{named.__qualname__}"


def _of_code(code: CodeType) -> bytes:
    """Tell code from other code on the same line of the same file."""
    consts = (_of_code(const) if isinstance(const, CodeType) else repr(const) for const in code.co_consts)
    return _hash(str(code.co_firstlineno), code.co_code, *code.co_names, *code.co_freevars, *consts)


def _hash(*parts: bytes | str) -> bytes:
    made = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode(errors="surrogatepass")
        made.update(len(data).to_bytes(8, "big"))
        made.update(data)
    return made.digest()


@lru_cache(maxsize=1)
def code() -> bytes:
    """Give the digest of all the code of bgsync, with the content that it ships, and of the version of Python."""
    roots = [PACKAGE, *(path.resolve() for path in (PACKAGE / "shipped").iterdir() if path.is_dir())]
    files = {file for root in roots for file in root.rglob("*.py")}
    return _hash(sys.version, *(part for file in sorted(files) for part in (str(file), file.read_bytes())))
