"""What the algorithms of a spec really do to an object: every change of its state that some run makes.

The changes are read off the reachable graph, not off the text: what no run does is not there, and what only a race
does is. Each change is told with its trigger (a promise that settles, a wait that ends, or the algorithm that is run),
with its guard, and with its step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bgsync.judge.lifecycle import Lifecycle
from bgsync.judge.property import View, state_place
from bgsync.language import Origin, Spec, Statement, say_value, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.system.scenario import Bounds, Scenario
from bgsync.system.system import System
from bgsync.system.world import World
from bgsync.tables import TableGraph, Tables, explore

Guards = tuple[e.Expr, ...]
LISTED = "listed"
"""The one state of what is in a list and has no declared states."""
FULFILLED, REJECTED, WAITED = "the event is fulfilled", "the event is rejected", "the wait ends"


@dataclass(frozen=True)
class Change:
    """One change of an object's state, as the text writes the states; `source` is "" for what comes into being."""

    source: str
    target: str
    trigger: str
    guard: str
    origin: Origin


@dataclass(frozen=True)
class Changes:
    """All changes, and what was explored to find them."""

    initial: str
    made: tuple[Change, ...]
    states: int
    complete: bool


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


def changes(
    spec: Spec,
    world: World,
    lifecycle: Lifecycle,
    granularity: str = "step",
    *,
    adversities: tuple[str, ...] = (),
    calls: int = 2,
    limit: int | None = None,
    progress: Callable[[int, int, int], None] | None = None,
) -> Changes:
    """Explore a spec and give every change that a run makes. Raises LanguageError for a spec that cannot be run."""
    system = System(Scenario(spec, world, granularity, adversities, Bounds(calls=calls)))
    graph = explore(Tables(system), limit=limit, progress=progress)
    known = {(str(place.statement.origin), place.statement): place for place in reversed(places(spec))}
    used = np.unique(graph.successors).tolist()
    found = {one for each in used for one in _made(system, graph, each, known, lifecycle)}
    key = lambda one: (one.source, one.target, one.trigger, one.origin.path, one.origin.algorithm)
    place = state_place(system)
    initial = LISTED if place is None else spec.type.members[place].initial or LISTED
    return Changes(initial, tuple(sorted(found, key=key)), len(graph), graph.complete and not graph.pools)


def _made(
    system: System, graph: TableGraph, number: int, known: dict[tuple[str, Statement], Place], lifecycle: Lifecycle
) -> Iterator[Change]:
    successor = graph.tables.successors[number]
    view = View(system, successor.origin.state, successor.step)
    for ran in successor.step.executed:
        instruction = system.program.code[ran.pc]
        for seen in ran.observations:
            change = lifecycle.change(view, seen, ran.pc)
            if change is None:
                continue
            place = known.get((str(instruction.origin), instruction.statement))
            trigger = place.trigger if place else instruction.origin.algorithm
            source, target = (lifecycle.named(system, state) or LISTED for state in change)
            yield Change(source, target, trigger, place.guard if place else "", instruction.origin)
