"""What the blocks of IDL of a document declare: operations with their parameters, enumerations and members.

Only what the reader of prose needs of Web IDL (section 2): no inheritance is followed, and a type that inherits, is
partial or includes a mixin may have more members than are seen here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bgsync.prose.page.document import Interface

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_DEFINITION = re.compile(
    r"\b(?P<partial>partial\s+)?(?P<kind>interface(?:\s+mixin)?|dictionary|namespace|enum)\s+(?P<name>\w+)"
    r"(?P<parent>\s*:\s*\w+)?\s*\{(?P<body>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}"
)
_OPERATION = re.compile(r"(?P<type>[\w<>?, ]*[\w>?])\s+(?P<name>\w+)\s*\((?P<parameters>[^()]*(?:\([^()]*\)[^()]*)*)\)")
_ATTRIBUTE = re.compile(r"\battribute\s+(?P<type>[\w<>?,\s()]*[\w>?)])\s+(?P<name>\w+)\s*;")
_PROMISE = re.compile(r"Promise\s*<(.*)>$")
_INCLUDES = re.compile(r"\b(\w+)\s+includes\s+\w+")
_EXACT = re.compile(r"\[[^\]]*\b(?:EnforceRange|Clamp)\b")
_EXTENDED = re.compile(r"\[[^\[\]]*\]")
_NAME = re.compile(r"(\w+)\s*$")


@dataclass(frozen=True)
class Operation:
    """An operation of an interface, or of none that is seen.

    `parameters` are each a name, whether it may be left out, and its default as written.
    """

    owner: str
    name: str
    parameters: tuple[tuple[str, bool, str], ...]
    returns: str
    """The type of its result, as written."""
    types: tuple[str, ...] = ()
    """The types of its parameters, as written."""
    line: int = 1
    """The line of the source that it stands in."""

    @property
    def promised(self) -> str:
        """The type of what the promise that it returns is resolved with, "" where it returns none."""
        found = _PROMISE.match(self.returns)
        return found[1] if found else ""


@dataclass(frozen=True)
class Attribute:
    """An attribute of an interface, and its type as written."""

    owner: str
    name: str
    type: str
    line: int
    """The line of the source that it stands in."""


@dataclass(frozen=True)
class DictionaryMember:
    """A member of a dictionary, its type and default as written."""

    owner: str
    name: str
    type: str
    default: str
    required: bool
    exact: bool = False
    """Whether only whole numbers are given that a double has exactly (EnforceRange and Clamp of Web IDL, 3.3)."""


@dataclass
class Idl:
    """What blocks of IDL declare."""

    operations: dict[str, Operation] = field(default_factory=dict)
    """By name; where several have one name, the first."""
    every: list[Operation] = field(default_factory=list)
    """The operations, with those of one name."""
    attributes: list[Attribute] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    """The interfaces that are declared whole: that have no parent, and include no mixin."""
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Enumeration to its values."""
    members: list[DictionaryMember] = field(default_factory=list)
    """The members of dictionaries."""


def idl_of(interfaces: Iterable[Interface]) -> Idl:
    """Read the blocks of IDL of a document; what is no IDL is passed over."""
    found, mixing = Idl(), set[str]()
    for block in interfaces:
        text = _COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), block.text)  # so that no line moves
        mixing |= set(_INCLUDES.findall(text))
        for definition in _DEFINITION.finditer(text):
            if definition["kind"] == "enum":
                found.values[definition["name"]] = tuple(re.findall(r'"([^"]*)"', definition["body"]))
            elif definition["kind"] == "dictionary":
                found.members += _members(definition["name"], definition["body"])
            else:
                line = block.place.line + text.count("\n", 0, definition.start("body"))
                _operations(found, definition["name"], definition["body"], line)
                found.attributes += _attributes(definition["name"], definition["body"], line)
                if definition["kind"] == "interface" and not (definition["partial"] or definition["parent"]):
                    found.closed.add(definition["name"])
        _operations(found, "", _DEFINITION.sub("", text), block.place.line)
    found.closed -= mixing
    return found


def _attributes(owner: str, body: str, line: int) -> Iterable[Attribute]:
    """Give the attributes that a body declares, which begins in a line."""
    for found in _ATTRIBUTE.finditer(body):
        here = line + body.count("\n", 0, found.start("name"))
        yield Attribute(owner, found["name"], " ".join(found["type"].split()), here)


def _members(owner: str, body: str) -> Iterable[DictionaryMember]:
    for statement in body.split(";"):
        declared, _, default = " ".join(_EXTENDED.sub("", statement).split()).partition("=")
        named = _NAME.search(declared)
        if named:
            words = declared[: named.start()].split()
            required = "required" in words
            kind = " ".join(word for word in words if word != "required")
            exact = _EXACT.search(statement) is not None
            yield DictionaryMember(owner, named[1], kind, default.strip(), required, exact)


def _operations(found: Idl, owner: str, body: str, line: int) -> None:
    for statement in _EXTENDED.sub(lambda extended: "\n" * extended[0].count("\n"), body).split(";"):
        here = line + statement[: len(statement) - len(statement.lstrip())].count("\n")
        line += statement.count("\n")
        operation = _OPERATION.search(" ".join(statement.split()))
        if operation:
            declared = tuple(_parameters(operation["parameters"]))
            parameters, types = tuple(each[:3] for each in declared), tuple(each[3] for each in declared)
            made = Operation(owner, operation["name"], parameters, operation["type"].strip(), types, here)
            found.operations.setdefault(made.name, made)
            found.every.append(made)


def _parameters(text: str) -> Iterable[tuple[str, bool, str, str]]:
    """Give the parameters of an operation, each with its type; commas inside of < > and { } separate none."""
    depth, parts = 0, [""]
    for sign in text:
        depth += (sign in "<({") - (sign in ">)}")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    for part in parts:
        declared, _, default = part.partition("=")
        named = _NAME.search(declared)
        if named:
            may_be_left_out = "optional" in declared.split() or "..." in declared
            kind = declared[: named.start()].replace("...", "").split()
            yield named[1], may_be_left_out, default.strip(), " ".join(word for word in kind if word != "optional")
