"""What is put in the library's way while a call of a user's machine is run: see `live`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from transitions import Machine
from transitions.core import MachineError as NotAllowed
from transitions.extensions import AsyncMachine

from bgsync.machines.library import frozen, pull_in, put_in, source_of
from bgsync.machines.pulls import Known, known_of
from bgsync.machines.table import Taken, name_of

DEEP = 25
"""How many triggers deep callbacks may pull each other, where no code runs that would end it."""
LONG = 10_000
"""How many rows one call may take."""
ENDLESS = "callbacks pull triggers without end"


class Refused(BaseException):
    """An outcome that does not exist: raised through the library."""


class Hooks:
    """The hooks of some machines, and what they note during one call.

    `free` is whether guards are choices and callbacks run no code of the user; `stubs` names those that are so anyway.
    """

    def __init__(self, machines: list[Machine], model: Any, *, free: bool, stubs: frozenset[str]) -> None:
        self.machines, self.free, self.stubs = machines, free, stubs
        self.known: dict[Any, Known] = {}
        self._model = model
        self._plan: list[list[int]] = []
        """The choices of a run, each with how many there are."""
        self._at = 0
        self._answers: dict[Any, bool] = {}
        self._said: list[str] = []
        self._took: list[Taken] = []
        self._entered: list[tuple[int, Any]] = []
        self._depth = 0
        self._unsure = False
        """Whether a pull that need not be was put into a queue."""

    def _choose(self, count: int) -> int:
        if self._at == len(self._plan):
            self._plan.append([0, count])
        self._at += 1
        return self._plan[self._at - 1][0]

    def _may_go_on(self) -> None:
        if len(self._took) > LONG:
            raise RecursionError(ENDLESS)

    def _setting(self, number: int, machine: Machine) -> Callable[..., None]:
        run = machine.set_state

        def set_state(state: Any, model: Any = None) -> None:
            run(state, model)
            self._entered.append((number, frozen(getattr(self._model, machine.model_attribute))))

        return set_state

    def watch(self, transition: Any, is_async: bool, undo: ExitStack) -> None:
        """Note when a transition is taken, and answer for its guards where they are free."""
        if "execute" in vars(transition):
            return
        run = transition.execute

        def execute(event_data: Any) -> Any:
            self._may_go_on()
            source = source_of(event_data.machine, transition)
            done = True  # where an exception leaves it, too
            try:
                done = run(event_data)
            finally:
                if done:
                    self._took.append((id(transition), source))
            return done

        async def execute_later(event_data: Any) -> Any:
            self._may_go_on()
            source = source_of(event_data.machine, transition)
            done = True
            try:
                done = await run(event_data)
            finally:
                if done:
                    self._took.append((id(transition), source))
            return done

        put_in(transition, "execute", execute_later if is_async else execute, undo)
        for condition in transition.conditions:
            if self.free or name_of(condition.func) in self.stubs:
                put_in(condition, "check", self._answer_of(condition, is_async), undo)

    def _answer_of(self, condition: Any, is_async: bool) -> Callable[[Any], Any]:
        key = condition.func if isinstance(condition.func, str) else id(condition.func)

        def check(_: Any) -> bool:
            if key not in self._answers:
                answer = (self._choose(2) == 0) == condition.target
                self._answers[key] = answer
                self._said.append(name_of(condition.func) if answer else f"not {name_of(condition.func)}")
            return self._answers[key] == bool(condition.target)

        async def check_later(event_data: Any) -> bool:
            return check(event_data)

        return check_later if is_async else check

    def callback_of(self, machine: Machine) -> Callable[[Any, Any], Any]:
        """Give what runs the callbacks of a machine, or does not."""
        run: Any = machine.callback

        def pulls(func: Any) -> Iterator[tuple[Any, bool]]:
            self._answers.clear()
            known = self.known_of(func)
            if known.certain is not None:
                yield known.certain, True
            if known.sets and (chosen := self._choose(len(known.sets) + 1)):
                put, state = known.sets[chosen - 1]
                put.set_state(state, self._model)
            several = len(known.maybe) <= 3
            for each in known.maybe:
                if self._choose(2) == 1:
                    yield each, False
                    if not several:
                        return

        def pulled(pull: Any, certain: bool) -> Any:
            self._depth += 1
            if self._depth > DEEP:
                raise Refused if self._plan else RecursionError(ENDLESS)
            self._unsure |= not certain and bool(pull[0].has_queue)
            return pull_in(pull[0], self._model, pull[1], (), {})

        def callback(func: Any, event_data: Any) -> Any:
            if not self.free:
                return None if name_of(func) in self.stubs else run(func, event_data)
            for pull, certain in pulls(func):
                try:
                    pulled(pull, certain)
                except (NotAllowed, AttributeError):
                    if certain:
                        raise
                    raise Refused from None
            return None

        async def callback_later(func: Any, event_data: Any) -> Any:
            if not self.free:
                return None if name_of(func) in self.stubs else await run(func, event_data)
            for pull, certain in pulls(func):
                try:
                    await pulled(pull, certain)
                except (NotAllowed, AttributeError):
                    if certain:
                        raise
                    raise Refused from None
            return None

        return callback_later if isinstance(machine, AsyncMachine) else callback

    def known_of(self, func: Any) -> Known:
        """Say what is known of a callback."""
        key = func if isinstance(func, str) else id(func)
        if key not in self.known:
            self.known[key] = known_of(func, self._model, self.machines)
        return self.known[key]
