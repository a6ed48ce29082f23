"""Safety: what no single step may do."""

from collections.abc import Iterator
from functools import lru_cache

from bgsync.judge.property import Safety, Seen, View, canonical, declared, state_in, state_place
from bgsync.language import Assert, Empty, Field, Remove, Set, Upon, walk
from bgsync.system.evaluation import NOT_FOLLOWED
from bgsync.system.monitor import TimerMonitor
from bgsync.system.state import Observation
from bgsync.system.system import System
from model import registration
from model.registration import FINAL, ROWS, STATES

PENDING, WAITING, FIRING, REREGISTERED = map(
    canonical, (registration.PENDING, registration.WAITING, registration.FIRING, registration.REREGISTERED)
)

SPEC = "WICG Background Sync, "


def slug(text: str) -> str:
    """Write a name so that it can stand in an id."""
    return text.replace(" ", "-")


def _is_of_text(system: System, pc: int) -> bool:
    fired = system.scenario.spec.fire_functional_event
    return fired is None or system.program.code[pc].origin.algorithm != fired.name


def _asserts(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if _is_of_text(view.system, pc):
        origin = view.system.program.code[pc].origin
        broken = (
            None
            if seen.after
            else f"the assert of step {origin.step} fails: {origin.sentence.removeprefix('assert: ')}"
        )
        yield Seen(broken, f"{slug(origin.algorithm)}.{origin.step}")


def _all_asserts(system: System) -> Iterator[str]:
    code = system.program.code
    found = {i.origin for pc, i in enumerate(code) if isinstance(i.statement, Assert) and _is_of_text(system, pc)}
    for origin in sorted(found, key=lambda origin: (origin.algorithm, origin.path)):
        yield f"{slug(origin.algorithm)}.{origin.step}"


def _active_worker(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if not _is_of_text(view.system, pc):
        yield Seen(None if seen.after else "a functional event is fired at a registration without an active worker")


def _unique_tag(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    yield Seen("a second registration with the same tag is added to the list" if seen.kind == "duplicate" else None)


def _one_event(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    several = view.others(seen.slot, "await") > 1
    yield Seen("an event is dispatched while another one of the registration has not settled" if several else None)


def _fires_online(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    yield Seen("an event is dispatched while offline" if view.context("network") != "online" else None)


def _fires_listed(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if view.listed(seen) is False:
        yield Seen("an event is dispatched for a registration that was removed")
    elif view.context("service worker") != "active":
        yield Seen("an event is dispatched to a service worker that was unregistered")
    else:
        yield Seen()


def _fires_permitted(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    yield Seen("an event is dispatched without permission" if view.context("permission") != "granted" else None)


def _retry_delay(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if seen.delayed and (canonical(seen.before), canonical(seen.after)) == (WAITING, PENDING):
        number = view.step.action.process
        old = number is not None and view.system.process(number).note == TimerMonitor.OLD
        early = old and view.timers(seen.slot, current=True) > 0
        yield Seen("the timer of an earlier failure ends the wait before its own timer does" if early else None)


def _last_chance(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    before, outcome, last, _ = _reaction(view, seen)
    if outcome != "rejected" or not last:
        return
    known = view.object_after(seen.slot)
    if before == REREGISTERED:
        yield Seen()
    elif view.others(seen.slot, "task"):
        yield Seen("the last chance has failed, and another attempt is already queued")
    elif known is not None and known.listed:
        yield Seen("the last chance has failed, and the registration stays in the list")
    else:
        yield Seen()


def _reaction(view: View, seen: Observation) -> tuple[str, str, bool, str]:
    """Give the state when the event settled, the outcome, whether it was the last chance, and the state now."""
    assert isinstance(seen.after, tuple)
    outcome, last, now = seen.after
    return state_in(view.system, seen.before), str(outcome), bool(last), state_in(view.system, now)


@lru_cache(maxsize=4)
def _reactions_decide(system: System) -> bool:
    """Whether what is done when an event settles changes its registration there and then."""
    spec = system.scenario.spec
    place = state_place(system)
    state = None if place is None else spec.type.members[place].name
    for statement in spec.statements():
        for inner in walk((statement,)) if isinstance(statement, Upon) else ():
            if isinstance(inner, Remove | Empty):
                return True
            if isinstance(inner, Set) and isinstance(inner.target, Field) and inner.target.name == state:
                return True
    return False


def _outcome(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if view.step.after is None or not _reactions_decide(view.system):
        return
    before, outcome, _, now = _reaction(view, seen)
    known = view.object_after(seen.slot)
    kept = known is not None and known.listed and REREGISTERED not in (before, now)
    at_once = any(other.kind == "settled" for other in view.step.observations)
    if outcome == "fulfilled" and kept and (now != PENDING or at_once):
        yield Seen("the event was fulfilled, and its registration stays")
    elif outcome == "rejected" and kept and now == FIRING:
        yield Seen("the event was rejected, and its registration is neither retried nor dropped")
    else:
        yield Seen()


def _gate(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if view.system.program.code[pc].origin.algorithm != "register":
        return
    reasons = seen.before if isinstance(seen.before, tuple) else ()
    known = [reason for reason in reasons if reason != NOT_FOLLOWED]
    if seen.kind == "resolved":
        broken = f"register resolves in spite of: {', '.join(map(str, known))}" if known else None
        yield Seen(broken, "")
    else:
        yield Seen(None if reasons else f"register is refused with {seen.after} for no reason", "")


def _promise_settles(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if seen.kind == "unsettled":
        yield Seen("the algorithm ends and its promise is never settled")
    else:
        yield Seen("the promise is settled a second time" if seen.kind == "twice" else None)


def row_of(view: View, seen: Observation) -> tuple[str, str] | None:
    """Give the change of the lifecycle that an observation makes, None for what is not one."""
    final = [canonical(state) for state in FINAL]
    if seen.kind == "removed":
        before = state_in(view.system, seen.before)
        return None if before in final else (before, final[0] if seen.after == "fulfilled" else final[1])
    listed = view.listed(seen)
    if seen.kind != "set" or listed is None or (not listed and canonical(seen.after) in final):
        return None
    return (canonical(seen.before) if listed else "success or failed", canonical(seen.after))


_PAIRS = {(canonical(source), canonical(dest)): (source, dest) for _, source, dest, _ in ROWS}


@lru_cache(maxsize=4)
def _has_rows(system: System) -> bool:
    """Whether a text speaks of the states of the table, so that it is held against its rows."""
    final = {canonical(state) for state in FINAL}
    return {*map(canonical, declared(system))} - final == {*map(canonical, STATES)} - final


def _lifecycle(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if not _has_rows(view.system):
        if seen.kind == "set":
            known = {*map(canonical, declared(view.system))}
            broken = None if canonical(seen.after) in known else f"the state becomes {seen.after}, which is no state"
            yield Seen(broken)
        return
    change = row_of(view, seen)
    if change is not None:
        named = (_named(view.system, change[0]), _named(view.system, change[1]))
        broken = None if change in _PAIRS else f"{named[0]} becomes {named[1]}, which is no row of the lifecycle"
        yield Seen(broken)


def _named(system: System, state: str) -> str:
    """Write a state as the text does."""
    return next((name for name in (*declared(system), *STATES) if canonical(name) == state), state)


def _dead_row(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if not _has_rows(view.system):
        place = state_place(view.system)
        initial = "" if place is None else str(view.system.scenario.spec.type.members[place].initial)
        entered = initial if seen.kind == "new" else str(seen.after) if seen.kind in ("set", "perhaps set") else ""
        if entered:
            yield Seen(None, f"enters-{entered}")
        return
    change = row_of(view, seen)
    if change is not None and change in _PAIRS:
        source, dest = _PAIRS[change]
        yield Seen(None, f"{source}-to-{dest}")


def _all_rows(system: System) -> Iterator[str]:
    if _has_rows(system):
        yield from sorted({f"{source}-to-{dest}" for source, dest in _PAIRS.values()})
    else:
        yield from (f"enters-{state}" for state in declared(system))


SAFETY = (
    Safety(
        "asserts",
        "Every Assert of the text holds whenever it is reached.",
        "An Assert that fails means that the text contradicts itself; what to do then is anybody's guess.",
        SPEC + "the Assert steps of its algorithms",
        ("asserted",),
        _asserts,
        _all_asserts,
        broken="A step that the text asserts to be true is false when it is reached.",
    ),
    Safety(
        "unique-tag",
        "No two registrations in one list have the same tag.",
        "With two, register() finds one of them, getTags() shows the tag twice, and one message is sent by two events.",
        SPEC + "Constructs: each registration in a list has a unique tag",
        ("listed", "duplicate"),
        _unique_tag,
        broken="Two registrations with the same tag end up in one list.",
    ),
    Safety(
        "one-event",
        "At most one event of a registration is unsettled at any time.",
        "Two handlers at once send the same outbox twice.",
        SPEC + "the state firing, which a registration enters before and leaves after its event",
        ("dispatched",),
        _one_event,
        broken="Two events of one registration run at the same time.",
    ),
    Safety(
        "fires-online",
        "An event is dispatched only while the user agent is online.",
        "A handler that runs offline fails, and uses up one of its attempts.",
        SPEC + "every step that fires does so only if the user agent is online",
        ("dispatched",),
        _fires_online,
        broken="An event is started while the device is offline.",
    ),
    Safety(
        "fires-listed",
        "No event is dispatched for a registration that was removed, nor to a worker that was unregistered.",
        "A page sees no registration in getTags(), and its handler still runs.",
        SPEC + "fire a sync event, step 3",
        ("dispatched",),
        _fires_listed,
        broken="An event is started for a registration, or a worker, that is gone.",
    ),
    Safety(
        "fires-permitted",
        "No event is dispatched while the permission is denied.",
        "A user who has switched background sync off still has code run in the background.",
        SPEC + "Permission; register, step 3",
        ("dispatched",),
        _fires_permitted,
        broken="An event is started although the permission was taken away.",
    ),
    Safety(
        "retry-delay",
        "A retry comes no earlier than its own delay.",
        "A wait that an older timer cuts short defeats the back-off: a failing server is asked again too soon.",
        SPEC + "fire a sync event, step 5.3.2",
        ("set",),
        _retry_delay,
        monitors=("timers",),
        broken="A retry comes too early: the timer of an earlier failure ends its delay.",
    ),
    Safety(
        "last-chance",
        "An event whose lastChance is true is the last attempt, unless the tag is registered again.",
        "A handler that is told so shows the user that sending failed; then it is sent after all.",
        SPEC + "the attribute lastChance",
        ("reacted",),
        _last_chance,
        broken="After the event that was announced as the last chance there is another one.",
    ),
    Safety(
        "outcome",
        "A fulfilled event removes its registration, a rejected one is retried or dropped, unless registered again.",
        "A registration that outlives its success is sent again; one that is stuck after a failure is never sent.",
        SPEC + "fire a sync event, steps 5.2 and 5.3",
        ("reacted",),
        _outcome,
        broken="What becomes of a registration does not fit how its event ended.",
    ),
    Safety(
        "active-worker",
        "A functional event is fired only at a registration with an active worker.",
        "Fire Functional Event asserts it; without one there is nobody to run the handler.",
        "Service Workers, Fire Functional Event, step 1",
        ("asserted",),
        _active_worker,
        broken="An event is fired where there is no active worker to handle it.",
    ),
    Safety(
        "gate",
        "register() is refused exactly when there is no active worker, no permission or no window.",
        "A refusal without reason loses a message; a missing one lets a worker keep itself alive in the background.",
        SPEC + "register, steps 2 to 6",
        ("resolved", "rejected"),
        _gate,
        broken="register() is refused without a reason, or let through where it must be refused.",
    ),
    Safety(
        "promise-settles",
        "Every promise that a method returns is settled, and only once.",
        "A page that awaits register() hangs.",
        SPEC + "register and getTags; Writing Promise-Using Specifications",
        ("resolved", "rejected", "twice", "unsettled"),
        _promise_settles,
        broken="A promise that a page waits for is never settled, or settled twice.",
    ),
    Safety(
        "lifecycle",
        "Every change of a registration is a row of its lifecycle; of another lifecycle, to a state that it declares.",
        "A change from a state that the text never speaks of is one that nobody has thought about.",
        "model/registration.py, whose rows name their steps",
        ("set", "removed"),
        _lifecycle,
        broken="A registration changes in a way that its lifecycle does not have.",
    ),
    Safety(
        "dead-row",
        "Every row of the lifecycle is taken by some behaviour; of another lifecycle, every state is entered.",
        "A row that nothing takes is a state or a promise that exists on paper only.",
        "model/registration.py, whose rows name their steps",
        ("set", "removed", "new", "perhaps set"),
        _dead_row,
        _all_rows,
        unseen="no behaviour does this",
        broken="A part of the lifecycle exists on paper only: nothing that can happen takes it.",
    ),
)
