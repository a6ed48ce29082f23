"""bgsync diff and log: what an edit did, and what the history of a file did."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bgsync.cli.common import Line
from bgsync.cli.machine import about_machines, compare_two, names_machine
from bgsync.cli.out import console, emit, fail, say
from bgsync.cli.question import PATIENCE, Asked, asking
from bgsync.cli.saving import PAGE, claim, page_option, save
from bgsync.cli.targets import named, target
from bgsync.pauses import pausing

if TYPE_CHECKING:
    from bgsync.judge.verdict import Report
    from bgsync.targets import Target
    from bgsync.texts import Text

EPILOG = (
    "Exit status: 0 nothing observable changed, 1 something did, 2 bad input or usage, 3 inconclusive or interrupted."
)


@click.command(epilog=EPILOG)
@click.argument("old")
@click.argument("new")
@asking()
@click.option("--no-behaviour", is_flag=True, help="Compare the steps only.")
@about_machines
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def diff(
    old: str,
    new: str,
    no_behaviour: bool,
    data: bool,
    stubs: tuple[str, ...],
    automatic: bool | None,
    output: str,
    **asked: Any,
) -> None:
    """Say what an edit of a spec text did.

    First the changed steps, each with what it was and is read as. Then the behaviour that a page, a worker or a server
    can observe: equivalent, narrower, wider or incomparable, with a shortest trace that only one of the texts allows;
    also under each adversity, at `algorithm` if none is named. It is no more than indistinguishable where no trace
    tells the texts apart and they are not proved equivalent, or a verdict has changed all the same. Then the
    properties that it broke and repaired, and those that only one text has, or that were looked at in one only.
    OLD and NEW are files, REV:path in a git checkout, or URLs; `one-off` is the built-in model.

    Both may be `transitions` machines, path/to/file.py:machine or REV:path/to/file.py:machine: then the changed states
    and rows are said, and whether the new machine allows the same runs, fewer or more, with a shortest one that tells.

    \b
    bgsync diff HEAD:spec/index.bs spec/index.bs
    bgsync diff HEAD:door.py:machine door.py:machine
    """
    if names_machine(old) and names_machine(new):
        how = {"data": data, "automatic": automatic, "stubs": stubs, "limit": asked["limit"]}
        compare_two(old, new, how | ({"seconds": asked["seconds"]} if asked["seconds"] else {}), output)
    if data or stubs or automatic is not None or names_machine(old) or names_machine(new):
        fail("a machine is compared with a machine; name path/to/file.py:machine twice")
    question = Asked(**asked, patience=2 * PATIENCE)
    question.begin()
    from bgsync.compare.behaviour import compare, with_verdicts
    from bgsync.compare.json import to_json
    from bgsync.compare.properties import broken_and_repaired
    from bgsync.compare.rerun import runs
    from bgsync.compare.steps import changed_steps
    from bgsync.report.comparison_text import print_comparison
    from bgsync.system.scenario import adversities_of
    from bgsync.targets import judged_alike

    before, after = judged_alike(target(old), target(new))
    was, now = before.spec, after.spec
    changes = changed_steps(was, now)
    comparison = properties = None
    if not no_behaviour:
        line, named_ones = Line(), question.adversities
        with pausing(question.budget.check):
            comparison = compare(
                was, now, before.content.world, granularities=question.granularities,
                adversities=named_ones or adversities_of(before.content.world, was, now), thorough=bool(named_ones),
                bounds=question.bounds, limit=question.limit or 300_000, progress=line,
            )  # fmt: skip
        line.end()
        alike = comparison.proof in ("same data", "same but for names")
        texts = (before.text is None) == (after.text is None)  # else one has no words to be judged by
        old_one, new_one = (_report(each, question, explore=not alike, structure=texts) for each in (before, after))
        properties = broken_and_repaired(old_one, new_one, (was, now), runs(*map(question.question, (before, after))))
        comparison, properties = with_verdicts(comparison, properties)
    if output == "json":
        emit(to_json(changes, comparison, properties))
    else:
        print_comparison(changes, comparison, console(), properties)
    if comparison is None:
        sys.exit(1 if changes else 0)
    sys.exit({"equivalent": 0, "inconclusive": 3}.get(comparison.relation, 1))


def _report(of: Target, question: Asked, *, explore: bool, structure: bool) -> Report:
    """Judge a text: what is explored, unless that gives the same for both texts, and its structure."""
    from bgsync.judge.verdict import Coverage, Report
    from bgsync.targets import as_it_stands

    report = question.report(of) if explore else Report(of.name, "", {}, (), Coverage(0, 0, 0), ())
    return as_it_stands(of, question.wanted).beside(report) if structure else report


LOG_EPILOG = (
    "Exit status: 0 nothing violated at the last revision, 1 something is, 2 bad input or usage, 3 inconclusive."
)


@click.command(epilog=LOG_EPILOG)
@click.argument("repository", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("path")
@asking()
@click.option("--since", metavar="DATE", help="Only what was committed since then.")
@page_option("Write a page, too.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def log(repository: Path, path: str, since: str | None, page: Path | None, output: str, **asked: Any) -> None:
    """Check every revision of a spec text in a git repository, and show which property broke when.

    Rows are properties, columns the revisions at which the reading changed; every violation is told with the first
    and the last revision that has it, and as mended only where it holds after that. A revision whose reading is that
    of the one before is not explored again. What was not looked at is said, such as races with
    `--granularity algorithm`, which is much faster.

    \b
    bgsync log . -- spec/index.bs
    """
    from bgsync.compare.history import explored_history
    from bgsync.report.history_forms import history_html, history_json, print_history
    from bgsync.sources import SourceError, history
    from bgsync.targets import of_text

    if page is not None:
        claim(page, PAGE)
    question = Asked(**asked, patience=None)
    question.begin()
    try:
        revisions = history(repository, path, since)
        if not revisions:
            fail(f"{path}: no revision" + (f" since {since}" if since else "") + f" in {repository}")

        def answer(text: Text) -> Report:
            return question.report(of_text(text))

        matrix = explored_history(repository, revisions, answer, question.wanted, named())
    except SourceError as error:
        fail(error)
    if output == "json":
        emit(history_json(matrix))
    else:
        print_history(matrix, console())
    if page is not None:
        save(page, history_html(matrix))
    if matrix.interrupted:
        say(f"{question.budget.spent or 'interrupted'}; the columns are those that were explored", err=True)
        sys.exit(3)
    sys.exit(matrix.exit_status)
