"""Measure an SVG of ours: which words cover other words, a box or a line that is not their own.

It reads the written file and knows nothing of how it was laid out. Words are as wide as the fonts' own tables say.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from bgsync.draw.metrics import width

SVG = "{http://www.w3.org/2000/svg}"
LABELS, BOXES = {"edge-label", "message", "legend", "number"}, {"node", "step", "head", "fold", "outcome"}
Point = tuple[float, float]


@dataclass(frozen=True)
class Rect:
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Rect") -> bool:
        """Whether they share more than an edge."""
        across = min(self.right, other.right) - max(self.left, other.left)
        return across > 0.5 and min(self.bottom, other.bottom) - max(self.top, other.top) > 0.5

    def is_struck(self, points: list[Point]) -> bool:
        """Whether one of these points is well inside."""
        left, top, right, bottom = self.left + 0.5, self.top + 0.5, self.right - 0.5, self.bottom - 0.5
        return any(left < x < right and top < y < bottom for x, y in points)


@dataclass
class Group:
    """What belongs together: a label, a box with its words, or a line."""

    title: str
    kind: str
    words: list[tuple[str, Rect]] = field(default_factory=list)
    shapes: list[Rect] = field(default_factory=list)
    lines: list[list[Point]] = field(default_factory=list)


def overlaps(svg: str) -> list[str]:
    """Tell everything that covers what it should not."""
    groups = list(_groups(ET.fromstring(svg)))
    labels = [group for group in groups if group.kind in LABELS and group.words]
    boxes = [group for group in groups if group.kind in BOXES]
    lines = [group for group in groups if group.lines]
    told = []
    for one, other in combinations(labels, 2):
        told += [f"words {a!r} cover words {b!r}" for a, x in one.words for b, y in other.words if x.meets(y)]
    for label in labels:
        for text, place in label.words:
            for box in boxes:
                told += [f"words {text!r} cover box {box.title!r}" for shape in box.shapes if shape.meets(place)]
            for line in lines:
                own = "its own" if label.title in line.title or line is label else f"the line {line.title!r}"
                struck = any(map(place.is_struck, line.lines))
                told += [f"words {text!r} are struck by {own}"] if struck else []
    for box in boxes:
        for line in lines:
            inside = any(shape.is_struck(points) for shape in box.shapes for points in line.lines)
            told += [f"line {line.title!r} runs through box {box.title!r}"] if inside else []
        for text, place in box.words:
            room = box.shapes[0] if box.shapes else place
            if place.left < room.left or place.right > room.right or place.bottom > room.bottom:
                told.append(f"words {text!r} leave their box")
    for one, other in combinations(boxes, 2):
        if any(x.meets(y) for x in one.shapes[:1] for y in other.shapes[:1]):
            told.append(f"box {one.title!r} covers box {other.title!r}")
    return told


def smallest(svg: str, shown: float) -> float:
    """Give the size of the smallest words where the picture is shown this wide, if it is wider."""
    root = ET.fromstring(svg)
    scale = min(1, shown / float(root.get("width", "0")))
    return scale * min((float(text.get("font-size", "0")) for text in root.iter(f"{SVG}text")), default=shown)


def _groups(root: ET.Element) -> Iterator[Group]:
    def within(element: ET.Element, dx: float, dy: float) -> Iterator[Group]:
        moved = re.search(r"translate\((-?[\d.]+)[ ,](-?[\d.]+)\)", element.get("transform", ""))
        dx, dy = (dx + float(moved[1]), dy + float(moved[2])) if moved else (dx, dy)
        kinds = {*element.get("class", "").split()} & {*LABELS, *BOXES, "edge", "lifeline"}
        if kinds:
            yield _group(element, min(kinds), dx, dy)
        else:
            for child in element:
                yield from within(child, dx, dy)

    return within(root, 0, 0)


def _group(element: ET.Element, kind: str, dx: float, dy: float) -> Group:
    group = Group(element.findtext(f"{SVG}title") or "", kind)
    for part in element.iter():
        tag = part.tag.removeprefix(SVG)
        if tag == "text":
            group.words.append(("".join(part.itertext()), _words(part, dx, dy)))
        elif tag == "rect" and part.get("class") not in ("bar", None):
            x, y, wide, tall = (float(part.get(name, "0")) for name in ("x", "y", "width", "height"))
            group.shapes.append(Rect(x + dx, y + dy, x + wide + dx, y + tall + dy))
        elif tag == "line":
            x1, y1, x2, y2 = (float(part.get(name, "0")) for name in ("x1", "y1", "x2", "y2"))
            group.lines.append([*_straight((x1 + dx, y1 + dy), (x2 + dx, y2 + dy))])
        elif tag == "path" or (tag == "polygon" and kind == "node"):
            points = [(x + dx, y + dy) for x, y in _points(part.get("d") or "M" + part.get("points", ""))]
            if kind in ("edge", "lifeline"):
                group.lines.append(points)
            else:
                xs, ys = zip(*points, strict=True)
                group.shapes.append(Rect(min(xs), min(ys), max(xs), max(ys)))
    return group


def _words(text: ET.Element, dx: float, dy: float) -> Rect:
    """Give the room that a line of text takes: from the height of a capital to the depth of a g."""
    x, y, size = (float(text.get(name, "0")) for name in ("x", "y", "font-size"))
    bold = text.get("font-weight") == "bold"
    wide = width(text.text or "", size, bold)
    for span in text:
        wide += width(span.text or "", size, span.get("font-weight") == "bold") + width(span.tail or "", size)
    left = x + dx - {"middle": wide / 2, "end": wide}.get(text.get("text-anchor", ""), 0)
    return Rect(left, y + dy - 0.73 * size, left + wide, y + dy + 0.22 * size)


def _points(path: str) -> list[Point]:
    """Give points close together along a path of lines and curves."""
    made: list[Point] = []
    for command, numbers in re.findall(r"([MLCHVAQ])([^MLCHVAQZ]*)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        x, y = made[-1] if made else (0, 0)
        if command == "C":
            for at in range(0, len(values), 6):
                curve = [made[-1], *zip(values[at : at + 6 : 2], values[at + 1 : at + 6 : 2], strict=True)]
                made += [_bezier(curve, step / 40) for step in range(1, 41)]
            continue
        if command == "A":  # half a circle, to the right on its way down
            made.append((x + (values[0] if values[6] > y else -values[0]), (y + values[6]) / 2))
            values = values[5:]
        ends = [(v, y) for v in values] if command == "H" else [(x, v) for v in values] if command == "V" else []
        for end in ends or zip(values[::2], values[1::2], strict=True):
            made += _straight(made[-1], end) if made and command != "M" else [end]
    return made


def _bezier(curve: list[Point], t: float) -> Point:
    while len(curve) > 1:
        curve = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in pairwise(curve)]
    return curve[0]


def _straight(one: Point, other: Point) -> list[Point]:
    steps = max(1, int(max(abs(other[0] - one[0]), abs(other[1] - one[1]))))
    return [
        (one[0] + (other[0] - one[0]) * n / steps, one[1] + (other[1] - one[1]) * n / steps) for n in range(steps + 1)
    ]
