"""Strongly connected components of a graph in arrays, and shortest paths within one."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from bgsync.pauses import pause
from bgsync.tables.graph import Edge
from bgsync.tables.index import Numbers


class Component(NamedTuple):
    """A strongly connected component that has transitions: its states, sorted, and the transitions within."""

    states: Numbers
    transitions: Numbers


def numbered(nodes: int, sources: Numbers, targets: Numbers) -> tuple[int, Numbers]:
    """Count the strongly connected components of a graph, and number that of each node."""
    edges = csr_array((np.ones(len(sources), np.int8), (sources, targets)), shape=(nodes, nodes))
    count, home = connected_components(edges, connection="strong")
    return int(count), home.astype(np.int64)


def by_number(numbers: Numbers) -> list[Numbers]:
    """Give the places of each number there is, from 0 on, in order."""
    ends = np.cumsum(np.bincount(numbers))
    return np.split(np.argsort(numbers, kind="stable"), ends[:-1]) if len(ends) else []


def nearest(out: Callable[[int], list[Edge]], start: int, goals: list[Callable[[Edge], bool]]) -> list[Edge]:
    """Give a shortest path from `start` whose last edge meets one of the goals."""
    came: dict[int, Edge | None] = {start: None}
    queue = deque([start])
    while queue:
        pause()
        here = queue.popleft()
        for edge in out(here):
            if any(goal(edge) for goal in goals):
                path = [edge]
                back = came[here]
                while back is not None:
                    path.append(back)
                    back = came[back[0]]
                return path[::-1]
            if edge[2] not in came:
                came[edge[2]] = edge
                queue.append(edge[2])
    raise AssertionError("a strongly connected component has a path between any two of its states")
