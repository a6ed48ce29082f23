"""Walking through the model of a spec: what can be taken, what it breaks and what is owed, and the way to a goal.

By hand one walks through the plain semantics, in which every invocation is itself and what was removed stays as long as
anybody holds it. That has no end. So a way to a goal is searched for as `check` explores: what is alike is counted, and
what was removed is followed apart. The way that is found there is then taken here, step by step.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from bgsync import telling
from bgsync.judge import facts as f
from bgsync.judge.check import Question
from bgsync.judge.pace import Progress
from bgsync.judge.property import Liveness, Property
from bgsync.judge.trace import Names, letter
from bgsync.judge.verdict import Trace, TraceStep
from bgsync.report.parts import algorithms
from bgsync.simulator.endless import never_given
from bgsync.simulator.finding import broken_along, endless
from bgsync.simulator.goals import ENDLESS, NEVER, WORLD, Judged, debts
from bgsync.simulator.monitors import Several, Sight
from bgsync.simulator.nearest import Bound, shortest
from bgsync.simulator.simulation import Choice, Found, Goal, Scene, Simulation, SimulationError, Tick, Way
from bgsync.simulator.spoken import Situation, Speaker
from bgsync.system.scenario import Scenario
from bgsync.system.step import Caller, State, Step
from bgsync.system.system import System

TRIES = 20_000
"""How many steps are tried to take a way that was found elsewhere."""

APART = "From here on only what was removed is followed, with what holds it: nothing else can touch it any more."
LEFT = "What holds what was removed is followed in a branch of its own: nothing here can touch it any more."


class SpecSimulation(Simulation):
    """The model of a spec. With `apart` it is finite: as `check` explores it."""

    def __init__(
        self,
        scenario: Scenario,
        properties: Sequence[Property],
        title: str,
        bound: Bound = Bound(),  # noqa: B008
        *,
        apart: bool = False,
        question: Question | None = None,
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        """Make it; `hidden` are the machines of the world that are not shown, nor moved."""
        assert isinstance(scenario.monitor, Several)
        self.several = scenario.monitor
        self.system = System(scenario, fork=apart)
        self.scenario, self.properties, self.title, self.bound = scenario, tuple(properties), title, bound
        self.hidden = hidden
        self.speaker = Speaker(self.system, self.several.monitors, hidden)
        self.judged = Judged(self.system, properties)
        self.question = question
        """What is asked of check for a run without end."""
        self._searches: dict[Several, tuple[System, Judged]] = {}
        self.bounds = {
            "granularity": scenario.granularity,
            "tags": str(scenario.tags),
            "calls": str(scenario.calls),
            **({"with": ", ".join(scenario.adversities)} if scenario.adversities else {}),
        }
        self.key = _digest(scenario, apart)

    # --- where one is

    def start(self) -> Situation:
        """Give the initial state: nothing listed, nothing running."""
        (state,) = self.system.initial_states()
        return Situation(state, Names(self.system, noted=True))

    def is_small(self, most: int) -> bool:
        """Whether there are no more than so many situations."""
        states = [*self.system.initial_states()]
        known = {*states}
        for state in states:  # it grows on the way
            new = {step.after for step in self._steps(state) if step.after is not None} - known
            known |= new
            states += [*new]
            if len(known) > most:
                return False
        return True

    def steps(self, situation: Situation) -> list[Step]:
        """Give the steps in an order that no run depends on."""
        return sorted(self._steps(situation.state), key=self._order)

    def _steps(self, state: State) -> Iterator[Step]:
        """Give the steps but those of machines that are not shown."""
        shown = {trigger for m in self.system.world.machines if m.name not in self.hidden for trigger, *_ in m.rows}
        steps = self.system.steps(state)
        return (step for step in steps if step.action.kind != "move" or step.action.name in shown)

    def _order(self, step: Step) -> tuple[Any, ...]:
        action, process = step.action, ""
        if action.process is not None:
            process = repr(self.system.process(action.process))
        after = "" if action.after is None else repr(self.system.process(action.after))
        rest = repr((action.detail, action.choices, action.disjoint))
        return action.kind, action.name, process, rest, after, repr(step.observations)

    def choices(self, situation: Situation) -> tuple[Choice, ...]:
        """Give the steps that can be taken, those of one participant together."""
        every = (self._choice(situation, step) for step in self.steps(situation))
        made = list({_seen(choice): choice for choice in every}.values())
        order = {who: place for place, who in enumerate(self._participants(made))}
        made.sort(key=lambda choice: order[choice.who])
        return tuple(_told_apart(made))

    def _participants(self, made: Sequence[Choice]) -> list[str]:
        lanes = [f"The {lane}" for lane in self.scenario.words.lanes]
        there = dict.fromkeys(choice.who for choice in made)
        return [*(lane for lane in lanes if lane in there), *(who for who in there if who not in lanes)]

    def _choice(self, situation: Situation, step: Step) -> Choice:
        spoken = self.speaker.step(situation, step)
        after = None if step.after is None else self._after(situation, step, spoken.names)
        aside = APART if step.action.disjoint is not None else LEFT if step.apart else ""
        if step.after is None:
            aside = "The run ends here: what comes after it counts for nothing."
        breaks = tuple(self.judged.breaches(situation.state, step))
        return Choice(spoken.who, spoken.title, spoken.lines, breaks, aside, after, (step, spoken.steps))

    def _after(self, situation: Situation, step: Step, names: Names) -> Situation:
        assert step.after is not None
        if self.system.fork:  # a state that many ways lead to has names of its own
            names = Names(self.system, noted=True)
            names.begin(step.after)
        return Situation(step.after, names, situation.depth + 1)

    def scene(self, situation: Situation) -> Scene:
        """Say what is so: all that is there, where invocations stand, and what is owed."""
        words, state = self.scenario.words, situation.state
        named = {slot: telling.thing(f.Thing(letter(slot)), words) for slot, _ in enumerate(state.shared.heap)}
        owed = debts(self.judged, state, named)
        return Scene(self.speaker.panels(situation), tuple(self.speaker.next_steps(situation)), owed)

    # --- where one wants to be

    def goals(self) -> Iterable[Goal]:
        """Give properties to break, what may be owed, states, and steps."""
        for goal in self.judged.goals(endless=self.question is not None and not self.system.fork):
            if not goal.id.startswith(tuple(f"{WORLD}:{name}=" for name in self.hidden)):
                yield goal

    def meets(self, goal: str, situation: Situation, choice: Choice | None) -> bool:
        """Whether a goal is met here, or by a step."""
        if choice is None:
            return self.judged.met(goal, None, None, situation.state)
        step: Step = choice.key[0]
        return self.judged.met(goal, situation.state, step, step.after)

    def nearest(self, situation: Situation, way: Way, goal: str, tick: Tick) -> Found:
        """Search where all is finite, and take the way that is found here."""
        kind, _, name = goal.partition(":")
        if kind == ENDLESS:
            found, said = self.broken_by(name, lambda far: tick(far.states, 0))
            return Found(found, said, from_start=True)
        system, judged = self._finite(goal)
        starts = self._starts(system, situation.state)
        if kind == NEVER:
            prop, sight = next(one for one in judged.liveness if one[0].id == name)
            return self._never(situation, len(way), prop, sight, starts, tick)

        def met(before: State, step: Step, after: State | None) -> bool:
            return judged.met(goal, before, step, after)

        if any(judged.met(goal, None, None, start) for start in starts):
            return Found((), "It is so here already.")

        def successors(state: State) -> Iterator[tuple[Step, State | None]]:
            return ((step, step.after) for step in system.steps(state))

        reached = shortest(starts, successors, met, self.bound, tick)
        if reached.way is None:
            if reached.ended:
                return Found(None, f"None was found before {reached.ended}.")
            return Found(None, f"There is none: no run from here comes there ({reached.states:,} states).")
        wanted = [_alike(system, step) for _, step, _ in reached.way]
        taken = self._followed(situation, [_fits(self.system, one) for one in wanted], goal)
        if taken is None:
            many = len(reached.way)
            return Found(None, f"Check knows one of {many} steps, but it was not found here.")
        return Found(taken)

    def _never(
        self, situation: Situation, size: int, prop: Liveness, sight: Sight, starts: Sequence[State], tick: Tick
    ) -> Found:
        """Take a run from here, after `size` steps, that never gives what is owed here."""
        sought = never_given(sight, prop, starts, self.bound, tick)
        if not sought.owed:
            return Found(None, f"Nothing is owed here by {prop.id}.")
        if sought.run is None:
            if sought.ended:
                return Found(None, f"None was found before {sought.ended}.")
            return Found(None, f"There is none: every fair run from here gives it ({sought.states:,} states).")
        stem, loop = sought.run.stem, sought.run.loop
        taken = self._followed(situation, [_fits(self.system, _alike(sight.whole, one)) for one in (*stem, *loop)], "")
        if taken is None:
            return Found(None, f"Check knows one of {len(stem) + len(loop)} steps, but it was not found here.")
        return Found(taken, f"What is owed by {prop.id} is never given: {endless(size + len(stem), len(loop))}")

    def _finite(self, goal: str) -> tuple[System, Judged]:
        """Give the finite system in which a goal is searched for: only the monitor that it needs watches there."""
        kept = {self.judged.monitor(prop) for prop in self.properties if self.judged.is_about(goal, prop)}
        several = Several(tuple(monitor for monitor in self.several.monitors if monitor in kept))
        if several not in self._searches:
            system = System(replace(self.scenario, monitor=several))
            self._searches[several] = system, Judged(system, self.properties)
        return self._searches[several]

    def _starts(self, system: System, state: State) -> list[State]:
        """Give a state as one in which all is counted, and what was removed is apart."""
        several = system.monitor
        assert isinstance(several, Several)

        def number(own: int) -> int:
            process = self.system.process(own)
            return system.number(process._replace(note=self.several.handed(process.note, several)))

        state = state._replace(memory=self.several.left(state.memory, several))

        queues = tuple((name, tuple(map(number, have))) for name, have in state.queues)
        processes = tuple(sorted(map(number, state.processes)))
        return list(system.normal(state._replace(processes=processes, queues=queues)))

    # --- ways that were found elsewhere

    def broken_by(self, name: str, progress: Progress | None = None) -> tuple[Way, str]:
        """Give the way of the shortest run that breaks a property, and what is to be said of it."""
        if self.question is None:
            raise SimulationError("nothing is asked of check here")
        return broken_along(self.question, name, self.along, progress)

    def along(self, trace: Trace) -> Way:
        """Give the way that a told run takes. Raises SimulationError where it cannot be taken here."""
        actions: dict[int, list[TraceStep]] = {}
        for step in trace.steps:
            actions.setdefault(step.action, []).append(step)

        def fits(told: list[TraceStep]) -> Callable[[Choice], bool]:
            want = [_facts(step) for step in told]
            return lambda choice: [_facts(step) for step in choice.key[1]] == want

        found = self._followed(self.start(), [fits(told) for told in actions.values()], "")
        if found is None:
            raise SimulationError("the run that was found cannot be taken by hand; ask for another property")
        return found

    def _followed(self, start: Situation, wanted: Sequence[Callable[[Choice], bool]], goal: str) -> Way | None:
        """Take steps that fit one after the other; where several do, each is tried until the goal is met."""
        trails: list[tuple[Situation, Way, bool]] = [(start, (), not wanted)]
        for _ in range(TRIES):
            if not trails:
                return None
            here, way, done = trails.pop()
            if done:
                return way
            fitting = []
            for place, choice in enumerate(self.choices(here)):
                if wanted[len(way)](choice):
                    last = len(way) + 1 == len(wanted)
                    if last and (not goal or self.meets(goal, here, choice)):
                        return (*way, place)
                    if not last and choice.after is not None:
                        fitting.append((choice.after, (*way, place), False))
            trails += reversed(fitting)
        return None

    def text(self) -> Sequence[Mapping[str, Any]]:
        """Give the steps of every algorithm."""
        return algorithms(self.scenario.spec, set())


def _seen(choice: Choice) -> Any:
    """Give all that can be seen of a step: two that differ in nothing of it are offered as one."""
    state = None if choice.after is None else choice.after.state
    return choice.who, choice.title, choice.lines, choice.breaks, choice.aside, state


def _facts(step: TraceStep) -> Any:
    """Give what a step of a run is, whoever it is called, and whatever another monitor remarks on it."""
    label = step.label
    if isinstance(label, f.CallBegins):
        return label.caller, label.call, step.changes
    return label, step.changes


def _alike(system: System, step: Step) -> tuple[Any, ...]:
    """Give what a step is, without the numbers and slots of the system that took it."""
    action = step.action
    if action.kind == "move":
        return action.kind, action.name
    ran = tuple(ran.pc for ran in step.executed)
    frames = () if action.process is None else tuple(frame.pc for frame in system.process(action.process).frames)
    detail = action.detail.handler if isinstance(action.detail, Caller) else action.detail
    return action.kind, action.name, detail, action.choices, frames, ran


def _fits(system: System, wanted: tuple[Any, ...]) -> Callable[[Choice], bool]:
    return lambda choice: _alike(system, choice.key[0]) == wanted


def _told_apart(made: Sequence[Choice]) -> Iterator[Choice]:
    """Number the steps of one participant that would be offered in the same words."""
    count: dict[tuple[str, str], int] = {}
    for choice in made:
        count[choice.who, choice.title] = count.get((choice.who, choice.title), 0) + 1
    seen: dict[tuple[str, str], int] = {}
    for choice in made:
        name = choice.who, choice.title
        seen[name] = seen.get(name, 0) + 1
        yield replace(choice, title=f"{choice.title} ({seen[name]} of {count[name]})") if count[name] > 1 else choice


def _digest(scenario: Scenario, apart: bool) -> str:
    """Tell a question and the text that it is about from all others; where the text stands does not matter."""
    spec = scenario.spec
    said = [(o.algorithm, o.path, o.sentence) for st in spec.statements() if (o := st.origin) is not None]
    asked = (scenario.granularity, scenario.adversities, scenario.bounds, scenario.monitor.name, apart)
    world = [(m.name, m.initial, m.rows) for m in scenario.world.machines]
    whole = repr((version("bgsync"), said, repr(spec), world, asked))
    return hashlib.sha256(whole.encode()).hexdigest()[:10]
