"""contradiction: how often a loop tries, by its own test of a counter, and by the maximum that the test names.

A loop that fires, counts and gives up makes a number of attempts that its steps fix for each maximum. They are taken in
the order in which they stand, each round as a whole: a loop that does not wait for what it counts may do otherwise.
Where a counter is changed in another way nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import ge, gt, le, lt

from bgsync.judge.structure.finding import NOTE, Finding, Known, place, step
from bgsync.judge.structure.walking import LOOPS, Visited, queued, visit
from bgsync.language import Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.readback import say_value

MAXIMA = range(4)
"""The maxima that are tried: what goes wrong goes wrong with small ones."""

ENDS = (s.Abort, s.Return, s.Throw, s.Break)
COMPARED = {">": gt, ">=": ge, "<": lt, "<=": le}
MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
MAXIMUM = re.compile(r"\b(?:maximum|limit)\b.*\b(retries|attempts|tries)\b", re.IGNORECASE)


def counts(spec: Spec, known: Known) -> Iterator[Finding]:
    """Find loops that try more often, or less often, than the maximum that they compare a counter with."""
    for _, body in spec.bodies():
        steps = tuple(visit(queued(body)))
        for at in steps:
            if isinstance(at.statement, s.While):
                yield from _loop(steps, tuple(visit(traversal.body_of(at.statement))))


def _loop(steps: Sequence[Visited], inside: Sequence[Visited]) -> Iterator[Finding]:
    fires = next((n for n, at in enumerate(inside) if isinstance(at.statement, s.FIRES)), None)
    for n, at in enumerate(inside):
        for counter, operator, maximum in _tests(at.statement):
            begins, added = _begins(counter, steps, inside), _added(counter, inside)
            what = MAXIMUM.search(say_value(maximum))
            if fires is None or begins is None or added is None or what is None:
                continue
            done, first = int(fires < n), begins + int(added < n)
            retries = what.group(1).lower() == "retries"
            more = {_made(first, done, operator, most) - most - int(retries) for most in MAXIMA if most or retries}
            if len(more) == 1 and (off := more.pop()):
                many = f"{abs(off)} {'attempt' if abs(off) == 1 else 'attempts'} {'more' if off > 0 else 'less'}"
                message = (
                    f"{counter} begins at {begins}, and {step(inside[added].statement)} increments it: taken in their "
                    f"order, the steps make {many} than {say_value(maximum)!r} allows"
                )
                if off > 0 and retries:
                    message += ", and so there is a retry where that is 0"
                yield Finding("contradiction", message, place(at.statement), NOTE)


def _tests(statement: s.Statement) -> Iterator[tuple[str, str, e.Expr]]:
    """Give the comparisons of a variable with anything that alone make an invocation give up."""
    if isinstance(statement, s.If) and any(isinstance(x, ENDS) for x in traversal.walk(traversal.body_of(statement))):
        for part in _either(statement.condition):
            if isinstance(part, e.Compare) and isinstance(part.left, e.Var):
                yield part.left.name, part.operator, part.right
            elif isinstance(part, e.Compare) and isinstance(part.right, e.Var):
                yield part.right.name, MIRRORED[part.operator], part.left


def _either(condition: e.Expr) -> Iterator[e.Expr]:
    if isinstance(condition, e.Or):
        yield from _either(condition.left)
        yield from _either(condition.right)
    else:
        yield condition


def _begins(counter: str, steps: Sequence[Visited], inside: Sequence[Visited]) -> int | None:
    """Give what a counter begins with: a number, before the loop, and nothing else is ever put into it."""
    set_by = [at.statement for at in steps if counter in traversal.bound(at.statement)
              and not isinstance(at.statement, s.Increment)]  # fmt: skip
    if len(set_by) != 1 or any(at.statement is set_by[0] for at in inside):
        return None
    value = set_by[0].value if isinstance(set_by[0], s.Let | s.Set) else None
    return value if type(value) is int else None


def _added(counter: str, inside: Sequence[Visited]) -> int | None:
    """Give the place of the only step that adds one to a counter, in each round, and once."""
    adding = [n for n, at in enumerate(inside) if isinstance(at.statement, s.Increment)
              and at.statement.target == e.Var(counter)]  # fmt: skip
    if len(adding) != 1:
        return None
    at = inside[adding[0]]
    assert isinstance(at.statement, s.Increment)
    always = not any(isinstance(each, (s.If, s.Else, *LOOPS, *traversal.ASYNCHRONOUS)) for each in at.around)
    return adding[0] if always and at.statement.by == 1 else None


def _made(first: int, done: int, operator: str, maximum: int) -> int:
    """Give how many attempts are made before the test of a counter comes out so; many where it does not."""
    rounds = range(len(MAXIMA) + 3)
    return next((n + done for n in rounds if COMPARED[operator](first + n, maximum)), len(rounds))
