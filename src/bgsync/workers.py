"""Processes that work for this one: a pool of them is there as a whole, or not at all."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.pool import Pool


@contextmanager
def workers(many: int, begin: Callable[..., None] | None = None, *given: Any) -> Iterator[Pool]:
    """Give a pool of forked processes, each of which begins with `begin(*given)`; it ends with the block.

    An interrupt that comes while it is made, or ended, comes after that. Nobody would end the processes of a pool that
    was not handed over, and its thread makes another one for each that ends: the program would wait for them for ever.
    """
    import multiprocessing

    with ExitStack() as stack:
        with uninterrupted():
            pool = multiprocessing.get_context("fork").Pool(many, _begin, (begin, *given))
            stack.callback(_ended, pool)
        yield pool


def _begin(begin: Callable[..., None] | None, *given: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who this one works for hears it and says so
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # by which a pool is ended
    if begin is not None:
        begin(*given)


def _ended(pool: Pool) -> None:
    with uninterrupted():
        pool.terminate()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Have Ctrl-C and SIGTERM, where something in Python is done about them, come after this block, however it ends."""
    in_python = dict[int, Any]()
    if threading.current_thread() is threading.main_thread():  # else they interrupt another one
        heard = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        in_python = {number: handler for number, handler in heard.items() if callable(handler)}
    came = list[int]()
    for number in in_python:
        signal.signal(number, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        for number, handler in in_python.items():
            signal.signal(number, handler)
        for number in dict.fromkeys(came):
            signal.raise_signal(number)
