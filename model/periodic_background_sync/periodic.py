"""Periodic Background Sync: the algorithms of WICG background-sync, PeriodicBackgroundSync-index.bs, at f9973ae.

Step for step in the order of the text, with what it gets wrong: a state that is set on the wrong object (register
10.2), a variable that is read before it has a value (Process periodic sync registrations 1.3.3.1), a loop that nothing
leaves (fire a periodicsync event 6). So it is judged as a text is: these are findings, not errors of the model. Where
the nesting of unregister goes astray, its steps are numbered as they are meant.
"""

from bgsync.language import (
    Abort,
    Add,
    Apply,
    Arithmetic,
    Assert,
    Associated,
    Call,
    Choice,
    Compare,
    Contains,
    Continue,
    Else,
    Enqueue,
    Environment,
    Expr,
    Field,
    Find,
    FireEvent,
    ForEach,
    If,
    Increment,
    InParallel,
    Input,
    Is,
    Item,
    Let,
    ListOf,
    Member,
    New,
    Not,
    ObjectType,
    Or,
    Perform,
    Population,
    Reject,
    Remove,
    Requirement,
    Resolve,
    Sequence,
    Set,
    Spec,
    Upon,
    Var,
    Wait,
    WaitUntil,
    While,
    algorithm,
    rule,
    steps,
    v,
)

from ..service_worker import FIRE_FUNCTIONAL_EVENT
from .registration import FIRING, INITIAL, PENDING, REREGISTERED, SUSPENDED

FILE = "model/periodic_background_sync/periodic.py"

REGISTRATION = ObjectType(
    "periodic sync registration",
    list_name="active periodic sync registrations",
    members=(
        Member("service worker registration", fixed=True, type="service worker registration"),
        Member("tag", fixed=True, type="DOMString"),
        Member("minimum interval", type="long long"),
        Member("anchor time", type="timestamp"),
        Member("state", (PENDING, FIRING, SUSPENDED, REREGISTERED), initial=INITIAL),
    ),
    unique="tag",
)
SERVICE_WORKER_REGISTRATION = ObjectType(
    "service worker registration", "", (Member("periodic sync processing queue", initial="result"),)
)

OWN = v.serviceWorkerRegistration
QUEUE = "periodic sync processing queue"
REGISTRATIONS = ListOf("active periodic sync registrations", OWN)
ALL_REGISTRATIONS = ListOf("active periodic sync registrations")
ONLINE = Environment("network", ("online",))
NOT_GRANTED = Environment("permission", ("denied",))
INACTIVE = Not(Environment("service worker", ("active",), OWN))
MAY_ASK = Choice("user agent may request permission to use for periodic-background-sync")
NOW = Input("now")
MIN_INTERVAL = Field(v.options, "minInterval")


def state_of(registration: Expr) -> Field:
    """The state of a registration."""
    return Field(registration, "state")


def last_fire(origin: Expr) -> Item:
    """The time of the last event of an origin."""
    return Item(ListOf("time of last fire"), origin)


def origin_of(registration: Expr) -> Field:
    """The origin of a registration."""
    return Field(Field(registration, "service worker registration"), "origin")


REGISTER = algorithm(
    "register",
    ("tag", "options"),
    steps(
        Let("serviceWorkerRegistration", Associated("service worker registration")),
        If(INACTIVE, (Reject(v.promise, "InvalidStateError"), Abort())),
        If(MAY_ASK, Perform("request permission to use", ("periodic-background-sync",))),
        If(NOT_GRANTED, (Reject(v.promise, "NotAllowedError"), Abort())),
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
            Is(v.currentRegistration, None),
            steps(
                Let("newRegistration", New("periodic sync registration")),
                Set(Field(v.newRegistration, "tag"), v.tag),
                Set(Field(v.newRegistration, "minimum interval"), MIN_INTERVAL),
                Set(state_of(v.newRegistration), PENDING),
                Set(Field(v.newRegistration, "service worker registration"), OWN),
                Set(Field(v.newRegistration, "anchor time"), NOW),
                Add(v.newRegistration, REGISTRATIONS),
                Resolve(v.promise),
            ),
        ),
        Else(
            steps(
                If(
                    Not(Is(Field(v.currentRegistration, "minimum interval"), MIN_INTERVAL)),
                    steps(Set(Field(v.currentRegistration, "minimum interval"), MIN_INTERVAL)),
                ),
                Else(If(Is(state_of(v.currentRegistration), FIRING), Set(state_of(OWN), REREGISTERED))),
                Resolve(v.promise),
            )
        ),
    ),
    returns="promise",
    queue=Associated(QUEUE),
    file=FILE,
)

GET_TAGS = algorithm(
    "getTags",
    (),
    steps(
        Let("serviceWorkerRegistration", Associated("service worker registration")),
        Let("currentTags", Sequence()),
        ForEach("registration", REGISTRATIONS, Add(Field(v.registration, "tag"), v.currentTags)),
        Resolve(v.promise, v.currentTags),
    ),
    returns="promise",
    queue=Associated(QUEUE),
    file=FILE,
)

UNREGISTER = algorithm(
    "unregister",
    ("tag",),
    steps(
        Let("serviceWorkerRegistration", Associated("service worker registration")),
        Let("currentRegistration", Find(REGISTRATIONS, "tag", v.tag)),
        If(Not(Is(v.currentRegistration, None)), Remove(v.currentRegistration, REGISTRATIONS)),
        Resolve(v.promise),
    ),
    returns="promise",
    queue=Associated(QUEUE),
    file=FILE,
)

FIRE = algorithm(
    "fire a periodicsync event",
    ("registration",),
    steps(
        Let("serviceWorkerRegistration", Field(v.registration, "service worker registration")),
        If(Not(Contains(REGISTRATIONS, v.registration)), Abort()),
        Assert(Is(state_of(v.registration), PENDING)),
        Let("retryCount", 0),
        Set(state_of(v.registration), FIRING),
        While(
            True,
            steps(
                Let("continue", False),
                Let("success", False),
                FireEvent(
                    "periodicsync",
                    v.registration,
                    (("tag", Field(v.registration, "tag")),),
                    "dispatchedEvent",
                    (),
                    OWN,
                ),
                Let(
                    "waitUntilPromise",
                    Apply("waiting for all", (Field(v.dispatchedEvent, "extend lifetime promises"),)),
                ),
                Upon(
                    ("fulfilled",),
                    v.waitUntilPromise,
                    steps(Set(v.success, True), Set(Var("continue"), True)),
                ),
                Upon(("rejected",), v.waitUntilPromise, steps(Set(Var("continue"), True))),
                InParallel(
                    steps(
                        WaitUntil(Is(Var("continue"), True)),
                        Let("origin", origin_of(v.registration)),
                        If(Is(v.success, True), Set(last_fire(v.origin), NOW)),
                        If(
                            Or(
                                Is(v.success, True),
                                Or(
                                    Compare(">", v.retryCount, Input("maximum number of retries")),
                                    Is(state_of(v.registration), REREGISTERED),
                                ),
                            ),
                            steps(
                                Set(state_of(v.registration), PENDING),
                                Set(Field(v.registration, "anchor time"), NOW),
                                Abort(),
                            ),
                        ),
                    )
                ),
                Increment(v.retryCount),
                Wait(Input("small back-off time based on retryCount", (v.retryCount,))),
            ),
        ),
    ),
    file=FILE,
)

PROCESS = rule(
    "Process periodic sync registrations",
    "user agent",
    "start",
    "MUST",
    steps(
        While(
            True,
            steps(
                Wait(Input("minimum periodic sync interval across origins")),
                Let("firedPeriodicSync", False),
                While(
                    Is(v.firedPeriodicSync, False),
                    steps(
                        Wait(Input("some user agent defined amount of time")),
                        WaitUntil(ONLINE),
                        ForEach(
                            "registration",
                            Sequence((Associated("service worker registration"),)),
                            Enqueue(
                                Field(v.registration, QUEUE),
                                steps(
                                    Let("origin", origin_of(v.periodicSyncRegistration)),
                                    If(
                                        Compare(
                                            ">",
                                            Arithmetic(
                                                "+",
                                                last_fire(v.origin),
                                                Apply("effective minimum sync interval for origin", (v.origin,)),
                                            ),
                                            NOW,
                                        ),
                                        Continue(),
                                    ),
                                    ForEach(
                                        "periodicSyncRegistration",
                                        ListOf("active periodic sync registrations", v.registration),
                                        steps(
                                            If(Not(Is(state_of(v.periodicSyncRegistration), PENDING)), Continue()),
                                            If(
                                                Compare(
                                                    ">",
                                                    Arithmetic(
                                                        "+",
                                                        Field(v.periodicSyncRegistration, "anchor time"),
                                                        Field(v.periodicSyncRegistration, "minimum interval"),
                                                    ),
                                                    NOW,
                                                ),
                                                Continue(),
                                            ),
                                            Set(v.firedPeriodicSync, True),
                                            Call("fire a periodicsync event", (v.periodicSyncRegistration,)),
                                        ),
                                    ),
                                ),
                            ),
                            where=Not(Environment("service worker", ("none",), v.registration)),
                        ),
                    ),
                ),
            ),
        ),
    ),
    file=FILE,
)

REVOKED = rule(
    "Respond to permission revocation",
    "permission",
    "revoke",
    "MUST",
    steps(
        ForEach(
            "registration",
            ALL_REGISTRATIONS,
            steps(Remove(v.registration, ALL_REGISTRATIONS)),
            where=Is(origin_of(v.registration), Input("origin whose permission is revoked")),
        ),
    ),
    queue=Associated(QUEUE),
    file=FILE,
)

SPEC = Spec(
    title="Web Periodic Background Synchronization",
    revision="f9973ae",
    type=REGISTRATION,
    algorithms=(REGISTER, GET_TAGS, UNREGISTER, FIRE),
    rules=(PROCESS, REVOKED),
    firing=FIRE_FUNCTIONAL_EVENT,
    methods=("register", "getTags", "unregister"),
    others=(SERVICE_WORKER_REGISTRATION,),
    requires=(
        Requirement("window clients", "frame type", ("top-level", "auxiliary", "nested")),
        Requirement("permission"),
    ),
    read=True,
)
