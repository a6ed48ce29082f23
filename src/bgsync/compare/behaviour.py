"""Whether an edit changed what a page, a worker and a server can observe, and what: two specs, explored and compared.

Equal data, or data equal but for names, needs no exploration. Else both are explored in the same environment, and the
reachable graphs reduced together by branching bisimulation with explicit divergence: initial states in one class prove
that nothing observable has changed, endless internal runs and moments of choice included. If they are in two classes,
traces are compared both ways. Every trace that tells the specs apart is checked on the plain semantics, without bounds
on calls and without the reductions of the search: there must be a run of one spec that shows it, which is told in its
steps, and none of the other. Bounded exploration gives traces that are no difference: where one spec is done with a
call earlier, a further call fits under the bound. These are dropped; when nothing but these is found, the other spec is
explored with one more call in flight, and what has no bound there either is a difference, or there is none.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bgsync.compare.data import same_but_for_names, same_data
from bgsync.compare.observe import Labelled, observed
from bgsync.compare.runs import run
from bgsync.compare.traces import Bound, Traces
from bgsync.explore.partition import Quotient, quotient
from bgsync.judge.budget import SpentError
from bgsync.judge.pace import Progress
from bgsync.judge.verdict import Trace
from bgsync.language import NotUnderstood, Spec
from bgsync.pauses import pause
from bgsync.system.scenario import DEFAULT_BOUNDS, GRANULARITIES, Bounds, Scenario
from bgsync.system.world import World
from bgsync.words import Words

TRIES = 20
"""How many traces in a row may turn out to be no difference before a direction is given up."""

Relation = Literal["equivalent", "narrower", "wider", "incomparable", "inconclusive"]
Proof = Literal["", "traces", "bisimulation", "isomorphism", "same but for names", "same data"]
"""What an equivalence rests on, the weakest first."""


@dataclass(frozen=True)
class DistinguishingTrace:
    """What can be observed of one spec and not of the other, a shortest one, with a run of the spec that shows it."""

    labels: tuple[str, ...]
    run: Trace


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

    `relation`: `equivalent`, `narrower` (the new spec shows less), `wider` (it shows more), `incomparable` (some less
    and some more), `inconclusive`. `proof` says what an equivalence rests on: `same data`, `same but for names`,
    `isomorphism`, `bisimulation`, or `traces`, which `note` then explains; it is empty elsewhere. `note` also names the
    bound that made it inconclusive, and what was not looked at.
    """

    relation: Relation
    proof: Proof
    only_old: DistinguishingTrace | None
    only_new: DistinguishingTrace | None
    explored: tuple[Size, ...]
    note: str = ""
    words: Words = field(default_factory=Words, compare=False)
    """What the specs call their things."""


def compare(
    old: Spec,
    new: Spec,
    world: World,
    *,
    granularities: Sequence[str] = ("algorithm", "step"),
    adversities: Sequence[str] = (),
    bounds: Bounds = DEFAULT_BOUNDS,
    limit: int = 300_000,
    progress: Progress | None = None,
) -> Comparison:
    """Compare two specs, at the coarser granularity first, each adversity alone after the base environment.

    The first environment that tells them apart decides; an equivalence is proved in all of them. `limit` bounds the
    states of each exploration and the pairs of each search. Raises ValueError for an unknown granularity, adversity or
    bound, and LanguageError for a spec that cannot be run.
    """
    if not granularities:
        raise ValueError(f"no granularity: at least one of {', '.join(GRANULARITIES)}")
    ordered = sorted(granularities, key=lambda name: name != "algorithm")
    scenarios = [
        [
            Scenario(spec, world, granularity, on, bounds)
            for spec, granularity, on in ((old, granularity, on), (new, granularity, on))
        ]
        for granularity in ordered
        for on in ((), *((name,) for name in adversities))
    ]
    found = _compared(old, new, scenarios, limit, progress)
    return replace(found, words=world.words)


def _compared(
    old: Spec, new: Spec, scenarios: Sequence[Sequence[Scenario]], limit: int, progress: Progress | None
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
    for before, after in scenarios:
        try:
            found.append(_Pair(before, after, limit, progress).compare())
        except SpentError as spent:
            found.append(_inconclusive(f"{spent}"))
        if found[-1].relation != "equivalent":
            break
    last = found[-1]
    notes = dict.fromkeys(filter(None, [each.note for each in found] + [doubt]))
    if len(found) < len(scenarios):
        left = ", ".join(_where(before) for before, _ in scenarios[len(found) :])
        notes[f"not looked at: {left}"] = None
    proofs = ("traces", "bisimulation", "isomorphism")
    proof = min((each.proof for each in found), key=proofs.index) if last.relation == "equivalent" else ""
    sizes = tuple(size for each in found for size in each.explored)
    return replace(last, proof=proof, explored=sizes, note="; ".join(notes))


def _not_understood(spec: Spec) -> set[tuple[str, str]]:
    return {(st.origin.algorithm, st.text) for st in spec.statements() if isinstance(st, NotUnderstood) and st.origin}


def _where(scenario: Scenario) -> str:
    return scenario.granularity + "".join(f" with {name}" for name in scenario.adversities)


class _Pair:
    """Two specs in one environment."""

    def __init__(self, old: Scenario, new: Scenario, limit: int, progress: Progress | None) -> None:
        self.scenarios = (old, new)
        self.limit, self.progress = limit, progress
        self.numbers: dict[str, int] = {}
        self.classes = 0

    def compare(self) -> Comparison:
        start = time.perf_counter()
        old, new = self.explore(0), self.explore(1)
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
        watch = None if tell is None else lambda states, depth: tell(what, states, depth, f"depth {depth}")
        return observed(scenario, self.numbers, limit=self.limit, progress=watch)

    def _related(self, graphs: list[Labelled]) -> Comparison:
        for graph in graphs:
            if not graph.complete:
                pause()  # where it was a budget that ended the exploration, it ends the comparison, too
                return _inconclusive(f"bound: {self._unfinished(graph)}")
        if graphs[0].edges == graphs[1].edges:
            return Comparison("equivalent", "isomorphism", None, None, ())
        reduced, (left, right) = _joined(graphs)
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
            return Comparison("equivalent", "traces", None, None, (), _subtle(reduced, left, right))
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
        reduced, (left, right) = _joined([graphs[side], other])
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
            told = run(self.scenarios[side], labels, self.limit)
            if told is not None and run(self.scenarios[1 - side], labels, self.limit) is None:
                return DistinguishingTrace(labels, told), dropped
            dropped += 1
            if dropped == TRIES:
                break
        return None, dropped

    def _unfinished(self, graph: Labelled) -> str:
        return f"states, {self.limit:,}" if graph.states >= self.limit else "interrupted"


def _inconclusive(why: str) -> Comparison:
    return Comparison("inconclusive", "", None, None, (), why)


def _joined(graphs: Sequence[Labelled]) -> tuple[Quotient, tuple[int, int]]:
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
    return f"the same can be observed, but the two differ {what}: what must happen in the end is for the properties"
