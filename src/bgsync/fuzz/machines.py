"""Hypothesis machines: what all have in common, how to run one, and an implementation in lockstep with the lifecycle.

Each rule draws one of the choices that are possible now, and prefers those that visit something new. A failure comes
as an AssertionError that tells the shortest run that Hypothesis could find.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import hypothesis
from hypothesis import HealthCheck, Phase, settings, target
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from bgsync.driving import Driven, Operation, Operations, Unable
from bgsync.fuzz.coverage import Coverage, steered


class CoveredMachine(RuleBasedStateMachine):
    """A machine that counts what its examples visit; `coverage` is what all of them did together."""

    coverage: ClassVar[Coverage]

    def __init__(self) -> None:
        super().__init__()
        self.seen = self.coverage.fresh()
        """What this example has visited; steering depends on nothing else."""

    @classmethod
    def begin(cls) -> None:
        """Forget what earlier runs did."""
        cls.coverage = cls.coverage.fresh()

    def teardown(self) -> None:
        """Tell Hypothesis how much was visited, so that it prefers longer reach."""
        for kind in self.seen.expected:
            target(float(len(self.seen.visited(kind))), label=f"{kind} visited")
        self.coverage.merge(self.seen)


class _Lockstep(CoveredMachine):
    make_implementation: ClassVar[Callable[[], Driven]]
    content: ClassVar[Operations]
    tags: ClassVar[tuple[str, ...]]
    operations: ClassVar[tuple[Operation, ...]]

    def __init__(self) -> None:
        super().__init__()
        (initial,) = self.content.world.initial_states()
        self.states: dict[str, Any] = dict.fromkeys(self.tags, initial)
        self.done: list[Operation] = []
        self.implementation = type(self).make_implementation()
        self.implementation.reset()
        self.seen.record("state", self.content.observed(initial))
        self.compare()

    def affected(self, operation: Operation) -> tuple[str, ...]:
        """Give the tags that an operation is about: all of them when it is about the network."""
        return self.tags if operation.tag is None else (operation.tag,)

    def is_new(self, operation: Operation) -> bool:
        """Tell whether an operation takes a row, or is taken in a state, for the first time in this example."""
        observed = self.content.observed
        for tag in self.affected(operation):
            before = self.states[tag]
            _, rows = self.content.world.step(before, operation.name)
            if self.seen.new("row", *map(str, rows)):
                return True
            if operation.tag and self.seen.new("operation", operation_label(operation.name, observed(before))):
                return True
        return False

    def is_possible(self, operation: Operation) -> bool:
        """Tell whether an operation makes sense now."""
        return all(operation.name in self.content.world.actions(self.states[tag]) for tag in self.affected(operation))

    def choice(self) -> st.SearchStrategy[Operation]:
        """Draw an operation."""
        return steered(self.operations, self.is_possible, self.is_new)

    @rule(operation=st.runner().flatmap(lambda machine: machine.choice()))
    def do(self, operation: Operation) -> None:
        """Do an operation on both sides, if it makes sense now."""
        if not self.is_possible(operation):
            return
        try:
            self.content.apply(self.implementation, operation)
        except Unable:
            return
        self.done.append(operation)
        observed = self.content.observed
        for tag in self.affected(operation):
            before = self.states[tag]
            self.states[tag], rows = self.content.world.step(before, operation.name)
            self.seen.record("row", *map(str, rows))
            self.seen.record("state", *(row.target for row in rows if row.target in self.content.states))
            self.seen.record("state", observed(self.states[tag]))
            if operation.tag is not None:
                self.seen.record("operation", operation_label(operation.name, observed(before)))
        self.compare()

    def compare(self) -> None:
        """Check that both sides say the same about every tag. Raises AssertionError."""
        for tag, state in self.states.items():
            found, meant = self.implementation.state(tag), self.content.observed(state)
            if found != meant:
                done = ", ".join(map(str, self.done)) or "reset"
                sides = f"{found!r} in the implementation, but {meant!r} in the lifecycle"
                raise AssertionError(f"{tag} is {sides}, after: {done}")


def operation_label(operation: str, state: str) -> str:
    """Name an operation together with the state of the object that it is done on."""
    return f"{operation} when {state}"


def lifecycle_machine(
    operations: Operations, make_implementation: Callable[[], Driven], *, tags: Sequence[str] = ("t1", "t2")
) -> type[CoveredMachine]:
    """Make a machine that drives an implementation and the small world of each tag in lockstep.

    `operations` are those of a content. `make_implementation` is called for each example, and what it gives is reset;
    it may give the same one each time. The machine fails when the state of any tag differs after an operation. Raises
    ValueError without tags.
    """
    if not tags:
        raise ValueError("there is nothing to drive without tags: name at least one")
    own = [Operation(name, tag) for tag in tags for name in dict.fromkeys(name for name, _ in operations.own)]
    expected = {
        "state": operations.states,
        "row": tuple(map(str, operations.rows)),
        "operation": tuple(operation_label(*pair) for pair in operations.own),
    }
    members: dict[str, Any] = {
        "make_implementation": staticmethod(make_implementation),
        "content": operations,
        "tags": tuple(tags),
        "operations": (*map(Operation, operations.shared), *own),
        "coverage": Coverage(expected),
        "__doc__": "An implementation in lockstep with the lifecycle.",
    }
    return type("LifecycleMachine", (_Lockstep,), members)


def run(
    machine_class: type[CoveredMachine], *, examples: int = 100, steps: int = 30, seed: int = 0, shrink: bool = True
) -> Coverage:
    """Run so many examples of at most so many steps, and give what they visited; the same seed, the same run.

    Raises what the machine raises, for the shortest example that does so, or, with `shrink=False`, for the first one
    found, which is sooner; nothing is kept between runs.
    """
    machine_class.begin()
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        derandomize=False,
        phases=(Phase.generate, Phase.target, *([Phase.shrink] if shrink else [])),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(hypothesis.seed(seed)(machine_class), settings=chosen)
    return machine_class.coverage
