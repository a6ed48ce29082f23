"""bgsync repair."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape

from bgsync.cli.common import Line
from bgsync.cli.out import console, emit, fail, say
from bgsync.cli.question import Asked, asking
from bgsync.cli.targets import sidecar_option
from bgsync.cli.targets import target as found_target

if TYPE_CHECKING:
    from bgsync.language import Spec
    from bgsync.repair.search import Proposal
    from bgsync.targets import Target

EPILOG = "Exit status: 0 nothing to mend, or a change that mends it; 1 none was found; 2 bad input; 3 interrupted."


@click.command(epilog=EPILOG)
@click.argument("target", required=False)
@asking()
@click.option(
    "--finding",
    "number",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Mend this one, by its number in `bgsync check`; what has no number there comes after those. With --property "
    "of those of the property.",
)
@click.option("--most", type=click.IntRange(1), default=2, show_default=True, help="Propose so many changes at most.")
@sidecar_option
@click.option(
    "--corrected",
    is_flag=True,
    help="Give the corrected text that its content has, with the findings that each change mends, and check nothing.",
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "patch"]),
    default="text",
    show_default=True,
    help="patch: the smallest one that can be written into the text, as `git apply` and `patch -p1` take it.",
)
def repair(
    target: str | None, number: int, most: int, sidecar: Path | None, corrected: bool, output: str, **asked: Any
) -> None:
    """Propose small changes to a text that mend a finding and break nothing that held.

    Tried are, at the steps of its run: a guard, which is a condition that the text has elsewhere; steps that are one
    action; steps in place and not in parallel; another object, state or outcome; a condition negated; a step moved,
    swapped or left out; a new object in the place of an old one. What mends the finding is checked as a whole, and held
    against the text as `bgsync diff` does: a change is proposed where nothing is broken that held, and nothing holds
    only because it never happens. Where no single change does, two are tried. The smallest comes first, with what it
    changes in the source: whether the text means it is for its editors to say. --time is for the check of the text, and
    as much again for the search.

    \b
    bgsync repair                            the first finding of the one-off spec
    bgsync repair spec/index.bs --finding 4
    bgsync repair spec/index.bs --property unique-tag --format patch | git apply
    bgsync repair spec/index.bs --corrected --format patch > corrected.patch
    """
    wanted = Asked(**asked).wanted
    question = Asked(**asked | {"properties": ()}, patience=None)  # a change that mends one is not to break another
    question.begin()
    from bgsync.garbage import uncollected
    from bgsync.judge.budget import Budget, SpentError
    from bgsync.judge.structure.finding import Known
    from bgsync.judge.structure.text import known
    from bgsync.pauses import pausing
    from bgsync.repair.search import Search
    from bgsync.repair.text import lines, told
    from bgsync.report.causes import causes
    from bgsync.targets import as_it_stands

    about = found_target(target, sidecar)
    if output == "patch" and about.text is None:
        fail(f"{about.name}: {about.chosen}, and no text that a patch could be made for; name the file of a text")
    if corrected:
        _corrected(about, sidecar, output)
        return
    stands = [one for one in as_it_stands(about).verdicts if one.verdict == "violated"]
    report = question.report(about)
    every = [each.first for each in causes(report)] + [one for each in stands for one in each.findings()]
    if wanted:
        every = [one for each in (*report.verdicts, *stands) for one in each.findings() if one.verdict == "violated"]
    findings = [one for one in every if not wanted or one.property.split("/")[0] in wanted]
    if report.interrupted and not findings:
        fail(f"{question.budget.spent or 'interrupted'}: it is not known all that is broken; --time gives it longer")
    if findings and number > len(findings):
        fail(f"there are {len(findings)} findings: --finding {number} is none of them")
    out, people = console(), output == "text"
    if not findings:
        if people:
            out.print("nothing to mend")
        return
    finding = findings[number - 1]
    if people:
        out.print(
            f"[bold]finding {number}[/] of {len(findings)}: {escape(told(finding, report.words))}", soft_wrap=True
        )
    budget = question.budget if question.seconds is None else Budget(question.seconds, question.megabytes)
    told_of = Known() if about.text is None else known(about.text.reading)
    search = Search(about, replace(question.wish, budget=budget), told_of, report)
    seconds = sum(each.seconds for each in report.explorations)
    say(
        f"{len(search.candidates(finding)):,} changes to try; what mends it is checked as a whole, which takes about "
        f"{seconds:.0f} s",
        err=True,
    )
    line = Line()
    made: list[tuple[Proposal, str, str]] = []
    try:
        with uncollected(), pausing(budget.finish):  # its own time, not what the check of the text has left of its own
            for proposal in search.proposals(finding, most, question.jobs, line.tell):
                line.end()
                with pausing(None):  # what is found is written, whatever the time
                    made.append((proposal, *_written(about, proposal.spec, sidecar)))
                    for text in lines(len(made), *made[-1]) if people else ():
                        out.print(escape(text), highlight=False, soft_wrap=True)
                if output == "patch" and made[-1][1]:
                    break
    except SpentError:
        pass  # what was found by then is told
    finally:
        line.end()
    spent = budget.spent
    patched = next((patch for _, patch, _ in made if patch), "")
    if output == "patch":
        emit(patched.encode())
    if spent and not made:
        say(f"{spent}; not all changes were tried", err=True)
        sys.exit(3)
    if not (patched if output == "patch" else made):
        why = next((why for _, _, why in made), "what was tried does not mend it, or breaks what held")
        say(f"no proposal: {why}", err=not people)
        sys.exit(1)


def _corrected(about: Target, sidecar: Path | None, output: str) -> None:
    """Tell the corrections that a content has for its text, or make them."""
    from bgsync.language.corrections import alike, corrected
    from bgsync.repair.text import correction_lines

    corrections, own = about.content.corrections, about.content.spec
    if not corrections or own is None:
        fail(f"{about.name} is judged as {about.content.name} ({about.chosen}), which has no corrected text")
    if not alike(about.spec, own, corrections):
        fail(f"{about.name}: its steps are not those of the text that is corrected, which is {own.revision}")
    patch, unwritten = _written(about, corrected(about.spec, corrections), sidecar)
    if unwritten:
        fail(unwritten)
    if output == "patch":
        emit(patch.encode())
        return
    out = console()
    for number, each in enumerate(corrections, start=1):
        for text in correction_lines(number, each):
            out.print(escape(text), highlight=False, soft_wrap=True)


def _written(about: Target, wanted: Spec, sidecar: Path | None) -> tuple[str, str]:
    """Give the patch that makes a text what is wanted, or why there is none."""
    from bgsync.prose.sidecar import beside, load_sidecar
    from bgsync.repair.layout import UnwritableError
    from bgsync.repair.patch import patch, rewritten

    if about.text is None:
        return "", ""
    chosen = sidecar or beside(Path(about.name))
    read_as = {key: each.read_as for key, each in load_sidecar(chosen).items()} if chosen.is_file() else {}
    try:
        made = rewritten(about.text, wanted, read_as)
    except UnwritableError as error:
        return "", f"it has to be written by hand: {error}"
    return patch(about.text.reading.document.source, made, about.name.removeprefix("./").lstrip("/")), ""
