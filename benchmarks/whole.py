"""Writes a system that is searched as a whole for SPIN: the rows that we have made of it, and what looks them up in C.

`bgsync export` writes tables of single tags, so of a system that does not split it writes nothing. Here the states, the
search and the store are SPIN's, as ever; what follows a state is looked up as `bgsync.tables.compiled` does it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bgsync.tables import TableGraph, Tables, explore
from bgsync.tables.lookup import Lookup

AT_ONCE = 8192
C = Path(__file__).with_suffix(".c")
Arrays = dict[str, NDArray[Any]]


def written(tables: Tables, folder: Path) -> TableGraph:
    """Write the model of a system into a folder, and give the graph that it is to have."""
    graph = explore(tables)
    if graph.pools or not graph.complete:
        raise ValueError("the look-ups in C have no bound: take a system that can be explored to its end")
    arrays = _arrays(graph)
    for name, array in arrays.items():
        array.astype(array.dtype if array.dtype == np.uint64 else np.int64).tofile(folder / f"{name}.table")
    shutil.copy(C, folder)
    (folder / "model.pml").write_text("\n".join(_model(graph, arrays)), encoding="utf-8")
    return graph


def _arrays(graph: TableGraph) -> Arrays:
    """Give all tables. One with a place for each group, or for each that comes in, has its rows one after another."""
    lookup, vectors = Lookup(graph.tables, graph.vectors), graph.vectors
    for begin in range(0, len(graph), AT_ONCE):
        some = slice(begin, begin + AT_ONCE)
        lookup(graph.bases[some].astype(np.int64), graph.processes[some].astype(np.int64))
    known, groups = lookup.known()._asdict(), len(graph.tables.groups.known) + 1
    known["after"][0] = np.arange(known["after"].shape[1])
    for name in ("touches", "after"):
        known[name] = known[name][:, :groups]
    known["bases"] = np.array([-1 if one.base is None else one.base.index for one in graph.tables.successors])
    known["busy"], known["flags"] = vectors.signs
    known["presences"] = np.zeros((len(vectors.presences), 2), np.int64)
    rows = vectors.rows[graph.processes]
    told = known["busy"][rows].sum(1), np.bitwise_or.reduce(known["flags"][rows], 1).astype(np.int64)
    known["presences"][vectors.presence(graph.processes)] = np.stack(told, 1)
    return known


def _model(graph: TableGraph, arrays: Arrays) -> Iterator[str]:
    rows = graph.vectors.rows[graph.processes]
    rows = rows[:, int((rows > 0).any(0).argmax()) :]
    sizes = {
        "WIDTH": rows.shape[1],
        "GROUPS": arrays["touches"].shape[1],
        "INTO": arrays["into"].shape[1],
        "MOST": int(np.diff(graph.starts).max()),
        "PLANS": len(arrays["plan_keys"]),
        "CELLS": len(arrays["cell_keys"]),
        "ONWARD": len(arrays["onward_keys"]),
    }
    yield "c_decl {"
    yield from (f"\\#define {name} {size}" for name, size in sizes.items())
    yield '\\#include "whole.c"\n}'
    (first,) = np.flatnonzero(graph.parent < 0).tolist()
    yield f"int base = {graph.bases[first]};"
    yield f"short row[{rows.shape[1]}] = {{ {', '.join(map(str, rows[first].tolist()))} }};\n"
    yield "active proctype whole() {\nend:\n  do"
    for number in range(sizes["MOST"]):
        yield f"  :: d_step {{ c_expr {{ (CAN({number})) }} -> c_code {{ TAKE({number}) }} }}"
    yield "  od\n}\n"
