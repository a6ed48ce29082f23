"""What a page, a worker and a server can observe of a system, and its reachable graph with these labels.

Labels are what comes in from outside and what goes out: a call begins, a promise settles, an event is dispatched, its
handler fulfils or rejects, a part of the environment moves, an adversity strikes. All else is internal, the tau of the
textbook: what becomes of an object, steps, timers, and whether the user agent does what it SHOULD.

* An action with several observations is a chain of transitions, in order, with one label each.
* `FAILS` ends a run in which an Assert or an invariant of the text is broken: what comes after it is not defined.
* When a promise settles is visible, so these steps do not commute with those of others: here they count as shared, and
  the reduction of `bgsync.system.interpreter` leaves their order alone.
* A handler can read every member of its event, and tells what it read when it ends. So what the user agent chooses for
  a member is chosen by then, read by the text or not; a value that the text does not read may be either. A value that
  is the same for every event of both specs tells nothing, and is left out, and so is a member that one of them lacks.
* What may be read freely is a choice at the moment of reading, so it is told where the call's promise settles.
* Two calls of the same method with the same tag are not told apart, nor are two events of the same tag.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from bgsync.language import Spec
from bgsync.language.expressions import Choice, Field, parts
from bgsync.language.statements import FireEvent, Reject, Resolve, Throw
from bgsync.language.traversal import expressions
from bgsync.system.describe import said_caller
from bgsync.system.instructions import END
from bgsync.system.monitor import Beginning, Call, Memory, Monitor, Note
from bgsync.system.observation import (
    Chose,
    Declined,
    Dispatched,
    Executed,
    Observation,
    PoolMet,
    Rejected,
    Removed,
    Resolved,
    Settled,
)
from bgsync.system.scenario import Scenario
from bgsync.system.sharing import Statements
from bgsync.system.state import Event, Frame, Process, Undecided, Value
from bgsync.system.step import NEVER_SETTLES, State, Step, Turn
from bgsync.system.system import System
from bgsync.tables import Tables, explore

FAILS = "the text contradicts itself"
TAU = 0
"""The number of what is internal; every label has a number above it."""


@dataclass(frozen=True)
class _Keys(Monitor):
    """Remembers nothing but, on a call whose promise is pending, its key, so that the promise can be named."""

    def begun(self, memory: Memory, call: Call) -> tuple[Beginning, ...]:
        return (Beginning(memory, Note(call.key)),)

    def observed(self, memory: Memory, note: Value, seen: Observation, key: str | None) -> tuple[Memory, Value]:
        return memory, None if isinstance(seen, Resolved | Rejected) else note


SETTLING: Statements = (Resolve, Reject, Throw)
"""The statements of which an observer sees when they happen."""


def observable(scenario: Scenario) -> Scenario:
    """Give the scenario that an observer looks at; its system is to be made with `seen=SETTLING`."""
    return replace(scenario, monitor=_Keys())


def member_values(spec: Spec) -> dict[str, frozenset[bool]]:
    """Give the values that each member of an event may have, of those that are true or false."""
    found: dict[str, frozenset[bool]] = {}
    for statement in spec.statements():
        for name, value in statement.members if isinstance(statement, FireEvent) else ():
            if not isinstance(value, str | int | Field) or isinstance(value, bool):
                found[name] = found.get(name, frozenset()) | ({value} if isinstance(value, bool) else {False, True})
    return found


def comes_in(step: Step) -> bool:
    """Whether the first that can be observed of a step comes in from outside: a call, or a move of the environment."""
    return step.action.kind in ("call", "move")


class Observer:
    """Tells what can be observed of the steps of a system, which is that of an `observable` scenario."""

    def __init__(self, system: System, told: frozenset[str] | None = None) -> None:
        """`told` are the members of events whose values are told; all of them by default."""
        values = member_values(system.scenario.spec)
        self.system = system
        self.told = frozenset(values) if told is None else told
        self.fixed = {name: value for name in self.told for value in values.get(name, ()) if len(values[name]) == 1}
        self.members: dict[str, str] = {}
        self.adversities: dict[str, str] = {}
        for statement in system.scenario.spec.statements():
            if isinstance(statement, FireEvent):
                free = ((name, value) for name, value in statement.members if name in self.told)
                self.members |= {value.name: name for name, value in free if isinstance(value, Choice)}
            for part in (part for whole in expressions(statement) for part in parts(whole)):
                if isinstance(part, Choice) and part.adversity is not None:
                    self.adversities[part.name] = part.adversity

    def steps(self, state: State) -> Iterator[tuple[tuple[str, ...], Step]]:
        """Give every transition out of a state with what can be observed of it; nothing when it is internal."""
        return self.labelled(state, self.system.steps(state))

    def labelled(self, state: State, steps: Iterable[Step]) -> Iterator[tuple[tuple[str, ...], Step]]:
        """Give these steps, which are some of a state, with what can be observed of them."""
        for step in steps:
            number = step.action.process
            if not self.told or number is None or not any(isinstance(seen, Settled) for seen in step.observations):
                yield self._labels(state, step, {}), step
                continue
            known = {seen.choice: seen.value for seen in step.observations if isinstance(seen, Chose | Declined)}
            chosen = self.fixed | {member: known[choice] for choice, member in self.members.items() if choice in known}
            chosen |= self._decided(number)
            open_ones = sorted(set(self.members.values()) - set(chosen))
            for values in product((False, True), repeat=len(open_ones)):
                all_chosen = chosen | dict(zip(open_ones, values, strict=True))
                yield self._labels(state, step, all_chosen), self._with_choices(state, step, all_chosen)

    def _decided(self, number: int) -> dict[str, bool]:
        """Give what is decided already of the event whose handler a process waits for."""
        values = [value for frame in self.system.process(number).frames for _, value in frame.variables]
        members = [member for value in values if isinstance(value, Event) for member in value.members]
        return {name: value for name, value in members if isinstance(value, bool) and name in self.told}

    def _with_choices(self, before: State, step: Step, chosen: dict[str, bool]) -> Step:
        """Put what was chosen into the event, where an invocation that goes on may still read it."""
        if step.after is None:
            return step
        new = Counter(step.after.processes)
        new.subtract(Counter(before.processes))
        numbers = [self._with_members(n, chosen) if new[n] > 0 else n for n in step.after.processes]
        return step._replace(after=step.after._replace(processes=tuple(sorted(numbers))))

    def _with_members(self, number: int, chosen: dict[str, bool]) -> int:
        def decide(value: Value) -> Value:
            if not isinstance(value, Event):
                return value
            return Event(tuple((n, chosen.get(n, x) if isinstance(x, Undecided) else x) for n, x in value.members))

        process = self.system.process(number)
        frames = tuple(Frame(f.pc, tuple((name, decide(x)) for name, x in f.variables)) for f in process.frames)
        return number if frames == process.frames else self.system.number(Process(frames, process.note))

    def _labels(self, before: State, step: Step, chosen: dict[str, bool]) -> tuple[str, ...]:
        action = step.action
        told: list[str] = []
        if action.kind == "move":
            told.append(action.name)
        elif action.kind == "call":
            told.append(f"{said_caller(self.system.world, action)} calls {action.name}")
        elif action.name == NEVER_SETTLES and action.process is not None:
            told.append(f"the handler of {self._tag(before, step, self.system.slot(action.process))} never settles")
        for ran in step.executed:
            for seen in ran.observations:
                label = self._label(before, step, ran.pc, seen)
                if label is not None:
                    told.append(label + (_members(chosen) if isinstance(seen, Settled) else ""))
        return (*told, FAILS) if step.after is None else tuple(told)

    def _label(self, before: State, step: Step, pc: int, seen: Observation) -> str | None:
        match seen:
            case Dispatched(slot=slot):
                return f"an event of {self._tag(before, step, slot)} is dispatched"
            case Settled(slot=slot, outcome=outcome):
                return f"the event of {self._tag(before, step, slot)} is {outcome}"
            case Resolved(read=read):
                return f"{self._call(step, pc)} is resolved{self._remarks(read)}"
            case Rejected(read=read, error=error):
                why = f" with {error}" if error is not None else ""
                return f"{self._call(step, pc)} is rejected{why}{self._remarks(read)}"
            case Chose(choice=choice, value=True) if choice in self.adversities:
                return self.adversities[choice]
            case _:
                return None

    def _remarks(self, read: tuple[Value, ...]) -> str:
        """Tell in which state the call met what may be read freely, where that is not the first one."""
        told = [
            remark
            for machine in self.system.world.machines
            for state, remark in machine.remarks.items()
            if f"{machine.name} {state}" in read
        ]
        return "".join(f", {remark}" for remark in told)

    def _tag(self, before: State, step: Step, slot: int | None) -> str:
        """Find the tag of the object in a slot, which may be new in this step, or gone after it."""
        heaps = [state.shared for state in (before, step.after) if state is not None]
        for shared in heaps:
            if slot is not None and slot < len(shared.heap):
                tag = self.system.tag(shared, slot)
                if tag is not None:
                    return tag
        names = self.system.scenario.tag_names
        return names[0] if len(names) == 1 else "some tag"

    def _call(self, step: Step, pc: int) -> str:
        if step.action.kind == "call" or step.action.process is None:
            return step.action.name
        note = self.system.process(step.action.process).note
        key = note.key if isinstance(note, Note) else None
        return f"{self.system.program.code[pc].origin.algorithm}({key or ''})"


def _members(chosen: dict[str, bool]) -> str:
    told = " and ".join(f"{name} {str(value).lower()}" for name, value in sorted(chosen.items()))
    return f" with {told}" if told else ""


@dataclass(frozen=True, slots=True)
class Shown(Observation):
    """What can be observed of a transition."""

    labels: tuple[str, ...]


class _Observed(System):
    """A system whose steps end with what can be observed of them."""

    def __init__(self, scenario: Scenario, told: frozenset[str] | None) -> None:
        super().__init__(observable(scenario), seen=SETTLING)
        self.observer = Observer(self, told)

    def take(self, state: State, turn: Turn) -> Iterator[Step]:
        for labels, step in self.observer.labelled(state, super().take(state, turn)):
            shown = Executed(step.executed[-1].pc if step.executed else END, (Shown(labels),))
            yield step._replace(executed=(*step.executed, shown))


def _removes(step: Step) -> bool:
    return any(isinstance(seen, Removed) and seen.slot == step.action.disjoint for seen in step.observations)


@dataclass
class Labelled:
    """A labelled transition system: its initial state is 0, and 0 is the label of what is internal."""

    edges: list[set[tuple[int, int]]] = field(default_factory=list)
    """edges[i]: the (label, target) of every transition out of state i."""
    states: int = 0
    """How many states were explored; those inside of a chain of labels come on top."""
    complete: bool = True
    """False when the exploration met its limit or was interrupted."""
    ran: frozenset[int] = frozenset()
    """The instructions that some run came to."""
    pools: frozenset[str] = frozenset()
    """What turned out to be too small."""
    torn: str = ""
    """A step after which an object that is still to come into the list is followed apart, as if it was removed."""

    @property
    def transitions(self) -> int:
        """Count the transitions."""
        return sum(map(len, self.edges))


def observed(
    scenario: Scenario,
    numbers: dict[str, int],
    *,
    told: frozenset[str] | None = None,
    limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Labelled:
    """Explore a scenario; `numbers` gives every label its number, from 1, and takes new ones.

    `told` is that of `Observer`.

    See `bgsync.explore.explore` for `limit` and `progress`.
    """
    system = _Observed(scenario, told)
    tables = Tables(system)
    watch = None if progress is None else lambda states, depth, left: progress(states, depth)
    graph = explore(tables, limit=limit, progress=watch)
    ran, pools, torn = set[int](), set[str](), ""
    for number in np.unique(np.concatenate([graph.successors, graph.ended[1]])).tolist():
        step = tables.successors[number].step
        ran.update(each.pc for each in step.executed if each.pc != END)
        pools.update(seen.bound for seen in step.observations if isinstance(seen, PoolMet))
        if step.action.disjoint is not None and not _removes(step):
            torn = str(system.program.code[step.executed[0].pc].origin) if len(step.executed) > 1 else "?"
    sources, last = (one.tolist() for one in graph.ended)
    ends = [(source, _shown(tables.successors[number].step)) for source, number in zip(sources, last, strict=True)]
    count = len(graph)
    found = Labelled(
        [set() for _ in range(count + bool(ends))],
        count,
        graph.complete,
        frozenset(ran),
        frozenset(pools | graph.pools),
        torn,
    )
    chains: dict[tuple[tuple[str, ...], int], int] = {}

    def chain(labels: tuple[str, ...], target: int) -> tuple[int, int]:
        """Give the first transition of a chain, and make the rest of it."""
        if not labels:
            return TAU, target
        number = numbers.setdefault(labels[0], len(numbers) + 1)
        if len(labels) == 1:
            return number, target
        rest = labels[1:]
        place = chains.get((rest, target))
        if place is None:
            place = chains[rest, target] = len(found.edges)
            found.edges.append(set())
            found.edges[place].add(chain(rest, target))
        return number, place

    labels = {index: _shown(tables.successors[index].step) for index in set(graph.successors.tolist())}
    sources = np.repeat(np.arange(count), np.diff(graph.starts)).tolist()
    for source, index, target in zip(sources, graph.successors.tolist(), graph.targets.tolist(), strict=True):
        found.edges[source].add(chain(labels[index], target))
    for source, shown in ends:
        found.edges[source].add(chain(shown, count))
    return found


def _shown(step: Step) -> tuple[str, ...]:
    return next(seen.labels for seen in step.executed[-1].observations if isinstance(seen, Shown))
