"""Checks a spec: explores it at both granularities and under each adversity, and says what holds and what does not."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from bgsync.garbage import uncollected
from bgsync.judge.at_once import run_all
from bgsync.judge.budget import Budget
from bgsync.judge.explorations import LIMIT, Effort, Exploration
from bgsync.judge.glossary import Glossary, Rule
from bgsync.judge.joining import combined, joined, weight, with_more, worse
from bgsync.judge.pace import Progress, Tally
from bgsync.judge.property import Liveness, Property
from bgsync.judge.structure import PROPERTIES as STRUCTURE
from bgsync.judge.verdict import Coverage, Explored, Kind, Report, Verdict
from bgsync.language import Abort, NotUnderstood, Origin, Return, Spec, Throw, Upon
from bgsync.system.batches import QUEUE_READINGS, fires_in_batches
from bgsync.system.monitor import Monitor
from bgsync.system.program import Program
from bgsync.system.scenario import DEFAULT_BOUNDS, Bounds, Scenario
from bgsync.system.system import System
from bgsync.system.world import World
from bgsync.words import Words


@dataclass(frozen=True)
class Question:
    """What `check` is asked.

    `granularities`: `step`, `algorithm` or both. `adversities` are explored one at a time beside the base environment;
    with `together` they are on from the start instead, all at once. `thorough` takes each of them at every granularity
    asked for, not only at `algorithm`.
    """

    spec: Spec
    world: World
    properties: Sequence[Property]
    model: str
    granularities: tuple[str, ...] = ("algorithm", "step")
    adversities: tuple[str, ...] = ()
    thorough: bool = False
    bounds: Bounds = DEFAULT_BOUNDS
    effort: Effort = field(default_factory=Effort)
    not_understood: str = "stops"
    """What a sentence that is not understood does first; the other reading follows where it matters."""
    budget: Budget = field(default_factory=Budget)
    content: str = ""
    """What content the spec is judged as, and why: for the report."""
    chosen: str = ""


ENDS = (Abort, Return, Throw)
"""What ends a run before its last step."""

FEWEST, FACTOR = 500, 5
"""What is not understood may do anything: so many states of that are looked at, or so many times the sure ones.

Of another reading of `termination` so many are, with each monitor; of `queue` so many times as many.
"""


def check(question: Question, progress: Progress | None = None) -> Report:
    """Answer a question. Raises ValueError for an unknown adversity, granularity or bound."""
    with uncollected():
        return _checked(question, progress)


def _checked(question: Question, progress: Progress | None) -> Report:
    began = time.perf_counter()
    judge = _Judge(question, progress)
    verdicts = judge.all()
    if judge.blind_ran() and not judge.interrupted:
        whole = [each for each in judge.explored if each.granularity == "algorithm"]  # steps make many states of one
        largest = max(each.states for each in whole or judge.explored)
        limit = min(question.effort.limit or LIMIT, max(FEWEST, FACTOR * largest))
        effort = replace(question.effort, limit=limit)
        anything = replace(question, not_understood="anything", effort=effort)
        other = _Judge(anything, progress, judge.explored)
        possible = other.all()
        judge.ran |= other.ran
        for adversities, ran in other.ran_under.items():
            judge.ran_under.setdefault(adversities, set()).update(ran)
        verdicts = joined(verdicts, possible, _what_matters(judge.blind_ran()))
        judge.interrupted |= other.interrupted
    return replace(judge.report(verdicts), seconds=time.perf_counter() - began)


def _what_matters(ran: Mapping[Origin, bool]) -> str:
    """Say which steps were reached that are not understood, or that only hand a promise on."""
    told = []
    for followed, one, several in (
        (False, "which is not understood", "which are not understood"),
        (True, "which hands a promise to what is not followed", "which hand a promise to what is not followed"),
    ):
        steps = sorted(str(origin) for origin, known in ran.items() if known == followed)
        if steps:
            told.append(f"step {steps[0]}, {one}" if len(steps) == 1 else f"steps {', '.join(steps)}, {several}")
    return "; and on ".join(told)


class _Environment(NamedTuple):
    """A granularity and adversities; and the ids that are settled, so that they need not be looked at."""

    granularity: str
    adversities: tuple[str, ...] = ()
    settled: frozenset[str] = frozenset()
    bounds: Bounds | None = None
    """The bounds, with their readings, where they are others than those that were asked for."""
    few: int | None = None
    """How many states are looked at with each monitor, where that is less than was asked for."""


def _all(judge: _Judge) -> tuple[Verdict, ...]:
    question = judge.question
    base: dict[str, dict[str, Verdict]] = {}
    granularities = question.granularities if question.thorough else ("algorithm",)
    judge.plan(len(question.granularities) + len(question.adversities) * len(granularities))
    if "algorithm" in question.granularities:
        (base["algorithm"],) = judge.environments([_Environment("algorithm")])
    other = judge.by_the_other_queue() if base else {}
    settled = frozenset[str]()
    if question.not_understood == "anything":  # what too many runs may do, finer or worse ones may, too
        known = ((name, v.verdict) for found in base.values() for name, v in found.items())
        settled = frozenset(name for name, verdict in known if verdict in ("violated", "inconclusive"))
    plain = [_Environment("step", (), settled)] if "step" in question.granularities else []
    hard = [_Environment(one, (adversity,), settled) for adversity in question.adversities for one in granularities]
    results = judge.environments([*plain, *hard])
    if plain:
        base["step"] = results.pop(0)
    verdicts = {verdict.property: verdict for verdict in combined(base)}
    needed: dict[tuple[str, str], Verdict] = {}
    for environment, found in zip(hard, results, strict=True):
        (adversity,) = environment.adversities
        race_or_logic: Kind | None = "logic"
        if environment.granularity == "step":
            compared = "algorithm" in base and question.effort.walks is None
            race_or_logic = "race" if compared else None
        for name, verdict in found.items():
            known_there = needed.get((adversity, name))
            more = worse(verdict, adversity, race_or_logic, verdicts.get(name), known_there)
            if more is not None:
                needed[adversity, name] = more
    for (adversity, name), verdict in _resting(judge, hard, verdicts, needed):
        needed[adversity, name] = verdict
    verdicts |= _resting_on_queue(question.bounds.queue, verdicts, other)
    order = {adversity: place for place, adversity in enumerate(question.adversities)}
    under = [needed[key] for key in sorted(needed, key=lambda key: (order[key[0]], key[1]))]
    return (*verdicts.values(), *under)


def _resting(
    judge: _Judge,
    hard: Sequence[_Environment],
    base: Mapping[str, Verdict],
    needed: Mapping[tuple[str, str], Verdict],
) -> list[tuple[tuple[str, str], Verdict]]:
    """Give what rests on the reading `handler` of termination: what holds by it, and is broken by the other one."""
    found, broken = list[tuple[tuple[str, str], Verdict]](), {n for n, v in base.items() if v.verdict == "violated"}
    worker = replace(judge.question.bounds, termination="worker")
    for environment in hard:
        (adversity,) = environment.adversities
        if environment.granularity != "algorithm" or not judge.tells_terminations(adversity):
            continue
        known = broken.union(n for (a, n), v in needed.items() if a == adversity and v.verdict == "violated")
        other = environment._replace(settled=environment.settled | known, bounds=worker, few=FEWEST)
        for name, verdict in judge.otherwise(other).items():
            if verdict.verdict == "violated" and verdict.kind != "structure" and name not in known:
                why = f"by the reading `handler` of termination; by `worker`: {verdict.message}"
                found.append(((adversity, name), Verdict(name, "conditional", None, (adversity,), why)))
    return found


def _resting_on_queue(mine: str, base: Mapping[str, Verdict], other: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """Give what rests on how `queue` is read: what holds by the reading that was asked for alone, or is broken so."""
    found = {}
    for name, verdict in other.items():
        was = base[name]
        broken = verdict.verdict == "violated" and verdict.kind != "structure"
        if broken and was.verdict in ("holds", "vacuous"):
            why = f"by the reading `{mine}` of queue; by `{_other_queue(mine)}`: {verdict.message}"
            found[name] = Verdict(name, "conditional", message=why, granularity=was.granularity)
        elif (was.verdict, was.kind) == ("violated", "logic") and verdict.verdict in ("holds", "vacuous"):
            found[name] = replace(was, reading=mine)
    return found


def _other_queue(mine: str) -> str:
    return next(each for each in QUEUE_READINGS if each != mine)


class _Judge:
    def __init__(self, question: Question, progress: Progress | None, explored: list[Explored] | None = None) -> None:
        self.question, self.tally = question, Tally(progress)
        self.explored: list[Explored] = [] if explored is None else explored
        self.ran: set[int] = set()
        self.ran_under: dict[tuple[str, ...], set[int]] = {}
        self.interrupted = False
        self.budget = question.budget

    def all(self) -> tuple[Verdict, ...]:
        """Judge every property in every environment."""
        return _all(self)

    def plan(self, environments: int) -> None:
        """Say that so many environments are to be looked at."""
        self.tally.planned(environments * len(self.monitors))

    @property
    def monitors(self) -> tuple[Monitor, ...]:
        """The monitors that the properties need."""
        return tuple(dict.fromkeys(monitor for prop in self.question.properties for monitor in prop.monitors))

    @property
    def program(self) -> Program:
        """The instructions of the spec, as it is read here."""
        asked = self.question
        return System(Scenario(asked.spec, asked.world, bounds=asked.bounds)).program

    def blind_ran(self) -> Mapping[Origin, bool]:
        """Give the steps with an unknown effect that some behaviour reached, and whether they are understood."""
        unread = {st.origin for st in self.question.spec.statements() if isinstance(st, NotUnderstood)}
        code = self.program.code
        ran = {code[pc].origin for pc in self.ran if code[pc].op == "not understood"}
        return {origin: origin not in unread for origin in ran}

    def tells_terminations(self, adversity: str) -> bool:
        """Whether steps react to a termination that an adversity brings, and it is read as one of a handler."""
        asked = self.question
        read_so = asked.bounds.termination == "handler" and self.one_by_one
        reacts = any("terminated" in each.outcomes for each in asked.spec.statements() if isinstance(each, Upon))
        return read_so and reacts and Scenario(asked.spec, asked.world, adversities=(adversity,)).ends_handlers

    @property
    def one_by_one(self) -> bool:
        """Whether all states of one tag are looked at, so that some of those by another reading can be."""
        return self.question.bounds.tags == 1 and self.question.effort.walks is None

    def by_the_other_queue(self) -> dict[str, Verdict]:
        """Judge every property by the other reading of `queue`, with few states; none where both say the same."""
        if not self.one_by_one or not fires_in_batches(self.question.spec):
            return {}
        mine = self.question.bounds
        other = replace(mine, queue=_other_queue(mine.queue))
        return self.otherwise(_Environment("algorithm", bounds=other, few=FEWEST * FACTOR))

    def otherwise(self, environment: _Environment) -> dict[str, Verdict]:
        """Judge every property by another reading; what that alone comes to is not reached."""
        ran = set(self.ran)
        self.plan(1)
        (found,) = self.environments([environment])
        self.ran = ran
        return found

    def environments(self, asked: Sequence[_Environment]) -> list[dict[str, Verdict]]:
        """Judge every property in several environments, but for those that are settled already."""
        explorations, ends = list[Exploration](), list[int]()
        for environment in asked:
            explorations += self.explorations(environment)
            ends.append(len(explorations))
        effort = self.question.effort
        results = run_all(explorations, effort.processes, self.budget, self.tally, effort.cache)
        by_environment = []
        for environment, (first, end) in zip(asked, pairwise([0, *ends]), strict=True):
            found: dict[str, Verdict] = {}
            for result in results[first:end]:
                doubts = self.question.not_understood == "anything"
                self.explored += [replace(each, of_doubts=doubts) for each in result.explored]
                self.ran |= result.ran
                if environment.bounds is None:
                    self.ran_under.setdefault(environment.adversities, set()).update(result.ran)
                self.interrupted |= result.interrupted
                for verdict in result.verdicts:
                    known = found.get(verdict.property)
                    if known is None or weight(verdict) > weight(known):
                        found[verdict.property] = verdict
                    elif known.verdict == verdict.verdict == "violated":  # once at once, and once in the end
                        found[verdict.property] = with_more(known, verdict)
            by_environment.append(found)
        return by_environment

    def explorations(self, environment: _Environment) -> Iterator[Exploration]:
        """Give what is to be explored in an environment: the system once with each monitor that a property needs."""
        asked, granularity = self.question, environment.granularity
        if self.interrupted:
            return
        for monitor in self.monitors:
            mine = tuple(prop for prop in asked.properties if monitor in prop.monitors)
            scenario = Scenario(
                asked.spec,
                asked.world,
                granularity,
                environment.adversities,
                environment.bounds or asked.bounds,
                monitor,
                asked.not_understood,
            )
            if scenario.begins and not asked.thorough and monitor != self.monitors[0]:
                return  # the first is that of calls: all else comes after them
            limits = (asked.effort.limit, environment.few)
            limit = min((each for each in limits if each is not None), default=None)
            yield Exploration(scenario, mine, asked.effort, limit, environment.settled)

    def report(self, verdicts: tuple[Verdict, ...]) -> Report:
        """Put everything together."""
        asked = self.question
        program = self.program
        origins = {o.key: o for st in asked.spec.statements() if (o := st.origin) is not None}
        blind = {st.origin.key for st in asked.spec.statements() if isinstance(st, NotUnderstood) and st.origin}
        unreached = _unreached(program, origins, self.ran)
        under = {adversities: _unreached(program, origins, ran) for adversities, ran in self.ran_under.items()}
        ending = (i.origin for pc in sorted(self.ran) if isinstance((i := program.code[pc]).statement, ENDS))
        reached = len(origins) - len(unreached)
        ended = tuple(dict.fromkeys(map(str, ending)))
        coverage = Coverage(len(origins), len(origins) - len(blind), reached, unreached, under, ended)
        bounds: dict[str, int | str] = asdict(asked.bounds)
        limit, walks = asked.effort.limit, asked.effort.walks
        if walks is not None:
            bounds |= {"walks": walks.many, "steps": walks.steps, "seed": walks.seed}
        elif limit is not None or asked.bounds.tags == 1:
            bounds["states"] = limit or LIMIT
        revision = asked.spec.revision
        explored = tuple(self.explored)
        words = glossary(asked.properties, asked.world, asked.spec)
        told = tuple(_retold(each, asked.world.words, words.words) for each in verdicts)
        return Report(
            asked.model, revision, bounds, explored, coverage, told, self.interrupted,
            content=asked.content, chosen=asked.chosen, glossary=words,
        )  # fmt: skip


def _unreached(program: Program, origins: Mapping[str, Origin], ran: Iterable[int]) -> tuple[str, ...]:
    """Name the steps of which no instruction ran."""
    reached = {program.code[pc].origin.key for pc in ran}
    reached |= {origin.key for pc in ran for _, _, origin in program.code[pc].branches}
    return tuple(str(origin) for key, origin in origins.items() if key not in reached)


def glossary(properties: Iterable[Property], world: World, spec: Spec | None = None) -> Glossary:
    """Make the glossary of what these properties say of a spec in this world; safety says it before liveness."""
    words = world.words.of(spec.type.name, spec.type.unique) if spec else world.words
    rules = {each.id: Rule(each.id, each.sentence, each.why, each.reference) for each in STRUCTURE}
    for each in sorted(properties, key=lambda prop: not isinstance(prop, Liveness)):
        sentence, why, broken = (world.words.retold(text, words) for text in (each.sentence, each.why, each.broken))
        rules[each.id] = Rule(each.id, sentence, why, each.reference, broken)
    return Glossary(words, rules, {name: each.says for name, each in world.adversities.items()})


def _retold(verdict: Verdict, was: Words, now: Words) -> Verdict:
    """Give a verdict that says what was seen in the words of the text."""
    others = tuple(_retold(one, was, now) for one in verdict.others)
    return replace(verdict, message=was.retold(verdict.message, now), others=others)
