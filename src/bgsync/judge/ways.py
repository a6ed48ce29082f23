"""Shortest ways to each state, one for each change that can come last on the way.

A shortest way to a state hides every other way that leads to it, and with them what else can bring it about. So the
search is over pairs of a state and a mark: that of the last marked transition on the way (0: none yet), or those of
the last two.
"""

from collections.abc import Iterator

import numpy as np

from bgsync.pauses import pause
from bgsync.tables.graph import TableGraph
from bgsync.tables.index import Mask, Numbers

MOST = 20_000_000
"""How many pairs of a state and a mark are looked at; of a larger graph only the shortest way to each state is kept."""


class Ways:
    """What a breadth-first search found from the initial states, over the transitions that are `kept`."""

    def __init__(self, graph: TableGraph, kept: Mask, marks: Numbers | None = None, *, two: bool = False) -> None:
        """`two`: a mark is that of the last two marked transitions."""
        self.single = single = 1 if marks is None or not len(marks) else int(marks.max()) + 1
        self.many = single * single if two else single
        if marks is None or self.many * len(graph) > MOST:
            self.many, marks, two = 1, np.zeros(graph.transitions, np.int64), False
        starts, targets = graph.starts, graph.targets
        size = len(graph) * self.many
        self._came, self._before = np.full(size, -2, np.int32), np.full(size, -1, np.int32)
        self.depth: Numbers = np.full(size, -1, np.int32)
        """How many transitions lead to each pair, -1 where there is no way."""
        level, depth = np.flatnonzero(graph.parent < 0) * self.many, 0
        self._came[level], self.depth[level] = -1, 0
        while len(level):
            pause()
            depth += 1
            states = level // self.many
            first, count = starts[states], starts[states + 1] - starts[states]
            out = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
            source = np.repeat(level, count)
            out, source = out[kept[out]], source[kept[out]]
            known, last = source % self.many, marks[out]
            after = known % single * single + last if two else last
            pairs = targets[out] * self.many + np.where(last > 0, after, known)
            new = self._came[pairs] == -2
            out, source, pairs = out[new], source[new], pairs[new]
            places = np.arange(len(pairs), dtype=np.int32)
            self._came[pairs[::-1]] = places[::-1]  # the first one of each pair stays
            order = np.flatnonzero(self._came[pairs] == places)
            level = pairs[order]
            self._came[level], self._before[level], self.depth[level] = out[order], source[order], depth

    def into(self, states: Numbers) -> Iterator[tuple[int, int, int]]:
        """Give each mark that can come last on the way into some states, with the length, and the nearest of them."""
        depths = self.depth.reshape(-1, self.many)[states]
        depths = np.where(depths < 0, np.iinfo(np.int32).max, depths)
        for mark, place in enumerate(depths.argmin(0).tolist()):
            if self.depth[states[place] * self.many + mark] >= 0:
                yield mark, int(depths[place, mark]), int(states[place])

    def both(self, mark: int) -> frozenset[int]:
        """Give the marks of the last two transitions, in any order."""
        return frozenset(divmod(mark, self.single))

    def reaches(self) -> Mask:
        """Say of each state whether there is a way to it."""
        return np.asarray((self.depth.reshape(-1, self.many) >= 0).any(1))

    def path(self, state: int, mark: int = 0) -> list[int]:
        """Give the transitions of a shortest way to a state whose last mark is this one."""
        path, pair = list[int](), state * self.many + mark
        while (transition := int(self._came[pair])) >= 0:
            path.append(transition)
            pair = int(self._before[pair])
        return path[::-1]
