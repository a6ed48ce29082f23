"""What surrounds the algorithms, as small machines: they move at will, or when an adversity is on.

A trigger that an adversity names is taken only where that adversity is switched on; every other one at any time. Each
machine declares what it means for what runs. There is one worker, which is installed and activated before a run begins,
but where its installation is what a run begins with; none is installed in a run, or waits beside one that is active.
"""

from typing import TYPE_CHECKING

from bgsync.system.state import Record
from bgsync.system.world import Adversity, Effect, Machine, Meaning, World
from bgsync.words import Signal, Words, invocations

if TYPE_CHECKING:
    from transitions import Machine as TransitionsMachine

NETWORK = Machine(
    "network", "offline", (("go online", "offline", "online"), ("go offline", "online", "offline")), recurs="online"
)
WINDOW_CLIENTS = Machine(
    "window clients",
    "open",
    (
        ("the last window closes", "open", "none"),
        ("a window opens", "none", "open"),
        ("an auxiliary window opens", "none", "auxiliary"),
        ("a page in a frame opens", "none", "nested"),
    ),
    free=True,
    members={
        state: (Record((("frame type", kind),)),)
        for state, kind in (("open", "top-level"), ("auxiliary", "auxiliary"), ("nested", "nested"))
    },
    alike=("auxiliary",),
    remarks={"none": "no window being open", "nested": "no window being open but a page in a frame"},
)
SERVICE_WORKER = Machine(
    "service worker",
    "active",
    (
        ("install", "none", "installing"),
        ("wait", "installing", "waiting"),
        ("activate", "waiting", "active"),
        ("fail to install", "installing", "none"),
        ("unregister", "active", "none"),
    ),
    {"wait": Effect.SETTLES, "activate": Effect.SETTLES},
    refuses=True,
)
EXECUTION = Machine(
    "execution",
    "running",
    (("terminate", "running", "stopped"), ("start", "stopped", "running")),
    {"terminate": Effect.ENDS_HANDLERS, "start": Effect.RESUMES},
)
USER_AGENT = Machine(
    "user agent",
    "running",
    (("restart", "running", "restarted"), ("resume", "restarted", "running")),
    {"restart": Effect.ENDS_EVERYTHING, "resume": Effect.STARTS},
    starts="start",
)
PERMISSION = Machine(
    "permission", "granted", (("revoke", "granted", "denied"), ("grant", "denied", "granted")), refuses=True
)

ADVERSITIES = {
    "terminated": Adversity("the user agent terminates the service worker", ("terminate", "start")),
    "restarted": Adversity(
        "the user agent is killed, and starts again with its lists as they were",
        ("restart", "resume"),
        rests="lists are kept, with what is in them and its states, and nothing else is",
        spoken=("persist", "persists", "persisted", "survive", "survives", "restart", "restarts", "restarted"),
    ),
    "unregistered": Adversity(
        "the service worker registration is unregistered",
        ("unregister",),
        rests="what is in its lists stays there until a step takes it out",
        spoken=("clears", "cleared", "clearing"),
    ),
    "installing": Adversity(
        "the service worker is still to be installed, which may fail",
        ("wait", "activate", "fail to install"),
        begins={"service worker": "installing"},
    ),
    "permission": Adversity("the user revokes the permission, and may grant it again", ("revoke", "grant")),
    "skipped": Adversity("the event is skipped, or the worker does not start"),
    "unsettled": Adversity("a handler never settles", means=Meaning.UNSETTLED),
    "extended": Adversity("a handler goes on after its event has settled", means=Meaning.EXTENDED),
    "should": Adversity("the user agent does not do what the text says it SHOULD do", means=Meaning.UNDONE),
}

WORLD = World(
    (NETWORK, WINDOW_CLIENTS, SERVICE_WORKER, EXECUTION, USER_AGENT, PERMISSION),
    ADVERSITIES,
    ("install",),
    single=("origin",),
    words=Words(
        user="page",
        surroundings=("network",),
        caller="a page",
        signals={
            "network": Signal("network", "user agent", by_state=True),
            "execution": Signal("user agent", "worker"),
            "service worker": Signal("page", "user agent"),
        },
        triggers={"go online": "the network goes online", "go offline": "the network goes offline"},
        assumed=(
            "a wait for time ends",
            "the network is the same for all",
            "a handler that throws before it extends its event has fulfilled it",
            "an event has one outcome",
            "steps that react to an event are there though its handler is killed while it is dispatched",
        ),
        invocations=invocations()
        | {
            "environment": "the world outside: the network, the user, the system",
            "user agent": "the browser, following a rule of the text",
            "rule": "the browser, following a rule of the text",
        },
    ),
)


def machine(name: str) -> "TransitionsMachine":
    """Make the `transitions` machine of one part of the environment. Raises KeyError for an unknown name."""
    from bgsync.machines.building import built

    known = {each.name: each for each in WORLD.machines}[name]
    return built(known.name, known.states, known.initial, known.rows)
