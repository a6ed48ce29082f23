"""A user's machines, run by the library itself: put into a configuration, given a call, and read again.

A **configuration** is what the machines of one model are in: the value of each machine's state, as the library keeps it
(nested lists for parallel states); the timers that run and the retries counted; and, where data is asked for, the key
of that data. There is no second semantics here: a step is `event.trigger`, on the user's machine, in place. Four things
are put in the library's way meanwhile, as attributes of its objects, and taken away again:

- `execute` of a transition notes that it was taken.
- `check` of a condition, where guards are free, is a choice. Within one event a guard that is asked again gives the
  same answer, unless a callback ran in between. All outcomes are tried, by running the event again.
- `callback` of a machine, where guards are free, runs no code of the user: a callback that is a trigger pulls it, one
  that names triggers may pull them or not (`pulls`). A pull of that kind that the library refuses is no outcome.
- The timer of a timeout does not run by the clock: that it ends is a step of its own.

With data the user's guards and callbacks are run, but for those that are stubbed. An exception is an outcome, too: the
configuration in which it leaves the machine.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from unittest import mock

from transitions import EventData, Machine
from transitions.core import MachineError as NotAllowed
from transitions.extensions import AsyncMachine
from transitions.extensions import states as features

from bgsync.explore.model import Model
from bgsync.machines.data import Data
from bgsync.machines.hooks import Hooks, Refused
from bgsync.machines.library import (
    Timer,
    active_states,
    frozen,
    kept,
    named_states,
    pull_in,
    put_in,
    start_of,
    started,
    thawed,
)
from bgsync.machines.table import Taken, rows_of

_LOGGER = logging.getLogger("transitions.core")
_AT_FIRST = 1
"""The number of the data that an object had before anything was run."""
OUTCOMES = 4096
"""How many outcomes of guards one call may have."""


class Configuration(NamedTuple):
    """What the machines of one model are in; `data` is the number of its data, `model` its own."""

    states: tuple[Any, ...]
    memory: tuple[tuple[str, Any], ...] = ()
    data: int = 0
    model: int = 0


@dataclass(frozen=True, eq=False)
class Call:
    """A trigger of a machine with its arguments, or the end of a state's timeout."""

    machine: int
    trigger: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    timeout: str = ""

    def __str__(self) -> str:
        if self.timeout:
            return f"timeout of {self.timeout}"
        said = [*map(repr, self.args), *(f"{name}={value!r}" for name, value in self.kwargs.items())]
        return f"{self.trigger}({', '.join(said)})" if said else self.trigger


class Step(NamedTuple):
    """A call, what free guards answered, and the exception that gets out of it ("" for none)."""

    call: Call
    answers: tuple[str, ...] = ()
    error: str = ""


class Outcome(NamedTuple):
    """A step, what it leads to, and the rows that it takes."""

    step: Step
    target: Configuration
    taken: tuple[Taken, ...]


class Live(Hooks, Model[Configuration, Step]):
    """The machines of one kind of model as a model to explore. Use it within `with live.instrumented():`."""

    def __init__(
        self,
        machines: Sequence[Machine],
        *,
        holders: Sequence[Any] = (),
        data: bool = False,
        automatic: bool = False,
        arguments: Mapping[str, Sequence[Any]] | None = None,
        stubs: Iterable[str] = (),
        chosen: Sequence[str] | Callable[[Any], Hashable] | None = None,
        seconds: float | None = None,
    ) -> None:
        models = [each for each in machines[0].models if all(each in other.models for other in machines)]
        super().__init__(list(machines), models[0], free=not data, stubs=frozenset(stubs))
        self.models = models
        self.at_first = [tuple(frozen(getattr(m, each.model_attribute)) for each in machines) for m in self.models]
        """What the machines of each model were in before."""
        self.rows = [list(rows_of(machine, automatic=automatic)) for machine in machines]
        self.taken: set[Taken] = set()
        """The rows that were taken."""
        self.passed: dict[tuple[int, Any], set[Configuration]] = {}
        """What a machine, by its number, was in within a call that left it again, and where that was called."""
        self.raised: dict[tuple[str, str], tuple[Configuration, Step]] = {}
        """Per trigger and kind of exception, the first that got out of a call."""
        self.deadline = None if seconds is None else time.monotonic() + seconds
        self.too_late = False
        self.refused: list[Call] = []
        """The calls that may be refused in the configuration whose successors were given last."""
        self.expanded = 0
        """How many configurations all steps are known of."""
        self._attributes = [machine.model_attribute for machine in machines]
        self.arguments = dict(arguments or {})
        self._holders = holders
        self._data = [Data([model, *holders], machines, chosen) for model in self.models] if data else []
        self._calls: dict[tuple[Any, ...], tuple[Call, ...]] = {}
        self._made: dict[tuple[int, str], tuple[Call, ...]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.remembering: dict[str, tuple[int, Any]] = {
            self.named(number, name): (number, state)
            for number, machine in enumerate(machines)
            for name, state in named_states(machine)
            if getattr(state, "timeout", 0) or getattr(state, "retries", 0)
        }
        """The states that have timers or count retries, each with the number of its machine."""
        self._triggers: list[dict[str, list[str]]] = []
        for rows in self.rows:
            by_source: dict[str, dict[str, None]] = {}
            for row, _ in rows:
                by_source.setdefault(row.source, {})[row.trigger] = None
            self._triggers.append({source: list(triggers) for source, triggers in by_source.items()})

    # --- what is explored

    def initial_states(self) -> Iterable[Configuration]:
        """Give what the models are in now, and what the machines start new ones in."""
        found = []
        for number, _ in enumerate(self.models):
            self._model = self.models[number]
            found.append(self._read(number if self._data else 0))
        self._model = self.models[0]
        starts = [start_of(machine, self.models[0]) for machine in self.machines]
        if self.free and all(start is not None for start in starts):
            found.append(Configuration(tuple(starts), found[0].memory))
        return list(dict.fromkeys(found))

    def actions(self, state: Configuration) -> Iterable[Step]:
        """Give the steps that lead somewhere."""
        return (step for step, _ in self.successors(state))

    def next_state(self, state: Configuration, action: Step) -> Configuration | None:
        """Give what a step leads to."""
        return next((target for step, target in self.successors(state) if step == action), None)

    def outcomes(self, state: Configuration) -> list[Outcome]:
        """Give every step with what it leads to, and the rows that it takes."""
        found = []
        for step, target in self.successors(state):
            found.append(Outcome(step, target, tuple(dict.fromkeys(self._took))))
        return found

    def successors(self, state: Configuration) -> Iterator[tuple[Step, Configuration]]:
        """Give every step with what it leads to; a call that the library refuses is none."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            self.too_late = True
            raise KeyboardInterrupt
        self.refused = []
        for call in self.calls(state):
            yield from self._outcomes(state, call)
        self.expanded += 1

    def calls(self, state: Configuration) -> Iterable[Call]:
        """Give the calls that have a row in a configuration, and the timers that may end in it."""
        calls = self._calls.get(state.states)
        if calls is None:
            calls = self._calls[state.states] = tuple(self._possible(state.states))
        ends = [name for name, value in state.memory if name.startswith("timer ") and value]
        return (*calls, *(self._timeout(name.removeprefix("timer ")) for name in ends)) if ends else calls

    def put(self, state: Configuration) -> Any:
        """Put the machines into a configuration, and give the model."""
        self._model = self.models[state.model]
        for number, data in enumerate(self._data):
            data.restore(state.data if number == state.model else _AT_FIRST)
            if number != state.model:  # a callback may have changed it
                self._enter(self.models[number], self.at_first[number])
        self._enter(self._model, state.states)
        if self.remembering:
            self._remember(dict(state.memory))
        return self._model

    def _enter(self, model: Any, states: tuple[Any, ...]) -> None:
        for name, value in zip(self._attributes, states, strict=True):
            setattr(model, name, value if type(value) is str else thawed(value))

    def named(self, number: int, state: str) -> str:
        """Name a state of one of the machines."""
        return f"{self.machines[number].model_attribute}.{state}" if len(self.machines) > 1 else state

    def active(self, number: int, value: Any) -> list[str]:
        """Give the names of the active states of a machine, children before their parents."""
        return active_states(self.machines[number], value)

    def bound(self, limit: int, found: int) -> str:
        """Say which bound ended an exploration."""
        bound = "the time is up" if self.too_late else f"the limit of {limit:,} is met"
        return f"{bound} after {found:,} configurations; what was not found is not known"

    @property
    def left_out(self) -> dict[str, str]:
        """The attributes that cannot be copied, and why."""
        return {name: why for data in self._data for name, why in data.left_out.items()}

    def data_now(self, model: int) -> dict[str, Any]:
        """Give the data as it is now."""
        return self._data[model].now()

    # --- one step

    def _possible(self, states: tuple[Any, ...]) -> Iterator[Call]:
        for number, machine in enumerate(self.machines):
            triggers: dict[str, None] = {}
            if machine.on_exception or (machine.finalize_event and not self.free):
                triggers = dict.fromkeys(row.trigger for row, _ in self.rows[number])
            for name in self.active(number, states[number]):
                triggers.update(dict.fromkeys(self._triggers[number].get(name, ())))
            for trigger in triggers:
                yield from self._with_arguments(number, trigger)

    def _with_arguments(self, number: int, trigger: str) -> tuple[Call, ...]:
        made = self._made.get((number, trigger))
        if made is None:
            given = self.arguments.get(trigger, [()])
            calls = []
            for each in given:
                args = each if isinstance(each, tuple) else () if isinstance(each, dict) else (each,)
                calls.append(Call(number, trigger, args, each if isinstance(each, dict) else {}))
            made = self._made[number, trigger] = tuple(calls)
        return made

    def _timeout(self, name: str) -> Call:
        number, _ = self.remembering[name]
        made = self._made.setdefault((number, f"timeout of {name}"), (Call(number, "timeout", timeout=name),))
        return made[0]

    def _outcomes(self, state: Configuration, call: Call) -> Iterator[tuple[Step, Configuration]]:
        self._plan = []
        for _ in range(OUTCOMES):
            self._at, self._depth, self._said, self._unsure = 0, 0, [], False
            self._answers.clear()
            self._took.clear()
            self._entered.clear()
            self.put(state)
            error: BaseException | None = None
            try:
                self._call(call)
            except Refused:
                error = Refused()
            except NotAllowed as caught:
                error = Refused() if self._unsure else caught
            except (Exception, SystemExit) as caught:
                error = caught
            if not isinstance(error, Refused):
                target = self._read(state.model)
                nothing = not self._took and target == state
                if nothing and (error is None or not self._has_row(state, call)):
                    self.refused.append(call)
                else:
                    self.taken.update(self._took)
                    for number, value in self._entered:
                        if value != target.states[number]:
                            self.passed.setdefault((number, value), set()).add(state)
                    said = "" if error is None else " ".join([f"{type(error).__name__}:", *str(error).split()])
                    step = Step(call, tuple(self._said), said.rstrip(":"))
                    if error is not None and self._has_row(state, call):
                        self.raised.setdefault((call.trigger, type(error).__name__), (state, step))
                    yield step, target
            while self._plan and self._plan[-1][0] + 1 == self._plan[-1][1]:
                self._plan.pop()
            if not self._plan:
                return
            self._plan[-1][0] += 1
        self.too_late = True
        raise KeyboardInterrupt

    def _has_row(self, state: Configuration, call: Call) -> bool:
        names = self.active(call.machine, state.states[call.machine])
        return bool(call.timeout) or any(call.trigger in self._triggers[call.machine].get(name, ()) for name in names)

    def _call(self, call: Call) -> None:
        machine = self.machines[call.machine]
        if call.timeout:
            _, state = self.remembering[call.timeout]
            state.runner[id(self._model)].cancel()
            data = EventData(state, None, machine, self._model, (), {})
            for callback in state.on_timeout:
                run: Any = machine.callback
                self._finish(run(callback, data))
        else:
            self._finish(pull_in(machine, self._model, call.trigger, call.args, call.kwargs))

    def _finish(self, result: Any) -> None:
        if self._loop is not None and asyncio.iscoroutine(result):
            self._loop.run_until_complete(result)

    def _read(self, number: int) -> Configuration:
        values = [getattr(self._model, name) for name in self._attributes]
        states = tuple([value if type(value) is str else frozen(value) for value in values])
        memory = self._remembered(states) if self.remembering else ()
        if not self._data:
            return Configuration(states, memory)
        return Configuration(states, memory, self._data[number].save(), number)

    def _remembered(self, states: tuple[Any, ...]) -> tuple[tuple[str, Any], ...]:
        own, out = id(self._model), list[tuple[str, Any]]()
        active = {self.named(n, name) for n, value in enumerate(states) for name in self.active(n, value)}
        names = {id(state): name for name, (_, state) in self.remembering.items()}
        names |= {id(state): name for name, (_, state) in self.remembering.items() if name in active}
        for name, (_, state) in self.remembering.items():
            here = names[id(state)] == name  # a machine that is used twice shares its states
            if getattr(state, "timeout", 0):
                timer = state.runner.get(own)
                out.append((f"timer {name}", here and timer is not None and not timer.done()))
            if getattr(state, "retries", 0):  # whoever enters from elsewhere begins to count anew
                out.append((f"retries {name}", state.retry_counts[own] if name in active else 0))
        return tuple(out)

    def _remember(self, memory: dict[str, Any]) -> None:
        own = id(self._model)
        for _, state in self.remembering.values():
            if getattr(state, "timeout", 0):
                state.runner[own] = Timer()
            if getattr(state, "retries", 0):
                state.retry_counts[own] = 0
        for name, (_, state) in self.remembering.items():
            if memory.get(f"timer {name}"):
                state.runner[own].alive = True
            if count := memory.get(f"retries {name}"):
                state.retry_counts[own] = count

    # --- what is put in the library's way

    @contextmanager
    def instrumented(self) -> Iterator[None]:
        """Watch the library, and put everything back afterwards as it was."""
        with ExitStack() as undo:
            for thing in (*self.models, *self._holders):
                kept(thing, undo)
            before = [(model, [getattr(model, m.model_attribute) for m in self.machines]) for model in self.models]
            data = [(each, each.save()) for each in self._data]
            for number, (machine, rows) in enumerate(zip(self.machines, self.rows, strict=True)):
                put_in(machine, "set_state", self._setting(number, machine), undo)
                for _, transition in rows:
                    self.watch(transition, isinstance(machine, AsyncMachine), undo)
                if self.free or self.stubs:
                    put_in(machine, "callback", self.callback_of(machine), undo)
            for _, state in self.remembering.values():
                if hasattr(state, "retry_counts"):
                    put_in(state, "retry_counts", state.retry_counts.copy(), undo)
                if hasattr(state, "runner"):
                    put_in(state, "runner", {id(model): Timer() for model in self.models}, undo)
                    put_in(state, "create_timer", started, undo)
            if not _LOGGER.isEnabledFor(logging.INFO):  # the library says a lot, to nobody
                put_in(_LOGGER, "debug", lambda *_: None, undo)
                put_in(_LOGGER, "info", lambda *_: None, undo)
            undo.enter_context(mock.patch.object(features, "Timer", Timer))
            if any(isinstance(machine, AsyncMachine) for machine in self.machines):
                if asyncio._get_running_loop() is not None:
                    raise RuntimeError("an asynchronous machine cannot be checked inside a running event loop")
                self._loop = asyncio.new_event_loop()
                undo.callback(self._loop.close)
            try:
                yield
            finally:
                for each, saved in data:
                    each.restore(saved)
                for model, values in before:
                    for machine, value in zip(self.machines, values, strict=True):
                        setattr(model, machine.model_attribute, value)
