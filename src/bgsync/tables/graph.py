"""The reachable graph in arrays: a number per state, and per transition its target and its entry in the tables."""

from array import array
from collections.abc import Iterator

from bgsync.system.step import State, Step
from bgsync.tables.tables import Tables

Edge = tuple[int, Step, int]
"""Source, step and target."""


class TableGraph:
    """States are numbered in the order of a breadth-first search; transitions too, those of one state together."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.keys: list[int] = []
        """The number of each state in the tables."""
        self.index: dict[int, int] = {}
        self.parent = array("i")
        """A predecessor on a shortest path, -1 for an initial state."""
        self.starts = array("q", [0])
        """starts[i]: the first transition of state i; those of state i end where those of state i + 1 start."""
        self.targets = array("i")
        self.successors = array("i")
        self.complete = True
        """False when the search was interrupted or met a limit."""
        self.pools: set[str] = set()
        """The pools that turned out too small."""

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def transitions(self) -> int:
        """Count the transitions."""
        return len(self.targets)

    def state(self, number: int) -> State:
        """Give a state."""
        return self.tables.state(self.keys[number])

    def out(self, source: int) -> Iterator[int]:
        """Give the transitions out of a state."""
        return iter(range(self.starts[source], self.starts[source + 1]))

    def step(self, transition: int) -> Step:
        """Give the step of a transition, frame and all."""
        step = self.tables.successors[self.successors[transition]].step
        return step._replace(after=self.state(self.targets[transition]))

    def transitions_to(self, target: int) -> list[int]:
        """Give the transitions of a shortest path from an initial state."""
        return [transition for _, transition in self._back(target)][::-1]

    def path(self, target: int) -> list[Edge]:
        """Give a shortest path from an initial state."""
        back = [(source, self.step(transition), self.targets[transition]) for source, transition in self._back(target)]
        return back[::-1]

    def _back(self, target: int) -> Iterator[tuple[int, int]]:
        while (source := self.parent[target]) >= 0:
            yield source, next(t for t in self.out(source) if self.targets[t] == target)
            target = source
