"""The lifecycle of a sync registration, as one declarative table and the `transitions` machine made from it.

Every change that an algorithm makes to a registration must be a row of this table, and every row must be taken by
some behaviour. The text never names the two final states: a registration removed from its list after fulfilment has
succeeded, one removed after a last-chance rejection has failed.
"""

from typing import TYPE_CHECKING

from bgsync.judge.lifecycle import Lifecycle

if TYPE_CHECKING:
    from transitions import Machine

PENDING = "pending"
WAITING = "waiting"
FIRING = "firing"
REREGISTERED = "reregisteredWhileFiring"
SUCCESS = "success"
FAILED = "failed"

STATES = (PENDING, WAITING, FIRING, REREGISTERED, SUCCESS, FAILED)
INITIAL = PENDING
FINAL = (SUCCESS, FAILED)

ROWS = (
    # trigger, source, destination, the step it comes from
    ("fire", PENDING, FIRING, "fire a sync event 4"),
    ("register", WAITING, PENDING, "register 8.1"),
    ("register", FIRING, REREGISTERED, "register 8.2"),
    ("fulfil", FIRING, SUCCESS, "fire a sync event 5.2.3"),
    ("fulfil", REREGISTERED, PENDING, "fire a sync event 5.2.1.1"),
    ("reject", FIRING, WAITING, "fire a sync event 5.3.2"),
    ("reject", REREGISTERED, PENDING, "fire a sync event 5.3.1.1"),
    ("give_up", FIRING, FAILED, "fire a sync event 5.3.3"),
    ("elapse", WAITING, PENDING, "fire a sync event 5.3.2.3"),
)


COLOURS = {
    PENDING: "blue",
    WAITING: "yellow",
    FIRING: "orange",
    REREGISTERED: "violet",
    SUCCESS: "green",
    FAILED: "red",
    "absent": "grey",
    "none": "grey",
}
LIFECYCLE = Lifecycle("sync registration", STATES, INITIAL, ROWS, SUCCESS, FAILED, COLOURS)


def machine(model: object | None = None) -> "Machine":
    """Make a registration that is pending; `model` is the object that gets the state, the machine itself by default."""
    return LIFECYCLE.machine(model)
