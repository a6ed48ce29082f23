"""How the server is reached: by standard input and output, or by a port of this machine alone."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import BinaryIO, NoReturn

from bgsync.lsp.run import prepare
from bgsync.lsp.server import MakeJob, Server, make

HOST = "127.0.0.1"


@contextmanager
def streams() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Give standard input and output for the editor alone: what anything else prints goes to standard error."""
    with os.fdopen(os.dup(0), "rb") as stdin, os.fdopen(os.dup(1), "wb") as stdout:
        os.dup2(2, 1)
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        sys.stdout = sys.stderr
        yield stdin, stdout


def begin() -> None:
    """Begin with what takes long, while the editor says what it wants."""
    logging.getLogger("pygls").setLevel(logging.CRITICAL)  # what goes wrong is told to the editor
    os.environ["PYTHONSAFEPATH"] = "1"  # no process looks for modules in the folder that the editor has opened
    threading.Thread(target=prepare, daemon=True).start()


def serve_streams(job: MakeJob, stdin: BinaryIO, stdout: BinaryIO) -> NoReturn:
    """Serve the editor that started this, until it ends it."""
    _serve(job, lambda server: server.start_io(stdin, stdout))


def serve_port(job: MakeJob, port: int) -> NoReturn:
    """Serve one editor that connects to a port of this machine, until it leaves."""
    _serve(job, lambda server: server.start_tcp(HOST, port))


def _serve(job: MakeJob, start: Callable[[Server], None]) -> NoReturn:
    """Serve until the editor leaves or a signal comes, and leave no process behind. The status says how it ended."""
    server = make(job)

    def leave(number: int, frame: FrameType | None) -> None:
        server.end()
        os._exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    try:
        start(server)
    finally:
        server.end()
    sys.exit(0 if server.is_shut_down else 1)
