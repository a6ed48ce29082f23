"""bgsync fuzz."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from bgsync.cli.common import EPILOG
from bgsync.cli.driving import Named, driving, fuzzed, observed
from bgsync.cli.out import fail, say
from bgsync.cli.saving import PAGE, claim, save

if TYPE_CHECKING:
    from bgsync.contents import Content
    from bgsync.observing import Observing

TAGS = ("t1", "t2")


@click.command(epilog=EPILOG)
@driving
@click.option("--examples", type=click.IntRange(1), help="How many runs. Default: 100, or as many as the time allows.")
@click.option("--steps", type=click.IntRange(1), default=30, show_default=True, help="The length of a run at most.")
@click.option("--seconds", type=click.FloatRange(1), help="Begin no run after so many seconds.")
@click.option("--until-covered", "covered", is_flag=True, help="End when all of the model was taken that can be.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed draws the same runs.")
@click.option("--html", "page", metavar="FILE", help="Write a page about what was found, with pictures.")
@click.option("--test", "files", metavar="FILE", help="Write a Python test of each difference; - for standard output.")
@click.option(
    "--reproduce", metavar="NAME|all", help="Bring a kept difference of a target about, and say how often it shows."
)
@click.option(
    "--races", is_flag=True, help="Do two things at once, and say what no interleaving explains, and how often."
)
@click.option(
    "--times", type=click.IntRange(1), default=5, show_default=True, help="How often, with --reproduce and --races."
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="How many are driven at once, each in runs of its own, and with --target in a "
    "browser of its own. Default: 1; of a --target one a processor, up to 4.",
)
@click.option("--runs", "kept", metavar="FILE", help="Begin with the runs kept in this file, and keep what is found.")
def fuzz(
    named: Named,
    examples: int | None,
    steps: int,
    seconds: float | None,
    covered: bool,
    seed: int,
    page: str | None,
    files: str | None,
    kept: str | None,
    reproduce: str | None,
    times: int,
    races: bool,
    jobs: int | None,
) -> None:
    """Drive an implementation with random operations, and say where it differs from the text.

    FILE.py:CLASS is an adapter: see docs/fuzzing.md. It is run: name what you trust. Without an implementation the
    interpreter and the lifecycle are driven in lockstep. Of a content that has no operations of its own, its spec is
    walked through at random, and its safety properties judge every step.

    \b
    bgsync fuzz my.py:Implementation
    bgsync fuzz --command "node adapter.mjs"
    bgsync fuzz --target chromium --seconds 60
    bgsync fuzz --target chromium --as chromium
    bgsync fuzz --target chromium --reproduce all
    bgsync fuzz --target chromium --content periodic
    bgsync fuzz --target workbox --seconds 120
    """
    content = fuzzed()
    if named.none:
        own(content, examples or 100, steps, seed)
    kinds = observed(content)
    if reproduce is not None:
        again(kinds, named, reproduce, times)
    if races:
        race(content, kinds, named, times)
    from bgsync.fuzz.adapter import fitting
    from bgsync.fuzz.beside import campaigns
    from bgsync.fuzz.campaign import INTERRUPTED, Plan
    from bgsync.fuzz.report import to_test, to_text
    from bgsync.fuzz.runs import keep, kept_runs

    if page:
        claim(page, PAGE)
    if files:
        claim(files, (".py",))
    known = kept_runs(Path(kept)) if kept else ()
    runs = examples if examples or seconds else 100
    plan = Plan(runs, steps, seconds, seed, until_covered=covered, known=known)
    together = jobs or (1 if named.real is None else min(os.cpu_count() or 1, 4))
    with ExitStack() as stack:
        made = [stack.enter_context(named.driven(kinds)) for _ in range(min(together, plan.examples or together))]
        driven, observing = made[0][0], fitting(made[0][1], kinds)
        oracle = named.oracle(content, observing, TAGS)
        adapters = [adapter for _, adapter in made]
        result = campaigns(adapters, observing, lambda: named.oracle(content, observing, TAGS), TAGS, plan)
    say(to_text(driven, oracle, result, seed))
    if page:
        from bgsync.fuzz.page import to_html

        save(page, to_html(driven, observing, oracle, result, seed))
    if files:
        save(files, to_test(driven, observing, result.findings))
    if kept:
        keep(Path(kept), known, result.findings)
    sys.exit(1 if result.findings else 3 if result.missing or result.ended == INTERRUPTED else 0)


def race(content: Content, kinds: Sequence[Observing], named: Named, times: int) -> NoReturn:
    """Run races, and say how often each is not explained."""
    from bgsync.fuzz.races import raced

    observing = kinds[0]
    oracle = named.oracle(content, observing, TAGS, "step")
    with named.driven(kinds) as (driven, adapter):
        if not callable(getattr(adapter, "at_once", None)):
            fail(f"{driven.name} has no method 'at_once': write one, see docs/fuzzing.md")
        found = [raced(lambda: adapter, observing, oracle, one, times) for one in observing.races]
    for one in found:
        say(str(one))
    sys.exit(1 if any(one.unexplained for one in found) else 0)


def again(kinds: Sequence[Observing], named: Named, name: str, times: int) -> NoReturn:
    """Bring kept differences about, and say how often each shows."""
    if named.library is not None:
        fail("--reproduce takes the latest version of a library: leave --library out")
    known = [one for observing in kinds for one in observing.reproductions.get(named.real or "", tuple)()]
    wanted = [one for one in known if name in ("all", one.name)]
    if not wanted:
        there = ", ".join(one.name for one in known) or "there is none; name a --target that has some"
        fail(f"no difference {name!r} is kept: {there}")
    total = 0
    for one in wanted:
        shown = sum(one.shows(named.browser) for _ in range(times))
        total += shown
        say(f"{one.name}: shown {shown} of {times} times\n  {one.says}\n  about: {', '.join(one.steps)}")
    sys.exit(1 if total else 0)


def own(content: Content, examples: int, steps: int, seed: int) -> None:
    """Drive the content's own model: in lockstep with its lifecycle, or at random."""
    from bgsync.fuzz import interpreter_machine, lifecycle_machine, run, safety_checks

    if content.operations is not None:
        operations = content.operations()
        machine = lifecycle_machine(operations, lambda: operations.reference(TAGS))
    elif content.spec is not None:
        from bgsync.system.scenario import Scenario

        scenario = Scenario(content.spec, content.world, monitor=content.properties[0].monitors[0])
        machine = interpreter_machine(scenario, safety_checks(content.properties, scenario))
    else:
        fail(f"{content.name} has no spec of its own to walk through: name a content that has one")
    try:
        coverage = run(machine, examples=examples, steps=steps, seed=seed)
    except AssertionError as error:
        say(f"they disagree: {error}" if content.operations else f"broken: {error}")
        sys.exit(1)
    say(coverage.report())
    sys.exit(3 if coverage.missing() else 0)
