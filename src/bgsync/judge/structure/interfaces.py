"""What the IDL of a text declares, held against its steps and its definitions.

A promise is resolved with what its type has (contradiction); what a caller may leave out is not read as if it were
there (defined-before-use); a number fits the member that it is put into (contradiction); an attribute of the IDL is
defined, and a method that has steps is declared (known-term). Where a text declares an interface in part only, or
several methods of one name, nothing is said of what may be declared elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bgsync.judge.structure.finding import NOTE, Finding, place
from bgsync.language import Algorithm, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.readback import say_value
from bgsync.prose.grammar.words import said_in
from bgsync.prose.heads import Head
from bgsync.prose.idl import Idl, Operation, idl_of
from bgsync.prose.reading import Reading

NOTHING, NULL, BOOLEAN, NUMBER, LIST = "nothing", "null", "boolean", "number", "list"
_VOID = ("undefined", "void")
_NUMBERS = re.compile(r"(?:unrestricted )?(?:float|double)|byte|octet|bigint|(?:unsigned )?(?:short|long|long long)")
_STRINGS = ("DOMString", "USVString", "ByteString", "CSSOMString")
_LISTS = re.compile(r"(?:sequence|FrozenArray|ObservableArray)\s*<")
_GIVES = re.compile(r"\b(?:returns?|getter|reflects?|exposes|represents|handler)\b")
_WITH = re.compile(r"\bwith\b")
_BITS = {"byte": 8, "octet": 8, "short": 16, "long": 32, "long long": 64}


def interfaces(reading: Reading) -> Iterator[Finding]:
    """Find where the IDL of a text and the text disagree."""
    idl = idl_of(reading.document.interfaces)
    algorithms = {each.name: each for each in reading.spec.algorithms}
    for _, head in reading.heads:
        algorithm = algorithms.get(head.name)
        if not head.method or algorithm is None:
            continue
        name = head.name.partition(" (")[0]  # as it was before it was told from others
        declared = [one for one in idl.every if one.name == name and head.scope in ("", one.owner)]
        if not declared and head.scope in idl.closed:
            yield _undeclared(reading, head)
        if len(declared) == 1:
            yield from _resolved(idl, declared[0], algorithm)
            yield from _left_out(idl, declared[0], algorithm)
            yield from _too_large(reading, idl, declared[0], algorithm)
    yield from _undefined(reading, idl)
    yield from _syntax(reading, idl)
    yield from _secure(reading)


def _undeclared(reading: Reading, head: Head) -> Finding:
    said = head.sentence.text if head.sentence else head.name
    origin = s.Origin(head.name, (), reading.document.file, *head.place, said, f"{head.scope}.{head.name}")
    return Finding("known-term", f"the IDL of {head.scope} declares no {head.name}(), which has steps here", origin)


def _resolved(idl: Idl, declared: Operation, algorithm: Algorithm) -> Iterator[Finding]:
    """A promise that is resolved with what its type does not have."""
    for statement in traversal.walk(algorithm.steps):
        if isinstance(statement, s.Resolve) and statement.promise == e.Var(algorithm.returns or ""):
            given = _kind(statement)
            if given and not _fits(idl, given, declared.promised.strip()):
                given = given if given in (NOTHING, NULL) else f"a {given}"
                promise = say_value(statement.promise)
                message = (
                    f"resolves {promise} with {given}, and by the IDL {declared.name}() returns {declared.returns}"
                )
                yield Finding("contradiction", message, place(statement))


def _kind(statement: s.Resolve) -> str:
    """Give the kind of what a promise is resolved with, "" where it is not certain."""
    match statement.value:
        case None:
            said = place(statement).sentence.lower()
            if "null" in said:
                return NULL
            return "" if _WITH.search(said.partition("resolve")[2]) else NOTHING
        case bool():
            return BOOLEAN
        case int():
            return NUMBER
        case e.Sequence():
            return LIST
        case _:
            return ""


def _fits(idl: Idl, given: str, wanted: str) -> bool:
    """Whether a type has values of a kind; a type that the text does not declare may have any."""
    if not wanted or wanted in ("any", "object") or wanted.startswith("("):
        return True
    if wanted.endswith("?"):
        return given == NULL or _fits(idl, given, wanted[:-1])
    if wanted in _VOID:
        return given in (NOTHING, NULL)
    known = {
        BOOLEAN: wanted == "boolean",
        NUMBER: bool(_NUMBERS.fullmatch(wanted)),
        LIST: bool(_LISTS.match(wanted)),
    }
    owners = {*(one.owner for one in idl.every), *(one.owner for one in idl.attributes)}
    interface = wanted in idl.closed | owners
    plain = any(known.values()) or wanted in _STRINGS or wanted in idl.values
    return not (interface or plain) or known.get(given, False)


def _left_out(idl: Idl, declared: Operation, algorithm: Algorithm) -> Iterator[Finding]:
    """A member of a dictionary that is read, and that a caller may leave out without a default or a test."""
    kinds = {name: kind for (name, *_), kind in zip(declared.parameters, declared.types, strict=True)}
    members = {(one.owner, one.name): one for one in idl.members}
    read: dict[e.Field, list[s.Statement]] = {}
    asked: set[e.Field] = set()
    for statement in traversal.walk(algorithm.steps):
        for whole in traversal.expressions(statement):
            fields = [part for part in e.parts(whole) if isinstance(part, e.Field) and isinstance(part.owner, e.Var)]
            for field in fields:
                read.setdefault(field, []).append(statement)
            if isinstance(statement, s.If | s.Assert | s.While | s.NotUnderstood):
                asked |= {*fields}
        if isinstance(statement, s.Set) and isinstance(statement.target, e.Field):
            asked.add(statement.target)  # it has a value then
    for field, statements in read.items():
        assert isinstance(field.owner, e.Var)
        member = members.get((kinds.get(field.owner.name, ""), field.name))
        if member is None or member.required or member.default or field in asked:
            continue
        others = ", ".join(dict.fromkeys(place(each).step for each in statements[1:]))
        message = (
            f"reads {field.name!r} of {field.owner.name}{f' (so do {others})' if others else ''}, which a caller may "
            f"leave out: {member.owner} does not require it and gives no default, and no step asks whether it is there"
        )
        yield Finding("defined-before-use", message, place(statements[0]))


def _too_large(reading: Reading, idl: Idl, declared: Operation, algorithm: Algorithm) -> Iterator[Finding]:
    """A whole number of the IDL that is put into a member which cannot hold all of its values."""
    kinds = {name: kind for (name, *_), kind in zip(declared.parameters, declared.types, strict=True)}
    members = {(one.owner, one.name): one for one in idl.members}
    holding: dict[str, set[str]] = {}
    for owned in reading.declared.members.values():
        for name, member in owned.items():
            holding.setdefault(name, set()).add(member.type.strip())
    told: set[tuple[str, str]] = set()
    for statement in traversal.walk(algorithm.steps):
        if not isinstance(statement, s.Set) or not isinstance(statement.target, e.Field):
            continue
        exact = False
        match statement.value:
            case e.Var(name=name):
                given = kinds.get(name, "")
            case e.Field(owner=e.Var(name=parameter), name=name) if one := members.get(
                (kinds.get(parameter, ""), name)
            ):
                given, exact = one.type, one.exact
            case _:
                continue
        (wanted, *others) = holding.get(statement.target.name.lower(), {""})
        value, target = _range(given, exact=exact), _range(wanted)
        key = (statement.target.name, given)
        if others or key in told or not (value and target) or (target[0] <= value[0] and value[1] <= target[1]):
            continue
        told.add(key)
        message = (
            f"sets {statement.target.name!r}, declared as {wanted}, to {say_value(statement.value)}, in the IDL "
            f"{given}: {f'what is below {target[0]}' if value[0] < target[0] else f'what is above {target[1]}'} "
            "does not fit"
        )
        yield Finding("contradiction", message, place(statement))


def _range(kind: str, *, exact: bool = False) -> tuple[int, int] | None:
    """Give the least and the greatest value of a type of whole numbers (Web IDL, section 2.13)."""
    unsigned, bare = kind.startswith("unsigned ") or kind == "octet", kind.removeprefix("unsigned ")
    bits = _BITS.get(bare)
    if bits is None:
        return None
    least, most = (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return (max(least, -_EXACT), min(most, _EXACT)) if exact else (least, most)


_EXACT = 2**53 - 1
"""The greatest whole number that a double has exactly, with all below it."""


def _undefined(reading: Reading, idl: Idl) -> Iterator[Finding]:
    """Attributes and methods of the IDL that no definition names, those of an interface in one finding of a kind."""
    concepts = {(name, "") for members in reading.declared.members.values() for name in members}
    definitions = reading.document.definitions
    defined = {(said.lower(), one.scope.lower()) for one in definitions for said in (one.term, one.text)} - concepts
    words = {(word, scope) for term, scope in defined for word in re.findall(r"\w+", term)}
    said = _said(reading)
    missing: dict[tuple[str, str], list[tuple[str, int]]] = {}
    operations = [one for one in idl.every if one.owner]
    for kind, some in (("attribute", idl.attributes), ("method", operations)):
        for one in some:
            if not ({(one.name.lower(), one.owner.lower()), (one.name.lower(), "")} & words or one.name in said):
                missing.setdefault((one.owner, kind), []).append((one.name, one.line))
    for (owner, kind), names in missing.items():
        listed = ", ".join(dict.fromkeys(name for name, _ in names))
        origin = s.Origin("", (), reading.document.file, names[0][1], 1, listed, f"{owner}.{names[0][0]}")
        many = f"{kind}s" if "," in listed else kind
        message = f"the IDL of {owner} declares the {many} {listed}, and no sentence defines what that is"
        yield Finding("known-term", message, origin, NOTE)


def _syntax(reading: Reading, idl: Idl) -> Iterator[Finding]:
    """What Web IDL does not have: a type void, and a dictionary that may be left out and has no default."""
    void = [one for one in idl.every if re.search(r"\bvoid\b", one.returns)]
    if void:
        also = f" (so do {', '.join(dict.fromkeys(one.name for one in void[1:]))})" if void[1:] else ""
        message = f"{void[0].name}() returns {void[0].returns}{also}: Web IDL has no void; did you mean undefined?"
        yield Finding("known-term", message, _at(reading, void[0]), NOTE)
    dictionaries = {one.owner for one in idl.members}
    for one in idl.every:
        for (name, optional, default), kind in zip(one.parameters, one.types, strict=True):
            if optional and kind in dictionaries and not default:
                message = (
                    f"{name!r} of {one.name}() is an optional dictionary, and has no default: Web IDL wants = {{}}"
                )
                yield Finding("known-term", message, _at(reading, one), NOTE)


def _at(reading: Reading, one: Operation) -> s.Origin:
    return s.Origin("", (), reading.document.file, one.line, 1, one.name, f"{one.owner}.{one.name}")


_PROMISED = re.compile(r"\bonly available (?:in|from|to) secure contexts?\b")


def _secure(reading: Reading) -> Iterator[Finding]:
    """A text that promises a secure context, of which no interface asks for one."""
    if any("SecureContext" in block.text for block in reading.document.interfaces) or not reading.document.interfaces:
        return
    for paragraph in reading.document.paragraphs:
        for sentence in paragraph.sentences:
            if _PROMISED.search(said_in(sentence)):
                origin = s.Origin("", (), reading.document.file, *sentence.place, sentence.text, "secure context")
                message = "says that it is only available in a secure context, and no interface is [SecureContext]"
                yield Finding("contradiction", message, origin, NOTE)


def _said(reading: Reading) -> frozenset[str]:
    """Give the words of sentences that say what something returns, and those that are all of a cell of a table."""
    return frozenset(
        token.text
        for paragraph in reading.document.paragraphs
        if not paragraph.informative
        for sentence in paragraph.sentences
        if len(sentence.tokens) == 1 or _GIVES.search(sentence.text)
        for token in sentence.tokens
        if token.kind in ("idl", "term", "string", "word")
    )
