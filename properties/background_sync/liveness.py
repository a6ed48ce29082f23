"""Liveness: what must happen in the end, in every fair run.

Fair means: a step that stays possible is taken; a handler settles; a timer runs out; the user agent does what it
SHOULD; it is online again and again.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace

from bgsync.judge.property import Liveness, View, canonical, state_in
from bgsync.system.monitor import NOTHING
from bgsync.system.observation import Dispatched, OfObject, Removed, Resolved, StateSet
from bgsync.system.step import Caller, State
from bgsync.system.system import System

from ...model.background_sync.monitors import CALLS, SHARED_TAG, TAG_PER_MESSAGE, undelivered
from ...model.background_sync.registration import FIRING, PENDING, WAITING
from .. import general

SPEC = "WICG Background Sync, "


def _is(state: str) -> Callable[[str], bool]:
    """Make the test for a state."""
    return lambda name: canonical(name) == canonical(state)


def _ends_with(state: str) -> Callable[[str], bool]:
    """Make the test for a state, and for those that a text names after it, such as "... while firing"."""
    return lambda name: canonical(name).endswith(canonical(state))


def _listed_in(of_kind: Callable[[str], bool]) -> Callable[[System, State], Iterator[Hashable]]:
    def owed(system: System, state: State) -> Iterator[Hashable]:
        for slot, known in enumerate(state.shared.heap):
            if known is not None and known.listed and of_kind(state_in(system, known.fields)):
                yield slot

    return owed


def _leaves(of_kind: Callable[[str], bool]) -> Callable[[View, Hashable], bool]:
    def given(view: View, slot: Hashable) -> bool:
        for seen in view.step.observations:
            left = isinstance(seen, Removed) or (isinstance(seen, StateSet) and not of_kind(str(seen.after)))
            if left and isinstance(seen, OfObject) and seen.slot == slot:
                return True
        return view.step.action.disjoint is not None

    return given


def _owed_tags(system: System, state: State) -> Iterator[Hashable]:
    if not state.disjoint:
        yield from state.memory


def _tag_dispatched(view: View, tag: Hashable) -> bool:
    return any(
        isinstance(seen, Dispatched) and view.system.tag(view.before.shared, seen.slot) == tag
        for seen in view.step.observations
    )


def _while_it_may(prop: Liveness) -> Liveness:
    """Ask for an event only while there are a worker and the permission to fire it."""

    def owed(system: System, state: State) -> Iterator[Hashable]:
        if not system.barred(state.shared.context):
            yield from prop.owed(system, state)

    def given(view: View, what: Hashable) -> bool:
        return bool(view.system.barred(view.before.shared.context)) or prop.given(view, what)

    return replace(prop, owed=owed, given=given)


def _resolves(view: View) -> bool:
    return any(isinstance(seen, Resolved) for seen in view.step.observations)


def _anything(system: System, state: State) -> Iterator[Hashable]:
    yield "events"


def _fresh_input(view: View, owed: Hashable) -> bool:
    """A page calls, or the user agent has come to a further batch by its own schedule."""
    action, code = view.step.action, view.system.program.code
    rules = {rule.name for rule in view.system.scenario.spec.rules}
    if any(code[ran.pc].op == "queue" and code[ran.pc].origin.algorithm in rules for ran in view.step.executed):
        return True
    return action.kind == "call" and isinstance(action.detail, Caller) and not action.detail.handler


def _dispatches(view: View) -> bool:
    return any(isinstance(seen, Dispatched) for seen in view.step.observations)


def _undelivered(system: System, state: State) -> Iterator[Hashable]:
    if not state.disjoint and undelivered(state.memory):
        yield "the message"


def _message_moves(view: View, owed: Hashable) -> bool:
    """Delivered or given up; or its handler failed, which it does only finitely often."""
    after = view.step.after.memory if view.step.after else ()
    number = view.step.action.process
    took = number is not None and view.system.process(number).note == SHARED_TAG.TOOK
    return not undelivered(after) or (took and view.step.action.detail == "rejected")


_LIVENESS = (
    Liveness(
        "resolved-then-fires",
        "A register() that resolved is followed by an event that starts after the call began.",
        "The page was told that its sync is registered, so it may close; what it wanted done would never be.",
        SPEC + "register: the promise resolves once the registration is made; the sync event",
        _owed_tags,
        _tag_dispatched,
        premise=_resolves,
        broken="A page is told that its sync is registered, and then no sync event ever comes.",
    ),
    Liveness(
        "firing-ends",
        "A registration that is firing does not stay so for ever.",
        "While it fires nothing else can fire it: the tag is dead until the list is cleared.",
        SPEC + "fire a sync event, steps 5.2 and 5.3",
        _listed_in(_ends_with(FIRING)),
        _leaves(_ends_with(FIRING)),
        broken="A registration stays in the state firing for ever.",
    ),
    Liveness(
        "pending-fires",
        "A registration that is pending is fired in the end.",
        "A pending registration is the promise of an event.",
        SPEC + "the rule on changing to online; register, steps 8.4 and 9.6",
        _listed_in(_is(PENDING)),
        _leaves(_is(PENDING)),
        broken="A pending registration is never fired.",
    ),
    Liveness(
        "waiting-ends",
        "A registration that waits for its retry does not wait for ever.",
        "A retry that never comes is a message lost.",
        SPEC + "fire a sync event, step 5.3.2",
        _listed_in(_is(WAITING)),
        _leaves(_is(WAITING)),
        broken="A registration waits for its retry for ever.",
    ),
    replace(general.SETTLES, why="A page that awaits register() hangs.", reference=SPEC + "register and getTags"),
    Liveness(
        "no-endless-firing",
        "Events do not follow each other for ever without fresh input from a page.",
        "A handler that keeps itself running in the background costs battery and tells the network where the user is.",
        SPEC + "Location Tracking: the number of retries is to be capped",
        _anything,
        _fresh_input,
        needs=_dispatches,
        premise=_dispatches,
        broken="Events follow each other for ever, although no page asks for more.",
    ),
    Liveness(
        "delivered",
        "Every stored message is delivered, if its handler does not fail for ever and the user agent does not give up.",
        "It is what the outbox is for.",
        "model/background_sync/outbox.py, the application that the introduction of the text describes",
        _undelivered,
        _message_moves,
        monitors=(SHARED_TAG, TAG_PER_MESSAGE),
        parts=("shared-tag", "tag-per-message"),
        broken="A message that a page has stored is never delivered.",
    ),
)
_EVENTS = ("resolved-then-fires", "pending-fires", "delivered")
"""What asks for an event."""
LIVENESS = tuple(
    replace(
        _while_it_may(prop) if prop.id in _EVENTS else prop,
        monitors=(CALLS,) if prop.monitors == (NOTHING,) else prop.monitors,
    )
    for prop in _LIVENESS
)
