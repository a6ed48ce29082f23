"""A rule outside of steps is never dropped: it is read, or it is not understood and named."""

from dataclasses import replace

import pytest

from bgsync.api import read
from bgsync.language import Call, ForEach, NotUnderstood, Perform, rule, steps, traversal
from bgsync.language.statements import Statement
from bgsync.prose.ledger import ABSTRACTED, NOT_UNDERSTOOD
from bgsync.sources import Source
from bgsync.system.step import State
from bgsync.system.system import System
from bgsync.texts import Text, ledger
from tests.models import FILE, UNGATED, outbox, scenario
from tests.specs import HEAD, PRINT, REGISTER, RULE


def queue(said: str) -> Text:
    """The print queue with these sentences instead of its rule."""
    return read(Source("queue.bs", HEAD + REGISTER + said + "\n" + PRINT))


def ruled(said: str) -> tuple[Statement, ...]:
    """Give what the one rule of a text does."""
    (found,) = queue(said).reading.spec.rules
    return tuple(traversal.walk(found.steps))


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
