"""How the command `bgsync` starts, and that it ends soon once it is told to, wherever it is.

Ctrl-C and SIGTERM raise KeyboardInterrupt, and what was found by then is told. Telling can take longer than a user
waits: the way to a finding is searched for among millions of states. So it is given some time, and then all ends
without a report. Before there is anything to tell SIGTERM ends it at once. Processes that work for it end with it.
"""

import gc
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from pkgutil import resolve_name
from types import FrameType
from typing import Any

GRACE = 1.5
"""How many seconds of processor time this process may use after Ctrl-C; with others that work for it, by the clock."""

SOON = 0.01
"""After how many seconds an interrupt comes again that Python could not raise."""

ALONE = 0.5
"""How often a process that works for this one looks whether it is still there, in seconds."""

MADE = 100_000
"""After how many new objects garbage in cycles is looked for. What is loaded stays, and the rest makes hardly any."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(MADE)
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # else who started it wants it ignored
    if heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # there is nothing to tell yet
    command = resolve_name("bgsync.cli:main")
    signal.signal(signal.SIGTERM, _terminated)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=partial(as_worker, os.getpid()))
    try:
        command(obj=_listen if heard else None)
    finally:
        if heard:
            _listen_no_more()


def unhurried() -> None:
    """Have Ctrl-C set no limit of time: there is no report to wait for, or something to save before it."""
    if signal.getsignal(signal.SIGINT) is _interrupted:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _listen() -> None:
    """Have Ctrl-C and SIGTERM interrupt from now on; what is interrupted ends soon where the system has timers."""
    heard = _interrupted if hasattr(signal, "setitimer") else signal.default_int_handler
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, heard)
    if hasattr(signal, "setitimer"):
        sys.unraisablehook = _not_raised


def _listen_no_more() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, _terminated)
    if hasattr(signal, "setitimer"):
        sys.unraisablehook = sys.__unraisablehook__
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _interrupted(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGPROF, _late)
    signal.signal(signal.SIGALRM, _late_with_workers)
    signal.setitimer(signal.ITIMER_PROF, GRACE)
    signal.setitimer(signal.ITIMER_REAL, GRACE, GRACE / 4)
    raise KeyboardInterrupt


def _not_raised(what: Any) -> None:
    """Interrupt once more where Python could only say that it was: amid a fork, or while an object is finalized."""
    if what.exc_type is KeyboardInterrupt:
        signal.signal(signal.SIGALRM, signal.getsignal(signal.SIGINT))
        signal.setitimer(signal.ITIMER_REAL, SOON)
    else:
        sys.__unraisablehook__(what)


def _late_with_workers(number: int, frame: FrameType | None) -> None:
    if _workers():
        _late(number, frame)


def _late(number: int, frame: FrameType | None) -> None:
    _end_workers()
    _leave_nothing()
    os.write(2, b"interrupted; the report would have taken too long\n")
    os._exit(3)


def _terminated(number: int, frame: FrameType | None) -> None:
    _end_workers()
    _leave_nothing()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)


def _leave_nothing() -> None:
    """Take away what is not written to its end."""
    for part in tuple(getattr(sys.modules.get("bgsync.files"), "UNFINISHED", ())):
        with suppress(OSError):
            part.unlink()


def _end_workers() -> None:
    for worker in _workers():
        worker.kill()


def _workers() -> list[Any]:
    """Give the processes that work for this one. It imports nothing: a signal may come amid an import."""
    children = getattr(sys.modules.get("multiprocessing"), "active_children", None)
    return [] if children is None else list(children())


def as_worker(parent: int) -> None:
    """Leave Ctrl-C to the process that this one works for, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ALONE)
    os._exit(1)
