"""What is remembered of a run to judge it: how far apart events are, and which tags are owed an event, or none.

Time has no length here. Remembered is whether it has been noted, and whether it has been found to have passed since:
between two events that are far enough apart both have happened. Why that is sound is in docs/semantics.md, "Time".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from bgsync.system.monitor import Beginning, Call, Memory, Monitor, Note
from bgsync.system.observation import (
    Created,
    Dispatched,
    Listed,
    Observation,
    OfObject,
    Removed,
    Resolved,
    Settled,
    StateSet,
    Supposed,
    Timed,
    WaitEnded,
    Withdrawn,
)
from bgsync.system.state import Value

from ..background_sync.monitors import WITHDRAWS, CallMonitor
from .registration import FIRING


class Since(NamedTuple):
    """What has happened since an interval was last found to be over."""

    event: str = ""
    """How the last event stands; "" where there was none."""
    noted: bool = False
    """Whether the time was noted."""


FIRED = "fired"
ENDED = "fired, and over"
FAILED = "failed"
WAITED = "failed, and a wait has ended since"
UNNOTED = "the interval was found to be over, though the time of the event had never been noted"
BROKEN = "an event came before the interval was over: what comes after it is not judged"
MATTERS = (Created, Removed, Dispatched, Settled, StateSet, WaitEnded, Timed, Supposed)
"""What an interval, or how its last event stands, can depend on."""
EARLY = (FIRED, ENDED)
"""How an event stands that no other one may follow."""
RETRIES = (FAILED, WAITED)
"""How an event stands that may be followed by its retry."""


@dataclass(frozen=True)
class IntervalMonitor(Monitor):
    """Remembers whether an interval is over since the last event: that of each tag, and, under no key, that of all.

    It is over where the time was noted since the event before, and a comparison has found after that that it has
    passed: a time of the object, or one of no object. What follows a rejected event is its retry, until its object is
    firing no more, or a time has passed.
    """

    @property
    def name(self) -> str:
        """Name it."""
        return "intervals"

    def part(self, memory: Memory, key: str | None) -> Memory:
        """A tag has its own interval; that of all is about none."""
        return tuple(each for each in memory if isinstance(each, Note) and each.key == key)

    def observed(self, memory: Memory, note: Value, seen: Observation, key: str | None) -> tuple[Memory, Value]:
        """An event, its end, a time that is noted, an interval that is found to be over."""
        if not isinstance(seen, MATTERS) or (isinstance(seen, Supposed) and not seen.passed):
            return memory, note
        of_one = isinstance(seen, OfObject) and seen.slot is not None
        timed = isinstance(seen, Timed | Supposed)
        if isinstance(seen, StateSet) and self.since(memory, key).event not in RETRIES:
            return memory, note
        for mine in dict.fromkeys((key, None)):
            if timed and of_one is not (mine is not None):
                continue
            before = self.since(memory, mine)
            now = _gone(before, seen) if mine is not None else _after(before, seen)
            if now != before:
                others = tuple(each for each in memory if not isinstance(each, Note) or each.key != mine)
                memory = tuple(sorted(others if now == Since() else (*others, Note(mine, now)), key=str))
        return memory, note

    def interrupted(self, memory: Memory) -> Memory:
        """Events that were under way have failed."""
        failed = (
            each._replace(says=Since(FAILED, bool(each.says[1])))
            if isinstance(each, Note) and isinstance(each.says, tuple) and each.says[0] == FIRED
            else each
            for each in memory
        )
        return tuple(sorted(failed, key=str))

    def apart(self, memory: Memory, key: str | None) -> Memory:
        """What was removed has no interval of its own any more."""
        return self.part(memory, None)

    @staticmethod
    def since(memory: Memory, key: str | None) -> Since:
        """Give what has happened since the interval of a tag, or of all, was last found to be over."""
        found = (each.says for each in memory if isinstance(each, Note) and each.key == key)
        return next((Since(str(says[0]), bool(says[1])) for says in found if isinstance(says, tuple)), Since())


def _gone(since: Since, seen: Observation) -> Since:
    """Forget the interval of an object that has come or gone."""
    return Since() if isinstance(seen, Created | Removed) else _after(since, seen)


def _after(since: Since, seen: Observation) -> Since:
    """Give what has happened once this has happened, too."""
    if since.event == BROKEN:
        return since
    match seen:
        case Dispatched(slot=slot) if slot is not None:
            return Since(BROKEN) if since.event in (*EARLY, UNNOTED) else since._replace(event=FIRED)
        case Settled(outcome=outcome) if since.event == FIRED:
            return since._replace(event=ENDED if outcome == "fulfilled" else FAILED)
        case WaitEnded() if since.event == FAILED:
            return since._replace(event=WAITED)
        case StateSet(after=after) if since.event in RETRIES and not str(after).endswith(FIRING):
            return since._replace(event=ENDED)
        case Timed():
            return Since(since.event if since.event in (FIRED, *RETRIES) else since.event and ENDED, noted=True)
        case Supposed(passed=True):
            return Since(UNNOTED) if since.event and not since.noted else Since()
        case _:
            return since


@dataclass(frozen=True)
class RegistrationMonitor(CallMonitor):
    """Remembers also which tags were unregistered: the call has resolved, and none of the tag was listed since.

    What is taken out of the list is owed no event, unless it is by a reaction to one: a page or the user wants it so.
    """

    METHOD: ClassVar[str] = "unregister"
    REMOVED: ClassVar[str] = "removed by unregister(), which has not resolved"
    SILENT: ClassVar[str] = "unregistered"

    @property
    def name(self) -> str:
        """Name it."""
        return "registrations"

    def part(self, memory: Memory, key: str | None) -> Memory:
        """A tag is owed its own events, or none."""
        return tuple(each for each in memory if key in (each, isinstance(each, Note) and each.key))

    def begun(self, memory: Memory, call: Call) -> tuple[Beginning, ...]:
        """A call of unregister() withdraws its tag."""
        begun = super().begun(memory, call)
        unregisters = call.method == self.METHOD
        return tuple(each._replace(note=Note(call.key, WITHDRAWS)) for each in begun) if unregisters else begun

    def observed(self, memory: Memory, note: Value, seen: Observation, key: str | None) -> tuple[Memory, Value]:
        """A tag is silent once its call has resolved, until it is registered again."""
        if isinstance(note, Note) and note.says == WITHDRAWS:
            memory, _ = super().observed(memory, WITHDRAWS, seen, key)
            if isinstance(seen, Withdrawn | Resolved):
                says = self.SILENT if isinstance(seen, Resolved) else self.REMOVED
                memory = tuple(sorted({*self._forgetting(memory, note.key), Note(note.key, says)}, key=str))
            return memory, note
        if isinstance(seen, Listed):
            memory = self._forgetting(memory, key)
        memory, note = super().observed(memory, note, seen, key)
        if isinstance(seen, Removed) and seen.outcome is None:
            memory = tuple(each for each in memory if each != key)
        return memory, note

    def noticed(self, note: Value, seen: Observation, key: str | None, waits: bool) -> Value:
        """A call of unregister() is none that is served."""
        return note if self.withdraws(note) else super().noticed(note, seen, key, waits)

    def apart(self, memory: Memory, key: str | None) -> Memory:
        """No event of what unregister() has removed may come once it has resolved, which it may do first."""
        known = {Note(key, self.REMOVED), Note(key, self.SILENT)} & {*memory}
        return (Note(key, self.SILENT),) if known else ()

    @staticmethod
    def _forgetting(memory: Memory, key: str | None) -> Memory:
        """Forget that a tag was unregistered."""
        return tuple(each for each in memory if not isinstance(each, Note) or each.key != key)

    def withdraws(self, note: Value) -> bool:
        """What another method removes is withdrawn."""
        return note == WITHDRAWS or (isinstance(note, Note) and note.says == WITHDRAWS)


REGISTRATIONS, INTERVALS = RegistrationMonitor(), IntervalMonitor()
