"""The world of the library: a door, a lamp, the weather, a librarian who may fall ill."""

from bgsync.system.state import Record
from bgsync.system.world import Adversity, Effect, Machine, Meaning, World
from bgsync.words import Signal, Words

DOOR = Machine("door", "shut", (("opens", "shut", "open"), ("shuts", "open", "shut")), recurs="open")
CARD = Machine("card", "valid", (("expires", "valid", "expired"),), refuses=True)
WEATHER = Machine(
    "weather",
    "dry",
    (("it rains", "dry", "wet"), ("it clears up", "wet", "dry")),
    free=True,
    members={"dry": (Record((("kind", "umbrella"),)),)},
    remarks={"wet": "in the rain"},
)
LIBRARIAN = Machine(
    "librarian",
    "well",
    (("falls ill", "well", "ill"), ("recovers", "ill", "well")),
    {"falls ill": Effect.ENDS_HANDLERS, "recovers": Effect.RESUMES},
)
LAMP = Machine(
    "lamp",
    "lit",
    (("burns out", "lit", "dark"), ("is replaced", "dark", "lit")),
    {"burns out": Effect.ENDS_EVERYTHING, "is replaced": Effect.STARTS},
    starts="is lit",
)
WORLD = World(
    (DOOR, CARD, WEATHER, LIBRARIAN, LAMP),
    {
        "ill": Adversity("the librarian falls ill in the middle of it", ("falls ill", "recovers")),
        "dark": Adversity("the lamp burns out", ("burns out", "is replaced")),
        "expired": Adversity("the card expires", ("expires",)),
        "forgetful": Adversity("a reader never says whether the book was found", means=Meaning.UNSETTLED),
        "lazy": Adversity("the librarian leaves undone what SHOULD be done", means=Meaning.UNDONE),
    },
    promises="borrow",
    key="title",
    words=Words(
        noun="loan",
        duplicates="loans of this title",
        user="reader",
        agent="librarian",
        worker="shelf",
        surroundings=("door",),
        caller="a reader",
        handler="a reader at the shelf",
        signals={"door": Signal("door", "librarian")},
        waits="time of a loan",
    ),
)
