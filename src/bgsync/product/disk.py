"""Arrays in files: what does not fit into memory lies on disk, and what of it is used is in memory.

The file has no name, so it is gone when its process ends, however it ends.
"""

import mmap
import os
import tempfile
import weakref
from pathlib import Path

import numpy as np

from bgsync.product.arrays import Words


class Mapped:
    """An array of words in a file, zero at first, that can be made longer. Raises OSError where it cannot be."""

    def __init__(self, folder: Path, word: np.dtype[np.unsignedinteger]) -> None:
        self.folder, self.word = folder, word
        self._file, name = tempfile.mkstemp(dir=folder)
        weakref.finalize(self, os.close, self._file)
        Path(name).unlink()

    def sized(self, words: int) -> Words:
        """Give it with so many words. Raises OSError with the folder when there is no room."""
        size = words * self.word.itemsize
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(self._file, 0, size)  # else a full disk ends the process without a word
            else:
                os.ftruncate(self._file, size)
        except OSError as error:
            raise OSError(error.errno, f"{error.strerror} for {size:,} bytes of states", str(self.folder)) from None
        return np.frombuffer(mmap.mmap(self._file, size), self.word)
