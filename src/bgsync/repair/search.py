"""Searches for small changes to a text that mend a finding and break nothing.

**Near it.** A change is tried where the finding is: at the step that breaks the property, at the one that it conflicts
with, and at the other steps of the same invocations in its run; without a run, at those of its algorithm.

**Two questions.** Whether a change mends it is asked first, of the property by itself, in the environment in which the
finding is. Those that do are checked as a whole, the smallest first, and the report is held against that on the text
as two versions of a text are (`bgsync.compare.properties`). A change is proposed where nothing is broken that held,
nothing is in doubt that was decided, and no promise holds only because it is never put to the test. A property that did
not hold may be broken in further ways: how many these are, is told. Of changes of one size that which leaves the fewest
findings comes first.

**Two changes.** Where no single change is proposed, those that make the finding go and bring another one of the same
property are taken up again: what breaks it now says where a second change is to be made, as counterexamples guide
synthesis (Solar-Lezama and others, 2006). The smallest of them are gone on with, so what needs three is not found.

**At a price.** Where that gives nothing either, what breaks no more promises than it repairs comes last, with what it
breaks: one promise may be kept at the cost of another one only, or a finding have hidden what breaks another one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import groupby

from bgsync.compare.properties import Change, Changes, broken_and_repaired
from bgsync.judge.budget import SpentError
from bgsync.judge.check import check
from bgsync.judge.explorations import LIMIT
from bgsync.judge.structure.finding import Known
from bgsync.judge.verdict import Report, Verdict
from bgsync.language import And, Atomically, Expr, If, Is, LanguageError, Set, Spec
from bgsync.language.traversal import body_of, walk
from bgsync.mutate.mutants import Mutant, mutants
from bgsync.mutate.run import of_each
from bgsync.mutate.trial import FEWEST, GROWTH, faults
from bgsync.repair.changes import SIZES, operators
from bgsync.targets import Target, Wish, question

FEW = 2_000
"""How many states are looked at first for a finding that is still there."""

MOST_FIRST = 8
"""How many changes that do half of it are gone on with."""

Progress = Callable[[str], None]
"""Told what is done."""


@dataclass(frozen=True)
class Proposal:
    """What mends a finding and breaks nothing that held: one change or two, what it mends, how many findings it leaves.

    Where the text could not be checked as a whole, `compared` is None: what else it mends and breaks is not known.
    """

    changes: tuple[Mutant, ...]
    """Each is made in the text that the one before leaves."""
    compared: Changes | None
    mends: tuple[Verdict, ...]
    further: tuple[Verdict, ...]
    """The findings that it makes of properties that were broken, or never put to the test."""
    leaves: int
    breaks: tuple[Change, ...] = ()
    """Its price: what held before, and no longer does."""

    @property
    def spec(self) -> Spec:
        """The data of the text with all of it."""
        spec = self.changes[-1].spec
        assert spec is not None
        return spec

    @property
    def size(self) -> int:
        """How large it is."""
        return sum(SIZES[each.operator] for each in self.changes)


@dataclass
class _Aside:
    """What is met on the way to a proposal, and may serve where there is none."""

    half: list[tuple[Mutant, Verdict]] = field(default_factory=list)
    """The changes that mend a finding and bring another one of its property, with that."""
    priced: list[Proposal] = field(default_factory=list)
    """Those that break something."""


@dataclass(frozen=True)
class Search:
    """The search for changes to one text, of which everything that is wrong is known."""

    target: Target
    wish: Wish
    known: Known
    report: Report
    original: Target | None = None
    """The text before a first change, where there was one: the report is on that."""
    gone: tuple[Verdict, ...] = ()
    """The findings that a first change has made go."""

    @cached_property
    def faults(self) -> dict[tuple[str, str], list[str]]:
        """What is wrong in the text as it stands: the messages of each kind in each algorithm."""
        return faults(self.target.spec, self.known)

    def proposals(self, finding: Verdict, most: int, processes: int, progress: Progress) -> Iterator[Proposal]:
        """Give what mends a finding, the smallest first, at most one by each operator; two changes where one does not.

        A change that mends it in part, and the finding that it leaves, is where a second one begins.
        """
        aside, found = _Aside(), 0
        try:
            for proposal in self._every(finding, most, processes, progress, aside):
                if proposal.compared is None and aside.priced:  # the price of these is known
                    continue
                found += 1
                yield proposal
                if found == most:
                    return
        except SpentError:  # what is found is told all the same
            pass
        by_operator: dict[str, Proposal] = {}
        for each in sorted(aside.priced, key=lambda each: (_cost(each), each.size)):
            by_operator.setdefault(each.changes[0].operator, each)
        yield from () if found else list(by_operator.values())[:most]

    def _every(
        self, finding: Verdict, most: int, processes: int, progress: Progress, aside: _Aside
    ) -> Iterator[Proposal]:
        """Give what breaks nothing, one change or else two."""
        found = False
        for proposal in self._singles(finding, most, processes, progress, aside):
            found = True
            yield proposal
        if found or finding.kind == "structure":
            return
        half = sorted(aside.half, key=lambda each: self._size(each[0]))
        for number, (first, left) in enumerate(half[:MOST_FIRST], 1):
            assert first.spec is not None
            target = replace(self.target, spec=first.spec)
            after = replace(self, target=target, original=self.original or self.target, gone=(*self.gone, finding))
            told = partial(_told_of, progress, f"with {first.operator} at {first.origin}, {number} of {len(half)}: ")
            for second in after._singles(left, most, processes, told, _Aside()):
                yield replace(second, changes=(first, *second.changes), mends=(finding, *second.mends[1:]))
            if self.wish.budget.spent:
                return

    def _singles(
        self, finding: Verdict, most: int, processes: int, progress: Progress, aside: _Aside
    ) -> Iterator[Proposal]:
        """Give single changes that break nothing."""
        tried, found, place = sorted(self.candidates(finding), key=self._size), set[str](), 0
        for _, alike in groupby(tried, key=self._size):
            if self.wish.budget.spent:
                return
            some = list(alike)
            asked = [each for each in some if each.operator not in found]
            screened = of_each(lambda each: self.left(finding, each), asked, processes, self.wish.budget)
            mending = list[Mutant]()
            for number, (change, left) in enumerate(zip(asked, screened, strict=True), start=place + 1):
                mending += [change] if left == () else []
                aside.half += [(change, left[0])] if left else []
                progress(f"{number} of {len(tried)} changes tried, {len(mending)} to be checked as a whole")
            place += len(some)
            checked = of_each(lambda each: (self.whole(each),), mending, processes, self.wish.budget)
            made = list[Proposal]()
            for change, checks in zip(mending, checked, strict=True):
                (proposal,) = checks or (Proposal((change,), None, (), (), 0),)  # where the time was up, it mends
                progress(f"{place} of {len(tried)} changes tried, what mends it is checked as a whole")
                if proposal is not None:
                    made.append(replace(proposal, mends=_mended(finding, proposal.compared)))
            aside.priced += [each for each in made if each.breaks]
            for proposal in sorted((each for each in made if not each.breaks), key=lambda each: each.leaves):
                if proposal.changes[0].operator not in found:
                    found.add(proposal.changes[0].operator)
                    yield proposal
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
        made = mutants(self.target.spec, (), self.known, operators(self.target.spec, at, at | (near & every)))
        idle = _idle(self.target.spec)
        return tuple(each for each in made if each.spec is not None and _idle(each.spec) <= idle)

    def mends(self, finding: Verdict, change: Mutant) -> bool:
        """Whether a finding is gone with a change, and its property has no new one in the same environment."""
        return self.left(finding, change) == ()

    def left(self, finding: Verdict, change: Mutant) -> tuple[Verdict, ...] | None:
        """Give the new findings of a property with a change that makes one go; None where it is still there.

        Where all of its findings were there before, it is mended.
        """
        assert change.spec is not None
        if finding.kind == "structure":
            place = finding.property.split("/")[0], finding.locations[0].algorithm
            still = faults(change.spec, self.known).get(place, ())
            return () if finding.message not in still and len(still) < len(self.faults[place]) else None
        asked = replace(
            self.wish, properties=(finding.property.split("/")[0],), granularities=(finding.granularity,), each=False,
            adversities=finding.needs,
        )  # fmt: skip
        known = {_defect(one) for v in self.report.verdicts if v.property == finding.property for one in v.findings()}
        for few in (FEW, None):  # most changes leave it where it was, which is seen soon
            try:
                report = check(question(replace(self.target, spec=change.spec), self._bounded(asked, few)))
            except LanguageError:
                return None
            now = [v for v in report.verdicts if v.property == finding.property and v.needs in ((), finding.needs)]
            there = {_defect(one): one for v in now if v.verdict == "violated" for one in v.findings()}
            if any(_defect(one) in there for one in (finding, *self.gone)):
                return None
            new = tuple(one for key, one in there.items() if key not in known)
            if new:
                return new
        decided = bool(now) and all(v.verdict in ("holds", "violated", "conditional") for v in now)
        return () if decided else None

    def whole(self, change: Mutant) -> Proposal | None:
        """Check a text with a change; None where that breaks more than it repairs, or leaves it in doubt.

        Where the time is up before that is known, the proposal says so.
        """
        assert change.spec is not None
        now = faults(change.spec, self.known)
        before = self.faults if self.original is None else faults(self.original.spec, self.known)
        if any(len(messages) > len(before.get(place, ())) for place, messages in now.items()):
            return None
        made = Proposal((change,), None, (), (), 0)
        if self.report.interrupted:
            return made
        for wish, old in ((self._coarse, self._coarse_report), (self.wish, self.report))[self._coarse == self.wish :]:
            try:
                report = check(question(replace(self.target, spec=change.spec), self._bounded(wish)))
            except LanguageError:
                return None
            if report.interrupted or self.wish.budget.spent:
                return replace(made, compared=None)
            changes = broken_and_repaired(old, report)
            breaks = tuple(each for each in changes.broken if each.was in ("holds", "conditional"))
            made = Proposal((change,), changes, (), _further(changes), len(findings(report)), breaks)
            idle = breaks and not set(report.coverage.unreached) <= set(old.coverage.unreached)
            if _leaves_doubts(changes) or _cost(made) > 0 or idle:
                return None
        return made

    @cached_property
    def _coarse(self) -> Wish:
        """What is asked first of a change, since it is soon known: whole invocations, and no adversity."""
        return replace(self.wish, granularities=self.wish.granularities[:1], each=False, adversities=())

    @cached_property
    def _coarse_report(self) -> Report:
        if self._coarse == self.wish:
            return self.report
        return check(question(self.original or self.target, self._coarse))

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


def _idle(spec: Spec) -> int:
    """Count the steps that set a member to what it is by their own condition."""
    return sum(
        any(isinstance(step, Set) and Is(step.target, step.value) in _parts(block.condition) for step in body_of(block))
        for block in spec.statements()
        if isinstance(block, If)
    )


def _parts(condition: Expr) -> tuple[Expr, ...]:
    """Give the conditions that all hold where one does."""
    return (*_parts(condition.left), *_parts(condition.right)) if isinstance(condition, And) else (condition,)


def _cost(proposal: Proposal) -> int:
    """Say how many more properties it breaks than it repairs."""
    repaired = proposal.compared.repaired if proposal.compared is not None else ()
    return len({each.property for each in proposal.breaks}) - len({each.property for each in repaired})


def _leaves_doubts(changes: Changes) -> bool:
    """Whether something is in doubt, or only put to the test no longer, that was decided before."""
    nowhere = ("vacuous", "not reached", "removed")
    idle = any(each.now in nowhere and each.was != "vacuous" for each in changes.one_sided)
    doubts = any(each.now == "inconclusive" for each in changes.unsure)
    coarser = any(each.new and each.new.kind == "logic" for each in changes.changed_kind)
    return coarser or idle or doubts


def _told_of(progress: Progress, where: str, told: str) -> None:
    progress(where + told)


def _mended(finding: Verdict, changes: Changes | None) -> tuple[Verdict, ...]:
    if changes is None:
        return (finding,)
    gone = (one for each in (*changes.repaired, *changes.fewer) if each.old for one in each.old.findings())
    return (finding, *(one for one in gone if _defect(one) != _defect(finding)))


def _further(changes: Changes) -> tuple[Verdict, ...]:
    held = ("holds", "conditional")
    new = (each.new for each in changes.violated_first if each.new and each.now == "violated" and each.was not in held)
    return tuple(one for verdict in new for one in verdict.findings())
