"""Proposals as JSON. Their schema is versioned, and kept in `schema.json` here."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import msgspec

from bgsync.compare.properties import Change
from bgsync.judge.verdict import Verdict
from bgsync.repair.search import Proposal
from bgsync.targets import Target

SCHEMA_VERSION = 1


class FoundOut(msgspec.Struct, frozen=True):
    """A finding: the property that it breaks, by a race or by logic, under which adversities, and where it shows."""

    property: str
    kind: str | None
    needs: list[str]
    message: str
    places: list[str]
    """Each as algorithm and step."""


class EditOut(msgspec.Struct, frozen=True):
    """One change: by which operator, where it begins, and what it does."""

    operator: str
    algorithm: str
    step: str
    file: str
    line: int
    column: int
    what: str


class ChangedOut(msgspec.Struct, frozen=True):
    """A property whose verdict is another one, or that has fewer findings, with the change."""

    property: str
    needs: list[str]
    old: str
    new: str


class ProposalOut(msgspec.Struct, frozen=True):
    """What mends the finding. `compared` says whether the whole text was; what else it does is not known else.

    `patch` is a unified diff of the text, "" where none could be made, for the reason in `unwritten`.
    """

    size: int
    changes: list[EditOut]
    mends: list[FoundOut]
    compared: bool
    repaired: list[ChangedOut]
    fewer: list[ChangedOut]
    further: list[FoundOut]
    """The findings that it makes of properties that were broken, or never put to the test."""
    leaves: int
    patch: str
    unwritten: str


class RepairOut(msgspec.Struct, frozen=True):
    """An answer of `bgsync repair`: the finding, null where there is nothing to mend, and proposals, smallest first."""

    tool: str
    version: str
    schema: int
    model: str
    content: str
    findings: int
    number: int
    finding: FoundOut | None
    finished: bool
    """Whether all changes were tried that might have been proposed."""
    proposals: list[ProposalOut]


def to_json(
    target: Target,
    findings: Sequence[Verdict],
    number: int,
    made: Sequence[tuple[Proposal, str, str]],
    finished: bool,
) -> str:
    """Write what mends a finding, by its number; each proposal comes with its patch, and why it has none."""
    finding = _found(findings[number - 1]) if findings else None
    told = [_proposal(*each) for each in made]
    out = RepairOut(
        "bgsync", version("bgsync"), SCHEMA_VERSION, target.name, target.content.name, len(findings), number, finding,
        finished, told,
    )  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(out), indent=2).decode()


def schema() -> dict[str, Any]:
    """Give the JSON Schema of an answer."""
    return msgspec.json.schema(RepairOut)


def _proposal(proposal: Proposal, patch: str, unwritten: str) -> ProposalOut:
    compared = proposal.compared
    edits = [
        EditOut(each.operator, at.algorithm, at.step, at.file, at.line, at.column, each.words)
        for each in proposal.changes
        for at in (each.origin,)
    ]
    repaired, fewer = ((), ()) if compared is None else (compared.repaired, compared.fewer)
    return ProposalOut(
        proposal.size, edits, list(map(_found, proposal.mends)), compared is not None, list(map(_changed, repaired)),
        list(map(_changed, fewer)), list(map(_found, proposal.further)), proposal.leaves, patch, unwritten,
    )  # fmt: skip


def _changed(change: Change) -> ChangedOut:
    return ChangedOut(change.property, list(change.needs), change.was, change.now)


def _found(one: Verdict) -> FoundOut:
    places = [f"{place.algorithm} {place.step}" for place in one.locations]
    return FoundOut(one.property, one.kind, list(one.needs), one.message, places)
