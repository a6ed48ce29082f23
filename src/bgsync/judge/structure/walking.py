"""Ways through the tree of a built algorithm that more than one check takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bgsync.language import Algorithm, Rule, Spec, traversal
from bgsync.language import statements as s
from bgsync.language.traversal import ASYNCHRONOUS
from bgsync.pauses import pause

__all__ = ["ASYNCHRONOUS", "LOOPS", "Body", "Visited", "parts", "queued", "visit"]

Body = tuple[s.Statement, ...]

LOOPS = (s.While, s.ForEach)


def parts(spec: Spec) -> Iterator[Algorithm | Rule]:
    """Give the algorithms and rules of a spec, with a pause before each."""
    every: tuple[Algorithm | Rule, ...] = (*spec.algorithms, *spec.rules)
    for part in every:
        pause()
        yield part


class Visited(NamedTuple):
    """A statement with the blocks around it, the innermost last, and its place in each list from the top."""

    statement: s.Statement
    around: Body
    lists: tuple[tuple[Body, int], ...]
    """Every list that it is in, the innermost last, and the position in it."""


def visit(body: Body, around: Body = (), lists: tuple[tuple[Body, int], ...] = ()) -> Iterator[Visited]:
    """Give every statement of a body with what is around it."""
    for position, statement in enumerate(body):
        here = (*lists, (body, position))
        yield Visited(statement, around, here)
        yield from visit(traversal.body_of(statement), (*around, statement), here)


def queued(body: Body) -> Body:
    """Give the steps of an algorithm whose head says that all of them are enqueued; else the body itself."""
    match body:
        case (s.Enqueue(origin=s.Origin(path=())) as only,):
            return traversal.body_of(only)
        case _:
            return body
