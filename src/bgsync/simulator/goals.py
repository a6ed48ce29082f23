"""What one may ask to be taken to in the model of a spec, and whether a step comes to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bgsync.judge.property import Liveness, Property, Safety, View, canonical, declared, full_id, state_in
from bgsync.simulator.monitors import Sights
from bgsync.simulator.simulation import Breach, Debt, Goal
from bgsync.system.monitor import Monitor
from bgsync.system.step import State, Step
from bgsync.system.system import System

BROKEN, OWED, NEVER, ENDLESS = "broken", "owed", "never", "endless"
STATE, WORLD, STEP = "state", "world", "step"
"""The kinds of goals; an id is a kind and what it is about."""


class Judged:
    """The properties of a run, each seen by its own monitor, whatever the number of monitors that watch it."""

    def __init__(self, system: System, properties: Sequence[Property]) -> None:
        self.system, self.properties, self.sights = system, tuple(properties), Sights(system)
        self.safety = [(p, sight) for p in properties if isinstance(p, Safety) and (sight := self.sights.of(p))]
        self.liveness = [
            (p, sight) for p in properties if isinstance(p, Liveness) and not p.needs and (sight := self.sights.of(p))
        ]

    def is_about(self, goal: str, prop: Property) -> bool:
        """Whether a goal is about a property."""
        kind, _, name = goal.partition(":")
        return kind in (BROKEN, OWED, NEVER) and prop.id == name

    def monitor(self, prop: Property) -> Monitor | None:
        """Give the monitor by which a property is seen here."""
        sight = self.sights.of(prop)
        return None if sight is None else sight.monitor

    def breaches(self, before: State, step: Step, wanted: str = "") -> Iterator[Breach]:
        """Give what a step breaks; of one property if it is named."""
        views: dict[int, View] = {}
        for prop, sight in self.safety:
            if wanted and prop.id != wanted:
                continue
            kinds = [
                (seen, ran.pc) for ran in step.executed for seen in ran.observations if isinstance(seen, prop.kinds)
            ]
            for seen, pc in kinds:
                view = views.setdefault(id(sight), sight.view(before, step))
                for found in prop.look(view, seen, pc):
                    if found.broken:
                        yield Breach(full_id(prop.id, found.part), *map(self._retold, (prop.sentence, found.broken)))

    def owed(self, state: State, wanted: str = "") -> Iterator[tuple[str, str, object]]:
        """Give what has to happen in the end: the id of the property, what it says, and what it is about."""
        for prop, sight in self.liveness:
            if not wanted or prop.id == wanted:
                for about in prop.owed(sight.system, sight.state(state)):
                    yield full_id(prop.id, self.sights.part(prop)), self._retold(prop.sentence), about

    def _retold(self, said: str) -> str:
        """Say what a property says in the words of the text."""
        return self.system.world.words.retold(said, self.system.scenario.words)

    def goals(self, *, endless: bool) -> Iterator[Goal]:
        """Give all that one may ask for; with `endless` runs without end, too: from here, or from the start on."""
        system, spec = self.system, self.system.scenario.spec
        thing = system.scenario.words.a_noun
        for safety, _ in self.safety:
            yield Goal(f"{BROKEN}:{safety.id}", "A step breaks", safety.id)
        for prop in self.properties if endless else ():
            if isinstance(prop, Liveness):
                yield Goal(f"{ENDLESS}:{prop.id}", "A run from the start that has no end breaks", prop.id)
        for live, _ in self.liveness:
            yield Goal(f"{OWED}:{live.id}", "Something is owed by", live.id)
        for live, _ in self.liveness if endless else ():
            yield Goal(f"{NEVER}:{live.id}", "A run from here that never gives what is owed here by", live.id)
        for name in declared(system):
            yield Goal(f"{STATE}:{name}", f"{thing[0].upper()}{thing[1:]} is", name)
        for machine in system.world.machines:
            for name in machine.states if machine.rows and not machine.free else ():
                yield Goal(f"{WORLD}:{machine.name}={name}", "The world", f"{machine.name}: {name}")
        for step in dict.fromkeys(str(st.origin) for st in spec.statements() if st.origin is not None):
            yield Goal(f"{STEP}:{step}", "A step is taken", step)

    def met(self, goal: str, before: State | None, step: Step | None, after: State | None) -> bool:
        """Whether a goal is met by a step, or in the state after it; without a step, in that state."""
        kind, _, name = goal.partition(":")
        match kind:
            case "broken":
                return before is not None and step is not None and any(self.breaches(before, step, name))
            case "step":
                code = self.system.program.code
                return step is not None and any(str(code[ran.pc].origin) == name for ran in step.executed)
            case "owed":
                return after is not None and any(self.owed(after, name))
            case "state":
                wanted = canonical(name)
                heap = () if after is None else after.shared.heap
                return any(known is not None and state_in(self.system, known.fields) == wanted for known in heap)
            case _:
                machine, _, state = name.partition("=")
                place = self.system.machines.index(machine) if machine in self.system.machines else None
                return place is not None and after is not None and after.shared.context[place] == state


def debts(judged: Judged, state: State, named: dict[int, str]) -> tuple[Debt, ...]:
    """Tell what is owed in a state; `named` are the things by their slots."""
    return tuple(
        Debt(name, sentence, named.get(about, str(about)) if isinstance(about, int) else str(about))
        for name, sentence, about in judged.owed(state)
    )
