"""SCXML, XState and python-statemachine, read as machines of `transitions`: what they do, and what is left out."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transitions.extensions import HierarchicalMachine
from transitions.extensions.nesting import NestedState

from bgsync.explore.search import explore
from bgsync.machines.apart import Wish, behaviour_apart, check_apart
from bgsync.machines.check import check_machine, running
from bgsync.machines.loading import load_machine, machine_in
from bgsync.machines.others import ChartMachine, machine_of
from bgsync.machines.others.scxml import read_scxml
from bgsync.machines.others.xstate import read_xstate
from bgsync.machines.table import MachineError

Tree = dict[str, Any]
"""A state: its name, whether it is parallel, its children, and the number of the first of them."""


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    count = 0

    def one(depth: int) -> Tree:
        nonlocal count
        count += 1
        name = f"s{count}"
        size = draw(st.integers(2, 3)) if depth and draw(st.booleans()) else 0
        children = [one(depth - 1) for _ in range(size)]
        first = draw(st.integers(0, size - 1)) if size else 0
        return {"name": name, "parallel": bool(size) and draw(st.booleans()), "children": children, "first": first}

    children = [one(2) for _ in range(draw(st.integers(2, 3)))]
    return {"name": "", "parallel": False, "children": children, "first": 0}


def paths(tree: Tree, before: str = "") -> dict[str, str]:
    """Give the whole name of every state."""
    found = {}
    for each in tree["children"]:
        found[each["name"]] = before + each["name"]
        found |= paths(each, f"{before}{each['name']}.")
    return found


Rows = list[tuple[str, str, str | None, str]]


@st.composite
def charts(draw: st.DrawFn) -> tuple[Tree, Rows]:
    tree = draw(trees())
    one = st.sampled_from(list(paths(tree)))
    row = st.tuples(st.sampled_from(["go", "run"]), one, st.none() | one, st.sampled_from(["", "x > 1"]))
    return tree, draw(st.lists(row, max_size=6))


def as_library(tree: Tree, rows: Rows) -> HierarchicalMachine:
    class Dotted(NestedState):
        separator = "."

    class DottedMachine(HierarchicalMachine):
        state_cls = Dotted

    def state(each: Tree) -> dict[str, Any]:
        if not each["children"]:
            return {"name": each["name"]}
        inner = [state(child) for child in each["children"]]
        if each["parallel"]:
            return {"name": each["name"], "parallel": inner}
        return {"name": each["name"], "children": inner, "initial": inner[each["first"]]["name"]}

    states = [state(each) for each in tree["children"]]
    machine = DottedMachine(states=states, initial=states[0]["name"], auto_transitions=False, queued=True)
    known = paths(tree)
    for event, source, target, guard in rows:
        machine.add_transition(event, known[source], target and known[target], conditions=[guard] if guard else [])
    return machine


def as_scxml(tree: Tree, rows: Rows) -> str:
    def state(each: Tree) -> str:
        kind = "parallel" if each["parallel"] else "state"
        inner = "".join(map(state, each["children"]))
        first = each["children"] and not each["parallel"] and each["children"][each["first"]]["name"]
        for event, source, target, guard in rows:
            if source == each["name"]:
                more = [("event", event), ("target", target), ("cond", guard)]
                inner += f"<transition {' '.join(f'{k}={quoteattr(v)}' for k, v in more if v)}/>"
        return f"<{kind} id='{each['name']}'{f' initial={first!r}' if first else ''}>{inner}</{kind}>"

    return f"<scxml xmlns='http://www.w3.org/2005/07/scxml'>{''.join(map(state, tree['children']))}</scxml>"


def as_xstate(tree: Tree, rows: Rows) -> str:
    def state(each: Tree) -> dict[str, Any]:
        config: dict[str, Any] = {"id": each["name"], "on": {}}
        for event, source, target, guard in rows:
            if source == each["name"]:
                told: dict[str, Any] = {"target": f"#{target}"} if target else {}
                config["on"].setdefault(event, []).append(told | ({"guard": guard} if guard else {}))
        if each["children"]:
            config["states"] = {child["name"]: state(child) for child in each["children"]}
            if each["parallel"]:
                config["type"] = "parallel"
            else:
                config["initial"] = each["children"][each["first"]]["name"]
        return config

    config = {each["name"]: state(each) for each in tree["children"]}
    return json.dumps({"id": "all", "initial": tree["children"][0]["name"], "states": config})


def does(machine: HierarchicalMachine) -> set[Any]:
    with running(machine) as live:
        graph = explore(live)
        return {
            (graph.states[number].states, step.call.trigger, step.answers, graph.states[target].states)
            for number, out in enumerate(graph.edges)
            for step, target in out
        }


@settings(deadline=None, max_examples=60)
@given(charts())
def test_both_formats_are_read_as_the_same_machine_of_the_library(chart: tuple[Tree, Rows]) -> None:
    meant = does(as_library(*chart))
    assert does(machine_of(read_scxml(as_scxml(*chart).encode(), "a"), "a")) == meant
    assert does(machine_of(read_xstate(as_xstate(*chart).encode(), "a"), "a")) == meant


def scxml(text: str) -> ChartMachine:
    whole = f"<scxml xmlns='http://www.w3.org/2005/07/scxml'>{text}</scxml>"
    return machine_of(read_scxml(whole.encode(), "a.scxml"), "a.scxml")


def xstate(**config: Any) -> ChartMachine:
    return machine_of(read_xstate(json.dumps(config).encode(), "a.json"), "a.json")


def test_transitions_without_an_event_are_taken_when_their_state_is_entered_or_later() -> None:
    found = check_machine(
        scxml(
            "<state id='a'><transition event='go' target='b'/></state>"
            "<state id='b'><transition target='c'/><transition event='stay' target='d'/></state>"
            "<state id='c'><transition cond='late' target='a'/></state><state id='d'/>"
        )
    )
    unreachable, dead = found.findings
    assert (unreachable.kind, unreachable.subject) == ("unreachable-state", "d")
    assert dead.message == "row 'stay: b -> d' can never be taken: 'b' is left again within the call that enters it"
    assert set(found.reachable) == {"a", "b", "c"}


def test_what_is_done_is_an_event_and_what_is_raised_too() -> None:
    machine = scxml(
        "<state id='a' initial='b'><state id='b'><transition event='end' target='f'/></state><final id='f'/>"
        "<transition event='done.state.a' target='c'/></state>"
        "<state id='c'><onentry><raise event='on.it'/></onentry><transition event='on.*' target='d'/></state>"
        "<state id='d'><transition event='on.it' target='a'/></state>"
    )
    (step,) = [each for each in does(machine) if each[1] == "end"]
    assert step[3] == ("d",)


def test_xstate_has_targets_of_every_kind_and_events_that_come_late() -> None:
    machine = xstate(
        id="m",
        initial="a",
        on={"RESET": ".a"},
        states={
            "a": {"on": {"GO": "b.two", "OUT": [{"target": "#deep", "cond": "x"}, {"target": "a", "actions": "log"}]}},
            "b": {
                "initial": "one",
                "after": {"100": "a"},
                "states": {"one": {}, "two": {"id": "deep", "always": {"target": "one", "guard": {"type": "y"}}}},
                "invoke": {"src": "load", "onDone": ".one", "onError": {"target": "c"}},
            },
            "c": {"type": "final"},
        },
    )
    rows = {(each[0][0], each[1], each[3][0]) for each in does(machine)}
    assert {("a", "GO", "b.two"), ("a", "OUT", "b.two"), ("a", "OUT", "a"), ("b.two", "after 100", "a")} <= rows
    assert {("b.two", "done.invoke.load", "b.one"), ("b.one", "error.platform.load", "c")} <= rows
    assert {("b.one", "RESET", "a"), ("b.two", "always", "b.one"), ("a", "GO", "b.one")} <= rows
    assert machine.left_out == ("actions",)


def test_what_xstate_remembers_leads_to_the_default() -> None:
    inner = {"h": {"type": "history", "target": "#two"}, "one": {}, "two": {"id": "two"}, "k": {"type": "history"}}
    machine = xstate(
        type="parallel",
        on={"ALL": ".b.k"},
        states={"a": {"on": {"GO": "b.h"}}, "b": {"initial": "one", "states": inner}},
    )
    rows = {(each[1], each[3][0]) for each in does(machine)}
    assert rows == {("GO", ("a", "b.two")), ("ALL", ("a", "b.one"))}
    assert machine.left_out == (
        "the history 'b.h': it leads to the default",
        "the history 'b.k': it leads to the default",
    )


def test_what_is_left_out_is_said() -> None:
    machine = scxml(
        "<datamodel/><state id='z'><transition event='in' target='x2'/><onexit><log/></onexit></state>"
        "<parallel id='p'><state id='x'><state id='x1'/><state id='x2'/></state><state id='y'/>"
        "<history id='h'/><transition event='both' target='x1 y'/><transition event='back' target='h'/></parallel>"
    )
    notes = " / ".join(check_machine(machine).notes)
    for said in ("<datamodel>", "<onexit>", "'in' from 'z' enters no other region of 'p'", "the history 'h'",
                 "from 'p' all targets but the first of 'x1 y'"):  # fmt: skip
        assert f"of the chart is left out: {said}" in notes
    assert "--data" not in notes
    with pytest.raises(MachineError, match="no code to run; leave --data out"):
        check_machine(machine, data=True)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.scxml", "<!DOCTYPE s [<!ENTITY a 'b'>]><scxml>&a;</scxml>", "it has a document type, .*; take it out"),
        ("a.scxml", "<scxml>", "no element found.*; write well-formed XML"),
        ("a.scxml", "<svg/>", "the outermost element is 'svg', and not 'scxml'"),
        ("a.scxml", "<scxml/>", "the chart has no state; add one"),
        ("a.scxml", "<scxml><state id='a'/><state id='a'/></scxml>", "two states have the id 'a'"),
        ("a.scxml", "<scxml><state id='a'><transition target='b'/></state></scxml>", "'b' is a target of 'a', and no"),
        (
            "a.scxml",
            "<scxml>" + "<state>" * 9999 + "</state>" * 9999 + "</scxml>",
            "more than 100 states in each other",
        ),
        ("a.json", "{", "write JSON"),
        ("a.json", "[" * 100_000, "write JSON"),
        ("a.json", "[]", "there is no object 'states'"),
        ("a.json", '{"states": {"a": {"on": {"GO": "b"}}}}', "'b', the target of 'GO' of 'a', is no state"),
        ("a.json", '{"states": {"a": {"on": {"GO": "#b"}}}}', "'#b', the target of 'GO' of 'a', is no state"),
        ("a.json", '{"states": {"a": ' * 150 + "{}" + "}}" * 150, "more than 100 states in each other"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(MachineError, match=message) as caught:
        load_machine(str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_a_chart_is_checked_and_compared_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    old = {"initial": "a", "states": {"a": {"on": {"GO": "b"}}, "b": {"on": {"BACK": "a"}}, "c": {}}}
    (tmp_path / "old.json").write_text(json.dumps(old))
    (tmp_path / "new.scxml").write_text("<scxml><state id='a'><transition event='GO' target='b'/></state>"
                                        "<state id='b'/></scxml>")  # fmt: skip
    report, _ = check_apart(Wish("old.json"))
    assert [(each.kind, each.subject) for each in report.findings] == [("unreachable-state", "c")]
    command = [sys.executable, "-m", "bgsync.cli", "diff", "old.json", "new.scxml"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "  BACK after GO: leads to 'a' in old.json; in new.scxml it is refused in state 'b'" in done.stdout
    assert behaviour_apart(Wish("old.json"))[0].shape.states == ("a", "b", "c")


def test_classes_of_python_statemachine_are_read(tmp_path: Path) -> None:
    pytest.importorskip("statemachine")
    file = tmp_path / "lights.py"
    file.write_text(
        textwrap.dedent("""
        from statemachine import State, StateMachine

        class Lights(StateMachine):
            green, yellow, red = State(initial=True), State(), State(final=True)
            cycle = green.to(yellow, cond="calm", unless="late") | yellow.to(red, validators="allowed")
            again = green.to.itself(internal=True)

            def calm(self): return True
            def late(self): return False
            def allowed(self): pass

        lights = Lights()
        """)
    )
    for name in ("Lights", "lights"):
        loaded = load_machine(f"{file}:{name}")
        report = loaded.check(never=["red"])
        assert report.reachable == ("green", "yellow", "red")
        assert [(each.kind, each.trace) for each in report.findings] == [("never", ("cycle", "cycle"))]
        assert report.notes == (
            "guards were free (calm, late, validator allowed): each may be true or false at any time",
            "of the chart is left out: callbacks",
        )
    assert isinstance(machine_in(loaded.machine).machine, ChartMachine)


def test_charts_of_python_statemachine_are_read() -> None:
    statemachine = pytest.importorskip("statemachine", minversion="3")
    namespace: dict[str, Any] = {}
    exec(
        textwrap.dedent("""
        from statemachine import State, StateChart

        class Chart(StateChart):
            class both(State.Parallel):
                class left(State.Compound):
                    one = State(initial=True)
                    two = State(final=True)
                    go = one.to(two)
                class right(State.Compound):
                    three = State(initial=True)
                    four = State(final=True)
                    on = three.to(four)
            end = State(final=True)
            done_state_both = both.to(end)
        """),
        namespace,
    )
    assert statemachine
    report = machine_in(namespace["Chart"]).check()
    assert report.findings == ()
    assert report.configurations == 4
