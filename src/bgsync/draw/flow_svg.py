"""Draw a flow of steps as SVG, laid out as the text is: a row each, indented as its number is deep."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from bgsync.draw.diagram import SIGNS, Diagram, edge_in_words, in_words
from bgsync.draw.document import LEGEND_ROW, document, legend, linked, text
from bgsync.draw.flow_layout import EDGE, LINE, NOTE, PAGE, SIZE, Arrow, Box, flow_layout, slant, words_of
from bgsync.draw.shapes import graph_rules, line, node_class, paint
from bgsync.plain import plain


def flow_svg(diagram: Diagram) -> str:
    """Give a flow as a stand-alone SVG document."""
    boxes, arrows = flow_layout(diagram)
    rows = [(kind, SIGNS[kind] + meaning) for kind, meaning in diagram.legend]
    bottom = max((box.bottom for box in boxes.values()), default=0) + 22
    tall = bottom + (len(rows) * LEGEND_ROW + 10 if rows else 0)
    wide = max(PAGE, *(box.right + EDGE for box in boxes.values()), 0)
    labels = {node.id: plain(node.label) for node in diagram.nodes}
    content = [ET.Element("rect", {"class": "background", "width": f"{wide:.2f}", "height": f"{tall:.2f}"})]
    content += [_arrow(arrow, labels) for arrow in arrows]
    content += [_box(box) for box in boxes.values()]
    content += [_label(arrow, labels) for arrow in arrows if words_of(arrow.edge)]
    content += legend(16, bottom + 8, rows, SIZE)
    return document(diagram.title, in_words(diagram), (0, 0, wide, tall), content, graph_rules)


def _arrow(arrow: Arrow, labels: dict[str, str]) -> ET.Element:
    group = ET.Element("g", {"class": f"edge edge-{arrow.edge.kind}"})
    ET.SubElement(group, "title").text = edge_in_words(arrow.edge, labels)
    path = "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in arrow.points)
    group.extend(line(arrow.edge.kind, path, arrow.points[-1], arrow.points[-2]))
    return group


def _label(arrow: Arrow, labels: dict[str, str]) -> ET.Element:
    group = ET.Element("g", {"class": "edge-label halo"})
    ET.SubElement(group, "title").text = edge_in_words(arrow.edge, labels)
    group.append(text(*arrow.label, words_of(arrow.edge), NOTE, class_="note"))
    return group


def _box(box: Box) -> ET.Element:
    node = box.node
    group = ET.Element("g", {"class": node_class(node)})
    ET.SubElement(group, "title").text = plain(node.label)
    colours = paint(node)
    shapes = [ET.Element("path", {"d": _outline(box), **colours})]
    if node.kind == "call":
        bars = "".join(f"M{x:.1f},{box.top:.1f} V{box.bottom:.1f} " for x in (box.left + 7, box.right - 7))
        shapes.append(ET.Element("path", {"d": bars.strip(), **colours, "fill": "none"}))
    centred = node.kind in ("begin", "end")
    for number, words in enumerate(box.lines):
        x = box.left + box.wide / 2 if centred else box.left + 12 + slant(node)
        at = box.top + 6 + LINE * number + SIZE
        anchor = {"text_anchor": "middle"} if centred else {}
        shown = text(x, at, words, SIZE, **anchor)
        found = re.match(r"([+−±] )?\d[\d.]*(?= )", words)
        if number == 0 and not centred and found:
            shown.text = None
            ET.SubElement(shown, "tspan", {"font-weight": "bold"}).text = found[0]
            shown[0].tail = words[found.end() :]
        shapes.append(shown)
    group.extend(linked(shapes, node.link))
    return group


def _outline(box: Box) -> str:
    """Give the outline that tells the kind of a step, as flow charts have it."""
    left, right, top, bottom, middle = box.left, box.right, box.top, box.bottom, box.middle
    half = (bottom - top) / 2
    match box.node.kind:
        case "begin" | "end":
            return (
                f"M{left + half:.1f},{top:.1f} H{right - half:.1f} A{half:.1f},{half:.1f} 0 0 1 {right - half:.1f},"
                f"{bottom:.1f} H{left + half:.1f} A{half:.1f},{half:.1f} 0 0 1 {left + half:.1f},{top:.1f} Z"
            )
        case "test":
            return (
                f"M{left + 12:.1f},{top:.1f} H{right - 12:.1f} L{right:.1f},{middle:.1f} "
                f"L{right - 12:.1f},{bottom:.1f} H{left + 12:.1f} L{left:.1f},{middle:.1f} Z"
            )
        case "wait":
            return (
                f"M{left:.1f},{top:.1f} H{right - 14:.1f} A14,{half:.1f} 0 0 1 {right - 14:.1f},{bottom:.1f} "
                f"H{left:.1f} Z"
            )
        case _:
            return f"M{left:.1f},{top:.1f} H{right:.1f} V{bottom:.1f} H{left:.1f} Z"
