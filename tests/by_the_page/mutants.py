"""Every edit of one step of a spec: a step dropped, a condition negated, another state, two neighbours swapped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bgsync.language import Assert, Else, Expr, Field, If, Is, LanguageError, Not, Set, Spec, Statement
from bgsync.language.traversal import body_of

Body = tuple[Statement, ...]


@dataclass(frozen=True)
class Mutant:
    """A spec with one step edited, and what was done."""

    name: str
    spec: Spec


def mutants(spec: Spec) -> tuple[Mutant, ...]:
    """Give every mutant that the language allows, in the order of the text."""
    places = {member.name: member.values for member in spec.type.members if member.values}
    made: list[Mutant] = []
    for place, algorithm in enumerate(spec.algorithms):
        for name, body in _edits(algorithm.steps, places):
            algorithms = (*spec.algorithms[:place], replace(algorithm, steps=body), *spec.algorithms[place + 1 :])
            made += _allowed(spec, name, algorithms=algorithms)
    for place, rule in enumerate(spec.rules):
        for name, body in _edits(rule.steps, places):
            rules = (*spec.rules[:place], replace(rule, steps=body), *spec.rules[place + 1 :])
            made += _allowed(spec, name, rules=rules)
    return tuple(made)


def _allowed(spec: Spec, name: str, **parts: Any) -> list[Mutant]:
    try:
        return [Mutant(name, replace(spec, **parts))]
    except LanguageError:
        return []


def _edits(body: Body, places: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, Body]]:
    for at, statement in enumerate(body):
        before, after = body[:at], body[at + 1 :]
        said = f"{statement.origin} {type(statement).__name__}"
        yield f"drop {said}", before + after
        if after and not isinstance(after[0], Else) and not isinstance(statement, Else):
            yield f"swap {said} and the next", (*before, after[0], statement, *after[1:])
        for what, edited in _changes(statement, places):
            yield f"{what} {said}", (*before, edited, *after)
        for what, inner in _edits(body_of(statement), places):
            yield what, (*before, replace(statement, body=inner), *after)  # type: ignore[call-arg]  # it has a body


def _changes(statement: Statement, places: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, Statement]]:
    if isinstance(statement, If):
        yield "negate", replace(statement, condition=Not(statement.condition))
    if isinstance(statement, If | Assert):
        for what, condition in _states(statement.condition, places):
            yield what, replace(statement, condition=condition)
    if isinstance(statement, Set) and isinstance(statement.target, Field):
        for state in places.get(statement.target.name, ()):
            if state != statement.value:
                yield f"{state} in", replace(statement, value=state)


def _states(condition: Expr, places: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, Expr]]:
    match condition:
        case Is(left=Field(name=name)) if name in places:
            for state in places[name]:
                if state != condition.right:
                    yield f"{state} in", replace(condition, right=state)
        case Not(operand=operand):
            yield from ((what, Not(inner)) for what, inner in _states(operand, places))
