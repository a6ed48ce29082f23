"""Processes that work for this one end with it, and an interrupt waits for what belongs together."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bgsync.workers import uninterrupted, workers


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@uninterrupted()
def interrupted(done: list[str], error: Exception | None = None) -> None:
    interrupt()
    done.append("all of it")
    if error is not None:
        raise error


def test_an_interrupt_comes_after_the_block() -> None:
    done = list[str]()
    with pytest.raises(KeyboardInterrupt):
        interrupted(done)
    assert done == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_it_is_not_lost_where_the_block_fails() -> None:
    with pytest.raises(KeyboardInterrupt) as raised:
        interrupted([], ValueError())
    assert isinstance(raised.value.__context__, ValueError)


def test_another_thread_is_not_interrupted_and_changes_nothing() -> None:
    def handler() -> object:
        with uninterrupted():
            return signal.getsignal(signal.SIGINT)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(handler).result() is signal.default_int_handler


@pytest.fixture
def sigterm_in_python() -> Iterator[None]:
    known = signal.signal(signal.SIGTERM, lambda number, frame: None)
    yield
    signal.signal(signal.SIGTERM, known)


def heard() -> list[object]:
    return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


@pytest.mark.usefixtures("sigterm_in_python")
def test_workers_end_whatever_the_program_does_about_sigterm() -> None:
    with workers(2) as pool:
        assert pool.apply(heard) == [signal.SIG_IGN, signal.SIG_DFL]
        processes = list(pool._pool)  # type: ignore[attr-defined]
    assert all(not each.is_alive() for each in processes)
