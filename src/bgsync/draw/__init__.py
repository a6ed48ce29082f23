"""Draw: pictures generated from what was found, never by hand."""

from bgsync.draw.diagram import Diagram, Edge, Node, in_words
from bgsync.draw.dot import to_dot
from bgsync.draw.lifecycle import lifecycle_diagram, machine_diagram
from bgsync.draw.mermaid import to_mermaid
from bgsync.draw.plantuml import to_plantuml
from bgsync.draw.png import to_png
from bgsync.draw.svg import MissingExtraError, to_svg

__all__ = [
    "Diagram",
    "Edge",
    "MissingExtraError",
    "Node",
    "in_words",
    "lifecycle_diagram",
    "machine_diagram",
    "to_dot",
    "to_mermaid",
    "to_plantuml",
    "to_png",
    "to_svg",
]
