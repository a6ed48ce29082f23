"""The one interpreter: what an action of a process does. Plain Python, and the meaning of every statement.

An action runs an invocation from where it stands. At granularity `step` it takes the steps that touch nothing but the
invocation's own variables together with the next one that touches anything shared, and stops before the step after
that; if nothing shared is left to do, it runs to the end. This loses nothing: a step that only touches what is private
commutes with every step of every other process (Lipton's reduction). At granularity `algorithm` it runs to its next
wait. A block marked "atomically" never stops inside, except where a call in it waits.

What is private: variables that no other invocation shares, the promise that the method returns unless it is handed
on, fields that never change once an object is in a list, parts of the environment that cannot move in this scenario,
and the window clients: they come and go at will and trigger nothing, so reading them is a free choice. So is reading
what is not followed. A failed Assert ends the run.

Several outcomes come from choices: the run is repeated with each script of choices until none is left open.
"""

from collections.abc import Iterator

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.system.closures import escapes
from bgsync.system.effects import Blocked
from bgsync.system.evaluation import NeedsChoice
from bgsync.system.program import OUTCOME, WAITS, Program
from bgsync.system.run import KEPT, Run
from bgsync.system.state import Cell, Executed, Frame, Observation, Outcome, Process, Shared, Value
from bgsync.system.step import NEVER_SETTLES
from bgsync.system.unknown import MANY

__all__ = ["KEPT", "MANY", "Interpreter"]

WAYS = 4096
"""How many ways in which one action can end are followed."""


def _may_be_list(value: e.Expr) -> bool:
    if isinstance(value, e.Conditional):
        return _may_be_list(value.then) or _may_be_list(value.otherwise)
    return isinstance(value, e.ListOf)


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
        not_understood: str = "nothing",
    ) -> None:
        self.havoc = not_understood == "anything"
        self.program, self.machines, self.moving = program, machines, moving
        self.adversities, self.by_step, self.initial, self.tags = (
            adversities,
            granularity == "step",
            initial,
            tags,
        )
        self.spec, self.type = program.spec, program.spec.type
        self.members = {member.name: place for place, member in enumerate(self.type.members)}
        self.fixed = {member.name for member in self.type.members if member.fixed}
        self.listing = self._find_listing()
        self.handed = {a.name for a in program.spec.algorithms if a.returns and escapes(a.returns, a.steps)}
        self.parameters = {a.name: a.parameters for a in program.spec.algorithms}
        self.shared_code = [self._is_shared(pc) for pc in range(len(program.code))]
        self.quiet = self._find_quiet()
        self.enqueuing = self._find_enqueuing()

    def outcomes(self, shared: Shared, process: Process, settle: str | None = None) -> Iterator[Outcome]:
        """Give every way in which the next action of `process` can end; `settle` is how its event settles."""
        scripts: list[tuple[Value, ...]] = [()]
        ways = 0
        while scripts:
            script = scripts.pop()
            try:
                yield Run(self, shared, process, script).run(settle)
                ways += 1
            except NeedsChoice as open_choice:
                scripts += [(*script, option) for option in reversed(open_choice.options)]
            except Blocked:
                continue
            if ways >= WAYS and scripts:
                met = Observation("pool", None, f"ways in which one action ends ({WAYS})")
                yield Outcome(None, (), (), shared, (Executed(process.pc, (met,)),), True, ())
                return

    def waits(self, process: Process) -> str | None:
        """Say what a process waits for: `await` a handler, `wait` for time, `until` a condition, `chance`, or None."""
        op = self.program.code[process.pc].op
        return op if op in WAITS and op not in ("task", "queue") else None

    def settled(self, process: Process, shared: Shared) -> Value:
        """Say how the event that a process awaits has settled, where another one has seen it; else None."""
        place = dict(process.frames[-1].variables).get(OUTCOME)
        content = shared.cells[place.slot] if isinstance(place, Cell) else None
        return content.value[0] if content is not None and isinstance(content.value, tuple) else None

    def never(self, process: Process, shared: Shared) -> Shared:
        """Note that an event never settles for those who see it settle with this process."""
        return self._note_outcome(process, shared, NEVER_SETTLES)

    @staticmethod
    def _note_outcome(process: Process, shared: Shared, outcome: str) -> Shared:
        place = dict(process.frames[-1].variables).get(OUTCOME)
        content = shared.cells[place.slot] if isinstance(place, Cell) else None
        if not isinstance(place, Cell) or content is None or not isinstance(content.value, tuple):
            return shared
        cells = list(shared.cells)
        cells[place.slot] = content._replace(value=(outcome, content.value[1]))
        return shared._replace(cells=tuple(cells))

    def terminated(self, process: Process, shared: Shared) -> tuple[Process | None, Shared]:
        """Give what is left of a process, and of what it shares, when the worker is terminated."""
        instruction, top = self.program.code[process.pc], process.frames[-1]
        pc: int | None = process.pc
        if instruction.op == "await":
            pc = next((entry for outcome, entry, _ in instruction.branches if outcome == "terminated"), None)
            shared = self._note_outcome(process, shared, "terminated")
        elif instruction.op == "task":
            ends = self.quiet[instruction.other] and len(process.frames) == 1
            pc = None if ends and not self.in_queue(process) else instruction.other
        if pc is None:
            return None, shared
        live = self.program.live[pc]
        frame = Frame(pc, tuple((k, x) for k, x in top.variables if k in live or k in KEPT))
        return Process((*process.frames[:-1], frame), process.note), shared

    @staticmethod
    def in_queue(process: Process) -> str | None:
        """Name the queue whose batch a process is, if it has begun."""
        held = (x for frame in process.frames for name, x in frame.variables if name == "@queue")
        return next((str(name) for name in held), None)

    def _find_listing(self) -> dict[str, set[str]]:
        """Find the variables that may hold the list of the spec, by algorithm."""
        found: dict[str, set[str]] = {}
        for name, body in self.spec.bodies():
            for statement in traversal.walk(body):
                if isinstance(statement, s.Let | s.Set) and _may_be_list(statement.value):
                    target = e.Var(statement.name) if isinstance(statement, s.Let) else statement.target
                    if isinstance(target, e.Var):
                        found.setdefault(name, set()).add(target.name)
        if self.spec.read:
            for algorithm in self.spec.algorithms:
                found.setdefault(algorithm.name, set()).update(algorithm.parameters)
        return found

    def _is_shared(self, pc: int) -> bool:
        instruction, code = self.program.code[pc], self.program.code
        statement, op, name = instruction.statement, instruction.op, instruction.origin.algorithm
        common = self.program.shared.get(name, {})
        if op in ("dispatch", "task", "queue"):
            return True
        if op == "upon":
            return self.program.reactions.get(name, 0) > 1
        if op == "spawn":
            return code[instruction.other].op == "queue"
        if op == "not understood":
            return self.havoc
        if op in ("jump", "end", "await", "chance", "bind", "throw"):
            return False
        if isinstance(statement, s.Resolve | s.Reject):
            target = statement.promise
            theirs = isinstance(target, e.Var) and target.name in self.parameters.get(name, ())
            return name in self.handed or theirs
        if isinstance(statement, s.Add | s.Remove | s.Empty) and isinstance(statement.collection, e.Var):
            held = statement.collection.name
            return held in common or held in self.listing.get(name, ())
        if isinstance(statement, s.Add | s.Remove | s.Empty):
            return True
        if isinstance(statement, s.Set | s.Increment):
            target = statement.target
            if isinstance(target, e.Var) and target.name in common:
                return True
            if isinstance(target, e.Field):
                return target.name not in self.fixed or self._reads_shared(target.owner, name)
            if isinstance(target, e.Item):
                return True
        read: tuple[e.Expr, ...] = traversal.expressions(statement)
        if op == "each" and isinstance(statement, s.ForEach):
            read = (statement.where,)
        return any(self._reads_shared(part, name) for whole in read for part in e.parts(whole))

    def _reads_shared(self, part: e.Expr, algorithm: str) -> bool:
        match part:
            case e.Find() | e.Contains() | e.Item():
                return True
            case e.ListOf(name=name):
                return name == self.type.list_name
            case e.Var(name=name):
                return name in self.program.shared.get(algorithm, {}) or name in self.listing.get(algorithm, ())
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
                blocks = instruction.op in WAITS or instruction.op == "call"
                good = not blocks and not self.shared_code[pc]
                good = good and all(quiet[n] for n in self.program.successors(pc))
                if quiet[pc] and not good:
                    quiet[pc], changed = False, True
        return quiet

    def _find_enqueuing(self) -> list[bool]:
        """Find the instructions from which an invocation, or one that it starts, may come to enqueue a batch."""
        code, program = self.program.code, self.program
        found = [i.op == "spawn" and code[i.other].op == "queue" for i in code]
        changed = True
        while changed:
            changed = False
            for pc, instruction in enumerate(code):
                later = [*program.successors(pc), *program.started(pc)]
                if isinstance(instruction.statement, s.Call) and instruction.op == "call":
                    later.append(program.entry[instruction.statement.algorithm])
                if not found[pc] and any(found[n] for n in later):
                    found[pc], changed = True, True
        return found
