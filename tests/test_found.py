"""What a condition finds is what a step under it means by "that", and not what happens to be there then."""

import pytest

from tests.test_pronouns import BIN, read
from tests.test_reading_kinds import reading, unread

FINDS = "let that loan be the item of list of loans whose holder is other, or null"


@pytest.mark.parametrize(
    "condition",
    [
        "If the [=list of loans=] contains a [=loan=] whose [=holder=] is |other|",
        "If the [=list of loans=] already contains a [=loan=] whose [=holder=] is |other|",
        "If there is a [=loan=] in the [=list of loans=] whose [=holder=] is |other|",
        "If there is already a [=loan=] in the [=list of loans=] whose [=holder=] is |other|",
    ],
)
@pytest.mark.parametrize("that", ["that [=loan=]", "this loan"])
def test_what_is_found_is_what_steps_below_speak_of(condition: str, that: str) -> None:
    steps = [f"1. {condition}, then:", f"    1. Let |x| be {that}.", "    1. Set |x|'s [=state=] to [=out=].",
             "1. Otherwise, return."]  # fmt: skip
    assert read(*steps) == [
        FINDS, "if that loan is not null: let x be that loan, set x's state to out", "otherwise: return",
    ]  # fmt: skip
    assert unread(BIN + "\n".join(steps) + "\n") == []


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ("set its [=state=] to [=out=]", "set that loan's state to out"),
        ("remove it from the [=list of loans=]", "remove that loan from list of loans"),
        ("set that [=loan=]'s [=state=] to [=out=]", "set that loan's state to out"),
    ],
)
def test_what_is_found_is_what_the_rest_of_the_sentence_speaks_of(done: str, said: str) -> None:
    step = f"1. If the [=list of loans=] contains a [=loan=] whose [=holder=] is |other|, {done}."
    assert read(step) == [FINDS, f"if that loan is not null: {said}"]


def test_a_condition_that_finds_what_nothing_speaks_of_stays_as_it_is() -> None:
    step = "1. If the [=list of loans=] contains a [=loan=] whose [=holder=] is |other|, return."
    assert read(step) == ["if there is an item in list of loans whose holder is other: return"]


def test_that_thing_of_a_list_is_not_understood_where_nothing_has_found_it() -> None:
    assert len(unread(BIN + "1. If |loan| is null, let |x| be that [=loan=].\n")) == 1


def test_a_sentence_that_is_very_long_is_read_as_any_other() -> None:
    step = "1. If |x| " + "a it has a [=loan=] " * 4_000 + "whose [=holder=] is |other|, return that loan.\n"
    assert unread(BIN + step) != []
    box = "A <dfn>box</dfn> has a <dfn for=box>mark</dfn>, " + "which is not, " * 4_000 + "initially 1.\n"
    (member,) = reading(box).lexicon.types["box"].members
    assert member.initial == 1
