"""The validator replays a finding on the plain semantics and rejects every finding that was tampered with."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import pytest

from bgsync.judge.fairness import find_lasso
from bgsync.judge.property import Liveness, Property, Safety
from bgsync.judge.replay import Move, Rejected, moves, replay_lasso, replay_safety
from bgsync.judge.trace import tell
from bgsync.judge.watch import watch
from bgsync.language import Abort, Assert, Call, If, Increment, Is, Let, NotUnderstood, Resolve, Set, Spec, Wait, v
from bgsync.system.scenario import Scenario
from bgsync.system.system import State, System
from model import one_off
from model.one_off import NO_FURTHER_ATTEMPTS, ONLINE
from model.registration import FIRING, WAITING
from model.service_worker import FIRE_FUNCTIONAL_EVENT
from properties import PROPERTIES
from tests.models import AGAIN, CALM, FIRE, NEW, STATE, SURROUNDINGS, known, outbox, single


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
    scenario = Scenario(spec, SURROUNDINGS, granularity, calls=calls)
    watched = watch(System(scenario), [safety(name.split("/")[0])])
    found = watched.breaches[name]
    path = [step for _, step, _ in watched.graph.path(watched.graph.index[found.source])]
    return Found(scenario, name, moves(watched.system, [*path, found.step]))


def lasso(
    spec: Spec, name: str, adversities: tuple[str, ...] = (), monitor: str = "calls", granularity: str = "algorithm"
) -> Found:
    scenario = Scenario(spec, SURROUNDINGS, granularity, adversities, calls=1, monitor=monitor)
    watched = watch(System(scenario), [])
    found, _ = find_lasso(watched, liveness(name))
    assert found is not None
    stem, loop = ([step for _, step, _ in part] for part in (found.stem, found.loop))
    return Found(scenario, name, moves(watched.system, stem), moves(watched.system, loop), found.owed)


def check_safety(found: Found, told: Sequence[Move] | None = None) -> None:
    replay = replay_safety(found.scenario, told or found.stem, safety(found.name.split("/")[0]), found.name)
    assert len(replay.taken) == len(told or found.stem)


def check_lasso(found: Found) -> int:
    replay, begin = replay_lasso(found.scenario, found.stem, found.loop, liveness(found.name), found.owed)
    first, last = replay.taken[begin].before, replay.taken[-1].step.after
    assert first == last
    return begin


TWO_ENTRIES = breach(outbox(), "unique-tag")
FORGOTTEN = lasso(outbox(found=known(Resolve(v.promise))), "resolved-then-fires")
STUCK = lasso(outbox(fulfilled=AGAIN), "firing-ends")
ENDLESS = lasso(outbox(), "no-endless-firing")


def move(found: Found, name: str) -> Move:
    """Give the environment's move with this name, made for the scenario of a finding."""
    return Move("move", name, None, None, (), ())


# --- what is good


@pytest.mark.parametrize("found", [TWO_ENTRIES, breach(one_off.SPEC, "asserts/fire-a-sync-event.1")])
def test_a_trace_of_a_safety_property_replays(found: Found) -> None:
    check_safety(found)


@pytest.mark.parametrize("found", [FORGOTTEN, STUCK, ENDLESS], ids=lambda found: found.name)
def test_a_lasso_replays_and_comes_back_to_where_its_loop_begins(found: Found) -> None:
    assert check_lasso(found) <= len(found.stem) + len(found.loop)


def test_a_lasso_replays_under_an_adversity() -> None:
    check_lasso(lasso(outbox(), "firing-ends", ("unsettled",)))
    check_lasso(lasso(outbox(), "pending-fires", ("should",)))


def test_what_the_search_left_out_of_sight_is_run_to_its_end_before_the_loop() -> None:
    removed = outbox(first=(Set(STATE, FIRING), *NEW[:0]), found=known(Resolve(v.promise)))
    check_lasso(lasso(removed, "resolved-then-fires", granularity="step"))


# --- tampering with a trace


@pytest.mark.parametrize("place", range(len(TWO_ENTRIES.stem)))
def test_a_trace_with_a_dropped_step_is_rejected(place: int) -> None:
    told = TWO_ENTRIES.stem[:place] + TWO_ENTRIES.stem[place + 1 :]
    with pytest.raises(Rejected):
        check_safety(TWO_ENTRIES, told)


def test_a_trace_with_swapped_steps_is_rejected() -> None:
    told = list(TWO_ENTRIES.stem)
    place = next(i for i, step in enumerate(told) if step.kind == "run")
    told[0], told[place] = told[place], told[0]
    with pytest.raises(Rejected, match="is possible in 0 ways, not in one"):
        check_safety(TWO_ENTRIES, told)


def test_a_trace_with_another_choice_is_rejected() -> None:
    found = breach(outbox(rejected=(If(NO_FURTHER_ATTEMPTS, Set(STATE, WAITING)),)), "lifecycle", "algorithm", 1)
    place = next((i for i, step in enumerate(found.stem) if step.choices), None)
    spec = single(*NEW, If(NO_FURTHER_ATTEMPTS, Set(STATE, WAITING)), Resolve(v.promise), parameters=("tag",))
    found = breach(spec, "lifecycle", "algorithm", 1) if place is None else found
    place = next(i for i, step in enumerate(found.stem) if step.choices)
    ((name, chosen),) = found.stem[place].choices
    for choices in (((name, not chosen),), (), ((name, chosen), (name, chosen)), (("another", chosen),)):
        told = [*found.stem[:place], replace(found.stem[place], choices=choices), *found.stem[place + 1 :]]
        with pytest.raises(Rejected):
            check_safety(found, told)


def test_a_trace_that_names_another_process_is_rejected() -> None:
    told = list(TWO_ENTRIES.stem)
    (first, *_, last) = [i for i, step in enumerate(told) if step.process is not None]
    told[first] = replace(told[first], process=told[last].process)
    with pytest.raises(Rejected):
        check_safety(TWO_ENTRIES, told)


@pytest.mark.parametrize("change", [{"detail": "rejected"}, {"name": "wake"}, {"kind": "rule"}, {"process": None}])
def test_a_trace_whose_step_says_something_else_is_rejected(change: dict[str, str | None]) -> None:
    last = TWO_ENTRIES.stem[-1]
    altered = Move(**{**vars(last), **change})
    with pytest.raises(Rejected):
        check_safety(TWO_ENTRIES, (*TWO_ENTRIES.stem[:-1], altered))


def test_a_trace_of_another_property_is_rejected() -> None:
    with pytest.raises(Rejected, match="the last step does not break lifecycle"):
        replay_safety(TWO_ENTRIES.scenario, TWO_ENTRIES.stem, safety("lifecycle"), "lifecycle")


def test_a_trace_of_another_assert_of_the_same_property_is_rejected() -> None:
    found = breach(outbox(first=(Assert(True), Assert(Is(STATE, WAITING)))), "asserts/ring.2", "algorithm", 1)
    check_safety(found)
    with pytest.raises(Rejected, match=r"does not break asserts/ring\.1"):
        replay_safety(found.scenario, found.stem, safety("asserts"), "asserts/ring.1")


def test_a_trace_of_another_scenario_is_rejected() -> None:
    fewer = replace(TWO_ENTRIES, scenario=replace(TWO_ENTRIES.scenario, calls=1))
    with pytest.raises(Rejected):
        check_safety(fewer)


# --- tampering with a lasso


def test_a_lasso_whose_stem_lacks_a_step_is_rejected() -> None:
    for place in range(len(FORGOTTEN.stem)):
        with pytest.raises(Rejected):
            check_lasso(replace(FORGOTTEN, stem=FORGOTTEN.stem[:place] + FORGOTTEN.stem[place + 1 :]))


def test_a_loop_that_is_offline_for_ever_is_unfair() -> None:
    found = lasso(outbox(online=()), "pending-fires")
    calls = tuple(step for step in found.stem if step.kind == "call")
    assert calls
    nothing = Move("call", "register(t1)", None, "a page", (), ())
    with pytest.raises(Rejected, match="offline for ever"):
        check_lasso(replace(found, stem=calls, loop=(nothing,)))


def test_a_loop_in_which_an_invocation_never_goes_on_is_unfair() -> None:
    network = (move(ENDLESS, "go offline"), move(ENDLESS, "go online"))
    stem = (move(STUCK, "go online"), *(step for step in lasso_stem_firing() if step.kind == "call"))
    with pytest.raises(Rejected, match="an invocation that could go on never does"):
        check_lasso(replace(STUCK, stem=stem, loop=network))


def lasso_stem_firing() -> tuple[Move, ...]:
    """A page registers while online, so that the registration fires and its event awaits its handler."""
    return (Move("call", "register(t1)", None, "a page", (), (0,)),)


def test_a_loop_in_which_the_worker_never_starts_is_unfair() -> None:
    scenario = Scenario(outbox(), SURROUNDINGS, "algorithm", ("terminated",), calls=1)
    network = (move(STUCK, "go offline"), move(STUCK, "go online"))
    stem = (move(STUCK, "terminate"), move(STUCK, "go online"), *lasso_stem_firing())
    with pytest.raises(Rejected, match="the worker never starts"):
        check_lasso(replace(STUCK, scenario=scenario, stem=stem, loop=network, owed=0))


def test_a_loop_in_which_the_user_agent_never_resumes_is_unfair() -> None:
    scenario = Scenario(outbox(), SURROUNDINGS, "algorithm", ("restarted",), calls=1)
    network = (move(STUCK, "go offline"), move(STUCK, "go online"))
    stem = (move(STUCK, "go online"), *lasso_stem_firing(), move(STUCK, "restart"))
    with pytest.raises(Rejected, match="the user agent never resumes"):
        check_lasso(replace(STUCK, scenario=scenario, stem=stem, loop=network, owed=0))


def test_a_loop_in_which_the_user_agent_never_does_what_it_should_is_unfair() -> None:
    found = lasso(outbox(), "pending-fires", ("should",), granularity="step")
    stem = tuple(step for step in found.stem if step.kind != "ignore")
    fair = replace(found.scenario, adversities=())
    with pytest.raises(Rejected):
        check_lasso(replace(found, scenario=fair))
    online = (move(found, "go online"), *(step for step in stem if step.name != "go online"))
    network = (move(found, "go offline"), move(found, "go online"))
    with pytest.raises(Rejected):
        check_lasso(replace(found, scenario=fair, stem=online, loop=network))


def test_a_loop_that_always_declines_what_it_should_choose_is_unfair() -> None:
    (last,) = {name for step in ENDLESS.loop for name, _ in step.choices} or {""}
    assert last == ""
    retry = outbox(
        found=known(Resolve(v.promise)),
        rejected=(If(Is(NO_FURTHER_ATTEMPTS, False), (FIRE, Abort())), *AGAIN),
        event=FIRE_FUNCTIONAL_EVENT,
    )
    found = lasso(retry, "no-endless-firing", ("should",))
    check_lasso(found)
    with pytest.raises(Rejected, match="never chooses what it SHOULD: no further attempts"):
        check_lasso(replace(found, scenario=replace(found.scenario, adversities=())))


def test_a_loop_that_does_not_close_is_rejected() -> None:
    grows = single(*NEW, If(ONLINE, FIRE), Resolve(v.promise), parameters=("tag",))
    assert grows.methods == ("main",)


def test_a_loop_in_which_what_is_owed_is_given_is_rejected() -> None:
    served = replace(FORGOTTEN, owed="t2")
    with pytest.raises(Rejected, match="what is owed is not owed all along the loop"):
        check_lasso(served)


def test_a_loop_of_another_property_is_rejected() -> None:
    for other in ("waiting-ends", "pending-fires", "delivered"):
        with pytest.raises(Rejected):
            check_lasso(replace(STUCK, name=other))


def test_a_loop_that_lacks_the_step_of_its_property_is_rejected() -> None:
    network = (move(ENDLESS, "go offline"), move(ENDLESS, "go online"))
    with pytest.raises(Rejected, match="the loop lacks the step that the property is about"):
        check_lasso(replace(ENDLESS, stem=(move(ENDLESS, "go online"),), loop=network, owed="events"))
