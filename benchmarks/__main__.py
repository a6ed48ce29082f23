"""python -m benchmarks: builds the others from the exported model, runs them and us in turn, and writes the results."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.measure import FailedError, Run, run
from benchmarks.peers import PEERS, Peer
from benchmarks.results import AS_A_WHOLE, Growth, Result, page, result
from benchmarks.sizes import GROWTH, QUICK, SIZES, WHOLE, Size

ROOT = Path(__file__).parents[1]
OURS = {
    "python": ("plain Python search, the interpreter", 20_000),
    "tables": ("bgsync tables, compiled", 3_000_000),
    "tables numpy": ("bgsync tables, NumPy", 3_000_000),
    "rows known": ("bgsync tables, compiled, rows known", 3_000_000),
    "numpy levels": ("bgsync product, NumPy, breadth first", 20_000),
    "numpy": ("bgsync product, NumPy, saturation", 200_000),
    "levels": ("bgsync product, compiled, breadth first", 10**9),
    "saturation": ("bgsync product, compiled, saturation", 10**9),
    "symmetry": ("bgsync product, compiled, saturation, symmetry", 10**9),
}
"""Our engines: what they are called, and how many states they are tried with at most."""
COMPILED = ("saturation", "levels", "symmetry")
ON_WHOLE = ("tables", "rows known", "tables numpy")


class DisagreeError(Exception):
    """Two engines count different states."""


def main() -> None:
    """Measure, and write results.md and the plots."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the small sizes only, in less than two minutes")
    parser.add_argument("--runs", type=int, default=3, help="how often each is run; medians are told (default: 3)")
    parser.add_argument(
        "--budget", type=float, default=900, help="begin nothing new after so many seconds (default: 900)"
    )
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, help="the folder for the results")
    asked = parser.parse_args()
    bench = Bench(asked.runs, asked.quick, time.monotonic() + asked.budget)
    with tempfile.TemporaryDirectory() as folder:
        bench.cold(Path(folder))
        growth = [] if asked.quick else list(bench.growth())
        for size in QUICK if asked.quick else (*WHOLE, *SIZES):
            (Path(folder) / size.name).mkdir()
            bench.size(size, Path(folder) / size.name)
    asked.output.mkdir(parents=True, exist_ok=True)
    (asked.output / "results.md").write_text(page(bench.results, growth, bench.notes, bench.head()), encoding="utf-8")
    try:
        from benchmarks.plots import plot

        plot(bench.results, growth, asked.output)
    except ImportError:
        print("no plots: pip install 'bgsync[bench]'", file=sys.stderr)
    print(f"written to {asked.output}")


class Bench:
    """What was measured so far."""

    def __init__(self, runs: int, quick: bool, until: float) -> None:
        self.runs, self.quick, self.until = runs, quick, until
        self.results: list[Result] = []
        self.notes: list[str] = []
        self.tables: dict[Size, tuple[float, int]] = {}
        self.compiling = 0.0

    def size(self, size: Size, folder: Path) -> None:
        """Measure everything on one size. Raises DisagreeError."""
        if self._late("everything", size):
            return
        told = self._ours("prepare", size, folder)
        self.tables[size] = (told["tables"], max(told["locals"]))
        states: int | None = None
        if size.whole:
            for engine in ON_WHOLE:
                states = self.add(self._engine(engine, size, folder, states or 0), states)
            for peer in (peer for peer in PEERS if "spin" in peer.tools):
                states = self.add(self._peer(peer, size, folder, states or 0), states)
            return
        for engine in COMPILED:
            states = self.add(self._engine(engine, size, folder, states or 0), states)
        for peer in PEERS:
            states = self.add(self._peer(peer, size, folder, states or 0), states)
        for engine in (name for name in OURS if name not in (*COMPILED, "rows known")):
            states = self.add(self._engine(engine, size, folder, states or 0), states)

    def add(self, found: Result | None, states: int | None) -> int | None:
        """Keep a result and give its count of states. Raises DisagreeError."""
        if found is None:
            return states
        if states is not None and found.states != states:
            raise DisagreeError(f"{found.size}: {found.engine} counts {found.states:,} states, not {states:,}")
        self.results.append(found)
        print(f"{found.size}: {found.engine}: {found.states:,} states, {found.cpu:.3g} s", file=sys.stderr, flush=True)
        return found.states

    def _engine(self, engine: str, size: Size, folder: Path, states: int) -> Result | None:
        title, most = OURS[engine]
        most = most // 10 if self.quick else most
        if states > most:
            self.note(f"{title} is not tried with more than {most:,} states.")
            return None
        if self._late(title, size):
            return None
        try:
            told = self._ours(engine, size, folder, self.runs)
        except FailedError as error:
            self.note(f"{title}, {size.title}: {error}")
            return None
        (count,) = told["states"]
        title += AS_A_WHOLE * size.whole
        return result(title, size.title, count, told["wall"], told["cpu"], told["memory"], told["first"])

    def _peer(self, peer: Peer, size: Size, folder: Path, states: int) -> Result | None:
        if peer.missing:
            self.note(f"{peer.name}: {' and '.join(peer.missing)} not found")
            return None
        if not peer.tries(states, self.tables[size][1]):
            limits = f"{peer.most:,} states or {peer.largest:,} local states of a tag"
            self.note(f"{peer.name} is not tried with more than {limits}.")
            return None
        if self._late(peer.name, size):
            return None
        try:
            before = peer.built(folder)
            counts, runs = set[int](), list[Run]()
            while len(runs) < self.runs and sum(one.wall for one in runs) < 15:
                count, took = peer.measured(folder, states)
                counts.add(count)
                runs.append(took)
        except FailedError as error:
            self.note(f"{peer.name}, {size.title}: {error}")
            return None
        (count,) = counts
        memory = max(one.memory for one in runs)
        name = peer.name + AS_A_WHOLE * size.whole
        return result(name, size.title, count, [r.wall for r in runs], [r.cpu for r in runs], memory, before)

    def note(self, what: str) -> None:
        """Note once what is not measured."""
        if what not in self.notes:
            self.notes.append(what)

    def _late(self, name: str, size: Size) -> bool:
        if late := time.monotonic() > self.until:
            self.note(f"{name}, {size.title}: there was no time left")
        return late

    def _ours(
        self, engine: str, size: Size, folder: Path, *more: int, env: dict[str, str] | None = None
    ) -> dict[str, Any]:
        command = [sys.executable, "-m", "benchmarks.ours", engine, size.name, str(folder), *map(str, more)]
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        took = run(command, folder, env={"PYTHONPATH": path} | (env or {}))
        told: dict[str, Any] = json.loads(took.output.splitlines()[-1])
        return told | {"memory": took.memory}

    def cold(self, folder: Path) -> None:
        """Measure how long the kernels take to be compiled, once, with an empty cache."""
        size, cache = Size(1, 1), folder / "cache"
        self._ours("prepare", size, folder)
        cold, warm = (self._ours("saturation", size, folder, 1, env={"NUMBA_CACHE_DIR": str(cache)}) for _ in range(2))
        self.compiling = cold["first"] - warm["first"]

    def growth(self) -> Iterator[Growth]:
        """Measure how states and time grow with tags and calls."""
        for size in GROWTH:
            if not self._late("growth", size):
                with tempfile.TemporaryDirectory() as folder:
                    told = self._ours("grow", size, Path(folder))
                yield Growth(
                    size,
                    told["local"],
                    told["states"],
                    told["tables"],
                    told["cpu"],
                    told["stored"],
                    told["minimal"],
                )

    def head(self) -> str:
        """Say when, on what and how it was measured."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        return HOW.format(
            date=f"{date.today():%d %B %Y}",
            machine=f"{os.cpu_count()} cores and {memory:.0f} GB of memory ({platform.machine()}, {platform.system()})",
            python=platform.python_version(),
            runs=self.runs,
            compiling=self.compiling,
        )


HOW = """\
{date}, on a machine with {machine}, Python {python}. Made by
`python -m benchmarks`; [docs/speed.md](../docs/speed.md) says what it means.

* All engines explore the same states of a built-in model at granularity `step`. Their counts agreed, or nothing would
  be here. The peers read what `bgsync export` writes, less what leads nowhere new. *As a whole*: SPIN looks up the rows
  that our tables have made by then, in C; it has states that removed registrations are in, too.
* Medians of up to {runs} runs, of fewer where they take more than 15 s together.
* *Processor* time is user and system time of the process; *wall* time shows what else went on on the machine. It is the
  time of the search alone; *before* has what comes once before it: compiling the peer, or loading
  Python and the kernels. Making the tables, which all but the plain search start from, is in the table of growth; the
  engine *tables* makes its own.
* Compiling the kernels takes {compiling:.0f} s of wall time, once after an installation.
* *Each of 2 cores*: the processor time of one of SPIN's two processes; add the other for all of it.
* *Ratio*: how many times faster than the better of SPIN's two modes on one core, by processor time and the same count
  of states. *Symmetry* explores fewer states for it: that is another amount of work.
* *Memory* is the largest resident set of the process, Python and its libraries included; for a peer never less than
  that of the Python that starts it. *Bits a state*: what it has over its smallest size."""


if __name__ == "__main__":
    main()
