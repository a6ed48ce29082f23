"""Tests of a user's machine: all that it can do, and random runs of it by Hypothesis."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bgsync.machines.check import MachineReport
from bgsync.machines.library import active_states, frozen, pull_in
from bgsync.machines.loading import Loaded, load_machine, machine_in
from bgsync.machines.promises import Invariant
from bgsync.machines.table import name_of, rows_of

if TYPE_CHECKING:
    from unittest import TestCase

told: list[Callable[[str], None]] = []
"""Who is told, in one line, what a check has covered: the plugin."""


class MachineFailed(AssertionError):
    """A machine has findings, or could not be explored to the end; the message tells them with their runs."""


def machine_test(target: str | None = None, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """Make a function a test of the machine that it gives, or that `target` names as on the command line.

    The function may take fixtures, and give whatever leads to a machine: the machine, what holds it, a model, or a
    class. `options` are those of `check_machine`. The test fails with each finding and its run.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., None]:
        @functools.wraps(function)
        def test(*args: Any, **kwargs: Any) -> None:
            __tracebackhide__ = True
            value = function(*args, **kwargs)
            loaded = machine_in(value, function.__name__) if target is None else load_machine(target)
            require(loaded, target or function.__name__, **options)

        del test.__wrapped__
        test.__signature__ = _signature(function)  # type: ignore[attr-defined]
        return test

    return decorate


def require(loaded: Loaded, name: str, **options: Any) -> MachineReport:
    """Check a machine, and raise MachineFailed unless nothing is wrong."""
    __tracebackhide__ = True
    report = loaded.check(**options)
    for tell in told:
        tell(covered(name, report))
    if report.exit_status:
        raise MachineFailed(text_of(name, report))
    return report


def covered(name: str, report: MachineReport) -> str:
    """Say in one line how much of a machine was explored."""
    states = f"{len(report.reachable)} of {len(report.states)} states"
    return f"{name}: {states}, {report.taken} of {report.rows} rows, {report.configurations:,} configurations"


def text_of(name: str, report: MachineReport) -> str:
    """Tell the findings, each with its run."""
    lines = [f"{name}: {len(report.findings)} finding{'s' * (len(report.findings) != 1)}"]
    for finding in report.findings:
        lines.append(f"{finding.kind}: {finding.message}")
        lines += [f"    {line}" for line in finding.run]
    if report.unfinished:
        lines.append(f"inconclusive: {report.unfinished}")
    return "\n".join([*lines, *(f"note: {note}" for note in report.notes)])


def _signature(function: Callable[..., Any]) -> Any:
    import inspect

    return inspect.signature(function).replace(return_annotation=None)


def stateful_test(
    make: Callable[[], Any],
    *,
    invariants: Sequence[Invariant] = (),
    arguments: Mapping[str, Any] | None = None,
) -> type[TestCase]:
    """Make a Hypothesis test of a machine that `make` makes anew: a rule per trigger, in the states that have a row.

    `arguments` has per trigger a list, or a strategy, of what it is called with. The invariants are asked after every
    step, as in `check_machine`. Needs Hypothesis. Automatic `to_STATE` rows are no rules; timeouts do not pass.
    """
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

    given = dict(arguments or {})
    first = machine_in(make(), "make").machine
    rows = [row for row, _ in rows_of(first, automatic=False)]
    sources: dict[str, set[str]] = {}
    for row in rows:
        sources.setdefault(row.trigger, set()).add(row.source)

    class Stateful(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.machine = machine_in(make(), "make").machine
            self.model = self.machine.models[0]

        def now(self) -> Any:
            return getattr(self.model, self.machine.model_attribute)

    def rule_of(trigger: str) -> Any:
        def step(self: Stateful, **drawn: Any) -> None:
            value = drawn.get("argument", ())
            args = value if isinstance(value, tuple) else () if isinstance(value, dict) else (value,)
            pull_in(self.machine, self.model, trigger, args, value if isinstance(value, dict) else {})

        def able(self: Stateful) -> bool:
            return not sources[trigger].isdisjoint(active_states(self.machine, frozen(self.now())))

        step.__name__ = trigger
        values = given.get(trigger)
        strategy = values if isinstance(values, st.SearchStrategy) or values is None else st.sampled_from(list(values))
        ruled = rule()(step) if strategy is None else rule(argument=strategy)(step)
        return precondition(able)(ruled)

    def invariant_of(function: Invariant, number: int) -> Any:
        from bgsync.machines.promises import takes_model

        def holds(self: Stateful) -> None:
            state = self.now()
            told = function(state, self.model) if takes_model(function) else function(state)
            if not told:
                raise AssertionError(f"invariant {name_of(function)!r} fails in state {state!r}")

        holds.__name__ = f"invariant_{number}"
        return invariant()(holds)

    body = {trigger: rule_of(trigger) for trigger in sources}
    body.update({f"invariant_{n}": invariant_of(each, n) for n, each in enumerate(invariants)})
    made: Any = type("Stateful", (Stateful,), body)
    case: type[TestCase] = made.TestCase
    return case
