"""Several monitors that watch one run side by side, and the run as each of them sees it.

A property reads the memory of its own monitor. So a run that is judged by all of them has a memory and notes that are
tuples, one part for each; a property is shown the state in which only its monitor's part is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from bgsync.judge.property import Property, View
from bgsync.system.monitor import NOTHING, Beginning, Call, Memory, Monitor
from bgsync.system.observation import Observation, Removed, Withdrawn
from bgsync.system.state import Process, Value
from bgsync.system.step import NEVER_SETTLES, State, Step
from bgsync.system.system import System


@dataclass(frozen=True)
class Several(Monitor):
    """Monitors side by side: a memory and a note have a part for each of them."""

    monitors: tuple[Monitor, ...]

    @property
    def name(self) -> str:
        """Name it by what it is made of."""
        return " + ".join(monitor.name for monitor in self.monitors)

    @property
    def initial(self) -> Memory:  # type: ignore[override]
        """Give what each of them remembers at first."""
        return tuple(monitor.initial for monitor in self.monitors)

    @property
    def outside(self) -> Value:  # type: ignore[override]
        """Give what each of them notes on what begins for a reason outside of the model."""
        return self._joined(monitor.outside for monitor in self.monitors)

    def parts(self, note: Value) -> tuple[Value, ...]:
        """Give the part of a note that each monitor has made."""
        if type(note) is tuple:
            return note
        return (note,) * len(self.monitors)

    def _each(self, memory: Memory) -> tuple[Value, ...]:
        """Give what each of them remembers; where a run follows a removed object only, it is nothing."""
        return memory or ((),) * len(self.monitors)

    def _joined(self, notes: Iterable[Value]) -> Value:
        made = tuple(notes)
        if not made:
            return None
        return made[0] if set(made) in ({None}, {NEVER_SETTLES}) else made

    def handed(self, note: Value, fewer: Several) -> Value:
        """Give what fewer of them have noted."""
        if note == NEVER_SETTLES:
            return note
        kept = zip(self.monitors, self.parts(note), strict=True)
        return fewer._joined(own for monitor, own in kept if monitor in fewer.monitors)

    def left(self, memory: Memory, fewer: Several) -> Memory:
        """Give what fewer of them remember."""
        return tuple(part for m, part in zip(self.monitors, self._each(memory), strict=True) if m in fewer.monitors)

    def begun(self, memory: Memory, call: Call) -> tuple[Beginning, ...]:
        """Give every way in which all of them can note a call."""
        ways = (m.begun(_memory(part), call) for m, part in zip(self.monitors, self._each(memory), strict=True))
        return tuple(
            Beginning(
                tuple(one.memory for one in way),
                self._joined(one.note for one in way),
                " ".join(filter(None, (one.remark for one in way))),
            )
            for way in product(*ways)
        )

    def withdraws(self, note: Value) -> bool:
        """Whether any of them knows the invocation to withdraw what it removes."""
        return any(m.withdraws(part) for m, part in zip(self.monitors, self.parts(note), strict=True))

    def observed(self, memory: Memory, note: Value, seen: Observation, key: str | None) -> tuple[Memory, Value]:
        """Let each of them observe it; what one takes to be withdrawn is removed to another."""
        memories, notes = list[Value](), list[Value]()
        for monitor, part, own in zip(self.monitors, self._each(memory), self.parts(note), strict=True):
            removed = isinstance(seen, Withdrawn) and not monitor.withdraws(own)
            mine = Removed(seen.slot, (), None) if removed and isinstance(seen, Withdrawn) else seen
            after, left = monitor.observed(_memory(part), own, mine, key)
            memories.append(after)
            notes.append(left)
        return tuple(memories), self._joined(notes)

    def noticed(self, note: Value, seen: Observation, key: str | None, waits: bool) -> Value:
        """Let each of them take note of what another process did."""
        if note == NEVER_SETTLES:
            return note
        pairs = zip(self.monitors, self.parts(note), strict=True)
        return self._joined(monitor.noticed(own, seen, key, waits) for monitor, own in pairs)

    def forgotten(self, memory: Memory, process: Process, resolves: bool) -> Memory:
        """Let each of them forget a process that goes out of sight."""
        parts = zip(self.monitors, self._each(memory), self.parts(process.note), strict=True)
        return tuple(m.forgotten(_memory(part), process._replace(note=own), resolves) for m, part, own in parts)

    def interrupted(self, memory: Memory) -> Memory:
        """Tell each of them that the environment has ended the handlers, or everything."""
        pairs = zip(self.monitors, self._each(memory), strict=True)
        return tuple(m.interrupted(_memory(part)) for m, part in pairs)


def _memory(part: Value) -> Memory:
    assert isinstance(part, tuple)
    return part


def beside(properties: Sequence[Property], named: str = "") -> Several:
    """Give the monitors of properties side by side.

    Where a property has several, each for another way in which the text is used, one of them restricts what another
    allows: the first is taken, or the one of the part that is named after a slash.
    """
    base, _, part = named.partition("/")
    chosen = dict[Monitor, None]()
    for prop in properties:
        parts = getattr(prop, "parts", ())
        place = parts.index(part) if prop.id == base and part in parts else 0
        chosen[prop.monitors[place]] = None
    chosen.pop(NOTHING, None)
    return Several(tuple(chosen))


class Sight:
    """A run as one of several monitors sees it."""

    def __init__(self, whole: System, place: int | None) -> None:
        several = whole.monitor
        assert isinstance(several, Several)
        self.whole, self.several, self.place = whole, several, place
        self.monitor = NOTHING if place is None else several.monitors[place]
        self.system = System(replace(whole.scenario, monitor=self.monitor), fork=whole.fork)
        self._numbers: dict[int, int] = {}

    def number(self, number: int) -> int:
        """Give the process as it is here."""
        known = self._numbers.get(number)
        if known is None:
            process = self.whole.process(number)
            note = process.note
            if note != NEVER_SETTLES:
                note = None if self.place is None else self.several.parts(note)[self.place]
            known = self._numbers[number] = self.system.number(process._replace(note=note))
        return known

    def state(self, state: State) -> State:
        """Give a state as it is here."""
        memory = () if self.place is None or not state.memory else _memory(state.memory[self.place])
        queues = tuple((name, tuple(map(self.number, numbers))) for name, numbers in state.queues)
        processes = tuple(sorted(map(self.number, state.processes)))
        return state._replace(processes=processes, memory=memory, queues=queues)

    def view(self, before: State, step: Step) -> View:
        """Give a transition as it is here."""
        action = step.action
        own = action._replace(
            process=None if action.process is None else self.number(action.process),
            after=None if action.after is None else self.number(action.after),
        )
        seen = step.observations
        if not self.monitor.withdraws(self.system.process(own.process).note if own.process is not None else None):
            seen = tuple(one for one in seen if not isinstance(one, Withdrawn))
        after = None if step.after is None else self.state(step.after)
        return View(self.system, self.state(before), step._replace(action=own, after=after, observations=seen))


class Sights:
    """A run as the monitor of each property sees it."""

    def __init__(self, whole: System) -> None:
        assert isinstance(whole.monitor, Several)
        self.whole = whole
        self._places: dict[Monitor, int | None] = {m: place for place, m in enumerate(whole.monitor.monitors)}
        self._places[NOTHING] = None
        self._made: dict[Monitor, Sight] = {}

    def of(self, prop: Property) -> Sight | None:
        """Give the run as a property sees it; None where its monitor is not among those that watch."""
        monitor = next((one for one in prop.monitors if one in self._places), None)
        if monitor is None:
            return None
        if monitor not in self._made:
            self._made[monitor] = Sight(self.whole, self._places[monitor])
        return self._made[monitor]

    def part(self, prop: Property) -> str:
        """Give the part of a property's id that belongs to its monitor here."""
        monitor = next((one for one in prop.monitors if one in self._places), None)
        parts = getattr(prop, "parts", ("",))
        return "" if monitor is None else dict(zip(prop.monitors, parts, strict=False)).get(monitor, "")
