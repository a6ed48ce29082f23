"""Steps as they stand on a page: what the sentences of each say, and the lists of steps below them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from bgsync.language import statements as s
from bgsync.language.traversal import body_of

Body = tuple[s.Statement, ...]


@dataclass(frozen=True)
class Step:
    """One step: its number in the text that it comes from, what its sentences say, and the lists of steps below."""

    path: tuple[int, ...]
    says: Body
    """Its statements; what holds the steps of a list has no steps here."""
    below: tuple[tuple[Step, ...], ...]
    """The lists, in the order of the statements that hold them."""


def outline(body: Body) -> tuple[Step, ...]:
    """Give the steps of a list: neighbours of one origin are one step."""
    return tuple(_step(path, tuple(some)) for path, some in groupby(body, _path))


def everywhere(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Give steps with all steps below them, in the order of the text."""
    return tuple(
        each for step in steps for each in (step, *(inner for some in step.below for inner in everywhere(some)))
    )


def _path(statement: s.Statement) -> tuple[int, ...]:
    assert statement.origin is not None
    return statement.origin.path


def _step(path: tuple[int, ...], some: Body) -> Step:
    below = list[tuple[Step, ...]]()
    says = tuple(_alone(each, path, below) for each in some)
    return Step(path, says, tuple(below))


def _alone(statement: s.Statement, path: tuple[int, ...], below: list[tuple[Step, ...]]) -> s.Statement:
    """Give a statement without the steps that stand in a list below it, which are put to the others."""
    inner = body_of(statement)
    if not inner:
        return statement
    block = isinstance(statement, s.Atomically) and any(map(body_of, inner))
    if not block and all(_path(each) == path for each in inner):
        return replace(statement, body=tuple(_alone(each, path, below) for each in inner))  # type: ignore[call-arg]
    below.append(outline(inner))
    return replace(statement, body=s.Steps())  # type: ignore[call-arg]  # what has steps below it is a block
