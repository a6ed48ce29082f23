"""Each defect is a finding of its own: a step, what it conflicts with, and a shortest run that shows both."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bgsync import telling
from bgsync.judge.check import check
from bgsync.judge.facts import ENVIRONMENT, EnvironmentMoved
from bgsync.judge.glossary import Glossary
from bgsync.judge.verdict import Report, Trace, TraceStep, Verdict
from bgsync.language import Atomically, If, Resolve, Spec, Statement, Wait, WaitUntil, algorithm, steps, v
from bgsync.language.expressions import Environment
from bgsync.report.causes import Cause, causes
from bgsync.report.text import print_causes
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.model.periodic_background_sync.content import PERIODIC
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.words import Words
from tests.models import FILE, question, single
from tests.periodic import ATTEMPT, periodic, retrying

Pair = tuple[str, str]


def named(step: TraceStep | None) -> str:
    return "" if step is None else f"{step.algorithm} {step.step}" if step.step else step.label.trigger  # type: ignore[union-attr]


def pairs(verdict: Verdict) -> list[Pair]:
    """Give the step that breaks a property in each finding, and the one that it conflicts with."""
    found = []
    for one in verdict.findings():
        (place,) = one.locations[-1:]
        where = one.last_changes()[-1:] if not one.recurs() else ()
        found.append((named(where[0]) if where else f"{place.algorithm} {place.step}", named(one.conflict())))
    return found


def of(report: Report, needs: tuple[str, ...] = ()) -> dict[str, list[Pair]]:
    broken = (v for v in report.verdicts if v.verdict == "violated" and v.needs == needs)
    return {verdict.property: list(dict.fromkeys(pairs(verdict))) for verdict in broken}


def test_what_is_broken_before_any_step_is_taken_is_told_by_what_came_in_between() -> None:
    moved = TraceStep(ENVIRONMENT, EnvironmentMoved("user agent", "restart", "running", "restarted"))
    found = Verdict("p", "violated", "logic", ("restarted",), trace=Trace((moved, moved), loop=1), against=0)
    console = Console(file=io.StringIO(), width=110)
    print_causes([Cause((found,))], Glossary(), console)
    assert isinstance(console.file, io.StringIO)
    first, *_ = console.file.getvalue().splitlines()
    assert first == "  1 with restarted: the user agent: restart (logic)"


FIRE = "fire a sync event"


def test_the_findings_on_todays_text_are_known_by_their_steps(today: Report) -> None:
    found = of(today)
    assert found["unique-tag"] == [("register 9.4", "register 9.4")]
    assert found["asserts/fire-a-sync-event.1"] == [(f"{FIRE} 1", f"{FIRE} 4")]
    assert found["asserts/fire-a-sync-event.3"] == [(f"{FIRE} 3", f"{FIRE} 5.2.3"), (f"{FIRE} 3", f"{FIRE} 5.3.3")]
    assert found["one-event"] == [("Fire Functional Event 4.1", "Fire Functional Event 4.1")]
    assert found["fires-online"] == [("Fire Functional Event 4.1", "go offline")]
    assert found["fires-listed"] == [
        ("Fire Functional Event 4.1", f"{FIRE} 5.2.3"), ("Fire Functional Event 4.1", f"{FIRE} 5.3.3"),
    ]  # fmt: skip
    assert found["resolved-then-fires"] == [("register 8.2", f"{FIRE} 5.2.3"), ("register 8.2", f"{FIRE} 5.3.3")]


def test_what_is_broken_without_an_adversity_does_not_hide_what_needs_it(today: Report) -> None:
    assert of(today, ("unregistered",))["fires-listed"] == [("Fire Functional Event 4.1", "unregister")]


def test_each_pair_of_callers_is_a_way_of_its_own_with_a_run_in_which_they_call(today: Report) -> None:
    (broken,) = (v for v in today.verdicts if v.property == "asserts/fire-a-sync-event.1")
    ways = {tuple(sorted(map(str, one.callers))): one.trace for one in broken.findings()}
    assert len(ways) == len(broken.findings())
    retry, online = f"{FIRE} 5.3.2.4", "changes to online 1"
    assert {("register 8.4", "register 9.6"), ("register 8.4", "register 8.4"), (retry, "register 8.4")} <= set(ways)
    assert {(online, "register 9.6"), (online, retry), (retry, retry)} <= {*ways}
    assert ("register 9.6", "register 9.6") not in ways  # these make two registrations
    for callers, run in ways.items():
        assert run is not None
        taken = [f"{step.algorithm} {step.step}" for step in run.steps]
        assert all(taken.count(one) >= callers.count(one) for one in callers)


def test_what_one_step_calls_has_no_callers_to_be_told(today: Report) -> None:
    (broken,) = (v for v in today.verdicts if v.property == "one-event" and not v.needs)
    assert {one.callers for one in broken.findings()} == {(None, None)}


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [(retrying(Wait("a while")), {"", "4.7.1"}), (retrying(), {"", "4.4"}), (ATTEMPT, {""})],
    ids=["after a back-off", "after its event", "no loop"],
)
def test_a_loop_that_fires_again_after_a_wait_breaks_a_promise_in_a_way_of_its_own(
    attempts: tuple[Statement, ...], expected: set[str]
) -> None:
    online = [prop for prop in PERIODIC.properties if prop.id == "fires-online"]
    spec = periodic(attempts=attempts)
    broken = check(question(spec, online, ("algorithm",), world=PERIODIC.world, calls=1)).verdicts[0]
    against = [one for one in broken.findings() if named(one.conflict()) == "go offline"]
    assert {one.again.step if one.again else "" for one in against} == expected
    for one in against:
        taken = [step.origin for step in one.trace.steps] if one.trace else []
        assert one.again is None or taken.index(one.again) < len(taken) - 1
        told = f"again after the wait of {one.again}" if one.again else ""
        assert telling.callers(one) == told


def test_findings_with_one_cause_are_told_together(today: Report) -> None:
    told = {telling.pair(cause.first, today.words): cause.properties for cause in causes(today)}
    together = ("lifecycle", "resolved-then-fires", "delivered/shared-tag")
    assert told[f"register 8.2 against {FIRE} 5.2.3 (race)"] == together


def test_a_run_that_breaks_something_else_first_says_so(today: Report) -> None:
    (second,) = (v for v in today.verdicts if v.property == "asserts/fire-a-sync-event.5.2.2")
    assert [one.after for one in second.findings()] == ["one-event"]


def test_a_method_that_settles_twice_does_not_hide_one_that_hangs() -> None:
    worker = Environment("service worker", ("active",))
    patient = single(WaitUntil(worker), Resolve(v.promise))
    hasty = algorithm("look", ("tag",), steps(Resolve(v.promise), Resolve(v.promise)), returns="promise", file=FILE)
    both = replace(patient, algorithms=(*patient.algorithms, hasty), methods=(*patient.methods, "look"))
    asked = [prop for prop in PROPERTIES if prop.id == "promise-settles"]
    for text in (patient, both):
        report = check(question(text, asked, ("algorithm",), ("unregistered",)))
        (found,) = (each for each in report.verdicts if each.needs)
        assert [named(one.conflict()) for one in found.findings()] == ["unregister"]
    assert of(report)["promise-settles"] == [("look 2", "")]


def atomic(text: Spec, name: str, start: int, end: int) -> Spec:
    """Make some steps of an algorithm one action."""
    (known,) = (each for each in text.algorithms if each.name == name)
    inner: tuple[Statement, ...] = known.steps[start:end]
    whole = (*known.steps[:start], Atomically(inner, origin=inner[0].origin), *known.steps[end:])
    made = replace(known, steps=whole)
    return replace(text, algorithms=tuple(made if each is known else each for each in text.algorithms))


def test_a_cause_that_is_mended_takes_its_findings_with_it_and_no_others(today: Report) -> None:
    (register,) = (each for each in SPEC.algorithms if each.name == "register")
    place = next(n for n, each in enumerate(register.steps) if getattr(each, "name", "") == "currentRegistration")
    assert isinstance(register.steps[place + 1], If)
    asked = [prop for prop in PROPERTIES if prop.id in ("unique-tag", "fires-online")]
    assert {"unique-tag", "fires-online"} <= set(of(today))
    mended = of(check(question(atomic(SPEC, "register", place, place + 3), asked, ("step",))))
    assert set(mended) == {"fires-online"}


# --- the page of findings

PAGE = Path(__file__).parents[1] / "docs" / "findings.md"
ROW = re.compile(r"^\| (?P<pair>.+) \| (?P<lines>\d+) \| (?P<cause>[A-Z]) \|$", re.MULTILINE)


def pair(cause: Cause, words: Words) -> str:
    return f"{telling.pair(cause.first, words)}: {', '.join(cause.properties)}"


def test_the_page_of_findings_names_every_pair_with_a_cause_that_it_explains(today: Report) -> None:
    told = [
        (pair(cause, today.words), sum(s.is_told for s in cause.first.trace.steps))
        for cause in causes(today)
        if cause.first.trace
    ]
    text = PAGE.read_text(encoding="utf-8")
    table = text[text.index("### Every pair of today's model") : text.index("### What the mendings showed")]
    rows = [(row["pair"], int(row["lines"])) for row in ROW.finditer(table)]
    assert rows == told
    explained = set(re.findall(r"^\| ([A-Z]) \|", text, re.MULTILINE))
    assert {row["cause"] for row in ROW.finditer(table)} <= explained
