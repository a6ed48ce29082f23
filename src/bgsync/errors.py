"""The root of all errors that bgsync raises on purpose, and where in bgsync an error of its own arose."""

import traceback
from pathlib import Path

_PACKAGE = Path(__file__).parent


class BgsyncError(Exception):
    """Something that the caller can mend: the message is one line with the cause, the place and the repair."""


def place_of(error: BaseException) -> str:
    """Say which line of bgsync an exception comes from, as deep as bgsync goes; "" where it comes from none."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _PACKAGE in Path(frame.filename).parents]
    return f"in {Path(ours[-1].filename).relative_to(_PACKAGE.parent).as_posix()}:{ours[-1].lineno}" if ours else ""
