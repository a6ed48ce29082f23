"""The table of a machine, its exploration, its check, and the loading of it from a user's file."""

import functools
import sys
from enum import Enum
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from transitions import Machine, State
from transitions import MachineError as NotAllowed
from transitions.extensions import HierarchicalMachine

from bgsync.explore.search import explore
from bgsync.machines.check import check_machine
from bgsync.machines.findings import Kind
from bgsync.machines.loading import load_machine
from bgsync.machines.table import MachineError, MachineModel, Row, Table, tabulate
from bgsync.shipped.model import environment
from bgsync.shipped.model.background_sync import registration

HOUSE = [
    registration.machine(),
    *(environment.machine(name) for name in environment.WORLD.names),
]


def build(states: list[Any], rows: list[Any], **options: Any) -> Machine:
    options = {"initial": "a", "auto_transitions": False, **options}
    return Machine(states=states, transitions=rows, **options)


def go(source: Any, dest: Any, trigger: str = "go", **guards: Any) -> dict[str, Any]:
    return {"trigger": trigger, "source": source, "dest": dest, **guards}


def kinds(machine: Machine, *invariants: Any) -> set[str]:
    return {finding.kind for finding in check_machine(machine, invariants).findings}


def assert_table_is_machine(machine: Machine) -> None:
    tab = tabulate(machine)
    assert tab.states == tuple(machine.states)
    assert tab.triggers == tuple(machine.events)
    model = MachineModel(tab)
    for state in tab.states:
        for trigger in tab.triggers:
            machine.set_state(state)
            expected = model.next_state(state, trigger)
            assert machine.may_trigger(trigger) == (expected is not None)
            assert (trigger in model.actions(state)) == (expected is not None)
            if expected is None:
                with pytest.raises(NotAllowed):
                    machine.trigger(trigger)
                expected = state
            else:
                assert machine.trigger(trigger)
            assert machine.get_model_state(machine).name == expected


@pytest.mark.parametrize("machine", HOUSE, ids=lambda machine: machine.name)
def test_the_table_does_what_the_live_machine_does_in_every_state_for_every_trigger(machine: Machine) -> None:
    assert_table_is_machine(machine)


def test_wildcards_reflexive_and_internal_rows_are_expanded_as_transitions_does() -> None:
    machine = build(
        ["a", "b", "c"],
        [go("*", "b"), go(["a", "b"], "=", "again"), go("c", None, "stay"), go("b", "c", "up")],
    )
    tab = tabulate(machine)
    assert [row.source for row in tab.rows if row.trigger == "go"] == ["a", "b", "c"]
    assert Row("again", "b", "b") in tab.rows
    assert Row("stay", "c", None) in tab.rows
    assert Row("stay", "c", None).target == "c"
    assert_table_is_machine(machine)


def test_automatic_transitions_are_in_the_table() -> None:
    machine = build(["a", "b"], [go("a", "b")], auto_transitions=True)
    assert [row.auto for row in tabulate(machine).rows if row.trigger == "to_b"] == [True, True]
    assert_table_is_machine(machine)


def test_enumerations_as_states_are_tabulated_by_name() -> None:
    class Light(Enum):
        RED = 1
        GREEN = 2

    machine = Machine(states=Light, initial=Light.RED, auto_transitions=False)
    machine.add_transition("go", Light.RED, Light.GREEN)
    assert tabulate(machine).rows == (Row("go", "RED", "GREEN"),)
    assert_table_is_machine(machine)


def test_guards_are_named_without_addresses() -> None:
    def ready(answer: bool = True) -> bool:
        return answer

    guards: dict[str, Any] = {
        "conditions": ["is_ready", ready],
        "unless": [functools.partial(ready, answer=False)],
    }
    (row,) = tabulate(build(["a", "b"], [go("a", "b", **guards)])).rows
    assert (row.conditions, row.unless) == (("is_ready", "ready"), ("ready",))
    assert str(row) == "go: a -> b [is_ready, ready, not ready]"


def test_final_states_and_the_name_are_in_the_table() -> None:
    tab = tabulate(build([State("a"), State("b", final=True)], [go("a", "b")], name="lamp"))
    assert (tab.final, tab.name) == (("b",), "lamp")


def test_tabulating_leaves_the_machine_as_it_was() -> None:
    machine = build(["a", "b"], [go("a", "b")])
    check_machine(machine)
    assert machine.state == "a"
    assert set(machine.events["go"].transitions) == {"a"}


def test_a_destination_that_is_no_state_is_refused_with_a_suggestion() -> None:
    with pytest.raises(MachineError, match=r"machine 'lamp': the destination of 'go' from 'a', 'onn'.*'on'\?"):
        tabulate(build(["a", "on"], [go("a", "onn")], name="lamp"))


def test_a_source_that_is_no_state_is_refused() -> None:
    with pytest.raises(MachineError, match="the source of 'go', 'x', is no state; add it"):
        tabulate(build(["a"], [go("x", "a")]))


def test_a_machine_without_an_initial_state_is_refused() -> None:
    with pytest.raises(MachineError, match="the initial state is None; pass initial="):
        tabulate(build(["a"], [], initial=None, model=None))


def test_an_initial_state_that_is_no_state_is_refused() -> None:
    with pytest.raises(MachineError, match="the initial state, 'b', is no state"):
        Table("", ("a",), "b", (), ())


def test_a_state_declared_twice_is_refused_in_a_table() -> None:
    with pytest.raises(MachineError, match="state 'a' is declared twice; remove or rename"):
        Table("", ("a", "a"), "a", (), ())


def test_nested_states_are_refused() -> None:
    machine = HierarchicalMachine(states=[{"name": "a", "children": ["b"]}, "c"], initial="c")
    with pytest.raises(ValueError, match="state 'a' has nested states; flatten it"):
        tabulate(machine)


def test_a_guard_may_go_either_way_and_a_row_without_one_ends_the_choice() -> None:
    rows = [go("a", "b", conditions="maybe"), go("a", "c"), go("a", "d")]
    model = MachineModel(tabulate(build(["a", "b", "c", "d"], rows)))
    assert list(model.successors("a")) == [("go", "b"), ("go", "c")]
    assert list(model.actions("a")) == ["go"]
    assert model.next_state("a", "go") == "b"
    assert model.next_state("b", "go") is None


SOUND = build(["a", State("b", final=True)], [go("a", "b"), go("a", None, "stay")])


@pytest.mark.parametrize(
    ("kind", "subject", "trace", "machine"),
    [
        (
            "unreachable-state",
            "c",
            (),
            build(["a", "b", "c"], [go("a", "b"), go("b", "a"), go("c", "a", "x")]),
        ),
        ("trap-state", "b", ("go",), build(["a", "b"], [go("a", "b")])),
        ("trap-state", "b", ("go",), build(["a", "b"], [go("a", "b"), go("b", "=", "stay")])),
        ("trap-state", "z", (), build(["a", "b"], [go("a", "b"), go("b", "a")], initial="z")),
        ("dead-trigger", "x", (), build(["a"], [go([], "a", "x")])),
        ("dead-row", "go: a -> a", (), build(["a", "b"], [go("a", "b"), go("a", "a"), go("b", "a")])),
    ],
)
def test_a_check_finds_what_is_wrong(kind: Kind, subject: str, trace: tuple[str, ...], machine: Machine) -> None:
    findings = [each for each in check_machine(machine).findings if (each.kind, each.subject) == (kind, subject)]
    assert [each.trace for each in findings] == [trace]
    assert "\n" not in findings[0].message


def test_the_rows_of_a_state_that_nothing_reaches_fold_into_it() -> None:
    (finding,) = check_machine(build(["a", "b", "c"], [go("a", "b"), go("b", "a"), go("c", "a", "x")])).findings
    assert (finding.kind, finding.subject) == ("unreachable-state", "c")
    assert finding.message.endswith("; with it, row 'x: c -> a'")


def test_a_check_finds_nothing_in_a_sound_machine() -> None:
    report = check_machine(SOUND, [lambda state: state in ("a", "b")])
    assert report.findings == ()
    assert report.reachable == ("a", "b")


def test_a_failed_invariant_comes_with_the_shortest_trace() -> None:
    rows = [go("a", "b"), go("b", "c"), go("c", "d"), go("a", "c", "jump")]

    def not_d(state: str) -> bool:
        return state != "d"

    (finding,) = (f for f in check_machine(build(list("abcd"), rows), [not_d]).findings if f.kind == "invariant")
    assert (finding.subject, finding.trace) == ("not_d", ("jump", "go"))
    assert "fails in state 'd'" in finding.message


def test_an_invariant_that_raises_is_refused_in_one_line() -> None:
    def broken(state: str) -> bool:
        raise KeyError(f"{state}\nmore")

    with pytest.raises(MachineError, match="invariant 'broken' in state 'a': KeyError") as caught:
        check_machine(SOUND, [broken])
    assert "\n" not in str(caught.value)


def test_a_guarded_row_before_another_kills_neither() -> None:
    rows = [go("a", "b", conditions="maybe"), go("a", "a"), go("b", "a")]
    assert kinds(build(["a", "b"], rows)) == set()


def test_automatic_transitions_hide_no_finding() -> None:
    report = check_machine(build(["a", "b", "c"], [go("a", "b")], auto_transitions=True))
    assert [(each.kind, each.subject) for each in report.findings] == [
        ("trap-state", "b"),
        ("unreachable-state", "c"),
    ]
    assert report.set_aside == 9


def test_the_registration_ends_only_in_its_final_states() -> None:
    findings = check_machine(registration.machine()).findings
    ended = {each.subject for each in findings if each.kind == "trap-state"}
    assert ended <= set(registration.FINAL)
    assert {each.kind for each in findings} <= {"trap-state"}


@st.composite
def machines(draw: st.DrawFn) -> Machine:
    states = [f"s{number}" for number in range(draw(st.integers(1, 6)))]
    one = st.sampled_from(states)
    guards = st.sampled_from([{}, {"conditions": "c"}, {"unless": "u"}])
    drawn = draw(st.lists(st.tuples(st.sampled_from(["go", "run"]), one, st.none() | one, guards), max_size=12))
    rows = [go(source, dest, trigger, **guard) for trigger, source, dest, guard in drawn]
    return build(states, rows, initial=draw(one))


@given(machines())
def test_the_states_explored_are_the_descendants_of_the_initial_one(machine: Machine) -> None:
    edges: list[tuple[str, str]] = []
    for event in machine.events.values():
        for source, group in event.transitions.items():
            for transition in group:
                edges.append((source, transition.dest or source))
                if not transition.conditions:
                    break
    graph: nx.DiGraph[str] = nx.DiGraph(edges)
    initial = machine.initial
    assert initial is not None
    graph.add_node(initial)
    assert set(explore(MachineModel(tabulate(machine))).states) == nx.descendants(graph, initial) | {initial}


GOOD = """
from __future__ import annotations
from dataclasses import dataclass
from transitions import Machine

@dataclass
class Helper:
    name: str

def make():
    return Machine(states=["a", "b"], initial="a", auto_transitions=False,
                   transitions=[{"trigger": "go", "source": "*", "dest": "b"}])

lamp = make()
number = 3
def needs(argument): ...
def breaks():
    raise RuntimeError("first\\nsecond")
def leaves():
    raise SystemExit(4)
def twice():
    return Machine(states=["a", "b", "a"], initial="a")
def later():
    machine = Machine(initial="a")
    machine.add_states([{"name": "a"}, "b"])
    return machine
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lamp.py"
    path.write_text(GOOD)
    return path


@pytest.mark.parametrize("name", ["lamp", "make", "later"])
def test_a_machine_or_what_makes_it_is_loaded_from_a_file(file: Path, name: str) -> None:
    loaded = load_machine(f"{file}:{name}")
    assert tabulate(loaded.machine).states == ("a", "b")
    assert loaded.promises.invariants == ()
    assert not (file.parent / "__pycache__").exists()


def test_invariants_are_loaded_with_the_machine(file: Path) -> None:
    file.write_text(GOOD + "def no_b(state): return state != 'b'\ninvariants = [no_b]\n")
    loaded = load_machine(f"{file}:lamp")
    assert "invariant" in kinds(loaded.machine, *loaded.promises.invariants)


def test_an_edited_file_is_read_again(file: Path) -> None:
    load_machine(f"{file}:lamp")
    file.write_text(GOOD.replace('"b"', '"c"'))
    assert tabulate(load_machine(f"{file}:lamp").machine).states == ("a", "c")


@pytest.mark.parametrize(
    ("spec", "text", "message"),
    [
        ("lamp.py", None, "names no machine; write path/to/file.py:name"),
        ("lamp.py:", None, "names no machine; write path/to/file.py:name"),
        ("none.py:lamp", None, r"none.py: cannot be read \(No such file or directory\); correct the path"),
        (".:lamp", None, r"a folder, where a file is needed"),
        ("lamp.py:lump", None, r"there is no 'lump'; name one of its machines \(lamp\)"),
        ("lamp.py:lamp", "x = 1", "there is no 'lamp'; define it there"),
        ("lamp.py:number", None, "'number' is of type int; name a transitions.Machine"),
        ("lamp.py:Helper", None, r"Helper\(\): TypeError.*without arguments"),
        ("lamp.py:needs", None, r"needs\(\): TypeError.*'argument'; make it build"),
        ("lamp.py:breaks", None, r"breaks\(\), line 18: RuntimeError: first second; make it build"),
        ("lamp.py:leaves", None, r"leaves\(\), line 20: SystemExit: 4; make it build"),
        ("lamp.py:twice", None, "state 'a' is declared twice; remove or rename one"),
        ("lamp.py:lamp", "x = 1\n1 / 0", "lamp.py, line 2: ZeroDivisionError: .*; make the file import"),
        ("lamp.py:lamp", "def (", "SyntaxError: .*; make the file import cleanly"),
        ("lamp.py:lamp", "import sys\nsys.exit()", "line 2: SystemExit; make the file import cleanly"),
        (
            "lamp.py:lamp",
            "import nowhere_at_all",
            "ModuleNotFoundError: .*; install it, or put its folder on",
        ),
        ("lamp.py:lamp", GOOD + "invariants = [3]", "'invariants' is no list of functions; list functions"),
        ("lamp.py:lamp", GOOD + "invariants = make", "'invariants' is no list of functions"),
    ],
)
def test_what_cannot_be_loaded_is_refused_in_one_line(
    file: Path, spec: str, text: str | None, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if text is not None:
        file.write_text(text)
    monkeypatch.chdir(file.parent)
    add_states = Machine.add_states
    before = {name for name in sys.modules if name.startswith("_bgsync_machine_")}
    with pytest.raises(MachineError, match=message) as caught:
        load_machine(spec)
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert Machine.add_states is add_states
    if text is not None and "ine 2" in message:
        assert before == {name for name in sys.modules if name.startswith("_bgsync_machine_")}
