"""What a command is asked about, and as what it is judged: the target, and the options --sidecar and --content."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bgsync.cli.out import fail

if TYPE_CHECKING:
    from bgsync.contents import Content
    from bgsync.targets import Target

sidecar_option = click.option(
    "--sidecar",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What sentences are to be read as, in TOML. Default: FILE.read-as.toml, where it exists.",
)

NAMED = "bgsync.content"
"""Where the context of a command keeps what --content names."""


def _name(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[NAMED] = value


def content_option() -> click.Option:
    """Make the option that every command has."""
    return click.Option(
        ["--content"],
        metavar="NAME|DIR",
        envvar="BGSYNC_CONTENT",
        expose_value=False,
        is_eager=True,
        callback=_name,
        help="Judge as this content: one that ships with bgsync, or the one of a folder with a file content.py, which "
        "is run. Default: what the text is about, by what it defines.",
    )


def named() -> Content | None:
    """Give the content that the user names, if any."""
    from bgsync.contents import content

    context = click.get_current_context(silent=True)
    name = None if context is None else context.meta.get(NAMED)
    return None if name is None else content(name)


def candidates() -> tuple[Content, ...]:
    """Give the contents that something may be judged as."""
    from bgsync.contents import shipped

    one = named()
    return shipped() if one is None else (one,)


def main_content() -> Content:
    """Give the content that is meant where no target says which: the named one, or that of the default target."""
    from bgsync.contents import DEFAULT

    return named() or next(each for each in candidates() if each.name == DEFAULT)


def default() -> str:
    """Give the target where none is named."""
    from bgsync.contents import DEFAULT
    from bgsync.targets import own

    one = named()
    return DEFAULT if one is None else own(one).name


def targets(name: str | None, sidecar: Path | None = None) -> list[Target]:
    """Give what a name stands for: a folder may have several texts. Ends with one line where it cannot be read."""
    from bgsync.targets import targets as all_targets

    return all_targets(name or default(), sidecar, named())


def target(name: str | None, sidecar: Path | None = None) -> Target:
    """Give the one spec that a name stands for."""
    found = targets(name, sidecar)
    if len(found) != 1:
        fail(f"{name}: {len(found)} texts are there, and one is wanted: name one of them")
    return found[0]


def adversities(contents: Iterable[Content]) -> list[str]:
    """Give the adversities that there are in any of the worlds."""
    return sorted({name for each in contents for name in each.world.adversities})
