"""Write a picture in a form: which forms there are, and which ending of a file means which."""

from pathlib import Path

from bgsync.draw.diagram import Diagram
from bgsync.draw.dot import to_dot
from bgsync.draw.mermaid import MOST_CHARACTERS, MOST_EDGES, to_mermaid
from bgsync.draw.plantuml import to_plantuml
from bgsync.draw.png import to_png
from bgsync.draw.sequence import Sequence
from bgsync.draw.sequence_svg import sequence_svg
from bgsync.draw.sequence_text import sequence_mermaid, sequence_plantuml
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
_DIAGRAMS = {"svg": to_svg, "mermaid": to_mermaid, "dot": to_dot, "plantuml": to_plantuml}
_SEQUENCES = {"svg": sequence_svg, "mermaid": sequence_mermaid, "plantuml": sequence_plantuml}


def form_of(path: str) -> str:
    """Give the form that the ending of a file means. Raises ValueError."""
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise ValueError(f"{path}: which form is that? End it in one of {', '.join(ENDINGS)}, or give --format")
    return ENDINGS[ending]


def render(picture: Diagram | Sequence, form: str, theme: str = "light") -> bytes:
    """Write a picture as `svg`, `png`, `mermaid`, `dot` or `plantuml`; `theme` is that of a PNG.

    Raises ValueError for a form that it does not have, and MissingExtraError where the extra `draw` is needed and not
    installed.
    """
    if form == "png":
        return to_png(render(picture, "svg").decode(), theme)
    if isinstance(picture, Diagram):
        return _DIAGRAMS[form](picture).encode()
    if form not in _SEQUENCES:
        raise ValueError(f"a sequence diagram has no {form}: take one of {', '.join(_SEQUENCES)} or png")
    return _SEQUENCES[form](picture).encode()


def beyond_mermaid(text: str, edges: int) -> str:
    """Say why Mermaid would refuse a picture, "" where it would not."""
    if edges > MOST_EDGES:
        return f"{edges} edges, and Mermaid draws {MOST_EDGES} unless maxEdges is raised"
    if len(text) > MOST_CHARACTERS:
        return f"{len(text):,} characters, and Mermaid draws {MOST_CHARACTERS:,} unless maxTextSize is raised"
    return ""
