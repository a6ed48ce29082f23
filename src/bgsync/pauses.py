"""Pauses in what takes long, in which whoever waits for it may end it.

Whatever may take long calls `pause` again and again, in every room. What that does says who started the work: it
raises KeyboardInterrupt when the work is to end. Nothing else depends on it, and a pause changes no result.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_told: ContextVar[Callable[[], None] | None] = ContextVar("told", default=None)


def pause() -> None:
    """Let whoever waits end what is done here, by KeyboardInterrupt."""
    told = _told.get()
    if told is not None:
        told()


@contextmanager
def pausing(told: Callable[[], None] | None) -> Iterator[None]:
    """Have every pause in this block call `told`."""
    before = _told.set(told)
    try:
        yield
    finally:
        _told.reset(before)
