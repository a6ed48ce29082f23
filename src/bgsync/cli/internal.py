"""What is said where bgsync itself is wrong, and not what it was given."""

import os
import sys
import traceback
from typing import NoReturn

from bgsync.cli.out import say
from bgsync.errors import place_of

STATUS = 70
"""The exit status: an internal error, as in sysexits.h; never that of something violated."""

TRACEBACK = "BGSYNC_TRACEBACK"
"""The variable of the environment that asks for the traceback."""


def fail_inside(error: Exception) -> NoReturn:
    """End with one line: what went wrong, where in bgsync, at which step of the text, and how to report it."""
    told_inside(error)
    sys.exit(STATUS)


def told_inside(error: Exception) -> None:
    """Say so, and go on."""
    if os.environ.get(TRACEBACK):
        traceback.print_exception(error)
    said = " ".join(str(error).split())
    notes = [" ".join(note.split()) for note in getattr(error, "__notes__", ())]
    placed = notes if any(note.startswith("in ") for note in notes) else [place_of(error), *notes]
    parts = [f"internal error: {type(error).__name__}{said and f': {said}'}", *filter(None, placed)]
    repair = f"bgsync is wrong here, not its input: please report this line and the text; {TRACEBACK}=1 shows more"
    say(f"{', '.join(parts)}; {repair}", err=True)
