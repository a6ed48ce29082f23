"""What a check may spend: time and memory, and the patience of whoever started it."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path
from typing import Any

STATUS = Path("/proc/self/status")

GRACE = 1.0
"""How many seconds of processor time there are, when the time is up, to read what is judged and to tell what was found;
half as many when the user stopped it."""
LATE = 0.03
"""What part of the time that was given there is more: the more was seen, the longer it takes to read."""


class SpentError(KeyboardInterrupt):
    """A budget ended what was done; the message says which one. What is interrupted by it is so as by the user."""


class Budget:
    """A budget: `seconds` from now on, and `megabytes` that each process may have at once.

    With `files=False` what lies in files does not count, where the system (Linux) tells it from the rest: it makes
    room when others want it. Raises ValueError where memory cannot be measured.

    `check` ends a search. What comes before and after it is ended by `finish`, which grants a little more.
    """

    def __init__(self, seconds: float | None = None, megabytes: int | None = None, *, files: bool = True) -> None:
        if megabytes is not None and importlib.util.find_spec("resource") is None:
            raise ValueError("this system does not say how much memory a process has: leave the budget of memory out")
        self.seconds, self.megabytes, self.files = seconds, megabytes, files
        self._ends = None if seconds is None else time.monotonic() + seconds
        self._late: float | None = None
        self._stopped: Any = None
        self.spent = ""
        """Why it ended, in words; empty as long as something is left."""

    def within(self, seconds: float) -> None:
        """Take no more than so many seconds from now on."""
        ends = time.monotonic() + seconds
        if self._ends is None or ends < self._ends:
            self.seconds, self._ends = seconds, ends

    def half(self) -> Budget:
        """Give a budget with half of the time that is left, for the first one of two."""
        made = Budget(self.seconds and self.seconds / 2, self.megabytes, files=self.files)
        if self._ends is not None:
            now = time.monotonic()
            made._ends = now + max(self._ends - now, 0) / 2
        return made

    def share(self, event: Any) -> None:
        """Let several processes know by an event when the user stops it."""
        self._stopped = event

    def stop(self) -> None:
        """Stop all who share it."""
        self._stopped.set()

    def is_stopped(self) -> bool:
        """Whether the user stopped it."""
        return self._stopped is not None and self._stopped.is_set()

    def check(self) -> None:
        """Raise SpentError when nothing is left, and KeyboardInterrupt when the user stopped it."""
        if self.is_stopped():
            raise KeyboardInterrupt
        if self._is_over():
            self.spent = self._out_of_time
        elif self.megabytes is not None and _megabytes(self.files) > self.megabytes:
            self.spent = f"ran out of memory, not decided within {self.megabytes:,} MB: --memory gives it more"
        if self.spent:
            raise SpentError(self.spent)

    def once(self) -> None:
        """Do so until it has ended a search; what is made of what that found is then ended by `finish`."""
        if self.spent:
            self.finish()
        else:
            self.check()

    def finish(self) -> None:
        """Do so when it is up for what comes before and after a search: that has GRACE more, of processor time."""
        stopped = self.is_stopped()
        if not stopped and not self._is_over():
            return
        if self._late is None:
            self._late = time.process_time()
        late = time.process_time() - self._late
        if stopped and late > GRACE / 2:
            raise KeyboardInterrupt
        if late > max(GRACE, LATE * (self.seconds or 0)):
            self.spent = self._out_of_time
            raise SpentError(self.spent)

    def _is_over(self) -> bool:
        return self._ends is not None and time.monotonic() > self._ends

    @property
    def _out_of_time(self) -> str:
        return f"ran out of time, not decided within {self.seconds:g} s: --time gives it more"


def _megabytes(files: bool) -> float:
    """Give the most memory that this process has had so far; without `files`, what it has now."""
    import resource

    if not files and STATUS.exists():
        (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith("RssAnon:"))
        return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most / 1024
