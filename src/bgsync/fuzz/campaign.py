"""A campaign: operations drawn by Hypothesis drive an implementation, and a model judges what is seen.

Each example draws which capabilities it leaves alone, and leans towards situations that were seldom met; between the
rounds the shortest ways of the model lead to what is missing. A difference ends its example and not the campaign.
Each kind of difference is reported once: made as short as can be, and repeated, since what does not show each time is
reported with its rate.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any, ClassVar

import hypothesis
from hypothesis import HealthCheck, Phase, settings, target
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bgsync.driving import Operation, Unable
from bgsync.errors import BgsyncError
from bgsync.fuzz.adapter import Adapter
from bgsync.fuzz.coverage import Coverage
from bgsync.fuzz.finding import Course, Finding, replay, situation
from bgsync.fuzz.shrink import Operations, shrunk
from bgsync.fuzz.steer import Label, shortest
from bgsync.observing import Observing, Oracle

INTERRUPTED = "interrupted"
REPETITIONS = 10
"""How often a finding is repeated."""
ROUND = 10
"""Examples between two looks at what is covered."""
KNOWN = 100
"""How often a situation of a difference counts as met."""
SELDOM = 24
"""One example in so many uses what is costly."""


@dataclass(frozen=True)
class Plan:
    """What a campaign may do. The same seed draws the same operations."""

    examples: int | None = 100
    steps: int = 30
    """Operations in an example at most."""
    seconds: float | None = None
    seed: int = 0
    findings: int = 10
    """Kinds of differences after which it ends."""
    until_covered: bool = False
    """Whether it ends as soon as everything of the model was taken that can be."""
    known: tuple[Operations, ...] = ()
    """Runs that are tried first: what earlier campaigns found."""


@dataclass(frozen=True)
class Result:
    """What a campaign came to."""

    findings: tuple[Finding, ...]
    coverage: Coverage
    steps: int
    """The operations that were done and judged."""
    examples: int
    seconds: float
    """How long the examples took, without making findings short."""
    ended: str
    """Why it ended."""
    unreachable: frozenset[Label]
    """What of the model no operation of this implementation leads to."""
    lacking: dict[str, tuple[str, ...]]
    """The capabilities that the implementation does not have, and what is untested for want of them."""

    @property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """What of the model could have been taken, and was not."""
        left = {
            kind: tuple(label for label in labels if (kind, label) not in self.unreachable)
            for kind, labels in self.coverage.missing().items()
        }
        return {kind: labels for kind, labels in left.items() if labels}


def of_kinds(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Leave out the findings in whose runs another one shows."""
    return tuple(one for one in found if not any(other.shows_in(one) for other in found if other is not one))


class Campaign:
    """One campaign. `make` gives the implementation for each example; it may be the same one each time.

    `over` ends it from outside, as its time does.
    """

    def __init__(
        self,
        make: Callable[[], Any],
        observing: Observing,
        oracle: Oracle,
        tags: Sequence[str],
        plan: Plan,
        over: Event | None = None,
    ) -> None:
        self.make, self.observing, self.oracle, self.plan = make, observing, oracle, plan
        self.coverage, self.unreachable = Coverage(oracle.expected), set[Label]()
        self.steps = self.examples = 0
        self.met: dict[object, Finding] = {}
        """The first finding of each kind, as it was met."""
        self.findings: dict[object, Finding] = {}
        self.situations = Counter[object]()
        """How often each was met, by how much is registered. Those of a difference count more: they end an example."""
        self.broken: BgsyncError | None = None
        self.begun, self.apart, self.over = time.monotonic(), 0.0, over or Event()
        self.adapter: Adapter | None = None
        first = self.adapted()
        self.operations = observing.operations(tags, first.has)
        self.methods = {way.name: way.method for way in observing.ways}
        self.optional = [m for m in dict.fromkeys(self.methods.values()) if m in observing.optional and first.has(m)]
        self.costly = frozenset(getattr(first.implementation, "costly", ())) & set(self.optional)
        self.lacking = observing.lacking(first.has)

    def adapted(self) -> Adapter:
        """Give the implementation for the next example. Raises AdapterError."""
        made = self.make()
        if self.adapter is None or self.adapter.implementation is not made:
            self.close()
            self.adapter = Adapter(made, self.observing)
        return self.adapter

    def close(self) -> None:
        """Let go of the implementation."""
        if self.adapter is not None:
            self.adapter.close()

    def run(self) -> Result:
        """Run it. An interruption ends it with what was found until then. Raises what `reset` raises."""
        try:
            ended = self._rounds()
        except KeyboardInterrupt:
            ended = INTERRUPTED
        seconds = time.monotonic() - self.begun - self.apart
        return Result(
            of_kinds(list((self.met | self.findings).values())),
            self.coverage,
            self.steps,
            self.examples,
            seconds,
            ended,
            frozenset(self.unreachable),
            self.lacking,
        )

    def _rounds(self) -> str:
        for operations in self.plan.known:
            self.note(replay(self.adapted(), self.oracle, operations))
        ended, number = self._ended(), 0
        while not ended:
            self._round(number)
            self._directed()
            self._explain()
            ended, number = self._ended(), number + 1
        self._explain()
        return ended

    def course(self) -> Course:
        """Begin an example."""
        course = Course(self.adapted(), self.oracle, lambda finding: finding.kind in self.met)
        self.examples += 1
        self.note(course.begin())
        return course

    def do(self, course: Course, operation: Operation) -> bool:
        """Do an operation and judge it; False when it could not be done."""
        before = situation(operation, course.belief.allowed(operation)), course.taken[-1].listed
        try:
            finding = course.do(operation)
        except Unable:
            return False
        self.situations[before] += 1
        self.steps += 1
        for kind, label in course.certain:
            self.coverage.record(kind, label)
        self.note(finding)
        return True

    def note(self, finding: Finding | None) -> None:
        """Take note of a finding."""
        if finding is not None:
            self.met.setdefault(finding.kind, finding)
            met = situation(finding.taken[-1].operation, finding.allowed)
            self.situations[met, finding.taken[-2].listed if len(finding.taken) > 1 else 0] += KNOWN

    def late(self) -> bool:
        """Whether the time is up, or enough was met."""
        spent = self.plan.seconds is not None and time.monotonic() - self.begun > self.plan.seconds
        return spent or self.over.is_set() or len(self.met) >= self.plan.findings

    # --- how it goes on

    def _left(self) -> int:
        return ROUND if self.plan.examples is None else self.plan.examples - self.examples

    def _ended(self) -> str:
        if len(self.findings) >= self.plan.findings:
            return f"{len(self.findings)} kinds of differences were found"
        if self.plan.until_covered and self._missing() <= self.unreachable:
            return "everything of the model that can be reached was taken"
        if self.late():
            return "the time was up"
        return "all examples were run" if self._left() <= 0 else ""

    def _missing(self) -> set[Label]:
        return {(kind, label) for kind, labels in self.coverage.missing().items() for label in labels}

    def _round(self, number: int) -> None:
        machine = type("ImplementationMachine", (_Example,), {"campaign": self})
        chosen = settings(
            max_examples=min(ROUND, self._left()),
            stateful_step_count=self.plan.steps,
            database=None,
            deadline=None,
            derandomize=False,
            phases=(Phase.generate, Phase.target),
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(hypothesis.seed(self.plan.seed + number)(machine), settings=chosen)
        if self.broken:
            raise self.broken

    def _directed(self) -> None:
        """Go for what is missing on shortest ways, with one tag; note what no way leads to."""
        operations = [one for one in self.operations if one.tag in (None, self.operations[0].tag)]
        for label in sorted(self._missing() - self.unreachable):
            if self.late() or label not in self._missing():
                continue
            course, unable = self.course(), set[Operation]()
            for number in range(self.plan.steps):
                way = shortest(course.belief, [one for one in operations if one not in unable], {label})
                if not way.operations:
                    if number == 0 and way.exhausted:
                        self.unreachable.add(label)
                    break
                if not self.do(course, way.operations[0]):
                    unable.add(way.operations[0])
                elif label in course.certain:
                    break

    def _explain(self) -> None:
        """Make what was met short, and repeat it."""
        begun = time.monotonic()
        for kind in [kind for kind in self.met if kind not in self.findings]:
            short = shrunk(self.met[kind], self._replayed(kind))
            again = [self._replayed(kind)(short.operations) for _ in range(REPETITIONS)]
            self.findings[kind] = short.again(sum(one is not None for one in again), REPETITIONS)
        self.apart += time.monotonic() - begun

    def _replayed(self, kind: object) -> Callable[[Operations], Finding | None]:
        def replayed(operations: Operations) -> Finding | None:
            found = replay(self.adapted(), self.oracle, operations)
            self.note(found)
            return found if found is not None and found.kind == kind else None

        return replayed


class _Example(RuleBasedStateMachine):
    """What Hypothesis draws does not depend on what is seen, so that nothing that is seen can disturb it."""

    campaign: ClassVar[Campaign]

    def __init__(self) -> None:
        super().__init__()
        self.used, self.taken = frozenset[str](), set[Label]()
        if not self.campaign.broken:
            self.course = self.campaign.course()

    @initialize(chance=st.integers(0, SELDOM), without=st.integers(0, 2**16 - 1), some=st.booleans())
    def begin_with(self, chance: int, without: int, some: bool) -> None:
        """Choose what this example does not use: often nothing but what is costly."""
        costly = self.campaign.costly
        methods = [method for method in self.campaign.optional if method not in costly]
        left_out = {method for place, method in enumerate(methods) if some and without >> place & 1}
        self.used = frozenset(methods) - left_out | (costly if chance == SELDOM else frozenset())

    @rule(how=st.integers(0, 1), which=st.integers(0, 2**10 - 1))
    def do(self, how: int, which: int) -> None:
        """Do an operation that makes sense now."""
        if self.campaign.late() or self.campaign.broken:
            return
        try:
            operation = self.chosen(how, which)
            if operation is not None and self.campaign.do(self.course, operation):
                self.taken |= self.course.certain
        except BgsyncError as error:  # raised once Hypothesis has ended, which would tell it in its own words
            self.campaign.broken = error

    def teardown(self) -> None:
        """Tell Hypothesis how much of the model was taken, so that it prefers longer reach."""
        target(float(len(self.taken)), label="taken")

    def chosen(self, how: int, which: int) -> Operation | None:
        """Choose an operation: half of the time one whose situation was met the least, else any."""
        possible = [operation for operation in self.campaign.operations if self.is_possible(operation)]
        times, belief = self.campaign.situations, self.course.belief
        if how and possible:
            listed = self.course.taken[-1].listed
            met = {one: times[situation(one, belief.allowed(one)), listed] for one in possible}
            possible = [one for one in possible if met[one] == min(met.values())]
        return possible[which % len(possible)] if possible else None

    def is_possible(self, operation: Operation) -> bool:
        """Whether an operation makes sense now, and this example uses it."""
        method = self.campaign.methods[operation.name]
        return (method in self.used or method not in self.campaign.optional) and self.course.belief.possible(operation)


def campaign(
    make: Callable[[], Any], observing: Observing, oracle: Oracle, tags: Iterable[str], plan: Plan | None = None
) -> Result:
    """Drive an implementation, and give what was found; `make` gives it for each example.

    Raises AdapterError, and what the implementation raises in `reset`.
    """
    made = Campaign(make, observing, oracle, tuple(tags), plan or Plan())
    try:
        return made.run()
    finally:
        made.close()
