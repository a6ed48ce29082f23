"""An implementation's adapter, whatever it is written like: methods may be there or not, and may be coroutines."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterable, Sequence
from typing import Any

from bgsync.driving import Operation
from bgsync.errors import BgsyncError
from bgsync.observing import RESOLVED, Observing, Seen, Started


class AdapterError(BgsyncError, TypeError):
    """An adapter that lacks a method, or gives what cannot be used."""


def fitting(implementation: Any, known: Sequence[Observing]) -> Observing:
    """Give the way of observing that an implementation has the methods for, else the first one."""
    there = (one for one in known if all(callable(getattr(implementation, name, None)) for name in one.methods()))
    return next(there, known[0])


class Adapter:
    """Calls the methods of an implementation. Raises AdapterError when one that every adapter has is not there."""

    def __init__(self, implementation: Any, observing: Observing) -> None:
        self.implementation, self.observing = implementation, observing
        self._runner: asyncio.Runner | None = None
        missing = [name for name in observing.methods() if not self.has(name)]
        if missing:
            kind = type(implementation).__name__
            raise AdapterError(f"{kind} has no method {missing[0]!r}: write one, see docs/fuzzing.md")

    def has(self, method: str) -> bool:
        """Whether there is such a method; one that is set to None is not."""
        return callable(getattr(self.implementation, method, None))

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method, and wait for it when it is a coroutine."""
        given = getattr(self.implementation, method)(*arguments)
        if inspect.isawaitable(given):
            if self._runner is None:
                self._runner = asyncio.Runner()
            return self._runner.run(_awaited(given))
        return given

    def reset(self) -> Seen:
        """Begin anew, and say what is seen."""
        self.call("reset")
        return self.seen("")

    def do(self, operation: Operation) -> Seen:
        """Do an operation, and say what was seen of it. Raises Unable, and what the implementation raises."""
        way = self.observing.way(operation)
        given = self.call(way.method, *((operation.tag,) if way.tagged else ()), *way.arguments)
        if way.text[0] != "call":
            return self.seen("")
        return self.seen(RESOLVED if given is None else str(given))

    def more(self, seen: Seen) -> Seen:
        """Give it more time, if it knows how, and say what was seen in all."""
        if self.has("wait"):
            self.call("wait")
        later = self.seen(seen.result)
        return later._replace(events=_sorted((*seen.events, *later.events)), got=(*seen.got, *later.got))

    def close(self) -> None:
        """Let go of it; whoever made it ends it."""
        if self._runner is not None:
            self._runner.close()

    def seen(self, result: str) -> Seen:
        """Say what is seen, beside how a call ended."""
        events = _sorted(map(_started, self.call("events") if self.has("events") else ()))
        got = tuple(map(str, self.call("received"))) if self.has("received") else ()
        listed = self.call("tags") if self.has("tags") else None
        tags = None if listed is None else tuple(sorted(map(str, listed)))
        return Seen(result, events, tags, str(self.call("trouble") or "") if self.has("trouble") else "", got)


async def _awaited(given: Any) -> Any:
    return await given


def _sorted(events: Iterable[Started]) -> tuple[Started, ...]:
    return tuple(sorted(events, key=lambda one: (one.tag, one.last or False)))


def _started(given: Any) -> Started:
    if isinstance(given, str):
        return Started(given)
    try:
        tag, last = given
    except (TypeError, ValueError):
        raise AdapterError(f"events gave {given!r}: give a list of pairs, the tag and its lastChance") from None
    return Started(str(tag), None if last is None else bool(last))
