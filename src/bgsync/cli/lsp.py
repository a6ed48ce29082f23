"""bgsync lsp."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bgsync.cli.question import Asked, asking
from bgsync.cli.targets import NAMED, named

if TYPE_CHECKING:
    from bgsync.lsp.answer import Known
    from bgsync.lsp.server import MakeJob
    from bgsync.lsp.worker import Job

EPILOG = "Exit status: 0 the editor ended it, 1 it ended without a shutdown, 2 bad usage."


@click.command(epilog=EPILOG)
@click.option("--tcp", "port", type=click.IntRange(1, 65535), metavar="PORT", help="Listen on this port of 127.0.0.1.")
@asking()
def lsp(port: int | None, **asked: Any) -> None:
    """Serve an editor: what a spec text breaks is shown while it is written.

    An editor starts it and speaks to it by standard input and output. What is not read and what is wrong in the text as
    it stands is shown at once, what its behaviours break as soon as it is found. docs/editors.md says more.

    \b
    VS Code: package editors/vscode and install it
    Neovim:  vim.lsp.start({name = "bgsync", cmd = {"bgsync", "lsp"}})
    Emacs:   (add-to-list 'eglot-server-programs '(bikeshed-mode . ("bgsync" "lsp")))
    Helix:   language-server.bgsync = { command = "bgsync", args = ["lsp"] }
    """
    from bgsync.extras import present
    from bgsync.lsp import MissingLspError

    if not present("lsp"):
        raise MissingLspError
    from bgsync.lsp.serve import begin, serve_port, serve_streams, streams

    if port is not None:
        begin()
        serve_port(_jobs(asked), port)
        return
    with streams() as (stdin, stdout):
        begin()
        serve_streams(_jobs(asked), stdin, stdout)


def _jobs(asked: dict[str, Any]) -> MakeJob:
    """Give what makes a job of a text as it is asked for."""
    from bgsync.lsp.worker import Job

    named()
    content = click.get_current_context().meta.get(NAMED)
    wish = Asked(**asked).wish

    def job(name: str, text: str, path: Path | None, known: tuple[Known, ...]) -> Job:
        return Job(name, text, path, content, wish, known)

    return job
