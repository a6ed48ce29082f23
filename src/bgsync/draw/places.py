"""Where the statements of a spec stand that may change an object: what triggers them, and what must hold to come there.

This is read off the text, without exploring it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bgsync.language import Spec, Statement, say_value, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s

Guards = tuple[e.Expr, ...]
FULFILLED, REJECTED, WAITED = "the event is fulfilled", "the event is rejected", "the wait ends"


@dataclass(frozen=True)
class Place:
    """Where a statement that changes an object stands: what triggers it, and what must hold to come to it."""

    statement: Statement
    trigger: str
    guard: str


def places(spec: Spec) -> tuple[Place, ...]:
    """Give every statement of a spec that may change an object."""
    state = next((member.name for member in spec.type.members if member.values is not None), "")
    return tuple(place for name, body in spec.bodies() for place in _places(body, name, (), state))


def _places(body: tuple[Statement, ...], trigger: str, guards: Guards, state: str) -> Iterator[Place]:
    before: e.Expr = None
    for statement in body:
        inner, inside = trigger, guards
        match statement:
            case s.If(condition=condition):
                inside, before = (*guards, condition), condition
            case s.Else():
                inside = (*guards, e.Not(before))
            case s.While(condition=condition):
                inside = (*guards, condition)
            case s.ForEach(where=where) if where is not True:
                inside = (*guards, where)
            case s.Upon(outcomes=outcomes):
                inner, inside = FULFILLED if "fulfilled" in outcomes else REJECTED, ()
            case s.Wait() | s.WaitUntil():
                trigger, guards = WAITED, ()
            case s.Whenever(occasion=occasion):
                inner, inside = say_value(occasion), ()
            case s.Set() | s.Remove():
                yield Place(statement, trigger, _told(guards, state))
        yield from _places(traversal.body_of(statement), inner, inside, state)


def _told(guards: Guards, state: str) -> str:
    """Say what must hold, but for what the state that is left says already."""
    parts = [part for guard in guards for part in _conjuncts(guard)]
    said = [say_value(part) for part in parts if not _is_about_itself(part, state)]
    return " and ".join(dict.fromkeys(said))


def _conjuncts(guard: e.Expr) -> Iterator[e.Expr]:
    match guard:
        case e.And(left=left, right=right):
            yield from (*_conjuncts(left), *_conjuncts(right))
        case e.Not(operand=e.Or(left=left, right=right)):
            yield from (*_conjuncts(e.Not(left)), *_conjuncts(e.Not(right)))
        case e.Not(operand=e.Not(operand=operand)):
            yield from _conjuncts(operand)
        case e.Not(operand=e.Is(left=left, right=bool() as right)):
            yield e.Is(left, not right)
        case _:
            yield guard


def _is_about_itself(guard: e.Expr, state: str) -> bool:
    """Whether a condition only asks for the state of the object, or whether there is one."""
    match guard:
        case e.Not(operand=operand):
            return _is_about_itself(operand, state)
        case e.Or(left=left, right=right):
            return _is_about_itself(left, state) and _is_about_itself(right, state)
        case e.Is(left=e.Field(name=name)):
            return name == state
        case e.Is(left=e.Var(), right=right):
            return right is None
        case e.Contains():
            return True
        case _:
            return False
