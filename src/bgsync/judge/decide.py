"""Decides properties in what was explored, and replays what breaks them before it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from bgsync.judge.evidence import Evidence
from bgsync.judge.facts import Chosen
from bgsync.judge.lassos import Search
from bgsync.judge.property import Liveness, Property, Safety
from bgsync.judge.replay import Rejected, Replay, moves, replay_lasso, replay_safety
from bgsync.judge.suppositions import READINGS, VARYING
from bgsync.judge.trace import tell
from bgsync.judge.verdict import Location, Trace, TraceStep, Verdict
from bgsync.judge.whole import Watched, full_id, watch
from bgsync.language import FireEvent, HandleEvent
from bgsync.system.scenario import Scenario
from bgsync.system.system import System

if TYPE_CHECKING:
    from bgsync.judge.product import WatchedProduct

Tick = Callable[..., None]
"""Called on the way with the states found, the depth, and how many are left to do, or pages of a product (`pages`)."""

TRIES = 20
"""How many lassos are replayed before the search for one that holds is given up."""

LIMIT = 300_000
"""How many states are explored one by one, where the question does not say; a product has no such limit."""


def safety_verdicts(found: Evidence, prop: Safety, why: str, settled: frozenset[str]) -> Iterator[Verdict]:
    """Judge a safety property, but for the ids that are settled; a breach is replayed. `why` nothing else is known."""
    system = found.system
    for name in ids(prop, system):
        if name in settled:
            continue
        breach = found.breaches.get(name)
        if breach is not None:
            try:
                replay = replay_safety(system.scenario, moves(system, found.path(name)), prop, name)
            except Rejected as reason:
                yield Verdict(name, "inconclusive", message=f"{breach.message}; but on replay: {reason}")
                continue
            trace = tell(replay)
            yield Verdict(name, "violated", None, (), breach.message, tuple(_locations(replay, trace)), trace)
        elif not found.complete:
            yield Verdict(name, "inconclusive", message=why)
        elif name in found.met:
            yield Verdict(name, "holds")
        elif prop.unseen is not None:
            yield Verdict(name, "violated", "structure", message=prop.unseen)
        else:
            yield Verdict(name, "vacuous", message="its premise never occurs")


def liveness_verdict(search: Search, liveness: Liveness, scenario: Scenario, why: str) -> Verdict:
    """Judge a liveness property; what is found is replayed in `scenario`, which may have more tags."""
    watched, system = search.watched, search.system
    name = _part(liveness, system.scenario)
    trace, reason = _broken(search, liveness, scenario, READINGS)
    if trace is not None:
        message = f"in an endless fair run this never happens: {liveness.sentence[0].lower()}{liveness.sentence[1:]}"
        if liveness.needs is not None:
            message = f"an endless fair run breaks it: {liveness.sentence}"
        return Verdict(name, "violated", None, (), message, tuple(_trace_locations(trace)), trace)
    if reason is not None:
        return Verdict(name, "inconclusive", message=f"a lasso was found; but on replay: {reason}")
    if not watched.complete:
        return Verdict(name, "inconclusive", message=why)
    if VARYING in search.suppositions.readings:
        trace, reason = _broken(search, liveness, scenario, READINGS - {VARYING})
        if trace is not None:
            return Verdict(name, "conditional", message=_rests_on(trace))
        if reason is not None:
            return Verdict(name, "inconclusive", message=f"a lasso was found; but on replay: {reason}")
    met = search.premise_met(liveness)
    return Verdict(name, "holds" if met else "vacuous", message="" if met else "its premise never occurs")


def _broken(
    search: Search, liveness: Liveness, scenario: Scenario, assumed: frozenset[str]
) -> tuple[Trace | None, Rejected | None]:
    """Give the trace of a lasso that is fair by these readings and breaks a property, or why none was confirmed."""
    reason: Rejected | None = None
    for lasso in islice(search.lassos(liveness, assumed), TRIES):
        stem, loop = (moves(search.system, [step for _, step, _ in part]) for part in (lasso.stem, lasso.loop))
        try:
            return tell(*replay_lasso(scenario, stem, loop, liveness, lasso.owed, assumed)), None
        except Rejected as rejected:
            reason = reason or rejected
    return None, reason


def _rests_on(trace: Trace) -> str:
    """Say which conditions must not stay the same for ever, for the run to be none that is fair."""
    loop = trace.steps[trace.loop or 0 :]
    told = dict.fromkeys(change.name for step in loop for change in step.changes if isinstance(change, Chosen))
    words = "; ".join(told) or "what is not followed"
    return f"by the reading `{VARYING}`: this does not stay the same for ever: {words}"


def liveness_verdicts(
    watched: Watched, properties: Sequence[Liveness], why: str, limit: int | None, step: Tick
) -> Iterator[Verdict]:
    """Judge liveness in what was explored; where that is not all of several tags, in what one tag does by itself, too.

    What breaks a property there, and again on replay with all tags, breaks it.
    """
    search, scenario = Search(watched), watched.system.scenario
    verdicts = [liveness_verdict(search, prop, scenario, why) for prop in properties]
    unsure = [prop for prop, verdict in zip(properties, verdicts, strict=True) if verdict.verdict == "inconclusive"]
    alone = _broken_by_one_tag(scenario, unsure, limit, step) if scenario.tags > 1 else {}
    yield from (alone.get(verdict.property, verdict) for verdict in verdicts)


def _broken_by_one_tag(
    scenario: Scenario, properties: Sequence[Liveness], limit: int | None, step: Tick
) -> dict[str, Verdict]:
    """Give the verdicts on what one tag breaks by itself, and again on replay with all tags."""
    if not properties:
        return {}
    search = Search(
        watch(
            System(replace(scenario, bounds=replace(scenario.bounds, tags=1))), [], limit=limit or LIMIT, progress=step
        )
    )
    verdicts = (liveness_verdict(search, prop, scenario, "") for prop in properties)
    return {verdict.property: verdict for verdict in verdicts if verdict.verdict == "violated"}


def liveness_of_product(
    watched: WatchedProduct,
    properties: Sequence[Liveness],
    limit: int | None,
    step: Tick,
    spent: str,
) -> Iterator[Verdict]:
    """Judge liveness of several tags: by a proof, by what one tag does by itself, or by the whole, up to a limit."""
    from bgsync.judge.product import is_proved, premise_met

    scenario, left = watched.system.scenario, list[Liveness]()
    for prop in properties:
        if not is_proved(watched, prop):
            left.append(prop)
        elif premise_met(watched, prop):
            yield Verdict(_part(prop, scenario), "holds")
        else:
            yield Verdict(_part(prop, scenario), "vacuous", message="its premise never occurs")
    alone = _broken_by_one_tag(scenario, left, limit, step)
    yield from alone.values()
    left = [prop for prop in left if _part(prop, scenario) not in alone]
    if left:
        search = Search(watch(System(scenario), [], limit=limit or LIMIT, progress=step))
        yield from (liveness_verdict(search, prop, scenario, spent or unfinished(search.watched)) for prop in left)


def unfinished(found: Evidence) -> str:
    """Say why nothing is concluded from what was not seen."""
    if found.pools:
        return f"the pool is too small: {', '.join(sorted(found.pools))}"
    return f"nothing found in the first {found.states:,} states"


def ids(prop: Property, system: System) -> tuple[str, ...]:
    """Give the ids of the verdicts on a property in a scenario."""
    if isinstance(prop, Liveness):
        return (_part(prop, system.scenario),)
    return tuple(dict.fromkeys(full_id(prop.id, part) for part in prop.expected(system)))


def _part(prop: Liveness, scenario: Scenario) -> str:
    return full_id(prop.id, dict(zip(prop.monitors, prop.parts, strict=True))[scenario.monitor])


FIRES = (FireEvent, HandleEvent)
"""The steps of a text that lead into another spec."""


def _locations(replay: Replay, trace: Trace) -> Iterator[Location]:
    """Give the step that breaks it; where that is one of another spec, after the step of the text that led there."""
    if replay.culprit is None:
        return
    spec, origin = replay.system.scenario.spec, replay.system.program.code[replay.culprit].origin
    own = {name for name, _ in spec.bodies()} - {spec.firing and spec.firing.name}
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
