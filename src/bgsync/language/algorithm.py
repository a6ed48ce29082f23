"""Algorithms, rules and types of a spec; building one numbers its steps and refuses what breaks the language."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property

from bgsync.errors import BgsyncError
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.readback import say

LEVELS = ("MUST", "SHOULD")


class LanguageError(BgsyncError, ValueError):
    """A model that breaks a rule of the language: the message names the cause, the place and the repair."""


@dataclass(frozen=True)
class Algorithm:
    """A named list of steps. `returns` names the promise that a method returns."""

    name: str
    parameters: tuple[str, ...]
    steps: tuple[s.Statement, ...]
    returns: str | None = None
    parallel: bool = field(default=False, compare=False)
    """Whether its head says that the steps run in parallel."""


@dataclass(frozen=True)
class Rule:
    """What the user agent does whenever a part of the environment takes a trigger. Level: MUST or SHOULD."""

    name: str
    machine: str
    trigger: str
    level: str
    steps: tuple[s.Statement, ...]


@dataclass(frozen=True)
class Requirement:
    """What a text says outside of its steps that a caller needs of a part of the environment.

    With a member: that there is something whose member has one of these values; or whatever value, if it says none.
    """

    machine: str
    member: str = ""
    values: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)
    """Where it says so, 0 where that is not known."""

    def __str__(self) -> str:
        return f"{self.machine} whose {self.member} is {' or '.join(self.values)}" if self.values else self.machine


@dataclass(frozen=True)
class Member:
    """A field of a type: its values, None when any string, and its initial value; fixed once it is in a list."""

    name: str
    values: tuple[str, ...] | None = None
    initial: str | int | None = None
    fixed: bool = False
    type: str = field(default="", compare=False)
    """What it holds, where the text says so."""


@dataclass(frozen=True)
class ObjectType:
    """A type of object that a list of the spec holds, unique by one member where the text says so."""

    name: str
    list_name: str
    members: tuple[Member, ...]
    unique: str | None = None


@dataclass(frozen=True)
class Spec:
    """Everything that a spec text, or a module of `model/`, says. Raises LanguageError when it breaks a rule."""

    title: str
    revision: str
    type: ObjectType
    algorithms: tuple[Algorithm, ...]
    rules: tuple[Rule, ...] = ()
    firing: Algorithm | None = None
    """The algorithm of another spec by which events are fired, where steps of this one are handed to it."""
    methods: tuple[str, ...] = ()
    """The algorithms that may be called from outside."""
    others: tuple[ObjectType, ...] = ()
    """The types that are not followed."""
    requires: tuple[Requirement, ...] = ()
    """What it says outside of its steps of who may call."""
    read: bool = False
    """Whether it says what a text says, right or wrong: what a text gets wrong is then a finding, not an error."""

    def __post_init__(self) -> None:
        names = {algorithm.name: algorithm for algorithm in self.algorithms}
        if len(names) < len(self.algorithms):
            twice = Counter(algorithm.name for algorithm in self.algorithms).most_common(1)[0][0]
            raise LanguageError(f"{self.title}: two algorithms are named {twice!r}: rename one")
        for rule in self.rules:
            if rule.level not in LEVELS:
                raise LanguageError(f"rule {rule.name}: unknown level {rule.level!r}: one of {', '.join(LEVELS)}")
        for name, body in self.bodies():
            _check_body(self, names, name, body)
        for method in self.methods:
            if method not in names:
                raise LanguageError(f"{self.title}: method {method!r} is not among {sorted(names)}: add its algorithm")

    def __hash__(self) -> int:
        return hash((self.title, self.revision, len(self.algorithms)))  # cheap; equality looks at everything

    def bodies(self) -> tuple[tuple[str, tuple[s.Statement, ...]], ...]:
        """Give the name and the steps of every algorithm and rule."""
        extra = (self.firing,) if self.firing else ()
        return tuple((part.name, part.steps) for part in (*self.algorithms, *extra, *self.rules))

    def statements(self) -> tuple[s.Statement, ...]:
        """Give every statement."""
        return self._statements

    @cached_property
    def _statements(self) -> tuple[s.Statement, ...]:
        return tuple(statement for _, body in self.bodies() for statement in traversal.walk(body))

    def algorithm(self, name: str) -> Algorithm:
        """Find an algorithm by name. Raises KeyError."""
        return {algorithm.name: algorithm for algorithm in self.algorithms}[name]


def algorithm(
    name: str,
    parameters: tuple[str, ...],
    steps: s.Steps,
    *,
    returns: str | None = None,
    queue: e.Expr = None,
    file: str,
) -> Algorithm:
    """Build an algorithm written by hand: number its steps and give every statement its origin in `file`.

    With a `queue` its head has all its steps enqueued there.
    """
    return Algorithm(name, parameters, _Numbering(name, file).whole(steps, queue), returns)


def rule(name: str, machine: str, trigger: str, level: str, steps: s.Steps, *, queue: e.Expr = None, file: str) -> Rule:
    """Build a rule written by hand, as `algorithm` does."""
    return Rule(name, machine, trigger, level, _Numbering(name, file).whole(steps, queue))


def step_after(last: s.Origin, number: int, statement: s.Statement) -> s.Statement:
    """Give a new statement of its own step the origin of the `number`-th step after the last one of a list."""
    numbering, path = _Numbering(last.algorithm, last.file), (*last.path[:-1], last.path[-1] + number)
    origin = replace(numbering.origin((statement,), path), line=last.line)
    return numbering.stamp(statement, origin)


class _Numbering:
    def __init__(self, name: str, file: str) -> None:
        self.name, self.file = name, file
        self.seen: Counter[str] = Counter()

    def whole(self, items: s.Steps, queue: e.Expr) -> tuple[s.Statement, ...]:
        if queue is None:
            return self.steps(items, ())
        head = s.Enqueue(queue, items)
        return (self.stamp(head, replace(self.origin((head,), ()), line=_first_line(items))),)

    def steps(self, items: s.Steps, path: tuple[int, ...]) -> tuple[s.Statement, ...]:
        numbered: list[s.Statement] = []
        for number, item in enumerate(items, start=1):
            group = item if isinstance(item, tuple) else (item,)
            origin = self.origin(group, (*path, number))
            numbered += [self.stamp(statement, origin) for statement in group]
        return tuple(numbered)

    def origin(self, group: tuple[s.Statement, ...], path: tuple[int, ...]) -> s.Origin:
        for statement in group:
            if not isinstance(statement, s.Statement):
                step = ".".join(map(str, path))
                raise LanguageError(
                    f"{self.name} step {step}: {statement!r} is no statement: write one of the language"
                )
        sentence = ", and ".join(map(say, group))
        ordinal = self.seen[sentence]
        self.seen[sentence] += 1
        digest = hashlib.sha1(f"{self.name}\0{sentence}\0{ordinal}".encode()).hexdigest()[:12]
        return s.Origin(self.name, path, self.file, group[0].written, 1, sentence, digest)

    def stamp(self, statement: s.Statement, origin: s.Origin) -> s.Statement:
        body = getattr(statement, "body", None)
        if body is None or (body == () and isinstance(statement, s.NotUnderstood | s.FireEvent)):
            return replace(statement, origin=origin)
        built: tuple[s.Statement, ...]
        if isinstance(body, s.Steps):
            built = self.steps(body, origin.path)
        else:
            inner = body if isinstance(body, tuple) else (body,)
            self.origin(inner, origin.path)
            built = tuple(self.stamp(each, origin) for each in inner)
        return replace(statement, origin=origin, body=built)  # type: ignore[call-arg]  # every block has a body


def _first_line(items: s.Steps) -> int:
    """Give the line at which steps begin."""
    first = items[0]
    return (first[0] if isinstance(first, tuple) else first).written


def _check_body(spec: Spec, names: dict[str, Algorithm], name: str, body: tuple[s.Statement, ...]) -> None:
    previous: s.Statement | None = None
    for statement in body:
        if statement.origin is None:
            raise LanguageError(f"{name}: {say(statement)!r} has no origin: build it with `algorithm` or `rule`")
        place = f"{statement.origin} ({statement.origin.file}:{statement.origin.line})"
        if isinstance(statement, s.Else) and not isinstance(previous, s.If):
            raise LanguageError(f"{place}: Else does not follow an If: put it right after one")
        if isinstance(statement, s.Call) and statement.algorithm not in names:
            raise LanguageError(f"{place}: unknown algorithm {statement.algorithm!r}: one of {sorted(names)}")
        if isinstance(statement, s.Call):
            wanted, given = names[statement.algorithm].parameters, len(statement.arguments)
            if len(wanted) != given:
                raise LanguageError(f"{place}: {statement.algorithm} takes {len(wanted)} arguments, not {given}")
        if not spec.read:
            _check_values(spec, statement, place)
        _check_body(spec, names, name, traversal.body_of(statement))
        previous = statement


def _check_values(spec: Spec, statement: s.Statement, place: str) -> None:
    domains = {member.name: member.values for member in spec.type.members}
    pairs: list[tuple[e.Expr, e.Expr]] = []
    if isinstance(statement, s.Set):
        pairs.append((statement.target, statement.value))
        if isinstance(statement.target, e.Field):
            _check_member(spec, statement.target.name, place)
    for expression in traversal.expressions(statement):
        for part in e.parts(expression):
            if not isinstance(part, _EXPRESSIONS):
                raise LanguageError(f"{place}: {part!r} is no expression: use one of the language, or a plain value")
            if isinstance(part, e.Is):
                pairs += [(part.left, part.right), (part.right, part.left)]
            if isinstance(part, e.New) and part.type not in (spec.type.name, "sequence"):
                raise LanguageError(f"{place}: unknown type {part.type!r}: this spec declares {spec.type.name!r}")
            listed = part.collection if isinstance(part, e.Find | e.Contains) else part
            if isinstance(listed, e.ListOf) and listed.name != spec.type.list_name:
                raise LanguageError(
                    f"{place}: unknown list {listed.name!r}: this spec declares {spec.type.list_name!r}"
                )
            if isinstance(part, e.Find):
                _check_member(spec, part.field, place)
    for target, value in pairs:
        if isinstance(target, e.Field) and isinstance(value, str):
            values = domains.get(target.name)
            if values is not None and value not in values:
                raise LanguageError(f"{place}: {target.name} is never {value!r}: one of {', '.join(values)}")


def _check_member(spec: Spec, name: str, place: str) -> None:
    known = [member.name for member in spec.type.members]
    if name not in known:
        raise LanguageError(f"{place}: a {spec.type.name} has no member {name!r}: one of {', '.join(known)}")


_EXPRESSIONS = (
    str,
    bool,
    int,
    type(None),
    e.Var,
    e.Field,
    e.ListOf,
    e.Associated,
    e.Find,
    e.New,
    e.Contains,
    e.Environment,
    e.Population,
    e.Choice,
    e.Input,
    e.Apply,
    e.Item,
    e.Sequence,
    e.Conditional,
    e.Arithmetic,
    e.Compare,
    e.Is,
    e.Not,
    e.And,
    e.Or,
)
