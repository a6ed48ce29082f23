"""What the page says of a spec, held against what the checker says of it."""

from __future__ import annotations

from dataclasses import dataclass

from bgsync.judge.check import check
from bgsync.language import Spec
from bgsync.shipped.model.background_sync.content import ONE_OFF
from tests.by_the_page.interpreter import Explored, explore
from tests.by_the_page.text import Text
from tests.models import question

JUDGED = (
    "asserts",
    "unique-tag",
    "one-event",
    "fires-online",
    "fires-listed",
    "fires-permitted",
    "last-chance",
    "outcome",
    "active-worker",
    "promise-settles",
)
"""What the page's interpreter judges."""


@dataclass(frozen=True)
class Difference:
    """A property of which the two say different things; `path` leads to what the page says is broken."""

    property: str
    page: str
    checker: str
    path: tuple[str, ...] = ()


def of_the_page(spec: Spec, granularity: str, adversity: str = "", calls: int = 2, limit: int = 4_000) -> Explored:
    """Judge a spec by the page."""
    return explore(Text(spec, ONE_OFF, granularity, adversity, calls), limit)


def of_the_checker(spec: Spec, granularity: str, adversity: str = "", calls: int = 2) -> dict[str, str]:
    """Judge a spec by the checker: what is violated without the adversity is violated with it.

    What is conditional holds by the default readings. Of what never occurs without the adversity the checker does not
    tell that it occurs with it, and holds.
    """
    properties = [prop for prop in ONE_OFF.properties if prop.id in JUDGED]
    adversities = (adversity,) if adversity else ()
    report = check(question(spec, properties, (granularity,), adversities, calls=calls, thorough=True))
    verdicts = dict[str, str]()
    for found in report.verdicts:
        if verdicts.get(found.property) != "violated":
            verdicts[found.property] = "holds" if found.verdict == "conditional" else str(found.verdict)
    if adversity:
        verdicts |= {name: "vacuous or holds" for name, told in verdicts.items() if told == "vacuous"}
    return verdicts


def differences(page: Explored, checker: dict[str, str]) -> tuple[Difference, ...]:
    """Say where the two differ. What the page did not explore to its end may still be violated.

    What does not occur at all is of no account to the page, and vacuous for the checker.
    """
    found = []
    for name in sorted({*checker, *page.verdicts}):
        ours, theirs = page.verdicts.get(name, "vacuous"), checker.get(name, "vacuous")
        if theirs != "inconclusive" and ours not in theirs.split(" or ") and (ours == "violated" or page.complete):
            found.append(Difference(name, ours, theirs, page.paths.get(name, ())))
    return tuple(found)
