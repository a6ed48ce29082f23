"""What is wrong with a machine, each cause once, with a shortest run that can be pasted into a test."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from transitions.core import listify

from bgsync.machines.library import named_states
from bgsync.machines.live import Live
from bgsync.machines.others import ChartMachine
from bgsync.machines.promises import Explored, Promises, asked_of, back_from, broken, components, cycle_through, said
from bgsync.machines.pulls import Known
from bgsync.machines.table import name_of, rows_of, separator_of, states_of, taken_as
from bgsync.machines.telling import Telling, finals, joined, listed

Kind = Literal[
    "unreachable-state", "trap-state", "deadlock", "livelock", "dead-trigger", "dead-row", "raises",
    "invariant", "never", "eventually", "leads_to",
]  # fmt: skip


_LACKING = ("TypeError", "KeyError", "IndexError")
"""What a callback raises that was not given what it asks for."""


@dataclass(frozen=True)
class MachineFinding:
    """Something wrong with a machine; `trace` is a shortest way there, in calls, where there is one."""

    kind: Kind
    subject: str
    message: str
    trace: tuple[str, ...] = ()
    run: tuple[str, ...] = ()  # the same as lines of Python
    loop: int | None = None  # from which call of the trace on it goes round for ever
    states: tuple[str, ...] = ()  # what the machines are in before the first call, and after each


class Finder:
    """Judges what was explored of some machines."""

    def __init__(self, live: Live, graph: Explored, promises: Promises, setup: tuple[str, ...]) -> None:
        self.live, self.graph, self.promises = live, graph, promises
        self.tell = Telling(live, graph, setup)
        self.rows = [(number, row, each) for number, rows in enumerate(live.rows) for row, each in rows]
        self.states = tuple(self.tell.named(n, name) for n, m in enumerate(live.machines) for name in states_of(m))
        entered: dict[str, None] = {}
        single = ((number, value) for state in graph.states for number, value in enumerate(state.states))
        settled = dict.fromkeys(single)
        for number, value in (*settled, *live.passed):
            for name in reversed(live.active(number, value)):
                entered[self.tell.named(number, name)] = None
        self.settled = {(number, name) for number, value in settled for name in live.active(number, value)}
        """The states of each machine that it is in between calls."""
        self.reachable = tuple(entered)
        self.set_aside = sum(_count_of_rows(machine) for machine in live.machines) - len(self.rows)
        self.moves: dict[tuple[Any, ...], bool] = {}
        """Per state of the machines, whether some step leads to another one."""
        for state, out in zip(graph.states, graph.edges, strict=True):
            moves = any(graph.states[target].states != state.states for _, target in out)
            self.moves[state.states] = self.moves.get(state.states, False) or moves

    # --- findings

    def findings(self) -> Iterator[MachineFinding]:
        """Give all findings: states, rows, what raises, and promises."""
        if self.graph.complete:
            yield from self._of_states()
            yield from self._livelocks()
            yield from self._of_rows()
        elif self.live.free is False:
            yield from self._deadlocks()
        yield from self._raised()
        for each in broken(self.live, self.graph, self.promises):
            where = self.tell.place(self.graph.states[each.state])
            message = {
                "invariant": f"invariant {each.name!r} fails in state {where}",
                "never": f"{each.name!r} must never be, and is in state {where}",
                "eventually": f"{each.name!r} need not come: ",
                "leads_to": f"{each.name!r} need not hold: ",
            }[each.promise]
            if each.promise in ("eventually", "leads_to"):
                ends = f"the run ends in state {where}"
                message += ends if each.loop is None else f"a run goes round for ever from {where} on"
            yield self._found(each.promise, each.name, message, each.way, each.loop)

    def _of_states(self) -> Iterator[MachineFinding]:
        entered, starts = set(self.reachable), self._starts()
        first: dict[str, int] = {}
        for number, each in enumerate(self.graph.states):
            if not self.moves[each.states]:
                first.setdefault(self.tell.label(each.states), number)
        told: set[str] = set()
        for number, machine in enumerate(self.live.machines):
            separator = separator_of(machine)
            for state in states_of(machine):
                name = self.tell.named(number, state)
                if name in entered:
                    if name in first:
                        yield from self._trap(name, first.pop(name))
                    continue
                if separator and any(state.startswith(f"{parent}{separator}") for parent in told):
                    continue
                told.add(state)
                rows = [row for n, row, _ in self.rows if n == number and self._belongs(row.source, state, separator)]
                gone = f"; with it, {listed('row', [str(row) for row in rows])}" if rows else ""
                inner = [s for s in states_of(machine) if separator and s.startswith(f"{state}{separator}")]
                inside = f", nor what is in it ({', '.join(inner)})" if inner else ""
                message = f"state {name!r} is not reachable from {starts}{inside}{gone}"
                yield MachineFinding("unreachable-state", name, message)
        for name, index in first.items():
            yield from self._trap(name, index)
        yield from self._deadlocks()

    def _trap(self, name: str, number: int) -> Iterator[MachineFinding]:
        state = self.graph.states[number]
        if self.tell.is_final(state):
            return
        message = f"state {name!r} is reachable, has no way out, and is not declared final"
        if name == "initial" and self.graph.parent[number] < 0:
            message += " (it is initial: `transitions` adds an undeclared initial state in silence)"
        elif self.graph.parent[number] < 0:
            message += " (it is initial)"
        yield self._found("trap-state", name, message, self.graph.path(number))

    def _deadlocks(self) -> Iterator[MachineFinding]:
        """Give what can go no further with its data, though its state has a way out with others."""
        told = set()
        for number in range(self.live.expanded):
            state = self.graph.states[number]
            stuck = all(target == number for _, target in self.graph.edges[number])
            if stuck and (self.moves[state.states] or not self.graph.complete) and state.states not in told:
                told.add(state.states)
                if not self.tell.is_final(state):
                    message = f"no call changes anything in state {self.tell.place(state)}, which is not declared final"
                    yield self._found("deadlock", self.tell.label(state.states), message, self.graph.path(number))

    def _livelocks(self) -> Iterator[MachineFinding]:
        """Give cycles from which no final state can be reached."""
        ended = [number for number, state in enumerate(self.graph.states) if self.tell.is_final(state)]
        for (place, value), callers in self.live.passed.items():
            for state in callers:
                states = (*state.states[:place], value, *state.states[place + 1 :])
                if self.tell.is_final(state._replace(states=states)):
                    ended.append(self.graph.index[state])
        declared = [self.tell.named(n, s) for n, m in enumerate(self.live.machines) for s in finals(m)]
        if not declared:
            return
        lost = [not able for able in back_from(self.graph, ended)]
        component = components(self.graph, lost)
        steps = ((n, target) for n, out in enumerate(self.graph.edges) for _, target in out)
        leaves = {component[n] for n, target in steps if component[n] != component[target]}
        told: set[frozenset[str]] = set()
        members: dict[int, list[int]] = {}
        for number, gone in enumerate(lost):
            if gone and component[number] not in leaves:
                members.setdefault(component[number], []).append(number)
        for inside in members.values():
            names = list(dict.fromkeys(self.tell.label(self.graph.states[number].states) for number in inside))
            if len(names) < 2 or frozenset(names) in told:
                continue
            told.add(frozenset(names))
            way = self.graph.path(inside[0])
            whole = [*way, *cycle_through(self.graph, inside[0], lost)]
            out = f"the final {listed('state', declared)} cannot be reached from there"
            message = f"{joined(names)} follow each other for ever: {out}"
            yield self._found("livelock", names[0], message, whole, len(way))

    def _of_rows(self) -> Iterator[MachineFinding]:
        entered = set(self.reachable)
        for number, machine in enumerate(self.live.machines):
            with_rows = {row.trigger for n, row, _ in self.rows if n == number}
            automatic = {f"to_{state}" for state in states_of(machine)} if not self.tell.several else set()
            for trigger in machine.events:
                if trigger not in with_rows and trigger not in automatic and not trigger.startswith("to_"):
                    message = f"trigger {trigger!r} can never fire: it has no rows"
                    yield MachineFinding("dead-trigger", trigger, message)
        for place, (number, row, transition) in enumerate(self.rows):
            if taken_as(row, transition) in self.live.taken or self.tell.named(number, row.source) not in entered:
                continue
            message = f"row '{row}' can never be taken: {self._why_dead(place)}"
            yield MachineFinding("dead-row", str(row), message)

    def _why_dead(self, place: int) -> str:
        number, row, transition = self.rows[place]
        before = itertools.takewhile(lambda pair: pair != (row, transition), rows_of(self.live.machines[number]))
        earlier = [each for each, _ in before if (each.trigger, each.source) == (row.trigger, row.source)]
        if any(not each.guarded for each in earlier):
            return f"an earlier row without guards comes first{', an automatic one' * earlier[0].auto}"
        if set(row.conditions) & set(row.unless):
            return "its guards contradict each other"
        if not self.live.free and row.guarded:
            count = len(self.graph.states)
            return f"its guards were never true together in {count:,} configuration{'s' * (count != 1)}"
        if (number, row.source) not in self.settled:
            return f"{row.source!r} is left again within the call that enters it"
        if earlier:
            return "an earlier row is taken whatever its guards say"
        return "a row of a state inside of its source always comes first"

    def _raised(self) -> Iterator[MachineFinding]:
        for (trigger, _), (state, step) in self.live.raised.items():
            number = self.graph.index[state]
            way = [*self.graph.path(number), (number, step, number)]
            message = f"{step.call} in state {self.tell.place(state)} raises {step.error}"
            yield self._found("raises", trigger, message, way, raising=True)

    def notes(self) -> Iterator[str]:
        """Say what is assumed, and what was left out."""
        if self.set_aside:
            yield (
                f"{self.set_aside:,} automatic `to_STATE` rows are set aside: with them every state is reachable; "
                "--automatic counts them"
            )
        elif any(row.auto for _, row, _ in self.rows):
            yield "automatic `to_STATE` rows are counted as steps; --no-automatic sets them aside"
        guards = sorted({name for _, row, _ in self.rows for name in (*row.conditions, *row.unless)})
        if self.live.free and guards:
            asks = "" if any(isinstance(each, ChartMachine) for each in self.live.machines) else "; --data asks them"
            yield f"guards were free ({', '.join(guards)}): each may be true or false at any time{asks}"
        for predicate in self.promises.predicates():
            if self.live.free and (asked := asked_of(self.live, predicate)):
                yield f"{said(predicate)!r} asks for data ({', '.join(asked)}), which stay as they are without --data"
        for machine in self.live.machines:
            if isinstance(machine, ChartMachine):
                yield from (f"of the chart is left out: {each}" for each in machine.left_out)
        for name, why in sorted(self.live.left_out.items()):
            yield f"attribute {name!r} is no part of the data, since it cannot be copied ({why})"
        if not self.live.free:
            for trigger in sorted({trigger for trigger, error in self.live.raised if error in _LACKING}):
                if trigger not in self.live.arguments:
                    yield f"{trigger!r} was called without arguments; list some: arguments = {{{trigger!r}: [...]}}"
        for name, known in self._known():
            if self.live.free and known.unseen:
                yield f"{name!r} pulls triggers or sets states, and it is not seen which; --data runs it"
            if not self.live.free and known.outside and name not in self.live.stubs:
                reached = ", ".join(known.outside)
                yield f"{name!r} may reach outside ({reached}), and was run; --stub {name} does not run it"

    def _known(self) -> Iterator[tuple[str, Known]]:
        """Give every callback and guard by its name, with what it does."""
        called = dict[str, Any]()
        for _, _, transition in self.rows:
            guards = [each.func for each in transition.conditions]
            for func in (*guards, *transition.prepare, *transition.before, *transition.after):
                called.setdefault(name_of(func), func)
        for func in self._machine_callbacks():
            called.setdefault(name_of(func), func)
        yield from ((name, self.live.known_of(func)) for name, func in called.items())

    def _machine_callbacks(self) -> Iterator[Any]:
        for machine in self.live.machines:
            yield from (*machine.prepare_event, *machine.before_state_change, *machine.after_state_change)
            yield from (*machine.finalize_event, *machine.on_exception, *machine.on_final)
            for _, state in named_states(machine):
                for each in ("on_enter", "on_exit", "on_final", "on_timeout", "on_failure"):
                    yield from listify(getattr(state, each, None))

    def _starts(self) -> str:
        starts = [self.graph.states[n].states for n, parent in enumerate(self.graph.parent) if parent < 0]
        return joined(list(dict.fromkeys(self.tell.label(each) for each in starts)), "or")

    @staticmethod
    def _belongs(source: str, state: str, separator: str | None) -> bool:
        return source == state or (separator is not None and source.startswith(f"{state}{separator}"))

    def _found(
        self, kind: Kind, subject: str, message: str, way: Any, loop: int | None = None, *, raising: bool = False
    ) -> MachineFinding:
        trace = tuple(str(step.call) for _, step, _ in way)
        numbers = [way[0][0], *(target for _, _, target in way)] if way else []
        states = tuple(self.tell.label(self.graph.states[number].states) for number in numbers)
        lines = tuple(self.tell.lines(tuple(way), loop, raising))
        return MachineFinding(kind, subject, message, trace, lines, loop, states)


def _count_of_rows(thing: Any) -> int:
    own = sum(len(rows) for event in thing.events.values() for rows in event.transitions.values())
    return own + sum(_count_of_rows(state) for state in thing.states.values() if hasattr(state, "states"))
