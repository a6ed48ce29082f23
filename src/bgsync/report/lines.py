"""Lines of a report for people: how they are wrapped, the signs of verdicts, and a run told step by step.

In a terminal a long line is wrapped between words, and goes on under its text; no word is ever broken, so that ids and
places can be copied whole at any width. Elsewhere it stays one line, which tools that search can find.
"""

import re

from rich.console import Console
from rich.containers import Lines
from rich.text import Text

from bgsync import telling
from bgsync.judge.facts import Invocation
from bgsync.judge.verdict import Location, Trace, TraceStep
from bgsync.plain import visible
from bgsync.words import Words

SIGNS = {"holds": "✓", "violated": "✗", "conditional": "~", "vacuous": "∅", "inconclusive": "?"}

NARROWEST = 20
"""How many columns a text has at least, however far it is indented."""


def put(console: Console, markup: str, hang: int = 0) -> None:
    """Print one line; what is wrapped of it is indented by `hang` columns."""
    text = Text.from_markup(visible(markup), emoji=False)
    if not console.is_terminal:
        console.print(text, soft_wrap=True)
        return
    for line in text.split("\n", allow_blank=True):
        for number, part in enumerate(_wrapped(line, console.width, hang)):
            part.rstrip()
            console.print(Text(" " * (hang if number else 0)) + part, soft_wrap=True)


def _wrapped(line: Text, width: int, hang: int) -> Lines:
    """Part a line between words; the parts after the first one leave room for the indent."""
    begins, room = [0], width
    for word in re.finditer(r"\S+", line.plain):
        if word.end() - begins[-1] > room and line.plain[begins[-1] : word.start()].strip():
            begins.append(word.start())
            room = max(width - hang, NARROWEST)
    return line.divide(begins[1:])


def at(place: Location | TraceStep) -> str:
    """Name a place of a text, as editors do: a step of a model that is no text has a file and no line."""
    return f"{place.file}:{place.line}" if place.line else place.file


def trace_lines(trace: Trace, words: Words) -> list[str]:
    """Tell a trace in numbered steps."""
    lines: list[str] = []
    previous: tuple[int, Invocation] | None = None
    number = 0
    for place, step in enumerate(trace.steps):
        if place == trace.loop:
            lines.append("     from here on, again and again:")
        if not step.is_told:
            continue
        number += 1
        who = "" if (step.action, step.actor) == previous else str(step.actor)
        previous = (step.action, step.actor)
        where = f"{step.algorithm} {step.step}: " if step.step else ""
        lines.append(f"{number:4} {who:18} {where}{telling.sentence(step, words)}{_changed(step, words)}")
    if trace.loop == len(trace.steps):
        lines.append("     and nothing more happens")
    return lines


def _changed(step: TraceStep, words: Words) -> str:
    return "".join(f"\n{'':24} → {name}: {old} → {new}" for name, old, new in telling.changes(step, words))
