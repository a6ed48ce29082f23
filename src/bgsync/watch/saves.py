"""Notices saves of a file, however an editor saves: in place, by renaming another file over it, or in pieces."""

from __future__ import annotations

import importlib
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bgsync.errors import BgsyncError
from bgsync.extras import command

STEP = 30
"""How many milliseconds without a change end a save."""

PATIENCE = 0.5
"""How many seconds a file may be missing or empty, as it is in the middle of a save, before that is said."""


class MissingWatchError(BgsyncError, ImportError):
    """The package that watches files is an optional extra, and is not installed."""

    def __init__(self) -> None:
        super().__init__(f"files are watched by the package watchfiles, which is not installed: {command('watch')}")


class Saves:
    """A thread that watches a file and the one beside it that says what sentences mean.

    The folders are watched, not the file: one that is renamed over it is another file. `noticed` is called in the
    thread at each save, before `wait` hands it out. Raises MissingWatchError.
    """

    def __init__(self, files: tuple[Path, ...], noticed: Callable[[], None] = lambda: None) -> None:
        try:
            self._watch = importlib.import_module("watchfiles").watch
        except ImportError as error:
            raise MissingWatchError from error
        self._noticed, self._ended = noticed, threading.Event()
        self._saves: queue.Queue[None] = queue.Queue()
        paths = {path for file in files for path in (file.absolute(), file.resolve())}  # a link, and what it leads to
        self._names = {str(path.parent.resolve() / path.name) for path in paths}
        self._folders = sorted({path.parent.resolve() for path in paths})
        self._thread = threading.Thread(target=self._run, name="saves", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait for a save. Several that came meanwhile are one."""
        try:
            self._saves.get(timeout=seconds)
        except queue.Empty:
            return False
        while not self._saves.empty():
            self._saves.get_nowait()
        return True

    def end(self) -> None:
        """End the thread."""
        self._ended.set()
        self._thread.join(2)

    def _run(self) -> None:
        while not self._ended.is_set():
            folders = [folder for folder in self._folders if folder.is_dir()]
            try:
                if len(folders) == len(self._folders):
                    self._follow(folders)
                    continue
            except (OSError, RuntimeError):  # a folder went away
                pass
            self._ended.wait(PATIENCE)
            self._save()

    def _follow(self, folders: list[Path]) -> None:
        changes = self._watch(
            *folders, watch_filter=lambda _, path: path in self._names, step=STEP, debounce=STEP * 10, recursive=False,
            stop_event=self._ended, rust_timeout=500, yield_on_timeout=True, raise_interrupt=False,
        )  # fmt: skip
        for some in changes:
            if some:
                self._save()
            elif not all(folder.is_dir() for folder in folders):
                return

    def _save(self) -> None:
        self._noticed()
        self._saves.put(None)


def settled(file: Path) -> bytes | None:
    """Give what a file holds; None if it is missing, b"" if empty, for longer than an editor needs to save it."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            data = file.read_bytes()
        except OSError:
            data = None
        if data or time.monotonic() > ends:
            return data
        time.sleep(0.02)
