"""Random walks of the interpreter: through scenarios too large to explore, with checks that judge each step."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import rule

from bgsync.fuzz.coverage import Coverage, steered
from bgsync.fuzz.machines import CoveredMachine
from bgsync.judge.property import Property, Safety, View
from bgsync.system.describe import said_caller
from bgsync.system.program import Program
from bgsync.system.scenario import Scenario
from bgsync.system.step import State, Step
from bgsync.system.system import System, steps_of

Check = Callable[[System, State, Step], str | None]
"""Judges one step out of a state of the system: says what is wrong, or None."""

CALLS_PER_TAG = 8
"""The places kept for the calls of one tag: two methods, from two sources, each with two outcomes."""


class _Walk(CoveredMachine):
    scenario: ClassVar[Scenario]
    checks: ClassVar[Mapping[str, Check]]
    system: ClassVar[System]
    labels: ClassVar[tuple[tuple[str, ...], ...]]

    @classmethod
    def begin(cls) -> None:
        """Forget what earlier runs did: a system numbers processes as it meets them, and their order follows."""
        super().begin()
        cls.system = System(cls.scenario, fork=False)

    def __init__(self) -> None:
        super().__init__()
        (self.now,) = self.system.initial_states()
        self.walked: list[str] = []
        self.possible = self.next_steps()

    def next_steps(self) -> dict[int, Step]:
        """Give the steps that are possible now, each in a place that depends on the others as little as can be.

        Moves of the environment have a fixed place each, calls a fixed range, and what runs comes last. So a walk
        that is cut short while Hypothesis shrinks it mostly stays on its way.
        """
        triggers = [trigger for _, trigger, _, _ in self.system.moves]
        runs = len(triggers) + CALLS_PER_TAG * (self.scenario.tags + 1)
        calls = iter(range(len(triggers), runs))
        found: dict[int, Step] = {}
        rest: list[Step] = []
        for step in steps_of(self.system)(self.now):
            place = None
            if step.action.kind == "move":
                place = triggers.index(step.action.name)
            elif step.action.kind == "call":
                place = next(calls, None)
            if place is None or place in found:
                rest.append(step)
            else:
                found[place] = step
        return found | dict(enumerate(rest, runs))

    def executed(self, step: Step) -> tuple[str, ...]:
        """Name the steps of the text that a step of the system executes, each once."""
        return tuple(dict.fromkeys(label for ran in step.executed for label in self.labels[ran.pc]))

    def choice(self) -> st.SearchStrategy[int]:
        """Draw the place of a step."""
        new = {place for place, step in self.possible.items() if self.seen.new("step", *self.executed(step))}
        last = max(self.possible, default=0)
        return steered(range(last + 1), lambda place: place in self.possible or not self.possible, new.__contains__)

    @rule(place=st.runner().flatmap(lambda machine: machine.choice()))
    def take(self, place: int) -> None:
        """Take the step in a place, if there is one; a failed Assert has ended the walk and leaves none."""
        step, before = self.possible.get(place), self.now
        if step is None:
            return
        executed = self.executed(step)
        self.walked.append(describe(self.system, before, step, executed))
        hypothesis.note(f"# {self.walked[-1]}")
        self.seen.record("step", *executed)
        for name, check in self.checks.items():
            message = check(self.system, before, step)
            if message is not None:
                walk = "\n".join(f"{number:3}. {line}" for number, line in enumerate(self.walked, 1))
                raise AssertionError(f"{name}: {message}, after:\n{walk}")
        self.now = step.after or before
        self.possible = {} if step.after is None else self.next_steps()


def step_labels(program: Program) -> tuple[tuple[str, ...], ...]:
    """Name, for each instruction, the steps of the text that it executes: several where one awaits all outcomes."""
    found: list[tuple[str, ...]] = []
    for pc, instruction in enumerate(program.code):
        origins = [instruction.origin] if pc else []
        if instruction.op == "upon":
            origins += [origin for _, _, origin in program.code[instruction.other].branches]
        found.append(tuple(dict.fromkeys(f"{origin.algorithm} {origin.step}" for origin in origins)))
    return tuple(found)


def describe(system: System, before: State, step: Step, executed: tuple[str, ...]) -> str:
    """Tell a step of the system in one line."""
    action = step.action
    tag = None if action.process is None else system.tag(before.shared, system.slot(action.process))
    chosen = [f"{name}: {value}" for name, value in action.choices]
    said = said_caller(system.world, action) if action.kind == "call" else action.detail
    detail = ", ".join(str(part) for part in (tag, said, *chosen) if part)
    return f"{action.kind} {action.name}" + f" ({detail})" * bool(detail) + f": {', '.join(executed)}" * bool(executed)


def safety_checks(properties: Iterable[Property], scenario: Scenario) -> dict[str, Check]:
    """Make checks of the safety properties that the scenario's monitor serves."""

    def check_of(prop: Safety) -> Check:
        def check(system: System, before: State, step: Step) -> str | None:
            view = View(system, before, step)
            for ran in step.executed:
                for seen in ran.observations:
                    found = prop.look(view, seen, ran.pc) if isinstance(seen, prop.kinds) else ()
                    broken = next((one.broken for one in found if one.broken), None)
                    if broken is not None:
                        return broken
            return None

        return check

    asked = (prop for prop in properties if isinstance(prop, Safety) and scenario.monitor in prop.monitors)
    return {prop.id: check_of(prop) for prop in asked}


def interpreter_machine(scenario: Scenario, checks: Mapping[str, Check]) -> type[CoveredMachine]:
    """Make a machine that walks at random through a scenario, and judges each step by each of the `checks`.

    A check that gives a message fails the machine: the error begins with the name of the check, and tells the walk.
    """
    system = System(scenario, fork=False)
    labels = step_labels(system.program)
    members: dict[str, Any] = {
        "scenario": scenario,
        "checks": dict(checks),
        "system": system,
        "labels": labels,
        "coverage": Coverage({"step": sorted({label for several in labels for label in several})}),
        "__doc__": "Random walks of the interpreter.",
    }
    return type("InterpreterMachine", (_Walk,), members)
