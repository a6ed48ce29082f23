"""How often a loop tries, held against the maximum that it names."""

import pytest

from bgsync.judge.structure import findings
from bgsync.language import (
    Abort,
    Compare,
    Expr,
    FireEvent,
    If,
    Increment,
    Input,
    Is,
    Let,
    Or,
    Set,
    Statement,
    Wait,
    While,
    steps,
    v,
)
from tests.models import single

RETRIES, ATTEMPTS = Input("maximum number of retries"), Input("maximum number of attempts")
FIRE = FireEvent("reminder", v.loan, (), "event", steps())
COUNT = Increment(v.count)


def ends(test: Expr) -> If:
    return If(Or(Is(v.done, True), test), Abort())


def told(*body: Statement, begins: int = 0) -> list[str]:
    """Give what is said of the number of attempts of a loop."""
    spec = single(Let("count", begins), Let("done", False), While(True, steps(*body, Wait("a while"))))
    return [each.message for each in findings(spec) if "taken in their order" in each.message]


@pytest.mark.parametrize(
    ("body", "begins"),
    [
        ((FIRE, ends(Compare(">=", v.count, RETRIES)), COUNT), 0),
        ((FIRE, ends(Compare(">", v.count, RETRIES)), COUNT), 1),
        ((FIRE, COUNT, ends(Compare(">", v.count, RETRIES))), 0),
        ((FIRE, COUNT, ends(Compare("<=", ATTEMPTS, v.count))), 0),
        ((ends(Compare(">", v.count, RETRIES)), FIRE, COUNT), 0),
    ],
)
def test_a_loop_that_makes_as_many_attempts_as_its_maximum_allows_is_no_finding(
    body: tuple[Statement, ...], begins: int
) -> None:
    assert told(*body, begins=begins) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ((FIRE, ends(Compare(">", v.count, RETRIES)), COUNT), "1 attempt more than 'maximum number of retries' allows"),
        ((FIRE, ends(Compare("<", RETRIES, v.count)), COUNT), "and so there is a retry where that is 0"),
        ((FIRE, COUNT, ends(Compare(">", v.count, ATTEMPTS))), "1 attempt more than 'maximum number of attempts'"),
        ((ends(Compare(">=", v.count, RETRIES)), FIRE, COUNT), "1 attempt less than 'maximum number of retries'"),
    ],
)
def test_a_loop_that_tries_once_too_often_or_too_seldom_says_so(body: tuple[Statement, ...], expected: str) -> None:
    (message,) = told(*body)
    assert expected in message


@pytest.mark.parametrize(
    "body",
    [
        (FIRE, ends(Compare(">", v.count, RETRIES)), If(Is(v.done, False), COUNT)),
        (FIRE, ends(Compare(">", v.count, RETRIES)), Set(v.count, 0), COUNT),
        (FIRE, ends(Compare(">", v.count, Input("the hour"))), COUNT),
        (ends(Compare(">", v.count, RETRIES)), COUNT),
    ],
    ids=["not in each round", "begins anew", "no maximum", "fires nothing"],
)
def test_where_the_number_of_attempts_is_not_fixed_nothing_is_said(body: tuple[Statement, ...]) -> None:
    assert told(*body) == []
