"""Explores a system and looks at every transition with the safety properties on the way."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bgsync.judge.property import Safety, View, full_id
from bgsync.system.observation import Observation, PoolMet
from bgsync.system.step import State, Step
from bgsync.system.system import System
from bgsync.tables import TableGraph, Tables, explore
from bgsync.tables.explore import Look, Taken
from bgsync.tables.index import Numbers
from bgsync.tables.multisets import Multiset
from bgsync.tables.over import over
from bgsync.tables.rows import Successor
from bgsync.tables.tabulated import Tabulated
from bgsync.tables.vectors import Vectors

Found = tuple[tuple[str, str | None], ...]
"""The ids whose premise a transition meets, and what breaks them."""


@dataclass(frozen=True)
class Breach:
    """A step that breaks a property."""

    source: int
    """The number of the state that it leaves."""
    successor: int
    """Its number in the tables."""
    message: str


@dataclass(frozen=True)
class Breaking:
    """All transitions by one successor that break a property in one way."""

    successor: int
    message: str
    sources: Numbers
    transitions: Numbers
    """Their numbers in the graph; of no meaning where the run ends by them."""
    ends: bool


@dataclass
class Watched:
    """The reachable graph of a system, and what the safety properties saw in it. Ids include their part."""

    system: System
    graph: TableGraph
    met: set[str] = field(default_factory=set)
    """The ids whose premise was met."""
    every: dict[str, list[Breaking]] = field(default_factory=dict)
    """All that breaks a property."""
    ran: set[int] = field(default_factory=set)
    """The instructions that ran."""
    pools: set[str] = field(default_factory=set)
    """The bounds that a run met, beyond which nothing is known."""

    @cached_property
    def breaches(self) -> dict[str, Breach]:
        """The first step that breaks each property that is broken."""
        firsts = {
            n: (Breach(int(o.sources[0]), o.successor, o.message) for o in some) for n, some in self.every.items()
        }
        return {name: min(some, key=lambda one: (one.source, one.successor)) for name, some in firsts.items()}

    @cached_property
    def breaking(self) -> dict[str, Numbers]:
        """For each property the transitions that break it, and after which the run goes on, sorted."""
        found = {name: [one.transitions for one in some if not one.ends] for name, some in self.every.items()}
        return {name: np.unique(np.concatenate(some)) for name, some in found.items() if some}

    def step(self, source: int, successor: int) -> Step:
        """Give the step by which a successor is taken in a state."""
        found = (t for t in self.graph.out(source) if self.graph.successors[t] == successor)
        transition = next(found, None)
        return self.graph.tables.successors[successor].step if transition is None else self.graph.step(transition)

    @property
    def states(self) -> int:
        """Count the states."""
        return len(self.graph)

    @property
    def transitions(self) -> int:
        """Count the transitions."""
        return self.graph.transitions

    @property
    def complete(self) -> bool:
        """Whether everything there is was seen."""
        return self.graph.complete and not self.pools

    def path(self, name: str) -> list[Step]:
        """Give the steps of a shortest run that ends with the breach of a property."""
        breach = self.breaches[name]
        return [*(step for _, step, _ in self.graph.path(breach.source)), self.step(breach.source, breach.successor)]


class Judgement:
    """Judges transitions by safety properties, each distinct one once, and notes which instructions ran."""

    def __init__(self, tables: Tables, properties: Sequence[Safety]) -> None:
        self.tables, self.system = tables, tables.system
        self.met: set[str] = set()
        self.ran: set[int] = set()
        self.pools: set[str] = set()
        self._looking: dict[type[Observation], list[Safety]] = {}
        for safety in properties:
            for kind in safety.kinds:
                self._looking.setdefault(kind, []).append(safety)
        self._judged = Tabulated(tables, self.of)

    def broken(self, successor: Successor, before: Multiset, after: Multiset | None) -> list[tuple[str, str]]:
        """Give the ids that a transition breaks, and how."""
        self.ran.update(ran.pc for ran in successor.step.executed)
        if not successor.step.observations:
            return []
        self.pools.update(seen.bound for seen in successor.step.observations if isinstance(seen, PoolMet))
        found = self.found(successor, before, after)
        self.met.update(name for name, _ in found)
        return [(name, broken) for name, broken in found if broken is not None]

    def all_broken(self, taken: Taken, vectors: Vectors) -> Iterator[tuple[str, int, str, Numbers]]:
        """Give the ids that transitions break, by which successor, how, and where among them."""
        successors = self.tables.successors
        used = np.unique(taken.successors).tolist()
        for number in used:
            step = successors[number].step
            self.ran.update(ran.pc for ran in step.executed)
            self.pools.update(seen.bound for seen in step.observations if isinstance(seen, PoolMet))
        seen = np.zeros(len(successors), bool)
        looked_at = (type(one) for number in used for one in successors[number].step.observations)
        if not any(kind in self._looking for kind in looked_at):
            return
        seen[[n for n in used if any(type(one) in self._looking for one in successors[n].step.observations)]] = True
        for ends in (False, True):
            items = np.flatnonzero(seen[taken.successors] & ((taken.after < 0) == ends))
            which, before = taken.successors[items], taken.before[items]
            after = None if ends else taken.after[items]
            values, value = over(self._judged, successors, which, vectors, before, after)
            for number, told in enumerate(values):
                self.met.update(name for name, _ in told)
                for name, broken in dict.fromkeys((name, broken) for name, broken in told if broken is not None):
                    there = items[value == number]
                    for successor in np.unique(taken.successors[there]).tolist():
                        yield name, successor, str(broken), there[taken.successors[there] == successor]

    def found(self, successor: Successor, before: Multiset, after: Multiset | None) -> Found:
        """Give the ids whose premise a transition meets, and what breaks them."""
        return self._judged(successor, before, after)

    def depends(self, successor: Successor) -> bool:
        """Whether the judgement of a successor, which was judged before, depends on its frame."""
        return bool(successor.step.observations) and not self._judged.is_constant(successor)

    def of(self, before: State, step: Step | None) -> Found:
        """Judge one transition."""
        assert step is not None
        view = View(self.system, before, step)
        return tuple(
            (full_id(safety.id, found.part), found.broken)
            for ran in step.executed
            for seen in ran.observations
            for safety in self._looking.get(type(seen), ())
            for found in safety.look(view, seen, ran.pc)
        )


def watch(
    system: System,
    properties: Sequence[Safety],
    *,
    limit: int | None = None,
    progress: Callable[[int, int, int], None] | None = None,
    frame: bool = True,
) -> Watched:
    """Explore `system` and judge every transition. See `bgsync.tables.explore` for `limit` and `progress`.

    `frame=False` works every state out by itself, which gives the same and takes longer.
    """
    return watch_tables(Tables(system, frame=frame), properties, limit=limit, progress=progress)


def watch_tables(
    tables: Tables,
    properties: Sequence[Safety],
    *,
    limit: int | None = None,
    progress: Callable[[int, int, int], None] | None = None,
    starts: Iterable[State] | None = None,
) -> Watched:
    """Explore by tables, from the initial state or from `starts`, and judge every transition.

    Where a sentence may do anything it ends with the first thing of which there can be more than is looked at.
    """
    judgement = Judgement(tables, properties)
    watched = Watched(tables.system, TableGraph(tables), judgement.met, {}, judgement.ran, judgement.pools)
    found = dict[tuple[str, int, str, bool], list[tuple[Numbers, Numbers]]]()

    def look(graph: TableGraph) -> Look:
        def looks(taken: Taken) -> None:
            for name, successor, message, items in judgement.all_broken(taken, graph.vectors):
                ends = taken.after[items[0]] < 0
                one = found.setdefault((name, successor, message, bool(ends)), [])
                one.append((taken.sources[items], items + taken.first))

        return looks

    enough = _met_a_pool() if tables.system.scenario.not_understood == "anything" else None
    watched.graph = explore(tables, look, limit=limit, progress=progress, starts=starts, enough=enough)
    for (name, successor, message, ends), parts in found.items():
        sources, transitions = (np.concatenate(one) for one in zip(*parts, strict=True))
        watched.every.setdefault(name, []).append(Breaking(successor, message, sources, transitions, ends))
    watched.pools |= watched.graph.pools
    return watched


def _met_a_pool() -> Callable[[TableGraph], bool]:
    """Make what says whether anything turned out too small in an exploration so far: then nothing is said to hold."""
    known = 0

    def met(graph: TableGraph) -> bool:
        nonlocal known
        new, known = graph.tables.successors[known:], len(graph.tables.successors)
        return bool(graph.pools) or any(isinstance(seen, PoolMet) for one in new for seen in one.step.observations)

    return met
