"""What judges implementations of periodic sync: a table of states, moved by operations that can be seen.

The steps of the text are no judge: it has a loop that nothing leaves, so that nothing comes to rest once time has
passed. Its states are: `Meant` is what it means by them. What Chromium does is a table of its own (`chromium.py`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from bgsync.driving import Operation
from bgsync.judge.lifecycle import Lifecycle
from bgsync.observing import RESOLVED, Oracle, Outcome, Seen, Started

from .periodic import SPEC
from .registration import FIRING, LIFECYCLE, PENDING, REREGISTERED

ABSENT = "absent"
RETRY = "retry"
"""What a failed event comes to that is tried again after a delay: it is in its state still."""


class Tag(NamedTuple):
    """The state of what is registered with a tag, whether its event is under way, and whether its time has come."""

    state: str = ABSENT
    running: bool = False
    due: bool = False


class At(NamedTuple):
    """The state of all tags, and of what is around them."""

    tags: tuple[Tag, ...]
    online: bool = True
    page: bool = True
    granted: bool = True
    worker: bool = True
    over: bool = False
    """Whether nothing more is said."""


class _Way(NamedTuple):
    """One way in which things go on: the state, the rows that were taken, and the events that began."""

    at: At
    taken: tuple[tuple[str, str, str], ...] = ()
    events: tuple[Started, ...] = ()


class Judge(Oracle):
    """The table of a lifecycle, for some tags. A subclass says where it leaves something open."""

    prompt = False
    """Whether what is due begins at once, and what was registered again is due as soon as its event has ended."""

    def __init__(self, tags: Sequence[str], lifecycle: Lifecycle, steps: bool) -> None:
        self.tags, self.lifecycle = tuple(tags), lifecycle
        self.next = {(trigger, source): dest for trigger, source, dest, _ in lifecycle.rows}
        self._why = {row[:3]: row[3] if steps else said(*row[:3]) for row in lifecycle.rows}
        self.expected: Mapping[str, Sequence[str]] = {
            "state": (ABSENT, *lifecycle.states),
            "row": tuple(said(*row[:3]) for row in lifecycle.rows),
        }

    @abstractmethod
    def refused(self, at: At) -> str:
        """Give the error that a call of register() comes to, or that it is resolved."""

    @abstractmethod
    def ends(self, tag: Tag, fulfilled: bool) -> tuple[str, ...]:
        """Give what an event may come to that ends: triggers of rows, or that it is tried again."""

    def initial(self) -> At:
        """Give the state after `reset`."""
        return At((Tag(),) * len(self.tags))

    def possible(self, state: At, operation: Operation) -> bool:
        """Whether an operation makes sense."""
        match operation:
            case _ if state.over:
                return False
            case Operation("register"):
                return state.page
            case Operation("withdraw"):
                return state.page and state.worker
            case Operation("register from the worker"):
                return state.worker and any(tag.running for tag in state.tags)
            case Operation("fulfil" | "reject", str(tag)):
                return state.tags[self.tags.index(tag)].running
            case Operation("go online" | "go offline" as name):
                return state.worker and state.online == (name == "go offline")
            case Operation("close the page" | "open a page" as name):
                return state.page == (name == "close the page")
            case Operation("revoke" | "grant" as name):
                return state.granted == (name == "revoke")
            case Operation("elapse"):
                return any(tag.state != ABSENT and not tag.running for tag in state.tags)
            case Operation("unregister"):
                return state.worker and state.page
            case _:
                return state.worker

    def outcomes(self, state: At, operation: Operation, early: bool = False) -> Iterator[Outcome]:
        """Give what an operation may come to."""
        result, ways = "", [_Way(state)]
        match operation:
            case Operation("register" | "register from the worker", str(tag)):
                result = self.refused(state)
                ways = [self._registered(ways[0], self.tags.index(tag))] if result == RESOLVED else ways
            case Operation("withdraw", str(tag)):
                result, ways = RESOLVED, [self._moved(ways[0], self.tags.index(tag), "unregister")]
            case Operation("fulfil" | "reject" as name, str(tag)):
                ways = self._ended(ways[0], self.tags.index(tag), name == "fulfil")
            case Operation("terminate"):
                for place in [n for n, tag in enumerate(state.tags) if tag.running]:
                    ways = [after for way in ways for after in self._ended(way, place, False)]
            case Operation("elapse"):
                ways = [_Way(self._all_due(state))]
            case Operation("unregister"):
                for place in range(len(self.tags)):
                    ways = [self._moved(way, place, "unregister") for way in ways]
                ways = [way._replace(at=way.at._replace(worker=False)) for way in ways]
            case Operation("revoke" | "grant" as name):
                ways = [self.permitted(_Way(state._replace(granted=name == "grant")))]
            case Operation("go online" | "go offline" as name):
                ways = [_Way(state._replace(online=name == "go online"))]
            case Operation("close the page" | "open a page" as name):
                ways = [_Way(state._replace(page=name == "open a page"))]
        for way in ways:
            before = self.early(way.at) if early else way.at
            for fired in self._fired(way._replace(at=before), must=self.prompt or operation.name == "elapse"):
                yield self._outcome(fired, result, self.silent(operation))

    def early(self, at: At) -> At:
        """Give the state in which what may come at any time is due."""
        return at

    def silent(self, operation: Operation) -> bool:
        """Whether nothing is said of what an operation comes to."""
        return False

    def permitted(self, way: _Way) -> _Way:
        """Go on after the permission was revoked, or granted."""
        return way

    # --- how

    def _outcome(self, way: _Way, result: str, silent: bool) -> Outcome:
        states = {ABSENT, *(state for _, *ends in way.taken for state in ends)}
        labels = [("row", said(*one)) for one in way.taken] + [("state", name) for name in sorted(states)]
        listed = tuple(sorted(self.tags[n] for n, tag in enumerate(way.at.tags) if tag.state != ABSENT))
        seen = Seen(result, tuple(sorted(way.events)), listed)
        why = tuple(dict.fromkeys(self._why[one] for one in way.taken))
        return Outcome(seen, way.at._replace(over=silent), tuple(labels), why, silent)

    def _moved(self, way: _Way, place: int, trigger: str) -> _Way:
        """Take a row, where there is one; an event that is under way goes on."""
        tag = way.at.tags[place]
        if (dest := self.next.get((trigger, tag.state))) is None:
            return way
        final = dest in (*self.lifecycle.final, self.lifecycle.withdrawn)
        after = Tag(ABSENT if final else dest, tag.running, tag.due and not final)
        return way._replace(at=_with(way.at, place, after), taken=(*way.taken, (trigger, tag.state, dest)))

    def _registered(self, way: _Way, place: int) -> _Way:
        tag = way.at.tags[place]
        if tag.state == ABSENT:
            return way._replace(at=_with(way.at, place, tag._replace(state=PENDING)))
        return self._moved(way, place, "register")

    def _ended(self, way: _Way, place: int, fulfilled: bool) -> list[_Way]:
        tag = way.at.tags[place]
        due = self.prompt and tag.state == REREGISTERED
        over = way._replace(at=_with(way.at, place, tag._replace(running=False, due=due)))
        if tag.state == ABSENT:
            return [over]
        return [over if end == RETRY else self._moved(over, place, end) for end in self.ends(tag, fulfilled)]

    def _all_due(self, at: At) -> At:
        looked = at.online or not self.prompt  # what was overdue when nobody looked is looked at the next time
        return at._replace(tags=tuple(t._replace(due=looked and t.state != ABSENT and not t.running) for t in at.tags))

    def _fired(self, way: _Way, must: bool) -> Iterator[_Way]:
        """Let events begin: all that are due once time has passed, else any of them."""
        due = [n for n, tag in enumerate(way.at.tags) if tag.due and way.at.online]
        for chosen in [due] if must else [_some(due, choice) for choice in product((False, True), repeat=len(due))]:
            now = way
            for place in chosen:
                now = self._moved(now, place, "fire") if now.at.tags[place].state == PENDING else now
                tag = now.at.tags[place]._replace(running=True, due=False)
                now = now._replace(at=_with(now.at, place, tag), events=(*now.events, Started(self.tags[place])))
            yield now


class Meant(Judge):
    """The states that the text declares, and what it means by them, as judge of what is seen."""

    name = "what the text means by its states"

    def __init__(self, tags: Sequence[str]) -> None:
        super().__init__(tags, LIFECYCLE, steps=True)

    def refused(self, at: At) -> str:
        """Give the error of a call, in the order of the text."""
        if not at.worker:
            return "InvalidStateError"
        if not at.granted:
            return "NotAllowedError"
        return RESOLVED if at.page else "InvalidAccessError"

    def ends(self, tag: Tag, fulfilled: bool) -> tuple[str, ...]:
        """Let a rejected event be tried again, or not: how often is left to the user agent."""
        if fulfilled or tag.state == REREGISTERED:
            return ("fulfil" if fulfilled else "reject",)
        return "give_up", RETRY

    def permitted(self, way: _Way) -> _Way:
        """Remove what was registered, where the permission is revoked."""
        for place in range(len(self.tags)) if not way.at.granted else ():
            way = self._moved(way, place, "revoke")
        return way

    def early(self, at: At) -> At:
        """Let another attempt come, whose delay is of the user agent's choosing; a registration has an interval."""
        tried = (FIRING, REREGISTERED)
        return at._replace(tags=tuple(t._replace(due=t.due or (t.state in tried and not t.running)) for t in at.tags))

    def silent(self, operation: Operation) -> bool:
        """Say nothing of what is left of a service worker that is unregistered."""
        return operation.name == "unregister"

    def place(self, label: str) -> str:
        """Say where a step stands, which a row comes from."""
        origins = (statement.origin for statement in SPEC.statements())
        found = {f"{o.algorithm} {o.step}".lower(): f"{o.file}:{o.line}" for o in origins if o and o.line}
        return found.get(label.lower(), "")


def said(trigger: str, source: str, dest: str) -> str:
    """Name a row."""
    return f"{trigger}: {source} -> {dest}"


def _with(at: At, place: int, tag: Tag) -> At:
    return at._replace(tags=(*at.tags[:place], tag, *at.tags[place + 1 :]))


def _some(places: Sequence[int], chosen: Sequence[bool]) -> list[int]:
    return [place for place, one in zip(places, chosen, strict=True) if one]
