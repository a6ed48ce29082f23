"""What is not understood breaks nothing: a verdict is `violated` only if it is so whatever the sentence means."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

import bgsync
from bgsync.compare.properties import broken_and_repaired
from bgsync.judge.explorations import Effort
from bgsync.judge.verdict import Report
from bgsync.prose.possible import algorithms_in
from bgsync.shipped.model.background_sync import monitors
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.sources import Source
from bgsync.system.scenario import Bounds
from bgsync.targets import Wish, judged, of_text
from bgsync.texts import read
from tests.sample import sample
from tests.specs import PRINT_QUEUE

WISH = Wish(granularities=("algorithm",), each=False)
NAMES = tuple(prop.id for prop in PROPERTIES if prop.monitors == (monitors.CALLS,))
CALLS = replace(WISH, properties=NAMES, bounds=Bounds(calls=1))
"""What one exploration of one call decides; the campaign asks for all, and for two calls."""


def verdicts(report: Report) -> Mapping[str, str]:
    return {each.property: each.verdict for each in report.verdicts if each.granularity != "text"}


def report_of(text: str, wish: Wish = WISH) -> Report:
    return judged(of_text(read(Source("print.bs", text), None, bgsync.content("one-off"))), wish)


LINES = PRINT_QUEUE.splitlines()
STEPS = {f"line {at + 1}": at for at, line in enumerate(LINES) if line.strip().startswith("1. ")}


@pytest.fixture(scope="module")
def whole() -> Report:
    return report_of(PRINT_QUEUE)


@pytest.fixture(scope="module")
def sound(whole: Report) -> Mapping[str, str]:
    return verdicts(whole)


def unreadable(at: int) -> str:
    """Give the text with a step that mentions the same, and says nothing of what is done with it."""
    before, said = LINES[at].split("1. ", 1)
    return "\n".join([*LINES[:at], f"{before}1. Marvel at this once again: {said}", *LINES[at + 1 :]])


@pytest.mark.parametrize(
    ("said", "fixed"),
    [
        ("Ponder |job|'s [=label=] at length.", False),
        ("Ponder the labels of |job| at length.", False),
        ("Ponder |label| with |job| at length.", True),
        ("Ponder labelled paper with |job| at length.", True),
        ("Ponder the weather with |job| at length.", True),
    ],
)
def test_a_member_that_a_step_names_which_is_not_read_is_none_that_never_changes(said: str, fixed: bool) -> None:
    assert "Wait for a while." in PRINT_QUEUE
    spec = read(Source("print.bs", PRINT_QUEUE.replace("Wait for a while.", said)), None).reading.spec
    assert {each.name: each.fixed for each in spec.type.members}["label"] is fixed


@pytest.mark.parametrize(("said", "fixed"), [("|job|'s [=printer=]", False), ("the [=printer=]", True)])
def test_a_member_that_is_called_as_its_type_is_named_where_something_owns_it(said: str, fixed: bool) -> None:
    member = "A [=print job=] has an associated <dfn>printer</dfn> (a [=printer=])."
    printer = "A <dfn>printer</dfn> has an associated <dfn>colour</dfn>."
    text = PRINT_QUEUE.replace("Within one", f"{member}\n\n{printer}\n\nWithin one")
    text = text.replace("Wait for a while.", f"Ponder {said}.")
    spec = read(Source("print.bs", text), None).reading.spec
    assert {each.name: each.fixed for each in spec.type.members}["printer"] is fixed


@pytest.mark.parametrize("at", sample(STEPS, 8))
def test_no_promise_that_holds_is_violated_since_a_step_cannot_be_read(at: int, sound: Mapping[str, str]) -> None:
    found = report_of(unreadable(at), replace(CALLS, effort=Effort(limit=50)))
    assert found.coverage.understood < found.coverage.total
    for name, verdict in verdicts(found).items():
        if verdict == "violated":
            assert sound[name] == "violated", f"{name} holds as it is written"


@pytest.mark.campaign
@pytest.mark.parametrize("at", STEPS.values(), ids=STEPS)
def test_no_promise_at_all_is_violated_since_a_step_cannot_be_read(at: int, sound: Mapping[str, str]) -> None:
    broken = {name for name, verdict in verdicts(report_of(unreadable(at))).items() if verdict == "violated"}
    assert all(sound[name] == "violated" for name in broken)


def test_what_depends_on_a_step_that_cannot_be_read_names_it() -> None:
    (at,) = (n for n in STEPS.values() if "Append |job|" in LINES[n])
    doubted = [each for each in report_of(unreadable(at), CALLS).verdicts if each.verdict == "inconclusive"]
    assert doubted
    assert all("depends on step register 8.3," in each.message for each in doubted)
    assert all("not understood" in each.message for each in doubted)


def test_a_step_that_names_the_list_and_a_misspelt_variable_may_put_there_what_its_invocation_has_made(
    sound: Mapping[str, str],
) -> None:
    slip = PRINT_QUEUE.replace("Append |job|", "Append |jobb|")
    found = verdicts(report_of(slip))
    assert slip != PRINT_QUEUE
    assert {name for name in sound if (found[name] == "vacuous") != (sound[name] == "vacuous")} == set()


def test_what_happens_before_a_step_that_cannot_be_read_is_violated_whatever_it_means(
    sound: Mapping[str, str],
) -> None:
    (at,) = (n for n in STEPS.values() if "Wait for a while" in LINES[n])
    assert sound["fires-online"] == "violated"
    assert (
        verdicts(report_of(unreadable(at), replace(WISH, properties=("fires-online",))))["fires-online"] == "violated"
    )


def test_a_rule_that_cannot_be_read_may_do_what_a_promise_needs() -> None:
    rule = "[=start printing=] for each [=print job=]"
    assert rule in PRINT_QUEUE
    text = PRINT_QUEUE.replace(rule, "be [=starting printing=] soon enough of every [=print job=]")
    found = report_of(text, CALLS)
    assert "violated" not in verdicts(found).values()
    assert any("depends on step goes online 1" in each.message for each in found.verdicts)


def test_the_algorithms_that_a_sentence_names_are_found_in_any_verb_form() -> None:
    lexicon = read(Source("print.bs", PRINT_QUEUE)).reading.lexicon
    assert algorithms_in("It starts printing whatever waits.", lexicon) == ("start printing",)
    assert algorithms_in("It is printed.", lexicon) == ()


def test_where_everything_is_understood_nothing_is_explored_twice(whole: Report) -> None:
    assert not any("not understood" in each.message for each in whole.verdicts)
    adversities = ("restarted", "terminated")
    report = bgsync.check("one-off", adversities=adversities, granularities=("algorithm",)).report
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
def test_a_misspelt_state_is_no_new_state(said: str, misspelt: str, sound: Mapping[str, str]) -> None:
    assert said in PRINT_QUEUE
    found = report_of(PRINT_QUEUE.replace(said, misspelt), CALLS)
    assert found.coverage.understood == found.coverage.total - 1
    for name, verdict in verdicts(found).items():
        assert verdict != "violated" or sound[name] == "violated"


def test_an_edit_that_makes_a_text_many_times_as_large_is_said_to(whole: Report) -> None:
    line = "1. Let |owner| be the [=service worker registration=] of |job|.\n"
    assert line in PRINT_QUEUE
    found = broken_and_repaired(
        whole, report_of(PRINT_QUEUE.replace(line, f"{line}1. Set |job| to |job|'s [=label=].\n"))
    )
    assert re.fullmatch(r"[\d,]+ states at granularity algorithm, and \d+ in the old text", found.grown)
    assert broken_and_repaired(whole, whole).grown == ""
