"""Explores a system and looks at every transition with the safety properties on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bgsync.judge.property import Safety, View
from bgsync.system.step import State, Step
from bgsync.system.system import System
from bgsync.tables import TableGraph, Tables, explore
from bgsync.tables.multisets import Multiset
from bgsync.tables.tables import Way
from bgsync.tables.tabulated import Tabulated

Found = tuple[tuple[str, str | None], ...]
"""The ids whose premise a transition meets, and what breaks them."""


@dataclass(frozen=True)
class Breach:
    """The first step, in the order of a breadth-first search, that breaks a property."""

    source: int
    """The number of the state that it leaves."""
    step: Step
    message: str


@dataclass
class Watched:
    """The reachable graph of a system, and what the safety properties saw in it. Ids include their part."""

    system: System
    graph: TableGraph
    met: set[str] = field(default_factory=set)
    """The ids whose premise was met."""
    breaches: dict[str, Breach] = field(default_factory=dict)
    ran: set[int] = field(default_factory=set)
    """The instructions that ran."""
    pools: set[str] = field(default_factory=set)
    """The bounds that a run met, beyond which nothing is known."""

    @property
    def complete(self) -> bool:
        """Whether everything there is was seen."""
        return self.graph.complete and not self.pools

    def path(self, breach: Breach) -> list[Step]:
        """Give the steps of a shortest run that ends with a breach."""
        return [*(step for _, step, _ in self.graph.path(breach.source)), breach.step]


def full_id(base: str, part: str) -> str:
    """Join the id of a property and a part of it."""
    return f"{base}/{part}" if part else base


class _Watcher:
    """Sees every way at least once, and every transition whose judgement depends on its frame."""

    def __init__(self, watched: Watched, tables: Tables, properties: Sequence[Safety]) -> None:
        self.watched = watched
        self.looking: dict[str, list[Safety]] = {}
        for safety in properties:
            for kind in safety.kinds:
                self.looking.setdefault(kind, []).append(safety)
        self.judged = Tabulated(tables, self._judge)

    def __call__(self, source: int, way: Way, before: Multiset, after: Multiset | None) -> bool:
        watched, step = self.watched, way.step
        watched.ran.update(ran.pc for ran in step.executed)
        if not step.observations:
            return False
        watched.pools.update(str(seen.before) for seen in step.observations if seen.kind == "pool")
        for name, broken in self.judged.way(way, before, after):
            watched.met.add(name)
            if broken is not None and name not in watched.breaches:
                whole = step.after if step.after is None else step.after._replace(processes=_numbers(after))
                watched.breaches[name] = Breach(source, step._replace(after=whole), broken)
        return not self.judged.is_constant(way)

    def _judge(self, before: State, step: Step | None) -> Found:
        assert step is not None
        view = View(self.watched.system, before, step)
        return tuple(
            (full_id(safety.id, found.part), found.broken)
            for ran in step.executed
            for seen in ran.observations
            for safety in self.looking.get(seen.kind, ())
            for found in safety.look(view, seen, ran.pc)
        )


def _numbers(processes: Multiset | None) -> tuple[int, ...]:
    return () if processes is None else processes.numbers


def watch(
    system: System,
    properties: Sequence[Safety],
    *,
    limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    frame: bool = True,
) -> Watched:
    """Explore `system` and judge every transition. See `bgsync.explore.explore` for `limit` and `progress`.

    `frame=False` works every state out by itself, which gives the same and takes longer.
    """
    tables = Tables(system, frame=frame)
    watched = Watched(system, TableGraph(tables))
    watched.graph = explore(tables, _Watcher(watched, tables, properties), limit=limit, progress=progress)
    watched.pools |= watched.graph.pools
    return watched
