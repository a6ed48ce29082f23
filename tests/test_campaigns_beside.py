"""Several implementations that are alike, driven beside each other."""

import pytest

from bgsync.errors import BgsyncError
from bgsync.fuzz.adapter import AdapterError
from bgsync.fuzz.beside import campaigns
from bgsync.fuzz.campaign import Plan, Result
from bgsync.fuzz.text import oracle
from bgsync.observing import Oracle
from bgsync.shipped.model.background_sync.observing import OBSERVING
from tests.command import run
from tests.implementations import IgnoresRegisterInBackOff, Right

TAGS = ("t1", "t2")


def text() -> Oracle:
    return oracle(OBSERVING, "spec", TAGS)


def driven(*kinds: type[Right], plan: Plan = Plan(21, seed=1)) -> Result:  # noqa: B008
    return campaigns([kind() for kind in kinds], OBSERVING, text, TAGS, plan)


def test_the_runs_are_shared_and_what_they_took_is_joined() -> None:
    alone, three = driven(Right), driven(Right, Right, Right)
    assert (three.findings, three.ended) == ((), "all examples were run")
    assert three.examples >= 21  # and the runs that go for what is missing
    for kind in alone.coverage.expected:
        assert len(three.coverage.visited(kind)) > 1
    assert sum(sum(counts.values()) for counts in three.coverage.counts.values()) >= three.steps


def test_the_same_seed_makes_the_same_runs_however_the_threads_take_turns() -> None:
    first, again = (driven(Right, Right) for _ in range(2))
    assert (first.steps, first.coverage.counts) == (again.steps, again.coverage.counts)


def test_a_difference_that_all_meet_is_told_once_and_by_its_shortest_run() -> None:
    plan = Plan(120, seed=1, findings=1)
    alone = driven(IgnoresRegisterInBackOff, plan=plan)
    both = driven(IgnoresRegisterInBackOff, IgnoresRegisterInBackOff, plan=plan)
    assert len(alone.findings) == 1
    assert len({finding.kind for finding in both.findings}) == len(both.findings) > 0
    assert min(len(one.taken) for one in both.findings) <= len(alone.findings[0].taken)


class Breaks(Right):
    def reset(self) -> None:
        raise BgsyncError("the machine is on fire")


@pytest.mark.parametrize("kinds", [(Right, Breaks), (Breaks, Right)])
def test_what_one_of_them_raises_ends_all(kinds: tuple[type[Right], ...]) -> None:
    with pytest.raises((BgsyncError, AdapterError), match="on fire"):
        driven(*kinds, plan=Plan(100_000))


def test_the_command_drives_as_many_as_it_is_told() -> None:
    said = run("fuzz", "tests/implementations.py:Right", "--jobs", "2", "--examples", "8", "--steps", "8")
    assert said.exit_code in (0, 3)
    assert " operations judged in " in said.stdout
