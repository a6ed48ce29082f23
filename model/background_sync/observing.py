"""How implementations of one-off background sync are driven and judged by what can be seen of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bgsync.driving import Operation
from bgsync.observing import Observing, Oracle, Race, Reproduction, Way, Web

from .one_off import SPEC
from .world import WORLD

WAYS = (
    # operation, method of the adapter, what it is in the text
    Way("register", "register", ("call", "register"), tagged=True),
    Way("fulfil", "settle", ("settle", "fulfilled"), (True,), tagged=True),
    Way("reject", "settle", ("settle", "rejected"), (False,), tagged=True),
    Way("register from the worker", "register_from_worker", ("call", "register", "by a handler"), tagged=True),
    Way("go offline", "go_offline", ("move", "go offline")),
    Way("go online", "go_online", ("move", "go online")),
    Way("elapse", "elapse", ("time",)),
    Way("terminate", "terminate", ("move", "terminate", "start")),
    Way("close the page", "close_page", ("free", "window clients", "none")),
    Way("open a page", "open_page", ("free", "window clients", "open")),
    Way("revoke", "revoke", ("move", "revoke")),
    Way("grant", "grant", ("move", "grant")),
    Way("unregister", "unregister", ("move", "unregister")),
    Way("restart", "restart", ("move", "restart", "resume")),
)
OPTIONAL = {
    # method: the capability that it belongs to
    "tags": "tags",
    "register_from_worker": "worker",
    "go_offline": "network",
    "go_online": "network",
    "elapse": "time",
    "terminate": "terminate",
    "close_page": "page",
    "open_page": "page",
    "revoke": "permission",
    "grant": "permission",
    "unregister": "unregister",
    "restart": "restart",
}


def _chromium(tags: Sequence[str]) -> Oracle:
    from .chromium import Observed

    return Observed(tags)


def _in_chromium(browser: str | None = None) -> Any:
    from .in_chromium import InChromium

    return InChromium(browser)


def _reproductions() -> Sequence[Reproduction]:
    from .reproductions import REPRODUCTIONS

    return REPRODUCTIONS


def _web() -> Mapping[str, str]:
    return {file.name: file.read_text() for file in Path(__file__).with_name("web").iterdir()}


ONE, TWO, WORKER_ONE, WORKER_TWO, FULFIL_ONE, FULFIL_TWO = (
    Operation(name, tag) for name in ("register", "register from the worker", "fulfil") for tag in ("t1", "t2")
)
RACES = (
    Race((), ONE, ONE, (FULFIL_ONE, FULFIL_ONE)),
    Race((), ONE, TWO, (FULFIL_ONE, FULFIL_TWO)),
    Race((ONE,), ONE, WORKER_ONE, (FULFIL_ONE, FULFIL_ONE)),
    Race((ONE,), TWO, WORKER_TWO, (FULFIL_TWO, FULFIL_TWO)),
    Race((), ONE, Operation("close the page"), (Operation("open a page"),)),
)


OBSERVING = Observing(
    WAYS,
    OPTIONAL,
    SPEC,
    WORLD,
    "lastChance",
    {"chromium": _chromium},
    {"chromium": _in_chromium},
    {"chromium": _reproductions},
    web=Web(("register", "fulfil", "reject", "register from the worker", "unregister"), ("unregister",), _web),
    races=RACES,
)
