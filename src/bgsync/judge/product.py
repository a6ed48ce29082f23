"""Judges a system of several tags by its product.

*Safety*: a transition of a component breaks a property in whatever company, so each is judged once, and counts when
some reachable state takes it. *Liveness*: what a fair endless run of the whole does to one tag is a fair endless run of
that tag in some company, where the rest may do anything at any time, or make it stand still. If no such run breaks the
property, no run of the whole does: a proof by over-approximation, as in assume-guarantee reasoning with the weakest
assumption (Clarke, Grumberg and Peled, Model Checking, 1999, chapter 12). If one does, one tag alone is asked, whose
runs are runs of the whole; and where neither decides, the whole is looked at state by state, up to a limit.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from bgsync.judge.fair_loop import Rejected
from bgsync.judge.lassos import Search
from bgsync.judge.property import Liveness, Property, Safety, View
from bgsync.judge.whole import Judgement, Watched, watch_tables
from bgsync.product.arrays import closed
from bgsync.product.component import Component, Departure, Transition
from bgsync.product.minimise import Colours
from bgsync.product.reached import Reached
from bgsync.product.resources import NOTHING_ELSE, Resources
from bgsync.product.search import FAST, Rounds, reachable
from bgsync.product.traces import NoRunError, Walk, runs_to
from bgsync.system.state import Shared
from bgsync.system.step import State, Step
from bgsync.system.system import System
from bgsync.tables import Tables


@dataclass
class ProductBreach:
    """What breaks a property: transitions of components, or one of a removed object that is by itself."""

    id: str
    message: str
    moves: list[tuple[int, Transition]] = field(default_factory=list)
    """The transitions, each with the table of its component; before what is followed by itself, those that leave it."""
    alone: tuple[State, ...] = ()
    """The states of what is followed by itself, up to the one that the transition leaves."""


@dataclass
class WatchedProduct:
    """What was reached of a product, and what the safety properties saw in it."""

    reached: Reached
    properties: Sequence[Safety]
    fast: bool
    complete: bool
    disjoint: dict[int, Watched] = field(default_factory=dict)
    """By table: the removed objects that are followed by themselves."""
    met: set[str] = field(default_factory=set)
    breaches: dict[str, ProductBreach] = field(default_factory=dict)
    ran: set[int] = field(default_factory=set)
    pools: set[str] = field(default_factory=set)

    @property
    def system(self) -> System:
        """The system."""
        return self.reached.closed.system

    @property
    def states(self) -> int:
        """Count the states, those of removed objects for every tag."""
        return self.reached.states + sum(many for _, many, _ in self._alone())

    @property
    def transitions(self) -> int:
        """Count the transitions."""
        return self.reached.transitions + sum(many * out for _, many, out in self._alone())

    def _alone(self) -> list[tuple[State, int, int]]:
        """Give the states of removed objects, how often there is one like it, and its transitions."""
        homes, found, empty = self.reached.closed.product.homes[1:], [], set[object]()
        monitor, tags = self.system.monitor, self.system.scenario.tag_names
        for table, watched in self.disjoint.items():
            graph = watched.graph
            for number in range(len(graph)):
                state, out = graph.state(number), int(graph.starts[number + 1] - graph.starts[number])
                if any(state.shared.heap) or any(monitor.part(state.memory, tag) for tag in tags):  # it is of a tag
                    found.append((state, homes.count(table), out))
                elif state not in empty:
                    empty.add(state)
                    found.append((state, 1, out))
        return found

    def path(self, name: str) -> list[Step]:
        """Give the steps of a shortest run that ends with the breach of a property.

        Raises Rejected where the interpreter does not take a step that the product has.
        """
        try:
            return self._run_to(name)
        except NoRunError as reason:
            raise Rejected(reason) from reason

    def _run_to(self, name: str) -> list[Step]:
        breach = self.breaches[name]
        walk = Walk(self.reached.closed)
        run, (table, _) = runs_to(self.reached.closed, breach.moves, fast=self.fast)
        steps = walk.steps(run)
        (state,) = self.system.initial_states() if not steps else (steps[-1].after,)
        for wanted in breach.alone:
            assert state is not None
            step = walk.alone(state, wanted, table)
            steps.append(step)
            state = step.after
        assert state is not None
        judge = Judgement(self.reached.closed.tables, self.properties)
        for step in self.system.steps(state):
            if any(name == breach.id and broken is not None for name, broken in judge.of(state, step)):
                return [*steps, step]
        raise NoRunError("the interpreter has no step that breaks it")


MOST = 200_000
"""How many states of one tag are put into tables, where no limit says so."""


def colours(tables: Tables, properties: Sequence[Property]) -> Colours:
    """Say what properties can tell apart: what is owed, where that is a premise; what a step does, meets and breaks."""
    judgement = Judgement(tables, [prop for prop in properties if isinstance(prop, Safety)])
    owing = [prop for prop in properties if isinstance(prop, Liveness) and prop.premise is None]
    seen: dict[int, Hashable] = {}

    def local(component: Component, number: int) -> Hashable:
        heap, processes, memory = component.locals[number]
        context = component.contexts.known[0]
        state = State(Shared(context.machines, heap), processes, context.due, memory)
        return tuple(any(True for _ in prop.owed(component.system, state)) for prop in owing)

    def move(component: Component, move: Transition) -> Hashable:
        successor = move.successor
        if successor.index not in seen:
            seen[successor.index] = tuple(
                (ran.pc, tuple(one.kind for one in ran.observations)) for ran in successor.step.executed
            )
        return seen[successor.index], judgement.found(successor, move.before, move.after)

    return Colours(local, move)


def watch_product(
    system: System,
    properties: Sequence[Property],
    *,
    minimise: bool = True,
    symmetry: bool = True,
    limit: int | None = None,
    progress: Rounds | None = None,
    fast: bool = FAST,
    resources: Resources = NOTHING_ELSE,
) -> WatchedProduct:
    """Explore a system by its product, and judge every transition. Raises NotSeparableError.

    With `symmetry`, states that differ in which tag is where are one, and counted as many: the compiled kernels are
    needed for it. With `minimise` it is the product of what the properties can tell apart, and so are the states that
    are counted.
    """
    symmetry = symmetry and fast
    tables = Tables(system)
    told = colours(tables, properties) if minimise else None
    most, pause = MOST if limit is None else limit, partial(progress, 0, 0, 0) if progress else lambda: None
    whole = closed(tables, limit=most, colours=told, pause=pause)
    pages, complete = reachable(
        whole.product, fast=fast, symmetry=symmetry, limit=limit, progress=progress, resources=resources
    )
    safety = [prop for prop in properties if isinstance(prop, Safety)]
    watched = WatchedProduct(Reached(whole, pages, symmetry, fast), safety, fast, complete)
    watched.ran |= whole.ran
    for table, part in enumerate(whole.parts):
        _look(watched, table, part)
    for table, part in enumerate(whole.parts):
        left = [d for d in part.departures if watched.reached.times(table, d.move)]
        if left:
            _look_disjoint(watched, table, part, left)
    return watched


def _look(watched: WatchedProduct, table: int, part: Component) -> None:
    judgement = Judgement(part.tables, watched.properties)
    for move in chain(part.steps, (p.move for p in part.parts), (d.move for d in part.departures)):
        if watched.reached.times(table, move):
            for name, broken in judgement.broken(move.successor, move.before, move.after):
                watched.breaches.setdefault(name, ProductBreach(name, broken)).moves.append((table, move))
    _add(watched, judgement.met, judgement.ran, judgement.pools)


def _look_disjoint(watched: WatchedProduct, table: int, part: Component, left: list[Departure]) -> None:
    starts = dict.fromkeys(d.key for d in left)
    alone = watch_tables(part.tables, watched.properties, starts=map(part.tables.state, starts))
    watched.disjoint[table] = alone
    for name, breach in alone.breaches.items():
        if name not in watched.breaches:
            path = [alone.graph.state(source) for source, _, _ in alone.graph.path(breach.source)]
            path.append(alone.graph.state(breach.source))
            moves = [(table, d.move) for d in left if d.key == part.tables.key(path[0])]
            watched.breaches[name] = ProductBreach(name, breach.message, moves, tuple(path))
    _add(watched, alone.met, alone.ran, alone.pools)


def _add(watched: WatchedProduct, met: set[str], ran: set[int], pools: set[str]) -> None:
    watched.met |= met
    watched.ran |= ran
    watched.pools |= pools
    watched.complete = watched.complete and not watched.pools


# --- liveness


def is_proved(watched: WatchedProduct, liveness: Liveness) -> bool:
    """Whether no fair endless run of a component in any company breaks a property, nor one of what is by itself."""
    parts = [Watched(part.system, part.graph) for part in watched.reached.closed.parts]
    return watched.complete and not any(_lasso(one, liveness) for one in (*parts, *watched.disjoint.values()))


def _lasso(watched: Watched, liveness: Liveness) -> bool:
    search = Search(watched)
    regions = search.where(lambda state: liveness.owed(watched.system, state))
    return any(True for owed, region in regions.items() for _ in search.in_region(liveness, owed, region, frozenset()))


def premise_met(watched: WatchedProduct, liveness: Liveness) -> bool:
    """Whether what is reached meets the premise of a property."""
    reached, system = watched.reached, watched.system
    for table, part in enumerate(reached.closed.parts):
        moves = (*part.steps, *(p.move for p in part.parts), *(d.move for d in part.departures))
        for move in moves:
            if reached.times(table, move):
                before = move.leaves
                if liveness.premise is None:
                    if any(True for _ in liveness.owed(system, before)):
                        return True
                elif liveness.premise(View(system, before, move.step)):
                    return True
    return False
