"""The root of all errors that bgsync raises on purpose: catch it to catch them all."""


class BgsyncError(Exception):
    """Something that the caller can mend: the message is one line with the cause, the place and the repair."""
