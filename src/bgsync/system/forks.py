"""What comes of an action: what nobody holds is collected, what is the same counted, and what was removed forks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator

from bgsync.system.collect import by_tag, collect, counted, only, pool, stands_alone, tidied
from bgsync.system.instructions import END
from bgsync.system.monitor import Memory
from bgsync.system.observation import Created, Executed, NeverSettled, Noticed, Observation, PoolMet, Resolved, in_slots
from bgsync.system.state import Process, Value
from bgsync.system.step import Action, State, Step
from bgsync.system.turns import Turns


class Forks(Turns):
    """The states after actions, kept small."""

    @abstractmethod
    def steps(self, state: State) -> Iterator[Step]:
        """Give every transition out of a state."""

    def counted(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """Sort processes, and leave out those of which there are more than many."""
        every, kept = sorted(numbers), list[int]()
        if not self.fork or len(set(every)) == len(every):
            return tuple(every)
        for number in every:
            many = self.many(number)
            if kept[-many:].count(number) < many:
                kept.append(number)
        return tuple(kept)

    def many(self, number: int) -> int:
        """Give how many of a process stand for many: more than there can be of those that the bounds keep few."""
        return self.alike if self.processes.parked[number] else self.scenario.calls + self.scenario.tags

    # --- removed objects

    def _small(self, state: State) -> tuple[State, bool]:
        """Collect what nobody holds and count what is the same; say whether a pending promise was lost."""
        if not state.shared.cells:
            return collect(self.processes, state)
        key = (state.shared.heap, state.shared.cells, state.processes, state.queues)
        known = self._smaller.get(key)
        if known is None:
            small, lost = collect(self.processes, state)
            if self.fork:
                small = tidied(self.processes, counted(self.processes, small, self.many))
            known = self._smaller[key] = (small, lost)
        small, lost = known
        shared = small.shared._replace(context=state.shared.context)
        return state._replace(shared=shared, processes=small.processes, queues=small.queues), lost

    def normal(self, state: State) -> Iterator[State]:
        """Give a state of the plain semantics as this system has it: what is alike counted, what was removed apart."""
        counted = state._replace(processes=self.counted(state.processes))
        yield from (step.after for step in self._finish(Action("idle", ""), counted) if step.after is not None)

    def _finish(
        self,
        action: Action,
        after: State,
        executed: tuple[Executed, ...] = (),
        observations: tuple[Observation, ...] = (),
        told: tuple[tuple[Noticed, str | None], ...] = (),
    ) -> Iterator[Step]:
        """Collect what nobody holds, and fork where a removed object has nothing to do with the rest any more."""
        try:
            after, lost = self._small(after)
        except Exception as error:
            if executed:
                error.add_note(f"after {self.program.code[executed[-1].pc].origin}")
            raise
        if lost:
            seen = NeverSettled()
            executed = (*executed, Executed(executed[-1].pc if executed else END, (seen,)))
            observations = (*observations, seen)
        met = pool(after, self.scenario.tags) if self.fork else None
        if met is not None:
            yield Step(action, None, executed, (*observations, PoolMet(met)))
            return
        if not self.fork or after.disjoint:
            yield Step(action, after, executed, observations, told)
            return
        after, executed, observations = self._by_tag(after, executed, observations)
        main, left = after, list[int]()
        for slot, known in enumerate(after.shared.heap):
            own = stands_alone(self.processes, main, slot) if known and not known.listed else None
            if own is None:
                continue
            apart = self.monitor.apart(main.memory, self.tag(after.shared, slot))
            alone = State(only(after.shared, slot), own, (), apart, True)
            alone = tidied(self.processes, collect(self.processes, alone)[0])
            left.append(slot)
            yield Step(action._replace(disjoint=slot), alone, executed, observations, told)
            memory = main.memory
            for number in own:
                memory = self._forgotten(memory, self.process(number), alone)
            rest = tuple(n for n in main.processes if n not in own)
            kept = tuple(None if place == slot else o for place, o in enumerate(main.shared.heap))
            shared = main.shared._replace(heap=kept)
            main, _ = collect(self.processes, main._replace(processes=rest, memory=memory, shared=shared))
            main = tidied(self.processes, main)
        if left:
            main, executed, observations = self._by_tag(main, executed, observations)
        yield Step(action, main, executed, observations, told, tuple(left))

    def _by_tag(
        self, state: State, executed: tuple[Executed, ...], observations: tuple[Observation, ...]
    ) -> tuple[State, tuple[Executed, ...], tuple[Observation, ...]]:
        """Give the objects that a step has made the slots of their tags, in what was seen of it, too."""
        made = {seen.slot for seen in observations if isinstance(seen, Created) and seen.slot is not None}
        if not made or self.tag_place is None or self.scenario.tags == 1 or state.shared.cells or state.queues:
            return state, executed, observations
        state, names = by_tag(self.processes, state, self.scenario.tag_names, self.tag_place, made)
        if names:
            every = (*observations, *(one for ran in executed for one in ran.observations))
            moved = dict(zip(map(id, every), in_slots(every, names), strict=True))
            executed = tuple(Executed(pc, tuple(moved[id(one)] for one in seen)) for pc, seen in executed)
            observations = tuple(moved[id(one)] for one in observations)  # each is the same one here and there
        return state, executed, observations

    def _forgotten(self, memory: Memory, process: Process, alone: State) -> Memory:
        """Give what is remembered when a process goes out of sight; where that tells, whether it may still resolve."""
        may, never = (self.monitor.forgotten(memory, process, resolves) for resolves in (True, False))
        return may if may == never or self._resolves(alone, process.note) else never

    def _resolves(self, alone: State, note: Value) -> bool:
        """Whether a promise may be resolved by a process with this note, out of sight in a state."""
        if not any(self.processes.resolves(n) for n in alone.processes if self.process(n).note == note):
            return False
        known, parents, work = self._resolving.get((alone, note)), dict[State, State | None]({alone: None}), [alone]
        while known is None and work:
            state = work.pop()
            for step in self.steps(state):
                number, after = step.action.process, step.after
                mine = number is not None and self.process(number).note == note
                found: bool | None = mine and any(isinstance(seen, Resolved) for seen in step.observations)
                if after is not None and after not in parents and not found:
                    found = self._resolving.get((after, note))
                    if found is None and any(self.process(n).note == note for n in after.processes):
                        parents[after] = state
                        work.append(after)
                if found:
                    self._resolving.update(((one, note), True) for one in _chain(parents, state))
                    return True
        if known is None:
            self._resolving.update(((one, note), False) for one in parents)
        return bool(known)


def _chain(parents: dict[State, State | None], state: State | None) -> Iterator[State]:
    """Give a state, the one that it was come to from, and so on."""
    while state is not None:
        yield state
        state = parents[state]
