"""What was met in Chromium that the text does not allow, each kept as a run of its own that is repeated for its rate.

They need a page that goes away in the middle of a call, two origins, or a tag that is no text: more than the adapter
drives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bgsync.browser import Chromium, Session, Site
from bgsync.observing import Reproduction

from .scoped import BEGAN, Scoped, pages

SOON = {
    "BackgroundSync": {
        "initial_retry_delay_sec": 1,
        "retry_delay_factor": 1,
        "min_recovery_time_sec": 1,
        "max_sync_event_duration_sec": 2,
    }
}
"""Parameters by which a retry comes after a second, and an event lasts for two, until somebody looks: in 10 seconds."""
UNSETTLED = 30.0
"""Seconds after which an event that is not settled would have ended."""
SERVICE = Scoped.service
TRIES = 8
"""How often a page is left until a tag is stuck: in most runs it is the first time."""
PATIENCE = 15.0
"""Seconds for which an event that must come is waited for, however busy the machine is."""
ABSENCE = 4.0
"""Seconds after which an event that a delay of one second holds back has not come."""


class Tab:
    """A page in an origin, with a worker of its own."""

    def __init__(self, chromium: Chromium, site: Site, host: str) -> None:
        self.chromium, self.site, self.host = chromium, site, host
        self.page = chromium.page(site.address("/page.html", host))

    def fresh(self) -> None:
        """Register a worker, and attach to it."""
        self.page.evaluate("fresh(1)")
        self.worker = self._worker()

    def _worker(self) -> Session:
        worker = self.chromium.attach_to(self.site.address("/worker.js?1", self.host))
        worker.evaluate("1")
        return worker

    def leave(self) -> None:
        """Leave the page, and come again."""
        self.page.visit("about:blank")
        self.come()

    def come(self) -> None:
        """Come to the page again."""
        self.page.visit(self.site.address("/page.html", self.host))
        self.page.evaluate("again(1)")

    def events(self) -> int:
        """Count the events that the worker got."""
        return int(self.worker.evaluate("started.length"))

    def gets_event(self, before: int, seconds: float) -> bool:
        """Say whether the worker gets one more than it had, in a number of seconds."""
        end = time.monotonic() + seconds
        while not (got := self.events() > before) and time.monotonic() < end:
            time.sleep(0.02)
        return got


class Tabs:
    """A browser, in which tabs of two origins can be opened."""

    def __init__(self, chromium: Chromium, site: Site) -> None:
        self.chromium, self.site = chromium, site

    def tab(self, host: str = "127.0.0.1") -> Tab:
        """Open one, with a worker."""
        made = Tab(self.chromium, self.site, host)
        made.fresh()
        return made


def _left_in_the_middle(tab: Tab, tag: str) -> bool:
    """Leave a page while it registers, and say whether the tag is listed and does not fire."""
    before = tab.events()
    tab.page.evaluate(f"void addEventListener('beforeunload', () => registration.sync.register('{tag}'))")
    tab.leave()
    return tag in tab.page.evaluate("tags()") and not tab.gets_event(before, ABSENCE)


def _stuck(tabs: Tabs) -> bool:
    tab = tabs.tab()
    return any(_left_in_the_middle(tab, f"left{n}") for n in range(TRIES))


def _starved(tabs: Tabs) -> bool:
    stuck, other = tabs.tab(), tabs.tab("localhost")
    if not _retried(other, "before", PATIENCE):
        return False  # then nothing would follow from the rest
    there = any(_left_in_the_middle(stuck, f"left{n}") for n in range(TRIES))
    return there and not _retried(other, "other", ABSENCE)


def _retried(tab: Tab, tag: str, seconds: float) -> bool:
    """Fail once, see whether the retry comes in a number of seconds, and then succeed."""
    before = tab.events()
    tab.page.evaluate(f"register('{tag}')")
    if not tab.gets_event(before, PATIENCE):
        return False
    tab.worker.evaluate(f"settle('{tag}', false)")
    if not tab.gets_event(before + 1, seconds):
        return False
    tab.worker.evaluate(f"settle('{tag}', true)")
    return True


def _unsettled(tabs: Tabs) -> bool:
    page, said = tabs.chromium.page(tabs.site.address("/page.html")), list[str]()

    def hear(message: dict[str, Any]) -> None:
        if message["method"] == "BackgroundService.backgroundServiceEventReceived":
            said.append(message["params"]["backgroundServiceEvent"]["eventName"])

    tabs.chromium.listeners.append(hear)
    page.call("BackgroundService.startObserving", service=SERVICE)
    page.call("BackgroundService.setRecording", service=SERVICE, shouldRecord=True)
    page.evaluate("fresh(1)")  # nobody is attached to the worker: then no event would ever be timed out
    page.evaluate("register('unsettled')")
    tabs.chromium.pipe.wait(lambda: said.count(BEGAN[0]) > 1, UNSETTLED)
    return said == ["Registered sync", BEGAN[0], "sync event failed", BEGAN[0]]


def _surrogate(tabs: Tabs) -> bool:
    tab = tabs.tab()
    crashed = list[bool]()
    tabs.chromium.listeners.append(lambda event: crashed.append(event["method"] == "Inspector.targetCrashed"))
    tab.page.call("Inspector.enable")
    tab.page.begin_evaluation(r"register('\ud800')")
    tabs.chromium.pipe.wait(lambda: any(crashed), 5.0)
    return any(crashed)


@contextmanager
def _tabs(browser: str | None) -> Iterator[Tabs]:
    with Site(pages()) as site:
        running = Chromium(browser, SOON)
        try:
            yield Tabs(running, site)
        finally:
            running.close()


def _in_a_browser(shows: Callable[[Tabs], bool]) -> Callable[[str | None], bool]:
    """Bring it about in a browser of its own."""

    def shown(browser: str | None = None) -> bool:
        with _tabs(browser) as tabs:
            return shows(tabs)

    return shown


REPRODUCTIONS = (
    Reproduction(
        "left-page",
        "a page registers a tag while it is being left: the tag is listed, and never fires, though online",
        ("register 9.6", "fire a sync event 4"),
        _in_a_browser(_stuck),
        by_race=True,
    ),
    Reproduction(
        "starvation",
        "while such a tag is there, a failed sync of another origin is not retried when its delay is over",
        ("fire a sync event 5.3.2",),
        _in_a_browser(_starved),
        by_race=True,
    ),
    Reproduction(
        "never-settles",
        "a handler never settles: its event fails after a limit, by default of 3 minutes, and is tried again",
        ("fire a sync event 4", "fire a sync event 5"),
        _in_a_browser(_unsettled),
    ),
    Reproduction(
        "lone-surrogate",
        "register() with a tag that is a lone surrogate: the browser kills the page",
        ("register 9",),
        _in_a_browser(_surrogate),
    ),
)
