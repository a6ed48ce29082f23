"""A comparison as text: the changed steps, the relation in a line, the traces that show it, broken and repaired."""

from rich.console import Console
from rich.markup import escape

from bgsync.compare.behaviour import Comparison, DistinguishingTrace, Size
from bgsync.compare.properties import Change, Changes
from bgsync.compare.steps import AlgorithmChange, StepChange
from bgsync.language import Origin
from bgsync.report.text import trace_lines
from bgsync.words import Words

STYLES = {
    "equivalent": "green",
    "narrower": "yellow",
    "wider": "yellow",
    "incomparable": "yellow",
    "inconclusive": "bold yellow",
}
MEANINGS = {
    "equivalent": "nothing that a page, a worker or a server can observe has changed",
    "narrower": "all that can be observed of the new text could be observed of the old one, but not the reverse",
    "wider": "all that could be observed of the old text can be observed of the new one, and more",
    "incomparable": "the new text shows something that the old one did not, and the old one something that is gone",
    "inconclusive": "it is not known whether anything observable has changed",
}
SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow"), "reworded": ("=", "dim")}


def print_comparison(
    changes: tuple[AlgorithmChange, ...],
    comparison: Comparison | None,
    console: Console,
    properties: Changes | None = None,
) -> None:
    """Print what an edit did. What is None was not looked at, and is left out."""
    print_changes(changes, console)
    if comparison is not None:
        console.print()
        _relation(comparison, console)
    if properties is not None:
        console.print()
        _properties(properties, console)


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True, emoji=False)  # file:100: is no emoji


def print_changes(changes: tuple[AlgorithmChange, ...], console: Console) -> None:
    """Print the changed steps of every algorithm."""
    if not changes:
        _say(console, "no step was changed, added or removed; at most, steps were moved")
    for algorithm in changes:
        _say(console, f"[bold]{escape(algorithm.name)}[/] ({algorithm.kind})")
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


def _relation(comparison: Comparison, console: Console) -> None:
    relation, style = comparison.relation, STYLES[comparison.relation]
    basis = "; ".join(filter(None, [comparison.proof, ", ".join(map(_size, comparison.explored))]))
    told = f"[{style}]{relation}[/]: {MEANINGS[relation]}" + (f" ({escape(basis)})" if basis else "")
    _say(console, told)
    if comparison.note:
        _say(console, f"  {escape(comparison.note)}")
    for what, trace in (("only the old text", comparison.only_old), ("only the new text", comparison.only_new)):
        if trace is not None:
            _trace(what, trace, comparison.words, console)


def _size(size: Size) -> str:
    needs = f" with {', '.join(size.adversities)}" if size.adversities else ""
    return f"{size.old_states:,} and {size.new_states:,} states at {size.granularity}{needs}"


def _trace(what: str, trace: DistinguishingTrace, words: Words, console: Console) -> None:
    _say(console, f"\n[bold]{what} shows[/]: {escape('; '.join(trace.labels))}")
    for line in trace_lines(trace.run, words):
        _say(console, escape(line))


def _properties(changes: Changes, console: Console) -> None:
    titles = (
        ("broken", "bold red", changes.broken),
        ("repaired", "green", changes.repaired),
        ("broken in another way", "yellow", changes.changed_kind),
        ("not known", "yellow", changes.unsure),
    )
    if changes.grown:
        _say(console, f"[yellow]much larger[/]: {escape(changes.grown)}")
    if not any(found for _, _, found in titles):
        _say(console, "no verdict has changed")
    for title, style, found in titles:
        for change in found:
            _say(console, f"[{style}]{title}[/]: {escape(_change(change))}")


def _change(change: Change) -> str:
    was = f", {change.old_property} in the old text" if change.old_property != change.property else ""
    needs = f", with {', '.join(change.needs)}" if change.needs else ""
    kinds = [v.kind or v.verdict if v is not None else "no verdict" for v in (change.old, change.new)]
    message = next((v.message for v in (change.new, change.old) if v is not None and v.message), "")
    return f"{change.property}{was}{needs} ({kinds[0]} → {kinds[1]})" + (f": {message}" if message else "")
