"""What was met in Workbox that breaks what an outbox promises, each kept as a run that is repeated for its rate.

Why each comes about was read in the source of version 7.4.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bgsync.driving import Operation
from bgsync.observing import Observing, Reproduction

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
    "lost-when-full": (
        *("go offline", "store t1", "the server fails", "the storage is full", "go online"),
        *("there is room again", "the server works", "elapse"),
    ),
}
"""The operations of each."""


class Kept(NamedTuple):
    """What is seen, by which methods of the library, and how it is told by what the server got in all."""

    says: str
    methods: tuple[str, ...]
    shown: Callable[[list[str]], bool]


KEPT = {
    "lost-while-sent": Kept(
        "the browser is killed while a request waits for its answer: it is never sent again",
        ("Queue.replayRequests", "QueueStore.shiftEntry"),
        lambda got: got == [],
    ),
    "two-queues-lose-one": Kept(
        "two queues of several requests fail at the same moment: a request of one of them is lost",
        ("QueueStore.unshiftEntry", "QueueDb.addEntry"),
        lambda got: len(got) == 3,
    ),
    "reversed": Kept(
        "while another queue has an entry of id 0, a request that fails goes behind the later ones of its queue",
        ("QueueStore.unshiftEntry",),
        lambda got: got == ["t1", "fetched t2", "fetched t1"],
    ),
    "lost-when-full": Kept(
        "a request is tried again without success while the storage is full: it is never sent again",
        ("Queue.replayRequests", "QueueStore.unshiftEntry"),
        lambda got: got == [],
    ),
    "refused-counts-as-sent": Kept(
        "the server answers a replayed request with 503: it counts as sent",
        ("Queue.replayRequests",),
        lambda got: got == [],
    ),
}


def operation(said: str) -> Operation:
    """Read an operation; the last word of some is a tag."""
    name, _, tag = said.rpartition(" ")
    return Operation(name, tag) if tag in TAGS else Operation(said)


def reproductions(observing: Observing) -> tuple[Reproduction, ...]:
    """Give the differences that are kept, of an outbox that is driven in this way."""
    return tuple(Reproduction(name, one.says, one.methods, _shows(observing, name)) for name, one in KEPT.items())


def _shows(observing: Observing, name: str) -> Callable[[str | None], bool]:
    """Bring it about, in a browser of its own."""

    def shows(browser: str | None = None) -> bool:
        library = Workbox(browser)
        try:
            library.reset()
            for one in map(operation, RUNS[name]):
                way = observing.way(one)
                getattr(library, way.method)(*((one.tag,) if way.tagged else ()), *way.arguments)
            return KEPT[name].shown(library.received())
        finally:
            library.close()

    return shows
