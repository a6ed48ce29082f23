"""The reachable graph in arrays: two numbers per state, and per transition its target and its entry in the tables."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import numpy as np

from bgsync.system.step import State, Step
from bgsync.tables.index import Numbers
from bgsync.tables.tables import Tables
from bgsync.tables.vectors import Vectors

Edge = tuple[int, Step, int]
"""Source, step and target."""


class TableGraph:
    """States are numbered in the order of a breadth-first search; transitions too, those of one state together."""

    def __init__(self, tables: Tables, vectors: Vectors | None = None) -> None:
        self.tables, self.vectors = tables, vectors or Vectors(tables.groups)
        nothing: Numbers = np.zeros(0, np.int32)
        self.bases, self.processes = nothing, nothing
        """The base and the multiset of the groups of each state: their numbers in `tables` and `vectors`."""
        self.parent = nothing
        """A predecessor on a shortest path, -1 for an initial state."""
        self.starts: Numbers = np.zeros(1, np.int64)
        """starts[i]: the first transition of state i; those of state i end where those of state i + 1 start."""
        self.targets, self.successors = nothing, nothing
        self.ended: tuple[Numbers, Numbers] = nothing, nothing
        """The sources and the successors of the transitions by which the run ends."""
        self.complete = True
        """False when the search was interrupted or met a limit."""
        self.pools: set[str] = set()
        """The pools that turned out too small."""

    def __len__(self) -> int:
        return len(self.bases)

    @property
    def transitions(self) -> int:
        """Count the transitions."""
        return len(self.targets)

    def state(self, number: int) -> State:
        """Give a state."""
        groups = self.vectors.groups_of(int(self.processes[number]))
        return self.tables.whole(self.tables.bases[self.bases[number]], groups)

    def out(self, source: int) -> Iterator[int]:
        """Give the transitions out of a state."""
        return iter(range(int(self.starts[source]), int(self.starts[source + 1])))

    def step(self, transition: int) -> Step:
        """Give the step of a transition, frame and all."""
        step: Step = self.tables.successors[self.successors[transition]].step
        return step._replace(after=self.state(int(self.targets[transition])))

    def transitions_to(self, target: int) -> list[int]:
        """Give the transitions of a shortest path from an initial state."""
        return [transition for _, transition in self._back(target)][::-1]

    def path(self, target: int) -> list[Edge]:
        """Give a shortest path from an initial state."""
        back = [(source, self.step(t), int(self.targets[t])) for source, t in self._back(target)]
        return back[::-1]

    def _back(self, target: int) -> Iterator[tuple[int, int]]:
        while (source := int(self.parent[target])) >= 0:
            yield source, next(t for t in self.out(source) if self.targets[t] == target)
            target = source


class Growing:
    """A graph that is being made state by state."""

    def __init__(self, tables: Tables) -> None:
        self.graph = TableGraph(tables)
        self.index: dict[int, int] = {}
        self.keys = list[int]()
        """The number of each state in the tables."""
        self.starts, self.targets, self.successors = array("q", [0]), array("q"), array("q")

    def number(self, key: int) -> tuple[int, bool]:
        """Number a state the first time that it is met; say whether it is."""
        known = self.index.get(key)
        if known is not None:
            return known, False
        self.index[key] = len(self.keys)
        self.keys.append(key)
        return len(self.keys) - 1, True

    def done(self) -> TableGraph:
        """Give the graph."""
        graph, known = self.graph, self.graph.tables.multisets.known
        keys = np.array(self.keys, np.int64)
        used, which = np.unique(keys & 0xFFFFFFFF, return_inverse=True)
        numbers = [graph.vectors.of(known[place].numbers) for place in used.tolist()]
        graph.bases, graph.processes = keys >> 32, np.array(numbers, np.int64)[which]
        graph.parent = np.full(len(keys), -1, np.int64)
        graph.starts, graph.targets, graph.successors = (
            np.array(one, np.int64) for one in (self.starts, self.targets, self.successors)
        )
        return graph
