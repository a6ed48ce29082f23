"""The lifecycle of a periodic sync registration, as one table and the `transitions` machine made from it.

It is what the text means by the states that it declares. A registration never succeeds: it is pending again after each
event, until a page unregisters it or the permission is revoked, and is in no list then. Two rows are of this model, not
of the text: no step suspends a registration, though the text declares the state and says that events must not be
dispatched while the permission is off.
"""

from typing import TYPE_CHECKING

from bgsync.judge.lifecycle import Lifecycle

if TYPE_CHECKING:
    from transitions import Machine

PENDING = "pending"
FIRING = "firing"
SUSPENDED = "suspended"
REREGISTERED = "reregistered-while-firing"
UNREGISTERED = "unregistered"
REVOKED = "revoked"

STATES = (PENDING, FIRING, SUSPENDED, REREGISTERED, UNREGISTERED, REVOKED)
INITIAL = PENDING
FINAL = (UNREGISTERED, REVOKED)

ROWS = (
    # trigger, source, destination, the step it comes from
    ("fire", PENDING, FIRING, "fire a periodicsync event 5"),
    ("register", FIRING, REREGISTERED, "register 10.2"),
    ("fulfil", FIRING, PENDING, "fire a periodicsync event 6.7.4.1"),
    ("fulfil", REREGISTERED, PENDING, "fire a periodicsync event 6.7.4.1"),
    ("reject", REREGISTERED, PENDING, "fire a periodicsync event 6.7.4.1"),
    ("give_up", FIRING, PENDING, "fire a periodicsync event 6.7.4.1"),
    ("suspend", PENDING, SUSPENDED, "the declaration of the state"),
    ("resume", SUSPENDED, PENDING, "the declaration of the state"),
    ("unregister", PENDING, UNREGISTERED, "unregister 1.2"),
    ("unregister", FIRING, UNREGISTERED, "unregister 1.2"),
    ("unregister", SUSPENDED, UNREGISTERED, "unregister 1.2"),
    ("unregister", REREGISTERED, UNREGISTERED, "unregister 1.2"),
    ("revoke", PENDING, REVOKED, "respond to permission revocation 1.1"),
    ("revoke", FIRING, REVOKED, "respond to permission revocation 1.1"),
    ("revoke", SUSPENDED, REVOKED, "respond to permission revocation 1.1"),
    ("revoke", REREGISTERED, REVOKED, "respond to permission revocation 1.1"),
)

COLOURS = {
    PENDING: "blue",
    FIRING: "orange",
    SUSPENDED: "yellow",
    REREGISTERED: "violet",
    UNREGISTERED: "grey",
    REVOKED: "red",
}
LIFECYCLE = Lifecycle(
    "periodic sync registration", STATES, INITIAL, ROWS, UNREGISTERED, REVOKED, COLOURS, withdrawn=UNREGISTERED
)


def machine(model: object | None = None) -> "Machine":
    """Make a registration that is pending; `model` is the object that gets the state, the machine itself by default."""
    return LIFECYCLE.machine(model)
