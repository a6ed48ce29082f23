"""The Chrome DevTools Protocol over a pipe: commands out, answers and events in, each a JSON text that ends with NUL.

A thread reads what comes in. Events are kept by session until somebody takes them; `wait` sleeps until one comes.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from bgsync.errors import BgsyncError

T = TypeVar("T")
Event = dict[str, Any]
PATIENCE = 20.0
"""Seconds until a command that is not answered is taken as a browser that hangs."""


class BrowserError(BgsyncError, RuntimeError):
    """A browser that is not there, does not start, has gone, or refuses a command."""


class Pipe:
    """One end of the protocol: `send` and `receive` are open file descriptors, and closed with it."""

    def __init__(self, send: int, receive: int) -> None:
        self._send, self._receive = send, receive
        self._answers: dict[int, Event] = {}
        self._last, self._open = 0, True
        self._change = threading.Condition()
        self.listeners: list[Callable[[Event], None]] = []
        """Called with each event, in the thread that reads: they must not call back."""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def call(self, method: str, session: str | None = None, /, **parameters: Any) -> Event:
        """Give what a command answers. Raises BrowserError."""
        return self.answer(self.begin(method, session, **parameters), method)

    def begin(self, method: str, session: str | None = None, /, **parameters: Any) -> int:
        """Send a command and do not wait: `answer` gives its answer."""
        with self._change:
            self._last += 1
            number = self._last
        message = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        data = memoryview(json.dumps(message).encode() + b"\0")
        try:
            while data:
                data = data[os.write(self._send, data) :]
        except OSError:
            raise BrowserError(f"{method}: the browser has gone") from None
        return number

    def answer(self, number: int, method: str = "a command", patience: float = PATIENCE) -> Event:
        """Wait for the answer to a command. Raises BrowserError."""
        with self._change:
            there = self._change.wait_for(lambda: number in self._answers or not self._open, patience)
            found = self._answers.pop(number, None)
        if found is None:
            raise BrowserError(f"{method}: the browser " + ("has gone" if there else f"did not answer in {patience} s"))
        if "error" in found:
            raise BrowserError(f"{method}: {found['error'].get('message', found['error'])}")
        return dict(found["result"])

    def wait(self, true: Callable[[], T], seconds: float) -> T:
        """Wait until something is true, looked at after each message, or so many seconds are over; give what it is."""
        with self._change:
            return self._change.wait_for(true, seconds)

    def quiet(self, changes: Callable[[], object], seconds: float, limit: float = 5.0) -> None:
        """Wait until something has stayed the same for so many seconds."""
        end, last = time.monotonic() + limit, changes()
        while time.monotonic() < end:
            if not self.wait(lambda known=last: changes() != known, seconds):  # type: ignore[misc]
                return
            last = changes()

    def close(self) -> None:
        """Close the pipe: the browser at the other end ends."""
        with suppress(OSError):
            os.close(self._send)
        self._reader.join(PATIENCE)

    def _read(self) -> None:
        rest = b""
        with suppress(OSError):
            while data := os.read(self._receive, 1 << 16):
                *messages, rest = (rest + data).split(b"\0")
                for message in map(json.loads, messages):
                    self._take(message)
        with self._change:
            self._open = False
            self._change.notify_all()
        os.close(self._receive)

    def _take(self, message: Event) -> None:
        with self._change:
            if "id" in message:
                self._answers[message["id"]] = message
            else:
                for listener in list(self.listeners):
                    listener(message)
            self._change.notify_all()
