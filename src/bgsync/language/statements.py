"""Statements of the algorithm language: what one sentence of an Infra-style algorithm does.

A statement is frozen data with an `Origin`. It compares equal to another that says the same, wherever each stands.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from bgsync.language.expressions import Expr, Field, Item, Var


@dataclass(frozen=True)
class Origin:
    """Where a statement comes from. Several statements of one sentence share one origin."""

    algorithm: str
    path: tuple[int, ...]
    file: str
    line: int
    column: int
    sentence: str
    key: str
    """Survives renumbering: a digest of the algorithm's name and the sentence, with an ordinal where it recurs."""

    @property
    def step(self) -> str:
        """The step's number as a reader writes it, such as 8.2."""
        return ".".join(map(str, self.path))

    def __str__(self) -> str:
        return f"{self.algorithm} {self.step}"


def _line_of_caller() -> int:
    return sys._getframe(2).f_lineno


@dataclass(frozen=True)
class Statement:
    """What every statement has. `written` is the line of the Python file that builds it."""

    origin: Origin | None = field(default=None, compare=False, repr=False, kw_only=True)
    written: int = field(default_factory=_line_of_caller, compare=False, repr=False, kw_only=True)


Body = Statement | tuple["Statement | tuple[Statement, ...]", ...]
"""`steps(...)` for numbered steps of their own, else one or more statements of the same sentence."""


class Steps(tuple["Statement | tuple[Statement, ...]", ...]):
    """A numbered list of steps; an item that is a tuple is one step of several statements."""


def steps(*items: Statement | tuple[Statement, ...]) -> Steps:
    """Write a numbered list of steps."""
    return Steps(items)


@dataclass(frozen=True)
class Let(Statement):
    """Bind a new variable."""

    name: str
    value: Expr


@dataclass(frozen=True)
class Set(Statement):
    """Change a variable, a field, or the item of a map under a key."""

    target: Var | Field | Item
    value: Expr


@dataclass(frozen=True)
class If(Statement):
    """Do `body` when the condition is true."""

    condition: Expr
    body: Body


@dataclass(frozen=True)
class Else(Statement):
    """Do `body` when the condition of the If just before was false."""

    body: Body


@dataclass(frozen=True)
class ForEach(Statement):
    """Do `body` for each item; with `any_order` for all of them in parallel, since no order is promised."""

    name: str
    collection: Expr
    body: Body
    where: Expr = True
    any_order: bool = False


@dataclass(frozen=True)
class While(Statement):
    """Repeat `body` while the condition is true."""

    condition: Expr
    body: Body


@dataclass(frozen=True)
class Add(Statement):
    """Put an item into a list, whose order is not kept, or at the end of a sequence that a variable holds."""

    item: Expr
    collection: Expr


@dataclass(frozen=True)
class Remove(Statement):
    """Take an item out of a list, or an `Item` out of its map; nothing happens when it is not there."""

    item: Expr
    collection: Expr


@dataclass(frozen=True)
class Empty(Statement):
    """Take everything out of a list or map."""

    collection: Expr


@dataclass(frozen=True)
class Resolve(Statement):
    """Resolve a promise, with a value if one is given."""

    promise: Expr
    value: Expr = None


@dataclass(frozen=True)
class Reject(Statement):
    """Reject a promise with an error."""

    promise: Expr
    error: Expr


@dataclass(frozen=True)
class Assert(Statement):
    """State what the text holds to be true here."""

    condition: Expr


@dataclass(frozen=True)
class Return(Statement):
    """End the algorithm; the caller goes on, with a value if one is given."""

    value: Expr = None


@dataclass(frozen=True)
class Throw(Statement):
    """End the algorithm with an exception."""

    error: Expr


@dataclass(frozen=True)
class Abort(Statement):
    """End the innermost list of steps that was started asynchronously or called."""


@dataclass(frozen=True)
class Continue(Statement):
    """Go on with the next round of the innermost loop."""


@dataclass(frozen=True)
class Break(Statement):
    """Leave the innermost loop."""


@dataclass(frozen=True)
class Wait(Statement):
    """Wait for a length of time that the user agent defines."""

    duration: Expr


@dataclass(frozen=True)
class WaitUntil(Statement):
    """Wait until the condition is true."""

    condition: Expr


@dataclass(frozen=True)
class InParallel(Statement):
    """Start `body` as an invocation of its own."""

    body: Body


@dataclass(frozen=True)
class Atomically(Statement):
    """Do `body` as one action."""

    body: Body


@dataclass(frozen=True)
class Upon(Statement):
    """When the event's promise settles in one of these ways, do `body`. Outcomes: fulfilled, rejected, terminated."""

    outcomes: tuple[str, ...]
    promise: Expr
    body: Body
    bind: str = ""
    """The variable that gets the value or the reason, if any."""


@dataclass(frozen=True)
class Whenever(Statement):
    """From now on, do `body` each time that something happens outside of this algorithm."""

    occasion: Expr
    body: Body


@dataclass(frozen=True)
class FireEvent(Statement):
    """Have an event fired with these members, then do `body` with `bind` naming the dispatched event."""

    event: Expr
    about: Expr
    """The object that the event is about."""
    members: tuple[tuple[str, Expr], ...]
    bind: str
    body: Body
    target: Expr = None
    """What it is fired on."""


@dataclass(frozen=True)
class HandleEvent(Statement):
    """The older form of firing an event: the steps handed over create the event and dispatch it themselves."""

    about: Expr
    body: Body


FIRES = (FireEvent, HandleEvent)
"""The steps by which an event is fired, and that wait for it."""


@dataclass(frozen=True)
class QueueTask(Statement):
    """Queue `body` as a task of whatever runs the handlers, and wait until it has run or was discarded.

    One that is `kept` outlives the end of what runs the handlers, and runs when that has started again.
    """

    body: Body
    kept: bool = False


@dataclass(frozen=True)
class Dispatch(Statement):
    """Dispatch the event: inside the algorithm that fires events, or in the steps of the older form.

    Those of the older form say which event, and at what.
    """

    event: Expr = None
    target: Expr = None


@dataclass(frozen=True)
class RunPostDispatchSteps(Statement):
    """Run the steps that were handed over with the event."""


@dataclass(frozen=True)
class Call(Statement):
    """Run another algorithm and wait until it returns."""

    algorithm: str
    arguments: tuple[Expr, ...] = ()
    bind: str = ""
    """The variable that gets what it returns, if any."""


@dataclass(frozen=True)
class Perform(Statement):
    """Run an operation that the text does not define; nothing that this model follows changes."""

    name: str
    arguments: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Increment(Statement):
    """Add to a variable or field, which is counted 0, 1, many."""

    target: Var | Field
    by: Expr = 1


@dataclass(frozen=True)
class Enqueue(Statement):
    """Enqueue `body` to a parallel queue or, as a task, to an event loop, which runs one batch at a time in order."""

    queue: Expr
    body: Body
    task: bool = False
    """Whether it is a task of an event loop, whose steps may touch what script can see."""


@dataclass(frozen=True)
class Remark(Statement):
    """A sentence inside a step that explains and does nothing."""

    text: str


@dataclass(frozen=True)
class NotUnderstood(Statement):
    """A sentence that was not understood: never dropped, never guessed.

    It is checked twice: as doing nothing, and as doing anything to what it mentions. `reads` are its variables,
    `may_write` the variables and members that it may change; "promise" among them stands for settling one, "exit" for
    ending the steps that it stands in. `body` are the steps below it.
    """

    text: str
    reads: tuple[str, ...] = ()
    may_write: tuple[str, ...] = ()
    body: Body = ()
