"""What a check may spend: time and memory, and the patience of whoever started it."""

import importlib.util
import sys
import time
from pathlib import Path
from typing import Any

STATUS = Path("/proc/self/status")


class Budget:
    """A budget: `seconds` from now on, and `megabytes` that each process may have at once.

    With `files=False` what lies in files does not count, where the system (Linux) tells it from the rest: it makes
    room when others want it. Raises ValueError where memory cannot be measured.
    """

    def __init__(self, seconds: float | None = None, megabytes: int | None = None, *, files: bool = True) -> None:
        if megabytes is not None and importlib.util.find_spec("resource") is None:
            raise ValueError("this system does not say how much memory a process has: leave the budget of memory out")
        self.seconds, self.megabytes, self.files = seconds, megabytes, files
        self._ends = None if seconds is None else time.monotonic() + seconds
        self._stopped: Any = None
        self.spent = ""
        """Why it ended, in words; empty as long as something is left."""

    def share(self, event: Any) -> None:
        """Let several processes know by an event when the user stops it."""
        self._stopped = event

    def stop(self) -> None:
        """Stop all who share it."""
        self._stopped.set()

    def check(self) -> None:
        """Raise KeyboardInterrupt when nothing is left."""
        if self._stopped is not None and self._stopped.is_set():
            raise KeyboardInterrupt
        if self._ends is not None and time.monotonic() > self._ends:
            self.spent = f"not decided within {self.seconds:g} s: --time gives it more"
        elif self.megabytes is not None and _megabytes(self.files) > self.megabytes:
            self.spent = f"not decided within {self.megabytes:,} MB: --memory gives it more"
        if self.spent:
            raise KeyboardInterrupt


def _megabytes(files: bool) -> float:
    """Give the most memory that this process has had so far; without `files`, what it has now."""
    import resource

    if not files and STATUS.exists():
        (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith("RssAnon:"))
        return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most / 1024
