"""What belongs where: steps that a variable holds, steps below a step that is not understood, "its", and heads."""

from __future__ import annotations

import pytest

from bgsync.language import expressions as e
from bgsync.language import say, traversal
from bgsync.language import statements as s
from tests.test_reading_kinds import ledger, reading, unread

LAMPS = (
    "A <dfn>lamp</dfn> has a <dfn for=lamp>shade</dfn>, a <dfn for=lamp>lit flag</dfn> and a "
    "<dfn for=lamp>colour</dfn>.\n\n"
    "A <dfn>shade</dfn> has an <dfn for=shade>owner</dfn> and <dfn for=shade>holes</dfn>.\n\n"
)


def steps(text: str) -> tuple[s.Statement, ...]:
    """Give the steps of the last algorithm of a text, with all that is in them."""
    return traversal.walk(reading(LAMPS + text).spec.algorithms[-1].steps)


def said(text: str) -> list[str]:
    return [say(each) for each in steps(text)]


# --- steps that a variable holds


HOLDS = "To <dfn>try</dfn> a |lamp|:\n\n1. Let |test| be an algorithm that, given a |hue|, runs the following steps:\n"


def test_steps_that_a_variable_holds_run_where_a_sentence_runs_them() -> None:
    text = (
        f"{HOLDS}    1. If |hue| is null, return.\n    1. Set |lamp| to |hue|.\n1. Run |test| with 1.\n1. Return 2.\n"
    )
    found = steps(text)
    (later,) = (each for each in found if isinstance(each, s.Whenever))
    assert s.If(False, (later,), origin=later.origin) in found  # and nowhere else
    (block,) = (each for each in found if isinstance(each, s.While))
    assert [say(each) for each in traversal.walk(traversal.body_of(block))] == [
        "let hue be 1", "if hue is null: break", "break", "set lamp to hue", "break",
    ]  # fmt: skip
    assert said(text)[-1] == "return 2"
    assert unread(LAMPS + text) == []


def test_they_run_in_the_task_that_runs_them() -> None:
    text = f"{HOLDS}    1. Set |lamp| to |hue|.\n1. [=Queue a task=] to run |test| with 1, and return.\n"
    (task,) = (each for each in steps(text) if isinstance(each, s.Enqueue))
    assert any(isinstance(each, s.While) for each in traversal.body_of(task))


@pytest.mark.parametrize(
    "rest",
    [
        "    1. Set |lamp| to |hue|.\n1. Run |other| with |test|.\n",
        "    1. While |hue| is null:\n        1. Return.\n1. Run |test| with 1.\n",
        "    1. Set |lamp| to |hue|.\n1. Let |hue| be 1.\n1. Run |test| with 2.\n",
        "    1. Run |test| with null.\n1. Run |test| with 1.\n",
    ],
    ids=["handed on", "a loop in them", "a parameter named like a variable", "they run themselves"],
)
def test_where_that_cannot_be_said_they_may_run_at_any_time(rest: str) -> None:
    assert any(isinstance(each, s.Whenever) for each in steps(HOLDS + rest))


# --- below a step that is not understood


def test_what_stands_below_a_step_that_is_not_understood_is_in_doubt() -> None:
    text = "To <dfn>dim</dfn> a |lamp|:\n\n1. Gladly and slowly |lamp|:\n    1. Let |x| be 1.\n1. Let |y| be 2.\n"
    told = {entry.sentence: entry for entry in ledger(text)}
    assert "it stands below a step that is not understood" in told["Let x be 1."].how
    assert told["Let y be 2."].understood


def test_a_sentence_that_sets_members_runs_no_steps() -> None:
    text = "To <dfn>dim</dfn> a |lamp|:\n\n1. Set |lamp|'s properties as follows:\n    <dl><dt>colour<dd>red</dl>\n"
    assert any("not understood" in told for told in unread(text))


# --- its


@pytest.mark.parametrize(
    ("sentence", "understood"),
    [
        ("If |lamp|'s [=lamp/shade=] is not null, set its [=shade/owner=] to null.", False),
        ("If |lamp|'s [=lamp/shade=] is not null, set its [=lamp/colour=] to null.", True),
    ],
)
def test_its_is_in_doubt_where_nobody_can_have_both_members(sentence: str, understood: bool) -> None:
    assert (unread(f"{LAMPS}To <dfn>dim</dfn> a |lamp|:\n\n1. {sentence}\n") == []) is understood


# --- links


def test_a_negation_in_the_words_of_a_link_is_not_lost() -> None:
    head = "To <dfn>dim</dfn> a |lamp|:\n\n1. If |lamp| "
    assert any("a negation is lost" in told for told in unread(head + '<a lt="dim">does not dim</a>, return.\n'))


def test_an_algorithm_that_says_whether_something_is_so_is_called() -> None:
    text = (
        "A |lamp| <dfn>suits</dfn> given |hue| if:\n\n1. Return true.\n\n"
        "To <dfn>dim</dfn> a |lamp|:\n\n1. If |lamp| [=suits=] given 1, return.\n"
    )
    calls = [each for each in steps(text) if isinstance(each, s.Call)]
    assert [(each.algorithm, each.arguments) for each in calls] == [("suits", (e.Var("lamp"), 1))]


def test_what_is_put_into_a_queue_may_say_where_it_goes() -> None:
    text = "To <dfn>dim</dfn> a |lamp|:\n\n1. Enqueue a transfer of |lamp| to the desk in slot |slotNumber|.\n"
    assert unread(text)


# --- heads


@pytest.mark.parametrize("colon", [":", ","])
def test_an_algorithm_told_in_one_sentence_loses_no_step(colon: str) -> None:
    text = f"To <dfn>wash a lamp</dfn> given a |lamp|{colon} set |lamp|'s [=lamp/colour=] to null, and return |lamp|.\n"
    assert said(text) == ["set lamp's colour to null", "return lamp"]


def test_what_a_method_is_invoked_on_is_this() -> None:
    text = (
        "When invoked on a {{Mill}} |mill|, the <dfn method for=Mill>stop()</dfn> method must:\n\n1. Return |mill|.\n"
    )
    assert said(text) == ["let mill be this", "return mill"]


def test_a_sentence_before_steps_that_is_no_head_is_not_called_one() -> None:
    text = "To <dfn>dim</dfn> a |lamp|, run these steps. All lamps must be dry.\n\n1. Return.\n"
    assert [told for told in unread(text) if "All lamps" in told]


def test_a_getter_declares_no_member() -> None:
    text = (
        "The <dfn attribute for=Mill>speed</dfn> getter steps are to return 1 if [=this=] is fast, and 0 otherwise.\n"
    )
    (entry,) = [entry for entry in ledger(text) if "speed" in entry.sentence]
    assert entry.how == "speed only reads"


# --- types


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("A <dfn>frame</dfn> is a [=struct=] with an <dfn for=frame>id</dfn>, <dfn for=frame>bytes</dfn> and a "
         "<dfn for=frame>time</dfn>.\n", ["id", "bytes", "time"]),
        ("A <dfn>frame</dfn> is a [=struct=] with the following [=struct/items=]:\n\n"
         ": <dfn for=frame>id</dfn>\n:: A string.\n", ["id"]),
    ],
)  # fmt: skip
def test_every_member_that_a_sentence_defines_is_one_and_no_form_of_a_type_is(text: str, members: list[str]) -> None:
    kind = reading(text).lexicon.types["frame"]
    assert [member.name for member in kind.members] == members


def test_states_between_quotes_in_code_are_those_without() -> None:
    text = (
        '{{Mill}} objects have:\n\n* <dfn attribute for=Mill>\\[[state]]</dfn>, one of `"off"` and `"on"`, '
        'initially `"off"`.\n\n'
        'To <dfn>stop</dfn> a {{Mill}} |mill|:\n\n1. Set |mill|.{{Mill/[[state]]}} to `"off"`.\n'
    )
    assert unread(text) == []


# --- what is one thing and what is another


DIM = "To <dfn>dim</dfn> a |lamp|:\n\n1. "


@pytest.mark.parametrize(
    "sentence",
    [
        "If |lamp| is true, cancel any queued task to run the drill for |lamp|, and run the drill.",
        "Queue a task to reject |p| unless there is a task queued already.",
        "Let |x| be true. It is false otherwise.",
    ],
    ids=["commands that are no conditions", "a condition of the task or of queueing it",
         "a second sentence that limits the first"],
)  # fmt: skip
def test_what_can_mean_two_things_is_not_claimed(sentence: str) -> None:
    assert unread(f"{DIM}{sentence}\n")


def test_steps_of_a_case_that_is_not_understood_are_in_doubt() -> None:
    text = (
        f"{DIM}Gladly consider these:\n    <dl class=switch>\n    <dt>a<dd>For each of |lamp| gladly:\n"
        "        <ol><li>If |lamp| is null, continue.</ol>\n    </dl>\n"
    )
    assert any("continue" in told and "below a step that is not understood" in told for told in unread(text))


def test_a_task_of_the_text_is_queued_as_the_text_says() -> None:
    text = (
        "To <dfn>queue a lamp task</dfn> on |lamp|:\n\n1. Return.\n\n"
        f"{DIM}[=Queue a lamp task=] on |lamp|.\n1. Queue a lamp task to return |lamp|.\n"
    )
    first, second = reading(text).spec.algorithms[-1].steps
    assert isinstance(first, s.Call)
    assert isinstance(second, s.NotUnderstood)


def test_several_variables_get_the_parts_of_one_result() -> None:
    told = said(f"{DIM}Let |a| and |b| be the result of [=measuring=] |lamp|.\n")
    assert told == ["let a and b be the result of measuring given lamp", "let a be a and b[0]", "let b be a and b[1]"]


def test_a_linked_member_is_not_one_that_merely_ends_like_it() -> None:
    text = f"A <dfn>lamp</dfn> has a <dfn for=lamp>stored lamp colour</dfn>.\n\n{DIM}Return |lamp|'s [=lamp colour=].\n"
    assert [say(each) for each in reading(text).spec.algorithms[-1].steps] == ["return lamp's lamp colour"]


def test_what_this_has_is_of_this_even_where_nothing_declares_it() -> None:
    text = (
        "The <dfn method for=Lamp>dim()</dfn> method steps are:\n\n"
        "1. If [=this=]'s dimmed flag is set, return.\n1. Set [=this=]'s dimmed flag.\n"
    )
    assert said(text) == ["if this's dimmed flag is true: return", "return", "set this's dimmed flag to true"]


def test_what_is_associated_with_where_steps_run_is_compared_with_no_constant() -> None:
    text = "To <dfn>dim</dfn> a |lamp|:\n\n1. If the {{Lamp}}'s mode is null, return.\n"
    (choice, *_) = steps(text)
    assert isinstance(choice, s.If)
    assert choice.condition == e.Is(e.Associated("mode"), None)


def test_steps_below_a_value_that_was_not_read_are_in_doubt() -> None:
    text = (
        "To <dfn>dim</dfn> a |lamp|:\n\n1. Set |lamp|'s [=shade=] to a dimmer that keeps |lamp| and does these steps:\n"
        "    1. Let |x| be 1.\n1. If |lamp| glows so that |lamp| does:\n    1. Let |y| be 1.\n"
    )
    told = {entry.sentence: entry for entry in ledger(text)}
    assert told["Let x be 1."].how.count("it stands below a step that is not understood") == 1
