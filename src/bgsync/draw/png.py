"""Paint an SVG as PNG, with a font that a package brings: the same picture on every machine, with fonts or without."""

from bgsync.draw.diagram import Diagram
from bgsync.draw.document import FONTS, in_theme
from bgsync.draw.sequence import Sequence
from bgsync.draw.sequence_svg import sequence_svg
from bgsync.draw.svg import MissingExtraError, to_svg

FONT = "Source Sans Pro"
ZOOM = 2
"""Pixels for a unit of the SVG: sharp on dense screens."""


def diagram_png(diagram: Diagram, theme: str) -> bytes:
    """Give the diagram as PNG."""
    return to_png(to_svg(diagram), theme)


def sequence_png(sequence: Sequence, theme: str) -> bytes:
    """Give the sequence diagram as PNG."""
    return to_png(sequence_svg(sequence), theme)


def to_png(svg: str, theme: str = "light", *, fonts: bool = True) -> bytes:
    """Give a drawing of ours as PNG, in the theme `light` or `dark`. Raises MissingExtraError without `draw`.

    What the font has no sign for is taken from the fonts of the machine, if it has any and `fonts` says so.
    """
    try:
        import font_source_sans_pro as font
        import resvg_py
    except ImportError as error:
        raise MissingExtraError((error.name or "").replace("_", "-"), "a PNG is painted") from error
    shown = in_theme(svg, theme).replace(f'font-family="{FONTS}"', f'font-family="{FONT}"', 1)
    files = sorted(font.font_files_ttf[name] for name in ("SourceSansPro", "SourceSansProBold", "SourceSansProIt"))
    return bytes(
        resvg_py.svg_to_bytes(svg_string=shown, font_files=files, zoom=ZOOM, dpi=96, skip_system_fonts=not fonts)
    )
