"""Explores a system and looks at every transition with the safety properties on the way."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bgsync.explore import Graph, Model, explore
from bgsync.judge.property import Safety, View
from bgsync.system.step import State, Step
from bgsync.system.system import System


@dataclass(frozen=True)
class Breach:
    """The first step, in the order of a breadth-first search, that breaks a property."""

    source: State
    step: Step
    message: str


@dataclass
class Watched:
    """The reachable graph of a system, and what the safety properties saw in it. Ids include their part."""

    system: System
    graph: Graph[State, Step]
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


def full_id(base: str, part: str) -> str:
    """Join the id of a property and a part of it."""
    return f"{base}/{part}" if part else base


class _Watcher(Model[State, Step]):
    """The system as a model whose actions are whole steps, judged as they are found."""

    def __init__(self, watched: Watched, properties: Sequence[Safety]) -> None:
        self.watched = watched
        self.looking: dict[str, list[Safety]] = {}
        for safety in properties:
            for kind in safety.kinds:
                self.looking.setdefault(kind, []).append(safety)

    def initial_states(self) -> Iterable[State]:
        return self.watched.system.initial_states()

    def actions(self, state: State) -> Iterable[Step]:
        return (step for step in self.watched.system.steps(state) if step.after is not None)

    def next_state(self, state: State, action: Step) -> State | None:
        return action.after

    def successors(self, state: State) -> Iterable[tuple[Step, State]]:
        watched = self.watched
        for step in watched.system.steps(state):
            watched.ran.update(ran.pc for ran in step.executed)
            watched.pools.update(str(seen.before) for seen in step.observations if seen.kind == "pool")
            if step.observations:
                self._judge(state, step)
            if step.after is not None:
                yield step, step.after

    def _judge(self, state: State, step: Step) -> None:
        watched, view = self.watched, View(self.watched.system, state, step)
        for ran in step.executed:
            for seen in ran.observations:
                for safety in self.looking.get(seen.kind, ()):
                    for found in safety.look(view, seen, ran.pc):
                        name = full_id(safety.id, found.part)
                        watched.met.add(name)
                        if found.broken is not None and name not in watched.breaches:
                            watched.breaches[name] = Breach(state, step, found.broken)


def watch(
    system: System,
    properties: Sequence[Safety],
    *,
    limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Watched:
    """Explore `system` and judge every transition. See `bgsync.explore.explore` for `limit` and `progress`."""
    watched = Watched(system, Graph())
    watched.graph = explore(_Watcher(watched, properties), limit=limit, progress=progress)
    return watched
