"""Draw as Mermaid, which GitHub and many editors show inside Markdown.

Mermaid follows the reader's theme and styles no single edge: so each coloured state brings its text colour,
and the kind of an edge is told by its text. Every character outside a safe few is written as `#code;`.
"""

import re

from bgsync.draw.colours import LIGHT
from bgsync.draw.diagram import SIGNS, Diagram, Edge, identifiers, in_words, plain

_UNSAFE = re.compile(r"[^\w .,()/+»−'-]")


def to_mermaid(diagram: Diagram) -> str:
    """Give the diagram as a Mermaid `stateDiagram-v2`."""
    names = identifiers(diagram)
    lines = [
        "stateDiagram-v2",
        f"    accTitle: {_text(diagram.title)}",
        f"    accDescr: {_text(in_words(diagram))}",
    ]
    lines += [f'    state "{_text(node.label)}" as {names[node.id]}' for node in diagram.nodes]
    lines += [f"    [*] --> {names[node.id]}" for node in diagram.nodes if node.kind == "initial"]
    lines += [_edge(edge, names) for edge in diagram.edges]
    lines += [f"    {names[node.id]} --> [*]" for node in diagram.nodes if node.kind == "final"]
    for state, colour in sorted(LIGHT.states.items()):
        members = [names[node.id] for node in diagram.nodes if node.state == state]
        if members:
            lines.append(f"    classDef c_{state} fill:{colour.fill},stroke:{colour.stroke},color:{LIGHT.text}")
            lines += [f"    class {name} c_{state}" for name in members]
    return "\n".join([*lines, ""])


def _edge(edge: Edge, names: dict[str, str]) -> str:
    parts = [_text(part) for part in (SIGNS[edge.kind] + edge.label, edge.note) if part.strip()]
    label = f" : {'<br/>'.join(parts)}" if parts else ""
    return f"    {names[edge.source]} --> {names[edge.target]}{label}"


def _text(text: str) -> str:
    """Escape for every place of a Mermaid diagram; never empty, which Mermaid reads as an error."""
    return _UNSAFE.sub(lambda match: f"#{ord(match[0])};", plain(text)) or "#160;"
