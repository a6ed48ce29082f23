"""Numbers processes, so that states stay small, and knows what each of them holds."""

from collections.abc import Iterator
from typing import NamedTuple

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.system.closures import queue_name
from bgsync.system.instructions import EVENT, OUTCOME, TASK, TERMINATED, UPON, WAITS
from bgsync.system.interpreter import Interpreter
from bgsync.system.state import UNKNOWN, Cell, Frame, Process, Promise, Ref, Value, cells_of, replaced, slots_of


class Awaiting(NamedTuple):
    """An event that may still settle: the object that it is about, and where its outcome is noted, if anywhere."""

    slot: int | None
    outcome: int | None


def renamed(process: Process, names: dict[int, int]) -> Process:
    """Give a process with other places for its shared variables."""
    return process._replace(
        frames=tuple(
            Frame(frame.pc, tuple((name, renamed_value(x, names)) for name, x in frame.variables))
            for frame in process.frames
        )
    )


def renamed_value(value: Value, names: dict[int, int]) -> Value:
    """Give a value with other places for the shared variables in it."""

    if value is None or type(value) is str:
        return value

    def change(part: Value) -> Value:
        if isinstance(part, Cell):
            return Cell(names.get(part.slot, part.slot))
        return Promise(names.get(part.slot, part.slot)) if isinstance(part, Promise) else part

    return replaced(value, change)


class Processes:
    """Every process that was met, by number; one that says the same has the same number."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.known: list[Process] = []
        self.slot: list[int | None] = []
        """The object that the process is about."""
        self.slots: list[frozenset[int]] = []
        """All objects that it holds."""
        self.cells: list[frozenset[int]] = []
        """All shared variables that it holds."""
        self.places: list[tuple[int, ...]] = []
        """The same, in the order in which it holds them."""
        self.parked: list[bool] = []
        """Whether it waits for a handler, for time, for a condition or for what may never come."""
        self.batch: list[str | None] = []
        """The queue whose batch it is, if it has begun."""
        self.queued: list[str | None] = []
        """The queue that it waits in."""
        self.kind: list[int] = []
        """The number of the process that says the same without the places of its shared variables."""
        self.task: list[bool] = []
        """Whether it is a task that has begun, and does not wait."""
        self.events: list[tuple[Awaiting, ...]] = []
        """The events that it may still see settle."""
        self._numbers: dict[Process, int] = {}
        self._renamed: dict[tuple[int, tuple[int, ...]], int] = {}
        self._reached: dict[int, tuple[int, ...]] = {}

    def number(self, process: Process) -> int:
        """Number a process the first time that it is met."""
        known = self._numbers.get(process)
        if known is None:
            known = self._numbers[process] = len(self.known)
            self.known.append(process)
            values = [x for frame in process.frames for _, x in frame.variables]
            self.slot.append(min((x.slot for x in values if isinstance(x, Ref)), default=None))
            self.slots.append(frozenset(slot for x in values for slot in slots_of(x)))
            self.places.append(tuple(slot for x in values for slot in cells_of(x)))
            self.cells.append(frozenset(self.places[known]))
            self.parked.append(self.interpreter.waits(process) is not None)
            self.batch.append(self.interpreter.in_queue(process))
            instruction = self.interpreter.program.code[process.pc]
            waits = instruction.op == "queue" and isinstance(instruction.statement, s.Enqueue)
            self.queued.append(queue_name(instruction.statement.queue) if waits else None)  # type: ignore[attr-defined]
            begun = any(name == TASK for frame in process.frames for name, _ in frame.variables)
            self.task.append(begun and instruction.op not in WAITS)
            self.events.append(tuple(self._events(process)))
            blank = dict.fromkeys(self.cells[known], -1)
            self.kind.append(known)
            if any(cell >= 0 for cell in blank):
                self.kind[known] = self.number(renamed(process, blank))
        return known

    def _events(self, process: Process) -> Iterator[Awaiting]:
        """Give the events that have been dispatched, and that a process may still see settle."""
        awaits = self.interpreter.waits(process) == "await"
        for frame in process.frames:
            held = dict(frame.variables)
            if held.get(UPON, TERMINATED) != TERMINATED or (awaits and frame is process.frames[-1]):
                about, place = held.get(EVENT), held.get(OUTCOME)
                yield Awaiting(
                    about.slot if isinstance(about, Ref) else None, place.slot if isinstance(place, Cell) else None
                )

    def renamed(self, number: int, names: dict[int, int]) -> int:
        """Give the number of a process with other places for its shared variables."""
        key = (number, tuple(names.get(cell, cell) for cell in self.places[number]))
        known = self._renamed.get(key)
        if known is None:
            known = self._renamed[key] = self.number(renamed(self.known[number], names))
        return known

    def with_slots(self, number: int, names: dict[int, int]) -> int:
        """Give the number of a process that holds the same objects in other slots."""
        if self.slots[number].isdisjoint(names):
            return number

        def change(part: Value) -> Value:
            return Ref(names.get(part.slot, part.slot)) if isinstance(part, Ref) else part

        process = self.known[number]
        frames = (
            Frame(frame.pc, tuple((name, replaced(x, change)) for name, x in frame.variables))
            for frame in process.frames
        )
        return self.number(process._replace(frames=tuple(frames)))

    def enqueues(self, number: int) -> frozenset[str]:
        """Give the queues that a process may enqueue to from now on, or waits in."""
        mine = self.queued[number]
        found = (self.interpreter.enqueuing[frame.pc] for frame in self.known[number].frames)
        return frozenset[str]().union(*found, () if mine is None else (mine,))

    def resolves(self, number: int) -> bool:
        """Whether a process, or one that it starts, may resolve a promise from now on."""
        return any(map(self.interpreter.resolving.__getitem__, self._places(number)))

    def meets(self, number: int) -> bool:
        """Whether a process may come to objects from now on that it does not hold yet, or put one into the list."""
        return any(map(self.interpreter.meeting.__getitem__, self._places(number)))

    def _places(self, number: int) -> tuple[int, ...]:
        """Give where the frames of a process go on."""
        known = self._reached.get(number)
        if known is None:
            *outer, inner = self.known[number].frames
            known = self._reached[number] = (*(frame.pc for frame in outer), self._decided(inner))
        return known

    def _decided(self, frame: Frame) -> int:
        """Give where a process comes to by tests of whether its variables hold an object."""
        code, held, pc = self.interpreter.program.code, dict(frame.variables), frame.pc
        while code[pc].op == "jump" or (code[pc].op == "branch" and isinstance(code[pc].statement, s.If)):
            statement, holds = code[pc].statement, True
            if isinstance(statement, s.If) and code[pc].op == "branch":
                negated = isinstance(statement.condition, e.Not)
                test = statement.condition.operand if isinstance(statement.condition, e.Not) else statement.condition
                if not (isinstance(test, e.Is) and isinstance(test.left, e.Var) and test.right is None):
                    return pc
                value = held.get(test.left.name, UNKNOWN)
                if not isinstance(value, Ref | None):
                    return pc
                holds = (value is None) != negated
            pc = code[pc].next if holds else code[pc].other
        return pc
