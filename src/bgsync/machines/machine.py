"""Any flat `transitions.Machine` as a table: checked by name, explored, and loaded from a user's file.

The table is read off the machine, which is never run: what its callbacks do (pull a trigger, set a state) is
not seen. A built machine keeps no trace of a state declared twice, so `load_machine` watches that; nor
of an initial state that nobody declared, which `check_machine` finds, since nothing leads out of it.
"""

import difflib
import functools
import hashlib
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, NoReturn
from unittest.mock import patch

from transitions import Machine
from transitions.core import listify

from bgsync.explore.model import Model
from bgsync.explore.search import explore

Invariant = Callable[[str], bool]
Kind = Literal["unreachable-state", "trap-state", "dead-trigger", "dead-row", "invariant"]


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


def table(machine: Machine) -> Table:
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
            conditions = tuple(_name(each.func) for each in transition.conditions if each.target)
            unless = tuple(_name(each.func) for each in transition.conditions if not each.target)
            auto = bool(machine.auto_transitions) and trigger == f"{prefix}{transition.dest}"
            auto = auto and not transition.conditions
            rows.append(Row(trigger, transition.source, transition.dest or None, conditions, unless, auto))
    final = tuple(state.name for state in machine.states.values() if state.final)
    states = tuple(state.name for state in machine.states.values())
    return Table(name, states, initial, tuple(machine.events), tuple(rows), final)


def _name(func: Any) -> str:
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
    whole = table(machine)
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
        name = _name(invariant)
        for state in graph.states:
            try:
                holds = bool(invariant(state))
            except Exception as error:
                _refuse(f"invariant {name!r} in state {state!r}", error, "make it answer for every state")
            if not holds:
                found("invariant", name, f"invariant {name!r} fails in state {state!r}", state)
                break
    return MachineReport(whole, tuple(graph.states), tuple(findings), len(whole.rows) - len(tab.rows))


def load_machine(spec: str) -> tuple[Machine, tuple[Invariant, ...]]:
    """Load the machine that `path/to/file.py:name` names, and the list `invariants` of that file, if any.

    `name` is a Machine, or is called without arguments to give one. The file is run: load what you trust.
    Raises MachineError when there is no such file or name, when the file or the call raises, when the result
    is no Machine or declares a state twice, and when `invariants` is no list of functions.
    """
    file, _, name = spec.rpartition(":")
    path = Path(file)
    if not file or not name:
        raise MachineError(f"{spec!r} names no machine; write path/to/file.py:name")
    with _duplicates() as twice:
        module = _run(path)
        if not hasattr(module, name):
            there = sorted(key for key, value in vars(module).items() if isinstance(value, Machine))
            hint = f"name one of its machines ({', '.join(there)})" if there else "define it there"
            raise MachineError(f"{path}: there is no {name!r}; {hint}")
        value = getattr(module, name)
        if not isinstance(value, Machine) and callable(value):
            try:
                value = value()
            except (Exception, SystemExit) as error:
                _refuse(f"{path}:{name}()", error, "make it build a machine without arguments", path)
    if not isinstance(value, Machine):
        kind = type(value).__name__
        raise MachineError(f"{path}: {name!r} is of type {kind}; name a transitions.Machine, or its maker")
    for owner, state in twice:
        if owner is value:
            raise MachineError(f"{path}:{name}: state {state!r} is declared twice; remove or rename one")
    invariants = getattr(module, "invariants", ())
    if not isinstance(invariants, (list, tuple)) or not all(callable(each) for each in invariants):
        raise MachineError(f"{path}: 'invariants' is no list of functions; list functions state -> bool")
    return value, tuple(invariants)


def _run(path: Path) -> ModuleType:
    """Run a file as a module of a private name: no bytecode is written, so an edited file is never stale."""
    private = f"_bgsync_machine_{hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:16]}"
    try:
        source = path.read_bytes()
    except OSError as error:
        raise MachineError(f"{path}: cannot be read ({error.strerror}); correct the path") from None
    module = ModuleType(private)
    module.__file__ = str(path)
    sys.modules[private] = module  # dataclasses and pickle look a module up by name
    try:
        exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[private]
        repair = "make the file import cleanly"
        if isinstance(error, ModuleNotFoundError):
            repair = "install it, or put its folder on PYTHONPATH"
        _refuse(str(path), error, repair, path)
    return module


def _refuse(place: str, error: BaseException, repair: str, path: Path | None = None) -> NoReturn:
    """Raise MachineError for an exception of the user's code, with the line of `path` it came through."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if path and f.filename == str(path)]
    where = f", line {lines[-1]}" if lines else ""
    said = " ".join(str(error).split())
    cause = f"{type(error).__name__}: {said}" if said else type(error).__name__
    raise MachineError(f"{place}{where}: {cause}; {repair}") from None


@contextmanager
def _duplicates() -> Iterator[list[tuple[Machine, str]]]:
    """Note each state declared twice while machines are built, which a built machine no longer shows."""
    twice: list[tuple[Machine, str]] = []
    add_states = Machine.add_states

    def noting(self: Machine, states: Any, *args: Any, **options: Any) -> None:
        known = set(self.states) - {self.initial}  # `initial=` may name a state that is declared later
        for each in listify(states) or ():
            state = each["name"] if isinstance(each, dict) else each
            name = str(getattr(state, "name", state))
            if name in known:
                twice.append((self, name))
            known.add(name)
        add_states(self, states, *args, **options)

    with patch.object(Machine, "add_states", noting):
        yield twice
