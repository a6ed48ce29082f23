"""Runs without end from where one is, in which what is owed there is never given.

The states that can be reached from here are explored as `check` does it, and a fair loop is searched for among those in
which it is still owed; the way there stays among them, too.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bgsync.judge.lassos import Search
from bgsync.judge.property import Liveness
from bgsync.judge.whole import watch_tables
from bgsync.simulator.monitors import Sight
from bgsync.simulator.nearest import Bound
from bgsync.simulator.simulation import Tick
from bgsync.system.step import State, Step
from bgsync.tables import Tables


@dataclass(frozen=True)
class Never:
    """A run in which it is never given: the steps to the loop, and those of the loop; none where it may rest there."""

    stem: tuple[Step, ...]
    loop: tuple[Step, ...]


@dataclass(frozen=True)
class Sought:
    """What a search came to: a run, or how many states there are without one, and which bound ended it, if any."""

    run: Never | None
    states: int
    owed: bool = True
    """Whether anything is owed in the first states at all."""
    ended: str = ""


def never_given(sight: Sight, prop: Liveness, starts: Sequence[State], bound: Bound, tick: Tick) -> Sought:
    """Search for a run from one of these states in which what is owed there is never given."""
    system, seen = sight.whole, as_seen(prop, sight)
    if not any(True for start in starts for _ in seen.owed(system, start)):
        return Sought(None, 0, owed=False)
    began, ended, gone = time.monotonic(), "", list[KeyboardInterrupt]()

    def step(states: int, depth: int, left: int) -> None:
        nonlocal ended
        try:
            tick(states, depth)
        except KeyboardInterrupt as stopped:
            gone.append(stopped)
            raise
        if time.monotonic() - began > bound.seconds:
            ended = f"{bound.seconds:g} seconds were up"
            raise KeyboardInterrupt

    watched = watch_tables(Tables(system), [], limit=bound.states, progress=step, starts=starts)
    if gone:
        raise gone[0]
    if not watched.complete and not ended:
        ended = f"{bound.states:,} states were looked at"
    search = Search(watched)
    for number in range(len(starts)):
        for owed in dict.fromkeys(seen.owed(system, watched.graph.state(number))):
            lasso = search.never(seen, owed, number)
            if lasso is not None:
                return Sought(Never(_steps(lasso.stem), _steps(lasso.loop)), watched.states)
    return Sought(None, watched.states, ended=ended)


def _steps(edges: Iterable[tuple[int, Step, int]]) -> tuple[Step, ...]:
    return tuple(step for _, step, _ in edges)


def as_seen(prop: Liveness, sight: Sight) -> Liveness:
    """Give a property that reads a run as its own monitor among several sees it."""
    return replace(
        prop,
        owed=lambda _, state: prop.owed(sight.system, sight.state(state)),
        given=lambda view, about: prop.given(sight.view(view.before, view.step), about),
    )
