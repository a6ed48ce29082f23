"""What others see of each instruction of a program: the static analyses behind the reduction of `interpreter`.

*Shared* instructions touch what other invocations can see; all others are private, and commute with every step of
every other process. Private are variables that no other invocation shares, the promise that a method returns unless it
is handed on, members that never change once an object is in a list, parts of the environment that cannot move, and
what may be read freely. From a *quiet* instruction on an invocation does private things only, to its end. From an
*enqueuing* one it may come to enqueue a batch, from a *meeting* one to objects that it does not hold yet, or to put one
into the list, from a *changing* one to change an object or a list, from a *resolving* one to resolve a promise.

What an observer sees is an argument: the kinds of statements of which it sees when they happen are shared for it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.algorithm import Spec
from bgsync.system.closures import escapes
from bgsync.system.instructions import WAITS
from bgsync.system.program import Program

Statements = tuple[type[s.Statement], ...]


@dataclass(frozen=True)
class Sharing:
    """The analyses of a program, by instruction."""

    shared: tuple[bool, ...]
    quiet: tuple[bool, ...]
    enqueuing: tuple[bool, ...]
    meeting: tuple[bool, ...]
    changing: tuple[bool, ...]
    resolving: tuple[bool, ...]


def sharing(program: Program, moving: frozenset[str], *, anything: bool = False, seen: Statements = ()) -> Sharing:
    """Analyse a program whose environment has machines that are `moving`, for an observer who has `seen` statements.

    `anything` is whether a sentence that is not understood is taken to do anything at all.
    """
    shared = _Shared(program, moving, anything)
    found = tuple(shared(pc) or isinstance(i.statement, seen) for pc, i in enumerate(program.code))
    meeting = _meeting(program, shared.listing, anything)
    resolving = _resolving(program, anything)
    return Sharing(found, _quiet(program, found), _enqueuing(program), meeting, _changing(program), resolving)


class _Shared:
    """Whether an instruction touches what others can see."""

    def __init__(self, program: Program, moving: frozenset[str], anything: bool) -> None:
        self.program, self.moving, self.anything = program, moving, anything
        self.type = program.spec.type
        self.members = {member.name for member in self.type.members}
        self.fixed = {member.name for member in self.type.members if member.fixed}
        self.listing = _listing(program.spec)
        self.handed = {a.name for a in program.spec.algorithms if a.returns and escapes(a.returns, a.steps)}
        self.parameters = {a.name: a.parameters for a in program.spec.algorithms}

    def __call__(self, pc: int) -> bool:
        """Say so of the instruction with this number."""
        instruction, code = self.program.code[pc], self.program.code
        statement, op, name = instruction.statement, instruction.op, instruction.origin.algorithm
        common = self.program.shared.get(name, {})
        if self.program.receivers[pc]:
            return True
        if op in ("dispatch", "queue"):
            return True
        if op == "upon":
            return self.program.reactions.get(name, 0) > 1
        if op == "spawn":
            return code[instruction.other].op == "queue"
        if op == "not understood":
            return self.anything
        if op in ("jump", "end", "await", "extended", "ended", "chance", "bind", "task", "task end", "throw"):
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
                return target.name not in self.fixed or self._reads(target.owner, name)
            if isinstance(target, e.Item):
                return True
        read: tuple[e.Expr, ...] = traversal.expressions(statement)
        if op == "each" and isinstance(statement, s.ForEach):
            read = (statement.where,)
        return any(self._reads(part, name) for whole in read for part in e.parts(whole))

    def _reads(self, part: e.Expr, algorithm: str) -> bool:
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


def _listing(spec: Spec) -> dict[str, set[str]]:
    """Find the variables that may hold the list of the spec, by algorithm."""
    found: dict[str, set[str]] = {}
    for name, body in spec.bodies():
        for statement in traversal.walk(body):
            if isinstance(statement, s.Let | s.Set) and _may_be_list(statement.value):
                target = e.Var(statement.name) if isinstance(statement, s.Let) else statement.target
                if isinstance(target, e.Var):
                    found.setdefault(name, set()).add(target.name)
    if spec.read:
        for algorithm in spec.algorithms:
            found.setdefault(algorithm.name, set()).update(algorithm.parameters)
    return found


def _may_be_list(value: e.Expr) -> bool:
    if isinstance(value, e.Conditional):
        return _may_be_list(value.then) or _may_be_list(value.otherwise)
    return isinstance(value, e.ListOf)


def _quiet(program: Program, shared: Sequence[bool]) -> tuple[bool, ...]:
    """Find the instructions from which an invocation only does private things, to its end."""

    def private(pc: int) -> bool:
        op = program.code[pc].op
        return not (op in WAITS or op == "call" or shared[pc])

    loud = _closure(program, lambda pc: not private(pc), program.successors)
    return tuple(not found for found in loud)


def _enqueuing(program: Program) -> tuple[bool, ...]:
    """Find the instructions from which an invocation, or one that it starts, may come to enqueue a batch."""
    code = program.code

    def enqueues(pc: int) -> bool:
        return code[pc].op == "spawn" and code[code[pc].other].op == "queue"

    return _closure(program, enqueues, partial(_later, program))


def _meeting(program: Program, listing: Mapping[str, Container[str]], anything: bool) -> tuple[bool, ...]:
    """Find the instructions from which an invocation, or one that it starts, may come to objects of the list.

    To put an object into the list is to come to the others in it.
    """

    def meets(pc: int) -> bool:
        instruction = program.code[pc]
        if program.receivers[pc]:
            return True
        statement, held = instruction.statement, listing.get(instruction.origin.algorithm, ())
        if instruction.op == "not understood" and anything:
            return True
        if isinstance(statement, s.ForEach | s.Add):
            visited = statement.collection
            mine = isinstance(visited, e.ListOf) or (isinstance(visited, e.Var) and visited.name in held)
            if isinstance(statement, s.Add):
                return mine
            return mine and instruction.op in ("items", "spawn each")
        read = e.parts(e.Sequence(traversal.expressions(statement)))
        return any(isinstance(part, e.Find | e.Item) for part in read)

    return _closure(program, meets, partial(_later, program))


def _changing(program: Program) -> tuple[bool, ...]:
    """Find the instructions from which an invocation may come to change an object or a list."""
    changes = frozenset({"set", "increment", "add", "remove", "empty", "not understood"})
    return _closure(program, lambda pc: program.code[pc].op in changes, partial(_following, program))


def _resolving(program: Program, anything: bool) -> tuple[bool, ...]:
    """Find the instructions from which an invocation, or one that it starts, may come to resolve a promise."""
    ops = {"resolve", "not understood"} if anything else {"resolve"}
    return _closure(program, lambda pc: program.code[pc].op in ops, partial(_later, program))


def _later(program: Program, pc: int) -> tuple[int, ...]:
    """Give the instructions that may come next, in the same invocation, in one that it starts or in what it calls."""
    return (*_following(program, pc), *program.started(pc))


def _following(program: Program, pc: int) -> tuple[int, ...]:
    """Give the instructions that may come next in the same invocation, in an algorithm that is called or after it."""
    op, statement = program.code[pc].op, program.code[pc].statement
    called = (program.entry[statement.algorithm],) if isinstance(statement, s.Call) and op == "call" else ()
    return (*program.successors(pc), *called)


def _closure(program: Program, has: Callable[[int], bool], later: Callable[[int], Sequence[int]]) -> tuple[bool, ...]:
    """Say which instructions have a property, or come to one that has it."""
    found = [has(pc) for pc in range(len(program.code))]
    changed = True
    while changed:
        changed = False
        for pc in range(len(program.code)):
            if not found[pc] and any(found[n] for n in later(pc)):
                found[pc] = changed = True
    return tuple(found)
