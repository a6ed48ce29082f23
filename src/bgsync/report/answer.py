"""What came out, in a line: with it a form of a report begins, below what is to be mended first."""

from bgsync.judge.static import TEXT
from bgsync.judge.verdict import Report
from bgsync.report.causes import causes
from bgsync.report.edit import Edit

NAMED = 3
"""How many algorithms are named in a line."""


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
        nothing = "nothing was found broken" if open_ else "nothing is broken"
        return f"{nothing}{unsure}: {held} {'property holds' if held == 1 else 'properties hold'}"
    by = len([cause for cause in causes(report) if not cause.first.needs])
    ways = f", by {by} cause{'s' * (by != 1)}" if by else ""
    return f"{broken} of {len(said)} properties broken{_only_if(report)}{ways}{unsure}"


def _only_if(report: Report) -> str:
    """Say how many properties are shown to be broken only by runs of algorithms that nothing comes to; "" for none."""
    broken = [one for one in report.verdicts if one.verdict == "violated" and not one.needs]
    runs = {one.property: [each.algorithms() for each in one.findings()] for one in broken}
    idle = {name: run for name, run in runs.items() if all(each & report.unreached.keys() for each in run)}
    if not idle:
        return ""
    ran = frozenset[str]().union(*(each for run in idle.values() for each in run))
    names = [name for name in report.unreached if name in ran]
    told = " or ".join(names) if len(names) <= NAMED else f"{', '.join(names[:NAMED])} or {len(names) - NAMED} more"
    many = "all" if len(idle) == len(runs) else len(idle)
    return f" ({many} of them shown in runs of {told}, which nothing runs)"


def headline_of_edit(edit: Edit, report: Report) -> str:
    """Say in one line what an edit did."""
    if edit.is_editorial and not edit.broken and not edit.unread:
        nothing = "this edit changes nothing: every step is read as before"
        return f"{'no step is read otherwise' if edit.elsewhere else nothing} (since {edit.base})"
    coarse = {explored.granularity for explored in report.explorations} == {"algorithm"}
    since = f"(since {edit.base}{'; races were not looked for' * coarse})"
    return f"{_did(edit, report)} {since}"


def why_unknown(edit: Edit, uncompared: str) -> str:
    """Say why it is not known what an edit breaks; `uncompared` says of how many properties that is so, if of any."""
    reasons = [edit.nothing_seen or uncompared] * bool(edit.nothing_seen or edit.uncompared)
    if many := len(edit.unread):
        are = "s outside of the steps are" if many > 1 else " outside of the steps is"
        reasons.append(f"{many} sentence{are} not understood")
    return " and ".join(reasons)


def _did(edit: Edit, report: Report) -> str:
    found = [change for change in edit.properties.violated_first if change.new and change.new.granularity != TEXT]
    new = {change.property for change in found if not change.needs and change not in edit.properties.more}
    further = {change.property for change in found if change in edit.properties.more} - new
    hard = {change.property for change in found if change.needs} - new - further
    repaired = [change for change in edit.properties.repaired if not change.needs]
    base = [verdict for verdict in report.verdicts if not verdict.needs]
    uncalled = " and ".join(edit.rests_on_uncalled)
    breaks = "would break" if uncalled else "breaks"
    places = f"{len(edit.wrong)} place{'s' * (len(edit.wrong) != 1)}"
    told = [f"is wrong in {places}, told above"] * bool(edit.wrong)
    told += [f"{breaks} {len(new)}"] * bool(new)
    told += [f"{breaks} {len(further)}{' more' * bool(new)} in a further way"] * bool(further)
    told += [f"{breaks} {len(hard)}{' more' * bool(new or further)} under an adversity"] * bool(hard)
    told += ["breaks nothing"] * (not told and not edit.exit_status)
    told += [f"repairs {len(repaired)}"] * bool(repaired)
    uncompared = {change.property for change in edit.uncompared}
    until = "cannot be compared until that is mended" if edit.hidden else "could not be compared"
    unknown = why_unknown(edit, f"{len(uncompared)} of {len(base)} properties {until}")
    if edit.exit_status == 3:
        also = f"; it {', '.join(told)}" if told else ""
        return f"it is not known whether this edit breaks anything: {unknown}{also}"
    said = f"this edit {', '.join(told)}{f' if {uncalled} ran, which nothing runs' if uncalled else ''}"
    if uncompared:
        return f"{said}; {unknown}"
    broken, open_ = (sum(verdict.verdict == ruling for verdict in base) for ruling in ("violated", "inconclusive"))
    said += f"; {broken} {'is' if broken == 1 else 'are'} broken as before" if broken and not edit.exit_status else ""
    return f"{said}; {open_} not decided, as before" if open_ else said
