"""Walking through a user's `transitions` machines, run by the library itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

from bgsync.explore.graph import Graph
from bgsync.explore.search import explore
from bgsync.machines.live import Configuration, Live, Outcome
from bgsync.machines.promises import Promises, said, truth
from bgsync.machines.table import Row, Taken, states_of, taken_as
from bgsync.machines.telling import Telling
from bgsync.simulator.nearest import Bound, shortest
from bgsync.simulator.simulation import Breach, Choice, Found, Goal, Line, Panel, Scene, Simulation, Tick, Way

JUDGED = 20_000
"""In how many configurations promises are asked about before the walk begins."""
STATE, ROW, BROKEN = "state", "row", "broken"
"""The kinds of goals."""


class Place(NamedTuple):
    """What the machines are in; None before one of several beginnings is chosen."""

    configuration: Configuration | None


class MachineSimulation(Simulation):
    """Machines that share a model. `live` has to be instrumented for as long as it is walked through."""

    def __init__(self, live: Live, promises: Promises, title: str, bound: Bound = Bound()) -> None:  # noqa: B008
        self.live, self.title, self.bound = live, title, bound
        self.telling = Telling(live, Graph(), ())
        self.rows: dict[Taken, tuple[str, str, Row]] = {}
        """The rows by what they are known by, each with its machine and number."""
        names = [machine.name.removesuffix(": ") for machine in live.machines]
        several = len(names) > 1
        self.named = [name or (f"machine {n}" if several else "machine") for n, name in enumerate(names, start=1)]
        for name, rows in zip(self.named, live.rows, strict=True):
            for number, (row, transition) in enumerate(rows, start=1):
                self.rows[taken_as(row, transition)] = name, str(number), row
        self.starts = list(live.initial_states())
        graph = explore(live, limit=min(JUDGED, bound.states))
        self._broken: dict[Configuration, tuple[Breach, ...]] = {}
        self.judged = graph.complete
        self.promised = tuple(self._judge(graph, promises))
        self.bounds = {"data": "counts" if not live.free else "left out, guards are free"}
        self.key = self._digest()

    def _judge(self, graph: Graph[Configuration, Any], promises: Promises) -> Iterator[str]:
        """Ask in every configuration what must always hold, and what must never be. Raises MachineError."""
        asked = [
            *((said(each), "must hold in every state", truth(self.live, graph, each, negative=True), False)
              for each in promises.invariants),
            *((said(each), "must never be", truth(self.live, graph, each), True) for each in promises.never),
        ]  # fmt: skip
        for name, sentence, answers, bad in asked:
            yield name
            for state, answer in zip(graph.states, answers, strict=True):
                if answer is bad:
                    breach = Breach(name, f"It {sentence}.", "it is so here" if bad else "it does not hold here")
                    self._broken[state] = (*self._broken.get(state, ()), breach)

    def _digest(self) -> str:
        rows = [(name, number, str(row)) for name, number, row in self.rows.values()]
        whole = repr((version("bgsync"), rows, self.live.free, [state.states for state in self.starts]))
        return hashlib.sha256(whole.encode()).hexdigest()[:10]

    # --- where one is

    def start(self) -> Place:
        """Give the one beginning, or the place before one is chosen."""
        return Place(self.starts[0] if len(self.starts) == 1 else None)

    def choices(self, situation: Place) -> tuple[Choice, ...]:
        """Give the calls that lead somewhere, with each outcome of their guards."""
        state = situation.configuration
        if state is None:
            return tuple(
                Choice("The beginning", f"it begins in {self.telling.place(one)}", (), self._broken.get(one, ()), "",
                       Place(one)) for one in self.starts)  # fmt: skip
        outcomes = self.live.outcomes(state)  # all of them, before the machine is put elsewhere
        return tuple(self._choice(state, outcome) for outcome in outcomes)

    def _choice(self, state: Configuration, outcome: Outcome) -> Choice:
        step, target, taken = outcome
        error = step.error
        before, after = self.telling.label(state.states), self.telling.label(target.states)
        changes = (f"{before} → {after}",) if before != after else ()
        rows = [self.rows[one] for one in taken if one in self.rows]
        lines = tuple(Line(name, number, str(row)) for name, number, row in rows)
        if changes:
            lines = (*lines[:-1], Line(*_place(lines), changes))
        answers = f" ({', '.join(step.answers)})" if step.answers else ""
        goes = f"goes to {after}" if before != after else f"stays in {after}"
        raises = f"{step.call} raises {error}" if error else ""
        who = "Time" if step.call.timeout else self._who(step.call.machine)
        breaks: tuple[Breach, ...] = ()
        if error:
            breaks = (Breach("raises", "An exception gets out of the call.", raises),)
        already = self._broken.get(state, ())
        breaks += tuple(one for one in self._broken.get(target, ()) if one not in already)
        return Choice(who, f"{step.call}: {goes}{answers}", lines, breaks, raises, Place(target), outcome)

    def _who(self, number: int) -> str:
        return f"Calls of {self.named[number]}" if self.telling.several else "Calls"

    def scene(self, situation: Place) -> Scene:
        """Say what the machines are in, with timers and data."""
        state = situation.configuration
        if state is None:
            return Scene((Panel("The machine", (), "It has not begun: choose in which state it does."),))
        rows = []
        for number, name in enumerate(self.named):
            active = self.live.active(number, state.states[number])
            rows.append((name, ", in ".join(active), ""))
        panels = [Panel("The state", tuple(rows))]
        if state.memory:
            panels.append(Panel("Timers and retries", tuple((name, _said(value), "") for name, value in state.memory)))
        if not self.live.free:
            self.live.put(state)
            data = sorted(self.live.data_now(state.model).items())
            shown = [(name, repr(value), "") for name, value in data if " at 0x" not in repr(value)]
            panels.append(Panel("The data", tuple(shown), "There is none."))
        return Scene(tuple(panels), broken=self._broken.get(state, ()))

    # --- where one wants to be

    def goals(self) -> Iterable[Goal]:
        """Give promises to break, states to be in, and rows to take."""
        for name in self.promised:
            yield Goal(f"{BROKEN}:{name}", "It is broken that", name)
        for number, machine in enumerate(self.live.machines):
            for state in states_of(machine):
                name = self.telling.named(number, state)
                yield Goal(f"{STATE}:{number}:{state}", "The machine is in", name)
        for owner, place, row in self.rows.values():
            yield Goal(f"{ROW}:{owner} {place}", "A row is taken", str(row))

    def meets(self, goal: str, situation: Place, choice: Choice | None) -> bool:
        """Whether a goal is met here, or by a step."""
        if choice is not None:
            taken = () if choice.key is None else choice.key.taken
            return self._met(goal, choice.after.configuration, taken)
        return situation.configuration is not None and self._met(goal, situation.configuration, ())

    def _met(self, goal: str, state: Configuration, taken: Sequence[Taken]) -> bool:
        kind, _, name = goal.partition(":")
        if kind == BROKEN:
            return any(breach.property == name for breach in self._broken.get(state, ()))
        if kind == ROW:
            return any(" ".join(self.rows[one][:2]) == name for one in taken if one in self.rows)
        number, _, wanted = name.partition(":")
        place = int(number)
        return wanted in self.live.active(place, state.states[place])

    def nearest(self, situation: Place, way: Way, goal: str, tick: Tick) -> Found:
        """Search breadth first."""
        if self.meets(goal, situation, None):
            return Found((), "It is so here already.")

        def successors(place: Place) -> Iterator[tuple[tuple[int, Choice], Place | None]]:
            for number, choice in enumerate(self.choices(place)):
                yield (number, choice), choice.after

        def met(place: Place, taken: tuple[int, Choice], after: Place | None) -> bool:
            return self.meets(goal, place, taken[1])

        reached = shortest([situation], successors, met, self.bound, tick)
        if reached.way is not None:
            return Found(tuple(number for _, (number, _), _ in reached.way))
        if reached.ended:
            return Found(None, f"None was found before {reached.ended}.")
        return Found(None, f"There is none: no run from here comes there ({reached.states:,} states).")

    def text(self) -> Sequence[Mapping[str, Any]]:
        """Give the rows of each machine."""
        made: dict[str, list[Mapping[str, Any]]] = {name: [] for name in self.named}
        for name, number, row in self.rows.values():
            made[name].append({"step": number, "depth": 0, "text": str(row), "file": "", "line": 0, "reached": True,
                               "understood": True})  # fmt: skip
        return [{"name": name, "steps": steps} for name, steps in made.items() if steps]


def _place(lines: Sequence[Line]) -> tuple[str, str, str]:
    """Give the place of the last row that is taken, if any is."""
    return (lines[-1].algorithm, lines[-1].step, lines[-1].text) if lines else ("", "", "")


def _said(value: Any) -> str:
    return {True: "runs", False: "does not run"}.get(value, str(value)) if isinstance(value, bool) else str(value)
