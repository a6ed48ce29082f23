"""Safety of periodic sync: what no single step may do."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

from bgsync.judge.property import Safety, Seen, View, canonical, declared
from bgsync.system.monitor import Note
from bgsync.system.observation import Dispatched, Observation, OfObject, StateSet

from ...model.periodic_background_sync.monitors import (
    EARLY,
    FAILED,
    INTERVALS,
    REGISTRATIONS,
    RETRIES,
    UNNOTED,
    Since,
)
from ...model.periodic_background_sync.registration import FIRING, LIFECYCLE
from .. import general
from ..background_sync import SAFETY as ONE_OFF

SPEC = "WICG Periodic Background Sync, "

ALIKE = {
    # what one-off sync promises in the same words: the steps of this text that it rests on
    "asserts": "the Assert step of its algorithm",
    "null-member": "",
    "unique-tag": "Extensions to service worker registration: the map, whose keys are the tags",
    "one-event": "the state firing, which a registration enters before and leaves after its event",
    "fires-online": "Process periodic sync registrations, step 1.3.2, before each event",
    "fires-listed": "fire a periodicsync event, step 2",
    "active-worker": "",
    "gate": "register, steps 2 to 7; the definition of running in the background",
    "refusal-error": "register, steps 2, 4 and 7; Web IDL, the names of DOMException",
    "removes-listed": "",
    "head-of-line": "the periodic sync processing queue; Service Workers, Fire Functional Event, which waits",
    "promise-settles": "register, getTags and unregister; Writing Promise-Using Specifications",
}  # fmt: skip


def _since(view: View, seen: Dispatched, key: str | None) -> Since:
    """Give what has happened since an interval was last found to be over, just before an event."""
    memory, system = view.before.memory, view.system
    for other in view.step.observations:
        if other is seen:
            break
        slot = other.slot if isinstance(other, OfObject) else None
        memory, _ = INTERVALS.observed(memory, None, other, system.tag(view.before.shared, slot))
    return INTERVALS.since(memory, key)


def _early(whose: str, of_one: bool) -> Callable[[View, Observation, int], Iterator[Seen]]:
    def look(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
        if isinstance(seen, Dispatched) and seen.slot is not None:
            since = _since(view, seen, view.system.tag(view.before.shared, seen.slot) if of_one else None)
            why = {
                UNNOTED: "the time of the last one was never noted",
                **dict.fromkeys(EARLY, "nothing has found the interval to be over since the last one"),
            }.get(since.event)
            yield Seen(why and f"an event comes too soon for its {whose}: {why}")

    return look


def _retry_waits(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if isinstance(seen, Dispatched) and seen.slot is not None:
        since = _since(view, seen, view.system.tag(view.before.shared, seen.slot))
        if since.event in RETRIES:
            yield Seen(
                "no wait has ended since an event was rejected, and the next one comes"
                if since.event == FAILED
                else None
            )


def _silent(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if isinstance(seen, Dispatched) and seen.slot is not None:
        silent = Note(view.system.tag(view.before.shared, seen.slot), REGISTRATIONS.SILENT)
        yield Seen("an event is dispatched for a tag that was unregistered" if silent in view.before.memory else None)


def _in_a_firing_state(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if not isinstance(seen, Dispatched) or seen.slot is None:
        return
    before = itertools.takewhile(lambda other: other is not seen, view.step.observations)
    set_to = [other.after for other in before if isinstance(other, StateSet) and other.slot == seen.slot]
    state = canonical(set_to[-1]) if set_to else view.state_of(view.object_before(seen.slot))
    states = set(map(canonical, declared(view.system)))
    if state in states and canonical(FIRING) in states:
        said = f"an event is dispatched for a registration that is {state}"
        yield Seen(None if state.endswith(canonical(FIRING)) else said)


def _permitted(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    yield Seen("an event is dispatched without permission" if view.context("permission") != "granted" else None)


_OWN = (
    Safety(
        "permitted",
        "No event is dispatched while the permission is not granted.",
        "A user who has switched periodic sync off still has code run in the background.",
        SPEC + "Permission: events must not be dispatched while it is disabled; Respond to permission revocation",
        (Dispatched,),
        _permitted,
        broken="An event is started although the permission was taken away.",
    ),
    Safety(
        "unregistered-silent",
        "After unregister() has resolved no event of its tag comes, unless the tag is registered again.",
        "The page was told that it is over; an event that still comes costs battery, and tells where the user is.",
        SPEC + "unregister, steps 3 and 4; fire a periodicsync event, step 2",
        (Dispatched,),
        _silent,
        broken="A page has unregistered, was told that it is done, and an event comes all the same.",
    ),
    Safety(
        "fires-firing",
        "An event is dispatched only for a registration that is firing.",
        "What is pending may be fired once more, by whoever finds it so, while its event is still to come or runs.",
        SPEC + "the state firing; fire a periodicsync event, steps 5 and 6.7.4.1",
        (Dispatched,),
        _in_a_firing_state,
        broken="An event is started for a registration that is not firing by its own state.",
    ),
    Safety(
        "interval-kept",
        "Between two events of a registration its minimum interval passes, unless the second one is a retry.",
        "A site gets to run in the background more often than it has asked for, and than the user agent allows.",
        SPEC + "the note on the minimum interval; Process periodic sync registrations, step 1.3.3.3.2",
        (Dispatched,),
        _early("registration", of_one=True),
        monitors=(INTERVALS,),
        broken="A registration has events more often than its minimum interval allows.",
    ),
    Safety(
        "rate-capped",
        "Between two events of an origin the interval that the user agent keeps for it passes, retries aside.",
        "The cap keeps a site from mining, tracking and draining the battery in the background.",
        SPEC + "the effective minimum sync interval for origin; Process periodic sync registrations, step 1.3.3.2",
        (Dispatched,),
        _early("origin", of_one=False),
        monitors=(INTERVALS,),
        broken="An origin has events more often than the user agent's cap allows.",
    ),
    replace(
        next(prop for prop in ONE_OFF if prop.id == "retry-waits"),
        sentence="After an event that was rejected the next one comes only after a wait.",
        reference=SPEC + "fire a periodicsync event, step 6.9",
        kinds=(Dispatched,),
        look=_retry_waits,
        broken="After an event was rejected the next one comes, and no wait has ended in between.",
        monitors=(INTERVALS,),
    ),
)
_SAFETY = (
    *(
        replace(prop, reference=SPEC + ALIKE[prop.id] if ALIKE[prop.id] else prop.reference)
        for prop in ONE_OFF
        if prop.id in ALIKE
    ),
    *_OWN,
    general.held_to(LIFECYCLE, "model/periodic_background_sync/registration.py, whose rows name their steps")[0],
    general.DEAD_ROW,
)
SAFETY = tuple(prop if prop.monitors == (INTERVALS,) else replace(prop, monitors=(REGISTRATIONS,)) for prop in _SAFETY)
