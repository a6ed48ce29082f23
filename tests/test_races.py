"""Two operations at once, explained by some interleaving or told with a rate."""

import os
from typing import Any

import pytest

from bgsync.driving import Operation
from bgsync.fuzz.races import raced
from bgsync.fuzz.text import TextOracle, oracle
from bgsync.observing import Oracle, Race
from bgsync.shipped.model.background_sync.in_chromium import InChromium
from bgsync.shipped.model.background_sync.observing import OBSERVING
from tests.browser import executable
from tests.implementations import Right

TAGS = ("t1", "t2")
ONE, TWO, DONE = Operation("register", "t1"), Operation("register", "t2"), Operation("fulfil", "t1")


@pytest.fixture(scope="module")
def text() -> Oracle:
    return TextOracle(OBSERVING, TAGS, granularity="step")


class InSomeOrder(Right):
    times = 0

    def at_once(self, first: tuple[str, str], second: tuple[str, str]) -> list[str | None]:
        InSomeOrder.times += 1
        calls = (first, second) if InSomeOrder.times % 2 else (second, first)
        return [getattr(self, method)(*more) for method, *more in calls]


class BothBeforeTheEvent(InSomeOrder):
    """As a browser does whose calls come both before the event of the first one begins."""

    def at_once(self, first: tuple[str, str], second: tuple[str, str]) -> list[Any]:
        return [self.register(first[1]), None]


class SometimesForgets(InSomeOrder):
    """Each third time the second call is forgotten, though its promise is fulfilled."""

    def at_once(self, first: tuple[str, str], second: tuple[str, str]) -> list[str | None]:
        if InSomeOrder.times % 3 == 2:
            InSomeOrder.times += 1
            return [self.register(first[1]), None]
        return super().at_once(first, second)


@pytest.mark.parametrize("race", OBSERVING.races[:4], ids=str)
def test_what_some_order_explains_is_accepted(race: Race, text: Oracle) -> None:
    InSomeOrder.times = 0
    assert raced(InSomeOrder, OBSERVING, text, race, 6).unexplained == ()


def test_two_calls_may_both_come_before_the_event(text: Oracle) -> None:
    race = Race((), ONE, ONE, (DONE,))
    for judge in (text, oracle(OBSERVING, "chromium", TAGS)):
        assert raced(BothBeforeTheEvent, OBSERVING, judge, race, 1).unexplained == ()


def test_what_no_order_explains_is_told_with_its_rate(text: Oracle) -> None:
    InSomeOrder.times = 0
    found = raced(SometimesForgets, OBSERVING, text, Race((), ONE, TWO), 9)
    assert [count for _, count in found.unexplained] == [3]
    assert "register t1 | register t2: not explained 3 of 9 times" in str(found)


@pytest.mark.browser
@pytest.mark.skipif(executable() is None, reason="no Chromium on this machine: apt-get install chromium")
def test_races_in_chromium_are_explained_but_for_a_page_that_is_left(text: Oracle) -> None:
    chromium = InChromium(os.environ.get("BGSYNC_CHROMIUM"))
    try:
        *explained, left = (raced(lambda: chromium, OBSERVING, text, race, 6) for race in OBSERVING.races)
    finally:
        chromium.close()
    assert [one.unexplained for one in explained] == [()] * 4
    assert sum(count for _, count in left.unexplained) > 0
