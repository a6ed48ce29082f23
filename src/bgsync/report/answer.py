"""What a reader has to know first: what to mend in the text before all else, and what is broken by what.

A form of a report begins with this. Causes come before consequences: a sentence that is not understood, or a name that
means nothing, before what it breaks; a pair of steps that conflict before the properties that it breaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bgsync.compare.steps import AlgorithmChange, StepChange
from bgsync.judge.static import TEXT, location
from bgsync.judge.verdict import Location, Report, Unread, Verdict
from bgsync.language import Spec
from bgsync.language.statements import Perform
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


def to_mend_after(changes: Sequence[AlgorithmChange], spec: Spec, found: Iterable[Mend]) -> list[Mend]:
    """Give what is to be mended after an edit: a sentence with what it was before, and calls of what was removed."""
    steps = [step for each in changes for step in each.steps]
    gone = {each.name: each for each in changes if each.kind == "removed"}
    made = []
    for statement in spec.statements():
        if isinstance(statement, Perform) and statement.name in gone and statement.origin is not None:
            places = [step.old for step in gone[statement.name].steps if step.old is not None]
            where = f" ({places[0].file}:{places[0].line})" if places else ""
            made.append(Mend(location(statement.origin), f"{statement.name!r} was removed by this edit{where}"))
    known = {one.location for one in made}
    others = (one for one in found if one.breaks or one.location not in known)
    made += [one if one.breaks else _with_what_it_was(one, steps) for one in others]
    return sorted(made, key=lambda one: (one.location.file, one.location.line, one.location.column, one.breaks))


def _with_what_it_was(one: Mend, steps: Sequence[StepChange]) -> Mend:
    mine = [step for step in steps if step.new and str(step.new) == one.step]
    before = [step for step in steps if step.old and (str(step.old) == one.step or step in mine)]
    same = any(step.old and step.new and step.old.sentence == step.new.sentence for step in mine)
    below = [step.old for step in steps if step.old and not step.new and str(step.old).startswith(f"{one.step}.")]
    if same and below:
        removed = ", ".join(f"{step} ({step.file}:{step.line})" for step in below)
        return replace(one, said=f"not understood without what stood below it and was removed: {removed}", help="")
    was = next((step.old_reading for step in before if step.old_reading), "")
    return replace(one, help="; ".join(filter(None, [one.help, f"before the edit: {was}" if was else ""])))


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


def headline_of_edit(edit: Edit, report: Report) -> str:
    """Say in one line what an edit did, beside what is to be mended in the text as it stands."""
    if edit.is_editorial:
        return f"this edit changes nothing: every step is read as before (since {edit.base})"
    found = [change for change in edit.properties.violated_first if change.new and change.new.granularity != TEXT]
    new = {change.property for change in found if not change.needs and change not in edit.properties.more}
    further = {change.property for change in found if not change.needs} - new
    hard = {change.property for change in found if change.needs} - new - further
    repaired = [change for change in edit.properties.repaired if not change.needs]
    unsure = [change for change in edit.properties.unsure if not change.needs]
    told = [f"breaks {len(new)}"] * bool(new)
    told += [f"breaks {len(further)}{' more' * bool(new)} in a further way"] * bool(further)
    told += [f"breaks {len(hard)}{' more' * bool(new or further)} under an adversity"] * bool(hard)
    told += ["breaks nothing"] * (not told and not unsure)
    told += [f"repairs {len(repaired)}"] * bool(repaired)
    told += [f"leaves {len(unsure)} not decided"] * bool(unsure)
    coarse = {explored.granularity for explored in report.explorations} == {"algorithm"}
    return f"this edit {', '.join(told)} (since {edit.base}{'; races were not looked for' * coarse})"
