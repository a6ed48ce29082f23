"""Whether what breaks a property in one text breaks it in another one, too: the run of a finding is looked for there.

A run is one of the other text if the same actions can be taken there, in the same order: what comes in from outside is
the same, and so are the steps, each known by its counterpart, with what each of them changes. Steps that one of the
texts does not have count only where they do more than settle a promise: to pass by a guard that is gone is no other
run. In the end the same step has to break the property, or the loop has to come back, be fair, and never give what is
owed.

It shares no code with the search, as `bgsync.judge.replay` does not: the system is built anew, without forks.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from bgsync.compare.properties import Shows
from bgsync.compare.steps import kept_steps
from bgsync.judge.check import Question
from bgsync.judge.facts import USER_AGENT, Label, NothingHappens, PromiseSettled, ReactionBegins, StepTaken
from bgsync.judge.fair_loop import Rejected, Replayed, check_supposed
from bgsync.judge.property import Liveness, Property, Safety
from bgsync.judge.replay import Replay, breach, check_cycle, rest
from bgsync.judge.suppositions import READINGS
from bgsync.judge.trace import told
from bgsync.judge.verdict import Trace, TraceStep, Verdict
from bgsync.language import Origin
from bgsync.system.scenario import GRANULARITIES, Scenario
from bgsync.system.step import State

ROUNDS, TRIED = 12, 5_000
"""How often a loop is repeated until its state recurs; how many actions are tried for a part of a run."""

Did = tuple[tuple[Hashable, Hashable], ...]
"""What an action does: its steps, and what each of them changes."""


@dataclass(frozen=True)
class Rerun:
    """A text in which runs of another one are looked for, as the question that is asked of both."""

    question: Question
    pairs: Sequence[tuple[Origin, Origin]]
    """Each step that both texts have: as it is in the one of the findings, and as it is here."""

    @cached_property
    def known(self) -> Mapping[Hashable, Hashable]:
        """The steps of the other text, each with what it is here."""
        return {_place(there): _place(here) for there, here in self.pairs}

    @cached_property
    def here(self) -> Mapping[Hashable, Hashable]:
        """The steps of this text that the other one has."""
        return {_place(here): _place(here) for _, here in self.pairs}

    def breaks(self, one: Verdict) -> bool:
        """Whether the run of a finding of the other text is one of this text, and breaks the same property in it."""
        if one.trace is None or one.granularity not in GRANULARITIES:
            return False
        name, _, part = one.property.partition("/")
        parts = {_part(there): _part(here) for there, here in self.pairs}
        renamed = f"{name}/{parts.get(part, part)}" if part else name
        asked = ((prop, monitor) for prop in self.question.properties if prop.id == name for monitor in prop.monitors)
        return any(
            _Run(self, one, Replay(self._scenario(one, monitor))).breaks(prop, renamed) for prop, monitor in asked
        )

    def _scenario(self, one: Verdict, monitor: object) -> Scenario:
        asked = self.question
        return Scenario(asked.spec, asked.world, one.granularity, one.needs, asked.bounds, monitor)  # type: ignore[arg-type]


def runs(before: Question, now: Question) -> tuple[Shows, Shows]:
    """Give what looks in the old text for runs of the new one, and in the new one for those of the old one."""
    pairs = kept_steps(before.spec, now.spec)
    return Rerun(before, [(new, old) for old, new in pairs]).breaks, Rerun(now, pairs).breaks


@dataclass
class _Run:
    """A finding and the system in which its run is looked for."""

    other: Rerun
    one: Verdict
    replay: Replay
    tried: int = 0

    def breaks(self, prop: Property, name: str) -> bool:
        """Whether the run is there and breaks a property with this id."""
        assert self.one.trace is not None
        before, loop = _halves(self.one.trace)
        stem, again = self._wanted(before), self._wanted(loop)
        if stem is None or again is None:
            return False
        for way in self._ways(self.replay.state, stem):
            if isinstance(prop, Safety):
                if way and self._is_broken(prop, name, way[-1]):
                    return True
            elif self.one.trace.loop is not None and _id(prop, self.replay) == name:
                idle = not again or any(isinstance(step.label, NothingHappens) for step in loop)
                if self._never_gives(prop, way, None if idle else again):
                    return True
        return False

    def _is_broken(self, prop: Safety, name: str, last: Replayed) -> bool:
        system = self.replay.system
        found, where = breach(system, last, prop, name), self.one.locations[-1:]
        if found is None or not where:
            return False
        place = (where[0].algorithm, where[0].step)
        return _place(system.program.code[found[0]].origin) == self.other.known.get(place, place)

    def _never_gives(self, prop: Liveness, way: list[Replayed], loop: list[Did] | None) -> bool:
        """Whether what is owed is never given when it goes on so: by a loop, or with nothing any more."""
        start = self._end(way)
        if start is None:
            return False
        for owed in list(prop.owed(self.replay.system, start)):
            self.replay.taken, self.replay.state = list(way), start
            if loop is None:
                with suppress(Rejected):
                    rest(self.replay, prop, owed)
                    return True
            elif any(self._is_fair(prop, owed, cycle) for cycle in self._rounds(way, loop)):
                return True
        return False

    def _is_fair(self, prop: Liveness, owed: Hashable, cycle: list[Replayed]) -> bool:
        try:
            check_cycle(self.replay, cycle, prop, owed)
            check_supposed(self.replay.system, cycle, READINGS)
        except Rejected:
            return False
        return True

    def _rounds(self, way: list[Replayed], loop: list[Did]) -> Iterator[list[Replayed]]:
        """Repeat a loop, and give what leads back to a state that it was in."""
        taken, state = list[Replayed](), self._end(way)
        starts = {state: 0}
        for _ in range(ROUNDS):
            more = None if state is None else next(self._ways(state, loop), None)
            if not more:
                return
            taken, state = [*taken, *more], self._end(more)
            if state in starts:
                yield taken[starts[state] :]
            starts.setdefault(state, len(taken))

    def _end(self, way: list[Replayed]) -> State | None:
        return way[-1].step.after if way else self.replay.state

    def _ways(self, start: State, wanted: list[Did]) -> Iterator[list[Replayed]]:
        """Give the ways to take these actions from a state, one for each state in which they end."""
        work: list[tuple[State, int, list[Replayed]]] = [(start, 0, [])]
        seen = {(start, 0)}
        while work and self.tried < TRIED:
            state, place, way = work.pop()
            if place == len(wanted):
                yield way
                continue
            for step in self.replay.system.steps(state):
                self.tried += 1
                taken = Replayed(state, step)
                did = self._did(told(self.replay.system, taken, USER_AGENT, 0), self.other.here)
                if did is None or did not in ((), wanted[place]):
                    continue
                on = place + (did == wanted[place])
                if step.after is None or (on == len(wanted)):
                    if on == len(wanted):
                        yield [*way, taken]
                elif (step.after, on) not in seen:
                    seen.add((step.after, on))
                    work.append((step.after, on, [*way, taken]))

    def _wanted(self, steps: Sequence[TraceStep]) -> list[Did] | None:
        """Give what the actions of the finding do here; None where a step that is not here changes something."""
        actions: dict[int, list[TraceStep]] = {}
        for step in steps:
            actions.setdefault(step.action, []).append(step)
        found = [self._did(each, self.other.known) for each in actions.values()]
        return None if None in found else [did for did in found if did]

    def _did(self, steps: Sequence[TraceStep], known: Mapping[Hashable, Hashable]) -> Did | None:
        """Give what an action does by steps that are known; None where another one changes something."""
        did = []
        for step in steps:
            if not step.step:
                did.append((_label(step.label), step.changes))
            elif step.place in known:
                did.append(((_label(step.label), known[step.place]), step.changes))
            elif any(not isinstance(change, PromiseSettled) for change in step.changes):
                return None
        return tuple(did)


def _halves(trace: Trace) -> tuple[Sequence[TraceStep], Sequence[TraceStep]]:
    """Give what comes before the loop of a run, and its loop."""
    cut = len(trace.steps) if trace.loop is None else trace.loop
    return trace.steps[:cut], trace.steps[cut:]


def _label(label: Label) -> Hashable:
    """Give what is the same of a label in both texts, but for the step."""
    if isinstance(label, StepTaken):
        return type(label), label.outcome if isinstance(label, ReactionBegins) else ""
    return label


def _id(prop: Liveness, replay: Replay) -> str:
    part = dict(zip(prop.monitors, prop.parts, strict=True))[replay.system.scenario.monitor]
    return f"{prop.id}/{part}" if part else prop.id


def _place(origin: Origin) -> Hashable:
    return origin.algorithm, origin.step


def _part(origin: Origin) -> str:
    return f"{origin.algorithm.replace(' ', '-')}.{origin.step}"
