"""What is remembered of a run to judge it: which tags are owed an event, which timers are old, where a message is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bgsync.judge.property import canonical
from bgsync.system.monitor import Beginning, Call, Memory, Monitor, Note
from bgsync.system.observation import (
    Dispatched,
    Observation,
    Rejected,
    Removed,
    Resolved,
    Settled,
    StateSet,
    WaitBegan,
    WaitEnded,
    Withdrawn,
)
from bgsync.system.state import Process, Value

from . import outbox
from .registration import FIRING, PENDING, REREGISTERED, WAITING

_USUAL = (canonical(PENDING), canonical(WAITING), canonical(FIRING))
"""The states of what was not registered again while it was firing."""
SERVED, UNSERVED = True, False
WITHDRAWS = "may withdraw a registration"
"""What is noted on what takes registrations out of the list that a call has promised an event for."""
OUTBOX_REMARK = "with a stored message"
"""What a call says that stores the message."""


@dataclass(frozen=True)
class CallMonitor(Monitor):
    """Remembers which tags are owed an event: a call has resolved, and none of its tag was dispatched since it began.

    What another method removes is owed none any more, even after its own promise has settled.
    """

    outside: ClassVar[Value] = WITHDRAWS

    @property
    def name(self) -> str:
        """Name it."""
        return "calls"

    def part(self, memory: Memory, key: str | None) -> Memory:
        """A tag is owed its own events."""
        return tuple(owed for owed in memory if owed == key)

    def begun(self, memory: Memory, call: Call) -> tuple[Beginning, ...]:
        """A call of register() begins; what another method removes is owed nothing."""
        return (Beginning(memory, Note(call.key, UNSERVED) if call.promises else WITHDRAWS),)

    def observed(self, memory: Memory, note: Value, seen: Observation, key: str | None) -> tuple[Memory, Value]:
        """A dispatch serves its tag, and a call that makes it itself; one that resolves before leaves its tag owed."""
        note = self.noticed(note, seen, key, waits=False)
        if isinstance(seen, Dispatched | Withdrawn):
            memory = tuple(owed for owed in memory if owed != key)
        elif isinstance(seen, Resolved):
            memory = _owing(memory, note)
        return memory, None if isinstance(seen, Resolved | Rejected) and note != WITHDRAWS else note

    def noticed(self, note: Value, seen: Observation, key: str | None, waits: bool) -> Value:
        """A dispatch serves every call of its tag that is under way; where it is withdrawn, they are owed nothing."""
        mine = isinstance(note, Note) and note.key == key and isinstance(seen, Dispatched | Withdrawn)
        return Note(key, SERVED) if mine and key is not None else note

    def withdraws(self, note: Value) -> bool:
        """What another method removes is withdrawn."""
        return note == WITHDRAWS

    def forgotten(self, memory: Memory, process: Process, resolves: bool) -> Memory:
        """Where its call may resolve out of sight, what it is owed is owed from now on."""
        return _owing(memory, process.note) if resolves else memory


def _owing(memory: Memory, note: Value) -> Memory:
    """Add what a call with this note is owed once it resolves."""
    return tuple(sorted({*memory, note.key}, key=str)) if isinstance(note, Note) and note.says is UNSERVED else memory


def _was_again(before: str, after: str) -> bool:
    """Whether a state that an object leaves said that it was registered again while it was firing.

    That is the one of that name, and any other one from which it comes back to the states of the others.
    """
    return before == canonical(REREGISTERED) or (before not in _USUAL and after in _USUAL)


def _without(memory: Memory, key: str | None) -> Memory:
    """Forget what is remembered of a tag."""
    return tuple(each for each in memory if not isinstance(each, Note) or each.key != key)


@dataclass(frozen=True)
class TimerMonitor(Monitor):
    """Marks the timers of an object that are older than its latest one, and remembers which tags have failed.

    That is forgotten when a wait is over, when a call changes the object or resolves, and when the event that failed
    had been asked for again: then the next event is due. What is out of the list is not tried again: how its event
    settles says nothing of another object with its tag.
    """

    OLD: ClassVar[str] = "older"
    FAILED: ClassVar[str] = "failed"
    TOO_SOON: ClassVar[str] = "fired again, and nothing has waited"

    @property
    def name(self) -> str:
        """Name it."""
        return "timers"

    def part(self, memory: Memory, key: str | None) -> Memory:
        """A tag has its own failures."""
        return tuple(each for each in memory if isinstance(each, Note) and each.key == key)

    def begun(self, memory: Memory, call: Call) -> tuple[Beginning, ...]:
        """A call of register() asks for an event."""
        return (Beginning(_without(memory, call.key), Note(call.key)) if call.promises else Beginning(memory),)

    def observed(self, memory: Memory, note: Value, seen: Observation, key: str | None) -> tuple[Memory, Value]:
        """A tag fails, or its next event is due; a timer that has changed its object is done."""
        mine = Note(key, self.FAILED)
        match seen:
            case Dispatched():
                soon = (Note(key, self.TOO_SOON),) if mine in memory else ()
                return tuple(sorted((*_without(memory, key), *soon), key=str)), None
            case Settled(listed=False):
                return memory, note
            case Settled(again=True):
                return _without(memory, key), note
            case Settled(outcome="rejected") if key is not None:
                return tuple(sorted((*_without(memory, key), mine), key=str)), note
            case WaitEnded(slot=None):
                return (), note
            case WaitEnded() | Settled() | Removed():
                return _without(memory, key), note
            case StateSet(before=before, after=after) if _was_again(canonical(before), canonical(after)):
                memory = _without(memory, key)
        if isinstance(note, Note) and isinstance(seen, StateSet | Resolved):
            return _without(memory, note.key), note
        return memory, None if isinstance(seen, StateSet) else note

    def interrupted(self, memory: Memory) -> Memory:
        """Whoever was interrupted begins anew."""
        return ()

    def noticed(self, note: Value, seen: Observation, key: str | None, waits: bool) -> Value:
        """A new timer makes those of the same object older."""
        return self.OLD if waits and isinstance(seen, WaitBegan) else note


@dataclass(frozen=True)
class OutboxMonitor(Monitor):
    """Follows one message of the outbox, which goes under the first tag; every other message is any other call.

    A handler takes what is stored when its event is dispatched. It delivers what it took exactly when it fulfils.
    With the `shared` tag any other call is for another message under the same tag. What another method removes from the
    list is withdrawn: nobody waits for its delivery any more.
    """

    shared: bool

    FIRST: ClassVar[str] = "t1"
    TOOK: ClassVar[str] = "took the message"
    FAILED: ClassVar[str] = "could not send the message"
    OURS: ClassVar[str] = "stored the message"
    initial: ClassVar[Memory] = (outbox.NONE,)
    outside: ClassVar[Value] = WITHDRAWS
    alike: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """Name it, by which discipline it follows."""
        return "outbox shared" if self.shared else "outbox per-message"

    def told(self, memory: Memory) -> tuple[tuple[str, str], ...]:
        """The message that is followed."""
        return ((f"the message of the outbox, under {self.FIRST}", str(memory[0])),) if memory else ()

    def part(self, memory: Memory, key: str | None) -> Memory:
        """The message goes under the first tag."""
        return memory if key == self.FIRST else ()

    def begun(self, memory: Memory, call: Call) -> tuple[Beginning, ...]:
        """A page stores the message and registers, or calls for another one."""
        other = Beginning(memory)
        if not call.promises:
            return (Beginning(memory, WITHDRAWS),)
        ours: tuple[Beginning, ...] = ()
        if call.key == self.FIRST and not call.by_handler and (stored := _moved(memory, "store")):
            ours = (Beginning(stored, self.OURS, OUTBOX_REMARK),)
        return (*ours, other) if self.shared or call.key != self.FIRST else ours

    def observed(self, memory: Memory, note: Value, seen: Observation, key: str | None) -> tuple[Memory, Value]:
        """The message moves with its events; it is given up where its registration is withdrawn."""
        if isinstance(seen, Withdrawn) and key == self.FIRST:
            return _moved(memory, "withdraw") or memory, note
        if isinstance(seen, Dispatched) and key == self.FIRST:
            takes = undelivered(memory)
            return (_moved(memory, "send") or memory if takes else memory), self.TOOK if takes else None
        if isinstance(seen, Settled) and note == self.TOOK and key == self.FIRST:
            fulfilled = seen.outcome == "fulfilled"
            return _settled(memory, fulfilled), None if fulfilled else self.FAILED
        if isinstance(seen, Removed) and note == self.FAILED and key == self.FIRST:
            given_up = _moved(memory, "give_up")
            return given_up or memory, None if given_up else note
        if note == self.OURS and isinstance(seen, Resolved | Rejected):
            refused = _moved(memory, "refuse") if isinstance(seen, Rejected) else None
            return refused or memory, None
        return memory, note

    def withdraws(self, note: Value) -> bool:
        """What another method removes is withdrawn."""
        return note == WITHDRAWS

    def forgotten(self, memory: Memory, process: Process, resolves: bool) -> Memory:
        """An event that goes out of sight with the message may always fail to send it; a refusal gives it up."""
        if process.note == self.OURS and not resolves:
            return _moved(memory, "refuse") or memory
        return (_moved(memory, "fail") or memory) if process.note == self.TOOK else memory

    def interrupted(self, memory: Memory) -> Memory:
        """What was being sent is still in the outbox."""
        return _moved(memory, "fail") or memory


def undelivered(memory: Memory) -> bool:
    """Whether the message is stored or sent; out of sight of it there is none."""
    return bool(memory) and memory[0] in outbox.UNDELIVERED


def _moved(memory: Memory, trigger: str) -> Memory | None:
    """Take a row of the message's table; None where it has none."""
    state = memory[0] if memory else None
    dest = outbox.NEXT.get((trigger, str(state)))
    return None if dest is None else (dest,)


def _settled(memory: Memory, fulfilled: bool) -> Memory:
    """What a handler took is delivered by it, whatever another one has done with it since, or is stored again.

    What was delivered, given up or withdrawn meanwhile is not.
    """
    return (outbox.DELIVERED,) if fulfilled else _moved(memory, "fail") or memory


CALLS, TIMERS = CallMonitor(), TimerMonitor()
SHARED_TAG, TAG_PER_MESSAGE = OutboxMonitor(shared=True), OutboxMonitor(shared=False)
