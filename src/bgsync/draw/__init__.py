"""Draw: pictures generated from what was found, never by hand."""

from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = dict.fromkeys(__all__, "diagram") | {
    "MissingExtraError": "svg",
    "lifecycle_diagram": "lifecycle",
    "machine_diagram": "lifecycle",
    "to_dot": "dot",
    "to_mermaid": "mermaid",
    "to_plantuml": "plantuml",
    "to_png": "png",
    "to_svg": "svg",
}


def __getattr__(name: str) -> Any:
    """Give a name from the module that has it when it is asked for: the table of forms is had without them."""
    if name not in _HOMES:
        raise AttributeError(f"module 'bgsync.draw' has no attribute {name!r}")
    return resolve_name(f"bgsync.draw.{_HOMES[name]}:{name}")
