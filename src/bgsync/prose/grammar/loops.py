"""Loops, as forms: what is gone through, which things of it are meant, and how often."""

from __future__ import annotations

from typing import Any

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.prose.grammar.effects import Following, Statements, following
from bgsync.prose.grammar.forms import Category, form
from bgsync.prose.grammar.phrases import Phrases

_STEPS = (Following(),)


def _repeat(p: Phrases, _: Any, condition: e.Expr) -> Statements:
    """The steps below are done, and again until it is so after them."""
    return (s.While(True, (*_STEPS, s.If(condition, (s.Break(),)))),)


_OFTEN = 20
"""How often steps are repeated at most, where a text says how often."""


def _times(p: Phrases, _: Any, count: e.Expr) -> Any:
    """The steps below are done as often as a number says."""
    if not isinstance(count, int) or not 0 < count <= _OFTEN:
        return None
    return (s.ForEach("round", e.Sequence(tuple(range(1, count + 1))), _STEPS),)


def _pairs(p: Phrases, first: e.Expr, second: e.Expr, where: e.Expr, body: Statements = _STEPS) -> Any:
    """Each pair of a list, its two parts by their names."""
    if not (isinstance(first, e.Var) and isinstance(second, e.Var)):
        return None
    pair = f"{first.name} and {second.name}"
    parts = tuple(s.Let(each.name, e.Item(e.Var(pair), at)) for at, each in enumerate((first, second)))
    return (s.ForEach(pair, where, (*parts, *body)),)


def _each(p: Phrases, each: Any, body: Statements = _STEPS) -> Statements:
    name, collection, where = each
    if len(body) == 1 and isinstance(body[0], s.InParallel) and not following(body):
        return (s.ForEach(name, collection, body[0].body, where, True),)
    return (s.ForEach(name, collection, body, where),)


def _remove_each(p: Phrases, each: Any) -> Any:
    """Each thing of a list that is meant is taken out of it, where it is in it."""
    name, collection, where = each
    held = isinstance(collection, e.ListOf | e.Var | e.Field)
    removed = s.If(e.Contains(collection, e.Var(name)), (s.Remove(e.Var(name), collection),))
    return (s.ForEach(name, collection, (removed,), where),) if held else None


def _in_any_order(p: Phrases, each: Any, body: Statements = _STEPS) -> Statements:
    return (s.ForEach(each[0], each[1], body, each[2], True),)


_TYPES = frozenset(["byte", "character", "client", "document", "element", "entry", "event", "item", "key", "node",
                    "number", "object", "promise", "record", "string", "task", "tuple", "value", "window"])  # fmt: skip


def _of_kind(p: Phrases, kind: str, name: e.Expr, where: e.Expr) -> Any:
    """Each thing of a list, after what it is; a plain word may also say which of the things are meant."""
    what, called = kind.lower().rpartition(" ")[2], name.name.lower() if isinstance(name, e.Var) else ""
    named = what in called.split() or called.endswith(what) or called == what[:1]
    known = kind.lower() in p.linked or p.lexicon.knows(kind) or kind in _TYPES
    return (name.name, where, True) if isinstance(name, e.Var) and (named or known) else None


def _in_range(p: Phrases, name: str, first: e.Expr, last: e.Expr) -> Any:
    return (name, e.Apply("range", (first, last)), True)


def _filtered(each: Any, condition: e.Expr) -> Any:
    name, collection, where = each
    return (name, collection, condition if where is True else e.And(where, condition))


def _that(p: Phrases, each: Any, said: Any) -> Any:
    condition = said(e.Var(each[0]))
    return None if condition is None else _filtered(each, condition)


def _whose(p: Phrases, each: Any, name: str, said: Any) -> Any:
    condition = said(e.Field(e.Var(each[0]), p.lexicon.member(name)))
    return None if condition is None else _filtered(each, condition)


def _entries(p: Phrases, key: e.Expr, value: e.Expr, where: e.Expr, body: Statements = _STEPS) -> Any:
    """Each key of a map with its value."""
    if not (isinstance(key, e.Var) and isinstance(value, e.Var)):
        return None
    return (s.ForEach(key.name, where, (s.Let(value.name, e.Item(where, key)), *body)),)


def _except(p: Phrases, each: Any, value: e.Expr) -> Any:
    return _filtered(each, e.Not(e.Is(e.Var(each[0]), value)))


def _each_of_kind(p: Phrases, kind: str, name: e.Expr) -> Any:
    where = p.lexicon.list_of(kind)
    collection: e.Expr = e.Input(f"every {kind}") if where is None else e.ListOf(where)
    return (name.name, collection, True) if isinstance(name, e.Var) else None


def _for_each_of_type(p: Phrases, name: str, kind: str, member: str = "", said: Any = None) -> Any:
    """An algorithm is run for each object of a type, whose list the text declares."""
    where, algorithm = p.lexicon.list_of(kind), p.lexicon.algorithm(name)
    if where is None or algorithm is None:
        return None
    variable = p.lexicon.lists[where].rpartition(" ")[2]
    condition = True if said is None else said(e.Field(e.Var(variable), p.lexicon.member(member)))
    if condition is None:
        return None
    return (s.ForEach(variable, e.ListOf(where), (s.Call(algorithm, (e.Var(variable),)),), condition),)


def _for_each_in_state(p: Phrases, name: str, kind: str, state: e.Expr) -> Any:
    """Those of a type are meant that are in a declared state."""
    declared = p.lexicon.value(state) if isinstance(state, str) else None
    member = declared and p.lexicon.stateful(declared)
    return _for_each_of_type(p, name, kind, member, lambda value: e.Is(value, declared)) if member else None


EACH = Category(
    [
        form("{word} in|of {noun}", lambda p, name, where: (name, where, True)),
        form("{word} in|of range from? {sum} to {sum} ,? inclusive|exclusive?", _in_range),
        form("{kind} {var} in|of {noun}", _of_kind, 1),
        form("{var} {kind} in|of {noun}", lambda p, name, kind, where: (name.name, where, True), 1),
        form("{kind} {var}", _each_of_kind),
        form("{each} whose|where {name} {predicates}", _whose),
        form("{each} with {name} equal to {sum}", lambda p, each, name, x: _whose(p, each, name, lambda y: e.Is(y, x))),
        form("{each} that|which {predicates}", _that),
        form("{each} where|such|for that|which? {condition}", lambda p, each, c: _filtered(each, c), 1),
        form("{each} whose|that|which {opaque}", lambda p, each, c: _filtered(each, c), 2),
        form("{each} ,? except|but for? {noun}", _except),
        form("{each} other than {noun}", _except),
    ]
)  # fmt: skip
LOOPS = Category(
    [
        form("while {condition}", lambda p, c: (s.While(c, _STEPS),)),
        form("while {condition} ,|: {sequence}", lambda p, c, body: (s.While(c, body),)),
        form("as long as {condition} ,? wait", lambda p, c: (s.WaitUntil(e.Not(c)),)),
        form("while {condition} ,? wait", lambda p, c: (s.WaitUntil(e.Not(c)),)),
        form("repeat {steps} until {condition}", _repeat),
        form("repeat|run|perform {steps} {sum} times", _times),
        form("for {word} of|in {noun}", lambda p, name, where: _each(p, (name, where, True)), 1),
        form("for each {var} → {var} of|in {noun}", _entries),
        form("for each {var} → {var} of|in {noun} ,|: {sequence}", _entries),
        form("for each ( {var} , {var} ) of|in {noun}", _pairs),
        form("for each ( {var} , {var} ) of|in {noun} ,|: {sequence}", _pairs),
        form("for each|every {each}", _each),
        form("for each|every {each} ,|: {sequence}", _each),
        form("for each {each} , in any order", _in_any_order),
        form("for each {each} , in any order ,|: {sequence}", _in_any_order),
        form("for each {each} , in order", _each),
        form("for each {each} , in order ,|: {sequence}", _each),
        form("for each {each} in parallel", lambda p, each: _each(p, each, (s.InParallel(_STEPS),))),
        form("{operation} for? each|every|all {kind} whose {name} {predicates}", _for_each_of_type),
        form("{operation} for? each|every|all {kind} that|which is|are {sum}", _for_each_in_state),
        form("{operation} for? each|every|all {kind}", _for_each_of_type),
        form("remove|delete each|every {each}", _remove_each, 1),
        form("{clause} for each {each}", lambda p, body, each: _each(p, each, body), 1),
    ]
)  # fmt: skip
TABLES: dict[str, Category] = {"each": EACH, "loop": LOOPS}
