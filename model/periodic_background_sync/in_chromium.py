"""Chromium's periodic sync, driven as its background sync is: a page, a worker, and the browser's own events.

A day passes between two events, by the parameters that Chromium ships with. So the wall clock is set to just before an
event is due, and the browser is made to look at it: what is overdue already gets no timer, and would never come.
"""

from __future__ import annotations

from typing import Any

from bgsync.browser import Session
from bgsync.driving import Unable

from ..background_sync.in_chromium import InChromium
from ..background_sync.scoped import AGAIN, BEGAN, LATE

DELAY = "Next Attempt Delay (ms)"
GONE = "Unregistered periodicsync"
MARGIN = 0.02
"""Seconds before an event is due to which the clock is set at first."""
TRIES = 6
"""How often the clock is set back, each time twice as far, where the browser came too late to it."""


class PeriodicInChromium(InChromium):
    """An adapter of a running Chromium. Raises BrowserError where there is none, or it breaks."""

    restart = None  # type: ignore[assignment]
    """Not driven: the permission is gone while the browser starts."""
    hidden = False
    """A page that nobody sees does not engage the user: then the interval of a registration is endless."""
    service = "periodicBackgroundSync"
    manager = "periodicSync"
    permission = "periodic-background-sync"

    def reset(self) -> None:
        """Begin anew: a new service worker, online, a page open, permission granted."""
        self._next: dict[str, float] = {}
        """When the event of a tag is due that is registered, by the clock of the browser."""
        self._withdrawn, self._again = set[str](), set[str]()
        super().reset()

    def withdraw(self, tag: str) -> str | None:
        """Call unregister() in the page."""
        self._withdrawn.add(tag)
        call = f"registration.periodicSync.unregister({self._quoted(tag)})"
        assert self.page is not None
        return self._answer(self.page, f"{call}.then(() => null, (error) => error.name)")

    def settle(self, tag: str, fulfilled: bool) -> None:
        """Settle the event of a tag."""
        if self._offline and tag in self._again:
            raise Unable  # what is due at once while offline is overdue ever after
        self._again.discard(tag)
        super().settle(tag, fulfilled)
        self._under_way.discard(tag)  # the browser says nothing of what was withdrawn

    def terminate(self) -> None:
        """Stop the worker, and start it again."""
        if self._offline and self._again:
            raise Unable
        self._again.clear()
        super().terminate()
        self._under_way -= self._withdrawn

    def elapse(self) -> None:
        """Let each event become due, in turn, and have the browser look at it."""
        self._record()
        assert self.chromium.clock is not None
        for _ in range(TRIES * len(self._next)):
            due = min(self._next.values(), default=0.0)
            if not due or self._offline:
                break
            self._go_to(due)
        if self._offline and self._next:
            self.chromium.clock.advance(max(self._next.values()) + 1 - self.chromium.clock.now)
        self._at_rest()

    def unregister(self) -> None:
        """Unregister the service worker."""
        super().unregister()
        self._next.clear()

    # --- what reproductions ask for

    @property
    def under_way(self) -> frozenset[str]:
        """The tags whose event is under way, by what the browser says."""
        return frozenset(self._under_way)

    def register_anew(self, tag: str, where: Session | None = None) -> str | None:
        """Call register(), by default in the page, whatever is under way."""
        again = tag in self._under_way
        error = super()._register(where or self.page, tag)  # type: ignore[arg-type]
        if error is None:
            self._withdrawn.discard(tag)
            self._again |= {tag} if again else set()
        return error

    def remaining(self, tag: str) -> float:
        """Give how many seconds are left until the event of a tag is due."""
        assert self.chromium.clock is not None
        return self._next[tag] - self.chromium.clock.now

    def pass_by(self, tag: str) -> None:
        """Let the event of a tag be overdue, and have the browser look then."""
        assert self.chromium.clock is not None
        self._record()
        self.chromium.clock.advance(self.remaining(tag) + 1)
        self._look()

    # --- how

    def _register(self, where: Session, tag: str) -> str | None:
        if tag in self._withdrawn & self._under_way:
            raise Unable  # how the event of what was withdrawn ends would count for what is new
        return self.register_anew(tag, where)

    def _go_to(self, due: float) -> None:
        """Set the clock to just before an event is due, and wait for it."""
        assert self.chromium.clock is not None
        for number in range(TRIES):
            margin, before = MARGIN * 2**number, len(self._began)
            self.chromium.clock.advance(due - margin - self.chromium.clock.now)
            self._look()
            if self.chromium.pipe.wait(lambda known=before: len(self._began) > known, margin + LATE / 2):  # type: ignore[misc]
                return

    def _look(self) -> None:
        """Have the browser see when the next event of any origin is due."""
        self.control.evaluate("registration.periodicSync.unregister('nothing')")

    def _tells_of(self, tag: str) -> bool:
        return super()._tells_of(tag) and tag not in self._withdrawn

    def _hear(self, message: dict[str, Any]) -> None:
        super()._hear(message)
        if message.get("method") != "BackgroundService.backgroundServiceEventReceived":
            return
        event = message["params"]["backgroundServiceEvent"]
        tag, _, number = event["instanceId"].partition("#")
        if number != str(self.number):
            return
        if event["eventName"] in (*BEGAN, AGAIN, GONE):
            self._next.pop(tag, None)
        for told in event["eventMetadata"]:
            if told["key"] == DELAY:
                self._next[tag] = event["timestamp"] + int(told["value"]) / 1000
