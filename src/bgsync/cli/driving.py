"""What the commands share that drive an implementation: how it is named, and by which model it is judged."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any

import click

from bgsync.cli.out import fail
from bgsync.cli.targets import main_content, target

if TYPE_CHECKING:
    from bgsync.contents import Content
    from bgsync.fuzz.report import Driven
    from bgsync.observing import Observing, Oracle


@dataclass(frozen=True)
class Named:
    """The implementation that a command names, and by what it is judged."""

    file: str | None
    real: str | None
    command: str | None
    browser: str | None
    library: str | None
    judge: str

    @property
    def none(self) -> bool:
        """Whether no implementation is named."""
        return self.file is None and self.real is None and self.command is None

    @contextmanager
    def driven(self, kinds: Sequence[Observing]) -> Iterator[tuple[Driven, Any]]:
        """Give what is driven, and its adapter, which ends with the block."""
        made = self._made(kinds)
        try:
            yield made
        finally:
            getattr(made[1], "close", lambda: None)()

    def _made(self, kinds: Sequence[Observing]) -> tuple[Driven, Any]:
        from bgsync.fuzz.lines import Lines
        from bgsync.fuzz.loading import load_adapter
        from bgsync.fuzz.report import Driven

        if sum(one is not None for one in (self.file, self.real, self.command)) > 1:
            fail("several implementations are named: name a file, a --target or a --command")
        if self.command is not None:
            words = shlex.split(self.command)
            return Driven(self.command, ("from bgsync.fuzz.lines import Lines",), f"Lines({words!r})"), Lines(words)
        if self.file is not None:
            made, imports, name = load_adapter(self.file)
            return Driven(self.file, imports, f"{name}()"), made()
        targets = {name: made for observing in kinds for name, made in observing.targets.items()}
        if self.real is None or self.real not in targets:
            fail(f"unknown target {self.real!r}: one of {', '.join(targets)}")
        options = {"browser": self.browser, "library": self.library}
        given = {name: value for name, value in options.items() if value is not None}
        try:
            signature(targets[self.real]).bind(**given)
        except TypeError:
            fail(f"{self.real} is no library: leave --library out")
        found = targets[self.real](**given)
        kind = type(found)
        imports = (f"from {kind.__module__} import {kind.__name__}",)
        return Driven(f"{self.real} ({found.version})", imports, f"{kind.__name__}()"), found

    def oracle(
        self, content: Content, observing: Observing, tags: Sequence[str], granularity: str = "algorithm"
    ) -> Oracle:
        """Make the model to judge by."""
        from bgsync.fuzz.text import TextOracle, oracle

        if self.judge == "spec" and "spec" not in observing.oracles:
            return TextOracle(observing, tags, granularity=granularity)
        if self.judge == "spec" or self.judge in observing.oracles:
            return oracle(observing, self.judge, tags)
        text = target(self.judge)
        if "spec" in observing.oracles:
            fail(f"{self.judge}: what is driven is not judged by the steps of a text: leave --as out")
        if text.content.observing is not content.observing:
            fail(f"{self.judge}: it is about {text.content.name}, and {content.name} is driven: name a text of that")
        return TextOracle(observing, tags, text.spec, granularity)


def driving(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that name an implementation and what judges it; it takes them as `named`."""

    @wraps(command)
    def with_named(
        implementation: str | None,
        real: str | None,
        program: str | None,
        browser: str | None,
        library: str | None,
        judge: str,
        **rest: Any,
    ) -> Any:
        return command(named=Named(implementation, real, program, browser, library, judge), **rest)

    options = (
        click.argument("implementation", required=False, metavar="[FILE.py:CLASS]"),
        click.option("--target", "real", metavar="NAME", help="Drive a real implementation: chromium, workbox."),
        click.option(
            "--command", "program", metavar="COMMAND",
            help="Drive a program in any language, which is asked in lines of JSON.",
        ),
        click.option("--browser", metavar="PATH", help="The program of a target that is a browser."),
        click.option(
            "--library", metavar="VERSION|FOLDER",
            help="Of a target that is a library: the version that npm is to fetch, or a folder with it. Default: the "
            "latest.",
        ),
        click.option(
            "--as", "judge", default="spec", show_default=True, metavar="spec|NAME|SPEC",
            help="Judge by the built-in text, by the machine of what an implementation does (chromium), or by a spec "
            "text.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        with_named = option(with_named)
    return with_named


def observed(content: Content) -> tuple[Observing, ...]:
    """Give the ways in which implementations of a content are driven; ends with one line where there are none."""
    if content.observing is None:
        fail(f"{content.name} does not say how implementations of it are driven: name another content")
    return content.observing()


def fuzzed() -> Content:
    """Give the content that is driven; ends with one line where the extra is not installed."""
    try:
        import bgsync.fuzz  # noqa: F401
    except ImportError as error:
        fail(error)
    return main_content()
