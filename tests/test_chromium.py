"""A real Chromium, driven; where there is none these tests are skipped and say so."""

import os
from collections.abc import Iterator

import pytest

from bgsync.browser import Chromium, Site
from bgsync.driving import Operation
from bgsync.fuzz.adapter import Adapter
from bgsync.fuzz.campaign import Plan, campaign
from bgsync.fuzz.finding import Finding, replay
from bgsync.fuzz.text import oracle
from bgsync.observing import Oracle, Reproduction
from bgsync.shipped.model.background_sync.in_chromium import InChromium
from bgsync.shipped.model.background_sync.observing import OBSERVING
from bgsync.shipped.model.background_sync.reproductions import REPRODUCTIONS
from tests.browser import executable

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(executable() is None, reason="no Chromium on this machine: apt-get install chromium"),
]
TAGS = ("t1", "t2")


@pytest.fixture(scope="module")
def chromium() -> Iterator[InChromium]:
    found = InChromium(os.environ.get("BGSYNC_CHROMIUM"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def machine() -> Oracle:
    return oracle(OBSERVING, "chromium", TAGS)


@pytest.fixture(scope="module")
def text() -> Oracle:
    return oracle(OBSERVING, "spec", TAGS)


def replayed(chromium: InChromium, oracle: Oracle, *operations: str) -> Finding | None:
    done = [Operation(*one.rsplit(" ", 1)) if one[-1].isdigit() else Operation(one) for one in operations]
    return replay(Adapter(chromium, OBSERVING), oracle, tuple(done))


def test_registering_in_a_back_off_does_not_fire_at_once(chromium: InChromium, text: Oracle, machine: Oracle) -> None:
    run = ("register t1", "reject t1", "register t1")
    finding = replayed(chromium, text, *run)
    assert finding is not None
    assert "resolved; no event; registered: t1   <- not allowed" in str(finding)
    assert replayed(chromium, machine, *run) is None


@pytest.mark.parametrize(
    "run",
    [
        ("register t1", "register t1", "fulfil t1", "fulfil t1"),
        ("register t1", "register t1", "reject t1", "reject t1", "elapse", "fulfil t1"),
        ("register t1", "reject t1", "elapse", "reject t1", "elapse", "reject t1"),
        ("go offline", "register t1", "register t2", "go online", "fulfil t1", "fulfil t2"),
        ("register t1", "terminate", "elapse", "terminate", "elapse", "terminate", "register t1"),
        ("register t1", "register t1", "terminate", "fulfil t1"),
        ("register t1", "close the page", "register from the worker t2", "open a page", "register from the worker t2"),
        ("register t1", "revoke", "register t2", "reject t1", "elapse", "grant", "register t2"),
        ("register t1", "unregister", "register t1", "fulfil t1"),
    ],
    ids=" / ".join,
)
def test_its_own_machine_explains_it(chromium: InChromium, machine: Oracle, run: tuple[str, ...]) -> None:
    finding = replayed(chromium, machine, *run)
    assert finding is None, str(finding)


def test_it_is_killed_and_started_again_with_what_it_had(chromium: InChromium, machine: Oracle) -> None:
    before = ("register t1", "register t2", "register t2", "reject t1", "revoke", "restart", "register t1", "grant")
    run = (*before, "fulfil t2", "elapse", "fulfil t1")
    finding = replayed(chromium, machine, *run)
    assert finding is None, str(finding)


def test_a_short_campaign_finds_nothing_that_its_machine_does_not_explain(
    chromium: InChromium, machine: Oracle
) -> None:
    result = campaign(lambda: chromium, OBSERVING, machine, TAGS, Plan(examples=20, seed=2))
    assert result.findings == (), "\n".join(map(str, result.findings))
    assert result.steps > 100


KEPT = [pytest.param(one, id=one.name, marks=[pytest.mark.campaign] if one.by_race else []) for one in REPRODUCTIONS]
"""One that comes about by a race in the browser shows often and not always, so that the tests do not rest on it."""


@pytest.mark.parametrize("kept", KEPT)
def test_a_kept_difference_shows_again(kept: Reproduction) -> None:
    assert any(kept.shows(os.environ.get("BGSYNC_CHROMIUM")) for _ in range(4))


def test_a_kept_difference_names_steps_of_the_text(text: Oracle) -> None:
    labels = text.expected["step"]
    for kept in REPRODUCTIONS:
        assert all(any(label.startswith(step) for label in labels) for step in kept.steps), kept.name


def test_the_browser_is_driven_apart_from_any_spec() -> None:
    with Site({"/": "<title>here</title>"}) as site:
        browser = Chromium(os.environ.get("BGSYNC_CHROMIUM"))
        try:
            page = browser.page(site.address("/"))
            assert page.evaluate("document.title") == "here"
            assert browser.clock is None or page.evaluate("Date.now()") < 2**53
            browser.kill()
            browser.launch()
            assert browser.page(site.address("/")).evaluate("document.title") == "here"
        finally:
            browser.close()
        assert not browser.folder.exists()
