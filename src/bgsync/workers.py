"""Processes that work for this one: a pool of them is there as a whole, or not at all."""

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.pool import Pool
from typing import Any


@contextmanager
def workers(many: int, begin: Callable[..., None], given: tuple[Any, ...] = ()) -> Iterator[Pool]:
    """Give a pool of forked processes, which ends with the block.

    An interrupt that comes while it is made, or ended, comes after that. Nobody would end the processes of a pool that
    was not handed over, and its thread makes another one for each that ends: the program would wait for them for ever.
    """
    with ExitStack() as stack:
        with uninterrupted():
            pool = multiprocessing.get_context("fork").Pool(many, begin, given)
            stack.callback(_ended, pool)
        yield pool


def _ended(pool: Pool) -> None:
    with uninterrupted():
        pool.terminate()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Have Ctrl-C and SIGTERM, where something in Python is done about them, come after this block."""
    heard = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    heard = {number: handler for number, handler in heard.items() if callable(handler)}
    if threading.current_thread() is not threading.main_thread():
        heard = {}  # signals are handled elsewhere
    came: list[int] = []
    for number in heard:
        signal.signal(number, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler)
    for each in came[:1]:
        signal.raise_signal(each)
