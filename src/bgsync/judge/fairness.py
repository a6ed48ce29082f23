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

from collections.abc import Hashable, Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bgsync.judge.components import Bits
from bgsync.judge.whole import Watched
from bgsync.pauses import pause
from bgsync.system.observation import Chose, Declined
from bgsync.system.step import Presence, State, Step
from bgsync.system.system import System
from bgsync.tables.index import Index, Numbers
from bgsync.tables.rows import NOBODY, Base

AT_ONCE = 1 << 16
"""How many states are looked at together."""

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
    asks: set[Demand] = {("move", left_by[context[n]]) for n, left_by in system.leaves if context[n] in left_by}
    if not state.disjoint:
        asks.update(("rule", name) for name in state.due if not system.may_be_left(name))
    asks.update(("process", system.processes.kind[number]) for number in going)
    return frozenset(asks)


def strikes_of(system: System) -> frozenset[str]:
    """Give the moves of the environment that only an adversity makes, but for those that undo one."""
    known, machines = system.world.adversities, system.world.machines
    triggers = {trigger for name in system.scenario.adversities for trigger in known[name].triggers}
    undone = {trigger for machine in machines for trigger, _, dest in machine.rows if dest == machine.initial}
    return frozenset(triggers - undone)


def act(system: System, step: Step) -> Demand | None:
    """Say which demand a step meets."""
    action = step.action
    if action.process is not None:
        return ("process", system.processes.kind[action.process])
    return (action.kind, action.name) if action.kind in ("rule", "move") else None


def choices(step: Step, kind: type[Chose | Declined]) -> frozenset[str]:
    """Give the choices that a step makes, or those that it does not make although it SHOULD."""
    return frozenset(seen.choice for seen in step.observations if isinstance(seen, kind))


class Demands:
    """The demands in the states of a graph, worked out once for each group that is there."""

    def __init__(self, watched: Watched) -> None:
        self.system, self.graph, self.tables = watched.system, watched.graph, watched.graph.tables
        self.places: dict[Demand, int] = {}
        """The bit of each demand that was met."""
        self.any_eager = any(instruction.op == "until" for instruction in self.system.program.code)
        """Whether any step waits until a condition holds."""

    def bits(self, demands: Iterable[Demand | None]) -> int:
        """Give the bits of demands."""
        places = [self.places.setdefault(demand, len(self.places)) for demand in demands if demand is not None]
        return sum(1 << place for place in set(places))

    def words(self, sets: Iterable[int]) -> Bits:
        """Give sets of bits as rows of words."""
        width = len(self.places) // 64 + 1
        rows = [[bits >> 64 * n & 2**64 - 1 for n in range(width)] for bits in sets]
        return np.array(rows, np.uint64).reshape(-1, width)

    def among(self, words: NDArray[np.uint64]) -> list[tuple[Demand, int]]:
        """Give the demands of a row of words, each with its place, in an order that is always the same."""
        bits = sum(int(word) << 64 * n for n, word in enumerate(words))
        found = [(demand, place) for demand, place in self.places.items() if bits >> place & 1]
        return sorted(found, key=lambda one: str(one[0]))

    @cached_property
    def recurring(self) -> list[tuple[int, str]]:
        """The machines that come back to a state again and again, by their place in a context, with that state."""
        return [(place, m.recurs) for place, m in enumerate(self.system.world.machines) if m.recurs]

    def recurs(self, base: Base) -> tuple[bool, ...]:
        """Say of each recurring machine whether it is in that state in all states with this base."""
        return tuple(base.state.shared.context[place] == state for place, state in self.recurring)

    @cached_property
    def of_states(self) -> tuple[Bits, Bits]:
        """For every state what weak fairness asks for, and which steps wait until a condition holds, which it does."""
        graph, vectors = self.graph, self.graph.vectors
        plans, cells = Index(), Index()
        presences = vectors.presence(graph.processes)
        plan, new = plans.number((graph.bases.astype(np.int64) << 32 | presences).astype(np.uint64))
        known = [(self.tables.bases[graph.bases[n]], presences[n]) for n in new]
        sets, parts = list[tuple[int, int]](), list[Numbers]()
        for first in range(0, len(graph), AT_ONCE):
            pause()
            rows = vectors.rows[graph.processes[first : first + AT_ONCE]]
            rows = np.concatenate([np.zeros((len(rows), 1), np.int32), rows], 1)  # nobody, and each group
            words = (plan[first : first + AT_ONCE, None] << 32 | rows).astype(np.uint64).ravel()
            part, new = cells.number(words)
            for word in words[new].tolist():
                base, presence = known[word >> 32]
                sets.append(self._asked_by(base, vectors.presences[presence], (word & 0xFFFFFFFF) - 1))
            parts.append(part.reshape(rows.shape))
        if not sets:
            return self.words(()), self.words(())
        asked, eager = (self.words(one) for one in zip(*sets, strict=True))
        joined = [[np.bitwise_or.reduce(of[part], 1) for part in parts] for of in (asked, eager)]
        return np.concatenate(joined[0]), np.concatenate(joined[1])

    def _asked_by(self, base: Base, presence: Presence, group: int) -> tuple[int, int]:
        """Give what is asked of a group, and what of that waits until a condition holds; of all else for nobody."""
        if group == NOBODY:
            return self.bits(_asked(self.system, base.state, ())), 0
        system, state = self.system, self.tables.whole(base, (group,))
        going = [n for n in dict.fromkeys(state.processes) if system.must_go_on(state, n, presence)]
        heads = self.tables.groups.facts[group].heads
        waiting = (state.queues[turn.which] for turn in system.batch_turns(state, presence))
        going += [numbers[0] for queue, numbers in waiting if queue in heads]
        until = [n for n in going if system.interpreter.waits(system.process(n)) == "until"]
        return self.bits(map(self._of_process, going)), self.bits(map(self._of_process, until))

    def _of_process(self, number: int) -> Demand:
        return "process", self.system.processes.kind[number]
