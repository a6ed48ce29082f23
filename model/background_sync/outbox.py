"""The application: a page stores a message in an outbox and registers a sync; the handler sends the outbox.

Two disciplines are seen in the wild. With a shared tag every message of the outbox goes under one tag, and one event
sends all that is stored when it starts. With a tag for each message an event sends its own message only. The monitors
of `monitors` take the rows of this table; where several handlers took one message, each of them delivers it or not.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transitions import Machine

STATES = ("none", "stored", "sent", "delivered", "abandoned", "withdrawn")
NONE, STORED, SENT, DELIVERED, ABANDONED, WITHDRAWN = STATES
ROWS = (
    # trigger, source, destination
    ("store", NONE, STORED),
    ("send", STORED, SENT),
    ("acknowledge", SENT, DELIVERED),
    ("fail", SENT, STORED),
    ("withdraw", STORED, WITHDRAWN),  # the page calls off what it has registered
    ("withdraw", SENT, WITHDRAWN),
    ("acknowledge", WITHDRAWN, DELIVERED),  # its handler was under way
    ("give_up", STORED, ABANDONED),  # the last attempt failed: the page is told
    ("give_up", SENT, ABANDONED),  # while another handler sends it, too
    ("refuse", STORED, ABANDONED),  # the call was refused: the page is told
    ("refuse", SENT, WITHDRAWN),
)
NEXT = {(trigger, source): dest for trigger, source, dest in ROWS}
UNDELIVERED = (STORED, SENT)


def machine() -> "Machine":
    """Make a message that does not exist yet."""
    from bgsync.machines.building import built

    return built("message", STATES, NONE, ROWS)
