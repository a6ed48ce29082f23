"""Monitors: what has to be remembered of a run to judge it, beside the state itself.

A monitor keeps a memory in the state and a note on the processes that it cares about. This one remembers nothing;
content brings those that its properties need, each a frozen dataclass derived from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from bgsync.system.observation import Observation
from bgsync.system.state import Process, Value

Memory = tuple[Value, ...]


class Note(NamedTuple):
    """What a monitor notes on a process: the key that it is about, if any, and what it says."""

    key: str | None
    says: Value = None


class Call(NamedTuple):
    """A call that begins: the key it is about, if any, whether a handler makes it, and whether it promises an event."""

    key: str | None
    by_handler: bool
    promises: bool
    method: str = ""


class Beginning(NamedTuple):
    """A way in which a call can begin: the memory, the note on its process, and a remark on it."""

    memory: Memory
    note: Value = None
    remark: str = ""


@dataclass(frozen=True)
class Monitor:
    """Remembers nothing. Monitors that are equal watch the same, so a derived one is a frozen dataclass, too."""

    initial: ClassVar[Memory] = ()
    outside: ClassVar[Value] = None
    """The note on what begins for a reason outside of the model."""
    alike: ClassVar[bool] = True
    """Whether it treats all keys alike."""

    @property
    def name(self) -> str:
        """Name it, for reports and options."""
        return "none"

    def told(self, memory: Memory) -> tuple[tuple[str, str], ...]:
        """Give what a memory says of things that are neither in the text nor in the world, each with its state."""
        return ()

    def part(self, memory: Memory, key: str | None) -> Memory:
        """Give what of a memory is about a key, or about none; the parts of all are the whole."""
        return ()

    def begun(self, memory: Memory, call: Call) -> tuple[Beginning, ...]:
        """A call begins: give every way to note it."""
        return (Beginning(memory),)

    def withdraws(self, note: Value) -> bool:
        """Whether an invocation with this note withdraws the objects that it removes.

        What is removed while any call would be refused is removed for a reason outside of the model.
        """
        return False

    def observed(self, memory: Memory, note: Value, seen: Observation, key: str | None) -> tuple[Memory, Value]:
        """An action of a process with `note` did something about an object with `key`."""
        return memory, note

    def noticed(self, note: Value, seen: Observation, key: str | None, waits: bool) -> Value:
        """Another process with `note` sees a dispatch, withdrawal or begun wait; `waits`: on the same object."""
        return note

    def forgotten(self, memory: Memory, process: Process, resolves: bool) -> Memory:
        """A process goes out of sight with an object that was removed; `resolves`: it may still resolve its promise."""
        return memory

    def apart(self, memory: Memory, key: str | None) -> Memory:
        """Give what is remembered where an object that was removed, with this key, is followed by itself."""
        return ()

    def interrupted(self, memory: Memory) -> Memory:
        """The environment has ended the handlers, or everything."""
        return memory


NOTHING = Monitor()
