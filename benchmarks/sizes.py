"""What is explored: scenarios of the built-in model, from thousands of states to tens of millions."""

from __future__ import annotations

from dataclasses import dataclass

from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.system.scenario import Bounds, Scenario
from bgsync.system.system import System


@dataclass(frozen=True)
class Size:
    """A scenario at granularity step."""

    tags: int
    calls: int
    monitor: str = "none"

    @property
    def name(self) -> str:
        """Its name, which `size_of` reads."""
        return f"tags={self.tags},calls={self.calls},monitor={self.monitor}"

    @property
    def title(self) -> str:
        """Its name for a reader."""
        watched = "" if self.monitor == "none" else f", monitor {self.monitor}"
        return f"{self.tags} tag{'s' * (self.tags > 1)}, {self.calls} call{'s' * (self.calls > 1)}{watched}"

    def system(self) -> System:
        """Make its system."""
        bounds, monitor = Bounds(self.tags, self.calls), ONE_OFF.monitors[self.monitor]
        return System(Scenario(SPEC, ONE_OFF.world, "step", bounds=bounds, monitor=monitor))


def size_of(name: str) -> Size:
    """Read the name of a size."""
    tags, calls, monitor = (part.partition("=")[2] for part in name.split(","))
    return Size(int(tags), int(calls), monitor)


QUICK = (Size(2, 1), Size(1, 2), Size(3, 1))
SIZES = (*QUICK, Size(2, 2), Size(4, 1), Size(2, 2, "calls"), Size(2, 3), Size(5, 1), Size(3, 2))
GROWTH = tuple(Size(tags, calls) for calls, most in ((1, 6), (2, 4), (3, 3)) for tags in range(1, most + 1))
"""Those of the table of growth: what fits into the memory of an ordinary machine."""
