"""The library as a content."""

from dataclasses import replace

from bgsync.contents import Content
from bgsync.language import Spec
from bgsync.prose.vocabulary import Vocabulary
from bgsync.shipped.properties import gates, general

from .loans import FILE, LIFECYCLE, RING, SPEC
from .promises import ASKED_IS_LENT, BELLS, ONE_BELL
from .world import WORLD

VOCABULARY = Vocabulary(
    phrases=((r"door is open", "door", ("open",)), (r"card is expired", "card", ("expired",))),
    occasions=((r"door opens|library opens", "door", "opens"), (r"lamp is lit", "lamp", "is lit")),
    agent="librarian",
)


KEPT = (general.ASSERTS, gates.GATE, general.SETTLED_ONCE, general.SETTLES)
"""What holds of any text and of this one as it stands."""


def fits(spec: Spec) -> str:
    """Say why a text is about a library."""
    return "it defines a list of loans" if spec.type.list_name == "list of loans" else ""


CONTENT = Content(
    "library",
    "a library that lends books",
    WORLD,
    (
        ONE_BELL,
        ASKED_IS_LENT,
        *(replace(prop, monitors=(BELLS,)) for prop in (*KEPT, *general.held_to(LIFECYCLE, FILE))),
    ),
    fits,
    SPEC,
    FILE,
    RING,
    VOCABULARY,
    LIFECYCLE,
    {"borrow": "https://library.example/#borrow"},
    ("one-bell",),
)
