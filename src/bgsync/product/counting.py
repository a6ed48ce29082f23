"""Counts in compiled code (numba, extra `fast`): the same as `bgsync.product.reached` does with arrays."""

from collections.abc import Sequence

import numba
import numpy as np
from numpy.typing import NDArray

from bgsync.product.arrays import Joint, Product
from bgsync.product.pages import Pages, packed


def counted(
    product: Product, pages: Pages, joints: Sequence[Joint] = (), *, symmetry: bool
) -> tuple[list[NDArray[np.int64]], list[int]]:
    """Give what `Reached.counts` gives, and how many transitions each of the joint moves has."""
    tables, width, whole = product.components, len(product.homes), packed(product, pages)
    found = np.zeros((width, 4, max(table.states for table in tables), product.contexts), np.int64)
    classes = np.zeros((4, width, max(len(table.sizes) for table in tables)), np.int64)
    members = np.zeros((width, found.shape[2]), np.int64)
    for axis, table in enumerate(tables):
        members[axis, : table.states] = table.members
        columns = np.stack([table.sizes, table.offsets[:-1], table.busy, table.handler])
        classes[:, axis, : len(table.sizes)] = columns
    asked = np.array([(guard, context) for guard, context, _ in joints], np.int64).reshape(-1, 2)
    successors, joint = np.zeros((len(asked), *members.shape), np.int64), np.zeros(len(asked), np.int64)
    for one, (_, _, many) in enumerate(joints):
        for axis, options in enumerate(many):
            successors[one, axis, : len(options)] = options
    alike = product.alike if symmetry else width
    _count(
        whole.rows, whole.starts, whole.words, classes, members, alike, product.room, asked, successors, found, joint
    )
    totals = [np.zeros((4, t.states, product.contexts), np.int64) for t in product.tables]
    for axis, home in enumerate(product.homes):
        totals[home] += found[axis, :, : product.tables[home].states]
    return totals, joint.tolist()


@numba.njit(cache=True, error_model="numpy")
def _count(rows, starts, words, classes, members, alike, room, asked, successors, found, joint):  # type: ignore[no-untyped-def]
    """Add pages to what is found: for each component, guard, local state and context, how many states there are.

    To `joint` is added in how many ways each move that is asked for, a guard and a context, can be taken.
    `classes` has the size, the first place, the invocations in flight and the handler of each class of a component.
    """
    (pages, width), contexts = rows.shape, found.shape[3]
    sizes, first, spots = np.zeros(width, np.int64), np.zeros(width, np.int64), np.zeros(width, np.int64)
    allowed, orders = np.zeros(4, np.bool_), 1
    for many in range(2, width - alike + 1):
        orders *= many
    for page in range(pages):
        busy, called, length = 0, False, 1
        for axis in range(width):
            cls = rows[page, axis]
            sizes[axis], first[axis] = classes[0, axis, cls], classes[1, axis, cls]
            busy += classes[2, axis, cls]
            called = called or classes[3, axis, cls] != 0
            length *= sizes[axis]
        allowed[0], allowed[1], allowed[2], allowed[3] = True, busy < room, called, called and busy < room
        for n in range(length):
            word = np.uint64(words[starts[page] + n])
            if word == 0:
                continue
            rest = np.uint64(n)
            for axis in range(width - 1, -1, -1):
                size = np.uint64(sizes[axis])
                spots[axis] = first[axis] + np.int64(rest % size)
                rest //= size
            many, run = orders, 1
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
            for one in range(len(asked)):
                if allowed[asked[one, 0]] and word >> np.uint64(asked[one, 1]) & np.uint64(1):
                    times = many
                    for axis in range(width):
                        times *= successors[one, axis, members[axis, spots[axis]]]
                    joint[one] += times
