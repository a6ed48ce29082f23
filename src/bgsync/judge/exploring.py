"""Explores one scenario, and judges every property in it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bgsync.judge.budget import Budget, SpentError
from bgsync.judge.decide import Tick, liveness_of_product, liveness_verdicts, safety_verdicts, unfinished
from bgsync.judge.evidence import Evidence
from bgsync.judge.explorations import LIMIT, Exploration, Result
from bgsync.judge.pace import Far, Pace, Progress
from bgsync.judge.property import Liveness, Safety, ids
from bgsync.judge.verdict import Explored, Verdict
from bgsync.judge.walks import Walked, walk
from bgsync.judge.whole import Watched, watch
from bgsync.pauses import pausing
from bgsync.system.system import System
from bgsync.tables import TableGraph, Tables

if TYPE_CHECKING:
    from bgsync.judge.product import WatchedProduct

EVERY = 0.1
"""How many seconds lie between two calls of `progress`."""


def run(exploration: Exploration, budget: Budget, progress: Progress | None) -> Result:
    """Run one exploration."""
    began, limit = time.perf_counter(), exploration.limit
    scenario = exploration.scenario
    told = " ".join((scenario.granularity, *scenario.adversities))
    said = began

    walks = exploration.effort.walks
    pace = Pace(limit, None if walks is None else walks.many)

    def step(states: int, depth: int, left: int, pages: bool = False) -> None:
        nonlocal said
        budget.check()
        if progress is not None and time.perf_counter() - said > EVERY:
            said = time.perf_counter()
            progress(Far(told, states, pace.told(states, depth, left, pages=pages)))

    safety = [prop for prop in exploration.properties if isinstance(prop, Safety)]
    liveness = [prop for prop in exploration.properties if isinstance(prop, Liveness)]
    if walks is not None:
        with pausing(budget.once):
            walked = walk(System(scenario), safety, walks, progress=step)
        return _walked(exploration, walked, budget, began)
    try:
        with pausing(budget.once):
            watched = _watched(exploration, limit, step)
    except KeyboardInterrupt as ended:  # before the first state, or after the last one
        return _nothing(exploration, ended, began)
    most = limit if limit is not None or not isinstance(watched, Watched) else LIMIT
    stopped = not watched.complete and not watched.pools and (most is None or watched.states < most)
    interrupted = stopped and not budget.spent
    why = budget.spent or unfinished(watched)

    def judged() -> Iterator[Verdict]:
        yield from safety_verdicts(watched, safety, why, exploration.settled)
        if not isinstance(watched, Watched):
            yield from liveness_of_product(watched, liveness, limit, step, budget.spent)
        elif liveness:
            if progress is not None:
                progress(Far(f"{told}, for runs without end", watched.states))
            yield from liveness_verdicts(watched, liveness, why, limit, step)

    first: Iterable[Verdict] = ()  # where little time is left, not all causes may be found in it
    if stopped:
        first = safety_verdicts(watched, safety, why, exploration.settled, all_causes=False)
    verdicts, left = _collected(exploration, watched, first, judged(), budget)
    interrupted = interrupted or left
    seconds = time.perf_counter() - began
    size = watched.states, watched.transitions
    minimised = not isinstance(watched, Watched) and "bisimulation" in exploration.effort.reductions
    explored = Explored(
        scenario.granularity, scenario.adversities, scenario.monitor.name, *size, seconds, watched.complete, minimised
    )
    return Result(_named(exploration, verdicts), (explored,), frozenset(watched.ran), interrupted, bool(budget.spent))


def _nothing(exploration: Exploration, ended: KeyboardInterrupt, began: float) -> Result:
    """Give what an exploration comes to whose states were lost when it was stopped: nothing is decided."""
    scenario, spent = exploration.scenario, isinstance(ended, SpentError)
    why = f"{ended}" or "interrupted before it was judged"
    with pausing(None):
        system = System(scenario)
        names = dict.fromkeys(name for prop in exploration.properties for name in ids(prop, system))
    open_ = [Verdict(name, "inconclusive", message=why) for name in names if name not in exploration.settled]
    lasted = time.perf_counter() - began
    explored = Explored(scenario.granularity, scenario.adversities, scenario.monitor.name, 0, 0, lasted, False)
    return Result(_named(exploration, open_), (explored,), frozenset(), not spent, spent)


def _collected(
    exploration: Exploration, found: Evidence, first: Iterable[Verdict], judged: Iterable[Verdict], budget: Budget
) -> tuple[list[Verdict], bool]:
    """Collect verdicts, and say whether the user interrupted it. What there was no time to judge is inconclusive.

    Of what comes `first` that counts on which there was no time for more.
    """
    verdicts, at_first = list[Verdict](), dict[str, Verdict]()
    try:
        with pausing(budget.finish):
            for verdict in first:
                at_first[verdict.property] = verdict
            for verdict in judged:
                verdicts.append(verdict)  # what was judged before an interruption is kept
    except KeyboardInterrupt as stopped:
        why = f"{stopped}" or "interrupted before it was judged"
        told = exploration.settled.union(verdict.property for verdict in verdicts)
        for name in (name for prop in exploration.properties for name in ids(prop, found.system) if name not in told):
            breach = found.breaches.get(name)
            seen = "" if breach is None else f"{breach.message}, it seems; but there was no time to confirm it: "
            verdicts.append(at_first.get(name) or Verdict(name, "inconclusive", message=f"{seen}{why}"))
        return verdicts, not isinstance(stopped, SpentError)
    return verdicts, False


def _walked(exploration: Exploration, walked: Walked, budget: Budget, began: float) -> Result:
    """Judge what random walks came to: some of it is broken, of all else nothing is known."""
    scenario, why = exploration.scenario, "; ".join(filter(None, (budget.spent, walked.covered)))

    def judged() -> Iterator[Verdict]:
        for prop in exploration.properties:
            if isinstance(prop, Safety):
                yield from safety_verdicts(walked, [prop], why, exploration.settled)
            else:
                (name,) = ids(prop, walked.system)
                yield Verdict(name, "inconclusive", message="random walks do not go on for ever")

    verdicts, left = _collected(exploration, walked, (), judged(), budget)
    size, seconds = (walked.states, walked.transitions), time.perf_counter() - began
    explored = Explored(scenario.granularity, scenario.adversities, scenario.monitor.name, *size, seconds, False)
    stopped = left or (walked.interrupted and not budget.spent)
    return Result(_named(exploration, verdicts), (explored,), frozenset(walked.ran), stopped)


def _named(exploration: Exploration, verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    granularity = exploration.scenario.granularity
    named = ([replace(one, granularity=granularity) for one in verdict.findings()] for verdict in verdicts)
    return tuple(replace(first, others=tuple(others)) for first, *others in named)


def _watched(exploration: Exploration, limit: int | None, step: Tick) -> Watched | WatchedProduct:
    """Explore a scenario: several tags by their product, where they are separable."""
    scenario, properties = exploration.scenario, exploration.properties
    system = System(scenario)
    if scenario.tags > 1:
        from bgsync.judge.product import watch_product
        from bgsync.product.component import NotSeparableError

        try:
            return watch_product(
                system,
                properties,
                minimise="bisimulation" in exploration.effort.reductions,
                symmetry="symmetry" in exploration.effort.reductions,
                limit=limit,
                progress=partial(step, pages=True),
                resources=exploration.effort.resources,
            )
        except NotSeparableError:
            system = System(scenario)
        except KeyboardInterrupt:  # before the first state of the product, or after the last one
            nothing = Watched(system, TableGraph(Tables(system)))
            nothing.graph.complete = False
            return nothing
    safety = [prop for prop in properties if isinstance(prop, Safety)]
    return watch(system, safety, limit=LIMIT if limit is None else limit, progress=step)
