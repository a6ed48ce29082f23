"""What is said of one version of a text: problems at their places, what its sentences were read as, and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from bgsync.prose.page.document import Place

Level = Literal["error", "warning", "information"]


class Span(NamedTuple):
    """A part of a text; the end is the place after its last character."""

    start: Place
    end: Place

    def holds(self, place: Place) -> bool:
        """Whether a place is in it, or right behind it."""
        return self.start <= place <= self.end


@dataclass(frozen=True)
class Related:
    """A step of the run that a problem is about."""

    span: Span
    text: str


@dataclass(frozen=True)
class Fix:
    """What may be done about a problem: an edit of the text at `span`, or else an entry for its sidecar."""

    title: str
    text: str
    span: Span | None = None


@dataclass(frozen=True)
class Problem:
    """Something to be seen at a place. `code` is the property, or another stable word."""

    span: Span
    level: Level
    code: str
    message: str
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    about: str = ""
    """What the property says, why it matters and what it rests on, a paragraph each."""


@dataclass(frozen=True)
class SentenceTold:
    """A sentence with what it was read as."""

    span: Span
    where: str
    status: str
    how: str


@dataclass(frozen=True)
class Count:
    """How much of an algorithm is read, reached and broken; None for what is not known yet."""

    span: Span
    steps: int
    read: int
    reached: int | None = None
    broken: int | None = None
    why: str = ""
    """Why nothing reaches it, as the text stands."""


class Known(NamedTuple):
    """A spec, and the report of what was explored of it; pickled, since only the processes look into them."""

    spec: bytes
    report: bytes


@dataclass(frozen=True)
class Answer:
    """All that is known of a version so far. Each answer takes the place of the one before."""

    problems: tuple[Problem, ...] = ()
    sentences: tuple[SentenceTold, ...] = ()
    counts: tuple[Count, ...] = ()
    summary: str = ""
    """What came out, in a line."""
    final: bool = False
    known: Known | None = None
    """What was explored to the end, for versions that say the same."""


@dataclass(frozen=True)
class Failed:
    """The process met an error of its own."""

    error: str
