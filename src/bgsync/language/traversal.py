"""What is inside of a built statement: statements, the expressions that it evaluates, the variables that it binds."""

from __future__ import annotations

from collections.abc import Iterable

from bgsync.language import statements as s
from bgsync.language.expressions import Expr, Field, Item, Var

ASYNCHRONOUS = (s.InParallel, s.Upon, s.Whenever, s.Enqueue, s.QueueTask, *s.FIRES)
"""Blocks whose steps run on their own: what ends them does not end the steps around them."""


def body_of(statement: s.Statement) -> tuple[s.Statement, ...]:
    """Give the statements directly inside a built statement, none for one that holds no others."""
    body = getattr(statement, "body", ())
    return tuple(inner for inner in body if isinstance(inner, s.Statement))


def walk(body: tuple[s.Statement, ...]) -> tuple[s.Statement, ...]:
    """Give all statements of a built body, each before what is inside it."""
    found: list[s.Statement] = []
    for statement in body:
        found.append(statement)
        found += walk(body_of(statement))
    return tuple(found)


def fires(body: Iterable[s.Statement]) -> bool:
    """Whether an event is fired among statements, or inside of one."""
    return any(isinstance(each, s.FIRES) for each in walk(tuple(body)))


def expressions(statement: s.Statement) -> tuple[Expr, ...]:
    """Give the expressions that a statement itself evaluates, not those of statements inside it."""
    match statement:
        case s.Let(value=value) | s.Return(value=value):
            return (value,)
        case s.Set(target=Field(owner=owner), value=value):
            return (value, owner)
        case s.Set(target=Item(collection=collection, key=key), value=value):
            return (value, collection, key)
        case s.Set(value=value):
            return (value,)
        case s.If(condition=condition) | s.While(condition=condition) | s.Assert(condition=condition):
            return (condition,)
        case s.WaitUntil(condition=condition) | s.Whenever(occasion=condition) | s.Wait(duration=condition):
            return (condition,)
        case s.ForEach(collection=collection, where=where):
            return (collection, where)
        case s.Add(item=item, collection=collection) | s.Remove(item=item, collection=collection):
            return (item, collection)
        case s.Empty(collection=collection):
            return (collection,)
        case s.Resolve(promise=promise, value=value) | s.Reject(promise=promise, error=value):
            return (promise, value)
        case s.Throw(error=error):
            return (error,)
        case s.Upon(promise=promise):
            return (promise,)
        case s.FireEvent(about=about, members=members, target=target):
            return (about, *(value for _, value in members), target)
        case s.HandleEvent(about=about):
            return (about,)
        case s.Dispatch(event=event, target=target):
            return (event, target)
        case s.Call(arguments=arguments) | s.Perform(arguments=arguments):
            return arguments
        case s.Increment(target=target, by=by):
            return (target, by)
        case s.Enqueue(queue=queue):
            return (queue,)
        case _:
            return ()


def bound(statement: s.Statement) -> tuple[str, ...]:
    """Give the variables that a statement gives a value."""
    match statement:
        case s.Let(name=name) | s.ForEach(name=name) | s.Set(target=Var(name=name)):
            return (name,)
        case s.FireEvent(bind=bind) | s.Upon(bind=bind) | s.Call(bind=bind) if bind:
            return (bind,)
        case s.Increment(target=Var(name=name)):
            return (name,)
        case _:
            return ()
