"""A method that withdraws a registration breaks no promise: what is called off needs no event, and has not failed."""

from dataclasses import replace

import pytest

from bgsync import telling
from bgsync.language import (
    Abort,
    Assert,
    Contains,
    Else,
    Empty,
    Expr,
    Field,
    If,
    InParallel,
    Is,
    Not,
    Reject,
    Remove,
    Resolve,
    Set,
    Spec,
    Wait,
    algorithm,
    steps,
    v,
)
from bgsync.language.statements import Statement
from bgsync.shipped.model.background_sync import outbox as message
from bgsync.shipped.model.background_sync.monitors import CALLS, SHARED_TAG, TAG_PER_MESSAGE
from bgsync.shipped.model.background_sync.one_off import DISABLED, ONLINE, REGISTRATIONS
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, WAITING
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.shipped.model.service_worker import ACTIVE_WORKER, FIRE_FUNCTIONAL_EVENT
from bgsync.system.monitor import Call
from bgsync.system.observation import Dispatched, Rejected, Removed, Resolved, Settled, Withdrawn
from bgsync.system.state import Process
from bgsync.tables import Tables
from bgsync.tables.explore import explore
from bgsync.words import Words
from tests.models import CALM, FILE, FINISH, FIRE, LOOK, STATE, Items, graph, known, outbox, report, system, verdicts

DROP = Remove(v.registration, REGISTRATIONS)
PROMISES = ["resolved-then-fires", "delivered", "firing-ends", "pending-fires", "outcome"]
CALLED_OFF = (If(Not(Is(v.registration, None)), DROP), Resolve(v.promise))


def withdrawing(spec: Spec, *then: Statement) -> Spec:
    """A spec with a method that looks a tag up, and does this then."""
    made = algorithm("unregister", ("tag",), steps(*LOOK, *then), returns="promise", file=FILE)
    return replace(spec, algorithms=(*spec.algorithms, made), methods=(*spec.methods, "unregister"))


@pytest.mark.parametrize(
    "then",
    [
        CALLED_OFF,
        (Resolve(v.promise), CALLED_OFF[0]),
        (InParallel(steps(*CALLED_OFF)),),
    ],
)
def test_what_is_withdrawn_breaks_no_promise_about_events_and_messages(then: tuple[Statement, ...]) -> None:
    before = verdicts(outbox(), PROMISES)
    after = verdicts(withdrawing(outbox(), *then), PROMISES)
    assert {name: found.verdict for name, found in after.items()} == {
        name: found.verdict for name, found in before.items()
    }
    assert {before[name].verdict for name in ("resolved-then-fires", "delivered/shared-tag")} == {"holds"}


def test_a_call_that_is_under_way_when_its_registration_is_withdrawn_is_called_off_too() -> None:
    (asking,) = CALLS.begun((), Call("t1", by_handler=False, promises=True))
    (calling_off,) = CALLS.begun((), Call("t1", by_handler=False, promises=False))
    removed = Withdrawn(0)
    assert (CALLS.withdraws(calling_off.note), CALLS.withdraws(asking.note)) == (True, False)
    for key, owed in (("t1", ()), ("t2", ("t1",))):
        note = CALLS.noticed(asking.note, removed, key, waits=False)
        assert CALLS.observed((), note, Resolved(()), None)[0] == owed


@pytest.mark.parametrize("name", ["resolved-then-fires", "delivered/shared-tag"])
def test_what_is_forgotten_is_missed_beside_a_method_that_withdraws(name: str) -> None:
    quiet = outbox(found=known(Resolve(v.promise)))
    found = verdicts(withdrawing(quiet, *CALLED_OFF), [name.partition("/")[0]])[name]
    assert found.verdict == "violated"


def test_a_call_that_goes_out_of_sight_and_can_only_be_refused_is_owed_nothing() -> None:
    spec = withdrawing(outbox(found=known(Reject(v.promise, "ConstraintError"))), *CALLED_OFF)
    found = verdicts(spec, ["resolved-then-fires"], ("step",), calls=2)["resolved-then-fires"]
    assert (found.verdict, found.message) == ("holds", "")


@pytest.mark.parametrize(("state", "left"), [(message.STORED, message.ABANDONED), (message.SENT, message.WITHDRAWN)])
def test_a_message_whose_call_goes_out_of_sight_waits_only_where_the_call_may_resolve(state: str, left: str) -> None:
    (ours, _) = SHARED_TAG.begun((message.NONE,), Call("t1", by_handler=False, promises=True))
    process = Process((), ours.note)
    assert SHARED_TAG.forgotten((state,), process, resolves=True) == (state,)
    assert SHARED_TAG.forgotten((state,), process, resolves=False) == (left,)


def test_a_method_without_a_key_that_empties_the_list_withdraws_all_that_was_in_it() -> None:
    made = algorithm("clear", (), steps(Empty(REGISTRATIONS), Resolve(v.promise)), returns="promise", file=FILE)
    spec = replace(outbox(), algorithms=(*outbox().algorithms, made), methods=("register", "clear"))
    found = verdicts(spec, PROMISES)
    assert {found[name].verdict for name in ("resolved-then-fires", "delivered/shared-tag")} == {"holds"}


def test_a_message_whose_call_is_refused_is_not_stored_again_when_a_handler_under_way_fails() -> None:
    (ours, _) = SHARED_TAG.begun((message.NONE,), Call("t1", by_handler=False, promises=True))
    memory, sending = SHARED_TAG.observed(ours.memory, None, Dispatched(0), "t1")
    refused, _ = SHARED_TAG.observed(memory, ours.note, Rejected((), None), None)
    assert SHARED_TAG.observed(refused, sending, Settled(0, "rejected"), "t1")[0] == refused


@pytest.mark.parametrize("state", [message.DELIVERED, message.ABANDONED, message.WITHDRAWN])
def test_what_is_over_is_not_stored_again_when_another_handler_that_took_it_fails(state: str) -> None:
    failed, _ = SHARED_TAG.observed((state,), SHARED_TAG.TOOK, Settled(0, "rejected"), "t1")
    sent, _ = SHARED_TAG.observed((state,), SHARED_TAG.TOOK, Settled(0, "fulfilled"), "t1")
    assert (failed, sent) == ((state,), (message.DELIVERED,))


def test_an_event_that_finds_nothing_in_the_outbox_takes_nothing_whatever_its_loop_has_sent_before() -> None:
    memory, note = SHARED_TAG.observed((message.DELIVERED,), SHARED_TAG.TOOK, Dispatched(0), "t1")
    assert SHARED_TAG.observed(memory, note, Settled(0, "rejected"), "t1") == ((message.DELIVERED,), None)


def test_what_is_removed_under_another_tag_gives_up_nothing() -> None:
    stored = (message.STORED,)
    removed = Removed(1, (), "rejected")
    assert TAG_PER_MESSAGE.observed(stored, TAG_PER_MESSAGE.FAILED, removed, "t2")[0] == stored
    for held in (stored, (message.SENT,)):  # by another handler
        assert TAG_PER_MESSAGE.observed(held, TAG_PER_MESSAGE.FAILED, removed, "t1")[0] == (message.ABANDONED,)


def test_a_withdrawal_is_no_failure_and_may_come_in_any_state() -> None:
    for state in (PENDING, FIRING):
        called_off = If(Is(STATE, state), DROP)
        spec = withdrawing(outbox(found=known(Resolve(v.promise))), If(Not(Is(v.registration, None)), called_off))
        assert verdicts(spec, ["lifecycle"])["lifecycle"].verdict == "holds"


def test_what_is_withdrawn_and_goes_on_all_the_same_breaks_the_lifecycle() -> None:
    found = verdicts(withdrawing(outbox(), *CALLED_OFF), ["lifecycle"])["lifecycle"]
    assert found.message == "one that was removed becomes pending, which is no row of the lifecycle"


def test_what_register_itself_removes_is_not_withdrawn() -> None:
    found = verdicts(outbox(found=known(DROP, Resolve(v.promise))), ["lifecycle"])["lifecycle"]
    assert (found.verdict, found.message) == (
        "violated",
        "one that is pending is removed, which is no row of the lifecycle",
    )


def test_the_tables_know_who_takes_note_of_a_withdrawal() -> None:
    closed = system(withdrawing(outbox(), *CALLED_OFF), "step", calls=2, monitor="calls")
    assert len(explore(Tables(closed))) == len(graph(closed).states)


@pytest.mark.parametrize(("fulfilled", "verdict"), [(FINISH, "holds"), ((*FINISH, DROP), "violated")])
def test_what_was_withdrawn_may_be_removed_once_more_and_nothing_else(fulfilled: Items, verdict: str) -> None:
    spec = withdrawing(outbox(fulfilled=fulfilled, found=known(Resolve(v.promise))), *CALLED_OFF)
    assert verdicts(spec, ["removes-listed"], calls=2)["removes-listed"].verdict == verdict


IN_THE_LIST = Contains(REGISTRATIONS, v.registration)


@pytest.mark.parametrize("guard", [(), (If(Not(IN_THE_LIST), Abort()),)], ids=["no guard", "a guard"])
def test_what_was_withdrawn_while_it_waited_is_another_finding_than_what_was_withdrawn_while_firing(
    guard: Items,
) -> None:
    timer = InParallel(steps(Wait("a while"), *guard, Set(STATE, PENDING), If(ONLINE, FIRE)))
    rejected = (If(Is(Field(v.event, "lastChance"), False), (Set(STATE, WAITING), timer)), Else(DROP))
    spec = outbox(found=known(Resolve(v.promise)), rejected=rejected, event=FIRE_FUNCTIONAL_EVENT)
    found = verdicts(withdrawing(spec, *CALLED_OFF), ["fires-listed"], world=CALM, calls=2)["fires-listed"]
    conflicts = [one.conflict() for one in found.findings()]
    assert [step and step.withdrawn for step in conflicts] == [FIRING, *([] if guard else [WAITING])]
    told = [telling.pair(one, Words()) for one in found.findings()]
    assert all(f"unregister 2 of what was {step and step.withdrawn} (logic)" in one
               for one, step in zip(told, conflicts, strict=True))  # fmt: skip


GONE = Not(ACTIVE_WORKER)


@pytest.mark.parametrize(
    ("reason", "adversity", "then"),
    [
        (GONE, "unregistered", (DROP, Abort())),
        (GONE, "unregistered", (Abort(),)),
        (DISABLED, "permission", (DROP, Abort())),
    ],
    ids=["no worker: dropped", "no worker: left", "no permission: dropped"],
)
def test_what_is_not_fired_for_want_of_a_worker_or_permission_breaks_no_promise(
    reason: Expr, adversity: str, then: Items
) -> None:
    spec = outbox(first=(If(reason, then), Set(STATE, FIRING)), event=FIRE_FUNCTIONAL_EVENT)
    found = verdicts(spec, [*PROMISES, "lifecycle"], adversities=(adversity,), world=WORLD)
    assert {name: one.verdict for name, one in found.items() if one.verdict != "holds"} == {}


def test_what_waited_for_the_permission_is_to_be_fired_once_it_is_there() -> None:
    spec = outbox(first=(If(DISABLED, Abort()), Set(STATE, FIRING)), event=FIRE_FUNCTIONAL_EVENT)
    found = verdicts(spec, ["pending-fires"], adversities=("permission",), world=WORLD)["pending-fires"]
    assert (found.verdict, found.needs) == ("violated", ("permission",))


def test_what_is_dropped_although_there_is_a_worker_breaks_its_promises() -> None:
    spec = outbox(first=(If(ACTIVE_WORKER, (DROP, Abort())), Set(STATE, FIRING)), event=FIRE_FUNCTIONAL_EVENT)
    found = verdicts(spec, [*PROMISES, "lifecycle"], adversities=("unregistered",), world=WORLD)
    broken = {name for name, one in found.items() if (one.verdict, one.needs) == ("violated", ())}
    assert broken == {"resolved-then-fires", "delivered/shared-tag", "delivered/tag-per-message", "lifecycle"}


def test_what_is_withdrawn_on_the_way_makes_no_finding_of_its_own_of_what_breaks_without_it() -> None:
    again = known(Resolve(v.promise), If(ONLINE, FIRE))
    tested = (Assert(Is(STATE, PENDING)), Set(STATE, FIRING))
    spec = withdrawing(outbox(event=FIRE_FUNCTIONAL_EVENT, found=again, first=tested), *CALLED_OFF)
    found = verdicts(spec, ["asserts"], calls=2)["asserts/ring.1"]
    assert found.verdict == "violated"
    (alone,) = found.findings()
    assert alone.conflict() is None, "a second call fires what the first one fires: whoever else runs has no part in it"


@pytest.mark.parametrize("adversity", ["skipped", "permission"])
def test_an_adversity_adds_nothing_to_what_breaks_in_a_run_that_has_no_need_of_it(adversity: str) -> None:
    timer = InParallel(steps(Wait("a while"), Set(STATE, PENDING), FIRE))
    rejected = (If(Is(Field(v.event, "lastChance"), False), (Set(STATE, WAITING), timer)), Else(DROP))
    tested = (Assert(IN_THE_LIST), Set(STATE, FIRING))
    spec = outbox(first=tested, fulfilled=(DROP,), rejected=rejected, event=FIRE_FUNCTIONAL_EVENT)
    asked = report(
        withdrawing(spec, *CALLED_OFF), "asserts", "lifecycle", adversities=(adversity,), world=WORLD, calls=2
    )
    broken = {(each.property, each.needs) for each in asked.verdicts if each.verdict == "violated"}
    assert broken == {("asserts/ring.1", ()), ("lifecycle", ())}
