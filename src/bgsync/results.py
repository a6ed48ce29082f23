"""What the Python interface gives: a report, a run, a comparison and a picture, each of which shows itself.

They wrap the data of the rooms behind them, which are attributes: nothing is hidden, and nothing is computed twice.
`repr` says in a line what it is; a notebook shows it as HTML, in which everything from outside is escaped.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bgsync.compare.behaviour import Comparison
from bgsync.compare.properties import Changes
from bgsync.compare.steps import AlgorithmChange
from bgsync.draw.diagram import Diagram, in_words
from bgsync.draw.formats import form_of
from bgsync.draw.links import to_lines
from bgsync.draw.render import render
from bgsync.draw.sequence import Sequence, sequence_diagram
from bgsync.errors import BgsyncError
from bgsync.files import write as write_file
from bgsync.judge.verdict import Report, Trace, TraceStep, Verdict
from bgsync.plain import flat, visible
from bgsync.report import write
from bgsync.report.lines import SIGNS, trace_lines
from bgsync.targets import Target
from bgsync.words import Words


def _html(text: str) -> str:
    """Write text for a notebook, in which nothing of it is markup, and every character is seen."""
    return html.escape(visible(text))


class ResultError(BgsyncError, LookupError):
    """Something that a result does not have: the message says what it has."""


@dataclass(frozen=True, repr=False)
class Picture:
    """A picture, not yet written in any form."""

    drawn: Diagram | Sequence

    def to(self, form: str) -> bytes:
        """Write it as svg, png, mermaid, dot or plantuml. Raises ValueError and MissingExtraError."""
        return render(self.drawn, form)

    def save(self, path: str | Path) -> None:
        """Write it into a file, in the form that its ending says.

        Raises ValueError, MissingExtraError and FileError, which is an OSError.
        """
        write_file(path, self.to(form_of(str(path))))

    def __repr__(self) -> str:
        return f"<Picture {self.drawn.title!r}>"

    def __str__(self) -> str:
        """Tell all of it in words."""
        from bgsync.draw.sequence import in_words as told

        return in_words(self.drawn) if isinstance(self.drawn, Diagram) else told(self.drawn)

    def _repr_svg_(self) -> str:
        return self.to("svg").decode()


@dataclass(frozen=True, repr=False)
class Run:
    """A run that breaks a property, in the steps of the spec."""

    verdict: Verdict
    trace: Trace
    words: Words

    @property
    def steps(self) -> tuple[TraceStep, ...]:
        """The steps: each with who takes it, its place in the text, and its changes, a class a kind."""
        return self.trace.steps

    def draw(self) -> Picture:
        """Draw it as a sequence diagram."""
        return Picture(sequence_diagram(self.verdict, to_lines, self.words))

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[TraceStep]:
        return iter(self.steps)

    def __repr__(self) -> str:
        loop = "" if self.trace.loop is None else f", from step {self.trace.loop + 1} on again and again"
        return f"<Run that breaks {self.verdict.property}: {len(self)} steps{loop}>"

    def __str__(self) -> str:
        """Tell it in numbered steps, as the command line does."""
        return visible("\n".join(trace_lines(self.trace, self.words)))

    def _repr_html_(self) -> str:
        return f"<pre>{_html(str(self))}</pre>"


@dataclass(frozen=True, repr=False)
class Checked:
    """The answer to a check: the report, and what it is about."""

    report: Report
    target: Target

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts: those of the base environment first, then what adversities break."""
        return self.report.verdicts

    @property
    def violated(self) -> tuple[Verdict, ...]:
        """What is broken in the base environment."""
        return tuple(v for v in self.verdicts if v.verdict == "violated" and not v.needs)

    @property
    def exit_status(self) -> int:
        """0 nothing wrong, 1 something violated, 3 inconclusive, as the command line ends."""
        return self.report.exit_status

    def __getitem__(self, property_id: str) -> Verdict:
        """Give the verdict on a property, in the base environment if there is one. Raises ResultError."""
        found = [v for v in self.verdicts if v.property == property_id]
        if not found:
            known = ", ".join(dict.fromkeys(v.property for v in self.verdicts))
            raise ResultError(f"no verdict on {property_id!r}: one of {known}")
        return min(found, key=lambda verdict: len(verdict.needs))

    def run(self, property_id: str) -> Run:
        """Give the shortest run that breaks a property. Raises ResultError where there is none."""
        found = [v for v in self.verdicts if v.property == property_id and v.trace is not None]
        if not found:
            raise ResultError(f"no run breaks {property_id}: it is {self[property_id].verdict}")
        verdict = min(found, key=lambda verdict: len(verdict.needs))
        assert verdict.trace is not None
        return Run(verdict, verdict.trace, self.report.words)

    def to(self, form: str) -> str:
        """Write the report as json, sarif, junit, github, markdown or itf. Raises KeyError, NotOneTraceError."""
        return write(form, self.report)

    def __repr__(self) -> str:
        counts = Counter(v.verdict for v in self.verdicts if not v.needs)
        told = ", ".join(f"{many} {verdict}" for verdict, many in sorted(counts.items()))
        return f"<Checked {flat(self.report.model)} as {self.report.content}: {told}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{SIGNS[v.verdict]}</td><td><code>{_html(v.property)}</code></td><td>{v.verdict}</td>"
            f"<td>{_html(v.kind or '')}</td><td>{_html(', '.join(v.needs))}</td><td>{_html(v.message)}</td></tr>"
            for v in self.verdicts
        )
        head = "".join(f"<th>{name}</th>" for name in ("", "property", "verdict", "kind", "needs", "what was seen"))
        caption = _html(f"{self.report.model}, judged as {self.report.content}: {self.report.chosen}")
        return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


@dataclass(frozen=True, repr=False)
class Compared:
    """What an edit did: the steps that changed, the behaviour, and the properties broken and repaired."""

    steps: tuple[AlgorithmChange, ...]
    behaviour: Comparison
    properties: Changes

    @property
    def is_equivalent(self) -> bool:
        """Whether nothing that can be observed was changed."""
        return bool(self.behaviour.relation == "equivalent")

    def __repr__(self) -> str:
        broken, repaired = len(self.properties.broken), len(self.properties.repaired)
        return f"<Compared: {self.behaviour.relation}, {broken} broken, {repaired} repaired>"

    def _repr_html_(self) -> str:
        kinds = ("broken", self.properties.broken), ("repaired", self.properties.repaired)
        rows = [(kind, change.property) for kind, changes in kinds for change in changes]
        for each in self.steps:
            origins = [(step.kind, step.new or step.old) for step in each.steps]
            rows += [(kind, str(origin)) for kind, origin in origins if origin is not None]
        body = "".join(f"<tr><td>{_html(kind)}</td><td><code>{_html(name)}</code></td></tr>" for kind, name in rows)
        return f"<table><caption>{self.behaviour.relation}</caption><tbody>{body}</tbody></table>"
