"""Puts what stands below a sentence where the sentence speaks of it: steps, members and cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.prose.grammar.effects import Following, Statements, Switch, WithMembers
from bgsync.prose.page.markup import ReadError

MOST_CASES = 100
"""The most cases, conditions or Otherwises of one step."""


def too_many(what: str, origin: s.Origin | None) -> ReadError:
    """Give the error for a step with too much below it."""
    place = f"{origin.file}:{origin.line}:{origin.column}: " if origin else ""
    return ReadError(f"{place}more than {MOST_CASES} {what} of one step: is it a spec? Break it up")


def open_ended(statement: s.Statement) -> bool:
    """Whether the steps of an If are still to come in a later sentence."""
    return isinstance(statement, s.If) and any(isinstance(each, Following) for each in traversal.body_of(statement))


def ends_in_if(statement: s.Statement) -> bool:
    """Whether the last If of an Else can take another Otherwise: the Else is nothing but that If and its Elses."""
    inner = traversal.body_of(statement)
    return (
        bool(inner)
        and isinstance(inner[0], s.If)
        and all(isinstance(x, s.If | s.Else) for x in inner)
        and (isinstance(inner[-1], s.If) or ends_in_if(inner[-1]))
    )


def handed(statements: Statements) -> Following | None:
    """Give the steps that a sentence such as "Then run these steps with x" hands over, if it says only that."""
    if len(statements) != 1:
        return None
    only = statements[0]
    if isinstance(only, s.InParallel | s.Atomically):
        inner = traversal.body_of(only)
        return handed(inner)
    return only if isinstance(only, Following) else None


def unbound(statements: Statements) -> Statements:
    """Give statements whose steps are run with no variable."""
    return tuple(
        Following() if isinstance(each, Following) else replace(each, body=unbound(traversal.body_of(each)))  # type: ignore[call-arg]
        for each in statements
    )


def filled(statement: s.Statement, inner: Statements) -> s.Statement:
    """Give a statement with steps in the place of those that it speaks of."""
    body = traversal.body_of(statement)
    if not body:
        return statement
    made: list[s.Statement] = []
    for each in body:
        made += bound(each, inner) if isinstance(each, Following) else (filled(each, inner),)
    return replace(statement, body=tuple(made))  # type: ignore[call-arg]  # what has a body can be given another


def bound(following: s.Statement, inner: Statements) -> Statements:
    """Give steps with the variable that they are run with, if any."""
    bind = following.bind if isinstance(following, Following) else ""
    return (s.Let(bind, e.Input(f"what {bind} stands for"), origin=following.origin), *inner) if bind else inner


def stamped(statement: s.Statement, origin: s.Origin) -> s.Statement:
    """Give a statement and all in it an origin, where it has none."""
    body = tuple(stamped(each, origin) for each in traversal.body_of(statement))
    placed = statement.origin or origin
    if body:
        return replace(statement, origin=placed, body=body)  # type: ignore[call-arg]
    return statement if statement.origin is not None else replace(statement, origin=origin)


def without_members(statement: s.Statement) -> s.Statement:
    """Take out, from below a statement, what stands for members that follow: they go to their event when they come."""
    body = traversal.body_of(statement)
    kept = tuple(without_members(each) for each in body if not isinstance(each, WithMembers))
    return replace(statement, body=kept) if kept != body else statement  # type: ignore[call-arg]


def with_members(statement: s.Statement, members: tuple[tuple[str, e.Expr], ...]) -> s.Statement:
    """Give a statement with the members of the value that it makes, or of what it does."""
    match statement:
        case s.Let(value=e.New() as new) | s.Set(value=e.New() as new):
            kept = tuple(member for member in new.members if member[0] != "following")
            return replace(statement, value=e.New(new.type, (*kept, *members)))
        case s.Perform(arguments=arguments):
            return replace(statement, arguments=(*arguments, *(value for _, value in members)))
        case s.Let(value=value) | s.Set(value=value):
            return replace(statement, value=e.Apply("with members", (value, *(given for _, given in members))))
        case _:
            return statement


def chosen(statement: s.Statement, choice: Statements) -> Statements:
    """Give a statement with a choice in the place of the Switch that it speaks of."""
    if isinstance(statement, Switch):
        return choice
    body = tuple(each for inner in traversal.body_of(statement) for each in chosen(inner, choice))
    return (replace(statement, body=body),) if body else (statement,)  # type: ignore[call-arg]


def choice_of(cases: Iterable[tuple[e.Expr, Statements, s.Origin]]) -> Statements:
    """Give what does the first of several cases whose condition is true; one that is always true comes last."""
    several = list(cases)
    made = next((body for condition, body, _ in several if condition is True), ())
    for condition, body, origin in reversed(several):
        if condition is not True:
            otherwise = (s.Else(made, origin=origin),) if made else ()
            made = (s.If(condition, body, origin=origin), *otherwise)
    return made
