"""The fixed colours: a few hues, the same everywhere, legible in light and dark; content says which state has which."""

from collections.abc import Mapping
from dataclasses import dataclass

from bgsync.judge.property import canonical


@dataclass(frozen=True)
class Colour:
    """How a node is painted."""

    fill: str
    stroke: str


@dataclass(frozen=True)
class Theme:
    """The colours of a whole picture; `other` is for what has no state of its own, `changes` for what an edit did."""

    background: str
    text: str
    note: str
    line: str
    panel: str
    other: Colour
    changes: dict[str, str]
    hues: dict[str, Colour]


LIGHT = Theme(
    background="#ffffff",
    text="#1a1a1a",
    note="#555555",
    line="#444444",
    panel="#f3f4f6",
    other=Colour("#ffffff", "#444444"),
    changes={"added": "#1d6b37", "changed": "#7a3b96", "removed": "#a11d1d", "trace": "#b04a00"},
    hues={
        "red": Colour("#fbe0e0", "#a11d1d"),
        "orange": Colour("#fde3cf", "#b04a00"),
        "grey": Colour("#eeeeee", "#5a5a5a"),
        "blue": Colour("#e0effb", "#1f5f99"),
        "violet": Colour("#f1e3f7", "#7a3b96"),
        "green": Colour("#dcf2e2", "#1d6b37"),
        "yellow": Colour("#fcf0c8", "#7d5900"),
    },
)
DARK = Theme(
    background="#161616",
    text="#f2f2f2",
    note="#b4b4b4",
    line="#c8c8c8",
    panel="#232527",
    other=Colour("#161616", "#c8c8c8"),
    changes={"added": "#74c98e", "changed": "#cfa0e6", "removed": "#f08a8a", "trace": "#f09a55"},
    hues={
        "red": Colour("#4a1616", "#f08a8a"),
        "orange": Colour("#4a2508", "#f09a55"),
        "grey": Colour("#333333", "#aaaaaa"),
        "blue": Colour("#12324d", "#7db8ee"),
        "violet": Colour("#38204a", "#cfa0e6"),
        "green": Colour("#123a20", "#74c98e"),
        "yellow": Colour("#40320a", "#e0b64a"),
    },
)
THEMES = {"light": LIGHT, "dark": DARK}

HUES = tuple(LIGHT.hues)
GREY = "grey"
"""The hue of what is not there."""


Hues = Mapping[str, str]
"""The states that have a colour, and which."""
NO_HUES: Hues = {}


def hue_of(state: str, colours: Hues) -> str:
    """Give the hue of a state, however a text writes it; "" for one that has none. `colours` gives it by state."""
    known = {canonical(name): hue for name, hue in colours.items()}
    return known.get(canonical(state), "")
