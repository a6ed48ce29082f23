"""What one tag can do by itself: its local states, and its steps in every context, from the tables of the interpreter.

A *context* is what all tags share and no tag changes by itself: the machines of the environment, and the rules that
are due. A *local state* is what belongs to one tag: its object, the invocations about it, what a monitor
remembers of it. What belongs to no tag, such as calls of getTags(), is one more component.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from bgsync.system.monitor import Memory, Note
from bgsync.system.state import Heap, Process, Value, inside
from bgsync.system.step import Caller, Presence, State, Step, Turn
from bgsync.system.system import System
from bgsync.tables.graph import Growing
from bgsync.tables.multisets import Multiset
from bgsync.tables.rows import Base, Successor
from bgsync.tables.tables import Tables

ROOM, CALLED = 1, 2
"""Guards: there must be room for one more invocation; a handler must be running, which may call."""


class NotSeparableError(Exception):
    """The tags of this system do more to each other than to meet in a context; says what."""


class Context(NamedTuple):
    """What all components share."""

    machines: tuple[str, ...]
    due: tuple[str, ...]


class Local(NamedTuple):
    """What belongs to one component."""

    heap: Heap
    processes: tuple[int, ...]
    memory: Memory


class Label(NamedTuple):
    """What all components do together: a move of the environment, or a rule; and how it is done, if ways differ."""

    kind: str
    name: str
    detail: str | Caller | None


class Transition(NamedTuple):
    """One transition of a component. `target` is None where the run ends by it."""

    context: int
    source: int
    target: int | None
    successor: Successor
    guard: int
    before: Multiset
    after: Multiset | None

    @property
    def leaves(self) -> State:
        """The state that it leaves, as the component alone."""
        return self.successor.origin.state._replace(processes=self.before.processes)

    @property
    def step(self) -> Step:
        """What happens, as the component alone."""
        step = self.successor.step
        if step.after is None or self.after is None:
            return step
        return step._replace(after=step.after._replace(processes=self.after.processes))


@dataclass(frozen=True)
class Part:
    """What one component does when all move at once, and the context after it."""

    move: Transition
    label: Label
    context: int


@dataclass(frozen=True)
class Departure:
    """A transition after which a removed object is followed by itself, from the state with this key."""

    move: Transition
    key: int


@dataclass
class Contexts:
    """The contexts that were met, by number."""

    known: list[Context] = field(default_factory=list)
    _index: dict[Context, int] = field(default_factory=dict)

    def number(self, context: Context) -> int:
        """Number a context the first time that it is met."""
        if context not in self._index:
            self._index[context] = len(self.known)
            self.known.append(context)
        return self._index[context]


class Component:
    """All that a component can do in any company. Made from the tables; `tag` is None for what belongs to no tag.

    Raises NotSeparableError when a step of it does anything to what is not its own.
    """

    def __init__(
        self, tables: Tables, tag: str | None, contexts: Contexts, limit: int, pause: Callable[[], None] = lambda: None
    ) -> None:
        self.tables, self.system, self.tag, self.contexts = tables, tables.system, tag, contexts
        self.locals: list[Local] = []
        self.steps: list[Transition] = []
        self.parts: list[Part] = []
        self.departures: list[Departure] = []
        self._growing = Growing(tables)
        self.numbers: dict[Local, int] = {}
        """The number of each local state that was met."""
        self._calls = _calls(self.system, tag)
        self._checked: set[int] = set()
        self._met: list[tuple[int, int]] = []
        """The context and the local state of each state of the graph."""
        if self.system.program.entries:
            raise NotSeparableError("what nothing calls may be invoked with any object")
        (start,) = self.system.initial_states()
        self._state(tables.key(start._replace(memory=self.system.monitor.part(start.memory, tag))))
        for number, key in enumerate(self._growing.keys):  # which grows
            self._explore(number, key)
            pause()
            if len(self._growing.keys) > limit:
                raise NotSeparableError(f"one tag alone has more than {limit:,} states")
        self.graph = self._growing.done()
        """Its states in every context, with all that can happen in some company, and with standing still."""

    def busy(self, local: int) -> int:
        """Count the invocations of a local state that are in flight."""
        return self.system.presence(self.locals[local].processes).busy

    def handler(self, local: int) -> bool:
        """Whether a handler runs in a local state."""
        return self.system.presence(self.locals[local].processes).handler

    # --- exploring

    def _explore(self, number: int, key: int) -> None:
        """Note what can happen in a state of this component."""
        tables, graph = self.tables, self._growing
        base, whole = tables.bases[key >> 32], tables.multisets.known[key & 0xFFFFFFFF]
        context, source = self._met[number]
        composition = Presence(whole.presence.busy, True, frozenset())
        for turn, row in tables.turns(base, whole, composition):
            for successor, part_after in row.successors:
                if successor.step.action.kind == "call" and successor.step.action.name not in self._calls:
                    continue
                guard = self._guard(turn, successor)
                if successor.base is None:
                    self._note(Transition(context, source, None, successor, guard, whole, None), context, turn)
                    continue
                after = tables.after(whole, row, successor, part_after)
                there = successor.base.index << 32 | after.index
                if successor.base.state.disjoint:
                    self.departures.append(
                        Departure(Transition(context, source, None, successor, guard, whole, after), there)
                    )
                    continue
                after_it = self._state(there)
                graph.targets.append(after_it)
                graph.successors.append(successor.index)
                into, target = self._met[after_it]
                self._note(Transition(context, source, target, successor, guard, whole, after), into, turn)
        graph.targets.append(number)
        graph.successors.append(tables.idle(base).index)
        graph.starts.append(len(graph.targets))

    def _note(self, move: Transition, into: int, turn: Turn) -> None:
        """Note a transition that leads into a context."""
        action = move.successor.step.action
        if turn.kind not in ("call", "run"):
            self.parts.append(Part(move, Label(action.kind, action.name, action.detail), into))
        elif into != move.context:
            raise NotSeparableError(f"{action.name} changes what all tags share")
        else:
            self.steps.append(move)

    def _state(self, key: int) -> int:
        """Number a state the first time that it is met."""
        known, new = self._growing.number(key)
        if new:
            context = self.contexts.number(Context(*_shared(self.tables.bases[key >> 32])))
            self._met.append((context, self._number(self.tables.state(key))))
        return known

    def _guard(self, turn: Turn, successor: Successor) -> int:
        if turn.kind == "run":
            return ROOM if self.system.parked(turn.which) else 0
        if turn.kind == "call":
            caller = successor.step.action.detail
            return ROOM | CALLED if isinstance(caller, Caller) and caller.handler else ROOM
        return ROOM if turn.kind in ("rule", "outside") else 0

    def _number(self, state: State) -> int:
        local = Local(state.shared.heap, state.processes, state.memory)
        known = self.numbers.get(local)
        if known is None:
            self._check(state)
            known = self.numbers[local] = len(self.locals)
            self.locals.append(local)
        return known

    def _check(self, state: State) -> None:
        """Refuse what is not of this component only."""
        if state.shared.cells or state.queues:
            raise NotSeparableError("invocations share variables or a queue")
        there = [slot for slot, known in enumerate(state.shared.heap) if known is not None]
        if len(there) > 1 or any(self.system.tag(state.shared, slot) != self.tag for slot in there):
            raise NotSeparableError("a tag has two objects, or none has one")
        for number in set(state.processes) - self._checked:
            process = self.system.process(number)
            if self.system.processes.task[number]:
                origin = self.system.program.code[process.pc].origin
                raise NotSeparableError(f"no other task begins before the one at {origin} has ended")
            if tags_of(process, self.tag, self.system.scenario.tag_names) != {self.tag} - {None}:
                origin = self.system.program.code[process.pc].origin
                raise NotSeparableError(f"an invocation at {origin} is not about one tag")
            self._checked.add(number)


def _shared(base: Base) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return base.state.shared.context, base.state.due


def _calls(system: System, tag: str | None) -> frozenset[str]:
    """Give the calls that belong to a tag, or to none, as actions name them."""
    spec = system.scenario.spec
    return frozenset(
        f"{m}({tag or ''})" for m in spec.methods if bool(spec.algorithm(m).parameters) == (tag is not None)
    )


def tags_of(process: Process, own: str | None, tags: tuple[str, ...]) -> set[str]:
    """Give the tags that a process is about; what it holds an object of is `own`."""
    values: list[Value] = [part for frame in process.frames for _, x in frame.variables for part in inside(x)]
    found = {x for x in values if isinstance(x, str) and x in tags}
    if own is not None and any(hasattr(x, "slot") for x in values):
        found.add(own)
    if isinstance(process.note, Note) and process.note.key is not None:
        found.add(process.note.key)
    return found
