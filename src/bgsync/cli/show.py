"""bgsync explain and graph."""

import importlib
from typing import Any

import click

from bgsync.cli.common import EPILOG, Line, choose, content
from bgsync.export import GRAPHS


@click.command(epilog=EPILOG)
@click.argument("name", required=False, metavar="[PROPERTY]")
def explain(name: str | None) -> None:
    """Say what a property means, why it matters and what it rests on; without PROPERTY, list them all."""
    content(False)
    known = {prop.id: prop for prop in reversed(importlib.import_module("bgsync.shipped.properties").PROPERTIES)}
    if name is None:
        for prop in sorted(known.values(), key=lambda prop: prop.id):
            click.echo(f"{prop.id:22} {prop.sentence}")
        return
    base = name.split("/")[0]
    choose("property", (base,), sorted(known))
    prop = known[base]
    click.echo(f"{prop.id}: {prop.sentence}\n\nWhy it matters: {prop.why}\nRests on: {prop.reference}")


def system_graph(granularity: str, adversities: tuple[str, ...], tags: int, calls: int) -> Any:
    """Explore the built-in model without a monitor; give its system and graph."""
    from bgsync.explore import explore
    from bgsync.system.scenario import Scenario
    from bgsync.system.system import System

    spec = importlib.import_module("bgsync.shipped.model.background_sync.one_off").SPEC
    world = importlib.import_module("bgsync.shipped.model.environment").WORLD
    system = System(Scenario(spec, world, granularity, adversities, tags, calls))
    line = Line()
    graph = explore(system, progress=lambda states, depth: line(granularity, states, depth))
    line.end()
    return system, graph


@click.command(epilog=EPILOG)
@click.argument("model", type=click.Choice(["one-off", "lifecycle"]), default="one-off")
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
    model: str, granularity: str, adversities: tuple[str, ...], tags: int, calls: int, output: str, path: str
) -> None:
    """Export the reachable graph, made with networkx.

    In Python: bgsync.to_networkx(graph) gives the same graph, on which any function can be checked.
    """
    content(False)
    from bgsync.explore import explore
    from bgsync.export.graph import to_networkx, write
    from bgsync.system.describe import attributes, label, say_action

    choose("adversity", adversities, sorted(importlib.import_module("bgsync.shipped.model.environment").ADVERSITIES))
    if model == "lifecycle":
        found = explore(importlib.import_module("bgsync.shipped.model.background_sync.lifecycle").Lifecycle())
        made = to_networkx(found, label=lambda state: ", ".join(state))
    else:
        system, found = system_graph(granularity, adversities, tags, calls)
        made = to_networkx(
            found,
            label=lambda state: label(system, state),
            attributes=lambda state: attributes(system, state),
            say=lambda action: say_action(system, action),
        )
    with click.open_file(path, "w", encoding="utf-8") as stream:
        write(made, stream, output)
