"""Fuzzing: an implementation in lockstep with the lifecycle, random walks of the interpreter, and their coverage."""

import subprocess
import sys
from dataclasses import replace

import pytest

from bgsync.extras import command
from bgsync.fuzz import (
    Check,
    Coverage,
    Unable,
    interpreter_machine,
    lifecycle_machine,
    run,
)
from bgsync.shipped.model.background_sync import one_off
from bgsync.shipped.model.background_sync.interpreted import Interpreted
from bgsync.shipped.model.background_sync.operations import Implementation, operations
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.system.step import State, Step
from bgsync.system.system import System
from tests.models import scenario


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


def lockstep(implementation: Implementation, tags: tuple[str, ...] = ("t1", "t2")) -> Coverage:
    return run(lifecycle_machine(operations(), lambda: implementation, tags=tags), examples=25, steps=30, seed=6)


def walk(
    checks: dict[str, Check], granularity: str = "algorithm", examples: int = 30, seed: int = 5, shrink: bool = True
) -> Coverage:
    asked = scenario(one_off.SPEC, WORLD, granularity)
    return run(interpreter_machine(asked, checks), examples=examples, steps=50, seed=seed, shrink=shrink)


def no_failed_assert(system: System, before: State, step: Step) -> str | None:
    return "a run ended by a failed Assert or a duplicate" if step.after is None else None


def fires_online(system: System, before: State, step: Step) -> str | None:
    dispatched = any(seen.kind == "dispatched" for seen in step.observations)
    online = before.shared.context[system.machines.index("network")] == "online"
    return "dispatched while offline" if dispatched and not online else None


def test_the_algorithms_agree_with_the_lifecycle_and_every_state_row_and_operation_is_visited() -> None:
    coverage = lockstep(Interpreted())
    assert coverage.missing() == {}
    assert coverage.report() == "state: 7 of 7\nrow: 11 of 11\noperation: 12 of 12"


def test_a_run_depends_on_its_seed_only() -> None:
    machine = lifecycle_machine(operations(), Interpreted, tags=("t1", "t2"))
    first, again, other = (run(machine, examples=5, steps=10, seed=seed).counts for seed in (7, 7, 8))
    assert first == again != other


@pytest.mark.parametrize(
    ("broken", "difference", "wanted"),
    [
        (
            ForgetsReregistration,
            "'firing' in the implementation, but 'reregisteredWhileFiring' in the lifecycle",
            "go online, register TAG, register TAG",
        ),
        (
            IgnoresRegisterInBackOff,
            "'waiting' in the implementation, but 'firing' in the lifecycle",
            "go online, register TAG, reject TAG, register TAG",
        ),
    ],
)
def test_a_broken_implementation_is_caught_by_a_shortest_example(
    broken: type[Interpreted], difference: str, wanted: str
) -> None:
    with pytest.raises(AssertionError) as caught:
        lockstep(broken(("a", "b")), ("a", "b"))
    message = str(caught.value)
    tag = message[0]
    assert tag in "ab"
    assert message == f"{tag} is {difference}, after: {wanted.replace('TAG', tag)}"


def test_a_failure_lists_the_operations_as_a_program() -> None:
    with pytest.raises(AssertionError) as caught:
        lockstep(ForgetsReregistration(["a"]), ("a",))
    calls = [note for note in caught.value.__notes__ if note.startswith("state.do(")]
    assert calls == [
        "state.do(operation=Operation(name='go online', tag=None))",
        "state.do(operation=Operation(name='register', tag='a'))",
        "state.do(operation=Operation(name='register', tag='a'))",
    ]


def test_what_an_implementation_is_unable_to_do_is_passed_over_and_stays_missing() -> None:
    assert lockstep(NeverTheLastChance()).missing() == {
        "state": ("failed",),
        "row": ("give_up: firing -> failed",),
        "operation": ("give up when firing", "give up when reregisteredWhileFiring"),
    }


def test_a_spec_with_another_meaning_disagrees_with_the_lifecycle() -> None:
    quiet = replace(one_off.SPEC, rules=())  # nothing fires when the network changes to online
    with pytest.raises(AssertionError) as caught:
        lockstep(Interpreted(spec=quiet))
    assert str(caught.value).endswith((", after: register t1, go online", ", after: register t2, go online"))


def test_a_machine_needs_tags() -> None:
    with pytest.raises(ValueError, match="name at least one"):
        lifecycle_machine(operations(), Interpreted, tags=())


def test_the_interpreter_dispatches_at_once_and_keeps_tags_apart() -> None:
    reference = Interpreted(("inbox", "outbox"))
    reference.register("inbox")
    assert (reference.state("inbox"), reference.state("outbox")) == ("pending", "absent")
    reference.register("outbox")
    reference.go_online()
    assert (reference.state("inbox"), reference.state("outbox")) == ("firing", "firing")
    reference.settle("inbox", fulfilled=False, last_chance=False)
    reference.settle("outbox", fulfilled=False, last_chance=True)
    assert (reference.state("inbox"), reference.state("outbox")) == ("waiting", "absent")
    reference.go_offline()
    reference.elapse("inbox")
    assert reference.state("inbox") == "pending"
    reference.reset()
    assert reference.state("inbox") == "absent"


def test_the_interpreter_says_what_it_cannot_do() -> None:
    reference = Interpreted()
    with pytest.raises(RuntimeError, match="t1 has 0 events under way"):
        reference.settle("t1", fulfilled=True, last_chance=False)
    with pytest.raises(RuntimeError, match="0 steps fit 'move go offline'"):
        reference.go_offline()


def test_random_walks_reach_every_step_of_the_text_that_needs_no_adversity() -> None:
    assert walk({"asserts": no_failed_assert}).missing() == {}


def test_a_random_walk_finds_a_dispatch_while_offline_and_tells_it() -> None:
    with pytest.raises(AssertionError) as caught:
        walk({"asserts": no_failed_assert, "fires-online": fires_online}, examples=10, seed=2)
    title, *lines = str(caught.value).splitlines()
    assert title == "fires-online: dispatched while offline, after:"
    assert [line.split(":")[0].split("(")[0].strip() for line in lines] == [
        "1. move go online",
        "2. call register",
        "3. move go offline",
        "4. run Fire Functional Event",
    ]


def test_a_random_walk_finds_a_race_only_where_steps_interleave() -> None:
    with pytest.raises(AssertionError, match="asserts: a run ended by a failed Assert or a duplicate"):
        walk({"asserts": no_failed_assert}, "step", examples=300, shrink=False)


def test_coverage_counts_merges_and_names_what_is_missing() -> None:
    coverage = Coverage({"state": ["a", "b"], "row": ["a -> b"]})
    assert coverage.new("state", "a")
    coverage.record("state", "a", "a")
    assert not coverage.new("state", "a")
    assert coverage.report() == "state: 1 of 2\n  missing: b\nrow: 0 of 1\n  missing: a -> b"
    other = coverage.fresh()
    assert other.visited("state") == ()
    other.record("row", "a -> b")
    coverage.merge(other)
    assert coverage.missing() == {"state": ("b",)}


@pytest.mark.parametrize(("kind", "label"), [("state", "c"), ("event", "a")])
def test_coverage_refuses_what_was_not_declared(kind: str, label: str) -> None:
    with pytest.raises(ValueError, match="unknown"):
        Coverage({"state": ["a"]}).record(kind, label)


def test_without_hypothesis_the_import_says_what_to_install() -> None:
    code = "import sys; sys.modules['hypothesis'] = None; import bgsync.fuzz"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"ImportError: bgsync.fuzz needs Hypothesis: {command('fuzz')}" in done.stderr
