"""The report as JSON. Its schema is versioned, kept in `schema.json` here, and part of the public contract."""

from importlib.metadata import version
from typing import Any

import msgspec

from bgsync import telling
from bgsync.judge.verdict import Location, Report, TraceStep, Verdict
from bgsync.report.answer import headline
from bgsync.words import Words

SCHEMA_VERSION = 1


class StepOut(msgspec.Struct, frozen=True):
    """One spec step of a trace; `changes` maps a name to [before, after]; `action` numbers the atomic actions."""

    process: str
    algorithm: str
    step: str
    line: int
    file: str
    sentence: str
    changes: dict[str, tuple[str, str]]
    action: int


class TraceOut(msgspec.Struct, frozen=True):
    """A trace; `loop` is the index of the step where its loop begins, null when the run just ends."""

    steps: list[StepOut]
    loop: int | None


class LocationOut(msgspec.Struct, frozen=True):
    """A place in the text."""

    file: str
    line: int
    column: int
    algorithm: str
    step: str


class FindingOut(msgspec.Struct, frozen=True):
    """One defect: where it shows, the step that it conflicts with, if any, and a shortest run.

    `after` is the id of another property that its run breaks before, "" where it breaks none.
    """

    kind: str | None
    message: str
    locations: list[LocationOut]
    conflict: StepOut | None
    after: str
    trace: TraceOut | None


class VerdictOut(msgspec.Struct, frozen=True):
    """The verdict on a property: in the base environment where `needs` is empty, else under those adversities."""

    property: str
    verdict: str
    kind: str | None
    needs: list[str]
    granularity: str
    message: str
    locations: list[LocationOut]
    trace: TraceOut | None
    findings: list[FindingOut] = []
    """One for each defect that violates it, the shortest first."""
    reading: str = ""
    """The reading of `queue` by which it is violated where it holds by the other one; empty where that is not known."""


class NoteOut(msgspec.Struct, frozen=True):
    """Something in the text that is worth a look and breaks nothing."""

    property: str
    message: str
    location: LocationOut


class UnreadOut(msgspec.Struct, frozen=True):
    """A sentence that is not understood: the part that was not read, if it is one, and wordings that are understood."""

    sentence: str
    part: str
    wordings: list[str]
    location: LocationOut


class RequirementOut(msgspec.Struct, frozen=True):
    """A sentence outside of steps that requires something of which no step was read, and why nothing follows it."""

    sentence: str
    why: str
    location: LocationOut


class ExploredOut(msgspec.Struct, frozen=True):
    """One exploration."""

    granularity: str
    adversities: list[str]
    monitor: str
    states: int
    transitions: int
    seconds: float
    complete: bool
    minimised: bool = False
    kept: bool = False
    """Whether an earlier run made it, and what it gave was kept."""


class StepsOut(msgspec.Struct, frozen=True):
    """How many steps the text has, how many were understood, and how many some behaviour reached."""

    total: int
    understood: int
    reached: int


class CoverageOut(msgspec.Struct, frozen=True):
    """Coverage of the text."""

    steps: StepsOut
    unreached: list[str]


class ReportOut(msgspec.Struct, frozen=True):
    """A report of `bgsync check`."""

    tool: str
    version: str
    schema: int
    model: str
    revision: str
    bounds: dict[str, int | str]
    states: int
    transitions: int
    seconds: float
    explorations: list[ExploredOut]
    interrupted: bool
    coverage: CoverageOut
    verdicts: list[VerdictOut]
    notes: list[NoteOut] = []
    content: str = ""
    """As what it was judged."""
    chosen: str = ""
    """Why as that."""
    unread: list[UnreadOut] = []
    """The sentences that are not understood."""
    answer: str = ""
    """What came out, in a line."""
    requirements: list[RequirementOut] = []
    """What the text requires outside of its steps, and no step does."""
    rests: dict[str, str] = {}
    """What is taken for granted under an adversity, and whether a text says so."""


def _location(place: Location) -> LocationOut:
    return LocationOut(place.file, place.line, place.column, place.algorithm, place.step)


def _step(step: TraceStep, words: Words) -> StepOut:
    said, changes = telling.sentence(step, words), telling.values(step, words)
    return StepOut(str(step.actor), step.algorithm, step.step, step.line, step.file, said, changes, step.action)


def _trace(verdict: Verdict, words: Words) -> TraceOut | None:
    trace = verdict.trace
    return None if trace is None else TraceOut([_step(step, words) for step in trace.steps], trace.loop)


def _finding(verdict: Verdict, words: Words) -> FindingOut:
    conflict, places = verdict.conflict(), [_location(place) for place in verdict.locations]
    against = None if conflict is None else _step(conflict, words)
    return FindingOut(verdict.kind, verdict.message, places, against, verdict.after, _trace(verdict, words))


def _verdict(verdict: Verdict, words: Words) -> VerdictOut:
    places = [_location(place) for place in verdict.locations]
    findings = [_finding(one, words) for one in verdict.findings()] if verdict.verdict == "violated" else []
    return VerdictOut(
        verdict.property, verdict.verdict, verdict.kind, list(verdict.needs), verdict.granularity, verdict.message,
        places, _trace(verdict, words), findings, verdict.reading,
    )  # fmt: skip


def _report(report: Report) -> ReportOut:
    explored = report.explorations
    return ReportOut(
        tool="bgsync",
        version=version("bgsync"),
        schema=SCHEMA_VERSION,
        model=report.model,
        revision=report.revision,
        bounds=report.bounds,
        states=sum(e.states for e in explored),
        transitions=sum(e.transitions for e in explored),
        seconds=round(report.seconds, 3),
        explorations=[
            ExploredOut(
                e.granularity,
                list(e.adversities),
                e.monitor,
                e.states,
                e.transitions,
                round(e.seconds, 3),
                e.complete,
                e.minimised,
                e.kept,
            )
            for e in explored
        ],
        interrupted=report.interrupted,
        coverage=CoverageOut(
            StepsOut(report.coverage.total, report.coverage.understood, report.coverage.reached),
            list(report.coverage.unreached),
        ),
        verdicts=[_verdict(verdict, report.words) for verdict in report.verdicts],
        notes=[NoteOut(note.property, note.message, _location(note.location)) for note in report.notes],
        content=report.content,
        chosen=report.chosen,
        unread=[
            UnreadOut(one.sentence, one.part, list(one.wordings), _location(one.location)) for one in report.unread
        ],
        answer=headline(report),
        requirements=[RequirementOut(one.sentence, one.why, _location(one.location)) for one in report.requirements],
        rests=dict(report.rests),
    )


def to_json(*reports: Report) -> str:
    """Write a report as JSON; several as a list."""
    out = [_report(report) for report in reports]
    return msgspec.json.format(msgspec.json.encode(out[0] if len(out) == 1 else out), indent=2).decode()


def schema() -> dict[str, Any]:
    """Give the JSON Schema of a report."""
    return msgspec.json.schema(ReportOut)
