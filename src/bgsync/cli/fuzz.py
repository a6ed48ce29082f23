"""bgsync fuzz."""

import sys

import click

from bgsync.cli.common import EPILOG
from bgsync.cli.out import fail, say
from bgsync.cli.targets import main_content


@click.command(epilog=EPILOG)
@click.option("--examples", type=click.IntRange(1), default=100, show_default=True, help="How many runs.")
@click.option("--steps", type=click.IntRange(1), default=30, show_default=True, help="The length of a run at most.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same runs.")
def fuzz(examples: int, steps: int, seed: int) -> None:
    """Drive the interpreter and the lifecycle in lockstep with random operations, and say what was visited.

    Of a content that has no operations of its own, its spec is walked through at random, and its safety properties
    judge every step. To drive an implementation of your own, write an adapter: see docs/fuzzing.md.
    """
    own = main_content()
    try:
        from bgsync.fuzz import interpreter_machine, lifecycle_machine, run, safety_checks
    except ImportError as error:
        fail(error)
    if own.operations is not None:
        operations = own.operations()
        machine = lifecycle_machine(operations, lambda: operations.reference(("t1", "t2")))
    elif own.spec is not None:
        from bgsync.system.scenario import Scenario

        scenario = Scenario(own.spec, own.world, monitor=own.properties[0].monitors[0])
        machine = interpreter_machine(scenario, safety_checks(own.properties, scenario))
    else:
        fail(f"{own.name} has no spec of its own to walk through: name a content that has one")
    try:
        coverage = run(machine, examples=examples, steps=steps, seed=seed)
    except AssertionError as error:
        say(f"they disagree: {error}" if own.operations else f"broken: {error}")
        sys.exit(1)
    say(coverage.report())
    sys.exit(3 if coverage.missing() else 0)
