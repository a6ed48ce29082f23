"""bgsync explore."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bgsync.cli.common import EPILOG, Line, again
from bgsync.cli.internal import told_inside
from bgsync.cli.machine import about_machines, names_machine
from bgsync.cli.out import fail, say
from bgsync.cli.question import Asked, asking
from bgsync.cli.saving import PAGE, claim, page_option, save
from bgsync.cli.targets import sidecar_option
from bgsync.cli.targets import target as found_target
from bgsync.start import unhurried

if TYPE_CHECKING:
    from bgsync.simulator.simulation import Simulation, Way
    from bgsync.simulator.spec import SpecSimulation
    from bgsync.targets import Target


@click.command(epilog=EPILOG)
@click.argument("target", required=False, metavar="[TARGET]")
@asking(
    "step",
    ("step", "algorithm"),
    ("with", "tags", "calls", "abort", "termination", "queue", "sentence", "limit", "time", "property"),
)
@click.option("--open/--no-open", "opens", default=True, help="Whether the page is opened in a browser.")
@page_option("Write a page with every situation in it, which needs no server: for what is small.")
@sidecar_option
@about_machines
def explore(
    target: str | None,
    opens: bool,
    page: Path | None,
    sidecar: Path | None,
    data: bool,
    stubs: tuple[str, ...],
    automatic: bool | None,
    **asked: Any,
) -> None:
    """Take any step by hand, back and forward, on a page of this machine.

    TARGET is what `bgsync check` takes: a content, a spec text, or file.py:machine. With --property the walk begins at
    the end of the shortest run that breaks it.

    \b
    bgsync explore
    bgsync explore spec/index.bs --with terminated
    bgsync explore spec/index.bs --property resolved-then-fires
    bgsync explore my_machine.py:machine --html machine.html
    """
    if page is not None:
        claim(page, PAGE)
    limit = asked["limit"]
    if target is not None and names_machine(target):
        _machine(target, {"data": data, "stubs": stubs, "automatic": automatic}, asked, opens, page)
        return
    if data or stubs or automatic is not None:
        fail("--data, --stub and --automatic are about one machine; name path/to/file.py:machine")
    question = Asked(**asked)
    if len(question.properties) > 1:
        fail("--property: a walk begins at the end of one run; name one property")
    found = found_target(target, sidecar)
    simulation = _simulation(question, found, apart=page is not None)
    begin, note = _begin(simulation, question.properties[0]) if question.properties else ((), "")
    if page is not None:
        smaller = () if question.properties else _smaller(question, found, limit)
        _write(page, simulation, begin, note, limit, lambda situation: situation.state, smaller)
    else:
        _serve(simulation, begin, note, opens)


def _simulation(asked: Asked, of: Target, *, apart: bool) -> SpecSimulation:
    """Make the simulation of a spec, with the question that is asked of check for a run without end."""
    from bgsync.simulator.monitors import beside
    from bgsync.simulator.nearest import LIMIT, SECONDS, Bound
    from bgsync.simulator.spec import SpecSimulation
    from bgsync.system.scenario import Scenario

    try:
        question = asked.question(of)
    except ValueError as error:
        fail(error)
    effort = replace(question.effort, processes=1)  # threads of a server and processes do not go together
    question = replace(question, properties=of.content.properties, adversities=asked.adversities, effort=effort)
    monitor = beside(of.content.properties, next(iter(asked.properties), ""))
    scenario = Scenario(of.spec, of.content.world, asked.granularity, asked.adversities, asked.bounds, monitor)
    bound = Bound(asked.limit or LIMIT, asked.seconds or SECONDS)
    known = of.content.spec is not None  # what its properties speak of counts, too
    hidden = frozenset[str]() if known else scenario.idle
    return SpecSimulation(
        scenario, of.content.properties, of.name, bound, apart=apart, question=question, hidden=hidden
    )


def _smaller(asked: Asked, of: Target, limit: int | None) -> Iterator[str]:
    """Give commands that ask less, and whose answer goes into one file."""
    from bgsync.simulator.data import MOST

    less: dict[str, Any] = {}
    for more in {"granularity": "algorithm"}, {"calls": 1}, {"tags": 1, "adversities": ()}:
        less |= {name: value for name, value in more.items() if getattr(asked, name) != value}
        if less and _simulation(replace(asked, **less), of, apart=True).is_small(limit or MOST):
            yield again(**less)


def _begin(simulation: SpecSimulation, name: str) -> tuple[Way, str]:
    line = Line()
    try:
        return simulation.broken_by(name, line)
    finally:
        line.end()


def _machine(target: str, how: dict[str, Any], asked: dict[str, Any], opens: bool, page: Path | None) -> None:
    from contextlib import redirect_stdout

    from bgsync.machines.loading import load_machine
    from bgsync.machines.table import MachineError
    from bgsync.simulator.machine import MachineSimulation
    from bgsync.simulator.nearest import LIMIT, SECONDS, Bound

    bound = Bound(asked["limit"] or LIMIT, asked["seconds"] or SECONDS)
    try:
        with redirect_stdout(sys.stderr):  # what its code prints is not ours
            loaded = load_machine(target)
        with loaded.running(**how) as live:
            with redirect_stdout(sys.stderr):
                simulation = MachineSimulation(live, loaded.promises, target, bound)
            if page is not None:
                _write(page, simulation, (), "", asked["limit"], lambda place: place)
            else:
                _serve(simulation, (), "", opens)
    except MachineError as error:
        fail(error)


def _write(
    page: Path,
    simulation: Simulation,
    begin: Way,
    note: str,
    limit: int | None,
    identity: Any,
    smaller: Iterable[str] = (),
) -> None:
    from bgsync.simulator.data import MOST, about, whole
    from bgsync.simulator.html import page as made
    from bgsync.simulator.simulation import TooManyError

    line = Line()
    try:
        situations = whole(simulation, identity, limit or MOST, lambda count: line.tell(f"{count:,} situations"))
    except TooManyError as error:
        served = f"a server takes any number: {again(page=None)}; --limit allows more here"
        less = next((f"what asks less fits: {command}; " for command in smaller), "")
        fail(f"{error}; {less}{served}")
    finally:
        line.end()
    text, _ = made({**about(simulation, begin, note), "situations": situations})
    save(page, text)
    say(f"{page}: {len(situations):,} situations, {len(text) / 1e6:.1f} MB")


def _serve(simulation: Simulation, begin: Way, note: str, opens: bool) -> None:
    import webbrowser

    from bgsync.simulator.data import about
    from bgsync.simulator.html import page as made
    from bgsync.simulator.server import Server

    unhurried()
    server = Server(simulation, *made(about(simulation, begin, note)), failed=told_inside)
    say(server.address)
    say("Ctrl-C ends it", err=True)
    sys.stdout.flush()
    try:
        if opens:
            webbrowser.open(server.address)
        server.serve()
    except KeyboardInterrupt:
        say("ended", err=True)
    finally:
        server.end()
