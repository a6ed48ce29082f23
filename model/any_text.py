"""What any text is judged by that is about nothing else known here: its Asserts, promises, states and gates.

Its world is that of the web platform, since the texts that come are of it; of a text that speaks of none of its parts
nothing is said by it.
"""

from bgsync.contents import Content
from bgsync.language import Spec

from ..properties import general
from .environment import WORLD
from .service_worker import FIRE_FUNCTIONAL_EVENT
from .vocabulary import VOCABULARY


def fits(spec: Spec) -> str:
    """Say that every text is a text."""
    return "it is about nothing that bgsync has more properties for"


ANY_TEXT = Content(
    "any-text",
    "a text about something else: judged by what holds for any text",
    WORLD,
    general.PROPERTIES,
    fits,
    firing=FIRE_FUNCTIONAL_EVENT,
    vocabulary=VOCABULARY,
    patience=60.0,
)
