"""What the algorithms of a spec really do to an object: every change of its state that some run makes.

The changes are read off the reachable graph, not off the text: what no run does is not there, and what only a race
does is. Each change is told with its trigger (a promise that settles, a wait that ends, or the algorithm that is run),
with its guard, and with its step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bgsync.draw.places import Place, places
from bgsync.judge.lifecycle import Lifecycle
from bgsync.judge.property import View, state_place
from bgsync.language import Origin, Spec, Statement
from bgsync.system.scenario import Bounds, Scenario
from bgsync.system.system import System
from bgsync.system.world import World
from bgsync.tables import TableGraph, Tables, explore

LISTED = "listed"
"""The one state of what is in a list and has no declared states."""


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
    initial = LISTED if place is None else str(spec.type.members[place].initial or LISTED)
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
