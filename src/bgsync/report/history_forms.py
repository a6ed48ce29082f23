"""A history told: as text, as a page, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape as markup

import msgspec
from rich.console import Console
from rich.markup import escape

from bgsync.compare.history import GIVEN, Column, History, Row, Span
from bgsync.plain import flat, visible
from bgsync.report.lines import SIGNS, put
from bgsync.sources import Revision

CELLS = {**SIGNS, "": "·"}
STYLES = {"holds": "green", "violated": "bold red", "": "dim"}
NO_VERDICT = "no verdict: the text has no such step, or it was not looked at, or is broken without that"
LONGEST, WIDE = 44, 9
"""How many columns the name of a row has at most, and how many a revision."""


def name_of(row: Row) -> str:
    """Name a property with what it needs."""
    return row[0] + (f", with {', '.join(row[1])}" if row[1] else "")


def print_history(history: History, console: Console) -> None:
    """Print every stretch in which something is violated, and the matrix, in as many blocks as there is room for."""
    changed = len(history.columns)
    told = f"{flat(history.path)}: {history.revisions} revisions, the reading changed at {changed}"
    put(console, f"[bold]{escape(told)}[/]")
    for told in spans_told(history):
        put(console, f"[bold red]✗[/] {escape(told)}", 2)
    for left in left_out(history):
        put(console, f"[yellow]not looked at[/] {escape(left)}", 2)
    for column in history.columns:
        if column.error:
            put(console, f"[yellow]? {escape(f'{column.revision.commit[:7]}: {column.error}')}[/]", 2)
    names = [name_of(row) for row in history.rows]
    wide = min(max(map(len, names), default=0), LONGEST)
    room = max((console.width - wide) // WIDE, 1)
    for first in range(0, changed, room):
        block = history.columns[first : first + room]
        put(console, "")
        for heads in ([each.revision.commit[:7] for each in block], [each.revision.date[2:10] for each in block]):
            put(console, f"[dim]{' ' * wide}{''.join(f'{escape(head):>{WIDE}}' for head in heads)}[/]")
        for row, name in zip(history.rows, names, strict=True):
            shown = name if len(name) <= wide else f"{name[: wide - 1]}…"
            put(console, f"{escape(shown)}{' ' * (wide - len(shown))}{''.join(_cell(each, row) for each in block)}")
    put(console, f"[dim]· {NO_VERDICT}[/]")


def _cell(column: Column, row: Row) -> str:
    said = column.verdicts.get(row, "")
    return f"{' ' * (WIDE - 1)}[{STYLES.get(said, 'yellow')}]{CELLS[said]}[/]"


def spans_told(history: History) -> Iterator[str]:
    """Tell from which revision to which one properties are violated, those together of which the same is said."""
    alike: dict[str, list[str]] = {}
    for span in history.spans():
        alike.setdefault(_stretch(span), []).append(name_of(span.row))
    return (f"{'; '.join(names)}: {told}" for told, names in alike.items())


def _stretch(span: Span) -> str:
    begin = f"since {_told(span.first)}" if span.before in GIVEN else f"in {_told(span.first)}{_why(span.before)}"
    if span.following is None:
        end = "and still is"
    elif span.after == "holds":
        end = f"mended in {_told(span.following)}"
    else:
        end = f"{span.after or 'no verdict'} in {_told(span.following)}"
    return f"{begin}, last in {span.last.commit[:7]}, {end}"


def left_out(history: History) -> Iterator[str]:
    """Say what was not looked at, and at which revisions where that is not so of all."""
    for left in dict.fromkeys(column.left_out for column in history.columns if column.left_out):
        some = [column.revision.commit[:7] for column in history.columns if column.left_out == left]
        where = "" if len(some) == len(history.columns) else f"in {', '.join(some)}"
        yield f"{where}: {'; '.join(left)}".removeprefix(": ")


def _why(before: str) -> str:
    """Say why it is not known that something broke here."""
    return f" ({before or 'no verdict'} before)"


def _told(revision: Revision) -> str:
    return f"{revision.commit[:7]} ({revision.date[:10]}, {revision.subject[:60]})"


PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>bgsync report</title><style>
:root {{ color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }}
body {{ margin: 1rem auto; max-width: 80rem; padding: 0 1rem }}
div {{ overflow: auto; max-height: 85vh }}
table {{ border-collapse: collapse }}
th, td {{ padding: .15rem .5rem; text-align: center; white-space: nowrap }}
thead th {{ position: sticky; top: 0; background: Canvas }}
tbody th {{ position: sticky; left: 0; background: Canvas; text-align: left; font-weight: normal }}
tbody tr:hover > * {{ background: color-mix(in srgb, CanvasText 8%, Canvas) }}
.violated {{ color: light-dark(#a11d1d, #f08a8a); font-weight: bold }}
.holds {{ color: light-dark(#1d6b37, #74c98e) }}
small {{ display: block; font-weight: normal }}
</style></head><body>
<h1>{title}</h1>
<ul>{spans}</ul>
<div tabindex="0" role="region" aria-label="Every property at every revision"><table>
<thead><tr><th>property</th>{heads}</tr></thead>
<tbody>{rows}</tbody></table></div>
<p>· {silent}</p>
</body></html>
"""


def history_html(history: History) -> str:
    """Write a history as one page that loads nothing."""
    heads = "".join(_head(column.revision) for column in history.columns)
    rows = "".join(
        f'<tr><th scope="row">{_html(name_of(row))}</th>{"".join(_td(column, row) for column in history.columns)}</tr>'
        for row in history.rows
    )
    told = [*spans_told(history), *(f"not looked at {left}" for left in left_out(history))]
    told += [f"{column.revision.commit[:7]}: {column.error}" for column in history.columns if column.error]
    return PAGE.format(
        title=_html(f"{history.path}: {history.revisions} revisions"),
        spans="".join(f"<li>{_html(each)}</li>" for each in told),
        heads=heads, rows=rows, silent=NO_VERDICT,
    )  # fmt: skip


def _head(of: Revision) -> str:
    return f'<th scope="col" title="{_html(of.subject)}">{of.commit[:7]}<small>{of.date[:10]}</small></th>'


def _td(column: Column, row: Row) -> str:
    said = column.verdicts.get(row, "")
    return f'<td class="{said}" title="{said or "no verdict"}">{CELLS[said]}</td>'


def _html(text: str) -> str:
    return markup(visible(flat(text)))


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
                "verdicts": {name_of(row): said for row, said in column.verdicts.items()},
                "left_out": list(column.left_out),
                "unchanged": [revision.commit for revision in column.unchanged],
                "error": flat(column.error),
            }
            for column in history.columns
        ],
        "violated": [
            {
                "property": span.row[0],
                "needs": list(span.row[1]),
                "first": span.first.commit,
                "last": span.last.commit,
                "before": span.before or None,
                "after": span.after or None,
                "mended": span.following.commit if span.following and span.after == "holds" else None,
            }
            for span in history.spans()
        ],
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
