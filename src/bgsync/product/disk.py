"""Arrays in files: what does not fit into memory lies on disk, and what of it is used is in memory.

The file has no name, so it is gone when its process ends, however it ends.
"""

import mmap
import os
import tempfile
import weakref
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Mapped:
    """An array of numbers in a file, zero at first, that can be made longer. Raises OSError where it cannot be."""

    def __init__(self, folder: Path, kind: np.dtype[Any]) -> None:
        self.folder, self.kind = folder, kind
        self._file, name = tempfile.mkstemp(dir=folder)
        weakref.finalize(self, os.close, self._file)
        Path(name).unlink()

    def sized(self, many: int) -> NDArray[Any]:
        """Give it with so many numbers. Raises OSError with the folder when there is no room."""
        size = many * self.kind.itemsize
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(self._file, 0, size)  # else a full disk ends the process without a word
            else:
                os.ftruncate(self._file, size)
        except OSError as error:
            raise OSError(error.errno, f"{error.strerror} for {size:,} bytes of states", str(self.folder)) from None
        return np.frombuffer(mmap.mmap(self._file, size), self.kind)
