"""The check of a user's machine: it is run by the library through all that it can be in, and judged."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from transitions import Machine

from bgsync.explore.search import explore
from bgsync.machines.findings import Finder, MachineFinding
from bgsync.machines.live import Live
from bgsync.machines.others import ChartMachine
from bgsync.machines.promises import Predicate, Promises
from bgsync.machines.table import MachineError, check_names, states_of, taken_as

LIMIT = 1_000_000
"""How many configurations are explored where nothing is said of it."""


@dataclass(frozen=True)
class MachineReport:
    """What the check of a machine looked at, and what it found."""

    name: str
    data: bool  # whether guards and callbacks were run, and data was part of what a state is
    states: tuple[str, ...]
    reachable: tuple[str, ...]  # nearest first
    configurations: int  # states with what goes with them: those of parallel machines, timers, data
    steps: int
    rows: int
    untaken: tuple[str, ...]  # those of the rows that are never taken
    set_aside: int  # automatic `to_STATE` rows that are not counted
    findings: tuple[MachineFinding, ...] = ()
    notes: tuple[str, ...] = ()
    unfinished: str = ""  # which bound ended the exploration; what is absent is then not known to be

    @property
    def taken(self) -> int:
        """How many of the rows are taken."""
        return self.rows - len(self.untaken)

    @property
    def exit_status(self) -> int:
        """0 for nothing wrong, 1 for findings, 3 where a bound was met before anything was found."""
        return 1 if self.findings else 3 if self.unfinished else 0


def check_machine(
    machine: Machine,
    invariants: Sequence[Predicate] = (),
    *,
    never: Sequence[Predicate] = (),
    eventually: Sequence[Predicate] = (),
    leads_to: Sequence[tuple[Predicate, Predicate]] = (),
    data: bool = False,
    chosen: Sequence[str] | Callable[[Any], Hashable] | None = None,
    arguments: Mapping[str, Sequence[Any]] | None = None,
    stubs: Sequence[str] = (),
    automatic: bool | None = None,
    limit: int | None = None,
    seconds: float | None = None,
    beside: Sequence[Machine] = (),
    holders: Sequence[Any] = (),
    setup: Sequence[str] = (),
) -> MachineReport:
    """Find states that nobody reaches or leaves, rows that are never taken, and promises that are broken.

    Without `data`, guards are free choices and no callback runs, though one that names a trigger may pull it. With
    `data`, the machine is run with its guards and callbacks, and a state is the machine's with the data of the model
    and of `holders`: all of it, the attributes that `chosen` names, or what it makes of the model. `arguments` lists
    per trigger what it is called with; `stubs` names callbacks that are not run, and guards that are free.

    `automatic` says whether the `to_STATE` rows count that the library adds; they do, unless it is said, for a machine
    that has no others. `beside` are other machines of the same model, explored together with it. `setup` are the lines
    of Python that make `machine`, for the runs that are told. After `limit` configurations or so many `seconds` the
    rest is unknown. Raises MachineError for a machine that makes no sense, and for a promise that raises an exception.
    """
    promises = Promises(tuple(invariants), tuple(never), tuple(eventually), tuple(leads_to))
    how = {"data": data, "chosen": chosen, "arguments": arguments, "stubs": stubs, "seconds": seconds}
    with running(machine, automatic=automatic, beside=beside, holders=holders, **how) as live:
        limit = LIMIT if limit is None else limit
        graph = explore(live, limit=limit)
        finder = Finder(live, graph, promises, tuple(setup))
        findings = tuple(finder.findings())
        return MachineReport(
            machine.name.removesuffix(": "),
            data,
            finder.states,
            finder.reachable,
            len(graph.states),
            graph.transitions,
            len(finder.rows),
            tuple(str(row) for _, row, transition in finder.rows if taken_as(row, transition) not in live.taken),
            finder.set_aside,
            findings,
            tuple(finder.notes()),
            "" if graph.complete else live.bound(limit, len(graph.states)),
        )


@contextmanager
def running(
    machine: Machine, *, automatic: bool | None = None, beside: Sequence[Machine] = (), **how: Any
) -> Iterator[Live]:
    """Run a machine by the library, with all that is put in its way; the options are those of `check_machine`."""
    machines = [machine, *(each for each in beside if each is not machine)]
    if how.get("data") and isinstance(machine, ChartMachine):
        raise MachineError("a machine that was read from a chart has no code to run; leave --data out")
    with _modelled(machines):
        live = Live(machines, automatic=_counts(machines) if automatic is None else automatic, **how)
        for each, rows in zip(machines, live.rows, strict=True):
            check_names(each.name.removesuffix(": "), states_of(each), [row for row, _ in rows])
        with live.instrumented():
            yield live


def _counts(machines: Sequence[Machine]) -> bool:
    """Tell whether automatic rows are all that the machines have."""
    from bgsync.machines.table import rows_of

    return all(next(rows_of(machine, automatic=False), None) is None for machine in machines)


class _Model:
    """The model of a machine that has none."""


@contextmanager
def _modelled(machines: Sequence[Machine]) -> Iterator[None]:
    """Give machines without a model one meanwhile."""
    if machines[0].models:
        yield
        return
    model = _Model()
    for machine in machines:
        if machine.initial is None:
            name = machine.name.removesuffix(": ")
            place = f"machine {name!r}" if name else "the machine"
            raise MachineError(f"{place}: the initial state is None; pass initial= or add a model with one")
        machine.add_model(model)
    try:
        yield
    finally:
        for machine in machines:
            machine.remove_model(model)
