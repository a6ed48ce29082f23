"""Statements that give a variable, a member or an item a value: "let x be y", "set x's y to z", "increment x"."""

from __future__ import annotations

from typing import Any

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.prose.grammar.forms import Category, form
from bgsync.prose.grammar.phrases import Phrases
from bgsync.prose.grammar.values import field
from bgsync.prose.grammar.wordclasses import LISTS

USER_AGENT = e.Input("user agent")
"""What owns a thing that is named alone, and is no member of anything."""


def let(p: Phrases, name: Any, value: e.Expr) -> tuple[s.Statement, ...]:
    """Give a variable a value."""
    return (s.Let(name.name if isinstance(name, e.Var) else str(name), value),)


def _lets(p: Phrases, name: Any, value: e.Expr, other: Any, more: e.Expr) -> tuple[s.Statement, ...]:
    return let(p, name, value) + let(p, other, more)


def set_(p: Phrases, target: e.Expr, value: e.Expr) -> Any:
    """Set what can be changed; None for anything else."""
    if isinstance(target, e.Input) and not target.reads and target.text.lower() not in p.lexicon.members:
        target = e.Field(USER_AGENT, target.text)
    if _is_named_after_its_type(p, target) and (marked := mark(p, target, value)):
        return marked
    if isinstance(value, e.Arithmetic) and value.operator == "+" and value.left == target and _is_counted(value.right):
        return increment(p, target, value.right)
    target = _target(target)
    return None if target is None else (s.Set(target, value),)  # type: ignore[arg-type]  # checked by _target


def _is_counted(by: e.Expr) -> bool:
    return type(by) is int and by > 0


def mark(p: Phrases, target: e.Expr, state: e.Expr, name: str = "") -> Any:
    """The member of a thing that can be in a state is set to it; None where more than one can."""
    declared = p.lexicon.value(state) if isinstance(state, str) else None
    member = declared and p.lexicon.stateful(declared, name)
    return (s.Set(e.Field(target, member), declared),) if member and isinstance(target, e.Var | e.Field) else None


def _is_named_after_its_type(p: Phrases, target: e.Expr) -> bool:
    """Whether a variable is called as what it holds: of that a state is set, and the variable is no state."""
    return isinstance(target, e.Var) and any(kind.split()[-1] == target.name.lower() for kind in p.lexicon.types)


def _target(target: e.Expr) -> e.Expr:
    """Give what can be changed: a variable, a member, an item; a member that is named alone is that of `this`."""
    match target:
        case e.Var() | e.Field() | e.Item():
            return target
        case e.ListOf(name=name, owner=owner):
            return e.Field(owner, name)
        case e.Associated(name=name):
            return e.Field(e.Var("this"), name)
        case e.Input(text=text, reads=()):
            return e.Field(e.Var("this"), text)
        case _:
            return None


def _to_initial(p: Phrases, target: e.Expr, owner: e.Expr = None) -> Any:
    """Set a member to what the text declares as its initial value."""
    target = _target(target)
    if not isinstance(target, e.Field) or owner not in (None, target.owner):
        return None
    values = [member.initial for member in p.lexicon.declared if member.name == target.name]
    return (s.Set(target, values[0]),) if len(values) == 1 and values[0] is not None else None


def both(first: Any, second: Any) -> Any:
    """Join two bodies; None where one is."""
    return None if first is None or second is None else first + second


def _set_both(p: Phrases, a: e.Expr, b: e.Expr, value: e.Expr) -> Any:
    """Set two things; of "x's a and b" the second is x's too, and what f gives may be one part for each."""
    if isinstance(value, e.Apply):
        return None
    if isinstance(a, e.Field | e.ListOf) and not isinstance(b, e.Field | e.ListOf | e.Item | e.Var):
        return None
    return both(set_(p, a, value), set_(p, b, value))


def _set_members(p: Phrases, owner: e.Expr, a: str, b: str, value: e.Expr) -> Any:
    first, second = field(p, owner, a), field(p, owner, b)
    return None if first is None or second is None else both(set_(p, first, value), set_(p, second, value))


def _respectively(p: Phrases, a: e.Expr, b: e.Expr, x: e.Expr, y: e.Expr) -> Any:
    return both(set_(p, a, x), set_(p, b, y))


def _initialize(p: Phrases, name: str, owner: e.Expr, value: e.Expr) -> Any:
    return set_(p, field(p, owner, name), value)


def _parts(p: Phrases, names: tuple[str, ...], value: e.Expr) -> Any:
    """Several variables get the parts of one value."""
    if not isinstance(value, e.Var | e.Apply | e.Input) or len(names) < 2:
        return None
    whole = value if isinstance(value, e.Var) else e.Var(" and ".join(names))
    first = () if whole == value else (s.Let(whole.name, value),)
    return (*first, *(s.Let(name, e.Item(whole, at)) for at, name in enumerate(names)))


def _flag(value: bool) -> Any:
    def build(p: Phrases, target: e.Expr) -> Any:
        return set_(p, target, value) if not isinstance(target, e.Var) else None

    return build


def _cleared(p: Phrases, target: e.Expr) -> Any:
    """A list has nothing in it then; a flag is false."""
    named = target.name.lower().split() if isinstance(target, e.Var | e.Field) else []
    if isinstance(target, e.ListOf) or not LISTS.isdisjoint(named):
        return (s.Empty(target),)
    return _flag(False)(p, target)


def increment(p: Phrases, target: e.Expr, by: e.Expr = 1) -> Any:
    """Add to a variable or a member; None for anything else."""
    target = _target(target)
    return (s.Increment(target, by),) if isinstance(target, e.Var | e.Field) else None


def _put(p: Phrases, target: e.Expr, value: e.Expr) -> Any:
    """A member is put to a value; a thing is put to others."""
    return set_(p, target, value) if isinstance(target, e.Field) and not isinstance(value, e.ListOf) else None


def _set_each(p: Phrases, name: str, kind: str, where: e.Expr, value: e.Expr) -> Any:
    """A member of each thing of a list is set."""
    if not isinstance(where, e.ListOf | e.Var | e.Field):
        return None
    thing = e.Var("one of them")
    return (s.ForEach(thing.name, where, (s.Set(e.Field(thing, p.lexicon.member(name)), value),)),)


def _all_become(p: Phrases, kind: str, where: e.Expr, state: e.Expr) -> Any:
    """Each thing of a list is in a declared state then."""
    declared = p.lexicon.value(state) if isinstance(state, str) else None
    member = declared and p.lexicon.stateful(declared)
    return _set_each(p, member, kind, where, declared) if member else None


def _create(p: Phrases, kind: str, name: e.Expr) -> Any:
    """A thing of a type that the text declares is made, and has a name."""
    known = kind.lower() in p.lexicon.types and isinstance(name, e.Var)
    return let(p, name, e.New(kind.lower())) if known else None


def _decrement(p: Phrases, target: e.Expr, by: e.Expr = 1) -> Any:
    return set_(p, target, e.Arithmetic("-", target, by))


ASSIGNED = Category(
    [
        form("{noun} to {value}", set_),
        form("{assigned} , {assigned}", lambda p, a, b: both(a, b)),
    ]
)
NAMES = Category(
    [
        form("{word}", lambda p, name: (name,)),
        form("{word} ,? and {names}", lambda p, name, names: (name, *names)),
        form("{word} , {names}", lambda p, name, names: (name, *names)),
    ]
)
ASSIGNMENTS = [
    form("let {word} be {value}", let),
    form("let {word} , {text} , be {value}", lambda p, name, text, value: let(p, name, value), 1),
    form("let {word} represent|equal {value}", let),
    form("let {word} , {text} , represent {text}",
         lambda p, name, text, what: let(p, name, e.Input(what))),
    form("let {word} be {value} ,? and {word} be {value}", _lets),
    form("let {word} be {value} , {word} be {value}", _lets),
    form("let {names} be {value}", _parts, 1),
    form("let {word} be initially {value}", let),
    form("let {owned} be {value}", lambda p, x, value: set_(p, x, value) if isinstance(x, e.Field) else None, 2),
    form("let {name} of {noun} be initialized to {value}", _initialize),
    form("let {noun} be initialized to {value}", set_, 1),
    form("set {noun} back? to be? {value}", set_),
    form("set|reset|change {noun} back? to {owned} 's initial value", _to_initial),
    form("set|reset|change {noun} back? to initial value", _to_initial),
    form("set {noun} for key {noun} to {value}", lambda p, m, k, x: set_(p, e.Item(m, k), x)),
    form("set {owned} 's {name} and {name} attributes|members|fields|properties|flags to {value}", _set_members),
    form("set {owned} 's {term} and {claim} to {value}", _set_members),
    form("set {noun} and {noun} to {value}", _set_both),
    form("set|initialize|change|update {assigned} ,? and {assigned}", lambda p, a, b: both(a, b)),
    form("set|initialize|change|update {assigned} , {assigned}", lambda p, a, b: both(a, b)),
    form("set {noun} and {noun} to {value} and {value} ,? respectively", _respectively),
    form("initialize|change|update|switch|reset {noun} to|with be? {value}", set_),
    form("{noun} is|are set|changed|updated|initialized to {value}", set_),
    form("{noun} becomes {value}", set_, 1),
    form("change {noun} into {value}", set_),
    form("put {noun} to {value}", _put, 1),
    form("set {name} of each|every {kind} in|of {noun} to {value}", _set_each, 1),
    form("each|every|all {kind} in|of {noun} becomes|become {sum}", _all_become, 1),
    form("create|make new? {kind} {var}", _create, 1),
    form("assign {value} to {noun}", lambda p, value, target: set_(p, target, value)),
    form("set {noun}", _flag(True), 1),
    form("unset|clear|reset {noun}", _cleared, 1),
    form("increment|increase {noun}", increment),
    form("increment|increase {noun} by {value}", increment),
    form("{noun} goes up by {value}", increment),
    form("decrement|decrease {noun}", _decrement),
    form("decrement|decrease {noun} by {value}", _decrement),
]  # fmt: skip
"""Those of the statements that stand alone which assign something."""
TABLES: dict[str, Category] = {"names": NAMES, "assigned": ASSIGNED}
