"""Whether a run of one text is a run of another one: an edit is not blamed for what was broken by the same run."""

from functools import cache

import pytest

from bgsync.cli.question import Asked
from bgsync.compare.properties import broken_and_repaired
from bgsync.compare.rerun import runs
from bgsync.judge.facts import Invocation, StateChanged, StepTaken, Thing
from bgsync.judge.verdict import Coverage, Location, Report, Trace, TraceStep, Verdict
from bgsync.targets import Target
from tests.answers import answer, target
from tests.specs import PRINT_QUEUE
from tests.test_edits import EDITS

pytestmark = pytest.mark.usefixtures("explored_once")

BASE = target(PRINT_QUEUE, "base.bs")
ASKED = Asked("algorithm", ("restarted",), 1, 2, "scope", "handler", 1_000, ("delivered", "fires-listed"))


@cache
def found(name: str) -> tuple[Verdict, ...]:
    """Everything that is broken in a text by a run: that of an edit, or the base for ""."""
    now = target(EDITS[name][0], "edit.bs") if name else BASE
    return tuple(one for each in ASKED.report(now).verdicts if each.verdict == "violated" for one in each.findings())


def cancels(step: TraceStep) -> bool:
    """Whether a step is one of the new algorithm and changes something."""
    return step.algorithm == "cancel printing" and bool(step.changes)


def shown_before(name: str) -> dict[Verdict, bool]:
    """Say of everything that is broken after an edit whether it was by the same run."""
    before, _ = runs(*map(ASKED.question, (BASE, target(EDITS[name][0] if name else PRINT_QUEUE, "edit.bs"))))
    return {one: before(one) for one in found(name)}


def test_every_run_that_breaks_something_is_one_of_the_text_itself() -> None:
    assert {one.property for one in found("")} >= {"delivered/shared-tag", "delivered/tag-per-message"}
    assert all(shown_before("").values())


def test_a_run_that_takes_none_of_the_edited_steps_is_one_of_the_text_before() -> None:
    told = shown_before("a misspelt variable")
    assert {one.needs for one in told} == {("restarted",)}
    assert all(told.values())


def test_a_run_that_a_step_brings_about_that_was_not_there_is_none_of_the_text_before() -> None:
    told = shown_before("a new algorithm that nothing runs")
    brought = [one for one in told if one.trace and any(map(cancels, one.trace.steps))]
    assert brought
    assert not any(told[one] for one in brought)
    assert all(told[one] for one in told if one.needs), "a rule that changes nothing for ever is as if nothing happened"


def test_a_run_that_misses_what_a_deleted_step_did_is_none_of_the_text_before() -> None:
    told = shown_before("a deleted step")
    assert [one.property for one, before in told.items() if not before and not one.needs] == [
        "fires-listed", "delivered/shared-tag", "delivered/tag-per-message"
    ]  # fmt: skip


def test_a_run_that_only_settles_no_promise_any_more_is_one_of_the_text_before() -> None:
    told = shown_before("a promise that is never settled")
    assert "delivered/shared-tag" in {one.property for one in told}
    assert all(told.values())


def test_an_edit_is_not_blamed_for_what_is_broken_before_it_comes_to_a_step_that_it_changed() -> None:
    now = target(EDITS["a misspelt variable"][0], "edit.bs")
    said, edit = answer(BASE, now, "delivered", adversities=("restarted",))
    assert edit.found == ()
    assert "with restarted" not in said


def test_an_edit_is_not_blamed_by_a_run_through_a_step_that_is_to_be_mended_first() -> None:
    now = target(EDITS["an algorithm that is gone"][0], "edit.bs")
    said, edit = answer(BASE, now, "delivered", adversities=("restarted",))
    assert edit.found == ()
    assert "with restarted: register" not in said


def test_a_guard_that_is_always_passed_makes_no_run_another_one_though_steps_are_renumbered() -> None:
    now = target(EDITS["a new guard"][0], "edit.bs")
    _, edit = answer(BASE, now, "asserts", granularity="step", limit=30_000)
    assert (edit.found, edit.gone) == ((), ())


def test_what_a_step_conflicts_with_is_known_by_the_number_that_it_has_now() -> None:
    now = target(EDITS["a new guard"][0], "edit.bs")

    def reported(of: Target, against: str) -> Report:
        origins = {str(statement.origin): statement.origin for statement in of.spec.statements()}
        taken = (against, "start printing 1")
        steps = tuple(
            TraceStep(Invocation("rule", n), StepTaken(origin), (StateChanged(Thing("A"), "queued", "printing"),))
            for n, step in enumerate(taken) if (origin := origins[step])
        )  # fmt: skip
        where = (Location("f", 1, 1, "start printing", "1"),)
        one = Verdict("p", "violated", "race", locations=where, trace=Trace(steps), against=0)
        return Report("", "", {}, (), Coverage(1, 1, 1), (one,))

    specs = BASE.spec, now.spec
    before, after = reported(BASE, "start printing 3"), reported(now, "start printing 4")
    assert not broken_and_repaired(before, after, specs).more
    assert broken_and_repaired(before, reported(now, "start printing 2"), specs).more
