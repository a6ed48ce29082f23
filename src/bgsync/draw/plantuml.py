"""Draw as PlantUML, which many documentation tools read. Every character outside a safe few is `<U+code>`."""

import re
import textwrap

from bgsync.draw.colours import LIGHT
from bgsync.draw.diagram import SIGNS, Diagram, Edge, EdgeKind, Node, NodeKind, identifiers, in_words
from bgsync.plain import plain

_UNSAFE = re.compile(r"[^\w .,()/'-]|--+|__+|//+|''+|(?<![\w ])-|\\")
_SHAPES: dict[NodeKind, str] = {
    "begin": "usecase",
    "end": "usecase",
    "test": "storage",
    "wait": "queue",
    "call": "node",
}
_ARROWS: dict[EdgeKind, str] = {
    "normal": "-->",
    "added": "-[{added},bold]->",
    "removed": "-[{removed},dashed]->",
    "changed": "-[{changed},dotted]->",
    "trace": "-[{trace},bold]->",
    "apart": "-[dashed]->",
}

STYLE = (
    "skinparam shadowing false",
    f"skinparam ArrowColor {LIGHT.line}",
    *(f"skinparam {kind}BackgroundColor {LIGHT.background}" for kind in ("rectangle", "storage", "queue", "node")),
)


def to_plantuml(diagram: Diagram) -> str:
    """Give the diagram as a PlantUML state diagram, or as a diagram of boxes where it is a flow."""
    names = identifiers(diagram)
    lines = [
        "@startuml",
        *comment(in_words(diagram)),
        f"title {safe(diagram.title)}",
        *STYLE,
    ]
    if diagram.flow:
        lines += [_step(node, names[node.id]) for node in diagram.nodes]
    else:
        lines.append("hide empty description")
        lines += [f'state "{_label(node)}" as {names[node.id]}{_colour(node)}' for node in diagram.nodes]
        lines += [f"[*] --> {names[node.id]}" for node in diagram.nodes if node.kind == "initial"]
    lines += [_edge(edge, names) for edge in diagram.edges]
    lines += [f"{names[node.id]} --> [*]" for node in diagram.nodes if node.kind == "final"]
    if diagram.legend:
        rows = [f"{safe(SIGNS[kind])}{safe(meaning)}" for kind, meaning in diagram.legend]
        lines += ["legend", *rows, "endlegend"]
    return "\n".join([*lines, "@enduml", ""])


def comment(words: str) -> list[str]:
    """Give text as lines of a comment."""
    return [f"' {line}" for line in textwrap.wrap(plain(words).replace("@", "<U+0040>"), 110)]


def _label(node: Node) -> str:
    return safe(SIGNS[node.change] + node.label)


def _step(node: Node, name: str) -> str:
    link = f" [[{_address(node.link)}]]" if node.link else ""
    return f'{_SHAPES.get(node.kind, "rectangle")} "{_label(node)}" as {name}{link}{_colour(node)}'


def _colour(node: Node) -> str:
    colour = LIGHT.hues.get(node.hue)
    parts = [colour.fill] if colour else []
    line = LIGHT.changes.get(node.change, colour.stroke if colour else "")
    parts += [f"line:{line.removeprefix('#')}"] if line else []
    style = {"removed": "line.dashed", "changed": "line.dotted", "added": "line.bold"}.get(node.change)
    parts += [style] if style else []
    joined = ";".join(parts)
    return f" #{joined.removeprefix('#')}" if joined else ""


def _edge(edge: Edge, names: dict[str, str]) -> str:
    guard = f"[{edge.guard}]" if edge.guard.strip() else ""
    label, note = safe(SIGNS[edge.kind] + edge.label) if edge.label.strip() else "", safe(edge.note)
    if edge.link and note:
        note = f"[[{_address(edge.link)} {note}]]"
    text = "\\n".join(part for part in (label, safe(guard), note) if part)
    arrow = _ARROWS[edge.kind].format(**LIGHT.changes)
    return f"{names[edge.source]} {arrow} {names[edge.target]}" + (f" : {text}" if text else "")


def _address(link: str) -> str:
    return re.sub(r'[\s\[\]{}"<>\\]', lambda match: f"%{ord(match[0]):02X}", plain(link))


def safe(text: str) -> str:
    """Escape for every place of a PlantUML diagram."""
    return _UNSAFE.sub(lambda match: "".join(f"<U+{ord(c):04X}>" for c in match[0]), plain(text))
