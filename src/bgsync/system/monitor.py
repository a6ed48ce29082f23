"""Monitors: what has to be remembered of a run to judge it, beside the state itself.

A monitor keeps a memory in the state and a note on the processes it cares about. `calls` remembers which tags are owed
an event: a call has resolved, and no event of its tag was dispatched since the call began. `timers` tells the timer of
the latest failure of a registration from older ones. `outbox shared` and `outbox per-message` follow one message of the
application in `model/outbox.py`; every other message is any other call.
"""

from typing import NamedTuple

from bgsync.system.state import Observation, Process, Value

PAGE, HANDLER = "a page", "a handler"
REGISTER = "register"
"""The method whose promise is a promise of an event; where a text has none of this name, each of its methods is."""

Memory = tuple[Value, ...]
Beginning = tuple[Memory, Value, str]
"""How a call can begin: the memory and the note for its process, and a word on it."""


class CallNote(NamedTuple):
    """On a call whose promise is pending: its tag, and whether an event of that tag was dispatched since it began."""

    tag: str
    served: bool


class Monitor:
    """Remembers nothing."""

    initial: Memory = ()
    outside: Value = None
    """The note on what begins for a reason outside of the model."""

    alike: bool = True
    """Whether it treats all tags alike."""

    def part(self, memory: Memory, tag: str | None) -> Memory:
        """Give what of a memory is about a tag, or about none; the parts of all are the whole."""
        return ()

    def begun(self, memory: Memory, tag: str, source: str) -> tuple[Beginning, ...]:
        """A call of register() begins: give every way to note it."""
        return ((memory, None, ""),)

    def other(self, memory: Memory, tag: str, source: str) -> tuple[Beginning, ...]:
        """A call of another method begins."""
        return self.begun(memory, tag, source)

    def observed(self, memory: Memory, note: Value, seen: Observation, tag: str | None) -> tuple[Memory, Value]:
        """An action of a process with `note` did something about an object with `tag`."""
        return memory, note

    def noticed(self, note: Value, seen: Observation, tag: str | None, waits: bool) -> Value:
        """Another process with `note` sees a dispatch, or a timer start; `waits`: it is a timer of the same object."""
        return note

    def forgotten(self, memory: Memory, process: Process) -> Memory:
        """A process goes out of sight with a registration that was removed."""
        return memory

    def interrupted(self, memory: Memory) -> Memory:
        """The worker was terminated, or the user agent restarted."""
        return memory


class CallMonitor(Monitor):
    """Remembers the tags that are owed an event. What another method removes is owed none any more."""

    WITHDRAWS = "may withdraw a registration"
    outside = WITHDRAWS

    def part(self, memory: Memory, tag: str | None) -> Memory:
        """A tag is owed its own events."""
        return tuple(owed for owed in memory if owed == tag)

    def begun(self, memory: Memory, tag: str, source: str) -> tuple[Beginning, ...]:
        """A call of register() begins."""
        return ((memory, CallNote(tag, False), ""),)

    def other(self, memory: Memory, tag: str, source: str) -> tuple[Beginning, ...]:
        """What another method removes is owed nothing."""
        return ((memory, self.WITHDRAWS, ""),)

    def observed(self, memory: Memory, note: Value, seen: Observation, tag: str | None) -> tuple[Memory, Value]:
        """A dispatch serves its tag; a call that resolves before one leaves its tag owed."""
        if seen.kind == "dispatched":
            memory = tuple(owed for owed in memory if owed != tag)
        elif seen.kind == "resolved" and isinstance(note, CallNote) and not note.served:
            memory = _with(memory, note.tag)
        elif seen.kind == "removed" and note == self.WITHDRAWS:
            memory = tuple(owed for owed in memory if owed != tag)
        return memory, None if seen.kind in ("resolved", "rejected") else note

    def noticed(self, note: Value, seen: Observation, tag: str | None, waits: bool) -> Value:
        """A dispatch serves every call of its tag that is under way."""
        mine = isinstance(note, CallNote) and note.tag == tag and seen.kind == "dispatched"
        return CallNote(tag, True) if mine and tag is not None else note

    def forgotten(self, memory: Memory, process: Process) -> Memory:
        """Its call will resolve out of sight, so what it is owed is owed from now on."""
        note = process.note
        return _with(memory, note.tag) if isinstance(note, CallNote) and not note.served else memory


class TimerMonitor(Monitor):
    """Marks the timers of an object that are older than its latest one."""

    OLD = "older"

    def observed(self, memory: Memory, note: Value, seen: Observation, tag: str | None) -> tuple[Memory, Value]:
        """A timer that has changed its object is done."""
        return memory, None if seen.kind in ("set", "dispatched") else note

    def noticed(self, note: Value, seen: Observation, tag: str | None, waits: bool) -> Value:
        """A new timer makes those of the same object older."""
        return self.OLD if waits and seen.kind == "waiting" else note


class OutboxMonitor(Monitor):
    """Follows one message through none, stored, sent, delivered; abandoned if refused, or if the last attempt fails.

    A handler takes what is stored when its event is dispatched. It delivers what it took exactly when it fulfils.
    """

    STORED, TOOK, FAILED = "stored the message", "took the message", "could not send the message"
    alike = False

    def part(self, memory: Memory, tag: str | None) -> Memory:
        """The message goes under the first tag."""
        return memory if tag == "t1" else ()

    def __init__(self, shared: bool) -> None:
        self.shared = shared
        self.initial = ("none",)

    def begun(self, memory: Memory, tag: str, source: str) -> tuple[Beginning, ...]:
        """A page stores the message and registers; with a shared tag any other call is for another message."""
        ours: tuple[Beginning, ...] = ()
        if memory == ("none",) and source == PAGE and tag == "t1":
            ours = ((("stored",), self.STORED, " with a stored message"),)
        other: tuple[Beginning, ...] = ((memory, None, ""),)
        return (*ours, *other) if self.shared or tag != "t1" else ours

    def other(self, memory: Memory, tag: str, source: str) -> tuple[Beginning, ...]:
        """The message does not take part in it."""
        return ((memory, None, ""),)

    def observed(self, memory: Memory, note: Value, seen: Observation, tag: str | None) -> tuple[Memory, Value]:
        """The message moves with its events."""
        if seen.kind == "dispatched" and tag == "t1" and memory in (("stored",), ("sent",)):
            return ("sent",), self.TOOK
        if seen.kind == "settled" and note == self.TOOK:
            fulfilled = seen.after == "fulfilled"
            return ("delivered" if fulfilled else "stored",), None if fulfilled else self.FAILED
        if seen.kind == "removed" and note == self.FAILED and memory == ("stored",):
            return ("abandoned",), None
        if note == self.STORED and seen.kind in ("resolved", "rejected"):
            refused = seen.kind == "rejected" and memory == ("stored",)
            return ("abandoned",) if refused else memory, None
        return memory, note

    def forgotten(self, memory: Memory, process: Process) -> Memory:
        """An event that goes out of sight with the message may always fail to send it."""
        return ("stored",) if process.note == self.TOOK and memory == ("sent",) else memory

    def interrupted(self, memory: Memory) -> Memory:
        """What was being sent is still in the outbox."""
        return ("stored",) if memory == ("sent",) else memory


def _with(memory: Memory, tag: str) -> Memory:
    return tuple(sorted({*memory, tag}, key=str))


MONITORS = ("none", "calls", "timers", "outbox shared", "outbox per-message")


def monitor_for(name: str) -> Monitor:
    """Make the monitor with this name. Raises ValueError."""
    match name:
        case "none":
            return Monitor()
        case "calls":
            return CallMonitor()
        case "timers":
            return TimerMonitor()
        case "outbox shared":
            return OutboxMonitor(shared=True)
        case "outbox per-message":
            return OutboxMonitor(shared=False)
        case _:
            raise ValueError(f"unknown monitor {name!r}: one of {', '.join(MONITORS)}")
