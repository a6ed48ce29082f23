"""Who sends what to whom in a run, worked out once; each picture words the messages itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bgsync.judge import facts as f
from bgsync.judge.verdict import TraceStep
from bgsync.words import Words


@dataclass(frozen=True)
class Sent:
    """A handler sends to the server what was stored for it."""


@dataclass(frozen=True)
class Answered:
    """The server has what was sent exactly when the handler's promise is fulfilled."""

    outcome: str


Content = f.CallBegins | f.EnvironmentMoved | f.EventDispatched | f.EventSettled | f.PromiseSettled | Sent | Answered
"""What a message says."""


class Message(NamedTuple):
    """A message from one lane to another."""

    source: str
    target: str
    content: Content


class Lanes:
    """The lanes of a run: who made each call, and whether a server takes part."""

    def __init__(self, steps: Iterable[TraceStep], words: Words) -> None:
        self.words = words
        begun = [(step.actor, step.label) for step in steps if isinstance(step.label, f.CallBegins)]
        self.callers = {actor: self._caller(call) for actor, call in begun}
        """The lane of who made each call."""
        self.delivers = any(call.remark == words.stores for _, call in begun if call.remark)
        """Whether something was stored for the server."""

    def messages(self, step: TraceStep) -> tuple[Message, ...]:
        """Give the messages of a step, in their order."""
        words, label = self.words, step.label
        if isinstance(label, f.CallBegins):
            return (Message(self._caller(label), words.agent, label),)
        if isinstance(label, f.EnvironmentMoved):
            signal = words.signals.get(label.machine)
            return () if signal is None else (Message(signal.source, signal.target, label),)
        return tuple(message for change in step.changes for message in self._of(step, change))

    def _of(self, step: TraceStep, change: f.Change) -> Iterator[Message]:
        words = self.words
        match change:
            case f.EventDispatched():
                yield Message(words.agent, words.worker, change)
                if self.delivers:
                    yield Message(words.worker, words.server, Sent())
            case f.EventSettled(_, outcome):
                if self.delivers:
                    yield Message(words.server, words.worker, Answered(outcome))
                yield Message(words.worker, words.agent, change)
            case f.PromiseSettled():
                yield Message(words.agent, self.callers.get(step.actor, words.user), change)

    def _caller(self, call: f.CallBegins) -> str:
        return self.words.worker if call.caller is f.Caller.HANDLER else self.words.user
