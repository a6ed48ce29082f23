"""Safety of attempts: what a call, a failure, a wait and a queue have to do with the events that come after them."""

from collections.abc import Iterator
from itertools import takewhile

from bgsync.judge.property import Safety, Seen, View, canonical, declared
from bgsync.judge.refusals import refusals
from bgsync.language import Enqueue, Field, Wait
from bgsync.system.closures import queue_name
from bgsync.system.monitor import Note
from bgsync.system.observation import Dispatched, Observation, Resolved, Settled, StateSet
from bgsync.system.state import Promise, Value
from bgsync.system.system import System

from ...model.background_sync.monitors import CALLS, TIMERS, UNSERVED
from ...model.background_sync.registration import WAITING

SPEC = "WICG Background Sync, "


def _waits_for_retries(system: System) -> bool:
    """Whether a text has retries wait: it has a state for it, or a wait for time."""
    waits = any(isinstance(statement, Wait) for statement in system.scenario.spec.statements())
    return waits or canonical(WAITING) in map(canonical, declared(system))


# --- calls


def _not_waiting(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    after = view.step.after
    if isinstance(seen, StateSet):
        if canonical(seen.after) == canonical(WAITING):
            yield Seen()
    elif after is not None and view.context("network") == "online":
        owed = {*_owed_from_now(view)}
        for slot, known in enumerate(after.shared.heap):
            mine = known is not None and known.listed and view.system.tag(after.shared, slot) in owed
            if mine and view.state_of(known) == canonical(WAITING):
                yield Seen("register() resolves while online, and its registration waits for a retry")


def _owed_from_now(view: View) -> Iterator[Value]:
    """Give the tag of the call that resolves in a step, if no event has served it, the one of this step included."""
    number, after = view.step.action.process, view.step.after
    if number is None:  # the call began in this step
        yield from (key for key in (after.memory if after else ()) if key not in view.before.memory)
    elif isinstance(note := view.system.process(number).note, Note) and note.says is UNSERVED:
        fired = (seen for seen in view.step.observations if isinstance(seen, Dispatched) and seen.slot is not None)
        if all(view.system.tag(view.before.shared, seen.slot) != note.key for seen in fired):
            yield note.key


def _resolved_first(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    system, number = view.system, view.step.action.process
    if system.world.promises not in refusals(system.program).callers(system.program.code[pc].home):
        return
    before = takewhile(lambda other: other is not seen, view.step.observations)
    told = any(isinstance(other, Resolved) for other in before)
    pends = view.step.action.kind == "call" if number is None else _pends(view, number)
    yield Seen("an event is dispatched by a call of register() that has not resolved" if pends and not told else None)


def _pends(view: View, number: int) -> bool:
    """Whether the promise of a process, or of the call that it is part of, is pending."""
    cells = view.before.shared.cells
    held = (
        value for frame in view.system.process(number).frames for name, value in frame.variables if name == "@promise"
    )
    for value in held:
        content = cells[value.slot] if isinstance(value, Promise) else None
        if value == "pending" or (content is not None and content.value == "pending"):
            return True
    return False


# --- failures


def _retry_waits(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    if not isinstance(seen, Dispatched | Settled) or view.step.after is None or not _waits_for_retries(view.system):
        return
    if isinstance(seen, Settled):
        if seen.outcome == "rejected" and seen.listed:
            yield Seen()
    elif view.listed(seen) and Note(view.system.tag(view.before.shared, seen.slot), TIMERS.TOO_SOON) in (
        view.step.after.memory
    ):
        yield Seen("an event follows a rejected one, and nothing has waited")


# --- queues


def _no_head_of_line(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    number, after = view.step.action.process, view.step.action.after
    here = [each for each in (number, after) if each is not None]
    held = {queue for each in here if (queue := view.system.processes.batch[each]) is not None}
    for queue in sorted(held):
        shared = not _of_one_worker(view.system, queue)
        yield Seen(f"the {queue} waits for the worker of one registration, and so do all others" if shared else None)


def _of_one_worker(system: System, queue: str) -> bool:
    """Whether the text says whose queue it is."""
    enqueued = (each.queue for each in system.scenario.spec.statements() if isinstance(each, Enqueue))
    return any(isinstance(each, Field) for each in enqueued if queue_name(each) == queue)


ATTEMPTS = (
    Safety(
        "resolved-not-waiting",
        "When register() resolves while online, its registration does not wait for a retry: it is fired at once.",
        "Whoever registers again has news: the server is back, or the user is there; the back-off is not for that.",
        SPEC + "register, steps 8.1 and 8.4",
        (Resolved, StateSet),
        _not_waiting,
        monitors=(CALLS,),
        broken="A page registers again, and its event goes on waiting for the time of the next retry.",
    ),
    Safety(
        "resolved-before-firing",
        "The event that a call of register() fires itself comes after its promise has resolved.",
        "A page that hears of success after the event is over takes its message for one that is still to be sent.",
        SPEC + "register, steps 8.3 and 9.5, which stand before those that fire",
        (Dispatched,),
        _resolved_first,
        monitors=(CALLS,),
        broken="An event comes before the page is told that its sync is registered.",
    ),
    Safety(
        "retry-waits",
        "After an event that was rejected the next one comes only after a wait, or by a fresh call.",
        "A server that has just failed is asked again at once, and again: the back-off is gone.",
        SPEC + "fire a sync event, step 5.3.2.1",
        (Dispatched, Settled),
        _retry_waits,
        monitors=(TIMERS,),
        broken="An event comes after a rejected one, and nothing has waited in between.",
    ),
    Safety(
        "head-of-line",
        "No batch of a queue that all registrations share waits for the worker of one of them.",
        "One worker that is slow to start holds up the events of every other registration.",
        SPEC + "the queues of the text; Service Workers, Fire Functional Event, which waits for its task",
        (Dispatched,),
        _no_head_of_line,
        monitors=(CALLS,),
        broken="One registration whose worker is slow holds up all others.",
    ),
)
"""No call, no wait and no queue of one registration does to another, or to a later attempt, what it should not."""
