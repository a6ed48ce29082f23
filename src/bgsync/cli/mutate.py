"""bgsync mutate."""

import random
import sys
import time
from pathlib import Path
from typing import Any

import click

from bgsync.cli.common import Line, choose
from bgsync.cli.out import console, fail, say
from bgsync.cli.question import Asked, asking
from bgsync.cli.targets import sidecar_option
from bgsync.cli.targets import target as found_target
from bgsync.garbage import uncollected

EPILOG = "Exit status: 0 no mutant survives, 1 some do, 2 bad input or usage, 3 interrupted, or nothing to edit."


@click.command(epilog=EPILOG)
@click.argument("target", required=False)
@asking("algorithm")
@click.option(
    "--only",
    "operators",
    multiple=True,
    metavar="OPERATOR",
    help="Make the mutants of this operator only: no-abort, drop, swap, negate, object, value, outcome, not-atomic, "
    "move-out, move-in. May be repeated.",
)
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Try N of the mutants, chosen at random.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which ones --sample chooses.")
@click.option(
    "--thorough", is_flag=True, help="Go on after the first kill, and tell all properties that kill a mutant."
)
@sidecar_option
@uncollected()
def mutate(
    target: str | None,
    operators: tuple[str, ...],
    sample: int | None,
    seed: int,
    thorough: bool,
    sidecar: Path | None,
    **asked: Any,
) -> None:
    """Make every one-step edit of a spec, and say which property notices it.

    An edit leaves a step out, swaps two, negates a condition, takes another object, state or outcome, does not abort,
    is no longer atomic, or moves a step into a block or out of it. It is killed by a property that is broken in it and
    not in the spec, or it is equivalent: nothing that can be observed is another. What is neither survives, and is
    listed. By default every invocation is one action; races are seen with --granularity both, which takes far longer.
    TARGET is as for `bgsync check`; --limit, if given, also bounds the search for what is equivalent.

    \b
    bgsync mutate spec/index.bs --sample 40
    bgsync mutate --only not-atomic --granularity both
    """
    from bgsync.mutate.operators import OPERATORS

    choose("operator", operators, list(OPERATORS))
    question = Asked(**asked)
    question.begin()
    from bgsync.judge.structure.finding import Known
    from bgsync.judge.structure.text import known
    from bgsync.mutate.mutants import mutants
    from bgsync.mutate.outcomes import Analysis
    from bgsync.mutate.run import judged
    from bgsync.mutate.text import print_analysis
    from bgsync.mutate.trial import trial
    from bgsync.pauses import pausing

    began = time.perf_counter()
    about = found_target(target, sidecar)
    told = Known() if about.text is None else known(about.text.reading)
    made = mutants(about.spec, operators, told)
    chosen = made
    if sample is not None and sample < len(made):
        chosen = tuple(made[place] for place in sorted(random.Random(seed).sample(range(len(made)), sample)))
    line = Line()
    try:
        with pausing(question.budget.check):
            tried, each = trial(about, question.wish, told, thorough=thorough)
        most = each * len(chosen) / question.jobs
        say(
            f"{len(chosen):,} mutants; one that nothing kills takes about {each:.0f} s, so all of them at most "
            f"{most / 60:.0f} min, and mostly a fifth of that",
            err=True,
        )

        def progress(done: int) -> None:
            spent = time.perf_counter() - began
            line.tell(f"{done:,} of {len(chosen):,} mutants, about {spent / done * (len(chosen) - done):.0f} s left")

        outcomes = judged(tried, chosen, question.jobs, question.budget, progress)
    except ValueError as error:
        fail(error)
    finally:
        line.end()
    analysis = Analysis(
        about.name,
        about.content.name,
        tried.properties,
        outcomes,
        len(made),
        thorough,
        tuple(stage.name for stage in tried.stages),
    )
    print_analysis(analysis, console())
    if unfinished := len(analysis.of("unfinished")):
        say(f"{question.budget.spent or 'interrupted'}; {unfinished:,} mutants are not judged", err=True)
        sys.exit(3)
    sys.exit(analysis.exit_status)
