"""The closed system: a spec's algorithms as processes, an environment that moves at will, and bounds that are said.

States are finite without bounds on how often anything happens. Network changes, registrations and retries are
unlimited; the number of invocations in flight and of tags is a parameter of the question. Three things keep the rest
finite, and lose nothing:

* What has no identity of its own is counted 0, 1, many: events of one registration that are not settled, timers of
  one registration that have not run out, and all else that can pile up beyond the bound on what is in flight. "Many"
  may turn out to be its least number, or more: both are followed.
* A rule "whenever ..." is one agent: what happens while it is busy is remembered as one occurrence.
* A registration that was removed and the invocations that hold it share nothing with the rest any more but the
  environment. The run forks: one branch follows the rest, the other what was removed, with everything else at rest.
  What a call that goes out of sight is owed stays owed. A finding is replayed without forks before it is printed.

The user agent's one reading that is not in the text: a task or timer that is due may be late, without limit.
"""

from collections.abc import Iterable, Iterator

from bgsync.explore.model import Model
from bgsync.language.algorithm import Rule
from bgsync.system.interpreter import KEPT, MANY, Interpreter
from bgsync.system.monitor import HANDLER, PAGE, Memory, monitor_for
from bgsync.system.program import Program
from bgsync.system.scenario import Scenario
from bgsync.system.state import Executed, Frame, Observation, Outcome, Process, Ref, Shared, Value
from bgsync.system.step import NEVER_SETTLES, Action, State, Step


class System(Model[State, Action]):
    """A scenario as a transition system. `fork=False` gives the plain semantics, for replaying."""

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
            self.program, self.machines, moving, on, scenario.granularity, self.initial, scenario.tag_names
        )
        self.monitor = monitor_for(scenario.monitor)
        self.tag_place = self.interpreter.members[scenario.spec.type.unique or "tag"]
        self.by_step = scenario.granularity == "step"
        self._numbers: dict[Process, int] = {}
        self._processes: list[Process] = []
        self._slots: list[int | None] = []
        self._parked: list[bool] = []
        self._outcomes: dict[tuple[Shared, int, str | None], tuple[Outcome, ...]] = {}

    # --- processes by number

    def number(self, process: Process) -> int:
        """Number a process the first time that it is met."""
        known = self._numbers.get(process)
        if known is None:
            known = self._numbers[process] = len(self._processes)
            self._processes.append(process)
            slots = {x.slot for f in process.frames for _, x in f.variables if isinstance(x, Ref)}
            self._slots.append(min(slots) if slots else None)
            self._parked.append(self.interpreter.waits(process) is not None)
        return known

    def process(self, number: int) -> Process:
        """Give the process with a number."""
        return self._processes[number]

    def slot(self, number: int) -> int | None:
        """Give the slot of the object that a process holds, if any."""
        return self._slots[number]

    def parked(self, number: int) -> bool:
        """Whether a process waits for a handler or for time."""
        return self._parked[number]

    def tag(self, shared: Shared, slot: int | None) -> str | None:
        """Give the tag of the object in a slot."""
        known = None if slot is None else shared.heap[slot]
        found = None if known is None else known.fields[self.tag_place]
        return found if isinstance(found, str) else None

    # --- the trait

    def initial_states(self) -> Iterable[State]:
        """Give the one initial state: nothing registered, nothing running."""
        yield State(Shared(tuple(self.initial.values()), ()), (), (), self.monitor.initial)

    def actions(self, state: State) -> Iterable[Action]:
        """Give the actions of `state`."""
        return (step.action for step in self.steps(state))

    def next_state(self, state: State, action: Action) -> State | None:
        """Give the state after an action."""
        return next((step.after for step in self.steps(state) if step.action == action), None)

    def successors(self, state: State) -> Iterable[tuple[Action, State]]:
        """Give every action with the state after it."""
        return ((step.action, step.after) for step in self.steps(state) if step.after is not None)

    def steps(self, state: State) -> Iterator[Step]:
        """Give every transition out of `state`, those that end the run included."""
        yield from self._environment(state)
        if not self._agent_runs(state):
            return
        free = sum(not self._parked[n] for n in state.processes) < self.scenario.calls
        if free and not state.apart:
            yield from self._calls(state)
            yield from self._rules(state)
        if not state.apart and "should" in self.scenario.adversities:
            for name in state.due:
                if self._rule(name).level == "SHOULD":
                    due = tuple(other for other in state.due if other != name)
                    yield Step(Action("ignore", name), state._replace(due=due), (), ())
        yield from self._runs(state, free)

    def _agent_runs(self, state: State) -> bool:
        return state.shared.context[self.machines.index("user agent")] == "running"

    # --- the environment

    def _environment(self, state: State) -> Iterator[Step]:
        for place, trigger, source, dest in self.moves:
            if state.shared.context[place] != source:
                continue
            context = (*state.shared.context[:place], dest, *state.shared.context[place + 1 :])
            moved = state._replace(shared=state.shared._replace(context=context))
            action = Action("move", trigger)
            if trigger == "restart":
                moved = moved._replace(processes=(), due=(), memory=self.monitor.interrupted(state.memory))
            elif trigger == "terminate":
                kept = tuple(sorted(self._terminated(state.processes)))
                moved = moved._replace(processes=kept, memory=self.monitor.interrupted(state.memory))
            if self.machines[place] in self.scenario.surroundings.gates:
                kept = tuple(sorted(self._still_barred(number, moved) for number in moved.processes))
                moved = moved._replace(processes=kept)
            rules = [rule.name for rule in self.scenario.spec.rules if rule.trigger == trigger]
            if rules and not state.apart and self._agent_runs(state):
                due = tuple(sorted({*state.due, *rules}))
                if self.by_step:
                    moved = moved._replace(due=due)
                else:
                    optional = all(self._rule(name).level == "SHOULD" for name in rules)
                    if optional and "should" in self.scenario.adversities:
                        yield from self._finish(action._replace(detail="nothing done"), moved)
                    for name in rules:
                        yield from self._start(moved, action, self._entry(self._rule(name).name), moved.memory)
                    continue
            yield from self._finish(action, moved)

    def _terminated(self, processes: tuple[int, ...]) -> Iterator[int]:
        """A terminated worker ends its events and drops its tasks; all else goes on."""
        for number in processes:
            process = self._processes[number]
            instruction = self.program.code[process.pc]
            pc: int | None = process.pc
            if instruction.op == "await":
                pc = next((entry for outcome, entry, _ in instruction.branches if outcome == "terminated"), None)
            elif instruction.op == "task":
                ends = self.interpreter.quiet[instruction.other] and len(process.frames) == 1
                pc = None if ends else instruction.other
            if pc is None:
                continue
            top = process.frames[-1]
            live = self.program.live[pc]
            frame = Frame(pc, tuple((k, x) for k, x in top.variables if k in live or k in KEPT))
            note = None if process.note == NEVER_SETTLES else process.note
            yield self.number(Process((*process.frames[:-1], frame), note))

    # --- calls and rules

    def _barred(self, context: tuple[str, ...]) -> tuple[str, ...]:
        """Give what a call is to be refused for now."""
        gates = self.scenario.surroundings.gates
        pairs = zip(self.machines, context, strict=True)
        return tuple(f"{name} {state}" for name, state in pairs if name in gates and state != self.initial[name])

    def _still_barred(self, number: int, state: State) -> int:
        """Let a process forget what it was to be refused for when it began, and is not any more."""
        process, now = self._processes[number], self._barred(state.shared.context)
        frames = []
        for frame in process.frames:
            have = dict(frame.variables)
            had = have.pop("@barred", ())
            left = tuple(reason for reason in had if reason in now) if isinstance(had, tuple) else ()
            variables: dict[str, Value] = have | ({"@barred": left} if left else {})
            frames.append(Frame(frame.pc, tuple(sorted(variables.items(), key=lambda item: item[0]))))
        return self.number(Process(tuple(frames), process.note))

    def _entry(self, name: str, variables: tuple[tuple[str, Value], ...] = ()) -> Process:
        return Process((Frame(self.program.entry[name], variables),))

    def _calls(self, state: State) -> Iterator[Step]:
        sources = [PAGE]
        if any(self.program.code[self._processes[n].pc].op == "await" for n in state.processes):
            sources.append(HANDLER)
        for method in self.scenario.spec.methods:
            algorithm = self.scenario.spec.algorithm(method)
            for tag in self.scenario.tag_names if algorithm.parameters else (None,):
                given: tuple[tuple[str, Value], ...] = () if tag is None else ((algorithm.parameters[0], tag),)
                barred = self._barred(state.shared.context)
                given += (("@barred", barred),) if barred else ()
                variables = tuple(sorted((*given, ("@promise", "pending"))))
                for source, (memory, note, why) in self._beginnings(state.memory, tag, sources):
                    process = self._entry(method, variables)._replace(note=note)
                    action = Action("call", f"{method}({tag or ''})", None, source + why)
                    if self.by_step:
                        after = self._with(state.processes, (process,))
                        yield from self._finish(action, state._replace(processes=after, memory=memory))
                    else:
                        yield from self._start(state, action, process, memory)

    def _beginnings(
        self, memory: Memory, tag: str | None, sources: list[str]
    ) -> Iterator[tuple[str, tuple[Memory, Value, str]]]:
        for source in sources:
            if tag is None:
                yield source, (memory, None, "")
            else:
                for beginning in self.monitor.begun(memory, tag, source):
                    yield source, beginning

    def _rule(self, name: str) -> Rule:
        return next(rule for rule in self.scenario.spec.rules if rule.name == name)

    def _rules(self, state: State) -> Iterator[Step]:
        for name in state.due:
            due = tuple(other for other in state.due if other != name)
            yield from self._start(state._replace(due=due), Action("rule", name), self._entry(name), state.memory)

    # --- running processes

    def _run(self, shared: Shared, process: Process, settle: str | None = None) -> tuple[Outcome, ...]:
        key = (shared, self.number(process), settle)
        known = self._outcomes.get(key)
        if known is None:
            known = self._outcomes[key] = tuple(self.interpreter.outcomes(shared, process, settle))
        return known

    def _start(self, state: State, action: Action, process: Process, memory: Memory) -> Iterator[Step]:
        """Start a process and let it run its first action, unless it begins with a wait."""
        if self.program.code[process.pc].op in ("wait", "task"):
            after = state._replace(processes=self._with(state.processes, (process,)), memory=memory)
            yield from self._finish(action, after)
            return
        for outcome in self._run(state.shared, process):
            yield from self._apply(state._replace(memory=memory), action, process, state.processes, outcome)

    def _runs(self, state: State, free: bool) -> Iterator[Step]:
        stopped = state.shared.context[self.machines.index("execution")] == "stopped"
        seen: set[int] = set()
        for place, number in enumerate(state.processes):
            if number in seen:
                continue
            seen.add(number)
            process = self._processes[number]
            op = self.program.code[process.pc].op
            parked = self._parked[number]
            if (parked and not free) or process.note == NEVER_SETTLES or (op == "task" and stopped):
                continue
            rest = state.processes[:place] + state.processes[place + 1 :]
            rests = [rest]
            if self.fork and state.processes.count(number) >= self._many(number):
                rests.append(state.processes)
            settles: tuple[str | None, ...] = ("fulfilled", "rejected") if op == "await" else (None,)
            for left in rests:
                if op == "await" and "unsettled" in self.scenario.adversities:
                    stuck = self._with(left, (process._replace(note=NEVER_SETTLES),))
                    action = Action("run", "never settles", number, NEVER_SETTLES)
                    yield from self._finish(action, state._replace(processes=stuck))
                for settle in settles:
                    for outcome in self._run(state.shared, process, settle):
                        action = Action("run", self.program.code[process.pc].origin.algorithm, number, settle)
                        yield from self._apply(state, action, process, left, outcome)

    def _apply(
        self,
        state: State,
        action: Action,
        process: Process,
        left: tuple[int, ...],
        outcome: Outcome,
        ran: tuple[Executed, ...] = (),
        before: tuple[Observation, ...] = (),
    ) -> Iterator[Step]:
        """Put an outcome into the state; where a run is one action, what belongs to it runs on."""
        memory, note = state.memory, process.note
        news = tuple(seen for one in outcome.executed for seen in one.observations)
        for seen in news:
            tag = self.tag(outcome.shared, seen.slot)
            memory, note = self.monitor.observed(memory, note, seen, tag)
            if seen.kind in ("dispatched", "waiting"):
                left = self._with((), tuple(self._noticing(number, seen, tag) for number in left))
        made = outcome.process if outcome.process is None else Process(outcome.process.frames, note)
        spawned = tuple(c._replace(note=note) if self.interpreter.waits(c) == "await" else c for c in outcome.spawned)
        after_made = None if made is None else self.number(made)
        action = Action(*action[:4], action.choices + outcome.choices, after_made)
        executed, observations = ran + outcome.executed, before + news
        if outcome.failed:
            yield Step(action, None, executed, observations)
            return
        if made is not None:
            spawned = (made, *spawned)
        if outcome.at_once and not self.by_step:
            first, *later = outcome.at_once
            base = state._replace(shared=outcome.shared, memory=memory)
            kept = self._with(left, spawned)
            for inner in self._run(outcome.shared, first):
                more = inner._replace(at_once=inner.at_once + tuple(later))
                yield from self._apply(base, action, first, kept, more, executed, observations)
            return
        kept = self._with(left, spawned + outcome.at_once)
        after = State(outcome.shared, kept, state.due, memory, state.apart)
        yield from self._finish(action, after, executed, observations)

    def _noticing(self, number: int, seen: Observation, tag: str | None) -> Process:
        process = self._processes[number]
        waits = self.interpreter.waits(process) == "wait" and self._slots[number] == seen.slot
        note = self.monitor.noticed(process.note, seen, tag, waits)
        return process if note == process.note else Process(process.frames, note)

    def _with(self, processes: tuple[int, ...], added: tuple[Process, ...]) -> tuple[int, ...]:
        """Add processes, and count those that are the same: none, one, many."""
        numbers = list(processes)
        for process in added:
            number = self.number(process)
            if self.fork and numbers.count(number) >= self._many(number):
                continue
            numbers.append(number)
        return tuple(sorted(numbers))

    def _many(self, number: int) -> int:
        """Give how many of a process stand for many: more than there can be of those that the bounds keep few."""
        return MANY if self._parked[number] else self.scenario.calls + self.scenario.tags

    # --- removed registrations

    def _finish(
        self,
        action: Action,
        after: State,
        executed: tuple[Executed, ...] = (),
        observations: tuple[Observation, ...] = (),
    ) -> Iterator[Step]:
        """Collect what nobody holds, and fork where a removed registration has nothing to do with the rest any more."""
        held = {self._slots[n] for n in after.processes}
        heap = tuple(o if o and (o.listed or slot in held) else None for slot, o in enumerate(after.shared.heap))
        while heap and heap[-1] is None:
            heap = heap[:-1]
        if heap != after.shared.heap:
            after = after._replace(shared=after.shared._replace(heap=heap))
        removed = [slot for slot, known in enumerate(heap) if known and not known.listed]
        if not self.fork or after.apart or not removed:
            yield Step(action, after, executed, observations)
            return
        main = after
        for slot in removed:
            own = tuple(n for n in after.processes if self._slots[n] == slot)
            alone = tuple(o if place == slot else None for place, o in enumerate(heap))[: slot + 1]
            apart = State(after.shared._replace(heap=alone), own, (), (), True)
            yield Step(action._replace(apart=slot), apart, executed, observations)
            memory = main.memory
            for number in own:
                memory = self.monitor.forgotten(memory, self._processes[number])
            rest = tuple(n for n in main.processes if self._slots[n] != slot)
            kept = tuple(None if place == slot else o for place, o in enumerate(main.shared.heap))
            main = main._replace(processes=rest, memory=memory, shared=main.shared._replace(heap=kept))
        yield from self._finish(action, main, executed, observations)
