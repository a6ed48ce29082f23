"""bgsync repair."""

import gc
import sys
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from bgsync.cli.common import Line
from bgsync.cli.out import console, fail, say
from bgsync.cli.question import Asked, asking
from bgsync.cli.targets import target as found_target

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
@click.option(
    "--sidecar",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What sentences are to be read as. Default: FILE.read-as.toml, where it exists.",
)
def repair(target: str | None, number: int, most: int, sidecar: Path | None, **asked: Any) -> None:
    """Propose small changes to a text that mend a finding and break nothing that held.

    Tried are, at the steps of its run: a guard, which is a condition that the text has elsewhere; steps that are one
    action; steps in place and not in parallel; another object, state or outcome; a condition negated; a step moved,
    swapped or left out. What mends the finding is checked as a whole, and held against the text as `bgsync diff` does:
    a change is proposed where nothing is broken that held, and nothing holds only because it never happens.
    The smallest one comes first. A change is a proposal: whether the text means it is for its editors to say.

    \b
    bgsync repair                            the first finding of the one-off spec
    bgsync repair spec/index.bs --finding 4
    bgsync repair --property unique-tag
    """
    wanted = Asked(**asked).wanted
    question = Asked(**asked | {"properties": ()}, patience=None)  # a change that mends one is not to break another
    question.begin()
    from bgsync.judge.structure.finding import Known
    from bgsync.judge.structure.text import known
    from bgsync.repair.search import Search
    from bgsync.repair.text import lines, told
    from bgsync.report.causes import causes
    from bgsync.targets import as_it_stands

    about = found_target(target, sidecar)
    stands = [one for one in as_it_stands(about).verdicts if one.verdict == "violated"]
    report = question.report(about)
    if report.interrupted:
        fail(f"{question.budget.spent or 'interrupted'}: it is not known all that is broken; --time gives it longer")
    every = [each.first for each in causes(report)] + [one for each in stands for one in each.findings()]
    if wanted:
        every = [one for each in (*report.verdicts, *stands) for one in each.findings() if one.verdict == "violated"]
    findings = [one for one in every if not wanted or one.property.split("/")[0] in wanted]
    out = console()
    if not findings:
        out.print("nothing to mend")
        return
    if number > len(findings):
        fail(f"there are {len(findings)} findings: --finding {number} is none of them")
    finding = findings[number - 1]
    out.print(f"[bold]finding {number}[/] of {len(findings)}: {escape(told(finding, report.words))}", soft_wrap=True)
    line, found = Line(), 0
    search = Search(about, question.wish, Known() if about.text is None else known(about.text.reading), report)
    proposals = search.proposals(finding, most, question.jobs, line.tell)
    gc.disable()  # states and steps form no cycles, and there are very many of them
    try:
        for found, proposal in enumerate(proposals, start=1):
            line.end()
            for text in lines(found, proposal):
                out.print(escape(text), highlight=False, soft_wrap=True)
    finally:
        gc.enable()
        line.end()
    if question.budget.spent:
        say(f"{question.budget.spent}; not all changes were tried", err=True)
        sys.exit(3)
    if not found:
        out.print("no single change that was tried mends it and breaks nothing that held")
        sys.exit(1)
