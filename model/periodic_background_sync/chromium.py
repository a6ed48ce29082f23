"""What Chromium implements of periodic sync, as a machine: observed in the browser, not read off the text.

It differs from the lifecycle of the text in four things. What is registered again while its event runs fires at once
when that has ended, however it did, and is not held until its time comes. A failed event is tried again after 5 and 15
minutes, and is pending meanwhile. What is registered when the permission is denied stays, and goes on firing. A call
from a worker without a window is refused for that even where the permission is denied, too.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bgsync.judge.lifecycle import Lifecycle
from bgsync.observing import RESOLVED

from .judges import At, Judge, Tag
from .registration import COLOURS, FIRING, PENDING, REREGISTERED, UNREGISTERED

if TYPE_CHECKING:
    from transitions import Machine

ROWS = (
    # trigger, source, destination, what the browser's own log calls it
    ("fire", PENDING, FIRING, "Dispatched periodicsync event"),
    ("register", PENDING, PENDING, ""),
    ("register", FIRING, REREGISTERED, ""),
    ("register", REREGISTERED, REREGISTERED, ""),
    ("fulfil", FIRING, PENDING, "periodicsync event completed"),
    ("reject", FIRING, PENDING, "periodicsync event failed"),
    ("fulfil", REREGISTERED, PENDING, "Sync event reregistered"),
    ("reject", REREGISTERED, PENDING, "Sync event reregistered"),
    ("unregister", PENDING, UNREGISTERED, "Unregistered periodicsync"),
    ("unregister", FIRING, UNREGISTERED, "Unregistered periodicsync"),
    ("unregister", REREGISTERED, UNREGISTERED, "Unregistered periodicsync"),
)
CHROMIUM = Lifecycle(
    "periodic sync registration in Chromium",
    (PENDING, FIRING, REREGISTERED, UNREGISTERED),
    PENDING,
    ROWS,
    UNREGISTERED,
    UNREGISTERED,
    COLOURS,
    withdrawn=UNREGISTERED,
)


def machine(model: object | None = None) -> "Machine":
    """Make a registration of Chromium's that is pending; `model` is the object that gets the state."""
    return CHROMIUM.machine(model)


class Observed(Judge):
    """The machine of Chromium, for some tags, as judge of what is seen. It leaves nothing open."""

    name = "the machine of what Chromium implements"
    prompt = True

    def __init__(self, tags: Sequence[str]) -> None:
        super().__init__(tags, CHROMIUM, steps=False)

    def refused(self, at: At) -> str:
        """Give the error of a call, in the order in which Chromium looks."""
        if not at.worker:
            return "InvalidStateError"
        if not at.page:
            return "InvalidAccessError"
        return RESOLVED if at.granted else "NotAllowedError"

    def ends(self, tag: Tag, fulfilled: bool) -> tuple[str, ...]:
        """Give the row of an event that ends."""
        return ("fulfil" if fulfilled else "reject",)
