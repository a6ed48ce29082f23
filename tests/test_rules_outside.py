"""A rule outside of steps is never dropped: it is read, or it is not understood and named."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bgsync.api import read
from bgsync.language import (
    Associated,
    Call,
    Empty,
    Environment,
    ForEach,
    If,
    Let,
    Not,
    NotUnderstood,
    Perform,
    Sequence,
    rule,
    steps,
    traversal,
    walk,
)
from bgsync.language.statements import Statement
from bgsync.prose.ledger import ABSTRACTED, NOT_UNDERSTOOD, REMARK
from bgsync.sources import Source
from bgsync.system.step import State
from bgsync.system.system import System
from bgsync.targets import as_it_stands, of_text
from bgsync.texts import Text, ledger
from tests.command import run
from tests.models import FILE, UNGATED, outbox, scenario
from tests.specs import HEAD, PRINT, REGISTER, RULE


def queue(said: str) -> Text:
    """The print queue with these sentences instead of its rule."""
    return read(Source("queue.bs", HEAD + REGISTER + said + "\n" + PRINT))


def ruled(said: str) -> tuple[Statement, ...]:
    """Give what the one rule of a text does."""
    (found,) = queue(said).reading.spec.rules
    return tuple(traversal.walk(found.steps))


@pytest.mark.parametrize(
    ("occasion", "act"),
    [
        ("a [=service worker registration=] is [=unregistered=]", "[=list/empty=] its [=print queue=]"),
        ("a [=service worker registration=] has been cleared", "remove all [=print jobs=] from its [=print queue=]"),
        ("the user clears the data of a site", "empty that [=service worker registration=]'s [=print queue=]"),
        ("the storage of an origin is cleared", "empty the [=print queue=] of the [=service worker registration=]"),
    ],
)
def test_what_is_required_when_a_registration_is_gone_is_done_then(occasion: str, act: str) -> None:
    (found,) = queue(f"When {occasion}, the user agent MUST {act}.").reading.spec.rules
    assert (found.machine, found.trigger) == ("service worker", "unregister")
    assert [type(each) for each in found.steps] == [Empty]


@pytest.mark.parametrize(
    "act",
    [
        "[=list/empty=] the [=print queue=] of each [=service worker registration=] of that origin",
        "empty the [=print queue=] of every [=service worker registration=]",
        "empty each [=service worker registration=]'s [=print queue=]",
    ],
)
def test_the_list_of_each_registration_is_that_of_the_one_that_is_followed(act: str) -> None:
    (found,) = queue(f"When the user clears the data of an origin, the user agent MUST {act}.").reading.spec.rules
    (each,) = found.steps
    assert isinstance(each, ForEach)
    assert each.collection == Sequence((Associated("service worker registration"),))
    assert [type(inner) for inner in traversal.body_of(each)] == [Empty]


def test_the_lists_of_some_registrations_only_are_not_all_emptied() -> None:
    act = "empty the [=print queue=] of every [=service worker registration=] of that lost page"
    (found,) = queue(f"When the user clears the data of an origin, the user agent MUST {act}.").reading.spec.rules
    first = found.steps[0]
    assert isinstance(first, NotUnderstood) or (
        isinstance(first, ForEach) and not isinstance(first.collection, Sequence)
    )


@pytest.mark.parametrize("occasion", ["a printer clears its storage", "the data of a [=print job=] are cleared"])
def test_what_is_cleared_elsewhere_unregisters_nobody(occasion: str) -> None:
    found = queue(f"When {occasion}, the user agent MUST [=start printing=] the [=print job=].").reading.spec.rules
    assert [each.machine for each in found] == [""]


@pytest.mark.parametrize(
    ("act", "changes"),
    [
        ("increment |job|'s [=copies=]", True),
        ("set |job|'s [=copies=] to 1", True),
        ("[=start printing=] |job|", False),
    ],
)
def test_a_member_that_only_a_rule_counts_or_sets_changes(act: str, changes: bool) -> None:
    member = "\nA [=print job=] has an associated <dfn for='print job'>copies</dfn>, a number. It is initially 0.\n"
    rule = "\n<div algorithm>\nWhen the ink is low, the user agent MUST run these steps:\n\n"
    members = queue(
        f"{member}{rule}1. For each |job| of the [=print queue=], {act}.\n</div>\n"
    ).reading.spec.type.members
    assert {each.name: each.fixed for each in members}["copies"] is not changes


def test_a_list_that_is_said_to_be_its_own_is_one_whose_owner_is_named() -> None:
    said = (
        "When a [=service worker registration=] is unregistered, the user agent MUST [=list/empty=] {} [=print queue=]."
    )
    told = {
        whose: [note.property for note in as_it_stands(of_text(queue(said.format(whose)))).notes]
        for whose in ("its", "the")
    }
    assert ("receiver" in told["its"], "receiver" in told["the"]) == (False, True)


JOBS = "[=start printing=] for each [=print job=] whose [=job state=] is [=queued=]"


@pytest.mark.parametrize(
    "said",
    [
        "Whenever the user agent goes online, the user agent SHOULD [=start printing=] each [=print job=] whose "
        "[=job state=] is [=queued=].",
        "When the user agent goes online, it must [=start printing=] every [=print job=].",
        f"As soon as the user agent goes online, the user agent MUST {JOBS}.",
        f"When the printer is warm, the user agent SHOULD {JOBS}.",
    ],
)
def test_what_is_to_be_done_for_each_object_is_read(said: str) -> None:
    first, *rest = ruled(said)
    assert isinstance(first, ForEach)
    assert [type(each) for each in rest] == [Call]


@pytest.mark.parametrize(
    "said",
    [
        f"The user agent SHOULD {JOBS} whenever it goes [=online=].",
        "Once the user agent goes online, it SHOULD [=start printing=] whatever comes to mind first.",
    ],
)
def test_a_rule_that_is_not_read_is_not_understood(said: str) -> None:
    assert any(isinstance(each, NotUnderstood) for each in ruled(said))


@pytest.mark.parametrize(
    ("said", "level"),
    [
        (f"Whenever the user agent changes to online, {JOBS}.", "MUST"),
        ("When the user agent goes from offline to online, for each [=print job=] |job|, [=start printing=] for |job|.",
         "MUST"),
        (f"When the user agent goes online, the user agent shall {JOBS}.", "MUST"),
        (f"When the user agent goes online, the user agent MAY {JOBS}.", "MUST"),
    ],
)  # fmt: skip
def test_a_rule_is_one_without_a_should_too_and_what_may_be_done_is_done_or_not(said: str, level: str) -> None:
    (found,) = queue(said).reading.spec.rules
    assert (found.machine, found.trigger, found.level) == ("network", "go online", level)
    assert any(isinstance(each, Call) for each in walk(found.steps))
    assert isinstance(found.steps[0], If) == ("MAY" in said)


def test_what_the_user_agent_is_told_to_do_when_something_happens_is_a_rule() -> None:
    said = "When the user agent goes online, the user agent removes all [=print jobs=] from the [=print queue=]."
    (found,) = queue(said).reading.spec.rules
    assert [type(each) for each in found.steps] == [Empty]


def test_a_rule_that_has_a_condition_before_its_occasion_asks_for_it() -> None:
    said = "Unless the user has disabled printing, whenever the user agent goes online, the user agent SHOULD {}."
    (found,) = queue(said.format(JOBS)).reading.spec.rules
    (asks,) = found.steps
    assert isinstance(asks, If)
    assert (asks.condition, found.trigger) == (Not(Environment("permission", ("denied",))), "go online")


@pytest.mark.parametrize(
    ("occasion", "moved"),
    [
        ("the user agent starts or changes to online", {("user agent", "start"), ("network", "go online")}),
        ("the user agent changes to online or offline", {("network", "go offline"), ("network", "go online")}),
        ("the user agent goes online, or when it starts", {("user agent", "start"), ("network", "go online")}),
        ("the user agent starts or resumes", {("user agent", "start"), ("", "resumes")}),
    ],
)
def test_a_rule_with_two_occasions_is_a_rule_for_each(occasion: str, moved: set[tuple[str, str]]) -> None:
    first, second = queue(f"When {occasion}, it SHOULD {JOBS}.").reading.spec.rules
    assert {(each.machine, each.trigger) for each in (first, second)} == moved
    assert first.steps == second.steps


def test_what_a_rule_is_about_has_its_variable() -> None:
    gone = "When a [=service worker registration=] |gone| is unregistered"
    text = queue(f"{gone}, the user agent MUST empty |gone|'s [=print queue=].")
    assert [each.message for each in as_it_stands(of_text(text)).notes if "gone" in each.message] == []
    (found,) = text.reading.spec.rules
    assert [type(each) for each in found.steps] == [Let, Empty]


def test_what_is_said_to_happen_in_other_words_is_not_understood_and_no_remark() -> None:
    said = "Whenever the user agent changes to online, all [=print jobs=] that are [=paused=] move on."
    (status,) = (each.status for each in ledger(queue(said)).entries if "move on" in each.sentence)
    assert status == NOT_UNDERSTOOD


@pytest.mark.parametrize(
    "said",
    [
        "When the moon is full, every [=print job=] becomes [=printing=].",
        "As soon as a reader leaves, all [=print jobs=] of that reader are removed from the [=print queue=].",
    ],
)
def test_what_changes_when_something_happens_that_is_not_known_is_not_understood(said: str) -> None:
    (found,) = [
        each for each in ledger(queue(said)).entries if each.sentence == said.replace("[=", "").replace("=]", "")
    ]
    assert found.status == NOT_UNDERSTOOD


def test_what_must_not_be_run_is_no_rule() -> None:
    assert not queue("The user agent MUST NOT [=start printing=] at night.").reading.spec.rules


def test_two_rules_on_one_occasion_are_two() -> None:
    rules = queue(RULE + RULE.replace("[=queued=]", "[=paused=]")).reading.spec.rules
    assert [each.trigger for each in rules] == ["go online"] * 2
    assert len({each.name for each in rules}) == 2


def test_where_an_invocation_is_one_action_the_other_rules_on_its_occasion_are_still_due() -> None:
    both = tuple(
        rule(name, "network", "go online", "MUST", steps(Perform(name)), file=FILE) for name in ("ink", "paper")
    )
    closed = System(scenario(replace(outbox(), rules=both), UNGATED, "algorithm"))
    (start,) = closed.initial_states()
    after = [step.after for step in closed.steps(start) if step.action.name == "go online" and step.after]
    assert {state.due for state in after if isinstance(state, State)} == {("ink",), ("paper",)}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("The user agent MUST print a page while it is [=online=].", NOT_UNDERSTOOD),
        ("A user agent MAY take an office network for [=online=].", ABSTRACTED),
    ],
)
def test_what_is_required_is_no_description_of_the_environment(said: str, status: str) -> None:
    defined = "The user agent is <dfn>online</dfn> if it has a connection.\n\n"
    found = [each.status for each in ledger(queue(defined + said)).entries if each.sentence.startswith(said[:10])]
    assert found[-1:] == [status]


SHELF = """
# Where it stands # {#place}

The printer stands in a hall. Printing is a [=powerful feature=] that is identified by the name "print".

In the hall, the user agent MUST:

* Dim the light.

The user agent must do at least one of the following:

* Cap the noise.
* Ring a bell.

<div class=note>It MUST be a large hall.</div>
"""


def test_every_sentence_that_counts_is_in_the_ledger_whatever_its_words() -> None:
    text = queue(RULE + SHELF)
    counts = [each for each in text.reading.document.paragraphs if not each.informative]
    told = {entry.place: entry.status for entry in ledger(text).entries}
    assert [each.text for paragraph in counts for each in paragraph.sentences if each.place not in told] == []
    said = {entry.sentence: entry.status for entry in ledger(text).entries if entry.where == "Where it stands"}
    assert said["The printer stands in a hall."] == REMARK
    assert said['Printing is a powerful feature that is identified by the name "print".'] == ABSTRACTED


def test_what_is_required_outside_of_steps_and_no_step_does_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "queue.bs"
    file.write_text(HEAD + REGISTER + RULE + SHELF + PRINT)
    report = json.loads(run("check", str(file), "--property", "known-term", "--format", "json").stdout)
    sentences = ["Dim the light.", "Cap the noise.", "Ring a bell."]
    lines = [1 + file.read_text().split("\n").index(f"* {each}") for each in sentences]
    assert [(each["sentence"], each["location"]["line"]) for each in report["requirements"]] == [
        *zip(sentences, lines, strict=True)
    ]
    printed = run("check", str(file), "--property", "known-term", "--traces", "none").stdout
    assert f"3 requirements outside of the steps, held against no step: {file}:{lines[0]}, {lines[1]}" in printed


@pytest.mark.parametrize(
    ("said", "silent"),
    [
        ("", True),
        ("Print jobs persist when the user agent ends.", False),
        ("Note: print jobs persist when the user agent ends.", True),  # a note does not count
    ],
)
def test_what_is_taken_for_granted_of_a_restart_is_told_with_whether_the_text_says_it(said: str, silent: bool) -> None:
    granted = as_it_stands(of_text(queue(f"{RULE}\n{said}\n"))).rests["restarted"]
    assert granted.startswith("lists are kept, with what is in them and its states, and nothing else is")
    assert granted.endswith(", of which no sentence speaks") is silent
