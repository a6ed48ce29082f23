"""Tests of a user's machine: all that it can do, and random runs of it by Hypothesis."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from transitions import Machine, Transition
from transitions.extensions import AsyncMachine

from bgsync.machines.check import MachineReport
from bgsync.machines.hooks import Hooks
from bgsync.machines.library import active_states, frozen, pull_in, put_in
from bgsync.machines.loading import Loaded, load_machine, machine_in
from bgsync.machines.promises import Predicate, takes_model
from bgsync.machines.table import Row, Taken, name_of, rows_of, states_of, taken_as
from bgsync.machines.wording import worded

if TYPE_CHECKING:
    from unittest import TestCase

told: list[Callable[[str | None, str], None]] = []
"""Who is told what a check has covered: the plugin. Of what, is its name, or None for what the test itself is of."""


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
        tell(name, covered(report))
    if report.exit_status:
        raise MachineFailed(text_of(name, report))
    return report


def covered(report: MachineReport) -> str:
    """Say in one line how much of a machine was explored, and what was not."""
    states, rows = _share(report.states, report.reachable), _rows(report.rows, report.untaken)
    return f"{states}, {rows}, {report.configurations:,} configurations"


def _share(states: Sequence[str], entered: Collection[str]) -> str:
    missed = [state for state in states if state not in entered]
    return f"{len(states) - len(missed)} of {len(states)} states" + (f" (not {_some(missed)})" if missed else "")


def _rows(count: int, missed: Sequence[str]) -> str:
    return f"{count - len(missed)} of {count} rows" + (f" (not {_some(missed)})" if missed else "")


def _some(names: Sequence[str]) -> str:
    return "; ".join(names[:3]) + (f"; {len(names) - 3} more" if len(names) > 3 else "")


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
    invariants: Sequence[Predicate] = (),
    arguments: Mapping[str, Any] | None = None,
    stubs: Sequence[str] = (),
) -> type[TestCase]:
    """Make a Hypothesis test of a machine that `make` makes anew: a rule per trigger, in the states that have a row.

    `arguments` has per trigger a list, or a strategy, of what it is called with. The invariants are asked after every
    step, as in `check_machine`; `stubs` names callbacks that are not run, and guards whose answers are drawn. Needs
    Hypothesis. Automatic `to_STATE` rows are no rules; timeouts do not pass.
    """
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

    given = dict(arguments or {})
    first = machine_in(make(), "make").machine
    rows = [row for row, _ in rows_of(first, automatic=False)]
    promised = [_function(first, each) for each in invariants]
    sources: dict[str, set[str]] = {}
    for row in rows:
        sources.setdefault(row.trigger, set()).add(row.source)
    entered, taken = set[str](), set[int]()

    class Stateful(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.machine = machine_in(make(), "make").machine
            self.model = self.machine.models[0]
            self.hooks = _Drawing([self.machine], self.model, free=False, stubs=frozenset(stubs))
            self.undo = ExitStack()
            for _, transition in self.rows():
                self.hooks.watch(transition, isinstance(self.machine, AsyncMachine), self.undo)
            if stubs:
                put_in(self.machine, "callback", self.hooks.callback_of(self.machine), self.undo)
            entered.update(self.active())

        def rows(self) -> Iterator[tuple[Row, Transition]]:
            return rows_of(self.machine, automatic=False)

        def now(self) -> Any:
            return getattr(self.model, self.machine.model_attribute)

        def active(self) -> list[str]:
            return active_states(self.machine, frozen(self.now()))

        def teardown(self) -> None:
            self.undo.close()

    def rule_of(trigger: str) -> Any:
        def step(self: Stateful, data: Any, **drawn: Any) -> None:
            value = drawn.get("argument", ())
            args = value if isinstance(value, tuple) else () if isinstance(value, dict) else (value,)
            self.hooks.begin(lambda count: int(data.draw(st.integers(0, count - 1))))
            try:
                done = pull_in(self.machine, self.model, trigger, args, value if isinstance(value, dict) else {})
                if asyncio.iscoroutine(done):
                    asyncio.run(done)
            finally:
                entered.update(self.active())
                taken.update(n for n, (row, each) in enumerate(self.rows()) if taken_as(row, each) in self.hooks.taken)

        def able(self: Stateful) -> bool:
            return not sources[trigger].isdisjoint(self.active())

        step.__name__ = trigger
        values = given.get(trigger)
        strategies: dict[str, Any] = {"data": st.data()} if stubs else {"data": st.none()}
        if values is not None:
            strategies["argument"] = values if isinstance(values, st.SearchStrategy) else st.sampled_from(list(values))
        ruled: Any = rule(**strategies)
        return precondition(able)(ruled(step))

    def ended(self: Stateful) -> bool:
        return all(states.isdisjoint(self.active()) for states in sources.values())

    def no_row_is_left(self: Stateful) -> None:
        """Stay, since Hypothesis wants a rule in every state."""

    def invariant_of(function: Callable[..., Any], number: int) -> Any:
        def holds(self: Stateful) -> None:
            state = self.now()
            if not (function(state, self.model) if takes_model(function) else function(state)):
                raise AssertionError(f"invariant {name_of(function)!r} fails in state {state!r}")

        holds.__name__ = f"invariant_{number}"
        return invariant()(holds)

    body = {trigger: rule_of(trigger) for trigger in sources}
    body["no_row_is_left"] = precondition(ended)(rule()(no_row_is_left))
    body.update({f"invariant_{n}": invariant_of(each, n) for n, each in enumerate(promised)})
    made: Any = type("Stateful", (Stateful,), body)

    def tear_down(_: TestCase) -> None:
        missed = [str(row) for number, row in enumerate(rows) if number not in taken]
        for tell in told:
            tell(None, f"{_share(states_of(first), entered)}, {_rows(len(rows), missed)} at random")

    case: type[TestCase] = type("Case", (made.TestCase,), {"tearDown": tear_down})
    return case


def _function(machine: Machine, predicate: Predicate) -> Callable[..., Any]:
    if not isinstance(predicate, str):
        return predicate
    if predicate not in states_of(machine):
        return worded(machine, machine.models[0], predicate)

    def holds(_: Any, model: Any) -> bool:
        return predicate in active_states(machine, frozen(getattr(model, machine.model_attribute)))

    holds.__name__ = predicate
    return holds


class _Drawing(Hooks):
    """Hooks of a machine that is run at random: what is free is drawn."""

    def begin(self, draw: Callable[[int], int]) -> None:
        """Begin a call."""
        self._answers.clear()
        self._took.clear()
        self._draw = draw

    @property
    def taken(self) -> list[Taken]:
        """The rows that the call took."""
        return self._took

    def _choose(self, count: int) -> int:
        return self._draw(count)
