"""Shortest runs of a product: found backwards through the levels of a second search, then taken on the interpreter.

Saturation does not know how far a state is from the beginning. Where something was found, the product is searched
again, level by level, up to the first level that shows it; from there a run leads back, a level a step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product as combinations

import numpy as np

from bgsync.pauses import pause
from bgsync.product.arrays import Closed, Words
from bgsync.product.component import Context, Local, Transition
from bgsync.product.pages import Key, Pages
from bgsync.product.search import layers
from bgsync.system.monitor import Note
from bgsync.system.state import Frame, Process, Ref, Value, replaced
from bgsync.system.step import State, Step

Point = tuple[int, tuple[int, ...]]
"""A state of a product: the context and the local state of each component."""


class NoRunError(Exception):
    """The interpreter does not take a step that the product has: they disagree."""


def runs_to(
    closed: Closed, moves: list[tuple[int, Transition]], *, fast: bool
) -> tuple[list[Point], tuple[int, Transition]]:
    """Give the states of a shortest run to one in which a component can make one of these moves, and which.

    The moves come with the table of their component. Raises NoRunError when none can ever be made.
    """
    product = closed.product
    wanted: dict[tuple[int, int], list[Transition]] = defaultdict(list)
    for table, move in moves:
        wanted[table, int(product.tables[table].classes[move.source])].append(move)
    passed: list[Pages] = []
    for pages in layers(product, fast=fast):
        pause()
        passed.append(pages)
        for key in sorted(pages):
            for axis, table in enumerate(product.homes):
                for move in wanted.get((table, key[axis]), ()):
                    point = _where(closed, key, pages[key], axis, table, move)
                    if point is not None:
                        return _backwards(closed, passed, point), (table, move)
    raise NoRunError("what was reached by saturation is not reached step by step")


def _where(closed: Closed, key: Key, page: Words, axis: int, table: int, move: Transition) -> Point | None:
    """Give a state of a page in which a component can make a move."""
    place = int(closed.product.tables[table].place[move.source])
    if not closed.product.allowed(key)[move.guard]:
        return None
    hits = np.nonzero((np.take(page, place, axis) >> page.dtype.type(move.context)) & page.dtype.type(1))
    if not len(hits[0]):
        return None
    places = [int(hit[0]) for hit in hits]
    return move.context, _locals(closed, key, (*places[:axis], place, *places[axis:]))


def _backwards(closed: Closed, passed: list[Pages], goal: Point) -> list[Point]:
    back, run = Back(closed), [goal]
    for pages in reversed(passed[:-1]):
        pause()
        run.append(next(point for point in back.before(run[-1]) if _has(closed, pages, point)))
    return run[::-1]


def _locals(closed: Closed, key: tuple[int, ...], places: tuple[int, ...]) -> tuple[int, ...]:
    tables = closed.product.components
    return tuple(int(t.members[t.offsets[c] + p]) for t, c, p in zip(tables, key, places, strict=True))


def _has(closed: Closed, pages: Pages, point: Point) -> bool:
    context, locals_ = point
    pairs = list(zip(closed.product.components, locals_, strict=True))
    page = pages.get(tuple(int(t.classes[n]) for t, n in pairs))
    return page is not None and bool(int(page[tuple(int(t.place[n]) for t, n in pairs)]) >> context & 1)


@dataclass(frozen=True)
class Back:
    """The steps of a product, taken backwards."""

    closed: Closed

    @cached_property
    def _steps(self) -> list[dict[int, list[Transition]]]:
        made: list[dict[int, list[Transition]]] = []
        for part in self.closed.parts:
            by: dict[int, list[Transition]] = defaultdict(list)
            for step in part.steps:
                if step.target is not None and step.target != step.source:
                    by[step.target].append(step)
            made.append(by)
        return made

    @cached_property
    def _parts(self) -> list[dict[tuple[int, int, int], list[int]]]:
        """By label, context before and local state after: the local states before."""
        made: list[dict[tuple[int, int, int], list[int]]] = []
        for part in self.closed.parts:
            by: dict[tuple[int, int, int], list[int]] = defaultdict(list)
            for piece in part.parts:
                if piece.move.target is not None:
                    slot = (self.closed.labels.index(piece.label), piece.move.context, piece.move.target)
                    by[slot].append(piece.move.source)
            made.append(by)
        return made

    def before(self, point: Point) -> Iterator[Point]:
        """Give the states from which one step leads to this one, and perhaps some that are not allowed to take it."""
        context, locals_ = point
        product = self.closed.product
        for axis, home in enumerate(product.homes):
            for step in self._steps[home].get(locals_[axis], ()):
                earlier = (*locals_[:axis], step.source, *locals_[axis + 1 :])
                if step.context == context and self._allowed(earlier, step.guard):
                    yield context, earlier
        for label, leads in enumerate(product.leads.tolist()):
            for start in (n for n, lead in enumerate(leads) if lead == context):
                places = zip(product.homes, locals_, strict=True)
                options = [self._parts[home].get((label, start, local), ()) for home, local in places]
                for earlier in combinations(*options):
                    if self._allowed(earlier, int(product.guards[label])):
                        yield start, earlier

    def _allowed(self, locals_: tuple[int, ...], guard: int) -> bool:
        tables = self.closed.product.components
        key = tuple(int(t.classes[n]) for t, n in zip(tables, locals_, strict=True))
        return self.closed.product.allowed(key)[guard]


class Walk:
    """Takes the runs of a product on the interpreter."""

    def __init__(self, closed: Closed) -> None:
        self.closed, self.system = closed, closed.system
        self._known = [part.numbers for part in closed.parts]
        self._contexts = {context: n for n, context in enumerate(closed.contexts.known)}

    def steps(self, run: list[Point]) -> list[Step]:
        """Give the steps of a run. Raises NoRunError."""
        (state,) = self.system.initial_states()
        taken: list[Step] = []
        for point in run[1:]:
            step = next((s for s in self.system.steps(state) if s.after and self.point(s.after) == point), None)
            if step is None or step.after is None:
                raise NoRunError("the interpreter has no such step")
            taken.append(step)
            state = step.after
        return taken

    def alone(self, state: State, wanted: State, table: int) -> Step:
        """Give the step to a removed object that says the same as a component has it. Raises NoRunError."""
        for step in self.system.steps(state):
            after = step.after
            if after is not None and after.disjoint and after.shared.context == wanted.shared.context:
                tag = next((self.system.tag(after.shared, n) for n, o in enumerate(after.shared.heap) if o), None)
                own = self._local(after, after.processes, tag, self.closed.parts[table].tag)
                if own == Local(wanted.shared.heap, wanted.processes, wanted.memory):
                    return step
        raise NoRunError("the interpreter has no such step")

    def point(self, state: State) -> Point | None:
        """Give the state of the product that says the same; None where a removed object is followed by itself."""
        if state.disjoint:
            return None
        tags = self.system.scenario.tag_names
        owners = {number: self._owner(state, number, tags) for number in set(state.processes)}
        locals_ = []
        for axis, home in enumerate(self.closed.product.homes):
            tag = None if axis == 0 else tags[axis - 1]
            own = tuple(n for n in state.processes if owners[n] == tag)
            local = self._local(state, own, tag, self.closed.parts[home].tag)
            number = self._known[home].get(local)
            if number is None:
                return None
            locals_.append(number)
        context = self._contexts.get(Context(state.shared.context, state.due))
        return None if context is None else (context, tuple(locals_))

    def _owner(self, state: State, number: int, tags: tuple[str, ...]) -> str | None:
        for slot in self.system.processes.slots[number]:
            return self.system.tag(state.shared, slot)
        process = self.system.process(number)
        if isinstance(process.note, Note):
            return process.note.key
        held = (x for frame in process.frames for _, x in frame.variables if isinstance(x, str) and x in tags)
        return next(held, None)

    def _local(self, state: State, own: tuple[int, ...], tag: str | None, name: str | None) -> Local:
        """Give what belongs to a tag as the component with another name has it."""
        memory = self.system.monitor.part(state.memory, tag)
        if tag is None or name is None:
            return Local((), own, memory)
        tags, heap = self.system.scenario.tag_names, state.shared.heap
        old, new = tags.index(tag), tags.index(name)

        def change(part: Value) -> Value:
            if isinstance(part, Ref):
                return Ref(new if part.slot == old else part.slot)
            if isinstance(part, Note):
                return part._replace(key=name) if part.key == tag else part
            return name if part == tag else part

        renamed = sorted(self.system.number(self._renamed(self.system.process(n), change)) for n in own)
        known = heap[old] if old < len(heap) else None
        moved = known and known._replace(fields=tuple(replaced(x, change) for x in known.fields))
        objects = () if moved is None else (*(None,) * new, moved)
        return Local(objects, tuple(renamed), tuple(replaced(x, change) for x in memory))

    @staticmethod
    def _renamed(process: Process, change: Callable[[Value], Value]) -> Process:
        frames = tuple(Frame(f.pc, tuple((n, replaced(x, change)) for n, x in f.variables)) for f in process.frames)
        note = process.note
        if isinstance(note, Note) and note.key is not None:
            note = note._replace(key=str(change(note.key)))
        return process._replace(frames=frames, note=note)
