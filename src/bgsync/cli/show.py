"""bgsync explain and graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from bgsync.cli.common import EPILOG, Line, choose
from bgsync.cli.out import fail, say
from bgsync.cli.saving import claim, save
from bgsync.cli.targets import adversities as known_adversities
from bgsync.cli.targets import candidates, main_content
from bgsync.cli.targets import target as found_target
from bgsync.export import GRAPHS

if TYPE_CHECKING:
    from bgsync.judge.property import Property
    from bgsync.system.scenario import Bounds
    from bgsync.targets import Target


@click.command(epilog=EPILOG)
@click.argument("name", required=False, metavar="[PROPERTY]")
def explain(name: str | None) -> None:
    """Say what a property means, why it matters and what it rests on; without PROPERTY, list them all."""
    from bgsync.judge.structure.finding import PROPERTIES, Structure

    own = {prop.id: prop for each in reversed(candidates()) for prop in reversed(each.properties)}
    known: dict[str, Property | Structure] = {**dict(sorted(own.items())), **{row.id: row for row in PROPERTIES}}
    if name is None:
        for each in known.values():
            say(f"{each.id:22} {each.sentence}")
        return
    base = name.split("/")[0]
    choose("property", (base,), sorted(known))
    prop = known[base]
    say(f"{prop.id}: {prop.sentence}\n\nWhy it matters: {prop.why}\nRests on: {prop.reference}")


def system_graph(of: Target, granularity: str, adversities: tuple[str, ...], bounds: Bounds) -> Any:
    """Explore a spec without a monitor; give its system and graph."""
    from bgsync.explore import explore
    from bgsync.system.scenario import Scenario
    from bgsync.system.system import System

    system = System(Scenario(of.spec, of.content.world, granularity, adversities, bounds))
    line = Line()
    graph = explore(system, progress=lambda states, depth: line(granularity, states, depth))
    line.end()
    return system, graph


@click.command(epilog=EPILOG)
@click.argument("target", metavar="[SPEC|lifecycle]", required=False)
@click.option("--granularity", type=click.Choice(["step", "algorithm"]), default="algorithm", show_default=True)
@click.option("--with", "adversities", multiple=True, metavar="ADVERSITY", help="Switch this adversity on.")
@click.option("--tags", type=click.IntRange(1), default=1, show_default=True)
@click.option("--calls", type=click.IntRange(1), default=2, show_default=True)
@click.option("--format", "output", type=click.Choice(list(GRAPHS)), default="json", show_default=True)
@click.option(
    "--output",
    "-o",
    "path",
    type=click.Path(dir_okay=False, writable=True),
    default="-",
    help="A file; standard output by default.",
)
def graph(
    target: str | None, granularity: str, adversities: tuple[str, ...], tags: int, calls: int, output: str, path: str
) -> None:
    """Export the reachable graph of SPEC, or of the lifecycle by itself, made with networkx.

    In Python: bgsync.to_networkx(graph) gives the same graph, on which any function can be checked.
    """
    from bgsync.explore import explore
    from bgsync.export.graph import to_networkx, written
    from bgsync.system.describe import attributes, label, say_action
    from bgsync.system.scenario import Bounds

    claim(path, GRAPHS[output].endings)
    if target == "lifecycle":
        own = main_content()
        if own.operations is None:
            fail(f"{own.name} has no lifecycle that can be explored by itself: leave the name out")
        found = explore(own.operations().world)
        made = to_networkx(found, label=lambda state: ", ".join(state))
    else:
        of = found_target(target)
        choose("adversity", adversities, known_adversities((of.content,)))
        system, found = system_graph(of, granularity, adversities, Bounds(tags, calls))
        made = to_networkx(
            found,
            label=lambda state: label(system, state),
            attributes=lambda state: attributes(system, state),
            say=lambda action: say_action(system, action),
        )
    save(path, written(made, output))
