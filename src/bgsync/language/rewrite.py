"""Rewrites expressions wherever they stand in statements, from the inside out."""

from collections.abc import Callable
from dataclasses import is_dataclass, replace
from typing import Any

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal

Change = Callable[[e.Expr], e.Expr]


def rewrite_expression(expression: e.Expr, change: Change) -> e.Expr:
    """Give an expression with `change` applied to every part of it, innermost first."""
    return change(rewrite_operands(expression, lambda part: rewrite_expression(part, change)))


def rewrite_operands(expression: e.Expr, change: Change) -> e.Expr:
    """Give an expression with `change` applied to each of its direct parts."""
    if not is_dataclass(expression) or isinstance(expression, type):
        return expression
    kept = _STRINGS.get(type(expression).__name__, ())
    made: e.Expr = _changed(expression, [each for each in vars(expression) if each not in kept], change)
    return made


def _changed(whole: Any, names: list[str], change: Change) -> Any:
    """Give an object with `change` applied to some fields; the object itself where that changes nothing."""
    changed = {}
    for name in names:
        value = getattr(whole, name)
        new = _value(value, change)
        if new is not value:
            changed[name] = new
    return replace(whole, **changed) if changed else whole


_STRINGS = {
    "Var": ("name",), "Field": ("name",), "ListOf": ("name",), "Associated": ("name",), "Find": ("field",),
    "New": ("type",), "Environment": ("machine", "states"), "Population": ("machine",),
    "Choice": ("name", "adversity", "should"),
    "Input": ("text",), "Unread": ("text",), "Apply": ("name",), "Arithmetic": ("operator",), "Compare": ("operator",),
}  # fmt: skip


def _value(value: Any, change: Change) -> Any:
    if not isinstance(value, tuple):
        return change(value)
    made: list[Any] = [(each[0], change(each[1])) if isinstance(each, tuple) else change(each) for each in value]
    pairs = zip(value, made, strict=True)
    same = all(new[1] is old[1] if isinstance(old, tuple) else new is old for old, new in pairs)
    return value if same else tuple(made)


def rewrite(statement: s.Statement, change: Change) -> s.Statement:
    """Give a built statement with `change` applied to every part of every expression in it and below it."""
    body = tuple(rewrite(inner, change) for inner in traversal.body_of(statement))
    made = rewrite_own(statement, lambda whole: rewrite_expression(whole, change))
    same = all(new is old for new, old in zip(body, traversal.body_of(made), strict=True))
    return made if same else replace(made, body=body)  # type: ignore[call-arg]


def rewrite_own(statement: s.Statement, change: Change) -> s.Statement:
    """Give a statement with `change` applied to each whole expression of its own, not to those below it."""
    own: s.Statement = _changed(statement, [each for each in vars(statement) if each not in _NAMES], change)
    return own


_NAMES = frozenset(
    {
        "origin",
        "written",
        "body",
        "name",
        "any_order",
        "kept",
        "outcomes",
        "bind",
        "algorithm",
        "text",
        "reads",
        "may_write",
        "task",
    }
)
"""The fields of statements that hold names and words; `event` is a name in one statement only, a plain string."""
