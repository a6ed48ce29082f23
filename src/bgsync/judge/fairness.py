"""What fairness asks of an endless run, and what meets it.

A run is fair when (a) every process, rule and start of the user agent that is possible in all states of the loop is
taken in it (weak fairness of steps); (b) it is online in some state of the loop (online infinitely often); (c) what the
text says the user agent SHOULD choose is chosen, if it declines again and again (strong fairness of a SHOULD); (d)
steps that wait until a condition holds go on if it holds again and again.

Processes that say the same are exchangeable, so fairness counts them as one: if any of them steps, each can be the one.
That no process waits for a free place among the invocations in flight is part of this: a place is a bound of the
question, not of the world. What is left out: fairness between the choices of a handler, except that it settles.
"""

from collections.abc import Hashable, Iterable

from bgsync.judge.watch import Watched
from bgsync.system.state import Value
from bgsync.system.step import Presence, State, Step
from bgsync.system.system import System
from bgsync.tables.multisets import Known, bits_of
from bgsync.tables.tables import Base

Demand = tuple[str, Hashable]
"""What is to be done: (`process`, number), (`rule`, name) or (`move`, trigger)."""


def must_act(system: System, state: State) -> frozenset[Demand]:
    """Give what weak fairness asks for in a state."""
    return _asked(system, state, system.goes_on(state))


def _asked(system: System, state: State, going: Iterable[int]) -> frozenset[Demand]:
    context = dict(zip(system.machines, state.shared.context, strict=True))
    if context["user agent"] == "restarted":
        return frozenset({("move", "resume")})
    asks: set[Demand] = {("move", "start")} if context["execution"] == "stopped" else set()
    if not state.apart and "should" not in system.scenario.adversities:
        asks.update(("rule", name) for name in state.due)
    asks.update(("process", system.processes.kind[number]) for number in going)
    return frozenset(asks)


def act(system: System, step: Step) -> Demand | None:
    """Say which demand a step meets."""
    action = step.action
    if action.process is not None:
        return ("process", system.processes.kind[action.process])
    return (action.kind, action.name) if action.kind in ("rule", "move") else None


def choices(step: Step, kind: str) -> frozenset[Value]:
    """Give the choices that a step makes (`chose`) or does not make although it SHOULD (`declined`)."""
    if not step.observations:
        return frozenset()
    return frozenset(seen.before for seen in step.observations if seen.kind == kind)


Case = tuple[frozenset[Demand], frozenset[Demand]]
"""What weak fairness asks for in a state, and the steps that wait there until a condition holds, which it does."""


class Demands:
    """The demands in the states of a graph, worked out once for the states in which the same processes go on."""

    def __init__(self, watched: Watched) -> None:
        self.system, self.graph = watched.system, watched.graph
        self._network = self.system.machines.index("network")

        self.any_eager = any(instruction.op == "until" for instruction in self.system.program.code)
        """Whether any step waits until a condition holds."""

    def online(self, base: Base) -> bool:
        """Whether all states with this base are online."""
        return base.state.shared.context[self._network] == "online"

    def cases(self) -> tuple[list[Case], list[int]]:
        """Give the distinct cases, and for every state of the graph which of them it is."""
        bases, known, goes_on = self.graph.tables.bases, self.graph.tables.multisets.known, self.system.must_go_on
        going: dict[tuple[int, frozenset[str]], Known] = {}
        found: dict[tuple[int, frozenset[str], int], int] = {}
        cases: dict[Case, int] = {}
        which = list[int]()
        for key in self.graph.keys:
            whole = known[key & 0xFFFFFFFF]
            base, presence = key >> 32, whole.presence
            goes = going.get((base, presence.batches))
            if goes is None:
                bare = bases[base].state
                goes = going[base, presence.batches] = Known(lambda n, b=bare, p=presence: goes_on(b, n, p))  # type: ignore[misc]
            bits = goes.among(whole)
            case = found.get((base, presence.batches, bits))
            if case is None:
                made = self._case(bases[base].state, presence, bits)
                case = found[base, presence.batches, bits] = cases.setdefault(made, len(cases))
            which.append(case)
        return list(cases), which

    def _case(self, state: State, presence: Presence, going: int) -> Case:
        system = self.system
        waiting = [state.queues[turn.which][1][0] for turn in system.batch_turns(state, presence)]
        numbers = (*bits_of(going), *waiting)
        until = [n for n in numbers if system.interpreter.waits(system.process(n)) == "until"]
        eager = frozenset[Demand](("process", system.processes.kind[n]) for n in until)
        return _asked(system, state, numbers), eager
