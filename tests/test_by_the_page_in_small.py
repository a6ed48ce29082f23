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
from tests.by_the_page.compare import of_the_checker, of_the_page

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
            "where a task is discarded what waits for it goes on",
            text(handed=(AGAIN,), after=(AT_REST,)),
            "terminated",
            1,
            "violated",
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
