"""Small texts that tell readings of docs/semantics.md apart: its interpreter and the checker take the same one."""

from dataclasses import replace

import pytest

from bgsync.language import (
    Add,
    And,
    Apply,
    Assert,
    Call,
    Else,
    Environment,
    Field,
    Find,
    FireEvent,
    ForEach,
    If,
    InParallel,
    Is,
    Let,
    New,
    Not,
    Resolve,
    Set,
    Spec,
    Statement,
    Upon,
    algorithm,
    rule,
    steps,
    v,
)
from bgsync.shipped.model.background_sync.one_off import ONLINE, REGISTRATIONS, SPEC, state_of
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, WAITING
from bgsync.system.observation import Settled
from tests.by_the_page.compare import of_the_checker, of_the_page
from tests.models import CALM, graph, ops, system, taken, walk

STATE = state_of(v.registration)
AGAIN = Set(STATE, PENDING)
AT_REST = Assert(Is(STATE, PENDING))
RUNNING, UP = (Assert(Environment(name, ("running",))) for name in ("execution", "user agent"))
NOT_WAITING = Assert(Not(Is(STATE, WAITING)))
PROMISE = Let("settled", Apply("waiting for all", (Field(v.event, "extended lifetime promises"),)))

Items = tuple[Statement, ...]


def text(found: Items = (), handed: Items = (), after: Items = ()) -> Spec:
    """A call does `found` where its tag is there, fires where it can; `handed` go with the event, then `after`."""
    register = algorithm(
        "register",
        ("tag",),
        steps(
            Let("registration", Find(REGISTRATIONS, "tag", v.tag)),
            If(
                Is(v.registration, None),
                steps(
                    Let("registration", New("sync registration")),
                    Set(Field(v.registration, "tag"), v.tag),
                    Add(v.registration, REGISTRATIONS),
                ),
            ),
            Else(steps(*found)),
            Resolve(v.promise),
            If(And(ONLINE, Is(STATE, PENDING)), Call("fire a sync event", (v.registration,))),
        ),
        returns="promise",
        file=__file__,
    )
    event = FireEvent("sync", v.registration, (), "event", steps(*handed))
    fire = algorithm("fire a sync event", ("registration",), steps(Set(STATE, FIRING), event, *after), file=__file__)
    return replace(SPEC, algorithms=(register, fire), methods=("register",))


def reaction(*outcomes: str, does: Statement) -> Items:
    return (PROMISE, Upon(outcomes, v.settled, steps(does)))


@pytest.mark.parametrize(
    ("said", "spec", "adversity", "calls", "verdict"),
    [
        ("a call that waits for its task is in flight", text((AT_REST,), (AGAIN,)), "", 1, "holds"),
        ("two calls meet", text((AT_REST,), (AGAIN,)), "", 2, "violated"),
        (
            "an event settles only where there is room",
            text(handed=(AGAIN, *reaction("fulfilled", does=AT_REST))),
            "",
            1,
            "holds",
        ),
        ("with room it does", text(handed=(AGAIN, *reaction("fulfilled", does=AT_REST))), "", 2, "violated"),
        ("what waits for a task goes on when it has run", text(handed=(AGAIN,), after=(AT_REST,)), "", 1, "holds"),
        (
            "a task that fires an event is kept, and what waits for it goes on when it has run",
            text(handed=(AGAIN,), after=(AT_REST,)),
            "terminated",
            1,
            "holds",
        ),
        ("no task runs in a worker that was stopped", text(handed=(RUNNING, AGAIN)), "terminated", 2, "holds"),
        ("pages call while it is stopped", text((RUNNING,), (AGAIN,)), "terminated", 2, "violated"),
        ("nobody calls while the user agent is down", text((UP,), (AGAIN,)), "restarted", 2, "holds"),
        (
            "an event that the worker's end settles is told so after it",
            text(handed=(AGAIN, *reaction("terminated", does=RUNNING))),
            "terminated",
            1,
            "violated",
        ),
        (
            "steps in parallel are one action of their own",
            text((NOT_WAITING,), (InParallel(steps(Set(STATE, WAITING), AGAIN)),)),
            "",
            2,
            "holds",
        ),
        (
            "and begin when those that start them have come to their wait",
            text(handed=(InParallel(steps(Assert(Is(STATE, WAITING)), AGAIN)), Set(STATE, WAITING))),
            "",
            2,
            "holds",
        ),
    ],
)
def test_a_reading_of_the_page_is_the_checkers(said: str, spec: Spec, adversity: str, calls: int, verdict: str) -> None:
    page = of_the_page(spec, "algorithm", adversity, calls, limit=800)
    assert page.complete or verdict == "violated", said
    for verdicts in (page.verdicts, of_the_checker(spec, "algorithm", adversity, calls)):
        assert {each for name, each in verdicts.items() if name.startswith("asserts/")} == {verdict}, said


@pytest.mark.parametrize(("granularity", "verdict"), [("algorithm", "violated"), ("step", "holds")])
def test_a_rule_waits_for_room_at_step_only(granularity: str, verdict: str) -> None:
    judging = rule(
        "wake",
        "network",
        "go online",
        "SHOULD",
        steps(ForEach("registration", REGISTRATIONS, AT_REST, any_order=True)),
        file=__file__,
    )
    spec = replace(text(handed=(AGAIN,)), rules=(judging,))
    for verdicts in (of_the_page(spec, granularity, calls=1).verdicts, of_the_checker(spec, granularity, calls=1)):
        assert verdicts["asserts/wake.1"] == verdict


def reading(spec: Spec, granularity: str, adversity: str = "", calls: int = 2) -> list[dict[str, str]]:
    """Give the verdicts of the page and of the checker."""
    page = of_the_page(spec, granularity, adversity, calls, limit=2_000)
    return [page.verdicts, of_the_checker(spec, granularity, adversity, calls)]


OTHER_EVENT = text((If(ONLINE, Call("fire a sync event", (v.registration,))),), (AGAIN,))


@pytest.mark.parametrize("granularity", ["algorithm", "step"])
def test_an_event_is_under_way_until_it_settles_though_no_step_reacts_to_it(granularity: str) -> None:
    for verdicts in reading(OTHER_EVENT, granularity, calls=1):
        assert verdicts["one-event"] == "violated"


def test_an_event_that_no_step_reacts_to_settles_too() -> None:
    spec = text(handed=(AGAIN,))
    closed = system(spec, "algorithm")
    fired = walk(closed, "go online", "call", "run")
    assert ops(closed, fired) == ["await"]
    assert {step.action.detail for step in closed.steps(fired)} >= {"fulfilled", "rejected"}
    settled = taken(closed, fired, "fulfilled")
    assert ops(closed, settled) == []


def test_what_is_started_in_parallel_may_be_the_only_one_that_reacts_to_an_event() -> None:
    later = InParallel(steps(*reaction("fulfilled", does=Set(STATE, WAITING))))
    closed = system(text(handed=(later,)), "step", monitor="calls")
    found = graph(closed)
    seen = [seen for state in found.states for step in closed.steps(state) for seen in step.observations]
    assert {known.fields[1] for state in found.states for known in state.shared.heap if known} >= {WAITING}
    outcomes = {each.outcome for each in seen if isinstance(each, Settled)}
    assert outcomes == {"fulfilled", "rejected"}


@pytest.mark.parametrize(
    ("said", "spec", "adversity", "verdicts"),
    [
        ("a call comes between two steps of a task", text((AT_REST,), (Set(STATE, WAITING), AGAIN)), "", "vv"),
        (
            "a step of the task after it has set the state sees what a call does",
            text((Set(STATE, WAITING),), (AGAIN, AT_REST)),
            "",
            "hv",
        ),
        (
            "an event that the worker's end settles does not wait for the end of its task",
            text(handed=(*reaction("terminated", does=Set(STATE, WAITING)), NOT_WAITING)),
            "terminated",
            "hv",
        ),
        ("a task that has begun goes on where the worker ends", text(handed=(RUNNING,)), "terminated", "hv"),
        (
            "what comes to react to an event that has ended so does at once",
            text(handed=(Set(STATE, WAITING), *reaction("terminated", does=AT_REST))),
            "terminated",
            "vv",
        ),
    ],
)
def test_a_task_of_the_worker_is_an_action_a_step(said: str, spec: Spec, adversity: str, verdicts: str) -> None:
    for granularity, expected in zip(("algorithm", "step"), verdicts, strict=True):
        for found in reading(spec, granularity, adversity, calls=1 if adversity else 2):
            asserts = {each for name, each in found.items() if name.startswith("asserts/")}
            assert ("violated" in asserts) == (expected == "v"), (said, granularity, found)


def test_the_worker_runs_one_task_at_a_time() -> None:
    closed = system(OTHER_EVENT, world=CALM, calls=2)
    under_way = set[tuple[int, int]]()
    for state in graph(closed).states:
        begun = sum(closed.processes.task[number] for number in state.processes)
        queued = [number for number in state.processes if ops(closed, state._replace(processes=(number,))) == ["task"]]
        under_way.add((begun, len(queued)))
        runs = {step.action.process for step in closed.steps(state)}
        assert not begun or runs.isdisjoint(queued)
    assert {begun for begun, _ in under_way} == {0, 1}
    assert (1, 1) in under_way


def test_an_event_does_not_settle_before_its_task_has_ended() -> None:
    handed = (*reaction("fulfilled", does=Set(STATE, WAITING)), Set(STATE, PENDING), NOT_WAITING)
    closed = system(text(handed=handed), world=CALM, calls=2)
    under_way = 0
    for state in graph(closed).states:
        if len(state.processes) == 1 and closed.processes.task[state.processes[0]]:
            under_way += bool(closed.processes.events[state.processes[0]])
            assert "fulfilled" not in {step.action.detail for step in closed.steps(state)}
    assert under_way
