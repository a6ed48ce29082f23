"""defined-before-use: definite assignment over the tree of each algorithm.

A name is definitely bound where every path to it binds it. Steps that run on their own see what was bound before they
were started, and bind for nobody but themselves. Of every name only the first use without a value is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bgsync.judge.structure.finding import ERROR, NOTE, Finding, Known, hint, place, step
from bgsync.judge.structure.walking import ASYNCHRONOUS, Body, parts, visit
from bgsync.language import Algorithm, Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.prose.close import close

Names = frozenset[str]
_WORDS = re.compile(r"[\w\[\]-]+")
ALWAYS = frozenset({"this"})


def definitions(spec: Spec, known: Known) -> Iterator[Finding]:
    """Find the variables that are read where they may have no value."""
    for part in parts(spec):
        given = ALWAYS | known.given.get(part.name, frozenset())
        if isinstance(part, Algorithm):
            given |= {*part.parameters, *([part.returns] if part.returns else [])}
        yield from _Check(part.steps, given).findings


class _Check:
    def __init__(self, body: Body, given: Names) -> None:
        self.findings: list[Finding] = []
        self.told: set[str] = set(given)
        self.binders: dict[str, list[tuple[s.Statement, Body]]] = {}
        for at in visit(body):
            for name in _binds(at.statement):
                self.binders.setdefault(name, []).append((at.statement, at.around))
        self.names = given | frozenset(self.binders)
        self.conditions: list[e.Expr] = []
        unread = [(place(each).path, each.text) for each in traversal.walk(body) if isinstance(each, s.NotUnderstood)]
        self.unread = {path: set(_WORDS.findall(text)) for path, text in unread}
        """The words of the sentences that are not understood, which may give variables values."""
        self.body(body, given)

    def body(self, body: Body, bound: Names, other: s.Statement | None = None) -> Names | None:
        """Follow a list of statements; give what is bound after it, None when no path goes on.

        `other` is the Otherwise whose steps they are, if any.
        """
        now: Names | None = bound
        before = bound
        taken: Names | None = bound
        for statement in body:
            if now is None:
                return None
            if isinstance(statement, s.Else):
                rest = self.body(traversal.body_of(statement), before, statement)
                now = _either(taken, rest) if _chooses(statement) else _both(taken, rest)
                continue
            before = now
            now, taken = self.statement(statement, now)
        return taken if other is not None and len(body) == 1 and _is_last_case(body[0], other) else now

    def statement(self, statement: s.Statement, bound: Names) -> tuple[Names | None, Names | None]:
        """Give what is bound after a statement, and what after the body of an If."""
        if isinstance(statement, s.Whenever):
            bound |= e.variables(statement.occasion)
        for expression in traversal.expressions(statement):
            if not isinstance(statement, s.ForEach) or expression is statement.collection:
                self.read(statement, expression, bound)
        inner = traversal.body_of(statement)
        match statement:
            case s.If(condition=condition):
                self.conditions.append(condition)
                after = self.body(inner, bound)
                self.conditions.pop()
                return bound, after
            case s.ForEach(name=name, where=where):
                self.read(statement, where, bound | {name})
                self.body(inner, bound | {name})
                return bound, bound
            case s.While(condition=condition):
                after = self.body(inner, bound)
                return (bound if condition is not True else bound | (after or frozenset())), bound
            case s.Abort() | s.Return() | s.Throw() | s.Continue() | s.Break():
                return None, bound
            case s.Set(target=e.Var(name=name)):
                self.set(statement, name, bound)
                return bound | {name}, bound
            case s.Atomically():
                return self.body(inner, bound), bound
            case s.NotUnderstood(may_write=names):
                now = bound | frozenset(names)
                after = self.body(inner, now)
                return now | (after or frozenset()), now
            case _ if isinstance(statement, ASYNCHRONOUS):
                now = bound | frozenset(traversal.bound(statement))
                self.body(inner, now)
                return (now if isinstance(statement, s.FireEvent) else bound), bound
            case _:
                return bound | frozenset(_binds(statement)), bound

    def set(self, statement: s.Statement, name: str, bound: Names) -> None:
        """A variable that is set and never introduced."""
        if name in bound or name in self.told:
            return
        if any(not isinstance(each, s.Set) for each, _ in self.binders.get(name, [])):
            return
        self.told.add(name)
        others = self.names - {name}
        level = ERROR if hint(name, others) else NOTE
        message = f"the variable {name!r} is set, and nothing introduces it{hint(name, others)}"
        self.findings.append(Finding("defined-before-use", message, place(statement), level))

    def read(self, statement: s.Statement, expression: e.Expr, bound: Names) -> None:
        """Report the variables of an expression that may have no value."""
        for name in sorted(e.variables(expression) - bound):
            if name in self.told:
                continue
            if name not in _plainly(expression) and _bound_in_words(name, statement, expression):
                self.told.add(name)
                continue
            binders = [each for each in self.binders.get(name, []) if each[0] is not statement]
            if any(self.agree(around) for _, around in binders):
                continue
            self.told.add(name)
            if binders:
                message = f"the variable {name!r} {_where(binders[0], statement)}"
            else:
                message = f"nothing gives the variable {name!r} a value{hint(name, self.names - {name})}"
            unsure = name not in _plainly(expression) and not close(name, self.names - {name}, 0.85)
            unsure |= any(name in said for path, said in self.unread.items() if path != place(statement).path)
            unsure |= any(place(binder).path in self.unread for binder, _ in binders)  # the same step says more
            self.findings.append(Finding("defined-before-use", message, place(statement), NOTE if unsure else ERROR))

    def agree(self, around: Body) -> bool:
        """Whether a binding stands under nothing but conditions that hold here too."""
        conditional = [each for each in around if not isinstance(each, s.Atomically)]
        return bool(conditional) and all(
            isinstance(each, s.If) and each.condition in self.conditions for each in conditional
        )


def _bound_in_words(name: str, statement: s.Statement, expression: e.Expr) -> bool:
    """Whether the words of the text say that they give a variable its value: "an algorithm that takes a |chunk|"."""
    if isinstance(statement, s.Let) and statement.name == name:
        return True
    said = " ".join(part.text for part in e.parts(expression) if isinstance(part, e.Input))
    return bool(re.search(_BOUND.format(re.escape(name)), said))


_BOUND = r"\b(?:tak(?:es|ing)|given|returning|called with)(?: argument)? {0}\b|\b{0} (?:argument|parameter)s?\b"


def _chooses(statement: s.Statement) -> bool:
    """Whether a sentence gives a variable one of several values: "let x be a if b; otherwise c"."""
    return place(statement).sentence.lower().startswith("let ") and "otherwise" in place(statement).sentence


def _is_last_case(statement: s.Statement, other: s.Statement) -> bool:
    """Whether an If is the last case of a switch, whose cases are all that there are."""
    here, before = place(statement).path, place(other).path
    return isinstance(statement, s.If) and len(here) > 1 and here[:-1] == before[:-1] and here != before


def _plainly(expression: e.Expr) -> Names:
    """Give the variables of an expression outside of what is left in the words of the text, which may bind them."""
    if isinstance(expression, e.Input):
        return frozenset()
    if isinstance(expression, e.Var):
        return frozenset((expression.name,))
    return frozenset().union(*map(_plainly, e.operands(expression)))


def _binds(statement: s.Statement) -> tuple[str, ...]:
    if isinstance(statement, s.NotUnderstood):
        return statement.may_write
    return () if isinstance(statement, s.Increment) else traversal.bound(statement)


def _both(left: Names | None, right: Names | None) -> Names | None:
    if left is None or right is None:
        return right if left is None else left
    return left & right


def _either(left: Names | None, right: Names | None) -> Names | None:
    return _both(left, right) if left is None or right is None else left | right


def _where(binder: tuple[s.Statement, Body], use: s.Statement) -> str:
    """Say where a variable gets its value, that this is no help here."""
    statement, around = binder
    what = step(statement)
    if place(statement).path > place(use).path:
        return f"is used here, and gets its value only later, in {what}"
    if isinstance(statement, s.ForEach):
        return f"is used outside of the loop that binds it, {what}"
    if any(isinstance(each, ASYNCHRONOUS) for each in (*around, statement)):
        return f"gets its value only in steps that run on their own, in {what}"
    return f"gets its value only in {what}, which not every path takes"
