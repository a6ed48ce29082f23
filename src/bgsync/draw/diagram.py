"""What a picture of states or of steps says, whatever draws it: nodes and edges, always in the same order."""

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bgsync.plain import plain

NodeKind = Literal["initial", "normal", "final", "begin", "step", "test", "wait", "call", "end"]
"""A state is initial, normal or final; the others are of a flow of steps."""
Change = Literal["normal", "added", "removed", "changed", "trace"]
EdgeKind = Literal["normal", "added", "removed", "changed", "trace", "apart"]
"""`apart` leads to steps that are run on their own: in parallel, later, or when something happens."""

SIGNS: dict[EdgeKind, str] = {
    "normal": "",
    "added": "+ ",
    "removed": "− ",
    "changed": "± ",
    "trace": "» ",
    "apart": "",
}
"""What a text starts with, so that its kind is told by more than a colour or a line style."""

TEXT_WIDTH = 44
"""How many characters a line has in the forms that are text, at most."""


@dataclass(frozen=True, order=True)
class Node:
    """A state or a step; `hue` is one of `bgsync.draw.colours`; any other is drawn uncoloured."""

    id: str
    label: str
    kind: NodeKind = "normal"
    hue: str = ""
    link: str = ""
    """Where the step can be read."""
    change: Change = "normal"
    level: int = 0
    """How deep a step stands in the numbered lists."""
    inside: str = ""
    """The id of the state in which it is: that is a box around it."""


@dataclass(frozen=True, order=True)
class Edge:
    """A transition between the nodes with these ids. `note` is small print: the step that it comes from."""

    source: str
    target: str
    label: str
    note: str = ""
    kind: EdgeKind = "normal"
    guard: str = ""
    """The condition under which it is taken."""
    link: str = ""
    """Where the step can be read."""


@dataclass(frozen=True)
class Diagram:
    """A picture. Nodes and edges are sorted and without duplicates, whatever order they are given in.

    `flow` tells a flow of steps, drawn downwards, from a graph of states. `meanings` says what the kinds of edges mean
    here, where that is not plain. Raises ValueError when two nodes share an id, or when an edge ends at no node, or a
    node is in none or in itself.
    """

    title: str
    description: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    flow: bool = False
    meanings: tuple[tuple[EdgeKind, str], ...] = ()

    def __post_init__(self) -> None:
        nodes, edges = sorted(set(self.nodes)), sorted(set(self.edges))
        for one, other in pairwise(nodes):
            if one.id == other.id:
                raise ValueError(f"{self.title}: two nodes have the id {one.id!r}; give each its own")
        known = {node.id for node in nodes}
        for edge in edges:
            for end in (edge.source, edge.target):
                if end not in known:
                    raise ValueError(f"{self.title}: the edge {edge.label!r} ends at {end!r}, which is no node; add it")
        around = {node.id: node.inside for node in nodes}
        for node in nodes:
            passed, here = {node.id}, node.inside
            while here:
                if here not in known or here in passed:
                    raise ValueError(
                        f"{self.title}: {node.id!r} is in {here!r}, which is no node around it; correct it"
                    )
                passed.add(here)
                here = around[here]
        object.__setattr__(self, "nodes", tuple(nodes))
        object.__setattr__(self, "edges", tuple(edges))

    @property
    def size(self) -> int:
        """How many arrows there are: edges of one kind between the same two nodes are one."""
        return len({(edge.source, edge.target, edge.kind) for edge in self.edges})

    @property
    def boxes(self) -> dict[str, tuple[Node, ...]]:
        """Give the nodes in each state that has some, and under "" those that are in none."""
        return boxes_of(self.nodes)

    @property
    def legend(self) -> tuple[tuple[EdgeKind, str], ...]:
        """Give the meanings of the kinds that are in the picture."""
        used = {edge.kind for edge in self.edges} | {node.change for node in self.nodes}
        return tuple((kind, meaning) for kind, meaning in self.meanings if kind in used)


def boxes_of(nodes: Iterable[Node]) -> dict[str, tuple[Node, ...]]:
    """Give the nodes in each state that has some, and under "" those that are in none."""
    found: dict[str, tuple[Node, ...]] = {"": ()}
    for node in nodes:
        found[node.inside] = (*found.get(node.inside, ()), node)
    return found


def ordered(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Order nodes for a layout: with dead ends last, the lines that lead back cross fewer others."""
    order = ("initial", "normal", "final")
    return tuple(sorted(nodes, key=lambda node: (order.index(node.kind) if node.kind in order else 0, node.id)))


def innermost(name: str, boxes: Mapping[str, Sequence[Node]]) -> str:
    """Give a node that has none in it, and is this one, or in it as deep as it begins."""
    while inner := boxes.get(name):
        name = next((node.id for node in inner if node.kind == "initial"), inner[0].id)
    return name


def shortened(text: str, most: int) -> str:
    """Give at most so many characters of a text, cut between words; an ellipsis says that there is more."""
    text = plain(text)
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"


def broken(text: str, most: int = TEXT_WIDTH) -> list[str]:
    """Break a text into lines of at most so many characters between words, for forms that are laid out elsewhere."""
    return textwrap.wrap(plain(text), most, break_long_words=False, break_on_hyphens=False)


def identifiers(diagram: Diagram) -> dict[str, str]:
    """Give every node id a name of ASCII letters, digits and _ that starts with s_: it is no keyword."""
    names: dict[str, str] = {}
    for node in diagram.nodes:
        base = name = "s_" + re.sub(r"[^A-Za-z0-9]+", "_", node.id)
        count = 1
        while name in names.values():
            count += 1
            name = f"{base}_{count}"
        names[node.id] = name
    return names


def nested(
    diagram: Diagram, names: Mapping[str, str], indent: str, label: Callable[[Node], str], more: Callable[[Node], str]
) -> list[str]:
    """Declare the states of a graph as Mermaid and PlantUML do, each after what it is in, and where each box begins."""
    boxes = diagram.boxes

    def within(around: str, indent: str) -> Iterator[str]:
        for node in boxes.get(around, ()):
            opening = " {" if node.id in boxes else ""
            yield f'{indent}state "{label(node)}" as {names[node.id]}{more(node)}{opening}'
            if opening:
                yield from within(node.id, f"{indent}    ")
                yield f"{indent}}}"
        yield from (f"{indent}[*] --> {names[node.id]}" for node in boxes.get(around, ()) if node.kind == "initial")
        if around:
            yield from (f"{indent}{names[node.id]} --> [*]" for node in boxes[around] if node.kind == "final")

    return list(within("", indent))


def in_words(diagram: Diagram) -> str:
    """Tell the whole picture as text, for those who do not see it."""
    labels = {node.id: plain(node.label) for node in diagram.nodes}
    parts = [plain(diagram.description)] if diagram.description.strip() else []
    for around, nodes in diagram.boxes.items():
        if around:
            parts.append(f"In {labels[around]} are {', '.join(labels[node.id] for node in nodes)}.")
        place = f"In {labels[around]} it starts" if around else "Starts"
        for kind, opening in (("initial", f"{place} in"), ("final", "Ends in")):
            if found := [labels[node.id] for node in nodes if node.kind == kind]:
                parts.append(f"{opening} {' or '.join(found)}.")
    parts += [f"{plain(node.label)} [{node.change}]." for node in diagram.nodes if node.change != "normal"]
    parts += [f"{edge_in_words(edge, labels)}." for edge in diagram.edges]
    return " ".join(parts)


def edge_in_words(edge: Edge, labels: dict[str, str]) -> str:
    """Tell one edge as text: where from, where to, by what, under which condition, and its note."""
    note = f" ({plain(edge.note)})" if edge.note.strip() else ""
    guard = f" [{plain(edge.guard)}]" if edge.guard.strip() else ""
    by = f": {plain(edge.label)}{guard}" if edge.label.strip() or guard else ""
    kind = "" if edge.kind in ("normal", "apart") else f" [{edge.kind}]"
    return f"{labels[edge.source]} to {labels[edge.target]}{by}{note}{kind}"
