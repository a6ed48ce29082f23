"""What fairness asks of an endless run, and what meets it.

A run is fair when (a) every process, rule and start of the user agent that is possible in all states of the loop is
taken in it (weak fairness of steps); (b) each machine that recurs is in its state in some state of the loop; (c) what
the text says the user agent SHOULD choose is chosen, if it declines again and again (strong fairness of a SHOULD);
(d) steps that wait until a condition holds go on if it holds again and again; (e) what an adversity does to the
environment happens as often as it likes, but not for ever: a loop has no such move, but those that undo it at once.

Processes that say the same are exchangeable, so fairness counts them as one: if any of them steps, each can be the one.
That no process waits for a free place among the invocations in flight is part of this: a place is a bound of the
question, not of the world. What is left out: fairness between the choices of a handler, except that it settles.
"""

from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bgsync.judge.whole import Watched
from bgsync.system.observation import Chose, Declined
from bgsync.system.step import Presence, State, Step
from bgsync.system.system import System
from bgsync.system.world import Effect, Meaning
from bgsync.tables.multisets import Known, bits_of
from bgsync.tables.tables import Base

Demand = tuple[str, Hashable]
"""What is to be done: (`process`, number), (`rule`, name) or (`move`, trigger)."""


def must_act(system: System, state: State) -> frozenset[Demand]:
    """Give what weak fairness asks for in a state."""
    return _asked(system, state, system.goes_on(state))


def _asked(system: System, state: State, going: Iterable[int]) -> frozenset[Demand]:
    context = state.shared.context
    for place, left_by in system.halts:
        if context[place] in left_by:
            return frozenset({("move", left_by[context[place]])})
    asks: set[Demand] = {("move", left_by[context[n]]) for n, left_by in system.stops if context[n] in left_by}
    if not state.disjoint and not system.scenario.means(Meaning.UNDONE):
        asks.update(("rule", name) for name in state.due)
    asks.update(("process", system.processes.kind[number]) for number in going)
    return frozenset(asks)


def strikes_of(system: System) -> frozenset[str]:
    """Give the moves of the environment that only an adversity makes, but for those by which things go on."""
    known, scenario = system.world.adversities, system.scenario
    triggers = {trigger for name in scenario.adversities for trigger in known[name].triggers}
    back = (Effect.STARTS, Effect.RESUMES)
    goes_on = {trigger for m in system.world.machines for trigger, effect in m.effects.items() if effect in back}
    return frozenset(triggers - goes_on)


def act(system: System, step: Step) -> Demand | None:
    """Say which demand a step meets."""
    action = step.action
    if action.process is not None:
        return ("process", system.processes.kind[action.process])
    return (action.kind, action.name) if action.kind in ("rule", "move") else None


def choices(step: Step, kind: type[Chose | Declined]) -> frozenset[str]:
    """Give the choices that a step makes, or those that it does not make although it SHOULD."""
    return frozenset(seen.choice for seen in step.observations if isinstance(seen, kind))


class Case(NamedTuple):
    """What fairness asks for in a state: sets of demands, a bit for each."""

    asked: int
    """What weak fairness asks for."""
    eager: int
    """The steps that wait until a condition holds, which it does."""


class Demands:
    """The demands in the states of a graph, worked out once for the states in which the same processes go on."""

    def __init__(self, watched: Watched) -> None:
        self.system, self.graph = watched.system, watched.graph
        self.places: dict[Demand, int] = {}
        """The bit of each demand that was met."""
        self._processes: dict[int, Case] = {}
        self.any_eager = any(instruction.op == "until" for instruction in self.system.program.code)
        """Whether any step waits until a condition holds."""

    def bits(self, demands: Iterable[Demand | None]) -> int:
        """Give the bits of demands."""
        places = [self.places.setdefault(demand, len(self.places)) for demand in demands if demand is not None]
        return sum(1 << place for place in set(places))

    def among(self, bits: int) -> list[tuple[Demand, int]]:
        """Give the demands that have one of these bits, each with its own, in an order that is always the same."""
        found = [(demand, 1 << place) for demand, place in self.places.items() if bits >> place & 1]
        return sorted(found, key=lambda one: str(one[0]))

    @cached_property
    def recurring(self) -> list[tuple[int, str]]:
        """The machines that come back to a state again and again, by their place in a context, with that state."""
        return [(place, m.recurs) for place, m in enumerate(self.system.world.machines) if m.recurs]

    def recurs(self, base: Base) -> tuple[bool, ...]:
        """Say of each recurring machine whether it is in that state in all states with this base."""
        return tuple(base.state.shared.context[place] == state for place, state in self.recurring)

    @cached_property
    def cases(self) -> tuple[list[Case], NDArray[np.int64]]:
        """The distinct cases, and for every state of the graph which of them it is."""
        tables, vectors = self.graph.tables, self.graph.vectors
        going: dict[tuple[int, frozenset[str]], tuple[Known, Case]] = {}
        found: dict[tuple[int, frozenset[str], int], int] = {}
        cases: dict[Case, int] = {}
        which = list[int]()
        for place_of, row in zip(self.graph.bases.tolist(), self.graph.processes.tolist(), strict=True):
            whole, base = tables.multisets.of(vectors.groups_of(row)), tables.bases[place_of]
            place = (base.index, whole.presence.batches)
            goes, rest = going.get(place) or going.setdefault(place, self._rest(base, whole.presence))
            bits = goes.among(whole)
            case = found.get((*place, bits))
            if case is None:
                asked, eager = rest
                for group in bits_of(bits):
                    for number in self._going(base, group, whole.presence):
                        more = self._processes.get(number) or self._processes.setdefault(number, self._process(number))
                        asked, eager = asked | more.asked, eager | more.eager
                case = found[*place, bits] = cases.setdefault(Case(asked, eager), len(cases))
            which.append(case)
        return list(cases), np.array(which, np.int64)

    def _rest(self, base: Base, presence: Presence) -> tuple[Known, Case]:
        """Say which groups go on in states with this base, and what is asked for besides."""
        rest = Case(self.bits(_asked(self.system, base.state, ())), 0)
        return Known(lambda group: any(True for _ in self._going(base, group, presence))), rest

    def _going(self, base: Base, group: int, presence: Presence) -> Iterator[int]:
        """Give the processes of a group that go on, and the batches whose turn it is."""
        system, state = self.system, self.graph.tables.whole(base, (group,))
        yield from (n for n in dict.fromkeys(state.processes) if system.must_go_on(state, n, presence))
        heads = self.graph.tables.groups.facts[group].heads
        waiting = (state.queues[turn.which] for turn in system.batch_turns(state, presence))
        yield from (numbers[0] for queue, numbers in waiting if queue in heads)

    def _process(self, number: int) -> Case:
        asked = self.bits([("process", self.system.processes.kind[number])])
        until = self.system.interpreter.waits(self.system.process(number)) == "until"
        return Case(asked, asked if until else 0)
