"""Waiting for another process: for an event, and as long as this machine, with all else that runs on it, may need."""

import subprocess
import sys
import time
from collections.abc import Callable

PATIENCE = 60.0
"""How many seconds an idle machine may take for what it does in one."""

UNIT = 0.15
"""How many seconds such a machine takes for the piece of work that is measured, the start of Python included."""

WORK = "for number in range(1_000_000): pass"


def patience() -> float:
    """Give the seconds to wait on this machine as it is now: a piece of work is done, and the wait is scaled by it."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-I", "-c", WORK], check=True)
    return PATIENCE * max(1.0, (time.monotonic() - began) / UNIT)


def wait_until(happened: Callable[[], bool], told: Callable[[], str] = lambda: "") -> None:
    """Wait for an event. Fails, and says what was told by then, after a wait in which nothing can be due any more."""
    began = time.monotonic()
    while not happened():
        waited = time.monotonic() - began
        assert waited < PATIENCE or waited < patience(), told()
        time.sleep(0.01)
