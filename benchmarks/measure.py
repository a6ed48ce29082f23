"""Runs a command and says what it took: wall time, processor time of it and its children, and its largest memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """What a command printed and took."""

    output: str
    wall: float
    cpu: float
    """User and system time of the process and of what it waited for, in seconds."""
    memory: int
    """The largest resident set of the process, in bytes."""


class FailedError(Exception):
    """A command failed or took too long; says how."""


def run(command: Sequence[str], folder: Path, *, seconds: float = 600, env: dict[str, str] | None = None) -> Run:
    """Run a command. Raises FailedError."""
    with (folder / "output.txt").open("w+b") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, env=os.environ | (env or {})
        )
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            wall = time.perf_counter() - began
            if pid:
                break
            if wall > seconds:
                process.kill()
                process.returncode = os.waitstatus_to_exitcode(os.wait4(process.pid, 0)[1])
                raise FailedError(f"took more than {seconds:.0f} s")
            time.sleep(min(0.05, wall / 20 + 0.0005))
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        told = output.read().decode(errors="replace")
    if process.returncode != 0:
        raise FailedError(f"{command[0]} ended with {process.returncode}: {told.strip()[-300:]}")
    scale = 1 if sys.platform == "darwin" else 1024
    return Run(told, wall, used.ru_utime + used.ru_stime, used.ru_maxrss * scale)
