"""All that a command says goes through here, so that nothing from outside reaches a terminal or a build server raw.

`say` and `console` are for people: in the encoding of the terminal, with other signs where it lacks those used. `emit`
is for programs: in UTF-8, whatever the locale. Whoever reads may stop at any time: that is no error.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, NoReturn, TextIO, cast

import click
from rich.console import Console
from rich.text import Text

from bgsync.plain import flat, visible, without_commands, without_secrets

CLOSED = 141
"""The exit status when whoever reads has stopped: that of a tool which SIGPIPE ends."""

_SIGNS = {
    "✓": "+", "✗": "x", "∅": "0", "→": "->", "−": "-", "±": "+-", "»": ">>", "…": "...", "·": "-", "–": "-", "—": "-",
    "“": '"', "”": '"', "‘": "'", "’": "'", "×": "x",
}  # fmt: skip
_HANDLER = "bgsync.signs"


def _other_signs(error: UnicodeError) -> tuple[str, int]:
    """Write what an encoding does not have in ASCII: signs that look alike, else escapes."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_SIGNS.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in lacking), error.end


codecs.register_error(_HANDLER, _other_signs)


class _Readable:
    """Standard output, whose reader may stop, and whose disk may be full; lines that look like commands are none."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write text, and send it on its way."""
        with _written_to(self.stream):
            self.stream.write(without_commands(text))
            self.stream.flush()
        return len(text)

    def flush(self) -> None:
        """Do nothing: all is on its way."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def _written_to(stream: TextIO) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        _silence(stream)
        sys.exit(CLOSED)
    except OSError as error:
        _silence(stream)
        fail(f"standard output: cannot be written ({error.strerror}); make room, or write elsewhere")


def _silence(stream: TextIO) -> None:
    """Let what is still to be written go nowhere: Python writes it when it ends, and would complain."""
    with suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


@contextmanager
def prepared() -> Iterator[None]:
    """Make standard output and error take every character, and be there; a reader of the first may stop."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # it was closed before we began
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_HANDLER)
    before, sys.stdout = sys.stdout, cast("TextIO", _Readable(sys.stdout))
    try:
        yield
    finally:
        sys.stdout = before


def say(text: str, *, err: bool = False) -> None:
    """Say something to people, on standard output or error."""
    shown = visible(text) + "\n"
    if not err:
        sys.stdout.write(shown)
        return
    with suppress(OSError):
        sys.stderr.write(without_commands(without_secrets(shown)))
        sys.stderr.flush()


def emit(made: str | bytes) -> None:
    """Give something to programs, on standard output."""
    data = made if isinstance(made, bytes) else (visible(made).rstrip("\n") + "\n").encode()
    with _written_to(sys.stdout):
        sys.stdout.flush()
        binary: IO[bytes] = sys.stdout.buffer
        binary.write(data)
        binary.flush()


def fail(message: object) -> NoReturn:
    """End with one line on what was wrong with the input."""
    if isinstance(message, OSError) and message.strerror:
        place = "" if message.filename is None else f"{message.filename}: "
        message = f"{place}{message.strerror}; correct the path or its permissions"
    say(f"error: {flat(message)}", err=True)
    sys.exit(2)


def misused(error: click.ClickException) -> NoReturn:
    """End with what was wrong with the usage, as click words it."""
    said = io.StringIO()
    error.show(said)
    text = said.getvalue().rstrip("\n")
    if error.message and not isinstance(error, click.exceptions.NoArgsIsHelpError):
        text = text.replace(error.message, flat(error.message))
    say(text, err=True)
    sys.exit(error.exit_code)


class _Plain(Console):
    """A console on which every string is harmless, in tables, too; its own colours stay."""

    def render_str(self, text: str, **how: Any) -> Text:
        """Make a string harmless before its markup is read."""
        return super().render_str(visible(text), **how)


def console() -> Console:
    """Give a console for a report: as wide as the terminal, or 110 columns."""
    return _Plain(width=None if sys.stdout.isatty() else 110, soft_wrap=False, emoji=False)
