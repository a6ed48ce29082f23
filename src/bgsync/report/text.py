"""The report as text: first what to mend and what is broken by what, then all else, in few lines."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from itertools import islice

from rich.console import Console
from rich.markup import escape

from bgsync import telling
from bgsync.judge.explorations import LIMIT
from bgsync.judge.glossary import Glossary
from bgsync.judge.static import TEXT
from bgsync.judge.structure import PROPERTIES
from bgsync.judge.verdict import Location, Note, Report, Requirement, TraceStep, Verdict
from bgsync.report.answer import headline
from bgsync.report.causes import Cause, causes, grouped
from bgsync.report.edit import Edit
from bgsync.report.lines import SIGNS, at, put, trace_lines
from bgsync.report.mend import Mend, to_mend
from bgsync.report.story import headline as in_plain_words
from bgsync.system.scenario import DEFAULT_BOUNDS
from bgsync.words import Words

STYLES = {
    "holds": "green",
    "violated": "bold red",
    "conditional": "yellow",
    "vacuous": "yellow",
    "inconclusive": "yellow",
}
FEW = 3
"""How many further pairs of steps are named that break the same."""
MANY = 8
"""How many places, steps and algorithms are named; `--traces all` and JSON name all."""

TITLES = (
    ("conditional", "conditional"),
    ("vacuous", "vacuous"),
    ("inconclusive", "inconclusive"),
)

LEGEND = {"race": "steps of several invocations interleave", "logic": "no interleaving is needed"}

UNDER = (("violated", "broken with"), ("conditional", "rests on a reading with"), ("inconclusive", "inconclusive with"))


def print_report(report: Report, console: Console, *, traces: str = "first", mend: bool = True) -> None:
    """Print a report. `traces`: `none`, `first` (the shortest one), or `all`; without `mend`, that was printed."""
    everything = traces == "all"
    if mend:
        print_mend(report.model, to_mend(report.unread, report.verdicts), console, everything=everything)
    sign = (
        SIGNS["violated"] if report.exit_status == 1 else SIGNS["holds" if not report.exit_status else "inconclusive"]
    )
    style = {1: "bold red", 0: "green"}.get(report.exit_status, "yellow")
    put(console, f"[{style}]{sign}[/] [bold]{escape(report.model)}: {escape(headline(report))}[/]", 2)
    if report.interrupted:
        put(console, "[yellow]interrupted: what follows is about the part that was explored[/]")
    print_causes(causes(report), report.glossary, console, everything=everything)
    print_rest(report, console, everything=everything)
    found = [f for v in report.verdicts if v.verdict == "violated" for f in v.findings() if f.trace is not None]
    print_traces(found, report.words, console, traces)


def print_headline(status: int, told: str, console: Console) -> None:
    """Print what came out in one line, with a sign by the exit status that it has."""
    ruling = {0: "holds", 1: "violated"}.get(status, "inconclusive")
    put(console, f"[{STYLES[ruling]}]{SIGNS[ruling]}[/] [bold]{escape(told)}[/]", 2)


def print_mend(model: str, found: Sequence[Mend], console: Console, *, everything: bool = False) -> None:
    """Print what is wrong in a text as it stands."""
    if not found:
        return
    places = f"{len(found)} place{'s' * (len(found) != 1)}"
    put(console, f"[bold red]✗[/] [bold]{escape(model)}: mend first, in the text as it stands ({places})[/]", 2)
    for one in found if everything else found[:MANY]:
        where = f"{escape(at(one.location))}:{one.location.column}: {escape(one.step)}"
        named = f" [dim]({one.breaks})[/]" if one.breaks else ""
        put(console, f"  {where}: {escape(one.said)}{named}", 4)
        if one.help:
            put(console, f"    {escape(one.help)}", 6)
    if (more := len(found) - MANY) > 0 and not everything:
        put(console, f"  and {more} more: [bold]--traces all[/], or bgsync read FILE --suggest", 4)
    console.print()


def print_causes(
    found: Sequence[Cause],
    glossary: Glossary,
    console: Console,
    *,
    everything: bool = True,
    begin: int = 1,
    uncalled: Callable[[Verdict], Sequence[str]] = lambda one: (),
) -> None:
    """Print the pairs of steps that conflict, each with what it breaks; those of an adversity only if all are told."""
    told = [cause for cause in found if everything or not cause.first.needs]
    for number, cause in enumerate(told, start=begin):
        first = cause.first
        step = _in_text(first)
        place = f" [dim]{escape(at(step))}[/]" if step else ""
        names = " and ".join(uncalled(first))
        mark = f" [yellow]would break if {escape(names)} ran[/]" if names else ""
        put(console, f"{number:3} {escape(telling.pair(first, glossary.words))}{place}{mark}", 6)
        others = ", ".join(name for name in cause.properties if name != first.property)
        also = f"; also {escape(others)}" if others else ""
        said = escape(in_plain_words(first, glossary))
        put(console, f"    [red]{escape(first.property)}[/]: {said}{also}", 6)
        named = [(_pair_and_needs(one, glossary.words), telling.callers(one)) for one in cause.findings]
        pairs = list(dict.fromkeys(pair for pair, _ in named))
        told_by = list(dict.fromkeys(ways for pair, ways in named if pair == pairs[0]))
        if ways := [way for way in told_by if way]:
            also = "also " if "" in told_by else ""
            more = f"; and {len(ways) - FEW} more: [bold]--traces all[/]" if len(ways) > FEW and not everything else ""
            put(console, f"    {also}{escape('; '.join(ways if everything else ways[:FEW]))}{more}", 6)
        pairs = pairs[1:]
        if pairs:
            more = f" and {len(pairs) - FEW} more" if len(pairs) > FEW else ""
            put(console, f"    and so by {escape('; '.join(pairs[:FEW]))}{more}", 6)
    if len(found) > len(told):
        put(console, f"    {len(found) - len(told)} more under an adversity: [bold]--traces all[/]", 4)
    if told:
        console.print()


def _pair_and_needs(one: Verdict, words: Words) -> str:
    needs = f", with {', '.join(one.needs)}" if one.needs else ""
    return f"{telling.pair(replace(one, needs=()), words)}{needs}"


def _in_text(verdict: Verdict) -> TraceStep | Location | None:
    """Give the place of the step that breaks something, or of the step of the text that came to it from there.

    None where nothing is done by a step: whoever was to begin is gone before.
    """
    (*_, told) = telling.breaking(verdict) or (None,)
    if told is None:
        return None
    outer = verdict.locations[0] if verdict.locations else told
    inner = [place for place in verdict.locations if place.file == outer.file]
    return told if told.file == outer.file or not inner else inner[-1]


def print_traces(found: Sequence[Verdict], words: Words, console: Console, traces: str) -> None:
    """Print the runs of findings: `none`, `first` (the shortest one), or `all`."""
    shown = list(found) if traces == "all" else sorted(found, key=_readable)[:1] if traces == "first" else []
    for one in shown:
        print_trace(one, words, console)
    if traces == "first" and len(found) > 1:
        put(console, f"\n{len(found) - 1} more traces: [bold]--traces all[/], or one property: [bold]--property ID[/]")


def _readable(verdict: Verdict) -> tuple[bool, int]:
    """Order by: in the base environment first, then the shortest."""
    trace = verdict.trace
    assert trace is not None
    return bool(verdict.needs), sum(step.is_told for step in trace.steps) + (trace.loop is not None)


def print_rest(report: Report, console: Console, *, everything: bool = False) -> None:
    """Print what is not broken, what only an adversity breaks, and what was looked at."""
    print_verdicts(report, console)
    print_requirements(report.requirements, console, everything=everything)
    print_notes(report.notes, console)
    print_looked_at(report, console, everything=everything)


def print_verdicts(report: Report, console: Console) -> None:
    """Print what is not broken, and what only an adversity breaks."""
    base = [verdict for verdict in report.verdicts if not verdict.needs]
    never = [v.property for v in base if v.verdict == "violated" and v.trace is None and v.granularity != TEXT]
    _list("never happens", never, console)
    _list("broken by one reading", [f"{v.property} ({v.reading})" for v in base if v.reading], console)
    hard = {verdict.property for verdict in report.verdicts if verdict.needs}
    for alone in (False, True):
        held = [verdict for verdict in base if verdict.verdict == "holds" and (verdict.property in hard) == alone]
        _list("holds", list(_joined(held, base)), console, "not under every adversity, as said below" * alone)
    for ruling, title in TITLES:
        for why, some in _by_message(verdict for verdict in base if verdict.verdict == ruling):
            _list(title, [verdict.property for verdict in some], console, why)
    for needed, what in _under(report):
        _list(needed, what, console)


def print_requirements(found: Sequence[Requirement], console: Console, *, everything: bool) -> None:
    """Print what a text requires outside of its steps, and no step does: the places in a line, or each by itself."""
    if not found:
        return
    places = ", ".join([at(found[0].location), *(str(one.location.line) for one in found[1:MANY])])
    more = f" and {len(found) - MANY} more" if len(found) > MANY else ""
    many = (
        f"{len(found)} requirement{'s' * (len(found) > 1)} outside of the steps, held against no step: {places}{more}"
    )
    _list("not checked", [many], console, "but by a property that says the same" + "; bgsync read" * (not everything))
    for one in found if everything else ():
        put(console, escape(f"{at(one.location)}:{one.location.column}: {one.sentence} ({one.why})"), WIDE)


def print_notes(notes: Iterable[Note], console: Console) -> None:
    """Print what is worth a look and breaks nothing."""
    for note in notes:
        told = f"{at(note.location)}:{note.location.column}: {note.location.algorithm} {note.location.step}"
        put(console, f"[yellow]note[/] {escape(f'{told}: {note.message}')} [dim]({note.property})[/]", 5)


def _list(title: str, names: Sequence[str], console: Console, why: str = "") -> None:
    if names:
        tail = f" [dim]({escape(why)})[/]" if why else ""
        lead = f"{title}: ".ljust(WIDE) if title else " " * WIDE
        put(console, f"[dim]{escape(lead)}[/]{escape(', '.join(names))}{tail}", WIDE)


WIDE = 14
"""The columns that the title of a list takes."""


def _by_message(verdicts: Iterable[Verdict]) -> Iterator[tuple[str, list[Verdict]]]:
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(verdict.message, []).append(verdict)
    yield from groups.items()


def _joined(some: Sequence[Verdict], base: Sequence[Verdict]) -> Iterator[str]:
    """Name what holds: a property whose parts all hold once, and all of structure once."""
    of_text = [verdict.property for verdict in some if verdict.granularity == TEXT]
    sound = [name for name in of_text if "/" not in name]
    whole: dict[str, list[str]] = {}
    for verdict in some:
        if verdict.property not in sound:
            whole.setdefault(verdict.property.split("/")[0], []).append(verdict.property)
    for name, parts in whole.items():
        alike = [verdict for verdict in base if verdict.property.split("/")[0] == name]
        yield from [f"{name} (all {len(parts)})"] if len(alike) == len(parts) > 1 else parts
    if sound:
        yield f"structure (all {len(sound)})" if len(sound) == len(PROPERTIES) else f"{len(sound)} of structure"


def _under(report: Report) -> Iterator[tuple[str, list[str]]]:
    """Say what each adversity breaks, and what is then not known; those that do the same together."""
    for ruling, title in UNDER:
        some = [verdict for verdict in report.verdicts if verdict.needs and verdict.verdict == ruling]
        alike: dict[tuple[str, ...], list[str]] = {}
        for needs in dict.fromkeys(verdict.needs for verdict in some):
            names = tuple(verdict.property for verdict in some if verdict.needs == needs)
            alike.setdefault(names, []).append(" and ".join(needs))
        for names, adversities in alike.items():
            yield f"{title} {', '.join(adversities)}", list(names)


def print_looked_at(report: Report, console: Console, *, everything: bool, edit: Edit | None = None) -> None:
    """Print what was looked at, within which bounds, and what part of the text that was; of an edit in fewer lines."""
    _print_legend(report, console, everything=everything)
    in_short = edit is not None and not everything
    if report.content and not in_short:
        put(console, f"[dim]judged as[/] {escape(f'{report.content}: {report.chosen}')}", WIDE)
    _print_size(report, console, everything=everything, edit=edit)
    steps, revision = report.coverage, f", revision {report.revision}" if report.revision else ""
    reached = f"{steps.understood} of {steps.total} steps understood, {steps.reached} reached{revision}"
    if in_short:
        _list("text", [reached], console)
        return
    most = None if everything else MANY
    missed = ", ".join(islice(steps.unreached, most))
    more = f" and {left} more" if not everything and (left := len(steps.unreached) - MANY) > 0 else ""
    _list("text", [reached + (f"; not reached: {missed}{more}" if missed else "")], console)
    for name, why in islice(report.unreached.items(), most):
        put(console, f"nothing reaches {escape(name)}: {escape(why)}", 2)
    if not everything and (left := len(report.unreached) - MANY) > 0:
        put(console, f"nothing reaches {left} more algorithms: [bold]--traces all[/] names them")


def _print_legend(report: Report, console: Console, *, everything: bool) -> None:
    there = {one.kind for verdict in report.verdicts for one in verdict.findings()}
    kinds = {kind: told for kind, told in LEGEND.items() if kind in there}
    told = "; ".join(f"{kind}: {told}" for kind, told in kinds.items())
    if kinds and everything:
        _list("in brackets", [f"{told}; any other word: the command explain"], console)
    elif kinds:
        told = f"{' and '.join(kinds)}: bgsync explain {next(iter(kinds))}, and so any other word"
        _list("in brackets", [told], console)


def _print_size(report: Report, console: Console, *, everything: bool, edit: Edit | None) -> None:
    """Print how much was looked at, within which bounds: with `everything` also those that hold where none is named."""
    base, hard = ([e for e in report.explorations if bool(e.adversities) == on] for on in (False, True))
    before = f" and, before the edit, {edit.states:,}" if edit and edit.seconds else ""
    seconds = report.seconds + (edit.seconds if edit else 0)
    size = f"{sum(e.states for e in report.explorations):,} states{before} in {seconds:.1f} s"
    if kept := sum(e.states for e in report.explorations if e.kept):
        size += (
            f", {f'{kept:,}' if kept < sum(e.states for e in report.explorations) else 'all'} of them by an earlier run"
        )
    usual = asdict(DEFAULT_BOUNDS) | {"states": LIMIT}
    told = {name: value for name, value in report.bounds.items() if name in MAIN or usual.get(name) != value}
    if everything:
        first = {e.granularity: e for e in reversed(base) if e.monitor == base[0].monitor}
        sizes = ", ".join(f"{first[name].states:,} at granularity {name}" for name in reversed(first))
        _list("looked at", [f"{size}; without adversities {sizes}"], console)
        _list("bounds", [", ".join(f"{name} {value}" for name, value in report.bounds.items())], console)
        if hard:
            names = ", ".join(dict.fromkeys(name for e in hard for name in e.adversities))
            granularities = " and ".join(dict.fromkeys(e.granularity for e in hard))
            _list("adversities", [f"one at a time, at granularity {granularities}: {names}"], console)
        named = {name for explored in report.explorations for name in explored.adversities}
        granted = (f"with {name}, {what}" for name, what in report.rests.items() if name in named)
        _list("assumed", [*report.words.assumed, *granted], console)
    else:
        bounds = ", ".join(f"{name} {value}" for name, value in told.items())
        _list("looked at", [f"{size}; {bounds} (all bounds: --traces all)"], console)
    if any(e.minimised for e in report.explorations):
        _list("", ["states of one tag that no property tells apart are counted as one"], console)
    if not edit and {e.granularity for e in base} == {"algorithm"}:
        _list("", ["every invocation runs to its next wait as one action: races are not looked for"], console)


MAIN = ("tags", "calls")
"""The bounds that are told always."""


def print_trace(verdict: Verdict, words: Words, console: Console) -> None:
    """Print one violation with its trace, an atomic action a paragraph; steps nobody else can see are counted only."""
    trace = verdict.run()
    assert trace is not None
    needs = f", with {', '.join(verdict.needs)}" if verdict.needs else ""
    put(console, f"\n[bold red]{escape(verdict.property)}[/] ({verdict.kind or 'violated'}{needs})")
    put(console, f"  {escape(verdict.message)}", 2)
    for place in verdict.locations:
        put(console, f"  at {escape(place.algorithm)} step {place.step} ({escape(at(place))})", 4)
    if (conflict := verdict.conflict()) is not None:
        said = f"{conflict.algorithm} step {conflict.step}" if conflict.step else telling.sentence(conflict, words)
        put(console, f"  against {escape(said)}, by {escape(str(conflict.actor))}", 4)
    if called := telling.callers(verdict):
        put(console, f"  {escape(called)}", 4)
    if verdict.after:
        put(console, f"  after {escape(verdict.after)} was broken in the same run", 4)
    for line in trace_lines(trace, words):
        for part in line.split("\n"):
            put(console, escape(part), 26)


def print_new(
    found: Sequence[Verdict],
    glossary: Glossary,
    console: Console,
    further: Collection[Verdict] = (),
    uncalled: Callable[[Verdict], Sequence[str]] = lambda one: (),
) -> None:
    """Print findings that are new: those of one promise together, and those that have no run.

    Of those that are only further ways to break what was broken before they come last. `uncalled` gives the algorithms
    that nothing calls and that a finding rests on.
    """
    every = _by_promise(grouped(found))
    only_further = [cause for cause in every if all(one in further for one in cause.findings)]
    first = [cause for cause in every if cause not in only_further]
    print_causes(first, glossary, console, uncalled=uncalled)
    idle: dict[tuple[str, tuple[str, ...]], list[Verdict]] = {}
    for one in found:
        if one.trace is None:
            idle.setdefault((one.property.split("/")[0], one.needs), []).append(one)
    for (_, needs), some in idle.items():
        under = f", with {', '.join(needs)}" if needs else ""
        names = ", ".join(one.property for one in some)
        put(console, f"  • [red]{escape(names)}[/]{under}: {escape(in_plain_words(some[0], glossary))}", 6)
    if only_further:
        put(console, "  [dim]broken before, and now in a further way:[/]", 4)
        print_causes(only_further, glossary, console, begin=len(first) + 1, uncalled=uncalled)


def _by_promise(found: Iterable[Cause]) -> list[Cause]:
    """Join each cause that breaks nothing but what another one breaks to that."""
    joined: list[Cause] = []
    for cause in found:
        same = (n for n, other in enumerate(joined) if set(cause.properties) <= set(other.properties))
        if (place := next(same, None)) is None:
            joined.append(cause)
        else:
            joined[place] = Cause((*joined[place].findings, *cause.findings))
    return joined
