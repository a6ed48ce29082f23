"""Branching bisimulation with explicit divergence, by refinement of a partition.

Two states are bisimilar when each can do what the other can, also after it: internal moves may be added or left out as
long as they change nothing that could be done, and one has an endless internal run where the other has (van Glabbeek,
Luttik and Trcka, Branching Bisimilarity with Explicit Divergence, 2009). It is finer than weak bisimulation, so what it
proves equivalent is weakly bisimilar, and has the same traces.

States on a cycle of internal moves are bisimilar and become one, with the mark that it diverges (Tarjan, 1972). Without
such cycles, states are split by their signature: the labels and blocks that they can reach with one move, after
internal moves inside of their own block (Blom and Orzan, Distributed State Space Minimization, 2005). A block is looked
at again only when a block that it leads to was split, and the largest part keeps the number of the block (Hopcroft).
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bgsync.pauses import pause

Edges = Sequence[AbstractSet[tuple[int, int]]]
TAU = 0


@dataclass(frozen=True)
class Quotient:
    """A graph with one state per class. No cycle of internal moves is left in it."""

    edges: tuple[frozenset[tuple[int, int]], ...]
    """edges[b]: the (label, block) that a state of block b can do; internal moves inside of b are left out."""
    diverges: tuple[bool, ...]
    """Whether there is an endless internal run inside of a block."""
    block: tuple[int, ...]
    """The block of every state of the graph that was given."""


def components(edges: Edges) -> list[int]:
    """Number the strongly connected components of the internal moves; a move leads to a number that is not higher.

    Tarjan, Depth-First Search and Linear Graph Algorithms (1972), without recursion.
    """
    inner = [[target for label, target in out if label == TAU] for out in edges]
    order, low, component = [-1] * len(edges), [0] * len(edges), [-1] * len(edges)
    path: list[int] = []
    count = number = 0
    for root in range(len(edges)):
        if order[root] >= 0:
            continue
        stack = [(root, 0)]
        while stack:
            state, place = stack.pop()
            if place == 0:
                order[state] = low[state] = count
                count += 1
                path.append(state)
            elif component[child := inner[state][place - 1]] < 0:
                low[state] = min(low[state], low[child])
            for further in range(place, len(inner[state])):
                target = inner[state][further]
                if order[target] < 0:
                    stack += [(state, further + 1), (target, 0)]
                    break
                if component[target] < 0:
                    low[state] = min(low[state], order[target])
            else:
                if low[state] == order[state]:
                    while component[state] < 0:
                        component[path.pop()] = number
                    number += 1
    return component


def collapse(edges: Edges) -> Quotient:
    """Make one state of all states that internal moves lead to and fro."""
    component = components(edges)
    merged: list[set[tuple[int, int]]] = [set() for _ in range(max(component, default=-1) + 1)]
    diverges = [False] * len(merged)
    for state, out in enumerate(edges):
        here = component[state]
        for label, target in out:
            if label == TAU and component[target] == here:
                diverges[here] = True
            else:
                merged[here].add((label, component[target]))
    return Quotient(tuple(map(frozenset, merged)), tuple(diverges), tuple(component))


def quotient(edges: Edges, tick: Callable[[int], None] | None = None) -> Quotient:
    """Reduce a graph by branching bisimulation with explicit divergence. `tick` is told the number of blocks."""
    small = collapse(edges)
    block = _refine(small, tick)
    count = max(block, default=-1) + 1
    merged: list[set[tuple[int, int]]] = [set() for _ in range(count)]
    diverges = [False] * count
    for state, out in enumerate(small.edges):
        here = block[state]
        diverges[here] = diverges[here] or small.diverges[state]
        merged[here] |= {(a, block[t]) for a, t in out if a != TAU or block[t] != here}
    return Quotient(tuple(map(frozenset, merged)), tuple(diverges), tuple(block[c] for c in small.block))


def _refine(graph: Quotient, tick: Callable[[int], None] | None) -> list[int]:
    """Split blocks until all states of a block have the same signature.

    `graph` has no cycle of internal moves, and they lead to lower numbers: taken in order, the signatures that a state
    takes over are there already.
    """
    size = len(graph.edges)
    edges = [tuple(out) for out in graph.edges]
    sources: list[list[int]] = [[] for _ in range(size)]
    for state, out in enumerate(edges):
        for target in {target for _, target in out}:
            sources[target].append(state)
    block = [0] * size
    members = [list(range(size))] if size else []
    diverging = frozenset({-1})
    pending: dict[int, None] = dict.fromkeys(range(len(members)))
    while pending:
        pause()
        current = next(iter(pending))
        del pending[current]
        if len(members[current]) == 1:
            continue
        signatures: dict[int, frozenset[int]] = {}
        groups: dict[frozenset[int], list[int]] = {}
        for state in members[current]:
            own, taken = set(), []
            for label, target in edges[state]:
                there = block[target]
                if label == TAU and there == current:
                    taken.append(signatures[target])
                else:
                    own.add(label * size + there)
            signature = frozenset(own).union(diverging if graph.diverges[state] else (), *taken)
            signatures[state] = signature
            groups.setdefault(signature, []).append(state)
        if len(groups) == 1:
            continue
        parts = sorted(groups.values(), key=len)
        members[current] = parts.pop()
        pending[current] = None
        for part in parts:
            for state in part:
                block[state] = len(members)
            pending[len(members)] = None
            members.append(part)
        for part in parts:
            pending.update((block[source], None) for state in part for source in sources[state])
        if tick is not None:
            tick(len(members))
    return block
