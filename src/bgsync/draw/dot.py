"""Draw as DOT, the language of Graphviz. Labels are quoted text: not every Graphviz reads HTML labels."""

import textwrap

from bgsync.draw.colours import LIGHT
from bgsync.draw.diagram import SIGNS, Diagram, Edge, EdgeKind, Node, identifiers, plain

FONT = "DejaVu Sans"
"""The widest of the usual fonts: what is laid out for it has room for any other."""

TEXT_SIZE = 13
WIDTH = 28
"""Labels are broken into lines of at most this many characters, between words."""

_LINES: dict[EdgeKind, str] = {
    "normal": "",
    "added": ", penwidth=2.2",
    "removed": ", style=dashed",
    "trace": ", penwidth=2.2",
}


def to_dot(diagram: Diagram) -> str:
    """Give the diagram as DOT."""
    names = identifiers(diagram)
    initial = [node for node in diagram.nodes if node.kind == "initial"]
    lines = [
        f"digraph {_quoted(diagram.title)} {{",
        f'  graph [rankdir=LR, bgcolor="{LIGHT.background}", nodesep=0.4, ranksep=0.35, pad=0.15]',
        f'  node [shape=box, style="rounded,filled", fontname="{FONT}", fontsize={TEXT_SIZE},'
        f' fontcolor="{LIGHT.text}", margin="0.22,0.1"]',
        f'  edge [fontname="{FONT}", fontsize={TEXT_SIZE}, fontcolor="{LIGHT.text}",'
        f' color="{LIGHT.line}", arrowsize=0.8]',
    ]
    if initial:
        lines.append(
            f'  start [shape=circle, style=filled, width=0.18, label="", class="start",'
            f' color="{LIGHT.line}", fillcolor="{LIGHT.line}"]'
        )
        lines += [f'  start -> {names[node.id]} [class="start"]' for node in initial]
    lines += [_node(node, names[node.id]) for node in sorted(diagram.nodes, key=_place)]
    lines += [_edge(number, edge, names) for number, edge in enumerate(diagram.edges)]
    return "\n".join([*lines, "}", ""])


def edge_id(number: int) -> str:
    """Name the edge with this number, for whoever reads what Graphviz made of it."""
    return f"e{number}"


def edge_lines(edge: Edge) -> tuple[list[str], list[str]]:
    """Give the lines of an edge's label, and those of its note below."""
    return _lines(SIGNS[edge.kind] + edge.label), _lines(edge.note)


def _place(node: Node) -> tuple[int, str]:
    """Order the nodes for the layout: with dead ends last, the edges that lead back cross fewer others."""
    return ("initial", "normal", "final").index(node.kind), node.id


def _node(node: Node, name: str) -> str:
    colour = LIGHT.states.get(node.state, LIGHT.other)
    state = f"state-{node.state}" if node.state in LIGHT.states else "state-other"
    double = ", peripheries=2" if node.kind == "final" else ""
    return (
        f'  {name} [id={name}, label={_quoted(*_lines(node.label))}, class="{state}",'
        f' fillcolor="{colour.fill}", color="{colour.stroke}"{double}]'
    )


def _edge(number: int, edge: Edge, names: dict[str, str]) -> str:
    label, note = edge_lines(edge)
    text = f"label={_quoted(*label, *note)}, " if label or note else ""
    return (
        f"  {names[edge.source]} -> {names[edge.target]}"
        f' [id={edge_id(number)}, {text}class="edge-{edge.kind}"{_LINES[edge.kind]}]'
    )


def _lines(text: str) -> list[str]:
    return textwrap.wrap(plain(text), WIDTH, break_long_words=False, break_on_hyphens=False)


def _quoted(*lines: str) -> str:
    """Quote, so that no escape of a label (such as \\N) and no character reference is read into the text."""
    texts = (plain(line).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(texts) + '"'
