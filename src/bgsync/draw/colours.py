"""The fixed colours: one per state of a registration, the same everywhere, legible in light and dark."""

from dataclasses import dataclass


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
    states: dict[str, Colour]


LIGHT = Theme(
    background="#ffffff",
    text="#1a1a1a",
    note="#555555",
    line="#444444",
    panel="#f3f4f6",
    other=Colour("#ffffff", "#444444"),
    changes={"added": "#1d6b37", "changed": "#7a3b96", "removed": "#a11d1d", "trace": "#b04a00"},
    states={
        "failed": Colour("#fbe0e0", "#a11d1d"),
        "firing": Colour("#fde3cf", "#b04a00"),
        "none": Colour("#eeeeee", "#5a5a5a"),
        "pending": Colour("#e0effb", "#1f5f99"),
        "reregisteredWhileFiring": Colour("#f1e3f7", "#7a3b96"),
        "success": Colour("#dcf2e2", "#1d6b37"),
        "waiting": Colour("#fcf0c8", "#7d5900"),
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
    states={
        "failed": Colour("#4a1616", "#f08a8a"),
        "firing": Colour("#4a2508", "#f09a55"),
        "none": Colour("#333333", "#aaaaaa"),
        "pending": Colour("#12324d", "#7db8ee"),
        "reregisteredWhileFiring": Colour("#38204a", "#cfa0e6"),
        "success": Colour("#123a20", "#74c98e"),
        "waiting": Colour("#40320a", "#e0b64a"),
    },
)
THEMES = {"light": LIGHT, "dark": DARK}

_NAMES = {name.lower(): name for name in LIGHT.states} | {"absent": "none"}


def colour_name(state: str) -> str:
    """Give the name under which a state has its colour, however a text writes it; "" for one without a colour."""
    return _NAMES.get(state.lower().replace("-", "").replace(" ", ""), "")
