"""The closed system: a spec's algorithms as processes, an environment that moves at will, and bounds that are said.

States are finite without bounds on how often anything happens. Moves of the environment, calls and retries are
unlimited; the number of invocations in flight and of keys is a parameter of the question. Three things keep the rest
finite, and lose nothing:

* What has no identity of its own is counted 0, 1, many: events of one object that are not settled, timers of one
  object that have not run out, and all else that can pile up beyond the bound on what is in flight. "Many" may turn
  out to be its least number, or more: both are followed.
* A rule "whenever ..." is one agent: what happens while it is busy is remembered as one occurrence.
* An object that was removed and the invocations that hold it share nothing with the rest any more but the environment,
  unless they may come to other objects, or put one into the list.
  The run forks: one branch follows the rest, the other what was removed, with everything else at rest.
  What a call that goes out of sight is owed stays owed. A finding is replayed without forks before it is printed.

The user agent's one reading that is not in the text: a task or timer that is due may be late, without limit.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from bgsync.explore.model import Model
from bgsync.pauses import pause
from bgsync.system.collect import as_more
from bgsync.system.forks import Forks
from bgsync.system.instructions import WAITS
from bgsync.system.monitor import Beginning, Call, Memory
from bgsync.system.observation import (
    Executed,
    GoesOn,
    Noticed,
    Observation,
    OfObject,
    Outcome,
    Removed,
    Withdrawn,
)
from bgsync.system.state import ANOTHER, UNKNOWN, Frame, Process, Shared, Value
from bgsync.system.step import NEVER_SETTLES, Action, Caller, State, Step, Turn
from bgsync.system.world import Effect, Meaning


class System(Forks, Model[State, Action]):
    """A scenario as a transition system. `fork=False` gives the plain semantics, for replaying."""

    # --- the trait

    def initial_states(self) -> Iterable[State]:
        """Give the one initial state: nothing listed, nothing running, and what a start asks for is due."""
        yield State(Shared(tuple(self.initial.values()), ()), (), self._at_start(), self.monitor.initial)

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
        for turn in self.turns(state):
            yield from self.take(state, turn)

    def take(self, state: State, turn: Turn) -> Iterator[Step]:
        """Give the steps of a turn."""
        match turn.kind:
            case "move":
                yield from self._move(state, turn.which)
            case "call":
                yield from self._calls(state, (False, True) if turn.which else (False,))
            case "rule":
                rest, entry = self._without_due(state, turn.name), self._entry(turn.name)
                yield from self._start(rest, Action("rule", turn.name), entry, state.memory)
            case "outside":
                process = self._from_outside(state, turn)
                if process is not None:
                    yield from self._start(state, Action("rule", turn.name), process, state.memory)
            case "ignore":
                yield Step(Action("ignore", turn.name), self._without_due(state, turn.name), (), ())
            case "run":
                yield from self._runs(state, turn.which)
            case _:
                yield from self._batch(state, turn.which)

    @staticmethod
    def _without_due(state: State, name: str) -> State:
        return state._replace(due=tuple(other for other in state.due if other != name))

    # --- the environment

    def _move(self, state: State, which: int) -> Iterator[Step]:
        place, trigger, _, dest = self.moves[which]
        context = (*state.shared.context[:place], dest, *state.shared.context[place + 1 :])
        moved = state._replace(shared=state.shared._replace(context=context))
        action, effect = Action("move", trigger), self.effects[which]
        if effect is Effect.ENDS_EVERYTHING:
            shared = moved.shared._replace(cells=())
            memory = self.monitor.interrupted(state.memory)
            moved = moved._replace(shared=shared, processes=(), queues=(), due=(), memory=memory)
        elif effect is Effect.STARTS:
            moved = moved._replace(due=self._at_start())
        elif effect is Effect.ENDS_HANDLERS:
            moved = self._terminated(moved)._replace(memory=self.monitor.interrupted(state.memory))
        if self.world.machines[place].refuses:
            kept = self.counted(self._still_barred(number, moved) for number in moved.processes)
            queues = tuple((q, tuple(self._still_barred(n, moved) for n in have)) for q, have in moved.queues)
            moved = moved._replace(processes=kept, queues=queues)
        rules = [rule.name for rule in self._rules_on(self.machines[place], trigger)]
        if not rules or state.disjoint or not self.agent_runs(state):
            yield from self._finish(action, moved)
        elif self.by_step or any(self._waits_for_room(state, name) for name in rules):
            yield from self._finish(action, moved._replace(due=tuple(sorted({*state.due, *rules}))))
        else:
            optional = all(self._rule(name).level == "SHOULD" for name in rules)
            if optional and self.scenario.means(Meaning.UNDONE):
                yield from self._finish(action._replace(detail="nothing done"), moved)
            for name in rules:
                due = tuple(sorted({*moved.due, *rules} - {name}))
                yield from self._start(moved._replace(due=due), action, self._entry(name), moved.memory)

    def _waits_for_room(self, state: State, name: str) -> bool:
        """Whether a rule would only enqueue more behind enough that wait."""
        return bool(self.full(state, self.number(self._entry(name))))

    def ends_all(self, which: int) -> bool:
        """Whether a move of the environment ends all processes."""
        return self.effects[which] is Effect.ENDS_EVERYTHING

    def moves_any(self, which: int) -> bool:
        """Whether a move of the environment may change processes, and not end them all."""
        ends = self.effects[which] is Effect.ENDS_HANDLERS
        return not self.ends_all(which) and (ends or self.world.machines[self.moves[which][0]].refuses)

    def moves_process(self, state: State, which: int, number: int) -> bool:
        """Whether a move of the environment changes a process, which it does not end with all others."""
        effect, process = self.effects[which], self.process(number)
        if effect is Effect.ENDS_HANDLERS and self._ends(state, process):
            return True
        barred = any(name == "@barred" for frame in process.frames for name, _ in frame.variables)
        return barred and self.world.machines[self.moves[which][0]].refuses

    def _ends(self, state: State, process: Process) -> bool:
        changed = self.interpreter.terminated(process, state.shared) != ((process,), state.shared)
        return changed or process.note == NEVER_SETTLES

    def _terminated(self, state: State) -> State:
        """Handlers that run are terminated, and tasks that are queued dropped; all else goes on."""
        shared, kept = state.shared, list[int]()
        for number in state.processes:
            left, shared = self.interpreter.terminated(self.process(number), shared)
            kept += (self.number(p._replace(note=None) if p.note == NEVER_SETTLES else p) for p in left)
        return state._replace(shared=shared, processes=self.counted(kept))

    # --- calls and rules

    def _still_barred(self, number: int, state: State) -> int:
        """Let a process forget what it was to be refused for when it began, and is not any more."""
        process, now = self.process(number), self.barred(state.shared.context)
        frames = []
        for frame in process.frames:
            have = dict(frame.variables)
            had = have.pop("@barred", ())
            left = tuple(reason for reason in had if reason in now) if isinstance(had, tuple) else ()
            variables: dict[str, Value] = have | ({"@barred": left} if left else {})
            frames.append(Frame(frame.pc, tuple(sorted(variables.items(), key=lambda item: item[0]))))
        return self.number(Process(tuple(frames), process.note))

    def _calls(self, state: State, callers: tuple[bool, ...]) -> Iterator[Step]:
        """Give the calls of each method with each key, from outside and, where one runs, from a handler."""
        spec, key = self.scenario.spec, self.world.key
        for method in spec.methods:
            algorithm = spec.algorithm(method)
            for tag in self.scenario.tag_names if algorithm.parameters else (None,):
                place = algorithm.parameters.index(key) if key in algorithm.parameters else 0
                given: tuple[tuple[str, Value], ...] = tuple(
                    (name, tag if n == place else UNKNOWN) for n, name in enumerate(algorithm.parameters)
                )
                barred = self.barred(state.shared.context)
                given += (("@barred", barred),) if barred else ()
                if not any(known and known.listed for known in state.shared.heap):  # script has none to call it on
                    given += tuple((name, ANOTHER) for name in self.program.owners[method])
                given += (("@promise", "pending"),) if algorithm.returns else ()
                variables = tuple(sorted(given, key=lambda item: item[0]))
                promises = method == self.world.promises or self.world.promises not in spec.methods
                for by_handler in callers:
                    beginnings: tuple[Beginning, ...] = (Beginning(state.memory),)
                    if tag is not None or not promises:
                        beginnings = self.monitor.begun(state.memory, Call(tag, by_handler, promises, method))
                    for memory, note, remark in beginnings:
                        process = self._entry(method, variables)._replace(note=note)
                        action = Action("call", f"{method}({tag or ''})", None, Caller(by_handler, remark))
                        if self.by_step:
                            after = self._placed(state._replace(memory=memory), state.processes, (process,))
                            yield from self._finish(action, after)
                        else:
                            yield from self._start(state, action, process, memory)

    # --- running processes

    def _start(self, state: State, action: Action, process: Process, memory: Memory) -> Iterator[Step]:
        """Start a process and let it run its first action, unless it begins with a wait."""
        if self.program.code[process.pc].op in WAITS:
            after = self._placed(state._replace(memory=memory), state.processes, (process,))
            yield from self._finish(action, after)
            return
        for outcome in self._run(state.shared, process):
            yield from self._apply(state._replace(memory=memory), action, process, state.processes, outcome)

    def _runs(self, state: State, number: int) -> Iterator[Step]:
        """Give the steps of a process, and of one more of those of which there are many."""
        rests = [state]
        if self.fork and state.processes.count(number) >= self.many(number):
            rests.append(state._replace(processes=tuple(sorted((*state.processes, number)))))
        if self.fork:
            rests += as_more(self.processes, state, number, self.many)
        for full in rests:
            yield from self._run_of(full, number)

    def _batch(self, state: State, place: int) -> Iterator[Step]:
        """Give the steps of the first batch of a queue."""
        queue, numbers = state.queues[place]
        later = ((queue, numbers[1:]),) if numbers[1:] else ()
        rest = state._replace(queues=(*state.queues[:place], *later, *state.queues[place + 1 :]))
        process = self.process(numbers[0])
        for outcome in self._run(rest.shared, process):
            action = Action("run", self.program.code[process.pc].origin.algorithm, numbers[0])
            yield from self._apply(rest, action, process, rest.processes, outcome)

    def _run_of(self, state: State, number: int) -> Iterator[Step]:
        """Give the steps of one process."""
        process, place = self.process(number), state.processes.index(number)
        op = self.program.code[process.pc].op
        left = state.processes[:place] + state.processes[place + 1 :]
        settles: tuple[str | None, ...] = (None,)
        if op == "await":
            known = self.interpreter.settled(process, state.shared)
            settles = ("fulfilled", "rejected") if known is None else (str(known),)
            if known is None and self.scenario.means(Meaning.UNSETTLED):
                stuck = (process._replace(note=NEVER_SETTLES),)
                shared = self.interpreter.never(process, state.shared)
                action = Action("run", "never settles", number, NEVER_SETTLES)
                yield from self._finish(action, self._placed(state._replace(shared=shared), left, stuck))
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
        told: tuple[tuple[Noticed, str | None], ...] = (),
    ) -> Iterator[Step]:
        """Put an outcome into the state; where a run is one action, what belongs to it runs on."""
        pause()
        memory, note = state.memory, process.note
        news = tuple(seen for one in outcome.executed for seen in one.observations)
        for seen in news:
            tag = self.tag(outcome.shared, seen.slot) if isinstance(seen, OfObject) else None
            if isinstance(seen, Removed) and self._withdraws(note, outcome.shared):
                outcome = outcome._replace(shared=_withdrawn(outcome.shared, seen.slot))
                seen = Withdrawn(seen.slot)  # what others take note of
                before = (*before, seen)
            memory, note = self.monitor.observed(memory, note, seen, tag)
            if isinstance(seen, Noticed):
                told = (*told, (seen, tag))
                noticed = (self.noticing(number, seen, tag) for number in left)
                left = self._with((), tuple(process for process in noticed if process is not None))
                queues = ((queue, (self.noticing(n, seen, tag) for n in numbers)) for queue, numbers in state.queues)
                state = state._replace(
                    queues=tuple((q, tuple(self.number(p) for p in have if p)) for q, have in queues)
                )
        made = outcome.process if outcome.process is None else Process(outcome.process.frames, note)
        spawned, at_once = (
            tuple(c._replace(note=note) if self._inherits(c) else c for c in started)
            for started in (outcome.spawned, outcome.at_once)
        )
        after_made = None if made is None else self.number(made)
        action = Action(*action[:4], action.choices + outcome.choices, after_made)
        executed, observations = ran + outcome.executed, before + news
        if outcome.failed:
            yield Step(action, None, executed, observations)
            return
        if made is not None:
            spawned = (made, *spawned)
        if at_once and not self.by_step:
            first, *later = at_once
            base = self._placed(state._replace(shared=outcome.shared, memory=memory), left, spawned)
            waiting = Outcome(None, (first,), (), outcome.shared, (), False, ())
            waits = self.program.code[first.pc].op in WAITS
            for inner in (waiting,) if waits else self._run(outcome.shared, first):
                more = inner._replace(at_once=inner.at_once + tuple(later))
                yield from self._apply(base, action, first, base.processes, more, executed, observations, told)
            return
        after = self._placed(state._replace(shared=outcome.shared, memory=memory), left, spawned + at_once)
        yield from self._finish(action, after, executed, observations, told)

    def _withdraws(self, note: Value, shared: Shared) -> bool:
        """Whether what is removed is withdrawn: by a method for that, or where any call would be refused."""
        return self.monitor.withdraws(self.monitor.outside if self.barred(shared.context) else note)

    def _inherits(self, process: Process) -> bool:
        """Whether what a monitor notes on an invocation goes with one that it starts."""
        handed = any(name in ("@promise", "@about") for name, _ in process.frames[-1].variables)
        return handed or self.interpreter.waits(process) == "await"

    def _placed(self, state: State, left: tuple[int, ...], added: tuple[Process, ...]) -> State:
        """Put processes into a state: into their queue those that begin with waiting for their turn."""
        queues, running = dict(state.queues), list[Process]()
        for process in added:
            queue = self.processes.queued[self.number(process)]
            if queue is None:
                running.append(process)
            else:
                queues[queue] = (*queues.get(queue, ()), self.number(process))
        return state._replace(processes=self._with(left, tuple(running)), queues=tuple(sorted(queues.items())))

    def noticing(self, number: int, seen: Noticed, tag: str | None) -> Process | None:
        """Give a process after it has seen what another one did.

        Of the events of an object that have settled the last one is followed, so the others are gone then.
        """
        process = self.process(number)
        if isinstance(seen, GoesOn):
            over = self.program.code[process.pc].op in ("extended", "ended") and self.slot(number) == seen.slot
            return None if over else process
        waits = self.interpreter.waits(process) == "wait" and self.slot(number) == seen.slot
        note = self.monitor.noticed(process.note, seen, tag, waits)
        return process if note == process.note else Process(process.frames, note)

    def _with(self, processes: tuple[int, ...], added: tuple[Process, ...]) -> tuple[int, ...]:
        """Add processes, and count those that are the same: none, one, many."""
        return self.counted((*processes, *map(self.number, added)))


def _withdrawn(shared: Shared, slot: int | None) -> Shared:
    """Note on an object that it was withdrawn."""
    heap = (known and known._replace(withdrawn=True) if n == slot else known for n, known in enumerate(shared.heap))
    return shared._replace(heap=tuple(heap))


@lru_cache(maxsize=4)
def steps_of(system: System) -> Callable[[State], tuple[Step, ...]]:
    """Give what says what can happen in a state: runs that are tried one after another have most states in common."""
    return lru_cache(maxsize=4096)(lambda state: tuple(system.steps(state)))
