"""A native job scheduler: what it promises, what breaks that, and what sync does not promise."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bgsync.contents import Content, chosen
from bgsync.judge.check import Question, check
from bgsync.language import Algorithm, Atomically, Spec, Statement, WaitUntil
from bgsync.language.traversal import body_of
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.job_scheduler.content import JOBS
from bgsync.shipped.model.job_scheduler.jobs import SPEC
from bgsync.shipped.model.periodic_background_sync.content import PERIODIC
from bgsync.system.scenario import Bounds
from bgsync.targets import Wish, judged, own

DOCS = Path(__file__).parents[1] / "docs"
RULINGS = {"holds": "holds", "violated": "broken", "conditional": "holds by one reading"}


def said(content: Content, names: tuple[str, ...], spec: Spec | None = None, *hard: str) -> Mapping[str, str]:
    """Judge properties of a content, step by step but for periodic sync; `hard` is the adversity that is on."""
    asked = Question(
        spec or content.spec or SPEC,
        content.world,
        [prop for prop in content.properties if prop.id in names],
        content.name,
        ("algorithm" if content is PERIODIC else "step",),
        hard,
        thorough=bool(hard),
        bounds=Bounds(1, 1 if content is PERIODIC else 2),
    )
    found: dict[str, str] = {}
    for verdict in check(asked).verdicts:
        if found.get(verdict.property) != "violated":
            found[verdict.property] = verdict.verdict
    return found


def without(spec: Spec, name: str, place: int) -> Spec:
    """Leave out a step of the atomic block that an algorithm begins with."""

    def shorter(part: Algorithm) -> Algorithm:
        first, *rest = part.steps
        assert isinstance(first, Atomically)
        body: tuple[Statement, ...] = body_of(first)
        return replace(part, steps=(replace(first, body=(*body[:place], *body[place + 1 :])), *rest))

    return replace(spec, algorithms=tuple(shorter(part) if part.name == name else part for part in spec.algorithms))


def test_all_that_it_promises_holds_whatever_goes_wrong() -> None:
    report = judged(own(JOBS), Wish())
    told = {(verdict.property, *verdict.needs): verdict.verdict for verdict in report.verdicts}
    assert {name for name, verdict in told.items() if verdict == "violated"} == set()
    assert told["constraints-together",] == told["job-runs",] == told["jobs-listed",] == "holds"
    assert report.exit_status == 0


@pytest.mark.parametrize(
    ("name", "place", "breaks"),
    [("run", 0, "constraints-together"), ("run", 1, "jobs-listed"), ("schedule", 1, "unique-tag")],
)
def test_each_step_that_a_promise_rests_on_breaks_it_when_it_is_left_out(name: str, place: int, breaks: str) -> None:
    assert said(JOBS, (breaks,)) == {breaks: "holds"}
    assert said(JOBS, (breaks,), without(SPEC, name, place)) == {breaks: "violated"}


def test_a_job_that_fails_and_is_not_tried_again_is_missed() -> None:
    def once(part: Algorithm) -> Algorithm:
        return replace(part, steps=part.steps[:1]) if part.name == "schedule" else part

    assert said(JOBS, ("job-runs",), replace(SPEC, algorithms=tuple(map(once, SPEC.algorithms)))) == {
        "job-runs": "violated"
    }


def test_a_text_of_a_job_scheduler_is_judged_as_one() -> None:
    assert chosen(SPEC) == (JOBS, "it has schedule() and a list of jobs")


def test_an_atomic_block_may_begin_by_waiting_until_something() -> None:
    run = SPEC.algorithm("run").steps[0]
    assert isinstance(body_of(run)[0], WaitUntil)
    assert not [one for one in judged(own(JOBS), Wish(("contradiction",), each=False)).verdicts if one.kind]


TABLE = (
    # what is promised, the property of a job scheduler, of one-off sync, of periodic sync, the adversity
    ("one of a name", "unique-tag", "unique-tag", "unique-tag", ""),
    ("one run at a time", "one-event", "one-event", "one-event", ""),
    ("a start only while the constraints are met", "constraints-together", "fires-online", "fires-online", ""),
    ("none of what was cancelled or replaced", "jobs-listed", "fires-listed", "unregistered-silent", ""),
    ("what is asked for is started", "job-runs", "resolved-then-fires", "resolved-then-fires", ""),
    ("also where all is restarted", "job-runs", "resolved-then-fires", "resolved-then-fires", "restarted"),
)


@pytest.fixture(scope="module")
def promised() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Give the verdicts on each content, without an adversity and where all is restarted."""
    contents = ((JOBS, 1), (ONE_OFF, 2), (PERIODIC, 3))
    return {
        (each.name, hard): said(
            each, tuple(row[at] for row in TABLE if row[-1] == hard), None, *([hard] if hard else [])
        )
        for each, at in contents
        for hard in ("", "restarted")
    }


def test_the_page_says_what_a_job_scheduler_promises_that_sync_does_not(
    promised: Mapping[tuple[str, str], Mapping[str, str]],
) -> None:
    rows = []
    for what, *names, hard in TABLE:
        pairs = [
            (promised[each.name, hard][name], name) for each, name in zip((JOBS, ONE_OFF, PERIODIC), names, strict=True)
        ]
        cells = [f"`{name}` {RULINGS.get(verdict, 'not decided')}" for verdict, name in pairs]
        rows.append(f"| {what} | {' | '.join(cells)} |")
    table = "\n".join(("| promised | job scheduler | one-off sync | periodic sync |", "|---|---|---|---|", *rows))
    assert table in (DOCS / "periodic.md").read_text(encoding="utf-8"), table
