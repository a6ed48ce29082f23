"""A wall clock that can be moved: a few lines of C, compiled where a C compiler is there, and preloaded."""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
import time
from pathlib import Path

from bgsync.files import write

SOURCE = Path(__file__).with_name("clock.c")
SECOND = 10**9
"""Nanoseconds, which the file counts."""


class Clock:
    """The wall clock of a program that is started with `environment`."""

    def __init__(self, folder: Path, library: Path) -> None:
        file = folder / "clock"
        write(file, struct.pack("q", 0))
        with file.open("r+b") as opened:
            self._shift = mmap.mmap(opened.fileno(), 8)
        self.environment = {"LD_PRELOAD": str(library), "BGSYNC_CLOCK": str(file)}

    @property
    def now(self) -> float:
        """What it shows: seconds since 1970."""
        return time.time() + self._ahead / SECOND

    def advance(self, seconds: float) -> None:
        """Move it forward, or back to no earlier than what is true."""
        self._shift[:] = struct.pack("q", max(0, self._ahead + round(seconds * SECOND)))

    @property
    def _ahead(self) -> int:
        return int(struct.unpack("q", self._shift[:])[0])

    def close(self) -> None:
        """Let go of the file."""
        self._shift.close()


def clock(folder: Path) -> Clock | None:
    """Make a clock whose files are in a folder; None where there is no C compiler, or it fails."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    library = folder / "clock.so"
    done = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-o", library, SOURCE], capture_output=True, check=False
    )
    return Clock(folder, library) if done.returncode == 0 else None
