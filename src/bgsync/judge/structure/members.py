"""receiver, dead-state, and the part of contradiction that is about the values of members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bgsync.judge.structure.finding import Finding, Known, declared_at, hint, place, step
from bgsync.judge.structure.types import Types
from bgsync.judge.structure.walking import parts
from bgsync.language import Algorithm, Member, ObjectType, Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.readback import say_value

HANDLES = "Handle Functional Event"
"""What the statement that hands over the steps of an event runs."""


def members(spec: Spec, known: Known) -> Iterator[Finding]:
    """Find members on the wrong object, values that no member has, and values that no step gives."""
    types = Types(spec, known)
    given = _Given()
    for part in parts(spec):
        parameters = part.parameters if isinstance(part, Algorithm) else tuple(known.given.get(part.name, ()))
        variables = types.variables(part.name, part.steps, parameters)
        for statement in traversal.walk(part.steps):
            yield from _receivers(types, known, statement, variables)
            yield from _arguments(spec, types, known, statement, variables)
            yield from _values(types, statement, variables)
            given.note(types, statement, variables)
    for kind in (spec.type, *spec.others):
        for member in kind.members:
            if member.values:
                yield from _initial(spec, known, member)
                yield from _dead(spec, known, kind, member, given)


def _parts(statement: s.Statement) -> Iterator[e.Expr]:
    target = getattr(statement, "target", None)
    if isinstance(statement, s.Set) and isinstance(target, e.Field):
        yield target
    for expression in traversal.expressions(statement):
        yield from e.parts(expression)


def _receivers(types: Types, known: Known, statement: s.Statement, variables: Mapping[str, str]) -> Iterator[Finding]:
    told: set[str] = set()
    origin = place(statement)
    for part in _parts(statement):
        if not isinstance(part, e.Field | e.ListOf) or part.owner is None:
            continue
        owner = types.of(part.owner, variables)
        name = part.name.lower()
        if owner not in types.objects or owner in known.open or owner in known.links.get((origin.key, name), ()):
            continue
        if isinstance(part, e.ListOf):
            having = sorted(known.owners.get(name, frozenset()))
            fits = owner in having
        else:
            having = [kind.name for kind in types.having(name)]
            fits = name in types.members(owner) or owner in known.owners.get(name, frozenset())
        if fits or not having or name in told:
            continue
        told.add(name)
        verb = "sets" if isinstance(statement, s.Set) and statement.target is part else "reads"
        message = (
            f"{verb} {part.name!r} of {say_value(part.owner)}, which is a {types.objects[owner].name} and has none: "
            f"a {' or a '.join(having)} has one{_meant(types, part, variables, having)}"
        )
        yield Finding("receiver", message, origin)


def _arguments(
    spec: Spec,
    types: Types,
    known: Known,
    statement: s.Statement,
    variables: Mapping[str, str],
) -> Iterator[Finding]:
    """Objects that are handed to an algorithm that takes others, by its head or as the content declares it."""
    for name, argument, wanted in _handed(spec, types, known, statement):
        given = types.of(argument, variables)
        if wanted and given in types.objects and given not in (wanted, *known.open):
            message = (
                f"hands {say_value(argument)}, which is a {types.objects[given].name}, to {name!r}, "
                f"which is for a {types.objects[wanted].name if wanted in types.objects else wanted}"
            )
            yield Finding("receiver", message, place(statement))


def _handed(spec: Spec, types: Types, known: Known, statement: s.Statement) -> Iterator[tuple[str, e.Expr, str]]:
    """Give the algorithms that a statement runs with what each gets, and the type that it takes; "" for any."""
    if isinstance(statement, s.Call):
        parameters = spec.algorithm(statement.algorithm).parameters
        for parameter, argument in zip(parameters, statement.arguments, strict=True):
            wanted = known.types.get((statement.algorithm, parameter), "")
            yield statement.algorithm, argument, wanted if wanted in types.objects else ""
    given = [(part.name, part.arguments) for part in _parts(statement) if isinstance(part, e.Apply)]
    if isinstance(statement, s.Perform):
        given.append((statement.name, statement.arguments))
    if isinstance(statement, s.FireEvent) and spec.firing is not None:
        given.append((spec.firing.name, (statement.target,)))
    if isinstance(statement, s.HandleEvent):
        given.append((HANDLES, (statement.about,)))
    for name, arguments in given:
        for argument, wanted in zip(arguments, known.signatures.get(name.lower(), ()), strict=False):
            yield name, argument, wanted


def _meant(types: Types, part: e.Field | e.ListOf, variables: Mapping[str, str], having: list[str]) -> str:
    """Say which variables of the algorithm are of a type that has the member."""
    wanted = {each.lower() for each in having}
    found = sorted(name for name, kind in variables.items() if kind in wanted)
    return f"; did you mean {' or '.join(found)}?" if 0 < len(found) < 3 else ""


def _domain(types: Types, field: e.Field, variables: Mapping[str, str]) -> tuple[str, ...] | None:
    """Give the values of the member that an expression names, None when it is not known or has no finite set."""
    owner = types.of(field.owner, variables)
    having = types.having(field.name)
    kinds = [kind for kind in having if kind.name.lower() == owner] or (having if len(having) == 1 else ())
    for kind in kinds:
        for member in kind.members:
            if member.name.lower() == field.name.lower():
                return member.values
    return None


def _values(types: Types, statement: s.Statement, variables: Mapping[str, str]) -> Iterator[Finding]:
    pairs: list[tuple[e.Expr, e.Expr, str]] = []
    if isinstance(statement, s.Set):
        pairs += [(statement.target, value, "is set to") for value in _results(statement.value)]
    for part in _parts(statement):
        if isinstance(part, e.Is):
            pairs += [(part.left, part.right, "is compared with"), (part.right, part.left, "is compared with")]
        if isinstance(part, e.Find):
            pairs.append((e.Field(e.Find(part.collection, "", None), part.field), part.value, "is compared with"))
        if isinstance(part, e.New):
            new = e.New(part.type)
            pairs += [(e.Field(new, name), value, "is set to") for name, value in part.members]
    for target, value, verb in pairs:
        if isinstance(target, e.Field) and isinstance(value, str):
            values = _domain(types, target, variables)
            if values and value.lower() not in {each.lower() for each in values}:
                listed = ", ".join(values)
                message = (
                    f"{target.name!r} {verb} {value!r}, which is none of its values: {listed}{hint(value, values)}"
                )
                yield Finding("contradiction", message, place(statement))


def _results(value: e.Expr) -> tuple[e.Expr, ...]:
    """Give what a value can be: both sides of a conditional."""
    if isinstance(value, e.Conditional):
        return (*_results(value.then), *_results(value.otherwise))
    return (value,)


def _initial(spec: Spec, known: Known, member: Member) -> Iterator[Finding]:
    values = member.values or ()
    if member.initial is not None and member.initial not in values:
        message = f"{member.name!r} is initially {member.initial!r}, which is none of its values: {', '.join(values)}"
        yield Finding("contradiction", message, declared_at(spec, known, member.name))


class _Given:
    """Which values the steps give to which members."""

    def __init__(self) -> None:
        self.values: set[tuple[str, str]] = set()
        self.astray: dict[tuple[str, str], s.Statement] = {}
        """Values that are only given to objects that have no such member."""
        self.open: set[str] = set()
        """Members that are given values which are not known."""
        self.blind: set[str] = set()
        """Members that a step which was not understood may change."""
        self.said = ""
        """What was left in the words of the text."""

    def note(self, types: Types, statement: s.Statement, variables: Mapping[str, str]) -> None:
        """Take note of what a statement gives."""
        if isinstance(statement, s.NotUnderstood):
            self.blind |= {name.lower() for name in statement.may_write}
            self.said += f" {statement.text.lower()} "
        if isinstance(statement, s.Perform):
            strings = [part for part in _parts(statement) if isinstance(part, str)]
            self.said += f" {' '.join((statement.name, *strings)).lower()} "
        if isinstance(statement, s.Set) and isinstance(statement.target, e.Field):
            owner = types.of(statement.target.owner, variables)
            name = statement.target.name.lower()
            astray = owner in types.objects and name not in types.members(owner)
            for value in _results(statement.value):
                if astray and isinstance(value, str):
                    self.astray.setdefault((name, value.lower()), statement)
                elif not astray:
                    self._give(name, value)
        for part in _parts(statement):
            if isinstance(part, e.Input):
                self.said += f" {part.text.lower()} "
            if isinstance(part, e.New):
                for name, value in part.members:
                    for result in _results(value):
                        self._give(name.lower(), result)

    def _give(self, name: str, value: e.Expr) -> None:
        if isinstance(value, str):
            self.values.add((name, value.lower()))
        elif value is not None:
            self.open.add(name)


def _dead(spec: Spec, known: Known, kind: ObjectType, member: Member, given: _Given) -> Iterator[Finding]:
    name = member.name.lower()
    changes = any(each == name for each, _ in (*given.values, *given.astray))
    if name in given.open or (member.initial is None and not changes):  # what never has a value is no state
        return
    for value in member.values or ():
        key = (name, value.lower())
        entered = value == member.initial or key in given.values or f" {value.lower()}" in given.said
        if entered or name in given.blind:
            continue
        why = "no step ever sets it"
        if key in given.astray:
            astray = given.astray[key]
            why = f"{step(astray)} of {place(astray).algorithm}, alone in naming it, sets it on what is no {kind.name}"
        message = f"{value!r} is declared as a {member.name} of a {kind.name}, and never entered: {why}"
        yield Finding("dead-state", message, declared_at(spec, known, member.name, value))
