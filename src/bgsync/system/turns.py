"""What a system is made of, and whose turn it is: which process can go on, and which does in the end."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from bgsync.language.algorithm import Rule, Spec
from bgsync.language.statements import Origin
from bgsync.system.collect import queued
from bgsync.system.interpreter import Interpreter
from bgsync.system.monitor import HANDLER, monitor_for
from bgsync.system.processes import Processes
from bgsync.system.program import Program
from bgsync.system.scenario import AGENT, START, Scenario
from bgsync.system.state import Outcome, Process, Shared
from bgsync.system.step import NEVER_SETTLES, Presence, State, Turn

Origins = tuple[Origin | None, ...]
"""Where the statements of a spec stand: two specs that say the same may stand in different files."""


def origins_of(spec: Spec) -> Origins:
    """Give where every statement of a spec stands."""
    return tuple(statement.origin for statement in spec.statements())


@lru_cache(maxsize=8)
def program_of(spec: Spec, abort: str, origins: Origins) -> Program:
    """Make the program of a spec, from these places, with a reading of abort, once."""
    return Program(spec, abort)


@lru_cache(maxsize=8)
def interpreter_of(scenario: Scenario, moving: frozenset[str], origins: Origins) -> Interpreter:
    """Make the interpreter of a scenario, once for all that differ in nothing that it looks at."""
    machines = scenario.surroundings.machines
    return Interpreter(
        program_of(scenario.spec, scenario.abort, origins),
        tuple(machines),
        moving,
        frozenset(scenario.adversities),
        scenario.granularity,
        {name: start for name, (start, _) in machines.items()},
        scenario.tag_names,
        scenario.not_understood,
    )


class Turns:
    """The processes of a scenario. `fork=False` gives the plain semantics, for replaying."""

    def __init__(self, scenario: Scenario, *, fork: bool = True) -> None:
        self.scenario, self.fork = scenario, fork
        surroundings = scenario.surroundings
        self.machines = tuple(surroundings.machines)
        self.initial = {name: start for name, (start, _) in surroundings.machines.items()}
        self.moves = [
            (place, trigger, source, dest)
            for place, (name, (_, rows)) in enumerate(surroundings.machines.items())
            for trigger, source, dest in rows
            if scenario.enabled(trigger) and name != "window clients"
        ]
        moving = frozenset(self.machines[place] for place, *_ in self.moves)
        origins = origins_of(scenario.spec)
        self.program = program_of(scenario.spec, scenario.abort, origins)
        self.interpreter = interpreter_of(replace(scenario, monitor="none", calls=1), moving, origins)
        self.monitor = monitor_for(scenario.monitor)
        self.tag_place = self.interpreter.members.get(scenario.spec.type.unique or "tag")
        self.by_step = scenario.granularity == "step"
        self.processes = Processes(self.interpreter)
        self.number = self.processes.number
        self._smaller: dict[tuple[object, ...], tuple[State, bool]] = {}
        self._outcomes: dict[tuple[Shared, int, str | None], tuple[Outcome, ...]] = {}

    # --- processes by number

    def process(self, number: int) -> Process:
        """Give the process with a number."""
        return self.processes.known[number]

    def slot(self, number: int) -> int | None:
        """Give the slot of the object that a process is about, if any."""
        return self.processes.slot[number]

    def parked(self, number: int) -> bool:
        """Whether a process waits for a handler, for time or for a condition."""
        return self.processes.parked[number]

    def tag(self, shared: Shared, slot: int | None) -> str | None:
        """Give the tag of the object in a slot."""
        known = None if slot is None or slot >= len(shared.heap) else shared.heap[slot]
        found = None if known is None or self.tag_place is None else known.fields[self.tag_place]
        return found if isinstance(found, str) else None

    # --- rules

    def _rule(self, name: str) -> Rule:
        return next(rule for rule in self.scenario.spec.rules if rule.name == name)

    def _rules_on(self, machine: str, trigger: str) -> tuple[Rule, ...]:
        rules = self.scenario.spec.rules
        return tuple(r for r in rules if r.trigger == trigger and r.machine == machine)

    def _at_start(self) -> tuple[str, ...]:
        """Give the rules on the start of the user agent."""
        return tuple(sorted(rule.name for rule in self._rules_on(AGENT, START)))

    def _comes_from_outside(self, rule: Rule) -> bool:
        """Whether the occasion of a rule is none that the environment has, so that it may come at any time."""
        _, rows = self.scenario.surroundings.machines.get(rule.machine, ("", ()))
        at_start = (rule.machine, rule.trigger) == (AGENT, START)
        return not at_start and rule.trigger not in [trigger for trigger, *_ in rows]

    # --- whose turn it is

    def turns(self, state: State) -> Iterator[Turn]:
        """Give what may happen next in `state`, in the order of its steps."""
        presence = self.presence(state.processes)
        yield from self.outer_turns(state, presence)
        if self.agent_runs(state):
            for number in dict.fromkeys(state.processes):
                if self.may_run(state, number, presence):
                    yield Turn("run", number)
            yield from self.batch_turns(state, presence)

    def presence(self, numbers: Iterable[int]) -> Presence:
        """Say of processes what bears on whose turn it is."""
        numbers = tuple(numbers)
        busy = sum(not self.processes.parked[n] for n in numbers)
        handler = any(self.program.code[self.process(n).pc].op == "await" for n in numbers)
        batches = frozenset(batch for n in numbers if (batch := self.processes.batch[n]) is not None)
        return Presence(busy, handler, batches)

    def outer_turns(self, state: State, presence: Presence) -> Iterator[Turn]:
        """Give what may happen next by itself: moves of the environment, calls and rules."""
        for place, (machine, _, source, _) in enumerate(self.moves):
            if state.shared.context[machine] == source:
                yield Turn("move", place)
        if not self.agent_runs(state) or state.apart:
            return
        if presence.busy + len(queued(state)) < self.scenario.calls:
            yield Turn("call", 0, HANDLER if presence.handler else "")
            for name in state.due:
                yield Turn("rule", 0, name)
            for rule in self.scenario.spec.rules:
                if self._comes_from_outside(rule):
                    yield Turn("outside", 0, rule.name)
        if "should" in self.scenario.adversities:
            for name in state.due:
                if self._rule(name).level == "SHOULD":
                    yield Turn("ignore", 0, name)

    def may_run(self, state: State, number: int, presence: Presence) -> bool:
        """Whether it may be the turn of a process."""
        if self.blocked(state, number):
            return False
        return not self.processes.parked[number] or self.may_wake(state, number, presence.busy, len(queued(state)))

    def batch_turns(self, state: State, presence: Presence) -> Iterator[Turn]:
        """Give the queues whose next batch may begin."""
        for place, (queue, _) in enumerate(state.queues):
            if queue not in presence.batches:
                yield Turn("batch", place)

    def agent_runs(self, state: State) -> bool:
        """Whether the user agent runs, and has not just been restarted."""
        return state.shared.context[self.machines.index("user agent")] == "running"

    def _run(self, shared: Shared, process: Process, settle: str | None = None) -> tuple[Outcome, ...]:
        key = (shared, self.number(process), settle)
        known = self._outcomes.get(key)
        if known is None:
            known = self._outcomes[key] = tuple(self.interpreter.outcomes(shared, process, settle))
        return known

    def may_wake(self, state: State, number: int, busy: int, waiting: int) -> bool:
        """Whether a parked process may go on, by the bound on what is in flight.

        A batch that holds a queue always may, since the others wait for it; one that may enqueue more waits until
        there is room for it.
        """
        if self.processes.batch[number] is not None:
            return True
        return busy < self.scenario.calls and not (waiting >= self.scenario.calls and self.processes.enqueues(number))

    def blocked(self, state: State, number: int) -> bool:
        """Whether a process can only wait until something else happens, or for ever."""
        process = self.process(number)
        op = self.program.code[process.pc].op
        if op == "task":
            return state.shared.context[self.machines.index("execution")] == "stopped"
        if op == "until":
            return not self._run(state.shared, process)
        never = op == "await" and self.interpreter.settled(process, state.shared) == NEVER_SETTLES
        return never or process.note == NEVER_SETTLES

    def held_back(self, state: State, number: int, presence: Presence) -> bool:
        """Whether a process would only enqueue more behind a batch that goes on, and behind enough that wait for it.

        Then it makes no difference whether it does, so it need not.
        """
        full = len(queued(state)) >= self.scenario.calls and self.processes.enqueues(number)
        return (
            full and bool(presence.batches) and self.processes.parked[number] and self.processes.batch[number] is None
        )

    def must_go_on(self, state: State, number: int, presence: Presence) -> bool:
        """Whether a process goes on in the end, if nothing else happens: one that is neither blocked nor at chance."""
        chance = self.program.code[self.process(number).pc].op == "chance"
        return not chance and not self.blocked(state, number) and not self.held_back(state, number, presence)

    def goes_on(self, state: State) -> Iterator[int]:
        """Give the processes that go on in the end, if nothing else happens, and the batches whose turn it is."""
        presence = self.presence(state.processes)
        yield from (n for n in dict.fromkeys(state.processes) if self.must_go_on(state, n, presence))
        yield from (state.queues[turn.which][1][0] for turn in self.batch_turns(state, presence))
