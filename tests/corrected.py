"""One-off background sync with its blocks made atomic: what is broken in it is only what no block can mend."""

from bgsync.language import (
    Abort,
    Add,
    Apply,
    Assert,
    Associated,
    Atomically,
    Call,
    Contains,
    Else,
    Field,
    Find,
    FireEvent,
    ForEach,
    If,
    InParallel,
    Input,
    Is,
    Let,
    ListOf,
    New,
    Not,
    Or,
    Population,
    Reject,
    Remove,
    Requirement,
    Resolve,
    Set,
    Spec,
    Statement,
    Upon,
    Wait,
    algorithm,
    rule,
    steps,
    v,
)
from bgsync.shipped.model.background_sync.one_off import (
    DISABLED,
    INACTIVE,
    NO_FURTHER_ATTEMPTS,
    ONLINE,
    OWN,
    REGISTRATIONS,
    SYNC_REGISTRATION,
    state_of,
)
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, REREGISTERED, WAITING
from tests.models import AT_ONCE

FILE = "tests/corrected.py"
TYPE = Field(v.client, "frame type")
STATE = state_of(v.registration)
FIRE = "fire a sync event"
AGAIN = (Set(STATE, PENDING), If(ONLINE, Call(FIRE, (v.registration,))))


def refused(error: str) -> tuple[Statement, ...]:
    """Refuse the call."""
    return (Reject(v.promise, error), Abort())


REGISTER = algorithm(
    "register",
    ("tag",),
    steps(
        Let("serviceWorkerRegistration", Associated("service worker registration")),
        If(INACTIVE, refused("InvalidStateError")),
        If(DISABLED, refused("NotAllowedError")),
        Let("alone", True),
        ForEach(
            "client",
            Population("window clients", OWN),
            steps(If(Or(Is(TYPE, "top-level"), Is(TYPE, "auxiliary")), Set(v.alone, False))),
        ),
        If(Is(v.alone, True), refused("InvalidAccessError")),
        Atomically(
            steps(
                Let("known", Find(REGISTRATIONS, "tag", v.tag)),
                Resolve(v.promise),
                If(
                    Not(Is(v.known, None)),
                    steps(If(Is(state_of(v.known), FIRING), Set(state_of(v.known), REREGISTERED))),
                ),
                Else(
                    steps(
                        Let("registration", New("sync registration")),
                        Set(Field(v.registration, "tag"), v.tag),
                        Add(v.registration, REGISTRATIONS),
                        If(ONLINE, Call(FIRE, (v.registration,))),
                    )
                ),
            )
        ),
    ),
    returns="promise",
    file=FILE,
)
"""Registering during a wait for a retry leaves that wait as it is, so that there is one timer."""

TWICE = If(Is(STATE, REREGISTERED), steps(*AGAIN, Abort()))
RETRY = InParallel(steps(Wait(Input("a while")), Atomically(steps(*AGAIN))))
FIRING_IT = algorithm(
    FIRE,
    ("registration",),
    steps(
        Atomically(
            steps(
                Let("serviceWorkerRegistration", Associated("service worker registration")),
                Assert(Is(STATE, PENDING)),
                Assert(Contains(REGISTRATIONS, v.registration)),
                Set(STATE, FIRING),
                FireEvent(
                    "sync",
                    v.registration,
                    (("tag", Field(v.registration, "tag")), ("lastChance", NO_FURTHER_ATTEMPTS)),
                    "event",
                    steps(
                        Let("done", Apply("waiting for all", (Field(v.event, "extended lifetime promises"),))),
                        Upon(("fulfilled",), v.done, Atomically(steps(TWICE, Remove(v.registration, REGISTRATIONS)))),
                        Upon(
                            ("rejected", "terminated"),
                            v.done,
                            Atomically(
                                steps(
                                    TWICE,
                                    If(Is(Field(v.event, "lastChance"), False), (Set(STATE, WAITING), RETRY)),
                                    Else(Remove(v.registration, REGISTRATIONS)),
                                )
                            ),
                        ),
                    ),
                    OWN,
                ),
            )
        )
    ),
    file=FILE,
)
WAKE = rule(
    "wake",
    "network",
    "go online",
    "SHOULD",
    steps(
        Atomically(
            steps(
                ForEach(
                    "registration",
                    ListOf("list of sync registrations"),
                    Call(FIRE, (v.registration,)),
                    where=Is(STATE, PENDING),
                )
            )
        )
    ),
    file=FILE,
)
CORRECTED = Spec(
    "corrected",
    "0",
    SYNC_REGISTRATION,
    (REGISTER, FIRING_IT),
    (WAKE,),
    AT_ONCE,
    ("register",),
    requires=(Requirement("window clients", "frame type", ("top-level", "auxiliary")),),
)  # its events are dispatched at once: between a task and its dispatch the network may go
