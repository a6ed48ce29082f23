"""What is started, what the user agent chooses, and what a run leaves behind, on algorithms that run alone."""

import pytest

from bgsync.language import (
    And,
    Assert,
    Choice,
    Dispatch,
    Else,
    Expr,
    Field,
    Find,
    FireEvent,
    ForEach,
    If,
    InParallel,
    Is,
    LanguageError,
    Let,
    New,
    NotUnderstood,
    Or,
    Population,
    Reject,
    Remove,
    Resolve,
    Return,
    RunPostDispatchSteps,
    Set,
    Statement,
    Upon,
    Wait,
    steps,
    v,
)
from bgsync.shipped.model.background_sync.one_off import REGISTRATIONS
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, WAITING
from bgsync.system.observation import Outcome
from bgsync.system.run import Run
from bgsync.system.state import UNKNOWN, Event, Object, Ref, Shared, Undecided
from tests.models import NEW, STATE, Items, Lab, kinds, single

LOOKUP = Let("found", Find(REGISTRATIONS, "tag", "t1"))
CHOICE = Choice("a choice")
TAG = Field(v.registration, "tag")
LISTED = (Object(("t1", PENDING, None), True), Object(("t2", PENDING, None), True))
TWO = Shared(Lab(single(Let("x", True))).shared.context, LISTED)
"""Two registrations are in the list."""


# --- what is started


def test_what_runs_in_parallel_is_an_invocation_of_its_own_with_its_own_variables() -> None:
    lab = Lab(single(Let("x", "a"), InParallel(steps(Let("y", v.x), LOOKUP)), Let("x", "b"), Resolve(v.promise)))
    (outcome,) = lab.actions()
    (child,) = outcome.spawned
    assert child.frames[-1].variables == (("x", "a"),)
    assert kinds(lab.once(child)) == []


def test_a_timer_that_starts_is_seen() -> None:
    timer = InParallel(steps(Wait("a while"), LOOKUP))
    assert kinds(Lab(single(timer, Resolve(v.promise))).actions()[0]) == ["waiting", "resolved"]


def test_a_loop_in_any_order_starts_one_invocation_for_each_item() -> None:
    visit = ForEach("registration", REGISTRATIONS, steps(Set(STATE, FIRING)), where=Is(TAG, "t2"), any_order=True)
    lab = Lab(single(visit))
    lab.shared = TWO
    (outcome,) = lab.actions()
    (child,) = outcome.at_once
    assert child.frames[-1].variables == (("registration", Ref(1)),)


def fired(*follow: Statement, **members: Expr) -> Items:
    body = steps(*follow)
    return (LOOKUP, FireEvent("sync", v.found, tuple(members.items()), "event", body))


def test_an_event_is_dispatched_and_awaited_and_settles_in_one_of_the_ways_that_are_named() -> None:
    lab = Lab(
        single(
            *fired(
                Upon(("fulfilled",), v.event, Assert(True)),
                Upon(("rejected", "terminated"), v.event, steps(Let("z", Field(v.event, "lastChance")))),
                tag="t1",
                lastChance=CHOICE,
            )
        ),
        "algorithm",
    )
    lab.shared = TWO
    (outcome,) = lab.actions()
    assert kinds(outcome) == ["dispatched", "unsettled"]
    (event,) = outcome.spawned
    assert lab.machine.waits(event) == "await"
    assert kinds(lab.once(event, TWO, "fulfilled")) == ["settled", "asserted", "reacted"]
    both = [kinds(found) for found in lab.machine.outcomes(TWO, event, "rejected")]
    assert both == [["settled", "chose", "reacted"]] * 2
    assert kinds(lab.once(event, TWO, "vanished")) == ["settled", "reacted"]


def test_a_choice_that_nobody_reads_is_not_made_and_one_that_is_made_stays() -> None:
    last = Field(v.event, "lastChance")
    twice = steps(Let("a", last), Let("b", last), Assert(Is(v.a, v.b)))
    lab = Lab(single(*fired(Upon(("fulfilled",), v.event, twice), lastChance=CHOICE)), "algorithm")
    lab.shared = TWO
    (outcome,) = lab.actions()
    assert outcome.choices == ()
    (event,) = outcome.spawned
    assert dict(event.frames[-1].variables)["event"] == Event((("lastChance", Undecided("a choice", None)),))
    found = list(lab.machine.outcomes(TWO, event, "fulfilled"))
    assert [outcome.choices for outcome in found] == [(("a choice", False),), (("a choice", True),)]
    assert not any(outcome.failed for outcome in found)


def test_only_the_algorithm_that_fires_events_dispatches() -> None:
    for statement in (Dispatch(), RunPostDispatchSteps()):
        with pytest.raises(
            LanguageError, match="main 1: only the algorithm that fires events dispatches: fire one instead"
        ):
            Lab(single(statement))


# --- choices


def test_choices_are_enumerated_exactly() -> None:
    again = Choice("another")
    asked = single(If(CHOICE, steps(If(again, steps(Return())), Resolve(v.promise))), Else(Reject(v.promise, "No")))
    lab = Lab(asked)
    found = [outcome.choices for outcome in lab.machine.outcomes(lab.shared, lab.entry())]
    assert found == [
        (("a choice", False),),
        (("a choice", True), ("another", False)),
        (("a choice", True), ("another", True)),
    ]


def test_a_choice_on_the_far_side_of_and_or_is_made_only_when_it_is_reached() -> None:
    for condition in (And(False, CHOICE), Or(True, CHOICE)):
        lab = Lab(single(Let("x", condition)))
        assert [outcome.choices for outcome in lab.machine.outcomes(lab.shared, lab.entry())] == [()]


def test_of_scripts_that_have_come_to_the_same_one_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = list[Run]()

    class Counted(Run):
        def run(self, settle: str | None) -> Outcome:
            runs.append(self)
            return super().run(settle)

    monkeypatch.setattr("bgsync.system.interpreter.Run", Counted)
    unread = [NotUnderstood(f"frobnicate |x| {n} times", ("x",), ("x",)) for n in range(10)]
    lab = Lab(single(Let("x", None), *unread, Wait("a while"), Let("y", v.x)), "algorithm", blur="anything")
    found = list(lab.machine.outcomes(lab.shared, lab.entry()))
    left = [dict(each.process.frames[-1].variables).get("x") for each in found if each.process]
    assert sorted(map(str, left)) == sorted(map(str, (None, UNKNOWN)))
    assert len(runs) < 200, "2 ** 10 scripts, of which all but a few come to the same after each sentence"


def test_of_one_condition_each_way_to_choose_is_followed() -> None:
    asked = Or(And(Choice("a"), Choice("b")), Choice("c"))
    lab = Lab(single(If(asked, steps(Resolve(v.promise))), Else(Reject(v.promise, "No"))))
    found = [tuple(chosen for _, chosen in each.choices) for each in lab.machine.outcomes(lab.shared, lab.entry())]
    assert found == [(False, False), (False, True), (True, False, False), (True, False, True), (True, True)]


def test_ways_that_differ_in_nothing_but_what_was_chosen_are_one() -> None:
    read = Let("x", Population("window clients"))
    for later, ways in ((), 1), ((Wait("a while"), Let("y", v.x)), 4):
        lab = Lab(single(read, *later))
        assert len(list(lab.machine.outcomes(lab.shared, lab.entry()))) == ways


def test_a_choice_of_an_adversity_is_open_only_where_it_is_on() -> None:
    spec = single(Let("x", Choice("skip", adversity="skipped")))
    for on, ways in (((), 1), (("skipped",), 2)):
        lab = Lab(spec, adversities=on)
        assert len(list(lab.machine.outcomes(lab.shared, lab.entry()))) == ways


def test_declining_what_the_text_says_one_should_do_is_seen() -> None:
    lab = Lab(single(Let("x", Choice("stop", should="stop it")), Resolve(v.promise)))
    seen = [kinds(outcome)[0] for outcome in lab.machine.outcomes(lab.shared, lab.entry())]
    assert seen == ["declined", "chose"]


# --- promises, lists and assertions


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ((Resolve(v.promise),), ["resolved"]),
        ((Reject(v.promise, "TypeError"),), ["rejected"]),
        ((Resolve(v.promise), Reject(v.promise, "TypeError")), ["resolved", "twice"]),
        ((Let("x", True),), ["unsettled"]),
        ((NotUnderstood("whatever"), Resolve(v.promise)), ["resolved"]),
    ],
)
def test_a_promise_is_settled_once_and_it_is_seen_when_it_is_not(items: Items, expected: list[str]) -> None:
    assert kinds(Lab(single(*items)).actions()[-1]) == expected


def last(*items: Statement) -> Outcome:
    return Lab(single(*items), "algorithm").actions()[-1]


def test_a_failed_assert_ends_the_run_and_nothing_after_it_counts() -> None:
    outcome = last(Assert(Is("a", "b")), Resolve(v.promise))
    assert (outcome.failed, outcome.process, kinds(outcome)) == (True, None, ["asserted"])
    assert kinds(last(Assert(Is("a", "a")), Resolve(v.promise))) == ["asserted", "resolved"]


def test_a_second_item_that_should_be_unique_ends_the_run() -> None:
    outcome = last(Let("tag", "t1"), *NEW, *NEW, Resolve(v.promise))
    assert (outcome.failed, kinds(outcome)) == (True, ["new", "listed", "new", "listed", "duplicate"])


def test_removing_what_is_not_in_the_list_does_nothing() -> None:
    remove = Remove(v.registration, REGISTRATIONS)
    seen = kinds(last(Let("tag", "t1"), *NEW, remove, remove))
    assert seen == ["new", "listed", "removed", "not listed", "unsettled"]


def test_setting_a_state_to_what_it_is_changes_nothing() -> None:
    assert kinds(last(Let("tag", "t1"), *NEW, Set(STATE, PENDING), Set(STATE, WAITING))) == [
        "new",
        "listed",
        "set",
        "unsettled",
    ]


def test_an_object_that_is_made_takes_the_first_free_place() -> None:
    lab = Lab(single(Let("x", New("sync registration")), Wait("a while"), Let("y", v.x)), "algorithm")
    holes = Shared(lab.shared.context, (None, Object(("t1", PENDING, None), True)))
    assert lab.once(lab.entry(), holes).shared.heap[0] == Object((None, PENDING, None), False)


def test_a_variable_that_nothing_reads_any_more_is_forgotten() -> None:
    lab = Lab(single(Let("x", "a"), LOOKUP, LOOKUP))
    process = lab.once(lab.entry()).process
    assert process is not None
    assert process.frames[-1].variables == (("@promise", "pending"),)
