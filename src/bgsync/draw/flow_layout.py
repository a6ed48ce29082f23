"""Where the boxes and arrows of a flow stand: a row for each step, indented as its number is deep.

Nothing is searched for in the large, so the picture is as wide as a page whatever the algorithm:

* A step leads to the row below by a short arrow. An end that only one step leads to stands beside that step.
* Any other arrow runs down (or up, in a loop) on a line of its own, to the left of all rows that it passes. Where it
  can it goes straight from box to box: deeper rows between leave room for it.
* An arrow takes the first line on which neither it nor its label meets another label, and its label no other arrow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, pairwise

from bgsync.draw.diagram import SIGNS, Diagram, Edge, Node, shortened
from bgsync.draw.metrics import width, wrapped

SIZE, NOTE = 13, 11
LONGEST = 240
"""How many characters of a sentence a box shows, twice as many where it tells two; its title has all."""
LINE = 17
PAGE = 830
"""How wide a picture is, unless it must be wider."""
MARGIN, INDENT, EDGE = 44, 34, 14
"""The room for arrows on the left, for a level, and beside the page."""
GAP, LABELLED_GAP = 16, 26
BESIDE = 48
"""The space before an end beside a step, where its arrow has no longer label."""
CHANNEL = 9
"""The distance between two arrows that run side by side."""
TRIES = 60
"""How many lines are tried for an arrow; the last one is taken as it is."""
FURTHER = 8
"""How many lines down its arrow a label may begin."""

Point = tuple[float, float]
Rect = tuple[float, float, float, float]
"""Left, top, right, bottom."""


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
    points: tuple[Point, ...]
    label: Point = (0, 0)


def words_of(edge: Edge) -> str:
    """Give the label of an arrow."""
    return (SIGNS[edge.kind] + edge.label).strip()


def slant(node: Node) -> int:
    """Give the room that the outline of a box takes on each side."""
    return 14 if node.kind in ("test", "wait", "call") else 0


def flow_layout(diagram: Diagram) -> tuple[dict[str, Box], list[Arrow]]:
    """Place the boxes and lead the arrows, with as much room on the left as the arrows need."""
    margin = float(MARGIN)
    while True:
        boxes = _boxes(diagram, margin)
        arrows = _arrows(diagram.edges, boxes)
        xs = [x for arrow in arrows for x, _ in (*arrow.points, *([arrow.label] if words_of(arrow.edge) else []))]
        missing = 8 - min(xs, default=8)
        if missing <= 0 or margin > PAGE / 3:
            return boxes, arrows
        margin += missing


def _boxes(diagram: Diagram, margin: float) -> dict[str, Box]:
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
    deepest = max((node.level for node in diagram.nodes), default=0)
    indent = min(INDENT, (PAGE / 2 - margin) / max(deepest, 1))
    boxes: dict[str, Box] = {}
    top = 16.0
    for row, node in enumerate(rows):
        labelled = any(edge.label for edge in into.get(node.id, []))
        top += 0 if row == 0 else LABELLED_GAP if labelled else GAP
        left = margin + indent * max(node.level, 0)  # a sentence without a number stands like the first ones
        end, before, after = beside.get(node.id), 0.0, 0.0
        if end is not None:
            before = max(BESIDE, width(words_of(into[end.id][0]), NOTE) + 24)
            after = width(end.label, SIZE) + 26
        padding = 24.0 + 2 * slant(node)
        told = shortened(SIGNS[node.change] + node.label, LONGEST * (2 if node.change == "changed" else 1))
        number = told[: told.find(" ", 2)] if node.kind not in ("begin", "end") else ""
        padding += max(0, width(number, SIZE, True) - width(number, SIZE))
        lines = wrapped(told, PAGE - EDGE - before - after - left - padding, SIZE) or [""]
        wide = max(90, *(width(line, SIZE) + padding for line in lines))
        boxes[node.id] = box = Box(node, tuple(lines), left, top, wide, row)
        if end is not None:
            at = box.middle - (LINE + 12) / 2
            boxes[end.id] = Box(end, (end.label,), box.right + before, at, after, row)
        top = box.bottom
    return boxes


@dataclass
class _Taken:
    """Where boxes, arrows and labels are already."""

    boxes: list[Rect]
    segments: list[tuple[Point, Point, str]] = field(default_factory=list)
    """With the target that each leads to: arrows to one box may run together."""
    labels: list[Rect] = field(default_factory=list)

    def has_room_for(self, points: Sequence[Point], target: str) -> bool:
        """Whether an arrow meets no label, and runs beside no other arrow too closely."""
        for (x, y), (x2, y2) in pairwise(points):
            low, high = sorted((y, y2))
            if any(_struck(label, (x, y), (x2, y2)) for label in self.labels):
                return False
            for (other, begin), (_, end), to in self.segments:
                if x == x2 and to != target and begin != end and abs(x - other) < CHANNEL:
                    begin, end = sorted((begin, end))
                    if low < end and begin < high:
                        return False
        return True

    def has_room_for_label(self, label: Rect, points: Sequence[Point]) -> bool:
        """Whether a label meets no box, no arrow and no other label."""
        ways = [*((a, b) for a, b, _ in self.segments), *pairwise(points)]
        return not any(_meets(label, other) for other in (*self.boxes, *self.labels)) and not any(
            _struck(label, a, b) for a, b in ways
        )


def _meets(one: Rect, other: Rect) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _struck(label: Rect, one: Point, other: Point) -> bool:
    """Whether a line, level or upright, runs through a label."""
    (left, right), (top, bottom) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    return _meets(label, (left - 2, top - 1, right + 2, bottom + 1))


def _arrows(edges: Sequence[Edge], boxes: dict[str, Box]) -> list[Arrow]:
    """Lead the edges between the boxes, short ones first, so that long ones run outside of them."""
    in_rows: dict[int, Box] = {}
    for box in boxes.values():
        in_rows.setdefault(box.row, box)
    taken = _Taken([(box.left, box.top, box.right, box.bottom) for box in boxes.values()])
    made = []

    def span(edge: Edge) -> int:
        return abs(boxes[edge.target].row - boxes[edge.source].row)

    for edge in sorted(edges, key=lambda edge: (span(edge), edge)):
        for tried, points in enumerate(_ways(edge, boxes, in_rows)):
            found = Arrow(edge, points, next(_spots(edge, points)))
            if tried == TRIES:
                break
            if taken.has_room_for(points, edge.target):
                if not words_of(edge):
                    break
                free = (at for at in _spots(edge, points) if taken.has_room_for_label(_room(edge, at), points))
                if spot := next(free, None):
                    found = replace(found, label=spot)
                    break
        made.append(found)
        taken.segments += [(a, b, edge.target) for a, b in pairwise(found.points)]
        if words_of(edge):
            taken.labels.append(_room(edge, found.label))
    return made


def _ways(edge: Edge, boxes: dict[str, Box], in_rows: dict[int, Box]) -> Iterator[tuple[Point, ...]]:
    """Give the ways that an edge may take, the best first."""
    source, target = boxes[edge.source], boxes[edge.target]
    if source.row == target.row and source is not target:
        yield ((source.right, target.middle), (target.left, target.middle))
        return
    down = target.row > source.row
    first, last = sorted((source.row, target.row))
    between = [in_rows[row].left for row in range(first + 1, last)]
    inner = max(source.left, target.left)
    if target.row == source.row + 1:
        most = min(source.right, target.right) - 10
        yield from (_corners(source, target, x, down) for at in range(6) if (x := inner + 22 + 60 * at) < most)
    x = inner + 10
    if not down or source is target or not all(x < left - 6 for left in between):
        x = min([inner, *between]) - 12
    yield from (_corners(source, target, x - CHANNEL * at, down) for at in count())


def _corners(source: Box, target: Box, x: float, down: bool) -> tuple[Point, ...]:
    """Give the corners of an arrow that runs up or down at `x`."""
    points: list[Point] = []
    if source.left <= x <= source.right:
        points.append((x, source.bottom if down else source.top))
    else:
        at = source.middle + (0 if source is not target else 6)
        points += [(source.left, at), (x, at)]
    if target.left <= x <= target.right:
        points.append((x, target.top if down else target.bottom))
    else:
        at = target.middle - (4 if source is not target else 6)
        points += [(x, at), (target.left, at)]
    return tuple(points)


def _spots(edge: Edge, points: Sequence[Point]) -> Iterator[Point]:
    """Give where the label of an arrow may begin: near its source, beside the line, and then further on."""
    (x, y), (x2, y2), wide = points[0], points[1], width(words_of(edge), NOTE)
    if y == y2 and x < x2:
        yield (x + (x2 - x - 10 - wide) / 2, y - 5)
        return
    if y == y2:
        x, y, y2 = x2, y, points[2][1]
    down = y2 > y
    for further in range(max(1, min(FURTHER, int(abs(y2 - y) / NOTE) - 1))):
        at = y + 15 + further * NOTE if down else y - 6 - further * NOTE
        yield from ((x + 6, at), (x - 6 - wide, at)) if len(points) == 2 else ((x - 6 - wide, at), (x + 6, at))


def _room(edge: Edge, label: Point) -> Rect:
    x, y = label
    return x, y - 0.75 * NOTE, x + width(words_of(edge), NOTE), y + 0.25 * NOTE
