"""The run of a finding as a sequence picture: who asks for what, and which events begin."""

from __future__ import annotations

from html import escape

from bgsync.fuzz.finding import Finding
from bgsync.observing import Observing

WIDTH, ROW, TOP = 900, 30, 60
PLACE = {"page": 150, "implementation": 450, "handler": 750}


def sequence(finding: Finding, observing: Observing) -> str:
    """Draw it as SVG: calls come from the page, moves of the surroundings are notes, events go to the handler."""
    rows = list[str]()
    y = TOP
    for place, one in enumerate(finding.taken[1:], 1):
        bad = place == len(finding.taken) - 1
        text = observing.way(one.operation).text
        name, css = str(one.operation), ' class="bad"' if bad else ""
        source = "handler" if text[0] == "settle" or text[2:] else "page" if text[0] == "call" else ""
        y += ROW
        rows.append(_arrow(source, "implementation", name, y) if source else _note(name, y))
        said = [(one.seen.result, source)] if one.seen.result else []
        for answer, to in said:
            y += ROW
            rows.append(_arrow("implementation", to, answer, y, dashed=True))
        for event in one.seen.events:
            y += ROW
            rows.append(_arrow("implementation", "handler", str(event), y))
        for message in one.seen.got:
            y += ROW
            rows.append(_arrow("implementation", "handler", f"sent: {message}", y))
        if bad:
            y += ROW
            what = finding.raised or "not allowed: " + str(one.seen)
            rows.append(f'<text x="{WIDTH / 2}" y="{y}" text-anchor="middle"{css}>{escape(what)}</text>')
    height = y + ROW
    heads = "".join(
        f'<text x="{x}" y="25" text-anchor="middle" font-weight="600">{name}</text>'
        f'<line x1="{x}" x2="{x}" y1="40" y2="{height}" stroke="currentColor" stroke-opacity=".3"/>'
        for name, x in PLACE.items()
    )
    label = escape(", ".join(map(str, finding.operations)))
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">{heads}{"".join(rows)}</svg>'


def _arrow(source: str, to: str, text: str, y: int, *, dashed: bool = False) -> str:
    start, end = PLACE[source], PLACE[to]
    tip = end - 8 if end > start else end + 8
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    head = f'<path d="M{end},{y} L{tip},{y - 4} L{tip},{y + 4} Z" fill="currentColor"/>'
    line = f'<line x1="{start}" x2="{tip}" y1="{y}" y2="{y}" stroke="currentColor"{dash}/>'
    return f'{line}{head}<text x="{(start + end) / 2}" y="{y - 6}" text-anchor="middle">{escape(text)}</text>'


def _note(text: str, y: int) -> str:
    x = PLACE["implementation"]
    box = f'<rect x="{x - 110}" y="{y - 18}" width="220" height="24" rx="4" fill="none" stroke="currentColor"/>'
    return f'{box}<text x="{x}" y="{y - 1}" text-anchor="middle">{escape(text)}</text>'
