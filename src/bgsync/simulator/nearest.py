"""The shortest way from a state to where something is so: breadth first, within bounds that are said."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bgsync.simulator.simulation import Tick

S = TypeVar("S", bound=Hashable)
L = TypeVar("L")

LIMIT, SECONDS = 200_000, 60.0
"""How many states are looked at, and for how long, where nothing is said of it."""


@dataclass(frozen=True)
class Bound:
    """What ends a search before everything was looked at."""

    states: int = LIMIT
    seconds: float = SECONDS


@dataclass(frozen=True)
class Reached(Generic[S, L]):
    """What a search came to: the steps of a way, each with the state before it; or why there is none."""

    way: tuple[tuple[S, L, S | None], ...] | None
    states: int
    ended: str = ""
    """Which bound ended it; "" where all was looked at."""


def shortest(
    starts: Iterable[S],
    successors: Callable[[S], Iterable[tuple[L, S | None]]],
    met: Callable[[S, L, S | None], bool],
    bound: Bound,
    tick: Tick,
) -> Reached[S, L]:
    """Find a shortest way to a step that is wanted, or to a state; a step without a state after it ends the run."""
    began = time.monotonic()
    came: dict[S, tuple[S, L] | None] = dict.fromkeys(starts)
    current, depth = list(came), 0

    def way(state: S) -> list[tuple[S, L, S | None]]:
        steps: list[tuple[S, L, S | None]] = []
        while (last := came[state]) is not None:
            steps.append((last[0], last[1], state))
            state = last[0]
        return steps[::-1]

    while current:
        following: list[S] = []
        depth += 1
        for state in current:
            tick(len(came), depth)
            if time.monotonic() - began > bound.seconds:
                return Reached(None, len(came), f"{bound.seconds:g} seconds were up")
            for label, after in successors(state):
                if met(state, label, after):
                    return Reached((*way(state), (state, label, after)), len(came))
                if after is not None and after not in came:
                    came[after] = (state, label)
                    following.append(after)
            if len(came) >= bound.states:
                return Reached(None, len(came), f"{bound.states:,} states were looked at")
        current = following
    return Reached(None, len(came))
