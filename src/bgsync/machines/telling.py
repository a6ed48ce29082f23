"""Says in words and in lines of Python what was explored: states, configurations, runs."""

import builtins
from collections.abc import Iterator
from typing import Any

from transitions import Machine
from transitions.extensions import AsyncMachine

from bgsync.machines.library import active_states, named_states
from bgsync.machines.live import Call, Configuration, Live, Step
from bgsync.machines.promises import Explored, shown
from bgsync.machines.pulls import trigger_of
from bgsync.machines.table import name_of

Way = tuple[tuple[int, Step, int], ...]


class Telling:
    """Tells of the machines that were explored. `setup` are the lines that make `machine`."""

    def __init__(self, live: Live, graph: Explored, setup: tuple[str, ...]) -> None:
        self.live, self.graph, self.setup = live, graph, setup
        self.named = live.named
        self.several = len(live.machines) > 1
        self.finals = [frozenset(finals(machine)) for machine in live.machines]

    def leaves(self, states: tuple[Any, ...]) -> Iterator[str]:
        """Give the names of the innermost states that the machines are in."""
        for number, value in enumerate(states):
            for leaf in leaves_of(value):
                yield self.named(number, active_states(self.live.machines[number], leaf)[0])

    def label(self, states: tuple[Any, ...]) -> str:
        """Name what all machines are in."""
        said = []
        for number, value in enumerate(states):
            machine = self.live.machines[number]
            names = [active_states(machine, leaf)[0] for leaf in leaves_of(value)]
            said.append(self.named(number, " + ".join(names)))
        return ", ".join(said)

    def place(self, state: Configuration) -> str:
        """Name a configuration, with its data."""
        data = self._data_of(state) if state.data else ""
        return repr(self.label(state.states)) + (f" with {data}" if data else "")

    def _data_of(self, state: Configuration) -> str:
        self.live.put(state)
        values = self.live.data_now(state.model)
        return ", ".join(f"{name}={value!r}" for name, value in sorted(values.items()) if " at 0x" not in repr(value))

    def is_final(self, state: Configuration) -> bool:
        """Tell whether the machines are in final states: all those that have any."""
        parts = zip(self.live.machines, state.states, self.finals, strict=True)
        own = [(machine, value, ends) for machine, value, ends in parts if ends]
        return bool(own) and all(
            not ends.isdisjoint(active_states(machine, leaf))
            for machine, value, ends in own
            for leaf in leaves_of(value)
        )

    def lines(self, way: Way, loop: int | None, raising: bool) -> Iterator[str]:
        """Give a run as lines of Python."""
        yield from self.opening(self.graph.states[way[0][0]] if way else None)
        for place, (_, step, _) in enumerate(way):
            if place == loop:
                yield "# from here on, round and round:"
            lines = list(self.calling(step.call))
            lines[-1] += f"  # {', '.join(step.answers)}" if step.answers else ""
            last = raising and place == len(way) - 1
            yield from [*lines[:-1], f"{lines[-1]}  # raises"] if last else outlived(lines, step.error)
        if way and not raising:
            yield from self.asserting(self.graph.states[way[-1][2]])

    def opening(self, start: Configuration | None) -> Iterator[str]:
        """Give the lines that make `machine` and `model`, and put them where a run starts."""
        yield from self.setup
        several = len(self.live.machines[0].models) > 1
        yield f"model = machine.models[{start.model if start else 0}]" if several else "model = machine.model"
        if start and start.states != self.live.at_first[start.model]:
            yield from self._entering(start)

    def asserting(self, state: Configuration) -> Iterator[str]:
        """Give the lines that say what the machines are in."""
        for machine, value in zip(self.live.machines, state.states, strict=True):
            yield f"assert {_asserted(machine, value)}"

    def _entering(self, start: Configuration) -> Iterator[str]:
        for machine, value in zip(self.live.machines, start.states, strict=True):
            names = [active_states(machine, leaf)[0] for leaf in leaves_of(value)]
            yield (
                f"machine.set_state({names[0]!r}, model)" if len(names) == 1 else f"machine.set_state({names!r}, model)"
            )

    def calling(self, call: Call) -> Iterator[str]:
        """Give the lines of a call."""
        machine, model = self.live.machines[call.machine], self.live.models[0]
        wait = "await " if isinstance(machine, AsyncMachine) else ""
        if call.timeout:
            _, state = self.live.remembering[call.timeout]
            yield f"# {state.timeout} s pass in {call.timeout!r}"
            for each in state.on_timeout:
                yield f"{wait}model.{each}()" if isinstance(each, str) else f"# and {name_of(each)} is called"
            return
        pull = trigger_of(getattr(model, call.trigger, None))
        said = str(call).removeprefix(call.trigger)[1:-1]
        if pull is not None and pull[0] is machine and call.trigger.isidentifier():
            yield f"{wait}model.{call.trigger}({said})"
        else:
            yield f"{wait}model.trigger({', '.join(filter(None, [repr(call.trigger), said]))})"


def finals(machine: Machine) -> list[str]:
    """Give the names of the states that are declared final, or accepted as the library's `Error` calls it."""
    return [name for name, state in named_states(machine) if state.final or "accepted" in getattr(state, "tags", ())]


def leaves_of(value: Any) -> list[Any]:
    """Give the single states of a value of the library's."""
    return [leaf for each in value for leaf in leaves_of(each)] if isinstance(value, tuple) else [value]


def outlived(lines: list[str], error: str) -> list[str]:
    """Let lines of Python go on after the exception that they raise, if they do."""
    if not error or lines[-1].startswith("#"):
        return lines
    name = error.partition(":")[0]
    known = name if hasattr(builtins, name) else "Exception"
    return ["try:", *(f"    {line}" for line in lines), f"except {known}:", f"    pass  # {error}"]


def _asserted(machine: Machine, value: Any) -> str:
    attribute = f"model.{machine.model_attribute}"
    if isinstance(value, (str, tuple)):
        return f"{attribute} == {shown(value)}"
    return f"{attribute}.name == {value.name!r}"


def listed(noun: str, names: list[str]) -> str:
    """Count things, and name the first of them."""
    if len(names) == 1:
        return f"{noun} {names[0]!r}"
    shown_ones = ", ".join(map(repr, names[:5])) + (", …" if len(names) > 5 else "")
    return f"{len(names)} {noun}s: {shown_ones}"


def joined(names: list[str], word: str = "and") -> str:
    """Name things one after the other."""
    quoted = [repr(name) for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {word} {quoted[-1]}"
