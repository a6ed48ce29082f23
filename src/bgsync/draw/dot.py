"""Draw as DOT, the language of Graphviz. Labels are quoted text: not every Graphviz reads HTML labels."""

from collections.abc import Iterator

from bgsync.draw.arrows import alone, list_of
from bgsync.draw.colours import LIGHT
from bgsync.draw.diagram import SIGNS, Diagram, Edge, EdgeKind, Node, NodeKind, broken, identifiers, innermost, ordered
from bgsync.plain import plain

FONT, FREE_FONT = "DejaVu Sans", "Arial"
"""Boxes are laid out for the widest of the usual fonts, and have room for any other; free text is for a common one."""

TEXT_SIZE = 13
WIDTH, STEP_WIDTH = 28, 44
"""The labels of transitions, and of steps, are broken into lines of at most this many characters, between words."""

_LINES: dict[EdgeKind, str] = {
    "normal": "",
    "added": ", penwidth=2.6",
    "removed": ", style=dashed",
    "changed": ', style="dotted", penwidth=2.6',
    "trace": ", penwidth=2.2",
    "apart": ", style=dashed",
}
_SHAPES: dict[NodeKind, str] = {
    "initial": "",
    "normal": "",
    "final": ", peripheries=2",
    "begin": "",
    "step": ", style=filled",
    "test": ', shape=hexagon, style=filled, margin="0.02,0.04"',
    "wait": ', shape=octagon, style=filled, margin="0.06,0.04"',
    "call": ", style=filled, peripheries=2",
    "end": "",
}


_START = 'class="start"'


def to_dot(diagram: Diagram) -> str:
    """Give the diagram as DOT: a flow runs down, a graph of states to the right."""
    names, boxes = identifiers(diagram), diagram.boxes
    nested = len(boxes) > 1
    initial = [node for node in diagram.nodes if node.kind == "initial"]
    way = "TB" if diagram.flow else "LR"
    spaces = "nodesep=0.3, ranksep=0.3" if diagram.flow else "nodesep=0.4, ranksep=0.35"
    lines = [
        f"digraph {_quoted(diagram.title)} {{",
        f'  graph [{"compound=true, " * nested}rankdir={way}, bgcolor="{LIGHT.background}", {spaces}, pad=0.15]',
        f'  node [shape=box, style="rounded,filled", fontname="{FONT}", fontsize={TEXT_SIZE},'
        f' fontcolor="{LIGHT.text}", margin="{"0.12,0.07" if diagram.flow else "0.22,0.1"}"'
        f"{', height=0.3' if diagram.flow else ''}]",
        f'  edge [fontname="{FREE_FONT}", fontsize={TEXT_SIZE}, fontcolor="{LIGHT.text}",'
        f' color="{LIGHT.line}", arrowsize=0.8]',
    ]
    ends = {node.id: innermost(node.id, boxes) for node in diagram.nodes}

    def end(name: str, way: str) -> tuple[str, str]:
        return names[ends[name]], f"{way}=cluster_{names[name]}" if name in boxes else ""

    def within(around: str, indent: str) -> Iterator[str]:
        own = ordered(boxes[around])
        if first := [node for node in own if node.kind == "initial"]:
            start = "start" + (f"_{names[around]}" if around else "")
            yield (
                f'{indent}{start} [shape=circle, style=filled, width=0.18, label="", class="start",'
                f' color="{LIGHT.line}", fillcolor="{LIGHT.line}"]'
            )
            for node in first:
                target, head = end(node.id, "lhead")
                yield f"{indent}{start} -> {target} [{', '.join(filter(None, [_START, head]))}]"
        for node in own:
            made = _node(node, names[node.id], STEP_WIDTH if diagram.flow else WIDTH)
            if node.id not in boxes:
                yield indent + made
                continue
            yield f"{indent}subgraph cluster_{names[node.id]} {{"
            yield f"{indent}  graph [style=rounded, {made.partition('[')[2]}"
            yield from within(node.id, f"{indent}  ")
            yield f"{indent}}}"

    lines += within("", "  ")
    entered = {edge.target for edge in diagram.edges} | {node.id for node in initial}
    for number, edge in enumerate(diagram.edges):
        late = edge.source not in entered
        first, last = (edge.target, edge.source) if late else (edge.source, edge.target)
        (start, tail), (target, head) = end(first, "ltail"), end(last, "lhead")
        around = "".join(f", {each}" for each in (tail, head) if each)
        lines.append(f"  {start} -> {target} [{_edge(number, edge, late)}{around}]")
    return "\n".join([*lines, "}", ""])


def _node(node: Node, name: str, width: int) -> str:
    colour = LIGHT.hues.get(node.hue, LIGHT.other)
    hue = f"hue-{node.hue if node.hue in LIGHT.hues else 'other'}"
    stroke = LIGHT.changes.get(node.change, colour.stroke)
    change = "" if node.change == "normal" else f" change-{node.change}"
    line = _LINES[node.change].replace('style="dotted"', 'style="filled,dotted"').replace(
        "style=dashed", 'style="filled,dashed"'
    )  # fmt: skip
    label = _quoted(*broken(SIGNS[node.change] + node.label, width))
    link = f", URL={_quoted(node.link)}" if node.link else ""
    return (
        f'{name} [id={name}, label={label}, class="{hue} kind-{node.kind}{change}",'
        f' fillcolor="{colour.fill}", color="{stroke}"{_SHAPES[node.kind]}{line}{link}]'
    )


def _edge(number: int, edge: Edge, late: bool) -> str:
    """Describe an edge; a `late` one is laid out as if it led the other way: its source comes from nowhere."""
    lines = [line for parts in list_of(alone(edge)) for part in parts for line in broken(part, WIDTH)]
    text = f"label={_quoted(*lines)}, " if lines else ""
    colour = f', color="{LIGHT.changes[edge.kind]}"' if edge.kind in LIGHT.changes else ""
    link = f", URL={_quoted(edge.link)}" if edge.link else ""
    back = ", dir=back" if late else ""
    return f'id=e{number}, {text}class="edge-{edge.kind}"{_LINES[edge.kind]}{colour}{back}{link}'


def _quoted(*lines: str) -> str:
    """Quote, so that no escape of a label (such as \\N) and no character reference is read into the text."""
    texts = (plain(line).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(texts) + '"'
