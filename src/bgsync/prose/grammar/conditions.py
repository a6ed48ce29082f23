"""Conditions, as forms: a value with what is said of it, and how conditions are joined.

A comma binds loosest, then "or", then "and": "a or b and c" is a or (b and c), and "a or b, and c" is (a or b) and c.
A condition that fits no form is left in its own words, and may be true or false at any time; it never reaches over a
comma or a "then".
"""

from __future__ import annotations

from typing import Any

from bgsync.language import expressions as e
from bgsync.prose.grammar.forms import Category, form
from bgsync.prose.grammar.phrases import Phrases
from bgsync.prose.grammar.predicates import any_of, both_said
from bgsync.prose.grammar.wordclasses import LISTS


def _each_is(p: Phrases, a: e.Expr, b: e.Expr, options: tuple[e.Expr, ...]) -> e.Expr:
    """Two values are of a kind; of "are the same", the term is said of both together."""
    one = options[0]
    if len(options) == 1 and isinstance(one, e.Input) and not one.reads and one.text.startswith(("same", "equal")):
        return e.Apply(one.text, (a, b))
    return e.And(any_of(a, options), any_of(b, options))


def _neither_is(p: Phrases, a: e.Expr, b: e.Expr, options: tuple[e.Expr, ...]) -> e.Expr:
    both = _each_is(p, a, b, options)
    return e.And(e.Not(both.left), e.Not(both.right)) if isinstance(both, e.And) else e.Not(both)


def _no_item(p: Phrases, kind: str, where: e.Expr) -> Any:
    """A list of things of a type is empty."""
    listed = isinstance(where, e.ListOf) and p.lexicon.list_of(kind) == where.name
    return e.Is(where, e.Sequence()) if listed else None


def _none(p: Phrases, value: e.Expr) -> Any:
    """A collection is empty, and one thing is null; of what a plain word names, nothing is known."""
    named = value.name if isinstance(value, e.Field | e.Var) else value.text if isinstance(value, e.Input) else ""
    one = bool(named) and not named.endswith("s") and LISTS.isdisjoint(named.lower().split())
    return None if isinstance(value, str) else e.Is(value, None if one else e.Sequence())


def _lacks(p: Phrases, owner: e.Expr, name: str) -> Any:
    """A member of a thing has no value; one that is followed no item."""
    member, low = p.lexicon.member(name), name.lower()
    known = low in p.lexicon.members or member != name or low in p.linked
    value = e.Sequence() if member in p.lexicon.lists or low in p.lexicon.lists else None
    return e.Is(e.Field(owner, member), value) if known and isinstance(owner, e.Var) else None


def _held(p: Phrases, where: e.Expr, kind: str, name: str, value: e.Expr) -> e.Expr:
    """One item of a list has a member with a value."""
    return e.Not(e.Is(e.Find(where, p.lexicon.member(name), value), None))


def _held_as(p: Phrases, where: e.Expr, kind: str, value: e.Expr, name: str) -> e.Expr:
    return _held(p, where, kind, name, value)


def _among(p: Phrases, kind: str, where: e.Expr, name: str, value: e.Expr) -> e.Expr:
    return _held(p, where, kind, name, value)


def _some_is(p: Phrases, kind: str, where: e.Expr, state: e.Expr) -> Any:
    """One item of a list is in a declared state."""
    declared = p.lexicon.value(state) if isinstance(state, str) else None
    member = declared and p.lexicon.stateful(declared)
    return _held(p, where, kind, member, declared) if member else None


def _among_as(p: Phrases, kind: str, where: e.Expr, value: e.Expr, name: str) -> e.Expr:
    return _held(p, where, kind, name, value)


def _opposed(held: Any) -> Any:
    return lambda p, *parts: held(p, *parts).operand


def _negated(held: Any) -> Any:
    """It is not so, where it can be said that it is."""

    def opposite(p: Phrases, *parts: Any) -> Any:
        made = held(p, *parts)
        return None if made is None else e.Not(made)

    return opposite


def _asked(p: Phrases, value: e.Expr, name: str, given: tuple[e.Expr, ...]) -> Any:
    """An algorithm of this text says whether it is so."""
    return None if p.lexicon.algorithm(name) is None else e.Apply(name, (value, *given))


COMMA_OR, COMMA_AND = "{conjunction} , or if? {condition}", "{either} , and|but if? {conjunction}"
CONDITIONS = Category(
    [
        form("{conjunction}", 0),
        form(COMMA_OR, lambda p, a, b: e.Or(a, b)),
        form("{either} , {alternatives}", lambda p, a, b: e.Or(a, b)),
    ]
)
ALTERNATIVES = Category(
    [
        form("{either} ,? or {either}", lambda p, a, b: e.Or(a, b)),
        form("{either} , {alternatives}", lambda p, a, b: e.Or(a, b)),
    ]
)
CONJUNCTIONS = Category(
    [
        form("{either}", 0),
        form(COMMA_AND, lambda p, a, b: e.And(a, b)),
        form("{either} , {conjuncts}", lambda p, a, b: e.And(a, b)),
    ]
)
CONJUNCTS = Category(
    [
        form("{either} ,? and {either}", lambda p, a, b: e.And(a, b)),
        form("{either} , {conjuncts}", lambda p, a, b: e.And(a, b)),
    ]
)
EITHER = Category([form("{every}", 0), form("{every} or if? {either}", lambda p, a, b: e.Or(a, b))])
EVERY = Category([form("{atom}", 0), form("{atom} and|but if? {every}", lambda p, a, b: e.And(a, b))])
_STATED = "conditions|statements|criteria|requirements? is|are true|met|satisfied|fulfilled"
_HOLD = "conditions|statements|criteria|requirements? hold|holds|apply|applies"
ANY, ALL = e.Input("any of the following"), e.Input("all of the following")
FALSE = e.Input("any of the following are false")
"""Conditions that a list below spells out."""
ATOMS = Category(
    [
        form(f"any|one|either of following {_STATED}", lambda p: ANY),
        form(f"any|one|either of following {_HOLD}", lambda p: ANY),
        form("following {loose} conditions|statements|criteria are all true|met|satisfied|fulfilled", lambda p, _: ALL),
        form("following conditions|statements|criteria are all true|met|satisfied|fulfilled", lambda p: ALL),
        form(f"all|each of following {_STATED}", lambda p: ALL),
        form(f"all|each of following {_HOLD}", lambda p: ALL),
        form(f"none of following {_STATED}", lambda p: e.Not(ANY)),
        form("any|one of following conditions|statements|criteria? is|are false", lambda p: FALSE),
        form("all|each of following conditions|statements|criteria? is|are false", lambda p: e.Not(ANY)),
        form("{sum} {predicates}", lambda p, value, said: said(value)),
        form("{sum} {predicates} and it|they {predicates}", lambda p, value, a, b: both_said(p, a, b)(value)),
        form("{sum} {predicates} or it|they {predicates}", lambda p, value, a, b: both_said(p, a, b, e.Or)(value)),
        form("{sum} has size|length {predicates}", lambda p, value, said: said(e.Field(value, "size"))),
        form("{sum} has size|length of {sum}", lambda p, value, size: e.Is(e.Field(value, "size"), size)),
        form("it is not case that {every}", lambda p, c: e.Not(c)),
        form("it is case that {every}", 0),
        form("( {condition} )", 0),
        form("user agent is {name}", lambda p, name: e.Apply(name)),
        form("user agent is not {name}", lambda p, name: e.Not(e.Apply(name))),
        form("{noun} already? contains|has|includes {kind} whose|with {name} is|equals|matches {sum}", _held),
        form("{noun} already? contains|has|includes {kind} with {sum} as its? {name}", _held_as),
        form("{noun} does not contain {kind} whose|with {name} is|equals|matches {sum}", _opposed(_held)),
        form("there is|exists {kind} in|of {noun} whose|with {name} is|equals|matches {sum}", _among),
        form("there is|exists no {kind} in|of {noun} whose|with {name} is|equals|matches {sum}", _opposed(_among)),
        form("{noun} has no {name}", _lacks),
        form("there is|are no {noun}", _none),
        form("there is|are no {kind} in|of {noun}", _no_item),
        form("there is|are {kind} in|of {noun}", _negated(_no_item)),
        form("there is|are {noun}", _negated(_none)),
        form(
            "{sum} is {options} and {sum} is not",
            lambda p, a, options, b: e.And(any_of(a, options), e.Not(any_of(b, options))),
        ),
        form(
            "{sum} is not {options} and {sum} is",
            lambda p, a, options, b: e.And(e.Not(any_of(a, options)), any_of(b, options)),
        ),
        form(
            "neither {sum} nor {sum} is|are {options}",
            lambda p, a, b, options: e.Not(e.Or(any_of(a, options), any_of(b, options))),
        ),
        form("not {var}", lambda p, value: e.Not(e.Is(value, True))),
        form("any|some|one {kind} in|of {noun} has {sum} as its? {name}", _among_as),
        form("no {kind} in|of {noun} has {sum} as its? {name}", _opposed(_among_as)),
        form("any|some {kind} in|of {noun} has {name} {sum}", _among),
        form("no {kind} in|of {noun} has {name} {sum}", _opposed(_among)),
        form("any|some|one {kind} in|of {noun} is|are {sum}", _some_is),
        form(
            "{noun} contains|has|includes {kind} that|which is {sum}",
            lambda p, where, kind, state: _some_is(p, kind, where, state),
        ),
        form("there is|exists {kind} in|of {noun} that|which is {sum}", _some_is),
        form("no {kind} in|of {noun} is|are {sum}", _negated(_some_is)),
        form("none of {noun} is|are {sum}", lambda p, where, state: _negated(_some_is)(p, "", where, state)),
        form("there is|exists no {kind} in|of {noun} that|which is {sum}", _negated(_some_is)),
        form("neither {atom} nor {atom}", lambda p, a, b: e.Not(e.Or(a, b))),
        form("{sum} and {sum} are {options}", _each_is),
        form("{sum} and {sum} are not {options}", _neither_is),
        form(
            "any of {sum} , {sum} ,? or|and {sum} is|are {options}",
            lambda p, a, b, c, options: e.Or(any_of(a, options), e.Or(any_of(b, options), any_of(c, options))),
        ),
        form(
            "either|one of {sum} or|and {sum} is|are {options}",
            lambda p, a, b, options: e.Or(any_of(a, options), any_of(b, options)),
        ),
        form("steps to {call} return|returned {sum}", lambda p, call, value: e.Is(e.Apply(*call), value)),
        form("{call} returns {sum}", lambda p, call, value: e.Is(e.Apply(*call), value)),
        form("{sum} is {term} {var}", lambda p, value, name, other: e.Apply(name, (value, other)), 1),
        form("{sum} is not {term} {var}", lambda p, value, name, other: e.Not(e.Apply(name, (value, other))), 1),
        form("{sum} {verbal}", lambda p, value, name: e.Apply(name, (value,)), 1),
        form("{sum} {operation} {sum}", lambda p, a, name, b: e.Apply(name, (a, b)), 2),
        form("{sum} {operation} given|with {items}", _asked),
        form("{sum} does|do|is|are not {operation} given|with {items}", _negated(_asked)),
        form("true", lambda p: True),
        form("false", lambda p: False),
        form("{var}", lambda p, value: e.Is(value, True), 3),
        form("{claim}", lambda p, name: e.Apply(name), 4),
    ]
)
"""One condition. What fits none is left in its own words."""


TABLES: dict[str, Category] = {
    "condition": CONDITIONS,
    "alternatives": ALTERNATIVES, "conjunction": CONJUNCTIONS, "conjuncts": CONJUNCTS, "either": EITHER, "every": EVERY,
    "atom": ATOMS,
}  # fmt: skip
