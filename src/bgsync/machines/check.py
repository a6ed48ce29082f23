"""What is wrong with a machine: its table explored as a model, and judged.

A built machine keeps no trace of an initial state that nobody declared: it is found since nothing leads out of it.
"""

import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NoReturn

from transitions import Machine

from bgsync.explore.model import Model
from bgsync.explore.search import explore
from bgsync.machines.table import MachineError, Table, name_of, tabulate

Invariant = Callable[[str], bool]
Kind = Literal["unreachable-state", "trap-state", "dead-trigger", "dead-row", "invariant"]


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


@dataclass(frozen=True)
class MachineFinding:
    """Something wrong with a machine; `trace` is a shortest way there, in triggers, where there is one."""

    kind: Kind
    subject: str
    message: str
    trace: tuple[str, ...] = ()


@dataclass(frozen=True)
class MachineReport:
    """What the check of a machine looked at, and what it found."""

    table: Table
    reachable: tuple[str, ...]  # nearest first
    findings: tuple[MachineFinding, ...]
    set_aside: int  # automatic `to_STATE` rows not counted: with them every state is reachable


def check_machine(machine: Machine, invariants: Sequence[Invariant] = ()) -> MachineReport:
    """Find states nobody reaches or leaves, triggers and rows that never happen, and invariants that fail.

    Guards are free choices, automatic `to_STATE` rows are set aside, and a `final` state needs no way out.
    Raises MachineError for a machine that has no table, and for an invariant that raises an exception.
    """
    whole = tabulate(machine)
    rows = tuple(row for row in whole.rows if not row.auto)
    dropped = {row.trigger for row in whole.rows if row.auto} - {row.trigger for row in rows}
    tab = replace(whole, rows=rows, triggers=tuple(each for each in whole.triggers if each not in dropped))
    graph = explore(MachineModel(tab))
    findings: list[MachineFinding] = []

    def found(kind: Kind, subject: str, message: str, state: str | None = None) -> None:
        path = () if state is None else graph.path(graph.index[state])
        findings.append(MachineFinding(kind, subject, message, tuple(action for _, action, _ in path)))

    for state in tab.states:
        if state not in graph.index:
            found("unreachable-state", state, f"state {state!r} is not reachable from {tab.initial!r}")
        elif state not in tab.final and all(row.target == state for row in tab.enabled[state]):
            message = f"state {state!r} is reachable, has no way out, and is not declared final"
            if state == tab.initial:
                message += " (it is initial: `transitions` adds an undeclared initial state in silence)"
            found("trap-state", state, message, state)
    taken = {id(row) for state in graph.states for row in tab.enabled[state]}
    alive = {row.trigger for row in tab.rows if id(row) in taken}
    for trigger in tab.triggers:
        if trigger not in alive:
            found("dead-trigger", trigger, f"trigger {trigger!r} can never fire: no source is reachable")
    for row in tab.rows:
        if id(row) not in taken:
            shadowed = row.source in graph.index
            cause = "an earlier row without guards comes first" if shadowed else "its source is not reachable"
            found("dead-row", str(row), f"row '{row}' can never be taken: {cause}")
    for invariant in invariants:
        name = name_of(invariant)
        for state in graph.states:
            try:
                holds = bool(invariant(state))
            except Exception as error:
                refuse(f"invariant {name!r} in state {state!r}", error, "make it answer for every state")
            if not holds:
                found("invariant", name, f"invariant {name!r} fails in state {state!r}", state)
                break
    return MachineReport(whole, tuple(graph.states), tuple(findings), len(whole.rows) - len(tab.rows))


def refuse(place: str, error: BaseException, repair: str, path: Path | None = None) -> NoReturn:
    """Raise MachineError for an exception of the user's code, with the line of `path` it came through."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if path and f.filename == str(path)]
    where = f", line {lines[-1]}" if lines else ""
    said = " ".join(str(error).split())
    cause = f"{type(error).__name__}: {said}" if said else type(error).__name__
    raise MachineError(f"{place}{where}: {cause}; {repair}") from None
