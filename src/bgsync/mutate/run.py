"""Judges mutants, several at once where there are processors for it; the outcomes come in the order of the mutants."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from bgsync.judge.budget import Budget
from bgsync.mutate.mutants import Mutant
from bgsync.mutate.outcomes import Outcome
from bgsync.mutate.trial import Trial
from bgsync.pauses import pausing


def judged(
    trial: Trial,
    mutants: Sequence[Mutant],
    processes: int,
    budget: Budget,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[Outcome, ...]:
    """Give the outcome of each mutant; `progress` is told how many are done. What a budget leaves is unfinished."""
    found: list[Outcome] = []
    for outcome in _outcomes(trial, mutants, processes, budget):
        found.append(replace(outcome, mutant=mutants[len(found)]))
        progress(len(found))
    return tuple(found)


def _outcomes(trial: Trial, mutants: Sequence[Mutant], processes: int, budget: Budget) -> Iterator[Outcome]:
    if processes < 2 or len(mutants) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from (_judge(trial, mutant, budget) for mutant in mutants)
        return
    context = multiprocessing.get_context("fork")
    budget.share(context.Event())
    _shared[:] = trial, mutants, budget
    with context.Pool(min(processes, len(mutants)), _begin) as pool:
        results = pool.imap(_run, range(len(mutants)))
        left = len(mutants)
        while left:
            try:
                outcome = results.next(0.2)
            except multiprocessing.TimeoutError:
                continue
            except KeyboardInterrupt:
                budget.stop()
                continue
            left -= 1
            yield outcome
    _shared.clear()


_shared: list[Any] = []


def _begin() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it and says so


def _run(place: int) -> Outcome:
    trial, mutants, budget = _shared
    outcome = _judge(trial, mutants[place], budget)
    return replace(outcome, mutant=replace(outcome.mutant, spec=None))  # the parent has it


def _judge(trial: Trial, mutant: Mutant, budget: Budget) -> Outcome:
    try:
        with pausing(budget.check):
            budget.check()
            return trial.judge(mutant)
    except KeyboardInterrupt:
        return Outcome(mutant, "unfinished", "")
