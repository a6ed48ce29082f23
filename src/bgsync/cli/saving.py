"""Where a command may write: never over what it reads, nor over a file of another kind."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from bgsync.cli.out import emit, fail
from bgsync.files import FileError, write

written_option = click.option(
    "--output", "-o", "path", type=click.Path(dir_okay=False, writable=True), default="-", metavar="FILE",
    help="Where to write it. Default: standard output.",
)  # fmt: skip


def page_option(says: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make the option that names a page to write, with what it says in the help."""
    kind = click.Path(dir_okay=False, writable=True, path_type=Path)
    return click.option("--html", "page", type=kind, metavar="FILE", help=says)


OUTPUTS = ("path", "files", "page")
"""The parameters of commands that name what is written; all others name what is read, if they name a file."""

PAGE = (".html", ".htm")
"""How the files of a report as a page end. So do specs, so a page that is there must be a report."""
MARKS = (b"<title>bgsync report</title>", b"<title>bgsync simulator</title>")


def claim(path: str | Path, endings: tuple[str, ...]) -> None:
    """End with one line where a file must not be written, before anything is explored.

    A file that is there must have an ending of the form that is written, unless it is empty: so neither a text nor
    anything else is lost by a slip. What is there and no file, such as /dev/null, may always be written to.
    """
    place = Path(os.path.realpath(path))
    if str(path) == "-":
        return
    if not place.exists() and not (place.parent.is_dir() and os.access(place.parent, os.W_OK)):
        fail(f"{path}: cannot be written there; make the folder {place.parent}, or name another one")
    if not place.is_file():
        return
    if any(os.path.samefile(place, one) for one in _read_files()):
        fail(f"{path}: this is a file that is read, and writing would overwrite it; name another file")
    if not place.stat().st_size:
        return
    if not place.name.lower().endswith(endings):
        fail(
            f"{path}: there is a file of another kind ({place.name}), and writing would overwrite it; "
            f"name a file that ends in {' or '.join(endings)}, or remove that one"
        )
    if endings == PAGE and not _is_report(place):
        fail(f"{path}: there is a page that is no report, and writing would overwrite it; name another file")


def _is_report(place: Path) -> bool:
    with place.open("rb") as file:
        begins = file.read(2000)
    return any(mark in begins for mark in MARKS)


def save(path: str | Path, made: str | bytes) -> None:
    """Write a file, or on standard output for "-". Ends with one line where it cannot be written."""
    if str(path) == "-":
        emit(made)
        return
    try:
        write(path, made)
    except FileError as error:
        fail(error)


def _read_files() -> Iterator[Path]:
    """Give the files that this command reads, as far as its parameters name them."""
    context = click.get_current_context(silent=True)
    named = {} if context is None else context.params
    for name, value in named.items():
        if name not in OUTPUTS:
            yield from _files(value)


def _files(value: Any) -> Iterator[Path]:
    if isinstance(value, tuple | list):
        for one in value:
            yield from _files(one)
    elif isinstance(value, str | Path) and "\0" not in str(value):
        path = Path(value)
        yield from (one for one in (path, Path(f"{value}.read-as.toml")) if one.is_file())
        if path.is_dir():
            from bgsync.sources.source import specs

            yield from specs(str(path))
