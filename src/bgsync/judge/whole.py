"""Explores a system and looks at every transition with the safety properties on the way."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bgsync.judge.property import Safety, View
from bgsync.system.observation import Observation, PoolMet
from bgsync.system.step import State, Step
from bgsync.system.system import System
from bgsync.tables import TableGraph, Tables, explore
from bgsync.tables.multisets import Multiset
from bgsync.tables.tables import Successor
from bgsync.tables.tabulated import Tabulated

Found = tuple[tuple[str, str | None], ...]
"""The ids whose premise a transition meets, and what breaks them."""


@dataclass(frozen=True)
class Breach:
    """A step that breaks a property."""

    source: int
    """The number of the state that it leaves."""
    successor: int
    """Its number in the tables."""
    step: Step
    message: str


@dataclass
class Watched:
    """The reachable graph of a system, and what the safety properties saw in it. Ids include their part."""

    system: System
    graph: TableGraph
    met: set[str] = field(default_factory=set)
    """The ids whose premise was met."""
    every: dict[str, list[Breach]] = field(default_factory=dict)
    """All steps that break a property, in the order of a breadth-first search."""
    ran: set[int] = field(default_factory=set)
    """The instructions that ran."""
    pools: set[str] = field(default_factory=set)
    """The bounds that a run met, beyond which nothing is known."""

    @property
    def breaches(self) -> dict[str, Breach]:
        """The first step that breaks each property that is broken."""
        return {name: breaches[0] for name, breaches in self.every.items()}

    @cached_property
    def breaking(self) -> dict[int, list[str]]:
        """The transitions that break properties after which the run goes on, with the ids of these."""
        graph, wanted = self.graph, dict[tuple[int, int], list[str]]()
        for name, breaches in self.every.items():
            for breach in breaches:
                wanted.setdefault((breach.source, breach.successor), []).append(name)
        found = dict[int, list[str]]()
        for source, successor in wanted:
            for transition in graph.out(source):
                if graph.successors[transition] == successor:
                    found[transition] = wanted[source, successor]
        return found

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
        return [*(step for _, step, _ in self.graph.path(breach.source)), breach.step]


def full_id(base: str, part: str) -> str:
    """Join the id of a property and a part of it."""
    return f"{base}/{part}" if part else base


class Judgement:
    """Judges transitions by safety properties, each distinct one once, and notes which instructions ran."""

    def __init__(self, tables: Tables, properties: Sequence[Safety]) -> None:
        self.system = tables.system
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

    def found(self, successor: Successor, before: Multiset, after: Multiset | None) -> Found:
        """Give the ids whose premise a transition meets, and what breaks them."""
        return self._judged.successor(successor, before, after)

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


def _numbers(processes: Multiset | None) -> tuple[int, ...]:
    return () if processes is None else processes.numbers


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
    """Explore by tables, from the initial state or from `starts`, and judge every transition."""
    judgement = Judgement(tables, properties)
    watched = Watched(tables.system, TableGraph(tables), judgement.met, {}, judgement.ran, judgement.pools)

    def look(source: int, successor: Successor, before: Multiset, after: Multiset | None) -> bool:
        found = judgement.broken(successor, before, after)
        for name, broken in found:
            step = successor.step
            whole = step.after if step.after is None else step.after._replace(processes=_numbers(after))
            breach = Breach(source, successor.index, step._replace(after=whole), broken)
            watched.every.setdefault(name, []).append(breach)
        return bool(found) or judgement.depends(successor)

    watched.graph = explore(tables, look, limit=limit, progress=progress, starts=starts)
    watched.pools |= watched.graph.pools
    return watched
