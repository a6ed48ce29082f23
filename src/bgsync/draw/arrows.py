"""What is drawn of the edges of a graph of states: arrows, each with everything that it stands for as a list.

Edges of one kind between the same two states are one arrow. Where a list is the same, and leads to one state or comes
from one, its arrows meet at it: it is said once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bgsync.draw.diagram import Edge, EdgeKind


@dataclass(frozen=True)
class Arrow:
    """An arrow from one or several states to one or several; only one of the two is more than one."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    kind: EdgeKind
    causes: tuple[Edge, ...]
    """What it stands for: edges that say different things. Of those that say the same the first one is here."""
    edges: tuple[Edge, ...]
    """All edges that it stands for."""


def parallel(edges: Iterable[Edge]) -> list[Arrow]:
    """Join edges of one kind between the same two states."""
    return _joined(
        (Arrow((edge.source,), (edge.target,), edge.kind, (edge,), (edge,)) for edge in edges),
        lambda arrow: (arrow.sources, arrow.targets, arrow.kind),
    )


def shared(edges: Iterable[Edge]) -> list[Arrow]:
    """Join them also where they say the same, and lead to one state, or else come from one."""
    arrows = parallel(edges)
    for end in (lambda arrow: arrow.targets, lambda arrow: arrow.sources):
        plain = [arrow for arrow in arrows if not any(map(said, arrow.causes))]
        several = [arrow for arrow in arrows if len(arrow.sources) > 1]
        rest = [arrow for arrow in arrows if arrow not in plain and arrow not in several]
        joined = _joined(rest, lambda arrow, end=end: (end(arrow), arrow.kind, tuple(map(said, arrow.causes))))  # type: ignore[misc]
        arrows = [*plain, *several, *joined]
    return sorted(arrows, key=lambda arrow: arrow.edges)


def said(edge: Edge) -> tuple[str, ...]:
    """Give what an edge says."""
    return tuple(part for part in (edge.label, edge.guard, edge.note) if part.strip())


def _joined(arrows: Iterable[Arrow], key: Callable[[Arrow], object]) -> list[Arrow]:
    groups: dict[object, list[Arrow]] = {}
    for arrow in arrows:
        groups.setdefault(key(arrow), []).append(arrow)
    made = []
    for group in groups.values():
        edges = tuple(edge for arrow in group for edge in arrow.edges)
        causes = {said(edge): edge for edge in reversed(edges)}
        made.append(
            Arrow(
                tuple(dict.fromkeys(name for arrow in group for name in arrow.sources)),
                tuple(dict.fromkeys(name for arrow in group for name in arrow.targets)),
                group[0].kind,
                tuple(sorted(causes.values())),
                edges,
            )
        )
    return made
