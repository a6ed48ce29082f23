"""A mutation analysis as JSON. Its schema is versioned, and kept in `schema.json` here."""

from importlib.metadata import version
from typing import Any

import msgspec

from bgsync.mutate.outcomes import Analysis, Outcome

SCHEMA_VERSION = 1


class KillOut(msgspec.Struct, frozen=True):
    """What is broken in a mutant and not in the original."""

    property: str
    kind: str | None
    needs: list[str]
    message: str


class MutantOut(msgspec.Struct, frozen=True):
    """A mutant: the edit, where it begins, and what became of it; `why` says what it rests on, or what differs."""

    operator: str
    algorithm: str
    step: str
    file: str
    line: int
    column: int
    what: str
    fate: str
    stage: str
    kills: list[KillOut]
    why: str
    changed: list[str]


class PropertyOut(msgspec.Struct, frozen=True):
    """How many mutants a property kills, and how many of them no other one kills."""

    property: str
    kills: int
    alone: int


class OperatorOut(msgspec.Struct, frozen=True):
    """What became of the mutants of an operator."""

    operator: str
    killed: int
    equivalent: int
    survived: int
    unfinished: int


class AnalysisOut(msgspec.Struct, frozen=True):
    """An analysis of `bgsync mutate`; `score` is null where no mutant counts for it."""

    tool: str
    version: str
    schema: int
    model: str
    content: str
    made: int
    tried: int
    killed: int
    equivalent: int
    survived: int
    unfinished: int
    score: float | None
    thorough: bool
    stages: list[str]
    seconds: float
    properties: list[PropertyOut]
    operators: list[OperatorOut]
    mutants: list[MutantOut]


def _mutant(outcome: Outcome) -> MutantOut:
    mutant, origin = outcome.mutant, outcome.mutant.origin
    return MutantOut(
        mutant.operator, origin.algorithm, origin.step, origin.file, origin.line, origin.column, mutant.words,
        outcome.fate, outcome.stage,
        [KillOut(kill.property, kill.kind, list(kill.needs), kill.message) for kill in outcome.kills],
        outcome.why, list(outcome.changed),
    )  # fmt: skip


def to_json(analysis: Analysis) -> str:
    """Write an analysis as JSON."""
    score = analysis.score
    out = AnalysisOut(
        tool="bgsync",
        version=version("bgsync"),
        schema=SCHEMA_VERSION,
        model=analysis.model,
        content=analysis.content,
        made=analysis.made,
        tried=len(analysis.outcomes),
        killed=len(analysis.of("killed")),
        equivalent=len(analysis.of("equivalent")),
        survived=len(analysis.of("survived")),
        unfinished=len(analysis.of("unfinished")),
        score=None if score is None else round(score, 4),
        thorough=analysis.thorough,
        stages=list(analysis.stages),
        seconds=round(analysis.seconds, 3),
        properties=[
            *(PropertyOut(row.property, row.kills, row.alone) for row in analysis.rows()),
            *(PropertyOut(name, 0, 0) for name in analysis.idle()),
        ],
        operators=[
            OperatorOut(name, *(fates[fate] for fate in ("killed", "equivalent", "survived", "unfinished")))
            for name, fates in analysis.operators()
        ],
        mutants=[_mutant(outcome) for outcome in analysis.outcomes],
    )
    return msgspec.json.format(msgspec.json.encode(out), indent=2).decode()


def schema() -> dict[str, Any]:
    """Give the JSON Schema of an analysis."""
    return msgspec.json.schema(AnalysisOut)
