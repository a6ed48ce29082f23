"""Periodic sync: each of its own properties has a small model that breaks it and one that keeps it."""

from dataclasses import dataclass, replace

import pytest

from bgsync.judge.check import Question, check
from bgsync.judge.verdict import Verdict
from bgsync.language import (
    Dispatch,
    Environment,
    ForEach,
    If,
    InParallel,
    Is,
    RunPostDispatchSteps,
    Set,
    Spec,
    Wait,
    algorithm,
    steps,
    v,
)
from bgsync.language.statements import QueueTask
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.periodic_background_sync.content import PERIODIC
from bgsync.shipped.model.periodic_background_sync.monitors import EARLY, INTERVALS, RETRIES
from bgsync.shipped.model.periodic_background_sync.periodic import NOW, last_fire
from bgsync.shipped.model.periodic_background_sync.registration import PENDING, UNREGISTERED, machine
from bgsync.shipped.properties.periodic_background_sync.safety import ALIKE
from bgsync.system.observation import Dispatched, Settled, StateSet, Timed
from bgsync.system.scenario import Bounds
from bgsync.system.system import System
from bgsync.targets import Wish, own
from bgsync.targets import judged as judge
from tests.models import scenario
from tests.periodic import ATTEMPT, CALM, FILE, FIRE_IT, NOTED, OVER, PENDING_ONLY, periodic, retrying

BACK_OFF = Wait("a small back-off time")
FOR_EVER = retrying()
"""Attempts until one succeeds, however many that are."""
IF_GRANTED = algorithm(
    "Fire Functional Event",
    (),
    steps(QueueTask(steps(If(Environment("permission", ("granted",)), Dispatch()), RunPostDispatchSteps()))),
    file=FILE,
)


SOUND = periodic()


@dataclass(frozen=True)
class Pair:
    """Two models, and what is said of the first one."""

    broken: Spec
    says: str
    sound: Spec = SOUND
    adversity: str = ""


def judged(spec: Spec, name: str, adversity: str = "", tags: int = 1, calls: int = 2) -> Verdict:
    """Judge one property, each invocation one action."""
    asked = Question(
        spec,
        CALM,
        [prop for prop in PERIODIC.properties if prop.id == name],
        "small",
        granularities=("algorithm",),
        adversities=(adversity,) if adversity else (),
        thorough=bool(adversity),
        bounds=Bounds(tags, calls),
    )
    found = [verdict for verdict in check(asked).verdicts if verdict.property == name]
    return next((each for each in found if each.needs), found[0])


def rests_on_the_queue(verdict: Verdict) -> bool:
    """Whether a promise is kept where firing holds its queue, as is asked, and broken where it does not."""
    said = verdict.message.startswith("by the reading `held` of queue; by `free`: ")
    return verdict.verdict == "conditional" and said


PAIRS = {
    "permitted": Pair(periodic(), "without permission", periodic(event=IF_GRANTED), "permission"),
    "unregistered-silent": Pair(periodic(queued=False), "for a tag that was unregistered"),
    "interval-kept": Pair(periodic(tests=PENDING_ONLY), "nothing has found the interval to be over"),
    "rate-capped": Pair(periodic(cap=()), "nothing has found the interval to be over"),
    "retry-waits": Pair(periodic(attempts=FOR_EVER), "no wait has ended", periodic(attempts=retrying(BACK_OFF))),
    "fires-firing": Pair(periodic(attempts=(*OVER, *ATTEMPT)), "for a registration that is pending"),
    "attempts-bounded": Pair(periodic(attempts=FOR_EVER), "a firing makes a finite number of attempts"),
    "queue-drains": Pair(periodic(attempts=FOR_EVER), "what is enqueued on a queue begins in the end"),
    "periodic-continues": Pair(periodic(over=()), "is fired again and again"),
}


RESTING = {"fires-firing", "unregistered-silent", "interval-kept", "rate-capped", "retry-waits"}
"""What is kept by the reading of the queue that is asked for, and not by the other one."""


OF_TWO_CALLS = {"fires-firing", "unregistered-silent", "interval-kept", "retry-waits"}
"""What takes a second call to be broken, by the text or by the other reading."""


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        *((name, 1 + (name in OF_TWO_CALLS)) for name in PAIRS),
        *(pytest.param(name, 2, marks=pytest.mark.campaign) for name in PAIRS if name not in OF_TWO_CALLS),
    ],
)
def test_what_breaks_a_promise_is_found_and_what_keeps_it_is_not_blamed(name: str, calls: int) -> None:
    pair = PAIRS[name]
    broken, sound = (judged(spec, name, pair.adversity, calls=calls) for spec in (pair.broken, pair.sound))
    assert broken.verdict == "violated"
    assert (sound.verdict == "holds", rests_on_the_queue(sound)) == (name not in RESTING, name in RESTING), (
        sound.message
    )
    assert pair.says in broken.message.lower()


def test_the_time_of_an_event_that_failed_is_noted_as_well() -> None:
    on_success = If(Is(v.success, True), Set(last_fire("origin"), NOW))
    found = judged(periodic(noted=(on_success, *NOTED[1:])), "rate-capped", calls=1)
    assert (found.verdict, found.message.rpartition(": ")[2]) == (
        "violated",
        "the time of the last one was never noted",
    )


def test_a_time_that_is_noted_before_the_event_counts_until_the_next_one() -> None:
    early = periodic(attempts=(*NOTED, *retrying(BACK_OFF)), noted=())
    assert judged(early, "interval-kept", calls=1).verdict == "holds"
    assert rests_on_the_queue(judged(early, "rate-capped", calls=1))


def test_events_that_do_not_hold_the_queue_come_after_unregister() -> None:
    beside = periodic(firing=(InParallel((FIRE_IT,)),), attempts=retrying(BACK_OFF))
    assert judged(beside, "unregistered-silent", calls=1).verdict == "violated"
    assert judged(beside, "queue-drains", calls=1).verdict == "holds"


def test_a_round_that_fires_two_tags_of_an_origin_breaks_its_cap_and_keeps_the_interval_of_each() -> None:
    found = [judged(SOUND, name, tags=2, calls=1).verdict for name in ("rate-capped", "interval-kept")]
    assert found == ["violated", "holds"]


def test_the_loop_that_the_text_makes_a_must_begins_though_no_should_is_done() -> None:
    assert judged(SOUND, "periodic-continues", "should", calls=1).verdict == "holds"


@pytest.mark.parametrize("calls", [1, pytest.param(2, marks=pytest.mark.campaign)])
@pytest.mark.parametrize("adversity", ["unregistered", "skipped", "permission"])
def test_nobody_is_owed_an_event_that_page_user_or_platform_have_ended(adversity: str, calls: int) -> None:
    assert judged(SOUND, "resolved-then-fires", adversity, calls=calls).verdict == "holds"


# --- today's text


def test_what_is_known_to_be_wrong_with_todays_text_is_found_in_the_model_of_it() -> None:
    names = ("no-endless-firing", "receiver", "dead-state", "exit")
    wish = Wish(names, each=False, granularities=("algorithm",), bounds=Bounds(calls=1))
    report = judge(own(PERIODIC), wish)
    told = {
        (verdict.property, verdict.locations[0].step) for verdict in report.verdicts if verdict.verdict == "violated"
    }
    assert {("receiver/register.10.2", "10.2"), ("exit/fire-a-periodicsync-event.6", "6")} <= told
    assert {name for name, _ in told if name.startswith("dead")} == {"dead-state/state"}
    assert any(name == "no-endless-firing" for name, _ in told)
    dead = [v.message.split("'")[1] for v in report.verdicts if v.property == "dead-state/state"]
    assert dead == ["reregistered-while-firing", "suspended"]


def test_what_speaks_of_one_off_sync_only_is_not_asked_of_periodic_sync() -> None:
    one_off, periodic_ones = ({prop.id for prop in each.properties} for each in (ONE_OFF, PERIODIC))
    assert one_off - periodic_ones == {
        "delivered",
        "fires-permitted",
        "last-chance",
        "outcome",
        "pending-fires",
        "resolved-before-firing",
        "resolved-not-waiting",
        "retry-delay",
        "waiting-ends",
    }
    assert all("Periodic" in prop.reference for prop in PERIODIC.properties if ALIKE.get(prop.id))


def test_a_registration_is_fired_again_and_again_until_it_is_taken_out_of_the_list() -> None:
    registration = machine()
    for trigger in ("fire", "fulfil", "fire", "register", "reject", "fire", "give_up"):
        registration.trigger(trigger)
    assert registration.state == PENDING
    registration.trigger("unregister")
    assert registration.state == UNREGISTERED


def test_what_follows_an_event_that_was_interrupted_is_its_retry_and_what_follows_one_that_was_over_is_not() -> None:
    fired, _ = INTERVALS.observed((), None, Dispatched(0), "t1")
    over, _ = INTERVALS.observed(fired, None, Settled(0, "fulfilled"), "t1")
    again, _ = INTERVALS.observed(INTERVALS.interrupted(fired), None, Dispatched(0), "t1")
    too_soon, _ = INTERVALS.observed(INTERVALS.interrupted(over), None, Dispatched(0), "t1")
    assert again == fired
    assert too_soon not in (fired, over)


def test_a_retry_is_one_though_a_time_is_noted_with_every_attempt() -> None:
    each = periodic(attempts=retrying(*NOTED, BACK_OFF))
    assert judged(each, "interval-kept", calls=1).verdict == "holds"
    fired, _ = INTERVALS.observed((), None, Dispatched(0), "t1")
    noted, _ = INTERVALS.observed(INTERVALS.interrupted(fired), None, Timed(0, "anchor time"), "t1")
    given_up, _ = INTERVALS.observed(noted, None, StateSet(0, "firing", "pending", False), "t1")
    again, _ = INTERVALS.observed(noted, None, StateSet(0, "firing", "reregistered-while-firing", False), "t1")
    assert INTERVALS.since(noted, "t1").event in RETRIES
    assert INTERVALS.since(again, "t1").event in RETRIES
    assert INTERVALS.since(given_up, "t1").event in EARLY


@pytest.mark.parametrize(("single", "left"), [(PERIODIC.world.single, False), ((), True)])
def test_the_permission_that_is_revoked_is_that_of_the_one_origin_there_is(single: tuple[str, ...], left: bool) -> None:
    world = replace(PERIODIC.world, single=single)
    asked = scenario(own(PERIODIC).spec, world, "algorithm", ("permission",), calls=1)
    steps_of = (one for one in System(asked).program.code if one.origin.algorithm == "Respond to permission revocation")
    asks = {one.statement.where is not True for one in steps_of if isinstance(one.statement, ForEach)}
    assert asks == {left}
