"""Workbox in Chromium: its Queue, which is given requests, and its plugin, which keeps those that failed.

The library is what npm gives, as its authors built it, and the worker is that of a user. The server is ours.
Each example has an empty database, a service worker of its own, and queues of names of their own.
"""

from __future__ import annotations

import json
import time

from bgsync.browser import Session
from bgsync.browser.packages import package
from bgsync.driving import Unable

from .inbox import HOLDS, REFUSES, Inbox
from .scoped import LATE, Scoped, pages

LIBRARY = "workbox-background-sync"
PARTS = {"/core.js": "workbox-core", "/strategies.js": "workbox-strategies", "/background-sync.js": LIBRARY}
HALF = int(3.6 * 24 * 60 * 60)
"""A little more than half of the seconds that Workbox keeps a request by default."""

SOON = 0.01
"""Seconds between two looks at the server, which sends no messages."""


def _built(name: str) -> str:
    return f"build/{name}.prod.js"


class Workbox(Scoped):
    """An adapter of the library. Raises BrowserError where there is no Chromium, PackageError where no library is.

    `library` is the version that is driven, by default the latest, or a folder that has it.
    """

    quiet = 0.03

    def __init__(self, browser: str | None = None, library: str | None = None) -> None:
        own = package(LIBRARY, (_built(LIBRARY),), library)
        others = [package(name, (_built(name),), library or own.version) for name in PARTS.values() if name != LIBRARY]
        built = {one.name: one.files[_built(one.name)] for one in (own, *others)}
        shown = pages()
        served = {path: built[name] for path, name in PARTS.items()}
        self.inbox = Inbox()
        self.sender: Session | None = None
        super().__init__(
            browser,
            shown | served | {"/worker.js": shown["/workbox.js"], "/": shown["/sender.html"]},
            self.inbox.answer,
        )
        self.version = f"{LIBRARY} {own.version}, {own.origin}, in {self.version}"
        if self.chromium.clock is None:
            self.age = None  # type: ignore[method-assign,assignment]

    def reset(self) -> None:
        """Begin anew: an empty database, a new service worker, online, and a server that works."""
        self.inbox.break_off()
        self._given, self._full = 0, False
        if self.number:
            self._ask("registration && registration.unregister()")
            origin = self.site.address("")
            self.control.call("Storage.clearDataForOrigin", origin=origin, storageTypes="indexeddb")
        self.inbox.begin(self._folder(self.number + 1))
        super().reset()
        self._come()

    def store(self, message: str) -> str | None:
        """Give the Queue a request, in the worker."""
        return self._rested(self.worker.evaluate(f"store({json.dumps(message)})"))

    def fetch(self, message: str) -> str | None:
        """Send a request from a page, by way of the strategy with the plugin."""
        assert self.sender is not None
        return self._rested(self.sender.evaluate(f"send({self.number}, {json.dumps(message)})"))

    def received(self) -> list[str]:
        """Give what the server took since the last call: of the queue, and then of the plugin."""
        new = self.inbox.taken[self._given :]
        self._given += len(new)
        stored = [message for path, message in new if path.endswith("/queue")]
        return stored + [f"fetched {message}" for path, message in new if path.endswith("/plugin")]

    def serve(self, count: int | None) -> None:
        """Have the server take so many messages more, and then fail; all for None."""
        self._answer(count)

    def refuse(self) -> None:
        """Have it answer with an error."""
        self._answer(REFUSES)

    def hold(self) -> None:
        """Have it not answer for now."""
        self._answer(HOLDS)

    def age(self) -> None:
        """Let half of the time pass that requests are kept."""
        self._advance(HALF)

    def fill(self) -> None:
        """Leave no room in the database."""
        self._fill(full=True)

    def make_room(self) -> None:
        """Have room there again."""
        self._fill(full=False)

    def terminate(self) -> None:
        """Stop the worker, and start it again."""
        self._need_room()
        super().terminate()

    def restart(self) -> None:
        """Kill the browser, and start it again with its profile."""
        self._need_room()
        self.sender = None
        super().restart()
        self._come()

    # --- how

    @staticmethod
    def _folder(number: int) -> str:
        return f"/inbox{number}/"

    def _come(self) -> None:
        """Open the page that sends, within the scope of the worker."""
        if self.sender is None:
            self.sender = self.chromium.page()
        self.sender.visit(self.site.address(f"/scope{self.number}/"))

    def _fill(self, *, full: bool) -> None:
        self.worker.evaluate(f"full = {json.dumps(full)}")
        self._full = full

    def _need_room(self) -> None:
        """Refuse what ends the worker: it is the worker that has no room."""
        if self._full:
            raise Unable

    def _answer(self, mode: int | str | None) -> None:
        held = self.inbox.held
        self.inbox.serve(mode)
        if held:
            self._at_rest()

    def _gone(self) -> None:
        self.inbox.break_off()

    def _rested(self, error: str | None) -> str | None:
        self._at_rest()
        return error

    def _activity(self) -> object:
        return super()._activity(), self.inbox.asked

    def _at_rest(self) -> None:
        end = time.monotonic() + LATE
        while self._busy() and time.monotonic() < end:
            self.chromium.pipe.wait(lambda: not self._busy(), SOON)
        super()._at_rest()

    def _busy(self) -> bool:
        """Whether a sync is due or under way, which is not for want of the network or of an answer."""
        return bool((self._due and not self._offline) or len(self._under_way) > self.inbox.held)
