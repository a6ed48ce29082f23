"""Tables against the interpreter: the same states, transitions, judgements and lassos, whatever frames save."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bgsync.explore.search import explore as explore_plainly
from bgsync.judge.budget import Budget
from bgsync.judge.check import check
from bgsync.judge.lassos import Search
from bgsync.judge.property import Liveness, Safety, Seen, View
from bgsync.judge.verdict import Report
from bgsync.judge.whole import Watched, watch
from bgsync.language import If, LanguageError, Remove, Resolve, Set, Spec, Statement, Wait, v
from bgsync.shipped.model.background_sync.one_off import ONLINE, REGISTRATIONS, SPEC
from bgsync.shipped.model.background_sync.registration import FIRING
from bgsync.shipped.model.environment import ADVERSITIES
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.sources import Source
from bgsync.system.collect import tidied
from bgsync.system.observation import Duplicated, Observation, Removed, StateSet
from bgsync.system.scenario import Scenario
from bgsync.system.step import State, Step, Turn
from bgsync.system.system import System
from bgsync.tables import TableGraph, Tables, explore
from bgsync.tables.groups import NO_CHANGE, Group, Groups
from bgsync.tables.multisets import Multisets
from bgsync.tables.steps import CONTEXT, MEMORY
from bgsync.texts import read
from tests.models import CALM, MONITORS, NEW, STATE, UNGATED, known, outbox, question, scenario
from tests.models import report as verdicts
from tests.test_queues import QUEUED, firing

SAFETY = [prop for prop in PROPERTIES if isinstance(prop, Safety)]
LIVENESS = [prop for prop in PROPERTIES if isinstance(prop, Liveness)]


def told(system: System, state: State) -> tuple[object, ...]:
    """Tell a state without the numbers that a system has given to its processes, and the places of variables."""
    state = tidied(system.processes, state)
    processes = sorted(map(str, map(system.process, state.processes)))
    queues = tuple((queue, tuple(map(system.process, numbers))) for queue, numbers in state.queues)
    return state.shared, tuple(processes), state.due, state.memory, state.disjoint, queues


def transitions(system: System, states: Iterable[State], steps: Callable[[int], Iterable[Step]]) -> set[object]:
    """Tell each transition by its ends, and by what is done by whom, without the places of variables."""
    found = set[object]()
    for number, state in enumerate(states):
        here = told(system, state)
        for step in steps(number):
            action, processes = step.action, system.processes
            who = None if action.process is None else str(processes.known[processes.kind[action.process]])
            done = action.kind, action.name, str(action.detail), who, str(action.choices), action.disjoint
            found.add((here, done, step.after and told(system, step.after)))
    return found


def same(scenario: Scenario) -> int:
    """Hold the tables to the interpreter, and say how many states there are."""
    plain = System(scenario)
    expected = explore_plainly(plain)
    tables = Tables(System(scenario))
    found = explore(tables)
    assert len(found) == len(expected.states)
    ours, states = tables.system, [found.state(number) for number in range(len(found))]
    assert {told(ours, state) for state in states} == {told(plain, state) for state in expected.states}
    taken = transitions(ours, states, lambda number: map(found.step, found.out(number)))
    ends = lambda number: (step for step in plain.steps(expected.states[number]) if step.after is not None)
    assert taken == transitions(plain, expected.states, ends)
    return len(found)


@pytest.mark.parametrize(
    ("monitor", "adversity"),
    [
        pytest.param(monitor, adversity, marks=[pytest.mark.campaign] * (bool(adversity) and monitor != "calls"))
        for monitor in MONITORS
        for adversity in ("", *ADVERSITIES)
    ],
)
def test_tables_give_every_state_and_transition_of_the_interpreter(monitor: str, adversity: str) -> None:
    adversities = (adversity,) if adversity else ()
    same(scenario(SPEC, UNGATED, "algorithm", adversities, monitor=monitor))


@pytest.mark.parametrize(
    "monitor",
    [pytest.param(name, marks=[pytest.mark.campaign] * (name != "outbox per-message")) for name in MONITORS],
)
def test_tables_give_them_step_by_step_too(monitor: str) -> None:
    assert same(scenario(SPEC, UNGATED, "step", ("terminated",), calls=1, monitor=monitor)) > 200


@pytest.mark.parametrize(("calls", "states"), [(1, 200), pytest.param(2, 10_000, marks=pytest.mark.campaign)])
def test_tables_give_them_where_termination_leaves_many_events_of_a_removed_registration(
    calls: int, states: int
) -> None:
    assert same(scenario(outbox(), UNGATED, "step", ("terminated",), calls=calls)) > states


@pytest.mark.parametrize(("calls", "states"), [(1, 100), pytest.param(2, 300, marks=pytest.mark.campaign)])
def test_tables_give_them_for_several_tags(calls: int, states: int) -> None:
    assert same(scenario(SPEC, UNGATED, "algorithm", tags=2, calls=calls)) > states


def test_what_a_process_does_is_worked_out_once_for_all_that_is_due_and_for_contexts_it_does_not_look_at() -> None:
    system = System(scenario(SPEC, UNGATED, "step"))
    tables = Tables(system)
    taken = list[tuple[State, Turn]]()
    take = system.take

    def taking(state: State, turn: Turn) -> Iterator[Step]:
        taken.append((state, turn))
        return take(state, turn)

    system.take = taking  # type: ignore[method-assign]
    explore(tables)
    runs = [(state, turn.which) for state, turn in taken if turn.kind == "run"]
    rows = sum(key.turn.kind == "run" for base in tables.bases for key in base.rows)
    assert len(set(runs)) == len(runs) < rows
    assert not any(state.due for state, _ in runs)
    assert all(state.memory is MEMORY for state, _ in runs)
    looking = {number for state, number in runs if state.shared.context is not CONTEXT}
    assert {system.program.code[system.process(n).pc].origin.algorithm for n in looking} == {
        "fire a sync event",
        "register",
    }
    for base in tables.bases:
        for key, row in base.rows.items():
            if key.turn.kind == "run":
                plain = take(base.state._replace(processes=key.part.processes), key.turn)
                found = [
                    (
                        each.step.action,
                        each.step.executed,
                        each.base and tables.whole(each.base, into.numbers),
                    )
                    for each, into in row.successors
                ]
                assert found == [(step.action, step.executed, step.after) for step in plain]


@pytest.mark.parametrize("spec", [QUEUED, firing(in_parallel=True)], ids=["queues", "shared variables"])
def test_tables_give_them_where_invocations_wait_for_each_other_and_share_variables(spec: Spec) -> None:
    same(scenario(spec, UNGATED, "algorithm", monitor="calls"))
    same(scenario(spec, CALM, "step", calls=1, monitor="calls"))


LATER = outbox(added=(*NEW[:-1], If(ONLINE, Set(STATE, FIRING)), NEW[-1], Resolve(v.promise)))


@pytest.mark.parametrize("tags", [1, 2])
def test_tables_give_them_where_a_registration_is_listed_later_than_it_is_made(tags: int) -> None:
    same(scenario(LATER, CALM, "step", tags=tags))


def test_what_is_still_to_be_listed_is_not_followed_apart() -> None:
    asked = scenario(LATER, CALM, "step")
    for system in (System(asked), System(asked, fork=False)):
        found = explore_plainly(system)
        steps = [step for state in found.states for step in system.steps(state)]
        assert any(isinstance(seen, Duplicated) for step in steps for seen in step.observations)
        assert not any(step.action.disjoint is not None for step in steps)


def test_the_list_is_found_with_a_duplicate_where_calls_wait_before_they_list() -> None:
    waiting = outbox(added=(*NEW[:-1], Wait("a while"), NEW[-1], Resolve(v.promise)))
    (found,) = verdicts(waiting, "unique-tag", limit=500).verdicts
    assert found.verdict == "violated"


def without(spec: Spec, places: set[tuple[str, str]]) -> Spec:
    """Take steps out of a spec."""

    def kept(body: tuple[Statement, ...]) -> Iterator[Statement]:
        for statement in body:
            assert statement.origin is not None
            if (statement.origin.algorithm, statement.origin.step) in places:
                continue
            inner = getattr(statement, "body", None)
            yield statement if inner is None else replace(statement, body=tuple(kept(inner)))  # type: ignore[call-arg]

    return replace(spec, algorithms=tuple(replace(each, steps=tuple(kept(each.steps))) for each in spec.algorithms))


PLACES = sorted({(o.algorithm, o.step) for st_ in SPEC.statements() if (o := st_.origin) and o.algorithm != "getTags"})


@pytest.mark.campaign
@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    places=st.sets(st.sampled_from(PLACES), max_size=3),
    granularity=st.sampled_from(["algorithm", "step"]),
    adversity=st.sampled_from(list(ADVERSITIES)),
    monitor=st.sampled_from(list(MONITORS)),
)
def test_tables_give_them_for_whatever_an_editor_takes_out(
    places: set[tuple[str, str]], granularity: str, adversity: str, monitor: str
) -> None:
    try:
        spec = without(SPEC, places)
        same(scenario(spec, UNGATED, granularity, (adversity,), calls=1, monitor=monitor))
    except LanguageError:
        assume(False)


# --- judging


def judged(watched: Watched) -> tuple[object, ...]:
    """Tell what was seen in a graph, lassos included."""
    search = Search(watched)
    owed = {prop.id: [lasso.owed for lasso in search.lassos(prop)] for prop in LIVENESS}
    met = {prop.id: search.premise_met(prop) for prop in LIVENESS}
    broken = {name: (breach.source, breach.message) for name, breach in watched.breaches.items()}
    return watched.met, broken, watched.ran, watched.pools, owed, met


REPLACED = known(Remove(v.registration, REGISTRATIONS), Set(STATE, FIRING), *NEW, Set(STATE, FIRING))
"""What is removed is held by one who comes to another object later on, so it is not followed by itself."""

FRAMED = {
    "one-off": SPEC, "outbox": outbox(), "a loop": firing(in_parallel=True), "replaced": outbox(found=REPLACED),
}  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "monitor"),
    [
        pytest.param(
            spec, monitor, id=f"{name}-{monitor}",
            marks=[pytest.mark.campaign] * (monitor != ("timers" if name == "one-off" else "calls")),
        )
        for name, spec in FRAMED.items()
        for monitor in MONITORS
    ],
)  # fmt: skip
def test_what_is_judged_without_the_frame_is_judged_so_with_it(spec: Spec, monitor: str) -> None:
    for granularity, calls in (("algorithm", 2), ("step", 1)):
        asked = scenario(spec, UNGATED, granularity, calls=calls, monitor=monitor)
        assert judged(watch(System(asked), SAFETY)) == judged(watch(System(asked), SAFETY, frame=False))


def test_those_that_hold_what_is_not_in_the_list_are_looked_at_where_it_bears_on_them_and_give_the_same() -> None:
    asked = scenario(outbox(found=REPLACED), UNGATED, "step", monitor="calls")
    found, whole = (watch(System(asked), SAFETY, limit=6_000, frame=frame) for frame in (True, False))
    assert any(base.aside for base in found.graph.tables.bases)

    def told_all(graph: TableGraph, system: System) -> set[object]:
        states = (graph.state(number) for number in range(len(graph)))
        return transitions(system, states, lambda number: map(graph.step, graph.out(number)))

    assert told_all(found.graph, found.system) == told_all(whole.graph, whole.system)
    assert found.every.keys() == whole.every.keys()


def test_a_property_that_looks_at_the_processes_themselves_sees_all_of_them() -> None:
    crowds = set[int]()

    def crowd(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
        after = view.step.after
        crowds.add(len(view.before.processes))
        yield Seen("a crowd" if after and len(after.processes) > 3 else None)

    prop = Safety("crowd", "Never more than three.", "", "", (StateSet, Removed), crowd)
    asked = scenario(SPEC, UNGATED, "step", calls=1)
    found = watch(System(asked), [prop]).breaches["crowd"]
    assert found.source == watch(System(asked), [prop], frame=False).breaches["crowd"].source
    assert max(crowds) > 1


def test_a_process_outside_of_a_part_comes_through_unchanged_and_many_stay_many() -> None:
    system = System(scenario(SPEC, UNGATED, "step", calls=1, monitor="calls"))
    explore_plainly(system)
    groups = Groups(system)
    multisets = Multisets(groups)
    known = range(len(system.processes.known))
    parked, other = (
        groups.number(Group(((next(n for n in known if system.parked(n) == waits), ()),))) for waits in (True, False)
    )
    whole = multisets.of(tuple(sorted((parked, parked, other))))
    one, none = multisets.of((other,)), multisets.of(())
    assert multisets.lifted(whole, one, none, NO_CHANGE).numbers == (parked, parked)
    assert multisets.lifted(whole, one, multisets.of((parked,)), NO_CHANGE).numbers == (parked, parked)
    assert multisets.lifted(whole, none, one, NO_CHANGE).numbers == tuple(sorted((parked, parked, other, other)))


def test_tables_are_of_systems_that_count_what_is_the_same() -> None:
    with pytest.raises(ValueError, match="fork=True"):
        Tables(System(scenario(SPEC, UNGATED, monitor="calls"), fork=False))


# --- several at once, and budgets


def report(**asked: Any) -> Report:
    return check(question(SPEC, adversities=("restarted",), world=UNGATED, calls=1, **asked))


def test_explorations_that_run_at_once_say_the_same_in_the_same_order() -> None:
    one, two = report(granularities=("algorithm",)), report(granularities=("algorithm",), processes=2)
    assert len(one.explorations) > 5
    assert two.verdicts == one.verdicts
    assert two.coverage == one.coverage
    assert [replace(e, seconds=0) for e in two.explorations] == [replace(e, seconds=0) for e in one.explorations]


def test_what_is_not_decided_when_the_time_is_up_is_inconclusive_and_says_so() -> None:
    found = report(budget=Budget(1e-9), processes=2)
    assert {verdict.verdict for verdict in found.verdicts} == {"inconclusive"}
    assert "within 1e-09 s: --time" in found.verdicts[0].message
    assert not found.interrupted


def test_so_is_what_is_not_decided_when_the_memory_is_spent() -> None:
    found = report(budget=Budget(megabytes=1))
    assert {verdict.verdict for verdict in found.verdicts} == {"inconclusive"}
    assert "within 1 MB: --memory" in found.verdicts[0].message


BELLS = (
    "A {{Tower}} has an associated <dfn>row</dfn>, a [=list=] of [=bells=].\n\n"
    "A <dfn>bell</dfn> has an associated <dfn>bell state</dfn>, "
    "which is one of `still` or `rung`, initially `still`.\n\n"
    "The <dfn method for=Tower>ring()</dfn> method steps are:\n\n"
    "1. If [=this=]'s [=row=] is not empty, return.\n1. Let |bell| be a new [=bell=].\n"
    "1. Append |bell| to [=this=]'s [=row=].\n1. In parallel:\n    1. Wait a while.\n"
    "    1. Set |bell|'s [=bell state=] to [=rung=].\n    1. Remove |bell| from [=this=]'s [=row=].\n"
    "    1. If [=this=]'s [=row=] is empty, set |bell|'s [=bell state=] to [=still=].\n"
)


@pytest.mark.parametrize(("granularity", "most"), [("algorithm", 1), ("step", 2)])
def test_whether_the_list_is_empty_is_known_to_who_asks(granularity: str, most: int) -> None:
    asked = scenario(read(Source("bells.bs", BELLS)).reading.spec, granularity=granularity)
    assert same(asked) > 3
    states = explore_plainly(System(asked)).states
    assert max(sum(known is not None and known.listed for known in state.shared.heap) for state in states) == most


def test_a_list_that_grows_without_end_is_said_to() -> None:
    text = BELLS.replace("1. If [=this=]'s [=row=] is not empty, return.\n", "").split("1. In parallel")[0]
    spec = read(Source("bells.bs", text)).reading.spec
    report = check(question(spec, [prop for prop in PROPERTIES if prop.id == "gate"], ("algorithm",)))
    assert [verdict.verdict for verdict in report.verdicts] == ["inconclusive"]
    assert report.verdicts[0].message == "there can be more than is looked at: objects in the list (4 a tag)"
    assert sum(each.states for each in report.explorations) < 100
