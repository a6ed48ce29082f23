"""Decides properties in what was explored, and replays what breaks them before it is told."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from bgsync.judge.callers import caller, resumed
from bgsync.judge.causes import Causes, Run, conflicts, stops
from bgsync.judge.evidence import Evidence, unconfirmed
from bgsync.judge.explorations import LIMIT
from bgsync.judge.facts import CallBegins, Caller, Chosen, EnvironmentMoved
from bgsync.judge.fair_loop import Rejected
from bgsync.judge.fairness import strikes_of
from bgsync.judge.lassos import Lasso, Search
from bgsync.judge.property import Liveness, Safety, id_under, ids
from bgsync.judge.replay import Kept, Move, Replay, moves, replay_lasso, replay_safety
from bgsync.judge.suppositions import READINGS, VARYING
from bgsync.judge.trace import tell
from bgsync.judge.verdict import Location, Trace, TraceStep, Verdict
from bgsync.judge.whole import Watched, watch
from bgsync.language import Origin
from bgsync.language.algorithm import Spec
from bgsync.language.statements import FIRES
from bgsync.system.scenario import Scenario
from bgsync.system.system import System
from bgsync.system.unknown import MANY

if TYPE_CHECKING:
    from bgsync.judge.product import WatchedProduct

Tick = Callable[..., None]
"""Called on the way with the states found, the depth, and how many are left to do, or pages of a product (`pages`)."""

ENDLESS = "an endless run breaks it"
"""What a search for endless runs has seen that found one."""

TRIES = 20
"""How many lassos are replayed before the search for one that holds is given up."""


def safety_verdicts(
    found: Evidence, props: Iterable[Safety], why: str, settled: frozenset[str], *, all_causes: bool = True
) -> Iterator[Verdict]:
    """Judge safety properties, but for ids that are settled; a breach is replayed. `why` nothing else is known.

    Without `all_causes` only the shortest run that breaks each is told, for which less is worked out.
    """
    causes = Causes(found) if all_causes and isinstance(found, Watched) else None
    for prop, name in ((each, name) for each in props for name in ids(each, found.system) if name not in settled):
        breach = found.breaches.get(name)
        if breach is not None:
            runs = causes.runs(name) if causes else iter([Run(tuple(found.path(name)), None, "")])
            yield _violated(found.system, prop, name, breach.message, runs)
        elif not found.complete:
            yield Verdict(name, "inconclusive", message=why)
        elif name in found.met or prop.forbids:
            yield Verdict(name, "holds")
        elif prop.unseen is not None:
            yield Verdict(name, "violated", "structure", message=prop.unseen)
        else:
            yield Verdict(name, "vacuous", message=prop.idle)


def _violated(system: System, prop: Safety, name: str, message: str, runs: Iterator[Run]) -> Verdict:
    """Give the verdict with a finding for each defect that is there on replay, the shortest first."""
    findings, shown, reason = dict[Hashable, Verdict](), set[tuple[Move, ...]](), ""
    for run in runs:
        told = moves(system, run.steps)
        without = None if run.last is None else (*told[: run.last], *told[run.last + 1 :])
        if (
            findings
            and without is not None
            and not run.known_only
            and (without in shown or _breaks(system, prop, name, without))
        ):
            continue
        try:
            replay = replay_safety(system.scenario, told, prop, name)
        except Rejected as rejected:
            reason = reason or unconfirmed(message, rejected)
            continue
        trace = tell(replay)
        shown.add(told)
        places = tuple(_locations(replay, trace))
        one = Verdict(name, "violated", None, (), replay.broken, places, trace, after=run.after)
        one = replace(one, against=_against(prop, name, replay, trace))
        called, again = _callers(system.scenario.spec, one)
        one = replace(one, callers=called, again=again)
        if run.known_only and one.defect() not in {known.defect() for known in findings.values()}:
            continue
        findings.setdefault((one.defect(), frozenset(one.callers), one.again), one)
    if not findings:
        return Verdict(name, "inconclusive", message=reason)
    first, *others = findings.values()
    return replace(first, others=tuple(others))


def _against(prop: Safety, name: str, replay: Replay, trace: Trace) -> int | None:
    """Give the place of the last change without which the same step is taken, and breaks nothing.

    A move that the environment makes in every scenario comes after the steps of others: it may only be what brings a
    premise about, such as that the network is there.
    """
    if replay.culprit is None:
        return None
    system, moved = replay.system, None
    bounds = system.scenario.bounds
    roomy = replace(system.scenario, bounds=replace(bounds, calls=bounds.calls + 1))  # who is left waiting has a place
    told = moves(system, [taken.step for taken in replay.taken])
    hard = strikes_of(system)
    for place, actions in conflicts(trace, system.program.code[replay.culprit].origin):
        label = trace.steps[place].label
        mild = isinstance(label, EnvironmentMoved) and label.trigger not in hard
        if mild and moved is not None:
            continue
        without = [move for number, move in enumerate(told, start=1) if number not in actions]
        try:
            replay_safety(roomy, without, prop, name, noted=False)
        except Kept as kept:
            if replay.culprit in kept.executed and not mild:
                return place
            if replay.culprit in kept.executed:
                moved = place
        except Rejected:
            continue
    return moved


def _callers(spec: Spec, found: Verdict) -> tuple[tuple[Origin | None, Origin | None], Origin | None]:
    """Give who called the algorithms of the two steps that a finding is about, and the wait of a loop before it."""
    trace, last = found.trace, {(place.algorithm, place.step) for place in found.locations[-1:]}
    if trace is None:
        return (None, None), None
    broke = max((n for n, step in enumerate(trace.steps) if (step.algorithm, step.step) in last), default=None)
    first, second = (None if place is None else caller(spec, trace, place) for place in (broke, found.against))
    return (first, second), None if broke is None else resumed(spec, trace, broke)


def _breaks(system: System, prop: Safety, name: str, told: Sequence[Move]) -> bool:
    try:
        replay_safety(system.scenario, told, prop, name, noted=False)
    except Rejected:
        return False
    return True


def liveness_verdict(search: Search, liveness: Liveness, scenario: Scenario, why: str) -> Verdict:
    """Judge a liveness property; what is found is replayed in `scenario`, which may have more tags."""
    watched, system = search.watched, search.system
    name = id_under(liveness, system.scenario.monitor)
    found, reason = _broken(search, liveness, scenario, READINGS, TRIES)
    if found:
        return replace(found[0], others=tuple(found[1:]))
    if reason is not None:
        return Verdict(name, "inconclusive", message=unconfirmed(ENDLESS, reason))
    if not watched.complete:
        return Verdict(name, "inconclusive", message=why)
    if VARYING in search.suppositions.readings:
        found, reason = _broken(search, liveness, scenario, READINGS - {VARYING}, 1)
        if found and found[0].trace is not None:
            return Verdict(name, "conditional", message=_rests_on(found[0].trace))
        if reason is not None:
            return Verdict(name, "inconclusive", message=unconfirmed(ENDLESS, reason))
    met = search.premise_met(liveness)
    return Verdict(name, "holds" if met else "vacuous", message="" if met else "its premise never occurs")


def _broken(
    search: Search, liveness: Liveness, scenario: Scenario, assumed: frozenset[str], tries: int
) -> tuple[list[Verdict], Rejected | None]:
    """Give a finding for each lasso that is fair by these readings and breaks a property, or why none was confirmed."""
    findings, reason = dict[Hashable, Verdict](), None
    hard, by_step = strikes_of(search.system), scenario.granularity == "step"
    message = f"in an endless fair run this never happens: {liveness.sentence[0].lower()}{liveness.sentence[1:]}"
    if liveness.needs is not None:
        message = f"an endless fair run breaks it: {liveness.sentence}"

    def lassos() -> Iterator[Lasso]:
        yield from islice(search.lassos(liveness, assumed), tries)
        if not findings:
            yield from islice(search.lassos(liveness, assumed, end=True), tries)

    for lasso in lassos():
        stem, loop = (moves(search.system, [step for _, step, _ in part]) for part in (lasso.stem, lasso.loop))
        apart = any(search.graph.state(source).disjoint for source, _, _ in lasso.loop)

        replayed = partial(_replayed, scenario, loop, liveness, lasso.owed, assumed, apart)
        if findings and lasso.last is not None:
            without = (*stem[: lasso.last], *stem[lasso.last + 1 :])
            if not isinstance(replayed(without, noted=False), Rejected):
                continue
        found = replayed(stem)
        if isinstance(found, Rejected):
            reason = reason or found
            continue
        trace = tell(*found)
        one = Verdict(
            id_under(liveness, search.system.scenario.monitor), "violated", message=message, trace=trace,
            after=lasso.after, locations=tuple(_trace_locations(trace)), against=stops(trace, hard, steps=by_step),
        )  # fmt: skip
        where = one.defect()[1]  # a loop that holds another one is not told
        if not (one.recurs() and any(other.defect()[1] <= where for other in findings.values())):
            findings.setdefault(one.defect(), one)
    return list(findings.values()), reason


def _replayed(
    scenario: Scenario, loop: Sequence[Move], liveness: Liveness, owed: Hashable, assumed: frozenset[str], apart: bool,
    stem: Sequence[Move], *, noted: bool = True,
) -> tuple[Replay, int] | Rejected:  # fmt: skip
    try:
        return replay_lasso(scenario, stem, loop, liveness, owed, assumed, noted=noted, apart=apart)
    except Rejected as rejected:
        return rejected


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
    yield from (verdict for verdict in verdicts if verdict.verdict != "inconclusive")
    known = _broken_by_one_tag(scenario, unsure, limit, step) if scenario.tags > 1 else {}
    if watched.complete and scenario.tags == 1:  # what was found is no run: more of what is alike may not be there
        known = _by(System(scenario, alike=MANY + 1), unsure, scenario, limit, step)
    yield from (known.get(verdict.property, verdict) for verdict in verdicts if verdict.verdict == "inconclusive")


def _by(
    system: System, properties: Sequence[Liveness], scenario: Scenario, limit: int | None, step: Tick
) -> dict[str, Verdict]:
    """Give the verdicts that are reached by exploring another system; what is found is replayed in `scenario`."""
    if not properties:
        return {}
    search = Search(watch(system, [], limit=limit or LIMIT, progress=step))
    verdicts = (liveness_verdict(search, prop, scenario, "") for prop in properties)
    return {verdict.property: verdict for verdict in verdicts if verdict.verdict != "inconclusive"}


def _broken_by_one_tag(
    scenario: Scenario, properties: Sequence[Liveness], limit: int | None, step: Tick
) -> dict[str, Verdict]:
    """Give the verdicts on what one tag breaks by itself, and again on replay with all tags."""
    alone = System(replace(scenario, bounds=replace(scenario.bounds, tags=1)))
    found = _by(alone, properties, scenario, limit, step)
    return {name: verdict for name, verdict in found.items() if verdict.verdict == "violated"}


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
            yield Verdict(id_under(prop, scenario.monitor), "holds")
        else:
            yield Verdict(id_under(prop, scenario.monitor), "vacuous", message="its premise never occurs")
    alone = _broken_by_one_tag(scenario, left, limit, step)
    yield from alone.values()
    left = [prop for prop in left if id_under(prop, scenario.monitor) not in alone]
    if left:
        search = Search(watch(System(scenario), [], limit=limit or LIMIT, progress=step))
        yield from (liveness_verdict(search, prop, scenario, spent or unfinished(search.watched)) for prop in left)


def unfinished(found: Evidence) -> str:
    """Say why nothing is concluded from what was not seen."""
    if found.pools:
        return f"there can be more than is looked at: {', '.join(sorted(found.pools))}"
    return f"nothing found in the first {found.states:,} states"


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
    yield Location.of(origin)


def _trace_locations(trace: Trace) -> Iterator[Location]:
    """Give the last step of the text that is taken before the loop, or in it.

    Where the text changes something again and again it is the first such change by the caller of a handler, if one
    calls, or else the first one.
    """
    if trace.loop is not None and (
        again := [step for step in trace.steps[trace.loop :] if step.changes_others and step.step]
    ):
        labels = ((step.actor, step.label) for step in trace.steps)
        called = [actor for actor, label in labels if isinstance(label, CallBegins) and label.caller is Caller.HANDLER]
        yield from _places(([step for step in again if step.actor in called] or again)[:1])
        return
    yield from _places([step for step in trace.steps[: trace.loop] or trace.steps if step.step][-1:])


def _places(steps: Sequence[TraceStep]) -> Iterator[Location]:
    return (Location.of(step.origin) for step in steps if step.origin is not None)
