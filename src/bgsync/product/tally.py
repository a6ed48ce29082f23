"""Counts in compiled code (numba, extra `fast`): the same as `bgsync.product.reached` does with arrays."""

import math

import numba
import numpy as np
from numpy.typing import NDArray

from bgsync.product.arrays import Product
from bgsync.product.pages import Pages


def tallied(product: Product, pages: Pages, *, symmetry: bool) -> list[NDArray[np.int64]]:
    """Give what `Reached.counts` gives."""
    tables, width = product.components, len(product.homes)
    most = max(table.states for table in tables)
    found = np.zeros((width, 4, most, product.contexts), np.int64)
    members = np.zeros((width, most), np.int64)
    for axis, table in enumerate(tables):
        members[axis, : table.states] = table.members
    alike = product.alike if symmetry else width
    whole = math.factorial(width - alike)
    for key, page in pages.items():
        first = np.array([t.offsets[c] for t, c in zip(tables, key, strict=True)], np.int64)
        sizes = np.array(page.shape, np.int64)
        _tally(page.ravel(), sizes, first, members, alike, whole, np.array(product.allowed(key)), found)
    totals = [np.zeros((4, t.states, product.contexts), np.int64) for t in product.tables]
    for axis, home in enumerate(product.homes):
        totals[home] += found[axis, :, : product.tables[home].states]
    return totals


@numba.njit(cache=True, error_model="numpy")
def _tally(words, sizes, first, members, alike, whole, allowed, found):  # type: ignore[no-untyped-def]
    """Add a page to what is found: for each component, guard, local state and context, how many states there are."""
    width, contexts = len(sizes), found.shape[3]
    spots = np.zeros(width, np.int64)
    for n in range(len(words)):
        word = np.uint64(words[n])
        if word == 0:
            continue
        rest = np.uint64(n)
        for axis in range(width - 1, -1, -1):
            size = np.uint64(sizes[axis])
            spots[axis] = first[axis] + np.int64(rest % size)
            rest //= size
        many, run = whole, 1
        for axis in range(alike + 1, width):
            run = run + 1 if spots[axis] == spots[axis - 1] else 1
            many //= run
        for context in range(contexts):
            if word >> np.uint64(context) & np.uint64(1):
                for axis in range(width):
                    local = members[axis, spots[axis]]
                    for guard in range(4):
                        if allowed[guard]:
                            found[axis, guard, local, context] += many
