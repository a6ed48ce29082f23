"""A comparison as text: what an edit broke and repaired, how the behaviour differs, and the steps that it changed."""

from rich.console import Console
from rich.markup import escape

from bgsync import telling
from bgsync.compare.behaviour import Comparison, DistinguishingTrace, Size, unreached_changes
from bgsync.compare.properties import Change, Changes
from bgsync.compare.steps import AlgorithmChange, StepChange
from bgsync.language import Origin
from bgsync.report.lines import put, trace_lines
from bgsync.words import Words

STYLES = {
    "equivalent": "green",
    "indistinguishable": "yellow",
    "narrower": "yellow",
    "wider": "yellow",
    "incomparable": "yellow",
    "inconclusive": "bold yellow",
}
MEANINGS = {
    "equivalent": "nothing that a page, a worker or a server can observe has changed",
    "indistinguishable": "no run shows a difference to a page, a worker or a server, but something has changed",
    "narrower": "all that can be observed of the new text could be observed of the old one, but not the reverse",
    "wider": "all that could be observed of the old text can be observed of the new one, and more",
    "incomparable": "the new text shows something that the old one did not, and the old one something that is gone",
    "inconclusive": "it is not known whether anything observable has changed",
}
"""What each relation means."""
ONE_ENVIRONMENT = ("narrower", "wider", "incomparable", "inconclusive")
"""What is said of the environment that was looked at last, and of no other."""
SIGNS = {
    "added": ("+", "green"),
    "removed": ("-", "red"),
    "changed": ("~", "yellow"),
    "moved": ("»", "yellow"),
    "reworded": ("=", "dim"),
}


def print_comparison(
    changes: tuple[AlgorithmChange, ...],
    comparison: Comparison | None,
    console: Console,
    properties: Changes | None = None,
) -> None:
    """Print what an edit did. What is None was not looked at, and is left out."""
    if properties is not None:
        _properties(properties, comparison.words if comparison else Words(), console)
        console.print()
    if comparison is not None:
        _relation(comparison, unreached_changes(changes, comparison), console)
        console.print()
    print_changes(changes, console)


def _say(console: Console, text: str) -> None:
    put(console, text, 4)


def print_changes(changes: tuple[AlgorithmChange, ...], console: Console) -> None:
    """Print the changed steps of every algorithm."""
    if not changes:
        _say(console, "no step was changed, added, removed or moved")
    for algorithm in changes:
        was = f" from {algorithm.old_name}" if algorithm.old_name else ""
        _say(console, f"[bold]{escape(algorithm.name)}[/] ({algorithm.kind}{escape(was)})")
        for change in algorithm.steps:
            _step(change, console)


def _step(change: StepChange, console: Console) -> None:
    sign, style = SIGNS[change.kind]
    number = " → ".join(dict.fromkeys(origin.step for origin in (change.old, change.new) if origin is not None))
    _say(console, f"  [{style}]{sign} {number or '·'}[/] {change.kind}")
    if change.kind == "reworded":
        for origin in (change.old, change.new):
            if origin is not None:
                _say(console, f"      {escape(_at(origin))}“{escape(origin.sentence)}”")
        _say(console, f"      both are read as: {escape(change.new_reading)}")
        return
    for name, origin, reading in (("old", change.old, change.old_reading), ("new", change.new, change.new_reading)):
        if reading:
            _say(console, f"      {name} {escape(_at(origin) + reading)}")


def _at(origin: Origin | None) -> str:
    return "" if origin is None else f"{origin.file}:{origin.line}: "


def _relation(comparison: Comparison, unreached: tuple[str, ...], console: Console) -> None:
    relation, style = comparison.relation, STYLES[comparison.relation]
    basis = "; ".join(filter(None, [comparison.proof, ", ".join(map(_size, comparison.explored))]))
    last = comparison.explored[-1] if comparison.explored and relation in ONE_ENVIRONMENT else None
    where = f" at {_where(last)}" if last else ""
    told = f"[{style}]{relation}[/]{where}: {MEANINGS[relation]}" + (f" ({escape(basis)})" if basis else "")
    _say(console, told)
    if comparison.note:
        _say(console, f"  {escape(comparison.note)}")
    if unreached:
        _say(
            console, f"  [yellow]changed steps that no run takes, or not all of each[/]: {escape(', '.join(unreached))}"
        )
    for side, other, trace in (("old", "new", comparison.only_old), ("new", "old", comparison.only_new)):
        if trace is not None:
            _trace(side, other, trace, comparison.words, console)


def _where(size: Size) -> str:
    return size.granularity + (f" with {', '.join(size.adversities)}" if size.adversities else "")


def _size(size: Size) -> str:
    return f"{size.old_states:,} and {size.new_states:,} states at {_where(size)}"


def _trace(side: str, other: str, trace: DistinguishingTrace, words: Words, console: Console) -> None:
    *shared, last = trace.labels
    if shared:
        _say(console, f"\n[bold]both texts show[/]: {escape('; '.join(shared))}")
        _say(console, f"[bold]then only the {side} text shows[/]: {escape(last)}")
    else:
        _say(console, f"\n[bold]only the {side} text shows[/]: {escape(last)}")
    _say(console, f"where the {other} text shows {escape(' or '.join(trace.instead) or 'nothing')}")
    for line in trace_lines(trace.run, words):
        _say(console, escape(line))


def _properties(changes: Changes, words: Words, console: Console) -> None:
    known = (*changes.broken, *changes.more)
    new_ones = tuple(each for each in changes.violated_first if each not in known)
    titles = (
        ("broken", "bold red", changes.broken),
        ("only in the new text, and violated", "bold red", new_ones),
        ("repaired", "green", changes.repaired),
        *((change.otherwise(), "yellow", (change,)) for change in changes.changed_kind),
        ("not known", "yellow", changes.unsure),
    )
    if changes.grown:
        _say(console, f"[yellow]much larger[/]: {escape(changes.grown)}")
    if not (changes.says_otherwise or changes.unsure or new_ones):
        _say(console, "no verdict that was given on both texts has changed")
    for title, style, found in titles:
        for change in found:
            _say(console, f"[{style}]{title}[/]: {escape(_change(change))}")
    further = [one for change in changes.more if change.new for one in change.new.findings()]
    mended, gone = (
        [
            one
            for change in changes.fewer
            if change.old and bool(change.title()) == lost
            for one in change.old.findings()
        ]
        for lost in (False, True)
    )
    ways = (
        ("broken in a further way", "bold red", further),
        ("no longer broken in this way", "green", mended),
        ("gone with a step", "yellow", gone),
    )
    for title, style, findings in ways:
        for one in findings:
            _say(console, f"[{style}]{title}[/]: {escape(one.property)}: {escape(telling.pair(one, words))}")
    for title in dict.fromkeys(change.title() for change in changes.one_sided):
        some = (change for change in changes.one_sided if change.title() == title and change not in new_ones)
        if told := ", ".join(map(_one_sided, some)):
            _say(console, f"[yellow]{title}[/]: {escape(told)}")


def _change(change: Change) -> str:
    message = next((v.message for v in (change.new, change.old) if v is not None and v.message), "")
    return f"{told_of(change)} ({verdicts_of(change)})" + (f": {message}" if message else "")


def _one_sided(change: Change) -> str:
    return f"{told_of(change)} ({verdicts_of(change)})"


def told_of(change: Change, *, needs: bool = True) -> str:
    """Name the property of a change, with what it needs where that is wanted."""
    was = f", {change.old_property} in the old text" if change.old_property != change.property else ""
    under = f", with {', '.join(change.needs)}" if change.needs and needs else ""
    return f"{change.property}{was}{under}"


def verdicts_of(change: Change) -> str:
    """Tell what was said and is said, by the kind of what is violated."""
    sides = (change.old, change.was), (change.new, change.now)
    told = [str(verdict.kind or said) if verdict and said == "violated" else said for verdict, said in sides]
    if "not in this text" in told:
        return next(each for each in told if each != "not in this text")
    return " → ".join(told)
