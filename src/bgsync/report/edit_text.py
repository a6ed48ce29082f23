"""What an edit did, as text: what to mend, what it broke by which steps, what it repaired; all else in few lines."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.markup import escape

from bgsync import telling
from bgsync.compare.properties import Change
from bgsync.compare.steps import AlgorithmChange, StepChange
from bgsync.judge.glossary import Glossary
from bgsync.judge.verdict import Report
from bgsync.report.answer import headline, headline_of_edit
from bgsync.report.causes import grouped
from bgsync.report.comparison_text import told_of, verdicts_of
from bgsync.report.edit import Edit
from bgsync.report.lines import put
from bgsync.report.text import (
    print_headline,
    print_looked_at,
    print_new,
    print_notes,
    print_traces,
    print_verdicts,
)

FEW, AROUND, MOST = 3, 6, 6
"""How many changed steps are named before what they did; how many words are told around what changed in one; how many
properties of which one thing is said are named."""

ONE_OF_ITS_WAYS = "one of its ways is no longer reached", "one of its ways is gone with a step"
"""What is said of a property that is broken in other ways still: whether what broke it is unreached, or a step gone."""


def print_edit(edit: Edit, report: Report, console: Console, *, traces: str = "first") -> None:
    """Print what an edit did to a text, below what is to be mended first, and in few lines what the text is now."""
    print_headline(edit.exit_status, f"{report.model}: {headline_of_edit(edit, report)}", console)
    _why_uncompared(edit, console)
    says_otherwise = _steps_in_short(edit, report.model, console)
    for one in edit.elsewhere[:FEW]:
        kind = "changed" if one.old and one.new else "added" if one.new else "removed"
        told = f"({one.where}): {difference(one.old, one.new)} ({one.why})"
        put(console, f"  {kind} outside of the steps {escape(told)}", 4)
    if (more := len(edit.elsewhere) - FEW) > 0:
        put(console, f"  and {more} more sentence{'s' * (more > 1)} outside of the steps", 4)
    for name, why in edit.uncalled.items():
        if not any(each.name == name and each.kind == "added" for each in edit.steps):
            put(console, f"  [yellow]nothing comes to[/] {escape(f'{name} any more: {why}')}", 4)
    if edit.unreached:
        put(console, f"  [yellow]no longer reached[/]: {escape(', '.join(_by_algorithm(edit.unreached)))}", 4)
    _runs_that_end("let in now", edit, edit.ended, "go on that ended at {} of the old text", console)
    _runs_that_end("kept out now", edit, edit.ending, "end at {}", console)
    console.print()
    print_new(edit.found, report.glossary, console, edit.further, edit.uncalled_in)
    if edit.maybe_new:
        put(console, "  [yellow]broken now, and not decided before:[/]", 4)
        print_new(edit.maybe_new, report.glossary, console)
    if edit.properties.grown:
        put(console, f"  [yellow]much larger[/]: {escape(edit.properties.grown)}", 4)
    _mended(edit, report.glossary, console)
    _changed_otherwise(edit, report.glossary, console)
    if edit.exit_status == 0 and not edit.is_editorial:
        _broken_as_before(edit, report, console)
    put(console, f"now           {escape(headline(report))} (bgsync check {escape(report.model)})", 14)
    everything = traces == "all"
    if everything:
        print_verdicts(report, console)
    print_notes(edit.notes, console)
    print_looked_at(report, console, everything=everything, edit=edit)
    found = (*edit.found, *edit.maybe_new)
    print_traces([one for one in found if one.trace is not None], report.words, console, traces)
    if edit.exit_status == 0 and not edit.is_editorial and says_otherwise:
        put(console, f"what a page or a worker sees may have changed: [bold]{escape(edit.command)}[/]", 2)


def _runs_that_end(title: str, edit: Edit, steps: Mapping[str, str], said: str, console: Console) -> None:
    """Print which runs end at some steps, those of one reason together."""
    both = {*edit.ended.values()} & {*edit.ending.values()}  # an Assert that is a guard now, or the other way round
    for when in dict.fromkeys(when for when in steps.values() if when not in both and not edit.hidden):
        named = ", ".join(_by_algorithm(step for step, its in steps.items() if its == when))
        told = f"runs{f' where {when}' if when else ''} {said.format(named)}"
        put(console, f"  [yellow]{title}[/]: {escape(told)}", 4)


def _why_uncompared(edit: Edit, console: Console) -> None:
    """Print why it is not known of properties whether they are broken; those of one reason together.

    A step that means nothing until it is mended is told before, and is reason enough.
    """
    told: dict[str, list[str]] = {}
    for change in () if edit.hidden else edit.uncompared:
        if change.now == "inconclusive":
            why = change.new.message if change.new else ""
        elif change.was == "inconclusive":
            why = f"broken now, and before the edit: {change.old.message if change.old else ''}"
        else:
            why = "broken before and now, and not all was looked at: it may be broken in further ways"
        told.setdefault(why, []).append(change.property)
    for why, names in told.items():
        put(console, f"  [yellow]not compared[/] {escape(f'{_first(names, FEW)}: {why}')}", 4)


def _broken_as_before(edit: Edit, report: Report, console: Console) -> None:
    """Print what was broken before and is, in the algorithms that changed: what a step does for it may not show."""
    mine = {name for each in edit.steps for name in (each.name, each.old_name)}
    firm = [one for each in report.verdicts if not each.needs and each.verdict == "violated" for one in each.findings()]
    near = [one for one in firm if any(place.algorithm in mine for place in (*one.locations, one.conflict()) if place)]
    for number, cause in enumerate(found := grouped(near)):
        if number == FEW:
            put(
                console,
                f"  and {len(found) - FEW} more that were broken before: bgsync check {escape(report.model)}",
                4,
            )
            break
        said = f"{telling.pair(cause.first, report.words)}: {', '.join(cause.properties)}"
        put(console, f"  [dim]broken before, too:[/] {escape(said)}", 4)


def _steps_in_short(edit: Edit, model: str, console: Console) -> bool:
    """Print the first changed steps; a whole algorithm is one line, and so is a step with all below it.

    Says whether any of them says something else, but for names.
    """
    mine = [each for each in edit.steps if not _stands_elsewhere(each, {edit.base, model})]
    whole = [each for each in mine if each.kind in ("added", "removed")]
    for each in whole:
        places = [step.new or step.old for step in each.steps if step.new or step.old]
        steps, origin = f"{len(places)} step{'s' * (len(places) != 1)}", places[0] if places else None
        where = f" ({origin.file}:{origin.line})" if origin else ""
        why = f": nothing comes to it: {edit.uncalled[each.name]}" if each.name in edit.uncalled else ""
        put(console, f"  {each.kind} {escape(f'{each.name}, {steps}{where}{why}')}", 4)
    changed = [(each.name, step) for each in mine if each not in whole for step in each.steps]
    mend = {one.step for one in edit.mend}
    changed = [(name, step) for name, step in changed if not (str(step.new) in mend and _says_the_same(step))]
    changed = [(name, step) for name, step in changed if step.kind != "reworded"] or changed
    heads = [(name, step) for name, step in changed if not any(_is_below(step, other) for _, other in changed)]
    left = _without_renames(heads, edit, model, console)
    for name, step in left[:FEW]:
        below = sum(_is_below(other, step) for _, other in changed)
        also = f" (and {below} step{'s' * (below != 1)} below it)" if below else ""
        put(console, f"  {step.kind} {escape(f'{_where(step, edit) or name}: {difference(*_said(step))}{also}')}", 4)
    if (more := len(left) - FEW) > 0:
        put(console, f"  and {more} more changed step{'s' * (more > 1)}: [bold]{escape(edit.command)}[/]", 4)
    return bool(whole) or any(step.kind != "reworded" for _, step in left)


def _where(step: StepChange, edit: Edit) -> str:
    """Name a step by its number and place; that of the old text by this, too, where another step has its number now."""
    origin = step.new or step.old
    if origin is None:
        return ""
    was = f"{step.old.step} → " if step.kind == "moved" and step.old else ""
    of_old = " of the old text" if step.new is None and str(origin) in edit.renumbered else ""
    number = f" {was}{origin.step}".rstrip()  # a head that is a step has none
    return f"{origin.algorithm}{number}{of_old} ({origin.file}:{origin.line})"


def _is_below(step: StepChange, other: StepChange) -> bool:
    """Whether a step was added or removed with another one that it stands below."""
    if step.kind != other.kind or step.kind not in ("added", "removed"):
        return False
    mine, theirs = step.new or step.old, other.new or other.old
    if mine is None or theirs is None or mine.algorithm != theirs.algorithm:
        return False
    return len(mine.path) > len(theirs.path) and mine.path[: len(theirs.path)] == theirs.path


def _says_the_same(step: StepChange) -> bool:
    """Whether the sentence of a step is as it was: what stands elsewhere makes it mean something else."""
    return bool(step.old and step.new and step.old.sentence == step.new.sentence)


def _said(step: StepChange) -> tuple[str, str]:
    """Give what a step said and says: the sentences, or what they are read as where these alone differ."""
    old, new = (origin.sentence if origin else "" for origin in (step.old, step.new))
    by_words = old != new or (old and step.old_reading == step.new_reading)
    return (old, new) if by_words else (step.old_reading, step.new_reading)


def _without_renames(
    told: Sequence[tuple[str, StepChange]], edit: Edit, model: str, console: Console
) -> Sequence[tuple[str, StepChange]]:
    """Print each declared name that is another one, and where it is not yet; give the steps that changed otherwise."""
    for old, new in dict.fromkeys(_words(step) for _, step in told if step.old is step.new is None):
        naming = [step for _, step in told if step.kind == "changed" and _renamed(step, old, new)]
        if old and new and len(naming) > 1:
            told = [(name, step) for name, step in told if step not in naming]
            where = ", ".join(f"{step.new} ({step.new.file}:{step.new.line})" for step in naming if step.new)
            lines = edit.lines_with(old)
            some = ", ".join(f"{model}:{line}" for line in lines[:MOST])
            more = f" and {len(lines) - MOST} more" if len(lines) > MOST else ""
            rest = f"; but {old!r} is left in {some}{more}" if lines else f"; {old!r} is nowhere left in the text"
            put(console, f"  renamed {escape(f'{old} → {new}, and so in {where}{rest}')}", 4)
    return told


def _stands_elsewhere(change: AlgorithmChange, files: set[str]) -> bool:
    """Whether what changed is in none of these files: what a text takes from another spec comes and goes with use."""
    origins = [origin for step in change.steps for origin in (step.old, step.new) if origin is not None]
    return bool(origins) and all(origin.file not in files for origin in origins)


def _by_algorithm(steps: Iterable[str]) -> Iterator[str]:
    """Name steps, of each algorithm the first few."""
    found: dict[str, list[str]] = {}
    for step in steps:
        algorithm, _, number = step.rpartition(" ")
        found.setdefault(algorithm, []).append(number)
    for algorithm, numbers in found.items():
        more = f" and {len(numbers) - FEW} more" if len(numbers) > FEW + 1 else ""
        yield f"{algorithm} {', '.join(numbers[:FEW] if more else numbers)}{more}"


def _shared(one: list[str], other: list[str]) -> int:
    """Say how many words two texts begin with that are the same."""
    return next(
        (n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )


def _same(was: list[str], now: list[str]) -> tuple[int, int]:
    """Say how many words of two texts are the same where they begin, and where they end."""
    first = _shared(was, now)
    return first, _shared(was[first:][::-1], now[first:][::-1])


def _words(step: StepChange) -> tuple[str, str]:
    """Give the words of a step that are others now."""
    was, now = step.old_reading.split(), step.new_reading.split()
    first, last = _same(was, now)
    return " ".join(was[first : len(was) - last]), " ".join(now[first : len(now) - last])


def _renamed(step: StepChange, old: str, new: str) -> bool:
    """Whether a step says the same but for a name."""
    return re.sub(rf"\b{re.escape(old)}\b", lambda _: new, step.old_reading) == step.new_reading


def _replaced(old: str, new: str) -> str:
    return f"{old} → {new}" if old and new else f"− {old}" if old else f"+ {new}"


def difference(old: str, new: str) -> str:
    """Tell two readings as one, with what they do not have in common as [old → new]; one that is alone as it is."""
    if old == new or not old or not new:
        return old or new
    was, now = old.split(), new.split()
    first, last = _same(was, now)
    before, after = was[max(first - AROUND, 0) : first], was[len(was) - last :][:AROUND]
    middle = " ".join(was[first : len(was) - last]), " ".join(now[first : len(now) - last])
    parts = ["…"] * (first > AROUND) + before + [f"[{_replaced(*middle)}]"] + after
    return " ".join(parts + ["…"] * (last > AROUND))


def _mended(edit: Edit, glossary: Glossary, console: Console) -> None:
    """Print what is not broken any more: each finding of the base environment, and the names of the others."""
    firm, hard = ([one for one in edit.gone if bool(one.needs) == under] for under in (False, True))
    found = grouped(firm)
    for cause in found[:FEW]:
        names = ", ".join(cause.properties)
        pair = telling.pair(cause.first, glossary.words)
        places = (*telling.breaking(cause.first), cause.first.conflict())
        was = any(place and f"{place.algorithm} {place.step}" in edit.renumbered for place in places)
        title = "no longer, by the old text's numbers:" if was else "no longer"
        put(console, f"  [green]{title}[/] {escape(f'{pair}: {names}')}", 4)
    if (left := len(found) - FEW) > 0:
        put(console, f"  [green]no longer[/] by {left} more pair{'s' * (left > 1)} of steps", 4)
    if hard:
        names = _first(_under([(one.property, one.needs) for one in hard]), MOST)
        put(console, f"  [green]no longer in one of its ways[/]: {escape(names)}", 4)
    told: dict[str, list[Change]] = {}
    for change in edit.properties.repaired:
        told.setdefault(verdicts_of(change), []).append(change)
    for how, changes in told.items():
        names = _first(_under([(told_of(each, needs=False), each.needs) for each in changes]), MOST)
        put(console, f"  [green]repaired[/] {escape(f'{names} ({how})')}", 4)


def _changed_otherwise(edit: Edit, glossary: Glossary, console: Console) -> None:
    """Print what is neither broken nor repaired, and what is not there to be looked at any more.

    What says the same of several properties is said once. What is not decided for a sentence to be mended is not told.
    """
    changes = edit.properties
    told: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for change in changes.changed_kind:
        told.setdefault(change.otherwise(), []).append((f"{told_of(change)} ({verdicts_of(change)})", ()))
    for change in changes.unsure:
        if not edit.hidden and (change.needs or change not in changes.uncompared):
            title = "no longer decided" if change.now == "inconclusive" else "decided by now"
            told.setdefault(title, []).append((told_of(change, needs=False), change.needs))
    gone = [each for each in changes.one_sided if each.was == "violated" and each.now == "not in this text"]
    for change in (*changes.one_sided, *(each for each in changes.fewer if each.title())):
        if change in gone and change.old:
            how = f"{told_of(change)}, which was broken: {telling.pair(change.old, glossary.words)}"
            told.setdefault("gone with a step", []).append((how, ()))
        elif "not in this text" not in (change.was, change.now):
            title = ONE_OF_ITS_WAYS[change.now == "removed"] if change in changes.fewer else change.title()
            told.setdefault(title, []).append((told_of(change, needs=False), change.needs))
    for title, names in told.items():
        put(console, f"  [yellow]{title}[/]: {escape(_first(_under(names), MOST))}", 4)


def _under(told: Sequence[tuple[str, tuple[str, ...]]]) -> list[str]:
    """Name properties, each once, with the adversities under which something is said of it."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for name, needs in told:
        found.setdefault(name, []).append(needs)
    names = []
    for name, environments in found.items():
        hard = ", ".join(dict.fromkeys(" and ".join(needs) for needs in environments if needs))
        also = "also " if () in environments else ""
        names.append(f"{name} ({also}with {hard})" if hard else name)
    return names


def _first(names: Sequence[str], most: int) -> str:
    """Name the first few, and count the others."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
