"""What is drawn of the edges of a graph of states: arrows, each with everything that it stands for as a list.

Edges of one kind between the same two states are one arrow. Where a list is the same, and leads to one state or comes
from one, its arrows meet at it: it is said once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bgsync.draw.diagram import SIGNS, Edge, EdgeKind


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


def alone(edge: Edge) -> Arrow:
    """Draw an edge by itself."""
    return Arrow((edge.source,), (edge.target,), edge.kind, (edge,), (edge,))


def parallel(edges: Iterable[Edge]) -> list[Arrow]:
    """Join edges of one kind between the same two states."""
    return _joined(map(alone, edges), lambda arrow: (arrow.sources, arrow.targets, arrow.kind))


def shared(edges: Iterable[Edge]) -> list[Arrow]:
    """Join them also where they say the same, and lead to one state, or else come from one."""
    arrows = parallel(edges)
    told = [arrow for arrow in arrows if any(map(said, arrow.causes))]
    by_target = _joined(told, lambda arrow: (arrow.targets, *_list(arrow)))
    rest = [arrow for arrow in by_target if len(arrow.sources) == 1]
    by_source = _joined(rest, lambda arrow: (arrow.sources, *_list(arrow)))
    silent = [arrow for arrow in arrows if arrow not in told]
    return sorted(
        [*silent, *by_source, *(arrow for arrow in by_target if len(arrow.sources) > 1)], key=lambda arrow: arrow.edges
    )


def _list(arrow: Arrow) -> tuple[object, ...]:
    return arrow.kind, *map(said, arrow.causes)


def said(edge: Edge) -> tuple[str, ...]:
    """Give what an edge says."""
    return tuple(part for part in (edge.label, edge.guard, edge.note) if part.strip())


def list_of(arrow: Arrow) -> list[tuple[str, str, str]]:
    """Give the label, guard and note of everything that an arrow stands for; of several each has a dot before it."""
    made, dot = [], "• " if len(arrow.causes) > 1 else ""
    for cause in arrow.causes:
        label = SIGNS[arrow.kind] + cause.label if cause.label.strip() or cause.guard.strip() else ""
        made.append((dot + label if label else "", f"[{cause.guard}]" if cause.guard.strip() else "", cause.note))
    return made


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
