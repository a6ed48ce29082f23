"""The reduced graph of two texts, and the shortest trace that tells them apart, against naive ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bgsync.compare.traces import Bound, Traces
from bgsync.explore.partition import TAU, quotient

Edges = list[set[tuple[int, int]]]


@st.composite
def graphs(draw: st.DrawFn, size: int = 6) -> Edges:
    count = draw(st.integers(2, size))
    move = st.tuples(st.integers(0, count - 1), st.sampled_from([TAU, TAU, 1, 2]), st.integers(0, count - 1))
    edges: Edges = [set() for _ in range(count)]
    for source, label, target in draw(st.lists(move, max_size=2 * count)):
        edges[source].add((label, target))
    return edges


def inside(edges: Edges, start: int, allowed: set[int]) -> set[int]:
    """The states that internal moves inside of a set lead to."""
    found = {start}
    while True:
        grown = found | {t for s in found for label, t in edges[s] if label == TAU and t in allowed}
        if grown == found:
            return found
        found = grown


def naive_bisimilar(edges: Edges) -> list[list[bool]]:
    """The greatest fixpoint, pair by pair, from the definition."""
    states = range(len(edges))
    same = [[True] * len(edges) for _ in states]

    def matched(s: int, t: int) -> bool:
        alike = {u for u in states if same[s][u]}
        near = inside(edges, t, alike)
        for label, after in edges[s]:
            inert = label == TAU and same[after][t]
            if not inert and not any(a == label and same[after][u] for m in near for a, u in edges[m]):
                return False
        return not endless(s, alike) or endless(t, alike)

    def endless(s: int, alike: set[int]) -> bool:
        return any(
            s2 in inside(edges, t, alike)
            for s2 in inside(edges, s, alike)
            for a, t in edges[s2]
            if not a and t in alike
        )

    while True:
        after = [[same[s][t] and matched(s, t) and matched(t, s) for t in states] for s in states]
        if after == same:
            return same
        same = after


@settings(max_examples=300, deadline=None)
@given(graphs())
def test_the_classes_are_those_of_the_definition(edges: Edges) -> None:
    block = quotient(edges).block
    assert [[a == b for b in block] for a in block] == naive_bisimilar(edges)


def naive_only_left(edges: Edges, left: int, right: int, longest: int) -> int | None:
    """The length of a shortest trace of `left` that `right` lacks, by making both sides deterministic."""
    everything = set(range(len(edges)))

    def closed(states: set[int]) -> frozenset[int]:
        return frozenset(t for s in states for t in inside(edges, s, everything))

    layer = {(closed({left}), closed({right}))}
    for length in range(longest):
        following = set()
        for one, other in layer:
            for label in (1, 2):
                after = [closed({t for s in side for a, t in edges[s] if a == label}) for side in (one, other)]
                if after[0] and not after[1]:
                    return length + 1
                if after[0]:
                    following.add((after[0], after[1]))
        layer = following
    return None


@settings(max_examples=300, deadline=None)
@given(graphs())
def test_the_shortest_trace_is_found_if_there_is_one(edges: Edges) -> None:
    reduced = quotient(edges)
    traces = Traces(reduced)
    found = next(traces.only_left(reduced.block[0], reduced.block[1], 10_000), None)
    assert (None if found is None else len(found)) == naive_only_left(edges, 0, 1, 40)


def test_a_search_for_traces_ends_at_its_bound() -> None:
    reduced = quotient([{(1, 0)}, {(1, 2)}, {(1, 1), (2, 1)}])
    with pytest.raises(Bound, match="subset pairs"):
        list(Traces(reduced).only_left(reduced.block[0], reduced.block[2], 0))
