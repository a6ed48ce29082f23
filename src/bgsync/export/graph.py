"""A reachable graph for other tools: a networkx graph, and GraphML, JSON or DOT of stable bytes."""

import io
import json
import math
import re
from collections.abc import Callable, Hashable, Mapping
from os import PathLike
from pkgutil import resolve_name
from typing import IO, TYPE_CHECKING, Any, TypeVar

import networkx as nx

from bgsync import files
from bgsync.explore.graph import Graph
from bgsync.export import GRAPHS
from bgsync.plain import visible

if TYPE_CHECKING:
    Exported = nx.MultiDiGraph[int]
else:
    Exported = nx.MultiDiGraph  # no type parameters at run time

S = TypeVar("S", bound=Hashable)
A = TypeVar("A", bound=Hashable)
Flat = str | int | float | bool

_ENTITY = re.compile(r"&(?=#?\w+;)")


def to_networkx(
    graph: Graph[S, A],
    label: Callable[[S], str] = str,
    attributes: Callable[[S], Mapping[str, str | int | bool]] | None = None,
    say: Callable[[A], str] = str,
) -> "nx.MultiDiGraph[int]":
    """Make a networkx graph: a node per state, numbered as in `graph`, and an edge per transition.

    A node carries `label`, `initial`, and what `attributes(state)` gives; an edge carries `action`, as `say` says
    it; the graph carries `complete`, False when the exploration met a limit. What is no number, text or truth value
    becomes text, so that every file format takes it. For stable bytes, `label`, `attributes` and the text of actions
    must not depend on the order of a set. Raises ValueError for an attribute named `label` or `initial`.
    """
    result: Exported = nx.MultiDiGraph(complete=graph.complete)
    for number, state in enumerate(graph.states):
        extra = dict(attributes(state)) if attributes is not None else {}
        for taken in ("label", "initial"):
            if taken in extra:
                raise ValueError(f"attribute {taken!r} of state {number} is already given; use another name")
        result.add_node(number, label=_flat(label(state)), initial=graph.parent[number] < 0, **_flattened(extra))
    for source, out in enumerate(graph.edges):
        for action, target in out:
            result.add_edge(source, target, action=_flat(say(action)))
    return result


def counterexample(
    graph: "nx.MultiDiGraph[int]", invariant: Callable[[Mapping[str, Flat]], bool]
) -> tuple[int, list[str]] | None:
    """Check an invariant on the attributes of every node: give the nearest node that breaks it, and how to get there.

    The way is the list of actions of a shortest path from an initial node; None means that the invariant holds.
    """
    starts = [node for node, data in graph.nodes(data=True) if data["initial"]]
    reached: dict[int, list[str]] = {node: [] for node in starts}
    queue = list(starts)
    for node in queue:
        if not invariant(graph.nodes[node]):
            return node, reached[node]
        for _, target, data in graph.out_edges(node, data=True):
            if target not in reached:
                reached[target] = [*reached[node], str(data["action"])]
                queue.append(target)
    return None


def write(graph_nx: "nx.MultiDiGraph[int]", path_or_stream: str | PathLike[str] | IO[Any], format: str) -> None:
    """Write the graph to a file, or to a stream of text or bytes, as `written` gives it.

    Raises ValueError for another format and FileError, an OSError, when the file cannot be written.
    """
    text = written(graph_nx, format)
    if isinstance(path_or_stream, str | PathLike):
        files.write(path_or_stream, text)
        return
    try:
        path_or_stream.write(text)
    except TypeError:  # a stream of bytes
        path_or_stream.write(text.encode())


def written(graph_nx: "nx.MultiDiGraph[int]", format: str) -> str:
    """Give the graph in a format of the table `bgsync.export.GRAPHS`.

    Attributes are flattened as in `to_networkx`, so a graph that was changed since is taken too. Edges are
    numbered through. Raises ValueError for another format.
    """
    if format not in GRAPHS:
        raise ValueError(f"unknown format {format!r}; use one of {', '.join(GRAPHS)}")
    clean: Exported = nx.MultiDiGraph()
    clean.graph.update(_flattened(graph_nx.graph))
    clean.add_nodes_from((node, _flattened(data)) for node, data in graph_nx.nodes(data=True))
    for key, (source, target, data) in enumerate(graph_nx.edges(data=True)):
        clean.add_edge(source, target, key, **_flattened(data))
    text: str = resolve_name(GRAPHS[format].writer)(clean)
    return text


def to_graphml(graph: "nx.MultiDiGraph[int]") -> str:
    """Give the graph as GraphML."""
    stream = io.BytesIO()
    nx.write_graphml_xml(graph, stream)  # write_graphml gives other bytes where lxml is installed
    return stream.getvalue().decode().rstrip("\n") + "\n"


def to_json(graph: "nx.MultiDiGraph[int]") -> str:
    """Give the graph as node-link JSON."""
    return json.dumps(nx.node_link_data(graph, edges="edges"), indent=1, sort_keys=True) + "\n"


def to_dot(graph: "nx.MultiDiGraph[int]") -> str:
    """Give the graph as DOT."""
    lines = [f"  {_quoted(key)}={_quoted(value)};" for key, value in graph.graph.items()]
    lines += [f"  {_quoted(node)} {_brackets(data)};" for node, data in graph.nodes(data=True)]
    for source, target, data in graph.edges(data=True):
        shown = {"label": data["action"], **data} if "action" in data else data
        lines.append(f"  {_quoted(source)} -> {_quoted(target)} {_brackets(shown)};")
    return "\n".join(["digraph {", *lines, "}"]) + "\n"


def _brackets(data: Mapping[str, Flat]) -> str:
    return "[" + ", ".join(f"{_quoted(key)}={_quoted(value)}" for key, value in data.items()) + "]"


def _quoted(value: object) -> str:
    """Quote for DOT, where a backslash, a quote, a newline and `&name;` would mean something."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{_ENTITY.sub("&amp;", text)}"'


def _flattened(data: Mapping[Any, Any]) -> dict[str, Flat]:
    """Flatten the values and sort by name, so that the bytes do not depend on the order of insertion."""
    flat = {str(_flat(str(key))): _flat(value) for key, value in data.items()}
    return dict(sorted(flat.items()))


def _flat(value: object) -> Flat:
    """Give a plain number, truth value or printable text: None is the empty text, a collection its JSON."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if value is None:
        return ""
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if isinstance(value, Mapping | list | tuple):
        value = json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
    text = str.__str__(value) if isinstance(value, str) else str(value)
    return visible(text)
