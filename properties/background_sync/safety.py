"""Safety: what no single step may do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from bgsync.judge.property import Safety, Seen, View, canonical, state_in, state_place
from bgsync.language import Call, Empty, Environment, Field, Remove, Set, Upon, walk
from bgsync.language.expressions import parts
from bgsync.language.traversal import expressions
from bgsync.system.marks import marks
from bgsync.system.monitor import NOTHING
from bgsync.system.observation import (
    Asserted,
    Dispatched,
    Observation,
    Reacted,
    Rejected,
    Resolved,
    StateSet,
)
from bgsync.system.state import Value
from bgsync.system.system import System

from ...model.background_sync import registration
from ...model.background_sync.monitors import CALLS, TIMERS
from ...model.background_sync.registration import LIFECYCLE as REGISTRATION
from ...model.background_sync.world import REFUSALS
from .. import gates, general
from ..errors import refusal_error
from ..listing import REMOVES_LISTED
from .attempts import ATTEMPTS

PENDING, WAITING, FIRING, REREGISTERED = map(
    canonical, (registration.PENDING, registration.WAITING, registration.FIRING, registration.REREGISTERED)
)
_USUAL = (PENDING, WAITING, FIRING)

SPEC = "WICG Background Sync, "


def _active_worker(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if isinstance(seen, Asserted) and not general.is_of_text(view.system, pc):
        yield Seen(None if seen.held else "a functional event is fired at a registration without an active worker")


def _one_event(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if not isinstance(seen, Dispatched) or seen.slot is None:
        return
    if view.unsettled(seen.slot) > 1:
        yield Seen("an event is dispatched while another one of the registration has not settled")
    elif view.others(seen.slot, "extended"):
        yield Seen("an event is dispatched while the handler of another one of the registration goes on")
    else:
        yield Seen()


def _fires_online(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    yield Seen("an event is dispatched while offline" if view.context("network") != "online" else None)


def _fires_listed(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if isinstance(seen, Dispatched) and view.listed(seen) is False:
        yield Seen("an event is dispatched for a registration that is not in the list")
    elif view.context("service worker") != "active":
        yield Seen("an event is dispatched to a service worker that was unregistered")
    elif isinstance(seen, Dispatched) and seen.slot is not None:
        yield Seen()


@lru_cache(maxsize=4)
def _speaks_of(system: System, machine: str) -> bool:
    """Whether a text says anything of a part of the environment, in a step or elsewhere."""
    spec = system.scenario.spec
    wholes = (whole for statement in spec.statements() for whole in expressions(statement))
    read = any(isinstance(part, Environment) and part.machine == machine for whole in wholes for part in parts(whole))
    return read or any(required.machine == machine for required in spec.requires)


def _fires_permitted(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if not _speaks_of(view.system, "permission"):
        return
    yield Seen("an event is dispatched without permission" if view.context("permission") != "granted" else None)


def _retry_delay(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if not isinstance(seen, StateSet) or not seen.delayed:
        return
    if (canonical(seen.before), canonical(seen.after)) == (WAITING, PENDING):
        number, after = view.step.action.process, view.step.after
        old = number is not None and view.system.process(number).note == TIMERS.OLD
        early = old and after is not None and after.count(_Timer(view.system, seen.slot)) > 0
        yield Seen("the timer of an earlier failure ends the wait before its own timer does" if early else None)


@lru_cache(maxsize=4)
def _marks(system: System) -> frozenset[tuple[str, Value]]:
    """Give what says of an object that it was registered again: the states and flags that register sets for that."""
    spec, place = system.scenario.spec, state_place(system)
    state = None if place is None else spec.type.members[place].name
    said = marks(spec, system.world.promises)
    states = {canonical(value) for name, value in said if name == state and isinstance(value, str)}
    flags = {(name, value) for name, value in said if value is True}
    return frozenset({*flags, *((state or "", each) for each in {*states, REREGISTERED} - {*_USUAL})})


def _asked_again(system: System, seen: Reacted) -> bool:
    """Whether an object had been registered again when its event settled, or was set to say so then."""
    members, place, marks = system.scenario.spec.type.members, state_place(system), _marks(system)
    before = seen.before if isinstance(seen.before, tuple) else ()
    flags = {(member.name, value) for member, value in zip(members, before, strict=True)} if before else set()
    states = {state_in(system, before), *map(canonical, seen.became)}
    return bool(flags & marks) or (place is not None and any((members[place].name, each) in marks for each in states))


def _last_chance(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if not isinstance(seen, Reacted) or seen.outcome != "rejected" or "lastChance" not in seen.told:
        return
    known = view.object_after(seen.slot)
    if _asked_again(view.system, seen):
        yield Seen()
    elif view.others(seen.slot, "task"):
        yield Seen("the last chance has failed, and another attempt is already queued")
    elif known is not None and known.listed:
        yield Seen("the last chance has failed, and the registration stays in the list")
    else:
        yield Seen()


@lru_cache(maxsize=4)
def _reactions_decide(system: System) -> bool:
    """Whether what is done when an event settles, or an algorithm that it calls, changes its registration."""
    spec = system.scenario.spec
    place, bodies = state_place(system), dict(spec.bodies())
    state = None if place is None else spec.type.members[place].name
    done = [inner for one in spec.statements() if isinstance(one, Upon) for inner in walk((one,))]
    called = [inner for one in done if isinstance(one, Call) for inner in walk(bodies.get(one.algorithm, ()))]
    return any(isinstance(one, Remove | Empty) for one in (*done, *called)) or any(
        isinstance(one, Set) and isinstance(one.target, Field) and one.target.name == state for one in done
    )


def _outcome(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if not isinstance(seen, Reacted) or view.step.after is None or not _reactions_decide(view.system):
        return
    before, became = state_in(view.system, seen.before), {*map(canonical, seen.became)}
    known = view.object_after(seen.slot)
    kept = known is not None and known.listed and not _asked_again(view.system, seen)
    if seen.outcome == "fulfilled" and kept:
        yield Seen("the event was fulfilled, and its registration stays")
    elif seen.outcome == "rejected" and view.others(seen.slot, "wait"):
        yield Seen()  # what is done after a wait may be what becomes of it
    elif seen.outcome == "rejected" and kept and before == FIRING and became <= {FIRING}:
        yield Seen("the event was rejected, and its registration is neither retried nor dropped")
    else:
        yield Seen()


def _gates(system: System, method: str) -> frozenset[str] | None:
    """Give what a call must be tested for: what the method that promises an event tests, and what is said elsewhere."""
    own = gates.own_gates(system, method)
    if method != system.world.promises:
        return own
    said = (required.machine for required in system.scenario.spec.requires)
    return frozenset({"service worker", *said, *(own or ())})


@dataclass(frozen=True)
class _Timer:
    """Whether a process is the current timer of the object in a slot."""

    system: System
    slot: int | None

    def __call__(self, number: int) -> bool:
        """Say so of the process with this number."""
        process = self.system.process(number)
        mine = self.system.slot(number) == self.slot and self.system.interpreter.waits(process) == "wait"
        return mine and process.note != TIMERS.OLD


_SAFETY = (
    replace(general.ASSERTS, reference=SPEC + "the Assert steps of its algorithms"),
    replace(
        general.UNIQUE,
        id="unique-tag",
        sentence="No two registrations in one list have the same tag.",
        why="With two, a search for the tag finds one, a list of tags has it twice, and two events do the same work.",
        reference=SPEC + "Constructs: each registration in a list has a unique tag",
        expected=lambda system: ("",),
        broken="Two registrations with the same tag end up in one list.",
    ),
    Safety(
        "one-event",
        "At most one event of a registration is unsettled, or has a handler that goes on, at any time.",
        "Two handlers at once do the same work twice.",
        SPEC + "the state firing, which a registration enters before and leaves after its event",
        (Dispatched,),
        _one_event,
        broken="Two events of one registration run at the same time.",
    ),
    Safety(
        "fires-online",
        "An event is dispatched only while the user agent is online.",
        "A handler that runs offline fails, and uses up one of its attempts.",
        SPEC + "every step that fires does so only if the user agent is online",
        (Dispatched,),
        _fires_online,
        broken="An event is started while the device is offline.",
    ),
    Safety(
        "fires-listed",
        "No event is dispatched for a registration that was removed, nor to a worker that was unregistered.",
        "A page sees no registration in getTags(), and its handler still runs.",
        SPEC + "fire a sync event, step 3",
        (Dispatched,),
        _fires_listed,
        broken="An event is started for a registration, or a worker, that is gone.",
    ),
    Safety(
        "fires-permitted",
        "No event is dispatched while the permission is denied.",
        "A user who has switched background sync off still has code run in the background.",
        SPEC + "Permission; register, step 3",
        (Dispatched,),
        _fires_permitted,
        broken="An event is started although the permission was taken away.",
    ),
    Safety(
        "retry-delay",
        "A retry comes no earlier than its own delay.",
        "A wait that an older timer cuts short defeats the back-off: a failing server is asked again too soon.",
        SPEC + "fire a sync event, step 5.3.2",
        (StateSet,),
        _retry_delay,
        monitors=(TIMERS,),
        broken="A retry comes too early: the timer of an earlier failure ends its delay.",
    ),
    Safety(
        "last-chance",
        "An event whose lastChance is true is the last attempt, unless the tag is registered again.",
        "A handler that is told so shows the user that sending failed; then it is sent after all.",
        SPEC + "the attribute lastChance",
        (Reacted,),
        _last_chance,
        broken="After the event that was announced as the last chance there is another one.",
    ),
    Safety(
        "outcome",
        "A fulfilled event removes its registration, a rejected one is retried or dropped, unless registered again.",
        "A registration that outlives its success is sent again; one that is stuck after a failure is never sent.",
        SPEC + "fire a sync event, steps 5.2 and 5.3",
        (Reacted,),
        _outcome,
        broken="What becomes of a registration does not fit how its event ended.",
    ),
    Safety(
        "active-worker",
        "A functional event is fired only at a registration with an active worker.",
        "Fire Functional Event asserts it; without one there is nobody to run the handler.",
        "Service Workers, Fire Functional Event, step 1",
        (Asserted,),
        _active_worker,
        broken="An event is fired where there is no active worker to handle it.",
    ),
    Safety(
        "gate",
        "A call is refused exactly when there is no active worker, or when the text says so: no permission, no window.",
        "A refusal without reason loses work; a missing one lets a worker keep itself alive in the background.",
        SPEC + "register, steps 2 to 6; the definition of running in the background",
        (Resolved, Rejected),
        gates.gate_look(_gates),
        broken="register() is refused without a reason, or let through where it must be refused.",
    ),
    refusal_error(REFUSALS, SPEC + "register, steps 2, 3 and 6; Web IDL, the names of DOMException"),
    REMOVES_LISTED,
    general.NULL_MEMBER,
    *ATTEMPTS,
    replace(
        general.SETTLED_ONCE,
        why="A page that awaits register() hangs.",
        reference=SPEC + "register and getTags; Writing Promise-Using Specifications",
    ),
    *general.held_to(REGISTRATION, "model/background_sync/registration.py, whose rows name their steps"),
)
SAFETY = tuple(replace(prop, monitors=(CALLS,)) if prop.monitors == (NOTHING,) else prop for prop in _SAFETY)
