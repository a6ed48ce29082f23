"""How an outbox is driven and judged: what a page stores, and what the server gets.

An outbox is a library, or an application, that keeps messages until a server has taken them: it stores a message,
registers a sync, and sends all that it has, in order, in the handler. It promises what its users count on:
each message reaches the server in the end, once, and in the order in which it was stored, unless it has become too old.
When it is sent is left open where browsers differ: registering and going online may end a delay before a retry, or not;
and a browser may give up after several failures, so that the messages wait for the next occasion.

There are two queues. What is stored goes into the first one. What is fetched is sent at once, and goes into the second
one where that fails; so it may overtake what waits. Between the queues there is no order.
"""

from collections.abc import Hashable, Iterator, Sequence
from itertools import chain, product
from typing import Any, NamedTuple

from bgsync.driving import Operation
from bgsync.observing import RESOLVED, Observing, Oracle, Outcome, Reproduction, Seen, Way

from .inbox import HOLDS, REFUSES, STATUS
from .one_off import SPEC
from .world import WORLD

WAYS = (
    Way("store", "store", ("call", "store"), tagged=True),
    Way("fetch", "fetch", ("call", "fetch"), tagged=True),
    Way("the server fails", "serve", ("server",), (0,)),
    Way("the server takes one more", "serve", ("server",), (1,)),
    Way("the server works", "serve", ("server",), (None,)),
    Way("the server refuses", "refuse", ("server",)),
    Way("the server does not answer", "hold", ("server",)),
    Way("go offline", "go_offline", ("move", "go offline")),
    Way("go online", "go_online", ("move", "go online")),
    Way("elapse", "elapse", ("time",)),
    Way("half the retention time passes", "age", ("time",)),
    Way("the storage is full", "fill", ("storage",)),
    Way("there is room again", "make_room", ("storage",)),
    Way("terminate", "terminate", ("move", "terminate", "start")),
    Way("restart", "restart", ("move", "restart", "resume")),
)
OPTIONAL = {
    "fetch": "a second queue",
    "serve": "server",
    "refuse": "refusals",
    "hold": "a server that does not answer",
    "go_offline": "network",
    "go_online": "network",
    "elapse": "time",
    "age": "expiry",
    "fill": "quota",
    "make_room": "quota",
    "terminate": "terminate",
    "restart": "restart",
}
SERVES: dict[str, int | str | None] = {
    "the server fails": 0,
    "the server takes one more": 1,
    "the server works": None,
    "the server refuses": REFUSES,
    "the server does not answer": HOLDS,
}
FULL = "QuotaExceededError"
"""What storing comes to where there is no room."""
GIVES_UP = 2
"""Failed attempts after which a browser may give up."""
HALVES = 2
"""Halves of the retention time after which a message is too old."""
MOST = 6
"""Messages that wait in a queue at most."""
BOTH = [True, False]
IDLE, DUE, DELAYED, SENDING = "idle", "due", "delayed", "sending"
AT_ONCE, AFTERWARDS, ONLINE, GOING_ON = (
    "sent at once",
    "sent after a delay",
    "sent on going online",
    "sent on an answer",
)
FAILED, IN_PART, REFUSED, EXPIRED = "failed", "sent in part", "refused", "expired"


class Waiting(NamedTuple):
    """A message, and for how many halves of the retention time it waits."""

    message: str
    halves: int = 0


class Queue(NamedTuple):
    """The messages that wait, and what the browser knows of them."""

    messages: tuple[Waiting, ...] = ()
    sync: str = IDLE
    failed: int = 0


class At(NamedTuple):
    """The queues, and what is around them."""

    queues: tuple[Queue, ...] = (Queue(), Queue())
    online: bool = True
    serves: int | str | None = None
    """How many messages the server takes before it fails, None for all; or that it refuses, or does not answer."""
    full: bool = False
    """Whether there is no room for anything more; what waits is kept."""

    @property
    def sending(self) -> bool:
        """Whether a message is with a server that does not answer."""
        return any(queue.sync == SENDING for queue in self.queues)


class Attempt(NamedTuple):
    """What comes of one attempt to send a queue."""

    queue: Queue
    serves: int | str | None
    got: tuple[str, ...] = ()
    how: tuple[str, ...] = ()
    """What of the promise was kept or not."""


class Outbox(Oracle):
    """An outbox that keeps its promise, as judge of what the server gets."""

    name = "what an outbox promises: each message in the end, once, in order"
    answer = False
    """Whether a message is done with as soon as the server has answered, though it has refused it."""

    def __init__(self, tags: Sequence[str]) -> None:
        self.expected = {"promise": (AT_ONCE, AFTERWARDS, ONLINE, GOING_ON, FAILED, IN_PART, REFUSED, EXPIRED)}

    def initial(self) -> At:
        """Give the state after `reset`."""
        return At()

    def alike(self, state: At) -> Hashable:
        """Give what it has in common with others, whatever the messages are."""
        queues = tuple(
            (tuple(one.halves for one in queue.messages)[-2:], queue.sync, min(queue.failed, GIVES_UP))
            for queue in state.queues
        )
        return queues, state.online, state.serves, state.full

    def possible(self, state: At, operation: Operation) -> bool:
        """Whether an operation makes sense."""
        match operation.name:
            case "go online" | "go offline" as name:
                return state.online == (name == "go offline") and not state.sending
            case "elapse" | "half the retention time passes":
                return any(queue.messages for queue in state.queues) and not state.sending
            case "store":
                return len(state.queues[0].messages) < MOST
            case "fetch":
                return len(state.queues[1].messages) < MOST and state.serves != HOLDS
            case "the storage is full" | "there is room again" as name:
                return state.full == (name == "there is room again")
            case name if name in SERVES:
                return state.serves != SERVES[name]
            case _:
                return True

    def outcomes(self, state: At, operation: Operation, early: bool = False) -> Iterator[Outcome]:
        """Give what may come of an operation."""
        if operation.name == "fetch" and state.online and state.serves != 0:
            yield _answered(state, str(operation.tag))
            return
        if operation.name in ("store", "fetch") and state.full:  # the page is told, and nothing is kept
            yield Outcome(Seen(FULL if operation.name == "store" else "TypeError"), state)
            return
        may, how, result = [[queue.sync == DUE] for queue in state.queues], "", ""
        match operation:
            case Operation("store", str(tag)):
                may[0], how, result = _soon(state.queues[0]), AT_ONCE, RESOLVED
                state = _put(state, 0, tag)
            case Operation("fetch", str(tag)):
                may[1], how, result = _soon(state.queues[1]), AT_ONCE, "TypeError"
                state = _put(state, 1, _fetched(tag))
            case Operation("go online" | "go offline" as name):
                state, how = state._replace(online=name == "go online"), ONLINE
                may = [BOTH if queue.sync == DELAYED else [queue.sync == DUE] for queue in state.queues]
            case Operation("elapse" | "half the retention time passes" as name):
                may, how = [[queue.sync in (DUE, DELAYED)] for queue in state.queues], AFTERWARDS
                if name != "elapse":
                    state = state._replace(queues=tuple(map(_older, state.queues)))
            case Operation("the storage is full" | "there is room again" as name):
                state = state._replace(full=name == "the storage is full")
            case Operation("terminate"):
                may = [BOTH if queue.sync == SENDING else [queue.sync == DUE] for queue in state.queues]
            case Operation("restart"):
                may = [BOTH if queue.sync != IDLE else [False] for queue in state.queues]
            case Operation(name):
                state, how = state._replace(serves=SERVES[name]), GOING_ON
                may = [[queue.sync == SENDING] for queue in state.queues]
        states = [state]
        if operation.name in ("terminate", "restart"):
            states = [state._replace(queues=queues) for queues in product(*map(_ended, state.queues))]
        found = dict[Outcome, None]()
        for now, goes in product(states, product(*may)):
            for order in ((0, 1), (1, 0)) if all(goes) else ((0, 1),):
                found |= dict.fromkeys(self._attempts(now, goes, order, Seen(result), how))
        yield from found

    def _attempts(
        self, state: At, goes: tuple[bool, ...], order: tuple[int, ...], seen: Seen, how: str
    ) -> Iterator[Outcome]:
        """Send the queues that go, one after the other."""
        nothing: list[tuple[str, ...]] = [()] * len(state.queues)
        ends = [(state, nothing, list[str]())]
        for place in order:
            if not goes[place]:
                continue
            before, ends = ends, []
            for now, got, labels in before:
                for attempt in self._attempt(now.queues[place], now, how):
                    queues = tuple(attempt.queue if n == place else one for n, one in enumerate(now.queues))
                    told = [attempt.got if n == place else one for n, one in enumerate(got)]
                    after = now._replace(queues=queues, serves=attempt.serves)
                    ends.append((after, told, [*labels, *attempt.how]))
        for now, got, labels in ends:
            kept = tuple(dict.fromkeys(labels))
            yield Outcome(seen._replace(got=tuple(chain(*got))), now, tuple(("promise", one) for one in kept), kept)

    def _attempt(self, queue: Queue, at: At, how: str) -> Iterator[Attempt]:
        """Send what there is, in order, until the server fails."""
        if not at.online:
            yield Attempt(queue._replace(sync=DUE), at.serves)
            return
        fresh = tuple(one for one in queue.messages if one.halves < HALVES)
        said = (EXPIRED,) if fresh != queue.messages else ()
        if at.serves == HOLDS and fresh:
            yield Attempt(Queue(fresh, SENDING, queue.failed), at.serves, (), said)
            return
        if at.serves == REFUSES and self.answer:
            yield Attempt(Queue(), at.serves, (), (*said, REFUSED))
            return
        limit = at.serves if isinstance(at.serves, int) else 0 if at.serves in (REFUSES, HOLDS) else len(fresh)
        got, left = tuple(one.message for one in fresh[:limit]), fresh[limit:]
        serves = at.serves - len(got) if isinstance(at.serves, int) else at.serves
        if not left:
            yield Attempt(Queue(), serves, got, (*said, *([how] if how and got else [])))
            return
        said = (*said, REFUSED if at.serves == REFUSES else IN_PART if got else FAILED)
        failed = Queue(left, DELAYED, queue.failed + 1)
        yield Attempt(failed, serves, got, said)
        if failed.failed >= GIVES_UP:
            yield Attempt(failed._replace(sync=IDLE, failed=0), serves, got, said)


class Answered(Outbox):
    """An outbox as Workbox is written: only a request that got no answer is tried again."""

    name = "what Workbox is written for: each request until it is answered, in order"
    answer = True


def _put(state: At, place: int, message: str) -> At:
    """Have a message wait in a queue; a sync is due, unless one is delayed or under way."""
    queue = state.queues[place]
    sync = queue.sync if queue.sync in (DELAYED, SENDING) else DUE
    put = queue._replace(messages=(*queue.messages, Waiting(message)), sync=sync)
    return state._replace(queues=tuple(put if n == place else one for n, one in enumerate(state.queues)))


def _answered(state: At, tag: str) -> Outcome:
    """What comes of sending at once to a server that answers: the page is told, and nothing is kept."""
    if state.serves == REFUSES:
        return Outcome(Seen(str(STATUS)), state)
    return Outcome(Seen(RESOLVED, got=(_fetched(tag),)), state._replace(serves=None if state.serves is None else 0))


def _fetched(tag: str) -> str:
    return f"fetched {tag}"


def _soon(queue: Queue) -> list[bool]:
    """Whether a message that is put into a queue has it sent."""
    return BOTH if queue.sync == DELAYED else [queue.sync != SENDING]


def _older(queue: Queue) -> Queue:
    aged = tuple(one._replace(halves=min(one.halves + 1, HALVES)) for one in queue.messages)
    return queue._replace(messages=aged)


def _ended(queue: Queue) -> tuple[Queue, ...]:
    """What a queue may be when the worker ends: an attempt that was under way has failed."""
    if queue.sync != SENDING:
        return (queue,)
    failed = queue._replace(sync=DELAYED, failed=queue.failed + 1)
    return (failed, failed._replace(sync=IDLE, failed=0)) if failed.failed >= GIVES_UP else (failed,)


def _workbox(browser: str | None = None, library: str | None = None) -> Any:
    from .workbox import Workbox

    return Workbox(browser, library)


def _reproductions() -> Sequence[Reproduction]:
    from .in_workbox import reproductions

    return reproductions(OUTBOX)


OUTBOX = Observing(
    WAYS,
    OPTIONAL,
    SPEC,
    WORLD,
    oracles={"spec": Outbox, "workbox": Answered},
    targets={"workbox": _workbox},
    reproductions={"workbox": _reproductions},
    required=("received",),
)
