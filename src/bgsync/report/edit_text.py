"""What an edit did, as text: what to mend, what it broke by which steps, what it repaired; all else in few lines."""

import re
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.markup import escape

from bgsync import telling
from bgsync.compare.properties import Changes
from bgsync.compare.steps import AlgorithmChange, StepChange
from bgsync.judge.glossary import Glossary
from bgsync.judge.verdict import Report
from bgsync.report.answer import headline, headline_of_edit
from bgsync.report.causes import grouped
from bgsync.report.comparison_text import told_of, verdicts_of
from bgsync.report.edit import Edit
from bgsync.report.lines import put
from bgsync.report.text import print_headline, print_new, print_rest, print_traces

FEW, AROUND, MOST = 3, 6, 6
"""How many changed steps are named before what they did; how many words are told around what changed in one; how many
properties of which one thing is said are named."""


def print_edit(edit: Edit, report: Report, console: Console, *, traces: str = "first") -> None:
    """Print what an edit did to a text, below what is to be mended first, and in few lines what the text is now."""
    everything = traces == "all"
    print_headline(edit.exit_status, f"{report.model}: {headline_of_edit(edit, report)}", console)
    _steps_in_short(edit, report.model, console)
    for name, why in edit.uncalled.items():
        if not any(each.name == name and each.kind == "added" for each in edit.steps):
            put(console, f"  [yellow]nothing comes to[/] {escape(f'{name} any more: {why}')}", 4)
    if edit.unreached:
        put(console, f"  [yellow]no longer reached[/]: {escape(', '.join(_by_algorithm(edit.unreached)))}", 4)
    console.print()
    print_new(edit.found, report.glossary, console, edit.further)
    if edit.properties.grown:
        put(console, f"  [yellow]much larger[/]: {escape(edit.properties.grown)}", 4)
    _mended(edit, report.glossary, console)
    _changed_otherwise(edit.properties, console)
    put(console, f"now           {escape(headline(report))} (bgsync check {escape(report.model)})", 14)
    print_rest(report, console, everything=everything)
    print_traces([one for one in edit.found if one.trace is not None], report.words, console, traces)


def _steps_in_short(edit: Edit, model: str, console: Console) -> None:
    """Print the first changed steps, without those that are to be mended first; a whole algorithm is one line."""
    mend = {one.location.line for one in edit.mend}
    mine = [each for each in edit.steps if not _stands_elsewhere(each, {edit.base, model})]
    whole = [each for each in mine if each.kind in ("added", "removed")]
    for each in whole:
        places = [step.new or step.old for step in each.steps if step.new or step.old]
        steps, origin = f"{len(places)} step{'s' * (len(places) != 1)}", places[0] if places else None
        where = f" ({origin.file}:{origin.line})" if origin else ""
        why = f": nothing comes to it: {edit.uncalled[each.name]}" if each.name in edit.uncalled else ""
        put(console, f"  {each.kind} {escape(f'{each.name}, {steps}{where}{why}')}", 4)
    changed = [(each.name, step) for each in mine if each not in whole for step in each.steps]
    known = {str(step.new) for _, step in changed if step.new and step.new.line in mend}
    told = [(name, step) for name, step in changed if str(step.new or step.old) not in known]
    told = [(name, step) for name, step in told if step.kind != "reworded"] or told
    left = _without_renames(told, console)
    for name, step in left[:FEW]:
        origin = step.new or step.old
        was = f"{step.old.step} → " if step.kind == "moved" and step.old else ""
        where = f"{origin.algorithm} {was}{origin.step} ({origin.file}:{origin.line})" if origin else name
        put(console, f"  {step.kind} {escape(f'{where}: {difference(*_said(step))}')}", 4)
    if (more := len(left) - FEW) > 0:
        put(console, f"  and {more} more changed steps: [bold]bgsync diff OLD NEW[/]", 4)


def _said(step: StepChange) -> tuple[str, str]:
    """Give what a step said and says: the sentences, or what they are read as where these alone differ."""
    if step.old is None or step.new is None or step.old.sentence == step.new.sentence:
        return step.old_reading, step.new_reading
    return step.old.sentence, step.new.sentence


def _without_renames(told: Sequence[tuple[str, StepChange]], console: Console) -> Sequence[tuple[str, StepChange]]:
    """Print each declared name that is another one throughout, and give the steps that changed otherwise."""
    for old, new in dict.fromkeys(_words(step) for _, step in told if step.old is step.new is None):
        naming = [step for _, step in told if step.kind == "changed" and _renamed(step, old, new)]
        if old and new and len(naming) > 1:
            told = [(name, step) for name, step in told if step not in naming]
            where = ", ".join(f"{step.new} ({step.new.file}:{step.new.line})" for step in naming if step.new)
            put(console, f"  renamed {escape(f'{old} → {new}, and so in {where}')}", 4)
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
    for cause in grouped(edit.gone):
        names = ", ".join(cause.properties)
        pair = telling.pair(cause.first, glossary.words)
        put(console, f"  [green]no longer[/] {escape(f'{pair}: {names}')}", 4)
    for change in edit.properties.repaired:
        put(console, f"  [green]repaired[/] {escape(told_of(change))} ({escape(verdicts_of(change))})", 4)


def _changed_otherwise(changes: Changes, console: Console) -> None:
    """Print what is neither broken nor repaired; what says the same of several properties is said once."""
    told: dict[tuple[str, str], list[str]] = {}
    for change in changes.changed_kind:
        told.setdefault(("broken in another way", ""), []).append(f"{told_of(change)} ({verdicts_of(change)})")
    for change in changes.unsure:
        title = "no longer decided" if change.now == "inconclusive" else "decided by now"
        why = change.new.message if change.now == "inconclusive" and change.new and not change.needs else ""
        told.setdefault((title, why), []).append(told_of(change))
    for change in changes.one_sided:
        if change not in changes.violated_first:
            broken = " (broken)" if change.was == "violated" and change.now == "not in this text" else ""
            told.setdefault((change.title(), ""), []).append(told_of(change) + broken)
    for (title, why), names in told.items():
        tail = f" ({why})" if why else ""
        named = ", ".join(names) if len(names) <= MOST or not tail else f"{len(names)} properties, named below"
        put(console, f"  [yellow]{title}[/]: {escape(named + tail)}", 4)
