"""What is not understood breaks nothing: a verdict is `violated` only if it is so whatever the sentence means."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

import bgsync
from bgsync.compare.properties import broken_and_repaired
from bgsync.judge.budget import Budget
from bgsync.judge.verdict import Report
from bgsync.prose.possible import algorithms_in
from bgsync.shipped.model.background_sync import monitors
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.sources import Source
from bgsync.targets import Wish, judged, of_text
from bgsync.texts import read
from tests.specs import PRINT_QUEUE

WISH = Wish(granularities=("algorithm",), each=False)
NAMES = tuple(prop.id for prop in PROPERTIES if prop.monitors == (monitors.CALLS,))
CALLS = replace(WISH, properties=NAMES)
"""What one exploration decides."""


def verdicts(report: Report) -> Mapping[str, str]:
    return {each.property: each.verdict for each in report.verdicts if each.granularity != "text"}


def report_of(text: str, wish: Wish = WISH) -> Report:
    return judged(of_text(read(Source("print.bs", text), None, bgsync.content("one-off"))), wish)


WHOLE = report_of(PRINT_QUEUE)
LINES = PRINT_QUEUE.splitlines()
STEPS = [at for at, line in enumerate(LINES) if line.strip().startswith("1. ")]


def unreadable(at: int) -> str:
    """Give the text with a step that mentions the same, and says nothing of what is done with it."""
    before, said = LINES[at].split("1. ", 1)
    return "\n".join([*LINES[:at], f"{before}1. Marvel at this once again: {said}", *LINES[at + 1 :]])


@pytest.mark.parametrize("at", STEPS, ids=lambda at: f"line {at + 1}")
def test_no_promise_that_holds_is_violated_since_a_step_cannot_be_read(at: int) -> None:
    found, sound = report_of(unreadable(at), replace(CALLS, budget=Budget(3))), verdicts(WHOLE)
    assert found.coverage.understood < found.coverage.total
    for name, verdict in verdicts(found).items():
        if verdict == "violated":
            assert sound[name] == "violated", f"{name} holds as it is written"


@pytest.mark.campaign
@pytest.mark.parametrize("at", STEPS, ids=lambda at: f"line {at + 1}")
def test_no_promise_at_all_is_violated_since_a_step_cannot_be_read(at: int) -> None:
    sound = verdicts(WHOLE)
    broken = {name for name, verdict in verdicts(report_of(unreadable(at))).items() if verdict == "violated"}
    assert all(sound[name] == "violated" for name in broken)


def test_what_depends_on_a_step_that_cannot_be_read_names_it() -> None:
    (at,) = (n for n in STEPS if "Append |job|" in LINES[n])
    doubted = [each for each in report_of(unreadable(at)).verdicts if each.verdict == "inconclusive"]
    assert doubted
    assert all("depends on step register 8.3," in each.message for each in doubted)
    assert all("not understood" in each.message for each in doubted)


def test_what_happens_before_a_step_that_cannot_be_read_is_violated_whatever_it_means() -> None:
    (at,) = (n for n in STEPS if "Wait for a while" in LINES[n])
    assert verdicts(WHOLE)["fires-online"] == "violated"
    assert verdicts(report_of(unreadable(at)))["fires-online"] == "violated"


def test_a_rule_that_cannot_be_read_may_do_what_a_promise_needs() -> None:
    rule = "[=start printing=] for each [=print job=]"
    assert rule in PRINT_QUEUE
    text = PRINT_QUEUE.replace(rule, "be [=starting printing=] soon enough of every [=print job=]")
    found = report_of(text)
    assert "violated" not in verdicts(found).values()
    assert any("depends on step goes online 1" in each.message for each in found.verdicts)


def test_the_algorithms_that_a_sentence_names_are_found_in_any_verb_form() -> None:
    lexicon = read(Source("print.bs", PRINT_QUEUE)).reading.lexicon
    assert algorithms_in("It starts printing whatever waits.", lexicon) == ("start printing",)
    assert algorithms_in("It is printed.", lexicon) == ()


def test_where_everything_is_understood_nothing_is_explored_twice() -> None:
    assert not any("not understood" in each.message for each in WHOLE.verdicts)
    report = bgsync.check("one-off", granularities=("algorithm",)).report
    places = [(each.granularity, each.adversities, each.monitor) for each in report.explorations]
    again = {place[:2] for place in places if places.count(place) > 1}
    assert again == {("algorithm", ("terminated",))}  # by the other reading of termination


@pytest.mark.parametrize(
    ("said", "misspelt"),
    [
        ("Set |job|'s [=job state=] to [=printing=]", "Set |job|'s [=job state=] to [=prnting=]"),
        ("Assert: |job|'s [=job state=] is [=queued=]", "Assert: |job|'s [=job state=] is [=qeued=]"),
        ("Set |job|'s [=job state=] to [=printing=]", "Set |job|'s [=job state=] to `prinnting`"),
    ],
)
def test_a_misspelt_state_is_no_new_state(said: str, misspelt: str) -> None:
    assert said in PRINT_QUEUE
    found = report_of(PRINT_QUEUE.replace(said, misspelt))
    assert found.coverage.understood == found.coverage.total - 1
    for name, verdict in verdicts(found).items():
        assert verdict != "violated" or verdicts(WHOLE)[name] == "violated"


def test_an_edit_that_makes_a_text_many_times_as_large_is_said_to() -> None:
    line = "1. Let |owner| be the [=service worker registration=] of |job|.\n"
    assert line in PRINT_QUEUE
    found = broken_and_repaired(WHOLE, report_of(PRINT_QUEUE.replace(line, f"{line}1. Set |job| to null.\n")))
    assert re.fullmatch(r"[\d,]+ states at granularity algorithm, and \d+ in the old text", found.grown)
    assert broken_and_repaired(WHOLE, WHOLE).grown == ""
