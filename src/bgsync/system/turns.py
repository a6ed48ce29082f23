"""What a system is made of, and whose turn it is: which process can go on, and which does in the end."""

from collections.abc import Iterator

from bgsync.system.collect import queued
from bgsync.system.interpreter import Interpreter
from bgsync.system.monitor import monitor_for
from bgsync.system.processes import Processes
from bgsync.system.program import Program
from bgsync.system.scenario import Scenario
from bgsync.system.state import Outcome, Process, Shared
from bgsync.system.step import NEVER_SETTLES, State


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
        self.program = Program(scenario.spec, scenario.abort)
        on = frozenset(scenario.adversities)
        self.interpreter = Interpreter(
            self.program,
            self.machines,
            moving,
            on,
            scenario.granularity,
            self.initial,
            scenario.tag_names,
            scenario.not_understood,
        )
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

    # --- whose turn it is

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

    def held_back(self, state: State, number: int) -> bool:
        """Whether a process would only enqueue more behind a batch that goes on, and behind enough that wait for it.

        Then it makes no difference whether it does, so it need not.
        """
        full = len(queued(state)) >= self.scenario.calls and self.processes.enqueues(number)
        held = any(self.processes.batch[other] for other in state.processes)
        return full and held and self.processes.parked[number] and self.processes.batch[number] is None

    def goes_on(self, state: State) -> Iterator[int]:
        """Give the processes that go on in the end, if nothing else happens: all but those blocked or at chance."""
        for number in set(state.processes):
            chance = self.program.code[self.process(number).pc].op == "chance"
            if not chance and not self.blocked(state, number) and not self.held_back(state, number):
                yield number
        running = {self.processes.batch[number] for number in state.processes}
        yield from (numbers[0] for queue, numbers in state.queues if queue not in running)
