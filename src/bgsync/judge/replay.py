"""The independent validator: replays a finding on the plain semantics, and tells its trace in spec steps.

It shares no code with the search. The system is built anew without forks and without counting: every process is itself,
every removed object stays. An action of the finding is looked up by what it says, and must be there exactly once;
what the search has left out of sight is run to its end before a loop begins; the loop is repeated until the state
recurs; then the property is judged again, and the fairness of the loop checked step by step.
"""

from collections import deque
from collections.abc import Callable, Hashable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from bgsync.judge.fair_loop import Rejected, Replayed, check_fair, check_supposed
from bgsync.judge.property import Liveness, Safety, View
from bgsync.system.observation import Created
from bgsync.system.processes import renamed
from bgsync.system.scenario import Scenario
from bgsync.system.sharing import Statements
from bgsync.system.state import Frame, Process, Ref, Value, cells_of, replaced, slots_of
from bgsync.system.step import Action, Caller, State, Step
from bgsync.system.system import System, steps_of
from bgsync.system.turns import Origins, origins_of

ROUNDS = 12
"""How often a loop is repeated at most before its state must have recurred."""


RESTS = "nothing more happens"
"""The name of what a run does for ever that comes to an end."""

SOUGHT = 2000
"""How many steps are tried to follow a finding."""

ENDS = 300
"""How many states are looked at for an end of what holds a removed object."""


class Kept(Rejected):
    """The run is possible, and its last action does not break the property."""

    def __init__(self, message: str, executed: frozenset[int]) -> None:
        super().__init__(message)
        self.executed = executed
        """The instructions that ran in the last action."""


@dataclass(frozen=True)
class Move:
    """One action of a finding, told without the numbers of the search that found it."""

    kind: str
    name: str
    process: Process | None
    detail: str | Caller | None
    choices: tuple[tuple[str, Value], ...]
    created: tuple[int, ...]
    """The slots of the objects that it made."""


def moves(system: System, steps: Sequence[Step]) -> tuple[Move, ...]:
    """Tell the steps of a search."""
    told = []
    for step in steps:
        action = step.action
        process = None if action.process is None else system.process(action.process)
        created = tuple(seen.slot for seen in step.observations if isinstance(seen, Created) and seen.slot is not None)
        told.append(Move(action.kind, action.name, process, action.detail, action.choices, created))
    return tuple(told)


@lru_cache(maxsize=4)
def _plain(scenario: Scenario, seen: Statements, origins: Origins) -> System:
    """Make the system once for all findings in a scenario of a text: what it knows of an action is always the same."""
    return System(scenario, fork=False, seen=seen)


class Replay:
    """A run of the plain semantics that follows a finding."""

    def __init__(self, scenario: Scenario, *, seen: Statements = (), noted: bool = True) -> None:
        self.system, self.noted = _plain(scenario, seen, origins_of(scenario.spec)), noted
        (self.state,) = self.system.initial_states()
        self.taken: list[Replayed] = []
        self.sought: tuple[Liveness, Hashable] | None = None
        """What is to be owed where what was out of sight has ended, if it can be; None where that is all one."""
        self.slots: dict[int, int] = {}
        """From a slot in the search to the slot here."""
        self.culprit: int | None = None
        """The instruction that breaks a safety property."""
        self.broken = ""
        """What breaks it there."""

    def follow(self, told: Sequence[Move], ends: Callable[[], bool] = lambda: True) -> None:
        """Take these actions, so that it `ends` as wanted. Raises Rejected when one of them is not possible.

        Shared variables have other places here than in the search: where several processes differ in these only, each
        of them is tried.
        """
        reasons: list[str] = []
        trails: list[tuple[int, State, int, dict[int, int], Step | None]] = [
            (0, self.state, len(self.taken), dict(self.slots), None)
        ]
        for _ in range(SOUGHT):
            if not trails:
                break
            place, self.state, size, slots, step = trails.pop()
            self.slots = dict(slots)
            del self.taken[size:]
            if step is not None:
                made = [seen.slot for seen in step.observations if isinstance(seen, Created) and seen.slot is not None]
                self.slots.update(zip(told[place - 1].created, made, strict=True))
                self.take(step)
            if place == len(told):
                if ends():
                    return
                continue
            fitting = (
                self._fitting(told[place], reasons)
                or self._fitting_without_removed(told, place, reasons)
                or self._fitting_after_change(told[place], reasons)
            )
            trails += [(place + 1, self.state, len(self.taken), self.slots, step) for step in reversed(fitting)]
        raise Rejected(reasons[0] if reasons else "it does not end as it did")

    def _fitting(self, move: Move, reasons: list[str]) -> list[Step]:
        """Give the steps that an action can be here; an entry point may begin with any of several objects."""
        wanted = None if move.process is None else self._translate(move.process)
        vague = move.kind == "rule" if wanted is None else _is_vague(wanted)
        found = [
            step
            for step in steps_of(self.system)(self.state)
            if (*step.action[:2], step.action.detail) == (move.kind, move.name, move.detail)
            and self._is_same(step.action.process, wanted)
        ]
        chosen = [step for step in found if step.action.choices == move.choices]
        if not self.noted and not chosen:  # for want of what is left out it goes on further, and chooses more
            chosen = [step for step in found if step.action.choices[: len(move.choices)] == move.choices]
            vague = True
        found = chosen
        if len(found) > 1 and not self.noted:  # two that stand at one place are told apart by notes, or else are alike
            vague = True
            found = [each for each in found if self._is_noted(each.action.process, wanted)] or found
        if len(found) != 1 and not (vague and found):
            several = f"can go on in {len(found)} ways where the run has one" if found else "cannot go on as in the run"
            reasons.append(f"{move.name} {several}")
            return []
        made = [sum(isinstance(seen, Created) for seen in step.observations) for step in found]
        if any(count != len(move.created) for count in made):
            reasons.append(f"{move.name} makes {made[0]} new objects, and in the run {len(move.created)}")
            return []
        return sorted(found, key=lambda step: self._since(step.action.process))

    def _fitting_without_removed(self, told: Sequence[Move], place: int, reasons: list[str]) -> list[Step]:
        """Do so when what only holds removed objects, and takes up room among the calls, has come to its end."""
        for left in (None, told[place:]) if self.noted else (None,):
            taken = len(self.taken)
            with suppress(Rejected):
                self.finish_removed(told, left)
            if len(self.taken) > taken and (found := self._fitting(told[place], reasons)):
                return found
        return []

    def _fitting_after_change(self, move: Move, reasons: list[str]) -> list[Step]:
        """Do so where an action is left out, and what has tested something goes on to change it for want of that."""
        state, changes = self.state, self.system.program.changes
        for step in () if self.noted else steps_of(self.system)(state):
            number = step.action.process
            if number is not None and step.after is not None and self.system.process(number).pc in changes:
                self.take(step)
                if found := self._fitting(move, reasons):
                    return found
                self.taken.pop()
                self.state = state
        return []

    def _since(self, number: int | None) -> int:
        """Say since when a process stands where it does: the oldest of several comes first, as fairness asks."""
        places = range(len(self.taken) - 1, -1, -1)
        return next((place for place in places if number not in self.taken[place].before.processes), -1)

    def _is_same(self, number: int | None, wanted: Process | None) -> bool:
        if number is None or wanted is None:
            return number is None and wanted is None
        process = self.system.process(number)
        if not self.noted:  # what a monitor has noted on it may be due to an action that is left out
            process, wanted = process._replace(note=None), wanted._replace(note=None)
        return process == wanted or _blank(process) == _blank(wanted)

    def _is_noted(self, number: int | None, wanted: Process | None) -> bool:
        return number is not None and wanted is not None and self.system.process(number).note == wanted.note

    def take(self, step: Step) -> None:
        """Take one step."""
        self.taken.append(Replayed(self.state, step))
        if step.after is not None:
            self.state = step.after

    def finish_removed(self, told: Sequence[Move], left: Sequence[Move] | None = None) -> None:
        """Run what only holds removed objects to its end: the search had it out of sight.

        But those that the actions `told` are about were in sight; of these, too, what takes none of the actions that
        are `left`. Taken is the nearest end, of those where what is `sought` is owed if there are such.
        """
        start, failed, nearest = self.state, False, None
        followed = {self.slots.get(slot, slot) for slot in _slots(tuple(told))} if left is None else set[int]()
        acting = {_blank(self._translate(move.process)) for move in left or () if move.process is not None}
        came: dict[State, tuple[State, Step] | None] = {start: None}
        work = deque([start])
        while work and len(came) < ENDS:
            state = work.popleft()
            steps = [step for step in steps_of(self.system)(state) if self._is_away(state, step, followed, acting)]
            if not steps:
                nearest = nearest or state
                if self._is_sought(state):
                    self._take_all(came, state)
                    return
            for step in steps:
                failed = failed or step.after is None
                if step.after is not None and step.after not in came:
                    came[step.after] = (state, step)
                    work.append(step.after)
        if nearest is not None:
            self._take_all(came, nearest)
            return
        if failed and not work:
            raise Rejected("what holds a removed object can only fail an Assert, and that ends the run")
        raise Rejected("what holds a removed object never comes to an end")

    def _is_sought(self, state: State) -> bool:
        if self.sought is None:
            return True
        liveness, owed = self.sought
        return self.here(owed) in liveness.owed(self.system, state)

    def here(self, owed: Hashable) -> Hashable:
        """Give what is owed as the run has it, where an object may be in another slot."""
        return self.slots.get(owed, owed) if isinstance(owed, int) else owed

    def finish_removed_along(self, loop: Sequence[Move]) -> None:
        """Do so now, or where it can be done first in a round of the loop. Raises Rejected when it never can."""
        try:
            self.finish_removed(loop)
        except Rejected as reason:
            done = False
            for move in loop:
                self.follow([move])
                if not done:
                    with suppress(Rejected):
                        self.finish_removed(loop)
                        done = True
            if not done:
                raise reason from None

    def _is_away(self, state: State, step: Step, followed: Set[int], acting: Set[Process]) -> bool:
        """Whether a step is one of another process that holds another removed object, and has to be taken."""
        number = step.action.process
        slot = None if number is None else self.system.slot(number)
        if number is None or slot is None or slot >= len(state.shared.heap) or slot in followed:
            return False
        if acting and _blank(self.system.process(number)) in acting:
            return False
        known = state.shared.heap[slot]
        return known is not None and not known.listed and number in set(self.system.goes_on(state))

    def _take_all(self, came: dict[State, tuple[State, Step] | None], state: State) -> None:
        path: list[Step] = []
        while (last := came[state]) is not None:
            path.append(last[1])
            state = last[0]
        for step in reversed(path):
            self.take(step)

    def _translate(self, process: Process) -> Process:
        frames = (Frame(f.pc, tuple((name, self._value(x)) for name, x in f.variables)) for f in process.frames)
        return process._replace(frames=tuple(frames))

    def _value(self, value: Value) -> Value:
        return replaced(value, lambda x: Ref(self.slots.get(x.slot, x.slot)) if isinstance(x, Ref) else x)


@lru_cache(maxsize=4096)
def _slots(told: tuple[Move, ...]) -> frozenset[int]:
    """Give the slots of the objects that actions are about."""
    frames = (frame for move in told if move.process is not None for frame in move.process.frames)
    return frozenset(slot for frame in frames for _, value in frame.variables for slot in slots_of(value))


def _is_vague(process: Process) -> bool:
    """Whether a process shares variables, whose places are others in the search."""
    return any(True for frame in process.frames for _, x in frame.variables for _ in cells_of(x))


def _blank(process: Process) -> Process:
    """Give a process without the places of its shared variables."""
    return renamed(process, {cell: -1 for f in process.frames for _, x in f.variables for cell in cells_of(x)})


def breach(system: System, taken: Replayed, safety: Safety, name: str) -> tuple[int, str] | None:
    """Give the instruction of an action that breaks the part of a property with this id, and how; None for none."""
    view = View(system, taken.before, taken.step)
    for ran in taken.step.executed:
        for seen in ran.observations:
            for found in safety.look(view, seen, ran.pc) if isinstance(seen, safety.kinds) else ():
                if found.broken and "/".join(filter(None, (safety.id, found.part))) == name:
                    return ran.pc, found.broken
    return None


def replay_safety(scenario: Scenario, told: Sequence[Move], safety: Safety, name: str, *, noted: bool = True) -> Replay:
    """Replay a finding whose last step breaks `safety`. Raises Rejected, and Kept where that step does not break it.

    With `noted=False` an invocation is known by where it stands alone, and not by what a monitor has noted on it.
    """
    replay = Replay(scenario, noted=noted)

    def broken() -> bool:
        found = breach(replay.system, replay.taken[-1], safety, name)
        if found is not None:
            replay.culprit, replay.broken = found
        return found is not None

    replay.follow(told)
    if not broken():
        kept = Kept(f"the last step does not break {name}", frozenset(ran.pc for ran in replay.taken[-1].step.executed))
        replay = Replay(scenario, noted=noted)
        try:
            replay.follow(told, broken)
        except Rejected:
            raise kept from None
    return replay


def replay_lasso(
    scenario: Scenario,
    stem: Sequence[Move],
    loop: Sequence[Move],
    liveness: Liveness,
    owed: Hashable,
    assumed: frozenset[str] = frozenset({"growth", "varying"}),
    *,
    noted: bool = True,
    apart: bool = False,
) -> tuple[Replay, int]:
    """Replay a lasso and check that it recurs, that it is fair, and that it breaks `liveness`. Raises Rejected.

    Where its loop has no action the run comes to an end: nothing is to be done any more.

    `assumed` are the readings of what is not followed by which it has to be fair (`bgsync.judge.suppositions`).
    `apart` says that the loop is one of what was removed and shares nothing with the rest.

    Gives the run and the place in it where the loop begins.
    """
    replay = Replay(scenario, noted=noted)
    replay.follow(stem)
    replay.sought = liveness, owed
    replay.finish_removed_along(loop)
    if not loop:
        rest(replay, liveness, owed)
        return replay, len(replay.taken) - 1
    starts: dict[State, int] = {replay.state: len(replay.taken)}
    reason = Rejected("the loop does not come back to a state that it was in")
    for _ in range(ROUNDS):
        replay.follow(loop)
        replay.finish_removed(loop)
        begin = starts.setdefault(replay.state, len(replay.taken))
        if begin < len(replay.taken):
            try:
                check_cycle(replay, replay.taken[begin:], liveness, owed, apart=apart)
                check_supposed(replay.system, replay.taken[begin:], assumed)
            except Rejected as rejected:
                reason = rejected  # another round may be fair to those that take turns
            else:
                return replay, begin
    raise reason


def rest(replay: Replay, liveness: Liveness, owed: Hashable) -> None:
    """Take it that nothing more happens for ever. Raises Rejected where something has to, or nothing is owed."""
    replay.take(Step(Action("idle", RESTS), replay.state, (), ()))
    check_cycle(replay, replay.taken[-1:], liveness, owed)
    presence = replay.system.presence(replay.state.processes)
    if any(replay.system.held_back(replay.state, number, presence) for number in replay.state.processes):
        raise Rejected("an invocation that is held back goes on in truth")


def check_cycle(
    replay: Replay, cycle: list[Replayed], liveness: Liveness, owed: Hashable, *, apart: bool = False
) -> None:
    """Check that a loop breaks a property, and is fair. Raises Rejected."""
    here = replay.here(owed)
    for taken in cycle:
        if here not in liveness.owed(replay.system, taken.before):
            raise Rejected("what is owed is not owed all along the loop")
        if liveness.given(View(replay.system, taken.before, taken.step), here):
            raise Rejected("what is owed is given in the loop")
    if liveness.needs and not any(liveness.needs(View(replay.system, t.before, t.step)) for t in cycle):
        raise Rejected("the loop lacks the step that the property is about")
    check_fair(replay.system, cycle, apart=apart)
