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

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.algorithm import Spec
from bgsync.system.closures import escapes, queue_name
from bgsync.system.growth import growth
from bgsync.system.instructions import WAITS, names
from bgsync.system.program import Program

Statements = tuple[type[s.Statement], ...]


@dataclass(frozen=True)
class Sharing:
    """The analyses of a program, by instruction."""

    shared: tuple[bool, ...]
    quiet: tuple[bool, ...]
    enqueuing: tuple[frozenset[str], ...]
    meeting: tuple[bool, ...]
    changing: tuple[bool, ...]
    resolving: tuple[bool, ...]
    variables: tuple[frozenset[str], ...]
    """Of what is shared for nothing but variables: which. Once nobody else holds those it is private."""


def sharing(program: Program, moving: frozenset[str], *, anything: bool = False, seen: Statements = ()) -> Sharing:
    """Analyse a program whose environment has machines that are `moving`, for an observer who has `seen` statements.

    `anything` is whether a sentence that is not understood is taken to do anything at all.
    """
    shared = _Shared(program, moving, anything)
    found = tuple(shared(pc) or isinstance(i.statement, seen) for pc, i in enumerate(program.code))
    by_name = _Shared(program, moving, anything, variables=False)
    variables = tuple(
        frozenset().union(*names(i)) & program.shared.get(i.origin.algorithm, {}).keys()
        if found[pc] and not by_name(pc) and not isinstance(i.statement, seen)
        else frozenset[str]()
        for pc, i in enumerate(program.code)
    )
    meeting = _meeting(program, shared.listing, anything)
    resolving = _resolving(program, anything)
    quiet, enqueuing = _quiet(program, found), _enqueuing(program)
    return Sharing(found, quiet, enqueuing, meeting, _changing(program), resolving, variables)


class _Shared:
    """Whether an instruction touches what others can see; without `variables`: what of it is none."""

    def __init__(self, program: Program, moving: frozenset[str], anything: bool, variables: bool = True) -> None:
        self.program, self.moving, self.anything = program, moving, anything
        self.common = program.shared if variables else {}
        self.type = program.spec.type
        self.members = {member.name for member in self.type.members}
        self.fixed = {member.name for member in self.type.members if member.fixed}
        self.listing = _listing(program.spec)
        self.followed = {member.name for member in self.type.members} - unfollowed(program.spec)
        self.handed = {a.name for a in program.spec.algorithms if a.returns and escapes(a.returns, a.steps)}
        self.parameters = {a.name: a.parameters for a in program.spec.algorithms}

    def __call__(self, pc: int) -> bool:
        """Say so of the instruction with this number."""
        instruction, code = self.program.code[pc], self.program.code
        statement, op, name = instruction.statement, instruction.op, instruction.origin.algorithm
        common = self.common.get(name, {})
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
        if op in ("jump", "end", "await", "extended", "ended", "chance", "bind", "task", "task end", "throw", "wait"):
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
                mine = target.name in self.fixed or (isinstance(statement, s.Set) and self._is_unfollowed(target))
                return not mine or self._reads(target.owner, name)
            if isinstance(target, e.Item):
                return not isinstance(target.collection, e.ListOf) or self._reads(target.collection, name)
        read: tuple[e.Expr, ...] = traversal.expressions(statement)
        if op == "each" and isinstance(statement, s.ForEach):
            read = (statement.where,)
        return any(self._reads(part, name) for whole in read for part in e.parts(whole))

    def _is_unfollowed(self, target: e.Field) -> bool:
        """Whether a member of an object of the list is meant, and it is never known what that is."""
        return target.name in self.members and target.name not in self.followed

    def _reads(self, part: e.Expr, algorithm: str) -> bool:
        match part:
            case e.Find(collection=e.ListOf(name=name)) | e.Item(collection=e.ListOf(name=name)):
                return name == self.type.list_name
            case e.Find() | e.Contains() | e.Item():
                return True
            case e.ListOf(name=name):
                return name == self.type.list_name
            case e.Var(name=name):
                return name in self.common.get(algorithm, {}) or name in self.listing.get(algorithm, ())
            case e.Environment(machine=machine):
                return machine in self.moving
            case e.Field(name=name):
                return name in self.followed and name not in self.fixed
            case _:
                return False


def unfollowed(spec: Spec) -> frozenset[str]:
    """Find the members that are unknown whatever happens: those of which a text sets nothing but what is not followed.

    Their objects never differ by them, so to read or set one touches nothing that others see.
    """
    open_ones = {m.name for m in spec.type.members if not m.fixed and m.values is None and m.initial is None}
    methods = {algorithm.name: algorithm.parameters for algorithm in spec.algorithms if algorithm.name in spec.methods}
    for name, body in spec.bodies():
        for statement in traversal.walk(body):
            given = [(member, x) for one in traversal.expressions(statement) for member, x in _made_with(one)]
            if isinstance(statement, s.Set | s.Increment) and isinstance(statement.target, e.Field):
                value = statement.value if isinstance(statement, s.Set) else statement.by
                given.append((statement.target.name, value))
            open_ones -= {member for member, x in given if not _is_unknown(x, spec, methods.get(name, ()))}
    return frozenset(open_ones)


def _made_with(expression: e.Expr) -> Iterator[tuple[str, e.Expr]]:
    """Give the members with which an expression makes objects."""
    yield from (member for part in e.parts(expression) if isinstance(part, e.New) for member in part.members)


def _is_unknown(expression: e.Expr, spec: Spec, given: tuple[str, ...]) -> bool:
    """Whether a value is not followed, whatever happens: `given` are the arguments that script hands over."""
    match expression:
        case e.Input():
            return True
        case e.Field(owner=e.Var(name=owner), name=name):
            return owner in given and name != spec.type.unique and name not in {m.name for m in spec.type.members}
        case e.Arithmetic(left=left, right=right):
            return _is_unknown(left, spec, given) or _is_unknown(right, spec, given)
        case _:
            return False


def _listing(spec: Spec) -> dict[str, set[str]]:
    """Find the variables that may hold the list of the spec, by algorithm."""
    given = {algorithm.name: algorithm.parameters for algorithm in spec.algorithms}
    found: dict[str, set[str]] = {name: set() for name, _ in spec.bodies()}
    returning: set[str] = set()
    size = -1
    while size < (size := len(returning) + sum(map(len, found.values()))):
        for name, body in spec.bodies():
            for statement in traversal.walk(body):
                match statement:
                    case s.Let(name=bound, value=value) | s.Set(target=e.Var(name=bound), value=value):
                        found[name] |= {bound} if _may_be_list(value, found[name]) else set()
                    case s.Return(value=value):
                        returning |= {name} if _may_be_list(value, found[name]) else set()
                    case s.Call(algorithm=called, arguments=arguments, bind=bind):
                        handed = zip(given[called], arguments, strict=True)
                        found[called] |= {to for to, value in handed if _may_be_list(value, found[name])}
                        found[name] |= {bind} if called in returning else set()
    return found


def _may_be_list(value: e.Expr, held: set[str]) -> bool:
    match value:
        case e.Conditional(then=then, otherwise=otherwise):
            return _may_be_list(then, held) or _may_be_list(otherwise, held)
        case e.Var(name=name):
            return name in held
        case _:
            return isinstance(value, e.ListOf)


def _quiet(program: Program, shared: Sequence[bool]) -> tuple[bool, ...]:
    """Find the instructions from which an invocation only does private things, to its end.

    To note the time is none: what has happened before it may be all that happens, where everything ends.
    """
    clock = growth(program.spec)

    def private(pc: int) -> bool:
        op, statement = program.code[pc].op, program.code[pc].statement
        notes_time = isinstance(statement, s.Set) and clock.is_time(statement.value)
        return not (op in WAITS or op == "call" or shared[pc] or notes_time)

    loud = _closure(program, lambda pc: not private(pc), program.successors)
    return tuple(not found for found in loud)


def _enqueuing(program: Program) -> tuple[frozenset[str], ...]:
    """Find the queues that an invocation, or one that it starts, may come to enqueue to; batches are none of those."""
    code = program.code

    def enqueues(pc: int) -> str | None:
        statement = code[pc].statement
        batch = code[pc].op == "spawn" and code[code[pc].other].op == "queue"
        return queue_name(statement.queue) if batch and isinstance(statement, s.Enqueue) else None

    def later(pc: int) -> tuple[int, ...]:
        return _later(program, pc) if enqueues(pc) is None else _following(program, pc)

    found = list(map(enqueues, range(len(code))))
    by_queue = {queue: _closure(program, lambda pc, q=queue: found[pc] == q, later) for queue in found if queue}  # type: ignore[misc]
    return tuple(frozenset(queue for queue, may in by_queue.items() if may[pc]) for pc in range(len(code)))


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
        return any(isinstance(part, e.Find | e.Item) or copies(part) or asks(part, held) for part in read)

    def copies(part: e.Expr) -> bool:
        return isinstance(part, e.Apply) and part.name == "a copy"

    def asks(part: e.Expr, held: Container[str]) -> bool:
        """Whether a condition may ask if there is anything in the list."""
        sides = (part.left, part.right) if isinstance(part, e.Is) else ()
        return any(isinstance(x, e.ListOf) or (isinstance(x, e.Var) and x.name in held) for x in sides)

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
