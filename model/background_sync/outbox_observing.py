"""How an outbox is driven and judged: what a page stores, and what the server gets.

An outbox is a library, or an application, that keeps messages until a server has taken them: it stores a message,
registers a sync, and sends all that it has, in order, in the handler. It promises what its users count on:
each message reaches the server in the end, once, and in the order in which it was stored. When it is sent is left open
where browsers differ: registering and going online may end a delay before a retry, or not; and a browser may give up
after several failures, so that the messages wait for the next occasion.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bgsync.driving import Operation
from bgsync.observing import RESOLVED, Observing, Oracle, Outcome, Seen, Way

from .one_off import SPEC
from .world import WORLD

WAYS = (
    Way("store", "store", ("call", "store"), tagged=True),
    Way("the server fails", "serve", ("server",), (0,)),
    Way("the server takes one more", "serve", ("server",), (1,)),
    Way("the server works", "serve", ("server",), (None,)),
    Way("go offline", "go_offline", ("move", "go offline")),
    Way("go online", "go_online", ("move", "go online")),
    Way("elapse", "elapse", ("time",)),
    Way("restart", "restart", ("move", "restart", "resume")),
)
OPTIONAL = {
    "serve": "server",
    "go_offline": "network",
    "go_online": "network",
    "elapse": "time",
    "restart": "restart",
}
SERVES = {"the server fails": 0, "the server takes one more": 1, "the server works": None}
GIVES_UP = 2
"""Failed attempts after which a browser may give up."""
IDLE, DUE, DELAYED = "idle", "due", "delayed"


class At(NamedTuple):
    """The messages that wait, what the browser knows of them, and what is around."""

    messages: tuple[str, ...] = ()
    sync: str = IDLE
    failed: int = 0
    online: bool = True
    serves: int | None = None
    """How many messages the server takes before it fails; None for all."""


class Outbox(Oracle):
    """An outbox that keeps its promise, as judge of what the server gets."""

    name = "what an outbox promises: each message in the end, once, in order"

    def __init__(self, tags: Sequence[str]) -> None:
        self.expected = {
            "promise": ("sent at once", "sent after a delay", "sent on going online", "failed", "sent in part")
        }

    def initial(self) -> At:
        """Give the state after `reset`."""
        return At()

    def possible(self, state: At, operation: Operation) -> bool:
        """Whether an operation makes sense."""
        match operation.name:
            case "go online" | "go offline" as name:
                return state.online == (name == "go offline")
            case "elapse":
                return state.sync == DELAYED
            case "store":
                return len(state.messages) < 6
            case name if name in SERVES:
                return state.serves != SERVES[name]
            case _:
                return True

    def outcomes(self, state: At, operation: Operation, early: bool = False) -> Iterator[Outcome]:
        """Give what may come of an operation."""
        may, how, result = [state.sync == DUE], "", ""
        match operation:
            case Operation("store", str(tag)):
                may = [True, False] if state.sync == DELAYED else [True]
                state = state._replace(messages=(*state.messages, tag))
                how, result = "sent at once", RESOLVED
                state = state if state.sync == DELAYED else state._replace(sync=DUE)
            case Operation("go online" | "go offline" as name):
                state = state._replace(online=name == "go online")
                may, how = ([True, False] if state.sync == DELAYED else [state.sync == DUE]), "sent on going online"
            case Operation("elapse"):
                state, may, how = state._replace(sync=DUE), [True], "sent after a delay"
            case Operation("restart"):
                may = [True, False] if state.sync != IDLE else [False]
            case Operation(name):
                state, may = state._replace(serves=SERVES[name]), [False]
        for goes in may:
            if goes and not state.online:
                yield Outcome(Seen(result), state._replace(sync=DUE))
            elif goes:
                yield from self._attempt(state, result, how)
            else:
                yield Outcome(Seen(result), state)

    @staticmethod
    def _attempt(state: At, result: str, how: str) -> Iterator[Outcome]:
        """Send what there is, in order, until the server fails."""
        count = len(state.messages) if state.serves is None else min(state.serves, len(state.messages))
        got, left = state.messages[:count], state.messages[count:]
        serves = None if state.serves is None else state.serves - count
        seen, why = Seen(result, got=got), (how,) if got else ("failed",)
        if not left:
            yield Outcome(seen, At((), IDLE, 0, state.online, serves), (("promise", how),) if how and got else (), why)
            return
        label = ("promise", "sent in part" if got else "failed")
        after = At(left, DELAYED, state.failed + 1, state.online, serves)
        yield Outcome(seen, after, (label,), why)
        if after.failed >= GIVES_UP:
            yield Outcome(seen, after._replace(sync=IDLE, failed=0), (label,), why)


OUTBOX = Observing(WAYS, OPTIONAL, SPEC, WORLD, oracles={"spec": Outbox}, required=("received",))
