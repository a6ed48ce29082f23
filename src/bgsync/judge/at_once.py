"""Runs explorations whose results are not known yet, several at once where there are processors for it.

What explores is not even loaded where all results are known.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Sequence
from functools import partial
from threading import Event
from typing import Any

from bgsync.errors import place_of
from bgsync.judge.budget import Budget
from bgsync.judge.explorations import Cache, Exploration, Result
from bgsync.judge.pace import Tally
from bgsync.pauses import pausing
from bgsync.workers import uninterrupted, workers


def run_all(
    explorations: Sequence[Exploration], processes: int, budget: Budget, tally: Tally, cache: Cache | None = None
) -> list[Result]:
    """Run explorations, several at once if `processes` says so and the system can fork; the results are in order."""
    left = [exploration.left() for exploration in explorations]
    kept = [_known(one, cache) for one in left]
    known = {place: found for place, found in enumerate(kept) if found is not None}
    for found in known.values():
        tally.ended(_broken(found))
    new = [place for place in range(len(left)) if place not in known]
    for place, result in zip(new, _run_new([left[place] for place in new], processes, budget, tally), strict=True):
        known[place] = result
        if cache is not None:
            cache.keep(left[place], result)
    return [known[place] for place in range(len(left))]


def _known(exploration: Exploration, cache: Cache | None) -> Result | None:
    """Give what is known of an exploration before it is made."""
    if not exploration.properties:
        return Result((), (), frozenset(), False)
    return None if cache is None else cache.find(exploration)


def _run_new(explorations: Sequence[Exploration], processes: int, budget: Budget, tally: Tally) -> list[Result]:
    if not explorations:
        return []
    import multiprocessing

    import bgsync.judge.exploring  # noqa: F401  # once, before there are several processes that each would

    if processes < 2 or len(explorations) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return _one_by_one(explorations, budget, tally)
    import scipy.sparse.csgraph  # noqa: F401

    _shared[:] = explorations
    context = multiprocessing.get_context("fork")
    budget.share(context.Event())
    told, ready = context.SimpleQueue(), Event()
    results, failed = dict[int, Result](), list[BaseException]()
    many = min(processes, len(explorations))
    queue = Queue(explorations, many)

    def end(place: int, result: Result) -> None:
        results[place] = result
        ready.set()

    def fail(error: BaseException) -> None:
        failed.append(error)
        ready.set()

    with workers(many, _begin, told, budget) as pool:
        counted = begun = 0
        while len(results) < len(explorations):
            try:
                while begun < min(len(explorations), len(results) + many):
                    with uninterrupted():  # what is taken from the queue is begun
                        place, begun = queue.next(results), begun + 1
                        pool.apply_async(_run, (place,), callback=partial(end, place), error_callback=fail)
                while not told.empty():
                    tally(told.get())
                for result in list(results.values())[counted:]:
                    counted += 1
                    tally.ended(_broken(result))
                tally()
                ready.wait(0.1)
                ready.clear()
            except KeyboardInterrupt:
                budget.stop()
            if failed:
                raise failed[0]
    return [results[place] for place in range(len(explorations))]


def _one_by_one(explorations: Sequence[Exploration], budget: Budget, tally: Tally) -> list[Result]:
    from bgsync.judge.exploring import run

    results, interrupted = dict[int, Result](), False
    queue = Queue(explorations, 1)
    for place in (queue.next(results) for _ in explorations):
        results[place] = result = (
            Result((), (), frozenset(), True) if interrupted else run(explorations[place], budget, tally)
        )
        interrupted |= result.interrupted
        try:
            tally.ended(_broken(result))
        except KeyboardInterrupt:
            interrupted = True
    return [results[place] for place in range(len(explorations))]


class Queue:
    """The order in which explorations begin.

    The small ones come first, so that all environments are looked at in any time. But one of several processes begins
    with a large one, and always has one. Of those of one environment the last comes first, since a monitor for a
    message, which stands last, has most to remember.
    """

    def __init__(self, explorations: Sequence[Exploration], processes: int) -> None:
        large = [exploration.scenario.granularity == "step" for exploration in explorations]
        self._small = deque(place for place, is_large in enumerate(large) if not is_large)
        environments = {one.scenario.adversities: place for place, one in reversed(list(enumerate(explorations)))}
        places = (place for place, is_large in enumerate(large) if is_large)
        self._large = deque(
            sorted(places, key=lambda place: (environments[explorations[place].scenario.adversities], -place))
        )
        self._processes, self._running = processes, -1

    def next(self, ended: Container[int]) -> int:
        """Give the place of the next exploration, where these have ended of those that it gave."""
        has_large = self._running >= 0 and self._running not in ended
        if self._small and (self._processes < 2 or not self._large or has_large):
            return self._small.popleft()
        self._running = self._large.popleft()
        return self._running


def _broken(result: Result) -> tuple[str, ...]:
    return tuple(verdict.property for verdict in result.verdicts if verdict.verdict == "violated")


_shared: list[Exploration] = []
_worker: list[Any] = []


def _begin(told: Any, budget: Budget) -> None:
    _worker[:] = told, budget


def _run(place: int) -> Result:
    from bgsync.judge.exploring import run

    told, budget = _worker
    try:
        with pausing(None):  # not as in the process that this one is a copy of
            return run(_shared[place], budget, told.put)
    except Exception as error:
        error.add_note(place_of(error))  # its traceback stays in this process
        raise
