"""Searches for small changes to a text that mend a finding and break nothing.

**Near it.** A change is tried where the finding is: at the step that breaks the property, at the one that it conflicts
with, and at the other steps of the same invocations in its run; without a run, at those of its algorithm.

**Two questions.** Whether a change mends it is asked first, of the property by itself, in the environment in which the
finding is. Those that do are checked as a whole, the smallest first, and the report is held against that on the text
as two versions of a text are (`bgsync.compare.properties`). A change is proposed where nothing is broken that held,
nothing is in doubt that was decided, and no promise holds only because it is never put to the test. A property that did
not hold may be broken in further ways: how many these are, is told.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from bgsync.compare.properties import Changes, broken_and_repaired
from bgsync.judge.check import check
from bgsync.judge.decide import LIMIT
from bgsync.judge.structure.finding import Known
from bgsync.judge.verdict import Report, Verdict
from bgsync.language import Atomically, LanguageError, Spec
from bgsync.language.traversal import body_of, walk
from bgsync.mutate.mutants import Mutant, mutants
from bgsync.mutate.run import of_each
from bgsync.mutate.trial import FEWEST, GROWTH, faults
from bgsync.repair.changes import SIZES, operators
from bgsync.targets import Target, Wish, question

FEW = 2_000
"""How many states are looked at first for a finding that is still there."""

AT_ONCE = 16
"""How many changes are tried before those of them that mend the finding are checked as a whole."""

Progress = Callable[[str], None]
"""Told what is done."""


@dataclass(frozen=True)
class Proposal:
    """A change that mends a finding and breaks nothing that held: what it mends, and how many findings it leaves."""

    change: Mutant
    mends: tuple[Verdict, ...]
    further: tuple[Verdict, ...]
    """The findings that it makes of properties that were broken, or never put to the test."""
    leaves: int


@dataclass(frozen=True)
class Search:
    """The search for changes to one text, of which everything that is wrong is known."""

    target: Target
    wish: Wish
    known: Known
    report: Report

    @cached_property
    def faults(self) -> dict[tuple[str, str], list[str]]:
        """What is wrong in the text as it stands: the messages of each kind in each algorithm."""
        return faults(self.target.spec, self.known)

    def proposals(self, finding: Verdict, most: int, processes: int, progress: Progress) -> Iterator[Proposal]:
        """Give changes that mend a finding, the smallest first, at most one by each operator."""
        tried, found = sorted(self.candidates(finding), key=self._size), set[str]()
        for first in range(0, len(tried), AT_ONCE):
            if self.wish.budget.spent:
                return
            some = [each for each in tried[first : first + AT_ONCE] if each.operator not in found]
            screened = of_each(lambda each: self.mends(finding, each), some, processes, self.wish.budget)
            mending = list[Mutant]()
            for place, (change, mends) in enumerate(zip(some, screened, strict=True), start=first + 1):
                mending += [change] if mends else []
                progress(f"{place} of {len(tried)} changes tried, {len(mending)} to be checked as a whole")
            for change, changes in zip(mending, of_each(self.whole, mending, processes, self.wish.budget), strict=True):
                progress(f"{first + len(some)} of {len(tried)} changes tried, what mends it is checked as a whole")
                if changes and change.operator not in found and _is_good(changes[0]):
                    found.add(change.operator)
                    yield Proposal(change, _mended(finding, changes[0]), _further(changes[0]), changes[1])
                    if len(found) == most:
                        return

    def candidates(self, finding: Verdict) -> tuple[Mutant, ...]:
        """Give the changes that can be made near a finding."""
        algorithms = {place.algorithm for place in finding.locations}
        conflict = finding.conflict()
        steps = finding.trace.steps if finding.trace is not None else ()
        actors = {step.actor for step in steps if step is conflict or step.algorithm in algorithms}
        near = {step.origin for step in steps if step.origin is not None and step.actor in actors}
        places = {(place.algorithm, place.step) for place in finding.locations}
        if conflict is not None:
            places.add((conflict.algorithm, conflict.step))
        every = {each.origin for each in self.target.spec.statements() if each.origin is not None}
        at = {each for each in every if (each.algorithm, each.step) in places}
        if finding.trace is None:
            near = {each for each in every if each.algorithm in algorithms}
        made = mutants(self.target.spec, (), self.known, operators(at, at | (near & every)))
        return tuple(each for each in made if each.spec is not None)

    def mends(self, finding: Verdict, change: Mutant) -> bool:
        """Whether a finding is gone with a change, and its property has no new one in the same environment."""
        assert change.spec is not None
        if finding.kind == "structure":
            place = finding.property.split("/")[0], finding.locations[0].algorithm
            return len(faults(change.spec, self.known).get(place, ())) < len(self.faults[place])
        asked = replace(
            self.wish, properties=(finding.property.split("/")[0],), granularities=(finding.granularity,), each=False,
            adversities=finding.needs,
        )  # fmt: skip
        known = {_defect(one) for v in self.report.verdicts if v.property == finding.property for one in v.findings()}
        for few in (FEW, None):  # most changes leave it where it was, which is seen soon
            try:
                report = check(question(replace(self.target, spec=change.spec), self._bounded(asked, few)))
            except LanguageError:
                return False
            now = [v for v in report.verdicts if v.property == finding.property and v.needs in ((), finding.needs)]
            there = {_defect(one) for v in now if v.verdict == "violated" for one in v.findings()}
            if _defect(finding) in there or not there <= known:
                return False
        return bool(now) and all(v.verdict in ("holds", "violated", "conditional") for v in now)

    def whole(self, change: Mutant) -> tuple[Changes, int] | None:
        """Check a text with a change, and say what that changes, and how many findings are left."""
        assert change.spec is not None
        now = faults(change.spec, self.known)
        if any(len(messages) > len(self.faults.get(place, ())) for place, messages in now.items()):
            return None
        try:
            report = check(question(replace(self.target, spec=change.spec), self._bounded(self.wish)))
        except LanguageError:
            return None
        if report.interrupted:
            return None
        return broken_and_repaired(self.report, report), len(findings(report))

    def _size(self, change: Mutant) -> tuple[int, int]:
        """Say how large a change is; of one that makes steps one action, also by how many they are."""
        was, now = (_in_blocks(spec) for spec in (self.target.spec, change.spec))
        return SIZES[change.operator], now - was

    def _bounded(self, wish: Wish, few: int | None = None) -> Wish:
        most = max((each.states for each in self.report.explorations), default=0)
        limit = min(wish.effort.limit or max(FEWEST, GROWTH * most), few or LIMIT)
        return replace(wish, effort=replace(wish.effort, processes=1, limit=limit))


def findings(report: Report) -> tuple[Verdict, ...]:
    """Give the findings of a report that have a run."""
    violated = (each for each in report.verdicts if each.verdict == "violated")
    return tuple(one for each in violated for one in each.findings() if one.trace is not None)


def _in_blocks(spec: Spec | None) -> int:
    """Count the steps that are in atomic blocks."""
    blocks = () if spec is None else (each for each in spec.statements() if isinstance(each, Atomically))
    return sum(len(walk(body_of(block))) for block in blocks)


def _defect(one: Verdict) -> Hashable:
    """Tell a defect by its steps, which a change leaves their numbers."""
    message, where, against = one.defect()
    return one.property, message, where, against


def _is_good(changes: Changes) -> bool:
    """Whether nothing is broken, or in doubt, that held before; what did not may be broken in further ways."""
    broken = any(each.was in ("holds", "conditional") for each in changes.broken)
    nowhere = ("vacuous", "not reached", "removed")
    idle = any(each.now in nowhere and each.was != "vacuous" for each in changes.one_sided)
    doubts = any(each.now == "inconclusive" for each in changes.unsure)
    coarser = any(each.new and each.new.kind == "logic" for each in changes.changed_kind)
    return not (broken or coarser or idle or doubts)


def _mended(finding: Verdict, changes: Changes) -> tuple[Verdict, ...]:
    gone = (one for each in (*changes.repaired, *changes.fewer) if each.old for one in each.old.findings())
    return (finding, *(one for one in gone if _defect(one) != _defect(finding)))


def _further(changes: Changes) -> tuple[Verdict, ...]:
    new = (each.new for each in changes.violated_first if each.new and each.now == "violated")
    return tuple(one for verdict in new for one in verdict.findings())
