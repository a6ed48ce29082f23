"""What makes a verdict vacuous or inconclusive, logic or a race, and when it needs an adversity."""

from typing import Never

import pytest

from bgsync.judge.fair_loop import Rejected
from bgsync.language import (
    Abort,
    Assert,
    Else,
    If,
    Input,
    Is,
    Let,
    Reject,
    Set,
    v,
)
from bgsync.shipped.model import environment
from bgsync.shipped.model.background_sync.one_off import DISABLED
from bgsync.shipped.model.background_sync.registration import PENDING, WAITING
from bgsync.shipped.model.service_worker import FIRE_FUNCTIONAL_EVENT
from tests.models import (
    AGAIN,
    CALM,
    FIRST,
    MARK,
    NEW,
    STATE,
    known,
    outbox,
    report,
    verdicts,
)
from tests.test_properties import DROP, FIRE_IF_ONLINE, LAST, RESOLVE


@pytest.mark.parametrize(
    "name", ["retry-delay", "waiting-ends", "active-worker", "refusal-error", "head-of-line", "resolved-not-waiting"]
)
def test_a_property_whose_premise_never_occurs_is_vacuous_and_never_holds(name: str) -> None:
    (verdict,) = verdicts(outbox(), [name], ("algorithm", "step")).values()
    assert (verdict.verdict, verdict.message) == ("vacuous", "its premise never occurs")


def test_an_assert_that_speaks_of_what_is_not_followed_is_not_said_to_be_out_of_reach() -> None:
    (verdict,) = verdicts(outbox(first=(Assert(Input("the weather is fine")), *FIRST)), ["asserts"]).values()
    assert (verdict.verdict, verdict.message) == ("vacuous", "it is never come to, or speaks of what is not followed")


def test_a_search_that_met_a_limit_is_inconclusive_unless_it_found_something() -> None:
    found = report(outbox(), "unique-tag", "pending-fires", "delivered", limit=2)
    assert {verdict.verdict for verdict in found.verdicts} == {"inconclusive"}
    assert found.bounds["states"] == 2
    assert (found.exit_status, {explored.complete for explored in found.explorations}) == (3, {False})
    broken = report(outbox(first=(Set(STATE, WAITING),)), "lifecycle", limit=5)
    assert ([verdict.verdict for verdict in broken.verdicts], broken.exit_status) == (["violated"], 1)


def test_what_is_broken_where_an_invocation_is_one_action_is_logic_and_otherwise_a_race() -> None:
    both = ("algorithm", "step")
    assert verdicts(outbox(found=()), ["unique-tag"], both)["unique-tag"].kind == "logic"
    race = verdicts(outbox(), ["unique-tag"], both, calls=2)["unique-tag"]
    assert (race.verdict, race.kind, race.granularity) == ("violated", "race", "step")
    assert verdicts(outbox(), ["unique-tag"], ("step",), calls=2)["unique-tag"].kind is None


def test_a_property_that_breaks_without_an_adversity_is_not_reported_again_for_it() -> None:
    found = report(outbox(found=()), "unique-tag", adversities=("terminated", "skipped"), thorough=True)
    assert [(verdict.property, verdict.needs) for verdict in found.verdicts] == [("unique-tag", ())]


def test_a_race_of_the_base_environment_is_not_told_again_where_an_adversity_breaks_the_same_by_logic() -> None:
    both = ("algorithm", "step")
    found = report(outbox(), "firing-ends", granularities=both, adversities=("unsettled",), calls=2, thorough=True)
    base, hard = ({one.defect(): one.kind for one in each.findings()} for each in found.verdicts)
    assert (set(base.values()), "logic" in hard.values()) == ({"race"}, True)
    assert base.keys().isdisjoint(hard)


def test_a_race_that_needs_an_adversity_is_called_a_race() -> None:
    given = (If(DISABLED, (Reject(v.promise, "NotAllowedError"), Abort())), *known(*MARK))
    late = outbox(found=given, added=(*NEW, Let("denied", DISABLED), RESOLVE))
    found = report(late, "gate", granularities=("algorithm", "step"), adversities=("permission",), thorough=True)
    assert [(x.verdict, x.kind, x.needs) for x in found.verdicts] == [
        ("holds", None, ()),
        ("violated", "race", ("permission",)),
    ]
    assert found.exit_status == 0


def test_a_should_that_is_not_done_is_an_adversity_of_its_own() -> None:
    (found,) = verdicts(outbox(), ["pending-fires"], adversities=("should",)).values()
    assert (found.verdict, found.needs, found.kind) == ("violated", ("should",), "logic")


HOPEFUL = outbox(
    found=known(RESOLVE),
    rejected=(If(Is(LAST, False), (Set(STATE, PENDING), FIRE_IF_ONLINE, Abort())), DROP),
    event=FIRE_FUNCTIONAL_EVENT,
)
"""It tries again at once, until the user agent does what it should, and gives up."""


def test_what_holds_only_because_the_user_agent_does_what_it_should_breaks_where_it_does_not() -> None:
    assert verdicts(HOPEFUL, ["no-endless-firing"])["no-endless-firing"].verdict == "holds"
    lazy = verdicts(HOPEFUL, ["no-endless-firing"], adversities=("should",))["no-endless-firing"]
    assert (lazy.verdict, lazy.needs) == ("violated", ("should",))


def test_an_endless_run_may_decline_as_long_as_it_chooses_again_and_again() -> None:
    again = outbox(rejected=(*AGAIN, If(Is(LAST, False), (Set(STATE, PENDING), FIRE_IF_ONLINE)), Else(DROP)))
    endless = verdicts(again, ["no-endless-firing"], world=CALM)["no-endless-firing"]
    assert endless.verdict == "violated"


@pytest.mark.parametrize(
    ("name", "broken_by"),
    [
        ("firing-ends", {"restarted", "unsettled"}),
        ("pending-fires", {"restarted", "should"}),
        ("resolved-then-fires", {"restarted", "should", "unsettled"}),
    ],
)
def test_every_adversity_breaks_what_depends_on_its_absence(name: str, broken_by: set[str]) -> None:
    found = report(outbox(), name, adversities=tuple(environment.ADVERSITIES))
    broken = {verdict.needs[0] for verdict in found.verdicts if verdict.needs and verdict.verdict == "violated"}
    assert broken == broken_by


def test_a_finding_that_the_validator_rejects_is_inconclusive_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def reject(*given: object, **more: object) -> Never:
        raise Rejected("it was tampered with")

    monkeypatch.setattr("bgsync.judge.decide.replay_safety", reject)
    monkeypatch.setattr("bgsync.judge.decide.replay_lasso", reject)
    for spec, name in ((outbox(found=()), "unique-tag"), (outbox(online=()), "pending-fires")):
        found = report(spec, name)
        assert [verdict.verdict for verdict in found.verdicts] == ["inconclusive"]
        told = found.verdicts[0].message
        assert "when the run was taken again, step by step, it was not confirmed (it was tampered with)" in told
        assert told.endswith("bgsync is wrong here, not the text; please report this line and the text")
        assert found.exit_status == 3
