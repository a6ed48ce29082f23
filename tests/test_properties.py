"""A check that cannot fail is a defect: every property has a tiny model that breaks it and one that keeps it."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import pytest

from bgsync.judge.check import check
from bgsync.judge.property import Liveness, Property
from bgsync.judge.verdict import Verdict
from bgsync.language import (
    Abort,
    And,
    Assert,
    Atomically,
    Dispatch,
    Else,
    Enqueue,
    Expr,
    Field,
    ForEach,
    If,
    InParallel,
    Input,
    Is,
    Let,
    Member,
    Not,
    Or,
    Population,
    Reject,
    Remove,
    Requirement,
    Resolve,
    RunPostDispatchSteps,
    Set,
    Spec,
    Wait,
    While,
    algorithm,
    steps,
    v,
)
from bgsync.language.statements import QueueTask
from bgsync.shipped.model.background_sync import one_off
from bgsync.shipped.model.background_sync.one_off import DISABLED, ONLINE, OWN, REGISTRATIONS
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, ROWS, WAITING
from bgsync.shipped.model.service_worker import ACTIVE_WORKER, FIRE_FUNCTIONAL_EVENT
from bgsync.shipped.properties.background_sync import LIVENESS, PROPERTIES, SAFETY
from tests.models import (
    AGAIN,
    FILE,
    FINISH,
    FIRE,
    MARK,
    NEW,
    STATE,
    UNGATED,
    Items,
    known,
    outbox,
    question,
    report,
    single,
    verdicts,
)

LAST = Field(v.event, "lastChance")
SET_FIRING = Set(STATE, FIRING)
DROP = Remove(v.registration, REGISTRATIONS)
RESOLVE = Resolve(v.promise)
FIRE_IF_ONLINE = If(ONLINE, FIRE)
TIMER = InParallel(steps(Wait("a while"), If(Not(Is(STATE, WAITING)), Abort()), Set(STATE, PENDING), FIRE_IF_ONLINE))
FIRE_IF_PENDING = If(And(ONLINE, Is(STATE, PENDING)), FIRE)
RETRY: Items = (*AGAIN, If(Is(LAST, False), (Set(STATE, WAITING), TIMER)), Else(DROP))
WAKE_UP = If(Is(STATE, WAITING), (Set(STATE, PENDING), FIRE_IF_ONLINE))
PAUSED = "paused-while-firing"
TOO_SOON: Items = (
    *AGAIN,
    If(Is(LAST, False), (Set(STATE, WAITING), InParallel(steps(Set(STATE, PENDING), FIRE_IF_ONLINE)))),
    Else(DROP),
)
QUIET = outbox(found=known(RESOLVE))
"""What is registered again while it fires is forgotten."""


def event(*task: If | Dispatch | RunPostDispatchSteps) -> Spec:
    """The outbox with another way to dispatch its events, in a task of its own."""
    fired = algorithm("Fire Functional Event", (), steps(QueueTask(steps(*task))), file=FILE)
    return outbox(event=fired)


def refused(error: str) -> Spec:
    """The outbox, where a call is refused with this error if no window is open."""
    enter = ForEach("client", Population("window clients"), Set(v.alone, False))
    refuse = If(v.alone, (Reject(v.promise, error), Abort()))
    return outbox(found=(Let("alone", True), enter, refuse, *known(*MARK)))


def queued(queue: Expr) -> Spec:
    """The outbox, where calls have their events fired by the batches of a queue."""
    return outbox(added=(*NEW, RESOLVE, Enqueue(queue, steps(FIRE_IF_ONLINE))), event=FIRE_FUNCTIONAL_EVENT)


class Key(NamedTuple):
    kind: str
    id: str
    part: str = ""


@dataclass(frozen=True)
class Pair:
    broken: Spec
    sound: Spec
    adversities: tuple[str, ...] = ()
    """On in both."""
    kind: str = "logic"


def safety(name: str, part: str = "") -> Key:
    return Key("Safety", name, part)


def liveness(name: str, part: str = "") -> Key:
    return Key("Liveness", name, part)


PAIRS: dict[Key, Pair] = {
    safety("asserts", "ring.1"): Pair(
        outbox(first=(Assert(Is(STATE, WAITING)), SET_FIRING)),
        outbox(first=(Assert(Is(STATE, PENDING)), SET_FIRING)),
    ),
    safety("unique-tag"): Pair(outbox(found=()), outbox()),
    safety("one-event"): Pair(outbox(found=known(RESOLVE, FIRE_IF_ONLINE)), outbox()),
    safety("fires-online"): Pair(
        outbox(added=(*NEW, RESOLVE, FIRE)),
        event(If(Not(ONLINE), Abort()), Dispatch(), RunPostDispatchSteps()),
    ),
    safety("fires-listed"): Pair(outbox(first=(SET_FIRING, DROP)), outbox()),
    safety("fires-permitted"): Pair(
        replace(outbox(), requires=(Requirement("permission"),)),
        event(If(DISABLED, Abort()), Dispatch(), RunPostDispatchSteps()),
        ("permission",),
    ),
    safety("retry-delay"): Pair(
        outbox(found=known(WAKE_UP, RESOLVE), rejected=RETRY), outbox(found=known(RESOLVE), rejected=RETRY)
    ),
    safety("last-chance"): Pair(outbox(rejected=(*AGAIN, If(Is(LAST, False), DROP))), outbox(rejected=RETRY)),
    safety("outcome"): Pair(outbox(fulfilled=AGAIN), outbox()),
    safety("active-worker"): Pair(
        outbox(event=FIRE_FUNCTIONAL_EVENT),
        outbox(event=FIRE_FUNCTIONAL_EVENT, first=(If(Not(ACTIVE_WORKER), Abort()), SET_FIRING)),
        ("unregistered",),
    ),
    safety("gate"): Pair(
        replace(outbox(found=(Let("denied", DISABLED), *known(*MARK))), requires=(Requirement("permission"),)),
        outbox(found=(If(DISABLED, (Reject(v.promise, "NotAllowedError"), Abort())), *known(*MARK))),
        ("permission",),
    ),
    safety("refusal-error"): Pair(refused("AbortError"), refused("InvalidAccessError")),
    safety("null-member"): Pair(replace(outbox(added=(SET_FIRING, RESOLVE)), read=True), replace(outbox(), read=True)),
    safety("removes-listed"): Pair(outbox(fulfilled=(*FINISH, DROP)), outbox()),
    safety("resolved-not-waiting"): Pair(
        outbox(found=known(RESOLVE), rejected=RETRY), outbox(found=known(WAKE_UP, RESOLVE), rejected=RETRY)
    ),
    safety("resolved-before-firing"): Pair(outbox(added=(*NEW, FIRE_IF_ONLINE, RESOLVE)), outbox()),
    safety("retry-waits"): Pair(outbox(rejected=TOO_SOON), outbox(rejected=RETRY)),
    safety("head-of-line"): Pair(queued(Input("the line")), queued(Field(OWN, "line"))),
    safety("promise-settles"): Pair(outbox(added=(*NEW, FIRE_IF_ONLINE)), outbox()),
    safety("lifecycle"): Pair(outbox(first=(Set(STATE, WAITING),)), outbox()),
    safety("dead-row", "firing-to-waiting"): Pair(outbox(), outbox(rejected=RETRY), kind="structure"),
    liveness("resolved-then-fires"): Pair(QUIET, outbox()),
    liveness("firing-ends"): Pair(outbox(fulfilled=AGAIN), outbox()),
    liveness("pending-fires"): Pair(outbox(online=()), outbox()),
    liveness("waiting-ends"): Pair(outbox(rejected=(*AGAIN, Set(STATE, WAITING))), outbox(rejected=RETRY)),
    liveness("promise-settles"): Pair(
        single(While(True, steps(Wait("a while"))), RESOLVE),
        single(Let("begun", True), Wait("a while"), RESOLVE),
    ),
    liveness("no-endless-firing"): Pair(outbox(), QUIET),
    liveness("delivered", "shared-tag"): Pair(QUIET, outbox(event=FIRE_FUNCTIONAL_EVENT)),
    liveness("delivered", "tag-per-message"): Pair(outbox(online=()), outbox()),
}


def prop_of(key: Key) -> Property:
    return next(prop for prop in PROPERTIES if (type(prop).__name__, prop.id) == (key.kind, key.id))


def judge(key: Key, spec: Spec, adversities: tuple[str, ...]) -> Verdict:
    """Judge one property alone, where every invocation is one action."""
    asked = question(spec, [prop_of(key)], ("algorithm",), adversities, world=UNGATED, calls=1)
    wanted = key.id + (f"/{key.part}" if key.part else "")
    return [verdict for verdict in check(asked).verdicts if verdict.property == wanted][-1]


@pytest.mark.parametrize("key", PAIRS, ids=lambda key: "-".join(filter(None, key)))
def test_every_property_is_broken_by_a_model_that_breaks_it(key: Key) -> None:
    pair = PAIRS[key]
    verdict = judge(key, pair.broken, pair.adversities)
    assert (verdict.verdict, verdict.kind, verdict.needs) == ("violated", pair.kind, pair.adversities)
    assert verdict.message
    if pair.kind == "logic":
        assert verdict.trace is not None
        assert verdict.locations
        assert (verdict.trace.loop is not None) == (key.kind == "Liveness")


@pytest.mark.parametrize("key", PAIRS, ids=lambda key: "-".join(filter(None, key)))
def test_every_property_is_kept_by_a_model_that_keeps_it(key: Key) -> None:
    pair = PAIRS[key]
    verdict = judge(key, pair.sound, pair.adversities)
    assert (verdict.verdict, verdict.needs, verdict.trace) == ("holds", (), None)


def test_every_property_and_every_part_of_it_has_a_pair() -> None:
    wanted = {liveness(prop.id, part) for prop in LIVENESS for part in prop.parts}
    assert {key for key in PAIRS if key.kind == "Liveness"} == wanted
    assert {key.id for key in PAIRS if key.kind == "Safety"} == {prop.id for prop in SAFETY}
    assert len({(type(prop), prop.id) for prop in PROPERTIES}) == len(PROPERTIES)


def test_every_property_says_what_it_is_why_it_matters_and_what_it_rests_on() -> None:
    for prop in PROPERTIES:
        assert prop.sentence.endswith(".")
        assert prop.why.endswith(".")
        assert prop.reference
        assert not isinstance(prop, Liveness) or len(prop.parts) == len(prop.monitors)


@pytest.mark.parametrize("refusal", ["InvalidStateError", "NotAllowedError"])
def test_a_refusal_without_a_reason_breaks_the_gate(refusal: str) -> None:
    found = verdicts(outbox(found=(Reject(v.promise, refusal), Abort())), ["gate"])["gate"]
    assert found.message == f"register is refused with {refusal} for no reason"


@pytest.mark.parametrize(
    ("kinds", "ruling", "message"),
    [
        (("top-level", "auxiliary"), "holds", ""),
        (("top-level",), "violated", "register is refused with InvalidAccessError for no reason: window clients"),
        (("auxiliary",), "violated", "register is refused with InvalidAccessError for no reason: window clients"),
        (("top-level", "auxiliary", "nested"), "violated", "register resolves in spite of: window clients nested"),
    ],
)
def test_the_gate_is_open_to_windows_of_any_kind_and_to_nothing_else(
    kinds: tuple[str, ...], ruling: str, message: str
) -> None:
    enter = steps(*(If(Is(Field(v.client, "frame type"), kind), Set(v.isBackground, False)) for kind in kinds))
    clients = ForEach("client", Population("window clients"), enter)
    refuse = If(v.isBackground, (Reject(v.promise, "InvalidAccessError"), Abort()))
    gated = outbox(found=(Let("isBackground", True), clients, refuse, *known(*MARK)))
    windows = Requirement("window clients", "frame type", ("top-level", "auxiliary"))
    found = verdicts(replace(gated, requires=(windows,)), ["gate", "outcome"])
    assert verdicts(gated, ["gate"])["gate"].verdict == "holds"  # nothing says elsewhere who may call
    assert (found["gate"].verdict, found["gate"].message) == (ruling, message)
    assert found["outcome"].verdict == "holds"  # somebody gets in


def test_a_text_that_tells_no_kinds_of_windows_apart_lets_in_all_of_them() -> None:
    clients = ForEach("client", Population("window clients"), Set(v.isBackground, False))
    refuse = If(v.isBackground, (Reject(v.promise, "InvalidAccessError"), Abort()))
    gated = outbox(found=(Let("isBackground", True), clients, refuse, *known(*MARK)))
    assert verdicts(gated, ["gate"])["gate"].verdict == "holds"


def test_a_promise_that_is_settled_twice_is_reported() -> None:
    found = verdicts(outbox(added=(*NEW, RESOLVE, RESOLVE)), ["promise-settles"])["promise-settles"]
    assert (found.verdict, found.message) == ("violated", "the promise is settled a second time")


def test_an_event_for_a_worker_that_is_gone_breaks_fires_listed() -> None:
    found = verdicts(outbox(), ["fires-listed"], adversities=("unregistered",))["fires-listed"]
    assert found.needs == ("unregistered",)
    assert "unregistered" in found.message


@pytest.mark.parametrize(
    ("rejected", "message"),
    [
        (AGAIN, "the event was rejected, and its registration is neither retried nor dropped"),
        (FINISH, ""),
        ((*AGAIN, Set(STATE, WAITING), TIMER), ""),
        ((*AGAIN, TIMER), ""),  # what it does after a wait decides
    ],
)
def test_a_rejected_event_is_retried_or_dropped(rejected: Items, message: str) -> None:
    assert verdicts(outbox(rejected=rejected), ["outcome"])["outcome"].message == message


def test_a_retry_that_is_given_up_after_its_wait_leaves_what_is_firing_so_for_ever() -> None:
    assert verdicts(outbox(rejected=(*AGAIN, TIMER)), ["firing-ends"])["firing-ends"].verdict == "violated"


def test_a_last_chance_that_is_followed_by_another_attempt_is_reported() -> None:
    tasked = (*AGAIN, If(Is(LAST, True), (Set(STATE, PENDING), FIRE)), Else(DROP))
    found = verdicts(outbox(rejected=tasked, event=FIRE_FUNCTIONAL_EVENT), ["last-chance"])["last-chance"]
    assert found.message == "the last chance has failed, and another attempt is already queued"


def test_every_row_of_the_lifecycle_is_taken_by_the_one_off_model() -> None:
    found = verdicts(one_off.SPEC, ["dead-row"])
    assert {x.removeprefix("dead-row/") for x in found} == {f"{source}-to-{dest}" for _, source, dest, _ in ROWS}
    assert {verdict.verdict for verdict in found.values()} == {"holds"}


def test_a_state_that_is_named_after_firing_is_to_end_as_firing_is() -> None:
    tag, state, *others = one_off.SYNC_REGISTRATION.members
    assert state.values is not None
    kind = replace(one_off.SYNC_REGISTRATION, members=(tag, replace(state, values=(*state.values, PAUSED)), *others))
    stuck = outbox(fulfilled=(Set(STATE, PAUSED),), type=kind)
    assert verdicts(stuck, ["firing-ends"])["firing-ends"].verdict == "violated"


def test_a_text_that_has_no_retry_wait_for_anything_need_not_wait() -> None:
    stateless = replace(
        one_off.SYNC_REGISTRATION,
        members=(
            one_off.SYNC_REGISTRATION.members[0],
            Member("registration state", (PENDING, FIRING), initial=PENDING),
        ),
    )
    again = (Set(STATE, PENDING), FIRE_IF_ONLINE)
    at_once = outbox(found=known(RESOLVE), fulfilled=(DROP,), rejected=again, type=stateless)
    assert verdicts(at_once, ["retry-waits"])["retry-waits"].verdict == "vacuous"


def test_an_event_that_was_asked_for_again_before_it_failed_is_no_retry() -> None:
    found = verdicts(outbox(rejected=RETRY, event=FIRE_FUNCTIONAL_EVENT), ["retry-waits"])
    assert found["retry-waits"].verdict == "holds"


def test_a_call_that_marks_a_registration_as_its_event_fails_goes_on_waiting_for_the_retry() -> None:
    woken = If(Is(STATE, WAITING), Set(STATE, PENDING))
    late = outbox(found=known(woken, *MARK, FIRE_IF_PENDING), rejected=(Atomically(steps(*RETRY)),))
    found = report(late, "resolved-not-waiting", granularities=("algorithm", "step"), calls=2)
    assert {(verdict.verdict, verdict.kind) for verdict in found.verdicts} == {("violated", "race")}


def test_a_refusal_for_several_reasons_may_have_the_error_of_any() -> None:
    either = If(Or(DISABLED, Not(ACTIVE_WORKER)), (Reject(v.promise, "AbortError"), Abort()))
    spec = outbox(found=(either, *known(*MARK)))
    assert verdicts(spec, ["refusal-error"], adversities=("permission",))["refusal-error"].verdict == "vacuous"


@pytest.mark.parametrize("name", ["outcome", "last-chance", "dead-row"])
def test_steps_after_a_settlement_count_although_nothing_makes_them_one_action(name: str) -> None:
    one = outbox(fulfilled=(Atomically(steps(*FINISH)),), rejected=(Atomically(steps(*RETRY)),))
    wanted, found = (verdicts(spec, [name], ("step",)) for spec in (one, outbox(rejected=RETRY)))
    assert {n: x.verdict for n, x in found.items()} == {n: x.verdict for n, x in wanted.items()}


def test_an_event_that_the_rule_dispatches_in_the_action_of_going_online_is_dispatched_online() -> None:
    assert verdicts(outbox(), ["fires-online"])["fires-online"].verdict == "holds"


def test_a_handler_that_fails_for_ever_and_is_fired_again_at_once_does_not_break_delivered() -> None:
    assert verdicts(outbox(), ["delivered"])["delivered/shared-tag"].verdict == "holds"


def test_a_change_outside_the_lifecycle_is_seen_in_the_action_that_makes_the_registration() -> None:
    at_once = outbox(added=(*NEW, Set(STATE, WAITING), RESOLVE))
    assert verdicts(at_once, ["lifecycle"], ("algorithm", "step"))["lifecycle"].kind == "logic"


def test_a_row_that_only_a_race_takes_is_taken() -> None:
    late = If(Is(STATE, PENDING), steps(If(Is(STATE, FIRING), Set(STATE, WAITING))))
    spec = outbox(found=known(late, RESOLVE))
    row = "dead-row/firing-to-waiting"
    for granularities in (("step",), ("algorithm", "step")):
        assert verdicts(spec, ["dead-row"], granularities, calls=2)[row].verdict == "holds"
