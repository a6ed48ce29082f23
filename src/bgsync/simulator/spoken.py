"""Tells the situations and steps of a spec in the reader's words."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from bgsync import telling
from bgsync.judge import facts as f
from bgsync.judge.fair_loop import Replayed
from bgsync.judge.trace import Names, letter, told
from bgsync.judge.verdict import TraceStep
from bgsync.report.words import in_words, who
from bgsync.report.words import told as in_short
from bgsync.simulator.simulation import Line, Panel
from bgsync.system.monitor import Monitor
from bgsync.system.state import Process, Ref, Value, slots_of
from bgsync.system.step import NEVER_SETTLES, State, Step
from bgsync.system.system import System

WAITING = {
    "await": "waits until its event settles; then",
    "extended": "its handler goes on after its event; then",
    "ended": "its event has ended; if the worker is terminated",
    "wait": "waits for time to pass; then",
    "until": "waits for a condition:",
    "chance": "may go on, or never:",
    "queue": "waits for its turn in a queue; then",
    "task": "is a task that is queued:",
}
"""What an invocation does at an instruction that waits; any other is about to be taken."""


class Situation(NamedTuple):
    """A state with the names that its invocations have on the way to it."""

    state: State
    names: Names
    depth: int = 0


class Spoken(NamedTuple):
    """A step in words: who takes it, what it comes to, line by line, and the names after it."""

    who: str
    title: str
    lines: tuple[Line, ...]
    steps: tuple[TraceStep, ...]
    names: Names


class Speaker:
    """Tells what is so and what happens in a system."""

    def __init__(self, system: System, monitors: Sequence[Monitor], hidden: Container[str] = ()) -> None:
        self.system, self.monitors, self.hidden = system, monitors, hidden
        self.words = system.scenario.words

    # --- steps

    def step(self, situation: Situation, step: Step) -> Spoken:
        """Tell a step."""
        taken, names = Replayed(situation.state, step), situation.names.copy()
        actor = names.actor(taken)
        every = told(self.system, taken, actor, situation.depth + 1)
        steps = [one for one in every if one.is_told] or every
        lines = tuple(self._line(one) for one in steps)
        return Spoken(self._who(step, actor, steps), self._title(step, steps), lines, tuple(every), names)

    def _line(self, step: TraceStep) -> Line:
        if isinstance(step.label, f.EnvironmentMoved):
            return Line("", "", in_short(step, self.words), tuple(self._changes(step)))
        return Line(step.algorithm, step.step, telling.sentence(step, self.words), tuple(self._changes(step)))

    def _changes(self, step: TraceStep) -> Iterator[str]:
        return (in_words(change, self.words) for change in step.changes)

    def _title(self, step: Step, steps: Sequence[TraceStep]) -> str:
        """Say in a sentence what a step comes to: what it changes, or what the text says there."""
        action = step.action
        outer = next((one for one in steps if not one.step), None)
        said = [in_short(outer, self.words)] if outer is not None else []
        changes = [c for one in steps if one.step for c in one.changes]
        firm = [in_words(change, self.words) for change in changes if not isinstance(change, f.Chosen)]
        if action.name == NEVER_SETTLES or not steps:
            return said[0] if said else action.name
        said += dict.fromkeys(firm)
        if not said:
            said = [_short(telling.sentence(steps[0], self.words))]
        open_ones = [in_words(change, self.words) for change in changes if isinstance(change, f.Chosen)]
        return _listed(said) + (f" ({'; '.join(dict.fromkeys(open_ones))})" if open_ones else "")

    def _who(self, step: Step, actor: f.Invocation, steps: Sequence[TraceStep]) -> str:
        """Say who takes a step: a lane of the picture, or an invocation."""
        words, action = self.words, step.action
        match action.kind:
            case "move":
                moved = next(one.label for one in steps if isinstance(one.label, f.EnvironmentMoved))
                signal = words.signals.get(moved.machine)
                return f"The {words.agent if signal is None else signal.source}"
            case "call":
                caller = next((one.label.caller for one in steps if isinstance(one.label, f.CallBegins)), None)
                return f"The {words.worker if caller is f.Caller.HANDLER else words.user}"
            case "rule" | "ignore":
                return f"The {words.agent}"
        if action.detail is not None or any(isinstance(one.label, f.TaskRuns) for one in steps[:1]):
            return f"The {words.worker}"
        return f"{actor}: {who(actor, words)}" if actor.kind in words.invocations else str(actor)

    # --- states

    def panels(self, situation: Situation) -> tuple[Panel, ...]:
        """Say what is so."""
        state, words = situation.state, self.words
        listed, others = list[tuple[str, str, str]](), list[tuple[str, str, str]]()
        for slot, known in enumerate(state.shared.heap):
            if known is not None:
                name = telling.thing(f.Thing(letter(slot)), words)
                (listed if known.listed else others).append((name, self._fields(known.fields), ""))
        panels = [
            Panel(f"Every {words.noun} in the list", tuple(listed), "The list is empty."),
            Panel("What runs, and where it is", tuple(self._running(situation)), "Nothing runs."),
        ]
        if world := tuple(self._world(state)):
            panels.append(Panel("The world", world))
        if others:
            panels.insert(1, Panel("Not in the list, and still held", tuple(others)))
        due = [(name, "its occasion has come", "") for name in state.due]
        if due:
            panels.insert(2, Panel("Rules that are due", tuple(due)))
        remembered = [(*row, "") for row in self._remembered(state)]
        if remembered:
            panels.append(Panel("The application", tuple(remembered)))
        return tuple(panels)

    def _fields(self, fields: tuple[Value, ...]) -> str:
        members = self.system.scenario.spec.type.members
        pairs = zip(members, fields, strict=True)
        return ", ".join(f"{member.name}: {said}" for member, value in pairs if (said := self.value(value)))

    def value(self, value: Value) -> str:
        """Say a value; "" for what is not followed."""
        if isinstance(value, Ref):
            return telling.thing(f.Thing(letter(value.slot)), self.words)
        if value is None or isinstance(value, bool):
            return {None: "none", True: "true", False: "false"}[value]
        if isinstance(value, str | int):
            return str(value)
        return ""

    def _world(self, state: State) -> Iterator[tuple[str, str, str]]:
        for machine, now in zip(self.system.world.machines, state.shared.context, strict=True):
            if machine.name in self.hidden:
                continue
            yield machine.name, "any of its states, whenever it is read" if machine.free else now, ""

    def _running(self, situation: Situation) -> Iterator[tuple[str, str, str]]:
        for name, process in sorted(situation.names.alive, key=lambda pair: (pair[0].kind, pair[0].number)):
            yield str(name), *self._standing(process)
        for queue, numbers in situation.state.queues:
            for place, number in enumerate(numbers, start=1):
                said, where = self._standing(self.system.process(number))
                yield f"number {place} in {queue}", said, where

    def _standing(self, process: Process) -> tuple[str, str]:
        """Say what an invocation does now, and where."""
        instruction = self.system.program.code[process.pc]
        origin = instruction.origin
        slots = sorted({s for frame in process.frames for _, value in frame.variables for s in slots_of(value)})
        held = [telling.thing(f.Thing(letter(slot)), self.words) for slot in slots]
        about = f" (holds {' and '.join(held)})" if held else ""
        does = WAITING.get(instruction.op, "is about to take")
        return f"{does} {origin}{about}", str(origin)

    def next_steps(self, situation: Situation) -> Iterator[tuple[str, str, str]]:
        """Give where every invocation stands in the text, and its name."""
        for name, process in situation.names.alive:
            origin = self.system.program.code[process.pc].origin
            yield origin.algorithm, origin.step, str(name)

    def _remembered(self, state: State) -> Iterator[tuple[str, str]]:
        for monitor, part in zip(self.monitors, state.memory, strict=False):
            if isinstance(part, tuple):
                yield from monitor.told(part)


def _listed(said: Sequence[str]) -> str:
    return " and ".join([*filter(None, [", ".join(said[:-1])]), said[-1]])


def _short(text: str, most: int = 120) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
