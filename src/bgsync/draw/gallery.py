"""A gallery: every picture of a spec, generated from it, and the page that shows them.

Those of the built-in models are kept in diagrams/; any text that can be read has one of its own.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from bgsync.contents import DEFAULT, Content
from bgsync.draw.changes import changes
from bgsync.draw.diagram import Diagram
from bgsync.draw.flow import flow_diagram
from bgsync.draw.layout import MissingExtraError
from bgsync.draw.lifecycle import implemented_diagram, lifecycle_diagram, text_lifecycle
from bgsync.draw.links import Link, published, to_text
from bgsync.draw.render import render
from bgsync.draw.sequence import Sequence, sequence_diagram
from bgsync.draw.states import project, states_diagram, states_words
from bgsync.judge.budget import Budget, SpentError
from bgsync.judge.check import Question, check
from bgsync.judge.pace import Far, Progress
from bgsync.judge.property import Property
from bgsync.judge.verdict import Report, Verdict
from bgsync.language import LanguageError, Spec
from bgsync.pauses import pausing
from bgsync.texts import Text
from bgsync.words import Words

ENDINGS = {"mermaid": "mmd", "svg": "svg"}
LIMIT = 100_000
"""How many states of a text are explored for a picture, at most; one that has more says so."""
HEAD = """# Pictures

Generated from {source}, never by hand.
{manual} says how to read them{more}.
{each}
"""
EACH = "Each is here as SVG, which follows light and dark and can be read aloud, and as Mermaid."
SOME = "Each is here as Mermaid, and as SVG where that needs no extra."
MORE = ", and how to draw them from a spec text. A test fails when one is stale"


@dataclass(frozen=True)
class Entry:
    """A picture of the gallery: the name of its files, what it shows in one sentence, and the command that draws it."""

    name: str
    title: str
    sentence: str
    command: str
    picture: Diagram | Sequence


@dataclass(frozen=True)
class Gallery:
    """What the pictures are of: a text judged as a content, or without one the content's own spec.

    Raises ValueError for a content that has none.
    """

    content: Content
    text: Text | None = None
    link: Link | None = None
    """Where steps lead to; by default to the lines of the text, or to where the content's own spec is published."""
    progress: Progress | None = None
    report: Report | None = None
    """What a check has found already; by default runs are looked for."""
    seconds: float | None = None
    """How long what is explored for its pictures may take; None for as long as it takes."""
    late: set[str] = field(default_factory=set)
    """The kinds of pictures that the time was not enough for: filled as they are made."""

    def __post_init__(self) -> None:
        if self.text is None and self.content.spec is None:
            raise ValueError(f"{self.content.name} has no spec of its own to draw: name a text")

    @property
    def spec(self) -> Spec:
        """The spec that is drawn."""
        found = self.text.reading.spec if self.text else self.content.spec
        assert found is not None
        return found

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return self.text.reading.document.file if self.text else self.content.name

    @property
    def words(self) -> Words:
        """The words in which it is told."""
        return self.content.world.words.of(self.spec.type.name, self.spec.type.unique)

    @property
    def _link(self) -> Link:
        addresses = self.content.published
        return self.link or (to_text(addresses) if self.text else published(addresses))

    @property
    def _is_default(self) -> bool:
        """Whether commands are about it where nothing is named."""
        return self.text is None and self.content.name == DEFAULT

    @property
    def _target(self) -> str:
        return "" if self._is_default else f" {shlex.quote(self.name)}"

    def entries(self) -> Iterator[Entry]:
        """Make every picture."""
        yield from self._explored("lifecycle", self.lifecycles)
        yield from self._explored("states", self.states)
        yield from self.algorithms()
        yield from self._explored("trace", self.traces)

    def _explored(self, kind: str, pictures: Callable[[Budget], Iterator[Entry]]) -> list[Entry]:
        """Make pictures for which a spec is explored, each kind in a third of the time."""
        made, budget = list[Entry](), Budget(None if self.seconds is None else self.seconds / 3)
        with pausing(budget.once):
            try:
                for entry in pictures(budget):
                    made.append(entry)  # those before the one that fails are kept
            except LanguageError:
                pass  # what cannot be run has its algorithms alone
            except SpentError:
                pass  # as is said below
        if budget.spent:
            self.late.add(kind)
        return made

    def algorithms(self) -> Iterator[Entry]:
        """Make a picture of every algorithm."""
        taken = set[str]()
        for name, _ in self.spec.bodies():
            what = "The method" if name in self.spec.methods else "What the spec calls"
            yield Entry(
                file_name(f"algorithm-{name}", taken), f"The steps of {name}", f"{what} {name!r}, one box a step.",
                f'algorithm{self._target} --name "{name}"',
                flow_diagram(self.spec, name, self._link, self.content.lifecycle.colours),
            )  # fmt: skip

    def lifecycles(self, _: Budget | None = None) -> Iterator[Entry]:
        """Make the pictures of what is meant and of what runs do: none of a spec that does nothing to its objects."""
        content, lifecycle, words = self.content, self.content.lifecycle, self.words
        if self.text is None:
            if not lifecycle.states:
                return
            of = "" if self._is_default else f" --content {content.name}"
            yield Entry(
                "lifecycle", "The lifecycle as it is meant",
                f"The states of a {lifecycle.name}, and for each transition its trigger, its guard and the step behind "
                "it.", f"lifecycle{of}", lifecycle_diagram(content),
            )  # fmt: skip
            for name, known in content.implemented.items():
                yield Entry(
                    f"lifecycle-{name}", f"The lifecycle as {name.capitalize()} has it",
                    f"What {words.a_noun} goes through there, as it was observed, and as `bgsync fuzz{of} --as {name}` "
                    "expects.",
                    f"lifecycle {name}{of}", implemented_diagram(known),
                )  # fmt: skip
        elif (picture := self._lifecycle("algorithm")).edges:
            yield Entry(
                "lifecycle", "The lifecycle", f"What the algorithms do to {words.a_noun} where nothing races.",
                f"lifecycle{self._target}", picture,
            )  # fmt: skip
        if (picture := self._lifecycle("step")).edges:
            marked = any(edge.kind == "added" for edge in picture.edges)
            meant = (
                f": every thick line is a change that nobody meant, also of {words.noun}s that are gone"
                if marked
                else ""
            )
            yield Entry(
                "lifecycle-races", "The lifecycle as races have it",
                f"What the same algorithms do to {words.a_noun} when their steps interleave{meant}.",
                f"lifecycle{self._target or f' {content.name}'} --granularity step", picture,
            )  # fmt: skip

    def states(self, _: Budget | None = None) -> Iterator[Entry]:
        """Make the picture of the reachable states, if there is more than one."""
        content, noun = self.content, self.words.noun
        graph = project(self.spec, content.world, limit=LIMIT, progress=self._told("algorithm"))
        words = states_words(self.spec, graph, ", every invocation one action")
        picture = states_diagram(graph, *words, hues=content.lifecycle.colours)
        if picture.edges:
            yield Entry(
                "states", "The reachable states",
                f"All states that any run comes to, as far as one {noun} can tell them apart, where nothing races.",
                f"states{self._target}", picture,
            )  # fmt: skip

    def traces(self, budget: Budget | None = None) -> Iterator[Entry]:
        """Make a picture of a run for each property that is broken."""
        hues = self.content.lifecycle.colours
        for prop, verdict in self._broken(budget or Budget()):
            sentence = self.content.world.words.retold(prop.sentence, self.words)
            yield Entry(
                f"trace-{prop.id}", f"How {prop.id} breaks",
                f"A shortest run that breaks a promise ({verdict.kind}): "
                f"{sentence[0].lower()}{sentence[1:]}",
                f"trace{self._target} --property {prop.id}",
                sequence_diagram(verdict, self._link, self.words, hues=hues),
            )  # fmt: skip

    def _lifecycle(self, granularity: str) -> Diagram:
        of, told = self.content, self._told(granularity)
        found = changes(self.spec, of.world, of.lifecycle, granularity, limit=LIMIT, progress=told)
        how = ", step by step" if granularity == "step" else ", every invocation one action"
        return text_lifecycle(of, self.spec, found, self._link, how)

    def _told(self, what: str) -> Callable[[int, int, int], None]:
        told = self.progress
        return lambda states, depth, _: told(Far(what, states, f"depth {depth}")) if told else None

    def _broken(self, budget: Budget) -> Iterator[tuple[Property, Verdict]]:
        """Find a run for each property that is broken; of the content's own spec for those that it names.

        Raises ValueError when one of those is not: it has no place in the gallery any more.
        """
        content = self.content
        named = content.traces if self.text is None else [prop.id for prop in content.properties]
        props = [prop for name in dict.fromkeys(named) if (prop := content.property(name)) is not None]
        question = Question(self.spec, content.world, props, content.name, budget=budget)
        report = self.report or check(question, self.progress)
        broken: dict[str, Verdict] = {}
        for verdict in report.verdicts:
            if verdict.trace is not None and not verdict.needs:
                broken.setdefault(verdict.property.split("/")[0], verdict)
        for name in content.traces if self.text is None else ():
            if name not in broken:
                raise ValueError(f"the gallery shows how {name} breaks, and it holds now: take another into its traces")
        for prop in props:
            if prop.id in broken:
                yield prop, broken[prop.id]

    def files(self, lacking: dict[str, MissingExtraError] | None = None) -> Iterator[tuple[str, str]]:
        """Give the name and the content of every file; the page that shows them is the last one.

        Into `lacking`, where it is given, go those that need an extra which is not installed, and why. Raises
        MissingExtraError otherwise.
        """
        name, more = shlex.quote(self.name), MORE
        if self._is_default:
            source, manual = "the built-in model by `bgsync draw --all`", "[docs/diagrams.md](../docs/diagrams.md)"
        elif self.text is None:
            source = f"the built-in model `{name}` by `bgsync draw --all {name} -o diagrams/{name}`"
            manual = "[docs/diagrams.md](../../docs/diagrams.md)"
        else:
            source, manual, more = f"{name} by `bgsync draw --all {name} -o DIR`", "`bgsync draw KIND --help`", ""
        yield from files(self.entries(), HEAD.format(source=source, manual=manual, more=more, each=EACH), lacking)


def files(
    entries: Iterable[Entry], page: str, lacking: dict[str, MissingExtraError] | None = None
) -> Iterator[tuple[str, str]]:
    """Give the name and the content of every file of some pictures; `page` is the head of the page that shows them."""
    for entry in entries:
        made = dict[str, str]()
        for form, ending in ENDINGS.items():
            name = f"{entry.name}.{ending}"
            try:
                made[form] = render(entry.picture, form).decode()
            except MissingExtraError as error:
                if lacking is None:
                    raise
                lacking[name] = error
            else:
                yield name, made[form]
        shown = f"![{entry.title}]({entry.name}.svg)" if "svg" in made else f"```mermaid\n{made['mermaid']}```"
        svg = f"[SVG]({entry.name}.svg) · " if "svg" in made else ""
        page += (
            f"\n## {entry.title}\n\n{entry.sentence}\n\n{shown}\n\n"
            f"{svg}[Mermaid]({entry.name}.mmd) · `bgsync draw {entry.command}`\n"
        )
    yield "README.md", page.replace(EACH, SOME, 1) if lacking else page


def file_name(name: str, taken: set[str]) -> str:
    """Make a name of a file that no other picture has."""
    base = found = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    number = 1
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    taken.add(found)
    return found
