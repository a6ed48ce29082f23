"""The independent validator: replays a finding on the plain semantics, and tells its trace in spec steps.

It shares no code with the search. The system is built anew without forks and without counting: every process is itself,
every removed object stays. An action of the finding is looked up by what it says, and must be there exactly once;
what the search has left out of sight is run to its end before a loop begins; the loop is repeated until the state
recurs; then the property is judged again, and the fairness of the loop checked step by step.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from bgsync.judge.property import Liveness, Safety, View
from bgsync.system.observation import Chose, Counted, Created, Declined, Supposed
from bgsync.system.processes import renamed
from bgsync.system.scenario import Scenario
from bgsync.system.sharing import Statements
from bgsync.system.state import Frame, Process, Ref, Value, cells_of, replaced
from bgsync.system.step import NEVER_SETTLES, Caller, State, Step
from bgsync.system.system import System
from bgsync.system.world import Effect, Meaning

ROUNDS = 12
"""How often a loop is repeated at most before its state must have recurred."""


SOUGHT = 2000
"""How many steps are tried to follow a finding."""

ENDS = 300
"""How many states are looked at for an end of what holds a removed object."""


class Rejected(Exception):  # the name of a verdict
    """The finding does not hold on the plain semantics."""


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


@dataclass(frozen=True)
class Replayed:
    """A step of the plain semantics."""

    before: State
    step: Step


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
def _plain(scenario: Scenario, seen: Statements) -> System:
    """Make the system once for all findings in a scenario: what it knows of an action is always the same."""
    return System(scenario, fork=False, seen=seen)


@lru_cache(maxsize=4096)
def _steps(system: System, state: State) -> tuple[Step, ...]:
    """Give what can happen in a state: runs that are tried one after another have most of them in common."""
    return tuple(system.steps(state))


class Replay:
    """A run of the plain semantics that follows a finding."""

    def __init__(self, scenario: Scenario, *, seen: Statements = (), noted: bool = True) -> None:
        self.system, self.noted = _plain(scenario, seen), noted
        (self.state,) = self.system.initial_states()
        self.taken: list[Replayed] = []
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
            fitting = self._fitting(told[place], reasons)
            trails += [(place + 1, self.state, len(self.taken), self.slots, step) for step in reversed(fitting)]
        raise Rejected(reasons[0] if reasons else "it does not end as it did")

    def _fitting(self, move: Move, reasons: list[str]) -> list[Step]:
        """Give the steps that an action can be here; an entry point may begin with any of several objects."""
        wanted = None if move.process is None else self._translate(move.process)
        vague = move.kind == "rule" if wanted is None else _is_vague(wanted)
        found = [
            step
            for step in _steps(self.system, self.state)
            if step.action[:2] == (move.kind, move.name)
            and (step.action.detail, step.action.choices) == (move.detail, move.choices)
            and self._is_same(step.action.process, wanted)
        ]
        if len(found) != 1 and not (vague and found):
            reasons.append(f"{move.kind} {move.name} is possible in {len(found)} ways, not in one")
            return []
        made = [sum(isinstance(seen, Created) for seen in step.observations) for step in found]
        if any(count != len(move.created) for count in made):
            reasons.append(f"{move.kind} {move.name} makes {made[0]} objects, not {len(move.created)}")
            return []
        return sorted(found, key=lambda step: self._since(step.action.process))

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

    def take(self, step: Step) -> None:
        """Take one step."""
        self.taken.append(Replayed(self.state, step))
        if step.after is not None:
            self.state = step.after

    def finish_removed(self) -> None:
        """Run what only holds removed objects to its end, as near as it is: the search had it out of sight."""
        start, failed = self.state, False
        came: dict[State, tuple[State, Step] | None] = {start: None}
        work = deque([start])
        while work and len(came) < ENDS:
            state = work.popleft()
            steps = [step for step in _steps(self.system, state) if self._is_away(state, step)]
            if not steps:
                self._take_all(came, state)
                return
            for step in steps:
                failed = failed or step.after is None
                if step.after is not None and step.after not in came:
                    came[step.after] = (state, step)
                    work.append(step.after)
        if failed and not work:
            raise Rejected("what holds a removed object can only fail an Assert, and that ends the run")
        raise Rejected("what holds a removed object never comes to an end")

    def finish_removed_along(self, loop: Sequence[Move]) -> None:
        """Do so now, or where it can be done first in a round of the loop. Raises Rejected when it never can."""
        try:
            self.finish_removed()
        except Rejected as reason:
            done = False
            for move in loop:
                self.follow([move])
                if not done:
                    with suppress(Rejected):
                        self.finish_removed()
                        done = True
            if not done:
                raise reason from None

    def _is_away(self, state: State, step: Step) -> bool:
        """Whether a step is one of a process that holds a removed object, and has to be taken."""
        number = step.action.process
        slot = None if number is None else self.system.slot(number)
        known = None if slot is None or slot >= len(state.shared.heap) else state.shared.heap[slot]
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


def _is_vague(process: Process) -> bool:
    """Whether a process shares variables, whose places are others in the search."""
    return any(True for frame in process.frames for _, x in frame.variables for _ in cells_of(x))


def _blank(process: Process) -> Process:
    """Give a process without the places of its shared variables."""
    return renamed(process, {cell: -1 for f in process.frames for _, x in f.variables for cell in cells_of(x)})


def replay_safety(scenario: Scenario, told: Sequence[Move], safety: Safety, name: str, *, noted: bool = True) -> Replay:
    """Replay a finding whose last step breaks `safety`. Raises Rejected, and Kept where that step does not break it.

    With `noted=False` an invocation is known by where it stands alone, and not by what a monitor has noted on it.
    """
    replay = Replay(scenario, noted=noted)

    def broken() -> bool:
        last = replay.taken[-1]
        view = View(replay.system, last.before, last.step)
        for ran in last.step.executed:
            for seen in ran.observations:
                if isinstance(seen, safety.kinds):
                    for found in safety.look(view, seen, ran.pc):
                        if found.broken and "/".join(filter(None, (safety.id, found.part))) == name:
                            replay.culprit, replay.broken = ran.pc, found.broken
                            return True
        return False

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
) -> tuple[Replay, int]:
    """Replay a lasso and check that it recurs, that it is fair, and that it breaks `liveness`. Raises Rejected.

    `assumed` are the readings of what is not followed by which it has to be fair (`bgsync.judge.suppositions`).

    Gives the run and the place in it where the loop begins.
    """
    replay = Replay(scenario, noted=noted)
    replay.follow(stem)
    replay.finish_removed_along(loop)
    starts: dict[State, int] = {replay.state: len(replay.taken)}
    reason = Rejected("the loop does not come back to a state that it was in")
    for _ in range(ROUNDS):
        replay.follow(loop)
        replay.finish_removed()
        begin = starts.setdefault(replay.state, len(replay.taken))
        if begin < len(replay.taken):
            try:
                _check_cycle(replay, replay.taken[begin:], liveness, owed)
                _check_supposed(replay.system, replay.taken[begin:], assumed)
            except Rejected as rejected:
                reason = rejected  # another round may be fair to those that take turns
            else:
                return replay, begin
    raise reason


def _check_cycle(replay: Replay, cycle: list[Replayed], liveness: Liveness, owed: Hashable) -> None:
    here = replay.slots.get(owed, owed) if isinstance(owed, int) else owed
    for taken in cycle:
        if here not in liveness.owed(replay.system, taken.before):
            raise Rejected("what is owed is not owed all along the loop")
        if liveness.given(View(replay.system, taken.before, taken.step), here):
            raise Rejected("what is owed is given in the loop")
    if liveness.needs and not any(liveness.needs(View(replay.system, t.before, t.step)) for t in cycle):
        raise Rejected("the loop lacks the step that the property is about")
    _check_fair(replay.system, cycle)


def _held_back(system: System, state: State, number: int) -> bool:
    return system.held_back(state, number, system.presence(state.processes))


def _check_fair(system: System, cycle: list[Replayed]) -> None:
    """Check the loop for what a fair run must do, written anew from the definition."""
    world = system.world
    harm = {trigger for name in system.scenario.adversities for trigger in world.adversities[name].triggers}
    for taken in cycle:
        for machine in world.machines:
            effect = machine.effects.get(taken.step.action.name)
            moved = taken.step.action.kind == "move" and taken.step.action.name in [row[0] for row in machine.rows]
            if moved and taken.step.action.name in harm and effect not in (Effect.STARTS, Effect.RESUMES):
                raise Rejected(f"an adversity strikes for ever: {taken.step.action.name}")
    contexts = [taken.before.shared.context for taken in cycle]
    for place, machine in enumerate(system.world.machines):
        if machine.recurs and all(context[place] != machine.recurs for context in contexts):
            raise Rejected(f"the {machine.name} is never {machine.recurs} in the loop")
        for trigger, source, _ in machine.rows:
            leaves = machine.effects.get(trigger) in (Effect.STARTS, Effect.RESUMES)
            if leaves and all(context[place] == source for context in contexts):
                raise Rejected(f"the {machine.name} is {source} for ever")
    acted = {taken.step.action.process for taken in cycle}
    for number in set(cycle[0].before.processes):
        process = system.process(number)
        awaited = system.program.code[process.pc]
        outcomes = [outcome for outcome, _, _ in awaited.branches]
        if awaited.op == "chance" and not ("fulfilled" in outcomes and "rejected" in outcomes):
            continue
        if any(number in taken.before.processes and _held_back(system, taken.before, number) for taken in cycle):
            continue
        if system.program.code[process.pc].op == "until":
            stays = all(number in taken.before.processes for taken in cycle)
            if stays and number not in acted and any(not system.blocked(taken.before, number) for taken in cycle):
                raise Rejected("steps that wait until something holds never go on, though it does")
            continue
        stays = all(number in taken.before.processes for taken in cycle)
        is_task = system.program.code[process.pc].op == "task"
        waits = process.note == NEVER_SETTLES or (
            is_task and any(not system.tasks_run(taken.before) for taken in cycle)
        )
        if stays and not waits and number not in acted:
            raise Rejected("an invocation that could go on never does")
    for queue, waiting in cycle[0].before.queues:
        running = [n for taken in cycle for n in taken.before.processes if system.processes.batch[n] == queue]
        if not running and not any(number in acted for number in waiting):
            raise Rejected("a batch whose turn it is never begins")
    if system.scenario.means(Meaning.UNDONE):
        return
    for rule in cycle[0].before.due:
        ran = any(taken.step.action.kind == "rule" and taken.step.action.name == rule for taken in cycle)
        if all(rule in taken.before.due for taken in cycle) and not ran:
            raise Rejected(f"the user agent never does what it SHOULD do {rule}")
    seen = [one for taken in cycle for one in taken.step.observations]
    chosen = {one.choice for one in seen if isinstance(one, Chose)}
    for one in seen:
        if isinstance(one, Declined) and one.choice not in chosen:
            raise Rejected(f"the user agent never chooses what it SHOULD: {one.choice}")


def _check_supposed(system: System, cycle: list[Replayed], assumed: frozenset[str]) -> None:
    """Check that what is supposed of what is not followed comes out as it has to, wherever it could."""

    def tag(taken: Replayed, slot: int | None) -> str | None:
        after = taken.before if taken.step.after is None else taken.step.after
        return system.tag(after.shared, slot) or system.tag(taken.before.shared, slot)

    def given(kind: type[Counted | Created]) -> Iterator[tuple[Replayed, Counted | Created]]:
        return ((taken, one) for taken in cycle for one in taken.step.observations if isinstance(one, kind))

    every = [
        (taken, ran.pc, one)
        for taken in cycle
        for ran in taken.step.executed
        for one in ran.observations
        if isinstance(one, Supposed)
    ]
    came = {(pc, one.choice, tag(taken, one.slot), one.value) for taken, pc, one in every}
    counted = {(one.counter, tag(taken, one.slot)) for taken, one in given(Counted) if isinstance(one, Counted)}
    anew = {tag(taken, one.slot) for taken, one in given(Created)}
    for taken, pc, one in every:
        about = tag(taken, one.slot)
        if one.comes is None:
            asked, wanted = one.varies and "varying" in assumed, not one.value
        else:
            grows = not one.grows or ((one.grows, about) in counted and about not in anew)
            asked, wanted = grows and "growth" in assumed, one.comes
        if not asked or (pc, one.choice, about, wanted) in came:
            continue
        if any(_differs(taken.step, step, one, wanted) for step in system.steps(taken.before)):
            raise Rejected(f"for ever it stays {'so' if one.value else 'not so'} that {one.choice}")


def _differs(taken: Step, other: Step, one: Supposed, wanted: bool) -> bool:
    """Whether another step is the same up to one supposition, which comes out as it is wanted."""
    if other.action[:4] != taken.action[:4]:
        return False
    for mine, theirs in zip(taken.action.choices, other.action.choices, strict=False):
        if mine != theirs:
            return mine == (one.choice, one.value) and theirs == (one.choice, wanted)
    return False
