"""What surrounds an implementation, followed without any model of it: which operations make sense after a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bgsync.driving import Operation
from bgsync.observing import Observing, Seen
from bgsync.system.world import Effect

ENDS = (Effect.ENDS_HANDLERS, Effect.ENDS_EVERYTHING)


class Surroundings(NamedTuple):
    """The state of each machine of the world, and the events that are under way by what was seen."""

    observing: Observing
    states: Mapping[str, str]
    under_way: tuple[str, ...] = ()

    @classmethod
    def initial(cls, observing: Observing) -> Surroundings:
        """Give those after `reset`."""
        return cls(observing, {machine.name: machine.recurs or machine.initial for machine in observing.world.machines})

    def sensible(self, operation: Operation) -> bool:
        """Whether an operation makes sense."""
        kind, *what = self.observing.way(operation).text
        if kind == "settle":
            return operation.tag in self.under_way
        if kind == "call":
            there = all(self.states[m.name] == m.initial for m in self.observing.world.machines if m.free)
            return bool(self.under_way) if len(what) > 1 else there
        if kind == "free":
            return self.states[what[0]] != what[1]
        if kind == "move":
            return any(self.states[name] == source for name, source, *_ in self._rows(what[0]))
        return True

    def after(self, operation: Operation, seen: Seen) -> Surroundings:
        """Give those after an operation, and what was seen of it."""
        kind, *what = self.observing.way(operation).text
        states, under_way = dict(self.states), list(self.under_way)
        if kind == "settle" and operation.tag in under_way:
            under_way.remove(operation.tag)
        elif kind == "free":
            states[what[0]] = what[1]
        for trigger in what if kind == "move" else ():
            for name, source, dest, effect in self._rows(trigger):
                if states[name] == source:
                    states[name] = dest
                    under_way = [] if effect in ENDS else under_way
        return self._replace(states=states, under_way=(*under_way, *(event.tag for event in seen.events)))

    def _rows(self, trigger: str) -> list[tuple[str, str, str, Effect | None]]:
        return [
            (machine.name, source, dest, machine.effects.get(name))
            for machine in self.observing.world.machines
            for name, source, dest in machine.rows
            if name == trigger
        ]
