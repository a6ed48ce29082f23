"""The validator replays a finding on the plain semantics and rejects every finding that was tampered with."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pytest

from bgsync import telling
from bgsync.judge import facts as f
from bgsync.judge.decide import liveness_verdict, liveness_verdicts
from bgsync.judge.fair_loop import Rejected
from bgsync.judge.lassos import Search
from bgsync.judge.property import Liveness, Property, Safety
from bgsync.judge.replay import Move, moves, replay_lasso, replay_safety
from bgsync.judge.trace import tell
from bgsync.judge.whole import watch
from bgsync.language import (
    Abort,
    Assert,
    If,
    InParallel,
    Is,
    Let,
    Not,
    Remove,
    Resolve,
    Set,
    Spec,
    Wait,
    While,
    steps,
    v,
)
from bgsync.mutate.mutants import mutants
from bgsync.shipped.model.background_sync import one_off
from bgsync.shipped.model.background_sync import outbox as messages
from bgsync.shipped.model.background_sync.monitors import CALLS, OutboxMonitor
from bgsync.shipped.model.background_sync.one_off import NO_FURTHER_ATTEMPTS, REGISTRATIONS
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, WAITING
from bgsync.shipped.model.background_sync.world import WORDS
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.system.monitor import Memory
from bgsync.system.observation import Observation, Settled
from bgsync.system.scenario import Bounds, Scenario
from bgsync.system.state import Value
from bgsync.system.step import Caller
from bgsync.system.system import System
from bgsync.system.world import World
from tests.models import AGAIN, CALM, FINISH, FIRE, NEW, STATE, UNGATED, known, outbox, scenario, single, verdicts


def named(kind: type[Property], name: str) -> Property:
    return next(prop for prop in PROPERTIES if isinstance(prop, kind) and prop.id == name)


def safety(name: str) -> Safety:
    found = named(Safety, name)
    assert isinstance(found, Safety)
    return found


def liveness(name: str) -> Liveness:
    found = named(Liveness, name)
    assert isinstance(found, Liveness)
    return found


@dataclass(frozen=True)
class Found:
    """A finding as the search hands it over: of a safety property it has no loop."""

    scenario: Scenario
    name: str
    stem: tuple[Move, ...]
    loop: tuple[Move, ...] = ()
    owed: Hashable = None


def breach(spec: Spec, name: str, granularity: str = "step", calls: int = 2) -> Found:
    asked = scenario(spec, UNGATED, granularity, calls=calls, monitor=CALLS)
    watched = watch(System(asked), [safety(name.split("/")[0])])
    return Found(asked, name, moves(watched.system, watched.path(name)))


def lasso(
    spec: Spec,
    name: str,
    adversities: tuple[str, ...] = (),
    granularity: str = "algorithm",
    world: World = UNGATED,
) -> Found:
    asked = scenario(spec, world, granularity, adversities, calls=1, monitor=CALLS)
    watched = watch(System(asked), [])
    found = next(Search(watched).lassos(liveness(name)))
    stem, loop = ([step for _, step, _ in part] for part in (found.stem, found.loop))
    return Found(asked, name, moves(watched.system, stem), moves(watched.system, loop), found.owed)


def check_safety(found: Found, told: Sequence[Move] | None = None) -> None:
    replay = replay_safety(found.scenario, told or found.stem, safety(found.name.split("/")[0]), found.name)
    assert len(replay.taken) == len(told or found.stem)


def check_lasso(found: Found) -> int:
    replay, begin = replay_lasso(found.scenario, found.stem, found.loop, liveness(found.name), found.owed)
    first, last = replay.taken[begin].before, replay.taken[-1].step.after
    assert first == last
    return begin


@cache
def two_entries() -> Found:
    return breach(outbox(), "unique-tag")


@cache
def forgotten() -> Found:
    return lasso(outbox(found=known(Resolve(v.promise))), "resolved-then-fires")


@cache
def stuck() -> Found:
    return lasso(outbox(fulfilled=AGAIN), "firing-ends")


@cache
def endless() -> Found:
    return lasso(outbox(), "no-endless-firing")


CALL = Move("call", "register(t1)", None, Caller(handler=False), (), (0,))
"""A page registers a tag that is new."""


def move(name: str) -> Move:
    """Give the environment's move with this name."""
    return Move("move", name, None, None, (), ())


NETWORK = (move("go offline"), move("go online"))


# --- what is good


def test_a_trace_of_a_safety_property_replays() -> None:
    check_safety(two_entries())
    check_safety(breach(one_off.SPEC, "asserts/fire-a-sync-event.1"))


@pytest.mark.parametrize("find", [forgotten, stuck, endless])
def test_a_lasso_replays_and_comes_back_to_where_its_loop_begins(find: Callable[[], Found]) -> None:
    found = find()
    assert check_lasso(found) <= len(found.stem) + len(found.loop)


def test_a_lasso_replays_under_an_adversity() -> None:
    check_lasso(lasso(outbox(), "firing-ends", ("unsettled",)))
    check_lasso(lasso(outbox(), "pending-fires", ("should",)))


def test_what_the_search_left_out_of_sight_is_run_to_its_end_before_the_loop() -> None:
    found = lasso(outbox(found=known(Resolve(v.promise))), "resolved-then-fires", granularity="step")
    check_lasso(found)


# --- tampering with a trace


def test_a_trace_with_a_dropped_step_is_rejected() -> None:
    stem = two_entries().stem
    assert stem
    for place in range(len(stem)):
        with pytest.raises(Rejected):
            check_safety(two_entries(), stem[:place] + stem[place + 1 :])


def test_a_trace_with_swapped_steps_is_rejected() -> None:
    told = list(two_entries().stem)
    place = next(i for i, step in enumerate(told) if step.kind == "run")
    told[0], told[place] = told[place], told[0]
    with pytest.raises(Rejected, match="cannot go on as in the run"):
        check_safety(two_entries(), told)


def test_a_trace_with_another_choice_is_rejected() -> None:
    chosen = known(If(NO_FURTHER_ATTEMPTS, Set(STATE, WAITING)), Resolve(v.promise))
    found = breach(outbox(found=chosen), "lifecycle", "algorithm", 1)
    (name, value) = found.stem[-1].choices[0]
    for choices in (((name, not value),), (), ((name, value), (name, value)), (("another", value),)):
        with pytest.raises(Rejected):
            check_safety(found, (*found.stem[:-1], replace(found.stem[-1], choices=choices)))


def test_a_trace_that_names_another_process_is_rejected() -> None:
    told = list(two_entries().stem)
    (first, *_, last) = [i for i, step in enumerate(told) if step.process is not None]
    told[first] = replace(told[first], process=told[last].process)
    with pytest.raises(Rejected):
        check_safety(two_entries(), told)


@pytest.mark.parametrize("change", [{"detail": "rejected"}, {"name": "wake"}, {"kind": "rule"}, {"process": None}])
def test_a_trace_whose_step_says_something_else_is_rejected(change: dict[str, str | None]) -> None:
    last = two_entries().stem[-1]
    altered = Move(**{**vars(last), **change})
    with pytest.raises(Rejected):
        check_safety(two_entries(), (*two_entries().stem[:-1], altered))


def test_a_trace_of_another_property_is_rejected() -> None:
    with pytest.raises(Rejected, match="the last step does not break lifecycle"):
        replay_safety(two_entries().scenario, two_entries().stem, safety("lifecycle"), "lifecycle")


def test_a_trace_of_another_assert_of_the_same_property_is_rejected() -> None:
    found = breach(outbox(first=(Assert(True), Assert(Is(STATE, WAITING)))), "asserts/ring.2", "algorithm", 1)
    check_safety(found)
    with pytest.raises(Rejected, match=r"does not break asserts/ring\.1"):
        replay_safety(found.scenario, found.stem, safety("asserts"), "asserts/ring.1")


def test_a_trace_of_another_scenario_is_rejected() -> None:
    fewer = replace(two_entries(), scenario=replace(two_entries().scenario, bounds=Bounds(calls=1)))
    with pytest.raises(Rejected):
        check_safety(fewer)


# --- tampering with a lasso


def test_a_lasso_whose_stem_lacks_a_step_is_rejected() -> None:
    stem = forgotten().stem
    assert len(stem) == 4
    for place in range(4):
        with pytest.raises(Rejected):
            check_lasso(replace(forgotten(), stem=stem[:place] + stem[place + 1 :]))


def test_a_loop_that_is_offline_for_ever_is_unfair() -> None:
    found = lasso(outbox(online=()), "pending-fires")
    with pytest.raises(Rejected, match="the network is never online in the loop"):
        check_lasso(replace(found, stem=(CALL,), loop=(replace(CALL, created=()),)))


def test_a_loop_in_which_an_invocation_never_goes_on_is_unfair() -> None:
    with pytest.raises(Rejected, match="an invocation that could go on never does"):
        check_lasso(replace(stuck(), stem=(move("go online"), CALL), loop=NETWORK))


def test_a_loop_in_which_the_worker_never_starts_is_unfair() -> None:
    scenario = replace(stuck().scenario, adversities=("terminated",))
    stem = (move("terminate"), move("go online"), CALL)
    with pytest.raises(Rejected, match="the execution is stopped for ever"):
        check_lasso(replace(stuck(), scenario=scenario, stem=stem, loop=NETWORK))


def test_a_loop_in_which_the_user_agent_never_resumes_is_unfair() -> None:
    scenario = replace(stuck().scenario, adversities=("restarted",))
    stem = (move("go online"), CALL, move("restart"))
    with pytest.raises(Rejected, match="the user agent is restarted for ever"):
        check_lasso(replace(stuck(), scenario=scenario, stem=stem, loop=NETWORK))


def test_a_loop_in_which_the_user_agent_never_does_what_it_should_is_unfair() -> None:
    found = lasso(outbox(online=(Let("seen", STATE),)), "pending-fires", granularity="step")
    check_lasso(found)
    (ready,) = (step for step in found.stem if step.kind == "call")
    runs = tuple(step for step in found.stem if step.kind == "run")
    with pytest.raises(Rejected, match="the user agent never does what it SHOULD do wake"):
        check_lasso(replace(found, stem=(ready, *runs, move("go online")), loop=NETWORK))


def test_a_loop_that_always_declines_what_it_should_choose_is_unfair() -> None:
    rejected = (If(Is(NO_FURTHER_ATTEMPTS, False), (Set(STATE, PENDING), FIRE, Abort())), *FINISH)
    spec = outbox(found=known(Resolve(v.promise)), fulfilled=FINISH, rejected=rejected)
    found = lasso(spec, "no-endless-firing", ("should",), world=CALM)
    check_lasso(found)
    with pytest.raises(Rejected, match="never chooses what it SHOULD: no further attempts"):
        check_lasso(replace(found, scenario=replace(found.scenario, adversities=())))


def test_a_loop_that_does_not_close_is_rejected() -> None:
    timers = single(InParallel(steps(Wait("a while"))), Resolve(v.promise))
    asked = scenario(timers, CALM, "algorithm", calls=1, monitor=CALLS)
    again = Move("call", "main()", None, Caller(handler=False), (), ())
    with pytest.raises(Rejected, match="the loop does not come back to a state that it was in"):
        check_lasso(Found(asked, "no-endless-firing", (), (again,), "events"))


def test_a_removed_registration_that_somebody_holds_for_ever_is_rejected() -> None:
    gone = (*NEW, Remove(v.registration, REGISTRATIONS), Resolve(v.promise))
    loop = While(Not(Is(STATE, FIRING)), steps(Wait("a while")))
    asked = scenario(single(*gone, loop, parameters=("tag",)), CALM, "algorithm", calls=1, monitor=CALLS)
    call = Move("call", "main(t1)", None, Caller(handler=False), (), (0,))
    with pytest.raises(Rejected, match="what holds a removed object never comes to an end"):
        check_lasso(Found(asked, "no-endless-firing", (call,), (call,), "events"))


def test_a_loop_in_which_nothing_is_owed_is_rejected() -> None:
    with pytest.raises(Rejected, match="what is owed is not owed all along the loop"):
        check_lasso(replace(forgotten(), owed="t2"))


def test_a_loop_in_which_what_is_owed_is_given_is_rejected() -> None:
    page = tuple(
        replace(step, detail=Caller(handler=False)) if step.kind == "call" else step for step in endless().loop
    )
    with pytest.raises(Rejected, match="what is owed is given in the loop"):
        check_lasso(replace(endless(), loop=page))


@pytest.mark.parametrize("other", ["waiting-ends", "pending-fires", "delivered"])
def test_a_loop_of_another_property_is_rejected(other: str) -> None:
    with pytest.raises(Rejected):
        check_lasso(replace(stuck(), name=other))


def test_a_loop_that_lacks_the_step_of_its_property_is_rejected() -> None:
    with pytest.raises(Rejected, match="the loop lacks the step that the property is about"):
        check_lasso(replace(endless(), stem=(move("go online"),), loop=NETWORK))


# --- telling a trace


def test_a_replayed_trace_is_told_in_the_steps_of_the_text_with_what_each_changes() -> None:
    replay = replay_safety(two_entries().scenario, two_entries().stem, safety("unique-tag"), "unique-tag")
    told = tell(replay).steps
    assert [step.label for step in told if not step.step] == [f.CallBegins(f.Caller.OUTSIDE, "register(t1)")] * 2
    assert {str(step.actor) for step in told} == {"register(t1) #1", "register(t1) #2"}
    assert telling.values(told[-1], WORDS) == {
        "registration B: in the list": ("no", "yes"),
        "registrations with this tag": ("1", "2"),
    }
    assert [step.action for step in told] == sorted(step.action for step in told)


def test_a_told_lasso_says_where_its_loop_begins_and_names_events_and_timers() -> None:
    rejected = (*AGAIN, Set(STATE, WAITING), InParallel(steps(Wait("a while"), FIRE)))
    found = lasso(outbox(rejected=rejected), "no-endless-firing", ("should",))
    replay, begin = replay_lasso(found.scenario, found.stem, found.loop, liveness(found.name), found.owed)
    trace = tell(replay, begin)
    assert trace.loop is not None
    assert trace.steps[trace.loop].action == begin + 1
    assert {"event #1", "environment"} <= {str(step.actor) for step in trace.steps}
    assert any("go online" in telling.sentence(step, WORDS) for step in trace.steps)


def test_what_the_user_agent_does_not_do_is_told_too() -> None:
    found = lasso(outbox(), "pending-fires", ("should",), "step")
    replay, begin = replay_lasso(found.scenario, found.stem, found.loop, liveness(found.name), found.owed)
    said = [telling.sentence(step, WORDS) for step in tell(replay, begin).steps]
    assert "the user agent does not follow the rule 'wake'" in said
    stuck = lasso(outbox(), "firing-ends", ("unsettled",))
    replay, begin = replay_lasso(stuck.scenario, stuck.stem, stuck.loop, liveness(stuck.name), stuck.owed)
    assert "the handler will never settle" in {telling.sentence(step, WORDS) for step in tell(replay, begin).steps}


@dataclass(frozen=True)
class Forgetful(OutboxMonitor):
    """Stores the message again when any handler that took it fails, even where another one has delivered it."""

    def observed(self, memory: Memory, note: Value, seen: Observation, key: str | None) -> tuple[Memory, Value]:
        after, then = super().observed(memory, note, seen, key)
        return ((messages.STORED,), then) if isinstance(seen, Settled) and then == self.FAILED else (after, then)


def test_a_lasso_with_more_of_what_is_alike_than_there_can_be_is_sought_again_among_fewer() -> None:
    dropped = [each.spec for each in mutants(one_off.SPEC, ("drop",)) if each.origin.step == "5.2.3"]
    (spec,) = filter(None, dropped)
    asked = Scenario(spec, UNGATED, monitor=Forgetful(shared=False))
    delivered = next(prop for prop in PROPERTIES if isinstance(prop, Liveness) and prop.id == "delivered")
    delivered = replace(delivered, monitors=(asked.monitor,), parts=("",))
    watched = watch(System(asked), [])
    assert liveness_verdict(Search(watched), delivered, asked, "").verdict == "inconclusive"
    (found,) = liveness_verdicts(watched, [delivered], "", None, lambda *_, **__: None)
    assert (found.verdict, found.trace and found.trace.loop is not None) == ("violated", True)


def test_what_was_out_of_sight_ends_in_a_replay_as_it_does_where_the_property_is_broken() -> None:
    removed_first = (Set(STATE, FIRING), Remove(v.registration, REGISTRATIONS))
    spec = outbox(first=removed_first, fulfilled=(), rejected=())
    found = verdicts(spec, ["delivered"], ("step",))
    assert {name: one.verdict for name, one in found.items()} == {
        "delivered/shared-tag": "violated", "delivered/tag-per-message": "violated"
    }  # fmt: skip
