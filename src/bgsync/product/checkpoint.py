"""Checkpoints: where an exploration of a product stands, in a file, so that it goes on after its process has died.

A file has the pages with their states, and which of these no step has been taken from yet: all that a search knows. It
is written beside the one before and then takes its name, so that there is always a whole one. Its name is a fingerprint
of what is explored: another model, bound or version of this program never goes on from it.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from importlib.metadata import version
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from bgsync.errors import BgsyncError
from bgsync.files import no_file
from bgsync.product.arrays import Numbers, Product, Table, Words
from bgsync.product.pages import Growing, Packed, Pages, lengths

FORMAT = 1
MARK = "bgsync-checkpoints"
"""The file that makes a folder one of checkpoints; whoever uses the folder locks it."""
ENDING, UNFINISHED = ".npz", ".unfinished"


class CheckpointError(BgsyncError, ValueError):
    """A folder of checkpoints, or a file in it, that cannot be used."""


class Snapshot(NamedTuple):
    """Where a search stands: the keys of its pages, a row each, and their words, one page after another."""

    keys: Numbers
    seen: Words
    fresh: Words
    """The states that no step has been taken from; they are among those seen."""
    rounds: int


@dataclass(frozen=True)
class Folder:
    """A folder of checkpoints, which explorations may share; each is written every so many seconds."""

    path: Path
    seconds: float = 60.0


@contextmanager
def opened(path: Path, seconds: float = 60.0) -> Iterator[Folder]:
    """Take a folder for checkpoints, made if it does not exist, for one check at a time. Raises CheckpointError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        others = sorted(p.name for p in path.iterdir())
        if others and MARK not in others:
            raise CheckpointError(f"{path}: no folder of checkpoints, it has {others[0]!r}: name a new or an empty one")
        lock = (path / MARK).open("a", encoding="utf-8")
    except OSError as error:
        raise CheckpointError(f"{path}: {error.strerror}: name a folder to write checkpoints to") from None
    with lock:
        _lock(lock, path)
        for left in path.glob(f"*{UNFINISHED}"):
            left.unlink()
        yield Folder(path, seconds)


def _lock(file: IO[str], path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # a system without locks of this kind
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise CheckpointError(f"{path}: another check is using it: wait for its end, or name another folder") from None


@dataclass
class Checkpoint:
    """The checkpoint of one exploration."""

    folder: Folder
    product: Product
    symmetry: bool
    saved: float = field(default_factory=time.monotonic)
    """When it was saved last."""

    def __post_init__(self) -> None:
        self.fingerprint = fingerprint(self.product, symmetry=self.symmetry)
        self.file = self.folder.path / f"{self.fingerprint[:24]}{ENDING}"

    def load(self) -> Snapshot | None:
        """Give what was saved; None where nothing was. Raises CheckpointError for a file that is damaged."""
        if not self.file.exists():
            return None
        if kind := no_file(self.file):
            raise self._damaged(f"it is {kind}")
        try:
            with self.file.open("rb") as file, np.load(file, allow_pickle=False) as saved:
                if str(saved["fingerprint"]) != self.fingerprint:
                    raise self._damaged("it is of another exploration")
                found = Snapshot(saved["keys"], saved["seen"], saved["fresh"], int(saved["rounds"]))
            words = int(lengths(self.product, found.keys).sum())
            if not len(found.seen) == len(found.fresh) == words or found.seen.dtype != self.product.word:
                raise self._damaged("its pages have other sizes")
        except CheckpointError:
            raise
        except OSError as error:
            raise self._damaged(error.strerror or "it is not whole") from None
        except Exception:  # a file that anything may have written to makes its readers fail in many ways
            raise self._damaged("it is no checkpoint, or not whole") from None
        return found

    def _damaged(self, reason: str) -> CheckpointError:
        return CheckpointError(f"{self.file}: damaged ({reason}): delete this file to begin anew")

    def due(self) -> bool:
        """Whether it is time to save."""
        return time.monotonic() - self.saved >= self.folder.seconds

    def save(self, snapshot: Callable[[], Snapshot]) -> None:
        """Save, in one go or not at all. Raises CheckpointError when it cannot be written."""
        part = self.file.with_name(f"{self.file.stem}.{os.getpid()}{UNFINISHED}")
        try:
            with part.open("wb") as file:
                np.savez(file, fingerprint=np.array(self.fingerprint), **snapshot()._asdict())
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.file)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise CheckpointError(f"{self.file}: {error.strerror}: make room, or name another folder") from None
        self.saved = time.monotonic()


def fingerprint(product: Product, *, symmetry: bool) -> str:
    """Give a number of what is explored, and of what explores it."""
    digest = hashlib.sha256(f"{FORMAT} {version('bgsync')} {symmetry} {product.homes} {product.contexts}".encode())
    digest.update(f"{product.room} {product.start}".encode())
    arrays = [product.leads, product.guards, *(getattr(t, f.name) for t in product.tables for f in fields(Table))]
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def snapshot_of(product: Product, seen: Pages, fresh: Pages, rounds: int) -> Snapshot:
    """Make a snapshot of pages."""
    keys = sorted(seen.keys() | fresh.keys())

    def words(pages: Pages) -> Words:
        nothing = [np.zeros(product.shape(key), product.word) if key not in pages else pages[key] for key in keys]
        return np.concatenate([page.ravel() for page in nothing])

    return Snapshot(np.array(keys, np.int64), words(seen) | words(fresh), words(fresh), rounds)


def unpacked(product: Product, keys: Numbers, words: Words) -> Growing:
    """Make pages of words, in which they lie one after another; those without a state are left out."""
    return {key: page for key, page in Packed(product, keys, words).items() if page.any()}
