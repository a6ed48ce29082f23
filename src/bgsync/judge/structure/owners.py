"""What a text says of whose a member is: a member that is named alone, what a method is called on, and tuples.

Each object of a type has its own members, so "the queue" is none in particular where elsewhere the text says whose it
is. A method's context object is of the interface that the method is for, and has no other one. A tuple has the items
that it is said to consist of, and no more (Infra, section 5.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bgsync.judge.structure.finding import ERROR, NOTE, Finding, place
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.prose.grammar.words import said_in
from bgsync.prose.page.document import Sentence, Token
from bgsync.prose.reading import Reading

_RECEIVERS = ("context object", "this")
_TUPLE = re.compile(r"\bis (?:tuple|pair) (?:consisting of|of|with)\b")


def owners(reading: Reading) -> Iterator[Finding]:
    """Find members that are named alone, receivers that are named as what they have, and tuples that have more."""
    yield from _alone(reading)
    yield from _receivers(reading)
    yield from _tuples(reading)


def _alone(reading: Reading) -> Iterator[Finding]:
    """Members that one step names without an object, and another one with it: one finding for each member."""
    having: dict[str, set[str]] = {}
    for owner, members in reading.declared.members.items():
        for name in members:
            having.setdefault(name, set()).add(owner)
    given = {(head.name, kind) for text, head in reading.heads for _, kind in _types(reading, text.introduction)} | {
        (head.name, head.scope.lower()) for _, head in reading.heads
    }
    owned: set[str] = set()
    alone: dict[str, list[s.Statement]] = {}
    for name, body in reading.spec.bodies():
        for statement in traversal.walk(body):
            for member, whose in _members(statement):
                said = place(statement).sentence.lower()
                if whose is not None or f"its {member}" in said:
                    owned.add(member)
                elif (
                    member in said
                    and len(having.get(member, ())) == 1
                    and given.isdisjoint((name, kind) for kind in having[member])
                ):
                    alone.setdefault(member, []).append(statement)
    for member, statements in alone.items():
        if member not in owned:
            continue
        (kind,) = having[member]
        places = list(dict.fromkeys(str(place(each)).strip() for each in statements))
        also = f" (so do {', '.join(places[1:])})" if places[1:] else ""
        kind = reading.declared.names.get(kind, kind)
        message = f"names {member!r} and not whose it is{also}: each {kind} has one of its own"
        yield Finding("receiver", message, place(statements[0]), NOTE)


def _types(reading: Reading, sentences: tuple[Sentence, ...]) -> Iterator[tuple[str, str]]:
    for sentence in sentences:
        for token in sentence.tokens:
            name = (token.term or token.text).lower()
            if token.kind in ("term", "idl") and name in reading.declared.members:
                yield token.text, name


def _members(statement: s.Statement) -> Iterator[tuple[str, e.Expr]]:
    """Give the members that a statement names, in lower case, each with whose it is."""
    queues = (statement.queue,) if isinstance(statement, s.Enqueue) else ()
    targets = (statement.target,) if isinstance(statement, s.Set) else ()
    for whole in (*traversal.expressions(statement), *targets):
        for part in e.parts(whole):
            if isinstance(part, e.Field | e.ListOf):
                yield part.name.lower(), part.owner
    yield from ((queue.name.lower(), None) for queue in queues if isinstance(queue, e.Associated))


def _receivers(reading: Reading) -> Iterator[Finding]:
    """A step that speaks of what the context object has, and means the context object."""
    scopes = {head.name: head.scope for _, head in reading.heads if head.scope}
    found: dict[str, list[s.Origin]] = {}
    for one in reading.sentences:
        scope = scopes.get(one.origin.algorithm, "")
        tokens = one.sentence.tokens
        for before, mark, token in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if mark.text == "'s" and _is_receiver(before) and token.kind == "idl" and token.text == scope:
                found.setdefault(f"the {before.text}'s {scope}".replace("the this", "this"), []).append(one.origin)
    for said, origins in found.items():
        also = f" (so do {', '.join(map(str, origins[1:]))})" if origins[1:] else ""
        scope = said.rpartition(" ")[2]
        message = f"speaks of {said!r}{also}: what the method is called on is a {scope}, and has none"
        yield Finding("receiver", message, origins[0], ERROR)


def _is_receiver(token: Token) -> bool:
    return (token.term or token.text).lower() in _RECEIVERS


def _tuples(reading: Reading) -> Iterator[Finding]:
    """A tuple of which another sentence declares one more item."""
    items: dict[str, tuple[Sentence, list[str]]] = {}
    further: dict[str, list[tuple[str, int]]] = {}
    for paragraph in reading.document.paragraphs:
        for sentence in paragraph.sentences:
            said = reading.declared.said.get(id(sentence), "")
            owner, has, names = said.partition(" has ")
            if not has or paragraph.informative:
                continue
            if _TUPLE.search(said_in(sentence)):
                items[owner.lower()] = sentence, names.split(", ")
            else:
                further.setdefault(owner.lower(), []).extend((name, sentence.place.line) for name in names.split(", "))
    used = {member for _, body in reading.spec.bodies() for st in traversal.walk(body) for member, _ in _members(st)}
    for owner, (sentence, known) in items.items():
        lower = {name.lower() for name in known}
        for name, line in further.get(owner, ()):
            if name.lower() in lower or name.lower() not in used:
                continue
            file, at = reading.document.file, sentence.place
            origin = s.Origin(owner, (), file, at.line, at.column, sentence.text, f"{owner}.{name}")
            message = (
                f"a {owner} is a tuple of {' and '.join(known)}, and has {name!r} besides, by line {line}: "
                "steps use it, and it is no item"
            )
            yield Finding("contradiction", message, origin, NOTE)
