"""What every command needs: names that are known, and a progress line."""

from __future__ import annotations

import difflib
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from bgsync.cli.out import fail
from bgsync.plain import flat

if TYPE_CHECKING:
    from bgsync.judge.pace import Far

EPILOG = "Exit status: 0 nothing wrong, 1 something violated, 2 bad input or usage, 3 inconclusive or interrupted."


def choose(kind: str, wanted: Iterable[str], known: list[str]) -> None:
    """Refuse a name that is not known."""
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.75)
            fail(f"unknown {kind} {name!r}: {f'did you mean {near[0]}? ' if near else ''}one of {', '.join(known)}")


def again(**changes: Any) -> str:
    """Give this command as it was given, with other values of some parameters; None leaves one out."""
    context = click.get_current_context()
    words = ["bgsync", context.info_name or ""]
    given = {**context.params, **changes}
    for parameter in context.command.params:
        name, value = parameter.name or "", given.get(parameter.name or "")
        asked = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if value is None or not (asked or name in changes):
            continue
        option = parameter.opts[:1] if isinstance(parameter, click.Option) else []
        if isinstance(value, bool):
            words += option if value else parameter.secondary_opts[:1]
        else:
            words += [word for one in (value if isinstance(value, tuple) else (value,)) for word in (*option, str(one))]
    return shlex.join(words)


class Line:
    """How far a command is, on standard error: one steady line in a terminal, elsewhere a line now and then."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.told, self.shown = self.began, ""

    def __call__(self, far: Far) -> None:
        """Show how far a check or an exploration is."""
        broken = f", {len(far.broken)} broken so far" if far.broken else ""
        whole = f"{far.done} of {far.planned} explorations{broken}; " if far.planned else ""
        pace = f", {far.pace}" if far.pace else ""
        self.tell(f"{whole}{far.what}: {far.states:,} states{pace}" if far.what else whole.rstrip("; "))

    def of(self, what: str) -> Callable[..., None]:
        """Give what shows how far one exploration is, called with its states and its depth."""
        from bgsync.judge.pace import Far

        return lambda states, depth, *_: self(Far(what, states, f"depth {depth}"))

    def tell(self, text: str) -> None:
        """Show something else."""
        now, steady = time.monotonic(), sys.stderr.isatty()
        if now - self.told < (STEADY if steady else SELDOM) or now - self.began < 1:
            return
        self.told = now
        told = f"{now - self.began:.0f} s: {flat(text)}"
        if steady:
            self.shown = told[: max(shutil.get_terminal_size().columns - 1, 1)]
            _write(f"\r\033[K{self.shown}")
        else:
            _write(f"{told}\n")

    def end(self) -> None:
        """Take the line away."""
        if self.shown:
            self.shown = ""
            _write("\r\033[K")


STEADY, SELDOM = 0.2, 10.0
"""How many seconds pass before something else is shown, in a terminal and elsewhere."""


def _write(text: str) -> None:
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()
