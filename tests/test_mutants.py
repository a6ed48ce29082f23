"""Edits of the one-off model that bring in a defect, some of a kind that the text once had, and what is found."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import pytest

from bgsync.judge.check import check
from bgsync.judge.verdict import Verdict
from bgsync.language import Atomically, Call, If, Is, NotUnderstood, Set, Spec, Statement, Upon, v
from bgsync.shipped.model.background_sync.one_off import ONLINE, SPEC
from bgsync.shipped.properties.background_sync import PROPERTIES
from tests.models import question

Edit = Callable[[Statement], Statement | None]


def edited(edits: dict[tuple[str, str], Edit]) -> Spec:
    """Change the model at some steps, named by algorithm and number; None takes the statement out."""
    done: set[tuple[str, str]] = set()

    def change(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        out: list[Statement] = []
        for statement in body:
            assert statement.origin is not None
            place = (statement.origin.algorithm, statement.origin.step)
            new: Statement | None = statement
            if place in edits and place not in done:
                done.add(place)
                new = edits[place](statement)
            if new is not None:
                inner = getattr(new, "body", None)
                out.append(new if inner is None else replace(new, body=change(inner)))  # type: ignore[call-arg]
        return tuple(out)

    algorithms = tuple(replace(algorithm, steps=change(algorithm.steps)) for algorithm in SPEC.algorithms)
    assert done == set(edits)
    return replace(SPEC, algorithms=algorithms)


def verdict(spec: Spec, name: str) -> Verdict:
    chosen = [prop for prop in PROPERTIES if prop.id == name.split("/")[0]]
    report = check(question(spec, chosen, ("algorithm",)))
    return next(found for found in report.verdicts if found.property == name)


@lru_cache
def before_the_edit() -> dict[str, str]:
    names = {name.split("/")[0] for _, name, _ in MUTANTS.values()}
    asked = question(SPEC, [prop for prop in PROPERTIES if prop.id in names], ("algorithm",))
    return {found.property: found.verdict for found in check(asked).verdicts}


def out(statement: Statement) -> None:
    """Take a step out."""


def always_fire(statement: Statement) -> Statement:
    assert isinstance(statement, If)
    assert statement.origin is not None
    (call,) = statement.body if isinstance(statement.body, tuple) else ()
    assert isinstance(call, Call)
    return replace(statement, condition=ONLINE)


def inverted(statement: Statement) -> Statement:
    assert isinstance(statement, If)
    return replace(statement, condition=Is(v.isBackground, False))


def with_outcomes(*outcomes: str) -> Edit:
    def change(statement: Statement) -> Statement:
        assert isinstance(statement, Upon)
        return replace(statement, outcomes=outcomes)

    return change


def to_waiting(statement: Statement) -> Statement:
    assert isinstance(statement, Set)
    return replace(statement, value="waiting")


FIRE = "fire a sync event"
MUTANTS: dict[str, tuple[dict[tuple[str, str], Edit], str, str]] = {
    "registering while firing is forgotten": ({("register", "8.2"): out}, "resolved-then-fires", "logic"),
    "and a message stays in the outbox": ({("register", "8.2"): out}, "delivered/shared-tag", "logic"),
    "a firing registration is fired again": (
        {("register", "8.4"): always_fire},
        "asserts/fire-a-sync-event.1",
        "logic",
    ),
    "the test for the background is inverted": ({("register", "6"): inverted}, "gate", "logic"),
    "fulfilment and rejection are swapped": (
        {(FIRE, "5.2"): with_outcomes("rejected"), (FIRE, "5.3"): with_outcomes("fulfilled", "terminated")},
        "outcome",
        "logic",
    ),
    "nothing happens upon a rejection": ({(FIRE, "5.3"): with_outcomes("terminated")}, "firing-ends", "logic"),
    "the wait is never over": ({(FIRE, "5.3.2.3"): to_waiting}, "waiting-ends", "logic"),
    "the promise is forgotten where a registration is found": ({("register", "8.3"): out}, "promise-settles", "logic"),
    "a registration is never put into the list": ({("register", "9.4"): out}, "asserts/fire-a-sync-event.3", "logic"),
    "the state firing is never entered": ({(FIRE, "4"): out}, "asserts/fire-a-sync-event.5.2.2", "logic"),
}


@pytest.mark.parametrize("what", sorted(MUTANTS))
def test_a_defect_that_an_edit_brings_in_is_found_where_it_is(what: str) -> None:
    edits, name, kind = MUTANTS[what]
    after = verdict(edited(edits), name)
    assert before_the_edit()[name] == "holds"
    assert (after.verdict, after.kind) == ("violated", kind)
    assert after.trace is not None


@pytest.mark.parametrize(("step", "adversity"), [("2", "unregistered"), ("3", "permission")])
def test_a_gate_that_is_taken_away_is_missed(step: str, adversity: str) -> None:
    (gate,) = (prop for prop in PROPERTIES if prop.id == "gate")
    open_gate = edited({("register", step): out})
    for spec, wanted in ((SPEC, []), (open_gate, [(adversity,)])):
        asked = question(spec, [gate], ("algorithm",), (adversity,))
        assert [found.needs for found in check(asked).verdicts if found.verdict == "violated"] == wanted


def not_understood(*may_write: str) -> Spec:
    def blur(statement: Statement) -> Statement:
        return NotUnderstood("tidy up", ("registration",), may_write, origin=statement.origin)

    return edited({(FIRE, "5.2.3"): blur})


def test_a_verdict_that_depends_on_a_step_that_is_not_understood_is_inconclusive_and_names_it() -> None:
    spec = not_understood("list of sync registrations")
    report = check(question(spec, PROPERTIES, ("algorithm",)))
    found = {verdict.property: verdict for verdict in report.verdicts}
    assert found["unique-tag"].verdict != "violated", "whatever the step does"
    assert found["fires-online"].verdict == "violated", "whatever the step does"
    doubtful = found["dead-row/firing-to-success"]
    assert (doubtful.verdict, doubtful.kind) == ("inconclusive", None)
    assert doubtful.message == "depends on step fire a sync event 5.2.3, which is not understood"
    assert report.coverage.understood == report.coverage.total - 1


def test_a_step_that_is_not_understood_and_names_nothing_may_still_end_what_runs() -> None:
    chosen = [prop for prop in PROPERTIES if prop.id in ("firing-ends", "fires-online")]
    report = check(question(not_understood(), chosen, ("algorithm",), ("skipped",)))
    found = {(verdict.property, verdict.needs): verdict.verdict for verdict in report.verdicts}
    assert found["firing-ends", ()] == "inconclusive", "the registration may stay as it is"
    assert found["firing-ends", ("skipped",)] == "violated", "whatever the step does"
    assert found["fires-online", ()] == "violated", "that happens before"


def test_an_edit_that_changes_nothing_changes_no_verdict() -> None:
    same = edited({("register", "1"): lambda statement: statement})
    assert same == SPEC
    assert verdict(same, "retry-delay") == verdict(SPEC, "retry-delay")


def test_a_run_that_leaves_behind_what_can_only_fail_an_assert_goes_on_for_nobody() -> None:
    """With the look-up and the change one action, what is owed an event is no longer given away by a race."""
    register = SPEC.algorithm("register")
    place = next(n for n, statement in enumerate(register.steps) if statement.origin and statement.origin.step == "7")
    block = Atomically(register.steps[place:], origin=register.steps[place].origin)
    whole = replace(register, steps=(*register.steps[:place], block))
    spec = replace(SPEC, algorithms=(whole, *SPEC.algorithms[1:]))
    chosen = [prop for prop in PROPERTIES if prop.id == "resolved-then-fires"]
    (found,) = check(question(spec, chosen)).verdicts
    assert found.verdict in ("holds", "violated")
