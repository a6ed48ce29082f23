"""Tells a replayed run in the steps of the spec, each with what it changed, and names its invocations."""

from collections import Counter

from bgsync.judge.property import state_place
from bgsync.judge.replay import Replay, Replayed
from bgsync.judge.verdict import Trace, TraceStep
from bgsync.language.statements import Origin
from bgsync.system.describe import said_caller
from bgsync.system.observation import (
    Asserted,
    Chose,
    Declined,
    Dispatched,
    Duplicated,
    Executed,
    Listed,
    Observation,
    OfObject,
    Rejected,
    Removed,
    Resolved,
    Settled,
    StateSet,
    WaitEnded,
)
from bgsync.system.state import Frame
from bgsync.system.step import State
from bgsync.system.system import System

Frames = tuple[Frame, ...]
KINDS = {"await": "event", "wait": "timer", "until": "waiting", "chance": "chance", "queue": "batch"}
"""What an invocation is called by what it waits for."""


class _Names:
    """Gives every invocation of a run a name that it keeps: register(t1) #1, event #1, timer #2."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.alive: list[tuple[str, Frames]] = []
        self.given: Counter[str] = Counter()

    def fresh(self, kind: str) -> str:
        self.given[kind] += 1
        return f"{kind} #{self.given[kind]}"

    def actor(self, taken: Replayed) -> str:
        """Name who takes a step, and follow every invocation through it."""
        step, after = taken.step, taken.step.after
        name, place = "", None
        if step.action.process is not None:
            frames = self.system.process(step.action.process).frames
            place = next((i for i, (_, have) in enumerate(self.alive) if have == frames), None)
            name = self.alive[place][0] if place is not None else self.fresh("invocation")
        elif step.action.kind == "call":
            name = self.fresh(step.action.name)
        elif step.action.kind == "rule":
            name = self.fresh("rule")
        rest = [pair for i, pair in enumerate(self.alive) if i != place]
        left = Counter(self.frames_of(after))
        if step.action.after is not None:
            rest.insert(0, (name, self.system.process(step.action.after).frames))
        self.alive = []
        for known in rest:
            if left[known[1]] > 0:
                left[known[1]] -= 1
                self.alive.append(known)
        for frames in sorted(left.elements()):
            kind = KINDS.get(self.system.program.code[frames[-1].pc].op)
            fresh_call = step.action.kind == "call" and step.action.after is None and kind is None
            self.alive.append((name if fresh_call else self.fresh(kind or "firing"), frames))
        return name

    def frames_of(self, state: State | None) -> list[Frames]:
        return [] if state is None else [self.system.process(n).frames for n in state.processes]


def tell(replay: Replay, loop: int | None = None) -> Trace:
    """Tell a run; `loop` is the place among its actions where its loop begins."""
    names, steps, begins = _Names(replay.system), list[TraceStep](), None
    for number, taken in enumerate(replay.taken):
        if number == loop:
            begins = len(steps)
        steps += _told(replay.system, taken, names.actor(taken), number + 1)
    return Trace(tuple(steps), begins)


def _told(system: System, taken: Replayed, name: str, number: int) -> list[TraceStep]:
    action, told = taken.step.action, []
    if action.kind == "move":
        machine, before, after = _moved(system, taken)
        told.append(_plain(f"the {machine}: {action.name}", "environment", number, {machine: (before, after)}))
    elif action.kind == "call":
        told.append(_plain(f"{said_caller(system.world, action)} calls {action.name}", name, number, {}))
    elif action.kind == "ignore":
        told.append(_plain(f"the user agent does not follow the rule {action.name!r}", "user agent", number, {}))
    elif action.name == "never settles":
        told.append(_plain("the handler will never settle", name, number, {}))
    actor = name or "user agent"
    for ran in taken.step.executed:
        origin, sentence = _origin(system, ran, action.detail)
        changes = _changes(system, taken, ran)
        visible = system.interpreter.shared_code[ran.pc] or bool(changes)
        told.append(
            TraceStep(
                actor,
                origin.algorithm,
                origin.step,
                origin.file,
                origin.line,
                sentence,
                changes,
                number,
                visible,
            )
        )
    return _merged(told)


def _merged(told: list[TraceStep]) -> list[TraceStep]:
    """Tell the statements of one sentence once."""
    merged: list[TraceStep] = []
    for step in told:
        last = merged[-1] if merged else None
        if (
            last
            and step.step
            and (last.algorithm, last.step, last.sentence) == (step.algorithm, step.step, step.sentence)
        ):
            merged[-1] = TraceStep(
                last.process, last.algorithm, last.step, last.file, last.line, last.sentence,
                {**last.changes, **step.changes}, last.action, last.visible or step.visible,
            )  # fmt: skip
        else:
            merged.append(step)
    return merged


def _plain(sentence: str, process: str, number: int, changes: dict[str, tuple[str, str]]) -> TraceStep:
    return TraceStep(process, "", "", "", 0, sentence, changes, number)


def _moved(system: System, taken: Replayed) -> tuple[str, str, str]:
    before, trigger = taken.before.shared.context, taken.step.action.name
    place, _, source, dest = next(m for m in system.moves if m[1] == trigger and before[m[0]] == m[2])
    return system.machines[place], source, dest


def _origin(system: System, ran: Executed, settle: object) -> tuple[Origin, str]:
    instruction = system.program.code[ran.pc]
    if instruction.op == "await":
        for outcome, _, origin in instruction.branches:
            if outcome == settle:
                return origin, f"the event's promise is {outcome}"
    if instruction.op == "task":
        return instruction.origin, "the task that was queued runs in the worker"
    return instruction.origin, instruction.origin.sentence


def _changes(system: System, taken: Replayed, ran: Executed) -> dict[str, tuple[str, str]]:
    changes: dict[str, tuple[str, str]] = {}
    for seen in ran.observations:
        told = _change(system, taken, seen)
        if told is not None:
            changes[told[0]] = (told[1], told[2])
    return changes


def _change(system: System, taken: Replayed, seen: Observation) -> tuple[str, str, str] | None:
    slot = seen.slot if isinstance(seen, OfObject) else None
    thing = "registration" if slot is None else f"registration {_label(slot)}"
    match seen:
        case StateSet(before=before, after=after):
            return f"{thing}: state", str(before), str(after)
        case Listed():
            return f"{thing}: in the list", "no", "yes"
        case Removed(fields=fields):
            place = state_place(system)
            was = "" if place is None else f", {fields[place]}"
            return f"{thing}: in the list", f"yes{was}", "no"
        case Duplicated():
            return "registrations with this tag", "1", "2"
        case Dispatched():
            return f"{thing}: event", "none", "dispatched"
        case Settled(outcome=outcome):
            return f"{thing}: event", "dispatched", str(outcome)
        case Resolved():
            return "promise", "pending", "resolved"
        case Rejected(error=error):
            return "promise", "pending", "rejected" if error is None else f"rejected with {error}"
        case Chose(choice=choice, value=value) | Declined(choice=choice, value=value):
            return choice, "undecided", str(value).lower()
        case Asserted(held=False):
            return "assert", "must be true", "false"
        case WaitEnded():
            return "timer", "running", "elapsed"
        case _:
            return None


def _label(slot: int) -> str:
    return chr(ord("A") + slot) if slot < 26 else f"#{slot}"
