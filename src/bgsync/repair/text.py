"""Proposals as text: the change, its place, what it mends and what it leaves."""

from __future__ import annotations

from collections.abc import Sequence

from bgsync import telling
from bgsync.judge.verdict import Verdict
from bgsync.repair.search import Proposal
from bgsync.words import Words


def told(finding: Verdict, words: Words) -> str:
    """Tell a finding in one line: the steps that make it, and the property."""
    if finding.trace is None:
        return f"{finding.property}: {finding.message}"
    return f"{telling.pair(finding, words)}: {finding.property}"


def lines(number: int, proposal: Proposal) -> list[str]:
    """Tell a proposal."""
    change = proposal.change
    head = f"{number:3} {change.origin.file}:{change.origin.line}: {change.origin} ({change.operator})"
    mends = f"    mends {_many(len(proposal.mends), 'finding')}: {', '.join(_ids(proposal.mends))}"
    further = (
        f", what did not hold is broken in {_many(len(proposal.further), 'further way')}" if proposal.further else ""
    )
    return [head, f"    {change.words}", mends, f"    breaks nothing that held{further}; {proposal.leaves} left"]


def _ids(mended: Sequence[Verdict]) -> list[str]:
    return list(dict.fromkeys(one.property for one in mended))


def _many(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
