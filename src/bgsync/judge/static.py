"""Findings of structure as verdicts: what needs no exploration stands beside what does."""

from collections.abc import Collection, Iterable

from bgsync.judge.structure import ERROR, PROPERTIES, Finding
from bgsync.judge.verdict import Location, Note, Verdict

TEXT = "text"
"""The granularity of a verdict on the text as it stands."""


def structure_verdicts(
    findings: Iterable[Finding], wanted: Collection[str] = (), unfinished: str = ""
) -> tuple[Verdict, ...]:
    """Give the verdicts on the properties of structure that are wanted, all by default: one a place that breaks it.

    Where it is `unfinished`, for the reason given, no property holds for want of a finding.
    """
    errors = [finding for finding in findings if finding.level == ERROR]
    made: list[Verdict] = []
    for name in (row.id for row in PROPERTIES):
        if wanted and name not in wanted:
            continue
        mine = [finding for finding in errors if finding.property == name]
        for finding in mine:
            origin = finding.origin
            part = f"{origin.algorithm}.{origin.step}" if origin.path else origin.key
            made.append(
                Verdict(
                    f"{name}/{part.replace(' ', '-')}",
                    "violated",
                    "structure",
                    (),
                    finding.message,
                    (Location.of(origin),),
                    None,
                    TEXT,
                )
            )
        if not mine:
            made.append(Verdict(name, "inconclusive" if unfinished else "holds", message=unfinished, granularity=TEXT))
    return tuple(made)


def notes(findings: Iterable[Finding], wanted: Collection[str] = ()) -> tuple[Note, ...]:
    """Give what is worth a look and no error."""
    kept = [finding for finding in findings if finding.level != ERROR and (not wanted or finding.property in wanted)]
    return tuple(Note(finding.property, finding.message, Location.of(finding.origin)) for finding in kept)
