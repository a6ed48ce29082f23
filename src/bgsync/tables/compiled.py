"""The loops of `lookup` and `index` in compiled code (numba, extra `fast`): the same, word by word and row by row.

A state of which something is not known yet is left to `lookup`, which asks the interpreter; so nothing is said here
that was not found there.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Numbers = NDArray[np.integer[Any]]
Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]

_MIX, _HIGH = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


class Known(NamedTuple):
    """All that is known of turns, nodes and entries; an index is its keys and its values."""

    plan_keys: Words
    plan_values: Numbers
    cell_keys: Words
    cell_values: Numbers
    cell_starts: Numbers
    cell_nodes: Numbers
    touches: Numbers
    dropped: Numbers
    begins: Mask
    waits: Mask
    wanted: Numbers
    onward_keys: Words
    onward_values: Numbers
    onward: Numbers
    """The node for each value of the index."""
    starts: Numbers
    many: Numbers
    successors: Numbers
    passings: Numbers
    after: Numbers
    into: Numbers
    holds: Numbers
    objects: Numbers
    most: Numbers
    """How many of a group stand for many."""
    words: Words


class Found(NamedTuple):
    """Where transitions are put."""

    sources: Numbers
    successors: Numbers
    rows: Rows


@numba.njit(cache=True, error_model="numpy")
def _slot(word: np.uint64, size: int) -> np.int64:
    return np.int64((word * _MIX) >> _HIGH) & (size - 1)


@numba.njit(cache=True, error_model="numpy")
def number(
    keys: Words, values: Numbers, words: Words, begin: int, size: int, found: Numbers, new: Mask
) -> tuple[int, int]:
    """Number words as `Index.number` does, from `begin` on, as long as there is room; give how far, and how many."""
    for place in range(begin, len(words)):
        word = words[place]
        slot = _slot(word, len(keys))
        while values[slot] >= 0 and keys[slot] != word:
            slot = (slot + 1) & (len(keys) - 1)
        if values[slot] < 0:
            if 2 * (size + 1) > len(keys):
                return place, size
            keys[slot], values[slot] = word, size
            new[place] = True
            size += 1
        found[place] = values[slot]
    return len(words), size


@numba.njit(cache=True, error_model="numpy")
def expand(
    known: Known,
    bases: Numbers,
    presences: Numbers,
    rows: Rows,
    begin: int,
    found: Found,
    many: int,
    unknown: Mask,
) -> tuple[int, int]:
    """Put the transitions out of states from `begin` on behind `many` others, as long as there is room.

    Gives how far it came, and how many there are; states that are not known are marked, and none of theirs is put.
    It is one function: handing arrays on to another one costs more than what that would do with them.
    """
    plan_keys, plan_values, cell_keys, cell_values, cell_starts, cell_nodes = known[:6]
    touches, dropped, begins, waits, wanted, onward_keys, onward_values, onward = known[6:14]
    starts, counts, successors, passings, after, into, holds, objects, most, words = known[14:]
    out_sources, out_successors, out_rows = found
    width, wide = rows.shape[1], out_rows.shape[1]
    gone, touched = np.zeros(width, np.bool_), np.zeros(width, np.bool_)
    for source in range(begin, len(bases)):
        sure, before, first = True, many, 0
        while first < width and rows[source, first] == 0:
            first += 1
        word = np.uint64(bases[source] << 32 | presences[source])
        slot = _slot(word, len(plan_keys))
        while plan_values[slot] >= 0 and plan_keys[slot] != word:
            slot = (slot + 1) & (len(plan_keys) - 1)
        plan = np.int64(plan_values[slot])
        sure = bool(plan >= 0)
        column = first - 1
        while sure and column < width:
            group, copies = np.int64(0), 0  # nobody's turns come first
            if column >= first:
                group = np.int64(rows[source, column])
                while column + copies < width and rows[source, column + copies] == group:
                    copies += 1
            word = np.uint64(plan << 40 | group << 8 | copies)
            slot = _slot(word, len(cell_keys))
            while cell_values[slot] >= 0 and cell_keys[slot] != word:
                slot = (slot + 1) & (len(cell_keys) - 1)
            cell = np.int64(cell_values[slot])
            sure = bool(cell >= 0)
            turn, end = (cell_starts[cell], cell_starts[cell + 1]) if sure else (0, 0)
            while sure and turn < end:
                node = cell_nodes[turn]
                turn += 1
                for place in range(first, width):
                    gone[place] = group > 0 and rows[source, place] == group
                while sure and waits[node]:  # go on to a node that touches nobody of the frame
                    some = bool(begins[node])
                    for place in range(first, width):
                        one = rows[source, place]
                        touched[place] = False
                        if not gone[place]:
                            if one >= touches.shape[1] or touches[node, one] < 0:
                                sure = False
                            elif touches[node, one] > 0:
                                touched[place] = some = True
                    left, bit = wanted[node], np.int64(1)
                    while left:
                        if left & 1:
                            for place in range(first, width):
                                if not gone[place] and not touched[place] and objects[rows[source, place]] & bit:
                                    touched[place] = some = True
                                    break
                        left, bit = left >> 1, bit << 1
                    leaves = np.int64(0)
                    if dropped[node] > 0:
                        held = np.int64(0)
                        for place in range(first, width):
                            if not gone[place]:
                                held += holds[rows[source, place]]
                        if held < dropped[node]:
                            leaves, some = np.int64(1), True
                            for place in range(first, width):
                                if not gone[place] and holds[rows[source, place]] > 0:
                                    touched[place] = True
                    if not (sure and some):
                        break
                    word = np.uint64(2 * node + leaves) * _FIRST
                    word = (word ^ (word >> np.uint64(31))) * _SECOND
                    word = word ^ (word >> np.uint64(29))
                    for place in range(first, width):
                        if touched[place]:
                            word += words[rows[source, place]]
                            gone[place] = True
                    slot = _slot(word, len(onward_keys))
                    while onward_values[slot] >= 0 and onward_keys[slot] != word:
                        slot = (slot + 1) & (len(onward_keys) - 1)
                    sure = bool(onward_values[slot] >= 0)
                    if sure:
                        node = onward[onward_values[slot]]
                sure = sure and node < len(starts) and starts[node] >= 0
                if not sure:
                    break
                if many + counts[node] > len(out_sources):
                    return source, before
                for entry in range(starts[node], starts[node] + counts[node]):
                    passing, start = passings[entry], wide  # the groups lie in out_rows[many, start:], sorted
                    for place in range(first, width + into.shape[1]):
                        if place >= width:
                            one = np.int64(into[entry, place - width])
                        elif gone[place]:
                            continue
                        else:
                            one = np.int64(rows[source, place])
                            if passing:
                                if passing >= after.shape[0] or one >= after.shape[1] or after[passing, one] < 0:
                                    sure = False
                                    break
                                one = np.int64(after[passing, one])
                        if one == 0:
                            continue
                        start -= 1
                        at = start
                        while at + 1 < wide and out_rows[many, at + 1] < one:
                            out_rows[many, at] = out_rows[many, at + 1]
                            at += 1
                        out_rows[many, at] = one
                    last, same, at = np.int64(0), 0, wide
                    for place in range(wide - 1, start - 1, -1):  # leave out those of which there are more than many
                        one = np.int64(out_rows[many, place])
                        same = same + 1 if one == last else 1
                        last = one
                        if same <= most[one]:
                            at -= 1
                            out_rows[many, at] = one
                    for place in range(at):
                        out_rows[many, place] = 0
                    out_sources[many], out_successors[many] = source, successors[entry]
                    many += 1
            column += max(copies, 1)
        if not sure:
            unknown[source], many = True, before
    return len(bases), many
