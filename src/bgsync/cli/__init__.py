"""The command line."""

import sys
from typing import Any

import click

from bgsync.cli.check import check
from bgsync.cli.common import EPILOG, fail
from bgsync.cli.diff import diff, log
from bgsync.cli.fuzz import fuzz
from bgsync.cli.read import read
from bgsync.cli.show import draw, explain, graph


class Commands(click.Group):
    """Shows what went wrong with the input in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("interrupted before anything was explored", err=True)
            sys.exit(3)
        except OSError as error:
            fail(error)


@click.group(
    cls=Commands,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="bgsync")
def main() -> None:
    """Find contradictions in the spec of Web Background Sync.

    \b
    bgsync check                      check the built-in model of the one-off spec
    bgsync check --property asserts   one property, with all its traces
    bgsync check my.py:machine        check a `transitions` machine of your own
    bgsync explain one-event          what a property says, and why it matters
    bgsync draw lifecycle             a state diagram
    bgsync fuzz                       random operations, model against interpreter
    """


for command in (check, read, diff, log, explain, graph, draw, fuzz):
    main.add_command(command)
