"""How much of each algorithm is read, reached and broken."""

from __future__ import annotations

from bgsync import telling
from bgsync.judge.verdict import Report
from bgsync.lsp.answer import Count
from bgsync.lsp.page import Page
from bgsync.prose.reading import Reading
from bgsync.targets import AsItStands


def counts(reading: Reading, stands: AsItStands, page: Page, report: Report | None, final: bool) -> tuple[Count, ...]:
    """Count the steps of each algorithm of a text; steps that are reached only when all states were looked at."""
    steps: dict[str, set[str]] = {}
    for statement in reading.spec.statements():
        if (origin := statement.origin) is not None and origin.path:
            steps.setdefault(origin.algorithm, set()).add(str(origin))
    unread = {f"{one.location.algorithm} {one.location.step}" for one in stands.unread}
    made = []
    for text, head in reading.heads:
        mine = steps.get(head.name, set())
        if not mine:
            continue
        place = text.introduction[0].place if text.introduction else text.place
        reached = None
        if report is not None and final:
            reached = len(mine.difference(report.coverage.unreached))
        made.append(
            Count(
                page.span(*place),
                len(mine),
                len(mine - unread),
                reached,
                None if report is None else len(mine & _broken(report)),
                stands.unreached.get(head.name, ""),
            )
        )
    return tuple(made)


def _broken(report: Report) -> set[str]:
    """Give the steps that break something where nothing unlucky happens, as their algorithm and number."""
    found = (
        one for each in report.verdicts if each.verdict == "violated" and not each.needs for one in each.findings()
    )
    return {f"{place.algorithm} {place.step}" for one in found for place in telling.breaking(one)}
