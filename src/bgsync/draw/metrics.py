"""How wide text is: for each character the widest of Arial, DejaVu Sans and Source Sans, by the fonts' own tables.

A reader has one of these, or one about as wide; so what is laid out by these widths has room in each of them.
"""

from math import fsum

from bgsync.plain import plain

_OTHERS = "…—–−±→«»“”‘’·×≤≥•"
_REGULAR = """
    318 401 460 838 636 950 780 275 390 390 500 838 318 361 318 350 636 636 636 636 636 636 636 636 636 636 337 337
    838 838 838 556 1015 684 686 722 770 667 611 778 752 295 500 667 557 863 748 787 667 787 722 667 611 732 684 989
    685 667 685 390 350 390 838 556 542 613 635 550 635 615 352 635 634 278 278 579 278 974 634 612 635 635 411 521
    392 634 592 818 592 592 525 636 337 636 838
    1000 1000 556 838 838 1000 612 612 518 518 318 318 318 838 838 838 590
"""
_BOLD = """
    348 456 536 838 696 1002 872 306 457 457 523 838 380 415 380 365 696 696 696 696 696 696 696 696 696 696 400 400
    838 838 838 611 1000 774 762 734 830 683 683 821 837 372 556 775 637 995 837 850 733 850 770 720 682 812 774
    1103 771 724 725 457 365 457 838 556 555 675 716 593 716 678 435 716 712 343 343 665 343 1042 712 687 716 716
    493 595 478 712 652 924 645 652 582 712 365 712 838
    1000 1000 556 838 838 1000 646 646 657 657 380 380 380 838 838 838 639
"""
"""Thousandths of the size: of the printable characters of ASCII in their order, and of the others."""
_CHARACTERS = [*map(chr, range(32, 127)), *_OTHERS]
_WIDTHS = {
    bold: dict(zip(_CHARACTERS, map(int, table.split()), strict=True))
    for bold, table in ((False, _REGULAR), (True, _BOLD))
}
_WIDEST = 1000
"""What any other character is taken for: as wide as it is high."""


def width(words: str, size: float, bold: bool = False) -> float:
    """Give the room that a line needs."""
    known = _WIDTHS[bold]
    return size * fsum(known.get(c, _WIDEST) for c in words) / 1000


def wrapped(words: str, room: float, size: float, bold: bool = False) -> list[str]:
    """Break a text into lines that fit into this room: between words, and a word that does not fit within itself."""
    lines: list[str] = []
    for word in plain(words).split():
        if lines and width(f"{lines[-1]} {word}", size, bold) <= room:
            lines[-1] += f" {word}"
            continue
        lines.append("")
        for character in word:
            if lines[-1] and width(lines[-1] + character, size, bold) > room:
                lines.append("")
            lines[-1] += character
    return lines
