"""Draw as Mermaid, which GitHub and many editors show inside Markdown.

Mermaid follows the reader's theme: so each coloured node brings its text colour. The kind of an edge is told by its
text, and in a flow by its line, too; a graph of states has one kind of line only, and no links on its edges. Every
character outside a safe few is written as `#code;`.
"""

import json
import re

from bgsync.draw.arrows import Arrow, list_of, parallel
from bgsync.draw.colours import LIGHT
from bgsync.draw.diagram import SIGNS, Diagram, EdgeKind, Node, NodeKind, broken, identifiers, in_words, nested
from bgsync.plain import plain

_UNSAFE = re.compile(r"[^\w .,()/+»−±'-]")
_SHAPES: dict[NodeKind, tuple[str, str]] = {
    "begin": ("([", "])"),
    "end": ("([", "])"),
    "test": ("{{", "}}"),
    "wait": ("[/", "/]"),
    "call": ("[[", "]]"),
}
_ARROWS: dict[EdgeKind, str] = {"apart": "-.->", "added": "==>", "trace": "==>", "removed": "-.->", "changed": "==>"}
MOST_EDGES, MOST_CHARACTERS = 500, 50_000
"""What Mermaid draws at most, unless it is told otherwise."""


def to_mermaid(diagram: Diagram) -> str:
    """Give the diagram as a Mermaid `stateDiagram-v2`, or a `flowchart` where it is a flow."""
    names = identifiers(diagram)
    legend = "".join(f"; {SIGNS[kind].strip()} {meaning}" for kind, meaning in diagram.legend if SIGNS[kind])
    lines = [
        *(["---", f"title: {json.dumps(plain(diagram.title + legend), ensure_ascii=False)}", "---"] if legend else []),
        "flowchart TB" if diagram.flow else "stateDiagram-v2",
        f"    accTitle: {safe(diagram.title)}",
        f"    accDescr: {safe(in_words(diagram))}",
    ]
    if diagram.flow:
        lines += [_step(node, names[node.id]) for node in diagram.nodes]
        lines += [_arrow(arrow, names) for arrow in parallel(diagram.edges)]
        lines += [f'    click {names[node.id]} href "{_address(node.link)}"' for node in diagram.nodes if node.link]
    else:
        lines += nested(diagram, names, "    ", _label, lambda _: "")
        lines += [_edge(arrow, names) for arrow in parallel(diagram.edges)]
        lines += [f"    {names[node.id]} --> [*]" for node in diagram.boxes[""] if node.kind == "final"]
    for hue, colour in sorted(LIGHT.hues.items()):
        members = [names[node.id] for node in diagram.nodes if node.hue == hue]
        if members:
            lines.append(f"    classDef c_{hue} fill:{colour.fill},stroke:{colour.stroke},color:{LIGHT.text}")
            lines += [f"    class {name} c_{hue}" for name in members]
    for kind, stroke in sorted(LIGHT.changes.items()):
        members = [names[node.id] for node in diagram.nodes if node.change == kind]
        if members:
            dash = ",stroke-dasharray:6 4" if kind == "removed" else ""
            lines.append(f"    classDef k_{kind} stroke:{stroke},stroke-width:3px{dash}")
            lines += [f"    class {name} k_{kind}" for name in members]
    return "\n".join([*lines, ""])


def refused(text: str, edges: int) -> str:
    """Say why Mermaid would refuse a picture, "" where it would not."""
    if edges > MOST_EDGES:
        return f"{edges} edges, and Mermaid draws {MOST_EDGES} unless maxEdges is raised"
    if len(text) > MOST_CHARACTERS:
        return f"{len(text):,} characters, and Mermaid draws {MOST_CHARACTERS:,} unless maxTextSize is raised"
    return ""


def _label(node: Node) -> str:
    return lines(SIGNS[node.change] + node.label)


def _step(node: Node, name: str) -> str:
    before, after = _SHAPES.get(node.kind, ("[", "]"))
    return f'    {name}{before}"{_label(node)}"{after}'


def _arrow(arrow: Arrow, names: dict[str, str]) -> str:
    label = _text(arrow)
    shown = f'|"{label}"|' if label else ""
    return f"    {names[arrow.sources[0]]} {_ARROWS.get(arrow.kind, '-->')}{shown} {names[arrow.targets[0]]}"


def _edge(arrow: Arrow, names: dict[str, str]) -> str:
    label = _text(arrow)
    return f"    {names[arrow.sources[0]]} --> {names[arrow.targets[0]]}" + (f" : {label}" if label else "")


def _text(arrow: Arrow) -> str:
    return "<br/>".join(lines(part) for parts in list_of(arrow) for part in parts if part)


def lines(text: str) -> str:
    """Escape a text of several lines, if it is long."""
    return "<br/>".join(map(safe, broken(text))) or safe("")


def _address(link: str) -> str:
    return plain(link).replace('"', "%22").replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E")


def safe(text: str) -> str:
    """Escape for every place of a Mermaid diagram; never empty, which Mermaid reads as an error."""
    return _UNSAFE.sub(lambda match: f"#{ord(match[0])};", plain(text)) or "#160;"
