"""bgsync wpt."""

from __future__ import annotations

from pathlib import Path

import click

from bgsync.cli.driving import fuzzed, observed
from bgsync.cli.out import fail, say
from bgsync.cli.saving import claim, save
from bgsync.cli.targets import target

EPILOG = "Exit status: 0 written, 2 bad input or usage."
TAGS = ("t1", "t2")


@click.command(epilog=EPILOG)
@click.argument("spec", required=False)
@click.option("--output", "-o", "path", metavar="DIR", required=True, help="The folder for the files.")
def wpt(spec: str | None, path: str) -> None:
    """Write tests for the web-platform-tests of what a page and a worker can see.

    They take every step of a text, by default the built-in one, that runs without hooks of a browser lead to; a page
    of tests for each algorithm. What is left out is listed, with why.

    \b
    bgsync wpt -o background-sync
    bgsync wpt spec/index.bs -o background-sync
    """
    content = fuzzed()
    from bgsync.fuzz.text import TextOracle
    from bgsync.fuzz.web import files, suite

    observing = observed(content)[0]
    folder = Path(path)
    try:
        made = suite(observing, TextOracle(observing, TAGS, target(spec).spec if spec else None), TAGS[:1])
        written = files(made, observing, "Background sync", content.published)
    except ValueError as error:
        fail(error)
    for name, text in written.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        claim(place, (place.suffix, ".https.html"))
        save(place, text)
        say(str(place))
    taken = {label for test in made.tests for label in test.takes}
    say(f"{len(made.tests)} tests take {len(taken)} of {len(taken) + len(made.left_out)} steps; left out:")
    for (_, label), why in made.left_out.items():
        say(f"  {label}: {why}")
