"""What a run starts that goes on by itself: steps in parallel, tasks, and what reacts to an event or a promise."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol, cast

from bgsync.language import statements as s
from bgsync.language.readback import say_value
from bgsync.system.closures import queue_name
from bgsync.system.evaluation import Machine
from bgsync.system.instructions import END, EVENT, OUTCOME, TASK, TERMINATED, UPON, Instruction
from bgsync.system.observation import Chose, GoesOn, WaitBegan
from bgsync.system.program import Program
from bgsync.system.reactions import HANDED_ON, Reactions
from bgsync.system.state import Awaited, Cell, Event, Frame, Locals, Process, Ref, Value

KEPT = frozenset(
    {"@promise", "@barred", "@observing", "@about", "@settled", "@told", "@did", "@queue", "@reacting", "@result"}
) | {TASK, UPON}
"""Hidden variables of an invocation itself: its promise, what it read meanwhile; the event that it reacts to, what the
handler was told with it, and what the reaction has done; its task."""

EXTENDED = "the handler goes on after its event has settled"
"""A choice: other promises extend the event still, or are added later."""


class Analysed(Machine, Protocol):
    """What a run has to know besides: the program, and what of it others see; `Interpreter` is one."""

    program: Program
    by_step: bool
    not_understood: str
    remembers: bool
    extends: bool
    shared_code: tuple[bool, ...]
    shared_variables: tuple[frozenset[str], ...]
    quiet: tuple[bool, ...]
    changing: tuple[bool, ...]


def about_of(variables: Mapping[str, Value]) -> int | None:
    """Give the object that the steps with these variables are about."""
    return min((x.slot for x in variables.values() if isinstance(x, Ref)), default=None)


class Starts(Reactions):
    """The meaning of what starts others."""

    interpreter: Analysed
    program: Program
    spawned: list[Process]
    at_once: list[Process]
    told: tuple[str, ...]
    """The variables of which the instruction that runs has to know which object they hold."""

    def _frame(self, pc: int, variables: dict[str, Value]) -> Frame:
        live = self.program.live[pc]
        return Frame(pc, tuple(sorted((k, x) for k, x in variables.items() if k in live or k in KEPT)))

    def _do_spawn_each(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.ForEach)
        for item in self.items(statement):
            self.variables[statement.name] = item
            self.recognise(self.told)
            if self.holds(statement.where):
                self.at_once.append(self._child(instruction.other))

    def _child(self, entry: int, hidden: Mapping[str, Value] = MappingProxyType({})) -> Process:
        """Start an invocation: it shares the variables that are changed from now on, and has copies of the others."""
        live = self.program.live[entry]
        for name, level in self.program.shared.get(self.program.code[entry].origin.algorithm, {}).items():
            known = self.variables.get(name)
            if name in live and not isinstance(known, Cell):
                self.variables[name] = Cell(self.share(known, level))
        given = {k: x for k, x in self.variables.items() if k not in KEPT}
        if "@promise" in live and "@promise" in self.variables:
            given["@promise"] = self.promise()
            given |= {k: x for k, x in self.variables.items() if k in ("@barred", "@observing")}
        return Process((self._frame(entry, {**given, **hidden}),))

    def _do_spawn(self, instruction: Instruction) -> None:
        batch = isinstance(instruction.statement, s.Enqueue)
        child = self._child(instruction.other, self._handed_on(instruction.other) if batch else {})
        self.spawned.append(child)
        if self.program.code[instruction.other].op == "wait":
            self.seen.append(WaitBegan(about_of(dict(child.frames[0].variables))))

    def _do_upon(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.Upon)
        promise, place = self.value(statement.promise), self.variables.get(OUTCOME)
        followed = isinstance(promise, Event | Awaited) and EVENT in self.variables
        awaiting, upon = self.program.code[instruction.other], self.variables.get(UPON)
        if followed and upon == TERMINATED:
            self.spawned += [self._child(entry) for outcome, entry, _ in awaiting.branches if outcome == TERMINATED]
            return
        if instruction.event and EVENT not in self.variables:
            return  # nothing was dispatched
        child = self._child(instruction.other if followed else awaiting.other)
        if followed:
            self._one_more(place)
        if followed and isinstance(upon, tuple):
            self.variables[UPON] = (*upon, tuple(child.frames[0]))
        else:
            self.spawned.append(child)

    def _one_more(self, place: Value) -> None:
        """One more reacts to an event."""
        if isinstance(place, Cell):
            outcome, left, told, did = self._reactions_at(place)
            self._note_reactions(place, (outcome, left + 1, told, did))

    def _handed_on(self, entry: int) -> Mapping[str, Value]:
        """Give what is hidden in a batch that a reaction enqueues; what changes anything is part of the reaction."""
        reaction = self.outermost
        if "@about" not in reaction or not self.interpreter.changing[entry]:
            return {}
        if "@reacting" not in reaction:
            known = reaction["@settled"], 1, reaction.pop("@told", None), reaction.pop("@did", ())
            reaction["@reacting"] = Cell(self.share(known, 1))
        self._one_more(reaction["@reacting"])
        return {name: x for name, x in reaction.items() if name in HANDED_ON}

    def _do_task_end(self, instruction: Instruction) -> None:
        """What reacts to the event of a task waits for it from now on; somebody does even where no step reacts."""
        self.pc = instruction.next
        self.variables.pop(TASK, None)
        upon = self.variables.pop(UPON, None)
        if isinstance(upon, tuple) and upon:
            self.spawned += [Process((Frame(*cast(tuple[int, Locals], waiting)),)) for waiting in upon]
        elif upon == () and instruction.other != END:
            self._one_more(self.variables.get(OUTCOME))
            self.spawned.append(self._child(instruction.other))

    def _go_on(self, after: int, *, first: bool) -> None:
        """The handler may go on after its event has settled: what sees it settle `first` sees that, too."""
        ended = self.program.code[after].next
        if first and self.interpreter.extends and self.choose(EXTENDED, (False, True)):
            self.seen.append(Chose(EXTENDED, True))
        elif self.interpreter.remembers and ended != END:
            after = ended
        else:
            return
        about = self.variables.get(EVENT)
        self.seen.append(GoesOn(about.slot if isinstance(about, Ref) else None))
        self.spawned.append(self._child(after))

    def _do_chance(self, instruction: Instruction) -> None:
        """What may come comes."""
        if instruction.branches:
            outcomes = tuple(dict.fromkeys(outcome for outcome, _, _ in instruction.branches))
            assert isinstance(instruction.statement, s.Upon)
            chosen = self.choose(f"{say_value(instruction.statement.promise)} is", outcomes)
            self.at_once += map(self._child, self._turn_to(instruction, chosen))

    def _do_queue(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.Enqueue)
        self.variables["@queue"] = queue_name(instruction.statement.queue)

    def _do_task(self, instruction: Instruction) -> None:
        """The task begins."""
        self.variables[TASK] = True
