"""What every SVG of ours has: title and description for screen readers, a style for light and for dark, real text."""

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Sequence

from bgsync.draw.colours import DARK, LIGHT, THEMES, Theme
from bgsync.draw.diagram import EdgeKind
from bgsync.plain import plain

NAMESPACE = "http://www.w3.org/2000/svg"
FONTS = "Arial, Helvetica, sans-serif"
SCHEMES = ("http:", "https:")
DASHES: dict[EdgeKind, str] = {"removed": "6,4", "changed": "2,4", "apart": "5,3"}
"""The patterns of lines; every other kind is drawn through."""

Rules = Sequence[tuple[str, str]]
"""Selectors inside of a drawing, each with its declarations."""


def document(
    title: str,
    description: str,
    box: tuple[float, float, float, float],
    content: Iterable[ET.Element],
    style: Callable[[Theme], Rules],
) -> str:
    """Write a stand-alone SVG; `box` is its view box, and `style` gives the rules of a theme."""
    title, description = plain(title), plain(description)
    key = "d" + hashlib.sha256(f"{title}\n{description}".encode()).hexdigest()[:10]
    root = ET.Element(
        "svg",
        {
            "xmlns": NAMESPACE,
            "class": "bgsync-diagram",
            "role": "img",
            "aria-labelledby": f"{key}-title",
            "aria-describedby": f"{key}-desc",
            "width": f"{box[2]:.0f}",
            "height": f"{box[3]:.0f}",
            "viewBox": " ".join(f"{number:.2f}" for number in box),
            "font-family": FONTS,
        },
    )
    ET.SubElement(root, "title", {"id": f"{key}-title"}).text = title
    ET.SubElement(root, "desc", {"id": f"{key}-desc"}).text = description
    ET.SubElement(root, "style").text = (
        f"\n.bgsync-diagram {{ max-width: 100%; height: auto }}\n{_rules(style(LIGHT))}\n"
        f"{DARK_BEGINS}{_rules(style(DARK))}{DARK_ENDS}\n"
    )
    root.extend(content)
    for element in root.iter():
        if element.tag not in ("title", "desc", "style", "text", "tspan"):
            element.text = "\n" if len(element) else None
        if element.tag != "tspan":
            element.tail = "\n" if element is not root else None
    return ET.tostring(root, encoding="unicode") + "\n"


DARK_BEGINS, DARK_ENDS = "@media (prefers-color-scheme: dark) {\n", "\n}"


def in_theme(svg: str, theme: str) -> str:
    """Give an SVG of ours in one theme, whatever the reader prefers. Raises KeyError for one that is not there."""
    before, _, rest = svg.partition(DARK_BEGINS)
    dark, _, after = rest.partition(DARK_ENDS)
    return before + (dark if THEMES[theme] is DARK else "") + after


def _rules(rules: Rules) -> str:
    """Write rules; each names our class, so that none leaks into a page around."""
    return "\n".join(f".bgsync-diagram {selector} {{ {body} }}" for selector, body in rules)


def base_rules(theme: Theme) -> Rules:
    """Give the rules that all drawings share."""
    halo = f"stroke: {theme.background}; stroke-width: 3px; stroke-linejoin: round; paint-order: stroke"
    return [
        (".background", f"fill: {theme.background}"),
        ("text", f"fill: {theme.text}"),
        (".halo text", halo),
        (".note", f"fill: {theme.note}"),
        (".guard", f"fill: {theme.text}; font-style: italic"),
        ("a:hover text", "text-decoration: underline"),
        *((f".legend-{kind}", f"stroke: {colour}") for kind, colour in sorted(theme.changes.items())),
        (".legend-apart", f"stroke: {theme.line}"),
    ]


def linked(children: list[ET.Element], link: str) -> list[ET.Element]:
    """Make elements a link, if there is one and it is an address, relative or of the web; nothing else is followed."""
    head = link.split("/")[0]
    if not link or (":" in head and head.lower() not in SCHEMES):
        return children
    anchor = ET.Element("a", {"href": plain(link)})
    anchor.extend(children)
    return [anchor]


def text(x: float, y: float, words: str, size: float, **attributes: str) -> ET.Element:
    """Make a line of text."""
    names = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    element = ET.Element("text", {"x": f"{x:.2f}", "y": f"{y:.2f}", "font-size": f"{size:g}", **names})
    element.text = plain(words)
    return element


def legend(x: float, y: float, rows: Sequence[tuple[EdgeKind, str]], size: float) -> list[ET.Element]:
    """Make a legend of the kinds of lines, a row each."""
    made = []
    for number, (kind, words) in enumerate(rows):
        at = y + number * LEGEND_ROW
        group = ET.Element("g", {"class": "legend"})
        line = {"x1": f"{x:.2f}", "x2": f"{x + 44:.2f}", "y1": f"{at - 4:.2f}", "y2": f"{at - 4:.2f}"}
        dash = {"stroke-dasharray": DASHES[kind]} if kind in DASHES else {}
        width = "1.4" if kind == "apart" else "2.6"
        ET.SubElement(group, "line", {**line, "class": f"legend-{kind}", "stroke-width": width, **dash})
        group.append(text(x + 54, at, words, size))
        made.append(group)
    return made


LEGEND_ROW = 22
