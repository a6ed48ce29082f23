"""All of the library: what is explored of a machine is what the library does, on random machines and in every shape."""

import asyncio
import itertools
from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transitions import Machine, State
from transitions.extensions import AsyncMachine, HierarchicalAsyncMachine, HierarchicalMachine, LockedMachine
from transitions.extensions import states as features
from transitions.extensions.nesting import NestedState
from transitions.extensions.states import Timeout, Volatile, add_state_features

from bgsync.explore.search import explore
from bgsync.machines.check import check_machine
from bgsync.machines.library import frozen, thawed
from bgsync.machines.live import Live

GUARDS = ("calm", "loud")


class Guarded:
    """A model whose guards say what they are told to."""

    state: Any
    trigger: Any

    def __init__(self) -> None:
        self.says = dict.fromkeys(GUARDS, True)

    def calm(self) -> bool:
        return self.says["calm"]

    def loud(self) -> bool:
        return self.says["loud"]


Make = Callable[[Guarded], Machine]


def by_hand(make: Make, triggers: list[str]) -> tuple[set[Any], set[tuple[Any, str, Any]]]:
    """Step a fresh machine from every state, with every trigger and every answer of the guards."""
    model = Guarded()
    make(model)
    todo, found, steps = [frozen(model.state)], set(), set()
    while todo:
        state = todo.pop()
        if state in found:
            continue
        found.add(state)
        for trigger, answers in itertools.product(triggers, itertools.product((True, False), repeat=len(GUARDS))):
            model.says = dict(zip(GUARDS, answers, strict=True))
            model.state = thawed(state)
            try:
                result = model.trigger(trigger)
                if asyncio.iscoroutine(result):
                    asyncio.run(result)
            except Exception:  # one of the library's own, which leaves the state as far as it came
                target = frozen(model.state)
            target = frozen(model.state)
            if target != state:
                steps.add((state, trigger, target))
                todo.append(target)
    return found, steps


def explored(make: Make) -> tuple[set[Any], set[tuple[Any, str, Any]]]:
    live = Live([make(Guarded())])
    with live.instrumented():
        graph = explore(live)
    assert graph.complete
    steps = {
        (graph.states[number].states[0], step.call.trigger, graph.states[target].states[0])
        for number, out in enumerate(graph.edges)
        for step, target in out
        if target != number
    }
    return {state.states[0] for state in graph.states}, steps


def assert_same(make: Make, triggers: list[str]) -> None:
    assert explored(make) == by_hand(make, triggers)


TRIGGERS = ["go", "run", "hop"]
guards: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{}, {}, {"conditions": "calm"}, {"unless": "calm"}, {"conditions": ["calm", "loud"]}]
)


@st.composite
def flat(draw: st.DrawFn) -> Make:
    names = [f"s{number}" for number in range(draw(st.integers(1, 5)))]
    one = st.sampled_from(names)
    row = st.tuples(st.sampled_from(TRIGGERS), one | st.just("*"), one | st.none() | st.just("="), guards)
    rows = draw(st.lists(row, max_size=10))
    options: dict[str, Any] = draw(
        st.fixed_dictionaries({"queued": st.booleans(), "ignore_invalid_triggers": st.booleans()})
    )
    kind = draw(st.sampled_from([Machine, LockedMachine, AsyncMachine]))
    initial = draw(one)

    def make(model: Guarded) -> Machine:
        machine = kind(model=model, states=names, initial=initial, auto_transitions=False, **options)
        for trigger, source, dest, guard in rows:
            machine.add_transition(trigger, source, dest, **guard)
        return machine

    return make


@st.composite
def trees(draw: st.DrawFn, depth: int = 2) -> list[Any]:
    out: list[Any] = []
    for name in draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True)):
        children = draw(trees(depth - 1)) if depth and draw(st.booleans()) else []
        if not children:
            out.append(name)
            continue
        shape = draw(st.sampled_from(["children", "initial", "parallel"]))
        state: dict[str, Any] = {"name": name, "parallel" if shape == "parallel" else "children": children}
        if shape == "initial":
            first = draw(st.sampled_from(children))
            state["initial"] = first["name"] if isinstance(first, dict) else first
        out.append(state)
    return out


def names_in(tree: list[Any], before: str = "") -> list[str]:
    out: list[str] = []
    for state in tree:
        name = before + (state["name"] if isinstance(state, dict) else state)
        out.append(name)
        if isinstance(state, dict):
            out += names_in(state.get("children") or state.get("parallel") or [], f"{name}_")
    return out


@st.composite
def nested(draw: st.DrawFn) -> Make:
    tree = draw(trees())
    one = st.sampled_from(names_in(tree))
    row = st.tuples(st.sampled_from(TRIGGERS), one | st.just("*"), one | st.none() | st.just("="), guards)
    rows = draw(st.lists(row, max_size=8))
    queued, kind = draw(st.booleans()), draw(st.sampled_from([HierarchicalMachine, HierarchicalAsyncMachine]))
    initial = draw(one)

    def make(model: Guarded) -> Machine:
        machine = kind(model=model, states=tree, initial=initial, auto_transitions=False, queued=queued)
        for trigger, source, dest, guard in rows:
            machine.add_transition(trigger, source, dest, **guard)
        return machine

    return make


@settings(deadline=None)
@given(flat())
def test_random_flat_machines_are_stepped_as_the_library_steps_them(make: Make) -> None:
    assert_same(make, TRIGGERS)


@settings(deadline=None)
@given(nested())
def test_random_nested_and_parallel_machines_are_stepped_as_the_library_steps_them(make: Make) -> None:
    assert_same(make, TRIGGERS)


def reached(machine: Machine, **options: Any) -> set[str]:
    return set(check_machine(machine, **options).reachable)


def found(machine: Machine, **options: Any) -> set[tuple[str, str]]:
    return {(each.kind, each.subject) for each in check_machine(machine, **options).findings}


def bare(states: Any, rows: Any, kind: Any = Machine, **options: Any) -> Machine:
    made = kind(states=states, transitions=rows, auto_transitions=False, **{"initial": "a", **options})
    assert isinstance(made, Machine)
    return made


def test_ordered_transitions_are_rows() -> None:
    machine = bare(["a", "b", "c"], [])
    machine.add_ordered_transitions()
    assert reached(machine) == {"a", "b", "c"}
    assert found(machine) == set()


def test_children_of_one_name_are_told_apart_and_one_that_is_never_entered_is_found() -> None:
    tree = ["a", {"name": "x", "children": ["p", "q"]}, {"name": "y", "children": ["p", "q"], "initial": "p"}]
    machine = bare(tree, [["go", "a", "x_p"], ["on", "x_p", "y"], ["on", "y_p", "y_q"], ["back", "*", "a"]],
                   HierarchicalMachine)  # fmt: skip
    assert found(machine) == {("unreachable-state", "x_q")}
    assert reached(machine) == {"a", "x", "x_p", "y", "y_p", "y_q"}


def test_a_parent_that_is_never_entered_is_one_finding_with_its_children_and_their_rows() -> None:
    tree = ["a", {"name": "x", "children": ["p", "q"], "transitions": [["step", "p", "q"]]}]
    machine = bare(tree, [["stay", "a", None], ["loop", "a", "="], ["back", "x", "a"]], HierarchicalMachine)
    (dead,) = (each for each in check_machine(machine).findings if each.kind != "trap-state")
    assert dead.subject == "x"
    assert "nor what is in it (x_p, x_q); with it, 2 rows: 'back: x -> a', 'step: x_p -> x_q'" in dead.message


def test_parallel_states_are_explored_together_with_other_separators_too() -> None:
    class Dotted(NestedState):
        separator = "."

    class DottedMachine(HierarchicalMachine):
        state_cls = Dotted

    region = {"children": ["1", "2"], "initial": "1", "transitions": [["flip", "1", "2"], ["flop", "2", "1"]]}
    tree = ["a", {"name": "on", "parallel": [{"name": "x", **region}, {"name": "y", **region}]}]
    report = check_machine(bare(tree, [["start", "a", "on"], ["stop", "on", "a"]], DottedMachine))
    assert report.findings == ()
    assert report.configurations == 3  # both regions flip together
    assert "on.x.2" in report.reachable


class Light(Enum):
    RED = "r"
    GREEN = "g"
    BROKEN = "b"


def test_members_of_an_enumeration_are_states_nested_ones_too() -> None:
    machine = HierarchicalMachine(
        states=[Light.RED, {"name": Light.GREEN, "children": Light}], initial=Light.RED, auto_transitions=False
    )
    machine.add_transition("go", Light.RED, "GREEN_BROKEN")
    assert reached(machine) == {"RED", "GREEN", "GREEN_BROKEN"}


def test_a_timeout_is_a_step_and_only_of_a_state_that_was_entered() -> None:
    @add_state_features(Timeout)
    class Timed(Machine):
        pass

    late = {"name": "b", "timeout": 5, "on_timeout": "to_c"}
    machine = Timed(states=["a", late, "c"], initial="a", transitions=[["go", "a", "b"], ["again", "c", "a"]])
    (finding,) = check_machine(machine, never=["c"]).findings
    assert finding.trace == ("go", "timeout of b")
    assert finding.run[-3:] == ("# 5 s pass in 'b'", "model.to_c()", "assert model.state == 'c'")
    unarmed = Timed(states=[late, "c"], initial="b", transitions=[["again", "c", "b"]])
    assert found(unarmed) == {("trap-state", "b"), ("unreachable-state", "c")}


def test_retries_are_counted_as_the_library_counts_them() -> None:
    @add_state_features(features.Retry, Volatile)  # type: ignore[attr-defined]
    class Trying(Machine):
        pass

    trying = {"name": "b", "retries": 2, "on_failure": "fail"}
    machine = bare(["a", trying, State("c", final=True)], [], Trying)
    machine.add_transition("go", "a", "b")
    machine.add_transition("again", "b", "b")
    machine.add_transition("fail", "b", "c")
    finding = next(each for each in check_machine(machine, never=["c"]).findings if each.kind == "never")
    assert finding.trace == ("go", "fail")
    assert reached(machine) == {"a", "b", "c"}


class Pulling:
    """A model whose callbacks trigger further."""

    def on_enter_b(self) -> None:
        self.step()

    def step(self) -> None:
        if getattr(self, "state", "") == "b":
            self.trigger("finish")  # type: ignore[attr-defined]


@pytest.mark.parametrize("queued", [False, True])
def test_what_callbacks_trigger_counts_without_running_them(queued: bool) -> None:
    rows = [["go", "a", "b"], ["finish", "b", "c"], ["back", "c", "a"]]
    machine = bare(["a", "b", "c"], rows, model=Pulling(), queued=queued)
    assert reached(machine) == {"a", "b", "c"}
    assert reached(machine, data=True) == {"a", "b", "c"}


def test_a_state_that_only_to_rows_of_callbacks_enter_is_reachable() -> None:
    machine = Machine(states=["a", "b", "c"], initial="a", transitions=[
        {"trigger": "go", "source": "a", "dest": "b", "after": "to_c"}, ["back", "*", "a"]])  # fmt: skip
    assert reached(machine) == {"a", "b", "c"}
    (note,) = check_machine(machine).notes
    assert "9 automatic `to_STATE` rows are set aside" in note


def test_on_exception_leads_to_where_its_callback_pulls() -> None:
    class Model:
        def breaks(self) -> None:
            raise ValueError("broken")

    machine = Machine(model=Model(), states=["a", "b", "bad"], initial="a", on_exception="to_bad", transitions=[
        {"trigger": "go", "source": "a", "dest": "b", "before": "breaks"}, ["back", "*", "a"]])  # fmt: skip
    assert "bad" in reached(machine, data=True)
    assert "bad" in reached(machine)


def test_all_states_in_which_models_begin_count() -> None:
    rows = [["begin", "a", "b"], ["ship", "c", "d"], ["again", "d", "a"], ["quit", "b", "a"]]
    machine = bare(list("abcd"), rows, model=None)
    machine.add_model(Pulling(), initial="c")
    assert found(machine) == set()
    without = bare(["x", "y"], [["g", "x", "y"], ["h", "y", "x"]], model=None, initial=None)
    without.add_model(Pulling(), initial="x")
    assert found(without) == set()


def test_machines_of_one_model_are_explored_together() -> None:
    model = Pulling()
    door = Machine(model, ["shut", "open"], initial="shut", model_attribute="door",
                   transitions=[["pull", "shut", "open"], ["push", "open", "shut"]])  # fmt: skip
    lock = Machine(
        model, ["free", "held"], initial="free", model_attribute="lock", transitions=[["turn", "free", "held"]]
    )
    report = check_machine(door, [lambda _, model: not (model.door == "open" and model.lock == "held")], beside=[lock])
    assert report.configurations == 4
    assert set(report.reachable) == {"door.shut", "door.open", "lock.free", "lock.held"}
    (finding,) = report.findings
    assert finding.trace == ("pull", "turn")


def test_a_machine_is_left_as_it_was() -> None:
    model = Pulling()
    machine = bare(["a", "b", "c"], [["go", "a", "b"], ["finish", "b", "c"]], model=model)
    before = dict(vars(machine)), dict(vars(model)), [vars(each).copy() for each in machine.get_transitions()]
    check_machine(machine)
    check_machine(machine, data=True)
    assert (dict(vars(machine)), dict(vars(model)), [vars(each) for each in machine.get_transitions()]) == before
