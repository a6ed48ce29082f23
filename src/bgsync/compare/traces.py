"""Whether every observable trace of one state is one of another: a search on pairs, with antichains.

The right side is made deterministic on the fly: after a trace stands the set of all states that it can be in. The left
side stays as it is. A pair of a left state and an empty set is a trace that only the left side has; breadth first, the
first one is a shortest. Pairs that cannot lead to a shorter one are left out: a left state that is itself in the set,
and one that was met before with a smaller set (De Wulf, Doyen, Henzinger and Raskin, Antichains: A New Algorithm for
Checking Universality of Finite Automata, 2006). What internal moves lead to has no trace that the state before them
lacks, so on both sides only the states that no internal move leads to from another one are kept.
"""

from collections.abc import Iterator

from bgsync.explore.partition import TAU, Quotient
from bgsync.pauses import pause

Pair = tuple[int, frozenset[int]]


class Bound(Exception):  # a signal, not an error
    """A bound was hit before the search had ended; its text is the name of the bound."""


class Traces:
    """The traces of the states of a graph without cycles of internal moves."""

    def __init__(self, graph: Quotient) -> None:
        self.inner: list[tuple[int, ...]] = []
        self.moves: list[dict[int, frozenset[int]]] = []
        for out in graph.edges:
            by_label: dict[int, set[int]] = {}
            for label, target in out:
                by_label.setdefault(label, set()).add(target)
            self.inner.append(tuple(sorted(by_label.pop(TAU, ()))))
            self.moves.append({label: frozenset(by_label[label]) for label in sorted(by_label)})
        self._closures: dict[int, frozenset[int]] = {}
        self._weak: dict[int, dict[int, frozenset[int]]] = {}
        self._after: dict[tuple[frozenset[int], int], frozenset[int]] = {}

    def closure(self, state: int) -> frozenset[int]:
        """Give the states that internal moves lead to, the state itself included."""
        known = self._closures.get(state)
        if known is None:
            found, left = {state}, [state]
            while left:
                new = [target for target in self.inner[left.pop()] if target not in found]
                found.update(new)
                left += new
            known = self._closures[state] = frozenset(found)
        return known

    def weak(self, state: int) -> dict[int, frozenset[int]]:
        """Give the states right after every label that can be taken now, or after internal moves."""
        known = self._weak.get(state)
        if known is None:
            reached: dict[int, set[int]] = {}
            for inner in self.closure(state):
                for label, targets in self.moves[inner].items():
                    reached.setdefault(label, set()).update(targets)
            known = self._weak[state] = {label: self._first(reached[label]) for label in sorted(reached)}
        return known

    def _first(self, states: set[int]) -> frozenset[int]:
        """Leave out those that internal moves lead to from another one."""
        later = {inner for state in states for inner in self.closure(state) if inner != state and inner in states}
        return frozenset(states - later)

    def after(self, states: frozenset[int], label: int) -> frozenset[int]:
        """Give the states right after a label, taken from any of these."""
        known = self._after.get((states, label))
        if known is None:
            reached = {target for state in states for target in self.weak(state).get(label, ())}
            known = self._after[states, label] = self._first(reached)
        return known

    def only_left(self, left: int, right: int, limit: int) -> Iterator[tuple[int, ...]]:
        """Give traces of `left` that `right` does not have, a shortest first. Raises Bound after `limit` pairs."""
        seen: dict[int, list[frozenset[int]]] = {}
        came: dict[Pair, tuple[Pair, int] | None] = {}
        layer: list[Pair] = []

        def add(state: int, states: frozenset[int], origin: tuple[Pair, int] | None) -> None:
            known = seen.setdefault(state, [])
            if any(state in self.closure(other) for other in states) or any(other <= states for other in known):
                return
            if len(came) >= limit:
                raise Bound("subset pairs")
            known[:] = [other for other in known if not states <= other]
            known.append(states)
            came[state, states] = origin
            layer.append((state, states))

        add(left, frozenset({right}), None)
        while layer:
            current, layer = layer, []
            for pair in current:
                pause()
                state, states = pair
                for label, targets in self.weak(state).items():
                    reached = self.after(states, label)
                    if not reached:
                        yield (*_trace(came, pair), label)
                        continue
                    for target in sorted(targets):
                        add(target, reached, (pair, label))


def _trace(came: dict[Pair, tuple[Pair, int] | None], pair: Pair) -> tuple[int, ...]:
    labels: list[int] = []
    origin = came[pair]
    while origin is not None:
        pair, label = origin
        labels.append(label)
        origin = came[pair]
    return tuple(reversed(labels))
