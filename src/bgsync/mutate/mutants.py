"""Every spec that is one edit away from another one.

A property that holds says that a text keeps a promise. Whether the properties together say all that is worth saying is
another question, and mutation analysis answers it from the other side (DeMillo, Lipton and Sayward, 1978): make every
text that a slip of the pen could make of this one, and see which of them some property objects to. What it does not
object to, and what is not the same text in other words, shows a promise that nobody has written down yet.

**What is edited.** A spec is data, so an edit is data, too: a list of steps becomes another list of steps, in one place
of one algorithm or rule. An operator (`bgsync.mutate.operators`) says what can be done to one list, with the blocks
that stand in it; this module applies it to every list, however deep. Not edited are the algorithm of another spec by
which events are fired, sentences that were not understood, and what an Assert says: it does nothing, so without it the
text does the same, and its opposite is found at once, both of which would say nothing of the properties.

**What stays.** A step keeps its origin, its number and its line wherever it is moved to. So places and the ids of
verdicts (`asserts/lend.3`) mean the same in the mutant and in the original, and reports are compared without guessing;
and steps of one sentence are still one action where they stay together.

**What is the same.** Two operators may make the same text; it is kept once, under the name of the first. An If and the
Else after it are one item of a list: an Else by itself is no text. A block that an edit leaves empty goes, too, unless
an Else still needs it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from bgsync.judge.structure.finding import Known
from bgsync.judge.structure.types import UNKNOWN, Types
from bgsync.language import (
    Algorithm,
    And,
    Atomically,
    Call,
    Contains,
    Else,
    Expr,
    Field,
    Is,
    LanguageError,
    Not,
    Or,
    Origin,
    Rule,
    Spec,
    Var,
)
from bgsync.language.expressions import operands, parts
from bgsync.language.rewrite import rewrite_expression
from bgsync.language.traversal import body_of, expressions, walk
from bgsync.mutate.operators import IT, OPERATORS, Around, Body, Edit, Edits, Operator

Part = Algorithm | Rule
"""What is edited."""


@dataclass(frozen=True)
class Mutant:
    """One edit of a spec: by which operator, where, in words, and the spec that it makes."""

    operator: str
    origin: Origin
    """The first step that it touches."""
    first: Origin
    """The first action of that: a run that does not come there cannot tell it from the original."""
    words: str
    spec: Spec | None
    """None where it makes no spec, for the reason in `malformed`."""
    malformed: str = ""


def mutants(
    spec: Spec,
    only: Collection[str] = (),
    known: Known | None = None,
    operators: Mapping[str, Operator] = OPERATORS,
) -> tuple[Mutant, ...]:
    """Give every mutant of a spec by some of the operators, all by default, in the order of the text."""
    made: list[Mutant] = []
    for part, around in _parts(spec, known or Known()):
        seen = {_key(part.steps)}
        for name, operator in operators.items():
            if only and name not in only:
                continue
            for edit in _everywhere(part.steps, operator.edits, around):
                if _key(edit.body) not in seen:
                    seen.add(_key(edit.body))
                    made.append(_mutant(spec, name, part, edit))
    return tuple(made)


def _key(body: Body) -> tuple[Body, tuple[tuple[int, ...], ...]]:
    """What two edits have in common that make the same text: what it says, and in which sentences."""
    return body, tuple(statement.origin.path for statement in walk(body) if statement.origin is not None)


def _everywhere(body: Body, edits: Edits, around: Around) -> Iterator[Edit]:
    """Apply an operator to a list of steps and to every list inside it."""
    yield from edits(body, around)
    for place, statement in enumerate(body):
        needed = isinstance(body[place + 1] if place + 1 < len(body) else None, Else)
        for edit in _everywhere(body_of(statement), edits, around):
            whole = replace(statement, body=edit.body)  # type: ignore[call-arg]  # what has steps below it is a block
            left = (whole,) if edit.body or needed else ()
            yield edit._replace(body=body[:place] + left + body[place + 1 :])


def _mutant(spec: Spec, name: str, part: Part, edit: Edit) -> Mutant:
    first = edit.at
    while isinstance(first, Atomically) and body_of(first):  # no action by itself
        first = body_of(first)[0]
    assert edit.at.origin is not None
    assert first.origin is not None
    try:
        made = _with(spec, part, edit.body)
    except LanguageError as error:
        return Mutant(name, edit.at.origin, first.origin, edit.words, None, str(error))
    return Mutant(name, edit.at.origin, first.origin, edit.words, made)


def _with(spec: Spec, part: Part, body: Body) -> Spec:
    """Give a spec with other steps in one of its algorithms or rules. Raises LanguageError."""
    if isinstance(part, Rule):
        rules = tuple(replace(each, steps=body) if each is part else each for each in spec.rules)
        return replace(spec, rules=rules)
    algorithms = tuple(replace(each, steps=body) if each is part else each for each in spec.algorithms)
    return replace(spec, algorithms=algorithms)


def _parts(spec: Spec, known: Known) -> Iterator[tuple[Part, Around]]:
    """Give what is edited, and what an operator has to know of it."""
    errors = Around.errors_of(spec)
    values = {
        member.name.lower(): member.values
        for kind in (*spec.others, spec.type)
        for member in kind.members
        if member.values is not None
    }
    members = {member.name.lower(): kind.name.lower() for kind in (*spec.others, spec.type) for member in kind.members}
    variables = _variables(spec, Types(spec, known))
    tests = _tests(spec, variables, values)
    for part in _edited(spec):
        yield part, Around(variables[part.name], values, errors, members, tests)


def _tests(
    spec: Spec, variables: Mapping[str, Mapping[str, str]], values: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[Expr, ...]]:
    """Give the conditions that a text has on one object of each type, a state of it with each that is declared."""
    found: dict[str, dict[Expr, None]] = {}
    for part in _edited(spec):
        for statement in walk(part.steps):
            for test in (each for whole in expressions(statement) for each in _conditions(whole)):
                names = {each.name for each in parts(test) if isinstance(each, Var)}
                kind = variables[part.name].get(names.pop(), UNKNOWN) if len(names) == 1 else UNKNOWN
                if kind == UNKNOWN:
                    continue
                about = rewrite_expression(test, lambda each: IT if isinstance(each, Var) else each)
                mine = found.setdefault(kind, {})
                match about:
                    case Is(left=Field(name=name), right=str()):
                        mine.update((replace(about, right=value), None) for value in values.get(name.lower(), ()))
                    case _:
                        mine[about] = None
    return {kind: tuple(each) for kind, each in found.items()}


def _conditions(whole: Expr) -> Iterator[Expr]:
    """Give the single conditions of an expression: what is compared, or asked of a list."""
    if isinstance(whole, Is | Contains):
        yield whole
    elif isinstance(whole, And | Or | Not):
        yield from (each for part in operands(whole) for each in _conditions(part))


def _edited(spec: Spec) -> tuple[Part, ...]:
    return (*spec.algorithms, *spec.rules)


def _variables(spec: Spec, types: Types) -> dict[str, dict[str, str]]:
    """Give the types of the variables of every algorithm and rule; a parameter has that of what it is called with."""
    given: dict[str, dict[str, str]] = {}
    for _ in range(3):  # a parameter that is handed on gets its type one round later
        found = {
            part.name: types.variables(part.name, part.steps, getattr(part, "parameters", ()))
            | given.get(part.name, {})
            for part in _edited(spec)
        }
        given = _arguments(spec, types, found)
    return found


def _arguments(spec: Spec, types: Types, variables: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Give the types of parameters, of those that have one in all calls."""
    kinds: dict[tuple[str, str], set[str]] = {}
    for part in _edited(spec):
        for call in walk(part.steps):
            if isinstance(call, Call):
                for name, value in zip(spec.algorithm(call.algorithm).parameters, call.arguments, strict=True):
                    kinds.setdefault((call.algorithm, name), set()).add(types.of(value, variables[part.name]))
    given: dict[str, dict[str, str]] = {}
    for (algorithm, name), some in kinds.items():
        known = some - {UNKNOWN}
        if len(known) == 1:
            given.setdefault(algorithm, {})[name] = known.pop()
    return given
