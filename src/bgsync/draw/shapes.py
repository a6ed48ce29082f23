"""What the SVGs of states and of steps share: how boxes and lines are painted, by kind and by theme."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from math import hypot

from bgsync.draw.colours import LIGHT, Theme
from bgsync.draw.diagram import EdgeKind, Node
from bgsync.draw.document import DASHES, Rules, base_rules

Point = tuple[float, float]


def paint(node: Node) -> dict[str, str]:
    """Give the colours of a box, and the pattern of its border."""
    colour = LIGHT.hues.get(node.hue, LIGHT.other)
    dash = {"stroke-dasharray": DASHES[node.change]} if node.change in DASHES else {}
    return {
        "fill": colour.fill,
        "stroke": LIGHT.changes.get(node.change, colour.stroke),
        "stroke-width": "1.2" if node.change == "normal" else "2.6",
        **dash,
    }


def node_class(node: Node) -> str:
    """Give the classes of a box: by its colour, its kind and its change."""
    change = "" if node.change == "normal" else f" change-{node.change}"
    return f"node hue-{node.hue if node.hue in LIGHT.hues else 'other'} kind-{node.kind}{change}"


def line(kind: EdgeKind, path: str, tip: Point | None = None, before: Point = (0, 0)) -> list[ET.Element]:
    """Draw a line along a path, and its head at the tip, seen from the point before it."""
    colour = LIGHT.changes.get(kind, LIGHT.line)
    thick = "2.6" if kind in ("added", "changed", "trace") else "1.2"
    dash = {"stroke-dasharray": DASHES[kind]} if kind in DASHES else {}
    made = [ET.Element("path", {"d": path, "fill": "none", "stroke": colour, "stroke-width": thick, **dash})]
    if tip is not None:
        (x, y), long = tip, hypot(tip[0] - before[0], tip[1] - before[1]) or 1
        dx, dy = (x - before[0]) / long, (y - before[1]) / long
        corners = [tip, (x - 9 * dx - 4 * dy, y - 9 * dy + 4 * dx), (x - 9 * dx + 4 * dy, y - 9 * dy - 4 * dx)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        made.append(ET.Element("polygon", {"points": points, "fill": colour}))
    return made


def graph_rules(theme: Theme) -> Rules:
    """Give the rules of a drawing of boxes and lines."""
    return [
        *base_rules(theme),
        (".edge path", f"stroke: {theme.line}"),
        (".edge polygon", f"fill: {theme.line}"),
        (".start circle", f"fill: {theme.line}"),
        (".chip", f"fill: {theme.panel}"),
        *(
            (f".hue-{hue} path", f"fill: {colour.fill}; stroke: {colour.stroke}")
            for hue, colour in sorted({**theme.hues, "other": theme.other}.items())
        ),
        *(
            rule
            for kind, stroke in sorted(theme.changes.items())
            for rule in (
                (f".edge-{kind} path", f"stroke: {stroke}"),
                (f".edge-{kind} polygon", f"fill: {stroke}"),
                (f".change-{kind} path", f"stroke: {stroke}"),
            )
        ),
    ]
