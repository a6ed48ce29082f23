"""What came out, in a line: with it a form of a report begins, below what is to be mended first."""

from bgsync.judge.static import TEXT
from bgsync.judge.verdict import Report
from bgsync.report.causes import causes
from bgsync.report.edit import Edit


def headline(report: Report) -> str:
    """Say in one line what came out."""
    if report.nothing_seen:
        return report.nothing_seen
    base = {verdict.property: verdict.verdict for verdict in report.verdicts if not verdict.needs}
    said = list(base.values())
    broken, open_ = said.count("violated"), said.count("inconclusive")
    unsure = f", {open_} not decided" if open_ else ""
    if not broken:
        held = said.count("holds") + said.count("conditional")
        return f"nothing is broken{unsure}: {held} {'property holds' if held == 1 else 'properties hold'}"
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
