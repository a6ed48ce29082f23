"""How implementations of periodic sync are driven and judged by what can be seen of them."""

from collections.abc import Sequence
from typing import Any

from bgsync.observing import Observing, Oracle, Reproduction, Way

from ..background_sync.observing import OPTIONAL as ONE_OFF
from ..background_sync.observing import WAYS as ONE_OFF_WAYS
from .periodic import SPEC
from .world import WORLD

WITHDRAW = Way("withdraw", "withdraw", ("call", "unregister"), tagged=True)


def _meant(tags: Sequence[str]) -> Oracle:
    from .judges import Meant

    return Meant(tags)


def _chromium(tags: Sequence[str]) -> Oracle:
    from .chromium import Observed

    return Observed(tags)


def _in_chromium(browser: str | None = None) -> Any:
    from .in_chromium import PeriodicInChromium

    return PeriodicInChromium(browser)


def _reproductions() -> Sequence[Reproduction]:
    from .reproductions import REPRODUCTIONS

    return REPRODUCTIONS


OBSERVING = Observing(
    (*ONE_OFF_WAYS, WITHDRAW),
    {"withdraw": "unregister a tag", **ONE_OFF},
    SPEC,
    WORLD,
    oracles={"spec": _meant, "chromium": _chromium},
    targets={"chromium": _in_chromium},
    reproductions={"chromium": _reproductions},
)
