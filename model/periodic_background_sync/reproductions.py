"""What was met in Chromium's periodic sync that the text does not allow, each kept as a run that is repeated."""

from __future__ import annotations

from collections.abc import Callable

from bgsync.observing import Reproduction

from .in_chromium import PeriodicInChromium

TAG = "t1"
RETRIED = 1000
"""Seconds longer than a delay before a retry, and shorter than an interval."""
PATIENCE = 1.0
"""Seconds after which an event that is due has not come."""


def _denied(chromium: PeriodicInChromium) -> bool:
    chromium.register(TAG)
    chromium.revoke()
    chromium.elapse()
    return [tag for tag, _ in chromium.events()] == [TAG]


def _ends_another(chromium: PeriodicInChromium) -> bool:
    chromium.register(TAG)
    chromium.elapse()
    chromium.withdraw(TAG)
    chromium.register_anew(TAG)
    before = chromium.remaining(TAG)
    chromium.settle(TAG, False)
    return before > RETRIED > chromium.remaining(TAG)


def _overdue(chromium: PeriodicInChromium) -> bool:
    chromium.register(TAG)
    chromium.pass_by(TAG)
    chromium.chromium.pipe.wait(lambda: bool(chromium.under_way), PATIENCE)
    return chromium.events() == []


def _in_a_browser(shows: Callable[[PeriodicInChromium], bool]) -> Callable[[str | None], bool]:
    """Bring it about in a browser of its own."""

    def shown(browser: str | None = None) -> bool:
        chromium = PeriodicInChromium(browser)
        try:
            chromium.reset()
            return shows(chromium)
        finally:
            chromium.close()

    return shown


REPRODUCTIONS = (
    Reproduction(
        "denied-and-fired",
        "the permission is denied after a tag was registered: it stays, and its events go on",
        ("respond to permission revocation 1.1",),
        _in_a_browser(_denied),
    ),
    Reproduction(
        "ends-another",
        "a tag is withdrawn while its event runs, and registered anew: the failure of the old event counts for the new "
        "registration, whose first event then comes minutes later instead of a day",
        ("fire a periodicsync event 6.7.4",),
        _in_a_browser(_ends_another),
    ),
    Reproduction(
        "overdue",
        "an event is overdue when the browser looks for the next one that is due, as it does when a page of another "
        "origin withdraws a tag: it does not come",
        ("process periodic sync registrations 1.3.3.1",),
        _in_a_browser(_overdue),
    ),
)
