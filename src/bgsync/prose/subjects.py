"""Whose event it is: the object that an event is fired for, where none of the event's properties says so.

An event is about one of the objects that are followed. Those that a list of steps holds are known by how they get their
values and what is done with them; the event is about the one that its properties are taken from, that alone is there,
that its own steps speak of, or that the algorithm is for: the first of these that is one object.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from bgsync.language import ObjectType, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.prose.grammar.effects import Statements
from bgsync.prose.grammar.lexicon import Lexicon, variants
from bgsync.prose.grammar.words import ARTICLES
from bgsync.prose.page.document import Sentence, Token


def said_types(sentences: tuple[Sentence, ...], types: Collection[str]) -> Iterator[tuple[str, str]]:
    """Give the variables of a head with their types: "a [=T=] |x|", "|x| (a [=T=])", "|x:T|"."""
    for sentence in sentences:
        tokens = sentence.tokens
        for at, token in enumerate(tokens):
            if token.kind != "var":
                continue
            before = tokens[at - 1] if at else None
            after = [each for each in tokens[at + 1 : at + 4] if each.text.lower() not in ARTICLES]
            if token.type:
                yield token.text, token.type.lower()
            elif before is not None and _type(before, types):
                yield token.text, _type(before, types)
            elif len(after) > 1 and after[0].text == "(" and _type(after[1], types):
                yield token.text, _type(after[1], types)


def _type(token: Token, types: Collection[str]) -> str:
    name = (token.term or token.text).lower()
    return name if token.kind in ("term", "idl") and name in types else ""


def with_subjects(
    steps: Statements, followed: ObjectType, lexicon: Lexicon, parameters: Mapping[str, str] | None = None
) -> Statements:
    """Say what every event of these steps is about. `parameters` are those whose types the head says."""
    kinds = frozenset(variants(followed.name.lower()))
    given = tuple(name for name, kind in (parameters or {}).items() if kind in kinds)
    held = _held(steps, followed, lexicon, given)
    return tuple(_with_subject(each, held, given) for each in steps)


def _held(steps: Statements, followed: ObjectType, lexicon: Lexicon, given: tuple[str, ...]) -> frozenset[str]:
    """Give the variables that hold an object that is followed."""
    kind, listed = followed.name.lower(), (followed.list_name or "").lower()
    own = {name for name, owners in lexicon.owners.items() if owners == {kind}}
    statements, found = traversal.walk(steps), {*given}

    def is_list(value: e.Expr) -> bool:
        return isinstance(value, e.ListOf | e.Field) and bool(listed) and value.name.lower() == listed

    def is_object(value: e.Expr) -> bool:
        match value:
            case e.Var(name=name):
                return name in found
            case e.New(type=made):
                return made.lower() == kind
            case e.Find(collection=collection) | e.Item(collection=collection):
                return is_list(collection)
            case e.Conditional(then=then, otherwise=otherwise):
                return is_object(then) or is_object(otherwise)
            case _:
                return False

    for statement in statements:
        match statement:
            case s.Let(name=name, value=value) | s.Set(target=e.Var(name=name), value=value) if is_object(value):
                found.add(name)
            case s.ForEach(name=name, collection=collection) if is_list(collection):
                found.add(name)
            case s.Add(item=e.Var(name=name), collection=to) | s.Remove(item=e.Var(name=name), collection=to):
                found |= {name} if is_list(to) else set()
        targets: Statements | tuple[e.Expr, ...] = (statement.target,) if isinstance(statement, s.Set) else ()
        for expression in (*traversal.expressions(statement), *targets):
            for part in e.parts(expression):
                if isinstance(part, e.Field) and isinstance(part.owner, e.Var) and part.name.lower() in own:
                    found.add(part.owner.name)
    return frozenset(found)


def _with_subject(statement: s.Statement, held: frozenset[str], given: tuple[str, ...]) -> s.Statement:
    before = traversal.body_of(statement)
    body = tuple(_with_subject(each, held, given) for each in before)
    if any(new is not old for new, old in zip(body, before, strict=True)):
        statement = replace(statement, body=body)  # type: ignore[call-arg]  # what has a body can be given another
    if isinstance(statement, s.FireEvent) and statement.about is None:
        return replace(statement, about=_subject(statement, held, given))
    return statement


def _subject(fired: s.FireEvent, held: frozenset[str], given: tuple[str, ...]) -> e.Expr:
    owners = [value.owner for _, value in fired.members if isinstance(value, e.Field)]
    sources = [owner for owner in owners if isinstance(owner, e.Var)]
    if not held:
        return next(iter(sources), None)
    spoken = {name for each in traversal.walk(traversal.body_of(fired)) for name in _variables(each)}
    own = [owner.name for owner in sources if owner.name in held]
    for names in (own[:1], held, held & spoken, given):
        if len(names) == 1:
            return e.Var(next(iter(names)))
    return None


def _variables(statement: s.Statement) -> frozenset[str]:
    target = e.variables(statement.target) if isinstance(statement, s.Set) else frozenset[str]()
    return target.union(*map(e.variables, traversal.expressions(statement)))
