"""contradiction: a promise that some path settles twice, or that some path never settles; and waiting inside an action.

Every path through the tree is followed, with what it takes to be true: a condition that was decided is not decided the
other way later, and of two reactions to one promise with different outcomes only one runs. Steps that run on their own
count as going on beside the path that started them, and an algorithm of the text is followed where it is called.

What is not certain is never an error. A promise that is handed on may be settled there; a sentence that is not
understood may settle it, or leave the steps; so may one with a condition in it that was not read as one. Two conditions
in the words of the text, about the same things, may exclude each other: what rests on both of them is a note, or left.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bgsync.judge.structure.finding import ERROR, NOTE, Finding, Known, place, step
from bgsync.judge.structure.paths import (
    Conditions,
    TooManyPathsError,
    alike,
    assume,
    distinct,
    forgotten,
    is_open,
    lacks_condition,
    leaves,
    matters,
)
from bgsync.judge.structure.walking import ASYNCHRONOUS, Body, queued, visit
from bgsync.language import Algorithm, Spec, promises, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.pauses import pause

Callees = dict[tuple[str, str], tuple[bool, bool]]
"""What becomes of a promise that an algorithm gets as a parameter: see `_Settling.of_callee`."""


@dataclass(frozen=True)
class _Path:
    """One path: whether it settled and where, what it takes to be true, and whether it has left the steps."""

    settled: s.Statement | None = None
    certain: bool = True
    """Whether nothing else can settle the promise."""
    doubted: bool = False
    """Whether it may not have come from where it settled the promise to where it is."""
    under: frozenset[object] = frozenset()
    """The conditions around where it settled the promise."""
    taken: Conditions = frozenset()
    left: bool = False
    ending: s.Statement | None = None
    returned: bool = False
    """Whether it has returned the promise."""


def settling(spec: Spec, known: Known) -> Iterator[Finding]:
    """Find promises that are settled twice or never, and steps that wait inside one action."""
    callees: Callees = {}
    for part in spec.algorithms:
        lets = [each for each in traversal.walk(part.steps) if isinstance(each, s.Let)]
        made = dict.fromkeys(each.name for each in lets if promises.is_new(each.value))
        for name in dict.fromkeys([*([part.returns] if part.returns else []), *made]):
            owed = name == part.returns and name != promises.UNNAMED
            yield from _Settling(name, spec, queued(part.steps), callees).judge(owed, by_head=name not in made)
        if part.name in spec.methods:
            yield from _lost(part)
    waiting = _waiting(spec)
    for _, body in spec.bodies():
        for at in visit(body):
            inner = next(
                (each for each in reversed(at.around) if isinstance(each, (s.Atomically, *ASYNCHRONOUS))), None
            )
            told = "runs where events are handled, and that waits for its turn there"
            if isinstance(inner, s.Atomically):
                told = "is one action, and that waits"
                guard = isinstance(at.statement, s.WaitUntil) and traversal.body_of(inner)[0] is at.statement
                waits = isinstance(at.statement, s.Wait | s.WaitUntil)
                if waits and not guard:  # it may begin by a wait until something
                    message = f"waits inside {step(inner)}, which is one action"
                    yield Finding("contradiction", message, place(at.statement))
            elif not isinstance(inner, s.HandleEvent):
                continue
            first = waiting.get(at.statement.algorithm) if isinstance(at.statement, s.Call) else None
            fires = isinstance(first, s.FIRES)
            if isinstance(at.statement, s.Call) and first is not None and (fires or isinstance(inner, s.Atomically)):
                message = f"calls {at.statement.algorithm!r} inside {step(inner)}, which {told}"
                yield Finding("contradiction", f"{message} ({place(first)})", place(at.statement), NOTE)


def _waiting(spec: Spec) -> dict[str, s.Statement]:
    """Give the algorithms that wait before they return, each with where it does; to fire an event is to wait."""
    found: dict[str, s.Statement] = {}
    for _ in spec.algorithms:
        for algorithm in spec.algorithms:
            for at in visit(queued(algorithm.steps)) if algorithm.name not in found else ():
                each = at.statement
                waits = isinstance(each, (s.Wait, s.WaitUntil, *s.FIRES))
                called = isinstance(each, s.Call) and each.algorithm in found
                if (waits or called) and not any(isinstance(one, ASYNCHRONOUS) for one in at.around):
                    found.setdefault(algorithm.name, each)
    return found


def _lost(method: Algorithm) -> Iterator[Finding]:
    """A promise that is returned as it is made: nobody can settle it."""
    for each in promises.at_once(method.steps):
        if isinstance(each, s.Return) and promises.is_new(each.value):
            yield Finding("contradiction", "returns a new promise that nothing can settle", place(each))


class _Settling:
    def __init__(self, promise: str, spec: Spec, steps: Body, callees: Callees) -> None:
        self.promise, self.spec, self.steps, self.callees = promise, spec, steps, callees
        self.twice: dict[tuple[s.Origin, s.Origin], bool] = {}
        """Where it is settled, and where again, and whether both can surely be on one path."""
        self.guards: set[object] = set()
        """The conditions under which it is settled."""
        self.around: list[object] = []
        """The conditions around the steps that are followed."""
        self.beside, self.unread = 0, 0
        """How many blocks there are around that run on their own, and that are not understood."""
        self.misread = lacks_condition(steps)

    def judge(self, owed: bool, by_head: bool) -> Iterator[Finding]:
        """Judge the steps of one algorithm."""
        pause()
        ends = self.ends()
        yield from self.again()
        if not owed or self.spoken():
            return
        lost = [path for path in ends if self.never(path) and (by_head or path.returned)]
        if lost and self.steps:
            last = lost[0].ending
            message = f"a path that ends {'here' if last else 'after the last step'} never settles {self.promise!r}"
            yield Finding("contradiction", message, place(last or self.steps[-1]))

    def again(self) -> Iterator[Finding]:
        """Say where it is settled again: each place once, with the others that settle what the same step has."""
        found: dict[s.Origin, tuple[list[s.Origin], list[s.Origin], bool]] = {}
        for first in dict.fromkeys(first for first, _ in self.twice):
            others = sorted((each for one, each in self.twice if one == first), key=lambda each: each.path)
            surely = [each for each in others if self.twice[first, each]]
            told = surely or others
            firsts, also, sure = found.get(told[0], ([], [], False))
            found[told[0]] = ([*firsts, first], [*also, *told[1:]], sure or bool(surely))
        for here, (firsts, also, sure) in found.items():
            as_do = f" (as do {', '.join(dict.fromkeys(each.step for each in also))})" if also else ""
            which = " and ".join(f"step {first.step}" for first in firsts)
            message = f"settles {self.promise!r} again{as_do}, which {which} has settled on the same path"
            if not sure:
                message += ", if the conditions of both can hold"
            yield Finding("contradiction", message, here, ERROR if sure else NOTE)

    def ends(self) -> list[_Path]:
        """Give the paths through all the steps; none where nothing can be said."""
        if any(self.changed(each) for each in traversal.walk(self.steps)):
            return []
        try:
            return self.body(self.steps, [_Path()])
        except TooManyPathsError:
            self.twice.clear()
            return []

    def never(self, path: _Path) -> bool:
        """Whether a path surely leaves the promise as it is: not if it refused two conditions that may be all."""
        refused = [condition for condition, _ in path.taken if condition in self.guards]
        return path.settled is None and path.certain and not alike(refused, refused)

    def spoken(self) -> bool:
        """Whether a sentence that settles nothing speaks of the promise: it may have been misread."""
        own = {place(each) for each in traversal.walk(self.steps) if self.speaks(each)}
        others = {place(each).sentence for each in traversal.walk(self.steps) if place(each) not in own}
        return any(self.promise in sentence.replace("'s", " ").replace(",", " ").split() for sentence in others)

    def speaks(self, statement: s.Statement) -> bool:
        """Whether a statement is one that has to speak of the promise, and does no more with it than it says."""
        match statement:
            case s.Resolve() | s.Reject() | s.Call():
                return True
            case s.Let(name=name, value=value):
                return name == self.promise and promises.is_new(value)
            case s.Return(value=value):
                return value == e.Var(self.promise)
            case _:
                return False

    def changed(self, statement: s.Statement) -> bool:
        """Whether the variable is given another promise later."""
        if isinstance(statement, s.Let):
            return statement.name == self.promise and not promises.is_new(statement.value)
        if isinstance(statement, s.Set):
            return statement.target == e.Var(self.promise)
        return self.promise in traversal.bound(statement)

    def body(self, body: Body, paths: list[_Path], condition: object = None) -> list[_Path]:
        """Follow a list of statements, under one more condition if there is one."""
        self.around.append(condition)
        paths = self.followed(body, paths)
        self.around.pop()
        return paths

    def followed(self, body: Body, paths: list[_Path]) -> list[_Path]:
        """Follow the statements of a list."""
        taken: list[_Path] = []
        refused: list[_Path] = []
        condition: object = None
        for statement in body:
            if isinstance(statement, s.Else):
                paths = distinct([*taken, *self.body(traversal.body_of(statement), refused, condition)])
                continue
            going, gone = [path for path in paths if not path.left], [path for path in paths if path.left]
            if isinstance(statement, s.If):
                condition = statement.condition
                taken, refused = self.branches(statement, going)
                taken = [*taken, *gone]
                paths = distinct([*taken, *refused])
            else:
                paths = distinct([*self.statement(statement, going), *gone])
        return paths

    def branches(self, statement: s.If, paths: list[_Path]) -> tuple[list[_Path], list[_Path]]:
        """Give the paths after the body of an If, and those that do not take it."""
        inner = traversal.body_of(statement)
        if any(isinstance(each, s.Resolve | s.Reject | s.Call) for each in traversal.walk(inner)):
            self.guards |= {condition for condition, _ in assume(frozenset(), statement.condition, True) or ()}
        return (
            self.body(inner, self.assumed(paths, statement.condition, True), statement.condition),
            self.assumed(paths, statement.condition, False),
        )

    def assumed(self, paths: list[_Path], condition: object, value: bool) -> list[_Path]:
        """Give the paths on which a condition can be true, or false, with that taken to be so."""
        found = [(path, assume(path.taken, condition, value)) for path in paths]
        return [replace(path, taken=taken) for path, taken in found if taken is not None]

    def statement(self, statement: s.Statement, paths: list[_Path]) -> list[_Path]:
        """Follow one statement on every path that comes to it."""
        inner = traversal.body_of(statement)
        match statement:
            case s.Resolve(promise=e.Var(name=name)) | s.Reject(promise=e.Var(name=name)) if name == self.promise:
                return [self.settle(path, statement) for path in paths]
            case s.Abort() | s.Continue() | s.Break():
                return [replace(path, left=True, ending=path.ending or statement) for path in paths]
            case s.Return() | s.Throw():
                return [self.ended(path, statement) for path in paths]
            case s.Whenever():  # may settle it, never or at any time
                settles = any(isinstance(each, s.Resolve | s.Reject) for each in traversal.walk(inner))
                return [replace(path, certain=False) for path in paths] if settles else paths
            case s.ForEach() | s.While():
                return self.looped(inner, paths)
            case s.Atomically():
                return self.body(inner, paths)
            case s.Upon(outcomes=outcomes, promise=promise):
                after = self.beside_them(inner, self.assumed(paths, (promise, outcomes), True))
                rest = self.assumed(paths, (promise, outcomes), False)
                mentions = any(path.settled for path in after)
                return [*after, *([replace(path, certain=False) for path in rest] if mentions else rest)]
            case _ if isinstance(statement, ASYNCHRONOUS):
                return self.beside_them(inner, paths)
            case s.NotUnderstood():
                return self.not_understood(statement, paths)
            case s.Call():
                return [after for path in paths for after in self.called(path, statement)]
            case _:
                if self.handed_on(statement):
                    return [replace(path, certain=False) for path in paths]
                return [replace(path, taken=forgotten(path.taken, statement)) for path in paths]

    def looped(self, inner: Body, paths: list[_Path]) -> list[_Path]:
        """Follow no round of a loop, or one that settles the promise and goes on after the loop."""
        rounds = self.body(inner, paths)
        on = [each for each in rounds if not each.left or isinstance(each.ending, s.Break | s.Continue)]
        settled = [replace(each, certain=False, left=False, ending=None) for each in on if each.settled is not None]
        new = [each for each in settled if all(each.settled is not path.settled for path in paths)]
        if not new and not any(path.left for path in rounds):
            return paths
        return [*(replace(path, certain=False) for path in paths), *new]

    def beside_them(self, inner: Body, paths: list[_Path]) -> list[_Path]:
        """Follow steps that run on their own, and go on beside them."""
        self.beside += 1
        after = self.body(inner, paths)
        self.beside -= 1
        return [replace(path, left=False, ending=path.ending if path.settled is None else None) for path in after]

    def not_understood(self, statement: s.NotUnderstood, paths: list[_Path]) -> list[_Path]:
        """Follow what stands below a sentence that is not understood: it may be done, or not, or anything."""
        self.unread += 1
        after = self.body(traversal.body_of(statement), paths)
        self.unread -= 1
        same = {(path.settled, path.left) for path in after} == {(path.settled, path.left) for path in paths}
        if same and not matters(statement, self.promise):
            return paths
        return [replace(path, certain=False, doubted=path.settled is not None) for path in after]

    def ended(self, path: _Path, statement: s.Return | s.Throw) -> _Path:
        """End a path: a promise that the algorithm does not return is none that it owes."""
        value = statement.value if isinstance(statement, s.Return) else statement.error
        returned = isinstance(statement, s.Return) and value == e.Var(self.promise) and not self.beside
        certain = path.certain and (returned or value is None)
        return replace(path, left=True, certain=certain, ending=path.ending or statement, returned=returned)

    def settle(self, path: _Path, statement: s.Statement) -> _Path:
        """Settle the promise on a path."""
        unsure = bool(self.unread) or place(statement) in self.misread
        under = frozenset(condition for condition in self.around if is_open(condition))
        if path.settled is None:
            certain = path.certain and not unsure
            return replace(path, settled=statement, under=under, doubted=unsure, certain=certain)
        if not (unsure or path.doubted or leaves(path.settled)):
            sure = not alike(under - path.under, path.under)
            both = place(path.settled), place(statement)
            self.twice[both] = sure or self.twice.get(both, False)
        return path

    def called(self, path: _Path, statement: s.Call) -> list[_Path]:
        """Follow an algorithm of the text that gets the promise."""
        if not self.handed_on(statement):
            return [replace(path, taken=forgotten(path.taken, statement))]
        settles, nothing = self.of_callee(statement)
        if settles == nothing and (statement.bind or not settles):
            return [replace(path, certain=False)]  # what it gives back may say whether it has settled the promise
        return [*([self.settle(path, statement)] if settles else []), *([path] if nothing else [])]

    def of_callee(self, statement: s.Call) -> tuple[bool, bool]:
        """Give whether some ways through the called algorithm settle it, and some surely do not; neither is open."""
        callee = self.spec.algorithm(statement.algorithm)
        given = [n for n, x in zip(callee.parameters, statement.arguments, strict=False) if x == e.Var(self.promise)]
        if len(given) != 1:
            return False, False
        key = (callee.name, given[0])
        if key not in self.callees:
            self.callees[key] = (False, False)  # for an algorithm that calls itself
            inside = _Settling(given[0], self.spec, queued(callee.steps), self.callees)
            ends = inside.ends()
            settles = [end.settled is not None and end.certain for end in ends]
            nothing = [inside.never(end) for end in ends]
            if ends and not inside.spoken() and all(map(operator.or_, settles, nothing)):
                self.callees[key] = (any(settles), any(nothing))
        return self.callees[key]

    def handed_on(self, statement: s.Statement) -> bool:
        """Whether a statement gives the promise to something that may settle it."""
        return any(self.promise in e.variables(expression) for expression in traversal.expressions(statement))
