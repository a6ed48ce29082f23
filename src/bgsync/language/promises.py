"""Promises in the steps of an algorithm: which one it returns, which variables hold one, and who else may settle it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal

Body = tuple[s.Statement, ...]
Names = frozenset[str]

RESOLVED, REJECTED = "a promise resolved with", "a promise rejected with"
UNNAMED = "the promise that it returns"
"""Stands for a promise that the steps return without a name for it."""


def is_new(value: e.Expr) -> bool:
    """Whether a value is a new promise."""
    return isinstance(value, e.New) and value.type.lower() == "promise"


def is_settled(value: e.Expr) -> bool:
    """Whether a value is a promise that is settled as soon as it is made."""
    return isinstance(value, e.Apply) and value.name in (RESOLVED, REJECTED)


def returned(body: Body, declared: bool) -> str | None:
    """Name the promise that a method returns by its steps; `declared` is whether its declaration says that it does."""
    made = {each.name: None for each in traversal.walk(body) if isinstance(each, s.Let) and is_new(each.value)}
    values = [each.value for each in at_once(body) if isinstance(each, s.Return)]
    named = [value.name for value in values if isinstance(value, e.Var) and value.name in made]
    if named:
        return named[0]
    last = body[-1] if body else None
    if isinstance(last, s.Return) and (is_new(last.value) or is_settled(last.value)):
        return UNNAMED
    if declared and len(made) == 1:
        return next(iter(made))
    return UNNAMED if declared and isinstance(last, s.Return) and last.value is not None else None


def returns_another(statement: s.Return, promise: str) -> bool:
    """Whether a method that returns a promise returns something else here, of which nothing is known."""
    value = statement.value
    if value is None or not promise:
        return promise == UNNAMED
    return value != e.Var(promise) and not is_new(value) and not is_settled(value)


def at_once(body: Body) -> Iterator[s.Statement]:
    """Give the statements of a body but for those that run on their own."""
    for statement in body:
        yield statement
        if not isinstance(statement, traversal.ASYNCHRONOUS):
            yield from at_once(traversal.body_of(statement))


def holders(parts: Iterable[tuple[str, tuple[str, ...], Body, str | None]]) -> Mapping[str, Names]:
    """Give the variables of each algorithm that hold a promise which some method returns.

    An algorithm is given as its name, its parameters, its steps, and the promise that it returns.
    """
    known = list(parts)
    parameters = {name: given for name, given, _, _ in known}
    found = {name: {promise} if promise else set() for name, _, _, promise in known}
    grown = True
    while grown:
        before = sum(map(len, found.values()))
        for name, _, body, _ in known:
            for statement in traversal.walk(body) if found[name] else ():
                match statement:
                    case s.Let(name=other, value=e.Var(name=promise)) if promise in found[name]:
                        found[name].add(other)
                    case s.Call(algorithm=callee, arguments=arguments):
                        for parameter, argument in zip(parameters.get(callee, ()), arguments, strict=False):
                            if isinstance(argument, e.Var) and argument.name in found[name]:
                                found[callee].add(parameter)
        grown = sum(map(len, found.values())) > before
    return {name: frozenset(names) for name, names in found.items()}


def handed_on(statement: s.Statement, promises: Names) -> Names:
    """Give the promises that a statement hands to what is not followed, which may settle them.

    That is an operation of another text, a member, a list, an object that is made, or steps that run later.
    """
    given: tuple[e.Expr, ...] = ()
    match statement:
        case s.Perform(arguments=given):
            pass
        case s.Call(arguments=arguments):
            given = tuple(each for each in arguments if not isinstance(each, e.Var))
        case s.Let(value=value) | s.Set(target=e.Var(), value=value) | s.Return(value=value):
            given = () if isinstance(value, e.Var) else (value,)
        case s.Set(value=value):
            given = (value,)
        case s.Add(item=item):
            given = (item,)
        case s.Whenever():  # steps that something else runs, or that run again
            inside = traversal.walk(traversal.body_of(statement))
            given = tuple(part for each in inside for part in traversal.expressions(each))
        case s.FireEvent(about=about, members=members):
            given = (about, *(value for _, value in members))
    return promises & frozenset[str]().union(*map(e.variables, given))
