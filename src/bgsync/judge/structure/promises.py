"""contradiction: a promise that some path settles twice, or that some path never settles; and waiting inside an action.

Every path through the tree is followed, with what it takes to be true: a condition that was decided is not decided the
other way later, and of two reactions to one promise with different outcomes only one runs. Steps that run on their own
count as going on beside the path that started them. What is not certain is never reported: a promise that is handed
on, a step that was not understood, a loop that settles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bgsync.judge.structure.finding import Finding, Known, place, step
from bgsync.judge.structure.walking import ASYNCHRONOUS, Body, queued, visit
from bgsync.language import Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.pauses import pause

TOO_MANY = 400
"""Paths; an algorithm with more is not judged."""

_LEAVES = re.compile(r"\b(abort|return|terminate|stop|throw|exit)")
"""A sentence that speaks of leaving the steps: where a path goes on after it, it may have been misread."""


@dataclass(frozen=True)
class _Path:
    """One path: whether it settled and where, what it takes to be true, and whether it has left the steps."""

    settled: s.Statement | None = None
    certain: bool = True
    """Whether nothing else can settle the promise."""
    taken: frozenset[tuple[object, bool]] = frozenset()
    left: bool = False
    ending: s.Statement | None = None


def promises(spec: Spec, known: Known) -> Iterator[Finding]:
    """Find promises that are settled twice or never, and steps that wait inside one action."""
    for part in spec.algorithms:
        made = [
            statement.name
            for statement in traversal.walk(part.steps)
            if isinstance(statement, s.Let) and statement.value == e.New("promise")
        ]
        for name in dict.fromkeys([*([part.returns] if part.returns else []), *made]):
            yield from _Settling(name).judge(queued(part.steps), owed=name == part.returns)
    for _, body in spec.bodies():
        for at in visit(body):
            inner = [each for each in at.around if isinstance(each, (s.Atomically, *ASYNCHRONOUS))]
            if isinstance(at.statement, s.Wait | s.WaitUntil) and inner and isinstance(inner[-1], s.Atomically):
                message = f"waits inside {step(inner[-1])}, which is one action"
                yield Finding("contradiction", message, place(at.statement))


class _Settling:
    def __init__(self, promise: str) -> None:
        self.promise = promise
        self.twice: dict[s.Origin, s.Statement] = {}

    def judge(self, body: Body, owed: bool) -> Iterator[Finding]:
        """Judge the steps of one algorithm."""
        pause()
        if any(self.changed(each) for each in traversal.walk(body)):
            return
        try:
            ends = self.body(body, [_Path()])
        except _TooManyPathsError:
            return
        owed = owed and not self.spoken(body)
        for first in dict.fromkeys(self.twice.values()):
            again = sorted((each for each, other in self.twice.items() if other is first), key=lambda each: each.path)
            also = f" (as do {', '.join(each.step for each in again[1:])})" if again[1:] else ""
            message = f"settles {self.promise!r} again{also}, which {step(first)} has settled on the same path"
            yield Finding("contradiction", message, again[0])
        forgotten = [path for path in ends if owed and path.certain and path.settled is None]
        if forgotten and body:
            last = forgotten[0].ending
            message = f"a path that ends {'here' if last else 'after the last step'} never settles {self.promise!r}"
            yield Finding("contradiction", message, place(last or body[-1]))

    def spoken(self, body: Body) -> bool:
        """Whether a sentence that settles nothing speaks of the promise: it may have been misread."""
        statements = traversal.walk(body)
        settling = {place(each) for each in statements if isinstance(each, s.Resolve | s.Reject)}
        others = {place(each).sentence for each in statements if place(each) not in settling}
        return any(re.search(rf"\b{re.escape(self.promise)}\b", sentence) for sentence in others)

    def changed(self, statement: s.Statement) -> bool:
        """Whether the variable is given another promise later."""
        if isinstance(statement, s.Let):
            return statement.name == self.promise and statement.value != e.New("promise")
        return isinstance(statement, s.Set) and statement.target == e.Var(self.promise)

    def body(self, body: Body, paths: list[_Path]) -> list[_Path]:
        """Follow a list of statements."""
        taken: list[_Path] = []
        refused: list[_Path] = []
        for statement in body:
            if isinstance(statement, s.Else):
                paths = _distinct([*taken, *self.body(traversal.body_of(statement), refused)])
                continue
            going, gone = [path for path in paths if not path.left], [path for path in paths if path.left]
            if isinstance(statement, s.If):
                taken, refused = self.branches(statement, going)
                taken = [*taken, *gone]
                paths = _distinct([*taken, *refused])
            else:
                paths = _distinct([*self.statement(statement, going), *gone])
        return paths

    def branches(self, statement: s.If, paths: list[_Path]) -> tuple[list[_Path], list[_Path]]:
        """Give the paths after the body of an If, and those that do not take it."""
        took = [each for path in paths for each in _assume(path, statement.condition, True)]
        refused = [each for path in paths for each in _assume(path, statement.condition, False)]
        return self.body(traversal.body_of(statement), took), refused

    def statement(self, statement: s.Statement, paths: list[_Path]) -> list[_Path]:
        """Follow one statement on every path that comes to it."""
        inner = traversal.body_of(statement)
        match statement:
            case s.Resolve(promise=e.Var(name=name)) | s.Reject(promise=e.Var(name=name)) if name == self.promise:
                return [self.settle(path, statement) for path in paths]
            case s.Abort() | s.Continue() | s.Break():
                return [replace(path, left=True, ending=statement) for path in paths]
            case s.Return() | s.Throw():
                return [replace(path, left=True, certain=False) for path in paths]
            case s.ForEach() | s.While() | s.Whenever():
                rounds = self.body(inner, paths)
                settles = any(path.settled for path in rounds) or any(path.left for path in rounds)
                return [replace(path, certain=False) for path in paths] if settles else paths
            case s.Atomically():
                return self.body(inner, paths)
            case s.Upon(outcomes=outcomes, promise=promise):
                ran = [q for path in paths for q in _assume(path, (promise, outcomes), True)]
                after = [replace(path, left=False) for path in self.body(inner, ran)]
                rest = [q for path in paths for q in _assume(path, (promise, outcomes), False)]
                mentions = any(path.settled for path in after)
                waiting = [replace(path, certain=False) for path in rest] if mentions else rest
                return [*after, *waiting]
            case _ if isinstance(statement, ASYNCHRONOUS):
                return [replace(path, left=False, ending=None) for path in self.body(inner, paths)]
            case s.NotUnderstood():
                return [replace(path, certain=False) for path in self.body(inner, paths)]
            case _:
                if self.handed_on(statement):
                    return [replace(path, certain=False) for path in paths]
                return [_forgotten(path, statement) for path in paths]

    def settle(self, path: _Path, statement: s.Statement) -> _Path:
        """Settle the promise on a path."""
        if path.settled is not None and not _LEAVES.search(place(path.settled).sentence.lower()):
            self.twice.setdefault(place(statement), path.settled)
        return replace(path, settled=path.settled or statement)

    def handed_on(self, statement: s.Statement) -> bool:
        """Whether a statement gives the promise to something that may settle it."""
        return any(self.promise in e.variables(expression) for expression in traversal.expressions(statement))


class _TooManyPathsError(Exception):
    pass


def _distinct(paths: Iterable[_Path]) -> list[_Path]:
    found = list(dict.fromkeys(paths))
    if len(found) > TOO_MANY:
        raise _TooManyPathsError
    return found


def _assume(path: _Path, condition: object, value: bool) -> list[_Path]:
    """Take a condition to be true or false on a path; nothing when the path took it the other way."""
    while isinstance(condition, e.Not):
        condition, value = condition.operand, not value
    if (condition, not value) in path.taken or (value and _excluded(path, condition)):
        return []
    return [replace(path, taken=path.taken | {(condition, value)})]


def _excluded(path: _Path, condition: object) -> bool:
    """Whether another outcome of the same promise, or another value of the same expression, was taken."""
    for other, value in path.taken:
        if not value or other == condition:
            continue
        if isinstance(other, e.Is) and isinstance(condition, e.Is):
            plain = isinstance(other.right, str | bool | int | None) and isinstance(
                condition.right, str | bool | int | None
            )
            if other.left == condition.left and plain:
                return True
        if isinstance(other, tuple) and isinstance(condition, tuple) and other[0] == condition[0]:
            return not set(other[1]) & set(condition[1])
    return False


def _forgotten(path: _Path, statement: s.Statement) -> _Path:
    """Forget what a path takes to be true of what a statement changes."""
    changed: frozenset[str] = frozenset(traversal.bound(statement))
    fields = {
        part.name for part in ([statement.target] if isinstance(statement, s.Set) else []) if isinstance(part, e.Field)
    }
    if not changed and not fields:
        return path
    kept = frozenset(
        (condition, value)
        for condition, value in path.taken
        if not (_names(condition) & changed or _fields(condition) & fields)
    )
    return replace(path, taken=kept)


def _expression(condition: object) -> e.Expr:
    return condition[0] if isinstance(condition, tuple) else condition  # type: ignore[return-value]


def _names(condition: object) -> frozenset[str]:
    return e.variables(_expression(condition))


def _fields(condition: object) -> frozenset[str]:
    return frozenset(part.name for part in e.parts(_expression(condition)) if isinstance(part, e.Field))
