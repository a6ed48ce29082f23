"""The tables: a row for each turn, shared part and set of entangled processes, worked out by the interpreter.

What the acting process is entangled with is found in two ways. *Before*: processes that share variables, hold a queue
or hold an object that is not in the list (one of them is enough to keep it, where nothing can be set apart any more);
and those that a move of the environment changes. *After*: processes that
hold an object which the step takes out of the list, since they decide whether it is collected or followed apart; and
those that take note of what the step did. Where the frame has some of the latter, the row is worked out anew with them
inside, until the frame has none. Nothing else of what a system does looks at other processes than by their
`Presence`, on which the turns depend; that this is so is tested: with `frame=False` every row is for whole states only,
and states, transitions and verdicts are the same.
"""

from collections.abc import Iterator
from typing import NamedTuple

from bgsync.system.monitor import Memory
from bgsync.system.observation import Executed, Noticed
from bgsync.system.state import Shared
from bgsync.system.step import Action, Presence, State, Step, Turn
from bgsync.system.system import System
from bgsync.tables.multisets import Known, Multiset, Multisets
from bgsync.tables.steps import Steps

Queues = tuple[tuple[str, tuple[int, ...]], ...]


class Base:
    """All of a state but its processes."""

    __slots__ = ("alone", "entangled", "holders", "index", "plans", "rows", "state")

    def __init__(self, index: int, state: State, entangled: Known, holders: tuple[Known, ...]) -> None:
        self.index, self.state, self.entangled, self.holders = index, state, entangled, holders
        self.plans: dict[Presence, Plan] = {}
        self.rows: dict[tuple[Turn | int, Multiset], Row] = {}
        self.alone: dict[Turn | int, Row] = {}
        """The rows of turns without any process but the one that acts, which matter to no other one."""


class Plan(NamedTuple):
    """Whose turn it is, among others with some presence."""

    outer: list[tuple[Turn, Known | None]]
    """What happens by itself, with the processes that it changes."""
    runs: Known
    batches: list[Turn]


class Successor:
    """One transition, whatever processes are about. `base` is None when the run ends here."""

    __slots__ = ("base", "before", "framed", "index", "left", "look", "step")

    def __init__(self, index: int, before: State, step: Step, base: Base | None, left: tuple[int, ...]) -> None:
        self.index, self.before, self.step, self.base, self.left = index, before, step, base, left
        self.framed = step.action.disjoint is None
        """Whether the frame comes along; it does not where a removed object is followed by itself."""
        self.look = True
        """Whether whoever watches wants to see the next use."""


class Row:
    """What a turn does to a part of the processes: the successors, and what the part becomes in each.

    `touches` knows the processes of a frame to which it matters; it is None where it matters to none.
    """

    __slots__ = ("part", "successors", "touches")

    def __init__(self, part: Multiset, successors: list[tuple[Successor, Multiset]], touches: Known | None) -> None:
        self.part, self.successors, self.touches = part, successors, touches


class Tables:
    """The tables of a system, filled as they are looked into."""

    def __init__(self, system: System, *, frame: bool = True) -> None:
        if not system.fork:
            raise ValueError("tables count what is the same: make the system with fork=True")
        self.system, self.frame = system, frame
        self.multisets = Multisets(system)
        self.bases: list[Base] = []
        self.successors: list[Successor] = []
        self._runs = Steps(system)
        self._successors: dict[tuple[Base, Base | None, Action, tuple[Executed, ...], tuple[int, ...]], Successor] = {}
        self._bases: dict[tuple[Shared, tuple[str, ...], Memory, bool, Queues], Base] = {}

    # --- states as numbers

    def split(self, state: State) -> tuple[Base, Multiset]:
        """Give the two parts of a state."""
        key = (state.shared, state.due, state.memory, state.disjoint, state.queues)
        base = self._bases.get(key)
        if base is None:
            bare = state._replace(processes=())
            base = self._bases[key] = self._base(bare)
            self.bases.append(base)
        return base, self.multisets.of(state.processes)

    def _base(self, bare: State) -> Base:
        processes, heap = self.system.processes, bare.shared.heap
        away = frozenset(slot for slot, known in enumerate(heap) if known and not known.listed)

        def entangled(number: int) -> bool:
            held = bool(processes.cells[number]) or processes.batch[number] is not None
            return held or (not bare.disjoint and not away.isdisjoint(processes.slots[number]))

        alive = sorted(away) if bare.disjoint else []
        holders = tuple(Known(lambda number, slot=slot: slot in processes.slots[number]) for slot in alive)  # type: ignore[misc]
        return Base(len(self.bases), bare, Known(entangled), holders)

    def key(self, state: State) -> int:
        """Give the number of a state."""
        base, processes = self.split(state)
        return base.index << 32 | processes.index

    def state(self, key: int) -> State:
        """Give the state with a number."""
        numbers = self.multisets.known[key & 0xFFFFFFFF].numbers
        return self.bases[key >> 32].state._replace(processes=numbers)

    # --- rows

    def rows(self, base: Base, whole: Multiset) -> Iterator[Row]:
        """Give the rows of all turns in a state, in the order of `System.turns`."""
        return (row for _, row in self.turns(base, whole, whole.presence))

    def turns(self, base: Base, whole: Multiset, presence: Presence) -> Iterator[tuple[Turn | int, Row]]:
        """Give every turn with its row, among others whose `presence` bears on whose turn it is.

        The turn of a process is its number.
        """
        entangled = base.entangled.among(whole) if self.frame else whole.bits
        holders = [holder.among(whole) for holder in base.holders]
        alone = {} if entangled or holders else base.alone
        plan = base.plans.get(presence)
        if plan is None:
            plan = base.plans[presence] = self._plan(base, presence)

        def part(acting: int) -> Multiset:
            """Give the acting processes with all that they are entangled with."""
            bits = entangled
            for held in holders:
                others = held & ~acting
                bits |= 0 if bits & others else others & -others
            return self.multisets.part(whole, bits | acting)

        for turn, moved in plan.outer:
            changed = 0 if moved is None else moved.among(whole)
            yield turn, (not changed and alone.get(turn)) or self._row(base, turn, whole, part(changed))
        able, once = plan.runs.among(whole), whole.once
        for number in whole.distinct:
            if able >> number & 1:
                known = alone.get(number) if once >> number & 1 else None
                yield number, known or self._row(base, number, whole, part(1 << number))
        for turn in plan.batches:
            yield turn, self._row(base, turn, whole, part(0))

    def _plan(self, base: Base, presence: Presence) -> Plan:
        system, bare = self.system, base.state
        outer = list[tuple[Turn, Known | None]]()
        for turn in system.outer_turns(bare, presence):
            moved = None
            if turn.kind == "move" and system.moves_any(turn.which):
                moved = Known(lambda n, which=turn.which: system.moves_process(bare, which, n))  # type: ignore[misc]
            outer.append((turn, moved))
        if not system.agent_runs(bare):
            return Plan(outer, Known(lambda _: False), [])
        runs = Known(lambda number: system.may_run(bare, number, presence))
        return Plan(outer, runs, list(system.batch_turns(bare, presence)))

    def _row(self, base: Base, turn: Turn | int, whole: Multiset, part: Multiset) -> Row:
        """Give the row of a turn whose frame it does not touch; a number is the turn of that process."""
        while True:
            row = base.rows.get((turn, part))
            if row is None:
                row = base.rows[turn, part] = self._worked_out(base, turn, part)
                if row.touches is None and part.numbers == (() if isinstance(turn, Turn) else (turn,)):
                    base.alone[turn] = row
            if row.touches is None:
                return row
            more = row.touches.among(whole) & ~part.bits
            if not more:
                return row
            part = self.multisets.part(whole, part.bits | more)

    def _worked_out(self, base: Base, turn: Turn | int, part: Multiset) -> Row:
        before = base.state._replace(processes=part.numbers)
        successors = []
        unlisted, seen = set[int](), list[tuple[Noticed, tuple[str | None, ...]]]()
        for step in self._steps(before, turn):
            target, into = (None, part) if step.after is None else self.split(step.after)
            successors.append((self._successor(base, step, target), into))
            if step.after is not None and step.after.shared.heap is not before.shared.heap:
                unlisted |= _unlisted(before.shared, step.after.shared)
            noted = [one for one in step.observations if isinstance(one, Noticed)]
            seen += [(one, self._tags(one, before, step)) for one in noted]
        matters = bool(unlisted or seen)
        return Row(part, successors, Known(lambda number: self._touched(number, unlisted, seen)) if matters else None)

    def _steps(self, before: State, turn: Turn | int) -> Iterator[Step]:
        if isinstance(turn, Turn):
            return self.system.take(before, turn)
        return self._runs.of(before, turn) if self.frame else self.system.take(before, Turn("run", turn))

    def _successor(self, base: Base, step: Step, target: Base | None) -> Successor:
        left = tuple(map(self.key, step.left))
        key = (base, target, step.action, step.executed, left)
        successor = self._successors.get(key)
        if successor is None:
            successor = self._successors[key] = Successor(len(self.successors), base.state, step, target, left)
            self.successors.append(successor)
        return successor

    def idle(self, base: Base) -> Successor:
        """Give the successor in which nothing changes: something else happens, somewhere else."""
        return self._successor(base, Step(Action("idle", ""), base.state, (), ()), base)

    # --- what is entangled

    def _touched(self, number: int, unlisted: set[int], seen: list[tuple[Noticed, tuple[str | None, ...]]]) -> bool:
        """Whether a step matters to a process of its frame."""
        if not unlisted.isdisjoint(self.system.processes.slots[number]):
            return True
        process, noticing = self.system.process(number), self.system.noticing
        return any(noticing(number, one, tag) != process for one, tags in seen for tag in tags)

    def _tags(self, seen: Noticed, before: State, step: Step) -> tuple[str | None, ...]:
        """Give the tags that the object of an observation may have had then."""
        for shared in (before.shared, step.after.shared if step.after else before.shared):
            tag = self.system.tag(shared, seen.slot)
            if tag is not None:
                return (tag,)
        return (None, *self.system.scenario.tag_names)


def _unlisted(before: Shared, after: Shared) -> set[int]:
    """Give the slots of the objects that were in the list and are not any more."""
    heap = after.heap
    return {
        slot
        for slot, known in enumerate(before.heap)
        if known and known.listed and (slot >= len(heap) or (now := heap[slot]) is None or not now.listed)
    }
