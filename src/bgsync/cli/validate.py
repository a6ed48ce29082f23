"""bgsync validate."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bgsync.cli.out import fail, say
from bgsync.cli.targets import main_content, target

EPILOG = "Exit status: 0 explained, 1 not explained, 2 bad input or usage."


@click.command(epilog=EPILOG)
@click.argument("log", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("spec", required=False)
def validate(log: Path, spec: str | None) -> None:
    """Say whether a text explains a log of what a page, a worker or a browser did.

    LOG has lines of JSON, see docs/fuzzing.md; SPEC is a text, by default the built-in one.
    """
    content = main_content()
    try:
        from bgsync.fuzz.text import TextOracle
        from bgsync.fuzz.validate import tags_of
        from bgsync.fuzz.validate import validate as explained
    except ImportError as error:
        fail(error)
    if content.observing is None:
        fail(f"{content.name} does not say what is seen of implementations of it: name another content")
    observing = content.observing()[0]
    if "spec" in observing.oracles:
        fail(f"the steps of {content.name} never come to rest, so that they explain no log: name another content")
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    oracle = TextOracle(observing, tags_of(lines), target(spec).spec if spec else None)
    verdict = explained(oracle, lines)
    say(f"{log}: {verdict}")
    sys.exit(1 if verdict.line else 0)
