"""Shorter runs that show the same: operations are left out, and tags are made one, as long as a difference is left.

Whole operations are tried rather than Hypothesis' choices, since each try drives a real implementation: what makes no
sense without what was left out is left out with it, and a run ends at its first difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bgsync.driving import Operation
from bgsync.fuzz.finding import Finding

TAGS = ("t1", "t2")
"""What tags are called where nobody names them."""
Operations = tuple[Operation, ...]


def shrunk(finding: Finding, replayed: Callable[[Operations], Finding | None]) -> Finding:
    """Give a run of which nothing can be left out; `replayed` does operations, and gives what is found then."""
    best, tried = finding, {finding.operations}
    improved = True
    while improved:
        improved = False
        for shorter in _shorter(best.operations):
            if shorter in tried:
                continue
            tried.add(shorter)
            found = replayed(shorter)
            if found is not None and _rank(found) < _rank(best):
                best, improved = found, True
                tried.add(best.operations)
                break
    return best


def _rank(finding: Finding) -> tuple[int, list[str]]:
    return len(finding.operations), [one.tag or "" for one in finding.operations]


def _shorter(operations: Operations) -> Iterator[Operations]:
    """Give what may be left, the shortest first."""
    tags = sorted({one.tag for one in operations if one.tag is not None})
    for tag in tags:  # all that is about one tag
        yield tuple(one for one in operations if one.tag != tag)
    size = len(operations) // 2
    while size:
        for start in range(len(operations) - size, -1, -1):
            yield operations[:start] + operations[start + size :]
        size //= 2
    for first in range(len(operations)):  # two that stand apart
        for second in range(first + 1, len(operations)):
            yield tuple(one for place, one in enumerate(operations) if place not in (first, second))
    for new, old in zip((TAGS[0], *tags), tags, strict=False):  # fewer tags, and the first ones
        yield tuple(one._replace(tag=new if one.tag == old else one.tag) for one in operations)
