"""What is explored: scenarios of the built-in models, from thousands of states to tens of millions."""

from __future__ import annotations

from dataclasses import dataclass, fields

from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.model.periodic_background_sync.content import PERIODIC
from bgsync.shipped.model.periodic_background_sync.periodic import SPEC as PERIODIC_SPEC
from bgsync.system.scenario import Bounds, Scenario
from bgsync.system.system import System

MODELS = {"one-off": (ONE_OFF, SPEC), "periodic": (PERIODIC, PERIODIC_SPEC)}


@dataclass(frozen=True)
class Size:
    """A scenario at granularity step."""

    tags: int
    calls: int
    monitor: str = "none"
    model: str = "one-off"
    whole: bool = False
    """Whether it is searched as a whole: all states are counted, those of removed registrations among them."""

    @property
    def name(self) -> str:
        """Its name, which `size_of` reads."""
        return ",".join(f"{field.name}={getattr(self, field.name)}" for field in fields(self))

    @property
    def title(self) -> str:
        """Its name for a reader."""
        watched = "" if self.monitor == "none" else f", monitor {self.monitor}"
        about = f", {self.model}, as a whole" if self.whole else ""
        return f"{self.tags} tag{'s' * (self.tags > 1)}, {self.calls} call{'s' * (self.calls > 1)}{watched}{about}"

    def system(self) -> System:
        """Make its system."""
        content, spec = MODELS[self.model]
        bounds, monitor = Bounds(self.tags, self.calls), content.monitors[self.monitor]
        return System(Scenario(spec, content.world, "step", bounds=bounds, monitor=monitor))


def size_of(name: str) -> Size:
    """Read the name of a size."""
    tags, calls, monitor, model, whole = (part.partition("=")[2] for part in name.split(","))
    return Size(int(tags), int(calls), monitor, model, whole == "True")


QUICK = (Size(2, 1), Size(1, 2), Size(3, 1))
SIZES = (*QUICK, Size(2, 2), Size(4, 1), Size(2, 2, "calls"), Size(2, 3), Size(5, 1), Size(3, 2))
WHOLE = (Size(3, 1, whole=True), Size(1, 2, model="periodic", whole=True), Size(2, 2, whole=True))
"""Of these the second does not split; the others are searched as if they did not."""
GROWTH = tuple(Size(tags, calls) for calls, most in ((1, 6), (2, 4), (3, 3)) for tags in range(1, most + 1))
"""Those of the table of growth: what fits into the memory of an ordinary machine."""
