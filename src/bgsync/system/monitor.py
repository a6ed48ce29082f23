"""Monitors: what has to be remembered of a run to judge it, beside the state itself.

A monitor keeps a value in the state and a note on the processes it cares about. `calls` remembers which tags are owed
an event: a call that has resolved while no event of its tag was dispatched since the call began. `outbox` follows one
message of the application of `model/outbox.py` through a shared tag, `outbox per message` through a tag of its own.
"""

from typing import NamedTuple

from bgsync.system.state import Observation, Process, Value

MONITORS = ("none", "calls", "outbox", "outbox per message")

Memory = tuple[Value, ...]


class CallNote(NamedTuple):
    """On a call whose promise is pending: its tag, and whether an event of that tag was dispatched since it began."""

    tag: str
    served: bool


class Monitor:
    """Remembers nothing."""

    initial: Memory = ()

    def begun(self, memory: Memory, tag: str) -> tuple[Memory, Value]:
        """A call begins: give the memory and the note for its process."""
        return memory, None

    def observed(
        self, memory: Memory, note: Value, observation: Observation, tag: str | None
    ) -> tuple[Memory, Value]:
        """An action of a process with `note` did something about an object with `tag`."""
        return memory, note

    def noticed(self, note: Value, observation: Observation, tag: str | None) -> Value:
        """Another process with `note` sees it happen."""
        return note

    def forgotten(self, memory: Memory, process: Process) -> Memory:
        """A process goes out of sight with a registration that was removed."""
        return memory


class CallMonitor(Monitor):
    """Remembers the tags that are owed an event."""

    def begun(self, memory: Memory, tag: str) -> tuple[Memory, Value]:
        """The call is noted."""
        return memory, CallNote(tag, False)

    def observed(self, memory: Memory, note: Value, observation: Observation, tag: str | None) -> tuple[Memory, Value]:
        """A dispatch serves its tag; a call that resolves before one leaves its tag owed."""
        if observation.kind == "dispatched":
            memory = tuple(owed for owed in memory if owed != tag)
        elif observation.kind == "resolved" and isinstance(note, CallNote) and not note.served:
            memory = tuple(sorted({*memory, note.tag}, key=str))
        if observation.kind in ("resolved", "rejected"):
            note = None
        return memory, note

    def noticed(self, note: Value, observation: Observation, tag: str | None) -> Value:
        """A dispatch serves every call of its tag that is under way."""
        if observation.kind == "dispatched" and isinstance(note, CallNote) and note.tag == tag:
            return CallNote(note.tag, True)
        return note

    def forgotten(self, memory: Memory, process: Process) -> Memory:
        """Its call will resolve out of sight, so what it is owed is owed from now on."""
        if isinstance(process.note, CallNote) and not process.note.served:
            return tuple(sorted({*memory, process.note.tag}, key=str))
        return memory
