"""One engine of bgsync on one size, in a process of its own: prints what it found and took, as JSON.

python -m benchmarks.ours prepare SIZE FOLDER      makes the product and the models for the others
python -m benchmarks.ours ENGINE SIZE FOLDER RUNS
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.sizes import Size, size_of
from benchmarks.whole import written
from bgsync.explore.search import explore as explore_plainly
from bgsync.export import LANGUAGES, writer
from bgsync.export.model import model_of
from bgsync.judge.product import colours
from bgsync.product import search
from bgsync.product.arrays import Product, closed
from bgsync.product.pages import Pages, count
from bgsync.shipped.model.background_sync.monitors import CALLS
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.tables import Tables, explore, index


def product_in(folder: Path) -> Product:
    """Give the product that was prepared."""
    product: Product = pickle.loads((folder / "product.pickle").read_bytes())
    return product


def prepare(size: Size, folder: Path) -> dict[str, object]:
    """Make the product and write what every engine and peer reads."""
    began = time.process_time()
    if size.whole:
        written(Tables(size.system()), folder)
        return {"tables": time.process_time() - began, "locals": [0]}
    whole = closed(Tables(size.system()))
    seconds = time.process_time() - began
    (folder / "product.pickle").write_bytes(pickle.dumps(whole.product))
    model = model_of(whole, [], distinct=True)
    for language, (ending, *_) in LANGUAGES.items():
        (folder / f"model{ending}").write_text(writer(language)(model, f"model{ending}"))
    locals_ = [len(part.locals) for part in whole.parts]
    return {"tables": seconds, "locals": locals_, "contexts": whole.product.contexts}


# --- on the system


def _plain(size: Size) -> int:
    graph = explore_plainly(size.system())
    return sum(not state.disjoint for state in graph.states)


def _states(tables: Tables) -> int:
    return len(explore(tables))


def _tables(size: Size, *, fast: bool = True) -> int:
    index.FAST = fast
    if size.whole:
        return _states(Tables(size.system()))
    graph = explore(Tables(size.system()))
    apart = np.array([base.state.disjoint for base in graph.tables.bases])
    return int((~apart[graph.bases]).sum())


# --- on the product


def _saturated(product: Product, *, symmetry: bool = False, fast: bool = True) -> Pages:
    pages, complete = search.reachable(product, fast=fast, symmetry=symmetry)
    assert complete
    return pages


def _all(product: Product, pages: Pages) -> int:
    """Count the states for which those with sorted components stand."""
    from bgsync.product.counting import counted  # and numba, which would count as memory of the other engines

    counts, _ = counted(product, pages, symmetry=True)
    return int(counts[0][0].sum())


ON_SYSTEM: dict[str, Callable[[Size], int]] = {
    "python": _plain,
    "tables": _tables,
    "tables numpy": partial(_tables, fast=False),
}
ON_PRODUCT: dict[str, Callable[[Product], int]] = {
    "numpy levels": lambda product: sum(search.levels(product, fast=False)),
    "numpy": lambda product: count(_saturated(product, fast=False)),
    "levels": lambda product: sum(search.levels(product, fast=True)),
    "saturation": lambda product: count(_saturated(product)),
    "symmetry": lambda product: _all(product, _saturated(product, symmetry=True)),
}
"""Engines. They count the states of a size; of one that is not searched as a whole, without removed registrations."""

ROWS_KNOWN = "rows known"
"""The tables once more: what the interpreter was asked for the first time is there."""


def measured(engine: str, size: Size, folder: Path, runs: int) -> dict[str, object]:
    """Run an engine several times. What loading it takes, compiled kernels among it, is told apart as `first`."""
    began = time.perf_counter()
    if engine in ON_PRODUCT:
        ON_PRODUCT[engine](closed(Tables(Size(1, 1).system())).product)
        go = partial(ON_PRODUCT[engine], product_in(folder))
    elif engine == ROWS_KNOWN:
        tables = Tables(size.system())
        go = partial(_states, tables)
        go()
    else:
        go = partial(ON_SYSTEM[engine], size)
    first = time.perf_counter() - began
    states, wall, cpu = set[int](), list[float](), list[float]()
    while len(wall) < runs and sum(wall) < PATIENCE:
        clocks = time.perf_counter(), time.process_time()
        states.add(go())
        wall.append(time.perf_counter() - clocks[0])
        cpu.append(time.process_time() - clocks[1])
    return {"states": sorted(states), "wall": wall, "cpu": cpu, "first": first}


def grow(size: Size) -> dict[str, object]:
    """Say what a size is made of, and what symmetry and minimisation save."""
    ON_PRODUCT["symmetry"](closed(Tables(Size(1, 1).system())).product)
    began = time.process_time()
    whole = closed(Tables(size.system()))
    tables = time.process_time() - began
    pages = _saturated(whole.product, symmetry=True)
    cpu = time.process_time() - began - tables
    tables_ = Tables(size.system())
    judged = [prop for prop in PROPERTIES if CALLS in prop.monitors]
    return {
        "local": len(whole.parts[1].locals),
        "minimal": len(closed(tables_, colours=colours(tables_, judged)).parts[1].locals),
        "states": _all(whole.product, pages),
        "stored": count(pages),
        "tables": tables,
        "cpu": cpu,
    }


PATIENCE = 15
"""After so many seconds no further run is begun."""


def main() -> None:
    """Do what the command line says."""
    engine, name, folder, *runs = sys.argv[1:]
    if engine == "prepare":
        told = prepare(size_of(name), Path(folder))
    elif engine == "grow":
        told = grow(size_of(name))
    else:
        told = measured(engine, size_of(name), Path(folder), int(runs[0]))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
