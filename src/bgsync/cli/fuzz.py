"""bgsync fuzz."""

import sys

import click

from bgsync.cli.common import EPILOG, content, fail


@click.command(epilog=EPILOG)
@click.option("--examples", type=click.IntRange(1), default=100, show_default=True, help="How many runs.")
@click.option("--steps", type=click.IntRange(1), default=30, show_default=True, help="The length of a run at most.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same runs.")
def fuzz(examples: int, steps: int, seed: int) -> None:
    """Drive the interpreter and the lifecycle in lockstep with random operations, and say what was visited.

    To drive an implementation of your own, write an adapter: see docs/fuzzing.md.
    """
    content()
    try:
        from bgsync.fuzz import Interpreted, lifecycle_machine, run
    except ImportError as error:
        fail(error)
    try:
        coverage = run(lifecycle_machine(Interpreted), examples=examples, steps=steps, seed=seed)
    except AssertionError as error:
        click.echo(f"they disagree: {error}")
        sys.exit(1)
    click.echo(coverage.report())
    sys.exit(3 if coverage.missing() else 0)
