"""The report as text: what was explored, a table of verdicts, and the traces that were asked for."""

from collections.abc import Iterator
from itertools import islice

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bgsync import telling
from bgsync.judge.facts import Invocation
from bgsync.judge.structure import PROPERTIES
from bgsync.judge.verdict import Report, Trace, TraceStep, Verdict
from bgsync.report.causes import causes
from bgsync.words import Words

STYLES = {
    "holds": "green",
    "violated": "bold red",
    "conditional": "yellow",
    "vacuous": "yellow",
    "inconclusive": "yellow",
}
MANY = 8
"""How many unreached steps and algorithms are named; JSON names all."""

SIGNS = {"holds": "✓", "violated": "✗", "conditional": "~", "vacuous": "∅", "inconclusive": "?"}


def print_report(report: Report, console: Console, *, traces: str = "first") -> None:
    """Print a report. `traces`: `none`, `first` (the shortest one), or `all`."""
    _head(report, console)
    _table(report, console)
    _causes(report, console, everything=traces == "all")
    found = [f for v in report.verdicts if v.verdict == "violated" for f in v.findings() if f.trace is not None]
    shown = found if traces == "all" else sorted(found, key=_readable)[:1] if traces == "first" else []
    for one in shown:
        print_trace(one, report.words, console)
    if traces == "first" and len(found) > 1:
        console.print(
            f"\n{len(found) - 1} more traces: [bold]--traces all[/], or one of them with [bold]--property ID[/]."
        )


def _causes(report: Report, console: Console, *, everything: bool) -> None:
    """Print the pairs of steps that conflict; those that need an adversity only if `everything` is told."""
    found = causes(report)
    told = [cause for cause in found if everything or not cause.first.needs]
    if told:
        console.print("\n[bold]what breaks it, each with all that it breaks[/]", highlight=False)
    for number, cause in enumerate(told, start=1):
        console.print(f"{number:3} {escape(cause.told(report.words))}", highlight=False, soft_wrap=True)
    if len(found) > len(told):
        console.print(f"    {len(found) - len(told)} more under an adversity: [bold]--traces all[/]", highlight=False)


def _readable(verdict: Verdict) -> tuple[bool, int]:
    """Order by: in the base environment first, then the shortest."""
    trace = verdict.trace
    assert trace is not None
    return bool(verdict.needs), sum(step.is_told for step in trace.steps) + (trace.loop is not None)


def _head(report: Report, console: Console) -> None:
    base = [e for e in report.explorations if not e.adversities]
    states = sum(e.states for e in report.explorations)
    bounds = ", ".join(f"{name} {value}" for name, value in report.bounds.items())
    revision = f", revision {escape(report.revision)}" if report.revision else ""
    console.print(f"[bold]{escape(report.model)}[/]{revision}", highlight=False)
    if report.content:
        console.print(f"judged as {escape(report.content)}: {escape(report.chosen)}", highlight=False)
    first = {e.granularity: e for e in reversed(base) if e.monitor == base[0].monitor}
    sizes = ", ".join(f"{first[name].states:,} at granularity {name}" for name in reversed(first))
    console.print(f"explored {states:,} states in {report.seconds:.1f} s; base environment: {sizes}", highlight=False)
    console.print(f"bounds: {bounds}", highlight=False)
    if any(e.minimised for e in report.explorations):
        console.print("states of one tag that no property tells apart are counted as one", highlight=False)
    hard = [e for e in report.explorations if e.adversities]
    if hard:
        names = ", ".join(dict.fromkeys(name for e in hard for name in e.adversities))
        at = " and ".join(dict.fromkeys(e.granularity for e in hard))
        console.print(f"adversities, one at a time, at granularity {at}: {names}", highlight=False)
    if base and not any(e.granularity == "step" for e in base):
        console.print("every invocation runs to its next wait as one action: races are not looked for", highlight=False)
    steps = report.coverage
    told = f"steps: {steps.understood} of {steps.total} understood, {steps.reached} reached"
    missed = ", ".join(map(escape, steps.unreached[:MANY]))
    more = len(steps.unreached) - MANY
    console.print(
        told + (f", not {missed}" if missed else "") + (f" and {more} more" if more > 0 else ""), highlight=False
    )
    for name, why in islice(report.unreached.items(), MANY):
        console.print(f"nothing reaches {escape(name)}: {escape(why)}", highlight=False, soft_wrap=True)
    if (more := len(report.unreached) - MANY) > 0:
        console.print(f"nothing reaches {more} more algorithms: bgsync read names them", highlight=False)
    if report.nothing_seen:
        console.print(f"[yellow]{report.nothing_seen}[/]", highlight=False)
    if report.interrupted:
        console.print("[yellow]interrupted: what follows is about the part that was explored[/]")
    console.print()


def _under(report: Report, name: str) -> Iterator[str]:
    """Say with which adversities a property does not hold, and with which it is not known."""
    broken = any(each.verdict == "violated" for each in report.verdicts if (each.property, each.needs) == (name, ()))
    not_with = "in other ways with" if broken else "but not with"
    rests = "by the reading `handler` of termination alone with"
    for verdict, said in (("violated", not_with), ("conditional", rests), ("inconclusive", "not known with")):
        under = [
            each.needs[0] for each in report.verdicts if each.needs and (each.property, each.verdict) == (name, verdict)
        ]
        if under:
            yield f"{said}: {', '.join(under)}"


def _table(report: Report, console: Console) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("", "property", "verdict", "kind", "what was seen"):
        table.add_column(name, overflow="fold")
    whole: dict[str, list[Verdict]] = {}
    for verdict in report.verdicts:
        if not verdict.needs:
            whole.setdefault(verdict.property.split("/")[0], []).append(verdict)
    sound = [name for name, members in whole.items() if all(v.granularity == "text" for v in members)
             and all(v.verdict == "holds" for v in members)]  # fmt: skip
    for name, members in whole.items():
        if name in sound and len(sound) > 1:
            continue
        harmed = any(o.needs and o.property.split("/")[0] == name for o in report.verdicts)
        if len(members) > 1 and not harmed and all(v.verdict == "holds" for v in members):
            members = [Verdict(f"{name} (all {len(members)})", "holds")]
        for v in members:
            more = f"and {len(v.others)} more findings" if v.others else ""
            said = "; ".join(filter(None, (v.message, more, *_under(report, v.property))))
            table.add_row(
                f"[{STYLES[v.verdict]}]{SIGNS[v.verdict]}[/]", escape(v.property),
                f"[{STYLES[v.verdict]}]{v.verdict}[/]", v.kind or "", escape(said),
            )  # fmt: skip
    if len(sound) > 1:
        named = f"structure (all {len(sound)})" if len(sound) == len(PROPERTIES) else "structure, all else"
        table.add_row("[green]✓[/]", named, "[green]holds[/]", "", "")
    console.print(table)
    for note in report.notes:
        place = note.location
        told = f"{place.file}:{place.line}:{place.column}: {place.algorithm} {place.step}: {note.message}"
        console.print(f"[yellow]note[/] {escape(told)} [dim]({note.property})[/]", highlight=False, soft_wrap=True)


def print_trace(verdict: Verdict, words: Words, console: Console) -> None:
    """Print one violation with its trace, an atomic action a paragraph; steps nobody else can see are counted only."""
    assert verdict.trace is not None
    needs = f", with {', '.join(verdict.needs)}" if verdict.needs else ""
    console.print(f"\n[bold red]{escape(verdict.property)}[/] ({verdict.kind or 'violated'}{needs})", highlight=False)
    console.print(f"  {escape(verdict.message)}", highlight=False)
    for place in verdict.locations:
        console.print(f"  at {escape(place.algorithm)} step {place.step} ({place.file}:{place.line})", highlight=False)
    if (conflict := verdict.conflict()) is not None:
        said = f"{conflict.algorithm} step {conflict.step}" if conflict.step else telling.sentence(conflict, words)
        console.print(f"  against {escape(said)}, by {escape(str(conflict.actor))}", highlight=False)
    if verdict.after:
        console.print(f"  after {escape(verdict.after)} was broken in the same run", highlight=False)
    for line in trace_lines(verdict.trace, words):
        console.print(escape(line), highlight=False, soft_wrap=True)


def trace_lines(trace: Trace, words: Words) -> list[str]:
    """Tell a trace in numbered steps."""
    lines: list[str] = []
    previous: tuple[int, Invocation] | None = None
    number = 0
    for place, step in enumerate(trace.steps):
        if place == trace.loop:
            lines.append("     from here on, again and again:")
        if not step.is_told:
            continue
        number += 1
        who = "" if (step.action, step.actor) == previous else str(step.actor)
        previous = (step.action, step.actor)
        where = f"{step.algorithm} {step.step}: " if step.step else ""
        lines.append(f"{number:4} {who:18} {where}{telling.sentence(step, words)}{_changed(step, words)}")
    if trace.loop == len(trace.steps):
        lines.append("     and nothing more happens")
    return lines


def _changed(step: TraceStep, words: Words) -> str:
    return "".join(f"\n{'':24} → {name}: {old} → {new}" for name, old, new in telling.changes(step, words))
