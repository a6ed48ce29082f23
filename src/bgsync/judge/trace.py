"""Tells a replayed run in the steps of the spec, each with what it changed, and names its invocations."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from bgsync.judge import facts as f
from bgsync.judge.fair_loop import Replayed
from bgsync.judge.lifecycle import withdraws
from bgsync.judge.property import state_place
from bgsync.judge.replay import RESTS, Replay
from bgsync.judge.verdict import Trace, TraceStep
from bgsync.language.reaching import firing
from bgsync.system.observation import (
    Asserted,
    Chose,
    Declined,
    Dispatched,
    Duplicated,
    Executed,
    Listed,
    MemberOfNull,
    Observation,
    OfObject,
    Rejected,
    Removed,
    Resolved,
    Settled,
    StateSet,
    Supposed,
    WaitEnded,
)
from bgsync.system.state import Process
from bgsync.system.step import NEVER_SETTLES, Action, Caller, State
from bgsync.system.system import System

KINDS = {
    "await": "event",
    "extended": "handler",
    "ended": "handler",
    "wait": "timer",
    "until": "waiting",
    "chance": "chance",
    "queue": "batch",
}
"""What an invocation is called by what it waits for."""


class Names:
    """Gives every invocation of a run a name that it keeps: lend(t1) #1, event #1, timer #2.

    An invocation is known again by where it stands; with `noted` first of all by what monitors have noted on it.
    """

    def __init__(self, system: System, *, noted: bool = False) -> None:
        self.system, self.noted = system, noted
        self.alive: list[tuple[f.Invocation, Process]] = []
        self.given: Counter[str] = Counter()
        self.parents: dict[f.Invocation, f.Invocation] = {}

    def copy(self) -> "Names":
        """Give the names as they are now, for one of several ways to go on."""
        made = Names(self.system, noted=self.noted)
        made.alive, made.given, made.parents = list(self.alive), self.given.copy(), dict(self.parents)
        return made

    def begin(self, state: State) -> None:
        """Name all that runs in a state, whatever led to it."""
        for process in sorted(self.running(state), key=_order):
            code = self.system.program.code
            name = KINDS.get(code[process.pc].op) or code[process.frames[0].pc].origin.algorithm
            self.alive.append((self.fresh(name), process))

    def fresh(self, kind: str) -> f.Invocation:
        """Name one more of a kind."""
        self.given[kind] += 1
        return f.Invocation(kind, self.given[kind])

    def actor(self, taken: Replayed) -> f.Invocation:
        """Name who takes a step, and follow every invocation through it."""
        step, after = taken.step, taken.step.after
        name, place = f.USER_AGENT, None
        if step.action.process is not None:
            process = self.system.process(step.action.process)
            place = self._same(process, [have for _, have in self.alive])
            name = self.alive[place][0] if place is not None else self.fresh("invocation")
        elif step.action.kind == "call":
            name = self.fresh(step.action.name)
        elif step.action.kind == "rule":
            name = self.fresh("rule")
        rest = [pair for i, pair in enumerate(self.alive) if i != place]
        left = self.running(after)
        if step.action.after is not None:
            rest.insert(0, (name, self.system.process(step.action.after)))
        self.alive = self._kept(rest, left)
        for process in sorted(left, key=_order):
            kind = KINDS.get(self.system.program.code[process.pc].op)
            fresh_call = step.action.kind == "call" and step.action.after is None and kind is None
            begun = name if fresh_call else self.fresh(kind or self.started(process))
            self.alive.append((begun, process))
            if begun != name:
                self.parents[begun] = name
        return name

    def started(self, process: Process) -> str:
        """Say what steps are that were started to run on their own: a firing where they may come to fire an event."""
        algorithm = self.system.program.code[process.frames[0].pc].origin.algorithm
        return "firing" if algorithm in _firing(self.system) else "parallel steps"

    def running(self, state: State | None) -> list[Process]:
        """Give every invocation in a state."""
        return [] if state is None else [self.system.process(n) for n in state.processes]

    def _same(self, process: Process, among: Sequence[Process]) -> int | None:
        """Find an invocation among others."""
        exact = (place for place, have in enumerate(among) if self.noted and have == process)
        place = next(exact, None)
        if place is None:
            place = next((place for place, have in enumerate(among) if have.frames == process.frames), None)
        return place

    def _kept(
        self, known: Sequence[tuple[f.Invocation, Process]], left: list[Process]
    ) -> list[tuple[f.Invocation, Process]]:
        """Give those that are there still, as they are now, and take them from what is left."""
        kept: dict[int, Process] = {}
        for number, (_, process) in enumerate(known):
            if self.noted and process in left:
                left.remove(process)
                kept[number] = process
        for number, (_, process) in enumerate(known):
            place = None if number in kept else self._same(process, left)
            if place is not None:
                kept[number] = left.pop(place)
        return [(name, kept[number]) for number, (name, _) in enumerate(known) if number in kept]


@lru_cache(maxsize=4)
def _firing(system: System) -> frozenset[str]:
    """Give the algorithms that may come to fire an event."""
    return firing(system.scenario.spec)


def _order(process: Process) -> tuple[tuple[int, str], ...]:
    return tuple((frame.pc, repr(frame.variables)) for frame in process.frames)


def tell(replay: Replay, loop: int | None = None) -> Trace:
    """Tell a run; `loop` is the place among its actions where its loop begins."""
    names, steps, begins = Names(replay.system), list[TraceStep](), None
    for number, taken in enumerate(replay.taken):
        if number == loop:
            begins = len(steps)
        steps += told(replay.system, taken, names.actor(taken), number + 1)
    return Trace(tuple(steps), begins, tuple(names.parents.items()))


def told(system: System, taken: Replayed, actor: f.Invocation, number: int) -> list[TraceStep]:
    """Tell one action of a run, by its number: its steps, and what each of them changes."""
    action, steps = taken.step.action, list[TraceStep]()
    if action.kind == "move":
        moved = _moved(system, taken)
        steps.append(TraceStep(f.ENVIRONMENT, moved, (moved,), number))
    elif action.kind == "call":
        steps.append(TraceStep(actor, _call(action), (), number))
    elif action.kind == "ignore":
        steps.append(TraceStep(f.USER_AGENT, f.RuleIgnored(action.name), (), number))
    elif action.name == RESTS:
        steps.append(TraceStep(f.ENVIRONMENT, f.NothingHappens(), (), number))
    elif action.name == NEVER_SETTLES:
        steps.append(TraceStep(actor, f.NeverSettles(), (), number))
    for ran in taken.step.executed:
        changes = f.merged(fact for seen in ran.observations for fact in _facts(system, seen, ran.pc))
        visible = system.interpreter.shared_code[ran.pc] or bool(changes)
        steps.append(TraceStep(actor, _label(system, ran, action.detail), changes, number, visible))
    return _joined(steps)


def _joined(told: list[TraceStep]) -> list[TraceStep]:
    """Tell the statements of one sentence once."""
    joined: list[TraceStep] = []
    for step in told:
        last = joined[-1] if joined else None
        if last and step.step and _sentence(last.label) == _sentence(step.label):
            changes = f.merged(last.changes + step.changes)
            joined[-1] = replace(last, changes=changes, visible=last.visible or step.visible)
        else:
            joined.append(step)
    return joined


def _sentence(label: f.Label) -> Hashable:
    """Give what statements of one sentence have in common."""
    match label:
        case f.ReactionBegins(origin, outcome):
            return f.ReactionBegins, str(origin), outcome
        case f.TaskRuns(origin):
            return f.TaskRuns, str(origin)
        case f.StepTaken(origin):
            return f.StepTaken, str(origin), origin.sentence
        case _:
            return label


def _moved(system: System, taken: Replayed) -> f.EnvironmentMoved:
    context, trigger = taken.before.shared.context, taken.step.action.name
    moves = (move for move in system.moves if move[1] == trigger and context[move[0]] == move[2])
    place, _, before, after = next(moves)
    return f.EnvironmentMoved(system.machines[place], trigger, before, after)


def _call(action: Action) -> f.CallBegins:
    assert isinstance(action.detail, Caller)
    caller = f.Caller.HANDLER if action.detail.handler else f.Caller.OUTSIDE
    return f.CallBegins(caller, action.name, action.detail.remark)


def _label(system: System, ran: Executed, settle: object) -> f.StepTaken:
    instruction = system.program.code[ran.pc]
    if instruction.op == "await":
        for outcome, _, origin in instruction.branches:
            if outcome == settle:
                return f.ReactionBegins(origin, outcome)
    if instruction.op == "task":
        return f.TaskRuns(instruction.origin)
    return f.StepTaken(instruction.origin)


def _facts(system: System, seen: Observation, pc: int) -> Iterator[f.Change]:
    slot = seen.slot if isinstance(seen, OfObject) else None
    thing = f.Thing("" if slot is None else letter(slot))
    match seen:
        case StateSet(before=before, after=after):
            yield f.StateChanged(thing, str(before), str(after))
        case Listed():
            yield f.Listed(thing)
        case Removed(fields=fields):
            place = state_place(system)
            yield f.Unlisted(thing, None if place is None else str(fields[place]), withdraws(system, pc))
        case Duplicated():
            yield f.Duplicated()
        case Dispatched():
            yield f.EventDispatched(thing)
        case Settled(outcome=outcome):
            yield f.EventSettled(thing, str(outcome))
        case Resolved():
            yield f.PromiseSettled("resolved", None)
        case Rejected(error=error):
            yield f.PromiseSettled("rejected", error)
        case (
            Chose(choice=choice, value=value)
            | Declined(choice=choice, value=value)
            | Supposed(choice=choice, value=value)
        ):
            yield f.Chosen(choice, value)
        case Asserted(held=False):
            yield f.AssertFailed()
        case MemberOfNull(owner=owner, member=member):
            yield f.MemberOfNull(owner, member)
        case WaitEnded():
            yield f.TimerElapsed()


def letter(slot: int) -> str:
    """Name the object in a slot: A, B and so on."""
    return chr(ord("A") + slot) if slot < 26 else f"#{slot}"
