"""Checks that a component does the same in the company of another tag's object as it does alone.

A step that looks at the whole list, such as a loop over it, might do more for one tag when another one is there. So the
interpreter takes every row of the tables once more, with an object of another tag beside it in each of its states:
a step of one component has to leave the object as it is, and what all components do together has to be what each
does by itself. Invocations need not be there: what no step touches is its frame (`bgsync.tables`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from bgsync.product.component import Component, NotSeparableError
from bgsync.system.monitor import Note
from bgsync.system.state import Object, Process, replaced
from bgsync.system.step import State, Step, Turn
from bgsync.system.system import System
from bgsync.tables.rows import Base, Row
from bgsync.tables.steps import Steps
from bgsync.tables.tables import Tables

Observed = tuple[object, ...]


def check_composition(
    tables: Tables, components: Iterable[Component], pause: Callable[[], None] = lambda: None
) -> frozenset[int]:
    """Check all rows of the tables; give the instructions that ran in company. Raises NotSeparableError."""
    others = {known for part in components for local in part.locals for known in local.heap if known is not None}
    composition = Composition(tables.system, sorted(others, key=str))
    for base in tables.bases:
        pause()
        if not base.state.disjoint:
            for key, row in base.rows.items():
                composition.check(base, key.turn, row)
    return frozenset(composition.ran)


class Composition:
    """Another tag's object, in all its states."""

    def __init__(self, system: System, known: list[Object]) -> None:
        self.system, self.ran, self._runs = system, set[int](), Steps(system)
        self._beside = {tag: [_named(system, o, tag) for o in known] for tag in system.scenario.tag_names}
        self._others: dict[tuple[State, Turn], list[Step]] = {}
        self._checked: set[tuple[State, int]] = set()

    def check(self, base: Base, turn: Turn, row: Row) -> None:
        """Check one row; that of a process which does not look at the context, once for all contexts."""
        state = base.state._replace(processes=row.part.processes)
        if turn.kind == "run":
            bare = state._replace(shared=state.shared._replace(context=()), due=()), turn.which
            if bare in self._checked and not self._runs.looks(turn.which):
                return
            self._checked.add(bare)
        tags = self.system.scenario.tag_names
        here = {self.system.tag(state.shared, slot) for slot, known in enumerate(state.shared.heap) if known}
        named = {x for n in state.processes for x in _names(self.system.process(n), tags)} | {
            m.key if isinstance(m, Note) else m for m in state.memory
        }
        place = next((n for n, tag in enumerate(tags) if tag not in here | named), None)
        if place is None:
            return
        together = turn.kind not in ("run", "call")
        alone = self._steps(state, turn)
        for other in self._beside[tags[place]]:
            joint = _with(state, place, other)
            found = [s for s in self._steps(joint, turn) if not (turn.kind == "call" and _is_of(s, tags[place]))]
            self.ran.update(ran.pc for step in found for ran in step.executed)
            mine = [s for s in alone if not (turn.kind == "call" and _is_of(s, tags[place]))]
            lonely = _with(state._replace(shared=state.shared._replace(heap=()), processes=()), place, other)
            theirs = self._steps(lonely, turn) if together else [None]
            expected = {self._joined(a, b, place, other) for a in mine for b in theirs} - {None}
            if {self._observed(step) for step in found} - {None} != expected:
                name = turn.name or (found or mine)[0].action.name
                raise NotSeparableError(f"{name} looks at the objects of other tags")

    def _steps(self, state: State, turn: Turn) -> list[Step]:
        if turn.kind == "run":
            return list(self._runs.of(state, turn.which))
        if (state, turn) not in self._others:
            self._others[state, turn] = list(self.system.take(state, turn))
        return self._others[state, turn]

    def _observed(self, step: Step) -> Observed | None:
        """Tell a step by where it leads; None for one that ends the run or follows a removed object."""
        if step.after is None or step.after.disjoint:
            return None
        return (*step.action[:2], step.action.detail, step.after)

    def _joined(self, mine: Step, theirs: Step | None, place: int, other: Object) -> Observed | None:
        """Tell the step that two components make together."""
        after = mine.after
        if after is None or after.disjoint:
            return None
        if theirs is None:
            return (*mine.action[:2], mine.action.detail, _with(after, place, other))
        if theirs.after is None or theirs.after.disjoint or theirs.action.detail != mine.action.detail:
            return None
        there = theirs.after.shared.heap
        joint = _with(after, place, there[place]) if place < len(there) and there[place] else after
        numbers = self.system.counted((*after.processes, *theirs.after.processes))
        return (*mine.action[:2], mine.action.detail, joint._replace(processes=numbers))


def _with(state: State, place: int, other: Object | None) -> State:
    heap = list(state.shared.heap) + [None] * (place + 1 - len(state.shared.heap))
    heap[place] = other
    return state._replace(shared=state.shared._replace(heap=tuple(heap)))


def _named(system: System, known: Object, tag: str) -> Object:
    tags = system.scenario.tag_names
    return known._replace(fields=tuple(replaced(x, lambda part: tag if part in tags else part) for x in known.fields))


def _names(process: Process, tags: tuple[str, ...]) -> Iterator[str]:
    return (x for frame in process.frames for _, x in frame.variables if isinstance(x, str) and x in tags)


def _is_of(step: Step, tag: str) -> bool:
    return step.action.name.endswith(f"({tag})")
