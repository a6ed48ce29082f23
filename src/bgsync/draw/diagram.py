"""What a picture says, whatever draws it: nodes and edges, always in the same order."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

NodeKind = Literal["initial", "normal", "final"]
EdgeKind = Literal["normal", "added", "removed", "trace"]

SIGNS: dict[EdgeKind, str] = {"normal": "", "added": "+ ", "removed": "− ", "trace": "» "}
"""What an edge's text starts with, so that its kind is told by more than a colour or a line style."""

_BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@dataclass(frozen=True, order=True)
class Node:
    """A state. `state` picks a fixed colour of `bgsync.draw.colours`; any other name is drawn uncoloured."""

    id: str
    label: str
    kind: NodeKind = "normal"
    state: str = ""


@dataclass(frozen=True, order=True)
class Edge:
    """A transition between the nodes with these ids. `note` is small print: the step that it comes from."""

    source: str
    target: str
    label: str
    note: str = ""
    kind: EdgeKind = "normal"


@dataclass(frozen=True)
class Diagram:
    """A picture. Nodes and edges are sorted and without duplicates, whatever order they are given in.

    Raises ValueError when two nodes share an id, or when an edge ends at no node.
    """

    title: str
    description: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

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
        object.__setattr__(self, "nodes", tuple(nodes))
        object.__setattr__(self, "edges", tuple(edges))


def plain(text: str) -> str:
    """Give `text` as one line, every character that XML forbids or that reorders text shown as U+FFFD."""

    def shown(character: str) -> str:
        forbidden = (
            unicodedata.category(character) in ("Cc", "Cs")
            or ord(character) & 0xFFFE == 0xFFFE
            or unicodedata.bidirectional(character) in _BIDIRECTIONAL
        )
        return "\N{REPLACEMENT CHARACTER}" if forbidden else character

    return "".join(map(shown, " ".join(text.split())))


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


def in_words(diagram: Diagram) -> str:
    """Tell the whole picture as text, for those who do not see it."""
    labels = {node.id: plain(node.label) for node in diagram.nodes}
    parts = [plain(diagram.description)] if diagram.description.strip() else []
    for kind, opening in (("initial", "Starts in"), ("final", "Ends in")):
        if found := [labels[node.id] for node in diagram.nodes if node.kind == kind]:
            parts.append(f"{opening} {' or '.join(found)}.")
    parts += [f"{edge_in_words(edge, labels)}." for edge in diagram.edges]
    return " ".join(parts)


def edge_in_words(edge: Edge, labels: dict[str, str]) -> str:
    """Tell one edge as text: where from, where to, by what, and its note."""
    note = f" ({plain(edge.note)})" if edge.note.strip() else ""
    by = f": {plain(edge.label)}" if edge.label.strip() else ""
    kind = "" if edge.kind == "normal" else f" [{edge.kind}]"
    return f"{labels[edge.source]} to {labels[edge.target]}{by}{note}{kind}"
