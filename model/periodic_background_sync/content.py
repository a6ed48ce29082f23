"""The content of this folder: periodic background sync."""

from bgsync.contents import Content
from bgsync.language import Spec
from bgsync.observing import Observing

from ...properties.periodic_background_sync import PROPERTIES
from ..background_sync.content import is_sync
from ..service_worker import FIRE_FUNCTIONAL_EVENT
from ..vocabulary import VOCABULARY
from .chromium import CHROMIUM
from .corrections import CORRECTIONS
from .periodic import FILE, SPEC
from .published import ADDRESSES
from .registration import LIFECYCLE
from .world import WORLD


def _observing() -> tuple[Observing, ...]:
    from .observing import OBSERVING  # what drives implementations is seldom wanted

    return (OBSERVING,)


def is_periodic(spec: Spec) -> str:
    """Say why a text is one of periodic sync."""
    why = is_sync(spec)
    return f"{why}, of a {spec.type.name}" if why and "periodic" in spec.type.name.lower() else ""


PERIODIC = Content(
    "periodic",
    "periodic background sync",
    WORLD,
    PROPERTIES,
    is_periodic,
    SPEC,
    FILE,
    FIRE_FUNCTIONAL_EVENT,
    VOCABULARY,
    LIFECYCLE,
    ADDRESSES,
    corrections=CORRECTIONS,
    implemented={"chromium": CHROMIUM},
    observing=_observing,
)
