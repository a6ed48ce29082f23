"""The content of this folder: one-off background sync."""

from bgsync.contents import Content
from bgsync.driving import Operations
from bgsync.language import Spec, fires
from bgsync.observing import Observing

from ...properties.background_sync import PROPERTIES
from ..service_worker import FIRE_FUNCTIONAL_EVENT
from ..vocabulary import VOCABULARY
from .chromium import CHROMIUM
from .corrections import CORRECTIONS
from .one_off import FILE, SPEC
from .published import ADDRESSES
from .registration import LIFECYCLE
from .world import WORLD


def _operations() -> Operations:
    from .operations import operations  # what drives implementations is seldom wanted

    return operations()


def _observing() -> tuple[Observing, ...]:
    from .observing import OBSERVING
    from .outbox_observing import OUTBOX

    return OBSERVING, OUTBOX


def is_sync(spec: Spec) -> str:
    """Say why a text is one of background sync: something is registered, put into a list, and an event fired for it."""
    fired = any(fires(body) for _, body in spec.bodies())
    named = LIFECYCLE.name in spec.type.name
    if WORLD.promises not in spec.methods or not spec.type.list_name or not (fired or named):
        return ""
    why = "fires a functional event for what is in it" if fired else f"defines what a {spec.type.name} is"
    return f"it has {WORLD.promises}() and a {spec.type.list_name}, and {why}"


ONE_OFF = Content(
    "one-off",
    "one-off background sync",
    WORLD,
    PROPERTIES,
    is_sync,
    SPEC,
    FILE,
    FIRE_FUNCTIONAL_EVENT,
    VOCABULARY,
    LIFECYCLE,
    ADDRESSES,
    traces=("resolved-then-fires", "unique-tag", "retry-delay"),
    implemented={"chromium": CHROMIUM},
    operations=_operations,
    observing=_observing,
    corrections=CORRECTIONS,
)
