"""Explores one scenario and judges every property in it; several of them at once where there are processors for it."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol

from bgsync.errors import place_of
from bgsync.judge.budget import Budget, SpentError
from bgsync.judge.decide import LIMIT, Tick, ids, liveness_of_product, liveness_verdicts, safety_verdicts, unfinished
from bgsync.judge.evidence import Evidence
from bgsync.judge.pace import Far, Pace, Progress, Tally
from bgsync.judge.property import Liveness, Property, Safety
from bgsync.judge.verdict import Explored, Verdict
from bgsync.judge.walks import Walked, Walks, walk
from bgsync.judge.whole import Watched, watch
from bgsync.pauses import pausing
from bgsync.product.resources import NOTHING_ELSE, Resources
from bgsync.system.scenario import Scenario
from bgsync.system.system import System
from bgsync.tables import TableGraph, Tables

if TYPE_CHECKING:
    from bgsync.judge.product import WatchedProduct

REDUCTIONS = frozenset({"symmetry", "bisimulation"})
"""What makes the product of several tags smaller, and changes no verdict."""

EVERY = 0.1
"""How many seconds lie between two calls of `progress`."""


class Cache(Protocol):
    """Where what explorations gave is kept between runs."""

    def find(self, exploration: Exploration) -> Result | None:
        """Give what it gave before, None where that is not known."""

    def keep(self, exploration: Exploration, result: Result) -> None:
        """Keep what it gave."""


@dataclass(frozen=True)
class Effort:
    """How a question is answered, and how much may be looked at for it."""

    limit: int | None = None
    """How many states of each exploration are looked at."""
    processes: int = 1
    """How many explorations run at once."""
    resources: Resources = NOTHING_ELSE
    reductions: frozenset[str] = REDUCTIONS
    walks: Walks | None = None
    """Random walks, instead of looking at every state."""
    cache: Cache | None = None


@dataclass(frozen=True)
class Exploration:
    """What is to be explored: a scenario, the properties judged in it, and how many states are looked at."""

    scenario: Scenario
    properties: tuple[Property, ...]
    effort: Effort
    limit: int | None
    settled: frozenset[str] = frozenset()
    """The ids that need no verdict any more."""

    def left(self) -> Exploration:
        """Give it with those properties only that have an id which is not settled."""
        if not self.settled:
            return self
        system = System(self.scenario)
        kept = (prop for prop in self.properties if not self.settled.issuperset(ids(prop, system)))
        return replace(self, properties=tuple(kept))


@dataclass(frozen=True)
class Result:
    """What an exploration gave."""

    verdicts: tuple[Verdict, ...]
    explored: tuple[Explored, ...]
    ran: frozenset[int]
    """The instructions that some behaviour reached."""
    interrupted: bool
    spent: bool = False
    """Whether time or memory ended it: more of it would say more."""


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
    if processes < 2 or len(explorations) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return _one_by_one(explorations, budget, tally)
    import scipy.sparse.csgraph  # noqa: F401  # once, before there are several processes that each would

    _shared[:] = explorations
    context = multiprocessing.get_context("fork")
    budget.share(context.Event())
    told, ready = context.SimpleQueue(), Event()
    results, failed = dict[int, Result](), list[BaseException]()

    def end(place: int, result: Result) -> None:
        results[place] = result
        ready.set()

    def fail(error: BaseException) -> None:
        failed.append(error)
        ready.set()

    with context.Pool(min(processes, len(explorations)), _begin, (told, budget)) as pool:
        for place in range(len(explorations)):
            pool.apply_async(_run, (place,), callback=partial(end, place), error_callback=fail)
        counted = 0
        while len(results) < len(explorations):
            try:
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
    results, interrupted = list[Result](), False
    for one in explorations:
        results.append(Result((), (), frozenset(), True) if interrupted else run(one, budget, tally))
        interrupted |= results[-1].interrupted
        try:
            tally.ended(_broken(results[-1]))
        except KeyboardInterrupt:
            interrupted = True
    return results


def _broken(result: Result) -> tuple[str, ...]:
    return tuple(verdict.property for verdict in result.verdicts if verdict.verdict == "violated")


_shared: list[Exploration] = []
_worker: list[Any] = []


def _begin(told: Any, budget: Budget) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it and says so
    _worker[:] = told, budget


def _run(place: int) -> Result:
    told, budget = _worker
    try:
        with pausing(None):  # not as in the process that this one is a copy of
            return run(_shared[place], budget, told.put)
    except Exception as error:
        error.add_note(place_of(error))  # its traceback stays in this process
        raise


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
    with pausing(budget.once):
        watched = _watched(exploration, limit, step)
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

    verdicts, left = _collected(exploration, watched, judged(), budget)
    interrupted = interrupted or left
    seconds = time.perf_counter() - began
    size = watched.states, watched.transitions
    minimised = not isinstance(watched, Watched) and "bisimulation" in exploration.effort.reductions
    explored = Explored(
        scenario.granularity, scenario.adversities, scenario.monitor.name, *size, seconds, watched.complete, minimised
    )
    return Result(_named(exploration, verdicts), (explored,), frozenset(watched.ran), interrupted, bool(budget.spent))


def _collected(
    exploration: Exploration, found: Evidence, judged: Iterable[Verdict], budget: Budget
) -> tuple[list[Verdict], bool]:
    """Collect verdicts, and say whether the user interrupted it. What there was no time to judge is inconclusive."""
    verdicts = list[Verdict]()
    try:
        with pausing(budget.finish):
            for verdict in judged:
                verdicts.append(verdict)  # what was judged before an interruption is kept
    except KeyboardInterrupt as stopped:
        why = f"{stopped}" or "interrupted before it was judged"
        told = exploration.settled.union(verdict.property for verdict in verdicts)
        for name in (name for prop in exploration.properties for name in ids(prop, found.system) if name not in told):
            breach = found.breaches.get(name)
            seen = "" if breach is None else f"{breach.message}, it seems; but there was no time to confirm it: "
            verdicts.append(Verdict(name, "inconclusive", message=f"{seen}{why}"))
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

    verdicts, left = _collected(exploration, walked, judged(), budget)
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
