"""Fuzzing: an implementation in lockstep with the lifecycle, random walks of the interpreter, and their coverage."""

import subprocess
import sys

import pytest

from bgsync.fuzz import Coverage, Implementation, Interpreted, Unable, interpreter_machine, lifecycle_machine, run
from bgsync.system.scenario import Scenario, Surroundings
from bgsync.system.system import State, Step, System
from model import environment, one_off

SURROUNDINGS = Surroundings(environment.MACHINES, environment.ADVERSITIES, environment.NEVER)


class ForgetsReregistration(Interpreted):
    def register(self, tag: str) -> None:
        if self.state(tag) != "firing":
            super().register(tag)


class IgnoresRegisterInBackOff(Interpreted):
    """As Chromium does."""

    def register(self, tag: str) -> None:
        if self.state(tag) != "waiting":
            super().register(tag)


class NeverTheLastChance(Interpreted):
    def settle(self, tag: str, fulfilled: bool, last_chance: bool) -> None:
        if last_chance:
            raise Unable
        super().settle(tag, fulfilled, last_chance)


def lockstep(implementation: Implementation, examples: int = 60, seed: int = 1) -> Coverage:
    return run(lifecycle_machine(lambda: implementation), examples=examples, steps=30, seed=seed)


def walk(granularity: str, **checks: object) -> Coverage:
    scenario = Scenario(one_off.SPEC, SURROUNDINGS, granularity=granularity, monitor="none")
    return run(interpreter_machine(scenario, checks), examples=60, steps=40, seed=0)  # type: ignore[arg-type]


def test_the_algorithms_agree_with_the_lifecycle_and_every_state_row_and_operation_is_visited() -> None:
    coverage = lockstep(Interpreted())
    assert coverage.missing() == {}
    assert coverage.report() == "state: 7 of 7\nrow: 11 of 11\noperation: 12 of 12"


def test_a_run_depends_on_its_seed_only() -> None:
    machine = lifecycle_machine(Interpreted, tags=("t1", "t2"))
    first, again, other = (run(machine, examples=5, steps=10, seed=seed).counts for seed in (7, 7, 8))
    assert first == again != other


@pytest.mark.parametrize(
    ("broken", "message", "operations"),
    [
        (
            ForgetsReregistration,
            "is 'firing' in the implementation, but 'reregisteredWhileFiring' in the lifecycle",
            ["go online", "register", "register"],
        ),
        (
            IgnoresRegisterInBackOff,
            "is 'waiting' in the implementation, but 'firing' in the lifecycle",
            ["go online", "register", "reject", "register"],
        ),
    ],
)
def test_a_broken_implementation_is_caught_by_a_shortest_example(
    broken: type[Interpreted], message: str, operations: list[str]
) -> None:
    with pytest.raises(AssertionError) as caught:
        lockstep(broken(["t1"]), seed=3) if False else run(
            lifecycle_machine(lambda: implementation, tags=["a", "b"]), examples=60, steps=30, seed=3
        )
    assert message in str(caught.value)
