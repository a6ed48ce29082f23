"""What the kinds of `bgsync draw` share: where a picture goes and in which form, and what is explored for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import click

from bgsync.cli.common import Line, choose
from bgsync.cli.out import fail, say
from bgsync.cli.question import asking
from bgsync.cli.saving import claim, save
from bgsync.cli.targets import adversities as known_adversities
from bgsync.draw.formats import DEFAULT, FORMATS, form_of

if TYPE_CHECKING:
    from bgsync.contents import Content
    from bgsync.targets import Target


@dataclass(frozen=True)
class Output:
    """Where a picture goes, and in which form."""

    path: str
    form: str | None
    theme: str
    links: str | None

    @property
    def chosen(self) -> str:
        """The form that is asked for: as named, else as the file ends, else the default."""
        if self.form is not None or self.path == "-":
            return self.form or DEFAULT
        try:
            return form_of(self.path)
        except ValueError as error:
            fail(error)

    def link(self, content: Content, text: object = None) -> Callable[[Any], str]:
        """Give where the steps of a content's own spec lead to, or those of a text."""
        from bgsync.draw.links import by_template, published, to_text

        if self.links is None:
            addresses = content.published
            return published(addresses) if text is None else self._relative(to_text(addresses))
        try:
            return by_template(self.links)
        except ValueError as error:
            fail(error)

    def _relative(self, link: Callable[[Any], str]) -> Callable[[Any], str]:
        """Make links to files relative to where the picture is written."""
        folder = Path("." if self.path == "-" else self.path).parent

        def relative(origin: Any) -> str:
            address = link(origin)
            file, hash_, line = address.partition("#L")
            if not hash_ or not Path(unquote(file)).is_file():
                return address
            return f"{quote(Path(os.path.relpath(unquote(file), folder)).as_posix())}#L{line}"

        return relative

    def write(self, picture: Any) -> None:
        """Write a picture."""
        from bgsync.draw.render import refused, render
        from bgsync.draw.svg import MissingExtraError

        form = self.chosen
        try:
            made = render(picture, form, self.theme)
        except (MissingExtraError, ValueError) as error:
            fail(error)
        if why := refused(made, form, picture.size):
            say(f"too large: {why}", err=True)
        save(self.path, made)


def writing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say where the picture goes; it takes them as `output`."""

    @wraps(command)
    def with_output(path: str, form: str | None, theme: str, links: str | None, **rest: Any) -> Any:
        output = Output(path, form, theme, links)
        claim(path, FORMATS[output.chosen].endings)
        return command(output=output, **rest)

    options = (
        click.option(
            "--output", "-o", "path", type=click.Path(dir_okay=False, writable=True), default="-", metavar="FILE",
            help="Where to write it; the ending says the form: "
            f"{' '.join(row.endings[0] for row in FORMATS.values())}. Default: standard output.",
        ),
        click.option(
            "--format", "form", type=click.Choice(list(FORMATS)), default=None,
            help=f"The form, whatever the file is called. Default: as it ends; {DEFAULT} on standard output.",
        ),
        click.option(
            "--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True,
            help=f"The colours of {', '.join(form for form, row in FORMATS.items() if row.themed)}; "
            "an SVG follows its reader.",
        ),
        click.option(
            "--links", metavar="TEMPLATE",
            help="Where a step leads to, with {file}, {line}, {algorithm} and {step}; '' for nowhere. "
            "Default: FILE#LLINE of a text, the published text of the built-in model.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        with_output = option(with_output)
    return with_output


def explorable(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say what is explored."""
    limit = click.option(
        "--limit", type=click.IntRange(1), default=100_000, show_default=True, metavar="STATES",
        help="Stop after so many states; the picture then says so.",
    )  # fmt: skip
    return asking("algorithm", ("algorithm", "step"), ("with", "calls"))(limit(command))


def explored_changes(of: Target, granularity: str, adversities: tuple[str, ...], calls: int, limit: int) -> Any:
    """Explore what a spec does to its objects, with a progress line."""
    from bgsync.draw.changes import changes
    from bgsync.language import LanguageError

    choose("adversity", adversities, known_adversities((of.content,)))
    line = Line()
    try:
        found = changes(
            of.spec, of.content.world, of.content.lifecycle, granularity, adversities=adversities, calls=calls,
            limit=limit, progress=line.of(granularity),
        )  # fmt: skip
    except LanguageError as error:
        fail(error)
    finally:
        line.end()
    if not found.complete:
        say(f"not complete: the exploration ended after {found.states:,} states (--limit)", err=True)
    return found


def about(granularity: str, adversities: tuple[str, ...]) -> str:
    """Say how a picture was explored, for its description."""
    on = f", with {', '.join(adversities)}" if adversities else ""
    return (", step by step" if granularity == "step" else ", every invocation one action") + on
