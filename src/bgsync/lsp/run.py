"""The work on one version of a text, in a process of its own that can be killed at any time."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bgsync.lsp.answer import Answer, Failed

WORKER, READY = "bgsync.lsp.worker", "bgsync.lsp.ready"
"""The module that works, and the one that makes a process ready for it: they are imported where they are wanted."""


def _context() -> Any:
    methods = multiprocessing.get_all_start_methods()
    return multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")


def prepare() -> None:
    """Import all that the work needs in a process from which the others are forked, where the system can fork."""
    context = _context()
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload([READY])
        importlib.import_module("multiprocessing.forkserver").ensure_running()


def work(pipe: Any, job: Any) -> None:
    """Do a job in the new process."""
    importlib.import_module(WORKER).work(pipe, job)


class Run:
    """A process that works; `told` is called with each answer, in a thread, until it is ended."""

    def __init__(self, job: Any, told: Callable[[Run, Answer | Failed], None]) -> None:
        self._job, self._told = job, told
        self._lock, self._ended = threading.Lock(), False
        self._process: Any = None
        threading.Thread(target=self._follow, daemon=True).start()

    def end(self) -> None:
        """Kill the process, and all that work for it. Nothing is told after that."""
        with self._lock:
            self._ended = True
            self._kill()

    def _follow(self) -> None:
        try:
            here, there = _context().Pipe(duplex=False)
            process = _context().Process(target=work, args=(there, self._job))
            if self._ended:
                return
            process.start()  # outside of the lock: the first one waits for what the others are forked from
            there.close()
            with self._lock:
                self._process = process
                if self._ended:
                    self._kill()
            with here, suppress(EOFError, OSError):
                while True:
                    self._tell(here.recv())
            process.join()
            if process.exitcode:
                self._tell(Failed(f"the process that works on the text ended with status {process.exitcode}"))
        except Exception as error:
            self._tell(Failed(f"{type(error).__name__}: {error}"))

    def _tell(self, answer: Answer | Failed) -> None:
        if not self._ended:
            self._told(self, answer)

    def _kill(self) -> None:
        if self._process is None or self._process.exitcode is not None:
            return
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg") and os.getpgid(self._process.pid) == self._process.pid:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
