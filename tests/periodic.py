"""A small model of periodic sync that keeps its promises, every part of which can be replaced."""

from dataclasses import replace

from bgsync.language import (
    Abort,
    Add,
    Algorithm,
    Apply,
    Arithmetic,
    Associated,
    Call,
    Choice,
    Compare,
    Contains,
    Else,
    Enqueue,
    Expr,
    Field,
    Find,
    FireEvent,
    ForEach,
    If,
    Input,
    Is,
    Let,
    New,
    Not,
    Remove,
    Resolve,
    Set,
    Spec,
    Statement,
    Upon,
    Wait,
    WaitUntil,
    While,
    algorithm,
    rule,
    steps,
    v,
)
from bgsync.shipped.model.periodic_background_sync.periodic import (
    ALL_REGISTRATIONS,
    NOW,
    QUEUE,
    REGISTRATION,
    last_fire,
    state_of,
)
from bgsync.shipped.model.periodic_background_sync.registration import FIRING, PENDING
from bgsync.shipped.model.periodic_background_sync.world import WORLD
from bgsync.shipped.model.service_worker import FIRE_FUNCTIONAL_EVENT

FILE = "tests/periodic.py"
CALM = replace(
    WORLD.with_machine(replace(WORLD.machines[0], initial="online")), never=(*WORLD.never, "go online", "go offline")
)
"""Always online."""
Items = tuple[Statement, ...]
STATE = state_of(v.registration)
FIRE_IT = Call("fire a periodicsync event", (v.registration,))


def not_over(since: Expr, interval: Expr) -> Compare:
    """An interval is not over."""
    return Compare(">", Arithmetic("+", since, interval), NOW)


CAP: Items = (If(not_over(last_fire("origin"), Apply("effective interval")), Abort()),)
PENDING_ONLY: Items = (If(Not(Is(STATE, PENDING)), Abort()),)
DUE: Items = (If(not_over(Field(v.registration, "anchor time"), Field(v.registration, "minimum interval")), Abort()),)
NOTED: Items = (Set(last_fire("origin"), NOW), Set(Field(v.registration, "anchor time"), NOW))
OVER: Items = (Set(STATE, PENDING),)
LISTED: Items = (If(Not(Contains(ALL_REGISTRATIONS, v.registration)), Abort()),)
SETTLED: Items = (Set(v.settled, True),)
GONE: Items = (
    Let("found", Find(ALL_REGISTRATIONS, "tag", v.tag)),
    If(Not(Is(v.found, None)), Remove(v.found, ALL_REGISTRATIONS)),
    Resolve(v.promise),
)
ATTEMPT: Items = (
    Let("settled", False),
    Let("success", False),
    FireEvent(
        "periodicsync",
        v.registration,
        (("tag", Field(v.registration, "tag")),),
        "event",
        steps(
            Upon(("fulfilled",), Field(v.event, "promise"), steps(Set(v.success, True), Set(v.settled, True))),
            Upon(("rejected",), Field(v.event, "promise"), steps(*SETTLED)),
        ),
    ),
    WaitUntil(Is(v.settled, True)),
)
GIVES_UP = Choice("the user agent gives up")


def retrying(*between: Statement) -> Items:
    """Attempts until one succeeds, or the user agent gives up."""
    ended = If(Is(v.success, True), Set(v.over, True))
    again = (If(GIVES_UP, Set(v.over, True)), Else(steps(*between))) if between else ()
    return (Let("over", False), While(Is(v.over, False), steps(*ATTEMPT, ended, *again)))


def periodic(
    *,
    cap: Items = CAP,
    tests: Items = (*PENDING_ONLY, *DUE),
    firing: Items = (FIRE_IT,),
    attempts: Items = ATTEMPT,
    noted: Items = NOTED,
    over: Items = OVER,
    gone: Items = GONE,
    queued: bool = True,
    event: Algorithm = FIRE_FUNCTIONAL_EVENT,
) -> Spec:
    """Periodic sync with some of its parts replaced; with `queued`, unregister() waits for its turn."""
    queue = Associated(QUEUE)
    added = (
        Let("found", Find(ALL_REGISTRATIONS, "tag", v.tag)),
        If(
            Is(v.found, None),
            (
                Let("new", New(REGISTRATION.name)),
                Set(Field(v.new, "tag"), v.tag),
                Set(Field(v.new, "minimum interval"), Input("what script says")),
                Set(Field(v.new, "anchor time"), NOW),
                Add(v.new, ALL_REGISTRATIONS),
            ),
        ),
        Resolve(v.promise),
    )
    register = algorithm("register", ("tag",), steps(*added), returns="promise", queue=queue, file=FILE)
    unregister = algorithm(
        "unregister", ("tag",), steps(*gone), returns="promise", queue=queue if queued else None, file=FILE
    )
    fire = algorithm(
        "fire a periodicsync event",
        ("registration",),
        steps(*LISTED, Set(STATE, FIRING), *attempts, *noted, *over),
        file=FILE,
    )
    batch = (*cap, ForEach("registration", ALL_REGISTRATIONS, steps(*tests, *firing)))
    process = rule(
        "process",
        "user agent",
        "start",
        "MUST",
        steps(While(True, steps(Wait("a while"), Enqueue(queue, steps(*batch))))),
        file=FILE,
    )
    return Spec(
        "small",
        "",
        REGISTRATION,
        (register, unregister, fire),
        (process,),
        event,
        ("register", "unregister"),
        read=True,
    )
