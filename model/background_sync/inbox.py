"""The server that an outbox sends to: it takes, refuses, fails or does not answer, as it is told."""

from __future__ import annotations

import threading

HOLDS, REFUSES = "holds", "refuses"
STATUS = 503
"""The answer of a server that refuses."""


class Inbox:
    """What was posted to it, and how it answers. A `mode` is a number of messages that it takes, None for all."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self.begin()

    def begin(self, folder: str = "/") -> None:
        """Begin anew: what is posted outside of this folder is of earlier, and gets no answer."""
        with self._change:
            self.folder = folder
            self._calls: object = object()
            self.mode: int | str | None = None
            self.taken: list[tuple[str, str]] = []
            """The path and the text of each message that was taken."""
            self.asked = self.held = 0
            """How much was posted, and how much of it waits for an answer."""
            self._change.notify_all()

    def serve(self, mode: int | str | None) -> None:
        """Answer like this from now on, what was held, too."""
        with self._change:
            self.mode = mode
            self._change.notify_all()

    def break_off(self) -> None:
        """Give up what is held: who sent it has gone."""
        with self._change:
            self._calls, self.held = object(), 0
            self._change.notify_all()

    def answer(self, path: str, message: str) -> int | None:
        """Answer what was posted: with a status, or not at all."""
        with self._change:
            calls = self._calls
            if not path.startswith(self.folder):
                return None
            self.asked += 1
            if self.mode == HOLDS:
                self.held += 1
                self._change.wait_for(lambda: self.mode != HOLDS or calls is not self._calls)
                if calls is not self._calls:
                    return None
                self.held -= 1
            if self.mode == REFUSES:
                return STATUS
            if self.mode == 0:
                return None
            if isinstance(self.mode, int):
                self.mode -= 1
            self.taken.append((path, message))
            return 200
