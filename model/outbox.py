"""The application: a page stores a message in an outbox and registers a sync; the handler sends the outbox.

Two disciplines are seen in the wild. With a shared tag every message of the outbox goes under one tag, and one event
sends all that is stored when it starts. With a tag for each message an event sends its own message only.
"""

from transitions import Machine

STATES = ("none", "stored", "sent", "delivered", "abandoned")
ROWS = (
    # trigger, source, destination
    ("store", "none", "stored"),
    ("send", "stored", "sent"),
    ("acknowledge", "sent", "delivered"),
    ("fail", "sent", "stored"),
    ("give_up", "stored", "abandoned"),  # the call was refused, or the last attempt failed: the page is told
)
DISCIPLINES = {"shared-tag": "outbox shared", "tag-per-message": "outbox per-message"}


def machine() -> Machine:
    """Make a message that does not exist yet."""
    return Machine(
        states=list(STATES),
        initial="none",
        transitions=[{"trigger": t, "source": s, "dest": d} for t, s, d in ROWS],
        auto_transitions=False,
        name="message",
    )
