"""Breadth-first exploration by tables: the same states and transitions as `bgsync.explore.explore`, by look-up."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bgsync.pauses import pause
from bgsync.system.collect import POOLS
from bgsync.system.step import State
from bgsync.tables.graph import TableGraph
from bgsync.tables.index import Index, Numbers
from bgsync.tables.lookup import Lookup
from bgsync.tables.tables import Tables

MOST = POOLS["invocations"]

AT_ONCE = 8192
"""How many states are expanded at once at most."""


class Taken(NamedTuple):
    """Transitions that were found: first those of the graph, in their order, then those by which the run ends."""

    first: int
    """The number of the first one that does not end the run."""
    sources: Numbers
    successors: Numbers
    before: Numbers
    after: Numbers
    """The groups after it, -1 where the run ends."""


Look = Callable[[Taken], None]

LOOKED_AT = 100_000
"""How many transitions are looked at together."""


def explore(
    tables: Tables,
    look: Callable[[TableGraph], Look] | None = None,
    *,
    limit: int | None = None,
    progress: Callable[[int, int, int], None] | None = None,
    starts: Iterable[State] | None = None,
    enough: Callable[[TableGraph], bool] | None = None,
) -> TableGraph:
    """Visit every reachable state, nearest first. `limit` and `progress` are those of `bgsync.explore.explore`,
    but `progress` is called more often, and also with how many states are left to do.

    `look` is asked once what looks at all transitions, and that is called again and again.
    With `starts` it begins there instead of in the initial state, and it ends where `enough` says so.
    A state with more processes than the pool has room for is left out, and `pools` says so.
    """
    starts = tables.system.initial_states() if starts is None else starts
    search = _Search(tables, starts, looks=look is not None)
    looks = None if look is None else look(search.graph)
    try:
        while search.current < search.size:
            pause()
            if (limit is not None and search.size >= limit) or (enough is not None and enough(search.graph)):
                search.graph.complete = False
                break
            if progress is not None:
                progress(search.size, search.depth, search.size - search.current)
            search.expand(limit)
            if looks is not None and search.pending > LOOKED_AT:
                looks(search.taken())
    except KeyboardInterrupt:
        search.graph.complete = False
    graph = search.done()
    try:
        if looks is not None:
            looks(search.taken())
    except KeyboardInterrupt:
        graph.complete = False
    return graph


class _Search:
    """A search on its way."""

    def __init__(self, tables: Tables, starts: Iterable[State], *, looks: bool) -> None:
        self.tables, self.graph, self.looks = tables, TableGraph(tables), looks
        self.vectors = self.graph.vectors
        self.lookup, self.index = Lookup(tables, self.vectors), Index()
        parts = [tables.split(state) for state in starts]
        bases = np.array([base.index for base, _ in parts], np.int64)
        processes = np.array([self.vectors.of(groups.numbers) for _, groups in parts], np.int64)
        _, new = self.index.number((bases << 32 | processes).astype(np.uint64))
        self.bases, self.processes, self.parents = list[Numbers](), list[Numbers](), list[Numbers]()
        self.targets, self.successors, self.counts = list[Numbers](), list[Numbers](), list[Numbers]()
        self.ended: list[tuple[Numbers, Numbers]] = []
        self.size, self.current, self.depth = 0, 0, 0
        self._add(bases[new], processes[new], np.full(len(new), -1, np.int64))
        self.level: tuple[Numbers, Numbers] = bases[new], processes[new]
        self.base_of: Numbers = np.zeros(0, np.int64)
        self.pending, self.looked = 0, 0
        self.passed, self.passed_ends = list[tuple[Numbers, ...]](), list[tuple[Numbers, ...]]()

    def expand(self, limit: int | None) -> None:
        """Expand the next states of a level, and as many of them as lead to no more states than the limit."""
        bases, processes = (one[:AT_ONCE].astype(np.int64) for one in self.level)
        found = self.lookup(bases, processes)
        sources, successors, rows = found
        bases_after = self._bases_after()[successors]
        goes_on = bases_after >= 0
        ended = sources[~goes_on], successors[~goes_on]
        sources, successors, into = sources[goes_on], successors[goes_on], bases_after[goes_on]
        after = self.vectors.add(rows[goes_on])
        small = self.vectors.sizes(after) <= MOST
        if not small.all():
            self.graph.pools.add(f"invocations ({MOST})")
            sources, successors, into, after = (one[small] for one in (sources, successors, into, after))
        words = (into << 32 | after).astype(np.uint64)
        done = len(bases)
        if limit is not None:
            done = self._allowed(words, sources, done, limit)
            if done < len(bases):
                kept = sources < done
                sources, successors, into, after = (one[kept] for one in (sources, successors, into, after))
                words = words[kept]
                ended = ended[0][ended[0] < done], ended[1][ended[0] < done]
        targets, new = self.index.number(words)
        self.targets.append(_small(targets))
        self.successors.append(_small(successors))
        self.counts.append(np.bincount(sources, minlength=done))
        self.ended.append((ended[0] + self.current, ended[1]))
        if self.looks:
            self.pending += len(targets) + len(ended[0])
            self.passed.append((sources + self.current, successors, processes[sources], after))
            self.passed_ends.append((*self.ended[-1], processes[ended[0]], np.full(len(ended[0]), -1)))
        self._add(into[new], after[new], sources[new] + self.current)
        self._next(done)

    def taken(self) -> Taken:
        """Give the transitions that were found since this was asked last."""
        first = self.looked
        self.looked += sum(len(one[0]) for one in self.passed)
        nothing = [(np.zeros(0, np.int64),) * 4]
        parts = (np.concatenate(one) for one in zip(*(self.passed + self.passed_ends or nothing), strict=True))
        self.pending, self.passed, self.passed_ends = 0, [], []
        return Taken(first, *parts)

    def _allowed(self, words: NDArray[np.uint64], sources: Numbers, done: int, limit: int) -> int:
        """Say how many states may be expanded until there are as many as the limit."""
        missing = np.flatnonzero(self.index.find(words) < 0)
        _, first = np.unique(words[missing], return_index=True)
        first = np.sort(missing[first])
        room = limit - self.size
        return done if len(first) < room else int(sources[first[room - 1]]) + 1

    def _add(self, bases: Numbers, processes: Numbers, parents: Numbers) -> None:
        for known, more in zip((self.bases, self.processes, self.parents), (bases, processes, parents), strict=True):
            known.append(_small(more))
        self.size += len(bases)

    def _next(self, done: int) -> None:
        self.current += done
        self.level = self.level[0][done:], self.level[1][done:]
        if not len(self.level[0]):
            self.bases, self.processes = [np.concatenate(self.bases)], [np.concatenate(self.processes)]
            self.level = self.bases[0][self.current :], self.processes[0][self.current :]
            self.depth += 1

    def _bases_after(self) -> Numbers:
        """Give the base after each successor, -1 where the run ends."""
        successors = self.tables.successors
        if len(self.base_of) < len(successors):
            more = [-1 if one.base is None else one.base.index for one in successors[len(self.base_of) :]]
            self.base_of = np.append(self.base_of, np.array(more, np.int64))
        return self.base_of

    def done(self) -> TableGraph:
        """Give the graph."""
        graph = self.graph
        graph.bases, graph.processes, graph.parent = map(np.concatenate, (self.bases, self.processes, self.parents))
        counts = np.concatenate([*self.counts, np.zeros(self.size - self.current, np.int64)])
        graph.starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        nothing = [np.zeros(0, np.int64)]
        graph.targets, graph.successors = (np.concatenate(one or nothing) for one in (self.targets, self.successors))
        sources, successors = zip(*self.ended, strict=True) if self.ended else (nothing, nothing)
        graph.ended = np.concatenate(sources), np.concatenate(successors)
        return graph


def _small(numbers: Numbers) -> Numbers:
    """Give numbers in half the room."""
    return numbers.astype(np.int32)
