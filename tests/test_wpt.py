"""Tests that are written for the Web's own suite: what they take, and what Chromium makes of them."""

import os
from pathlib import Path

import pytest

from bgsync.browser import Chromium, Site
from bgsync.fuzz.belief import Belief
from bgsync.fuzz.text import oracle
from bgsync.fuzz.web import Suite, WebTest, files, suite
from bgsync.observing import Oracle
from bgsync.shipped.model.background_sync.observing import OBSERVING
from bgsync.shipped.model.background_sync.published import ADDRESSES
from tests.browser import executable
from tests.command import run

TAGS = ("t1",)
HARNESS = Path(__file__).with_name("stand_in_harness.js")


@pytest.fixture(scope="module")
def text() -> Oracle:
    return oracle(OBSERVING, "spec", TAGS)


@pytest.fixture(scope="module")
def made(text: Oracle) -> Suite:
    return suite(OBSERVING, text, TAGS)


def meets(test: WebTest, model: Oracle) -> bool:
    """Whether an implementation that does what a model says passes a test."""
    belief = Belief.initial(model)
    for step in test.steps:
        (outcome,) = belief.outcomes(step.operation)
        if not any(outcome.seen.fits(one) for one in step.allowed):
            return False
        belief, _ = belief.after(step.operation, outcome.seen)
    return True


def test_every_step_is_taken_or_left_out_with_why(made: Suite, text: Oracle) -> None:
    taken = {label for test in made.tests for label in test.takes}
    assert taken | made.left_out.keys() == {("step", name) for name in text.expected["step"]}
    assert not taken & made.left_out.keys()
    assert made.left_out["step", "changes to online 1"] == "it needs a hook: go offline, go online"
    assert "chooses" in made.left_out["step", "fire a sync event 5.3.3"]


def test_no_test_uses_what_needs_a_hook(made: Suite) -> None:
    assert OBSERVING.web is not None
    used = {step.operation.name for test in made.tests for step in test.steps}
    assert used == set(OBSERVING.web.operations)


def test_no_test_is_the_beginning_of_another_one(made: Suite) -> None:
    runs = [test.steps for test in made.tests]
    assert not [one for one in runs for other in runs if one is not other and other[: len(one)] == one]
    assert len({test.name for test in made.tests}) == len(made.tests)


def test_registering_in_a_back_off_is_tested_by_the_steps_that_it_is_about(made: Suite) -> None:
    (name,) = [test.name for test in made.tests if test.name.endswith(": register t1, reject t1, register t1")]
    assert name.startswith("register 8.1, register 8.3, fire a sync event 4")


def test_the_files_are_written_on_the_command_line(tmp_path: Path) -> None:
    result = run("wpt", "-o", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    pages = sorted(place.name for place in (tmp_path / "out").glob("*.https.html"))
    assert "register.https.html" in pages
    page = (tmp_path / "out" / "register.https.html").read_text()
    assert '<script src="/resources/testharness.js"></script>' in page
    assert '<link rel="help" href="https://' in page
    assert "changes to online 1: it needs a hook: go offline, go online" in result.output


@pytest.mark.browser
@pytest.mark.skipif(executable() is None, reason="no Chromium on this machine: apt-get install chromium")
def test_chromium_passes_all_but_what_its_machine_does_otherwise(made: Suite) -> None:
    machine = oracle(OBSERVING, "chromium", TAGS)
    expected = {test.name for test in made.tests if not meets(test, machine)}
    served = {f"/bgs/{name}": page for name, page in files(made, OBSERVING, "Background sync", ADDRESSES).items()}
    served |= {"/resources/testharness.js": HARNESS.read_text(), "/resources/testharnessreport.js": ""}
    results = dict[str, tuple[str, str]]()
    with Site(served) as site:
        browser = Chromium(os.environ.get("BGSYNC_CHROMIUM"))
        try:
            for path in (one for one in served if one.endswith(".html")):
                page = browser.page(site.address(path))
                answer = browser.pipe.answer(page.begin_evaluation("finished"), "the tests", patience=60)
                for one in answer["result"]["value"]:
                    results[one["name"]] = one["status"], one["message"]
                browser.shut(page)
        finally:
            browser.close()
    assert results.keys() == {test.name for test in made.tests}
    assert {name for name, (status, _) in results.items() if status == "fail"} == expected, results
    assert {status for status, _ in results.values()} <= {"pass", "fail"}
    (name,) = expected
    assert name.startswith("register 8.1, ")
