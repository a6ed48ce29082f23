"""The tables: a row for each turn, base and part of the groups, worked out by the interpreter.

The part of a row is the group that acts, with all that it is entangled with. That is found in two ways. *Before*: what
a move of the environment changes. *After*: those that hold what is shared in the base, where the step changes who does;
those that hold an object that is not in the list, where the step is of one who holds such an object or bears on who
does; and those that hold an object which the step takes out of the list, since they decide whether it is collected or
followed apart. Of those that decide nothing one is enough, which shows that somebody holds it: the others of the frame
that do go with it where it is followed apart. And what takes note of the step does so each for itself
(`groups.Passing`). Where the frame has some of the latter, the row is worked out anew with them
inside, until the frame has none. Nothing else of what a system does looks at other processes than by their
`Presence`, on which the turns depend; that this is so is tested: with `frame=False` every row is for whole states only,
and states, transitions and verdicts are the same.
"""

from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

from bgsync.system.monitor import Memory
from bgsync.system.observation import GoesOn
from bgsync.system.state import cells_of
from bgsync.system.step import Action, Presence, State, Step, Turn
from bgsync.system.system import System
from bgsync.tables.groups import NO_CHANGE, UNCOUNTED, Groups, Passing
from bgsync.tables.index import Column, Numbers
from bgsync.tables.multisets import Known, Multiset, Multisets
from bgsync.tables.rows import ASPECTS, NOBODY, Base, Plan, Row, RowKey, Split, Successor, Way
from bgsync.tables.steps import Steps, within
from bgsync.tables.unlisted import changed_for, taken_out


class _After(NamedTuple):
    """What becomes of a part, and to whom of the frame that matters: to as many others that hold what is shared."""

    split: Split
    groups: tuple[int, ...]
    dropped: int = 0
    matters: str = ""


IDLE = 0
"""The kind of what changes nothing."""

FEW, ANY = 2, 1_000
"""`dropped`: it matters to others as long as there are fewer than two of them; it matters to any."""


class Tables:
    """The tables of a system, filled as they are looked into."""

    def __init__(self, system: System, *, frame: bool = True) -> None:
        if not system.fork:
            raise ValueError("tables count what is the same: make the system with fork=True")
        self.system, self.frame = system, frame
        self.groups = Groups(system)
        self.multisets = Multisets(self.groups)
        self.bases: list[Base] = []
        self.successors: list[Successor] = []
        self.holding = Known(lambda group: self.groups.facts[group].holds > 0)
        self.outermost = Known(lambda group: self.groups.facts[group].outermost > 0)
        self.all = Known(lambda _: True)
        self._runs = Steps(system)
        self._holds: dict[int, Known] = {}
        self._ways: dict[tuple[object, ...], tuple[Way, ...]] = {}
        self._kinds: dict[tuple[object, ...], int] = {(): IDLE}
        self._successors: dict[tuple[int, ...], Successor] = {}
        self._columns = Column(), Column(), Column()
        self._aspects: dict[str, tuple[dict[Hashable, int], Column]] = {}
        self._bases: dict[tuple[object, ...], Base] = {}
        self._cores: dict[tuple[object, ...], int] = {}
        self._acting: dict[tuple[object, ...], dict[int, tuple[Turn, ...]]] = {}

    # --- states as numbers

    def split(self, state: State) -> tuple[Base, Multiset]:
        """Give the two parts of a state."""
        after = self._split(state, self._shape(state))
        base = self._base(self._core(state, after.split), state, after.split)
        return base, self.multisets.of(after.groups)

    def _shape(self, state: State) -> tuple[int | None, bool, bool]:
        """Say which variable of a whole state is in its base, whether groups are joined, and whether all are one."""
        if not state.shared.cells:
            return None, False, False
        level0 = [slot for slot, content in enumerate(state.shared.cells) if content and content.level == 0]
        outer = level0[0] if len(level0) == 1 else None
        if self._is_nested(state, outer):
            return None, False, True
        return outer, len(level0) > 1, False

    @staticmethod
    def _is_nested(state: State, outer: int | None) -> bool:
        """Whether an object holds a variable, or the one in the base does."""
        content = None if outer is None else state.shared.cells[outer]
        if content is not None and any(True for _ in cells_of(content.value)):
            return True
        return any(True for known in state.shared.heap if known for x in known.fields for _ in cells_of(x))

    def _split(self, state: State, shape: tuple[int | None, bool, bool]) -> _After:
        outer, joined, whole = shape
        lengths = tuple((queue, len(numbers)) for queue, numbers in state.queues)
        content = None if outer is None else state.shared.cells[outer]
        groups = self.groups.of(state, outer, whole=whole)
        return _After(Split(content, joined, whole, lengths), tuple(groups))

    def _core(self, state: State, split: Split) -> int:
        """Number all of a base but the context, what is due and what is remembered."""
        key = (state.shared.heap, state.disjoint, split)
        return self._cores.setdefault(key, len(self._cores))

    def _base(self, core: int, state: State, split: Split) -> Base:
        """Give the base with a core, which a state and a split have, and with the rest of a state."""
        key = (core, state.shared.context, state.due, state.memory)
        base = self._bases.get(key)
        if base is None:
            bare = self.groups.state(state, split.outer, split.lengths, (), frame=False)
            base = self._bases[key] = Base(len(self.bases), core, bare, split, self.groups)
            self.bases.append(base)
        return base

    def key(self, state: State) -> int:
        """Give the number of a state."""
        base, groups = self.split(state)
        return base.index << 32 | groups.index

    def state(self, key: int) -> State:
        """Give the state with a number."""
        return self.whole(self.bases[key >> 32], self.multisets.known[key & 0xFFFFFFFF].numbers)

    def whole(self, base: Base, groups: Iterable[int], *, frame: bool = False) -> State:
        """Give the state with these groups; with `frame`, there are others, too."""
        return self.groups.state(base.state, base.split.outer, base.split.lengths, groups, frame=frame)

    def after(self, whole: Multiset, row: Row, successor: Successor, into: Multiset) -> Multiset:
        """Give all groups after a transition that makes `into` of the part of a row."""
        return self.multisets.lifted(whole, row.part, into, successor.passing)

    def acting_first(self, acting: int, groups: tuple[int, ...]) -> tuple[int, ...]:
        """Give groups with the one that acts first: so it has the same variables in whatever company."""
        if acting == NOBODY:
            return groups
        place = groups.index(acting)
        return (acting, *groups[:place], *groups[place + 1 :])

    # --- rows

    def rows(self, base: Base, whole: Multiset) -> Iterator[Row]:
        """Give the rows of all turns in a state."""
        return (row for _, row in self.turns(base, whole, whole.presence))

    def turns(self, base: Base, whole: Multiset, presence: Presence) -> Iterator[tuple[Turn, Row]]:
        """Give every turn with its row, among others whose `presence` bears on whose turn it is."""
        plan = self.plan(base, presence)
        alone = base.alone if self.frame and not base.split.whole else {}
        for turn, moved in plan.outer:
            changed = 0 if moved is None else moved.among(whole)
            known = None if changed else alone.get((NOBODY, turn))
            yield turn, known or self._row(base, NOBODY, turn, whole, changed, moves=moved is not None)
        once = whole.once
        for group in whole.distinct:
            for turn in self.turns_of(base, plan, group, presence):
                known = alone.get((group, turn)) if once >> group & 1 else None
                yield turn, known or self._row(base, group, turn, whole, 1 << group)

    def plan(self, base: Base, presence: Presence) -> Plan:
        """Say whose turn it is in a base, among others with some presence."""
        plan = base.plans.get(presence)
        if plan is None:
            system, outer = self.system, list[tuple[Turn, Known | None]]()
            for turn in system.outer_turns(base.state, presence):
                moved = None
                if turn.kind == "move" and system.moves_any(turn.which):
                    moved = Known(lambda group, which=turn.which: self._moves(base, which, group))  # type: ignore[misc]
                outer.append((turn, moved))
            like = (base.core, base.state.shared.context, presence)
            plan = base.plans[presence] = Plan(outer, self._acting.setdefault(like, {}))
        return plan

    def _moves(self, base: Base, which: int, group: int) -> bool:
        """Whether a move of the environment changes a group."""
        state = self.whole(base, (group,))
        return any(self.system.moves_process(state, which, n) for n, _ in self.groups.members(state))

    def turns_of(self, base: Base, plan: Plan, group: int, presence: Presence) -> tuple[Turn, ...]:
        """Give the turns of a group that is among others with the presence of the plan."""
        turns = plan.acting.get(group)
        if turns is None:
            system, state = self.system, self.whole(base, (group,))
            heads, found = self.groups.facts[group].heads, list[Turn]()
            if system.agent_runs(state):
                found += (Turn("run", n) for n in dict.fromkeys(state.processes) if system.may_run(state, n, presence))
                batches = system.batch_turns(state, presence)
                found += (turn for turn in batches if state.queues[turn.which][0] in heads)
            turns = plan.acting[group] = tuple(found)
        return turns

    def _row(self, base: Base, acting: int, turn: Turn, whole: Multiset, changed: int, *, moves: bool = False) -> Row:
        """Give the row of a turn whose frame it does not touch; `changed` are the groups that are in it, whatever."""
        frame, kept = self.frame and base.split.outer is not None, frozenset[int]()
        aside = base.aside if self.frame and not moves else frozenset[int]()
        entangled = base.holding(base.away - aside).among(whole)
        if not self.frame or base.split.whole:
            entangled = whole.bits
        part = self.multisets.part(whole, changed | entangled)
        while True:
            row = self.row(base, RowKey(acting, turn, part, frame, kept, aside))
            if row.concerns:
                aside -= row.concerns
                part = self.multisets.part(whole, part.bits | base.holding(row.concerns).among(whole))
                continue
            more = 0 if row.touches is None else row.touches.among(whole) & ~part.bits
            if frame and row.dropped:
                others = self.holding.among(whole) & ~part.bits
                among = self.multisets.part(whole, others)
                if sum(facts.holds for facts in among.facts) < row.dropped:
                    more, frame = more | others, False
                    part = self.multisets.part(whole, part.bits | more)
                    continue
            for slot in row.unlisted:
                others = self.holds(slot).among(whole) & ~(part.bits | more)
                more, kept = more | (others & -others), kept | {slot}
            if not more:
                return row
            part = self.multisets.part(whole, part.bits | more)

    def row(self, base: Base, key: RowKey) -> Row:
        """Give a row, whatever it touches."""
        row = base.rows.get(key)
        if row is None:
            row = base.rows[key] = self._worked_out(base, key)
            alone = key.part.numbers == (() if key.acting == NOBODY else (key.acting,))
            if row.is_settled and alone and key.aside == base.aside:
                base.alone[key.acting, key.turn] = row
        return row

    def _worked_out(self, base: Base, key: RowKey) -> Row:
        part, successors, dropped = key.part, list[tuple[Successor, Multiset]](), 0
        unlisted, memories, passings, matters = set[int](), set[Memory](), set[Passing](), set[str]()
        ways = self._ways_of(base, key)
        concerns = frozenset[int]().union(*(way.concerns for way in ways))
        if concerns:
            return Row(part, [], None, 0, (), concerns=concerns)
        for way in ways:
            if way.split is None:
                successors.append((self._successor(base, key.acting, way, None), part))
                continue
            step = within(base.state, way.step) if key.turn.kind == "run" else way.step
            assert step.after is not None
            target = self._base(way.core, step.after, way.split)
            successors.append((self._successor(base, key.acting, way, target), way.into))
            dropped, matters = max(dropped, way.dropped), matters | {way.matters}
            if way.left is not None:
                unlisted |= way.left
                memories.add(step.after.memory)
            if any(isinstance(one, GoesOn) for one, _ in step.noticed):
                passings.add(way.passing)
        touches = None
        if "all" in matters:
            touches = self.all
        elif unlisted or passings or "outermost" in matters:
            joined = "outermost" in matters
            touches = Known(
                lambda group: (
                    self._decides(group, unlisted, memories, disjoint=base.state.disjoint)
                    or any(self.groups.frees(group, passing) for passing in passings)
                    or (joined and self.outermost(group))
                )
            )
        return Row(part, successors, touches, dropped, tuple(sorted(unlisted - key.kept)))

    def _ways_of(self, base: Base, key: RowKey) -> tuple[Way, ...]:
        """Give what may become of a part: of that of a process, worked out once for all that it does not look at."""
        acting, turn, part, frame, _, aside = key
        if turn.kind != "run" or not self.frame:
            return self._ways_from(base.state, base, key)

        def ways(bare: State) -> tuple[Way, ...]:
            like = (base.core, bare.shared.context, bare.memory, acting, turn, part, frame, aside)
            known = self._ways.get(like)
            if known is None:
                known = self._ways[like] = self._ways_from(bare, base, key)
            return known

        return self._runs.hiding(base.state, turn.which, ways)

    def _ways_from(self, bare: State, base: Base, key: RowKey) -> tuple[Way, ...]:
        acting, turn, part, frame, _, aside = key
        split, groups = base.split, self.acting_first(acting, part.numbers)
        before = self.groups.state(bare, split.outer, split.lengths, groups, frame=frame, away=aside)
        holds = aside & frozenset[int]().union(*(facts.slots for facts in part.facts))
        leaves = before.queues[turn.which][0] if turn.kind == "batch" else ""
        ends, ways = turn.kind == "move" and self.system.ends_all(turn.which), list[Way]()
        for step in self.system.take(before, turn):
            passing = Passing(leaves, step.action.disjoint, step.apart, step.noticed, ends)
            like = (acting, step.action, step.executed, passing)
            kind = self._kinds.setdefault(like, len(self._kinds))
            if step.after is None:
                ways.append(Way(step, kind, passing, part))
                continue
            if ends:
                after = self._split(step.after, self._shape(step.after))
            else:
                after = self._after(split, part, before, step, frame=frame)
            changed = step.after.shared.heap is not before.shared.heap and not ends
            ways.append(Way(
                step, kind, passing, self.multisets.of(after.groups), self._core(step.after, after.split), after.split,
                after.dropped, after.matters, taken_out(before, step.after) if changed else None,
                (holds | self._concerned(aside, before, step, after)) if aside else aside,
            ))  # fmt: skip
        return tuple(ways)

    def _concerned(self, aside: frozenset[int], before: State, step: Step, after: _After) -> frozenset[int]:
        """Give those of some objects that are not in the list whose holders a step bears on, or makes more of."""
        if step.action.disjoint is not None:
            return frozenset()
        split, ends = after.split, any(isinstance(one, GoesOn) for one, _ in step.noticed)
        if ends or split.outer is not None or split.joined or split.whole:
            return aside
        held = (self.groups.facts[group].slots for group in after.groups)
        return aside & frozenset[int](changed_for(aside, before, step)).union(*held)

    def _after(self, split: Split, part: Multiset, before: State, step: Step, *, frame: bool) -> _After:
        """Split the state after a step into groups, those that are in the base before it."""
        after = step.after
        assert after is not None
        shape = self._shape(after)
        if step.action.disjoint is not None or split.whole or not (before.shared.cells or after.shared.cells):
            joined = split.joined and step.action.disjoint is None and not split.whole
            return self._split(after, (None, joined, False) if joined else shape)
        level0 = [slot for slot, content in enumerate(after.shared.cells) if content and content.level == 0]
        before0 = sum(1 for content in before.shared.cells if content and content.level == 0)
        matters, dropped = "", 0
        if frame:
            outer, held = self.groups.shared(after), sum(facts.holds for facts in part.facts)
            if outer is None or len(level0) != 1:
                dropped = ANY if len(level0) > 1 else FEW
            else:
                cells = self.system.processes.cells
                dropped = FEW if sum(outer in cells[n] for n, _ in self.groups.members(after)) < held else 0
                shape = (outer, False, shape[2])
        elif split.joined and len(level0) == before0:
            shape = (None, True, shape[2])
        elif split.joined:
            matters = "outermost"
        if shape[2]:
            matters, dropped = "all", ANY if frame else 0
        return self._split(after, (None, False, True) if shape[2] else shape)._replace(dropped=dropped, matters=matters)

    def _successor(self, origin: Base, acting: int, way: Way, target: Base | None) -> Successor:
        key = (way.kind, origin.index, -1 if target is None else target.index)
        successor = self._successors.get(key)
        if successor is None:
            successor = self._successors[key] = Successor(len(self.successors), origin, acting, way, target)
            self.successors.append(successor)
            for column, number in zip(self._columns, key, strict=True):
                column.append(number)
        return successor

    def of_successors(self, which: Numbers) -> Iterator[Numbers]:
        """Give of each of these successors its kind, the base before it and that after it, -1 where the run ends."""
        return (column.array[which] for column in self._columns)

    def aspect(self, name: str) -> Numbers:
        """Give a number for what each base has of one of `ASPECTS`: the same for the same."""
        numbers, column = self._aspects.setdefault(name, ({}, Column()))
        for base in self.bases[len(column) :]:
            column.append(numbers.setdefault(ASPECTS[name](base), len(numbers)))
        return column.array

    def idle(self, base: Base) -> Successor:
        """Give the successor in which nothing changes: something else happens, somewhere else."""
        step = Step(Action("idle", ""), base.state, (), ())
        return self._successor(base, NOBODY, Way(step, IDLE, NO_CHANGE, self.multisets.of(())), base)

    # --- what is entangled

    def holds(self, slot: int) -> Known:
        """Know the groups that hold an object."""
        known = self._holds.get(slot)
        if known is None:
            known = self._holds[slot] = Known(lambda group: slot in self.groups.facts[group].slots)
        return known

    def _decides(self, group: int, unlisted: set[int], memories: set[Memory], *, disjoint: bool) -> bool:
        """Whether a group decides what becomes of an object that is taken out of the list, and of what is remembered.

        It does not where it goes with the object, or has gone, and is forgotten without a trace.
        """
        facts, system = self.groups.facts[group], self.system
        if disjoint or unlisted.isdisjoint(facts.slots):
            return False
        if len(facts.slots) > 1 or facts.holds or facts.outermost or facts.queues or facts.many == UNCOUNTED:
            return True
        told = (system.monitor.forgotten(m, system.process(n), r) != m for m in memories for n in facts.running
                for r in (True, False))  # fmt: skip
        return any(map(system.processes.meets, facts.running)) or any(told)
