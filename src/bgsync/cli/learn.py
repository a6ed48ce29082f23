"""bgsync learn."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from bgsync.cli.common import choose
from bgsync.cli.driving import Named, driving, fuzzed, observed
from bgsync.cli.out import fail, say
from bgsync.cli.picture import Output
from bgsync.cli.saving import claim
from bgsync.draw.formats import FORMATS

if TYPE_CHECKING:
    from bgsync.driving import Operation
    from bgsync.observing import Observing

EPILOG = (
    "Exit status: 0 the model allows all that was learned, 1 a difference, 2 bad input or usage, "
    "3 not deterministic, or not all was tried."
)


@click.command(epilog=EPILOG)
@driving
@click.option(
    "--alphabet", metavar="NAMES", help="The operations, by name, with commas between them, or all. Default: calls of "
    "a page, how their events are settled, and time.",
)  # fmt: skip
@click.option("--tags", type=click.IntRange(1, 3), default=1, show_default=True, help="How many tags there are.")
@click.option("--seconds", type=click.FloatRange(1), default=60, show_default=True, help="When to stop trying.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed draws the same words.")
@click.option("--output", "-o", "path", metavar="FILE", help="Draw the machine, with what differs from the model.")
def learn(named: Named, alphabet: str | None, tags: int, seconds: float, seed: int, path: str | None) -> None:
    """Learn the machine of an implementation, and compare it with a model.

    FILE.py:CLASS is an adapter, as of `bgsync fuzz`: see docs/fuzzing.md. It is run: name what you trust. The machine
    is a Mealy machine under an alphabet of operations; it is compared by bisimulation, or by simulation where the model
    leaves something open, and what differs is told by shortest words.

    \b
    bgsync learn my.py:Implementation
    bgsync learn my.py:Implementation --alphabet all
    bgsync learn --target chromium --as chromium -o chromium.svg
    bgsync learn --target chromium --alphabet "register, fulfil, reject, go offline, go online"
    """
    content = fuzzed()
    try:
        from bgsync.fuzz.adapter import fitting
        from bgsync.fuzz.learned import picture, to_text
        from bgsync.fuzz.learning import learn as learned_by
    except ImportError as error:
        fail(error)
    kinds = observed(content)
    output = None if path is None else Output(path, None, "light", None)
    if output is not None:
        claim(output.path, FORMATS[output.chosen].endings)
    if named.none:
        fail("nothing to learn: name FILE.py:CLASS, a --target or a --command")
    names = [f"t{number}" for number in range(1, tags + 1)]
    with named.driven(kinds) as (driven, adapter):
        observing = fitting(adapter, kinds)
        model = named.oracle(content, observing, names)
        there = observing.operations(names, lambda method: callable(getattr(adapter, method, None)))
        operations = _chosen(observing, there, alphabet)
        result = learned_by(lambda: adapter, observing, model, operations, seconds=seconds, seed=seed)
    say(to_text(driven.name, model, result, seed))
    if output is not None and result.mealy is not None and result.relation is not None:
        output.write(picture(driven.name, model, result.mealy, result.relation))
    sys.exit(1 if result.findings else 3 if result.relation is None or not result.relation.proof or result.late else 0)


def _chosen(observing: Observing, there: tuple[Operation, ...], alphabet: str | None) -> tuple[Operation, ...]:
    """Give the operations of an alphabet, of those that there are."""
    known = list(dict.fromkeys(one.name for one in there))
    if alphabet == "all":
        return there
    if alphabet is None:
        usual: Callable[[Operation], bool] = lambda one: (
            observing.way(one).text[:2] == ("time",) or (observing.way(one).method not in observing.optional)
        )
        return tuple(one for one in there if usual(one))
    wanted = tuple(name.strip() for name in alphabet.split(",") if name.strip())
    choose("operation", wanted, known)
    return tuple(one for one in there if one.name in wanted)
