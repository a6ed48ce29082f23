"""Draw a flow of steps as SVG, laid out as the text is: a row each, indented as its number is deep.

Nothing is measured by a font and nothing is searched for, so the picture is as wide as a page whatever the algorithm:

* A step leads to the row below by a short arrow. An end that only one step leads to stands beside that step.
* Any other arrow runs down (or up, in a loop) on a line of its own, to the left of all rows that it passes. Where it
  can it goes straight from box to box: deeper rows between leave room for it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bgsync.draw.colours import LIGHT, Theme
from bgsync.draw.diagram import SIGNS, Diagram, Edge, Node, edge_in_words, in_words, shortened
from bgsync.draw.document import (
    DASHES,
    LEGEND_ROW,
    Rules,
    base_rules,
    document,
    legend,
    linked,
    text,
)
from bgsync.draw.metrics import width, wrapped
from bgsync.plain import plain

SIZE, NOTE = 13, 11
LONGEST = 240
"""How many characters of a sentence a box shows, twice as many where it tells two; its title has all."""
LINE = 17
PAGE = 820
"""How wide a picture is at least."""
MARGIN, INDENT, BESIDE = 44, 34, 150
"""The room for arrows on the left, for a level, and for an end beside a step."""
GAP, LABELLED_GAP = 16, 26
CHANNEL = 9
"""The distance between two arrows that run side by side."""


@dataclass(frozen=True)
class Box:
    """Where a node stands."""

    node: Node
    lines: tuple[str, ...]
    left: float
    top: float
    wide: float
    row: int
    """The number of its row; an end beside a step shares the step's."""

    @property
    def tall(self) -> float:
        """Its height."""
        return len(self.lines) * LINE + 12

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.wide

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.tall

    @property
    def middle(self) -> float:
        """Half its height down."""
        return self.top + self.tall / 2


@dataclass(frozen=True)
class Arrow:
    """The corners that an edge runs through, and where its label begins."""

    edge: Edge
    points: tuple[tuple[float, float], ...]
    label: tuple[float, float]
    before: bool
    """Whether the label stands to the left of that place."""


def flow_svg(diagram: Diagram) -> str:
    """Give a flow as a stand-alone SVG document."""
    boxes, bottom = _boxes(diagram)
    arrows = _arrows(diagram.edges, boxes)
    rows = [(kind, SIGNS[kind] + meaning) for kind, meaning in diagram.legend]
    tall = bottom + MARGIN / 2 + (len(rows) * LEGEND_ROW + 10 if rows else 0)
    arrows = _spread(arrows)
    left = min([0.0, *(_extent(arrow) - 8 for arrow in arrows), *(x - 8 for arrow in arrows for x, _ in arrow.points)])
    wide = max(PAGE, *(box.right + 16 for box in boxes.values())) - left
    labels = {node.id: plain(node.label) for node in diagram.nodes}
    paper = {"x": f"{left:g}", "y": "0", "width": f"{wide:.2f}", "height": f"{tall:.2f}"}
    content = [ET.Element("rect", {"class": "background", **paper})]
    content += [_arrow(arrow, labels) for arrow in arrows]
    content += [_box(box) for box in boxes.values()]
    content += [label for arrow in arrows if (label := _label(arrow)) is not None]
    content += legend(16, bottom + MARGIN / 2 + 8, rows, SIZE)
    return document(diagram.title, in_words(diagram), (left, 0, wide, tall), content, _rules)


def _boxes(diagram: Diagram) -> tuple[dict[str, Box], float]:
    """Place the nodes; give the lower end, too."""
    into: dict[str, list[Edge]] = {}
    for edge in diagram.edges:
        into.setdefault(edge.target, []).append(edge)
    beside: dict[str, Node] = {}
    rows = []
    for node in diagram.nodes:
        sources = into.get(node.id, [])
        if node.kind == "end" and len(sources) == 1 and sources[0].source not in beside:
            beside[sources[0].source] = node
        else:
            rows.append(node)
    boxes: dict[str, Box] = {}
    top = 16.0
    for row, node in enumerate(rows):
        labelled = any(edge.label for edge in into.get(node.id, []))
        top += 0 if row == 0 else LABELLED_GAP if labelled else GAP
        left = MARGIN + INDENT * node.level
        slant = 14 if node.kind in ("test", "wait", "call") else 0
        room = PAGE - BESIDE - left - 2 * slant - 24
        told = shortened(SIGNS[node.change] + node.label, LONGEST * (2 if node.change == "changed" else 1))
        lines = wrapped(told, room, SIZE) or [""]
        wide = max(90, *(width(line, SIZE) + 24 + 2 * slant for line in lines))
        boxes[node.id] = box = Box(node, tuple(lines), left, top, wide, row)
        if node.id in beside:
            end = beside[node.id]
            words = (end.label,)
            at = box.middle - (LINE + 12) / 2
            boxes[end.id] = Box(end, words, box.right + 62, at, width(end.label, SIZE) + 26, row)
        top = box.bottom
    return boxes, top


def _arrows(edges: Sequence[Edge], boxes: dict[str, Box]) -> list[Arrow]:
    """Lead the edges between the boxes, short ones first, so that long ones run outside of them."""
    in_rows = {box.row: box for box in boxes.values() if box.left == MARGIN + INDENT * box.node.level}
    used: list[tuple[float, float, float, str]] = []
    made = []

    def span(edge: Edge) -> int:
        return abs(boxes[edge.target].row - boxes[edge.source].row)

    for edge in sorted(edges, key=lambda edge: (span(edge), edge)):
        source, target = boxes[edge.source], boxes[edge.target]
        if source.row == target.row and source is not target:
            points = ((source.right, target.middle), (target.left, target.middle))
            made.append(Arrow(edge, points, (source.right + 10, target.middle - 5), False))
            continue
        down = target.row > source.row
        first, last = sorted((source.row, target.row))
        between = [in_rows[row].left for row in range(first + 1, last)]
        adjacent = target.row == source.row + 1
        inner = max(source.left, target.left)
        x = inner + (22 if adjacent else 10)
        if not down or source is target or not all(x < left - 6 for left in between):
            x = min([inner, *between]) - 12
        low, high = sorted((source.top, target.top))
        while any(abs(x - at) < CHANNEL and low < end and begin < high and to != edge.target
                  for at, begin, end, to in used):  # fmt: skip
            x -= CHANNEL
        used.append((x, low, high, edge.target))
        made.append(Arrow(edge, *_corners(source, target, x, down), not adjacent))
    return made


def _corners(
    source: Box, target: Box, x: float, down: bool
) -> tuple[tuple[tuple[float, float], ...], tuple[float, float]]:
    """Give the corners of an arrow that runs up or down at `x`, and the place of its label."""
    points: list[tuple[float, float]] = []
    if source.left <= x <= source.right:
        edge = source.bottom if down else source.top
        points.append((x, edge))
        label = (x, edge + 15 if down else edge - 6)
    else:
        at = source.middle + (0 if source is not target else 6)
        points += [(source.left, at), (x, at)]
        label = (x, at + 15 if down else at - 6)
    if target.left <= x <= target.right:
        points.append((x, target.top if down else target.bottom))
    else:
        at = target.middle - (4 if source is not target else 6)
        points += [(x, at), (target.left, at)]
    return tuple(points), label


def _arrow(arrow: Arrow, labels: dict[str, str]) -> ET.Element:
    edge = arrow.edge
    group = ET.Element("g", {"class": f"edge edge-{edge.kind}"})
    ET.SubElement(group, "title").text = edge_in_words(edge, labels)
    path = "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in arrow.points)
    thick = "2.6" if edge.kind in ("added", "changed", "trace") else "1.2"
    dash = {"stroke-dasharray": DASHES[edge.kind]} if edge.kind in DASHES else {}
    line = LIGHT.changes.get(edge.kind, LIGHT.line)
    ET.SubElement(group, "path", {"d": path, "fill": "none", "stroke": line, "stroke-width": thick, **dash})
    (x1, y1), (x2, y2) = arrow.points[-2:]
    long = max(abs(x2 - x1), abs(y2 - y1)) or 1
    dx, dy = (x2 - x1) / long, (y2 - y1) / long
    corners = [(x2, y2), (x2 - 9 * dx - 4 * dy, y2 - 9 * dy - 4 * dx), (x2 - 9 * dx + 4 * dy, y2 - 9 * dy + 4 * dx)]
    head = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    ET.SubElement(group, "polygon", {"points": head, "fill": line})
    return group


def _words(edge: Edge) -> str:
    return (SIGNS[edge.kind] + edge.label).strip()


def _extent(arrow: Arrow) -> float:
    """Give where the label of an arrow begins on the left."""
    return arrow.label[0] + (-6 - width(_words(arrow.edge), NOTE) if arrow.before else 6)


def _spread(arrows: Sequence[Arrow]) -> list[Arrow]:
    """Move labels down where they would cover another one."""
    taken: list[tuple[float, float, float]] = []
    made = []
    for arrow in arrows:
        words = _words(arrow.edge)
        if words:
            x, y = arrow.label
            left = _extent(arrow)
            right = left + width(words, NOTE)
            while any(abs(y - at) < NOTE and left < end and begin < right for begin, end, at in taken):
                y += NOTE + 1
            taken.append((left, right, y))
            arrow = replace(arrow, label=(x, y))
        made.append(arrow)
    return made


def _label(arrow: Arrow) -> ET.Element | None:
    words = _words(arrow.edge)
    if not words:
        return None
    group = ET.Element("g", {"class": "edge-label halo"})
    group.append(text(_extent(arrow), arrow.label[1], words, NOTE, class_="note"))
    return group


def _box(box: Box) -> ET.Element:
    node = box.node
    hue = f"hue-{node.hue if node.hue in LIGHT.hues else 'other'}"
    change = "" if node.change == "normal" else f" change-{node.change}"
    group = ET.Element("g", {"class": f"node {hue} kind-{node.kind}{change}"})
    ET.SubElement(group, "title").text = plain(node.label)
    colour = LIGHT.hues.get(node.hue, LIGHT.other)
    paint = {
        "fill": colour.fill,
        "stroke": LIGHT.changes.get(node.change, colour.stroke),
        "stroke-width": "1.2" if node.change == "normal" else "2.6",
    }
    if node.change in DASHES:
        paint["stroke-dasharray"] = DASHES[node.change]
    shapes = [ET.Element("path", {"d": _outline(box), **paint})]
    if node.kind == "call":
        bars = "".join(f"M{x:.1f},{box.top:.1f} V{box.bottom:.1f} " for x in (box.left + 7, box.right - 7))
        shapes.append(ET.Element("path", {"d": bars.strip(), **paint, "fill": "none"}))
    slant = 14 if node.kind in ("test", "wait", "call") else 0
    centred = node.kind in ("begin", "end")
    for number, line in enumerate(box.lines):
        x = box.left + box.wide / 2 if centred else box.left + 12 + slant
        at = box.top + 6 + LINE * number + SIZE
        anchor = {"text_anchor": "middle"} if centred else {}
        words = text(x, at, line, SIZE, **anchor)
        found = re.match(r"([+−±] )?\d[\d.]*(?= )", line)
        if number == 0 and not centred and found:
            words.text = None
            ET.SubElement(words, "tspan", {"font-weight": "bold"}).text = found[0]
            words[0].tail = line[found.end() :]
        shapes.append(words)
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


def _rules(theme: Theme) -> Rules:
    return [
        *base_rules(theme),
        (".edge path", f"stroke: {theme.line}"),
        (".edge polygon", f"fill: {theme.line}"),
        *(
            (f".hue-{hue} path", f"fill: {colour.fill}; stroke: {colour.stroke}")
            for hue, colour in sorted({**theme.hues, "other": theme.other}.items())
        ),
        *(
            (f"{where}", body)
            for kind, line in sorted(theme.changes.items())
            for where, body in (
                (f".edge-{kind} path", f"stroke: {line}"),
                (f".edge-{kind} polygon", f"fill: {line}"),
                (f".change-{kind} path", f"stroke: {line}"),
            )
        ),
    ]
