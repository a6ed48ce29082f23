"""Pictures of a user's machine: nested boxes in every form, what it can become, runs of findings, and edits."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given, settings
from transitions import Machine
from transitions.extensions import HierarchicalMachine

from bgsync.draw.diagram import Diagram, Edge, Node, in_words
from bgsync.draw.machines import machine_states, run_diagram, shape_diagram, shape_difference
from bgsync.draw.render import render
from bgsync.machines.behaviour import Shape
from bgsync.machines.check import check_machine
from bgsync.machines.loading import machine_in
from tests.command import run
from tests.test_machine_others import Rows, Tree, as_library, charts

SVG = "{http://www.w3.org/2000/svg}"
REGION: dict[str, Any] = {"children": ["1", "2"], "initial": "1"}
ROWS: list[Any] = [
    ["start", "off", "on"],
    ["stop", "on", "off"],
    ["flip", "on_x_1", "on_x_2"],
    {"trigger": "bad", "source": "on_y", "dest": "err", "conditions": "late"},
    ["note", "off", None],
]


def parallel(rows: list[Any]) -> HierarchicalMachine:
    states = ["off", {"name": "on", "parallel": [{"name": "x", **REGION}, {"name": "y", **REGION}]}, "err"]
    return HierarchicalMachine(states=states, transitions=rows, initial="off", auto_transitions=False)


def shape(machine: Machine) -> Shape:
    return machine_in(machine).behaviour().shape


def test_states_in_states_have_their_own_names_and_where_they_begin() -> None:
    picture = shape_diagram(shape(parallel(ROWS)), "light")
    nodes = {node.id: (node.label, node.kind, node.inside) for node in picture.nodes}
    assert nodes == {
        "off": ("off", "initial", ""),
        "on": ("on (all at once)", "normal", ""),
        "on_x": ("x", "normal", "on"),
        "on_x_1": ("1", "initial", "on_x"),
        "on_x_2": ("2", "normal", "on_x"),
        "on_y": ("y", "normal", "on"),
        "on_y_1": ("1", "initial", "on_y"),
        "on_y_2": ("2", "normal", "on_y"),
        "err": ("err", "final", ""),
    }
    assert {(edge.label, edge.guard) for edge in picture.edges} == {
        ("start", ""), ("stop", ""), ("flip", ""), ("bad", "late"), ("note (internal)", ""),
    }  # fmt: skip
    assert "In on (all at once) are x, y. In x are 1, 2. In x it starts in 1." in in_words(picture)


def boxes_of(drawn: str) -> dict[str, tuple[float, float, float, float]]:
    """Give the outlines of the states by their titles: left, top, right and bottom."""
    found = {}
    for group in ET.fromstring(drawn).iter(f"{SVG}g"):
        if str(group.get("class")).startswith("node hue"):
            path = next(iter(group.iter(f"{SVG}path"))).get("d") or ""
            numbers = [tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path)]
            xs, ys = zip(*numbers, strict=True)
            title = group.find(f"{SVG}title")
            assert title is not None
            found[str(title.text).partition(" (")[0]] = (min(xs), min(ys), max(xs), max(ys))
    return found


def unique(tree: Tree, rows: Rows) -> Diagram:
    """Draw a chart whose states all have names of their own."""
    return shape_diagram(shape(as_library(tree, rows)), "chart")


@settings(deadline=None, max_examples=15)
@given(charts())
def test_a_box_is_inside_of_the_one_that_it_belongs_to_and_of_no_other(chart: tuple[Tree, Rows]) -> None:
    picture = unique(*chart)
    boxes = boxes_of(render(picture, "svg").decode())
    inside = {node.label.partition(" (")[0]: node.inside.rpartition(".")[2] for node in picture.nodes}

    def around(name: str) -> set[str]:
        return {inside[name], *around(inside[name])} if inside[name] else set()

    assert set(boxes) == set(inside)
    for name, (left, top, right, bottom) in boxes.items():
        for other, (l, t, r, b) in boxes.items():  # noqa: E741
            contained = l < left and t < top and right < r and bottom < b
            apart = right < l or r < left or bottom < t or b < top
            if other in around(name):
                assert contained
            elif name != other and name not in around(other):
                assert apart


@settings(deadline=None, max_examples=15)
@given(charts())
def test_the_forms_that_are_text_nest_in_braces(chart: tuple[Tree, Rows]) -> None:
    picture = unique(*chart)
    for form, opens in (("mermaid", "state "), ("plantuml", "state "), ("dot", "subgraph ")):
        depth, found = 0, dict[str, int]()
        for line in render(picture, form).decode().splitlines():
            named = re.search(r'(?:label=|state )"([^"( ]+)', line)
            if named and "->" not in line:
                found.setdefault(named[1], depth - (form == "dot") - ("graph [" in line))
            depth += line.rstrip().endswith("{") - (line.strip() == "}")
        assert depth == 0
        assert opens in render(picture, form).decode() or len(picture.boxes) == 1
        for node in picture.nodes:
            assert found[node.label.partition(" (")[0]] == node.id.count(".")


def test_a_node_in_none_or_in_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="'a' is in 'b', which is no node around it"):
        Diagram("t", "", (Node("a", "a", inside="b"),), ())
    with pytest.raises(ValueError, match="which is no node around it"):
        Diagram("t", "", (Node("a", "a", inside="b"), Node("b", "b", inside="a")), ())


class Job:
    tries = 0

    def may_retry(self) -> bool:
        return self.tries < 2

    def count(self) -> None:
        self.tries += 1


def retry() -> Machine:
    return Machine(
        Job(), ["running", "failed", "gave_up"], initial="running", auto_transitions=False,
        transitions=[
            {"trigger": "fail", "source": "running", "dest": "failed", "before": "count"},
            {"trigger": "retry", "source": "failed", "dest": "running", "conditions": "may_retry"},
            {"trigger": "retry", "source": "failed", "dest": "gave_up"},
        ],
    )  # fmt: skip


def test_what_a_machine_can_become_depends_on_its_data() -> None:
    with_data = machine_states(machine_in(retry()).behaviour(data=True), "retry")
    assert len(with_data.nodes) == 5
    assert [edge.label for edge in with_data.edges if edge.target == "gave_up"] == ["retry"]
    assert len(machine_states(machine_in(retry()).behaviour(), "retry").nodes) == 3


def test_the_run_of_a_finding_has_each_call_and_state_and_a_loop_where_it_goes_round() -> None:
    report = check_machine(retry(), data=True, never=["gave_up"])
    finding = next(each for each in report.findings if each.kind == "never")
    picture = run_diagram(finding, "retry")
    assert [item.text for item in picture.items] == [
        "fail", "running → failed", "retry", "failed → running", "fail", "running → failed", "retry",
        "failed → gave_up",
    ]  # fmt: skip
    for form in ("svg", "mermaid", "plantuml"):
        assert b"gave" in render(picture, form)
    (round_and_round,) = [each for each in check_machine(retry(), eventually=["gave_up"]).findings
                          if each.kind == "eventually"]  # fmt: skip
    assert run_diagram(round_and_round, "retry").loop == 0


def test_an_edit_is_marked_at_states_and_rows() -> None:
    edited = [ROWS[0], *ROWS[2:4], {**ROWS[3], "conditions": []}, ["mend", "err", "off"]]
    picture = shape_difference(shape(parallel(ROWS)), shape(parallel([*edited[:2], *edited[3:]])), "light")
    kinds = {edge.label: (edge.kind, edge.guard) for edge in picture.edges}
    assert kinds == {
        "start": ("normal", ""),
        "stop": ("removed", ""),
        "flip": ("normal", ""),
        "bad": ("changed", "always, was: late"),
        "note (internal)": ("removed", ""),
        "mend": ("added", ""),
    }
    flat = Machine(states=["off", "new"], initial="off", auto_transitions=False)
    changes = {node.id: node.change for node in shape_difference(shape(parallel(ROWS)), shape(flat), "light").nodes}
    assert (changes["off"], changes["new"], changes["on_x"]) == ("normal", "added", "removed")
    assert Edge("off", "on", "start") in shape_diagram(shape(parallel(ROWS)), "light").edges


DOOR = """from transitions import Machine
machine = Machine(states=["a", "b", "c"], initial="a", auto_transitions=False, transitions=[["go", "a", "b"]])
"""


def draw(*words: str) -> Result:
    return run("draw", *words)


def test_all_pictures_of_a_machine_are_drawn_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("door.py").write_text(DOOR)
    Path("gate.py").write_text(DOOR.replace('"b"]]', '"c"]]'))
    assert draw("--all", "door.py:machine", "-o", "pictures").exit_code == 0
    names = {file.name for file in Path("pictures").iterdir()}
    assert {"machine.svg", "states.mmd", "run-trap-state-b.svg", "README.md"} <= names
    commands = re.findall(r"`bgsync draw ([^`]*)`\n", Path("pictures", "README.md").read_text())
    assert commands[-1] == 'trace door.py:machine --property "b"'
    assert draw("trace", "door.py:machine", "--property", "b").stdout.startswith("sequenceDiagram")
    assert "± go (was to b)" in draw("difference", "door.py:machine", "gate.py:machine").stdout
    refused = draw("trace", "door.py:machine", "--property", "c")
    assert refused.exit_code == 2
    assert 'which finding? Name one with --property: "b" (trap-state)' in refused.stderr
