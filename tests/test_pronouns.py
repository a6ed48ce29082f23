"""A pronoun stands for the one variable that was named before; where there are two, the sentence is not understood."""

import pytest

from bgsync.language.readback import say
from tests.test_reading_kinds import reading, unread

BIN = (
    "A <dfn>bin</dfn> has a <dfn for=bin>list of loans</dfn>, a list of [=loans=].\n\n"
    "A <dfn>loan</dfn> has a <dfn for=loan>holder</dfn>, and a <dfn for=loan>state</dfn>, which is one of "
    "<dfn>out</dfn> or <dfn>overdue</dfn>.\n\nTo <dfn>oil</dfn> given |loan|, |other| and |p|:\n\n"
)


def read(*steps: str) -> list[str]:
    (part,) = reading(BIN + "\n".join(steps) + "\n").spec.algorithms
    return [say(each) for each in part.steps]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (["1. Set |loan|'s [=state=] to [=overdue=] and remove it from the [=list of loans=]."],
         ["set loan's state to overdue", "remove loan from list of loans"]),
        (["1. If |p| is not null, reject it with an {{AbortError}} and set it to null."],
         ["if p is not null: reject p with AbortError, set p to null"]),
        (["1. Set |loan|'s [=state=] to [=overdue=].", "1. Set its [=holder=] to null."],
         ["set loan's state to overdue", "set loan's holder to null"]),
        (["1. If |loan| is not null:", "    1. Set its [=state=] to [=out=].", "    1. Remove it from |other|."],
         ["if loan is not null: set loan's state to out, remove loan from other"]),
        (["1. If |loan|'s [=holder=] is null, and its [=state=] is [=out=], return."],
         ["if loan's holder is null and loan's state is out: return"]),
        (["1. If |loan|'s [=holder=] is not null, reject it with |loan| and set it to null."],
         ["if loan's holder is not null: reject loan's holder with loan, set loan's holder to null"]),
        (["1. If the [=state=] of |loan| is [=out=], wait until it is no longer [=out=]."],
         ["if loan's state is out: wait until loan's state is not out"]),
        (["1. Unless |loan|'s [=state=] is already [=overdue=], change it to [=out=]."],
         ["if loan's state is not overdue: set loan's state to out"]),
        (["1. If |loan|'s [=state=] is [=out=], set |loan|'s [=holder=] to null.", "1. Otherwise, set it to |p|."],
         ["if loan's state is out: set loan's holder to null", "otherwise: set loan's holder to p"]),
    ],
)  # fmt: skip
def test_a_pronoun_is_the_one_variable_that_was_named(steps: list[str], said: list[str]) -> None:
    assert read(*steps) == said
    assert unread(BIN + "\n".join(steps) + "\n") == []


@pytest.mark.parametrize(
    "steps",
    [
        ["1. Set |loan|'s [=state=] to |other|.", "1. Set its [=holder=] to null."],
        ["1. Set |loan|'s [=state=] to [=out=] and set it to [=overdue=]."],
        ["1. If |p| is not null and |other| is null, set it to null."],
        ["1. If |p| is null:", "    1. Return 1.", "1. Reject it with |other|."],
        ["1. If the [=list of loans=] contains a [=loan=] whose [=holder=] is |other|, return and remove it from |p|."],
        ["1. Return |loan|.", "1. If a bin is full, set its [=holder=] to null."],
    ],
)
def test_a_pronoun_that_may_be_another_is_not_understood(steps: list[str]) -> None:
    assert unread(BIN + "\n".join(steps) + "\n") != []


SOUGHT = "1. Let |x| be the [=loan=] in the [=list of loans=] whose [=holder=] is |other|."
CALLED = "1. Find the [=loan=] in the [=list of loans=] whose [=holder=] is |other|, and call it |x|."


@pytest.mark.parametrize("sought", [SOUGHT, CALLED])
@pytest.mark.parametrize(
    "absent",
    ["If there is no such [=loan=]", "If no such loan exists", "If it doesn't exist", "If no [=loan=] was found"],
)
def test_what_is_not_there_is_what_the_sentence_before_looks_for(sought: str, absent: str) -> None:
    found = ["let x be the item of list of loans whose holder is other, or null", "if x is null: return"]
    assert read(sought, f"1. {absent}, return.") == found
    assert read(sought, f"1. {absent}:", "    1. Return.") == found


@pytest.mark.parametrize("before", ["1. Let |x| be |other|.", CALLED.partition(", and call")[0] + "."])
def test_what_is_not_there_is_left_open_where_nothing_is_looked_for_under_a_name(before: str) -> None:
    assert "if there is none: return" in read(before, "1. If there is none, return.")
