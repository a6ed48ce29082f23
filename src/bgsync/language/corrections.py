"""Corrections of a spec: small changes by the numbers of its steps, each with what it is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bgsync.language import statements as s
from bgsync.language.algorithm import LanguageError, Spec, step_after
from bgsync.language.expressions import Expr, Not, Or, Var
from bgsync.language.rewrite import rewrite
from bgsync.language.traversal import body_of, walk

Body = tuple[s.Statement, ...]


@dataclass(frozen=True)
class Correction:
    """One change: what it does and why, the properties whose findings it mends, and where it is made."""

    words: str
    mends: tuple[str, ...]
    part: str
    """The algorithm or rule."""
    first: str
    """The first step that it is made to, such as 8.2."""
    last: str
    """The last one, in the same list."""
    change: Callable[[Body], Body]
    rests_on: str = ""
    """The choice that it makes where the text could be meant otherwise; "" where it makes none."""


def corrected(spec: Spec, corrections: Sequence[Correction]) -> Spec:
    """Give a spec with corrections made, each where the one before left its steps.

    A step keeps its number wherever it is moved to. Raises LanguageError where a step is not there.
    """
    for each in corrections:
        spec = _with(spec, each)
    return spec


def alike(spec: Spec, other: Spec, corrections: Sequence[Correction]) -> bool:
    """Whether what is corrected has the same kinds of statements at the same steps in two specs."""
    ours, theirs = _kinds(spec), _kinds(other)
    return all(each.part in ours and ours[each.part] == theirs.get(each.part) for each in corrections)


def atomically(steps: Body) -> Body:
    """Make steps one action."""
    return (s.Atomically(steps, origin=steps[0].origin),)


def left_out(steps: Body) -> Body:
    """Leave steps out."""
    return ()


def in_place(steps: Body) -> Body:
    """Do what is below steps in their place, and not in parallel or apart from them."""
    return tuple(inner for each in steps for inner in body_of(each))


def in_next(steps: Body) -> Body:
    """Do what is below the first of two steps at the beginning of what is below the second one."""
    first, block = steps
    return (replace(block, body=(*body_of(first), *body_of(block))),)  # type: ignore[call-arg]  # it is a block


def in_reverse(steps: Body) -> Body:
    """Do steps in the opposite order."""
    return steps[::-1]


def between(before: s.Statement, after: s.Statement) -> Callable[[Body], Body]:
    """Do one new step before the last steps of a list, and one after them; they have the next free numbers of it."""

    def made(steps: Body) -> Body:
        last = steps[-1].origin
        assert last is not None
        return (step_after(last, 1, before), *steps, step_after(last, 2, after))

    return made


def checked(steps: Body) -> Body:
    """End the steps where what they assert does not hold."""
    return tuple(
        s.If(_denied(each.condition), (s.Abort(origin=each.origin),), origin=each.origin)
        if isinstance(each, s.Assert)
        else each
        for each in steps
    )


def about(old: str, new: str) -> Callable[[Body], Body]:
    """Speak of another variable."""

    def renamed(part: Expr) -> Expr:
        return Var(new) if part == Var(old) else part

    return lambda steps: tuple(rewrite(each, renamed) for each in steps)


def also_on(outcome: str) -> Callable[[Body], Body]:
    """React to one more outcome."""
    return lambda steps: tuple(
        replace(each, outcomes=(*each.outcomes, outcome)) if isinstance(each, s.Upon) else each for each in steps
    )


def also_where(condition: Expr) -> Callable[[Body], Body]:
    """Do what is done where a condition holds also where another one does."""
    return lambda steps: tuple(
        replace(each, condition=Or(each.condition, condition)) if isinstance(each, s.If) else each for each in steps
    )


def valued(value: Expr) -> Callable[[Body], Body]:
    """Give what is bound or set another value."""
    return lambda steps: tuple(
        replace(each, value=value) if isinstance(each, s.Let | s.Set) else each for each in steps
    )


def _denied(condition: Expr) -> Expr:
    return condition.operand if isinstance(condition, Not) else Not(condition)


def _kinds(spec: Spec) -> dict[str, list[tuple[type[s.Statement], tuple[int, ...]]]]:
    bodies = (*((each.name, each.steps) for each in spec.algorithms), *((each.name, each.steps) for each in spec.rules))
    return {name: [(type(each), _own(each)) for each in walk(body)] for name, body in bodies}


def _with(spec: Spec, one: Correction) -> Spec:
    algorithms, rules = list(spec.algorithms), list(spec.rules)
    for at, part in enumerate(algorithms):
        if part.name == one.part and (made := _changed(part.steps, one)) is not None:
            algorithms[at] = replace(part, steps=made)
            return replace(spec, algorithms=tuple(algorithms))
    for at, each in enumerate(rules):
        if each.name == one.part and (made := _changed(each.steps, one)) is not None:
            rules[at] = replace(each, steps=made)
            return replace(spec, rules=tuple(rules))
    raise LanguageError(f"{one.part} has no steps {one.first} to {one.last} in one list: it is not the text to correct")


def _changed(body: Body, one: Correction) -> Body | None:
    """Give a list with a correction made in it or below; None where its steps are not there."""
    first, last = (_path(each) for each in (one.first, one.last))
    ends = [at for at, each in enumerate(body) if _stands_in(each, last)]
    begin = next((at for at, each in enumerate(body) if _own(each) == first), None)
    if begin is not None and ends and not _deeper(body[begin], first, last):
        return (*body[:begin], *one.change(body[begin : ends[-1] + 1]), *body[ends[-1] + 1 :])
    for at, each in enumerate(body):
        made = _changed(body_of(each), one) if body_of(each) else None
        if made is not None:
            whole = replace(each, body=made)  # type: ignore[call-arg]  # what has steps below it is a block
            return (*body[:at], whole, *body[at + 1 :])
    return None


def _deeper(block: s.Statement, first: tuple[int, ...], last: tuple[int, ...]) -> bool:
    """Whether a block is no step of its own and begins with the steps that are meant."""
    return isinstance(block, s.Atomically) and first != last and any(_own(each) == first for each in body_of(block))


def _path(step: str) -> tuple[int, ...]:
    return tuple(map(int, step.split(".")))


def _own(statement: s.Statement) -> tuple[int, ...]:
    return () if statement.origin is None else statement.origin.path


def _stands_in(statement: s.Statement, path: tuple[int, ...]) -> bool:
    """Whether a statement is of a step, or stands below it."""
    return _own(statement)[: len(path)] == path
