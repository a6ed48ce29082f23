"""Strongly connected components: by SciPy, and of small graphs in Python, since SciPy takes long to import."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
SMALL = 50_000
"""Of so many edges the components are found in less time than SciPy takes to import."""


def homes(sources: Numbers, targets: Numbers, size: int) -> Numbers:
    """Give the number of the strongly connected component of each of `size` states, between which edges are given."""
    if len(sources) + size < SMALL:
        return _by_tarjan(sources, targets, size)
    return _by_scipy(sources, targets, size)


def _by_scipy(sources: Numbers, targets: Numbers, size: int) -> Numbers:
    from scipy.sparse import csr_array  # takes as long to import as all else together
    from scipy.sparse.csgraph import connected_components

    edges = csr_array((np.ones(len(sources), np.int8), (sources, targets)), shape=(size, size))
    return np.asarray(connected_components(edges, connection="strong")[1], np.int64)


def _by_tarjan(sources: Numbers, targets: Numbers, size: int) -> Numbers:
    """R. Tarjan, Depth-First Search and Linear Graph Algorithms, 1972, without recursion."""
    order = np.argsort(sources, kind="stable")
    onward = targets[order].tolist()
    begins = np.searchsorted(sources[order], np.arange(size + 1)).tolist()
    following, ends = begins[:-1], begins[1:]  # of each state, the place of the edge that comes next
    number, low, home = [-1] * size, [0] * size, [-1] * size
    stack, seen, components = list[int](), 0, 0
    for root in range(size):
        path = [root] if number[root] < 0 else []
        while path:
            state = path[-1]
            if number[state] < 0:
                number[state] = low[state] = seen
                seen += 1
                stack.append(state)
            if following[state] < ends[state]:
                after = onward[following[state]]
                following[state] += 1
                if number[after] < 0:
                    path.append(after)
                elif home[after] < 0:
                    low[state] = min(low[state], number[after])
                continue
            path.pop()
            if path:
                low[path[-1]] = min(low[path[-1]], low[state])
            if low[state] == number[state]:
                while home[state] < 0:
                    home[stack.pop()] = components
                components += 1
    return np.asarray(home, np.int64)
