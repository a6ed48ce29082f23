"""Liveness of periodic sync: what must happen in the end, in every fair run.

Fair means what it does for one-off sync, and that the user agent does not put an origin off for ever, as it may by an
interval of Infinity.
"""

from collections.abc import Hashable, Iterator
from dataclasses import replace

from bgsync.judge.property import Liveness, View, canonical, declared
from bgsync.system.monitor import Note
from bgsync.system.observation import Chose, Dispatched, Removed, StateSet
from bgsync.system.step import Queued, State
from bgsync.system.system import System

from ...model.periodic_background_sync.monitors import REGISTRATIONS
from ...model.periodic_background_sync.registration import FIRING
from ...model.service_worker import SHOULD_SKIP, START_FAILS
from ..background_sync import LIVENESS as ONE_OFF

SPEC = "WICG Periodic Background Sync, "

ALIKE = {
    # what one-off sync promises in the same words: the steps of this text that it rests on
    "resolved-then-fires": "register: the promise resolves once the registration is made; the periodicsync event",
    "firing-ends": "fire a periodicsync event, step 6.7.4.1",
    "promise-settles": "register, getTags and unregister",
    "no-endless-firing": "Location Tracking: the number of retries and the frequency of events are to be capped",
}
SKIPPED = frozenset({SHOULD_SKIP.name, START_FAILS.name})
"""What the platform does with an event that nobody hears of."""


def _may_fire(system: System, state: State) -> bool:
    """Whether there are a worker and the permission."""
    context = dict(zip(system.machines, state.shared.context, strict=True))
    return not state.disjoint and (context["service worker"], context["permission"]) == ("active", "granted")


def _owed(system: System, state: State) -> Iterator[Hashable]:
    """Give the tags that are owed an event."""
    if _may_fire(system, state):
        yield from (tag for tag in state.memory if not isinstance(tag, Note))


def _listed(system: System, state: State) -> Iterator[Hashable]:
    """Give what is listed."""
    if _may_fire(system, state):
        yield from (slot for slot, known in enumerate(state.shared.heap) if known is not None and known.listed)


def _had_its_turn(view: View) -> Iterator[int]:
    """Give the objects of which a step dispatches the event, or that the platform skips."""
    number = view.step.action.process
    mine = None if number is None else view.system.slot(number)
    for seen in view.step.observations:
        skipped = isinstance(seen, Chose) and seen.value and seen.choice in SKIPPED
        slot = mine if skipped else seen.slot if isinstance(seen, Dispatched) else None
        if slot is not None:
            yield slot


def _tag_fired(view: View, tag: Hashable) -> bool:
    """An event of the tag has its turn, or none is owed any more."""
    fired = {view.system.tag(view.before.shared, slot) for slot in _had_its_turn(view)}
    return tag in fired or tag not in _owed(view.system, view.before)


def _fired(view: View, slot: Hashable) -> bool:
    """An event of the object has its turn, or it is taken out of the list, or none is owed any more."""
    removed = {seen.slot for seen in view.step.observations if isinstance(seen, Removed)}
    apart = view.step.action.disjoint is not None
    return apart or slot in {*removed, *_had_its_turn(view)} or slot not in _listed(view.system, view.before)


def _waiting_batches(system: System, state: State) -> Iterator[Hashable]:
    if state.count(Queued(_anything)):
        yield "the first batch of the queue"


def _anything(number: int) -> bool:
    return True


def _begins(view: View, owed: Hashable) -> bool:
    """A batch begins, or what waited is gone."""
    before, after = view.before.count(Queued(_anything)), view.step.after
    number = view.step.action.process
    begun = number is not None and view.system.processes.queued[number] is not None
    return begun or (after is not None and after.count(Queued(_anything)) < before)


def _attempts(system: System, state: State) -> Iterator[Hashable]:
    if any(canonical(known) == canonical(FIRING) for known in declared(system)):
        yield "the attempts of a firing"


def _fires_anew(view: View, owed: Hashable) -> bool:
    return any(
        isinstance(seen, StateSet) and canonical(seen.after) == canonical(FIRING) for seen in view.step.observations
    )


def _dispatches(view: View) -> bool:
    return any(isinstance(seen, Dispatched) for seen in view.step.observations)


_LIVENESS = (
    *(
        replace(prop, reference=SPEC + ALIKE[prop.id])
        if prop.id != "resolved-then-fires"
        else replace(prop, reference=SPEC + ALIKE[prop.id], owed=_owed, given=_tag_fired)
        for prop in ONE_OFF
        if prop.id in ALIKE
    ),
    Liveness(
        "periodic-continues",
        "A registration that stays in the list is fired again and again.",
        "It is what periodic sync is for: a site whose events stop shows old content, and is not told.",
        SPEC + "Introduction; Process periodic sync registrations, which goes on as long as the user agent runs",
        _listed,
        _fired,
        broken="A registration is there, and its events have stopped coming.",
    ),
    Liveness(
        "attempts-bounded",
        "A firing makes a finite number of attempts: events do not follow each other for ever within one.",
        "A handler that keeps failing, or a firing that nothing ends, keeps the site running in the background.",
        SPEC + "the maximum number of retries; fire a periodicsync event, step 6.7.4",
        _attempts,
        _fires_anew,
        needs=_dispatches,
        premise=_dispatches,
        broken="One firing of a registration goes on trying for ever.",
    ),
    Liveness(
        "queue-drains",
        "What is enqueued on a queue begins in the end.",
        "Every call of register(), getTags() and unregister() waits behind the batch that holds the queue.",
        SPEC + "the periodic sync processing queue, on which events are fired as well as calls answered",
        _waiting_batches,
        _begins,
        broken="What holds the queue never ends, and what waits behind it never begins.",
    ),
)
LIVENESS = tuple(replace(prop, monitors=(REGISTRATIONS,)) for prop in _LIVENESS)
