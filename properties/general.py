"""What must hold of any text: its Asserts, its promises, the states that it declares, and tests of who may call."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from bgsync.judge.lifecycle import Lifecycle
from bgsync.judge.property import Liveness, Property, Safety, Seen, View, canonical, declared, state_place
from bgsync.language import Assert, Call, Environment, Reject, While, walk
from bgsync.language.expressions import parts
from bgsync.language.traversal import expressions
from bgsync.system.collect import queued
from bgsync.system.evaluation import NOT_FOLLOWED, PROMISE_LEVEL
from bgsync.system.observation import (
    Asserted,
    Created,
    NeverSettled,
    Observation,
    PerhapsSet,
    Rejected,
    Removed,
    Resolved,
    SettledTwice,
    StateSet,
)
from bgsync.system.program import Program
from bgsync.system.step import State
from bgsync.system.system import System

# --- asserts


def slug(text: str) -> str:
    """Write a name so that it can stand in an id."""
    return text.replace(" ", "-")


def is_of_text(system: System, pc: int) -> bool:
    """Whether an instruction is one of the text, and not of the algorithm of another spec that fires its events."""
    firing = system.scenario.spec.firing
    return firing is None or system.program.code[pc].origin.algorithm != firing.name


def _asserts(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if isinstance(seen, Asserted) and is_of_text(view.system, pc):
        origin = view.system.program.code[pc].origin
        broken = (
            None if seen.held else f"the assert of step {origin.step} fails: {origin.sentence.removeprefix('assert: ')}"
        )
        yield Seen(broken, f"{slug(origin.algorithm)}.{origin.step}")


def _all_asserts(system: System) -> Iterator[str]:
    code = system.program.code
    found = {i.origin for pc, i in enumerate(code) if isinstance(i.statement, Assert) and is_of_text(system, pc)}
    for origin in sorted(found, key=lambda origin: (origin.algorithm, origin.path)):
        yield f"{slug(origin.algorithm)}.{origin.step}"


ASSERTS = Safety(
    "asserts",
    "Every Assert of the text holds whenever it is reached.",
    "An Assert that fails means that the text contradicts itself; what to do then is anybody's guess.",
    "the Assert steps of the text's algorithms",
    (Asserted,),
    _asserts,
    _all_asserts,
    broken="A step that the text asserts to be true is false when it is reached.",
)

# --- promises


def _settled_once(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if isinstance(seen, NeverSettled):
        yield Seen("the algorithm ends and its promise is never settled")
    else:
        yield Seen("the promise is settled a second time" if isinstance(seen, SettledTwice) else None)


def _pending_promises(system: System, state: State) -> Iterator[Hashable]:
    """One promise of all is owed; and one of those whose calls are where a call may stay while others come and go."""
    if _pending(system, state):
        yield "promise"
        yield from {where for number in state.processes if (where := _stays(system, number)) is not None}


def _stays(system: System, number: int) -> Hashable:
    """Say in which of the places where it may stay for ever a process is whose promise is pending, if in any."""
    frames = system.process(number).frames
    places = _staying(system)
    return next((places.get(f.pc) for f in frames if ("@promise", "pending") in f.variables), None)


@lru_cache(maxsize=8)
def _staying(system: System) -> Mapping[int, Hashable]:
    """Give the instructions at which a call may stay for ever, each with its place: a loop, or a wait until something.

    From anywhere else it goes on, in a fair run, so a promise of its own is owed in these only.
    """
    program = system.program
    heads = [pc for pc, i in enumerate(program.code) if i.op == "branch" and isinstance(i.statement, While)]
    found = dict[int, Hashable]()
    for head in heads:
        for pc in _reached(program, head):
            if head in _reached(program, pc):
                found.setdefault(pc, ("loop", head))
    for pc, instruction in enumerate(program.code):
        if instruction.op == "until":
            found.setdefault(pc, ("wait", pc))
    return found


def _reached(program: Program, start: int) -> frozenset[int]:
    """Give the instructions that the same invocation may come to."""
    found = [start]
    for pc in found:
        found += [after for after in dict.fromkeys(program.successors(pc)) if after not in found]
    return frozenset(found)


def _pending(system: System, state: State) -> int:
    """Count the promises that are pending: a method's own, and those that are handed on."""
    handed = sum(c is not None and (c.level, c.value) == (PROMISE_LEVEL, "pending") for c in state.shared.cells)
    pends = Pends(system)
    return handed + state.count(pends) + sum(map(pends, queued(state)))


@dataclass(frozen=True)
class Pends:
    """Whether the promise of a process is pending."""

    system: System

    def __call__(self, number: int) -> bool:
        """Say so of the process with this number."""
        return any(("@promise", "pending") in frame.variables for frame in self.system.process(number).frames)


def _settles(view: View, owed: Hashable) -> bool:
    """A promise is settled, or its call goes out of sight with an object that was removed, to be looked at apart.

    What is owed at a place is given when a call leaves it.
    """
    if owed != "promise":
        number, left = view.step.action.process, view.step.action.after
        stays = left is not None and _stays(view.system, left) == owed
        return number is not None and _stays(view.system, number) == owed and not stays
    if any(isinstance(seen, Resolved | Rejected | NeverSettled) for seen in view.step.observations):
        return True
    after = 0 if view.step.after is None else _pending(view.system, view.step.after)
    return after < _pending(view.system, view.before)


SETTLED_ONCE = Safety(
    "promise-settles",
    "Every promise that a method returns is settled, and only once.",
    "A page that awaits the promise hangs.",
    "Writing Promise-Using Specifications",
    (Resolved, Rejected, SettledTwice, NeverSettled),
    _settled_once,
    broken="A promise that a page waits for is never settled, or settled twice.",
)
SETTLES = Liveness(
    "promise-settles",
    SETTLED_ONCE.sentence,
    SETTLED_ONCE.why,
    SETTLED_ONCE.reference,
    _pending_promises,
    _settles,
    broken=SETTLED_ONCE.broken,
)

# --- states


def _declared_only(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if isinstance(seen, StateSet):
        known = {*map(canonical, declared(view.system))}
        broken = None if canonical(seen.after) in known else f"the state becomes {seen.after}, which is no state"
        yield Seen(broken)


def _enters(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    place = state_place(view.system)
    entered: object = ""
    if isinstance(seen, Created) and place is not None:
        entered = view.system.scenario.spec.type.members[place].initial
    elif isinstance(seen, StateSet | PerhapsSet):
        entered = seen.after
    if entered:
        yield Seen(None, f"enters-{entered}")


def _all_states(system: System) -> Iterator[str]:
    yield from (f"enters-{state}" for state in declared(system))


LIFECYCLE = Safety(
    "lifecycle",
    "Every change of an object's state is to a state that the text declares.",
    "A change to a state that the text never speaks of is one that nobody has thought about.",
    "the states that the text declares",
    (StateSet, Removed),
    _declared_only,
    broken="An object comes into a state that the text does not declare.",
)
DEAD_ROW = Safety(
    "dead-row",
    "Every state that the text declares is entered by some behaviour.",
    "A state that nothing enters exists on paper only.",
    "the states that the text declares",
    (StateSet, Removed, Created, PerhapsSet),
    _enters,
    _all_states,
    unseen="no behaviour does this",
    broken="A part of the lifecycle exists on paper only: nothing that can happen takes it.",
)


def held_to(lifecycle: Lifecycle, reference: str) -> tuple[Safety, Safety]:
    """Make both for a text that speaks of this lifecycle: it is held against its rows; any other against its states."""

    def change(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
        if not lifecycle.fits(declared(view.system)):
            yield from _declared_only(view, seen, pc)
        elif (made := lifecycle.change(view, seen)) is not None:
            before, after = (lifecycle.named(view.system, state) for state in made)
            broken = None if made in lifecycle.pairs else f"{before} becomes {after}, which is no row of the lifecycle"
            yield Seen(broken)

    def row(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
        if not lifecycle.fits(declared(view.system)):
            yield from _enters(view, seen, pc)
        elif (made := lifecycle.change(view, seen)) in lifecycle.pairs:
            yield Seen(None, "{}-to-{}".format(*lifecycle.pairs[made]))

    def rows(system: System) -> Iterable[str]:
        if not lifecycle.fits(declared(system)):
            return _all_states(system)
        return sorted({f"{source}-to-{dest}" for source, dest in lifecycle.pairs.values()})

    return (
        replace(
            LIFECYCLE,
            sentence=f"Every change of a {lifecycle.name} is a row of its lifecycle, or to a state that is declared.",
            why="A change from a state that the text never speaks of is one that nobody has thought about.",
            reference=reference,
            look=change,
            broken=f"A {lifecycle.name} changes in a way that its lifecycle does not have.",
        ),
        replace(
            DEAD_ROW,
            sentence="Every row of the lifecycle is taken by some behaviour; of another one, every state is entered.",
            why="A row that nothing takes is a state or a promise that exists on paper only.",
            reference=reference,
            look=row,
            expected=rows,
        ),
    )


# --- who may call

Gates = Callable[[System, str], frozenset[str] | None]
"""The parts of the environment that a method must test, None where nothing is said of the method."""


def gate_look(gates: Gates) -> Callable[[View, Observation, int], Iterator[Seen]]:
    """Say what breaks a gate: a call that resolves in spite of a part that must be tested, or is refused for none."""

    def look(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
        method = view.system.program.code[pc].origin.algorithm
        tested = gates(view.system, method)
        if tested is None or not isinstance(seen, Resolved | Rejected):
            return
        if isinstance(seen, Resolved):
            told = [str(reason) for reason in seen.read if reason != NOT_FOLLOWED]
            known = [reason for reason in told if any(reason.startswith(f"{part} ") for part in tested)]
            yield Seen(f"{method} resolves in spite of: {', '.join(known)}" if known else None)
        else:
            yield Seen(None if seen.read else f"{method} is refused with {seen.error} for no reason")

    return look


@lru_cache(maxsize=64)
def _own_gates(system: System, method: str) -> frozenset[str] | None:
    """Give the parts of the environment that a method tests itself, or what it calls, if it ever refuses."""
    spec = system.scenario.spec
    if method not in spec.methods:
        return None
    bodies, found, work = dict(spec.bodies()), set[str](), [method]
    for name in work:
        for statement in walk(bodies.get(name, ())):
            found |= {p.machine for one in expressions(statement) for p in parts(one) if isinstance(p, Environment)}
            if isinstance(statement, Call) and statement.algorithm not in work:
                work.append(statement.algorithm)
    refuses = any(isinstance(statement, Reject) for name in work for statement in walk(bodies.get(name, ())))
    return frozenset(found) if refuses else None


GATE = Safety(
    "gate",
    "A method that tests who may call is refused whenever its test says so, and only then.",
    "A refusal without reason loses what the caller wanted; a missing one lets in whom the text keeps out.",
    "the text's own tests",
    (Resolved, Rejected),
    gate_look(_own_gates),
    broken="A call is refused without a reason, or let through where it must be refused.",
)

PROPERTIES: tuple[Property, ...] = (ASSERTS, GATE, SETTLED_ONCE, LIFECYCLE, DEAD_ROW, SETTLES)
