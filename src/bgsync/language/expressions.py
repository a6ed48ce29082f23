"""Expressions of the algorithm language. A plain str, bool, int or None stands for that constant value."""

from __future__ import annotations

from dataclasses import dataclass

Constant = str | bool | int | None


@dataclass(frozen=True)
class Var:
    """A variable of the algorithm, or one of its parameters."""

    name: str


@dataclass(frozen=True)
class Field:
    """A member of what `owner` is: the title of a loan, an attribute of an event."""

    owner: Expr
    name: str


@dataclass(frozen=True)
class ListOf:
    """The list of this name of the spec; `owner` is what the text calls whom it belongs to."""

    name: str
    owner: Expr = None


@dataclass(frozen=True)
class Associated:
    """The one thing of this kind that is associated with where the algorithm runs."""

    name: str


@dataclass(frozen=True)
class Find:
    """The first item of a list whose `field` equals `value`, or null."""

    collection: Expr
    field: str
    value: Expr


@dataclass(frozen=True)
class New:
    """A new object of the named type, with the initial values of its type but for the members given."""

    type: str
    members: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True)
class Contains:
    """Whether an item is in a list."""

    collection: Expr
    item: Expr


@dataclass(frozen=True)
class Environment:
    """Whether a part of the environment is in one of the states named (see `bgsync.system.world`)."""

    machine: str
    states: tuple[str, ...]
    of: Expr = None
    """What the text says it belongs to; there is one of each."""


@dataclass(frozen=True)
class Population:
    """All there is of a part of the environment that may be read freely, as a list."""

    machine: str
    of: Expr = None
    """What the text says they belong to; there is one of each."""


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
class Input:
    """A value that comes from outside of the text, in its words; anything at all, anew at each read.

    `reads` are the expressions that the words mention.
    """

    text: str
    reads: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Apply:
    """The value of a named operation, such as a size or the result of an algorithm of another spec."""

    name: str
    arguments: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Item:
    """The item of a map under a key, or of a list at an index."""

    collection: Expr
    key: Expr


@dataclass(frozen=True)
class Sequence:
    """A list, set or tuple of these items."""

    items: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Conditional:
    """One value when the condition is true, else another."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True)
class Arithmetic:
    """A sum, difference, product or quotient: `operator` is +, -, * or /."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Compare:
    """An order of two values: `operator` is <, <=, > or >=."""

    operator: str
    left: Expr
    right: Expr


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
    | Population
    | Choice
    | Input
    | Apply
    | Item
    | Sequence
    | Conditional
    | Arithmetic
    | Compare
    | Is
    | Not
    | And
    | Or
)


class _Variables:
    """Lets a model write `v.loan` for `Var("loan")`."""

    def __getattr__(self, name: str) -> Var:
        if name.startswith("__"):
            raise AttributeError(name)
        return Var(name)


v = _Variables()


def operands(expression: Expr) -> tuple[Expr, ...]:
    """Give the direct parts of an expression that are expressions themselves."""
    match expression:
        case Field(owner=owner) | ListOf(owner=owner):
            return (owner,)
        case Environment(of=of) | Population(of=of):
            return (of,)
        case Find(collection=collection, value=value):
            return (collection, value)
        case New(members=members):
            return tuple(value for _, value in members)
        case Contains(collection=collection, item=item):
            return (collection, item)
        case Item(collection=collection, key=key):
            return (collection, key)
        case Input(reads=several) | Apply(arguments=several) | Sequence(items=several):
            return several
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Not(operand=operand):
            return (operand,)
        case (
            Is(left=left, right=right)
            | And(left=left, right=right)
            | Or(left=left, right=right)
            | Arithmetic(left=left, right=right)
            | Compare(left=left, right=right)
        ):
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
