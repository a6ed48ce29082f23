"""The changes that may mend a text: what a guard, an atomic block or another place would be, and slips undone.

A change is an edit like those of a mutation analysis (`bgsync.mutate`), made where a finding is: at the steps of its
run. Guards are the text's own: a condition that it has elsewhere on an object of the same type, with each state that
it declares. A guard stands in the sentence of the step that it guards, so that both are one action.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial

from bgsync.language import Add, And, Else, Field, If, InParallel, Let, New, Not, Origin, Set, Spec, Var, say
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.rewrite import rewrite, rewrite_expression
from bgsync.language.traversal import body_of, expressions, walk
from bgsync.mutate.operators import IT, LEAVING, OPERATORS, SILENT, Around, Body, Edit, Operator, in_statement

SIZES = {
    "value": 1,
    "negate": 1,
    "object": 1,
    "receiver": 1,
    "outcome": 1,
    "guard": 2,
    "in-place": 2,
    "swap": 3,
    "move-in": 3,
    "move-out": 3,
    "atomic": 4,
    "drop": 5,
    "renew": 6,
}
"""The operators, and how large a change each of them makes: the smaller one is proposed first."""


def operators(spec: Spec, at: Collection[Origin], near: Collection[Origin]) -> dict[str, Operator]:
    """Give the operators: guards stand `at` steps of a finding, the other changes are made `near` it."""
    makings = tuple(_makings(spec))
    own = {
        "receiver": Operator("takes an object that has such a member, or that an event is fired on", _receivers),
        "guard": Operator("does a step only where a condition holds, or ends before it where not", _guards),
        "in-place": Operator("does the steps of a parallel block in place, so that what ends them ends all", _in_place),
        "atomic": Operator("does neighbouring steps as one action", _atomic),
        "renew": Operator(
            "puts a new object in the place of one whose state is set, as the text makes one elsewhere",
            partial(_renewals, makings),
        ),
    }
    return {name: _only(own.get(name) or OPERATORS[name], at if name == "guard" else near) for name in SIZES}


def _only(operator: Operator, near: Collection[Origin]) -> Operator:
    def edits(body: Body, around: Around) -> Iterator[Edit]:
        if any(statement.origin in near for statement in walk(body)):
            yield from (edit for edit in operator.edits(body, around) if _touches(body, edit, near))

    return Operator(operator.does, edits)


def _touches(body: Body, edit: Edit, near: Collection[Origin]) -> bool:
    """Whether an edit changes a step that is near: one that is not at the same place in both lists."""
    before, after = list(body), list(edit.body)
    while before and after and before[0] == after[0] and before[0].origin == after[0].origin:
        del before[0], after[0]
    while before and after and before[-1] == after[-1] and before[-1].origin == after[-1].origin:
        del before[-1], after[-1]
    return any(statement.origin in near for statement in walk((*before, *after)))


def _guards(body: Body, around: Around) -> Iterator[Edit]:
    for place, step in enumerate(body):
        if isinstance(step, If) and _is_one_sentence(step) and not isinstance((*body, None)[place + 1], Else):
            for condition in _tests(around, _names(step)):
                only = replace(step, condition=And(step.condition, condition))
                yield Edit((*body[:place], only, *body[place + 1 :]), step, f"guard: {say(only)}")
        if isinstance(step, (*SILENT, *LEAVING, Else, If)):
            continue
        for condition in _tests(around, _names(replace(step, body=()) if body_of(step) else step)):  # type: ignore[call-arg]
            only = If(condition, (step,), origin=step.origin, written=step.written)
            ends = If(condition, (s.Abort(origin=step.origin),), origin=step.origin)
            yield Edit((*body[:place], only, *body[place + 1 :]), step, f"guard: {say(only)}")
            if place + 1 < len(body):
                words = f"guard: {say(ends)} before: {say(step)}"
                yield Edit((*body[:place], ends, *body[place:]), step, words)


def _is_one_sentence(step: If) -> bool:
    return all(each.origin == step.origin for each in walk(body_of(step)))


def _names(step: s.Statement) -> Iterator[str]:
    """Give the variables that a step speaks of, with what is inside of it."""
    for statement in walk((step,)):
        yield from (part.name for whole in expressions(statement) for part in e.parts(whole) if isinstance(part, Var))
        if isinstance(statement, Set) and isinstance(statement.target, Var):
            yield statement.target.name


def _tests(around: Around, names: Iterator[str]) -> Iterator[e.Expr]:
    """Give each condition that the text has elsewhere on an object of the type of a variable, and its negation."""
    for name in dict.fromkeys(names):
        for test in around.tests.get(around.variables.get(name, ""), ()):
            about = rewrite_expression(test, lambda each, name=name: Var(name) if each == IT else each)  # type: ignore[misc]
            yield from (about, Not(about))


def _makings(spec: Spec) -> Iterator[Body]:
    """Give the steps by which a text makes an object, sets its members and puts it into a list."""
    tops = (*(each.steps for each in spec.algorithms), *(each.steps for each in spec.rules))
    bodies = (*tops, *map(body_of, spec.statements()))
    for body in bodies:
        for first, begins in enumerate(body):
            if isinstance(begins, Let) and isinstance(begins.value, New):
                last = next((n for n in range(first + 1, len(body)) if not isinstance(body[n], Set)), first)
                match body[last]:
                    case Add(item=Var(name=begins.name)):
                        yield body[first : last + 1]


def _renewals(makings: tuple[Body, ...], body: Body, around: Around) -> Iterator[Edit]:
    """Take an object whose state is set out of its list, and put a new one in: what holds the old one waits in vain.

    The state is set all the same, since that is what it is waiting for.
    """
    for place, step in enumerate(body):
        match step:
            case Set(target=Field(owner=Var(name=name), name=member)) if member.lower() in around.values:
                for begins, *sets, add in makings:
                    assert isinstance(begins, Let)
                    assert isinstance(begins.value, New)
                    assert isinstance(add, Add)
                    if begins.value.type.lower() != around.variables.get(name):
                        continue
                    named = [_about(each, begins.name, name) for each in (*sets, add)]
                    new = (s.Remove(Var(name), add.collection), Set(Var(name), begins.value), *named)
                    if all(each in around.variables for one in new for each in _names(one)):
                        whole = (step, *(replace(each, origin=step.origin) for each in new))
                        words = f"a new {begins.value.type} in the place of the old one, after: {say(step)}"
                        yield Edit((*body[:place], *whole, *body[place + 1 :]), step, words)


def _about(statement: s.Statement, old: str, new: str) -> s.Statement:
    return rewrite(statement, lambda each: Var(new) if each == Var(old) else each)


def _in_place(body: Body, around: Around) -> Iterator[Edit]:
    for place, block in enumerate(body):
        if isinstance(block, InParallel):
            new = (*body[:place], *body_of(block), *body[place + 1 :])
            yield Edit(new, block, "in place, and not in parallel")


def _atomic(body: Body, around: Around) -> Iterator[Edit]:
    for first, begins in enumerate(body):
        for last in range(first, len(body)):
            some = body[first : last + 1]
            ends_early = last + 1 < len(body) and isinstance(body[last + 1], Else)
            if isinstance(begins, (*SILENT, Else)) or ends_early or len(walk(some)) < 2:
                continue
            block = s.Atomically(some, origin=begins.origin)
            to = walk(some)[-1].origin
            words = f"atomically: {begins.origin}" + (f" to {to.step}" if to and to != begins.origin else "")
            yield Edit((*body[:first], block, *body[last + 1 :]), begins, words)


def _receivers(body: Body, around: Around) -> Iterator[Edit]:
    def others(part: e.Expr) -> Iterator[e.Expr]:
        match part:
            case Field(owner=Var(name=owner), name=name) if kind := around.members.get(name.lower()):
                if around.variables.get(owner) != kind:
                    yield from (replace(part, owner=Var(other)) for other in _of_type(around, kind))

    for place, step in enumerate(body):
        made = [] if isinstance(step, SILENT) else list(in_statement(step, others))
        if isinstance(step, s.FireEvent) and isinstance(step.target, Var):
            kind = around.variables.get(step.target.name)
            kinds = sorted({each for each in around.variables.values() if each not in ("", kind)})
            made += [replace(step, target=Var(name)) for each in kinds for name in _of_type(around, each)]
        for new in made:
            yield Edit((*body[:place], new, *body[place + 1 :]), step, f"another object: {say(new)}")


def _of_type(around: Around, kind: str) -> Iterator[str]:
    return (name for name in sorted(around.variables) if around.variables[name] == kind)
