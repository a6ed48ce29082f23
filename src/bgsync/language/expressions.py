"""Expressions of the algorithm language. A plain str, bool or None stands for that constant value."""

from __future__ import annotations

from dataclasses import dataclass

Constant = str | bool | None


@dataclass(frozen=True)
class Var:
    """A variable of the algorithm, or one of its parameters."""

    name: str


@dataclass(frozen=True)
class Field:
    """A member of what `owner` is: the tag of a registration, the lastChance attribute of an event."""

    owner: Expr
    name: str


@dataclass(frozen=True)
class ListOf:
    """The list of this name that belongs to the service worker registration."""

    name: str


@dataclass(frozen=True)
class Associated:
    """The one thing of this kind that is associated with where the algorithm runs."""

    name: str


@dataclass(frozen=True)
class Find:
    """The first item of a list whose `field` equals `value`, or null."""

    collection: ListOf
    field: str
    value: Expr


@dataclass(frozen=True)
class New:
    """A new object of the named type, with the initial values of its type."""

    type: str


@dataclass(frozen=True)
class Contains:
    """Whether an item is in a list."""

    collection: ListOf
    item: Expr


@dataclass(frozen=True)
class Environment:
    """Whether a part of the environment is in one of the states named (see `model/environment.py`)."""

    machine: str
    states: tuple[str, ...]


@dataclass(frozen=True)
class WindowClients:
    """The service worker clients of the origin that are top-level or auxiliary windows."""


@dataclass(frozen=True)
class Choice:
    """A boolean that the user agent chooses; with `adversity`, true only where that adversity is switched on.

    It is decided when it is first read, so that a value nobody reads does not multiply states.
    """

    name: str
    adversity: str | None = None
    should: str | None = None
    """What the text says the user agent SHOULD do: an endless run that always chooses false does not do it."""


@dataclass(frozen=True)
class Is:
    """Equality of two values, or identity of two objects."""

    left: Expr
    right: Expr


@dataclass(frozen=True)
class Not:
    """Negation."""

    operand: Expr


@dataclass(frozen=True)
class And:
    """Conjunction, read from left to right."""

    left: Expr
    right: Expr


@dataclass(frozen=True)
class Or:
    """Disjunction, read from left to right."""

    left: Expr
    right: Expr


Expr = (
    Constant
    | Var
    | Field
    | ListOf
    | Associated
    | Find
    | New
    | Contains
    | Environment
    | WindowClients
    | Choice
    | Is
    | Not
    | And
    | Or
)


class _Variables:
    """Lets a model write `v.registration` for `Var("registration")`."""

    def __getattr__(self, name: str) -> Var:
        if name.startswith("__"):
            raise AttributeError(name)
        return Var(name)


v = _Variables()


def operands(expression: Expr) -> tuple[Expr, ...]:
    """Give the direct parts of an expression that are expressions themselves."""
    match expression:
        case Field(owner=owner):
            return (owner,)
        case Find(value=value):
            return (value,)
        case Contains(item=item):
            return (item,)
        case Not(operand=operand):
            return (operand,)
        case Is(left=left, right=right) | And(left=left, right=right) | Or(left=left, right=right):
            return (left, right)
        case _:
            return ()


def parts(expression: Expr) -> tuple[Expr, ...]:
    """Give an expression and everything inside it."""
    found: tuple[Expr, ...] = (expression,)
    for operand in operands(expression):
        found += parts(operand)
    return found


def variables(expression: Expr) -> frozenset[str]:
    """Give the names of the variables that an expression reads."""
    return frozenset(part.name for part in parts(expression) if isinstance(part, Var))
