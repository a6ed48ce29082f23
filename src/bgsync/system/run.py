"""One run of one process: how control flows through its instructions, and where it stops.

See `bgsync.system.interpreter` for when an action ends.
"""

from collections.abc import Hashable

from bgsync.language import statements as s
from bgsync.language.algorithm import LanguageError
from bgsync.system.evaluation import NullError
from bgsync.system.instructions import (
    END,
    EVENT,
    OUTCOME,
    UPON,
    WAITS,
    Instruction,
    loop_variable,
)
from bgsync.system.observation import (
    Dispatched,
    Executed,
    NeverSettled,
    Outcome,
    PoolMet,
    WaitEnded,
    bearing,
)
from bgsync.system.scripts import Script, Scripts
from bgsync.system.starts import Analysed, Starts, about_of
from bgsync.system.state import (
    UNKNOWN,
    Cell,
    Event,
    Process,
    Ref,
    Shared,
    Value,
)

STARTS = frozenset({"spawn", "upon"})
"""The instructions that start what others may see before the next step does: an action takes no more than them."""
ENDLESS = 10_000
"""How many instructions one action may run: more is a loop that nothing ends."""

DEEPEST = 20
"""How deep calls of algorithms are followed."""

ROUNDS = 3
"""How many rounds of a loop without a wait one action takes of a text that was read; the next ones are another one."""


class Run(Starts):
    """One run of one process with a script of choices; its methods change it, and nothing outside of it."""

    def __init__(
        self, machine: Analysed, shared: Shared, process: Process, script: Script = (), scripts: Scripts | None = None
    ) -> None:
        super().__init__(machine, shared, script)
        self.scripts = scripts
        """Where choices that the script does not make are left for later runs."""
        self.interpreter = machine
        self.program = machine.program
        self.frames = [(frame.pc, dict(frame.variables)) for frame in process.frames]
        self.note = process.note
        self.spawned: list[Process] = []
        self.at_once: list[Process] = []
        self.executed: list[Executed] = []
        self.trailing: list[Executed] = []
        """Jumps after a call in tail position, which are done with."""
        self.failed = False
        self.told: tuple[str, ...] = ()
        """The variables of which the instruction that runs has to know which object they hold."""
        self.rounds: dict[int, int] = {}
        self.begun = 0, 0
        """The instruction that runs, and how many choices were made before it."""
        self.pc, self.variables = self.frames.pop()

    def run(self, settle: str | None) -> Outcome:
        """Take one action; `settle` is how the event that it waits for settles."""
        code, machine = self.program.code, self.interpreter
        group, touched, hold, first = None, False, -1, True
        while True:
            instruction = code[self.pc]
            if len(self.executed) > ENDLESS or len(self.frames) > DEEPEST:
                return self._endless()
            if instruction.op == "end":
                self._leave()
                self._note_seen()
                if not self.frames:
                    return self._outcome(None)
                self._come_back()
                group = None
                continue
            if instruction.op == "task end":
                self._do_task_end(instruction)
                group = None
                continue
            if instruction.op in WAITS and not first:
                return self._stop()
            if isinstance(instruction.statement, s.While) and instruction.op == "branch" and machine.spec.read:
                self.rounds[self.pc] = self.rounds.get(self.pc, 0) + 1
                if self.rounds[self.pc] > ROUNDS and hold < 0:
                    return self._stop()
            if instruction.group != group:
                held = hold >= 0 and (instruction.atomic or len(self.frames) >= hold)
                if not held:
                    hold = -1
                    if machine.by_step and touched and not self._only_quiet():
                        return self._stop()
                group = instruction.group
            if instruction.atomic and hold < 0:
                hold = len(self.frames) + 1
            first = False
            touched = touched or self._touches() or instruction.op in STARTS
            here, depth = self.pc, len(self.frames)
            self.begun = here, self.asked
            try:
                self._execute(instruction, settle)
            except NullError:
                self.failed = True
            except Exception as error:
                error.add_note(f"at {instruction.origin}")
                raise
            self.executed += [Executed(here, tuple(self.seen)), *self.trailing]
            self.seen, self.trailing = [], []
            if self.failed:
                return self._outcome(None)
            if instruction.op == "call" and len(self.frames) == depth and hold >= 0:
                hold = 0  # a call in tail position: the frame of the atomic block is gone, but the block goes on

    def undecided(self, options: tuple[Value, ...]) -> Value:
        """Take the first of several options, and leave the others for later runs."""
        if self.scripts is None:
            return super().undecided(options)
        return self.scripts.take(self.script, options, self.fork)

    def fork(self) -> Hashable:
        """Give what the run has come to at an open choice: all that what follows depends on."""
        here, decided = self.begun
        ran = bearing((*self.executed, Executed(here, tuple(self.seen))))
        frames = tuple((pc, frozenset(some.items())) for pc, some in (*self.frames, (self.pc, self.variables)))
        started = tuple(self.spawned), tuple(self.at_once)
        return ran, tuple(self.choices[decided:]), frames, tuple(self.heap), tuple(self.cells), started

    def asserts(self) -> bool:
        """Run the asserts that come first; say whether they hold."""
        while self.program.code[self.pc].op == "assert" and not self.failed:
            try:
                self._execute(self.program.code[self.pc], None)
            except NullError:
                self.failed = True
        return not self.failed

    def call(self) -> dict[str, Value]:
        """Give the variables of the innermost algorithm under way that returns a promise."""
        around = (self.variables, *(variables for _, variables in reversed(self.frames)))
        return next((variables for variables in around if "@promise" in variables), self.variables)

    def _endless(self) -> Outcome:
        place = self.program.code[self.pc].origin
        if not self.machine.spec.read:
            raise LanguageError(f"{place}: the loop never waits, so it would run for ever: put a Wait into it")
        met = PoolMet(f"steps that {place} takes without a wait")
        self.executed = [*self.executed[:DEEPEST], Executed(self.pc, (met,))]
        self.failed = True
        return self._outcome(None)

    def _touches(self) -> bool:
        """Whether the next instruction touches what others can see now."""
        if not self.interpreter.shared_code[self.pc]:
            return False
        names = self.interpreter.shared_variables[self.pc]
        return not names or any(isinstance(self.variables.get(name), Cell) for name in names)

    def _only_quiet(self) -> bool:
        quiet = self.interpreter.quiet
        return quiet[self.pc] and all(quiet[pc] for pc, _ in self.frames)

    def _note_seen(self) -> None:
        """What was seen at the end of a list of steps belongs to the last of them."""
        if self.seen:
            ran = self.executed.pop() if self.executed else Executed(self.pc, ())
            self.executed.append(Executed(ran.pc, ran.observations + tuple(self.seen)))
            self.seen = []

    def _stop(self) -> Outcome:
        """The action ends here; a reaction that changes nothing any more is over, and leaves no frame behind."""
        changing = self.interpreter.changing
        if "@about" in self.outermost and not any(changing[pc] for pc in (self.pc, *(pc for pc, _ in self.frames))):
            self._react()
            self._note_seen()
            pc = self.frames[0][0] if self.frames else self.pc
            if self.frames and self._after_jumps(pc) == END and not self.outermost.keys() & {"@promise", "@queue"}:
                self._take_jumps(pc)
                self.executed += self.trailing
                del self.frames[0]
        return self._outcome(self._process())

    def _process(self) -> Process:
        frames = (*self.frames, (self.pc, self.variables))
        return Process(tuple(self._frame(pc, variables) for pc, variables in frames), self.note)

    def _outcome(self, process: Process | None) -> Outcome:
        shared = Shared(self.context, tuple(self.heap), tuple(self.cells))
        ran, chosen = tuple(self.executed), tuple(self.choices)
        return Outcome(process, tuple(self.spawned), tuple(self.at_once), shared, ran, self.failed, chosen)

    def _leave(self) -> None:
        """The innermost algorithm, or the reaction to an event, ends: see what it leaves behind."""
        if self.variables.get("@promise") == "pending":
            self.seen.append(NeverSettled())
        if not self.frames:
            self._react()

    def _come_back(self) -> None:
        """Go on in the algorithm that called, with what was returned."""
        returned = self.variables.get("@returned")
        self.pc, self.variables = self.frames.pop()
        bind = self.variables.pop("@result", None)
        if isinstance(bind, str):
            self.variables[bind] = returned

    def _execute(self, instruction: Instruction, settle: str | None) -> None:
        self.delayed = instruction.delayed
        self.own_promise = self.program.promise_of.get(instruction.origin.algorithm)
        if instruction.op == "await":
            others, hidden, first = self._settle(instruction, settle)
            self.at_once += [self._child(entry, hidden) for entry in others]
            self._go_on(instruction.next, first=first)
            return
        self.told = self.program.receivers[self.pc]
        if instruction.op not in ("each", "spawn each"):
            self.recognise(self.told)
        self.pc = instruction.next
        getattr(self, "_do_" + instruction.op.replace(" ", "_"))(instruction)

    def _do_branch(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.If | s.While)
        if not self.holds(instruction.statement.condition):
            self.pc = instruction.other

    def _do_jump(self, instruction: Instruction) -> None:
        """Control only; but where an event is to be fired, the one before it is not meant any more."""
        if isinstance(instruction.statement, s.FireEvent):
            for name in (instruction.statement.bind, EVENT, OUTCOME):
                self.variables.pop(name, None)

    def _do_not_understood(self, instruction: Instruction) -> None:
        """Nothing is done; or the run ends, since nobody knows what follows; or anything is done."""
        statement = instruction.statement
        assert isinstance(statement, s.NotUnderstood)
        if self.interpreter.not_understood != "anything":
            self.failed = self.interpreter.not_understood == "stops"
            return
        self.anything(statement)
        if not instruction.branches:
            return
        if self.free(f"the steps end: {statement.text}"):
            self.pc = instruction.branches[0][1]
        elif instruction.other != instruction.next and self.free(f"what stands below is done: {statement.text}"):
            self.pc = instruction.other

    def _do_return(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.Return)
        self.variables["@returned"] = self.value(instruction.statement.value)

    def _do_items(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.ForEach)
        self.variables[loop_variable(instruction)] = self.items(instruction.statement)

    def _do_each(self, instruction: Instruction) -> None:
        statement, hidden = instruction.statement, loop_variable(instruction)
        assert isinstance(statement, s.ForEach)
        left = self.variables[hidden]
        assert isinstance(left, tuple)
        while left:
            self.variables[statement.name], left = left[0], left[1:]
            self.variables[hidden] = left
            self.recognise(self.told)
            if self.holds(statement.where):
                return
        self.variables.pop(hidden)
        self.pc = instruction.other

    def _do_extended(self, instruction: Instruction) -> None:
        """The handler ends, after its event."""
        self.pc = instruction.next if self.interpreter.remembers else END

    def _do_ended(self, instruction: Instruction) -> None:
        """Only a termination is heard of."""

    def _do_bind(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.Upon)
        self.variables[instruction.statement.bind] = UNKNOWN

    def _do_wait(self, instruction: Instruction) -> None:
        self.seen.append(WaitEnded(about_of(self.variables)))

    def _do_dispatch(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.FireEvent)
        members = tuple((name, self.value(member, lazy=True)) for name, member in statement.members)
        about = self.value(statement.about)
        made = self.read(statement.bind)
        if not statement.event and isinstance(made, Event):
            members = made.members
        self.variables[statement.bind] = Event(members)
        self.variables[EVENT] = about
        if self.program.reactions.get(instruction.home, 0) > 1:
            self.variables[OUTCOME] = Cell(self.share((None, 0, None, ()), 1))
        self.variables.setdefault(UPON, ())
        self.seen.append(Dispatched(about.slot if isinstance(about, Ref) else None))

    def _do_call(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.Call)
        callee = self.program.spec.algorithm(statement.algorithm)
        arguments = {n: self.value(x) for n, x in zip(callee.parameters, statement.arguments, strict=True)}
        if statement.bind:
            self.variables["@result"] = statement.bind
        kept = self.variables.get("@promise") == "pending" or not self.variables.keys().isdisjoint(("@queue", "@about"))
        if statement.bind or kept or self._after_jumps(self.pc) != END:
            self.frames.append((self.pc, self.variables))
        else:
            self._take_jumps(self.pc)
            self._leave()
        self.pc, self.variables = self.program.entry[statement.algorithm], dict(arguments)

    def _after_jumps(self, pc: int) -> int:
        """Give where control comes to from an instruction without doing anything."""
        while self.program.code[pc].op == "jump":
            pc = self.program.code[pc].next
        return pc

    def _take_jumps(self, pc: int) -> None:
        """Note the jumps to the end of the steps as taken."""
        while pc != END:
            self.trailing.append(Executed(pc, ()))
            pc = self.program.code[pc].next
