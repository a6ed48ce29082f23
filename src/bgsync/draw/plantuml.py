"""Draw as PlantUML, which many documentation tools read. Every character outside a safe few is `<U+code>`."""

import re
import textwrap

from bgsync.draw.arrows import Arrow, list_of, parallel
from bgsync.draw.colours import LIGHT
from bgsync.draw.diagram import SIGNS, Diagram, EdgeKind, Node, NodeKind, broken, identifiers, in_words, nested
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
        lines += nested(diagram, names, "", _label, _colour)
    lines += [_edge(arrow, names) for arrow in parallel(diagram.edges)]
    lines += [f"{names[node.id]} --> [*]" for node in diagram.boxes[""] if node.kind == "final"]
    if diagram.legend:
        rows = [f"{safe(SIGNS[kind])}{safe(meaning)}" for kind, meaning in diagram.legend]
        lines += ["legend", *rows, "endlegend"]
    return "\n".join([*lines, "@enduml", ""])


def comment(words: str) -> list[str]:
    """Give text as lines of a comment."""
    return [f"' {line}" for line in textwrap.wrap(plain(words).replace("@", "<U+0040>"), 110)]


def _label(node: Node) -> str:
    return lines(SIGNS[node.change] + node.label)


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


def _edge(arrow: Arrow, names: dict[str, str]) -> str:
    told = []
    for cause, (label, guard, note) in zip(arrow.causes, list_of(arrow), strict=True):
        told += [lines(label), lines(guard)]
        told.append(f"[[{_address(cause.link)} {safe(note)}]]" if cause.link and note else lines(note))
    text = r"\n".join(filter(None, told))
    line = _ARROWS[arrow.kind].format(**LIGHT.changes)
    return f"{names[arrow.sources[0]]} {line} {names[arrow.targets[0]]}" + (f" : {text}" if text else "")


def lines(text: str) -> str:
    """Escape a text of several lines, if it is long."""
    return r"\n".join(map(safe, broken(text)))


def _address(link: str) -> str:
    return re.sub(r'[\s\[\]{}"<>\\]', lambda match: f"%{ord(match[0]):02X}", plain(link))


def safe(text: str) -> str:
    """Escape for every place of a PlantUML diagram."""
    return _UNSAFE.sub(lambda match: "".join(f"<U+{ord(c):04X}>" for c in match[0]), plain(text))
