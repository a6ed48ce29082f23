"""The reachable states as a picture: states that look the same from where we stand are drawn as one."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from bgsync.draw.diagram import Diagram, Edge, Node, NodeKind, plain
from bgsync.explore import Graph

S = TypeVar("S", bound=Hashable)
A = TypeVar("A", bound=Hashable)

MOST = 3
"""An edge names at most this many actions, and counts the others."""


def states_diagram(
    graph: Graph[S, A],
    project: Callable[[S], str],
    title: str,
    description: str,
    *,
    label: Callable[[A], str] = str,
    self_loops: bool = False,
) -> Diagram:
    """Draw `graph` with its states merged into the classes that `project` names, which also pick the colours.

    An edge between two classes says that *some* state of the one has a transition to the other. A class is
    initial when it has an initial state, and final when no transition leaves it; of an incomplete graph
    nothing is known to be final, and the description says so.
    """
    classes = [project(state) for state in graph.states]
    actions: dict[tuple[str, str], set[str]] = {}
    for source, out in enumerate(graph.edges):
        for action, target in out:
            actions.setdefault((classes[source], classes[target]), set()).add(plain(label(action)))
    initial = {name for name, parent in zip(classes, graph.parent, strict=True) if parent < 0}
    left = {source for source, target in actions if source != target}

    def kind(name: str) -> NodeKind:
        if name in initial:
            return "initial"
        return "final" if graph.complete and name not in left else "normal"

    if not graph.complete:
        description = f"{description} The exploration was not complete: there may be more.".strip()
    return Diagram(
        title,
        description,
        tuple(Node(name, name, kind(name), name) for name in set(classes)),
        tuple(
            Edge(source, target, _joined(names))
            for (source, target), names in actions.items()
            if self_loops or source != target
        ),
    )


def _joined(names: set[str]) -> str:
    ordered = sorted(names)
    more = len(ordered) - MOST
    return ", ".join(ordered[:MOST]) + (f" and {more} more" if more > 0 else "")
