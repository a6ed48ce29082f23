"""Checks a spec: explores it at both granularities and under each adversity, and says what holds and what does not."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bgsync.judge.lassos import Search
from bgsync.judge.property import Liveness, Property, Safety
from bgsync.judge.replay import Rejected, Replay, moves, replay_lasso, replay_safety
from bgsync.judge.trace import tell
from bgsync.judge.verdict import Coverage, Explored, Location, Report, Trace, Verdict
from bgsync.judge.watch import Watched, full_id, watch
from bgsync.language import NotUnderstood, Origin, Spec
from bgsync.system.scenario import Scenario, Surroundings
from bgsync.system.system import System

Progress = Callable[[str, int, int], None]
"""Called with what is explored, the states found and the depth."""


@dataclass(frozen=True)
class Question:
    """What `check` is asked.

    `granularities`: `step`, `algorithm` or both. `adversities` are explored one at a time beside the base environment;
    with `together` they are on from the start instead, all at once. `thorough` takes each of them at every granularity
    asked for, not only at `algorithm`.
    """

    spec: Spec
    surroundings: Surroundings
    properties: Sequence[Property]
    model: str
    granularities: tuple[str, ...] = ("algorithm", "step")
    adversities: tuple[str, ...] = ()
    thorough: bool = False
    tags: int = 1
    calls: int = 2
    abort: str = "scope"
    limit: int | None = None
    not_understood: str = "nothing"
    """What a sentence that is not understood does first; the other reading follows where it matters."""


TRIES = 20
"""How many lassos are replayed before the search for one that holds is given up."""

LARGE = 5_000
"""How many states at `algorithm` make a text large: adversities are then explored only where they are asked for."""

HEAVY = "outbox shared"
HEAVY_LIMIT = 12_000
"""How many of its states, or of a large text, are explored at `step`; all, if only one property is asked for."""


def check(question: Question, progress: Progress | None = None) -> Report:
    """Answer a question. Raises ValueError for an unknown adversity, granularity or bound."""
    judge = _Judge(question, progress)
    verdicts = judge.all()
    if judge.blind_ran() and not judge.interrupted:
        other = _Judge(replace(question, not_understood="anything"), progress, judge.explored)
        ran = sorted(str(origin) for origin in judge.blind_ran())
        verdicts = _joined(verdicts, other.all(), ran)
        judge.interrupted |= other.interrupted
    return judge.report(verdicts)


def _joined(nothing: tuple[Verdict, ...], anything: tuple[Verdict, ...], ran: list[str]) -> tuple[Verdict, ...]:
    """Join the two readings of what is not understood: where they differ, the verdict depends on it."""
    which = f"step {ran[0]}, which is" if len(ran) == 1 else f"steps {', '.join(ran)}, which are"
    message = f"depends on {which} not understood"
    first, second = ({(v.property, v.needs): v for v in some} for some in (nothing, anything))
    settled = {v.property for some in (nothing, anything) for v in some if not v.needs and v.verdict == "violated"}
    joined = []
    for key in dict.fromkeys((*first, *second)):
        one, other = first.get(key), second.get(key)
        known = one or other
        if known is None or (key[1] and key[0] in settled):
            continue
        same = one is not None and other is not None and one.verdict == other.verdict
        joined.append(known if same else Verdict(*key[:1], "inconclusive", None, key[1], message))
    return tuple(joined)


def _all(judge: "_Judge") -> tuple[Verdict, ...]:
    question = judge.question
    base: dict[str, dict[str, Verdict]] = {}
    for granularity in question.granularities:
        broken = frozenset(v.property for found in base.values() for v in found.values() if v.verdict == "violated")
        base[granularity] = judge.environment(granularity, (), broken)  # what is broken coarsely is broken finely
    verdicts = list(_combined(base))
    broken = frozenset(verdict.property for verdict in verdicts if verdict.verdict == "violated")
    if judge.is_large and not question.thorough:
        judge.left_out = question.adversities
        return tuple(verdicts)
    for adversity in question.adversities:
        found: dict[str, Verdict] = {}
        for granularity in question.granularities if question.thorough else ("algorithm",):
            race_or_logic = "race" if granularity == "step" and "algorithm" in base else "logic"
            for name, verdict in judge.environment(granularity, (adversity,)).items():
                if verdict.verdict in ("violated", "inconclusive") and name not in broken and name not in found:
                    kind = race_or_logic if verdict.verdict == "violated" else None
                    found[name] = replace(verdict, needs=(adversity,), kind=kind)
        verdicts += [found[name] for name in sorted(found)]
    return tuple(verdicts)


def _combined(base: dict[str, dict[str, Verdict]]) -> Iterable[Verdict]:
    """Join the granularities: broken at `algorithm` is logic, broken only at `step` is a race."""
    for name in dict.fromkeys(name for found in base.values() for name in found):
        found = {granularity: verdicts[name] for granularity, verdicts in base.items() if name in verdicts}
        coarse, fine = found.get("algorithm"), found.get("step")
        if coarse is not None and fine is not None and coarse.kind == "structure":
            yield fine  # what no behaviour does where an invocation is one action, a finer one may
        elif coarse is not None and coarse.verdict == "violated":
            yield replace(coarse, kind=coarse.kind or "logic")
        elif fine is not None and fine.verdict == "violated":
            yield replace(fine, kind=fine.kind or ("race" if coarse is not None else None))
        elif coarse is not None and fine is None and "step" in base:
            yield replace(coarse, verdict="inconclusive", message="not looked at step by step")
        else:
            yield fine or coarse or next(iter(found.values()))


class _Judge:
    def __init__(self, question: Question, progress: Progress | None, explored: list[Explored] | None = None) -> None:
        self.question, self.progress = question, progress
        self.explored: list[Explored] = [] if explored is None else explored
        self.ran: set[int] = set()
        self.interrupted = False
        self.left_out: tuple[str, ...] = ()

    def all(self) -> tuple[Verdict, ...]:
        """Judge every property in every environment."""
        return _all(self)

    def blind_ran(self) -> set[Origin]:
        """Give the steps that are not understood and that some behaviour reached."""
        blind = {st.origin for st in self.question.spec.statements() if isinstance(st, NotUnderstood) and st.origin}
        code = System(Scenario(self.question.spec, self.question.surroundings)).program.code
        return {code[pc].origin for pc in self.ran} & blind

    @property
    def is_large(self) -> bool:
        """Whether the base environment alone has many states where an invocation is one action."""
        return any(e.states > LARGE for e in self.explored if e.granularity == "algorithm" and not e.adversities)

    def environment(
        self, granularity: str, adversities: tuple[str, ...], settled: frozenset[str] = frozenset()
    ) -> dict[str, Verdict]:
        """Judge every property in one environment, but for those that are settled already."""
        asked = self.question
        found: dict[str, Verdict] = {}
        monitors = dict.fromkeys(monitor for prop in asked.properties for monitor in prop.monitors)
        for monitor in monitors:
            mine = [prop for prop in asked.properties if monitor in prop.monitors]
            if self.interrupted or all(prop.id in settled for prop in mine):
                continue
            scenario = Scenario(
                asked.spec,
                asked.surroundings,
                granularity,
                adversities,
                asked.tags,
                asked.calls,
                asked.abort,
                monitor,
                asked.not_understood,
            )
            limit = asked.limit
            heavy = granularity == "step" and (monitor == HEAVY or self.is_large)
            verdicts = self._scenario(scenario, mine, min(limit or HEAVY_LIMIT, HEAVY_LIMIT) if heavy else limit)
            unsure = any(verdict.verdict == "inconclusive" for verdict in verdicts)
            if heavy and unsure and len(asked.properties) == 1 and not self.interrupted:
                verdicts = self._scenario(scenario, mine, limit)
            for verdict in verdicts:
                known = found.get(verdict.property)
                if known is None or _weight(verdict) > _weight(known):
                    found[verdict.property] = verdict
        return found

    def _scenario(self, scenario: Scenario, properties: Sequence[Property], limit: int | None) -> list[Verdict]:
        began = time.perf_counter()
        system = System(scenario)
        told = " ".join((scenario.granularity, *scenario.adversities))
        progress = self.progress
        watched = watch(
            system,
            [prop for prop in properties if isinstance(prop, Safety)],
            limit=limit,
            progress=None if progress is None else lambda states, depth: progress(told, states, depth),
        )
        complete = watched.complete
        self.interrupted |= not watched.graph.complete and (limit is None or len(watched.graph) < limit)
        self.ran |= watched.ran
        verdicts: list[Verdict] = []
        search = Search(watched)
        try:
            for prop in properties:
                if isinstance(prop, Safety):
                    verdicts += self._safety(watched, prop)
                else:
                    verdicts.append(self._liveness(search, prop))
        except KeyboardInterrupt:
            self.interrupted = True
        seconds = time.perf_counter() - began
        size = len(watched.graph), watched.graph.transitions
        self.explored.append(
            Explored(scenario.granularity, scenario.adversities, scenario.monitor, *size, seconds, complete)
        )
        return [replace(verdict, granularity=scenario.granularity) for verdict in verdicts]

    def _safety(self, watched: Watched, safety: Safety) -> Iterable[Verdict]:
        system = watched.system
        for name in dict.fromkeys(full_id(safety.id, part) for part in safety.expected(system)):
            breach = watched.breaches.get(name)
            if breach is not None:
                try:
                    replay = replay_safety(system.scenario, moves(system, watched.path(breach)), safety, name)
                except Rejected as reason:
                    yield Verdict(name, "inconclusive", message=f"{breach.message}; but on replay: {reason}")
                    continue
                yield Verdict(name, "violated", None, (), breach.message, _locations(replay), tell(replay))
            elif not watched.complete:
                yield Verdict(name, "inconclusive", message=_unfinished(watched))
            elif name in watched.met:
                yield Verdict(name, "holds")
            elif safety.unseen is not None:
                yield Verdict(name, "violated", "structure", message=safety.unseen)
            else:
                yield Verdict(name, "vacuous", message="its premise never occurs")

    def _liveness(self, search: Search, liveness: Liveness) -> Verdict:
        watched, system = search.watched, search.system
        name = _part(liveness, system.scenario)
        reason: Rejected | None = None
        for lasso in islice(search.lassos(liveness), TRIES):
            stem = moves(system, [step for _, step, _ in lasso.stem])
            loop = moves(system, [step for _, step, _ in lasso.loop])
            try:
                trace = tell(*replay_lasso(system.scenario, stem, loop, liveness, lasso.owed))
            except Rejected as rejected:
                reason = reason or rejected
                continue
            message = (
                f"in an endless fair run this never happens: {liveness.sentence[0].lower()}{liveness.sentence[1:]}"
            )
            if liveness.needs is not None:
                message = f"an endless fair run breaks it: {liveness.sentence}"
            return Verdict(name, "violated", None, (), message, _trace_locations(trace), trace)
        if reason is not None:
            return Verdict(name, "inconclusive", message=f"a lasso was found; but on replay: {reason}")
        if not watched.complete:
            return Verdict(name, "inconclusive", message=_unfinished(watched))
        met = search.premise_met(liveness)
        return Verdict(name, "holds" if met else "vacuous", message="" if met else "its premise never occurs")

    def report(self, verdicts: tuple[Verdict, ...]) -> Report:
        """Put everything together."""
        asked = self.question
        program = System(Scenario(asked.spec, asked.surroundings)).program
        reached = {program.code[pc].origin.key for pc in self.ran}
        reached |= {o.key for pc in self.ran for _, _, o in program.code[pc].branches}
        origins = {o.key: o for st in asked.spec.statements() if (o := st.origin) is not None}
        blind = {st.origin.key for st in asked.spec.statements() if isinstance(st, NotUnderstood) and st.origin}
        unreached = tuple(str(origin) for key, origin in origins.items() if key not in reached)
        coverage = Coverage(len(origins), len(origins) - len(blind), len(origins) - len(unreached), unreached)
        bounds: dict[str, int | str] = {"tags": asked.tags, "calls": asked.calls, "abort": asked.abort}
        if asked.limit is not None:
            bounds["states"] = asked.limit
        revision = asked.spec.revision
        explored = tuple(self.explored)
        return Report(
            asked.model, revision, bounds, explored, coverage, verdicts, self.interrupted, left_out=self.left_out
        )


def _unfinished(watched: Watched) -> str:
    if watched.pools:
        return f"the pool is too small: {', '.join(sorted(watched.pools))}"
    deeper = "; --property with this id alone explores all" if watched.system.scenario.monitor == HEAVY else ""
    return f"nothing found in the first {len(watched.graph):,} states{deeper}"


def _weight(verdict: Verdict) -> int:
    return ("vacuous", "holds", "conditional", "inconclusive", "violated").index(verdict.verdict)


def _part(prop: Property, scenario: Scenario) -> str:
    if isinstance(prop, Liveness):
        return full_id(prop.id, dict(zip(prop.monitors, prop.parts, strict=True))[scenario.monitor])
    return prop.id


def _locations(replay: Replay) -> tuple[Location, ...]:
    if replay.culprit is None:
        return ()
    origin = replay.system.program.code[replay.culprit].origin
    return (Location(origin.file, origin.line, origin.column, origin.algorithm, origin.step),)


def _trace_locations(trace: Trace) -> tuple[Location, ...]:
    """Give the last step of the text that is taken before the loop, or in it."""
    told = [step for step in trace.steps[: trace.loop] or trace.steps if step.step]
    return tuple(Location(step.file, step.line, 1, step.algorithm, step.step) for step in told[-1:])
