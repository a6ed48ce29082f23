"""A running Chromium in which each example has a service worker of its own, in a scope of its own: a clean slate.

The network is emulated for that worker. Time passes where the wall clock can be moved; a sync in another origin then
has the browser look at what is due. The browser's own background-service events say what is going on.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bgsync.browser import Answer, Chromium, Session, Site
from bgsync.driving import Unable

PAGES = Path(__file__).with_name("pages")
AGAIN = "Sync event reregistered"
BEGAN = ("Dispatched sync event", "Dispatched periodicsync event")
SETTLED = ("Sync completed", "sync event failed", "periodicsync event completed", "periodicsync event failed", AGAIN)
LAST = "Last Chance"
DUE = ("Registered sync", AGAIN)
LATE = 0.3
"""Seconds that are waited more for what was expected and did not come."""
DELAY = 1000
"""Seconds longer than any delay before a retry, by Chromium's own parameters."""


def pages() -> dict[str, str]:
    """Give the pages and scripts of this folder, by their paths."""
    return {f"/{file.name}": file.read_text() for file in PAGES.iterdir() if file.is_file()}


class Scoped:
    """What adapters of a Chromium have in common. Raises BrowserError where there is none, or it breaks."""

    costly: tuple[str, ...] = ("restart",)
    """Methods that are worth to be used seldom."""
    service = "backgroundSync"
    """Which of its services the browser is to tell of."""
    hidden = True
    """Whether the page is not drawn, which is quicker."""
    quiet = 0.008
    """Seconds without anything new after which all is taken to be at rest."""

    def __init__(self, browser: str | None, pages: Mapping[str, str], answer: Answer | None = None) -> None:
        self.site = Site(pages, answer)
        try:
            self.chromium = Chromium(browser)
        except BaseException:
            self.site.close()
            raise
        if self.chromium.clock is None:
            self.elapse = None  # type: ignore[method-assign,assignment]
        self.version = self.chromium.version
        self.chromium.listeners.append(self._hear)
        self.number, self._pokes, self._offline = 0, 0, False
        self.page: Session | None = None
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def reset(self) -> None:
        """Begin anew: a new service worker, online."""
        if self.number:
            self._ask("registration && registration.unregister()")
            self.chromium.all.begin("Target.detachFromTarget", sessionId=self.worker.id)
        self.number += 1
        self._offline = False
        self._began: list[tuple[str, bool | None]] = []
        self._settled: list[str] = []
        self._due, self._under_way = set[str](), set[str]()
        self._ask(f"fresh({self.number})")
        self._attach()

    def wait(self) -> None:
        """Give it more time."""
        before = self._activity()
        self.chromium.pipe.wait(lambda: self._activity() != before, LATE)
        self._at_rest()

    def go_offline(self) -> None:
        """Take the network of the worker down."""
        self._network(offline=True)

    def go_online(self) -> None:
        """Bring it up."""
        self._network(offline=False)

    def elapse(self) -> None:
        """Move the clock, and have the browser look at it."""
        self._advance(DELAY)

    def terminate(self) -> None:
        """Stop the worker, and start it again."""
        self.control.call("ServiceWorker.stopAllWorkers")
        self._gone()
        self._at_rest()
        self._start_worker()
        self.worker.evaluate("1")
        self._at_rest()

    def restart(self) -> None:
        """Kill the browser, and start it again with its profile."""
        if self._offline:
            raise Unable  # who emulates the network goes with the browser, so that the network would be there
        self.chromium.kill()
        self._gone()
        self.page = None
        del self._settled[:]
        self.chromium.launch()
        self._open()
        self._ask(f"again({self.number})")
        self._start_worker()
        self._attach()
        self._at_rest()
        self._due.clear()
        self._under_way.clear()  # what the browser says again of earlier may lack its end

    def close(self) -> None:
        """End the browser."""
        self.chromium.close()
        self.site.close()

    # --- how

    def _open(self) -> None:
        """Open a page in another origin that hears all and pokes, and the page itself."""
        self.control = self.chromium.page(self.site.address("/poke.html", "localhost"), hidden=True)
        self.control.call("ServiceWorker.enable")
        self.control.call("BackgroundService.startObserving", service=self.service)
        self._record()
        self.control.evaluate("ready()")
        self.page = self.chromium.page(self.site.address("/page.html"), hidden=self.hidden)

    def _gone(self) -> None:
        """Take note that the worker has been ended, in the middle of what it did."""

    def _start_worker(self) -> None:
        self.control.call("ServiceWorker.startWorker", scopeURL=self.site.address(f"/scope{self.number}/"))

    def _record(self) -> None:
        self.control.call("BackgroundService.setRecording", service=self.service, shouldRecord=True)

    def _attach(self) -> None:
        """Attach to the worker, so that its network can be emulated."""
        self.worker = self.chromium.attach_to(self.site.address(f"/worker.js?{self.number}"))
        self.worker.begin("Network.enable")
        self.worker.evaluate("1")

    def _network(self, *, offline: bool) -> None:
        self.worker.offline(offline)
        self._offline = offline
        self._at_rest()

    def _advance(self, seconds: int) -> None:
        assert self.chromium.clock is not None
        self.chromium.clock.advance(seconds)
        self._record()
        self._pokes += 1
        tag, before = f"poke{self._pokes}", len(self._settled)
        self.control.evaluate(f"registration.sync.register('{tag}')")
        self.chromium.pipe.wait(lambda: tag in self._settled[before:], LATE)
        self._at_rest()

    def _ask(self, script: str) -> Any:
        assert self.page is not None
        return self.page.evaluate(script)

    def _activity(self) -> object:
        """Give what changes as long as something is going on."""
        return len(self._began), len(self._settled)

    def _at_rest(self) -> None:
        self.chromium.pipe.quiet(self._activity, self.quiet)

    def _hear(self, message: dict[str, Any]) -> None:
        """Take note of the browser's own events about this example."""
        if message.get("method") != "BackgroundService.backgroundServiceEventReceived":
            return
        event = message["params"]["backgroundServiceEvent"]
        tag, _, number = event["instanceId"].partition("#")
        if number not in ("", str(self.number)):
            return
        if event["eventName"] in SETTLED:
            self._settled.append(tag)
            self._under_way.discard(tag)
        elif event["eventName"] in BEGAN and number:
            told = {each["key"]: each["value"] for each in event["eventMetadata"]}
            self._began.append((tag, told[LAST] == "Yes" if LAST in told else None))
            self._under_way.add(tag)
            self._due.discard(tag)
        if event["eventName"] in DUE and number:
            self._due.add(tag)
