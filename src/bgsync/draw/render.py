"""Write a picture in a form: which forms there are, and which ending of a file means which."""

from pathlib import Path

from bgsync.draw.diagram import Diagram
from bgsync.draw.dot import to_dot
from bgsync.draw.mermaid import MOST_CHARACTERS, MOST_EDGES, to_mermaid
from bgsync.draw.plantuml import to_plantuml
from bgsync.draw.png import to_png
from bgsync.draw.svg import to_svg

ENDINGS = {
    ".svg": "svg",
    ".png": "png",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".puml": "plantuml",
    ".plantuml": "plantuml",
}
FORMS = tuple(dict.fromkeys(ENDINGS.values()))
_TEXTS = {"svg": to_svg, "mermaid": to_mermaid, "dot": to_dot, "plantuml": to_plantuml}


def form_of(path: str) -> str:
    """Give the form that the ending of a file means. Raises ValueError."""
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise ValueError(f"{path}: which form is that? End it in one of {', '.join(ENDINGS)}, or give --format")
    return ENDINGS[ending]


def render(picture: Diagram, form: str, theme: str = "light") -> bytes:
    """Write a picture as `svg`, `png`, `mermaid`, `dot` or `plantuml`; `theme` is that of a PNG.

    Raises KeyError for another form, and MissingExtraError where the extra `draw` is needed and not installed.
    """
    if form == "png":
        return to_png(to_svg(picture), theme)
    return _TEXTS[form](picture).encode()


def beyond_mermaid(text: str, edges: int) -> str:
    """Say why Mermaid would refuse a picture, "" where it would not."""
    if edges > MOST_EDGES:
        return f"{edges} edges, and Mermaid draws {MOST_EDGES} unless maxEdges is raised"
    if len(text) > MOST_CHARACTERS:
        return f"{len(text):,} characters, and Mermaid draws {MOST_CHARACTERS:,} unless maxTextSize is raised"
    return ""
