"""What surrounds the algorithms, as small `transitions` machines: they move at will, or when an adversity is on.

A trigger that `ADVERSITIES` names is taken only where that adversity is switched on; every other one at any time.
"""

from transitions import Machine

from bgsync.system.scenario import Surroundings

MACHINES: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    # name: (initial state, rows of trigger, source, destination)
    "network": ("offline", (("go online", "offline", "online"), ("go offline", "online", "offline"))),
    "window clients": (
        "open",
        (("the last window closes", "open", "none"), ("a window opens", "none", "open")),
    ),
    "service worker": (
        "active",
        (
            ("install", "none", "installing"),
            ("activate", "installing", "active"),
            ("unregister", "active", "none"),
        ),
    ),
    "execution": ("running", (("terminate", "running", "stopped"), ("start", "stopped", "running"))),
    "user agent": ("running", (("restart", "running", "restarted"), ("resume", "restarted", "running"))),
    "permission": ("granted", (("revoke", "granted", "denied"), ("grant", "denied", "granted"))),
}

ADVERSITIES = {
    # name: (what it lets happen, the triggers it switches on)
    "terminated": ("the user agent terminates the service worker", ("terminate", "start")),
    "restarted": ("the user agent is killed and starts again", ("restart", "resume")),
    "unregistered": ("the service worker registration is unregistered", ("unregister",)),
    "permission": ("the user revokes the permission, and may grant it again", ("revoke", "grant")),
    "skipped": ("the event is skipped, or the worker does not start", ()),
    "unsettled": ("a handler never settles", ()),
    "should": ("the user agent does not do what the text says it SHOULD do", ()),
}
"""A worker is installed and activated before a run begins: `install` and `activate` belong to no scenario yet."""

NEVER = ("install", "activate")

GATES = ("service worker", "permission")

SURROUNDINGS = Surroundings(MACHINES, ADVERSITIES, NEVER, GATES)


def machine(name: str) -> Machine:
    """Make the machine of one part of the environment, in its initial state. Raises KeyError for an unknown name."""
    initial, rows = MACHINES[name]
    states = sorted({state for _, source, dest in rows for state in (source, dest)})
    return Machine(
        states=states,
        initial=initial,
        transitions=[{"trigger": t, "source": s, "dest": d} for t, s, d in rows],
        auto_transitions=False,
        name=name,
    )
