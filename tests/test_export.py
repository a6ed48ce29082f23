"""Graphs for other tools: what they carry, and that every format takes it and gives the same bytes."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bgsync
from bgsync.explore.graph import Graph
from bgsync.explore.search import explore
from bgsync.export import GRAPHS
from bgsync.export.graph import to_networkx, write
from bgsync.machines.table import MachineModel, tabulate
from bgsync.shipped.model.background_sync import registration

LIFECYCLE = explore(MachineModel(tabulate(registration.machine())))


def small(*labels: str) -> Graph[str, str]:
    """Make a graph of states in a row, each with two transitions to the next."""
    last = len(labels) - 1
    edges = [[("go", i + 1), ("run", i + 1)] if i < last else [] for i in range(len(labels))]
    return Graph(list(labels), {each: i for i, each in enumerate(labels)}, edges, list(range(-1, last)))


def text(graph: Graph[str, str], form: str, **options: Any) -> str:
    stream = io.StringIO()
    write(to_networkx(graph, **options), stream, form)
    return stream.getvalue()


def test_nodes_are_numbers_with_label_and_initial_and_edges_carry_the_action() -> None:
    graph = to_networkx(LIFECYCLE, str.upper)
    assert list(graph.nodes) == list(range(len(LIFECYCLE.states)))
    assert graph.nodes[0] == {"label": "PENDING", "initial": True}
    assert [number for number, initial in graph.nodes(data="initial") if initial] == [0]
    firing, again = LIFECYCLE.index["firing"], LIFECYCLE.index["reregisteredWhileFiring"]
    assert [data["action"] for data in graph[firing][again].values()] == ["register"]
    assert graph.number_of_edges() == LIFECYCLE.transitions


def test_transitions_between_the_same_states_are_all_kept() -> None:
    edges = to_networkx(small("a", "b")).edges(data=True)
    assert sorted(data["action"] for _, _, data in edges) == ["go", "run"]


def test_an_incomplete_exploration_says_so() -> None:
    partial = explore(MachineModel(tabulate(registration.machine())), limit=2)
    assert to_networkx(partial).graph == {"complete": False}
    assert json.loads(text(partial, "json"))["graph"] == {"complete": False}


def test_attributes_of_a_state_are_added() -> None:
    graph = to_networkx(small("a"), attributes=lambda state: {"online": state == "a", "size": 3})
    assert graph.nodes[0] == {"label": "a", "initial": True, "online": True, "size": 3}


@pytest.mark.parametrize("name", ["label", "initial"])
def test_an_attribute_may_not_replace_one_that_every_node_has(name: str) -> None:
    with pytest.raises(ValueError, match=f"attribute '{name}' of state 0 is already given"):
        to_networkx(small("a"), attributes=lambda _: {name: "x"})


class Colour(IntEnum):
    RED = 4


@pytest.mark.parametrize(
    ("value", "flat"),
    [
        (None, ""),
        ([1, "a"], '[1, "a"]'),
        ({"b": 1, "a": None}, '{"a": null, "b": 1}'),
        (frozenset({"b", "a"}), '["a", "b"]'),
        (Colour.RED, 4),
        (float("nan"), "nan"),
        (0.5, 0.5),
        ("bell\x07\ud800", "bell\\u0007\\ud800"),
    ],
)
def test_every_format_takes_any_attribute(value: object, flat: object) -> None:
    attributes: Callable[[str], dict[str, Any]] = lambda _: {"extra": value}
    assert to_networkx(small("a"), attributes=attributes).nodes[0]["extra"] == flat
    for form in GRAPHS:
        text(small("a"), form, attributes=attributes)


def test_a_graph_changed_afterwards_is_flattened_when_it_is_written() -> None:
    graph = to_networkx(small("a", "b"))
    graph.nodes[0]["tags"] = {"y", "x"}
    graph.graph["made from"] = None
    for form in GRAPHS:
        write(graph, io.BytesIO(), form)
    assert graph.nodes[0]["tags"] == {"y", "x"}


def same(graph: Any, other: Any) -> bool:
    nodes = dict(graph.nodes(data=True)) == dict(other.nodes(data=True))
    return nodes and sorted(graph.edges(data="action")) == sorted(other.edges(data="action"))


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"))


@given(st.lists(TEXT, min_size=1, max_size=4, unique=True))
def test_graphml_and_json_read_back_the_same(labels: list[str]) -> None:
    graph = small(*labels)
    expected = to_networkx(graph)
    back = nx.parse_graphml(text(graph, "graphml"), node_type=int, force_multigraph=True)
    assert same(back, to_networkx(graph))
    data = json.loads(text(graph, "json"))
    assert same(nx.node_link_graph(data, edges="edges"), expected)


def test_edges_of_graphml_have_distinct_ids() -> None:
    written = text(LIFECYCLE, "graphml")
    assert all(f' id="{number}"' in written for number in range(LIFECYCLE.transitions))


def test_dot_is_escaped() -> None:
    assert text(small('say "hi"\\', "a\nb &lt; & c"), "dot") == (
        "digraph {\n"
        '  "complete"="true";\n'
        '  "0" ["initial"="true", "label"="say \\"hi\\"\\\\"];\n'
        '  "1" ["initial"="false", "label"="a\\nb &amp;lt; & c"];\n'
        '  "0" -> "1" ["label"="go", "action"="go"];\n'
        '  "0" -> "1" ["label"="run", "action"="run"];\n'
        "}\n"
    )


@pytest.mark.parametrize("form", GRAPHS)
def test_files_and_streams_of_text_and_bytes_get_the_same(form: str, tmp_path: Path) -> None:
    graph, stream = to_networkx(small("é", "b")), io.BytesIO()
    write(graph, tmp_path / "path", form)
    write(graph, str(tmp_path / "string"), form)
    write(graph, stream, form)
    expected = text(small("é", "b"), form).encode()
    assert (tmp_path / "path").read_bytes() == expected
    assert (tmp_path / "string").read_bytes() == expected
    assert stream.getvalue() == expected


PROGRAM = """
import sys
from bgsync.explore.search import explore
from bgsync.export.graph import to_networkx, write
from bgsync.machines.table import MachineModel, tabulate
from bgsync.shipped.model.background_sync import registration
states = explore(MachineModel(tabulate(registration.machine())))
graph = to_networkx(states, attributes=lambda state: {name: state for name in {"p", "q", "r"}})
for form in ("graphml", "json", "dot"):
    write(graph, sys.stdout, form)
"""


def test_every_process_writes_the_same_bytes() -> None:
    seen = set()
    for seed in "123":
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        run = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=True)
        seen.add(run.stdout)
    assert len(seen) == 1


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown format 'gml'; use one of graphml, json, dot"):
        write(to_networkx(small("a")), tmp_path / "x", "gml")
    assert not (tmp_path / "x").exists()


def test_an_invariant_is_checked_on_the_graph_with_a_shortest_way_to_what_breaks_it() -> None:
    made: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    made.add_node(0, label="off", initial=True, lit=False)
    made.add_node(1, label="on", initial=False, lit=True)
    made.add_edge(0, 0, action="wait")
    made.add_edge(0, 1, action="switch")
    assert bgsync.counterexample(made, lambda node: not node["lit"]) == (1, ["switch"])
    assert bgsync.counterexample(made, lambda node: node["label"] != "dim") is None
