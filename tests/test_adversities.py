"""The environment moves at will, and each adversity does what it says and nothing else."""

from dataclasses import replace

import pytest

from bgsync.language import (
    FireEvent,
    If,
    InParallel,
    Remove,
    Resolve,
    Set,
    Upon,
    Wait,
    algorithm,
    steps,
    v,
)
from bgsync.shipped.model.background_sync.one_off import ONLINE, REGISTRATIONS
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING
from bgsync.shipped.model.service_worker import FIRE_FUNCTIONAL_EVENT
from bgsync.system.describe import object_states, said_caller
from bgsync.system.step import NEVER_SETTLES, Caller
from tests.models import (
    FILE,
    FIRE,
    STATE,
    context,
    graph,
    names,
    ops,
    outbox,
    single,
    system,
    taken,
    verdicts,
    walk,
)

TASKED = outbox(event=FIRE_FUNCTIONAL_EVENT)
TIMERS = single(InParallel(steps(Wait("a while"))), Resolve(v.promise))


def enabled(*adversities: str) -> set[str]:
    closed = system(outbox(), "algorithm", adversities)
    return {trigger for _, trigger, _, _ in closed.moves}


def test_the_network_always_changes_at_will_and_nothing_else_does() -> None:
    assert enabled() == {"go online", "go offline"}


@pytest.mark.parametrize(
    ("adversity", "triggers"),
    [
        ("terminated", {"terminate", "start"}),
        ("restarted", {"restart", "resume"}),
        ("unregistered", {"unregister"}),
        ("permission", {"revoke", "grant"}),
        ("skipped", set()),
        ("unsettled", set()),
        ("should", set()),
    ],
)
def test_an_adversity_switches_on_its_own_triggers(adversity: str, triggers: set[str]) -> None:
    assert enabled(adversity) == {"go online", "go offline"} | triggers


def test_a_terminated_worker_ends_its_events() -> None:
    closed = system(outbox(), "algorithm", ("terminated",))
    running = walk(closed, "go online", "call")
    assert ops(closed, running) == ["await"]
    ended = taken(closed, running, "terminate")
    assert context(closed, ended, "execution") == "stopped"
    assert "await" not in ops(closed, ended)
    assert taken(closed, ended, "run").shared.heap == (), "the steps upon termination run"
    assert "terminate" in names(closed, taken(closed, ended, "start"))


def test_an_event_that_does_not_name_termination_just_ends_with_its_worker() -> None:
    spec = outbox()
    ring = algorithm("ring", ("registration",), steps(Set(STATE, FIRING), _deaf()), file=FILE)
    deaf = replace(spec, algorithms=(spec.algorithm("register"), ring))
    closed = system(deaf, "algorithm", ("terminated",))
    ended = walk(closed, "go online", "call", "terminate")
    assert ended.processes == ()
    assert [known.fields[1] for known in ended.shared.heap if known] == [FIRING]


def _deaf() -> If:
    upon = Upon(("fulfilled",), v.event, Remove(v.registration, REGISTRATIONS))
    return If(True, steps(FireEvent("sync", v.registration, (), "event", steps(upon))))


def test_a_terminated_worker_keeps_the_tasks_that_fire_events_and_runs_none_while_it_is_stopped() -> None:
    closed = system(TASKED, "algorithm", ("terminated",))
    queued = walk(closed, "go online", "call")
    assert ops(closed, queued) == ["task"]
    assert ops(closed, taken(closed, queued, "terminate")) == ["task"]
    stopped = walk(closed, "terminate", "go online", "call")
    assert ops(closed, stopped) == ["task"]
    assert "run" not in {step.action.kind for step in closed.steps(stopped)}
    assert "run" in {step.action.kind for step in closed.steps(taken(closed, stopped, "start"))}


def test_a_timer_outlives_the_worker() -> None:
    closed = system(TIMERS, "algorithm", ("terminated",))
    assert ops(closed, walk(closed, "call", "terminate")) == ["wait"]


def test_a_restarted_user_agent_forgets_what_runs_and_keeps_what_is_registered() -> None:
    closed = system(outbox(), "algorithm", ("restarted",), monitor="outbox shared")
    fresh = walk(closed, "go online", "call", "restart")
    assert (fresh.processes, fresh.due, fresh.memory) == ((), (), ("stored",))
    assert [known.listed for known in fresh.shared.heap if known] == [True]
    assert names(closed, fresh) == {"go offline", "resume"}
    assert "register(t1)" in names(closed, taken(closed, fresh, "resume"))


def test_no_rule_runs_while_the_user_agent_is_gone() -> None:
    closed = system(outbox(), "algorithm", ("restarted",))
    dead = walk(closed, "call", "restart", "go online")
    assert (context(closed, dead, "user agent"), dead.processes) == ("restarted", ())
    assert object_states(closed, dead) == {"t1": PENDING}


def test_the_worker_can_be_unregistered_and_the_permission_revoked_and_granted() -> None:
    closed = system(outbox(), "algorithm", ("unregistered", "permission"))
    gone = walk(closed, "unregister", "revoke")
    assert (context(closed, gone, "service worker"), context(closed, gone, "permission")) == (
        "none",
        "denied",
    )
    assert names(closed, gone) >= {"grant"}
    assert not names(closed, gone) & {"install", "activate", "unregister", "revoke"}


def test_an_event_can_be_skipped_only_where_that_adversity_is_on() -> None:
    usual, skipping = system(TASKED, "algorithm"), system(TASKED, "algorithm", ("skipped",))
    assert {tuple(ops(usual, s)) for s in graph(usual).states} == {(), ("task",), ("await",)}
    online = walk(skipping, "go online")
    calls = [step for step in skipping.steps(online) if step.action.kind == "call" and step.after]
    assert sorted(len(step.after.processes) for step in calls if step.after) == [0, 0, 1]


def test_a_handler_may_never_settle_only_where_that_adversity_is_on() -> None:
    usual, stuck = system(outbox(), "algorithm"), system(outbox(), "algorithm", ("unsettled",))
    assert NEVER_SETTLES not in {step.action.detail for s in graph(usual).states for step in usual.steps(s)}
    never = walk(stuck, "go online", "call", NEVER_SETTLES)
    assert [stuck.process(number).note for number in never.processes] == [NEVER_SETTLES]
    assert "run" not in {step.action.kind for step in stuck.steps(never)}


def test_what_the_user_agent_should_do_may_be_left_undone_only_where_that_adversity_is_on() -> None:
    for granularity, detail in (("step", None), ("algorithm", "nothing done")):
        usual, lazy = system(outbox(), granularity), system(outbox(), granularity, ("should",))
        for closed, expected in ((usual, False), (lazy, True)):
            taken_ = [step.action for s in graph(closed).states for step in closed.steps(s)]
            undone = any(a.kind == "ignore" or (detail is not None and a.detail == detail) for a in taken_)
            assert undone is expected


def test_an_occasion_that_comes_again_while_the_rule_is_busy_is_remembered_once() -> None:
    closed = system(outbox())
    state = walk(closed, "go online", "go offline", "go online")
    assert state.due == ("wake",)
    assert taken(closed, state, "rule").due == ()


def test_handlers_register_only_while_an_event_is_awaited() -> None:
    closed = system(outbox(), "algorithm")
    (start,) = closed.initial_states()
    assert {step.action.detail for step in closed.steps(start) if step.action.kind == "call"} == {Caller(handler=False)}
    fired = walk(closed, "go online", "call")
    assert {step.action.detail for step in closed.steps(fired) if step.action.kind == "call"} == {
        Caller(handler=False),
        Caller(handler=True),
    }
    assert [said_caller(closed.world, step.action) for step in closed.steps(fired) if step.action.kind == "call"] == [
        "a page",
        "a handler",
    ]


def test_a_method_without_parameters_is_called_without_a_tag() -> None:
    closed = system(single(Resolve(v.promise)), "algorithm", tags=2)
    (start,) = closed.initial_states()
    assert names(closed, start) == {"main()", "go online"}


def test_an_adversity_strikes_as_often_as_it_likes_but_not_for_ever() -> None:
    again = outbox(rejected=(Set(STATE, PENDING), If(ONLINE, FIRE)))
    found = verdicts(again, ["delivered"], adversities=("terminated",))
    assert found["delivered/tag-per-message"].verdict == "holds"  # not every attempt is killed
    lost = outbox(rejected=())
    found = verdicts(lost, ["delivered"], adversities=("terminated",))
    assert found["delivered/tag-per-message"].verdict == "violated"


def test_a_task_that_fires_an_event_outlives_the_worker_and_another_one_does_not() -> None:
    (own,) = FIRE_FUNCTIONAL_EVENT.steps[-1:]
    lost = replace(FIRE_FUNCTIONAL_EVENT, steps=(*FIRE_FUNCTIONAL_EVENT.steps[:-1], replace(own, kept=False)))  # type: ignore[call-arg]
    ends = {
        kept: verdicts(outbox(event=event), ["firing-ends"], adversities=("terminated",))["firing-ends"].verdict
        for kept, event in ((True, FIRE_FUNCTIONAL_EVENT), (False, lost))
    }
    assert ends == {True: "holds", False: "violated"}
