"""The verdicts over the history of a file: which property broke when, and when it was mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bgsync.compare.data import same_but_for_names, same_data
from bgsync.contents import Content
from bgsync.judge.budget import SpentError
from bgsync.judge.static import structure_verdicts
from bgsync.judge.structure.text import structure
from bgsync.judge.verdict import Report, Verdict
from bgsync.language import Spec
from bgsync.plain import flat
from bgsync.prose.page.reader import ReadError
from bgsync.sources import Revision, Source, SourceError, decode, read_blobs
from bgsync.texts import Text, read

WORST = ("vacuous", "holds", "conditional", "inconclusive", "violated")
SIGNS = {"holds": "✓", "violated": "✗", "conditional": "~", "vacuous": "∅", "inconclusive": "?", "": "·"}
STYLES = {"holds": "green", "violated": "bold red", "": "dim"}


@dataclass(frozen=True)
class Column:
    """A revision at which the reading changed, with every property's verdict there; or why it cannot be read."""

    revision: Revision
    verdicts: dict[str, str]
    unchanged: tuple[Revision, ...] = ()
    """Later revisions whose reading is the same."""
    error: str = ""


@dataclass(frozen=True)
class Span:
    """From which revision to which one a property is violated; `until` is None where it still is."""

    property: str
    first: Revision
    last: Revision
    mended: Revision | None


@dataclass(frozen=True)
class History:
    """The matrix: a row a property, a column a changed reading."""

    path: str
    revisions: int
    columns: tuple[Column, ...]
    interrupted: bool = False

    @property
    def rows(self) -> tuple[str, ...]:
        """The properties, in the order in which they first occur."""
        return tuple(dict.fromkeys(name for column in self.columns for name in column.verdicts))

    @property
    def exit_status(self) -> int:
        """What the last revision that could be read deserves."""
        read = [column for column in self.columns if not column.error]
        found = set(read[-1].verdicts.values()) if read else {"inconclusive"}
        return 1 if "violated" in found else 3 if "inconclusive" in found else 0

    def spans(self) -> tuple[Span, ...]:
        """Give every stretch of revisions in which a property is violated."""
        found: list[Span] = []
        for name in self.rows:
            begun: Column | None = None
            last: Column | None = None
            for column in self.columns:
                if column.error:
                    continue
                if column.verdicts.get(name) == "violated":
                    begun, last = begun or column, column
                elif begun and last:
                    found.append(Span(name, begun.revision, _end(last), column.revision))
                    begun = None
            if begun and last:
                found.append(Span(name, begun.revision, _end(last), None))
        return tuple(found)


def _end(column: Column) -> Revision:
    return (column.revision, *column.unchanged)[-1]


def explored_history(
    repository: Path,
    revisions: Sequence[Revision],
    answer: Callable[[Text], Report],
    wanted: Iterable[str] = (),
    content: Content | None = None,
) -> History:
    """Check every revision whose reading differs from all before it, as a content if one is given.

    `answer` explores a text.

    Raises SourceError where the repository cannot be read; a revision that cannot be read is a column with an error.
    """
    texts = read_blobs(repository, [revision.blob for revision in revisions])
    columns: list[Column] = []
    explored: list[tuple[Spec, dict[str, str]]] = []
    previous: Spec | None = None
    interrupted = False
    for revision in revisions:
        name = f"{revision.commit}:{revision.path}"
        try:
            text = read(Source(name, decode(texts[revision.blob], name), revision.commit), content=content)
        except SpentError:
            interrupted = True
            break
        except (SourceError, ReadError) as error:
            columns.append(Column(revision, {}, error=str(error)))
            previous = None
            continue
        spec = text.reading.spec
        if previous is not None and _same(previous, spec):
            columns[-1] = replace(columns[-1], unchanged=(*columns[-1].unchanged, revision))
            continue
        previous = spec
        try:
            static = structure_verdicts(structure(text.reading), frozenset(wanted))
        except SpentError:
            interrupted = True
            break
        known = next((verdicts for other, verdicts in explored if _same(other, spec)), None)
        if known is None:
            report = answer(text)
            interrupted = report.interrupted
            known = _worst((_row(verdict, spec), verdict.verdict) for verdict in report.verdicts if not verdict.needs)
            explored.append((spec, known))
        columns.append(Column(revision, known | _worst((v.property.split("/")[0], v.verdict) for v in static)))
        if interrupted:
            break
    return History(revisions[-1].path, len(revisions), tuple(columns), interrupted)


def _same(old: Spec, new: Spec) -> bool:
    return same_data(old, new) or same_but_for_names(old, new)


def _worst(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, verdict in pairs:
        if name not in found or WORST.index(verdict) > WORST.index(found[name]):
            found[name] = verdict
    return found


def _row(verdict: Verdict, spec: Spec) -> str:
    """Name the row of a verdict: an Assert by what it says, since its number changes; all else by its property."""
    base, _, part = verdict.property.partition("/")
    if base != "asserts":
        return base
    for statement in spec.statements():
        origin = statement.origin
        if origin is not None and f"{origin.algorithm.replace(' ', '-')}.{origin.step}" == part:
            said = origin.sentence.removeprefix("Assert: ")
            return f"asserts: {origin.algorithm}: {said[0].lower()}{said[1:]}"
    return verdict.property


def print_history(history: History, console: Console) -> None:
    """Print the matrix, and every stretch in which something is violated."""
    changed = len(history.columns)
    console.print(
        f"[bold]{escape(flat(history.path))}[/]: {history.revisions} revisions, the reading changed at {changed}",
        highlight=False,
    )
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("property", overflow="fold", max_width=44)
    for column in history.columns:
        table.add_column("\n".join(column.revision.commit[:7]), justify="center")
    for name in history.rows:
        cells = [column.verdicts.get(name, "") for column in history.columns]
        table.add_row(escape(name), *(f"[{STYLES.get(cell, 'yellow')}]{SIGNS[cell]}[/]" for cell in cells))
    console.print(table)
    for span in history.spans():
        end = f"mended in {_told(span.mended)}" if span.mended else "and still is"
        console.print(
            f"[bold red]✗[/] {escape(span.property)}: since {escape(_told(span.first))}, "
            f"last in {span.last.commit[:7]}, {escape(end)}",
            highlight=False,
            soft_wrap=True,
        )
    for column in history.columns:
        if column.error:
            console.print(f"[yellow]? {escape(column.revision.commit[:7])}: {escape(column.error)}[/]", highlight=False)


def _told(revision: Revision | None) -> str:
    return "" if revision is None else f"{revision.commit[:7]} ({revision.date[:10]}, {revision.subject[:60]})"


def history_json(history: History) -> str:
    """Write a history as JSON."""
    data = {
        "path": flat(history.path),
        "revisions": history.revisions,
        "interrupted": history.interrupted,
        "columns": [
            {
                "commit": column.revision.commit,
                "date": column.revision.date,
                "subject": flat(column.revision.subject),
                "verdicts": column.verdicts,
                "unchanged": [revision.commit for revision in column.unchanged],
                "error": flat(column.error),
            }
            for column in history.columns
        ],
        "violated": [
            {
                "property": span.property,
                "first": span.first.commit,
                "last": span.last.commit,
                "mended": span.mended.commit if span.mended else None,
            }
            for span in history.spans()
        ],
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
