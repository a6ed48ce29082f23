"""What a user names as a spec: a file, REV:path, a folder, a URL or standard input."""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bgsync.files import no_file
from bgsync.plain import shown
from bgsync.sources import git, text
from bgsync.sources.text import SourceError, check_size, decode

__all__ = ["Source", "SourceError", "load", "load_one"]

SUFFIXES = (".bs", ".html", ".htm")
STANDARD_INPUT = "<standard input>"

_AT_REVISION = re.compile(r"((?:[^:{]|\{[^}]*\})*):(.*)", re.DOTALL)


@dataclass(frozen=True)
class Source:
    """A text, what to call it, and the revision it is from: a short commit hash, or "" outside git.

    A file that differs from HEAD has the revision of HEAD with "+changes". The name goes into messages and reports, so
    it is one harmless line without secrets, whatever it is given as.
    """

    name: str
    text: str
    revision: str = ""
    path: Path | None = None
    """The file that it was read from, if it was one."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", shown(self.name))


def load(target: str) -> tuple[Source, ...]:
    """Give what a target names; a folder gives every spec below it, sorted.

    A target is a path, REV:path inside a git repository, http:// or https:// and more, or "-" for standard input. An
    existing path wins over REV:path. Raises SourceError when there is nothing, or it is no text.
    """
    if os.path.isdir(target):
        return _files(_some_specs(target))
    return (_single(target),)


def load_one(target: str) -> Source:
    """Give the one spec that a target names. Raises SourceError, also when a folder holds several."""
    if not os.path.isdir(target):
        return _single(target)
    paths = _some_specs(target)
    if len(paths) > 1:
        names = ", ".join(map(shown, paths[:5])) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
        raise SourceError(f"{shown(target)}: a folder of {len(paths)} specs, where one is needed; name one of {names}")
    return _files(paths)[0]


def _single(target: str) -> Source:
    if target == "-":
        return Source(STANDARD_INPUT, decode(sys.stdin.buffer.read(text.MAX_BYTES + 1), STANDARD_INPUT))
    if re.match(r"https?://", target, re.IGNORECASE):
        from bgsync.sources import web  # what speaks HTTP takes long to import

        data, charset, _ = web.fetch(target)
        return Source(target, decode(data, shown(target), charset))
    if os.path.lexists(target):
        return _files([Path(target)])[0]
    if scheme := re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", target):
        raise SourceError(f"{shown(target)}: a URL of scheme {scheme[1]!r}; only http and https are fetched")
    if found := _AT_REVISION.fullmatch(target):
        data, commit = git.show(found[1], found[2], Path.cwd())
        return Source(target, decode(data, shown(target)), commit)
    raise SourceError(f"{shown(target) or 'the empty path'}: no such file or folder; {_hint(target)}")


def _files(paths: list[Path]) -> tuple[Source, ...]:
    texts, folders = dict[Path, str](), dict[Path, dict[str, bytes]]()
    for path in paths:
        data = _read(path)
        texts[path] = decode(data, shown(path))
        real = path.resolve()
        folders.setdefault(real.parent, {})[real.name] = data
    states = {folder: git.states(folder, contents) for folder, contents in folders.items()}
    real_paths = {path: path.resolve() for path in paths}
    return tuple(
        Source(str(path), texts[path], states[real_paths[path].parent].get(real_paths[path].name, ""), path)
        for path in paths
    )


def _read(path: Path) -> bytes:
    if kind := no_file(path):
        raise SourceError(f"{shown(path)}: {kind}, where a file is needed; name a file, or - for standard input")
    try:
        with path.open("rb") as file:
            data = file.read(text.MAX_BYTES + 1)
    except OSError as error:
        raise SourceError(
            f"{shown(path)}: cannot be read ({error.strerror}); correct the path or its permissions"
        ) from None
    check_size(len(data), shown(path))
    return data


def specs(folder: str) -> list[Path]:
    """Give every spec below a folder, sorted."""
    return sorted(_walk(folder))


def _some_specs(folder: str) -> list[Path]:
    found = specs(folder)
    if not found:
        kinds = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        raise SourceError(f"{shown(folder)}: no spec below this folder; name a file, or a folder with {kinds} files")
    return found


def _walk(folder: str) -> Iterator[Path]:
    root = Path(folder).resolve()
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
        for name in names:
            path = Path(place, name)
            if path.suffix.lower() in SUFFIXES and path.is_file() and path.resolve().is_relative_to(root):
                yield path


def _hint(target: str) -> str:
    path = Path(target)
    try:
        close = get_close_matches(path.name, os.listdir(path.parent))
    except (OSError, ValueError):
        close = []
    return f"did you mean {', '.join(shown(path.parent / name) for name in close)}?" if close else "correct the path"
