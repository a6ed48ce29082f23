"""Fair endless runs: finds a lasso that breaks a liveness property, or shows that there is none.

A run that stays in part of the graph for ever stays in one strongly connected component of it in the end. Where a
component is not fair since it never does what it must do when a condition comes back again and again, the states with
that condition are taken out, and what is left is split again: the textbook's algorithm for Streett conditions (Baier
and Katoen, Principles of Model Checking, 2008). `bgsync.judge.fairness` says what fair means.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, partial, reduce
from operator import or_

import numpy as np

from bgsync.judge.causes import Causes
from bgsync.judge.components import Bits, Component, Components, components, nearest
from bgsync.judge.fairness import Demand, Demands, act, choices, strikes_of
from bgsync.judge.property import Liveness, View, state_in
from bgsync.judge.suppositions import READINGS, Suppositions
from bgsync.judge.ways import Ways
from bgsync.judge.whole import Watched
from bgsync.system.observation import Chose, Declined
from bgsync.system.step import State, Step
from bgsync.system.world import Meaning
from bgsync.tables.graph import Edge
from bgsync.tables.index import Mask, Numbers
from bgsync.tables.over import over
from bgsync.tables.tabulated import Tabulated

ENDS = 1_000
"""How many states are looked at in which a run may end, the first ones."""


@dataclass(frozen=True)
class Lasso:
    """A run: a shortest way from the initial state, then a loop."""

    stem: tuple[Edge, ...]
    loop: tuple[Edge, ...]
    owed: Hashable
    last: int | None
    """The place in the stem of the last action that changes something that others can see."""
    after: str
    """The id of a safety property that is broken on the way, "" where none is."""


class Search:
    """The search for lassos in one graph."""

    def __init__(self, watched: Watched) -> None:
        self.watched, self.system, self.graph, self.causes = (
            watched,
            watched.system,
            watched.graph,
            Causes(watched, moves=False),
        )
        self.tables, self.demands = watched.graph.tables, Demands(watched)
        steps = [successor.step for successor in self.tables.successors]
        self.targets, self.successors = self.graph.targets, self.graph.successors
        self.sources: Numbers = np.repeat(np.arange(len(self.graph), dtype=np.int32), np.diff(self.graph.starts))
        self.bases, self.processes, self.vectors = self.graph.bases, self.graph.processes, self.graph.vectors
        recurring = [self.demands.recurs(base) for base in self.tables.bases]
        self.recurring = [np.array(one, bool)[self.bases] for one in zip(*recurring, strict=True)]
        """For each machine that comes back to a state again and again: in which states it is there."""
        met = [act(self.system, step) for step in steps]
        bits = {demand: self.demands.bits([demand]) for demand in set(met)}
        asked, self.eager = self.demands.of_states
        self.acts = self.demands.words(bits[demand] for demand in met)
        """What each successor meets of what is asked for."""
        self.asked = np.pad(asked, ((0, 0), (0, self.acts.shape[1] - asked.shape[1])))
        self.eager = np.pad(self.eager, ((0, 0), (0, self.acts.shape[1] - self.eager.shape[1])))
        """What weak fairness asks for in each state, and which steps wait there for what holds."""
        self.calls: Mask = np.array([step.action.kind == "call" for step in steps], bool)
        strikes = strikes_of(self.system)
        self.strikes: Mask = np.array([s.action.kind == "move" and s.action.name in strikes for s in steps], bool)
        self.declined, self.chosen = self._choices(steps, Declined), self._choices(steps, Chose)
        """The choices that each successor declines, and makes: a bit for each."""
        self.suppositions = Suppositions(watched)
        self.owed, self.fair = cache(self._owed), cache(self._fair)

    @staticmethod
    def _choices(steps: list[Step], kind: type[Chose | Declined]) -> Bits:
        made = [choices(step, Chose) | choices(step, Declined) for step in steps]
        names = {name: place for place, name in enumerate(sorted({name for one in made for name in one}))}
        found = np.zeros((len(steps), len(names) // 64 + 1), np.uint64)
        for place, step in enumerate(steps):
            for name in choices(step, kind):
                found[place, names[name] // 64] |= np.uint64(1 << names[name] % 64)
        return found

    # --- functions of states and transitions

    def where(self, function: Callable[[State], Iterable[Hashable]]) -> dict[Hashable, Numbers]:
        """Give, for everything that a function gives in some state, the states in which it does."""
        table = Tabulated(self.tables, lambda state, _: tuple(dict.fromkeys(function(state))))
        values, which = over(table, self.tables.bases, self.bases, self.vectors, self.processes)
        every = dict.fromkeys(one for value in values for one in value)
        return {one: np.flatnonzero(np.array([one in value for value in values])[which]) for one in every}

    def _owed(self, liveness: Liveness) -> dict[Hashable, Numbers]:
        """Give, for everything that a property says is owed in some state, the states in which it is."""
        return self.where(lambda state: liveness.owed(self.system, state))

    def on_transitions(self, function: Callable[[View], bool], transitions: Numbers) -> Mask:
        """Say of which transitions a function is true."""

        def told(state: State, step: Step | None) -> bool:
            assert step is not None
            return bool(function(View(self.system, state, step)))

        before, after = (self.processes[ends[transitions]] for ends in (self.sources, self.targets))
        table = Tabulated(self.tables, told)
        values, which = over(table, self.tables.successors, self.successors[transitions], self.vectors, before, after)
        return np.array(values, bool)[which]

    # --- what leads nowhere

    @cached_property
    def doomed(self) -> Mask:
        """Say which are the states of removed objects from which every run ends in a failed Assert.

        A run that leaves one behind is none that goes on for ever: what was removed has to go on as well, and ends it.
        """
        graph, bases = self.graph, self.tables.bases
        disjoint = np.array([base.state.disjoint for base in bases], bool)[self.bases]
        inner = np.flatnonzero(disjoint[self.sources])
        acting = np.array([successor.step.action.process is not None for successor in self.tables.successors], bool)
        parts = self.components(inner)
        acts = np.bincount(parts.of_transitions(), acting[self.successors[parts.transitions]], len(parts)) > 0
        reached: Mask = disjoint & ~self.vectors.rows[self.processes].any(1)
        if not graph.complete:
            reached |= disjoint & (np.diff(graph.starts) == 0)
        reached[parts.where(acts).states] = True
        sources, targets = self.sources[inner], self.targets[inner]
        while len(more := sources[reached[targets] & ~reached[sources]]):
            reached[more] = True
        found: Mask = disjoint & ~reached
        rest = np.flatnonzero(found).tolist()
        found[rest] = [any(True for _ in self.system.goes_on(graph.state(number))) for number in rest]
        return found

    @cached_property
    def leaves_doomed(self) -> Mask:
        """The transitions that leave something doomed behind."""
        found: Mask = np.zeros(self.graph.transitions, bool)
        apart = np.array([len(one.passing.apart) for one in self.tables.successors], np.int64)[self.successors]
        for before in range(1, int(apart.max(initial=0)) + 1):
            leaves = np.flatnonzero(apart >= before)
            found[leaves] |= self.doomed[self.targets[leaves - before]]
        return found

    @cached_property
    def ways(self) -> Ways:
        """The ways to each state that leave nothing doomed behind, one for each change that can come last."""
        return Ways(self.graph, ~self.leaves_doomed, self.causes.marks)

    def edge(self, transition: int) -> Edge:
        """Give a transition with its ends."""
        return int(self.sources[transition]), self.graph.step(transition), int(self.targets[transition])

    # --- components

    def components(self, transitions: Numbers) -> Components:
        """Give the strongly connected components of part of the graph, the first state first."""
        return components(transitions, self.sources[transitions], self.targets[transitions], len(self.graph))

    def fair_components(
        self, transitions: Numbers, needed: Mask | None = None, assumed: frozenset[str] = READINGS
    ) -> list[Component]:
        """Give the components in which a fair run can stay for ever, the first state first.

        Left out are those without any of the transitions that are needed.
        """
        found, left = list[Component](), transitions
        while len(left):
            parts = self.components(left)
            parts = parts.where(self._weakly_fair(parts, needed))
            bad = self._strongly_unfair(parts)
            dirty = np.zeros(len(parts), bool)
            dirty[parts.of_transitions()[bad]] = True
            more = [parts.transitions[~bad & dirty[parts.of_transitions()]]]
            clean = parts.where(~dirty)
            supposes = self.suppositions.made(assumed)[self.successors[clean.transitions]]
            supposing = np.bincount(clean.of_transitions(), supposes, len(clean)) > 0
            otherwise = list[Numbers]()
            for number in range(len(clean)):
                part = clean.component(number)
                unmet = self._unmet(part, assumed) if supposing[number] else []
                if not unmet:
                    found.append(part)
                more += unmet[:1]
                otherwise += unmet[1:]
            if otherwise:
                found += self.fair_components(np.concatenate(otherwise), needed, assumed)
            left = np.concatenate(more)
        return sorted(found, key=lambda part: int(part.states[0]))

    def _fair(self, assumed: frozenset[str]) -> Numbers:
        """Give the transitions that fair endless runs can take again and again, whatever they do not give, in order."""
        kept = ~self.leaves_doomed & ~self.strikes[self.successors]
        if self.doomed.any():
            kept &= self.ways.reaches()[self.sources]
        found = self.fair_components(np.flatnonzero(kept), assumed=assumed)
        return np.unique(np.concatenate([np.array([], np.int64), *(part.transitions for part in found)]))

    def _weakly_fair(self, parts: Components, needed: Mask | None) -> Mask:
        """Say which components take a transition for all that is asked for in each of their states.

        Those are not in which a recurring machine never comes back to its state, or which take nothing that is needed.
        """
        asked = parts.in_all_states(self.asked[parts.states])
        met = parts.in_any_transition(self.acts[self.successors[parts.transitions]])
        fair = np.asarray(~(asked & ~met).any(1), bool)
        for there_again in self.recurring:
            fair &= np.bincount(parts.of_states(), there_again[parts.states], len(parts)) > 0
        if needed is not None:
            fair &= np.bincount(parts.of_transitions(), needed[parts.transitions], len(parts)) > 0
        return fair

    def _strongly_unfair(self, parts: Components) -> Mask:
        """Say which transitions a fair run in these components cannot take for ever.

        They decline a SHOULD that is never chosen, or their ends have steps that wait for what holds, and never go on.
        """
        of_transitions, successors = parts.of_transitions(), self.successors[parts.transitions]
        bad: Mask = np.zeros(len(successors), bool)
        if not self.system.scenario.means(Meaning.UNDONE) and self.declined.any():
            declined, chosen = (parts.in_any_transition(one[successors]) for one in (self.declined, self.chosen))
            bad |= (self.declined[successors] & (declined & ~chosen)[of_transitions]).any(1)
        if self.demands.any_eager:
            eager, met = parts.in_any_state(self.eager[parts.states]), parts.in_any_transition(self.acts[successors])
            passed = (eager & ~met)[of_transitions]
            for end in (self.sources[parts.transitions], self.targets[parts.transitions]):
                bad |= (self.eager[end] & passed).any(1)
        return bad

    def _unmet(self, part: Component, assumed: frozenset[str]) -> list[Numbers]:
        """Give what is left of a component where what it supposes is not fair; a counter may also not grow."""
        successors = self.successors[part.transitions]
        unmet = self.suppositions.unmet(self.sources[part.transitions], successors, assumed)
        if not unmet:
            return []
        plain = [asking for one, asking in unmet.items() if one.counter is None]
        if plain:
            return [part.transitions[~reduce(or_, plain)]]
        counter, asking = next(iter(unmet.items()))
        used, grown = np.unique(successors).tolist(), self.suppositions.grown
        grows = [number for number in used if counter.counter in grown(number)]
        return [part.transitions[~asking], part.transitions[~np.isin(successors, grows)]]

    # --- lassos

    def lassos(self, liveness: Liveness, assumed: frozenset[str] = READINGS, *, end: bool = False) -> Iterator[Lasso]:
        """Give fair lassos that break the property, the nearest first and without calls where there are such.

        There is one for each way to hang, and each change that can come last on the way there. `assumed` are the
        readings of what is not followed by which they are fair. Asked for are those in which something goes on, or runs
        that come to an `end`.
        """
        found: dict[Hashable, tuple[int, int, int, int, Component, Hashable]] = {}
        for owed, region in sorted(self.owed(liveness).items(), key=lambda item: str(item[0])):
            parts = self._resting(liveness, region) if end else self.in_region(liveness, owed, region, assumed)
            for number, part in enumerate(parts):
                hangs = liveness.needs is None
                for mark, depth, state in self.ways.into(part.states):
                    key = (self._hang(int(part.states[0])), mark) if hangs else number  # a loop, however it is entered
                    known = found.get(key)
                    if known is None or depth < known[0]:
                        found[key] = depth, number, state, mark, part, owed
        for _, _, entry, mark, part, owed in sorted(found.values(), key=lambda one: one[:4]):
            path = self.ways.path(entry, mark)
            stem, loop = map(self.edge, path), self.loop(entry, part, liveness, assumed)
            yield Lasso(tuple(stem), tuple(loop), owed, *self.causes.on_the_way(path))

    def never(self, liveness: Liveness, owed: Hashable, start: int) -> Lasso | None:
        """Give a fair lasso from a state on, in which what is owed there is never given; None where none is found."""
        region = self.owed(liveness).get(owed, np.array([], np.int64))
        inside = np.isin(np.arange(len(self.graph)), region)

        @cache
        def out(source: int) -> list[Edge]:
            there = np.fromiter(self.graph.out(source), np.int64)
            there = there[inside[self.targets[there]] & ~self.leaves_doomed[there]]
            return [self.edge(one) for one in there[~self.on_transitions(lambda v: liveness.given(v, owed), there)]]

        for part in (*self.in_region(liveness, owed, region), *self._resting(liveness, region)):
            states = frozenset(part.states.tolist())
            try:
                stem = [] if start in states else nearest(out, start, [lambda edge, s=states: edge[2] in s])  # type: ignore[misc]
            except LookupError:
                continue
            entry = stem[-1][2] if stem else start
            return Lasso(tuple(stem), tuple(self.loop(entry, part, liveness)), owed, None, "")
        return None

    def _hang(self, state: int) -> Hashable:
        """Say how things stand in a state: where its invocations are, and what becomes of objects."""
        there, system = self.graph.state(state), self.system
        stands = frozenset(system.process(number).pc for number in there.processes)
        objects = frozenset((known.listed, state_in(system, known.fields)) for known in there.shared.heap if known)
        return stands, objects

    def in_region(
        self, liveness: Liveness, owed: Hashable, region: Numbers, assumed: frozenset[str] = READINGS
    ) -> Iterator[Component]:
        """Give the fair components in which `owed` is never given: first those without calls, which read easier."""
        inside = np.zeros(len(self.graph), bool)
        inside[region] = True
        kept = self.fair(assumed)
        kept = kept[inside[self.sources[kept]] & inside[self.targets[kept]]]
        kept = kept[~self.on_transitions(lambda view: liveness.given(view, owed), kept)]
        needed = None
        if liveness.needs is not None:
            needed = np.zeros(self.graph.transitions, bool)
            needed[kept] = self.on_transitions(liveness.needs, kept)
        found = self.fair_components(kept, needed, assumed)
        if found:
            yield from self.fair_components(kept[~self.calls[self.successors[kept]]], needed, assumed)
            yield from found

    def _resting(self, liveness: Liveness, region: Numbers) -> Iterator[Component]:
        """Give the states of a region in which nothing has to be done, so that a run may end there.

        What is held back, since its queue is full, goes on in truth.
        """
        rests = ~(self.asked[region].any(1) | self.eager[region].any(1))
        for there in self.recurring:
            rests &= there[region]
        if self.doomed.any():
            rests &= self.ways.reaches()[region]
        for number in region[rests][:ENDS].tolist() if liveness.needs is None else ():
            state = self.graph.state(number)
            presence = self.system.presence(state.processes)
            if not any(self.system.held_back(state, process, presence) for process in state.processes):
                yield Component(np.array([number]), np.array([], np.int64))

    def loop(self, entry: int, part: Component, liveness: Liveness, assumed: frozenset[str] = READINGS) -> list[Edge]:
        """Walk a short loop from `entry` through a component that meets every demand, nearest first."""
        if not len(part.transitions):
            return []
        inside = frozenset(part.transitions.tolist())

        @cache
        def out(source: int) -> list[Edge]:
            return [self.edge(transition) for transition in self.graph.out(source) if transition in inside]

        asked, eager = (np.bitwise_or.reduce(bits[part.states]) for bits in (self.asked, self.eager))
        wanted: list[Callable[[Edge], bool]] = [
            lambda edge, again=again: bool(again[edge[2]])  # type: ignore[misc]
            for again in self.recurring
        ]
        needs = liveness.needs
        if needs is not None:
            wanted.append(lambda edge: needs(View(self.system, self.graph.state(edge[0]), edge[1])))
        for demand, place in self.demands.among(asked):
            wanted.append(partial(self._meets, demand, place))
        for demand, _ in self.demands.among(eager):
            wanted.append(lambda edge, d=demand: act(self.system, edge[1]) == d)  # type: ignore[misc]
        if not self.system.scenario.means(Meaning.UNDONE):
            successors = set(np.unique(self.successors[part.transitions]).tolist())
            steps = (self.tables.successors[successor].step for successor in successors)
            for name in sorted(frozenset[str]().union(*(choices(step, Declined) for step in steps))):
                wanted.append(lambda edge, n=name: n in choices(edge[1], Chose))  # type: ignore[misc]
        walked: list[Edge] = []
        here = entry
        while wanted or here != entry:
            path = nearest(out, here, wanted or [lambda edge: edge[2] == entry])
            walked += path
            here = path[-1][2]
            wanted = [demand for demand in wanted if not any(demand(edge) for edge in path)]
            if not wanted and here == entry:
                ends = ((edge[0], self._successor(edge)) for edge in walked)
                sources, successors_ = (np.array(one, np.int64) for one in zip(*ends, strict=True))
                unmet = self.suppositions.unmet(sources, successors_, assumed)
                wanted = [lambda edge, one=one: self.suppositions.meets(self._successor(edge), one) for one in unmet]  # type: ignore[misc]
        return walked or nearest(out, entry, [lambda edge: edge[2] == entry])

    def _meets(self, demand: Demand, place: int, edge: Edge) -> bool:
        """Whether a transition meets a demand, or leads to where it is not asked for."""
        _, step, target = edge
        asked = int(self.asked[target, place // 64]) >> place % 64 & 1
        return act(self.system, step) == demand or not asked

    def _successor(self, edge: Edge) -> int:
        """Give the entry in the tables of a transition."""
        source, step, target = edge
        for transition in self.graph.out(source):
            number = self.graph.successors[transition]
            known = self.tables.successors[number].step
            if self.graph.targets[transition] == target and known[0::2] == step[0::2]:
                return int(number)
        raise AssertionError("the transition is one of the graph")

    def premise_met(self, liveness: Liveness) -> bool:
        """Say whether anything was ever owed."""
        if liveness.premise is None:
            return bool(self.owed(liveness))
        _, first = np.unique(self.successors, return_index=True)
        every = np.arange(self.graph.transitions, dtype=np.int64)
        return any(self.on_transitions(liveness.premise, some).any() for some in (first, every))
