"""bgsync completion."""

import click
from click.shell_completion import get_completion_class

from bgsync.cli.common import EPILOG
from bgsync.cli.out import fail, say

SHELLS = ("bash", "zsh", "fish")


@click.command(epilog=EPILOG)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Write the script that completes commands, options and their values in SHELL.

    \b
    bash: bgsync completion bash > ~/.local/share/bash-completion/completions/bgsync
    zsh:  bgsync completion zsh  > a file named _bgsync in a folder of $fpath
    fish: bgsync completion fish > ~/.config/fish/completions/bgsync.fish
    """
    made = get_completion_class(shell)
    if made is None:
        fail(f"{shell} is not known to the installed click; upgrade it")
    say(made(ctx.find_root().command, {}, "bgsync", "_BGSYNC_COMPLETE").source())
