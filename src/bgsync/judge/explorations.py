"""Explores one scenario and judges every property in it; several of them at once where there are processors for it."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from bgsync.judge.budget import Budget
from bgsync.judge.lassos import Search
from bgsync.judge.pace import Pace
from bgsync.judge.products import WatchedProduct, is_proved, premise_met, watch_product
from bgsync.judge.property import Liveness, Property, Safety
from bgsync.judge.replay import Rejected, Replay, moves, replay_lasso, replay_safety
from bgsync.judge.trace import tell
from bgsync.judge.verdict import Explored, Location, Trace, TraceStep, Verdict
from bgsync.judge.walks import Walked, Walks, walk
from bgsync.judge.watch import Watched, full_id, watch
from bgsync.language import FireFunctionalEvent, HandleFunctionalEvent
from bgsync.product.component import NotSeparableError
from bgsync.product.resources import NOTHING_ELSE, Resources
from bgsync.product.traces import NoRunError
from bgsync.system.scenario import Scenario
from bgsync.system.system import System
from bgsync.tables import TableGraph, Tables

Progress = Callable[[str, int, int, str], None]
"""Called with what is explored, the states found, the depth or the rounds done, and how far that is, in words."""

Step = Callable[..., None]
"""Called on the way with the states found, the depth, and how many are left to do, or pages of a product (`pages`)."""

TRIES = 20
"""How many lassos are replayed before the search for one that holds is given up."""


REDUCTIONS = frozenset({"symmetry", "bisimulation"})
"""What makes the product of several tags smaller, and changes no verdict."""

EVERY = 0.1
"""How many seconds lie between two calls of `progress`."""


@dataclass(frozen=True)
class Exploration:
    """What is to be explored: a scenario, the properties judged in it, and how many states are looked at.

    With `again`, and if something is inconclusive, it is explored a second time up to that limit.
    """

    scenario: Scenario
    properties: tuple[Property, ...]
    limit: int | None
    again: bool = False
    further: int | None = None
    """The limit of the second time."""
    resources: Resources = NOTHING_ELSE
    walks: Walks | None = None
    """Random walks, instead of looking at every state."""
    reductions: frozenset[str] = REDUCTIONS


@dataclass(frozen=True)
class Outcome:
    """What an exploration gave."""

    verdicts: tuple[Verdict, ...]
    explored: tuple[Explored, ...]
    ran: frozenset[int]
    """The instructions that some behaviour reached."""
    interrupted: bool


def run_all(
    explorations: Sequence[Exploration], processes: int, budget: Budget, progress: Progress | None
) -> list[Outcome]:
    """Run explorations, several at once if `processes` says so and the system can fork; the results are in order."""
    if processes < 2 or len(explorations) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return list(_one_by_one(explorations, budget, progress))
    _shared[:] = explorations
    context = multiprocessing.get_context("fork")
    budget.share(context.Event())
    told = context.SimpleQueue()
    with context.Pool(min(processes, len(explorations)), _begin, (told, budget)) as pool:
        waiting = [pool.apply_async(_run, (place,)) for place in range(len(explorations))]
        while not all(result.ready() for result in waiting):
            try:
                next(result for result in waiting if not result.ready()).wait(0.1)
                while not told.empty():
                    one = told.get()
                    if progress is not None:
                        progress(*one)
            except KeyboardInterrupt:
                budget.stop()
            except StopIteration:
                break
        return [result.get() for result in waiting]


def _one_by_one(explorations: Sequence[Exploration], budget: Budget, progress: Progress | None) -> Iterator[Outcome]:
    interrupted = False
    for one in explorations:
        outcome = Outcome((), (), frozenset(), True) if interrupted else run(one, budget, progress)
        interrupted |= outcome.interrupted
        yield outcome


_shared: list[Exploration] = []
_worker: list[Any] = []


def _begin(told: Any, budget: Budget) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it and says so
    _worker[:] = told, budget


def _run(place: int) -> Outcome:
    told, budget = _worker
    return run(_shared[place], budget, lambda *news: told.put(news))


def run(exploration: Exploration, budget: Budget, progress: Progress | None) -> Outcome:
    """Run one exploration."""
    first = _run_once(exploration, exploration.limit, budget, progress)
    unsure = any(verdict.verdict == "inconclusive" for verdict in first.verdicts)
    if not exploration.again or not unsure or first.interrupted:
        return first
    second = _run_once(exploration, exploration.further, budget, progress)
    return replace(second, explored=first.explored + second.explored, ran=first.ran | second.ran)


def _run_once(exploration: Exploration, limit: int | None, budget: Budget, progress: Progress | None) -> Outcome:
    began = time.perf_counter()
    scenario = exploration.scenario
    told = " ".join((scenario.granularity, *scenario.adversities))
    said = began

    walks = exploration.walks
    pace = Pace(limit, None if walks is None else walks.many)

    def step(states: int, depth: int, left: int, pages: bool = False) -> None:
        nonlocal said
        budget.check()
        if progress is not None and time.perf_counter() - said > EVERY:
            said = time.perf_counter()
            progress(told, states, depth, pace.told(states, depth, left, pages=pages))

    safety = [prop for prop in exploration.properties if isinstance(prop, Safety)]
    liveness = [prop for prop in exploration.properties if isinstance(prop, Liveness)]
    if walks is not None:
        return _walked(exploration, walk(System(scenario), safety, walks, progress=step), budget, began)
    watched = _watched(exploration, limit, step)
    most = limit if limit is not None or isinstance(watched, WatchedProduct) else LIMIT
    stopped = not watched.complete and not watched.pools and (most is None or watched.states < most)
    interrupted = stopped and not budget.spent
    verdicts: list[Verdict] = []
    cut = limit != exploration.further and not exploration.again
    why = budget.spent or _unfinished(watched) + ("; --property with this id alone explores all" if cut else "")
    try:
        for prop in safety:
            verdicts += _safety(watched, prop, why)
        if isinstance(watched, WatchedProduct):
            verdicts += _liveness_of_product(watched, liveness, limit, step, budget.spent)
        elif liveness:
            search = Search(watched)
            verdicts += [_liveness(search, prop, scenario, why) for prop in liveness]
    except KeyboardInterrupt:
        interrupted = True
    seconds = time.perf_counter() - began
    size = watched.states, watched.transitions
    minimised = isinstance(watched, WatchedProduct) and "bisimulation" in exploration.reductions
    explored = Explored(
        scenario.granularity, scenario.adversities, scenario.monitor, *size, seconds, watched.complete, minimised
    )
    named = tuple(replace(verdict, granularity=scenario.granularity) for verdict in verdicts)
    return Outcome(named, (explored,), frozenset(watched.ran), interrupted)


def _walked(exploration: Exploration, walked: Walked, budget: Budget, began: float) -> Outcome:
    """Judge what random walks came to: some of it is broken, of all else nothing is known."""
    scenario, why = exploration.scenario, "; ".join(filter(None, (budget.spent, walked.covered)))
    verdicts = list[Verdict]()
    for prop in exploration.properties:
        if isinstance(prop, Safety):
            verdicts += _safety(walked, prop, why)
        else:
            verdicts.append(
                Verdict(_part(prop, scenario), "inconclusive", message="random walks do not go on for ever")
            )
    size, seconds = (walked.states, walked.transitions), time.perf_counter() - began
    explored = Explored(scenario.granularity, scenario.adversities, scenario.monitor, *size, seconds, False)
    named = tuple(replace(verdict, granularity=scenario.granularity) for verdict in verdicts)
    return Outcome(named, (explored,), frozenset(walked.ran), walked.interrupted and not budget.spent)


LIMIT = 300_000
"""How many states are explored one by one, where the question does not say; a product has no such limit."""


def _watched(exploration: Exploration, limit: int | None, step: Step) -> Watched | WatchedProduct:
    """Explore a scenario: several tags by their product, where they are separable."""
    scenario, properties = exploration.scenario, exploration.properties
    system = System(scenario)
    if scenario.tags > 1:
        try:
            return watch_product(
                system,
                properties,
                minimise="bisimulation" in exploration.reductions,
                symmetry="symmetry" in exploration.reductions,
                limit=limit,
                progress=partial(step, pages=True),
                resources=exploration.resources,
            )
        except NotSeparableError:
            system = System(scenario)
        except KeyboardInterrupt:  # before the first state of the product, or after the last one
            nothing = Watched(system, TableGraph(Tables(system)))
            nothing.graph.complete = False
            return nothing
    safety = [prop for prop in properties if isinstance(prop, Safety)]
    return watch(system, safety, limit=LIMIT if limit is None else limit, progress=step)


def _safety(watched: Watched | WatchedProduct | Walked, safety: Safety, why: str) -> Iterable[Verdict]:
    system = watched.system
    for name in dict.fromkeys(full_id(safety.id, part) for part in safety.expected(system)):
        breach = watched.breaches.get(name)
        if breach is not None:
            try:
                replay = replay_safety(system.scenario, moves(system, watched.path(name)), safety, name)
            except (Rejected, NoRunError) as reason:
                yield Verdict(name, "inconclusive", message=f"{breach.message}; but on replay: {reason}")
                continue
            trace = tell(replay)
            yield Verdict(name, "violated", None, (), breach.message, tuple(_locations(replay, trace)), trace)
        elif not watched.complete:
            yield Verdict(name, "inconclusive", message=why)
        elif name in watched.met:
            yield Verdict(name, "holds")
        elif safety.unseen is not None:
            yield Verdict(name, "violated", "structure", message=safety.unseen)
        else:
            yield Verdict(name, "vacuous", message="its premise never occurs")


def _liveness(search: Search, liveness: Liveness, scenario: Scenario, why: str) -> Verdict:
    """Judge a liveness property; what is found is replayed in `scenario`, which may have more tags."""
    watched, system = search.watched, search.system
    name = _part(liveness, system.scenario)
    reason: Rejected | None = None
    for lasso in islice(search.lassos(liveness), TRIES):
        stem, loop = (moves(system, [step for _, step, _ in part]) for part in (lasso.stem, lasso.loop))
        try:
            trace = tell(*replay_lasso(scenario, stem, loop, liveness, lasso.owed))
        except Rejected as rejected:
            reason = reason or rejected
            continue
        message = f"in an endless fair run this never happens: {liveness.sentence[0].lower()}{liveness.sentence[1:]}"
        if liveness.needs is not None:
            message = f"an endless fair run breaks it: {liveness.sentence}"
        return Verdict(name, "violated", None, (), message, tuple(_trace_locations(trace)), trace)
    if reason is not None:
        return Verdict(name, "inconclusive", message=f"a lasso was found; but on replay: {reason}")
    if not watched.complete:
        return Verdict(name, "inconclusive", message=why)
    met = search.premise_met(liveness)
    return Verdict(name, "holds" if met else "vacuous", message="" if met else "its premise never occurs")


def _liveness_of_product(
    watched: WatchedProduct,
    properties: Sequence[Liveness],
    limit: int | None,
    step: Step,
    spent: str,
) -> Iterator[Verdict]:
    """Judge liveness of several tags: by a proof, by what one tag does by itself, or by the whole, up to a limit."""
    scenario, left = watched.system.scenario, list[Liveness]()
    for prop in properties:
        if not is_proved(watched, prop):
            left.append(prop)
        elif premise_met(watched, prop):
            yield Verdict(_part(prop, scenario), "holds")
        else:
            yield Verdict(_part(prop, scenario), "vacuous", message="its premise never occurs")
    single = replace(scenario, tags=1) if left else scenario
    for one in (single, scenario) if left else ():
        search = Search(watch(System(one), [], limit=limit or LIMIT, progress=step))
        verdicts = [_liveness(search, prop, scenario, spent or _unfinished(search.watched)) for prop in left]
        found = [v.verdict == "violated" or one is scenario for v in verdicts]
        yield from (verdict for verdict, yes in zip(verdicts, found, strict=True) if yes)
        left = [prop for prop, yes in zip(left, found, strict=True) if not yes]
        if not left:
            return


def _unfinished(watched: Watched | WatchedProduct) -> str:
    if watched.pools:
        return f"the pool is too small: {', '.join(sorted(watched.pools))}"
    return f"nothing found in the first {watched.states:,} states"


def _part(prop: Liveness, scenario: Scenario) -> str:
    return full_id(prop.id, dict(zip(prop.monitors, prop.parts, strict=True))[scenario.monitor])


FIRES = (FireFunctionalEvent, HandleFunctionalEvent)
"""The steps of a text that lead into another spec."""


def _locations(replay: Replay, trace: Trace) -> Iterator[Location]:
    """Give the step that breaks it; where that is one of another spec, after the step of the text that led there."""
    if replay.culprit is None:
        return
    spec, origin = replay.system.scenario.spec, replay.system.program.code[replay.culprit].origin
    own = {name for name, _ in spec.bodies()} - {spec.fire_functional_event and spec.fire_functional_event.name}
    if origin.algorithm not in own:
        fires = {(o.algorithm, o.step) for st in spec.statements() if isinstance(st, FIRES) and (o := st.origin)}
        before = [step for step in trace.steps if step.algorithm in own]
        firing = [step for step in before if (step.algorithm, step.step) in fires]
        yield from _places((firing or before)[-1:])
    yield Location(origin.file, origin.line, origin.column, origin.algorithm, origin.step)


def _trace_locations(trace: Trace) -> Iterator[Location]:
    """Give the last step of the text that is taken before the loop, or in it."""
    yield from _places([step for step in trace.steps[: trace.loop] or trace.steps if step.step][-1:])


def _places(steps: Sequence[TraceStep]) -> Iterator[Location]:
    return (Location(step.file, step.line, 1, step.algorithm, step.step) for step in steps)
