"""What is answered to an edit of a text, as `bgsync check --base` does it."""

import io
from functools import cache

from rich.console import Console

from bgsync.cli.base import Editing
from bgsync.cli.question import Asked
from bgsync.report.edit import Edit
from bgsync.report.edit_text import print_edit
from bgsync.report.text import print_mend
from bgsync.sources import Source
from bgsync.targets import Target, as_it_stands, of_text
from bgsync.texts import read


@cache
def target(text: str, name: str) -> Target:
    """Give a text as a target, read once."""
    return of_text(read(Source(name, text)))


def answer(
    before: Target,
    now: Target,
    *properties: str,
    granularity: str = "algorithm",
    limit: int = 1_000,
    width: int | None = None,
    adversities: tuple[str, ...] = (),
) -> tuple[str, Edit]:
    """Tell what an edit did, as text, and as data; with a width as on a terminal that has so many columns."""
    asked = Asked(granularity, adversities, 1, 2, "scope", "handler", limit, properties, hard=False, cached=True)
    editing = Editing(before, now, asked)
    stands = as_it_stands(editing.now, asked.wanted)
    console = Console(file=io.StringIO(), width=width or 110, force_terminal=width is not None, color_system=None)
    mend = editing.mend(stands)
    print_mend(now.name, mend, console)
    report = stands.beside(asked.report(editing.now))
    edit = editing.edit(mend, report)
    print_edit(edit, report, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue(), edit
