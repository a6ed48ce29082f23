"""Liveness: what must happen in the end, in every fair run.

Fair means: a step that stays possible is taken; a handler settles; a timer runs out; the user agent does what it
SHOULD; it is online again and again.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from bgsync.judge.property import Liveness, View, canonical, state_in
from bgsync.system.collect import queued
from bgsync.system.evaluation import PROMISE_LEVEL
from bgsync.system.monitor import PAGE, OutboxMonitor
from bgsync.system.step import State
from bgsync.system.system import System
from model.registration import FIRING, PENDING, REREGISTERED, WAITING

SPEC = "WICG Background Sync, "


def _listed_in(*states: str) -> Callable[[System, State], Iterator[Hashable]]:
    def owed(system: System, state: State) -> Iterator[Hashable]:
        names = {canonical(name) for name in states}
        for slot, known in enumerate(state.shared.heap):
            if known is not None and known.listed and state_in(system, known.fields) in names:
                yield slot

    return owed


def _leaves(*states: str) -> Callable[[View, Hashable], bool]:
    names = {canonical(name) for name in states}

    def given(view: View, slot: Hashable) -> bool:
        for seen in view.step.observations:
            left = seen.kind == "set" and canonical(seen.after) not in names
            if seen.slot == slot and (seen.kind == "removed" or left):
                return True
        return view.step.action.apart is not None

    return given


def _owed_tags(system: System, state: State) -> Iterator[Hashable]:
    if not state.apart:
        yield from state.memory


def _tag_dispatched(view: View, tag: Hashable) -> bool:
    return any(
        seen.kind == "dispatched" and view.system.tag(view.before.shared, seen.slot) == tag
        for seen in view.step.observations
    )


def _resolves(view: View) -> bool:
    return any(seen.kind == "resolved" for seen in view.step.observations)


def _pending_promises(system: System, state: State) -> Iterator[Hashable]:
    if _pending(system, state):
        yield "promise"


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
    """A promise is settled, or its call goes out of sight with a removed registration, to be looked at apart."""
    if any(seen.kind in ("resolved", "rejected", "unsettled") for seen in view.step.observations):
        return True
    after = 0 if view.step.after is None else _pending(view.system, view.step.after)
    return after < _pending(view.system, view.before)


def _anything(system: System, state: State) -> Iterator[Hashable]:
    yield "events"


def _fresh_input(view: View, owed: Hashable) -> bool:
    """A page calls, or the user agent has come to a further batch by its own schedule."""
    action, code = view.step.action, view.system.program.code
    rules = {rule.name for rule in view.system.scenario.spec.rules}
    if any(code[ran.pc].op == "queue" and code[ran.pc].origin.algorithm in rules for ran in view.step.executed):
        return True
    return action.kind == "call" and (action.detail or "").startswith(PAGE)


def _dispatches(view: View) -> bool:
    return any(seen.kind == "dispatched" for seen in view.step.observations)


def _undelivered(system: System, state: State) -> Iterator[Hashable]:
    if not state.apart and state.memory in (("stored",), ("sent",)):
        yield "the message"


def _message_moves(view: View, owed: Hashable) -> bool:
    """Delivered or given up; or its handler failed, which it does only finitely often."""
    after = view.step.after.memory if view.step.after else ()
    number = view.step.action.process
    took = number is not None and view.system.process(number).note == OutboxMonitor.TOOK
    return after not in (("stored",), ("sent",)) or (took and view.step.action.detail == "rejected")


LIVENESS = (
    Liveness(
        "resolved-then-fires",
        "A register() that resolved is followed by an event that starts after the call began.",
        "The page was told that its sync is registered, so it may close; its message would stay in the outbox.",
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
        _listed_in(FIRING, REREGISTERED),
        _leaves(FIRING, REREGISTERED),
        broken="A registration stays in the state firing for ever.",
    ),
    Liveness(
        "pending-fires",
        "A registration that is pending is fired in the end.",
        "A pending registration is the promise of an event.",
        SPEC + "the rule on changing to online; register, steps 8.4 and 9.6",
        _listed_in(PENDING),
        _leaves(PENDING),
        broken="A pending registration is never fired.",
    ),
    Liveness(
        "waiting-ends",
        "A registration that waits for its retry does not wait for ever.",
        "A retry that never comes is a message lost.",
        SPEC + "fire a sync event, step 5.3.2",
        _listed_in(WAITING),
        _leaves(WAITING),
        broken="A registration waits for its retry for ever.",
    ),
    Liveness(
        "promise-settles",
        "Every promise that a method returns is settled, and only once.",
        "A page that awaits register() hangs.",
        SPEC + "register and getTags",
        _pending_promises,
        _settles,
        broken="A promise that a page waits for is never settled, or settled twice.",
    ),
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
        "model/outbox.py, the application that the introduction of the text describes",
        _undelivered,
        _message_moves,
        monitors=("outbox shared", "outbox per-message"),
        parts=("shared-tag", "tag-per-message"),
        broken="A message that a page has stored is never delivered.",
    ),
)
