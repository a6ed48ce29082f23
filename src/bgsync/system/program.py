"""Flattens the algorithms of a spec into instructions: a control-flow graph that the interpreter walks.

A step of the text that stands alone is one group of instructions, and so is a whole block marked "atomically", and a
task of the worker, which its event loop runs in one piece; the interpreter never stops inside a group. "Abort" jumps
to the end of the innermost list of steps that was called or started asynchronously (reading `scope`), or only to the
end of the list that it stands in (reading `list`).
"""

from dataclasses import dataclass, replace

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.algorithm import LanguageError, Spec

ABORT_READINGS = ("scope", "list")
END = 0
EVENT = "@event"
"""The hidden variable that holds what the dispatched event is about."""


@dataclass(frozen=True)
class Instruction:
    """One instruction; `next` is where control goes, `other` where it goes otherwise."""

    op: str
    statement: s.Statement
    group: tuple[str, tuple[int, ...]]
    atomic: bool
    next: int = END
    other: int = END
    branches: tuple[tuple[str, int, s.Origin], ...] = ()
    delayed: bool = False
    """Whether a Wait comes before it in the same steps."""

    @property
    def origin(self) -> s.Origin:
        """Where the statement comes from."""
        assert self.statement.origin is not None
        return self.statement.origin


@dataclass(frozen=True)
class _Scope:
    abort: int
    returns: int
    loop: int | None = None
    atomic: tuple[str, tuple[int, ...]] | None = None
    delayed: bool = False
    fired: s.FireFunctionalEvent | None = None


class Program:
    """The instructions of a spec, the entry of every algorithm and rule, and which variables each one still needs."""

    def __init__(self, spec: Spec, abort: str = "scope") -> None:
        if abort not in ABORT_READINGS:
            raise ValueError(f"unknown reading of abort {abort!r}: one of {', '.join(ABORT_READINGS)}")
        self.spec, self.abort = spec, abort
        end = s.Return(origin=s.Origin("", (), "", 0, 0, "end", ""))
        self.code: list[Instruction] = [Instruction("end", end, ("", ()), False)]
        self.entry: dict[str, int] = {}
        for name, body in spec.bodies():
            if spec.fire_functional_event is None or name != spec.fire_functional_event.name:
                self.entry[name] = self._block(body, END, _Scope(END, END))
        self.live = self._liveness()

    def _emit(self, op: str, statement: s.Statement, scope: _Scope, **parts: object) -> int:
        assert statement.origin is not None
        group = scope.atomic or (statement.origin.algorithm, statement.origin.path)
        made = Instruction(op, statement, group, scope.atomic is not None, delayed=scope.delayed)
        self.code.append(replace(made, **parts))  # type: ignore[arg-type]  # the parts are fields of Instruction
        return len(self.code) - 1

    def _block(self, body: tuple[s.Statement, ...], end: int, scope: _Scope) -> int:
        if self.abort == "list":
            scope = replace(scope, abort=end)
        waits = [place for place, statement in enumerate(body) if isinstance(statement, s.Wait)]
        target, otherwise = end, None
        for place in range(len(body) - 1, -1, -1):
            statement = body[place]
            inner = replace(scope, delayed=scope.delayed or any(wait < place for wait in waits))
            if isinstance(statement, s.Else):
                entry = self._block(s.body_of(statement), target, inner)
                otherwise = self._emit("jump", statement, inner, next=entry)
                continue
            if isinstance(statement, s.Upon):
                branches, target = self._upon(body, place, target, inner)
                waiting = self._emit("await", statement, inner, branches=branches)
                target = self._emit("upon", statement, inner, next=target, other=waiting)
                continue
            target = self._statement(statement, target, otherwise, inner)
            otherwise = None
        return target

    def _upon(
        self, body: tuple[s.Statement, ...], place: int, target: int, scope: _Scope
    ) -> tuple[tuple[tuple[str, int, s.Origin], ...], int]:
        """Give the branches of an Upon together with those of the Upon after it: one event awaits all its outcomes."""
        statement = body[place]
        assert isinstance(statement, s.Upon)
        assert statement.origin is not None
        ends = replace(scope, abort=END, returns=END, loop=None, atomic=None)
        entry = self._block(s.body_of(statement), END, ends)
        branches = tuple((outcome, entry, statement.origin) for outcome in statement.outcomes)
        if place + 1 < len(body) and isinstance(body[place + 1], s.Upon):
            follower = self.code[target]
            return branches + self.code[follower.other].branches, follower.next
        return branches, target

    def _statement(self, statement: s.Statement, target: int, otherwise: int | None, scope: _Scope) -> int:
        asynchronous = replace(scope, abort=END, returns=END, loop=None, atomic=None)
        match statement:
            case s.If():
                then = self._block(s.body_of(statement), target, scope)
                other = target if otherwise is None else otherwise
                return self._emit("branch", statement, scope, next=then, other=other)
            case s.While():
                head = self._emit("branch", statement, scope, other=target)
                self._patch(head, self._block(s.body_of(statement), head, replace(scope, loop=head)))
                return head
            case s.ForEach(any_order=True):
                entry = self._block(s.body_of(statement), END, asynchronous)
                return self._emit("spawn each", statement, scope, next=target, other=entry)
            case s.ForEach():
                head = self._emit("each", statement, scope, other=target)
                self._patch(head, self._block(s.body_of(statement), head, replace(scope, loop=head)))
                return self._emit("items", statement, scope, next=head)
            case s.InParallel():
                entry = self._block(s.body_of(statement), END, replace(asynchronous, delayed=False))
                return self._emit("spawn", statement, scope, next=target, other=entry)
            case s.Atomically():
                assert statement.origin is not None
                group = scope.atomic or ("atomically " + statement.origin.algorithm, statement.origin.path)
                return self._block(s.body_of(statement), target, replace(scope, atomic=group))
            case s.FireFunctionalEvent():
                algorithm = self.spec.fire_functional_event
                if algorithm is None:
                    raise LanguageError(f"{statement.origin}: the spec has no Fire Functional Event: give it one")
                fired = replace(scope, abort=target, returns=target, loop=None, fired=statement)
                return self._emit("jump", statement, scope, next=self._block(algorithm.steps, target, fired))
            case s.QueueTask():
                group = scope.atomic or ("task " + str(statement.origin), ())
                task = replace(scope, abort=target, returns=target, loop=None, atomic=group)
                queued = self._block(s.body_of(statement), target, task)
                return self._emit("task", statement, task, next=queued, other=target)
            case s.Dispatch() | s.RunPostDispatchSteps():
                if scope.fired is None:
                    raise LanguageError(f"{statement.origin}: only Fire Functional Event dispatches: fire one instead")
                if isinstance(statement, s.RunPostDispatchSteps):
                    body = self._block(s.body_of(scope.fired), target, replace(scope, fired=None))
                    return self._emit("jump", statement, scope, next=body)
                return self._emit("dispatch", replace(scope.fired, origin=statement.origin), scope, next=target)
            case s.Abort() | s.Return():
                goal = scope.abort if isinstance(statement, s.Abort) else scope.returns
                return self._emit("jump", statement, scope, next=goal)
            case s.Continue():
                if scope.loop is None:
                    raise LanguageError(
                        f"{statement.origin}: no loop to continue: the loop is in another list of steps"
                    )
                return self._emit("jump", statement, scope, next=scope.loop)
            case s.Enqueue():
                raise LanguageError(f"{statement.origin}: parallel queues cannot be run yet: use InParallel")
            case _:
                return self._emit(type(statement).__name__.lower(), statement, scope, next=target)

    def _patch(self, head: int, body: int) -> None:
        self.code[head] = replace(self.code[head], next=body)

    def successors(self, pc: int) -> tuple[int, ...]:
        """Give the instructions that may come next in the same invocation."""
        instruction = self.code[pc]
        if instruction.op == "end":
            return ()
        if instruction.op == "await":
            return tuple(entry for _, entry, _ in instruction.branches)
        if instruction.op in ("branch", "each", "task"):
            return (instruction.next, instruction.other)
        return (instruction.next,)

    def started(self, pc: int) -> tuple[int, ...]:
        """Give the entries of the invocations that an instruction starts."""
        instruction = self.code[pc]
        return (instruction.other,) if instruction.op in ("spawn", "spawn each", "upon") else ()

    def _liveness(self) -> list[frozenset[str]]:
        """Find the variables that each instruction or a later one reads, the textbook's backward analysis."""
        live = [frozenset[str]()] * len(self.code)
        changed = True
        while changed:
            changed = False
            for pc, instruction in enumerate(self.code):
                reads, writes = _names(instruction)
                out = frozenset[str]().union(*(live[n] for n in (*self.successors(pc), *self.started(pc))))
                found = reads | (out - writes)
                if found != live[pc]:
                    live[pc], changed = found, True
        return live


def loop_variable(instruction: Instruction) -> str:
    """Name the hidden variable with the items that a For each has still to visit."""
    name = instruction.statement.name if isinstance(instruction.statement, s.ForEach) else ""
    return f"@items {instruction.origin.step} {name}"


def _names(instruction: Instruction) -> tuple[frozenset[str], frozenset[str]]:
    statement, op = instruction.statement, instruction.op
    reads = frozenset[str]().union(*(e.variables(part) for part in s.expressions(statement)))
    writes = frozenset[str]()
    match statement:
        case s.Let(name=name):
            writes = frozenset({name})
        case s.Set(target=e.Var(name=name)):
            writes = frozenset({name})
        case s.ForEach(name=name):
            hidden = frozenset({loop_variable(instruction)})
            if op == "items":
                reads, writes = e.variables(statement.collection), hidden
            elif op == "each":
                reads, writes = (e.variables(statement.where) - {name}) | hidden, frozenset({name})
            else:
                reads -= {name}
        case s.Add(collection=e.Var(name=name)):
            reads |= {name}
        case s.FireFunctionalEvent(bind=bind):
            writes = frozenset({bind, EVENT}) if op == "dispatch" else frozenset()
            reads = reads if op == "dispatch" else frozenset()
        case s.Upon():
            reads |= {EVENT}
        case _:
            pass
    return reads, writes
