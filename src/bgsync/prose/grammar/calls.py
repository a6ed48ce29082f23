"""Calls: the algorithm or operation that is run, and what it is given."""

from __future__ import annotations

from typing import Any

from bgsync.language import expressions as e
from bgsync.prose.grammar.forms import Category, form
from bgsync.prose.grammar.wordclasses import PREPOSITIONS


def fired(event: e.Expr, rest: Any) -> tuple[e.Expr, ...]:
    """Give an event, what it is fired on, and its members."""
    given: list[e.Expr] = [event]
    for part, value in rest:
        given += [e.New("event", value)] if part == "members" else [] if part == "follow" else [value]
    return tuple(given)


CALL = Category(
    [
        form("{operation}", lambda p, name: (name, ())),
        form("?|! {call}", 0),
        form("{camel} ( )", lambda p, name: (name, ())),
        form("{camel} ( {items} )", lambda p, name, arguments: (name, arguments)),
        form("{operation} ( )", lambda p, name: (name, ())),
        form("{operation} ( {items} )", lambda p, name, arguments: (name, arguments)),
        form("{operation} {arguments}", lambda p, name, arguments: (name, arguments)),
        form("{operation} , {arguments}", lambda p, name, arguments: (name, arguments), 1),
        form("{operation} {items}", lambda p, name, arguments: (name, arguments), 3),
        form("{operation} {items} {arguments}", lambda p, name, first, rest: (name, first + rest), 3),
        form("{operation} named|called {sum} {arguments}",
             lambda p, name, first, rest: (name, (first, *rest)) if p.lexicon.algorithm(name) else None, 1),
        form("running|calling|invoking|performing|executing algorithm|steps? {operation} {arguments}",
             lambda p, name, arguments: (name, arguments)),
        form("running|calling|invoking|performing|executing {owned} 's {name} {arguments}",
             lambda p, owner, name, arguments: (name, (owner, *arguments))),
        form("running|performing|executing steps|algorithm to|of|for|in {call}", 0),
        form("trying|attempting to {call}", 0),
        form("firing event named|called? {noun} {fired}", lambda p, event, rest: ("fire an event", fired(event, rest))),
        form("{operation} {named}", lambda p, name, arguments: (name, arguments)),
        form("{operation} {items} ,? {named}", lambda p, name, first, rest: (name, first + rest), 1),
        form("{operation} {arguments} ,? and? {named}", lambda p, name, first, rest: (name, first + rest)),
        form("running|calling|invoking {capital} constructor {arguments}",
             lambda p, name, arguments: (name, arguments)),
    ]
)  # fmt: skip

_PREPOSITION = "|".join(PREPOSITIONS)
ARGUMENTS = Category(
    [
        form(f"{_PREPOSITION} {{items}}", lambda p, items: items),
        form("with|passing {items} as its? only? arguments|argument|input", 0),
        form("passing|with arguments {items}", 0),
        form("passing in {items}", 0),
        form("relative to {items}", 0),
        form("{arguments} ,? and? relative to {items}", lambda p, a, b: a + b),
        form(f"{{arguments}} ,? and? {_PREPOSITION} {{items}}", lambda p, a, b: a + b),
    ]
)
NAMED = Category(
    [
        form("with|given|using {parameters}", 0),
    ]
)
PARAMETERS = Category(
    [
        form("{parameter} set to {sum}", lambda p, name, value: (value,)),
        form("{parameters} ,? and {parameters}", lambda p, a, b: a + b),
        form("{parameters} , {parameters}", lambda p, a, b: a + b),
    ]
)
"""What an algorithm is given, each with the name of the parameter, which says nothing more."""
TABLES: dict[str, Category] = {"call": CALL, "arguments": ARGUMENTS, "named": NAMED, "parameters": PARAMETERS}
