"""Mutation analysis: the edits of small specs, what kills them, and what is equivalent or survives."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from bgsync.judge.budget import Budget
from bgsync.language import (
    Abort,
    And,
    Assert,
    Atomically,
    Else,
    Find,
    If,
    Is,
    Let,
    Not,
    Reject,
    Remove,
    Resolve,
    Set,
    Spec,
    Statement,
    Upon,
    say,
    steps,
    v,
)
from bgsync.mutate.mutants import Mutant, mutants
from bgsync.mutate.operators import OPERATORS
from bgsync.mutate.outcomes import Analysis, Fate, Kill, Outcome
from bgsync.mutate.run import judged
from bgsync.mutate.trial import Trial, trial
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.background_sync.one_off import ONLINE, REGISTRATIONS
from bgsync.shipped.model.background_sync.registration import FIRING
from bgsync.system.scenario import Bounds
from bgsync.targets import Target, Wish
from tests import command
from tests.corrected import CORRECTED
from tests.models import CALM, STATE, Items, outbox, single
from tests.specs import PRINT_QUEUE

BOUNDS = Bounds(calls=1)
QUICK = Wish(each=False, granularities=("algorithm",), bounds=BOUNDS)


# --- the edits

SET, DONE = Set(STATE, FIRING), Resolve(v.promise)
IS_SET = Is(STATE, FIRING)


def texts(operator: str, *items: Statement | Items) -> list[str]:
    """Give what the steps of a method say after each edit by an operator."""
    made = [each.spec for each in mutants(single(*items), (operator,))]
    return ["; ".join(map(say, spec.algorithm("main").steps)) for spec in made if spec is not None]


SAYS_SET, SAYS_DONE, IF_ONLINE = (say(SET), say(DONE), "if the network is online: ")


def test_each_step_is_left_out_in_turn_and_a_block_that_is_left_empty_goes_with_it() -> None:
    assert texts("drop", SET, If(ONLINE, (DONE, SET))) == [
        f"{IF_ONLINE}{SAYS_DONE}, {SAYS_SET}",
        SAYS_SET,
        f"{SAYS_SET}; {IF_ONLINE}{SAYS_SET}",
        f"{SAYS_SET}; {IF_ONLINE}{SAYS_DONE}",
    ]
    assert texts("drop", If(ONLINE, DONE)) == [""], "the condition and its only step are one edit"


def test_an_otherwise_stays_with_its_condition() -> None:
    assert texts("drop", If(ONLINE, DONE), Else(SET))[:2] == ["", f"{IF_ONLINE}{SAYS_DONE}"]
    assert texts("swap", SET, If(ONLINE, DONE), Else(SET)) == [
        f"{IF_ONLINE}{SAYS_DONE}; otherwise: {SAYS_SET}; {SAYS_SET}"
    ]


def test_an_assert_and_what_was_not_understood_are_left_alone() -> None:
    assert texts("drop", Assert(ONLINE)) == []
    assert texts("negate", Assert(ONLINE)) == []


def test_steps_that_leave_are_gone_on_instead() -> None:
    assert texts("no-abort", If(ONLINE, (DONE, Abort()))) == [f"{IF_ONLINE}{SAYS_DONE}"]


def test_a_condition_is_negated_whole_and_in_parts() -> None:
    found = texts("negate", If(And(ONLINE, Not(IS_SET)), DONE))
    assert len(found) == 3
    assert found[1].startswith("if the network is not online and")
    assert say(If(And(ONLINE, IS_SET), DONE)) in found


def test_steps_move_out_of_a_block_and_into_it_on_both_sides() -> None:
    block = If(ONLINE, (DONE, SET))
    assert texts("move-out", block) == [f"{SAYS_DONE}; {IF_ONLINE}{SAYS_SET}", f"{IF_ONLINE}{SAYS_DONE}; {SAYS_SET}"]
    assert texts("move-in", SET, If(ONLINE, DONE), SET) == [
        f"{IF_ONLINE}{SAYS_SET}, {SAYS_DONE}; {SAYS_SET}",
        f"{SAYS_SET}; {IF_ONLINE}{SAYS_DONE}, {SAYS_SET}",
    ]


def test_a_value_is_another_declared_one_or_another_error_of_the_text() -> None:
    assert len(texts("value", SET)) == 3, "there are four states"
    errors = texts("value", If(ONLINE, Reject(v.promise, "AbortError")), Reject(v.promise, "DataError"))
    assert errors[0] == f"{IF_ONLINE}reject promise with AbortError; reject promise with AbortError"
    assert len(errors) == 2


def test_an_object_is_another_variable_of_its_type_also_of_a_parameter() -> None:
    look = (Let("one", Find(REGISTRATIONS, "tag", v.tag)), Let("other", Find(REGISTRATIONS, "tag", v.tag)))
    assert texts("object", *look, Remove(v.one, REGISTRATIONS))[-1].endswith(say(Remove(v.other, REGISTRATIONS)))
    found = [each.words for each in mutants(outbox(), ("object",))]
    assert found == [], "one object each: there is no other"


def test_another_outcome_is_waited_for_or_one_less() -> None:
    found = texts("outcome", Upon(("rejected", "terminated"), v.promise, SET))
    assert [each.partition(":")[0] for each in found] == [
        "when promise is terminated",
        "when promise is fulfilled or terminated",
        "when promise is rejected",
    ]


def test_an_atomic_block_falls_apart() -> None:
    assert texts("not-atomic", Atomically(steps(SET, DONE))) == [f"{SAYS_SET}; {SAYS_DONE}"]


def test_every_mutant_is_another_text_keeps_the_places_of_its_steps_and_leaves_the_original_alone() -> None:
    spec = outbox()
    made = mutants(spec)
    assert spec == outbox()
    assert {each.operator for each in made} <= set(OPERATORS)
    assert len({(each.spec.algorithms, each.spec.rules) for each in made if each.spec}) > len(made) * 0.9
    known = {str(statement.origin) for statement in spec.statements()}
    for each in made:
        assert each.spec is not None
        assert each.spec != spec
        assert str(each.origin) in known
        assert {str(statement.origin) for statement in each.spec.statements()} <= known


# --- what becomes of them


def tried(spec: Spec, wish: Wish = QUICK, *, thorough: bool = False) -> Trial:
    content = replace(ONE_OFF, world=CALM)
    return trial(Target(spec, "tiny", content, "it was named"), wish, thorough=thorough)[0]


def fate(of: Trial, operator: str, words: str) -> Outcome:
    (mutant,) = [each for each in mutants(of.target.spec, (operator,)) if words in f"{each.origin} {each.words}"]
    return of.judge(mutant)


@pytest.fixture(scope="module")
def calm() -> Trial:
    return tried(outbox())


def test_a_mutant_is_killed_by_the_properties_that_are_broken_in_it_alone(calm: Trial) -> None:
    found = fate(calm, "drop", "register 7 ")
    assert (found.fate, found.stage) == ("killed", "algorithm")
    assert "resolved-then-fires" in found.by
    assert "no-endless-firing" not in found.by, "that is broken in the original, too"


def test_a_mutant_that_is_no_text_any_more_is_killed_by_structure(calm: Trial) -> None:
    found = fate(calm, "drop", "register 1 ")
    assert (found.fate, found.stage, found.by) == ("killed", "structure", ("defined-before-use",))


def test_a_finding_of_structure_that_moves_on_kills_nothing(calm: Trial) -> None:
    """`serviceWorkerRegistration` has no value in any step of "ring"; only the first one is told."""
    assert calm.faults["defined-before-use", "ring"] == 1
    assert "defined-before-use" not in fate(calm, "drop", "ring 2.1.2 ").by


def test_what_nobody_can_tell_apart_is_equivalent(calm: Trial) -> None:
    found = fate(calm, "move-out", "register 7 ")
    assert (found.fate, found.why) == ("equivalent", "bisimulation"), "it is always online"


def test_what_no_run_comes_to_is_equivalent_without_a_look(calm: Trial) -> None:
    found = fate(calm, "drop", "wake 1 ")
    assert (found.fate, found.stage, found.why) == ("equivalent", "text", "no run comes to wake 1")


def test_a_survivor_is_told_with_what_can_be_observed_of_it() -> None:
    found = fate(tried(outbox(), replace(QUICK, properties=("unique-tag",))), "no-abort", "ring 2.1.1 ")
    assert found.fate == "survived"
    assert found.why.startswith("at algorithm: only the original shows: a page calls register(t1)")


def test_a_property_that_is_not_asked_for_kills_nothing() -> None:
    alone = tried(outbox(), replace(QUICK, properties=("unique-tag",)))
    assert alone.properties == ("unique-tag",)
    assert fate(alone, "drop", "register 7 ").fate == "survived"
    assert fate(alone, "drop", "register 2 ").by == ("unique-tag",)


def test_a_thorough_trial_goes_on_after_the_first_kill(calm: Trial) -> None:
    first = fate(calm, "drop", "register 2.2 ")
    more = fate(tried(outbox(), thorough=True), "drop", "register 2.2 ")
    assert first.by == ("contradiction",)
    assert set(more.by) > {"contradiction"}
    assert more.stage == "structure"


def test_what_needs_an_adversity_is_seen_after_what_needs_none() -> None:
    hard = tried(outbox(), replace(QUICK, each=True))
    assert [stage.name for stage in hard.stages] == ["algorithm", "algorithm with adversities"]
    found = fate(hard, "outcome", "ring 2.2 another outcome: when event is rejected:")
    assert (found.fate, found.stage) == ("killed", "algorithm with adversities")
    assert {kill.needs for kill in found.kills} == {("terminated",)}


def test_what_a_budget_leaves_is_unfinished(calm: Trial) -> None:
    some = mutants(calm.target.spec, ("no-abort",))
    spent = Budget(1e-9)
    assert {each.fate for each in judged(calm, some, 1, spent)} == {"unfinished"}


def test_several_processes_give_the_same_outcomes_in_the_same_order(calm: Trial) -> None:
    some = mutants(calm.target.spec, ("no-abort",))
    done: list[int] = []
    assert judged(calm, some, 2, Budget(), done.append) == judged(calm, some, 1, Budget())
    assert done == [1, 2, 3]


# --- a text that holds


@pytest.fixture(scope="module")
def corrected() -> Trial:
    target = Target(CORRECTED, "corrected", ONE_OFF, "it was named")
    return trial(target, Wish(each=False))[0]


def test_a_text_with_atomic_blocks_breaks_only_what_no_block_can_mend(corrected: Trial) -> None:
    broken = {v.property for stage in corrected.stages for v in stage.report.verdicts if v.verdict == "violated"}
    assert broken == {"fires-online", "no-endless-firing", "resolved-not-waiting"}, "it has one timer, and keeps to it"


def test_a_block_that_is_no_longer_atomic_is_a_race(corrected: Trial) -> None:
    found = fate(corrected, "not-atomic", "register 7 ")
    assert (found.fate, found.stage) == ("killed", "step")
    assert "unique-tag" in found.by


def test_who_may_call_is_noticed_where_the_text_says_it_in_another_place(corrected: Trial) -> None:
    found = fate(corrected, "negate", "frame type is not top-level")
    assert (found.fate, [*found.by]) == ("killed", ["gate"])


def test_a_block_whose_every_caller_is_atomic_need_not_be(corrected: Trial) -> None:
    found = fate(corrected, "not-atomic", "fire a sync event 1 ")
    assert (found.fate, found.why) == ("equivalent", "bisimulation")


# --- what is told

A_MUTANT: Mutant = mutants(outbox(), ("no-abort",))[0]


def analysis(*fates: tuple[Fate, Sequence[str]]) -> Analysis:
    outcomes = tuple(
        Outcome(A_MUTANT, fate, "algorithm", tuple(Kill(name, "logic", (), "") for name in names))
        for fate, names in fates
    )
    return Analysis("tiny", "one-off", ("gate", "outcome", "asserts"), outcomes, 9)


def test_the_score_leaves_out_what_is_equivalent_or_not_judged() -> None:
    found = analysis(("killed", ["gate"]), ("survived", []), ("equivalent", []), ("unfinished", []))
    assert found.score == 0.5
    assert analysis(("equivalent", [])).score is None


def test_a_property_is_counted_once_a_mutant_and_alone_where_nothing_else_kills() -> None:
    found = analysis(
        ("killed", ["gate"]), ("killed", ["asserts/a.1", "asserts/a.2"]), ("killed", ["asserts/a.1", "gate"])
    )
    assert [(row.property, row.kills, row.alone) for row in found.rows()] == [("asserts", 2, 1), ("gate", 2, 1)]
    assert found.idle() == ("outcome",)


@pytest.mark.parametrize(
    ("fates", "status"), [(("killed",), 0), (("killed", "survived"), 1), (("unfinished",), 3), ((), 3)]
)
def test_the_status_says_whether_something_survives(fates: tuple[Fate, ...], status: int) -> None:
    assert analysis(*((each, []) for each in fates)).exit_status == status


# --- the command


def run(*words: str) -> Result:
    return command.run("mutate", *words)


@pytest.fixture
def queue(tmp_path: Path) -> str:
    file = tmp_path / "queue.bs"
    file.write_text(PRINT_QUEUE)
    return str(file)


FAST = ("--granularity", "algorithm", "--property", "unique-tag", "--calls", "1", "--with", "should")


def test_the_command_tells_the_score_the_properties_and_the_survivors_of_a_text(queue: str) -> None:
    found = run(queue, *FAST, "--only", "no-abort", "--jobs", "1")
    assert found.exit_code == 1
    assert "score: " in found.stdout
    assert f"{queue}:" in found.stdout
    assert "mutants; one that nothing kills takes about" in found.stderr


def test_a_sample_is_the_same_for_the_same_seed(queue: str) -> None:
    words = (queue, *FAST, "--sample", "3", "--jobs", "1")
    first, second, other = (run(*words, "--seed", seed).stdout for seed in ("1", "1", "2"))
    assert re.search(r"judged as \S+: 3 of \d+ mutants", first)
    assert first == second != other


def test_an_unknown_operator_is_bad_input() -> None:
    found = run("--only", "shuffle")
    assert found.exit_code == 2
    assert "unknown operator 'shuffle': one of no-abort, drop" in found.stderr


def test_the_help_names_every_operator() -> None:
    said = "".join(run("--help").stdout.split())
    assert all(name in said for name in OPERATORS)
