"""What bgsync check does with a `transitions` machine of the user's."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from rich.markup import escape

from bgsync.cli.out import console, emit, fail, say

if TYPE_CHECKING:
    from bgsync.machines.apart import Wish
    from bgsync.machines.behaviour import Behaviour
    from bgsync.machines.check import MachineReport
    from bgsync.machines.difference import Difference

T = TypeVar("T")
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_TEXTS = ("bs", "html", "htm", "md", "txt")


OPTIONS = (
    click.option("--data", is_flag=True, help="Of a machine: run its guards and callbacks; its model's data counts."),
    click.option(
        "--stub",
        "stubs",
        multiple=True,
        metavar="NAME",
        help="Of a machine, with --data: do not run this callback; a guard of this name is free. May be repeated.",
    ),
    click.option(
        "--automatic/--no-automatic",
        default=None,
        show_default="only where a machine has no other rows",
        help="Of a machine: whether the `to_STATE` rows count that the library adds.",
    ),
)


def about_machines(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say how a machine is run."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def names_machine(target: str) -> bool:
    """Tell whether a target is file.py:name, module:name or a chart, and neither a spec text nor REV:path of one."""
    place, colon, name = target.rpartition(":")
    if target.endswith((".py", ".scxml", ".json")):
        return True
    if not colon or not _DOTTED.fullmatch(name):
        return False
    if place.endswith(".py"):
        return True
    if not _DOTTED.fullmatch(place) or name.rpartition(".")[2] in _TEXTS:
        return False
    here = Path(*place.split("."))
    if here.with_suffix(".py").exists() or (here / "__init__.py").exists():
        return True
    try:
        return importlib.util.find_spec(place.split(".")[0]) is not None
    except (ImportError, ValueError):
        return False


def check_one(wish: Wish, output: str) -> NoReturn:
    """Check a machine, tell what was found, and end."""
    if output not in ("text", "json"):
        fail(f"--format {output} is for spec texts; a machine has text and json")
    report = machine_report(wish)
    if output == "json":
        _emit(report)
    else:
        _tell(wish.target, report)
    sys.exit(report.exit_status)


def machine_report(wish: Wish) -> MachineReport:
    """Check a machine; what it prints goes to standard error."""
    from bgsync.machines.apart import check_apart

    return _apart(check_apart, wish)


def machine_behaviour(wish: Wish) -> Behaviour:
    """Give all that a machine does; what it prints goes to standard error."""
    from bgsync.machines.apart import behaviour_apart

    return _apart(behaviour_apart, wish)


def _apart(ask: Callable[[Wish], tuple[T, str]], wish: Wish) -> T:
    from bgsync.machines.table import MachineError

    try:
        answer, printed = ask(wish)
    except MachineError as error:
        fail(error)
    if printed.strip():
        say(f"{wish.target} printed:\n{printed.rstrip()}", err=True)
    return answer


def compare_two(old: str, new: str, how: Mapping[str, Any], output: str) -> NoReturn:
    """Compare two machines, tell what the edit did, and end; `how` is the rest of a Wish."""
    from bgsync.machines.apart import Wish
    from bgsync.machines.difference import difference

    found = difference(*(machine_behaviour(Wish(target, **how)) for target in (old, new)))
    if output == "json":
        _emit(found)
    else:
        _tell_difference(old, new, found)
    sys.exit(found.exit_status)


def _emit(found: object) -> None:
    import msgspec

    emit(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())


_MEANINGS = {
    "equivalent": "each allows every run that the other one does, and refuses no call that the other one takes",
    "narrower": "the new machine allows or takes less, and nothing that the old one did not",
    "wider": "the new machine allows or takes all that the old one did, and more",
    "incomparable": "each of them allows or takes something that the other one does not",
    "inconclusive": "what was looked at of both is alike, or one allows more than the other; it was not all",
}
_SIGNS = {"added": "[green]+[/]", "removed": "[red]−[/]", "changed": "[yellow]±[/]", "moved": "[yellow]»[/]"}


def _tell_difference(old: str, new: str, found: Difference) -> None:
    line = _lines()
    for each in found.edited:
        words = {"changed": " is now ", "moved": " are now tried in the order "}.get(each.kind, "")
        line(f"{_SIGNS[each.kind]} {each.what} {escape(words.join(filter(None, [each.old, each.new])))}")
    if not found.edited:
        line("no state and no row was changed")
    sizes = f"{found.old_configurations:,} and {found.new_configurations:,} configurations"
    line(f"[bold]{found.relation}[/]: {_MEANINGS[found.relation]} ({sizes})")
    for target, other, apart in ((old, new, found.only_old), (new, old, found.only_new)):
        if apart is not None:
            last = apart.trace[-1] if apart.trace else "the beginning"
            after = f" after {', '.join(apart.trace[:-1])}" if apart.trace[:-1] else ""
            line(f"  {escape(f'{last}{after}: {apart.here} in {target}; in {other} it {apart.there}')}")
            for code in apart.run:
                line(f"      {escape(code)}")
    if found.unfinished:
        line(f"[yellow]?[/] {escape(found.unfinished)}")


def _lines() -> Callable[[str], None]:
    out = console()

    def line(text: str) -> None:
        out.print(text, highlight=False, soft_wrap=True)

    return line


def _tell(target: str, report: MachineReport) -> None:
    line = _lines()
    with_data = f", {report.configurations:,} with their data" if report.data else ""
    line(f"{escape(target)}: {len(report.reachable)} of {len(report.states)} states reachable{with_data}")
    for finding in report.findings:
        trace = f" (after: {', '.join(finding.trace)})" if finding.trace else ""
        line(f"[bold red]✗[/] {finding.kind}: {escape(finding.message + trace)}")
        for each in finding.run if finding.trace else ():
            line(f"      {escape(each)}")
    if report.unfinished:
        line(f"[yellow]?[/] inconclusive: {escape(report.unfinished)}")
    elif not report.findings:
        line("[green]✓[/] nothing wrong")
    for note in report.notes:
        line(f"[dim]· {escape(note)}[/]")
