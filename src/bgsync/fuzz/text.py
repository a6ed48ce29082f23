"""The text as an oracle: the interpreter of its algorithms, seen from outside.

An operation is a step of the system, and what the user agent then does of itself until all is at rest: queued tasks
and rules that are due, in every order. What the user agent may choose, it may choose either way; what the handler is
told of that fixes the choice. A wait is of the user agent's choosing, so it may end at any time, but it need not. Where
a run of the text ends with a failed Assert, the text says nothing any more, and nothing more is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from bgsync.driving import Operation
from bgsync.fuzz.walk import step_labels
from bgsync.language import Spec
from bgsync.observing import RESOLVED, Observing, Oracle, Outcome, Seen, Started
from bgsync.system.observation import Asserted, Chose, Declined, Dispatched, Rejected, Resolved
from bgsync.system.scenario import Bounds, Scenario
from bgsync.system.state import Event, Process, Ref, Undecided, Value, replaced
from bgsync.system.step import Caller, State, Step
from bgsync.system.system import System

SILENT = (Asserted, Chose, Declined)
"""Observations that nobody sees."""
ENDS = "the text ends here"


class At(NamedTuple):
    """A state of the system, None where the text has ended, and what may be read of the free machines."""

    state: State | None
    free: tuple[tuple[str, str], ...]


class _Path(NamedTuple):
    """What was seen on the way to a state."""

    state: State
    result: str = ""
    results: tuple[str, ...] = ()
    """How all calls ended."""
    tags: tuple[str, ...] = ()
    ran: frozenset[str] = frozenset()
    why: tuple[str, ...] = ()
    """The steps that did something that others see, in order."""


class TextOracle(Oracle):
    """The algorithms of a spec, by default the content's own, as judge. `tags` are what its keys are called outside."""

    def __init__(
        self, observing: Observing, tags: Sequence[str], spec: Spec | None = None, granularity: str = "algorithm"
    ) -> None:
        spec, world = spec or observing.spec, observing.world
        adversities = tuple(n for n, each in world.adversities.items() if each.triggers and not each.begins)
        scenario = Scenario(spec, world, granularity, adversities, Bounds(len(tags)))
        self.name = spec.title or "the text"
        self.system = System(scenario, fork=False)
        self.observing, self.last = observing, observing.last
        self.tags = dict(zip(scenario.tag_names, tags, strict=True))
        self.keys = {tag: key for key, tag in self.tags.items()}
        self._labels = step_labels(self.system.program)
        self._known: dict[tuple[At, Operation, bool], tuple[Outcome, ...]] = {}
        self._sensible: dict[tuple[At, Operation], bool] = {}
        self._like: dict[At, Hashable] = {}
        called = {way.text[1] for way in observing.ways if way.text[0] == "call"}
        asked = {label for several in self._labels for label in several}
        silent = {f"{name} " for name in spec.methods if name not in called}
        self.expected = {"step": sorted(label for label in asked if not label.startswith(tuple(silent)))}

    def initial(self) -> At:
        """Give the state after `reset`: online, and all else as the machines begin."""
        return self._initial

    @cached_property
    def _initial(self) -> At:
        (state,) = self.system.initial_states()
        free = tuple((m.name, m.initial) for m in self.system.world.machines if m.free)
        recurring = {m.name: m for m in self.system.world.machines if m.recurs}
        for place, trigger, source, dest in self.system.moves:
            machine = recurring.get(self.system.machines[place])
            if machine and source == machine.initial and dest == machine.recurs:
                (path,) = self._rest(self._take(_Path(state), ("move", trigger), {}), False, False)
                state = path.state
        return At(state, free)

    def possible(self, state: At, operation: Operation) -> bool:
        """Whether an operation makes sense."""
        key = (state, operation)
        if key not in self._sensible:
            self._sensible[key] = self._possible(state, operation)
        return self._sensible[key]

    def _possible(self, state: At, operation: Operation) -> bool:
        if state.state is None:
            return False
        kind, *what = self.observing.way(operation).text
        if kind == "move":
            return bool(list(self._moves(state.state, what[0])))
        if kind == "free":
            return (what[0], what[1]) not in state.free
        if kind == "settle":
            return bool(self._awaiting(state.state, operation.tag))
        if kind == "time":
            return bool(list(self._at(state.state, "wait")))
        if len(what) > 1:
            return bool(list(self._at(state.state, "await")))
        return state.free == self.initial().free

    def outcomes(self, state: At, operation: Operation, early: bool = False) -> tuple[Outcome, ...]:
        """Give what the text lets an operation come to."""
        key = (state, operation, early)
        if key not in self._known:
            self._known[key] = tuple(dict.fromkeys(self._outcomes(state, operation, early)))
        return self._known[key]

    def together(self, state: At, first: Operation, second: Operation) -> Iterator[tuple[Seen, At]]:
        """Give what both orders come to, and what two calls come to whose steps go on together."""
        yield from super().together(state, first, second)
        texts = [self.observing.way(one).text for one in (first, second)]
        if state.state is None or any(text[0] != "call" for text in texts):
            return
        paths, free = [_Path(state.state)], dict(state.free)
        for text, one in zip(texts, (first, second), strict=True):
            paths = [after for path in paths for after in self._take(path, text, free, one.tag)]
        for path in self._rest(paths, False, False):
            for outcome in self._seen(path, state.free):
                yield outcome.seen._replace(result=", ".join(sorted(path.results))), outcome.state

    def alike(self, state: At) -> Hashable:
        """Give a state without the places of its objects, and with two of those of which there are more."""
        if state not in self._like:
            self._like[state] = self._without_places(state)
        return self._like[state]

    def _without_places(self, state: At) -> Hashable:
        if state.state is None:
            return state
        heap = state.state.shared.heap

        def of_object(value: Value) -> Value:
            known = heap[value.slot] if isinstance(value, Ref) else None
            return value if known is None else (*known.fields, known.listed)

        parts = Counter[Hashable](known for known in heap if known and known.listed)
        for number in state.state.processes:
            frames = self.system.process(number).frames
            parts[
                tuple((frame.pc, tuple((n, replaced(x, of_object)) for n, x in frame.variables)) for frame in frames)
            ] += 1
        return state.state.shared.context, state.free, frozenset((part, min(n, 2)) for part, n in parts.items())

    def place(self, label: str) -> str:
        """Say where a step stands."""
        return self._places.get(label, "")

    @cached_property
    def _places(self) -> dict[str, str]:
        origins = (statement.origin for statement in self.system.scenario.spec.statements())
        return {f"{o.algorithm} {o.step}": f"{o.file}:{o.line}" for o in origins if o and o.file and o.line}

    # --- what happens

    def _outcomes(self, at: At, operation: Operation, early: bool) -> Iterator[Outcome]:
        assert at.state is not None
        way, free = self.observing.way(operation), dict(at.free)
        kind, *what = way.text
        paths = [_Path(at.state)]
        if kind == "free":
            free[what[0]] = what[1]
        elif kind == "move":
            for trigger in what:
                moved = [after for path in paths for after in self._take(path, ("move", trigger), free)]
                paths = self._rest(moved, early, False)
        elif kind != "time":
            paths = self._take(paths[0], way.text, free, operation.tag)
        for path in self._rest(paths, early, kind == "time"):
            yield from self._seen(path, tuple(free.items()))

    def _rest(self, paths: Sequence[_Path], early: bool, time: bool) -> list[_Path]:
        """Follow what the user agent does of itself, to every state of rest."""
        todo, met, rest = list(paths), set[_Path](), list[_Path]()
        while todo:
            path = todo.pop()
            if path in met:
                continue
            met.add(path)
            if path.result == ENDS:
                rest.append(path)
                continue
            must, may = self.agent(path.state)
            if time:
                must, may = must + may, []
            if not must:
                rest.append(path)
            todo += [self._after(path, step) for step in (must or (may if early else ()))]
        return rest

    def agent(self, state: State) -> tuple[list[Step], list[Step]]:
        """Give what the user agent does next of itself: what is due, and the ends of delays."""
        must, may = list[Step](), list[Step]()
        for turn in self.system.turns(state):
            op = self.system.program.code[self.system.process(turn.which).pc].op if turn.kind == "run" else ""
            if turn.kind in ("rule", "batch") or (turn.kind == "run" and op not in ("await", "wait", "extended")):
                must += self.system.take(state, turn)
            elif op == "wait":
                may += self.system.take(state, turn)
        return must, may

    def begun(self, at: At, operation: Operation) -> Iterator[tuple[str, At]]:
        """Begin an operation, and give how its call ends, and the state, before the user agent does anything more."""
        kind, *what = self.observing.way(operation).text
        if at.state is None or not self.possible(at, operation):
            return
        free, paths = dict(at.free), [_Path(at.state)]
        if kind == "free":
            free[what[0]] = what[1]
        elif kind == "move":
            for trigger in what:
                paths = [after for path in paths for after in self._take(path, ("move", trigger), free)]
        elif kind == "time":
            paths = self._rest(paths, False, True)
        else:
            paths = self._take(paths[0], (kind, *what), free, operation.tag)
        for path in paths:
            yield path.result, At(None if path.result == ENDS else path.state, tuple(free.items()))

    def done(self, at: At, step: Step) -> Iterator[tuple[tuple[Started, ...], At]]:
        """Give the events that began with a step of the user agent, as their handlers may be told, and the state."""
        assert at.state is not None
        path = self._after(_Path(at.state), step)
        if path.result == ENDS:
            yield (), At(None, at.free)
        elif not path.tags:
            yield (), At(path.state, at.free)
        else:
            for outcome in self._seen(path, at.free):
                yield outcome.seen.events, outcome.state

    def listed(self, at: At) -> tuple[str, ...] | None:
        """Give the tags that are registered, sorted; None where the text has ended."""
        if at.state is None:
            return None
        shared = at.state.shared
        keys = (self.system.tag(shared, slot) for slot, one in enumerate(shared.heap) if one and one.listed)
        return tuple(sorted(self.tags.get(key or "", key or "?") for key in keys))

    def _take(self, path: _Path, text: tuple[str, ...], free: dict[str, str], tag: str | None = None) -> list[_Path]:
        """Take the steps of the system that an operation is."""
        state = path.state
        kind, what, *more = text
        if kind == "move":
            steps = list(self._moves(state, what))
        elif kind == "call":
            name, by_handler = f"{what}({self.keys.get(tag or '', '')})", bool(more)
            steps = [
                step
                for turn in self.system.turns(state)
                if turn.kind == "call"
                for step in self.system.take(state, turn)
                if step.action.name == name
                and isinstance(step.action.detail, Caller)
                and step.action.detail.handler == by_handler
            ]
        else:
            number = self._awaiting(state, tag)[0]
            steps = [step for step in self._runs(state, number) if step.action.detail == what]
        fitting = (s for s in steps if all(free.get(choice, value) == value for choice, value in s.action.choices))
        return [self._after(path, step) for step in fitting]

    def _moves(self, state: State, trigger: str) -> Iterator[Step]:
        for turn in self.system.turns(state):
            if turn.kind == "move" and self.system.moves[turn.which][1] == trigger:
                yield from self.system.take(state, turn)

    def _runs(self, state: State, number: int) -> Iterator[Step]:
        for turn in self.system.turns(state):
            if turn.kind == "run" and turn.which == number:
                yield from self.system.take(state, turn)

    def _after(self, path: _Path, step: Step) -> _Path:
        ran = path.ran.union(label for one in step.executed for label in self._labels[one.pc])
        did = (one.pc for one in step.executed if any(not isinstance(seen, SILENT) for seen in one.observations))
        why = tuple(dict.fromkeys((*path.why, *(self._labels[pc][0] for pc in did if self._labels[pc]))))
        if step.after is None:
            return path._replace(result=ENDS, ran=ran, why=why)
        result, results, tags = path.result, list(path.results), list(path.tags)
        for seen in step.observations:
            if isinstance(seen, Resolved):
                result = RESOLVED
                results.append(result)
            elif isinstance(seen, Rejected):
                result = seen.error or "rejected"
                results.append(result)
            elif isinstance(seen, Dispatched):
                key = self.system.tag(step.after.shared, seen.slot) or self.system.tag(path.state.shared, seen.slot)
                tags.append(self.tags.get(key or "", key or "?"))
        return _Path(step.after, result, tuple(results), tuple(tags), ran, why)

    # --- what is seen

    def _seen(self, path: _Path, free: tuple[tuple[str, str], ...]) -> Iterator[Outcome]:
        """Give what is seen of a state of rest: for each event that began, with each value that its handler may get."""
        labels = tuple(("step", label) for label in sorted(path.ran))
        if path.result == ENDS:
            yield Outcome(Seen(path.result), At(None, free), labels, path.why, silent=True)
            return
        for state, told in self._told(path.state):
            left = list(told)
            events = []
            for tag in path.tags:
                found = next((one for one in left if one.tag == tag), Started(tag))
                events.append(found)
                left = [one for one in left if one is not found]
            after = At(state, free)
            order = sorted(events, key=lambda one: (one.tag, one.last or False))
            yield Outcome(Seen(path.result, tuple(order), self.listed(after)), after, labels, path.why)

    def _told(self, state: State) -> Iterator[tuple[State, tuple[Started, ...]]]:
        """Decide what the user agent has not decided and the handlers of new events know, in every way."""
        ways: list[tuple[tuple[int, ...], tuple[Started, ...]]] = [((), ())]
        for number in state.processes:
            choice = self._undecided(self.system.process(number))
            tag = self._tag(state, number)
            if choice is None:
                ways = [((*numbers, number), told) for numbers, told in ways]
                continue
            ways = [
                (
                    (*numbers, self.system.number(_decided(self.system.process(number), choice, last))),
                    (*told, Started(tag, last)),
                )
                for numbers, told in ways
                for last in (False, True)
            ]
        for numbers, told in ways:
            yield state._replace(processes=tuple(sorted(numbers))), told

    def _undecided(self, process: Process) -> Undecided | None:
        """Give the choice that an event's handler is told, if it is still open."""
        for frame in process.frames:
            for _, value in frame.variables:
                if isinstance(value, Event):
                    told = dict(value.members).get(self.last)
                    return told if isinstance(told, Undecided) else None
        return None

    def _awaiting(self, state: State, tag: str | None) -> list[int]:
        return [number for number in self._at(state, "await") if self._tag(state, number) == tag]

    def _tag(self, state: State, number: int) -> str:
        key = self.system.tag(state.shared, self.system.slot(number))
        return self.tags.get(key or "", key or "?")

    def _at(self, state: State, op: str) -> Iterator[int]:
        code = self.system.program.code
        return (number for number in state.processes if code[self.system.process(number).pc].op == op)


def oracle(observing: Observing, name: str, tags: Sequence[str], spec: Spec | None = None) -> Oracle:
    """Make what judges: "spec" is the text, every other name a machine of the content. Raises ValueError."""
    if name == "spec" and "spec" not in observing.oracles:
        return TextOracle(observing, tags, spec)
    if name not in observing.oracles:
        raise ValueError(f"unknown model {name!r}: one of spec, {', '.join(observing.oracles)}")
    return observing.oracles[name](tags)


def _decided(process: Process, choice: Undecided, value: bool) -> Process:
    def decide(part: Value) -> Value:
        return value if part == choice else part

    frames = tuple(
        frame._replace(variables=tuple((name, replaced(held, decide)) for name, held in frame.variables))
        for frame in process.frames
    )
    return process._replace(frames=frames)
