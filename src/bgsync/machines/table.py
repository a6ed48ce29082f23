"""The states and rows of any `transitions.Machine`, checked by name; those of a flat one as a table.

They are read off the machine, which is not run: what its callbacks do (pull a trigger, set a state) is not seen here.
"""

import difflib
import functools
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from transitions import Machine, Transition
from transitions.extensions import HierarchicalMachine

from bgsync.explore.model import Model


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
        check_names(self.name, self.states, self.rows, self.initial)

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


def check_names(name: str, states: Sequence[str], rows: Iterable[Row], initial: str | None = None) -> None:
    """Raise MachineError where a row, or the initial state, names what is no state."""
    place = f"machine {name!r}" if name else "the machine"
    known = set(states)
    uses = [] if initial is None else [("the initial state", initial)]
    for row in rows:
        if row.source not in known:
            uses.append((f"the source of {row.trigger!r}", row.source))
        if row.target not in known:
            uses.append((f"the destination of {row.trigger!r} from {row.source!r}", row.target))
    for role, used in uses:
        if used not in known:
            near = difflib.get_close_matches(used, states, 1)
            hint = f", or did you mean {near[0]!r}?" if near else ", or correct the name"
            raise MachineError(f"{place}: {role}, {used!r}, is no state; add it to the states{hint}")


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
    rows = tuple(row for row, _ in rows_of(machine))
    final = tuple(state.name for state in machine.states.values() if state.final)
    return Table(name, states_of(machine), initial, tuple(machine.events), rows, final)


def states_of(machine: Machine) -> tuple[str, ...]:
    """Give the names of all states, each parent before its children."""
    return tuple(machine.get_nested_state_names() if isinstance(machine, HierarchicalMachine) else machine.states)


def is_nested(machine: Machine) -> bool:
    """Tell whether a machine may have states within states."""
    return isinstance(machine, HierarchicalMachine)


def separator_of(machine: Machine) -> str | None:
    """Give what stands between the names of a parent and its child; None for a flat machine."""
    kind: Any = machine.state_cls
    return str(kind.separator) if is_nested(machine) else None


Taken = tuple[int, str]
"""What a row is known by: the id of its transition, which a machine that is used twice shares, and its source."""


def taken_as(row: Row, transition: Transition) -> Taken:
    """Say what a row is known by once it is taken."""
    return id(transition), row.source


def rows_of(machine: Machine, *, automatic: bool = True) -> Iterator[tuple[Row, Transition]]:
    """Give every row with its transition, in the order in which the library tries those of one trigger and source.

    Without `automatic`, the `to_STATE` rows that the machine has added itself are left out.
    """
    prefix = "to_" if is_nested(machine) or machine.model_attribute == "state" else f"to_{machine.model_attribute}_"
    known, separator = set(states_of(machine)), separator_of(machine) or ""

    def scope(events: Any, states: Any, path: tuple[str, ...]) -> Iterator[tuple[Row, Transition]]:
        for trigger, event in events.items():
            for place, each in [pair for group in list(event.transitions.values()) for pair in enumerate(group)]:
                added = bool(machine.auto_transitions) and place == 0 and not each.conditions
                auto = added and trigger == f"{prefix}{each.dest}"
                if auto and not automatic:
                    continue
                dest = each.dest or None
                if path and dest is not None and (inner := separator.join((*path, dest))) in known:
                    dest = inner
                conditions = tuple(name_of(one.func) for one in each.conditions if one.target)
                unless = tuple(name_of(one.func) for one in each.conditions if not one.target)
                yield Row(trigger, separator.join((*path, each.source)), dest, conditions, unless, auto), each
        for name, state in states.items():
            if inner_states := getattr(state, "states", None):
                yield from scope(state.events, inner_states, (*path, name))

    yield from scope(machine.events, machine.states, ())


def name_of(func: Any) -> str:
    """Name a guard, without an address of memory in it."""
    while isinstance(func, functools.partial):
        func = func.func
    return func if isinstance(func, str) else str(getattr(func, "__name__", type(func).__name__))


class MachineModel(Model[str, str]):
    """A table as a model: states are names of states, actions are triggers.

    Guards (conditions, unless) are free choices: both outcomes are explored, whatever the guard computes, and
    guards of one name are not related. A trigger whose guards all fail changes nothing: no transition.
    """

    def __init__(self, table: Table) -> None:
        self.table = table

    def initial_states(self) -> Iterable[str]:
        """Give the initial state."""
        return (self.table.initial,)

    def actions(self, state: str) -> Iterable[str]:
        """Give the triggers that have a row from `state`."""
        return dict.fromkeys(row.trigger for row in self.table.enabled[state])

    def next_state(self, state: str, action: str) -> str | None:
        """Give the state after `action` when every guard passes; `successors` has the other outcomes too."""
        return next((row.target for row in self.table.enabled[state] if row.trigger == action), None)

    def successors(self, state: str) -> Iterable[tuple[str, str]]:
        """Give every (trigger, next state), for every outcome of the guards."""
        return dict.fromkeys((row.trigger, row.target) for row in self.table.enabled[state])


def refuse(place: str, error: BaseException, repair: str, path: Path | None = None) -> NoReturn:
    """Raise MachineError for an exception of the user's code, with the line of `path` it came through."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if path and f.filename == str(path)]
    where = f", line {lines[-1]}" if lines else ""
    said = " ".join(str(error).split())
    cause = f"{type(error).__name__}: {said}" if said else type(error).__name__
    raise MachineError(f"{place}{where}: {cause}; {repair}") from None
