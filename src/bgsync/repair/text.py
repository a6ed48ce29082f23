"""Proposals as text: the change, its place, what it mends, what the comparison says of it, and how it is written."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from bgsync import telling
from bgsync.compare.properties import Change
from bgsync.judge.verdict import Verdict
from bgsync.language.corrections import Correction
from bgsync.mutate.mutants import Mutant
from bgsync.repair.search import Proposal
from bgsync.words import Words


def told(finding: Verdict, words: Words) -> str:
    """Tell a finding in one line: the steps that make it, and the property."""
    if finding.trace is None:
        return f"{finding.property}: {finding.message}"
    return f"{telling.pair(finding, words)}: {finding.property}"


def lines(number: int, proposal: Proposal, patch: str, unwritten: str) -> list[str]:
    """Tell a proposal, with its patch or why it has none."""
    made = [
        line
        for at, change in enumerate(proposal.changes)
        for line in (
            f"{number:3} {_place(change)}" if not at else f"  and {_place(change)}",
            f"    {change.words}",
        )
    ]
    mends = f"    mends {_many(len(proposal.mends), 'finding')}: {_ids(one.property for one in proposal.mends)}"
    return [*made, mends, f"    {_compared(proposal)}", *_written(patch, unwritten)]


def correction_lines(number: int, one: Correction) -> list[str]:
    """Tell a correction, with what it mends and what it rests on."""
    steps = one.first if one.first == one.last else f"{one.first} to {one.last}"
    rests = [f"    rests on a choice: {one.rests_on}"] if one.rests_on else []
    return [f"{number:3} {one.part} {steps}: {one.words}", f"    mends findings of {', '.join(one.mends)}", *rests]


def _place(change: Mutant) -> str:
    origin = change.origin
    return f"{origin.file}:{origin.line}: {origin} ({change.operator})"


def _compared(proposal: Proposal) -> str:
    """Say what `bgsync diff` says of it."""
    if proposal.compared is None:
        return "what else it does is not known: the text was not checked as a whole"
    price = _ids(map(_needing, proposal.breaks))
    said = [f"at a price: breaks {price}, which held" if price else "breaks nothing that held"]
    for word, some in (("repairs", proposal.compared.repaired), ("fewer ways to break", proposal.compared.fewer)):
        said += [f"{word} {_ids(map(_needing, some))}"] if some else []
    if proposal.further:
        said.append(f"what did not hold is broken in {_many(len(proposal.further), 'further way')}")
    return f"{', '.join(said)}; {proposal.leaves} left"


def _needing(change: Change) -> str:
    return change.property + (f" with {' and '.join(change.needs)}" if change.needs else "")


def _written(patch: str, unwritten: str) -> list[str]:
    """Give what is changed in the text, without the lines around it."""
    if not patch:
        return [f"    {unwritten}"] if unwritten else []
    body = islice(patch.splitlines(), 2, None)
    return [f"    {line}" for line in body if line[:1] in "+-@"]


def _ids(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _many(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
