"""All forms of a picture, a row each: the command line, its help and its errors come from here."""

from pathlib import Path
from typing import NamedTuple


class Format(NamedTuple):
    """A form of a picture. Functions are named as module:name, and imported when they are wanted."""

    endings: tuple[str, ...]
    """How its files end, the usual ending first."""
    diagram: str
    """What writes a diagram, as text or bytes."""
    sequence: str = ""
    """What writes a sequence diagram, if anything does."""
    themed: bool = False
    """Whether it has the colours of one theme; the writers are then given which."""
    extra: bool = False
    """Whether the extra `draw` is needed."""
    refused: str = ""
    """What says why the usual reader would refuse a text with so many edges, "" where it would not."""


FORMATS = {
    "svg": Format((".svg",), "bgsync.draw.svg:to_svg", "bgsync.draw.sequence_svg:sequence_svg", extra=True),
    "png": Format((".png",), "bgsync.draw.png:diagram_png", "bgsync.draw.png:sequence_png", themed=True, extra=True),
    "mermaid": Format(
        (".mmd", ".mermaid"),
        "bgsync.draw.mermaid:to_mermaid",
        "bgsync.draw.sequence_text:sequence_mermaid",
        refused="bgsync.draw.mermaid:refused",
    ),
    "dot": Format((".dot", ".gv"), "bgsync.draw.dot:to_dot"),
    "plantuml": Format(
        (".puml", ".plantuml"),
        "bgsync.draw.plantuml:to_plantuml",
        "bgsync.draw.sequence_text:sequence_plantuml",
    ),
}
DEFAULT = "mermaid"
"""What is written on standard output."""


def form_of(path: str) -> str:
    """Give the form that the ending of a file means. Raises ValueError."""
    known = {ending: form for form, row in FORMATS.items() for ending in row.endings}
    ending = Path(path).suffix.lower()
    if ending not in known:
        raise ValueError(f"{path}: which form is that? End it in one of {', '.join(known)}, or give --format")
    return known[ending]
