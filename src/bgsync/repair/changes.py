"""The changes that may mend a text: what a guard, an atomic block or another place would be, and slips undone.

A change is an edit like those of a mutation analysis (`bgsync.mutate`), made where a finding is: at the steps of its
run. Guards are the text's own: a condition that it has elsewhere on an object of the same type, with each state that
it declares. A guard stands in the sentence of the step that it guards, so that both are one action.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from bgsync.language import Else, Field, If, InParallel, Not, Origin, Set, Var, say
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.rewrite import rewrite_expression
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
}
"""The operators, and how large a change each of them makes: the smaller one is proposed first."""


def operators(at: Collection[Origin], near: Collection[Origin]) -> dict[str, Operator]:
    """Give the operators: guards stand `at` steps of a finding, the other changes are made `near` it."""
    own = {
        "receiver": Operator("takes an object that has such a member, or that an event is fired on", _receivers),
        "guard": Operator("does a step only where a condition holds, or ends before it where not", _guards),
        "in-place": Operator("does the steps of a parallel block in place, so that what ends them ends all", _in_place),
        "atomic": Operator("does neighbouring steps as one action", _atomic),
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
        if isinstance(step, (*SILENT, *LEAVING, Else, If)):
            continue
        names = [each.name for whole in expressions(step) for each in e.parts(whole) if isinstance(each, Var)]
        if isinstance(step, Set) and isinstance(step.target, Var):
            names.append(step.target.name)
        for name in dict.fromkeys(names):
            for test in around.tests.get(around.variables.get(name, ""), ()):
                about = rewrite_expression(test, lambda each, name=name: Var(name) if each == IT else each)  # type: ignore[misc]
                for condition in (about, Not(about)):
                    only = If(condition, (step,), origin=step.origin, written=step.written)
                    ends = If(condition, (s.Abort(origin=step.origin),), origin=step.origin)
                    yield Edit((*body[:place], only, *body[place + 1 :]), step, f"guard: {say(only)}")
                    if place + 1 < len(body):
                        words = f"guard: {say(ends)} before: {say(step)}"
                        yield Edit((*body[:place], ends, *body[place:]), step, words)


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
