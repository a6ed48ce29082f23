"""The closed system: how many states it has, what is counted, collected and forked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest

from bgsync.language import (
    Environment,
    If,
    InParallel,
    Is,
    LanguageError,
    Let,
    New,
    Remove,
    Resolve,
    Set,
    Spec,
    Wait,
    While,
    steps,
    v,
)
from bgsync.shipped.model.background_sync import one_off
from bgsync.shipped.model.background_sync.one_off import ONLINE, REGISTRATIONS
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, WAITING
from bgsync.shipped.model.service_worker import FIRE_FUNCTIONAL_EVENT
from bgsync.system.describe import attributes, label, object_states, say_action
from bgsync.system.state import Process, Ref, Value
from bgsync.system.step import Action, State, Step
from bgsync.system.system import System
from bgsync.system.unknown import MANY
from tests.models import (
    CALM,
    MONITORS,
    STATE,
    UNGATED,
    context,
    graph,
    names,
    ops,
    outbox,
    scenario,
    single,
    system,
    taken,
    walk,
)

TASKED = outbox(event=FIRE_FUNCTIONAL_EVENT)
TIMERS = single(InParallel(steps(Wait("a while"))), Resolve(v.promise))


# --- how many states there are


def essence(closed: System, state: State) -> tuple[object, ...]:
    """What a state says of the registrations in the list, with what waits counted 0, 1, many."""
    things: list[str] = []
    for slot, known in enumerate(state.shared.heap):
        if known is not None and known.listed:
            held = Counter(_without_slot(closed.process(n)) for n in state.processes if closed.slot(n) == slot)
            things.append(f"{known.fields} {sorted((frames, min(count, MANY)) for frames, count in held.items())}")
    alone = sorted(_without_slot(closed.process(n)) for n in state.processes if closed.slot(n) is None)
    return state.shared.context, state.due, tuple(sorted(things)), tuple(alone)


def _without_slot(process: Process) -> str:
    def plain(value: Value) -> Value:
        return Ref(0) if isinstance(value, Ref) else value

    return str([(f.pc, [(name, plain(x)) for name, x in f.variables]) for f in process.frames])


def essences(closed: System, states: Iterable[State]) -> set[tuple[object, ...]]:
    return {essence(closed, state) for state in states if not state.disjoint}


@pytest.mark.parametrize(
    ("spec", "granularity", "calls", "states", "transitions"),
    [
        # offline: absent, pending, firing, registered again; online: all of these but pending, which fires at once
        (outbox(), "algorithm", 1, 7, 30),
        (outbox(), "algorithm", 2, 7, 30),
        (outbox(), "step", 1, 101, 242),
        (one_off.SPEC, "algorithm", 1, 33, 242),
        (one_off.SPEC, "algorithm", 2, 39, 314),
        (one_off.SPEC, "step", 1, 364, 1068),
    ],
)
def test_a_system_has_exactly_these_states(
    spec: Spec, granularity: str, calls: int, states: int, transitions: int
) -> None:
    found = graph(system(spec, granularity, calls=calls))
    assert (len(found.states), found.transitions, found.complete) == (states, transitions, True)


@pytest.mark.parametrize("granularity", ["algorithm", "step"])
def test_where_nothing_is_counted_or_removed_in_use_the_plain_semantics_has_the_same_states(
    granularity: str,
) -> None:
    forked, plain = system(outbox(), granularity), system(outbox(), granularity, fork=False)
    assert set(_told(forked)) == set(_told(plain))
    assert graph(forked).transitions == graph(plain).transitions


def _told(closed: System) -> Iterable[tuple[object, ...]]:
    return ((s.shared, tuple(sorted(map(str, map(closed.process, s.processes)))), s.due) for s in graph(closed).states)


@pytest.mark.parametrize("calls", [1, 2])
def test_counting_and_forking_neither_lose_nor_invent_a_state_of_the_one_off_model(calls: int) -> None:
    """The plain system is infinite, since old timers pile up: its nearest states are enough to meet every essence."""
    forked = system(one_off.SPEC, "algorithm", calls=calls)
    plain = system(one_off.SPEC, "algorithm", calls=calls, fork=False)
    near = graph(plain, limit=1500)
    assert not near.complete
    assert essences(plain, near.states) == essences(forked, graph(forked).states)


def test_two_tags_are_two_independent_lifecycles() -> None:
    closed = system(outbox(), "algorithm", tags=2)
    seen: set[tuple[str, ...]] = set()
    for state in graph(closed).states:
        seen.add((context(closed, state, "network"), *object_states(closed, state).values()))
    assert len(seen) == 4 * 4 + 3 * 3
    assert len(graph(system(one_off.SPEC, "algorithm", tags=2)).states) == 361  # in whatever order they were registered


def test_the_trait_agrees_with_the_steps() -> None:
    closed = system(outbox(), "algorithm")
    for state in graph(closed).states:
        steps_ = [(step.action, step.after) for step in closed.steps(state) if step.after is not None]
        assert list(closed.successors(state)) == steps_
        for action in closed.actions(state):
            assert (action, closed.next_state(state, action)) in steps_
    (start,) = closed.initial_states()
    assert closed.next_state(start, Action("move", "nothing")) is None


def test_a_step_that_ends_the_run_is_a_step_without_a_state_after_it() -> None:
    closed = system(outbox(found=()), "algorithm")
    state = walk(closed, "call")
    ended = [step for step in closed.steps(state) if step.after is None]
    assert [seen.kind for step in ended for seen in step.observations] == ["new", "listed", "duplicate"]


# --- bounds


@pytest.mark.parametrize("calls", [1, 2, 3])
def test_at_most_so_many_invocations_are_in_flight_and_so_many_there_are(calls: int) -> None:
    closed = system(single(Let("x", ONLINE), Resolve(v.promise)), calls=calls)
    most = max(sum(not closed.parked(n) for n in state.processes) for state in graph(closed).states)
    assert most == calls


def test_what_waits_is_not_in_flight_and_a_timer_waits_for_a_free_place() -> None:
    closed = system(TIMERS)
    state = walk(closed, "call", "run")
    assert [closed.parked(number) for number in state.processes] == [True]
    assert names(closed, state) >= {"main()", "main"}
    busy = taken(closed, state, "call")
    (running,) = {step.action.process for step in closed.steps(busy) if step.action.kind == "run"}
    assert running is not None
    assert not closed.parked(running)


def test_what_waits_is_counted_none_one_many() -> None:
    found = graph(system(TIMERS, "algorithm", world=CALM))
    assert [len(state.processes) for state in found.states] == [0, 1, 2]
    (many,) = (number for number, state in enumerate(found.states) if len(state.processes) == 2)
    elapsed = {target for action, target in found.edges[many] if action.kind == "run"}
    assert {len(found.states[target].processes) for target in elapsed} == {1, 2}, "many may be two, or more"
    plain = graph(system(TIMERS, "algorithm", world=CALM, fork=False), limit=20)
    assert max(len(state.processes) for state in plain.states) > MANY


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"granularity": "word"}, "unknown granularity 'word': one of step, algorithm"),
        ({"abort": "loop"}, "unknown reading of abort 'loop': one of scope, list"),
        ({"adversities": ("flood",)}, "unknown adversity 'flood': one of extended, installing, permission"),
        ({"tags": 0}, "tags and calls are at least 1, not 0 and 2"),
        ({"calls": 0}, "tags and calls are at least 1, not 1 and 0"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scenario(outbox(), UNGATED, **change)  # type: ignore[arg-type]  # each is wrong on purpose


def test_monitors_go_by_their_names_and_are_equal_where_they_watch_the_same() -> None:
    assert list(MONITORS) == ["none", "calls", "timers", "outbox shared", "outbox per-message"]
    assert [type(monitor).__name__ for monitor in MONITORS.values()].count("OutboxMonitor") == 2
    assert len({*MONITORS.values(), *map(replace, MONITORS.values())}) == len(MONITORS)


# --- objects


def test_an_object_that_nobody_holds_is_collected() -> None:
    closed = system(single(Let("x", New("sync registration")), Resolve(v.promise)), "algorithm")
    assert walk(closed, "call").shared.heap == ()
    held = system(single(Let("x", New("sync registration")), Wait("a while"), Let("y", v.x)), "algorithm")
    assert [known.listed for known in walk(held, "call").shared.heap if known] == [False]
    removed = walk(system(outbox(), "algorithm"), "go online", "call", "fulfilled")
    assert (removed.shared.heap, removed.processes) == ((), ())


def test_an_algorithm_that_begins_with_a_wait_waits() -> None:
    closed = system(single(Wait("a while"), Resolve(v.promise)), "algorithm")
    assert ops(closed, walk(closed, "call")) == ["wait"]


def forks(closed: System) -> list[tuple[State, Step]]:
    found = []
    for state in graph(closed).states:
        found += [(state, step) for step in closed.steps(state) if step.action.disjoint is not None]
    return found


def test_the_run_forks_where_a_removed_registration_is_still_held() -> None:
    timer = InParallel(steps(Wait("a while"), If(Is(STATE, WAITING), Set(STATE, PENDING))))
    gone = (Set(STATE, WAITING), timer, Remove(v.registration, REGISTRATIONS))
    closed = system(outbox(rejected=gone), "algorithm", monitor="calls")
    found = forks(closed)
    assert found
    for before, step in found:
        after = step.after
        assert after is not None
        assert after.disjoint
        assert after.memory == ()
        assert [known.listed for known in after.shared.heap if known] == [False]
        assert {closed.slot(number) for number in after.processes} == {step.action.disjoint}
        twin = next(s.after for s in closed.steps(before) if s.action == step.action._replace(disjoint=None))
        assert twin is not None
        assert not twin.disjoint
        assert {known.listed for known in twin.shared.heap if known} <= {True}
        assert not {"call", "rule"} & {s.action.kind for s in closed.steps(after)}


def test_the_plain_semantics_never_forks() -> None:
    closed = system(one_off.SPEC, "algorithm", fork=False)
    found = graph(closed, limit=200)
    assert not any(action.disjoint is not None for out in found.edges for action, _ in out)
    assert not any(state.disjoint for state in found.states)


# --- saying it


def test_a_state_and_an_action_are_said_in_a_line() -> None:
    closed = system(TASKED, "algorithm", ("unsettled",), tags=2)
    (start,) = closed.initial_states()
    assert label(closed, start) == "offline; t1 absent, t2 absent"
    queued = walk(closed, "go online", "call")
    assert label(closed, queued).startswith("online; t1 firing, t2 absent; at ")
    assert attributes(closed, queued)["registration t1"] == FIRING
    assert attributes(closed, queued)["invocations"] == 1
    said = {say_action(closed, a) for s in graph(closed, limit=50).states for a in closed.actions(s)}
    assert said >= {
        "go online",
        "a page calls register(t2)",
        "the event is dispatched",
        "the event is fulfilled",
        "the event never settles",
    }
    retrying = system(one_off.SPEC, "algorithm")
    waiting = {say_action(retrying, a) for s in graph(retrying).states for a in retrying.actions(s)}
    assert "the wait for a retry ends" in waiting
    stepwise = system(outbox())
    busy = walk(stepwise, "call")
    assert "register 1" in {say_action(stepwise, action) for action in stepwise.actions(busy)}


def test_an_invocation_with_a_removed_registration_is_away() -> None:
    closed = system(one_off.SPEC, "algorithm")
    disjoint = [state for state in graph(closed).states if state.disjoint and state.processes]
    assert all("(away)" in label(closed, state) for state in disjoint)
    assert disjoint


# --- a spec that does not fit its world, or never ends


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (single(Let("x", Environment("netwrk", ("online",)))), "unknown part of the environment 'netwrk'"),
        (single(Let("x", Environment("network", ("onlin",)))), "the network is never 'onlin'"),
        (replace(outbox(), rules=(replace(outbox().rules[0], trigger="go onlin"),)), "has no trigger 'go onlin'"),
    ],
)
def test_a_spec_that_speaks_of_what_the_environment_does_not_have_is_refused(change: Spec, says: str) -> None:
    with pytest.raises(LanguageError, match=says):
        system(change)


@pytest.mark.parametrize("granularity", ["step", "algorithm"])
def test_a_loop_that_never_waits_is_refused_with_its_place(granularity: str) -> None:
    closed = system(single(While(True, steps(Let("x", True)))), granularity)
    with pytest.raises(LanguageError, match="the loop never waits"):
        graph(closed)
