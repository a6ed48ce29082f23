"""Judges mutants, several at once where there are processors for it; the outcomes come in the order of the mutants."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from bgsync.judge.budget import Budget
from bgsync.mutate.mutants import Mutant
from bgsync.mutate.outcomes import Outcome
from bgsync.mutate.trial import Trial
from bgsync.pauses import pausing
from bgsync.workers import uninterrupted, workers

T = TypeVar("T")


def judged(
    trial: Trial,
    mutants: Sequence[Mutant],
    processes: int,
    budget: Budget,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[Outcome, ...]:
    """Give the outcome of each mutant; `progress` is told how many are done. What a budget leaves is unfinished."""
    found: list[Outcome] = []
    for outcome in of_each(trial.judge, mutants, processes, budget):
        mutant = mutants[len(found)]
        found.append(Outcome(mutant, "unfinished", "") if outcome is None else replace(outcome, mutant=mutant))
        progress(len(found))
    return tuple(found)


def of_each(
    judge: Callable[[Mutant], T], mutants: Sequence[Mutant], processes: int, budget: Budget
) -> Iterator[T | None]:
    """Give what is found of each mutant, in their order; None where a budget, or the user, ended it before."""
    if processes < 2 or len(mutants) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from (_judge(judge, mutant, budget) for mutant in mutants)
        return
    context = multiprocessing.get_context("fork")
    budget.share(context.Event())
    _shared[:] = judge, mutants, budget
    with workers(min(processes, len(mutants))) as pool:
        results = pool.imap(_run, range(len(mutants)))
        left = len(mutants)
        while left:
            found = list[T | None]()
            try:
                with uninterrupted():  # what has come is not lost
                    found.append(results.next(0.2))
            except multiprocessing.TimeoutError:
                pass
            except KeyboardInterrupt:
                budget.stop()
            left -= len(found)
            yield from found
    _shared.clear()


_shared: list[Any] = []


def _run(place: int) -> Any:
    judge, mutants, budget = _shared
    return _judge(judge, mutants[place], budget)


def _judge(judge: Callable[[Mutant], T], mutant: Mutant, budget: Budget) -> T | None:
    try:
        with pausing(budget.check):
            budget.check()
            return judge(mutant)
    except KeyboardInterrupt:
        return None
