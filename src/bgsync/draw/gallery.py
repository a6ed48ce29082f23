"""The pictures of the built-in model that are kept in diagrams/, generated from it, and the page that shows them."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bgsync.content import load_content
from bgsync.draw.changes import changes
from bgsync.draw.diagram import Diagram
from bgsync.draw.flow import flow_diagram
from bgsync.draw.lifecycle import lifecycle_diagram, text_lifecycle
from bgsync.draw.links import published
from bgsync.draw.render import render
from bgsync.draw.sequence import Sequence, sequence_diagram
from bgsync.draw.states import project, states_diagram, states_words
from bgsync.judge.check import Question, check

ENDINGS = {"mermaid": "mmd", "svg": "svg"}
TRACES = ("resolved-then-fires", "unique-tag", "retry-delay")
"""The properties whose counterexamples are shown: two races, and one that needs none."""

HEAD = """# Pictures

Generated from the built-in model by `bgsync draw --all`, never by hand; [docs/diagrams.md](../docs/diagrams.md) says
how to read them, and how to draw them from a spec text. A test fails when one is stale. Each is here as SVG, which
follows light and dark and can be read aloud, and as Mermaid.
"""


@dataclass(frozen=True)
class Entry:
    """A picture of the gallery: the name of its files, what it shows in one sentence, and the command that draws it."""

    name: str
    title: str
    sentence: str
    command: str
    picture: Diagram | Sequence


def entries() -> Iterator[Entry]:
    """Make every picture."""
    load_content()
    surroundings = importlib.import_module("model.environment").SURROUNDINGS
    spec = importlib.import_module("model.one_off").SPEC
    yield Entry(
        "lifecycle", "The lifecycle as it is meant",
        "The states of a sync registration, and for each transition its trigger, its guard and the step behind it.",
        "lifecycle", lifecycle_diagram(),
    )  # fmt: skip
    found = changes(spec, surroundings, "step")
    yield Entry(
        "lifecycle-races", "The lifecycle as races have it",
        "What the same algorithms do to a registration when their steps interleave: every thick line is a change that "
        "nobody meant, also of registrations that are gone.",
        "lifecycle one-off --granularity step", text_lifecycle(spec, found, published, ", step by step"),
    )  # fmt: skip
    graph = project(spec, surroundings)
    yield Entry(
        "states", "The reachable states",
        "All states that any run comes to, as far as one registration can tell them apart, where nothing races.",
        "states", states_diagram(graph, *states_words(spec, graph, ", every invocation one action")),
    )  # fmt: skip
    for name, _ in spec.bodies():
        yield Entry(
            f"algorithm-{re.sub(r'[^a-z]+', '-', name.lower())}", f"The steps of {name}",
            f"{'The method' if name in spec.methods else 'What the spec calls'} {name!r}, one box a step.",
            f'algorithm --name "{name}"', flow_diagram(spec, name, published),
        )  # fmt: skip
    for name in TRACES:
        prop, verdict, words = _counterexample(spec, surroundings, name)
        yield Entry(
            f"trace-{name}", f"How {name} breaks",
            f"A shortest run that breaks a promise ({verdict.kind}): {prop.sentence[0].lower()}{prop.sentence[1:]}",
            f"trace --property {name}", sequence_diagram(verdict, published, words),
        )  # fmt: skip


def _counterexample(spec: Any, surroundings: Any, name: str) -> tuple[Any, Any, Any]:
    """Find how a property breaks. Raises ValueError when it does not: it has no place in the gallery any more."""
    prop = next(prop for prop in importlib.import_module("properties").PROPERTIES if prop.id == name)
    report = check(Question(spec, surroundings, [prop], "one-off"))
    broken = [verdict for verdict in report.verdicts if verdict.trace is not None and not verdict.needs]
    if not broken:
        raise ValueError(f"the gallery shows how {name} breaks, and it holds now: take another into TRACES")
    return prop, broken[0], report.words


def files() -> Iterator[tuple[str, str]]:
    """Give the name and the content of every file of the gallery; the page that shows them is the last one."""
    page = HEAD
    for entry in entries():
        for form, ending in ENDINGS.items():
            yield f"{entry.name}.{ending}", render(entry.picture, form).decode()
        page += (
            f"\n## {entry.title}\n\n{entry.sentence}\n\n![{entry.title}]({entry.name}.svg)\n\n"
            f"[SVG]({entry.name}.svg) · [Mermaid]({entry.name}.mmd) · `bgsync draw {entry.command}`\n"
        )
    yield "README.md", page
