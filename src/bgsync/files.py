"""Files as a user has them: one is read only if it is one, and written whole or not at all."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from bgsync.errors import BgsyncError
from bgsync.plain import flat, visible

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


UNFINISHED: set[Path] = set()
"""What is being written just now: whoever ends the process without a word takes it away first."""


class FileError(BgsyncError, OSError):
    """A file that cannot be written: one line that names the file, the cause and the repair."""


def no_file(path: str | os.PathLike[str]) -> str:
    """Say what a path is that is there and no file; "" for a file, and where nothing is there. Nothing is opened."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return ""
    return next((name for is_kind, name in _KINDS if is_kind(mode)), "")


def write(path: str | os.PathLike[str], made: str | bytes) -> None:
    """Write a file, in UTF-8 and made harmless where it is text. Raises FileError.

    It is written beside the one of before and then takes its name, so that there is always a whole one. What is there
    and no file, such as a pipe, is written to as it is.
    """
    data = visible(made).encode() if isinstance(made, str) else made
    try:
        if no_file(path):
            with open(path, "wb") as stream:
                stream.write(data)
        else:
            _replace(Path(os.path.realpath(path)), data)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise FileError(f"{flat(path)}: cannot be written ({cause}); correct the path, or make room there") from None


def _replace(place: Path, data: bytes) -> None:
    mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else None
    if mode is not None and not os.access(place, os.W_OK):
        raise PermissionError(13, "Permission denied")
    part = place.with_name(f".bgsync-{secrets.token_hex(8)}.part")
    UNFINISHED.add(part)
    try:
        with part.open("xb") as stream:
            if mode is not None:
                part.chmod(mode)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(place)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    finally:
        UNFINISHED.discard(part)
