"""contradiction, as far as it is about dictionaries of the IDL: whether a member is given, and what it is by default.

A member that has a default, or is required, is always there: a step that asks whether it is decides nothing. A default
that is none of the values of its enumeration is one that no caller could give.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bgsync.judge.structure.finding import Finding, place
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.prose.idl import DictionaryMember, idl_of
from bgsync.prose.reading import Reading

_ASKS = re.compile(r"\b(?:present|missing|given|omitted|exists?|absent|passed|provided|specified)\b")


def given(reading: Reading) -> Iterator[Finding]:
    """Find tests of whether a member is given that always is, and defaults that are no value of their enumeration."""
    idl = idl_of(reading.document.interfaces)
    members = {(each.owner, each.name): each for each in idl.members}
    for each in idl.members:
        values, default = idl.values.get(each.type), each.default.strip('"')
        if values and each.default.startswith('"') and default not in values:
            block = next(block for block in reading.document.interfaces if each.owner in block.text)
            origin = s.Origin(
                "",
                (),
                reading.document.file,
                block.place.line,
                block.place.column,
                each.name,
                f"{each.owner}.{each.name}",
            )
            listed = ", ".join(values)
            yield Finding(
                "contradiction", f"{each.name!r} is {default!r} by default, which is none of: {listed}", origin
            )
    for one in reading.sentences:
        for token in one.sentence.tokens:
            member = members.get((token.scope, token.term)) if token.kind == "idl" else None
            if member is None or not (member.default or member.required):
                continue
            for statement in one.statements:
                if isinstance(statement, s.If | s.Assert) and _asks(statement, member):
                    why = f"its default is {member.default}" if member.default else "it is required"
                    message = f"asks whether {member.name!r} of a {member.owner} is given, which it always is: {why}"
                    yield Finding("contradiction", message, place(statement) if statement.origin else one.origin)


def _asks(statement: s.Statement, member: DictionaryMember) -> bool:
    """Whether a statement asks if a member is there at all."""
    for whole in traversal.expressions(statement):
        for part in e.parts(whole):
            match part:
                case e.Is(left=e.Field(name=name), right=None) if name == member.name:
                    return not (member.type.endswith("?") or member.default == "null")
                case e.Apply(name=said, arguments=(e.Field(name=name),)) if name == member.name:
                    return bool(_ASKS.search(said))
    return False
