"""Flattens the algorithms of a spec into instructions: a control-flow graph that the interpreter walks.

A step of the text that stands alone is one group of instructions, and so is a whole block marked "atomically"; the
interpreter never stops inside a group. One sentence that tests and then changes what others see is two groups (reading
`apart`) or one (reading `whole`). "Abort" jumps to the end of the innermost list of steps that was called or
started asynchronously (reading `scope`), or only to the end of the list that it stands in (reading `list`).

What waits has an instruction of its own: `await` (a handler), `wait` (time), `until` (a condition), `queue` (its turn),
`task` (the event loop of the worker), `chance` (what may come or not). An event that has settled may still be there:
while its handler goes on (`extended`), and after that for a termination (`ended`, by the reading `worker`).

The promise that a method returns is there from the start: making it does nothing, and to return one that is settled
settles it. A step that hands it to what is not followed is not understood as far as the promise goes: see `_handing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bgsync.language import expressions as e
from bgsync.language import promises, traversal
from bgsync.language import statements as s
from bgsync.language.algorithm import LanguageError, Spec
from bgsync.language.reaching import listed_parameter, uncalled
from bgsync.system.batches import freed
from bgsync.system.closures import only_batch, shared_variables
from bgsync.system.instructions import END, Instruction, Op, names
from bgsync.system.receivers import pointed, receivers

ABORT_READINGS = ("scope", "list")
TERMINATION_READINGS = ("handler", "worker")
SENTENCE_READINGS = ("apart", "whole")
_TEST = "test of "
EFFECTS: Mapping[type[s.Statement], Op] = {
    s.Let: "let", s.Set: "set", s.Increment: "increment", s.Add: "add", s.Remove: "remove", s.Empty: "empty",
    s.Resolve: "resolve", s.Reject: "reject", s.Assert: "assert", s.Wait: "wait", s.Call: "call",
}  # fmt: skip
"""The statements that are one instruction each, after which control goes on."""
_ASYNCHRONOUS = (s.InParallel, s.Enqueue, s.Whenever, s.ForEach)
"""The statements whose steps may go on after those around them have ended."""


@dataclass(frozen=True)
class _Scope:
    abort: int
    returns: int
    loop: int | None = None
    after: int = END
    """Where the loop ends."""
    atomic: tuple[str, tuple[int, ...]] | None = None
    delayed: bool = False
    fired: s.FireEvent | s.HandleEvent | None = None
    handled: e.Expr = None
    """What the event is about that the steps around it create and dispatch themselves."""
    event: str = ""
    """The variable that holds the event which was dispatched."""
    promise: str = ""
    """The promise that is returned by a Return among these steps."""


class Program:
    """The instructions of a spec, the entry of every algorithm and rule, and which variables each one still needs."""

    def __init__(self, spec: Spec, abort: str = "scope", queue: str = "held", sentence: str = "apart") -> None:
        if abort not in ABORT_READINGS:
            raise ValueError(f"unknown reading of abort {abort!r}: one of {', '.join(ABORT_READINGS)}")
        spec = pointed(freed(spec) if queue == "free" else spec)
        self.spec, self.abort, self.sentence = spec, abort, sentence
        end = s.Return(origin=s.Origin("", (), "", 0, 0, "end", ""))
        self._made: list[Instruction] = [Instruction("end", end, ("", ()), False)]
        self._reactions: dict[str, int] = {}
        given = {algorithm.name: algorithm.parameters for algorithm in spec.algorithms}
        own = [(name, body) for name, body in spec.bodies() if spec.firing is None or name != spec.firing.name]
        owned = {a.name: a.returns for a in spec.algorithms if a.returns}
        self.promise_of: Mapping[str, str] = MappingProxyType(owned)
        self._promises = promises.holders((a.name, a.parameters, a.steps, a.returns) for a in spec.algorithms)
        self.entry: Mapping[str, int] = MappingProxyType(
            {name: self._algorithm(body, self.promise_of.get(name, "")) for name, body in own}
        )
        self.code: Sequence[Instruction] = tuple(self._made)
        self.shared: Mapping[str, Mapping[str, int]] = MappingProxyType(
            {n: MappingProxyType(shared_variables(given.get(n, ()), b, owned.get(n))) for n, b in spec.bodies()}
        )
        """The variables of each algorithm that several invocations share, and in how many loops each is bound."""
        self.entries: Mapping[str, str | None] = MappingProxyType(
            {name: listed_parameter(spec, name) for name in uncalled(spec)} if spec.read else {}
        )
        """The algorithms of a text that nothing calls, each with a parameter that is an object of the list."""
        self.reactions: Mapping[str, int] = MappingProxyType(self._reactions)
        """In how many places the steps of each algorithm react to an event."""
        self.changes = frozenset(each.next for each in self.code if each.group[0].startswith(_TEST))
        """Where what one sentence changes begins, as an action of its own after its test."""
        self.live: Sequence[frozenset[str]] = tuple(self._liveness())
        open_ones = receivers(spec)
        self.receivers: Sequence[tuple[str, ...]] = tuple(
            tuple(sorted(self._mentioned(pc) & open_ones.get(instruction.origin.algorithm, frozenset())))
            for pc, instruction in enumerate(self.code)
        )
        """The variables of which each instruction has to know which object they hold, where nothing tells."""
        called_on = frozenset(("this", f"the {spec.type.name}"))
        self.owners: Mapping[str, tuple[str, ...]] = MappingProxyType(
            {each: tuple(sorted(called_on & open_ones.get(each, frozenset()))) for each in spec.methods}
        )
        """The variables of each method that hold the object which it is called on."""
        # nothing of a program changes once it is made: many systems share it
        del self._made, self._reactions, self._promises

    def _algorithm(self, body: tuple[s.Statement, ...], promise: str) -> int:
        """Give the entry; an algorithm that only enqueues its steps is the batch itself, and waits for its turn."""
        batch, scope = only_batch(body), _Scope(END, END, promise=promise)
        if batch is None:
            return self._block(body, END, scope)
        enqueue = next(statement for statement in body if isinstance(statement, s.Enqueue))
        return self._emit("queue", enqueue, scope, next=self._block(batch, END, scope))

    def _emit(self, op: Op, statement: s.Statement, scope: _Scope, **parts: object) -> int:
        assert statement.origin is not None
        test = op == "branch" and self.sentence == "apart" and _tests_and_changes(statement)
        group = scope.atomic or ((_TEST if test else "") + statement.origin.algorithm, statement.origin.path)
        made = Instruction(op, statement, group, scope.atomic is not None, delayed=scope.delayed)
        self._made.append(replace(made, **parts))  # type: ignore[arg-type]  # the parts are fields of Instruction
        return len(self._made) - 1

    def _block(self, body: tuple[s.Statement, ...], end: int, scope: _Scope) -> int:
        if self.abort == "list":
            scope = replace(scope, abort=end)
        waits = [place for place, statement in enumerate(body) if isinstance(statement, s.Wait)]
        target, otherwise = end, None
        for place in range(len(body) - 1, -1, -1):
            statement = body[place]
            inner = replace(scope, delayed=scope.delayed or any(wait < place for wait in waits))
            if isinstance(statement, s.Else):
                entry = self._block(traversal.body_of(statement), target, inner)
                otherwise = self._emit("jump", statement, inner, next=entry)
                continue
            if isinstance(statement, s.Upon):
                branches, target = self._upon(body, place, target, inner)
                chance = self._emit("chance", statement, inner, branches=branches)
                after = self._afterwards(statement, branches, inner)
                waiting = self._emit(
                    "await", statement, inner, branches=branches, next=after, other=chance, event=scope.event
                )
                fired = "" if inner.event else self._fired_before(statement)
                target = self._emit("upon", statement, inner, next=target, other=waiting, event=fired)
                continue
            target = self._statement(statement, target, otherwise, inner)
            otherwise = None
        return target

    def _afterwards(self, statement: s.Upon, branches: tuple[tuple[str, int, s.Origin], ...], scope: _Scope) -> int:
        """Give where an event is once it has settled: its handler goes on, then only a termination is heard of."""
        killed = tuple(branch for branch in branches if branch[0] == "terminated")
        ended = self._emit("ended", statement, scope, branches=killed, event=scope.event) if killed else END
        return self._emit("extended", statement, scope, branches=killed, next=ended, event=scope.event)

    def _upon(
        self, body: tuple[s.Statement, ...], place: int, target: int, scope: _Scope
    ) -> tuple[tuple[tuple[str, int, s.Origin], ...], int]:
        """Give the branches of an Upon together with those of the Upon after it: one event awaits all its outcomes."""
        statement = body[place]
        assert isinstance(statement, s.Upon)
        assert statement.origin is not None
        steps = traversal.body_of(statement)
        if len(steps) == 1 and isinstance(steps[0], s.InParallel):
            steps = traversal.body_of(steps[0])  # a reaction runs in parallel with everything anyway
        entry = self._block(steps, END, _asynchronous(scope))
        if statement.bind:
            entry = self._emit("bind", statement, _asynchronous(scope), next=entry)
        branches = tuple((outcome, entry, statement.origin) for outcome in statement.outcomes)
        following = body[place + 1] if place + 1 < len(body) else None
        if isinstance(following, s.Upon) and following.promise == statement.promise:
            follower = self._made[target]
            return branches + self._made[follower.other].branches, follower.next
        name = statement.origin.algorithm
        self._reactions[name] = self._reactions.get(name, 0) + 1
        return branches, target

    def _statement(self, statement: s.Statement, target: int, otherwise: int | None, scope: _Scope) -> int:
        assert statement.origin is not None
        name = statement.origin.algorithm
        handed = promises.handed_on(statement, self._promises.get(name, frozenset()))
        if isinstance(statement, s.Return) and promises.returns_another(statement, scope.promise):
            handed |= {scope.promise}
        plain = self._plain(statement, target, otherwise, scope)
        return self._handing(statement, handed, plain, scope) if handed else plain

    def _handing(self, statement: s.Statement, handed: frozenset[str], target: int, scope: _Scope) -> int:
        """What is not followed may settle the promises that it gets, or never do."""
        may = s.NotUnderstood("what is done with it", tuple(sorted(handed)), ("promise",), origin=statement.origin)
        return self._emit("not understood", may, scope, next=target, other=target)

    def _returning(self, statement: s.Return, scope: _Scope) -> int:
        value, end = statement.value, scope.returns
        if value is None or (scope.promise and value == e.Var(scope.promise)):
            return self._emit("jump", statement, scope, next=end)
        if not scope.promise or not isinstance(value, e.Apply) or not promises.is_settled(value):
            return self._emit("return", statement, scope, next=end)
        own, given = e.Var(scope.promise), value.arguments[0] if value.arguments else None
        end = self._emit("jump", statement, scope, next=end)
        if value.name == promises.REJECTED:
            return self._emit("reject", s.Reject(own, given, origin=statement.origin), scope, next=end)
        return self._emit("resolve", s.Resolve(own, given, origin=statement.origin), scope, next=end)

    def _plain(self, statement: s.Statement, target: int, otherwise: int | None, scope: _Scope) -> int:
        match statement:
            case s.Let(name=name, value=value) if name == scope.promise and promises.is_new(value):
                return self._emit("jump", statement, scope, next=target)
            case s.If():
                then = self._block(traversal.body_of(statement), target, scope)
                other = target if otherwise is None else otherwise
                return self._emit("branch", statement, scope, next=then, other=other)
            case s.While():
                head = self._emit("branch", statement, scope, other=target)
                inner = replace(scope, loop=head, after=target)
                self._patch(head, self._block(traversal.body_of(statement), head, inner))
                return head
            case s.ForEach(any_order=True):
                entry = self._block(traversal.body_of(statement), END, _asynchronous(scope))
                return self._emit("spawn each", statement, scope, next=target, other=entry)
            case s.ForEach():
                head = self._emit("each", statement, scope, other=target)
                inner = replace(scope, loop=head, after=target)
                self._patch(head, self._block(traversal.body_of(statement), head, inner))
                return self._emit("items", statement, scope, next=head)
            case s.InParallel() | s.Enqueue() | s.Whenever():
                inner = replace(_asynchronous(scope), delayed=False)
                entry = self._block(traversal.body_of(statement), END, inner)
                if isinstance(statement, s.Enqueue):
                    entry = self._emit("queue", statement, inner, next=entry)
                elif isinstance(statement, s.Whenever):
                    entry = self._emit("chance", statement, inner, next=entry)
                return self._emit("spawn", statement, scope, next=target, other=entry)
            case s.WaitUntil():
                return self._emit("until", statement, scope, next=target)
            case s.Atomically():
                assert statement.origin is not None
                group = scope.atomic or ("atomically " + statement.origin.algorithm, statement.origin.path)
                return self._block(traversal.body_of(statement), target, replace(scope, atomic=group))
            case s.FireEvent() | s.HandleEvent():
                algorithm = self.spec.firing
                if algorithm is None:
                    raise LanguageError(
                        f"{statement.origin}: the spec has no algorithm that fires events: give it one (firing=)"
                    )
                fired = replace(scope, abort=target, returns=target, loop=None, fired=statement, promise="")
                if not any(isinstance(inner, s.QueueTask) for inner in traversal.walk(algorithm.steps)):
                    target = self._task_end(statement, target, fired)
                    fired = replace(fired, abort=target, returns=target)
                return self._emit("jump", statement, scope, next=self._block(algorithm.steps, target, fired))
            case s.QueueTask():
                end = self._task_end(statement, target, scope)
                task = replace(scope, abort=end, returns=end, loop=None, promise="")
                queued = self._block(traversal.body_of(statement), end, task)
                return self._emit("task", statement, task, next=queued, other=target)
            case s.Dispatch() | s.RunPostDispatchSteps():
                return self._dispatching(statement, target, scope)
            case s.Abort():
                return self._emit("jump", statement, scope, next=scope.abort)
            case s.Return():
                return self._returning(statement, scope)
            case s.Throw():
                return self._emit("throw", statement, scope, next=scope.returns)
            case s.Continue() | s.Break():
                goal = scope.after
                if isinstance(statement, s.Continue) and scope.loop is not None:
                    goal = scope.loop
                if scope.loop is None and self.spec.read:
                    goal = scope.abort
                elif scope.loop is None:
                    word = type(statement).__name__.lower()
                    raise LanguageError(f"{statement.origin}: no loop to {word}: the loop is in another list of steps")
                return self._emit("jump", statement, scope, next=goal)
            case s.Remark() | s.Perform():
                return self._emit("jump", statement, scope, next=target)
            case s.NotUnderstood():
                assert statement.origin is not None
                entry = self._block(traversal.body_of(statement), target, scope)
                leave = (("exit", scope.abort, statement.origin),)
                return self._emit("not understood", statement, scope, next=target, other=entry, branches=leave)
            case _:
                return self._emit(EFFECTS[type(statement)], statement, scope, next=target)

    def _task_end(self, statement: s.Statement, target: int, scope: _Scope) -> int:
        """Where a task ends its event may settle: an `await` of its own stands for one that no step reacts to."""
        fired, waiting = scope.fired, END
        if fired is not None and not self._reacts_elsewhere(fired):
            assert fired.origin is not None
            nobody = s.Upon((), None, (), origin=fired.origin)
            waiting = self._emit("await", nobody, scope, next=self._afterwards(nobody, (), scope), other=END)
            inner = (each for each in traversal.walk(traversal.body_of(fired)) if isinstance(each, _ASYNCHRONOUS))
            if any(isinstance(each, s.Upon) for outer in inner for each in traversal.walk(traversal.body_of(outer))):
                name = fired.origin.algorithm
                self._reactions[name] = self._reactions.get(name, 0) + 1
        return self._emit("task end", statement, scope, next=target, other=waiting)

    def _fired_before(self, statement: s.Upon) -> str:
        """Name the variable with the event that a reaction beside the step that fires it is to, if any."""
        assert statement.origin is not None
        body = tuple(traversal.walk(dict(self.spec.bodies()).get(statement.origin.algorithm, ())))
        lets = {each.name: e.variables(each.value) for each in body if isinstance(each, s.Let)}
        reached = [*e.variables(statement.promise)]
        for name in reached:
            reached += sorted(lets.get(name, frozenset()) - {*reached})
        return next((each.bind for each in body if isinstance(each, s.FireEvent) and each.bind in reached), "")

    def _reacts_elsewhere(self, fired: s.Statement) -> bool:
        """Whether the algorithm that fires an event has steps that react to it beside those that it hands over."""
        assert fired.origin is not None
        body = dict(self.spec.bodies()).get(fired.origin.algorithm, ())
        handed = {id(each) for each in traversal.walk(traversal.body_of(fired))}
        return any(isinstance(each, s.Upon) and id(each) not in handed for each in traversal.walk(body))

    def _dispatching(self, statement: s.Statement, target: int, scope: _Scope) -> int:
        """What Fire Functional Event does with the event and the steps that were handed to it."""
        fired = scope.fired
        if isinstance(statement, s.RunPostDispatchSteps) and fired is not None:
            about = fired.about if isinstance(fired, s.HandleEvent) else None
            follow = traversal.body_of(fired)
            dispatched = (each for each in traversal.walk(follow) if isinstance(each, s.Dispatch))
            bind = fired.bind if isinstance(fired, s.FireEvent) else next(map(_event, dispatched), "")
            body = self._block(follow, target, replace(scope, fired=None, handled=about, event=bind))
            return self._emit("jump", statement, scope, next=body)
        if isinstance(statement, s.Dispatch) and fired is not None:
            if isinstance(fired, s.HandleEvent):
                return self._emit("jump", statement, scope, next=target)
            assert fired.origin is not None
            home = fired.origin.algorithm
            return self._emit("dispatch", replace(fired, origin=statement.origin), scope, next=target, home=home)
        if isinstance(statement, s.Dispatch) and scope.handled is not None:
            made = s.FireEvent("", scope.handled, (), _event(statement), (), origin=statement.origin)
            assert statement.origin is not None
            return self._emit("dispatch", made, scope, next=target, home=statement.origin.algorithm)
        if self.spec.read:
            return self._emit("jump", statement, scope, next=target)
        raise LanguageError(f"{statement.origin}: only the algorithm that fires events dispatches: fire one instead")

    def _patch(self, head: int, body: int) -> None:
        self._made[head] = replace(self._made[head], next=body)

    def successors(self, pc: int) -> tuple[int, ...]:
        """Give the instructions that may come next in the same invocation."""
        instruction = self.code[pc]
        if instruction.op == "end":
            return ()
        branches = tuple(entry for _, entry, _ in instruction.branches)
        if instruction.op in ("await", "extended", "ended"):
            return branches if instruction.next == END else (*branches, instruction.next)
        if instruction.op == "chance" and branches:
            return branches
        if instruction.op in ("branch", "each", "task", "not understood"):
            return (instruction.next, instruction.other, *branches)
        return (instruction.next,)

    def started(self, pc: int) -> tuple[int, ...]:
        """Give the entries of the invocations that an instruction starts."""
        instruction = self.code[pc]
        if instruction.op == "upon":
            return (instruction.other, self.code[instruction.other].other)
        return (instruction.other,) if instruction.op in ("spawn", "spawn each", "task end") else ()

    def _mentioned(self, pc: int) -> frozenset[str]:
        """Give the variables that an instruction reads, and those that the invocations need which it starts."""
        if self.code[pc].op in ("await", "chance", "queue", "task", "wait"):
            return frozenset()
        statement = self.code[pc].statement
        item = {statement.name} if isinstance(statement, s.ForEach) and self.code[pc].op == "each" else frozenset[str]()
        return names(self.code[pc])[0].union(item, *(self.live[entry] for entry in self.started(pc)))

    def _liveness(self) -> list[frozenset[str]]:
        """Find the variables that each instruction or a later one reads, the textbook's backward analysis."""
        live = [frozenset[str]()] * len(self.code)
        changed = True
        while changed:
            changed = False
            for pc, instruction in enumerate(self.code):
                reads, writes = names(instruction)
                if self.promise_of.get(instruction.origin.algorithm) in reads:
                    reads |= {"@promise"}
                if isinstance(instruction.statement, s.Set):  # what is shared is still needed: it names the place
                    kept = writes & self.shared.get(instruction.origin.algorithm, {}).keys()
                    reads, writes = reads | kept, writes - kept
                out = frozenset[str]().union(*(live[n] for n in (*self.successors(pc), *self.started(pc))))
                found = reads | (out - writes)
                if found != live[pc]:
                    live[pc], changed = found, True
        return live


def _tests_and_changes(statement: s.Statement) -> bool:
    """Whether one sentence says both: if something is so, then change what others can see."""
    own = (each for each in traversal.body_of(statement) if each.origin == statement.origin)
    seen = (s.Add, s.Remove, s.Empty)
    return any(isinstance(each, seen) or isinstance(getattr(each, "target", None), e.Field) for each in own)


def _event(statement: s.Dispatch) -> str:
    """Name the variable that holds the event which is dispatched."""
    return statement.event.name if isinstance(statement.event, e.Var) else "@the event"


def _asynchronous(scope: _Scope) -> _Scope:
    return replace(scope, abort=END, returns=END, loop=None, atomic=None, promise="")
