"""well-nested, as far as a spec shows it: an otherwise that can belong to two conditions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from bgsync.judge.structure.finding import NOTE, Finding, Known, place, step
from bgsync.judge.structure.walking import Body, parts
from bgsync.language import Spec, traversal
from bgsync.language import statements as s


def nesting(spec: Spec, known: Known) -> Iterator[Finding]:
    """Find each Else that follows a sentence with more than one If."""
    for part in parts(spec):
        yield from _dangling(part.steps)


def _dangling(body: Body) -> Iterator[Finding]:
    for before, statement in pairwise(body):
        if isinstance(statement, s.Else) and isinstance(before, s.If):
            last = traversal.body_of(before)[-1:]
            same = [each for each in last if isinstance(each, s.If) and place(each).path == place(before).path]
            if same and place(statement).path != place(before).path:
                message = (
                    f"the otherwise follows a sentence with two conditions ({step(before)}); read here as that of the "
                    "first, so that nothing is done when only the second is false"
                )
                yield Finding("well-nested", message, place(statement), NOTE)
    for statement in body:
        yield from _dangling(traversal.body_of(statement))
