"""One-off Background Sync: the algorithms of WICG background-sync, spec/index.bs, at revision 94df522.

Step for step in the order of the text; where one sentence does several things they stand in one step. What the
text leaves to the user agent is a `Choice`.
"""

from bgsync.language import (
    Abort,
    Add,
    And,
    Apply,
    Assert,
    Associated,
    Atomically,
    Call,
    Choice,
    Contains,
    Else,
    Environment,
    Expr,
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
    Member,
    New,
    Not,
    ObjectType,
    Or,
    Population,
    Reject,
    Remove,
    Requirement,
    Resolve,
    Set,
    Spec,
    Upon,
    Wait,
    algorithm,
    rule,
    steps,
    v,
)

from ..service_worker import FIRE_FUNCTIONAL_EVENT
from .registration import FIRING, INITIAL, PENDING, REREGISTERED, WAITING

FILE = "model/background_sync/one_off.py"

SYNC_REGISTRATION = ObjectType(
    "sync registration",
    list_name="list of sync registrations",
    members=(
        Member("tag", fixed=True),
        Member("registration state", (PENDING, WAITING, FIRING, REREGISTERED), initial=INITIAL),
        Member("service worker registration", fixed=True),
    ),
    unique="tag",
)

OWN = v.serviceWorkerRegistration
REGISTRATIONS = ListOf("list of sync registrations", OWN)
ONLINE = Environment("network", ("online",))
DISABLED = Environment("permission", ("denied",))
INACTIVE = Not(Environment("service worker", ("active",), OWN))
NO_FURTHER_ATTEMPTS = Choice("no further attempts will be made", should="cap the number of retries")


def state_of(registration: Expr) -> Field:
    """The registration state of a registration."""
    return Field(registration, "registration state")


REGISTER = algorithm(
    "register",
    ("tag",),
    steps(
        Let("serviceWorkerRegistration", Associated("service worker registration")),
        If(INACTIVE, (Reject(v.promise, "InvalidStateError"), Abort())),
        If(DISABLED, (Reject(v.promise, "NotAllowedError"), Abort())),
        Let("isBackground", True),
        ForEach(
            "client",
            Population("window clients", OWN),
            steps(
                If(
                    Or(Is(Field(v.client, "frame type"), "top-level"), Is(Field(v.client, "frame type"), "auxiliary")),
                    Set(v.isBackground, False),
                ),
            ),
        ),
        If(Is(v.isBackground, True), (Reject(v.promise, "InvalidAccessError"), Abort())),
        Let("currentRegistration", Find(REGISTRATIONS, "tag", v.tag)),
        If(
            Not(Is(v.currentRegistration, None)),
            steps(
                If(
                    Is(state_of(v.currentRegistration), WAITING),
                    Set(state_of(v.currentRegistration), PENDING),
                ),
                If(
                    Is(state_of(v.currentRegistration), FIRING),
                    Set(state_of(v.currentRegistration), REREGISTERED),
                ),
                Resolve(v.promise),
                If(
                    And(ONLINE, Is(state_of(v.currentRegistration), PENDING)),
                    Call("fire a sync event", (v.currentRegistration,)),
                ),
            ),
        ),
        Else(
            steps(
                Let("newRegistration", New("sync registration")),
                Set(Field(v.newRegistration, "tag"), v.tag),
                Set(Field(v.newRegistration, "service worker registration"), v.serviceWorkerRegistration),
                Add(v.newRegistration, REGISTRATIONS),
                Resolve(v.promise),
                If(ONLINE, Call("fire a sync event", (v.newRegistration,))),
            )
        ),
    ),
    returns="promise",
    file=FILE,
)

GET_TAGS = algorithm(
    "getTags",
    (),
    steps(
        Let("serviceWorkerRegistration", Associated("service worker registration")),
        Let("currentTags", New("sequence")),
        ForEach("registration", REGISTRATIONS, Add(Field(v.registration, "tag"), v.currentTags)),
        Resolve(v.promise, v.currentTags),
    ),
    returns="promise",
    file=FILE,
)

FIRE = algorithm(
    "fire a sync event",
    ("registration",),
    steps(
        Assert(Is(state_of(v.registration), PENDING)),
        Let("serviceWorkerRegistration", Field(v.registration, "service worker registration")),
        Assert(Contains(REGISTRATIONS, v.registration)),
        Set(state_of(v.registration), FIRING),
        FireEvent(
            "sync",
            v.registration,
            (("tag", Field(v.registration, "tag")), ("lastChance", NO_FURTHER_ATTEMPTS)),
            "dispatchedEvent",
            steps(
                Let(
                    "waitUntilPromise",
                    Apply("waiting for all", (Field(v.dispatchedEvent, "extended lifetime promises"),)),
                ),
                Upon(
                    ("fulfilled",),
                    v.waitUntilPromise,
                    Atomically(
                        steps(
                            If(
                                Is(state_of(v.registration), REREGISTERED),
                                steps(
                                    Set(state_of(v.registration), PENDING),
                                    If(ONLINE, Call("fire a sync event", (v.registration,))),
                                    Abort(),
                                ),
                            ),
                            Assert(Is(state_of(v.registration), FIRING)),
                            Remove(v.registration, REGISTRATIONS),
                        )
                    ),
                ),
                Upon(
                    ("rejected", "terminated"),
                    v.waitUntilPromise,
                    Atomically(
                        steps(
                            If(
                                Is(state_of(v.registration), REREGISTERED),
                                steps(
                                    Set(state_of(v.registration), PENDING),
                                    If(ONLINE, Call("fire a sync event", (v.registration,))),
                                    Abort(),
                                ),
                            ),
                            If(
                                Is(Field(v.dispatchedEvent, "lastChance"), False),
                                (
                                    Set(state_of(v.registration), WAITING),
                                    InParallel(
                                        steps(
                                            Wait(Input("a length of time of the user agent's choosing")),
                                            If(Not(Is(state_of(v.registration), WAITING)), Abort()),
                                            Set(state_of(v.registration), PENDING),
                                            If(ONLINE, Call("fire a sync event", (v.registration,))),
                                        )
                                    ),
                                ),
                            ),
                            Else(Remove(v.registration, REGISTRATIONS)),
                        )
                    ),
                ),
            ),
            OWN,
        ),
    ),
    file=FILE,
)

WHEN_ONLINE = rule(
    "changes to online",
    "network",
    "go online",
    "SHOULD",
    steps(
        ForEach(
            "registration",
            ListOf("list of sync registrations"),
            Call("fire a sync event", (v.registration,)),
            where=Is(state_of(v.registration), PENDING),
            any_order=True,
        ),
    ),
    file=FILE,
)

SPEC = Spec(
    title="Web Background Synchronization",
    revision="94df522",
    type=SYNC_REGISTRATION,
    algorithms=(REGISTER, GET_TAGS, FIRE),
    rules=(WHEN_ONLINE,),
    firing=FIRE_FUNCTIONAL_EVENT,
    methods=("register", "getTags"),
    requires=(Requirement("permission"), Requirement("window clients", "frame type", ("top-level", "auxiliary"))),
)
