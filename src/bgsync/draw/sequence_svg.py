"""Draw a sequence diagram as SVG. It needs no layout engine: what happens stands in rows, who does it in columns.

Time runs down. A message is an arrow; a step is a box beside the bar on its lifeline, with its number in the text, its
sentence, and what it changes. Steps of one lifeline that follow each other stand close together, so that an
interleaving is seen as a change of columns. What comes again and again stands in a broken frame.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from bgsync.draw.colours import Hues, Theme, hue_of
from bgsync.draw.document import Rules, base_rules, document, linked, text
from bgsync.draw.metrics import width, wrapped
from bgsync.draw.sequence import Item, Sequence, in_words, item_in_words, shown
from bgsync.plain import plain

SIZE, NOTE, LINE = 12.5, 11.5, 16
PAGE = 830
"""How wide a picture is, where that is enough."""
LEFT, RIGHT, APART = 86, 60, (64, 150)
"""Where the first lifeline stands, what is free beside the last, and how far two are apart, at least and at most."""
BOX = 300
"""How wide the text in a box may be."""
BAR = 9
CLOSE, FAR = 3, 12
"""The gaps between rows on one lifeline, and where the lifeline changes."""


@dataclass
class _Sheet:
    """What is being drawn: where the lifelines stand, how far down it goes, and the elements by layer."""

    lanes: dict[str, float]
    wide: float
    hues: Hues
    y: float = 0
    behind: list[ET.Element] = field(default_factory=list)
    above: list[ET.Element] = field(default_factory=list)
    gaps: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """Where lifelines are interrupted, from top to bottom, so that they run through no words and no boxes."""

    def clear(self, left: float, right: float, top: float, bottom: float) -> None:
        """Interrupt the lifelines where something stands."""
        for name, x in self.lanes.items():
            if left - 3 < x < right + 3:
                self.gaps.setdefault(name, []).append((top, bottom))

    def lifelines(self, top: float, end: float) -> list[ET.Element]:
        """Draw the lifelines, in pieces."""
        made = []
        for name, x in self.lanes.items():
            path, y = "", top
            for begin, after in [*sorted(self.gaps.get(name, ())), (end, end)]:
                path += f"M{x:.1f},{y:.1f} V{begin:.1f} " if begin > y else ""
                y = max(y, after)
            made.append(ET.Element("path", {"class": "lifeline", "d": path.strip()}))
        return made


def sequence_svg(sequence: Sequence) -> str:
    """Give a sequence diagram as a stand-alone SVG document."""
    lanes = sequence.lanes
    least, most = APART
    step = min(most, max(least, (PAGE - LEFT - RIGHT) / max(len(lanes) - 1, 1)))
    sheet = _Sheet(
        {lane.name: LEFT + step * n for n, lane in enumerate(lanes)},
        LEFT + step * (len(lanes) - 1) + RIGHT,
        sequence.hues,
    )
    sheet.wide = max(sheet.wide, PAGE)
    heads = _heads(sheet, sequence, step)
    top, frame, previous = sheet.y, 0.0, ""
    for place, item in enumerate(sequence.items):
        if place == sequence.loop:
            sheet.y += 14
            frame = sheet.y
            sheet.y += 24
            previous = ""
        sheet.y += CLOSE if item.source == previous and item.source == item.target else FAR
        previous = item.target
        (_step if item.source == item.target else _message)(sheet, item)
    sheet.y += 14
    if sequence.loop is not None:
        _loop(sheet, frame or sheet.y, sequence.loop < len(sequence.items))
    end = sheet.y
    _outcome(sheet, sequence)
    paper = ET.Element("rect", {"class": "background", "width": f"{sheet.wide:.1f}", "height": f"{sheet.y:.1f}"})
    lifelines = sheet.lifelines(top - 4, end)
    content = [paper, *_panel(sheet, sequence, step, end), *lifelines, *heads, *sheet.behind, *sheet.above]
    return document(sequence.title, in_words(sequence), (0, 0, sheet.wide, sheet.y), content, _rules)


def _heads(sheet: _Sheet, sequence: Sequence, step: float) -> list[ET.Element]:
    """Draw the names of the lifelines."""
    made, tall = [], 0.0
    for lane in sequence.lanes:
        lines = wrapped("itself" if lane.name == sequence.agent else lane.name, step - 16, SIZE)
        wide = max(min(58, step - 4), *(width(line, SIZE) + 12 for line in lines))
        high = LINE * len(lines) + 10
        x = sheet.lanes[lane.name]
        group = ET.Element("g", {"class": "head"})
        box = {"x": f"{x - wide / 2:.1f}", "y": "30", "width": f"{wide:.1f}", "height": f"{high}", "rx": "4"}
        ET.SubElement(group, "rect", box)
        for number, line in enumerate(lines):
            group.append(text(x, 30 + 5 + LINE * number + SIZE - 0.5, line, SIZE, text_anchor="middle"))
        made.append(group)
        tall = max(tall, high)
    sheet.y = 30 + tall + 4
    return made


def _panel(sheet: _Sheet, sequence: Sequence, step: float, end: float) -> list[ET.Element]:
    """Draw the ground on which the lifelines of the user agent stand, if there are any."""
    inside = [sheet.lanes[lane.name] for lane in sequence.lanes if lane.call or lane.name == sequence.agent]
    if not inside:
        return []
    left, right = min(inside) - step / 2 + 4, max(inside) + step / 2 - 4
    group = ET.Element("g", {"class": "panel"})
    size = {"width": f"{right - left:.1f}", "height": f"{end - 6:.1f}", "rx": "6"}
    ET.SubElement(group, "rect", {"x": f"{left:.1f}", "y": "6", **size})
    group.append(text((left + right) / 2, 22, sequence.agent, SIZE, text_anchor="middle", font_weight="bold"))
    return [group]


def _message(sheet: _Sheet, item: Item) -> None:
    """Draw an arrow from one lifeline to another, with its words above."""
    x1, x2 = sheet.lanes[item.source], sheet.lanes[item.target]
    words = f"{item.where}: {item.text}" if item.where else item.text
    lines = wrapped(words, max(abs(x2 - x1) - 24, 190), SIZE)
    group = ET.Element("g", {"class": "message halo"})
    ET.SubElement(group, "title").text = item_in_words(item)
    _number(sheet, item, sheet.y + SIZE)
    middle, most = (x1 + x2) / 2, max(width(line, SIZE) for line in lines)
    middle = min(max(middle, 50 + most / 2), sheet.wide - 8 - most / 2)
    sheet.clear(middle - most / 2, middle + most / 2, sheet.y, sheet.y + LINE * len(lines) + 2)
    told = [text(middle, sheet.y + LINE * n + SIZE, line, SIZE, text_anchor="middle") for n, line in enumerate(lines)]
    group.extend(linked(told, item.link))
    sheet.y += LINE * len(lines) + 6
    ahead = 1 if x2 > x1 else -1
    group.insert(1, ET.Element("line", {"class": "arrow", **_span(x1, sheet.y, x2 - 8 * ahead, sheet.y)}))
    points = f"{x2:.1f},{sheet.y:.1f} {x2 - 10 * ahead:.1f},{sheet.y - 4:.1f} {x2 - 10 * ahead:.1f},{sheet.y + 4:.1f}"
    group.insert(2, ET.Element("polygon", {"class": "arrow", "points": points}))
    sheet.y += 3
    sheet.above.append(group)


def _step(sheet: _Sheet, item: Item) -> None:
    """Draw a step: a bar on its lifeline, and a box beside it."""
    x = sheet.lanes[item.source]
    words = f"{item.where} {shown(item)}" if item.where else shown(item)
    bold = max(0, width(item.where, SIZE, True) - width(item.where, SIZE))
    lines = wrapped(words, BOX - bold, SIZE)
    changes = [(change, wrapped("{}: {} → {}".format(*change), BOX - 18, NOTE, True)) for change in item.changes]
    told_widths = [width(line, NOTE, True) + 18 for _, told in changes for line in told]
    most = max([*(width(line, SIZE) + bold for line in lines), *told_widths])
    wide, tall = most + 18, LINE * (len(lines) + sum(len(told) for _, told in changes)) + 4 * len(changes) + 8
    right = x + BAR / 2 + 2
    left = right if right + BOX + 18 <= sheet.wide or x - BOX < LEFT else x - BAR / 2 - 2 - wide
    sheet.wide = max(sheet.wide, left + wide + 8)
    sheet.clear(min(left, x), max(left + wide, x), sheet.y, sheet.y + tall)
    kind = "step blamed" if item.blamed else "step fold" if item.folded else "step"
    group = ET.Element("g", {"class": kind})
    ET.SubElement(group, "title").text = item_in_words(item)
    _number(sheet, item, sheet.y + 4 + SIZE)
    bar = {"x": f"{x - BAR / 2:.1f}", "y": f"{sheet.y:.1f}", "width": f"{BAR}", "height": f"{tall:.1f}"}
    ET.SubElement(group, "rect", {"class": "bar", **bar})
    box = {"x": f"{left:.1f}", "y": f"{sheet.y:.1f}", "width": f"{wide:.1f}", "height": f"{tall:.1f}", "rx": "2"}
    told = [ET.Element("rect", {"class": "box", **box})]
    rest = len(plain(item.where).split()) if item.where else 0
    for number, line in enumerate(lines):
        told.append(_line(left + 9, sheet.y + 4 + LINE * number + SIZE - 0.5, line, rest))
        rest = max(0, rest - len(line.split()))
    at = sheet.y + 4 + LINE * len(lines)
    for (_, _, new), words_of in changes:
        told += _change(left + 9, at, words_of, hue_of(new, sheet.hues))
        at += LINE * len(words_of) + 4
    group.extend(linked(told, item.link))
    sheet.y += tall
    sheet.above.append(group)


def _line(x: float, y: float, line: str, bold: int) -> ET.Element:
    """Make a line of text whose first words are bold."""
    words = line.split()
    made = text(x, y, line, SIZE)
    if bold:
        made.text = None
        ET.SubElement(made, "tspan", {"font-weight": "bold"}).text = " ".join(words[:bold])
        made[0].tail = "".join(f" {word}" for word in words[bold:])
    return made


def _change(x: float, y: float, lines: list[str], hue: str) -> list[ET.Element]:
    """Draw what a step changes, with a sample of the colour of the state that it leads to."""
    sample = {"x": f"{x:.1f}", "y": f"{y + 4:.1f}", "width": "11", "height": "11", "rx": "3"}
    return [
        ET.Element("rect", {"class": f"hue-{hue or 'other'}", **sample}),
        *(text(x + 18, y + LINE * n + NOTE + 2.5, line, NOTE, font_weight="bold") for n, line in enumerate(lines)),
    ]


def _number(sheet: _Sheet, item: Item, y: float) -> None:
    if item.number:
        group = ET.Element("g", {"class": "number"})
        group.append(text(34, y, item.numbers, NOTE, text_anchor="end", class_="note"))
        sheet.above.append(group)


def _loop(sheet: _Sheet, top: float, repeats: bool) -> None:
    """Draw the frame around what comes again and again."""
    group = ET.Element("g", {"class": "loop"})
    words = "from here on, again and again:" if repeats else "and nothing more happens"
    if repeats:
        size = {"width": f"{sheet.wide - 12:.1f}", "height": f"{sheet.y - top:.1f}", "rx": "4"}
        ET.SubElement(group, "rect", {"x": "6", "y": f"{top:.1f}", **size})
        sheet.clear(14, 14 + width(words, SIZE, True), top + 4, top + 22)
        group.append(text(14, top + 17, words, SIZE, font_weight="bold"))
    else:
        group.append(text(38, sheet.y + 4, words, SIZE, font_weight="bold"))
    sheet.y += 10
    sheet.behind.append(group)


def _outcome(sheet: _Sheet, sequence: Sequence) -> None:
    """Write below what the run shows."""
    lines = wrapped(f"Broken: {sequence.outcome}", sheet.wide - 48, SIZE + 0.5)
    tall = LINE * len(lines) + 14
    group = ET.Element("g", {"class": "outcome"})
    size = {"width": f"{sheet.wide - 12:.1f}", "height": f"{tall}", "rx": "4"}
    ET.SubElement(group, "rect", {"x": "6", "y": f"{sheet.y:.1f}", **size})
    for number, line in enumerate(lines):
        group.append(text(18, sheet.y + 7 + LINE * number + SIZE - 0.5, line, SIZE + 0.5, font_weight="bold"))
    sheet.y += tall + 8
    sheet.above.append(group)


def _span(x1: float, y1: float, x2: float, y2: float) -> dict[str, str]:
    return {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}


def _rules(theme: Theme) -> Rules:
    line, bad = theme.line, theme.changes["removed"]
    return [
        *base_rules(theme),
        (".panel rect", f"fill: {theme.panel}"),
        (".lifeline", f"fill: none; stroke: {theme.other.stroke}; stroke-width: 1; stroke-dasharray: 2,4"),
        (".head rect", f"fill: {theme.background}; stroke: {line}"),
        (".arrow", f"stroke: {line}; fill: {line}; stroke-width: 1.3"),
        (".bar", f"fill: {line}"),
        (".box", f"fill: {theme.background}; stroke: {line}; stroke-width: 0.8"),
        (".blamed .box", f"stroke: {bad}; stroke-width: 2.6"),
        (".blamed .bar", f"fill: {bad}"),
        (".fold .box", "stroke-dasharray: 3,3"),
        (".fold text", f"fill: {theme.note}"),
        (".loop rect", f"fill: none; stroke: {line}; stroke-dasharray: 7,4"),
        (".outcome rect", f"fill: {theme.background}; stroke: {bad}; stroke-width: 2"),
        *(
            (f".hue-{hue}", f"fill: {colour.fill}; stroke: {colour.stroke}")
            for hue, colour in sorted({**theme.hues, "other": theme.other}.items())
        ),
    ]
