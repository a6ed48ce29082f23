"""Breadth-first exploration of a model: the reference, plain and complete; every faster engine is held against it."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from bgsync.explore.graph import Graph
from bgsync.explore.model import Model

S = TypeVar("S", bound=Hashable)
A = TypeVar("A", bound=Hashable)


def explore(
    model: Model[S, A],
    *,
    limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Graph[S, A]:
    """Visit every reachable state of `model`, nearest first.

    `limit` stops after that many states. `progress(states, depth)` is called once a thousand states; when it, or the
    user, raises KeyboardInterrupt, what was found so far is returned. Either way `complete` is then False.
    """
    graph: Graph[S, A] = Graph()

    def number(state: S, parent: int) -> int:
        known = graph.index.get(state)
        if known is None:
            known = graph.index[state] = len(graph.states)
            graph.states.append(state)
            graph.parent.append(parent)
            graph.edges.append([])
        return known

    try:
        for state in model.initial_states():
            number(state, -1)
        current, depth, depth_ends = 0, 0, len(graph.states)
        while current < len(graph.states):
            if limit is not None and len(graph.states) >= limit:
                graph.complete = False
                break
            if progress is not None and current % 1000 == 0:
                progress(len(graph.states), depth)
            out = [(action, number(state, current)) for action, state in model.successors(graph.states[current])]
            graph.edges[current] = out
            current += 1
            if current == depth_ends:
                depth, depth_ends = depth + 1, len(graph.states)
    except KeyboardInterrupt:
        graph.complete = False
    return graph
