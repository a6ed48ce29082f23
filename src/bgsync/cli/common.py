"""What every command needs: errors in one line, and a progress line."""

import sys
import time
from typing import NoReturn

import click
from rich.console import Console

EPILOG = "Exit status: 0 nothing wrong, 1 something violated, 2 bad input or usage, 3 inconclusive or interrupted."


def fail(message: object) -> NoReturn:
    """End with one line on what was wrong with the input."""
    click.echo(f"error: {message}", err=True)
    sys.exit(2)


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
        if seconds > 1 and sys.stderr.isatty():
            self.shown = True
            click.echo(
                f"\r\033[Kexploring {what}: {states:,} states, {far or f'depth {depth}'}, {seconds:.0f} s",
                nl=False,
                err=True,
            )

    def end(self) -> None:
        """Take the line away."""
        if self.shown:
            click.echo("\r\033[K", nl=False, err=True)


def console() -> Console:
    """Give a console for a report: as wide as the terminal, or 110 columns."""
    return Console(width=None if sys.stdout.isatty() else 110, soft_wrap=False, emoji=False)
