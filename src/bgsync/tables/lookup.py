"""Looks up what can happen in many states at once: the rows of all turns in them, and what becomes of each.

Which row a turn has depends on the frame: a row that touches some of it leads to another row, with these inside
(`tables`). So rows are the nodes of a graph: from a node one comes to the next by the groups that it touches, and the
one that touches none is the row of the turn. All states go from node to node together, and the interpreter is asked
only for a node that nobody has come to before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bgsync.pauses import pause
from bgsync.system.step import Presence, Turn
from bgsync.tables.groups import NO_CHANGE
from bgsync.tables.index import Column, Index, Mask, Numbers, grown, is_compiled
from bgsync.tables.multisets import Known
from bgsync.tables.onward import Onward
from bgsync.tables.rows import NOBODY, Base, Row, RowKey
from bgsync.tables.tables import Tables
from bgsync.tables.vectors import Rows, Vectors

if TYPE_CHECKING:
    from bgsync.tables import compiled


ROOM = 16
"""How many transitions out of each state there is room for at first."""


class Transitions(NamedTuple):
    """The transitions out of some states, in their order."""

    sources: Numbers
    """The place of the state among those that were asked about."""
    successors: Numbers
    rows: Rows
    """The groups after it, as rows of `Vectors`; of no meaning where the run ends."""

    def merged(self, other: Transitions) -> Transitions:
        """Give them with those out of other states."""
        sources = np.concatenate([self.sources, other.sources])
        order = np.argsort(sources, kind="stable")
        width = max(self.rows.shape[1], other.rows.shape[1])
        rows = np.zeros((len(sources), width), np.int32)
        rows[: len(self.rows), width - self.rows.shape[1] :] = self.rows
        rows[len(self.rows) :, width - other.rows.shape[1] :] = other.rows
        return Transitions(sources[order], np.concatenate([self.successors, other.successors])[order], rows[order])


class Node(NamedTuple):
    """A row, or what comes before any: who acts, and whom that touches."""

    base: Base
    acting: int
    turn: Turn
    part: tuple[int, ...]
    row: Row | None
    touches: Known | None
    dropped: int
    """How many others that hold what is shared in the base are enough to touch none of them."""
    frame: bool
    kept: frozenset[int] = frozenset()
    aside: frozenset[int] = frozenset()
    """The objects that are not in the list whose holders are left out so far."""


class Lookup:
    """The rows of a table, as arrays."""

    def __init__(self, tables: Tables, vectors: Vectors) -> None:
        self.tables, self.vectors = tables, vectors
        self.nodes: list[Node] = []
        self._numbers: dict[object, int] = {}
        self._next = Onward(vectors)
        self._touches = np.zeros((1 << 6, 1 << 8), np.int8)
        """Whether a node touches a group, by its number plus 1; -1 where nobody has asked."""
        self._dropped = np.zeros(1 << 6, np.int64)
        self._begins, self._waits = np.zeros(1 << 6, bool), np.zeros(1 << 6, bool)
        self._wanted = np.zeros(1 << 6, np.int64)
        """The objects of which a node wants one that holds them, a bit for each."""
        self._entries = _Entries(self)
        self._cells = Index()
        self._cell_starts, self._cell_nodes = Column(0), Column()
        self._plans = Index()
        self._asked = 0
        self._plan_of: list[tuple[Base, Presence]] = []

    def __call__(self, bases: Numbers, numbers: Numbers) -> Transitions:
        """Look up the transitions out of states with these bases and multisets."""
        self._asked += len(bases)
        if not is_compiled(self._asked):
            return self._looked_up(bases, numbers)
        found, unknown = self._compiled(bases, numbers)
        left = np.flatnonzero(unknown)
        if not len(left):
            return found
        more = self._looked_up(bases[left], numbers[left])
        return found.merged(more._replace(sources=left[more.sources]))

    def _compiled(self, bases: Numbers, numbers: Numbers) -> tuple[Transitions, Mask]:
        """Look up what is known in compiled code, and say of which states something is not."""
        from bgsync.tables import compiled

        known, rows = self.known(), self.vectors.rows[numbers]
        presences, unknown = self.vectors.presence(numbers), np.zeros(len(bases), bool)
        room, done, many = ROOM * len(bases), 0, 0
        found = compiled.Found(*_room(room, rows.shape[1] + known.into.shape[1]))
        while True:
            done, many = compiled.expand(known, bases, presences, rows, done, found, many, unknown)
            if done == len(bases):
                break
            larger = compiled.Found(*_room(2 * len(found.sources), found.rows.shape[1]))
            for old, new in zip(found, larger, strict=True):
                new[:many] = old[:many]
            found = larger
        after = found.rows[:many]
        used = int((after > 0).any(0).argmax()) if many else 0
        return Transitions(found.sources[:many], found.successors[:many], after[:, used:]), unknown

    def known(self) -> compiled.Known:
        """Give all that is known so far, for compiled code."""
        from bgsync.tables.compiled import Known as All

        vectors, entries = self.vectors, self._entries
        vectors.words(np.array([[len(vectors.groups.known)]]))  # has a word drawn for each
        return All(
            *self._plans.arrays, *self._cells.arrays, self._cell_starts.array, self._cell_nodes.array,
            self._touches, self._dropped, self._begins, self._waits, self._wanted,
            *self._next.index.arrays, self._next.numbers,
            entries.starts, entries.many, entries.successors.array, entries.passings.array, entries.after, entries.into,
            vectors.attribute("holds"), vectors.attribute("objects"), vectors.attribute("many"), vectors.drawn,
        )  # fmt: skip

    def _looked_up(self, bases: Numbers, numbers: Numbers) -> Transitions:
        rows = self.vectors.rows[numbers]
        states, columns, nodes = self._begun(bases, numbers, rows)
        acting = np.where(columns >= 0, rows[states, columns], -1)
        gone = rows[states] == acting[:, None]
        nodes, gone = self._resolved(nodes, rows[states], gone)
        return self._entries.taken(states, nodes, rows, gone)

    # --- whose turn it is

    def _begun(self, bases: Numbers, numbers: Numbers, rows: Rows) -> tuple[Numbers, Numbers, Numbers]:
        """Give a state, the column of the group that acts (-1: nobody) and a node for each turn."""
        plans = self._planned(bases, self.vectors.presence(numbers))
        acts = np.ones((len(rows), rows.shape[1] + 1), bool)
        acts[:, 1] = rows[:, 0] > 0
        acts[:, 2:] = (rows[:, 1:] != rows[:, :-1]) & (rows[:, 1:] > 0)
        states, columns = np.nonzero(acts)
        columns -= 1
        groups = np.where(columns >= 0, rows[states, columns], 0)
        many = np.where(columns >= 0, (rows[states] == groups[:, None]).sum(1), 0)
        words = (plans[states] << 40 | groups << 8 | many).astype(np.uint64)
        cells = self._cells.find(words)
        if (cells < 0).any():
            cells, new = self._cells.number(words)
            for place in new.tolist():
                pause()
                group, count = int(groups[place]) - 1, int(many[place])
                base, presence = self._plan_of[plans[states[place]]]
                self._cell_nodes.append(*self._turns(base, presence, group, count))
                self._cell_starts.append(len(self._cell_nodes))
        starts = self._cell_starts.array
        turns = starts[cells + 1] - starts[cells]
        states, columns = np.repeat(states, turns), np.repeat(columns, turns)
        return states, columns, self._cell_nodes.array[_ranges(starts[cells], turns)]

    def _planned(self, bases: Numbers, presences: NDArray[np.int32]) -> Numbers:
        plans, new = self._plans.number((bases << 32 | presences).astype(np.uint64))
        for place in new.tolist():
            self._plan_of.append((self.tables.bases[bases[place]], self.vectors.presences[presences[place]]))
        return plans

    def _turns(self, base: Base, presence: Presence, group: int, many: int) -> list[int]:
        """Give the first node of each turn of a group, of which there are so many; of nobody for -1."""
        tables, part = self.tables, (group,) * many
        plan = tables.plan(base, presence)
        if group == NOBODY:
            return [self._first(base, NOBODY, turn, part, moved) for turn, moved in plan.outer]
        turns = tables.turns_of(base, plan, group, presence)
        return [self._first(base, group, turn, part, None) for turn in turns]

    def _first(self, base: Base, acting: int, turn: Turn, part: tuple[int, ...], moved: Known | None) -> int:
        """Give the node where a turn begins: its row, or who is entangled with it before it is known."""
        tables = self.tables
        frame = tables.frame and base.split.outer is not None
        aside = base.aside if tables.frame and moved is None else frozenset[int]()
        entangled = base.holding(base.away) if base.away - aside else None
        if not tables.frame or base.split.whole:
            entangled = tables.all
        if entangled is None and moved is None:
            return self._row(base, acting, turn, part, frame, frozenset(), aside=aside)
        key = (base.index, acting, turn, part)
        known = self._numbers.get(key)
        if known is None:
            some = [test for test in (entangled, moved) if test is not None]
            touches = some[0] if len(some) == 1 else Known(lambda group: any(test(group) for test in some))
            known = self._numbers[key] = self._added(Node(base, acting, turn, part, None, touches, 0, frame), ())
        return known

    def _row(
        self,
        base: Base,
        acting: int,
        turn: Turn,
        part: tuple[int, ...],
        frame: bool,
        kept: frozenset[int],
        *,
        aside: frozenset[int],
    ) -> int:
        """Give the node of a row; where that concerns those that were left out, the node before they are taken in."""
        row = self.tables.row(base, RowKey(acting, turn, self.tables.multisets.of(part), frame, kept, aside))
        key = (base.index, acting, turn, part, frame, kept, aside)
        known = self._numbers.get(key)
        if known is None and row.concerns:
            holding = base.holding(row.concerns)
            node = Node(base, acting, turn, part, None, holding, 0, frame, kept, aside - row.concerns)
            known = self._numbers[key] = self._added(node, ())
        elif known is None:
            dropped = row.dropped if frame else 0
            node = Node(base, acting, turn, part, row, row.touches, dropped, frame, kept, aside)
            known = self._numbers[key] = self._added(node, row.unlisted)
        return known

    def _added(self, node: Node, wanted: tuple[int, ...]) -> int:
        number = len(self.nodes)
        self.nodes.append(node)
        if number >= len(self._touches):
            self._touches = grown(self._touches, number + 1, -1)
            self._dropped = grown(self._dropped, number + 1)
            self._begins, self._waits = grown(self._begins, number + 1), grown(self._waits, number + 1)
            self._wanted = grown(self._wanted, number + 1)
        self._touches[number] = 0 if node.touches is None else -1
        self._touches[number, 0] = 0
        self._dropped[number], self._begins[number] = node.dropped, node.row is None
        self._wanted[number] = sum(1 << slot for slot in wanted)
        self._waits[number] = node.row is None or node.touches is not None or node.dropped > 0 or bool(wanted)
        return number

    # --- from node to node

    def _resolved(self, nodes: Numbers, rows: Rows, gone: Mask) -> tuple[Numbers, Mask]:
        """Go on from nodes to those that touch nobody of the frame; give them, and which groups are in their parts."""
        left = np.flatnonzero(self._waits[nodes])
        while len(left):
            here, there = nodes[left], rows[left]
            frame = ~gone[left] & (there > 0)
            touched = self._touched(here, there) & frame
            wanted = self._wanted[here]
            for slot in _bits(int(np.bitwise_or.reduce(wanted, initial=0))):
                bit = np.int64(1 << slot)
                others = (self.vectors.attribute("objects")[there] & bit > 0) & frame & ~touched
                others &= (wanted & bit > 0)[:, None]
                touched |= others & (np.cumsum(others, 1) == 1)
            dropped, holds = self._dropped[here], self.vectors.attribute("holds")
            leaves = np.zeros(len(left), bool)
            if dropped.any():
                leaves = (holds[there] * frame).sum(1) < dropped
                touched |= leaves[:, None] & frame & (holds[there] > 0)
            on = touched.any(1) | leaves | self._begins[here]
            left, here, touched, leaves = left[on], here[on], touched[on], leaves[on]
            nodes[left] = self._gone_on(here, leaves, np.where(touched, there[on], 0))
            gone[left] |= touched
            left = left[self._waits[nodes[left]]]
        return nodes, gone

    def _touched(self, nodes: Numbers, rows: Rows) -> Mask:
        most = len(self.tables.groups.known) + 1
        if most > self._touches.shape[1]:
            more = np.where(self._waits, -1, 0).astype(np.int8)[:, None].repeat(2 * most - self._touches.shape[1], 1)
            self._touches = np.concatenate([self._touches, more], 1)
        found = self._touches[nodes[:, None], rows]
        if (found < 0).any():
            pairs = np.unique(np.repeat(nodes, rows.shape[1])[(found < 0).ravel()] << 32 | rows[found < 0])
            for pair in pairs.tolist():
                node, group = pair >> 32, pair & 0xFFFFFFFF
                touches = self.nodes[node].touches
                self._touches[node, group] = touches is not None and touches(group - 1)
            found = self._touches[nodes[:, None], rows]
        return found > 0

    def _gone_on(self, nodes: Numbers, leaves: Mask, touched: Rows) -> Numbers:
        """Give the next node of each: with these groups of the frame inside, and where it `leaves`, without others."""
        keys, rows = nodes * 2 + leaves, np.sort(touched, 1)
        found, missing = self._next.find(keys, rows)
        if len(missing):
            more = [self._next_of(int(nodes[place]), bool(leaves[place]), rows[place]) for place in missing.tolist()]
            self._next.add(keys[missing], rows[missing], np.array(more, np.int64))
            found = self._next.find(keys, rows)[0]
        return found

    def _next_of(self, number: int, leaves: bool, row: NDArray[np.int32]) -> int:
        pause()
        node = self.nodes[number]
        part = tuple(sorted((*node.part, *(group - 1 for group in row.tolist() if group))))
        kept = node.kept if node.row is None else node.kept.union(node.row.unlisted)
        return self._row(node.base, node.acting, node.turn, part, node.frame and not leaves, kept, aside=node.aside)


class _Entries:
    """What becomes of the parts of rows: an entry a successor, those of a node one after another."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.starts, self.many = np.full(1 << 6, -1, np.int64), np.zeros(1 << 6, np.int64)
        self.successors, self.passings = Column(), Column()
        self._numbers = {NO_CHANGE: 0}
        """The number of each way in which a frame passes."""
        self.after = np.zeros((1, 1), np.int32)
        """What becomes of a group, by its number plus 1; -1 where nobody has asked."""
        self.into = np.zeros((1 << 6, 2), np.int32)

    def taken(self, states: Numbers, nodes: Numbers, rows: Rows, gone: Mask) -> Transitions:
        """Give the transitions by these nodes, which replace the groups that are `gone`."""
        size = len(self.lookup.nodes)
        self.starts, self.many = grown(self.starts, size, -1), grown(self.many, size)
        for node in np.unique(nodes[self.starts[nodes] < 0]).tolist():
            self._add(node)
        many = self.many[nodes]
        entries, items = _ranges(self.starts[nodes], many), np.repeat(np.arange(len(nodes)), many)
        kept, passings = np.where(gone[items], 0, rows[states[items]]), self.passings.array[entries]
        some = np.flatnonzero(passings)
        kept[some] = self._passed(passings[some], kept[some])
        after = np.sort(np.concatenate([kept, self.into[entries]], 1), 1)
        after = self._counted(after)
        used = int((after > 0).any(0).argmax()) if len(after) else 0
        return Transitions(states[items], self.successors.array[entries], after[:, used:])

    def _add(self, number: int) -> None:
        row = self.lookup.nodes[number].row
        assert row is not None
        self.starts[number], self.many[number] = len(self.successors), len(row.successors)
        for successor, into in row.successors:
            place = len(self.successors)
            self.successors.append(successor.index)
            self.passings.append(self._numbers.setdefault(successor.passing, len(self._numbers)))
            groups = [group + 1 for group in into.numbers] if successor.base is not None else []
            if len(groups) > self.into.shape[1]:
                wider = np.zeros((len(self.into), len(groups)), np.int32)
                wider[:, : self.into.shape[1]] = self.into
                self.into = wider
            self.into = grown(self.into, place + 1)
            self.into[place, : len(groups)] = groups

    def _passed(self, passings: Numbers, rows: Rows) -> Rows:
        """Give the groups of frames after transitions that do this to them."""
        groups, every = self.lookup.tables.groups, list(self._numbers)
        if len(every) > len(self.after) or len(groups.known) >= self.after.shape[1]:
            larger = np.full((2 * len(every), 2 * len(groups.known) + 2), -1, np.int32)
            larger[: len(self.after), : self.after.shape[1]] = self.after
            larger[:, 0] = 0
            self.after = larger
        after = self.after[passings[:, None], rows]
        new = after < 0
        if new.any():
            pairs = np.unique(np.repeat(passings, rows.shape[1])[new.ravel()] << 32 | rows[new])
            for pair in pairs.tolist():
                passing, group = pair >> 32, pair & 0xFFFFFFFF
                into = groups.passed(group - 1, every[passing])
                self.after[passing, group] = 0 if into is None else into + 1
            after = self.after[passings[:, None], rows]
        return after

    def _counted(self, rows: Rows) -> Rows:
        """Leave out the groups of which there are more than many."""
        many = self.lookup.vectors.attribute("many")
        for limit in sorted(set(many[1:].tolist())):
            if limit < rows.shape[1]:
                which, column = np.nonzero((rows[:, limit:] == rows[:, :-limit]) & (rows[:, limit:] > 0))
                spare = many[rows[which, column + limit]] == limit
                rows[which[spare], column[spare] + limit] = 0
                changed = np.unique(which[spare])
                rows[changed] = np.sort(rows[changed], 1)
        return rows


def _room(many: int, width: int) -> tuple[Numbers, Numbers, Rows]:
    return np.empty(many, np.int64), np.empty(many, np.int64), np.empty((many, width), np.int32)


def _bits(number: int) -> list[int]:
    return [place for place in range(number.bit_length()) if number >> place & 1]


def _ranges(starts: Numbers, many: Numbers) -> Numbers:
    """Give the numbers of ranges one after another."""
    ends = np.cumsum(many)
    return np.repeat(starts - ends + many, many) + np.arange(ends[-1] if len(ends) else 0)
