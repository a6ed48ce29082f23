"""The one interpreter: what an action of a process does. Plain Python, and the meaning of every statement.

An action runs an invocation from where it stands. At granularity `step` it takes the steps that touch nothing but the
invocation's own variables together with the next one that touches anything shared, and stops before the step after
that; if nothing shared is left to do, it runs to the end. This loses nothing: a step that only touches what is private
commutes with every step of every other process (Lipton's reduction). At granularity `algorithm` it runs to its next
wait. A block marked "atomically" never stops inside, except where a call in it waits.

What is private: variables, the promise that the method returns (nobody else acts on it), fields that never change once
an object is in a list, parts of the environment that cannot move in this scenario, and the window clients: they come
and go at will and trigger nothing, so reading them is a free choice. A failed Assert ends the run.

Several outcomes come from choices: the run is repeated with each script of choices until none is left open.
"""

from collections.abc import Callable, Iterator

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.algorithm import LanguageError
from bgsync.system.evaluation import Evaluation, NeedsChoice
from bgsync.system.program import END, EVENT, Instruction, Program, loop_variable
from bgsync.system.state import Event, Executed, Frame, Outcome, Process, Ref, Shared, Value

KEPT = frozenset({"@promise", "@barred", "@purview", "@about", "@settled", "@last chance"})
"""Hidden variables of an invocation itself: its promise, what it read meanwhile; the event that it reacts to."""

ENDLESS = 10_000
"""How many instructions one action may run: more is a loop that nothing ends."""

MANY = 2
"""What is counted is counted 0, 1, many."""


class Interpreter:
    """Runs processes of a program in a scenario.

    `machines` are the names of the environment machines in the order of a context, `moving` those that can change,
    `adversities` the adversities that are on, `granularity` is `step` or `algorithm`.
    """

    def __init__(
        self,
        program: Program,
        machines: tuple[str, ...],
        moving: frozenset[str],
        adversities: frozenset[str],
        granularity: str,
        initial: dict[str, str],
        tags: tuple[str, ...],
    ) -> None:
        self.program, self.machines, self.moving = program, machines, moving
        self.adversities, self.by_step, self.initial, self.tags = (
            adversities,
            granularity == "step",
            initial,
            tags,
        )
        self.type = program.spec.type
        self.members = {member.name: place for place, member in enumerate(self.type.members)}
        self.fixed = {member.name for member in self.type.members if member.fixed}
        self.shared_code = [self._is_shared(instruction) for instruction in program.code]
        self.quiet = self._find_quiet()
        self.promise_of = {a.name: a.returns for a in program.spec.algorithms if a.returns}

    def outcomes(self, shared: Shared, process: Process, settle: str | None = None) -> Iterator[Outcome]:
        """Give every way in which the next action of `process` can end; `settle` is how its event settles."""
        scripts: list[tuple[Value, ...]] = [()]
        while scripts:
            script = scripts.pop()
            try:
                yield _Run(self, shared, process, script).run(settle)
            except NeedsChoice as open_choice:
                scripts += [(*script, option) for option in reversed(open_choice.options)]

    def waits(self, process: Process) -> str | None:
        """Say what a process waits for: `await` a handler, `wait` for time, or None."""
        op = self.program.code[process.pc].op
        return op if op in ("await", "wait") else None

    def _is_shared(self, instruction: Instruction) -> bool:
        statement = instruction.statement
        if instruction.op in ("dispatch", "task", "add", "remove"):
            return not (isinstance(statement, s.Add) and isinstance(statement.collection, e.Var))
        if isinstance(statement, s.Set) and isinstance(statement.target, e.Field):
            return statement.target.name not in self.fixed
        if instruction.op in ("jump", "end", "upon", "await", "spawn"):
            return False
        if instruction.op == "each" and isinstance(statement, s.ForEach):
            return any(self._reads_shared(part) for part in e.parts(statement.where))
        return any(self._reads_shared(part) for whole in s.expressions(statement) for part in e.parts(whole))

    def _reads_shared(self, part: e.Expr) -> bool:
        match part:
            case e.Find() | e.Contains() | e.ListOf():
                return True
            case e.Environment(machine=machine):
                return machine in self.moving
            case e.Field(name=name):
                return name in self.members and name not in self.fixed
            case _:
                return False

    def _find_quiet(self) -> list[bool]:
        """Find the instructions from which an invocation only does private things, to its end."""
        code = self.program.code
        quiet = [True] * len(code)
        changed = True
        while changed:
            changed = False
            for pc, instruction in enumerate(code):
                blocks = instruction.op in ("wait", "await", "task", "call")
                good = not blocks and not self.shared_code[pc]
                good = good and all(quiet[n] for n in self.program.successors(pc))
                if quiet[pc] and not good:
                    quiet[pc], changed = False, True
        return quiet


class _Run(Evaluation):
    """One run of one process with a script of choices; its methods change it, and nothing outside of it."""

    def __init__(self, machine: Interpreter, shared: Shared, process: Process, script: tuple[Value, ...]) -> None:
        super().__init__(machine, shared, script)
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
        self.pc, self.variables = self.frames.pop()

    def run(self, settle: str | None) -> Outcome:
        code, machine = self.program.code, self.interpreter
        group, touched, hold, first = None, False, -1, True
        while True:
            if len(self.executed) > ENDLESS:
                place = self.program.code[self.pc].origin
                raise LanguageError(f"{place}: the loop never waits, so it would run for ever: put a Wait into it")
            instruction = code[self.pc]
            if instruction.op == "end":
                self._leave()
                if self.seen:
                    ran = self.executed.pop() if self.executed else Executed(self.pc, ())
                    self.executed.append(Executed(ran.pc, ran.observations + tuple(self.seen)))
                    self.seen = []
                if not self.frames:
                    return self._outcome(None)
                self.pc, self.variables = self.frames.pop()
                group = None
                continue
            if instruction.op in ("wait", "await", "task") and not first:
                return self._outcome(self._process())
            if instruction.group != group:
                held = hold >= 0 and (instruction.atomic or len(self.frames) >= hold)
                if not held:
                    hold = -1
                    if machine.by_step and touched and not self._only_quiet():
                        return self._outcome(self._process())
                group = instruction.group
            if instruction.atomic and hold < 0:
                hold = len(self.frames) + 1
            first = False
            touched = touched or machine.shared_code[self.pc]
            here, depth = self.pc, len(self.frames)
            self._execute(instruction, settle)
            self.executed += [Executed(here, tuple(self.seen)), *self.trailing]
            self.seen, self.trailing = [], []
            if self.failed:
                return self._outcome(None)
            if instruction.op == "call" and len(self.frames) == depth and hold >= 0:
                hold = 0  # a call in tail position: the frame of the atomic block is gone, but the block goes on

    def _only_quiet(self) -> bool:
        quiet = self.interpreter.quiet
        return quiet[self.pc] and all(quiet[pc] for pc, _ in self.frames)

    def _process(self) -> Process:
        frames = (*self.frames, (self.pc, self.variables))
        return Process(tuple(self._frame(pc, variables) for pc, variables in frames), self.note)

    def _frame(self, pc: int, variables: dict[str, Value]) -> Frame:
        live = self.program.live[pc]
        return Frame(pc, tuple(sorted((k, x) for k, x in variables.items() if k in live or k in KEPT)))

    def _outcome(self, process: Process | None) -> Outcome:
        shared = Shared(self.context, tuple(self.heap))
        ran, chosen = tuple(self.executed), tuple(self.choices)
        return Outcome(process, tuple(self.spawned), tuple(self.at_once), shared, ran, self.failed, chosen)

    def _leave(self) -> None:
        """The innermost algorithm, or the reaction to an event, ends: see what it leaves behind."""
        if self.variables.get("@promise") == "pending":
            self.see("unsettled")
        about, settled = self.variables.get("@about"), self.variables.get("@settled")
        if isinstance(about, Ref) and isinstance(settled, tuple):
            last = self.variables.get("@last chance", False)
            self.see("reacted", about.slot, settled[0], (settled[1], last, self.object(about).fields))

    def _execute(self, instruction: Instruction, settle: str | None) -> None:
        self.delayed = instruction.delayed
        handler: Callable[[Instruction], None] | None = getattr(self, "_do_" + instruction.op.replace(" ", "_"), None)
        if instruction.op == "await":
            self._settle(instruction, settle)
            return
        if handler is None:
            raise TypeError(f"{instruction.origin}: no meaning for {instruction.op!r}")
        self.pc = instruction.next
        handler(instruction)

    def _settle(self, instruction: Instruction, settle: str | None) -> None:
        about = self.variables.get(EVENT)
        if isinstance(about, Ref):
            self.see("settled", about.slot, None, settle)
            self.variables |= {"@about": about, "@settled": (self.object(about).fields, settle)}
        self.pc = next((entry for outcome, entry, _ in instruction.branches if outcome == settle), END)

    def _do_let(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.Let)
        self.variables[instruction.statement.name] = self.value(instruction.statement.value)

    def _do_set(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.Set)
        value = self.value(statement.value)
        if isinstance(statement.target, e.Var):
            self.variables[statement.target.name] = value
            return
        assert isinstance(statement.target, e.Field)
        owner = self.value(statement.target.owner)
        place = self.machine.members.get(statement.target.name)
        if not isinstance(owner, Ref) or place is None:
            name = statement.target.name
            raise LanguageError(f"{instruction.origin}: {name!r} is set on what is no {self.machine.type.name}")
        known = self.object(owner)
        before = known.fields[place]
        self.heap[owner.slot] = known._replace(fields=(*known.fields[:place], value, *known.fields[place + 1 :]))
        if statement.target.name not in self.interpreter.fixed and before != value:
            self.see("set", owner.slot, before, value)

    def _do_increment(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.Increment)
        assert isinstance(instruction.statement.target, e.Var)
        name = instruction.statement.target.name
        count = self.variables.get(name)
        self.variables[name] = min((count if isinstance(count, int) else 0) + 1, MANY)

    def _do_branch(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.If | s.While)
        if not self.value(instruction.statement.condition):
            self.pc = instruction.other

    def _do_jump(self, instruction: Instruction) -> None:
        """Control only."""

    def _do_notunderstood(self, instruction: Instruction) -> None:
        """Nothing is known, so nothing is done."""

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
            if self.value(statement.where):
                return
        self.variables.pop(hidden)
        self.pc = instruction.other

    def _do_spawn_each(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.ForEach)
        for item in self.items(statement):
            self.variables[statement.name] = item
            if self.value(statement.where):
                self.at_once.append(self._child(instruction.other))

    def _child(self, entry: int) -> Process:
        """Start an invocation; a variable that only it needs from now on is copied, since values never change."""
        return Process((self._frame(entry, {k: x for k, x in self.variables.items() if k not in KEPT}),))

    def _do_spawn(self, instruction: Instruction) -> None:
        child = self._child(instruction.other)
        self.spawned.append(child)
        if self.program.code[instruction.other].op == "wait":
            held = [x.slot for _, x in child.frames[0].variables if isinstance(x, Ref)]
            self.see("waiting", min(held, default=None))

    def _do_upon(self, instruction: Instruction) -> None:
        self.spawned.append(self._child(instruction.other))

    def _do_wait(self, instruction: Instruction) -> None:
        self.see("elapsed")

    def _do_task(self, instruction: Instruction) -> None:
        """The task runs."""

    def _do_dispatch(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.FireFunctionalEvent)
        members = tuple((name, self.value(member, lazy=True)) for name, member in statement.members)
        about = self.value(statement.about)
        self.variables[statement.bind] = Event(members)
        self.variables[EVENT] = about
        self.see("dispatched", about.slot if isinstance(about, Ref) else None)

    def _do_call(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.Call)
        callee = self.program.spec.algorithm(statement.algorithm)
        arguments = {n: self.value(x) for n, x in zip(callee.parameters, statement.arguments, strict=True)}
        back = self.pc
        while self.program.code[back].op == "jump":
            back = self.program.code[back].next
        if back != END or self.variables.get("@promise") == "pending":
            self.frames.append((self.pc, self.variables))
        else:
            while self.pc != END:
                self.trailing.append(Executed(self.pc, ()))
                self.pc = self.program.code[self.pc].next
            self._leave()
        self.pc, self.variables = self.program.entry[statement.algorithm], dict(arguments)

    def _do_add(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.Add)
        item = self.value(statement.item)
        if isinstance(statement.collection, e.Var):
            have = self.value(statement.collection)
            assert isinstance(have, tuple)
            self.variables[statement.collection.name] = (*have, item)
            return
        assert isinstance(item, Ref)
        known, unique = self.object(item), self.machine.type.unique
        place = self.machine.members.get(unique or "")
        same = [o for o in self.heap if o and o.listed and place is not None and o.fields[place] == known.fields[place]]
        self.heap[item.slot] = known._replace(listed=True)
        self.see("listed", item.slot)
        if same:
            self.see("duplicate", item.slot)
            self.failed = True

    def _do_remove(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.Remove)
        item = self.value(statement.item)
        assert isinstance(item, Ref)
        if self.object(item).listed:
            settled = self.variables.get("@settled")
            outcome = settled[1] if isinstance(settled, tuple) else None
            self.see("removed", item.slot, self.object(item).fields, outcome)
            self.heap[item.slot] = self.object(item)._replace(listed=False)

    def _do_resolve(self, instruction: Instruction) -> None:
        self._finish("resolved", None)

    def _do_reject(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.Reject)
        error = instruction.statement.error
        self._finish("rejected", error if isinstance(error, str) else None)

    def _finish(self, kind: str, error: str | None) -> None:
        if self.variables.get("@promise") != "pending":
            self.see("twice")
            return
        read, barred = self.variables.pop("@purview", ()), self.variables.pop("@barred", ())
        assert isinstance(read, tuple)
        assert isinstance(barred, tuple)
        self.see(kind, None, tuple(sorted({*read, *barred}, key=str)), error)
        self.variables["@promise"] = "settled"
        self.note = None

    def _do_assert(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.Assert)
        held = bool(self.value(instruction.statement.condition))
        self.see("asserted", None, None, held)
        self.failed = not held
