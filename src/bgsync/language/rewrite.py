"""Rewrites expressions wherever they stand in statements, from the inside out."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from bgsync.language import expressions as e
from bgsync.language import statements as s


def rewrite_expression(expression: e.Expr, change: Callable[[e.Expr], e.Expr]) -> e.Expr:
    """Give an expression with `change` applied to every part of it, innermost first."""
    if not is_dataclass(expression) or isinstance(expression, type):
        return change(expression)
    changed = {
        each.name: _value(getattr(expression, each.name), change)
        for each in fields(expression)
        if each.name not in _STRINGS.get(type(expression).__name__, ())
    }
    return change(replace(expression, **changed))


_STRINGS = {
    "Var": ("name",), "Field": ("name",), "ListOf": ("name",), "Associated": ("name",), "Find": ("field",),
    "New": ("type",), "Environment": ("machine", "states"), "Choice": ("name", "adversity", "should"),
    "Input": ("text",), "Unread": ("text",), "Apply": ("name",), "Arithmetic": ("operator",), "Compare": ("operator",),
}  # fmt: skip


def _value(value: Any, change: Callable[[e.Expr], e.Expr]) -> Any:
    if isinstance(value, tuple):
        return tuple(_pair(each, change) for each in value)
    return rewrite_expression(value, change)


def _pair(value: Any, change: Callable[[e.Expr], e.Expr]) -> Any:
    if isinstance(value, tuple):
        name, member = value
        return (name, rewrite_expression(member, change))
    return rewrite_expression(value, change)


def rewrite(statement: s.Statement, change: Callable[[e.Expr], e.Expr]) -> s.Statement:
    """Give a built statement with `change` applied to every expression in it and below it."""
    changed: dict[str, Any] = {}
    for each in fields(statement):
        value = getattr(statement, each.name)
        if each.name == "body":
            changed["body"] = tuple(rewrite(inner, change) for inner in s.body_of(statement))
        elif each.name == "members":
            changed["members"] = tuple((name, rewrite_expression(member, change)) for name, member in value)
        elif each.name == "arguments":
            changed["arguments"] = tuple(rewrite_expression(argument, change) for argument in value)
        elif each.name not in _NAMES:
            changed[each.name] = rewrite_expression(value, change)
    return replace(statement, **changed)


_NAMES = frozenset(
    {"origin", "written", "name", "any_order", "outcomes", "bind", "algorithm", "text", "reads", "may_write"}
)
"""The fields of statements that hold names and words; `event` is a name in one statement only, a plain string."""
