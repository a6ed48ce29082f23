"""What can be done to a list of steps by one slip of the pen: a table of operators, each a pure function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count, pairwise
from typing import NamedTuple

from bgsync.language import Spec, say
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.rewrite import rewrite_operands, rewrite_own
from bgsync.language.traversal import body_of

Body = tuple[s.Statement, ...]


class Edit(NamedTuple):
    """A list of steps as an edit leaves it, the first statement that the edit touches, and what it does in words."""

    body: Body
    at: s.Statement
    words: str


@dataclass(frozen=True)
class Around:
    """What an operator has to know of where a list of steps stands."""

    variables: Mapping[str, str]
    """The types of the variables of the algorithm; "" where it is not known."""
    values: Mapping[str, tuple[str, ...]]
    """The declared values of members, whose names are in lower case."""
    errors: tuple[str, ...] = ()
    """The errors that the text rejects with, or throws."""
    members: Mapping[str, str] = field(default_factory=dict)
    """The type that has each member, whose names are in lower case."""
    tests: Mapping[str, tuple[e.Expr, ...]] = field(default_factory=dict)
    """The conditions that the text has on one object of each type, which is the variable `IT` in them."""

    @staticmethod
    def errors_of(spec: Spec) -> tuple[str, ...]:
        """Give the names of the errors of a spec."""
        found = (each.error for each in spec.statements() if isinstance(each, s.Reject | s.Throw))
        return tuple(sorted({error for error in found if isinstance(error, str)}))


Edits = Callable[[Body, Around], Iterator[Edit]]

IT = e.Var("")
"""Stands for any object of a type."""


class Operator(NamedTuple):
    """A kind of edit: what it does, in words, and the edits themselves."""

    does: str
    edits: Edits


LEAVING = (s.Abort, s.Return, s.Throw, s.Continue, s.Break)
"""What ends steps, or a round of a loop."""
SILENT = (s.Remark, s.NotUnderstood, s.Assert)
"""What does nothing, or nothing that is known."""


def _told(statement: s.Statement) -> str:
    """Say a statement, and of a block no more than how it begins."""
    if len(body_of(statement)) < 2 and not any(map(body_of, body_of(statement))):
        return say(statement)
    rest = s.Remark("")
    head = replace(statement, body=(rest,))  # type: ignore[call-arg]  # it has steps below it, so it is a block
    return f"{say(head).removesuffix(say(rest))}…"


# --- whole steps


def _items(body: Body) -> list[Body]:
    """Give the items of a list: each statement, an Else together with its If."""
    items: list[Body] = []
    for statement in body:
        if isinstance(statement, s.Else) and items:
            items[-1] += (statement,)
        else:
            items.append((statement,))
    return items


def _joined(items: list[Body]) -> Body:
    return tuple(statement for item in items for statement in item)


def _drop(body: Body, around: Around) -> Iterator[Edit]:
    items = _items(body)
    for place, item in enumerate(items):
        if isinstance(item[0], (*SILENT, *LEAVING)):
            continue
        yield Edit(_joined(items[:place] + items[place + 1 :]), item[0], f"drop: {_told(item[0])}")
        for other in item[1:]:
            rest = [*items[:place], tuple(each for each in item if each is not other), *items[place + 1 :]]
            yield Edit(_joined(rest), other, f"drop: {_told(other)}")


def _stay(body: Body, around: Around) -> Iterator[Edit]:
    for place, statement in enumerate(body):
        if isinstance(statement, LEAVING):
            yield Edit(body[:place] + body[place + 1 :], statement, f"go on instead of: {_told(statement)}")


def _swap(body: Body, around: Around) -> Iterator[Edit]:
    items = _items(body)
    for place, (first, second) in enumerate(pairwise(items)):
        if not isinstance(first[0], s.Remark) and not isinstance(second[0], s.Remark):
            new = _joined([*items[:place], second, first, *items[place + 2 :]])
            yield Edit(new, first[0], f"swap: {_told(second[0])}; only then: {_told(first[0])}")


def _out(body: Body, around: Around) -> Iterator[Edit]:
    """Move the first step of a block before it, or the last one behind it."""
    items = _items(body)
    for place, item in enumerate(items):
        for number, block in enumerate(item):
            inner = _items(body_of(block))
            if not inner:
                continue
            for moved, rest, before in ((inner[0], inner[1:], True), (inner[-1], inner[:-1], False)):
                left = _with_body(item, number, _joined(rest))
                new = [moved, left] if before else [left, moved]
                where = "before" if before else "after"
                words = f"move out: {_told(moved[0])} {where}: {_told(block)}"
                yield Edit(_joined([*items[:place], *new, *items[place + 1 :]]), item[0], words)


def _into(body: Body, around: Around) -> Iterator[Edit]:
    """Move the step before a block to its beginning, and the one behind it to its end."""
    items = _items(body)
    for place, item in enumerate(items):
        for number, block in enumerate(item):
            inner = body_of(block)
            if not inner:
                continue
            if place and not isinstance(items[place - 1][0], s.Remark):
                moved = items[place - 1]
                left = _with_body(item, number, moved + inner)
                words = f"move in: {_told(moved[0])} into: {_told(block)}"
                yield Edit(_joined([*items[: place - 1], left, *items[place + 1 :]]), moved[0], words)
            if place + 1 < len(items) and not isinstance(items[place + 1][0], s.Remark):
                moved = items[place + 1]
                left = _with_body(item, number, inner + moved)
                words = f"move in: {_told(moved[0])} into: {_told(block)}"
                yield Edit(_joined([*items[:place], left, *items[place + 2 :]]), item[0], words)


def _with_body(item: Body, number: int, inner: Body) -> Body:
    """Give an item of a list with other steps in one of its blocks; without the block where it is left empty."""
    block = replace(item[number], body=inner)  # type: ignore[call-arg]  # it is a block
    goes = not inner and (number > 0 or len(item) == 1)
    return item[:number] + (() if goes else (block,)) + item[number + 1 :]


def _apart(body: Body, around: Around) -> Iterator[Edit]:
    for place, block in enumerate(body):
        if isinstance(block, s.Atomically):
            yield Edit(body[:place] + body_of(block) + body[place + 1 :], block, "no longer atomically")


# --- what a step says


Changed = Callable[[s.Statement, Around], Iterator[s.Statement]]


def _saying(verb: str, change: Changed) -> Edits:
    """Give an operator that changes a single statement, not those below it."""

    def edits(body: Body, around: Around) -> Iterator[Edit]:
        for place, old in enumerate(body):
            if isinstance(old, SILENT):
                continue
            for new in change(old, around):
                words = f"{verb}: {_told(new)}; it was: {_told(old)}"
                yield Edit((*body[:place], new, *body[place + 1 :]), old, words)

    return edits


Others = Callable[[e.Expr], Iterator[e.Expr]]


def _one_part(whole: e.Expr, others: Others) -> Iterator[e.Expr]:
    """Give an expression with one part of it, at any depth, made into another one."""
    yield from others(whole)
    for place, part in enumerate(e.operands(whole)):
        for new in _one_part(part, others):
            yield rewrite_operands(whole, _only(place, new))


def in_statement(statement: s.Statement, others: Others) -> Iterator[s.Statement]:
    """Give a statement with one part of one of its own expressions made into another one."""
    own: list[e.Expr] = []

    def note(whole: e.Expr) -> e.Expr:
        own.append(whole)
        return whole

    rewrite_own(statement, note)
    for place, whole in enumerate(own):
        for new in _one_part(whole, others):
            yield rewrite_own(statement, _only(place, new))


def _only(place: int, new: e.Expr) -> Callable[[e.Expr], e.Expr]:
    numbers = count()
    return lambda old: new if next(numbers) == place else old


def _negated(condition: e.Expr) -> Iterator[e.Expr]:
    """Give the negation of a condition, and it with one of its parts negated."""
    yield condition.operand if isinstance(condition, e.Not) else e.Not(condition)
    if isinstance(condition, e.And | e.Or):
        yield from (replace(condition, left=left) for left in _negated(condition.left))
        yield from (replace(condition, right=right) for right in _negated(condition.right))


def _negate(statement: s.Statement, around: Around) -> Iterator[s.Statement]:
    match statement:
        case s.If(condition=condition) | s.While(condition=condition) | s.WaitUntil(condition=condition):
            yield from (replace(statement, condition=new) for new in _negated(condition))
        case s.ForEach(where=where) if where is not True:
            yield from (replace(statement, where=new) for new in _negated(where))


def _objects(statement: s.Statement, around: Around) -> Iterator[s.Statement]:
    def others(part: e.Expr) -> Iterator[e.Expr]:
        if isinstance(part, e.Var) and (kind := around.variables.get(part.name)):
            for name in sorted(around.variables):
                if name != part.name and around.variables[name] == kind:
                    yield e.Var(name)

    yield from in_statement(statement, others)


def _values(statement: s.Statement, around: Around) -> Iterator[s.Statement]:
    match statement:
        case s.Set(target=e.Field(name=name), value=str() as value):
            yield from (replace(statement, value=new) for new in _declared(around, name, value))
        case s.Let(value=bool() as known) | s.Set(value=bool() as known):
            yield replace(statement, value=not known)
        case s.Reject(error=str() as error) | s.Throw(error=str() as error):
            yield from (replace(statement, error=new) for new in around.errors if new != error)

    def others(part: e.Expr) -> Iterator[e.Expr]:
        match part:
            case e.Is(left=e.Field(name=name), right=str() as value):
                yield from (replace(part, right=new) for new in _declared(around, name, value))
            case e.Is(left=str() as value, right=e.Field(name=name)):
                yield from (replace(part, left=new) for new in _declared(around, name, value))

    yield from in_statement(statement, others)


def _declared(around: Around, member: str, value: str) -> tuple[str, ...]:
    declared = around.values.get(member.lower(), ())
    return tuple(new for new in declared if new != value) if value in declared else ()


OUTCOMES = ("fulfilled", "rejected")
"""Which ways to settle may be taken for each other."""


def _outcomes(statement: s.Statement, around: Around) -> Iterator[s.Statement]:
    if not isinstance(statement, s.Upon):
        return
    for place, old in enumerate(statement.outcomes):
        rest = statement.outcomes[:place] + statement.outcomes[place + 1 :]
        if rest:
            yield replace(statement, outcomes=rest)
        for new in OUTCOMES:
            if old in OUTCOMES and new not in statement.outcomes:
                yield replace(statement, outcomes=(*statement.outcomes[:place], new, *statement.outcomes[place + 1 :]))


OPERATORS = {
    "no-abort": Operator("does not abort, return, throw, continue or leave a loop", _stay),
    "drop": Operator("leaves a step out", _drop),
    "swap": Operator("does two neighbours in the other order", _swap),
    "negate": Operator("negates a condition, or one part of it", _saying("negate", _negate)),
    "object": Operator("takes another variable of the same type", _saying("another object", _objects)),
    "value": Operator(
        "takes another declared value, the other boolean, another error of the text", _saying("another value", _values)
    ),
    "outcome": Operator("reacts to another outcome, or to one less", _saying("another outcome", _outcomes)),
    "not-atomic": Operator("does the steps of an atomic block one by one", _apart),
    "move-out": Operator("moves the first or the last step of a block out of it", _out),
    "move-in": Operator("moves the step before or after a block into it", _into),
}
"""The operators by name."""
