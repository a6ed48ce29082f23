"""The shortest way through a model to what was not taken yet: breadth first, from what is known now."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from bgsync.driving import Operation
from bgsync.fuzz.belief import Belief

Label = tuple[str, str]
LIMIT = 400
"""States that are looked at."""


class Way(NamedTuple):
    """Operations that may lead to a label; none where there are none, `exhausted` where nothing was left to look at."""

    operations: tuple[Operation, ...] = ()
    label: Label | None = None
    exhausted: bool = False


def shortest(belief: Belief, operations: Sequence[Operation], wanted: Collection[Label], limit: int = LIMIT) -> Way:
    """Give a shortest way to one of the labels that are wanted."""
    todo: deque[tuple[Any, tuple[Operation, ...]]] = deque((state, ()) for state in sorted(belief.states, key=repr))
    alike = belief.oracle.alike
    met = set(map(alike, belief.states))
    while todo:
        state, path = todo.popleft()
        for operation in operations:
            if not belief.oracle.possible(state, operation):
                continue
            for outcome in belief.oracle.outcomes(state, operation):
                found = next((label for label in outcome.labels if label in wanted), None)
                if found is not None:
                    return Way((*path, operation), found)
                if alike(outcome.state) not in met:
                    met.add(alike(outcome.state))
                    todo.append((outcome.state, (*path, operation)))
        if len(met) > limit:
            return Way()
    return Way(exhausted=True)
