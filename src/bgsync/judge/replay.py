"""The independent validator: replays a finding on the plain semantics, and tells its trace in spec steps.

It shares no code with the search. The system is built anew without forks and without counting: every process is itself,
every removed registration stays. An action of the finding is looked up by what it says, and must be there exactly once;
what the search has left out of sight is run to its end before a loop begins; the loop is repeated until the state
recurs; then the property is judged again, and the fairness of the loop checked step by step.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from bgsync.judge.property import Liveness, Safety, View
from bgsync.system.scenario import Scenario
from bgsync.system.state import Event, Frame, Process, Ref, Value
from bgsync.system.step import NEVER_SETTLES, State, Step
from bgsync.system.system import System

ROUNDS = 12
"""How often a loop is repeated at most before its state must have recurred."""


class Rejected(Exception):  # the name of a verdict
    """The finding does not hold on the plain semantics."""


@dataclass(frozen=True)
class Move:
    """One action of a finding, told without the numbers of the search that found it."""

    kind: str
    name: str
    process: Process | None
    detail: str | None
    choices: tuple[tuple[str, Value], ...]
    created: tuple[int, ...]
    """The slots of the objects that it made."""


@dataclass(frozen=True)
class Replayed:
    """A step of the plain semantics."""

    before: State
    step: Step


def moves(system: System, steps: Sequence[Step]) -> tuple[Move, ...]:
    """Tell the steps of a search."""
    told = []
    for step in steps:
        action = step.action
        process = None if action.process is None else system.process(action.process)
        created = tuple(seen.slot for seen in step.observations if seen.kind == "new" and seen.slot is not None)
        told.append(Move(action.kind, action.name, process, action.detail, action.choices, created))
    return tuple(told)


class Replay:
    """A run of the plain semantics that follows a finding."""

    def __init__(self, scenario: Scenario) -> None:
        self.system = System(scenario, fork=False)
        (self.state,) = self.system.initial_states()
        self.taken: list[Replayed] = []
        self.slots: dict[int, int] = {}
        """From a slot in the search to the slot here."""
        self.culprit: int | None = None
        """The instruction that breaks a safety property."""

    def follow(self, told: Sequence[Move]) -> None:
        """Take these actions. Raises Rejected when one of them is not possible."""
        for move in told:
            wanted = None if move.process is None else self.system.number(self._translate(move.process))
            fitting = [
                step
                for step in self.system.steps(self.state)
                if step.action.kind == move.kind
                and step.action.name == move.name
                and step.action.process == wanted
                and step.action.detail == move.detail
                and step.action.choices == move.choices
            ]
            if len(fitting) != 1:
                raise Rejected(f"{move.kind} {move.name} is possible in {len(fitting)} ways, not in one")
            made = [seen.slot for seen in fitting[0].observations if seen.kind == "new" and seen.slot is not None]
            if len(made) != len(move.created):
                raise Rejected(f"{move.kind} {move.name} makes {len(made)} objects, not {len(move.created)}")
            self.slots.update(zip(move.created, made, strict=True))
            self.take(fitting[0])

    def take(self, step: Step) -> None:
        """Take one step."""
        self.taken.append(Replayed(self.state, step))
        if step.after is not None:
            self.state = step.after

    def finish_removed(self) -> None:
        """Run what only holds removed registrations to its end: the search had left it out of sight."""
        for _ in range(200):
            stuck = False
            for step in self.system.steps(self.state):
                number = step.action.process
                slot = None if number is None else self.system.slot(number)
                known = None if slot is None else self.state.shared.heap[slot]
                if known is not None and not known.listed:
                    stuck = step.after is None
                    if not stuck:
                        self.take(step)
                        break
            else:
                if stuck:
                    raise Rejected("what holds a removed registration can only fail an Assert, and that ends the run")
                return
        raise Rejected("what holds a removed registration never comes to an end")

    def _translate(self, process: Process) -> Process:
        frames = (Frame(f.pc, tuple((name, self._value(x)) for name, x in f.variables)) for f in process.frames)
        return process._replace(frames=tuple(frames))

    def _value(self, value: Value) -> Value:
        if isinstance(value, Ref):
            return Ref(self.slots.get(value.slot, value.slot))
        if isinstance(value, tuple) and not isinstance(value, Event) and not hasattr(value, "_fields"):
            return tuple(self._value(x) for x in value)
        return value


def replay_safety(scenario: Scenario, told: Sequence[Move], safety: Safety, name: str) -> Replay:
    """Replay a finding whose last step breaks `safety`. Raises Rejected."""
    replay = Replay(scenario)
    replay.follow(told)
    last = replay.taken[-1]
    view = View(replay.system, last.before, last.step)
    for ran in last.step.executed:
        for seen in ran.observations:
            if seen.kind in safety.kinds:
                for found in safety.look(view, seen, ran.pc):
                    if found.broken and "/".join(filter(None, (safety.id, found.part))) == name:
                        replay.culprit = ran.pc
                        return replay
    raise Rejected(f"the last step does not break {name}")


def replay_lasso(
    scenario: Scenario, stem: Sequence[Move], loop: Sequence[Move], liveness: Liveness, owed: Hashable
) -> tuple[Replay, int]:
    """Replay a lasso and check that it recurs, that it is fair, and that it breaks `liveness`. Raises Rejected.

    Gives the run and the place in it where the loop begins.
    """
    replay = Replay(scenario)
    replay.follow(stem)
    replay.finish_removed()
    starts: dict[State, int] = {}
    for _ in range(ROUNDS):
        if replay.state in starts:
            break
        starts[replay.state] = len(replay.taken)
        replay.follow(loop)
        replay.finish_removed()
    else:
        raise Rejected("the loop does not come back to a state that it was in")
    begin = starts[replay.state]
    cycle = replay.taken[begin:]
    here = replay.slots.get(owed, owed) if isinstance(owed, int) else owed
    for taken in cycle:
        if here not in liveness.owed(replay.system, taken.before):
            raise Rejected("what is owed is not owed all along the loop")
        if liveness.given(View(replay.system, taken.before, taken.step), here):
            raise Rejected("what is owed is given in the loop")
    if liveness.needs and not any(liveness.needs(View(replay.system, t.before, t.step)) for t in cycle):
        raise Rejected("the loop lacks the step that the property is about")
    _check_fair(replay.system, cycle)
    return replay, begin


def _check_fair(system: System, cycle: list[Replayed]) -> None:
    """Check the loop for what a fair run must do, written anew from the definition."""
    network, agent = system.machines.index("network"), system.machines.index("user agent")
    execution = system.machines.index("execution")
    contexts = [taken.before.shared.context for taken in cycle]
    if all(context[network] == "offline" for context in contexts):
        raise Rejected("the loop is offline for ever")
    if all(context[agent] == "restarted" for context in contexts):
        raise Rejected("the user agent never resumes")
    if all(context[execution] == "stopped" for context in contexts):
        raise Rejected("the worker never starts")
    acted = {taken.step.action.process for taken in cycle}
    for number in set(cycle[0].before.processes):
        process = system.process(number)
        stays = all(number in taken.before.processes for taken in cycle)
        waits = process.note == NEVER_SETTLES or any(
            context[execution] == "stopped" and system.program.code[process.pc].op == "task" for context in contexts
        )
        if stays and not waits and number not in acted:
            raise Rejected("an invocation that could go on never does")
    if "should" in system.scenario.adversities:
        return
    for rule in cycle[0].before.due:
        ran = any(taken.step.action.kind == "rule" and taken.step.action.name == rule for taken in cycle)
        if all(rule in taken.before.due for taken in cycle) and not ran:
            raise Rejected(f"the user agent never does what it SHOULD do {rule}")
    seen = [(o.kind, o.before) for taken in cycle for o in taken.step.observations]
    for kind, choice in seen:
        if kind == "declined" and ("chose", choice) not in seen:
            raise Rejected(f"the user agent never chooses what it SHOULD: {choice}")
