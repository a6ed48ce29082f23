"""Steps that a variable holds, where the same algorithm runs them: "run |later| with x" does what they say, there.

What ends them ends nothing around them: they become a block that is run once and that a return leaves. Where that
cannot be said (a loop in them, a parameter with the name of another variable, steps that run themselves) they may run
at any time, often or never, as those do that are handed to somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.prose.grammar.later import STEPS_BELOW

Body = tuple[s.Statement, ...]
Held = Mapping[str, s.Whenever]
_LOOPS = (s.While, s.ForEach)
_LEAVES = (s.Return, s.Abort)


def run_in_place(steps: Body) -> Body:
    """Give steps in which those that a variable holds are run where a sentence runs them."""
    held = {name: later for name, later in _held(steps).items() if _can_stand_in_place(name, later, steps)}
    return _with_runs(steps, held) if held else steps


def never_run(steps: Body, used: tuple[str, ...]) -> Body:
    """Keep steps that a variable holds from being run where nothing mentions that variable."""
    made: list[s.Statement] = []
    for statement in steps:
        held = made[-1].name if made and isinstance(made[-1], s.Let) and made[-1].value == STEPS_BELOW else ""
        inner = never_run(traversal.body_of(statement), used)
        if inner:
            statement = replace(statement, body=inner)  # type: ignore[call-arg]
        if isinstance(statement, s.Whenever) and held and held not in used:
            statement = s.If(False, (statement,), origin=statement.origin)
        made.append(statement)
    return tuple(made)


def _held(steps: Body) -> dict[str, s.Whenever]:
    """Give the variables that hold steps, each with them."""
    found: dict[str, s.Whenever] = {}
    for body in (steps, *map(traversal.body_of, traversal.walk(steps))):
        for let, later in pairwise(body):
            if isinstance(let, s.Let) and let.value == STEPS_BELOW and isinstance(later, s.Whenever):
                found[let.name] = later
    return found


def _runs(statement: s.Statement, name: str) -> bool:
    match statement:
        case s.Perform(name="run", arguments=(e.Var(name=steps), *_)):
            return steps == name
        case _:
            return False


def _parts(later: s.Whenever) -> tuple[tuple[str, ...], Body]:
    """Give the names of what steps are given, and the steps."""
    body = traversal.body_of(later)
    given = [each for each in body if isinstance(each, s.Let) and _is_given(each.value)]
    return tuple(each.name for each in given), body[len(given) :]


def _is_given(value: e.Expr) -> bool:
    return isinstance(value, e.Input) and value.text.startswith("what ") and " is given as " in value.text


def _can_stand_in_place(name: str, later: s.Whenever, steps: Body) -> bool:
    given, body = _parts(later)
    inside = traversal.walk((later,))
    elsewhere = [each for each in traversal.walk(steps) if not any(each is other for other in inside)]
    if any(isinstance(each, _LOOPS) for each in inside) or any(_runs(each, name) for each in inside):
        return False
    taken = {one for each in elsewhere for one in traversal.bound(each)}
    return taken.isdisjoint(given) and bool(body) and any(_runs(each, name) for each in elsewhere)


def _with_runs(body: Body, held: Held) -> Body:
    made: list[s.Statement] = []
    for statement in body:
        name = next((name for name in held if _runs(statement, name)), None)
        if name is not None and isinstance(statement, s.Perform):
            made.append(_in_place(statement, held[name]))
            continue
        inner = traversal.body_of(statement)
        made.append(replace(statement, body=_with_runs(inner, held)) if inner else statement)  # type: ignore[call-arg]
    return tuple(made)


def _in_place(run: s.Perform, later: s.Whenever) -> s.Statement:
    names, body = _parts(later)
    values = (*run.arguments[1:], *([None] * len(names)))
    given = (s.Let(name, value, origin=run.origin) for name, value in zip(names, values, strict=False))
    return s.While(True, (*given, *_leaving(body), s.Break(origin=run.origin)), origin=run.origin)


def _leaving(body: Body) -> Body:
    """Give steps whose ends leave the block around them; what runs on its own ends by itself."""
    made: list[s.Statement] = []
    for statement in body:
        inner = traversal.body_of(statement)
        if isinstance(statement, _LEAVES):
            statement = s.Break(origin=statement.origin)
        elif inner and not isinstance(statement, traversal.ASYNCHRONOUS):
            statement = replace(statement, body=_leaving(inner))  # type: ignore[call-arg]
        made.append(statement)
    return tuple(made)
