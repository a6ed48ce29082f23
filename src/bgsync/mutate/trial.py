"""Tries mutants: cheap ways to tell one from the original first, and no further than needed.

**Stages.** A mutant that is the original in other words, or whose edit no run of the original comes to, is equivalent
without being looked at. Then come the checks of structure, every behaviour at `algorithm`, the same under each
adversity, and `step`, which has a hundred times the states. At each stage the reports on mutant and original are
compared as those on two versions of a text are (`bgsync.compare.properties`): a mutant is killed by a property that is
broken in it and not in the original, in the same environment. So a race that becomes a contradiction of logic is a
kill, and another way to break what is broken already is none, nor is what is inconclusive in either of them.

**Survivors.** What no property objects to is compared by branching bisimulation, in all the same environments: it is
equivalent if it is bisimilar in each of them, within the same bounds. What is not is alive, and the first
environment in which it differs is told. Not to be bisimilar is no proof of a difference that matters: a step
may be earlier or later than it was, to which nobody objects and nobody should.

**Bounds.** An exploration of a mutant ends at GROWTH times the states of the largest one of the original in that stage,
unless a limit was given: an edit that makes states without end is usually killed in the first of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bgsync.compare.behaviour import compare
from bgsync.compare.bisimilar import Known as Explored
from bgsync.compare.bisimilar import explored
from bgsync.compare.data import same_but_for_names, same_data
from bgsync.compare.properties import broken_and_repaired
from bgsync.judge.budget import SpentError
from bgsync.judge.check import check
from bgsync.judge.structure import ERROR, findings
from bgsync.judge.structure import PROPERTIES as STRUCTURE
from bgsync.judge.structure.finding import Known
from bgsync.judge.verdict import Report
from bgsync.language import LanguageError, Spec
from bgsync.mutate.mutants import Mutant
from bgsync.mutate.outcomes import MALFORMED, Kill, Outcome
from bgsync.system.scenario import Scenario, adversities_of
from bgsync.targets import Target, Wish, question

GROWTH, FEWEST = 4, 2_000
"""How many times the states of the original are looked at in a mutant, and how many at least."""
TELLING = 5_000
"""In how many states it is looked for what is observed of a survivor alone."""


@dataclass(frozen=True)
class Stage:
    """What is asked of mutant and original alike: at one granularity, with or without adversities."""

    name: str
    wish: Wish
    report: Report
    """That on the original."""


@dataclass(frozen=True)
class Trial:
    """A spec whose mutants are tried, with all that is known of it before."""

    target: Target
    known: Known
    stages: tuple[Stage, ...]
    behaviours: tuple[Explored, ...]
    wanted: frozenset[str]
    limit: int | None
    thorough: bool = False

    @property
    def properties(self) -> tuple[str, ...]:
        """The ids of the properties that may kill a mutant."""
        ids = [prop.id for prop in self.target.content.properties] + [row.id for row in STRUCTURE]
        return tuple(name for name in dict.fromkeys(ids) if not self.wanted or name in self.wanted)

    @cached_property
    def unreached(self) -> frozenset[str]:
        """The steps that no run of the original comes to, in no environment; none where that is not known."""
        whole = {
            (each.granularity, each.adversities)
            for stage in self.stages
            for each in stage.report.explorations
            if each.complete
        }
        if not whole.issuperset((each.scenario.granularity, each.scenario.adversities) for each in self.behaviours):
            return frozenset()
        return frozenset.intersection(*(frozenset(stage.report.coverage.unreached) for stage in self.stages))

    @cached_property
    def faults(self) -> Mapping[tuple[str, str], int]:
        """How many errors of structure the original has already, of each kind in each algorithm."""
        return {place: len(messages) for place, messages in faults(self.target.spec, self.known).items()}

    def judge(self, mutant: Mutant) -> Outcome:
        """Say what becomes of a mutant; its spec is left out. Raises KeyboardInterrupt."""
        return replace(self._judge(mutant), mutant=replace(mutant, spec=None))

    def _judge(self, mutant: Mutant) -> Outcome:
        spec = mutant.spec
        if spec is None:
            return Outcome(mutant, "killed", "structure", (Kill(MALFORMED, "structure", (), mutant.malformed),))
        if same := self._same(mutant, spec):
            return Outcome(mutant, "equivalent", "text", why=same)
        kills, changed, decided = list[Kill](), list[str](), ""
        for name, look in self._looks(spec):
            try:
                found, other = look()
            except LanguageError as error:
                found, other = (Kill(MALFORMED, "structure", (), str(error)),), ()
            changed += other
            kills += [each for each in found if each not in kills]
            decided = decided or (name if kills else "")
            if kills and (not self.thorough or kills[-1].property == MALFORMED):
                break
        if kills:
            return Outcome(mutant, "killed", decided, tuple(kills))
        why = self._difference(spec)
        if not why:
            return Outcome(mutant, "equivalent", "behaviour", why="bisimulation")
        return Outcome(mutant, "survived", "behaviour", (), why, tuple(dict.fromkeys(changed)))

    def _same(self, mutant: Mutant, spec: Spec) -> str:
        """Say why a mutant is the original without looking at what it does; "" where that is to be seen."""
        if same_data(self.target.spec, spec):
            return "same data"
        if same_but_for_names(self.target.spec, spec):
            return "same but for names"
        return f"no run comes to {mutant.first}" if str(mutant.first) in self.unreached else ""

    def _looks(self, spec: Spec) -> Iterator[tuple[str, Callable[[], tuple[tuple[Kill, ...], tuple[str, ...]]]]]:
        yield "structure", lambda: (self._structure(spec), ())
        for stage in self.stages:
            yield stage.name, lambda stage=stage: self._at(stage, spec)  # type: ignore[misc]

    def _structure(self, spec: Spec) -> tuple[Kill, ...]:
        """Give the kinds of errors of which an algorithm has more than in the original.

        They are counted, since what is told at the first of several places moves on when that one goes.
        """
        return tuple(
            Kill(name, "structure", (), messages[-1])
            for (name, algorithm), messages in sorted(faults(spec, self.known).items())
            if len(messages) > self.faults.get((name, algorithm), 0) and (not self.wanted or name in self.wanted)
        )

    def _at(self, stage: Stage, spec: Spec) -> tuple[tuple[Kill, ...], tuple[str, ...]]:
        """Give what a stage finds broken in a mutant, and what else is another verdict."""
        report = check(question(replace(self.target, spec=spec), stage.wish))
        if report.interrupted:
            raise SpentError(stage.wish.budget.spent)
        found = broken_and_repaired(stage.report, report)
        kills = tuple(
            Kill(each.property, each.new.kind, each.needs, each.new.message) for each in found.broken if each.new
        )
        kinds = ("mended", found.repaired), ("in doubt", found.unsure)
        changed = [f"{word}: {_needing(each.property, each.needs)}" for word, some in kinds for each in some]
        before = {(v.property, v.needs): v.verdict for v in stage.report.verdicts}
        changed += [
            f"vacuous: {_needing(v.property, v.needs)}"
            for v in report.verdicts
            if v.verdict == "vacuous" and before.get((v.property, v.needs)) == "holds"
        ]
        return kills, tuple(changed)

    def _difference(self, spec: Spec) -> str:
        """Say where a mutant is not shown to be equivalent, and by what it is told there; "" where it is everywhere."""
        for behaviour in self.behaviours:
            here = behaviour.scenario
            limit = self.limit or max(FEWEST, GROWTH * behaviour.graph.states)
            why = behaviour.differs(spec, limit)
            if why:
                where = " with ".join((here.granularity, *here.adversities))
                told = "" if here.granularity == "step" else self._told(here, spec)
                return f"at {where}: {told or why}"
        return ""

    def _told(self, here: Scenario, spec: Spec) -> str:
        """Tell a shortest trace that only one of the two shows."""
        found = compare(
            here.spec, spec, here.world, granularities=(here.granularity,), adversities=here.adversities,
            bounds=here.bounds, limit=TELLING,
        )  # fmt: skip
        pairs = ("only the original shows", found.only_old), ("only the mutant shows", found.only_new)
        told = [f"{who}: {', '.join(trace.labels)}" for who, trace in pairs if trace is not None]
        return "; ".join(told) or (found.note if found.relation == "equivalent" else "")


def _needing(name: str, needs: tuple[str, ...]) -> str:
    return f"{name} with {', '.join(needs)}" if needs else name


def faults(spec: Spec, known: Known) -> dict[tuple[str, str], list[str]]:
    """Give the messages of all errors of structure of each kind, in each algorithm."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in findings(spec, known):
        if each.level == ERROR:
            found.setdefault((each.property, each.origin.algorithm), []).append(each.message)
    return found


def trial(target: Target, wish: Wish, known: Known | None = None, *, thorough: bool = False) -> tuple[Trial, float]:
    """Look at the original; the second value is how many seconds a mutant takes that goes all the way, about.

    Raises ContentError where its content does not have what is wished for, and KeyboardInterrupt.
    """
    stages, seconds, limit = list[Stage](), 0.0, wish.effort.limit
    for name, one in _wishes(wish, target):
        asked = question(target, one)
        report = check(asked)
        if report.interrupted:
            raise SpentError(wish.budget.spent or "interrupted")
        seconds += sum(each.seconds for each in report.explorations)
        most = max((each.states for each in report.explorations), default=0)
        own = replace(wish.effort, processes=1, limit=limit or max(FEWEST, GROWTH * most))
        stages.append(Stage(name, replace(one, effort=own), report))
    began = time.perf_counter()
    environments = dict.fromkeys(_environments([stage.wish for stage in stages], target))
    scenarios = [
        Scenario(target.spec, target.content.world, granularity, adversities, wish.bounds)
        for granularity, adversities in environments
    ]
    behaviours = explored(scenarios, limit or 300_000)
    seconds += 2 * (time.perf_counter() - began)
    made = Trial(target, known or Known(), tuple(stages), behaviours, wish.wanted, limit, thorough)
    return made, seconds


def _wishes(wish: Wish, target: Target) -> Iterator[tuple[str, Wish]]:
    """Give the stages of what is wished for, those with few states first."""
    for granularity in sorted(wish.granularities, key=lambda name: name != "algorithm"):
        one = replace(wish, granularities=(granularity,), each=False, adversities=())
        yield granularity, one
        each = wish.each and granularity == "algorithm" and bool(target.content.world.adversities)
        if wish.adversities or each:
            yield f"{granularity} with adversities", replace(one, each=each, adversities=wish.adversities)


def _environments(wishes: Sequence[Wish], target: Target) -> Iterator[tuple[str, tuple[str, ...]]]:
    for wish in wishes:
        (granularity,) = wish.granularities
        yield granularity, ()
        names = wish.adversities or (adversities_of(target.content.world, target.spec) if wish.each else ())
        yield from ((granularity, (name,)) for name in names)
