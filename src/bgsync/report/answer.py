"""What a reader has to know first: what to mend in the text before all else, and what is broken by what.

A form of a report begins with this. Causes come before consequences: a sentence that is not understood, or a name that
means nothing, before what it breaks; a pair of steps that conflict before the properties that it breaks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bgsync.judge.static import TEXT
from bgsync.judge.verdict import Location, Report, Unread, Verdict
from bgsync.plain import plain
from bgsync.report.causes import causes
from bgsync.report.edit import Edit


@dataclass(frozen=True)
class Mend:
    """A place in the text that is wrong as it stands: what is wrong, and what may help."""

    location: Location
    said: str
    breaks: str = ""
    """The property of structure that it breaks, "" where it is a sentence that is not understood."""
    help: str = ""

    @property
    def step(self) -> str:
        """The step that it is about."""
        return f"{self.location.algorithm} {self.location.step}".strip()


def to_mend(unread: Iterable[Unread], verdicts: Iterable[Verdict]) -> list[Mend]:
    """Give what is wrong in a text as it stands, in its order; of a step with an unknown name, that name alone."""
    made = [
        Mend(verdict.locations[0], verdict.message, verdict.property.split("/")[0])
        for verdict in verdicts
        if verdict.granularity == TEXT and verdict.verdict == "violated"
    ]
    named = {one.location for one in made if one.breaks == "known-term"}
    made += [_not_understood(one) for one in unread if one.location not in named]
    return sorted(made, key=lambda one: (one.location.file, one.location.line, one.location.column, one.breaks))


def _not_understood(one: Unread) -> Mend:
    part = f"; not read: “{plain(one.part)}”" if one.part else ""
    help = f"this would be understood: {plain(one.wordings[0])}" if one.wordings else ""
    return Mend(one.location, f"not understood: “{plain(one.sentence)}”{part}", help=help)


def headline(report: Report) -> str:
    """Say in one line what came out."""
    if report.nothing_seen:
        return report.nothing_seen
    base = {verdict.property: verdict.verdict for verdict in report.verdicts if not verdict.needs}
    said = list(base.values())
    broken, open_ = said.count("violated"), said.count("inconclusive")
    unsure = f", {open_} not decided" if open_ else ""
    if not broken:
        return f"nothing is broken{unsure}: {said.count('holds') + said.count('conditional')} properties hold"
    by = len([cause for cause in causes(report) if not cause.first.needs])
    ways = f", by {by} cause{'s' * (by != 1)}" if by else ""
    return f"{broken} of {len(said)} properties broken{ways}{unsure}"


def headline_of_edit(edit: Edit) -> str:
    """Say in one line what an edit did."""
    if edit.is_editorial:
        return f"this edit changes nothing: every step is read as before (since {edit.base})"
    broken, repaired = edit.broken, [change for change in edit.properties.repaired if not change.needs]
    hard = {change.property for change in edit.properties.violated_first if change.needs}
    fewer = {change.property for change in edit.properties.fewer} - {verdict.property for verdict in broken}
    unsure = [change for change in edit.properties.unsure if not change.needs]
    told = [f"breaks {len(broken)}" if broken else "breaks nothing"]
    told += [f"{len(hard)} more under an adversity" if broken else f"but {len(hard)} under an adversity"] * bool(hard)
    told += [f"repairs {len(repaired)}"] * bool(repaired)
    told += [f"takes a cause from {len(fewer)}"] * bool(fewer)
    told += [f"leaves {len(unsure)} not decided"] * bool(unsure)
    if not broken and unsure:
        told = told[1:]
    return f"this edit {', '.join(told)} (since {edit.base})"
