"""What the judge says: verdicts, traces told in spec steps, and what was explored."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from bgsync.judge.facts import SEEN, Change, Invocation, Label, StepTaken, Unlisted
from bgsync.judge.glossary import Glossary
from bgsync.language import Origin
from bgsync.words import Words


@dataclass(frozen=True)
class Location:
    """A place in the text that a verdict is about."""

    file: str
    line: int
    column: int
    algorithm: str
    step: str

    @classmethod
    def of(cls, origin: Origin) -> Self:
        """Give the place of a statement."""
        return cls(origin.file, origin.line, origin.column, origin.algorithm, origin.step)


DEPENDS = "depends on"
"""How the message of a verdict begins that rests on sentences which are not understood."""

Ruling = Literal["holds", "violated", "conditional", "vacuous", "inconclusive"]
"""What is said of a property."""
Kind = Literal["race", "logic", "structure"]
"""What breaks it: only steps that interleave, also whole invocations one after another, or the text as it stands."""


@dataclass(frozen=True)
class TraceStep:
    """One step of a run: who takes it, what it is, and what it changes."""

    actor: Invocation
    label: Label
    changes: tuple[Change, ...] = ()
    action: int = 0
    """The number of the atomic action that the step belongs to."""
    visible: bool = True
    """Whether the step touches anything that others can see."""

    @property
    def origin(self) -> Origin | None:
        """Where it stands in the text; None if it is no step of the text."""
        return self.label.origin if isinstance(self.label, StepTaken) else None

    @property
    def algorithm(self) -> str:
        """The algorithm that it belongs to, if any."""
        return self.origin.algorithm if self.origin else ""

    @property
    def step(self) -> str:
        """Its number in the text, "" if it is no step of the text."""
        return self.origin.step if self.origin else ""

    @property
    def file(self) -> str:
        """The file of the text, if any."""
        return self.origin.file if self.origin else ""

    @property
    def line(self) -> int:
        """The line of the text, 0 if it is no step of the text."""
        return self.origin.line if self.origin else 0

    @property
    def place(self) -> Hashable:
        """What it is, whoever takes it and whenever."""
        return (self.algorithm, self.step) if self.step else self.label

    @property
    def withdrawn(self) -> str | None:
        """The state of what it withdraws, if it withdraws anything."""
        return next((one.was for one in self.changes if isinstance(one, Unlisted) and one.withdrawn), None)

    @property
    def changes_others(self) -> bool:
        """Whether it changes what a step of another invocation can conflict with."""
        return any(isinstance(change, SEEN) for change in self.changes)

    @property
    def is_told(self) -> bool:
        """Whether it is told: others can see it, or it is no step of the text."""
        return self.visible or bool(self.changes) or not self.step


@dataclass(frozen=True, repr=False)
class Trace:
    """A run that was replayed. `loop` is the place where its loop begins, None for a run that just ends."""

    steps: tuple[TraceStep, ...]
    loop: int | None = None
    parents: tuple[tuple[Invocation, Invocation], ...] = ()
    """Invocations that others have begun, each with the one that did."""

    def __repr__(self) -> str:
        return f"<Trace of {len(self.steps)} steps" + ("" if self.loop is None else f", loop from {self.loop}") + ">"


@dataclass(frozen=True, repr=False)
class Verdict:
    """The verdict on one property.

    `verdict` is holds, violated, conditional, vacuous or inconclusive; `kind` is race, logic, structure or None;
    `needs` names the adversity without which the property is not broken; `granularity` the one that decided.
    """

    property: str
    verdict: Ruling
    kind: Kind | None = None
    needs: tuple[str, ...] = ()
    message: str = ""
    locations: tuple[Location, ...] = ()
    trace: Trace | None = None
    granularity: str = "step"
    against: int | None = None
    """The place in the trace of the step that the breaking one conflicts with."""
    callers: tuple[Origin | None, Origin | None] = (None, None)
    """The steps that called the algorithms of these two, each where several steps call that algorithm."""
    again: Origin | None = None
    """The wait of a loop that fires, after which it comes to the breaking step again; None where it does so first."""
    after: str = ""
    """The id of the property that its run breaks before, "" where it breaks none."""
    reading: str = ""
    """The reading of `queue` by which it is violated where it holds by the other one; "" where that is not known."""
    coarse: Ruling | None = None
    """Where it is inconclusive for want of looking step by step: what is so while every invocation is one action."""
    others: tuple[Verdict, ...] = ()
    """Where it is violated by more than one defect, one for each of the others."""

    def rests_on_words(self) -> bool:
        """Whether it is inconclusive since a sentence is not understood, and not for want of looking."""
        return self.verdict == "inconclusive" and self.message.startswith(DEPENDS)

    def findings(self) -> tuple[Verdict, ...]:
        """Give a verdict for each defect, the shortest first."""
        return (replace(self, others=()), *self.others)

    def conflict(self) -> TraceStep | None:
        """Give the step that the breaking one conflicts with: of another invocation or the environment, if of any."""
        return None if self.trace is None or self.against is None else self.trace.steps[self.against]

    def run(self) -> Trace | None:
        """Give its run, in which the step that breaks it is told, also where nobody else can see that."""
        if self.trace is None:
            return None
        last = {(place.algorithm, place.step) for place in self.locations[-1:]}
        found = [n for n, step in enumerate(self.trace.steps) if (step.algorithm, step.step) in last][-1:]
        steps = (replace(step, visible=True) if n in found else step for n, step in enumerate(self.trace.steps))
        return replace(self.trace, steps=tuple(steps))

    def algorithms(self) -> frozenset[str]:
        """Give the algorithms that its run takes."""
        return frozenset(step.algorithm for step in self.trace.steps) if self.trace else frozenset()

    def last_changes(self) -> tuple[TraceStep, ...]:
        """Give what the text changes in the loop of an endless run, or last before it."""
        if self.trace is None or self.trace.loop is None:
            return ()
        loop, changing = (
            self.trace.loop,
            [(n, s) for n, s in enumerate(self.trace.steps) if s.changes_others and s.step],
        )
        again = tuple(step for place, step in changing if place >= loop)
        return again or tuple(step for _, step in changing[-1:])

    def recurs(self) -> bool:
        """Whether it is an endless run in which the text changes something again and again."""
        if self.trace is None or self.trace.loop is None:
            return False
        return any(step.changes_others and step.step for step in self.trace.steps[self.trace.loop :])

    def defect(self) -> tuple[str, frozenset[Hashable], tuple[Hashable, str | None] | None]:
        """Tell a defect from others of the same property: the step that breaks it, and what that conflicts with.

        Of an endless run it is what the text changes in its loop, or last before it. To withdraw what waits is not to
        withdraw what is firing.
        """
        conflict = self.conflict()
        endless = self.trace is not None and self.trace.loop is not None
        steps = tuple((place.algorithm, place.step) for place in self.locations[-1:])
        where = frozenset(step.place for step in self.last_changes()) if endless else frozenset(steps)
        return self.message, where, None if conflict is None else (conflict.place, conflict.withdrawn)

    def __repr__(self) -> str:
        told = (self.kind and f"({self.kind})", self.needs and f"with {', '.join(self.needs)}", self.message)
        return f"<Verdict {self.property} {self.verdict}{''.join(f' {one}' for one in told if one)}>"


@dataclass(frozen=True)
class Explored:
    """One exploration: its question and its size. `complete` is False when it met a limit or was interrupted.

    Where it is `minimised`, states of one tag that nobody can tell apart are counted as one.
    """

    granularity: str
    adversities: tuple[str, ...]
    monitor: str
    states: int
    transitions: int
    seconds: float
    complete: bool
    minimised: bool = False
    of_doubts: bool = False
    """Whether what is not understood could do anything there: a search for what rests on it, within its own bound."""
    kept: bool = False
    """Whether it was made by an earlier run, and what it gave was kept."""


@dataclass(frozen=True)
class Coverage:
    """Steps of the text: all of them, those understood, and those that some behaviour reached."""

    total: int
    understood: int
    reached: int
    unreached: tuple[str, ...] = ()
    unreached_under: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    """Those that no behaviour reached under adversities, by these; () is without any."""
    ending: tuple[str, ...] = ()
    """Those at which some run ended before its last step, but for Asserts."""


@dataclass(frozen=True)
class Note:
    """Something in the text that is worth a look and breaks nothing."""

    property: str
    message: str
    location: Location


@dataclass(frozen=True)
class Unread:
    """A sentence of the text that is not understood, or only in part; nothing that is said rests on it."""

    location: Location
    sentence: str
    key: str = ""
    """What tells it from other sentences, whatever number its step has."""
    part: str = ""
    """The part that was not read, "" where that is all of it, or no one run of words."""
    wordings: tuple[str, ...] = ()
    """Wordings near it that are understood."""


@dataclass(frozen=True)
class Requirement:
    """A sentence outside of steps that requires something of which neither a step nor a choice was made, and why."""

    location: Location
    sentence: str
    why: str


@dataclass(frozen=True)
class Report:
    """Everything that `check` says."""

    model: str
    revision: str
    bounds: dict[str, int | str]
    explorations: tuple[Explored, ...]
    coverage: Coverage
    verdicts: tuple[Verdict, ...]

    interrupted: bool = False
    """Whether the user stopped it: what is said is about the part that was explored."""
    notes: tuple[Note, ...] = ()
    unread: tuple[Unread, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    """What the text requires outside of its steps, and no step does."""
    rests: Mapping[str, str] = field(default_factory=dict)
    """What is taken for granted under an adversity, and whether a text says so."""
    unreached: Mapping[str, str] = field(default_factory=dict)
    """The algorithms that no method and no rule comes to, as the text stands, each with the reason."""
    seconds: float = 0.0
    """How long it took by the clock; explorations may have run at once."""
    content: str = ""
    """As what it is judged: the name of a content."""
    chosen: str = ""
    """Why as that."""
    glossary: Glossary = field(default_factory=Glossary)
    """What its reader has to be told."""

    @property
    def words(self) -> Words:
        """What the spec calls its things and those who take part."""
        return self.glossary.words

    @property
    def exit_status(self) -> int:
        """0 nothing wrong, 1 something violated, 3 inconclusive, which it is where nothing was looked at, too."""
        verdicts = {verdict.verdict for verdict in self.verdicts if not verdict.needs}
        if "violated" in verdicts:
            return 1
        return 3 if "inconclusive" in verdicts or self.interrupted or self.nothing_seen else 0

    @property
    def nothing_seen(self) -> str:
        """Why nothing can be said of what the text does; "" where something can."""
        if not self.coverage.total:
            return "no step of an algorithm was found: bgsync read shows what was"
        if self.explorations and not self.coverage.reached and not all(each.complete for each in self.explorations):
            return "no step was reached before it ended"
        if self.explorations and not self.coverage.reached:
            return "no step is reached: no algorithm is a method or rule that anybody calls"
        return ""
