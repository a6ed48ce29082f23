"""The folder in which things are kept between runs: written whole or not at all, and never larger than it may be."""

from __future__ import annotations

import os
import sys
import zlib
from contextlib import suppress
from pathlib import Path

from bgsync.files import write

VARIABLE = "BGSYNC_CACHE"
"""The variable of the environment that names the folder; set to nothing, nothing is kept."""

MOST = 256_000_000
"""How many bytes the folder may have; then what was not used for the longest time goes."""


def folder() -> Path | None:
    """Give the folder that the user, or the system, has for it; None where nothing is to be kept."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    variable, usual = ("LOCALAPPDATA", "AppData/Local") if sys.platform == "win32" else ("XDG_CACHE_HOME", ".cache")
    base = os.environ.get(variable)
    try:
        return (Path(base) if base else Path.home() / usual) / "bgsync"
    except RuntimeError:  # a user without a home
        return None


class Store:
    """Keeps data by keys, which are names of files. What goes wrong with a file is as if it were not there."""

    def __init__(self, place: Path, most: int = MOST) -> None:
        self.place, self.most = place, most
        self._trimmed = False

    def get(self, key: str) -> bytes | None:
        """Give what is kept, None where nothing is."""
        file = self.place / key
        try:
            data = zlib.decompress(file.read_bytes())
            os.utime(file)  # used just now
        except (OSError, zlib.error):
            return None
        return data

    def put(self, key: str, data: bytes) -> None:
        """Keep data, whoever else does so at the same time. The first time, make room."""
        if not self._trimmed:
            self.trim()
        with suppress(OSError):
            self.place.mkdir(mode=0o700, parents=True, exist_ok=True)
            write(self.place / key, zlib.compress(data, 1))

    def trim(self) -> None:
        """Take away what was not used for the longest time, until there is no more than there may be."""
        self._trimmed = True
        with suppress(OSError):
            files = sorted(((found := file.stat()).st_mtime, found.st_size, file) for file in self.place.iterdir())
            size = sum(size for _, size, _ in files)
            for _, its_size, file in files:
                if size <= self.most:
                    break
                file.unlink(missing_ok=True)
                size -= its_size
