"""bgsync fuzz."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from bgsync.cli.common import EPILOG
from bgsync.cli.out import fail, say
from bgsync.cli.saving import PAGE, claim, save
from bgsync.cli.targets import main_content, target

if TYPE_CHECKING:
    from bgsync.contents import Content
    from bgsync.fuzz.report import Driven
    from bgsync.observing import Observing, Oracle

TAGS = ("t1", "t2")


@click.command(epilog=EPILOG)
@click.argument("implementation", required=False, metavar="[FILE.py:CLASS]")
@click.option("--target", "real", metavar="NAME", help="Drive a real implementation: chromium, workbox.")
@click.option("--command", metavar="COMMAND", help="Drive a program in any language, which is asked in lines of JSON.")
@click.option("--browser", metavar="PATH", help="The program of a target that is a browser.")
@click.option(
    "--library", metavar="VERSION|FOLDER", help="Of a target that is a library: the version that npm is to fetch, or a "
    "folder that has it. Default: the latest.",
)  # fmt: skip
@click.option(
    "--as", "judge", default="spec", show_default=True, metavar="spec|NAME|SPEC", help="Judge by the built-in text, by "
    "the machine of what an implementation does (chromium), or by a spec text.",
)  # fmt: skip
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
@click.option("--times", type=click.IntRange(1), default=5, show_default=True, help="How often, with --reproduce.")
@click.option("--runs", "kept", metavar="FILE", help="Begin with the runs kept in this file, and keep what is found.")
def fuzz(
    implementation: str | None,
    real: str | None,
    command: str | None,
    browser: str | None,
    library: str | None,
    judge: str,
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
    bgsync fuzz --target workbox --seconds 120
    """
    content = main_content()
    try:
        import bgsync.fuzz  # noqa: F401
    except ImportError as error:
        fail(error)
    if implementation is None and real is None and command is None:
        own(content, examples or 100, steps, seed)
    if content.observing is None:
        fail(f"{content.name} does not say how implementations of it are driven: name another content")
    kinds = content.observing()
    if reproduce is not None and library is not None:
        fail("--reproduce takes the latest version of a library: leave --library out")
    if reproduce is not None:
        again(kinds, real, reproduce, times, browser)
    from bgsync.fuzz.adapter import fitting
    from bgsync.fuzz.campaign import INTERRUPTED, Plan, campaign
    from bgsync.fuzz.report import to_test, to_text
    from bgsync.fuzz.runs import keep, kept_runs

    if page:
        claim(page, PAGE)
    if files:
        claim(files, (".py",))
    known = kept_runs(Path(kept)) if kept else ()
    runs = examples if examples or seconds else 100
    plan = Plan(runs, steps, seconds, seed, until_covered=covered, known=known)
    driven, adapter = _driven(kinds, implementation, real, command, {"browser": browser, "library": library})
    try:
        observing = fitting(adapter, kinds)
        oracle = _oracle(content, observing, judge)
        result = campaign(lambda: adapter, observing, oracle, TAGS, plan)
    finally:
        getattr(adapter, "close", lambda: None)()
    say(to_text(driven, oracle, result, seed))
    if page:
        from bgsync.fuzz.page import to_html

        save(page, to_html(driven, observing, oracle, result, seed))
    if files:
        save(files, to_test(driven, observing, result.findings))
    if kept:
        keep(Path(kept), known, result.findings)
    sys.exit(1 if result.findings else 3 if result.missing or result.ended == INTERRUPTED else 0)


def _oracle(content: Content, observing: Observing, judge: str) -> Oracle:
    """Make the model to judge by."""
    from bgsync.fuzz.text import TextOracle, oracle

    if judge == "spec" or judge in observing.oracles:
        return oracle(observing, judge, TAGS)
    text = target(judge)
    if text.content.observing is not content.observing:
        fail(f"{judge}: it is about {text.content.name}, and {content.name} is driven: name a text of that")
    return TextOracle(observing, TAGS, text.spec)


def _driven(
    kinds: Sequence[Observing],
    implementation: str | None,
    real: str | None,
    command: str | None,
    options: Mapping[str, str | None],
) -> tuple[Driven, Any]:
    """Give what is driven, and its adapter."""
    from bgsync.fuzz.lines import Lines
    from bgsync.fuzz.loading import load_adapter
    from bgsync.fuzz.report import Driven

    if sum(one is not None for one in (implementation, real, command)) > 1:
        fail("several implementations are named: name a file, a --target or a --command")
    if command is not None:
        words = shlex.split(command)
        return Driven(command, ("from bgsync.fuzz.lines import Lines",), f"Lines({words!r})"), Lines(words)
    if implementation is not None:
        made, imports, name = load_adapter(implementation)
        return Driven(implementation, imports, f"{name}()"), made()
    targets = {name: made for observing in kinds for name, made in observing.targets.items()}
    if real is None or real not in targets:
        fail(f"unknown target {real!r}: one of {', '.join(targets)}")
    given = {name: value for name, value in options.items() if value is not None}
    try:
        signature(targets[real]).bind(**given)
    except TypeError:
        fail(f"{real} is no library: leave --library out")
    found = targets[real](**given)
    kind = type(found)
    imports = (f"from {kind.__module__} import {kind.__name__}",)
    return Driven(f"{real} ({found.version})", imports, f"{kind.__name__}()"), found


def again(kinds: Sequence[Observing], real: str | None, name: str, times: int, browser: str | None) -> NoReturn:
    """Bring kept differences about, and say how often each shows."""
    known = [one for observing in kinds for one in observing.reproductions.get(real or "", tuple)()]
    wanted = [one for one in known if name in ("all", one.name)]
    if not wanted:
        there = ", ".join(one.name for one in known) or "there is none; name a --target that has some"
        fail(f"no difference {name!r} is kept: {there}")
    total = 0
    for one in wanted:
        shown = sum(one.shows(browser) for _ in range(times))
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
