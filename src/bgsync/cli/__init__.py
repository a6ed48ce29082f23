"""The command line."""

import sys
from pkgutil import resolve_name
from typing import Any

import click

from bgsync.cli.common import EPILOG
from bgsync.cli.internal import fail_inside
from bgsync.cli.out import fail, misused, prepared, say
from bgsync.cli.targets import content_option
from bgsync.errors import BgsyncError

COMMANDS = {
    "check": ("bgsync.cli.check:check", "Explore every behaviour and say what holds and what does not."),
    "explore": ("bgsync.cli.explore:explore", "Take any step by hand, back and forward, on a page."),
    "read": ("bgsync.cli.read:read", "Show every sentence of a spec text, and what it was read as."),
    "watch": ("bgsync.cli.watch:watch", "Check a spec text at every save, and say what changed."),
    "lsp": ("bgsync.cli.lsp:lsp", "Serve an editor: what a text breaks, while it is written."),
    "diff": ("bgsync.cli.diff:diff", "Say what an edit of a spec text did."),
    "log": ("bgsync.cli.diff:log", "Check every revision of a spec text in a git repository."),
    "mutate": ("bgsync.cli.mutate:mutate", "Say which one-step edits of a spec no property notices."),
    "repair": ("bgsync.cli.repair:repair", "Propose small changes that mend a finding and break nothing."),
    "explain": ("bgsync.cli.show:explain", "Say what a property means and why it matters."),
    "graph": ("bgsync.cli.show:graph", "Export the reachable graph for other tools."),
    "export": ("bgsync.cli.export:export", "Write the model for another model checker, such as SPIN."),
    "draw": ("bgsync.cli.draw:draw", "Draw a picture of the model or of a spec text."),
    "completion": ("bgsync.cli.completion:completion", "Write the script that completes commands in a shell."),
    "fuzz": ("bgsync.cli.fuzz:fuzz", "Drive an implementation at random, and say where it differs."),
    "learn": ("bgsync.cli.learn:learn", "Learn the machine of an implementation, and compare it."),
    "wpt": ("bgsync.cli.wpt:wpt", "Write web-platform-tests of what a page and a worker can see."),
    "validate": ("bgsync.cli.validate:validate", "Say whether a text explains a log of what a browser did."),
}
"""Where each command stands, and what it does in one line; it is imported when it is run or asked for its help."""


class Commands(click.Group):
    """Loads a command when it is wanted, and shows what went wrong with the input in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of all commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load a command; None for a name that is none."""
        if name not in COMMANDS:
            return None
        command: click.Command = resolve_name(COMMANDS[name][0])
        for each in (command, *(command.commands.values() if isinstance(command, click.Group) else ())):
            if not any("--content" in option.opts for option in each.params):
                each.params.append(content_option())
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def main(self, *args: Any, standalone_mode: bool = True, **more: Any) -> Any:
        """Run the command line, and end with its status."""
        with prepared():
            try:
                status = super().main(*args, standalone_mode=False, **more)  # type: ignore[call-overload]
            except click.ClickException as error:
                misused(error)
        sys.exit(status if isinstance(status, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; first tell whoever started all this that there is something to interrupt now."""
        try:
            if ctx.obj is not None:
                ctx.obj()
            return super().invoke(ctx)
        except KeyboardInterrupt as ended:
            say(f"{ended}" or "interrupted", err=True)
            sys.exit(3)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except (OSError, BgsyncError) as error:
            fail(error)
        except Exception as error:
            fail_inside(error)


def _version(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    """Say which version this is, and which extras are there."""
    if not asked:
        return
    from importlib.metadata import version

    from bgsync.extras import EXTRAS, command, present

    there, missing = ([extra for extra in EXTRAS if present(extra) == wanted] for wanted in (True, False))
    say(f"bgsync {version('bgsync')}, Python {sys.version.split()[0]}, extras: {', '.join(there) or 'none'}")
    if missing:
        say(f"not installed: {', '.join(missing)}; for example: {command(missing[0])}")
    ctx.exit()


@click.group(
    cls=Commands,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def main() -> None:
    """Find contradictions in the algorithms of a Web spec, such as Background Sync.

    \b
    bgsync check                      check the built-in model of the one-off spec
    bgsync check --property asserts   one property, with all its traces
    bgsync check spec/index.bs        check a spec text; `bgsync read` shows how it was understood
    bgsync check spec/index.bs --base HEAD    what did my edit break?
    bgsync check my.py:machine        check a `transitions` machine of your own
    bgsync explain one-event          what a property says, and why it matters
    bgsync draw lifecycle             a state diagram
    bgsync fuzz --target chromium     a real browser, where it differs from the text
    """
