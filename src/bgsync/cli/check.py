"""bgsync check."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.markup import escape

from bgsync.cli.base import Editing, as_source, target_before
from bgsync.cli.common import EPILOG
from bgsync.cli.large import HELP, for_what_is_large
from bgsync.cli.machine import about_machines, check_one, names_machine
from bgsync.cli.out import console, emit, fail, say
from bgsync.cli.question import PATIENCE, Asked, asking
from bgsync.cli.saving import PAGE, claim, page_option, save
from bgsync.cli.targets import sidecar_option
from bgsync.cli.targets import target as found_target
from bgsync.cli.targets import targets as found_targets
from bgsync.pauses import pausing
from bgsync.report.formats import FORMATS, endings, form_of, write
from bgsync.start import unhurried


@click.command(epilog=f"{HELP}\n\n{EPILOG}")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option(
    "--base",
    metavar="OLD",
    help="Say what an edit did, and let only what it broke count. OLD is the text before: REV, which is TARGET at that "
    "revision, REV:path, a file or a URL.",
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", *FORMATS]),
    default="text",
    show_default=True,
    help=f"What is printed. {'; '.join(f'{form}: {row.purpose}' for form, row in FORMATS.items())}.",
)
@click.option(
    "--save",
    "files",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Write the report into a file, too, as its ending says: "
    f"{', '.join(f'{ending} ({form})' for ending, form in endings().items())}. May be repeated.",
)
@page_option("Write a page, too, on which every trace can be walked step by step through the text.")
@click.option(
    "--traces",
    type=click.Choice(["first", "all", "none"]),
    default=None,
    help="Which traces the text tells. Default: the shortest one, all with --property.",
)
@sidecar_option
@asking()
@for_what_is_large
@about_machines
@click.option(
    "--beside",
    metavar="OTHER",
    help="Let the algorithms of another text, or built-in model, run in the same worker, on the same keys and queues; "
    "its own objects are not followed, so it does all that it could.",
)
@click.option("--against", metavar="FILE", help="Hold the built-in model to this spec text, step by step, instead.")
def check(
    targets: tuple[str, ...],
    output: str,
    files: tuple[Path, ...],
    page: Path | None,
    traces: str | None,
    sidecar: Path | None,
    base: str | None,
    data: bool,
    stubs: tuple[str, ...],
    automatic: bool | None,
    beside: str | None,
    against: str | None,
    **asked: Any,
) -> None:
    """Explore every behaviour and say what holds and what does not.

    TARGET is `one-off` or `periodic` (the built-in models of today's texts), another content's name, a spec text, or
    path/to/file.py:machine or module:machine for a `transitions` machine of your own; functions in a list
    `invariants` beside it are checked in every state that it reaches. A spec text is a file (Bikeshed, ReSpec or
    published HTML), REV:path in a git checkout, a folder of specs, a URL, or - for standard input.

    \b
    bgsync check spec/index.bs
    bgsync check HEAD~1:spec/index.bs --property resolved-then-fires
    bgsync check --against spec/index.bs    where do text and built-in model differ?
    bgsync check spec/index.bs --html report.html --save out.sarif --save summary.md
    bgsync check spec/index.bs --base HEAD --save comment.md    what did my edit break?
    """
    if against is not None:
        _hold_against(against, sidecar)
    if len(targets) == 1 and names_machine(targets[0]):
        from bgsync.machines.apart import SECONDS, Wish

        check_one(Wish(targets[0], data, automatic, stubs, asked["limit"], asked["seconds"] or SECONDS), output)
    if data or stubs or automatic is not None:
        fail("--data, --stub and --automatic are about one machine; name path/to/file.py:machine alone")
    question = Asked(**asked, patience=PATIENCE if base is None else 2 * PATIENCE)
    question.begin()
    if question.checkpoint is not None:
        unhurried()
    from bgsync.report.itf import NotOneTraceError
    from bgsync.report.mend import to_mend
    from bgsync.targets import as_it_stands, with_other

    if output == "text":
        from bgsync.report.text import print_mend, print_report

    try:
        forms = {file: form_of(file) for file in files}
    except ValueError as error:
        fail(error)
    for file, form in forms.items():
        claim(file, FORMATS[form].endings)
    if page is not None:
        claim(page, PAGE)
    asked_of = [one for target in targets or (None,) for one in found_targets(target, sidecar)]
    if base is not None and any(target.text is None for target in asked_of):
        fail("--base needs a spec text: name the file that was edited")
    other = None if beside is None else found_target(beside)
    told = traces or ("all" if question.wanted else "first")
    reports, pages, edits = [], [], list[Any]()
    for target in asked_of:
        before = None if base is None else target_before(base, target, sidecar)
        editing = (
            None if base is None or before is None else Editing(before, target, question, as_source(base, target.name))
        )
        if editing is not None:
            target = editing.now
        stands = as_it_stands(target, question.wanted)
        mend = editing.mend(stands) if editing else to_mend(stands.unread, stands.verdicts)
        if output == "text":
            print_mend(target.name, mend, console(), everything=told == "all")
        if editing and mend:
            question.hurry()
        elif question.budget.seconds is not None and len(asked_of) == 1:
            question.hurry(target.content.patience * (1 if editing is None else 2))
        share = None if editing is None or editing.is_editorial else question.budget.half()
        explored = target if other is None else with_other(target, other)
        report = stands.beside(question.report(explored, share))
        reports.append(report)
        edits.append(None if editing is None or report.interrupted else editing.edit(mend, report))
        if page is not None:
            with pausing(None):
                pages.append(page_of(report, target, edits[-1]))
        if output == "text":
            if edit := edits[-1]:
                from bgsync.report.edit_text import print_edit

                print_edit(edit, report, console(), traces=told)
            else:
                print_report(report, console(), traces=told, mend=False)
        if report.interrupted:
            states = sum(e.states for e in report.explorations)
            say(f"interrupted after {states:,} states; the verdicts are about those", err=True)
            break
    try:
        if output != "text":
            emit(write(output, *reports, edits=edits))
        for file, form in forms.items():
            save(file, write(form, *reports, edits=edits))
        if page is not None:
            from bgsync.report.html import to_html

            save(page, to_html(*pages))
    except NotOneTraceError as error:
        fail(error)
    if any(report.interrupted for report in reports):
        sys.exit(3)
    statuses = {(edit or report).exit_status for edit, report in zip(edits, reports, strict=True)}
    sys.exit(1 if 1 in statuses else max(statuses))


def page_of(report: Any, target: Any, edit: Any = None) -> Any:
    """Give what the page on a report shows: with the ledger of its text, where one was read, and what an edit did."""
    from bgsync.report.html import Page
    from bgsync.texts import ledger

    entries = () if target.text is None else ledger(target.text).entries
    rows = tuple((e.where, e.place.line, e.sentence, e.status, e.how) for e in entries)
    return Page(report, target.spec, target.content, rows, edit)


def _hold_against(target: str, sidecar: Path | None) -> NoReturn:
    """Say where a text and the built-in model of what it is about differ."""
    from bgsync.compare.data import leaving_words_open, same_data
    from bgsync.compare.steps import changed_steps
    from bgsync.report.comparison_text import print_changes

    differs = False
    for text in found_targets(target, sidecar):
        spec = text.content.spec
        if spec is None:
            fail(f"{text.content.name} has no spec of its own to hold against a text: name a content with --content")
        out = console()
        model, said = leaving_words_open(spec), leaving_words_open(text.spec)
        if same_data(model, said):
            out.print(f"{escape(text.name)}: the same as the built-in model, step by step", highlight=False)
            continue
        differs = True
        out.print(f"[bold]{escape(text.name)}[/] differs from the built-in model:", highlight=False)
        changes = [
            replace(each, steps=tuple(step for step in each.steps if step.kind != "reworded"))
            for each in changed_steps(model, said)
        ]
        print_changes(tuple(each for each in changes if each.steps), out)
    sys.exit(1 if differs else 0)
