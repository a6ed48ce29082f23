"""The one interpreter: what an action of a process does. Plain Python, and the meaning of every statement.

An action runs an invocation from where it stands. At granularity `step` it takes the steps that touch nothing but the
invocation's own variables together with the next one that touches anything shared, and stops before the step after
that; if nothing shared is left to do, it runs to the end. This loses nothing: a step that only touches what is private
commutes with every step of every other process (Lipton's reduction). At granularity `algorithm` it runs to its next
wait. A block marked "atomically" never stops inside, except where a call in it waits.

What is private is worked out by `sharing`. What may be read freely, and what is not followed, is a choice at each read.
A failed Assert ends the run.

Several outcomes come from choices: the run is repeated with each script of choices until none is left open. Where two
scripts have come to the same at a choice, what follows is the same, and one of them is followed.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import cast

from bgsync.language import Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.pauses import pause
from bgsync.system.evaluation import Blocked
from bgsync.system.growth import growth
from bgsync.system.instructions import OUTCOME, TERMINATED, UPON, WAITS
from bgsync.system.marks import marks
from bgsync.system.observation import Executed, Outcome, PoolMet, bearing
from bgsync.system.program import Program
from bgsync.system.run import Run
from bgsync.system.scripts import Scripts
from bgsync.system.sharing import Sharing
from bgsync.system.starts import KEPT
from bgsync.system.state import Cell, Frame, Locals, Process, Shared, Value
from bgsync.system.step import NEVER_SETTLES
from bgsync.system.world import Machine, Meaning, World

WAYS = {"nothing": 4096, "stops": 4096, "anything": 256}
"""How many ways in which one action can end are followed."""

KNOWN = 2**16
"""Of how many actions the outcomes are remembered."""


class Interpreter:
    """Runs processes of a program in a world. Nothing of it changes once it is made: many systems share it.

    `sharing` says what of a program others see, `adversities` which of the world's are on; `by_step` is whether an
    action ends where the next step begins that others see.
    """

    def __init__(
        self,
        program: Program,
        world: World,
        sharing: Sharing,
        *,
        by_step: bool,
        adversities: frozenset[str] = frozenset(),
        not_understood: str = "nothing",
        remembers: bool = False,
    ) -> None:
        self.program, self.world, self.by_step, self.adversities = program, world, by_step, adversities
        self.spec, self.type = program.spec, program.spec.type
        self.machines = world.names
        self.initial: Mapping[str, str] = MappingProxyType({each.name: each.initial for each in world.machines})
        self.members: Mapping[str, int] = MappingProxyType({m.name: n for n, m in enumerate(self.type.members)})
        raised = [name for name, value in marks(self.spec, world.promises) if value is True]
        self.flags = tuple(sorted(self.members[name] for name in raised if name in self.members))
        self.growth, self.untold = growth(self.spec), _untold(self.spec)
        alike = {machine.name: _alike(self.spec, machine) for machine in world.machines}
        self.alike: Mapping[str, frozenset[str]] = MappingProxyType(alike)
        self.shared_code, self.quiet, self.shared_variables = sharing.shared, sharing.quiet, sharing.variables
        self.enqueuing, self.meeting, self.changing = sharing.enqueuing, sharing.meeting, sharing.changing
        self.resolving = sharing.resolving
        self.not_understood = not_understood
        """What a sentence that is not understood is taken to do."""
        self.remembers = remembers
        """Whether a termination is told to events that have ended, too."""
        self.extends = any(world.adversities[name].means is Meaning.EXTENDED for name in adversities)
        """Whether a handler may go on after its event has settled."""
        self.known = lru_cache(KNOWN)(lambda *asked: tuple(self.outcomes(*asked)))
        """The outcomes, worked out once for all systems: what a monitor remembers makes no difference to them."""

    def outcomes(self, shared: Shared, process: Process, settle: str | None = None) -> Iterator[Outcome]:
        """Give every way in which the next action of `process` can end; `settle` is how its event settles.

        Of ways that differ in what was chosen only, which nobody sees, the first is given.
        """
        scripts, found, most = Scripts(), set[Outcome](), WAYS[self.not_understood]
        for script in scripts.left():
            pause()
            try:
                outcome = Run(self, shared, process, script, scripts).run(settle)
            except Blocked:
                continue
            seen = outcome._replace(choices=(), executed=bearing(outcome.executed))
            if seen not in found:
                found.add(seen)
                yield outcome
            if len(found) >= most and scripts.is_left:
                met = PoolMet(f"ways in which one action ends ({most})")
                yield Outcome(None, (), (), shared, (Executed(process.pc, (met,)),), True, ())
                return

    def fits(self, shared: Shared, process: Process) -> bool:
        """Whether the arguments of an algorithm fit what it asserts first; what is not followed does."""
        try:
            return Run(self, shared, process).asserts()
        except Blocked:
            return True

    def waits(self, process: Process) -> str | None:
        """Say what a process waits for, or None.

        `await` a handler, which is `extended` or has `ended` after it; `wait` for time, `until` a condition, `chance`.
        """
        op = self.program.code[process.pc].op
        return op if op in WAITS and op not in ("task", "queue") else None

    def settled(self, process: Process, shared: Shared) -> Value:
        """Say how the event that a process awaits has settled, where another one has seen it; else None."""
        place = dict(process.frames[-1].variables).get(OUTCOME)
        content = shared.cells[place.slot] if isinstance(place, Cell) else None
        return content.value[0] if content is not None and isinstance(content.value, tuple) else None

    def never(self, process: Process, shared: Shared) -> Shared:
        """Note that an event never settles for those who see it settle with this process."""
        return self._note_outcome(process, shared, NEVER_SETTLES)

    @staticmethod
    def _note_outcome(process: Process, shared: Shared, outcome: str) -> Shared:
        place = dict(process.frames[-1].variables).get(OUTCOME)
        content = shared.cells[place.slot] if isinstance(place, Cell) else None
        if not isinstance(place, Cell) or content is None or not isinstance(content.value, tuple):
            return shared
        cells = list(shared.cells)
        cells[place.slot] = content._replace(value=(outcome, *content.value[1:]))
        return shared._replace(cells=tuple(cells))

    def terminated(self, process: Process, shared: Shared) -> tuple[tuple[Process, ...], Shared]:
        """Give what is left of a process, and of what it shares, when the worker is terminated."""
        instruction, top = self.program.code[process.pc], process.frames[-1]
        left = [process.pc]
        if instruction.op in ("await", "extended", "ended"):
            left = [entry for outcome, entry, _ in instruction.branches if outcome == TERMINATED]
            shared = self._note_outcome(process, shared, TERMINATED) if instruction.op == "await" else shared
        elif instruction.op == "task" and isinstance(instruction.statement, s.QueueTask) and instruction.statement.kept:
            return (process,), shared
        elif instruction.op == "task":
            ends = self.quiet[instruction.other] and len(process.frames) == 1
            left = [] if ends and not self.in_queue(process) else [instruction.other]
        else:
            return self._event_ends(process, shared)
        live = [(pc, self.program.live[pc] | KEPT) for pc in left]
        frames = (Frame(pc, tuple((k, x) for k, x in top.variables if k in needed)) for pc, needed in live)
        return tuple(Process((*process.frames[:-1], frame), process.note) for frame in frames), shared

    def _event_ends(self, process: Process, shared: Shared) -> tuple[tuple[Process, ...], Shared]:
        """Give what is left of a process whose task has begun: it goes on, but what it has dispatched has ended."""
        frames, reacting = list[Frame](), list[Process]()
        for frame in process.frames:
            held = dict(frame.variables)
            for waiting in (
                cast(tuple[tuple[int, Locals], ...], held.get(UPON, ())) if held.get(UPON) != TERMINATED else ()
            ):
                more, shared = self.terminated(Process((Frame(*waiting),), process.note), shared)
                reacting += more
            if UPON in held:
                held[UPON] = TERMINATED
            frames.append(Frame(frame.pc, tuple(sorted(held.items(), key=lambda item: item[0]))))
        return (process._replace(frames=tuple(frames)), *reacting), shared

    @staticmethod
    def in_queue(process: Process) -> str | None:
        """Name the queue whose batch a process is, if it has begun."""
        held = (x for frame in process.frames for name, x in frame.variables if name == "@queue")
        return next((str(name) for name in held), None)


def _untold(spec: Spec) -> frozenset[str]:
    """Give the parts of the environment of which a text says elsewhere what counts, and which no step tells apart."""
    wholes = (whole for statement in spec.statements() for whole in traversal.expressions(statement))
    read = {part.name for whole in wholes for part in e.parts(whole) if isinstance(part, e.Field)}
    return frozenset(each.machine for each in spec.requires if each.values and each.member not in read)


def _alike(spec: Spec, machine: Machine) -> frozenset[str]:
    """Give the states of a part of the environment that count as its first one does, by what a text says elsewhere."""
    said = next((each for each in spec.requires if each.machine == machine.name and each.values), None)
    if said is None:
        return frozenset(machine.alike)
    count = [
        state for state, there in machine.members.items()
        if any(dict(each.attributes).get(said.member) in said.values for each in there)
    ]  # fmt: skip
    return frozenset(state for state in machine.alike if (state in count) == (machine.initial in count))
