"""Finds each defect that breaks a property, and not only the shortest run that shows one.

A defect is a pair: the step that breaks a property, and the step of another invocation, or of the environment, that it
conflicts with. Of the runs that show a pair the shortest is told. A pair does not count where the property breaks in
the same run without the conflicting action; so of a run that something needless was added to nothing is left. What is
withdrawn may be in any state, and what goes on with it all the same differs with that: so a pair counts by the state.

What breaks one property often breaks others later on, in the same run. So runs are sought first in which nothing was
broken before; only where there is none does one count that breaks another property on its way, and says which.

Where the algorithm of one of the two steps is called from several, each pair of callers is a way of its own to the
same defect (`callers`); and so is a loop that comes to it again, after a wait.

What is not found: two runs with the same pair that differ in what else came before are one finding; and in a graph with
several tags that is searched as a product, only the shortest run to each property is known.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from bgsync.judge import facts as f
from bgsync.judge.callers import arrival, calls_of, last_call, reacts
from bgsync.judge.lifecycle import withdraws
from bgsync.judge.property import state_in
from bgsync.judge.verdict import Trace
from bgsync.judge.ways import Ways
from bgsync.judge.whole import Breaking, Watched
from bgsync.language import Origin
from bgsync.system.observation import Dispatched, Duplicated, Listed, Removed, Settled, StateSet
from bgsync.system.step import Step
from bgsync.system.system import System
from bgsync.tables.index import Mask, Numbers

CHANGES = (StateSet, Listed, Removed, Dispatched, Settled, Duplicated)
"""What others can see of a step, and so conflict with."""


def last_change(system: System, step: Step) -> Hashable | None:
    """Give what changes something that others can see last in an action: a step of the text, or a trigger."""
    if step.action.kind == "move":
        return step.action.name
    changed = (ran.pc for ran in reversed(step.executed) if any(isinstance(seen, CHANGES) for seen in ran.observations))
    pc = next(changed, None)
    return None if pc is None else system.program.code[pc].origin.key


def withdrawal(system: System, step: Step) -> Hashable | None:
    """Give the step of the text that withdraws something in an action, and the state in which it finds it."""
    removed = ((ran.pc, seen) for ran in step.executed for seen in ran.observations if isinstance(seen, Removed))
    found = ((pc, state_in(system, seen.fields)) for pc, seen in removed if withdraws(system, pc))
    return next(found, None)


class Run(NamedTuple):
    """A run that may show a defect."""

    steps: tuple[Step, ...]
    last: int | None
    """The place of the last action that changes something that others can see, before the one that breaks it."""
    after: str
    """The id of the property that is broken on the way, "" where none is."""
    known_only: bool = False
    """Whether it is sought for another way to a defect that is known, by other calls."""


@dataclass(frozen=True)
class Causes:
    """The runs that break properties in a graph."""

    watched: Watched
    moves: bool = True
    """Whether a move of the environment is such a change."""

    @cached_property
    def marks(self) -> Numbers:
        """For each transition the number of what it changes last; 0 where it changes nothing that others can see."""
        return self._numbered(
            lambda system, step: last_change(system, step) if self.moves or step.action.kind != "move" else None
        )

    @cached_property
    def withdrawn(self) -> Numbers:
        """For each transition the number of what it withdraws, in which state; 0 where it withdraws nothing."""
        return self._numbered(withdrawal)

    @cached_property
    def called(self) -> Numbers:
        """For each transition the number of the last call in it of what several steps call; 0 where it has none."""
        return self._numbered(last_call)

    @cached_property
    def arrived(self) -> Numbers:
        """For each transition the number of how it comes to fire: first, or again after a wait; 0 where it does not."""
        return self._numbered(arrival)

    def _numbered(self, mark: Callable[[System, Step], Hashable | None]) -> Numbers:
        """Give each transition the number of what it is marked by, 0 for nothing."""
        graph, numbers = self.watched.graph, dict[Hashable | None, int]({None: 0})
        steps = (successor.step for successor in graph.tables.successors)
        of_successor = [numbers.setdefault(mark(self.watched.system, step), len(numbers)) for step in steps]
        return np.array(of_successor, np.int64)[graph.successors]

    def _sound(self, name: str | None = None) -> Mask:
        """Say which transitions do not break a property, or any."""
        kept = np.ones(self.watched.graph.transitions, bool)
        for broken, transitions in self.watched.breaking.items():
            if name is None or name == broken:
                kept[transitions] = False
        return kept

    @cached_property
    def clean(self) -> Ways:
        """The ways on which nothing is broken."""
        return Ways(self.watched.graph, self._sound(), self.marks)

    @cached_property
    def clean_calls(self) -> Ways:
        """The ways on which nothing is broken, by the last two calls of what several steps call."""
        return Ways(self.watched.graph, self._sound(), self.called, two=True)

    @cached_property
    def clean_arrivals(self) -> Ways:
        """The ways on which nothing is broken, by how it was come to fire last."""
        return Ways(self.watched.graph, self._sound(), self.arrived)

    def runs(self, name: str) -> Iterator[Run]:
        """Give the runs that may show a defect, the shortest of each pair; the shortest of all comes first."""
        shortest = self.watched.path(name)
        yield self._run(self.watched.graph.transitions_to(self.watched.breaches[name].source), shortest[-1], name)
        ways = self.clean
        found = self._nearest(self.watched.every[name], ways)
        if not found:
            ways = Ways(self.watched.graph, self._sound(name), self.marks)
            found = self._nearest(self.watched.every[name], ways)
        for _, mark, source, successor in found:
            yield self._run(ways.path(source, mark), self.watched.step(source, successor), name)
        if not self.watched.system.by_step:
            yield from self._repeated(name, ways)
        if self.withdrawn.any():
            ways = Ways(self.watched.graph, self._sound(name), self.withdrawn)
            for _, mark, source, successor in self._nearest(self.watched.every[name], ways):
                yield self._run(ways.path(source, mark), self.watched.step(source, successor), name)
        if not self.watched.system.by_step and self.arrived.any():
            yield from self._arriving(name)
        called = [one for one in self.watched.every[name] if self.watched.system.by_step and self._is_called(one)]
        if called and self.called.any():
            ways = self.clean_calls if found else Ways(self.watched.graph, self._sound(name), self.called, two=True)
            for _, mark, source, successor in self._nearest(called, ways, ways.both):
                run = self._run(ways.path(source, mark), self.watched.step(source, successor), name)
                yield run._replace(known_only=True)

    def _repeated(self, name: str, ways: Ways) -> Iterator[Run]:
        """Give runs that break a property where no way leads but after it was broken: that takes no race."""
        left = [one for one in self.watched.every[name] if not any(True for _ in ways.into(one.sources))]
        if left:
            ways = Ways(self.watched.graph, np.ones(self.watched.graph.transitions, bool), self.marks)
        for _, mark, source, successor in self._nearest(left, ways):
            yield self._run(ways.path(source, mark), self.watched.step(source, successor), name)

    def _arriving(self, name: str) -> Iterator[Run]:
        """Give a run for each way to come to fire, on which nothing else is broken where there is such a run."""
        came = set[int]()
        for ways in (self.clean_arrivals, None):
            ways = ways or Ways(self.watched.graph, self._sound(name), self.arrived)
            for _, mark, source, successor in self._nearest(self.watched.every[name], ways):
                came.add(mark)
                run = self._run(ways.path(source, mark), self.watched.step(source, successor), name)
                yield run._replace(known_only=True)
            if len(came - {0}) == self.arrived.max():
                return

    def _is_called(self, one: Breaking) -> bool:
        """Whether a property is broken in an algorithm that several steps call, and not in what reacts to its event."""
        system, step = self.watched.system, self.watched.graph.tables.successors[one.successor].step
        if step.action.process is not None and reacts(system.process(step.action.process)):
            return False
        several = calls_of(system.program)
        return any(system.program.code[ran.pc].origin.algorithm in several for ran in step.executed)

    def _nearest(
        self, every: Iterable[Breaking], ways: Ways, like: Callable[[int], Hashable] = int
    ) -> list[tuple[int, int, int, int]]:
        """Give depth, mark, source and successor of the nearest breach of each kind, after marks that are not alike."""
        nearest: dict[Hashable, tuple[int, int, int, int]] = {}
        system, successors = self.watched.system, self.watched.graph.tables.successors
        for one in every:
            step = successors[one.successor].step
            action = step.action
            pc = None if action.process is None else system.process(action.process).pc
            for mark, depth, source in ways.into(one.sources):
                key = one.message, action.kind, action.name, pc, action.detail, last_call(system, step), like(mark)
                if key not in nearest or (depth, source) < (nearest[key][0], nearest[key][2]):
                    nearest[key] = depth, mark, source, one.successor
        return sorted(nearest.values())

    def _run(self, path: list[int], last: Step, name: str) -> Run:
        steps = tuple(self.watched.graph.step(transition) for transition in path)
        return Run((*steps, last), *self.on_the_way(path, name))

    def on_the_way(self, path: list[int], name: str = "") -> tuple[int | None, str]:
        """Give the place of the last action that changes something, and the first property but `name` that breaks."""
        sets = {other: some for other, some in self.watched.breaking.items() if other != name}
        broken = (other for transition in path for other, some in sets.items() if _has(some, transition))
        marked = [place for place, transition in enumerate(path) if self.marks[transition]]
        return (marked[-1] if marked else None), next(broken, "")


def _has(numbers: Numbers, number: int) -> bool:
    place = int(np.searchsorted(numbers, number))
    return place < len(numbers) and int(numbers[place]) == number


def conflicts(trace: Trace, blamed: Origin) -> Iterator[tuple[int, frozenset[int]]]:
    """Give the places of the changes that the last step with an origin may conflict with, the last first.

    Those are made by nobody who takes that step or has begun who does. Each comes with the actions that whoever makes
    it, and whom they begin, take from there on.
    """
    culprit = max((place for place, step in enumerate(trace.steps) if step.origin == blamed), default=None)
    if culprit is None:
        return
    own = _line(trace, trace.steps[culprit].actor)
    mine = {step.action for step in trace.steps[: culprit + 1] if step.actor in own}
    for place in range(culprit - 1, -1, -1):
        step = trace.steps[place]
        if step.changes_others and step.actor not in own and step.action not in mine:
            later = (other for other in trace.steps[place:] if step.actor in _line(trace, other.actor))
            alone = step.actor in (f.ENVIRONMENT, f.USER_AGENT)
            yield place, frozenset([step.action] if alone else (other.action for other in later))


def stops(trace: Trace, hard: Collection[str], *, steps: bool) -> int | None:
    """Give the place of what the last change of the text before the loop of a trace conflicts with, if with anything.

    It is the last of the moves that are `hard`, or else, where invocations interleave by `steps`, the last change that
    another one makes.
    """
    before = range(len(trace.steps) if trace.loop is None else trace.loop)
    moved = [place for place in before if isinstance(label := trace.steps[place].label, f.EnvironmentMoved)
             and label.trigger in hard]  # fmt: skip
    if moved or not steps:
        return moved[-1] if moved else None
    changing = [place for place in before if trace.steps[place].changes_others and trace.steps[place].step]
    if not changing:
        return None
    own = _line(trace, trace.steps[changing[-1]].actor)
    return max((place for place in changing if trace.steps[place].actor not in own), default=None)


def _line(trace: Trace, actor: f.Invocation) -> list[f.Invocation]:
    """Give an invocation, the one that began it, and so on."""
    parents, found = dict(trace.parents), [actor]
    while (parent := parents.get(found[-1])) is not None and parent not in found:
        found.append(parent)
    return found
