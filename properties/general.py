"""What must hold of any text: its Asserts, its promises, the states that it declares, and tests of who may call."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from bgsync.judge.lifecycle import Change, Lifecycle
from bgsync.judge.property import Liveness, Property, Safety, Seen, View, canonical, declared, state_place
from bgsync.language import (
    Assert,
    Field,
    Find,
    Item,
    Let,
    Set,
    Spec,
    Var,
    While,
)
from bgsync.language.expressions import parts
from bgsync.language.traversal import expressions
from bgsync.system.evaluation import PROMISE_LEVEL
from bgsync.system.observation import (
    Asserted,
    Created,
    Duplicated,
    Listed,
    MemberOfNull,
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
from bgsync.system.state import Content
from bgsync.system.step import Queued, Shares, State
from bgsync.system.system import System

from .gates import GATE

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
    idle="it is never come to, or speaks of what is not followed",
)

# --- null


def _of_null(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if isinstance(seen, MemberOfNull):
        yield Seen(f"{seen.owner} is null, and its {seen.member} is read or set")


@lru_cache(maxsize=64)
def _may_be_null(spec: Spec) -> bool:
    """Whether a text sets a variable to null, or to what is found, if anything is, and reads members of variables."""
    given = [one.value for one in spec.statements() if isinstance(one, Let | Set)]
    null = any(part is None or isinstance(part, Find | Item) for value in given for part in parts(value))
    every = (part for one in spec.statements() for whole in expressions(one) for part in parts(whole))
    return spec.read and null and any(isinstance(part, Field) and isinstance(part.owner, Var) for part in every)


NULL_MEMBER = Safety(
    "null-member",
    "No step reads or sets a member of null.",
    "What a step that does so comes to is anybody's guess: the text forgets the case in which nothing was found.",
    "Infra, Structs: only what is a struct has items",
    (MemberOfNull,),
    _of_null,
    lambda system: ("",) if _may_be_null(system.scenario.spec) else (),
    broken="A step reads or sets a member of a variable that is null there.",
    forbids=True,
)

# --- lists


def _unique(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    kind = view.system.scenario.spec.type
    twice = f"a second {kind.name} with the same {kind.unique} is added to the list"
    yield Seen(twice if isinstance(seen, Duplicated) else None)


UNIQUE = Safety(
    "unique",
    "No two objects in one list have the same value of the member that is to be unique there.",
    "A look-up finds one of the two, and what is done for the other one is never found again.",
    "the sentence of the text that says what is unique in its list",
    (Listed, Duplicated),
    _unique,
    lambda system: ("",) if system.scenario.spec.type.unique else (),
    broken="Two objects with the same value of what is to be unique end up in one list.",
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
        yield from (where for where in dict.fromkeys(_staying(system).values()) if state.count(Stays(system, where)))


@dataclass(frozen=True)
class Stays:
    """Whether a process whose promise is pending is in one of the places where it may stay for ever."""

    system: System
    where: Hashable

    def __call__(self, number: int) -> bool:
        """Say so of the process with this number."""
        frames, places = self.system.process(number).frames, _staying(self.system)
        return next((places.get(f.pc) for f in frames if ("@promise", "pending") in f.variables), None) == self.where


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
    pends = Pends(system)
    return state.count(Shares(_is_pending)) + state.count(pends) + state.count(Queued(pends))


def _is_pending(content: Content, place: int, processes: tuple[int, ...]) -> bool:
    return (content.level, content.value) == (PROMISE_LEVEL, "pending")


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
        number, left, stays = view.step.action.process, view.step.action.after, Stays(view.system, owed)
        return number is not None and stays(number) and not (left is not None and stays(left))
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
    broken="A part of the lifecycle exists on paper only: nothing takes it, unless something outside goes wrong.",
)


def held_to(lifecycle: Lifecycle, reference: str) -> tuple[Safety, Safety]:
    """Make both for a text that speaks of this lifecycle, which is held against its rows; any other against its states.

    Of a state that only the text has it is not known what may come before it and after.
    """

    def change(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
        states = declared(view.system)
        if not lifecycle.covers(states):
            yield from _declared_only(view, seen, pc)
        elif (made := lifecycle.change(view, seen, pc)) is not None:
            allowed = lifecycle.allows(made, states)
            yield Seen(None if allowed else f"{said(view.system, seen, made)}, which is no row of the lifecycle")

    def said(system: System, seen: Observation, made: Change) -> str:
        """Say it as the text would: it may have no name for the state of what was removed."""
        before, after = (lifecycle.named(system, state) for state in made)
        if isinstance(seen, Removed):
            return f"one that is {before} is removed"
        return f"one that was removed becomes {after}" if before == lifecycle.away else f"{before} becomes {after}"

    def row(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
        states = declared(view.system)
        if not lifecycle.covers(states):
            yield from _enters(view, seen, pc)
            return
        if (made := lifecycle.change(view, seen, pc)) in lifecycle.pairs:
            yield Seen(None, "{}-to-{}".format(*lifecycle.pairs[made]))
        others = {f"enters-{state}" for state in lifecycle.others(states)}
        yield from (entered for entered in _enters(view, seen, pc) if entered.part in others)

    def rows(system: System) -> Iterable[str]:
        states = declared(system)
        if not lifecycle.covers(states):
            return _all_states(system)
        rows = sorted({f"{source}-to-{dest}" for source, dest in lifecycle.pairs.values()})
        return [*rows, *(f"enters-{state}" for state in lifecycle.others(states))]

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


PROPERTIES: tuple[Property, ...] = (ASSERTS, UNIQUE, GATE, SETTLED_ONCE, LIFECYCLE, DEAD_ROW, NULL_MEMBER, SETTLES)
