"""What a system is made of, and whose turn it is: which process can go on, and which does in the end."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from bgsync.language import expressions as e
from bgsync.language.algorithm import Rule, Spec
from bgsync.language.rewrite import rewrite
from bgsync.language.statements import Origin
from bgsync.system.collect import queued
from bgsync.system.instructions import may_not_come
from bgsync.system.interpreter import Interpreter
from bgsync.system.monitor import NOTHING
from bgsync.system.observation import Outcome
from bgsync.system.processes import Processes
from bgsync.system.program import Program
from bgsync.system.scenario import DEFAULT_BOUNDS, Bounds, Scenario
from bgsync.system.sharing import Statements, sharing
from bgsync.system.state import UNKNOWN, Frame, Process, Ref, Shared, Value
from bgsync.system.step import NEVER_SETTLES, Presence, State, Turn
from bgsync.system.unknown import MANY
from bgsync.system.world import Effect, Meaning

Origins = tuple[Origin | None, ...]
"""Where the statements of a spec stand: two specs that say the same may stand in different files."""


def origins_of(spec: Spec) -> Origins:
    """Give where every statement of a spec stands."""
    return tuple(statement.origin for statement in spec.statements())


@lru_cache(maxsize=8)
def program_of(spec: Spec, bounds: Bounds, single: tuple[str, ...], origins: Origins) -> Program:
    """Make the program of a spec, from these places, as `bounds` read it, once."""
    return Program(_about_what_moves(spec, single), bounds.abort, bounds.queue, bounds.sentence)


def _about_what_moves(spec: Spec, single: tuple[str, ...]) -> Spec:
    """Give a spec whose rules on moves are about what moves: of such members there is one, and it is that of all."""

    def so(part: e.Expr) -> e.Expr:
        match part:
            case e.Is(left=e.Field(name=name), right=e.Var() | e.Field() | e.Input()) if name in single:
                return True
            case _:
                return part

    rules = tuple(replace(r, steps=tuple(rewrite(x, so) for x in r.steps)) if r.machine else r for r in spec.rules)
    return replace(spec, rules=rules)


@lru_cache(maxsize=8)
def interpreter_of(scenario: Scenario, moving: frozenset[str], origins: Origins, seen: Statements) -> Interpreter:
    """Make the interpreter of a scenario, once for all that differ in nothing that it looks at."""
    program = program_of(scenario.spec, _readings(scenario.bounds), scenario.world.single, origins)
    return Interpreter(
        program,
        scenario.world,
        sharing(program, moving, anything=scenario.not_understood == "anything", seen=seen),
        by_step=scenario.granularity == "step",
        adversities=frozenset(scenario.adversities),
        not_understood=scenario.not_understood,
        remembers=scenario.bounds.termination == "worker" and scenario.ends_handlers,
    )


def _readings(bounds: Bounds) -> Bounds:
    """Give bounds that differ from the default ones in how the text is read alone."""
    return replace(bounds, tags=DEFAULT_BOUNDS.tags, calls=DEFAULT_BOUNDS.calls)


class Turns:
    """The processes of a scenario. `fork=False` gives the plain semantics, for replaying.

    `seen` are the kinds of statements of which an observer sees when they happen, besides what other processes see.
    So many as `alike` says of what waits and is the same stand for any number of it.
    """

    def __init__(self, scenario: Scenario, *, fork: bool = True, seen: Statements = (), alike: int = MANY) -> None:
        self.scenario, self.fork, self.alike = scenario, fork, alike
        self.world, self.machines = scenario.world, scenario.world.names
        self.initial = {machine.name: machine.initial for machine in self.world.machines} | scenario.begins
        rows = [
            (place, trigger, source, dest, machine.effects.get(trigger))
            for place, machine in enumerate(self.world.machines)
            for trigger, source, dest in machine.rows
            if not machine.free and scenario.enabled(trigger)
        ]
        self.moves: list[tuple[int, str, str, str]] = [row[:4] for row in rows]
        """The rows that the environment may take: the place of a machine, a trigger, its source and destination."""
        self.effects = [row[4] for row in rows]
        self.halts = self._left_by(Effect.STARTS)
        """The states of machines in which nothing runs, each with the trigger that leaves it."""
        self.stops = self._left_by(Effect.RESUMES)
        """The same of those in which no task runs."""
        self.leaves = [*self.stops, *self._left_by(Effect.SETTLES)]
        """The same of those that a fair run leaves while others go on."""
        moving = frozenset(self.machines[place] for place, *_ in self.moves)
        origins = origins_of(scenario.spec)
        self.program = program_of(scenario.spec, _readings(scenario.bounds), self.world.single, origins)
        plain = replace(scenario, monitor=NOTHING, bounds=_readings(scenario.bounds))
        self.interpreter = interpreter_of(plain, moving, origins, seen)
        self.monitor = scenario.monitor
        self.tag_place = self.interpreter.members.get(scenario.spec.type.unique or self.world.key)
        self.by_step = scenario.granularity == "step"
        self.processes = Processes(self.interpreter)
        self.number = self.processes.number
        self._smaller: dict[tuple[object, ...], tuple[State, bool]] = {}
        self._resolving: dict[tuple[State, Value], bool] = {}
        self._outcomes: dict[tuple[Shared, int, str | None], tuple[Outcome, ...]] = {}

    def _left_by(self, effect: Effect) -> list[tuple[int, dict[str, str]]]:
        places = enumerate(machine.left_by(effect) for machine in self.world.machines)
        return [(place, states) for place, states in places if states]

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

    def may_be_left(self, name: str) -> bool:
        """Whether a rule that is due may be left undone."""
        return self.scenario.means(Meaning.UNDONE) and self._rule(name).level == "SHOULD"

    def _rules_on(self, machine: str, trigger: str) -> tuple[Rule, ...]:
        rules = self.scenario.spec.rules
        return tuple(r for r in rules if r.trigger == trigger and r.machine == machine)

    def _at_start(self) -> tuple[str, ...]:
        """Give the rules on the start of the user agent."""
        rules = self.scenario.spec.rules
        return tuple(sorted(rule.name for rule in rules if self.world.is_start(rule.machine, rule.trigger)))

    def _comes_from_outside(self, rule: Rule) -> bool:
        """Whether the occasion of a rule is none that the environment has, so that it may come at any time."""
        machine = self.world.machine(rule.machine)
        moves = machine is not None and any(rule.trigger == trigger for trigger, *_ in machine.rows)
        return not moves and not self.world.is_start(rule.machine, rule.trigger)

    # --- what begins

    def _entry(self, name: str, variables: tuple[tuple[str, Value], ...] = ()) -> Process:
        return Process((Frame(self.program.entry[name], variables),))

    def _from_outside(self, state: State, turn: Turn) -> Process | None:
        """Give the invocation of a rule, or of an algorithm that nothing calls where what it asserts first holds."""
        given: tuple[tuple[str, Value], ...] = ()
        if turn.name in self.program.entries:
            about, named = self.program.entries[turn.name], self.scenario.spec.algorithm(turn.name).parameters
            given = tuple(sorted((name, Ref(turn.which - 1) if name == about else UNKNOWN) for name in named))
        process = self._entry(turn.name, given)._replace(note=self.monitor.outside)
        return process if not given or self.interpreter.fits(state.shared, process) else None

    def barred(self, context: tuple[str, ...]) -> tuple[str, ...]:
        """Give what a call is to be refused for now."""
        pairs = zip(self.world.machines, context, strict=True)
        return tuple(f"{m.name} {state}" for m, state in pairs if m.refuses and state != m.initial)

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
        goes_on = (self.interpreter.waits(self.process(n)) == "extended" for n in numbers)
        handler = any(self.processes.events[n] for n in numbers) or any(goes_on)
        task = any(self.processes.task[n] for n in numbers)
        batches = frozenset(batch for n in numbers if (batch := self.processes.batch[n]) is not None)
        return Presence(busy, handler, batches, task, frozenset(filter(None, map(self._entered, numbers))))

    def _entered(self, number: int) -> str | None:
        """Name the algorithm that nothing calls of which a process is an invocation in flight, if it is one."""
        name = self.program.code[self.process(number).frames[0].pc].origin.algorithm
        return name if name in self.program.entries and not self.processes.parked[number] else None

    @staticmethod
    def _whiches(state: State, about: str | None) -> tuple[int, ...]:
        """Give 1 more than the slot of each object that an algorithm may be invoked with; 0 where it needs none."""
        listed = (slot for slot, known in enumerate(state.shared.heap) if known and known.listed)
        return (0,) if about is None else tuple(slot + 1 for slot in listed)

    def outer_turns(self, state: State, presence: Presence) -> Iterator[Turn]:
        """Give what may happen next by itself: moves of the environment, calls and rules."""
        for place, (machine, _, source, _) in enumerate(self.moves):
            if state.shared.context[machine] == source:
                yield Turn("move", place)
        if not self.agent_runs(state) or state.disjoint:
            return
        if presence.busy + len(queued(state)) < self.scenario.calls:
            yield Turn("call", int(presence.handler))
            for name in state.due:
                yield Turn("rule", 0, name)
            for rule in self.scenario.spec.rules:
                if self._comes_from_outside(rule):
                    yield Turn("outside", 0, rule.name)
            for name, about in self.program.entries.items():
                if name not in presence.entered:
                    yield from (Turn("outside", which, name) for which in self._whiches(state, about))
        yield from (Turn("ignore", 0, name) for name in state.due if self.may_be_left(name))

    def may_run(self, state: State, number: int, presence: Presence) -> bool:
        """Whether it may be the turn of a process."""
        if self.blocked(state, number) or (presence.task and self.program.code[self.process(number).pc].op == "task"):
            return False
        return not self.processes.parked[number] or self.may_wake(state, number, presence.busy)

    def batch_turns(self, state: State, presence: Presence) -> Iterator[Turn]:
        """Give the queues whose next batch may begin."""
        for place, (queue, _) in enumerate(state.queues):
            if queue not in presence.batches:
                yield Turn("batch", place)

    def agent_runs(self, state: State) -> bool:
        """Whether anything runs, and the environment has not just ended everything."""
        return not any(state.shared.context[place] in states for place, states in self.halts)

    def tasks_run(self, state: State) -> bool:
        """Whether tasks run, and the environment has not ended the handlers."""
        return not any(state.shared.context[place] in states for place, states in self.stops)

    def _run(self, shared: Shared, process: Process, settle: str | None = None) -> tuple[Outcome, ...]:
        key = (shared, self.number(process), settle)
        known = self._outcomes.get(key)
        if known is None:
            known = self._outcomes[key] = self.interpreter.known(shared, process, settle)
        return known

    def full(self, state: State, number: int) -> frozenset[str]:
        """Give the queues that a process may enqueue to, if behind enough that wait in every one of them."""
        queues, waiting = self.processes.enqueues(number), dict(state.queues)
        return queues if all(len(waiting.get(each, ())) >= self.scenario.calls for each in queues) else frozenset()

    def may_wake(self, state: State, number: int, busy: int) -> bool:
        """Whether a parked process may go on, by the bound on what is in flight.

        A batch that holds a queue always may, since the others wait for it; one that may enqueue more waits until
        there is room for it.
        """
        if self.processes.batch[number] is not None:
            return True
        return busy < self.scenario.calls and not self.full(state, number)

    def blocked(self, state: State, number: int) -> bool:
        """Whether a process can only wait until something else happens, or for ever."""
        process = self.process(number)
        op = self.program.code[process.pc].op
        if op == "task":
            return not self.tasks_run(state)
        if op == "until":
            return not self._run(state.shared, process)
        if op == "ended":
            return True
        never = op == "await" and self.interpreter.settled(process, state.shared) == NEVER_SETTLES
        return never or process.note == NEVER_SETTLES

    def held_back(self, state: State, number: int, presence: Presence) -> bool:
        """Whether a process would only enqueue more behind a batch that goes on, and behind enough that wait for it.

        Then it makes no difference whether it does, so it need not.
        """
        waits = self.processes.parked[number] and self.processes.batch[number] is None
        return waits and not self.full(state, number).isdisjoint(presence.batches)

    def must_go_on(self, state: State, number: int, presence: Presence) -> bool:
        """Whether a process goes on in the end, if nothing else happens: one that is not blocked, nor at chance."""
        chance = may_not_come(self.program.code[self.process(number).pc])
        return not chance and not self.blocked(state, number) and not self.held_back(state, number, presence)

    def goes_on(self, state: State) -> Iterator[int]:
        """Give the processes that go on in the end, if nothing else happens, and the batches whose turn it is."""
        presence = self.presence(state.processes)
        yield from (n for n in dict.fromkeys(state.processes) if self.must_go_on(state, n, presence))
        yield from (state.queues[turn.which][1][0] for turn in self.batch_turns(state, presence))
