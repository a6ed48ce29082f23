"""What an exploration found: the reachable states, every transition, and the shortest way to each state."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)
A = TypeVar("A", bound=Hashable)


@dataclass
class Graph(Generic[S, A]):
    """The reachable graph. States are numbered in the order of a breadth-first search, so number 0 is initial."""

    states: list[S] = field(default_factory=list)
    index: dict[S, int] = field(default_factory=dict)
    edges: list[list[tuple[A, int]]] = field(default_factory=list)
    """edges[i]: the (action, target number) of every transition out of state i."""
    parent: list[int] = field(default_factory=list)
    """parent[i]: a predecessor of state i on a shortest path, -1 for an initial state."""
    complete: bool = True
    """False when the search was interrupted or met a limit: absence of something is then no evidence."""

    @property
    def transitions(self) -> int:
        """Count the transitions."""
        return sum(len(out) for out in self.edges)

    def path(self, target: int) -> list[tuple[int, A, int]]:
        """Give a shortest path from an initial state to state `target`, as (source, action, target) triples."""
        steps: list[tuple[int, A, int]] = []
        while (source := self.parent[target]) >= 0:
            action = next(action for action, other in self.edges[source] if other == target)
            steps.append((source, action, target))
            target = source
        return steps[::-1]
