"""Strongly connected components, by SciPy."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


def homes(sources: Numbers, targets: Numbers, size: int) -> Numbers:
    """Give the number of the strongly connected component of each of `size` states, between which edges are given."""
    from scipy.sparse import csr_array  # takes as long to import as all else together
    from scipy.sparse.csgraph import connected_components

    edges = csr_array((np.ones(len(sources), np.int8), (sources, targets)), shape=(size, size))
    return np.asarray(connected_components(edges, connection="strong")[1], np.int64)
