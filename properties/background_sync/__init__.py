"""What must hold of background sync."""

from dataclasses import replace

from bgsync.judge.property import Property

from ...model.background_sync.monitors import CALLS
from .. import general
from .liveness import LIVENESS
from .safety import SAFETY

PROPERTIES: tuple[Property, ...] = (*SAFETY, *LIVENESS)
_BOTH = (
    "asserts", "unique-tag", "one-event", "fires-online", "fires-listed", "fires-permitted", "active-worker",
    "promise-settles", "resolved-then-fires", "firing-ends", "pending-fires", "gate",
    "refusal-error", "removes-listed", "resolved-before-firing", "head-of-line",
)  # fmt: skip
"""What one-off and periodic sync promise alike; of states each text has its own."""
PERIODIC: tuple[Property, ...] = (
    *(prop for prop in PROPERTIES if prop.id in _BOTH),
    *(replace(prop, monitors=(CALLS,)) for prop in (general.LIFECYCLE, general.DEAD_ROW)),
)

__all__ = ["LIVENESS", "PERIODIC", "PROPERTIES", "SAFETY"]
