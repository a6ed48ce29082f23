"""Draw a graph of states as SVG: words stand where their line is interrupted, so that each is on its own arrow.

The words of an arrow are laid out as a box is: lines lead to them and away from them, and around all others. Of the
ways to lay a picture out (to the right or down, with longer or shorter lines) the smallest is taken that is no wider
than a page and in which no line runs through a box. Where there is none, the picture is split into parts below each
other: each has the arrows out of some states. One with states in states is kept whole.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from bgsync.draw.arrows import Arrow, list_of, said, shared
from bgsync.draw.colours import LIGHT
from bgsync.draw.diagram import SIGNS, Diagram, Node, boxes_of, edge_in_words, in_words, innermost, ordered
from bgsync.draw.document import LEGEND_ROW, document, legend, linked, text
from bgsync.draw.flow_svg import flow_svg
from bgsync.draw.layout import Layout, Line, MissingExtraError, Size, laid_out
from bgsync.draw.metrics import width, wrapped
from bgsync.draw.shapes import graph_rules, line, node_class, paint
from bgsync.plain import plain

__all__ = ["PAGE", "MissingExtraError", "to_svg"]

SIZE, NOTE = 13, 11
LINE = 16
PAGE = 830
"""How wide a picture can be shown on a page without being made smaller."""
MARGIN = 12
ROOMS = (210, 165, 125)
"""How wide the lines of an arrow's words are at most, one of these."""
BOX = 250
"""How wide the lines of a state are at most."""
APART = ((14, 22), (8, 18))
"""The space within a rank, and between ranks, one of these."""
MANY = 100
"""A picture of more edges than this is split at once, each state by itself: to try whether it fits takes too long."""
START = "start"
"""The dot before the initial state; no box of the diagram is called so, since theirs are numbers."""

Words = tuple[tuple[str, str], ...]
"""Lines of text, each with its class."""
Told = dict[str, tuple[Words, ...]]
"""What boxes and arrows say; an arrow says something of each of its causes."""


@dataclass(frozen=True)
class Panel:
    """A picture, or a part of one, that is laid out."""

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    heading: str = ""

    def told(self, room: float) -> Told:
        """Give the words of every box and of every arrow that has some, in lines of this width."""
        made: Told = {f"n{n}": (_node_words(node),) for n, node in enumerate(self.nodes)}
        for number, arrow in enumerate(self.arrows):
            if any(map(said, arrow.causes)):
                made[f"l{number}"] = tuple(_cause_words(parts, room) for parts in list_of(arrow))
        return made

    @property
    def boxes(self) -> dict[str, tuple[Node, ...]]:
        """The states in each state that has some, and under "" those that are in none."""
        return boxes_of(self.nodes)

    @property
    def inside(self) -> dict[str, str]:
        """In which box boxes, dots and words are: words of an arrow in the smallest one that its ends are in."""
        names = {node.id: f"n{n}" for n, node in enumerate(self.nodes)}
        around = {node.id: node.inside for node in self.nodes}
        found = {names[node.id]: names[node.inside] for node in self.nodes if node.inside}
        found |= {START + names[name]: names[name] for name in self.boxes if name}

        def outside(name: str) -> list[str]:
            above = [around[name]]
            while above[-1]:
                above.append(around[above[-1]])
            return above[::-1]

        for number, arrow in enumerate(self.arrows):
            lines = [outside(name) for name in (*arrow.sources, *arrow.targets)]
            shared_ones = [each[0] for each in zip(*lines, strict=False) if len(set(each)) == 1]
            if shared_ones[-1]:
                found[f"l{number}"] = names[shared_ones[-1]]
        return found

    def lines(self) -> Iterator[tuple[Line, Arrow | None]]:
        """Give what is to be connected, and the arrow that it is a part of."""
        names = {node.id: f"n{n}" for n, node in enumerate(self.nodes)}
        inner = {names[name]: names[innermost(name, self.boxes)] for name in self.boxes if name}
        for one, arrow in self._lines(names):
            source, target = one.source, one.target
            if source in inner:
                one = replace(one, source=inner[source], tail_box=source)
            if target in inner:
                one = replace(one, target=inner[target], head_box=target)
            yield one, arrow

    def _lines(self, names: dict[str, str]) -> Iterator[tuple[Line, Arrow | None]]:
        entered = {name for arrow in self.arrows for name in arrow.targets}
        for node in self.nodes:
            if node.kind == "initial":
                entered.add(node.id)
                yield Line(START + names.get(node.inside, ""), names[node.id]), None
        for number, arrow in enumerate(self.arrows):
            back = not entered.intersection(arrow.sources)  # it comes from nowhere, and stands last
            if not any(map(said, arrow.causes)):
                yield from (
                    (Line(names[a], names[b], back=back), arrow) for a, b in product(arrow.sources, arrow.targets)
                )
                continue
            yield from ((Line(names[name], f"l{number}", head=False, back=back), arrow) for name in arrow.sources)
            yield from ((Line(f"l{number}", names[name], back=back), arrow) for name in arrow.targets)


@dataclass(frozen=True)
class Placed:
    """A panel with a layout."""

    panel: Panel
    told: Told
    layout: Layout

    @property
    def fits(self) -> bool:
        """Whether it is no wider than a page, and no line runs through a box."""
        lines = [one for one, _ in self.panel.lines()]
        return self.layout.wide <= PAGE - 2 * MARGIN and self.layout.is_clear(lines)


def to_svg(diagram: Diagram) -> str:
    """Give the diagram as a stand-alone SVG document. Raises MissingExtraError without the extra `draw`."""
    if diagram.flow:
        return flow_svg(diagram)
    content, y, wide = list[ET.Element](), float(MARGIN), 0.0
    labels = {node.id: plain(node.label) for node in diagram.nodes}
    for placed in _parts(diagram):
        for words in wrapped(placed.panel.heading, PAGE - 2 * MARGIN, SIZE, True):
            content.append(text(MARGIN, y + SIZE, words, SIZE, font_weight="bold"))
            y += LINE
            wide = max(wide, width(words, SIZE, True))
        y += 10 if placed.panel.heading else 0
        content += _drawn(placed, labels, y)
        y += placed.layout.tall + 2 * MARGIN
        wide = max(wide, placed.layout.wide)
    rows = [(kind, SIGNS[kind] + meaning) for kind, meaning in diagram.legend]
    content += legend(MARGIN, y + 6, rows, SIZE)
    wide = max(wide, *(54 + width(words, SIZE) for _, words in rows), 0) + 2 * MARGIN
    tall = y - MARGIN + (len(rows) * LEGEND_ROW + MARGIN if rows else MARGIN)
    paper = ET.Element("rect", {"class": "background", "width": f"{wide:.2f}", "height": f"{tall:.2f}"})
    return document(diagram.title, in_words(diagram), (0, 0, wide, tall), [paper, *content], graph_rules)


def _parts(diagram: Diagram) -> list[Placed]:
    """Lay a picture out, in parts if it must be: as many states as fit go together, in their order."""
    nested = len(diagram.boxes) > 1
    many = len(diagram.edges) > MANY and not nested
    if not many:
        whole, fits = _placed(Panel(ordered(diagram.nodes), tuple(shared(diagram.edges))))
        if fits or nested or len({edge.source for edge in diagram.edges}) < 2:
            return [whole]
    parts: list[tuple[list[Node], Placed]] = []
    for node in ordered(diagram.nodes):
        if not any(edge.source == node.id for edge in diagram.edges):
            continue
        if parts and not many:
            both = [*parts[-1][0], node]
            placed, fits = _placed(_panel(diagram, both))
            if fits:
                parts[-1] = both, placed
                continue
        parts.append(([node], _placed(_panel(diagram, [node]))[0]))
    made = []
    for number, (nodes, placed) in enumerate(parts, start=1):
        heading = f"Part {number} of {len(parts)}: out of {', '.join(plain(node.label) for node in nodes)}"
        made.append(replace(placed, panel=replace(placed.panel, heading=heading)))
    return made


def _panel(diagram: Diagram, sources: Sequence[Node]) -> Panel:
    """Give the part that has the arrows out of some states."""
    ids = {node.id for node in sources}
    edges = [edge for edge in diagram.edges if edge.source in ids]
    there = ids | {edge.target for edge in edges}
    return Panel(ordered([node for node in diagram.nodes if node.id in there]), tuple(shared(edges)))


def _placed(panel: Panel) -> tuple[Placed, bool]:
    """Lay a panel out in the smallest way that fits, with lines as long as can be; say whether any does."""
    lines = [one for one, _ in panel.lines()]
    start: dict[str, Size] = {one.source: (12, 12) for one in lines if one.source.startswith(START)}
    narrowest: Placed | None = None
    for room in ROOMS:
        told = panel.told(room)
        sizes = start | {name: _size(name, words) for name, words in told.items()}
        ways = product((False, True), APART)
        made = [Placed(panel, told, laid_out(sizes, lines, down, apart, panel.inside)) for down, apart in ways]
        if fitting := [one for one in made if one.fits]:
            return min(fitting, key=lambda one: one.layout.wide * one.layout.tall), True
        narrowest = min((*made, *filter(None, [narrowest])), key=lambda one: one.layout.wide)
    assert narrowest is not None
    return narrowest, False


def _node_words(node: Node) -> Words:
    return tuple((words, "") for words in wrapped(SIGNS[node.change] + node.label, BOX, SIZE)) or (("", ""),)


def _cause_words(parts: tuple[str, str, str], room: float) -> Words:
    """Give the lines of one thing that an arrow stands for."""
    kinds = ("", "guard", "note")
    return tuple(
        (line, kind) for part, kind in zip(parts, kinds, strict=True) for line in wrapped(part, room, _height(kind))
    )


def _height(kind: str) -> float:
    return NOTE if kind == "note" else SIZE


def _size(name: str, told: tuple[Words, ...]) -> Size:
    lines = [line for words in told for line in words]
    beside, above = (32, 18) if name.startswith("n") else (6, 4)
    return max(width(line, _height(kind)) for line, kind in lines) + beside, len(lines) * LINE + above


def _drawn(placed: Placed, labels: dict[str, str], down: float) -> list[ET.Element]:
    """Draw the lines, the boxes, and the words of the lines."""
    layout, panel = placed.layout, placed.panel
    made = []

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return point[0] + MARGIN, point[1] + down

    for (one, arrow), curve, head in zip(panel.lines(), layout.curves, layout.heads, strict=True):
        group = ET.Element("g", {"class": "edge start" if arrow is None else f"edge edge-{arrow.kind}"})
        if arrow is not None:
            ET.SubElement(group, "title").text = "; ".join(edge_in_words(edge, labels) for edge in arrow.edges)
        points = [at(point) for point in curve]
        path = "M{:.2f},{:.2f} C".format(*points[0]) + " ".join(f"{x:.2f},{y:.2f}" for x, y in points[1:])
        group.extend(line(arrow.kind if arrow else "normal", path, at(head) if one.head else None, points[-1]))
        made.append(group)
    for name in (name for name in layout.boxes if name.startswith(START)):
        x, y = at(layout.boxes[name][0])
        group = ET.Element("g", {"class": "node start"})
        ET.SubElement(group, "circle", {"cx": f"{x:.2f}", "cy": f"{y:.2f}", "r": "6", "fill": LIGHT.line})
        made.append(group)
    around: list[tuple[float, ET.Element]] = []
    for number, node in enumerate(panel.nodes):
        place, size = layout.boxes[f"n{number}"]
        outer = f"n{number}" in layout.outer
        box = _box(node, at(place), size, *placed.told[f"n{number}"], outer=outer)
        if outer:
            around.append((size[0] * size[1], box))
        else:
            made.append(box)
    made = [box for _, box in sorted(around, key=lambda each: -each[0])] + made  # the largest ones below
    for number, arrow in enumerate(panel.arrows):
        if f"l{number}" in placed.told:
            place, size = layout.boxes[f"l{number}"]
            (x, y), top = at(place), size[1] / 2 - 2
            made.append(ET.Element("path", {"class": "chip", "d": _rounded(x, y, *size), "fill": LIGHT.panel}))
            for cause, words in zip(arrow.causes, placed.told[f"l{number}"], strict=True):
                group = ET.Element("g", {"class": "edge-label"})
                ET.SubElement(group, "title").text = edge_in_words(cause, labels)
                group.extend(linked(_lines(x, y - top, words), cause.link))
                top -= LINE * len(words)
                made.append(group)
    return made


def _box(node: Node, middle: tuple[float, float], size: Size, words: Words, *, outer: bool = False) -> ET.Element:
    """Draw a state; a final one has a double border, and one with others in it, `outer`, its words at the top."""
    (x, y), (wide, tall) = middle, size
    group = ET.Element("g", {"class": node_class(node)})
    shown = f" ({node.kind})" if node.kind in ("initial", "final") else ""
    ET.SubElement(group, "title").text = plain(node.label) + shown
    borders = (0, 4) if node.kind == "final" else (0,)
    shapes = [ET.Element("path", {"d": _rounded(x, y, wide - 2 * b, tall - 2 * b), **paint(node)}) for b in borders]
    top = 5 if outer else (tall - LINE * len(words)) / 2
    group.extend(linked([*shapes, *_lines(x, y - tall / 2 + top, words)], node.link))
    return group


def _rounded(x: float, y: float, wide: float, tall: float) -> str:
    left, right, top, bottom, r = x - wide / 2, x + wide / 2, y - tall / 2, y + tall / 2, 9
    return (
        f"M{left + r:.2f},{top:.2f} H{right - r:.2f} Q{right:.2f},{top:.2f} {right:.2f},{top + r:.2f} "
        f"V{bottom - r:.2f} Q{right:.2f},{bottom:.2f} {right - r:.2f},{bottom:.2f} H{left + r:.2f} "
        f"Q{left:.2f},{bottom:.2f} {left:.2f},{bottom - r:.2f} V{top + r:.2f} "
        f"Q{left:.2f},{top:.2f} {left + r:.2f},{top:.2f} Z"
    )


def _lines(x: float, top: float, words: Sequence[tuple[str, str]]) -> list[ET.Element]:
    made = []
    for number, (told, kind) in enumerate(words):
        marked = {"class": kind} if kind else {}
        made.append(text(x, top + LINE * number + 12, told, _height(kind), text_anchor="middle", **marked))
    return made
