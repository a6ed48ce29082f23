"""bgsync export: the model for other model checkers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bgsync.cli.common import choose
from bgsync.cli.out import fail
from bgsync.cli.question import asking
from bgsync.cli.saving import claim, save, written_option
from bgsync.cli.targets import adversities as known_adversities
from bgsync.cli.targets import sidecar_option
from bgsync.cli.targets import target as found_target
from bgsync.export import LANGUAGES, WITH_FAIRNESS, fair_writer, writer

EPILOG = "Exit status: 0 written, 2 bad input, or a model that cannot be exported."


@click.command(epilog=EPILOG)
@click.argument("target", required=False)
@click.option(
    "--to",
    "language",
    type=click.Choice(list(LANGUAGES)),
    required=True,
    help="; ".join(f"{language}: {row.purpose}" for language, row in LANGUAGES.items()) + ".",
)
@written_option
@asking("step", ("step", "algorithm"), ("with", "tags", "calls", "abort"))
@click.option(
    "--property",
    "properties",
    multiple=True,
    metavar="ID",
    help="Put this safety property in, instead of all that the monitor can see. May be repeated. A property of "
    "endless runs is exported by itself, to promela.",
)
@sidecar_option
def export(
    target: str | None, language: str, path: str, properties: tuple[str, ...], sidecar: Path | None, **asked: Any
) -> None:
    """Write the model in the language of another model checker: a second opinion on states and verdicts.

    TARGET is `one-off` (the built-in model of today's text) or a spec text, as for check. The model has every state and
    every transition that the product of bgsync has, and the safety properties as assertions or invariants.

    \b
    bgsync export --to promela -o model.pml && spin -a model.pml && cc -DSAFETY -DNOREDUCE -o pan pan.c && ./pan
    bgsync export --to promela --tags 2 --property unique-tag -o two.pml
    bgsync export --to promela spec/index.bs --granularity algorithm
    """
    from bgsync.export.liveness import Fair, fair
    from bgsync.export.model import model_of
    from bgsync.judge.property import Liveness, Safety
    from bgsync.product.arrays import closed
    from bgsync.product.component import NotSeparableError
    from bgsync.system.monitor import NOTHING
    from bgsync.system.scenario import Bounds, Scenario
    from bgsync.system.system import System
    from bgsync.tables import Tables

    claim(path, (LANGUAGES[language].ending,))
    of = found_target(target, sidecar)
    known = of.content.properties
    safety = [prop for prop in known if isinstance(prop, Safety) and prop.unseen is None]
    names = {name.split("/")[0] for name in properties}
    fairly = {prop.id: prop for prop in known if isinstance(prop, Liveness)}
    for name in sorted(names - {prop.id for prop in safety}):
        if any(prop.id == name for prop in known) and (name not in fairly or language not in WITH_FAIRNESS):
            fail(f"{name} is no property of single transitions, so it cannot be exported to {language}")
        if name in fairly and len(names) > 1:
            fail(f"{name} is a property of endless runs: export it by itself")
    live = next((fairly[name] for name in names - {prop.id for prop in safety} if name in fairly), None)
    choose("property", tuple(sorted(names)), sorted({prop.id for prop in safety} | set(fairly)))
    choose("adversity", asked["adversities"], known_adversities((of.content,)))
    wanted = [live] if live else [prop for prop in safety if not names or prop.id in names]
    chosen = wanted[0].monitors[0] if wanted else NOTHING
    if names and any(chosen not in prop.monitors for prop in wanted):
        fail(f"no monitor sees all of {', '.join(sorted(names))}: export them one by one")
    try:
        bounds = Bounds(asked["tags"], asked["calls"], asked["abort"])
        on = asked["granularity"], asked["adversities"]
        scenario = Scenario(of.spec, of.content.world, *on, bounds, chosen)
        product = closed(Tables(System(scenario)))
        seen = [prop for prop in wanted if isinstance(prop, Safety) and chosen in prop.monitors]
        model = fair(product, live) if live else model_of(product, seen, frozenset(properties))
    except NotSeparableError as error:
        fail(f"the model has no product of components to export: {error}; bgsync check explores it as a whole")
    except ValueError as error:
        fail(error)
    file = f"model{LANGUAGES[language].ending}" if path == "-" else Path(path).name
    save(path, fair_writer(language)(model, file) if isinstance(model, Fair) else writer(language)(model, file))
