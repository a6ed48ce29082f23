"""Any flat `transitions.Machine` as a table: states and rows, checked by name.

The table is read off the machine, which is never run: what its callbacks do (pull a trigger, set a state) is not seen.
"""

import difflib
import functools
from dataclasses import dataclass
from typing import Any

from transitions import Machine


class MachineError(ValueError):
    """A machine that cannot be loaded or makes no sense: one line with cause, place and repair."""


@dataclass(frozen=True)
class Row:
    """One transition from one source; `dest` is None for an internal one, which leaves the state as it is."""

    trigger: str
    source: str
    dest: str | None
    conditions: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    auto: bool = False  # one of the `to_STATE` rows that `auto_transitions` adds

    @property
    def target(self) -> str:
        """Give the state after the row."""
        return self.source if self.dest is None else self.dest

    @property
    def guarded(self) -> bool:
        """Tell whether the row can be refused."""
        return bool(self.conditions or self.unless)

    def __str__(self) -> str:
        guards = ", ".join((*self.conditions, *(f"not {name}" for name in self.unless)))
        return f"{self.trigger}: {self.source} -> {self.target}" + (f" [{guards}]" if guards else "")


@dataclass(frozen=True)
class Table:
    """A machine as data. Raises MachineError for a state declared twice and a name that is no state."""

    name: str
    states: tuple[str, ...]
    initial: str
    triggers: tuple[str, ...]
    rows: tuple[Row, ...]  # in the order in which `transitions` tries them
    final: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        place = f"machine {self.name!r}" if self.name else "the machine"
        for state in self.states:
            if self.states.count(state) > 1:
                raise MachineError(f"{place}: state {state!r} is declared twice; remove or rename one of them")
        uses: list[tuple[str, object]] = [("the initial state", self.initial)]
        for row in self.rows:
            uses.append((f"the source of {row.trigger!r}", row.source))
            uses.append((f"the destination of {row.trigger!r} from {row.source!r}", row.target))
        for role, used in uses:
            if used not in self.states:
                near = difflib.get_close_matches(str(used), self.states, 1)
                hint = f", or did you mean {near[0]!r}?" if near else ", or correct the name"
                raise MachineError(f"{place}: {role}, {used!r}, is no state; add it to the states{hint}")

    @functools.cached_property
    def enabled(self) -> dict[str, tuple[Row, ...]]:
        """Per state, the rows that some outcome of the guards takes: none after an unguarded one."""
        out: dict[str, list[Row]] = {state: [] for state in self.states}
        closed: set[tuple[str, str]] = set()
        for row in self.rows:
            if (row.source, row.trigger) not in closed:
                out[row.source].append(row)
            if not row.guarded:
                closed.add((row.source, row.trigger))
        return {state: tuple(rows) for state, rows in out.items()}


def tabulate(machine: Machine) -> Table:
    """Tabulate a flat machine. Raises MachineError for nested states and for names that are no state."""
    name = machine.name.removesuffix(": ")
    place = f"machine {name!r}" if name else "the machine"
    for state in machine.states.values():
        if getattr(state, "states", None):
            raise MachineError(f"{place}: state {state.name!r} has nested states; flatten it")
    initial: object = machine.initial
    if not isinstance(initial, str):
        raise MachineError(f"{place}: the initial state is {initial!r}; pass initial= with one state's name")
    prefix = "to_" if machine.model_attribute == "state" else f"to_{machine.model_attribute}_"
    rows: list[Row] = []
    for trigger, event in machine.events.items():
        for transition in (each for group in list(event.transitions.values()) for each in group):
            conditions = tuple(name_of(each.func) for each in transition.conditions if each.target)
            unless = tuple(name_of(each.func) for each in transition.conditions if not each.target)
            auto = bool(machine.auto_transitions) and trigger == f"{prefix}{transition.dest}"
            auto = auto and not transition.conditions
            rows.append(Row(trigger, transition.source, transition.dest or None, conditions, unless, auto))
    final = tuple(state.name for state in machine.states.values() if state.final)
    states = tuple(state.name for state in machine.states.values())
    return Table(name, states, initial, tuple(machine.events), tuple(rows), final)


def name_of(func: Any) -> str:
    """Name a guard, without an address of memory in it."""
    while isinstance(func, functools.partial):
        func = func.func
    return func if isinstance(func, str) else str(getattr(func, "__name__", type(func).__name__))
