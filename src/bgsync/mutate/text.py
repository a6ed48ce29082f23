"""A mutation analysis as text: the score, what each property kills, and every survivor with its place."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bgsync.mutate.outcomes import FATES, Analysis, Outcome


def print_analysis(analysis: Analysis, console: Console) -> None:
    """Print it."""

    def tell(text: str) -> None:
        console.print(text, highlight=False, soft_wrap=True, emoji=False)

    tried = len(analysis.outcomes)
    counts = ", ".join(f"{len(some)} {fate}" for fate in FATES if (some := analysis.of(fate)) or fate == "survived")
    sample = "" if tried == analysis.made else f" of {analysis.made:,}"
    tell(
        f"[bold]{escape(analysis.model)}[/], judged as {escape(analysis.content)}: {tried:,}{sample} mutants, {counts}"
    )
    if analysis.score is not None:
        tell(f"score: {analysis.score:.1%} of those that are not equivalent are killed")
    if analysis.stages:
        tell(f"looked at: structure, {escape(', '.join(analysis.stages))}; what is equivalent is so there")
    console.print()
    console.print(_properties(analysis))
    if not analysis.thorough:
        tell("[dim]a mutant is judged no further than to its first kill: --thorough tells all that kill it[/]")
    if idle := analysis.idle():
        tell(f"kill nothing: {escape(', '.join(idle))}")
    console.print()
    console.print(_operators(analysis))
    survivors = analysis.of("survived")
    if survivors:
        console.print()
        tell("[bold]survivors[/]")
    for outcome in survivors:
        for line in survivor_lines(outcome):
            tell(escape(line))


def survivor_lines(outcome: Outcome) -> list[str]:
    """Tell a survivor: where, what was changed, and what is said of it."""
    origin = outcome.mutant.origin
    head = f"{origin.file}:{origin.line}: {origin} ({outcome.mutant.operator})"
    return [head, f"    {outcome.mutant.words}", f"    {outcome.why}", *(f"    {each}" for each in outcome.changed)]


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(names[0])
    for name in names[1:]:
        table.add_column(name, justify="right")
    return table


def _properties(analysis: Analysis) -> Table:
    table = _table("property", "kills", "that nothing else kills")
    for row in analysis.rows():
        table.add_row(escape(row.property), f"{row.kills:,}", f"{row.alone:,}" if row.alone else "")
    return table


def _operators(analysis: Analysis) -> Table:
    table = _table("operator", "killed", "equivalent", "survived")
    for name, fates in analysis.operators():
        table.add_row(name, *(f"{fates[fate]:,}" for fate in ("killed", "equivalent", "survived")))
    return table
