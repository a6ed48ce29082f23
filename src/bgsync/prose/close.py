"""Names that are almost another one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MOST_NAMES = 300
"""With how many names one is compared at most: it takes time for each."""


def close(name: str, names: Iterable[str], cutoff: float = 0.75) -> str | None:
    """Give the name that is most like another, if any is like it; None among too many.

    Names that differ in the case of letters, in spaces or in marks are the same. Letters in another order are like it,
    however few they are.
    """
    named = list(names)
    if len(named) > MOST_NAMES:
        return None
    known = {each.lower(): each for each in sorted(named) if plain(each) != plain(name)}
    swapped = [each for each in sorted(known) if sorted(each) == sorted(name.lower())]
    found = swapped or get_close_matches(name.lower(), sorted(known), 1, cutoff)
    return known[found[0]] if found else None


def plain(name: str) -> str:
    """Give the letters and digits of a name in lower case."""
    return "".join(letter for letter in name.lower() if letter.isalnum())
