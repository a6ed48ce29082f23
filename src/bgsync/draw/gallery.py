"""The pictures of the built-in model that are kept in diagrams/, generated from it, and the page that shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bgsync.contents import Content
from bgsync.draw.changes import changes
from bgsync.draw.diagram import Diagram
from bgsync.draw.flow import flow_diagram
from bgsync.draw.lifecycle import implemented_diagram, lifecycle_diagram, text_lifecycle
from bgsync.draw.links import published
from bgsync.draw.render import render
from bgsync.draw.sequence import Sequence, sequence_diagram
from bgsync.draw.states import project, states_diagram, states_words
from bgsync.judge.check import Question, check
from bgsync.judge.property import Property
from bgsync.judge.verdict import Verdict
from bgsync.language import Spec

ENDINGS = {"mermaid": "mmd", "svg": "svg"}
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


def entries(content: Content) -> Iterator[Entry]:
    """Make every picture of a content that has a spec of its own. Raises ValueError for one that has none."""
    spec, lifecycle, link = content.spec, content.lifecycle, published(content.published)
    if spec is None:
        raise ValueError(f"{content.name} has no spec of its own to draw")
    noun, hues = content.world.words.noun, lifecycle.colours
    if lifecycle.states:
        yield Entry(
            "lifecycle", "The lifecycle as it is meant",
            f"The states of a {lifecycle.name}, and for each transition its trigger, its guard and the step behind it.",
            "lifecycle", lifecycle_diagram(content),
        )  # fmt: skip
        for name, known in content.implemented.items():
            yield Entry(
                f"lifecycle-{name}", f"The lifecycle as {name.capitalize()} has it",
                f"What a {noun} goes through there, as it was observed, and as `bgsync fuzz --as {name}` expects it.",
                f"lifecycle {name}", implemented_diagram(known),
            )  # fmt: skip
        found = changes(spec, content.world, lifecycle, "step")
        yield Entry(
            "lifecycle-races", "The lifecycle as races have it",
            f"What the same algorithms do to a {noun} when their steps interleave: every thick line is a change that "
            f"nobody meant, also of {noun}s that are gone.",
            f"lifecycle {content.name} --granularity step",
            text_lifecycle(content, spec, found, link, ", step by step"),
        )  # fmt: skip
    graph = project(spec, content.world)
    yield Entry(
        "states", "The reachable states",
        f"All states that any run comes to, as far as one {noun} can tell them apart, where nothing races.",
        "states", states_diagram(graph, *states_words(spec, graph, ", every invocation one action"), hues=hues),
    )  # fmt: skip
    for name, _ in spec.bodies():
        yield Entry(
            f"algorithm-{re.sub(r'[^a-z]+', '-', name.lower())}", f"The steps of {name}",
            f"{'The method' if name in spec.methods else 'What the spec calls'} {name!r}, one box a step.",
            f'algorithm --name "{name}"', flow_diagram(spec, name, link, hues),
        )  # fmt: skip
    for name in content.traces:
        prop, verdict = _counterexample(content, spec, name)
        yield Entry(
            f"trace-{name}", f"How {name} breaks",
            f"A shortest run that breaks a promise ({verdict.kind}): {prop.sentence[0].lower()}{prop.sentence[1:]}",
            f"trace --property {name}", sequence_diagram(verdict, link, content.world.words, hues=hues),
        )  # fmt: skip


def _counterexample(content: Content, spec: Spec, name: str) -> tuple[Property, Verdict]:
    """Find how a property breaks. Raises ValueError when it does not: it has no place in the gallery any more."""
    prop = content.property(name)
    report = check(Question(spec, content.world, [] if prop is None else [prop], content.name))
    broken = [verdict for verdict in report.verdicts if verdict.trace is not None and not verdict.needs]
    if prop is None or not broken:
        raise ValueError(f"the gallery shows how {name} breaks, and it holds now: take another into its traces")
    return prop, broken[0]


def files(content: Content) -> Iterator[tuple[str, str]]:
    """Give the name and the content of every file of the gallery; the page that shows them is the last one."""
    page = HEAD
    for entry in entries(content):
        for form, ending in ENDINGS.items():
            yield f"{entry.name}.{ending}", render(entry.picture, form).decode()
        page += (
            f"\n## {entry.title}\n\n{entry.sentence}\n\n![{entry.title}]({entry.name}.svg)\n\n"
            f"[SVG]({entry.name}.svg) · [Mermaid]({entry.name}.mmd) · `bgsync draw {entry.command}`\n"
        )
    yield "README.md", page
