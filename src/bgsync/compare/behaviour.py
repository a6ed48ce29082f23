"""Whether an edit changed what a page, a worker and a server can observe, and what: two specs, explored and compared.

Equal data, or data equal but for names, needs no exploration. Else both are explored in the same environment, and the
reachable graphs reduced together by branching bisimulation with explicit divergence: initial states in one class prove
that nothing observable has changed, endless internal runs and moments of choice included. If they are in two classes,
traces are compared both ways. Every trace that tells the specs apart is checked on the plain semantics, without bounds
on calls and without the reductions of the search: there must be a run of one spec that shows it, which is told in its
steps, and none of the other. Bounded exploration gives traces that are no difference: where one spec is done with a
call earlier, a further call fits under the bound. These are dropped; when nothing but these is found, the other spec is
explored with one more call in flight, and what has no bound there either is a difference, or there is none.

*Equivalent* is what a bisimulation proves in every environment that was compared. Where it fails and no trace tells
the specs apart, they are *indistinguishable*: nobody sees a difference in so many steps, but what must happen in the
end, or the moment at which a choice is made, may be another. So they are where an observer sees no difference at all
and a property does, such as one of the states that an object goes through (see `with_verdicts`).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bgsync.compare.data import same_but_for_names, same_data
from bgsync.compare.observe import Labelled, member_values, observed
from bgsync.compare.properties import Changes
from bgsync.compare.runs import run
from bgsync.compare.steps import AlgorithmChange, origins
from bgsync.compare.traces import Bound, Traces
from bgsync.explore.partition import Quotient, quotient
from bgsync.judge.budget import SpentError
from bgsync.judge.pace import Far, Progress
from bgsync.judge.verdict import Trace, Verdict
from bgsync.language import NotUnderstood, Spec
from bgsync.pauses import pause
from bgsync.system.scenario import DEFAULT_BOUNDS, GRANULARITIES, Bounds, Scenario, adversities_of
from bgsync.system.system import System
from bgsync.system.world import World
from bgsync.words import Words

LARGE = 5_000
"""How many states make a text large: adversities are then compared only where they are asked for."""

TRIES = 20
"""How many traces in a row may turn out to be no difference before a direction is given up."""

Relation = Literal["equivalent", "indistinguishable", "narrower", "wider", "incomparable", "inconclusive"]
Proof = Literal["", "traces", "bisimulation", "isomorphism", "same but for names", "same data"]
"""What it rests on that no difference is found."""
PROOFS: tuple[Proof, ...] = ("", "traces", "bisimulation", "isomorphism")
"""Those of an exploration, the weakest first."""
Environment = tuple[Scenario, Scenario]
"""The old and the new spec in one environment."""


@dataclass(frozen=True)
class DistinguishingTrace:
    """What can be observed of one spec and not of the other, a shortest one, with a run of the spec that shows it.

    All but the last label can be observed of both. `instead` is what the other spec may then show in its place, apart
    from what comes in from outside; it is empty where that may show nothing else.
    """

    labels: tuple[str, ...]
    run: Trace
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Size:
    """What was explored of both specs in one environment, and into how many classes it falls; 0 if not looked at."""

    granularity: str
    adversities: tuple[str, ...]
    old_states: int
    new_states: int
    old_transitions: int
    new_transitions: int
    classes: int
    seconds: float


@dataclass(frozen=True)
class Comparison:
    """How the behaviours of two specs relate.

    `relation`: `equivalent`, `indistinguishable` (no run of either shows a difference, and they are not proved to be
    equivalent), `narrower` (the new spec shows less), `wider` (it shows more), `incomparable` (some less and some
    more), `inconclusive`. All but the first two are about the last environment that was explored. `proof` says what
    the first two rest on: `same data`, `same but for names`, `isomorphism`, `bisimulation`, or `traces`, which `note`
    then explains; it is empty elsewhere. `note` also names the bound that made it inconclusive, and what was not
    looked at. `old_unreached` and `new_unreached` are the steps that no run comes to, or a part of which
    none takes.
    """

    relation: Relation
    proof: Proof
    only_old: DistinguishingTrace | None
    only_new: DistinguishingTrace | None
    explored: tuple[Size, ...]
    note: str = ""
    old_unreached: frozenset[str] = frozenset()
    new_unreached: frozenset[str] = frozenset()
    words: Words = field(default_factory=Words, compare=False)
    """What the specs call their things."""


def compare(
    old: Spec,
    new: Spec,
    world: World,
    *,
    granularities: Sequence[str] = ("algorithm", "step"),
    adversities: Sequence[str] = (),
    thorough: bool = True,
    bounds: Bounds = DEFAULT_BOUNDS,
    limit: int = 300_000,
    progress: Progress | None = None,
) -> Comparison:
    """Compare two specs, at the coarser granularity first, each adversity alone after the base environment.

    The first environment that tells them apart decides; an equivalence is proved in all of them. `thorough` says
    whether adversities are compared at every granularity, or at the coarser one only and only where the base
    environment is not large. `limit` bounds the states of each exploration and the pairs of each search. Raises
    ValueError for an unknown granularity, adversity or bound, and LanguageError for a spec that cannot be run.
    """
    if not granularities:
        raise ValueError(f"no granularity: at least one of {', '.join(GRANULARITIES)}")
    ordered = sorted(granularities, key=lambda name: name != "algorithm")
    scenarios = [
        (Scenario(old, world, granularity, on, bounds), Scenario(new, world, granularity, on, bounds))
        for granularity in ordered
        for on in ((), *((name,) for name in adversities if thorough or granularity == ordered[0]))
    ]
    return replace(
        _compared(old, new, scenarios, thorough, limit, progress), words=world.words.of(new.type.name, new.type.unique)
    )


def with_verdicts(comparison: Comparison, changes: Changes) -> tuple[Comparison, Changes]:
    """Hold a comparison against the verdicts: what changes one has changed something, seen from outside or not.

    Of texts that are equivalent, endless runs which break what others break, too, are the same ones told otherwise.
    """
    if comparison.relation != "equivalent":
        return comparison, changes
    more = tuple(each for each in changes.more if not _is_endless(each.new))
    fewer = tuple(each for each in changes.fewer if not _is_endless(each.old))
    changes = replace(changes, more=more, fewer=fewer)
    if not changes.says_otherwise:
        return comparison, changes
    note = "no observer sees it, but the properties do: their verdicts have changed"
    notes = "; ".join(filter(None, (note, comparison.note)))
    return replace(comparison, relation="indistinguishable", note=notes), changes


def _is_endless(one: Verdict | None) -> bool:
    return one is not None and one.trace is not None and one.trace.loop is not None


def unreached_changes(changes: Sequence[AlgorithmChange], comparison: Comparison) -> tuple[str, ...]:
    """Name the changed steps that no run comes to, so that nothing was learned of them; those of old texts last."""
    steps = [step for each in changes for step in each.steps if step.kind != "reworded"]
    new = (str(s.new) for s in steps if s.new is not None and str(s.new) in comparison.new_unreached)
    old = (f"{s.old} (old)" for s in steps if s.old is not None and str(s.old) in comparison.old_unreached)
    return tuple(dict.fromkeys((*new, *old)))


def _compared(
    old: Spec, new: Spec, scenarios: Sequence[Environment], thorough: bool, limit: int, progress: Progress | None
) -> Comparison:
    if same_data(old, new):
        return Comparison("equivalent", "same data", None, None, ())
    unknown = _not_understood(old) ^ _not_understood(new)
    if unknown:
        name, text = min(unknown)
        return Comparison("inconclusive", "", None, None, (), f"not understood, in {name}: {text}")
    doubt = "what was not understood is the same in both and is taken to do nothing" if _not_understood(old) else ""
    if same_but_for_names(old, new):
        return Comparison("equivalent", "same but for names", None, None, (), doubt)
    found: list[Comparison] = []
    ran: tuple[set[int], set[int]] = set(), set()
    members, alone = _telling_members(old, new)
    looked_at = set[tuple[str, tuple[str, ...]]]()
    large = False
    for before, after in scenarios:
        if large and not thorough and before.adversities:
            continue
        pair = _Pair(before, after, members, limit, progress)
        try:
            found.append(pair.compare())
        except SpentError as spent:
            found.append(_inconclusive(f"{spent}"))
        for known, more in zip(ran, pair.ran, strict=False):
            known |= more
        if found[-1].relation not in ("equivalent", "indistinguishable"):
            break
        looked_at.add((before.granularity, before.adversities))
        large |= any(size.old_states > LARGE or size.new_states > LARGE for size in found[-1].explored)
    last = found[-1]
    same = last.relation in ("equivalent", "indistinguishable")
    left = _left(scenarios, looked_at | ({(before.granularity, before.adversities)} if not same else set()))
    told = {f"{_where(size)}: {each.note}": None for each in found for size in each.explored if each.note}
    told |= dict.fromkeys(each.note for each in found if not each.explored)
    apart = f"not compared, since the events of one text only are read to have it: {', '.join(sorted(alone))}"
    notes = filter(None, (*told, doubt, apart if alone else "", left and f"not looked at: {left}"))
    weakest = min(found, key=lambda each: PROOFS.index(each.proof))
    missed = [_unreached(s, known) for s, known in zip(scenarios[0], ran, strict=True)] if same else [frozenset()] * 2
    return replace(
        last,
        relation="indistinguishable" if same and alone else weakest.relation if same else last.relation,
        proof=weakest.proof if same else "",
        explored=tuple(size for each in found for size in each.explored),
        note="; ".join(notes),
        old_unreached=missed[0],
        new_unreached=missed[1],
    )


def _telling_members(old: Spec, new: Spec) -> tuple[frozenset[str], frozenset[str]]:
    """Give the members of events whose value may be another one in another event: those of both specs, and of one."""
    one, other = member_values(old), member_values(new)
    nothing = frozenset[bool]()
    telling = {name for name in {*one, *other} if len(one.get(name, nothing) | other.get(name, nothing)) > 1}
    return frozenset(telling & one.keys() & other.keys()), frozenset(telling & (one.keys() ^ other.keys()))


def _left(scenarios: Sequence[Environment], looked_at: set[tuple[str, tuple[str, ...]]]) -> str:
    """Name the environments that were not looked at, in the granularities that were asked for."""
    told, (first, second) = [], scenarios[0]
    every = [(), *((name,) for name in adversities_of(first.world, first.spec, second.spec))]
    for granularity in dict.fromkeys(before.granularity for before, _ in scenarios):
        missed = [on for on in every if (granularity, on) not in looked_at]
        if missed == every:
            told.append(granularity)
        elif missed == every[1:]:
            told.append(f"{granularity} with an adversity")
        elif missed:
            told.append(f"{granularity} with {', '.join(name for names in missed for name in names)}")
    return "; ".join(told)


def _unreached(scenario: Scenario, ran: set[int]) -> frozenset[str]:
    """Name the steps of a spec that no run came to, or of which it never took a part, such as a branch."""
    code = System(scenario).program.code
    reached = {str(code[pc].origin) for pc in ran}
    joined = {str(origin) for pc in ran for _, _, origin in code[pc].branches}
    taken = {(str(code[pc].origin), code[pc].statement) for pc in ran}
    parts = ((str(each.origin), each.statement) for each in code if each.op != "end")
    missed = {origin for origin, statement in parts if (origin, statement) not in taken and origin not in joined}
    return frozenset(missed | (origins(scenario.spec).keys() - reached - joined))


def _not_understood(spec: Spec) -> set[tuple[str, str]]:
    return {(st.origin.algorithm, st.text) for st in spec.statements() if isinstance(st, NotUnderstood) and st.origin}


def _where(environment: Scenario | Size) -> str:
    return environment.granularity + "".join(f" with {name}" for name in environment.adversities)


class _Pair:
    """Two specs in one environment."""

    def __init__(
        self, old: Scenario, new: Scenario, told: frozenset[str], limit: int, progress: Progress | None
    ) -> None:
        self.scenarios = (old, new)
        self.told, self.limit, self.progress = told, limit, progress
        self.ran: tuple[frozenset[int], ...] = ()
        self.numbers: dict[str, int] = {}
        self.classes = 0

    def compare(self) -> Comparison:
        start = time.perf_counter()
        old, new = self.explore(0), self.explore(1)
        self.ran = old.ran, new.ran
        first = self._related([old, new])
        if (old.torn or new.torn) and first.relation not in ("incomparable", "inconclusive"):
            why = f"an object that is not in the list yet is followed as if it was removed: {new.torn or old.torn}"
            first = replace(first, relation="inconclusive", proof="", note=why)
        here = self.scenarios[0]
        sizes = (old.states, new.states, old.transitions, new.transitions, self.classes)
        size = Size(here.granularity, here.adversities, *sizes, time.perf_counter() - start)
        return replace(first, explored=(size,))

    def explore(self, side: int, more: int = 0) -> Labelled:
        scenario = self.scenarios[side]
        scenario = replace(scenario, bounds=replace(scenario.bounds, calls=scenario.calls + more))
        what = f"{_where(scenario)}, {('old', 'new')[side]} text"
        tell = self.progress
        watch = None if tell is None else lambda states, depth: tell(Far(what, states, f"depth {depth}"))
        return observed(scenario, self.numbers, told=self.told, limit=self.limit, progress=watch)

    def _related(self, graphs: list[Labelled]) -> Comparison:
        for graph in graphs:
            if not graph.complete:
                pause()  # where it was a budget that ended the exploration, it ends the comparison, too
                return _inconclusive(f"bound: {self._unfinished(graph)}")
            if graph.pools:
                return _inconclusive(f"pool: {min(graph.pools)}")
        if graphs[0].edges == graphs[1].edges:
            return Comparison("equivalent", "isomorphism", None, None, ())
        reduced, (left, right) = joined(graphs)
        self.classes = len(reduced.edges)
        if left == right:
            return Comparison("equivalent", "bisimulation", None, None, ())
        traces = Traces(reduced)
        found: list[DistinguishingTrace | None] = []
        bounds: list[str] = []
        for side, starts in enumerate(((left, right), (right, left))):
            try:
                found.append(self._only(side, traces, *starts, graphs))
            except Bound as bound:
                found.append(None)
                bounds.append(str(bound))
        only_old, only_new = found
        if bounds:
            return replace(_inconclusive(f"bound: {bounds[0]}"), only_old=only_old, only_new=only_new)
        if only_old is None and only_new is None:
            return Comparison("indistinguishable", "traces", None, None, (), _subtle(reduced, left, right))
        relation: Relation = "incomparable" if only_old and only_new else "narrower" if only_old else "wider"
        return Comparison(relation, "", only_old, only_new, ())

    def _only(
        self, side: int, traces: Traces, left: int, right: int, graphs: list[Labelled]
    ) -> DistinguishingTrace | None:
        """Find a trace of one side that the other does not have, nor has without the reductions of the search."""
        found, dropped = self._first(side, traces, left, right)
        if found is not None or not dropped:
            return found
        other = self.explore(1 - side, more=1)
        if not other.complete:
            raise Bound(f"calls; with one more, {self._unfinished(other)}")
        reduced, (left, right) = joined([graphs[side], other])
        found, dropped = self._first(side, Traces(reduced), left, right)
        if found is None and dropped:
            raise Bound("calls")
        return found

    def _first(self, side: int, traces: Traces, left: int, right: int) -> tuple[DistinguishingTrace | None, int]:
        """Give the first trace that is a difference, and how many before it were none."""
        words = {number: label for label, number in self.numbers.items()}
        dropped, tried = 0, set[tuple[str, ...]]()
        for trace in traces.only_left(left, right, self.limit):
            labels = tuple(words[number] for number in trace)
            if labels in tried:
                continue
            tried.add(labels)
            one = run(self.scenarios[side], labels, self.limit, self.told)
            if one.trace is not None:
                other = run(self.scenarios[1 - side], labels, self.limit, self.told)
                if other.trace is None:
                    return DistinguishingTrace(labels, one.trace, other.instead), dropped
            dropped += 1
            if dropped == TRIES:
                break
        return None, dropped

    def _unfinished(self, graph: Labelled) -> str:
        return f"states, {self.limit:,}" if graph.states >= self.limit else "interrupted"


def _inconclusive(why: str) -> Comparison:
    return Comparison("inconclusive", "", None, None, (), why)


def joined(graphs: Sequence[Labelled]) -> tuple[Quotient, tuple[int, int]]:
    """Reduce two graphs side by side, and give the classes of their initial states."""
    shift = len(graphs[0].edges)
    moved = [{(label, target + shift) for label, target in out} for out in graphs[1].edges]
    reduced = quotient([*graphs[0].edges, *moved])
    return reduced, (reduced.block[0], reduced.block[shift])


def _subtle(reduced: Quotient, left: int, right: int) -> str:
    """Say in what two states with the same traces differ."""
    blind = quotient(reduced.edges)
    runs = blind.block[left] == blind.block[right]
    what = "in endless internal runs" if runs else "in when a choice is made, or in what may then fail to happen"
    return f"no run shows a difference, but the two differ {what}: what must happen in the end is for the properties"
