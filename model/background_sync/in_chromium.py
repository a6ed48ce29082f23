"""Chromium's background sync, driven by a page and a worker of ours, and read in three places that must agree.

What began is what the worker got; the browser's own background-service events must say the same, and getTags must fit.
Each example has a service worker of its own, in a scope of its own, which is a clean slate. The network is emulated for
that worker. Time passes where the wall clock can be moved; a sync in another origin then has the browser look at what
is due.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bgsync.browser import Chromium, Session, Site
from bgsync.driving import Unable

PAGES = Path(__file__).with_name("pages")
SERVICE = "backgroundSync"
BEGAN, SETTLED = "Dispatched sync event", ("Sync completed", "sync event failed", "Sync event reregistered")
QUIET = 0.008
"""Seconds without anything new after which all is taken to be at rest."""
LATE = 0.3
"""Seconds that are waited more for what was expected and did not come."""
DELAY = 1000
"""Seconds longer than any delay before a retry, by Chromium's own parameters."""


class InChromium:
    """An adapter of a running Chromium. Raises BrowserError where there is none, or it breaks."""

    costly = ("restart",)
    """Methods that are worth to be used seldom."""

    def __init__(self, browser: str | None = None) -> None:
        pages = {f"/{file.name}": file.read_text() for file in PAGES.iterdir() if file.is_file()}
        self.site = Site(pages)
        try:
            self.chromium = Chromium(browser)
        except BaseException:
            self.site.close()
            raise
        if self.chromium.clock is None:
            self.elapse = None  # type: ignore[method-assign,assignment]
        self.version = self.chromium.version
        self.chromium.listeners.append(self._hear)
        self.number, self._pokes = 0, 0
        self.page: Session | None = None
        self.other: Session | None = None
        self._permission = "granted"
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    # --- what every adapter has

    def reset(self) -> None:
        """Begin anew: a new service worker, online, a page open, permission granted."""
        if self.page is None:
            self.open_page()
        if self._permission != "granted":
            self.grant()
        if self.number:
            self._ask("registration && registration.unregister()")
            self.chromium.all.begin("Target.detachFromTarget", sessionId=self.worker.id)
        self.number += 1
        self._offline, self._alive = False, True
        self._began: list[tuple[str, bool]] = []
        self._settled: list[str] = []
        self._given, self._known, self._trouble = 0, 0, ""
        self._ask(f"fresh({self.number})")
        self._attach()

    def register(self, tag: str) -> str | None:
        """Call register() in the page."""
        return self._answer(self._ask(f"register({self._quoted(tag)})"))

    def events(self) -> list[tuple[str, bool]]:
        """Give what the worker got since the last call, once it fits what the browser says."""
        new = self._began[self._given :]
        if new:
            got = self.worker.evaluate(f"begun({self._known}, {self._known + len(new)})")
            self._known += len(new)
            told = [(self._plain(tag), last) for tag, last in got]
            if told != new:
                self._trouble = f"the worker got {told}, and the browser says {new}"
        self._given += len(new)
        return new

    def settle(self, tag: str, fulfilled: bool) -> None:
        """Settle the event of a tag."""
        before = len(self._settled)
        self.worker.evaluate(f"settle({self._quoted(tag)}, {json.dumps(fulfilled)})")
        if self._alive:
            self.chromium.pipe.wait(lambda: tag in self._settled[before:], LATE)
        self._at_rest()

    # --- what can be seen besides

    def tags(self) -> list[str] | None:
        """Give what getTags says; None where it is rejected."""
        where = self.page or self.worker
        given = where.evaluate("tags()")
        return None if given is None else [self._plain(tag) for tag in given]

    def trouble(self) -> str:
        """Say where the three places do not agree."""
        return self._trouble

    def wait(self) -> None:
        """Give it more time."""
        began = len(self._began)
        self.chromium.pipe.wait(lambda: len(self._began) > began, LATE)
        self._at_rest()

    # --- what can be done besides

    def register_from_worker(self, tag: str) -> str | None:
        """Call register() in the worker."""
        self._need_worker()
        return self._answer(self.worker.evaluate(f"register({self._quoted(tag)})"))

    def at_once(self, first: tuple[str, ...], second: tuple[str, ...]) -> list[str | None]:
        """Do two things at once, each a method and its tag, and give how both calls ended.

        The first one registers in the page; the second one in another page of the origin, or in the worker, or it
        leaves the page meanwhile, so that nobody knows how the call ended.
        """
        assert self.page is not None
        call = f"register({self._quoted(first[1])})"
        if second[0] == "close_page":
            self.page.evaluate(f"void addEventListener('beforeunload', () => {{ {call} }})")
            self.close_page()
            return ["lost"]
        where = self.worker
        if second[0] == "register":
            where = self.other = self.other or self.chromium.page(self.site.address("/page.html"))
            where.evaluate(f"again({self.number})")
        numbers = self.page.begin_evaluation(call), where.begin_evaluation(f"register({self._quoted(second[1])})")
        ended = [self.page.value(numbers[0]), where.value(numbers[1])]
        self._at_rest()
        return ended

    def go_offline(self) -> None:
        """Take the network of the worker down."""
        self._need_worker()
        self.worker.offline(True)
        self._offline = True
        self._at_rest()

    def go_online(self) -> None:
        """Bring it up."""
        self._need_worker()
        self.worker.offline(False)
        self._offline = False
        self._at_rest()

    def elapse(self) -> None:
        """Move the clock, and have the browser look at it."""
        assert self.chromium.clock is not None
        self.chromium.clock.advance(DELAY)
        self._record()
        self._pokes += 1
        tag, before = f"poke{self._pokes}", len(self._settled)
        self.control.evaluate(f"registration.sync.register('{tag}')")
        self.chromium.pipe.wait(lambda: tag in self._settled[before:], LATE)
        self._at_rest()

    def terminate(self) -> None:
        """Stop the worker, and start it again."""
        self._need_worker()
        self.control.call("ServiceWorker.stopAllWorkers")
        self._known = 0
        self._at_rest()
        self._start_worker()
        self.worker.evaluate("1")
        self._at_rest()

    def restart(self) -> None:
        """Kill the browser, and start it again with its profile."""
        self._need_worker()
        if self._offline:
            raise Unable  # who emulates the network goes with the browser, so that the network would be there
        before, closed = len(self._began), self.page is None
        self.chromium.kill()
        self.page = self.other = None
        del self._settled[:]
        self.chromium.launch()
        self._permit(self._permission)  # which is set in the browser, and not in its profile
        self._open()
        self._ask(f"again({self.number})")
        self._start_worker()
        self._attach()
        self._at_rest()
        self._known = 0
        del self._began[before:]
        self._began += [(self._plain(tag), last) for tag, last in self.worker.evaluate("begun(0, 0)")]
        self._known = 0
        if closed:
            self.close_page()

    def unregister(self) -> None:
        """Unregister the service worker."""
        self._need_worker()
        if self.page is None:
            raise Unable
        self._ask("registration.unregister()")
        self._alive = False
        self._at_rest()

    def revoke(self) -> None:
        """Deny the permission."""
        self._permit("denied")

    def grant(self) -> None:
        """Grant it."""
        self._permit("granted")

    def close_page(self) -> None:
        """Leave the page; no other one of its origin is open."""
        self._need_worker()
        assert self.page is not None
        if self.other is not None:
            self.chromium.shut(self.other)
            self.other = None
        self.page.visit("about:blank")
        self._tab, self.page = self.page, None
        self._at_rest()

    def open_page(self) -> None:
        """Open it again."""
        self.page = self._tab
        self.page.visit(self.site.address("/page.html"))
        if self.number:
            self._ask(f"again({self.number})")

    def close(self) -> None:
        """End the browser."""
        self.chromium.close()
        self.site.close()

    # --- how

    def _open(self) -> None:
        """Open a page in another origin that hears all and pokes, and the page itself."""
        self.control = self.chromium.page(self.site.address("/poke.html", "localhost"))
        self.control.call("ServiceWorker.enable")
        self.control.call("BackgroundService.startObserving", service=SERVICE)
        self._record()
        self.control.evaluate("ready()")
        self.page = self.chromium.page(self.site.address("/page.html"))

    def _need_worker(self) -> None:
        """Refuse what cannot be done once the worker is unregistered: another page would not come to it either."""
        if not self._alive:
            raise Unable

    def _start_worker(self) -> None:
        self.control.call("ServiceWorker.startWorker", scopeURL=self.site.address(f"/scope{self.number}/"))

    def _record(self) -> None:
        self.control.call("BackgroundService.setRecording", service=SERVICE, shouldRecord=True)

    def _attach(self) -> None:
        """Attach to the worker, so that its network can be emulated."""
        self.worker = self.chromium.attach_to(self.site.address(f"/worker.js?{self.number}"))
        self.worker.begin("Network.enable")
        self.worker.evaluate("1")

    def _permit(self, setting: str) -> None:
        permission, origin = {"name": "background-sync"}, self.site.address("")
        self.chromium.all.call("Browser.setPermission", permission=permission, setting=setting, origin=origin)
        self._permission = setting

    def _ask(self, script: str) -> Any:
        assert self.page is not None
        return self.page.evaluate(script)

    def _at_rest(self) -> None:
        self.chromium.pipe.quiet(lambda: (len(self._began), len(self._settled)), QUIET)

    def _answer(self, error: str | None) -> str | None:
        self._at_rest()
        return error

    def _quoted(self, tag: str) -> str:
        return json.dumps(f"{tag}#{self.number}")

    @staticmethod
    def _plain(tag: str) -> str:
        return tag.partition("#")[0]

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
        elif event["eventName"] == BEGAN and number:
            self._began.append((tag, event["eventMetadata"][0]["value"] == "Yes"))
