"""Steps that react to an event: all of them run, and what an event comes to is what they do, not what others do."""

import pytest

from bgsync.language import (
    Abort,
    Call,
    Enqueue,
    Field,
    If,
    Is,
    Let,
    Not,
    Remove,
    Resolve,
    Set,
    Spec,
    Statement,
    Upon,
    Wait,
    While,
    algorithm,
    steps,
    v,
)
from bgsync.shipped.model.background_sync.one_off import ONLINE, REGISTRATIONS
from bgsync.shipped.model.background_sync.registration import PENDING, WAITING
from bgsync.system.world import World
from tests.models import (
    AGAIN,
    FILE,
    FINISH,
    FIRE,
    LOOK,
    MARK,
    NEW,
    STATE,
    UNGATED,
    Items,
    graph,
    known,
    ops,
    outbox,
    single,
    system,
    verdicts,
    walk,
)

NOTE: Items = (Let("seen", Field(v.event, "lastChance")),)
"""Steps that change nothing."""


def ruling(spec: Spec, name: str, world: World = UNGATED, granularity: str = "algorithm") -> str:
    return verdicts(spec, [name.partition("/")[0]], (granularity,), world=world)[name].verdict


# --- several reactions to one outcome


def test_two_reactions_to_one_outcome_both_run_in_whatever_order_they_stand() -> None:
    note, drop = Upon(("fulfilled",), v.event, steps(*NOTE)), steps(*FINISH)
    for besides, fulfilled in ((note, FINISH), (Upon(("fulfilled",), v.event, drop), NOTE)):
        found = verdicts(outbox(besides=(besides,), fulfilled=fulfilled), ["outcome", "firing-ends"])
        assert {verdict.verdict for verdict in found.values()} == {"holds"}, found


def test_reactions_to_one_outcome_that_do_nothing_are_found_to_leave_the_registration() -> None:
    note = Upon(("fulfilled",), v.event, steps(*NOTE))
    assert ruling(outbox(besides=(note,), fulfilled=NOTE), "outcome") == "violated"


# --- what a call is owed


def test_a_call_that_resolves_after_its_own_event_is_owed_no_other_one() -> None:
    late: Items = (*NEW, If(ONLINE, FIRE), Resolve(v.promise))
    assert ruling(outbox(added=late), "resolved-then-fires") == "holds"


def test_a_call_that_resolves_after_the_event_of_another_call_had_begun_is_owed_one() -> None:
    never = outbox(found=known(Resolve(v.promise)))
    assert ruling(never, "resolved-then-fires") == "violated"


def test_a_promise_that_others_keep_from_settling_is_not_settled_by_theirs() -> None:
    wake = If(Is(STATE, WAITING), (Set(STATE, PENDING), Resolve(v.promise), Abort()))
    poll = While(Is(STATE, PENDING), steps(Set(STATE, WAITING), Wait("a while")))
    for waits, expected in ((poll, "violated"), (Set(STATE, WAITING), "holds")):
        spec = single(*LOOK, If(Is(v.registration, None), NEW), wake, waits, Resolve(v.promise), parameters=("tag",))
        assert verdicts(spec, ["promise-settles"], calls=2)["promise-settles"].verdict == expected


# --- what is one action


def test_going_online_the_rule_and_what_it_fires_are_one_action_where_invocations_are() -> None:
    closed = system(outbox(), "algorithm")
    after = walk(closed, "call", "go online")
    assert (ops(closed, after), after.due) == (["await"], ())
    fine = system(outbox(), "step", calls=2)
    assert walk(fine, "go online").due == ("wake",)


def test_an_event_settles_only_where_there_is_a_place_for_its_reaction() -> None:
    for calls, settles in ((1, False), (2, True)):
        closed = system(outbox(), "step", calls=calls)
        during = (s for s in graph(closed).states if ops(closed, s).count("await") and len(s.processes) > 1)
        found = {step.action.detail for state in during for step in closed.steps(state)}
        assert ("fulfilled" in found) is settles


def test_a_reaction_runs_to_its_wait_and_after_a_termination_by_itself() -> None:
    asleep = outbox(rejected=(*AGAIN, Set(STATE, WAITING), Wait("a while"), *FINISH))
    closed = system(asleep, "algorithm", ("terminated",))
    fired = ("go online", "call")
    assert ops(closed, walk(closed, *fired, "rejected")) == ["wait"]
    ended = walk(closed, *fired, "terminate")
    assert ops(closed, ended) == ["branch"]
    assert [o.fields[1] for o in ended.shared.heap if o] == ["firing"]


# --- what an event comes to


SLEEP: Items = (Set(STATE, WAITING), Wait("a while"))
RETRY: Items = (*AGAIN, *SLEEP, If(Not(Is(STATE, WAITING)), Abort()), Set(STATE, PENDING), If(ONLINE, FIRE))
WAKE = If(Is(STATE, WAITING), (Set(STATE, PENDING), If(ONLINE, FIRE)))


def test_a_page_that_registers_again_while_a_reaction_waits_does_not_make_it_a_wrong_one() -> None:
    woken = outbox(found=known(WAKE, *MARK), rejected=RETRY)
    for granularity in ("algorithm", "step"):
        assert ruling(woken, "outcome", granularity=granularity) == "holds"


def test_a_reaction_that_first_waits_and_then_does_nothing_leaves_the_registration_stuck() -> None:
    asleep: Items = (*AGAIN, Wait("a while"))
    assert ruling(outbox(rejected=asleep), "outcome") == "violated"
    assert ruling(outbox(rejected=(*asleep, *FINISH)), "outcome") == "holds"


def test_what_an_algorithm_does_that_a_reaction_calls_is_done_by_the_reaction() -> None:
    finish = algorithm("finish", ("registration",), steps(*FINISH), file=FILE)
    call = Call("finish", (v.registration,))
    called = outbox(fulfilled=(call,), rejected=(call, *NOTE), others=(finish,))
    assert ruling(called, "outcome") == "holds"
    assert ruling(called, "dead-row/firing-to-success") == "holds"


def test_a_handler_is_told_of_its_last_chance_though_no_step_reads_it() -> None:
    assert ruling(outbox(), "last-chance") == "holds"
    assert ruling(outbox(rejected=RETRY), "last-chance") == "violated"


def test_reactions_to_one_event_agree_on_what_its_handler_was_told() -> None:
    last = Is(Field(v.event, "lastChance"), True)
    drop = Upon(("rejected",), v.event, If(last, Remove(v.registration, REGISTRATIONS)))
    keep: Items = (If(Not(last), (Set(STATE, WAITING),)),)
    assert ruling(outbox(found=known(WAKE, *MARK), besides=(drop,), rejected=keep), "last-chance") == "holds"


@pytest.mark.parametrize("task", [False, True], ids=["a batch of a queue", "a task"])
def test_what_a_reaction_enqueues_is_part_of_what_it_comes_to(task: bool) -> None:
    def later(*then: Statement) -> Items:
        return (Enqueue("event loop" if task else "sync queue", then, task),)

    found = verdicts(outbox(fulfilled=later(*FINISH), rejected=later(*FINISH)), ["outcome", "delivered"])
    assert found.pop("outcome").verdict == "holds"
    assert {one.verdict for one in found.values()} <= {"holds", "conditional"}  # on how the queue is read
    kept = verdicts(outbox(fulfilled=later(Set(STATE, PENDING)), rejected=FINISH), ["outcome"])["outcome"]
    assert (kept.verdict, kept.message) == ("violated", "the event was fulfilled, and its registration stays")
