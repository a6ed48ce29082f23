"""What every command needs: names that are known, and a progress line."""

import sys
import time
from contextlib import suppress

from bgsync.cli.out import fail
from bgsync.plain import flat

EPILOG = "Exit status: 0 nothing wrong, 1 something violated, 2 bad input or usage, 3 inconclusive or interrupted."


def choose(kind: str, wanted: tuple[str, ...], known: list[str]) -> None:
    """Refuse a name that is not known."""
    for name in wanted:
        if name not in known:
            fail(f"unknown {kind} {name!r}: one of {', '.join(known)}")


class Line:
    """A progress line on standard error, from the second second on, where that is a terminal."""

    def __init__(self) -> None:
        self.began, self.shown = time.monotonic(), False

    def __call__(self, what: str, states: int, depth: int, far: str = "") -> None:
        """Show how far an exploration is; `far` says more of it than its depth."""
        seconds = time.monotonic() - self.began
        self.tell(f"exploring {what}: {states:,} states, {far or f'depth {depth}'}, {seconds:.0f} s")

    def tell(self, text: str) -> None:
        """Show something else."""
        if time.monotonic() - self.began > 1 and sys.stderr.isatty():
            self.shown = True
            _draw(text)

    def end(self) -> None:
        """Take the line away."""
        if self.shown:
            _draw("")


def _draw(line: str) -> None:
    with suppress(OSError):
        sys.stderr.write(f"\r\033[K{flat(line)}")
        sys.stderr.flush()
