"""What was met in Workbox that breaks what an outbox promises, each kept as a run that is repeated for its rate.

Why each comes about was read in the source of version 7.4.1.
"""

from __future__ import annotations

from collections.abc import Callable

from bgsync.driving import Operation
from bgsync.observing import Reproduction

from .workbox import Workbox

TAGS = ("t1", "t2")
TWO_QUEUES = ("go offline", "store t1", "store t2", "fetch t1", "fetch t2", "the server does not answer", "go online")
RUNS = {
    "lost-while-sent": ("the server does not answer", "store t1", "restart", "the server works", "elapse"),
    "two-queues-lose-one": (*TWO_QUEUES, "the server fails", "the server works", "elapse"),
    "reversed": (
        *("go offline", "fetch t1", "fetch t2", "the server fails", "go online", "elapse"),
        *("store t1", "elapse", "the server works", "elapse"),
    ),
    "refused-counts-as-sent": ("the server refuses", "store t1", "the server works", "elapse"),
}
"""The operations of each."""


def operation(said: str) -> Operation:
    """Read an operation; the last word of some is a tag."""
    name, _, tag = said.rpartition(" ")
    return Operation(name, tag) if tag in TAGS else Operation(said)


def _shows(name: str) -> Callable[[str | None], bool]:
    """Bring it about, in a browser of its own, and say whether what the outbox promises was broken."""

    def shown(browser: str | None = None) -> bool:
        from bgsync.fuzz.adapter import Adapter
        from bgsync.fuzz.finding import replay

        from .outbox_observing import OUTBOX, Outbox

        library = Workbox(browser)
        try:
            return replay(Adapter(library, OUTBOX), Outbox(TAGS), tuple(map(operation, RUNS[name]))) is not None
        finally:
            library.close()

    return shown


REPRODUCTIONS = (
    Reproduction(
        "lost-while-sent",
        "the browser is killed, or the worker stopped, while a request waits for its answer: it is never sent again",
        ("Queue.replayRequests", "QueueStore.shiftEntry"),
        _shows("lost-while-sent"),
    ),
    Reproduction(
        "two-queues-lose-one",
        "two queues of several requests fail at the same moment: a request of one of them is lost",
        ("QueueStore.unshiftEntry", "QueueDb.addEntry"),
        _shows("two-queues-lose-one"),
    ),
    Reproduction(
        "reversed",
        "while another queue has an entry of id 0, a request that fails goes behind the later ones of its queue",
        ("QueueStore.unshiftEntry",),
        _shows("reversed"),
    ),
    Reproduction(
        "refused-counts-as-sent",
        "the server answers a replayed request with 503: it counts as sent",
        ("Queue.replayRequests",),
        _shows("refused-counts-as-sent"),
    ),
)
