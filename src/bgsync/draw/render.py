"""Write a picture in a form."""

from pkgutil import resolve_name

from bgsync.draw.diagram import Diagram
from bgsync.draw.formats import FORMATS
from bgsync.draw.sequence import Sequence


def render(picture: Diagram | Sequence, form: str, theme: str = "light") -> bytes:
    """Write a picture in a form; `theme` is for those that have the colours of one.

    Raises ValueError for a form that it does not have, and MissingExtraError where the extra `draw` is needed and not
    installed.
    """
    row = FORMATS[form]
    writer = row.diagram if isinstance(picture, Diagram) else row.sequence
    if not writer:
        raise ValueError(without_runs(form))
    written: str | bytes = resolve_name(writer)(picture, *([theme] if row.themed else []))
    return written if isinstance(written, bytes) else written.encode()


def without_runs(form: str) -> str:
    """Say why no run is drawn in a form, "" where one is."""
    others = ", ".join(name for name, row in FORMATS.items() if row.sequence)
    return "" if FORMATS[form].sequence else f"a sequence diagram has no {form}: take one of {others}"


def refused(made: bytes, form: str, edges: int) -> str:
    """Say why the usual reader of a form would refuse a picture with so many edges, "" where it would not."""
    why = FORMATS[form].refused
    return str(resolve_name(why)(made.decode(), edges)) if why else ""
