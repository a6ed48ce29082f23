"""Rewrites expressions wherever they stand in statements, from the inside out."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from bgsync.language import expressions as e
from bgsync.language import statements as s

Change = Callable[[e.Expr], e.Expr]


def rewrite_expression(expression: e.Expr, change: Change) -> e.Expr:
    """Give an expression with `change` applied to every part of it, innermost first."""
    return change(rewrite_operands(expression, lambda part: rewrite_expression(part, change)))


def rewrite_operands(expression: e.Expr, change: Change) -> e.Expr:
    """Give an expression with `change` applied to each of its direct parts."""
    if not is_dataclass(expression) or isinstance(expression, type):
        return expression
    changed = {
        each.name: _value(getattr(expression, each.name), change)
        for each in fields(expression)
        if each.name not in _STRINGS.get(type(expression).__name__, ())
    }
    return replace(expression, **changed)


_STRINGS = {
    "Var": ("name",), "Field": ("name",), "ListOf": ("name",), "Associated": ("name",), "Find": ("field",),
    "New": ("type",), "Environment": ("machine", "states"), "Choice": ("name", "adversity", "should"),
    "Input": ("text",), "Unread": ("text",), "Apply": ("name",), "Arithmetic": ("operator",), "Compare": ("operator",),
}  # fmt: skip


def _value(value: Any, change: Change) -> Any:
    if isinstance(value, tuple):
        return tuple((each[0], change(each[1])) if isinstance(each, tuple) else change(each) for each in value)
    return change(value)


def rewrite(statement: s.Statement, change: Change) -> s.Statement:
    """Give a built statement with `change` applied to every part of every expression in it and below it."""
    body = tuple(rewrite(inner, change) for inner in s.body_of(statement))
    made = rewrite_own(statement, lambda whole: rewrite_expression(whole, change))
    return replace(made, body=body) if hasattr(made, "body") else made  # type: ignore[call-arg]


def rewrite_own(statement: s.Statement, change: Change) -> s.Statement:
    """Give a statement with `change` applied to each whole expression of its own, not to those below it."""
    changed = {
        each.name: _value(getattr(statement, each.name), change)
        for each in fields(statement)
        if each.name not in _NAMES
    }
    return replace(statement, **changed)


_NAMES = frozenset(
    {"origin", "written", "body", "name", "any_order", "outcomes", "bind", "algorithm", "text", "reads", "may_write"}
)
"""The fields of statements that hold names and words; `event` is a name in one statement only, a plain string."""
