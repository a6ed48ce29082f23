"""bgsync read: the ledger of a spec text."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from bgsync.cli.out import console, emit, fail, say
from bgsync.cli.targets import named, sidecar_option

if TYPE_CHECKING:
    from bgsync.prose.ledger import Entry
    from bgsync.prose.suggest import Suggestions

EPILOG = "Exit status: 0 read, 1 with --strict where something was not understood, 2 bad input or usage."
STYLES = {
    "modelled": "green", "abstracted": "cyan", "partly understood": "yellow", "not understood": "bold red",
    "remark": "dim",
}  # fmt: skip
SIGNS = {"modelled": "✓", "abstracted": "~", "partly understood": "?", "not understood": "✗", "remark": "·"}


NOTHING = 'read_as = "nothing" says so, in FILE.read-as.toml'
"""What helps with a sentence that no wording near it would say."""


@click.command(epilog=EPILOG)
@click.argument("target", metavar="FILE")
@click.option("--strict", is_flag=True, help="Fail where a sentence was not understood.")
@click.option(
    "--only",
    type=click.Choice(list(STYLES)),
    multiple=True,
    help="Show the sentences with this status only. May be repeated.",
)
@sidecar_option
@click.option(
    "--suggest",
    is_flag=True,
    help="Say of each step that is not understood which part was not read, and offer wordings near it that are.",
)
@click.option(
    "--terms", "other", metavar="OTHER", help="Show the terms that this text defines, too, and whether alike."
)
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def read(
    target: str,
    strict: bool,
    only: tuple[str, ...],
    sidecar: Path | None,
    suggest: bool,
    other: str | None,
    output: str,
) -> None:
    """Show every sentence of a spec text that counts, and what it was read as.

    FILE is a Bikeshed source, a ReSpec source or published HTML; also REV:path in a git checkout, a folder, a URL,
    or - for standard input. Each sentence is modelled (and by what), abstracted (and why), not understood, or a remark:
    one outside of steps that requires, allows and defines nothing by its words. Remarks are not counted.

    A file FILE.read-as.toml beside it may say what a sentence is to be read as, in words that the reader knows:

    \b
    [[sentence]]
    key = "0f3c9a1b77de"        # as shown here; it survives renumbering
    read_as = "set |loan|'s [=state=] to [=overdue=]"

    With --terms OTHER two texts are held against each other: of each term that both define it says whether the
    sentences say the same of it, and where they stand.

    With --suggest at most two wordings are offered; each was read again, and is understood.
    """
    from bgsync.prose.page.reader import ReadError
    from bgsync.prose.sidecar import SidecarError
    from bgsync.prose.suggest import all_suggestions
    from bgsync.sources import SourceError, load
    from bgsync.texts import ledger, unreached
    from bgsync.texts import read as read_source

    if other is not None:
        _print_terms(target, other)
        return
    missed = 0
    reports = []
    try:
        for source in load(target):
            text = read_source(source, sidecar, named())
            reading, book = text.reading, ledger(text)
            total, understood, same = book.numbers
            missed += total - understood
            helped = all_suggestions(reading.sentences, reading.lexicon) if suggest else {}
            if output == "json":
                entries = [
                    {"key": each.key, "where": each.where, "line": each.place.line, "column": each.place.column,
                     "sentence": each.sentence, "status": each.status, "how": each.how, "read_back": each.read_back}
                    | ({} if (help := helped.get(each.key)) is None else asdict(help))
                    for each in book.entries
                ]  # fmt: skip
                defects = [
                    {"code": each.code, "message": each.message, "line": each.place.line, "column": each.place.column}
                    for each in reading.document.defects
                ]
                reports.append(
                    {"file": source.name, "revision": source.revision, "total": total, "understood": understood,
                     "read_back_equal": same, "entries": entries, "defects": defects,
                     "unreached": [{"algorithm": name, "why": why} for name, why in unreached(reading).items()]}
                )  # fmt: skip
            else:
                out = console()
                out.print(f"[bold]{escape(source.name)}[/] {escape(reading.spec.title)}", highlight=False)
                out.print(f"{total} sentences, {understood} understood, {same} read back equal", highlight=False)
                counts = Counter(each.status for each in book.entries)
                out.print(", ".join(f"{counts[name]} {name}" for name in STYLES if counts[name]), highlight=False)
                for name, why in unreached(reading).items():
                    out.print(
                        f"[yellow]nothing reaches[/] {escape(name)}: {escape(why)}", highlight=False, soft_wrap=True
                    )
                _print(out, [each for each in book.entries if not only or each.status in only], helped)
                for defect in reading.document.defects:
                    place = f"{source.name}:{defect.place.line}:{defect.place.column}"
                    out.print(f"[yellow]markup[/] {escape(place)}: {escape(defect.message)}", highlight=False)
    except (SourceError, ReadError, SidecarError) as error:
        fail(error)
    if output == "json":
        import msgspec

        shown = reports[0] if len(reports) == 1 else reports
        emit(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
    if strict and missed:
        say(f"{missed} sentences were not understood", err=True)
        sys.exit(1)


def _print_terms(one: str, other: str) -> None:
    """Show the terms that two texts both define."""
    from bgsync.cli.targets import target as found_target
    from bgsync.prose.terms import shared_terms

    texts = [found_target(name).text for name in (one, other)]
    documents = [text.reading.document for text in texts if text is not None]
    if len(documents) < len(texts):
        fail("--terms is about two texts: name the files of both")
    out, found = console(), shared_terms(*documents)
    if not found:
        out.print("no term is defined in both")
    for term in found:
        sign = "[green]✓[/]" if term.alike else "[bold red]✗[/]"
        out.print(f"{sign} {escape(term.term)}: {'alike' if term.alike else 'not alike'}", highlight=False)
        for where in () if term.alike else (term.one, term.other):
            place = f"{where.file}:{where.line}"
            out.print(f"  [dim]{escape(place)}[/] {escape(where.sentence)}", highlight=False, soft_wrap=True)


def _print(out: Console, entries: list[Entry], helped: Mapping[str, Suggestions]) -> None:
    where = ""
    for each in entries:
        heading = each.where.rsplit(" ", 1)[0] if each.in_steps else each.where
        if heading != where:
            where = heading
            out.print(f"\n[bold]{escape(where)}[/]", highlight=False)
        step = each.where.rsplit(" ", 1)[1] + " " if each.in_steps else ""
        key = f" [dim]{each.key}[/]" if each.key else ""
        style = STYLES[each.status]
        out.print(
            f"[{style}]{SIGNS[each.status]}[/] {step}[dim]{each.place.line}:{each.place.column}[/] "
            f"{escape(each.sentence)}{key}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
        if each.status == "remark":
            continue
        again = "" if each.read_back is not False else " [yellow](read back differently)[/]"
        how = f"read as: {each.how}" if each.in_steps and each.status != "abstracted" else f"{each.status}: {each.how}"
        out.print(f"    {escape(how)}{again}", style="dim", highlight=False, soft_wrap=True)
        if (help := helped.get(each.key)) is not None:
            told = [("not read", help.unread)] * bool(help.unread) + [("understood", one) for one in help.wordings]
            told += [("if it does nothing", NOTHING)] * (not help.wordings)
            for what, said in told:
                out.print(f"    [yellow]{what}:[/] {escape(said)}", highlight=False, soft_wrap=True)
