"""What a spec calls its things and those who take part: all that a report or a picture says which not every spec says.

The rooms that tell a run (`telling`, `report`, `draw`) take these words and know no spec.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple


class Signal(NamedTuple):
    """That a machine of the environment moves, as a message between two lanes."""

    source: str
    target: str
    by_state: bool = False
    """Whether, where there is little room, the state that it comes to says more than the trigger."""


def invocations() -> dict[str, str]:
    """Say what an invocation of any spec is, by its kind."""
    return {
        "environment": "the world outside",
        "user agent": "the user agent, following a rule of the text",
        "rule": "the user agent, following a rule of the text",
        "event": "the steps that follow an event once its handler has ended",
        "timer": "the steps that follow a wait",
        "firing": "steps that were started to run on their own, and may come to fire an event",
        "parallel steps": "other steps that were started to run on their own",
        "batch": "steps that stand in a queue",
        "waiting": "steps that wait for a condition",
        "chance": "steps that may or may not run",
    }


@dataclass(frozen=True)
class Words:
    """The words of one spec; those that are not given make sense for any."""

    noun: str = "object"
    """What one of its things is called."""
    duplicates: str = "objects with this tag"
    """What there are two of, where a list may have one only."""
    user: str = "user"
    """The lane of those who call from outside."""
    agent: str = "user agent"
    """The lane of what runs the text; it is always there."""
    worker: str = "worker"
    """The lane in which events are handled."""
    surroundings: tuple[str, ...] = ()
    """The lanes of machines of the environment, in their order."""
    server: str = "server"
    """The lane of those to whom a handler sends what was stored."""
    caller: str = "a user"
    """How a sentence names one who calls from outside."""
    handler: str = "a handler"
    """How a sentence names a handler that calls."""
    stores: str = ""
    """The remark on a call that stores something for the server, "" if there is no such call."""
    store: str = "the store"
    """What such a call stores it in, and a handler sends."""
    signals: Mapping[str, Signal] = field(default_factory=dict)
    """The machines of the environment whose moves are told by one lane to another; all else happens to the agent."""
    triggers: Mapping[str, str] = field(default_factory=dict)
    """Triggers of the environment that have a sentence of their own, without a full stop."""
    waits: str = "wait"
    """What a wait for time is called."""
    terms: tuple[tuple[str, str], ...] = ()
    """Words of the spec that a stranger does not know, each with what it means."""
    key: str = "tag"
    """What the value is called by which one of its things is known."""
    elsewhere: tuple[tuple[str, str], ...] = ()
    """Phrases about such a thing, each with what is said instead in a text that calls its things by another name."""
    invocations: Mapping[str, str] = field(default_factory=invocations)
    """What an invocation is, by its kind."""
    assumed: tuple[str, ...] = ()
    """What is taken for granted in every run, though a text need not say so."""

    def __post_init__(self) -> None:
        for machine, signal in self.signals.items():
            if unknown := {signal.source, signal.target} - set(self.lanes):
                raise ValueError(f"the {machine} is told by or to {min(unknown)!r}: one of {', '.join(self.lanes)}")

    def of(self, thing: str, key: str | None) -> "Words":
        """Give the words for a text that calls its things, and what they are known by, otherwise, if it does."""
        if not thing or thing.endswith(self.noun):
            return self
        key = key or self.key
        return replace(self, noun=thing, key=key, duplicates=f"{thing}s with this {key}", terms=())

    def retold(self, text: str, now: "Words") -> str:
        """Give a sentence that has these words in those of a text that has others."""
        if now.noun == self.noun:
            return text
        for phrase, plain in self.elsewhere:
            text = text.replace(phrase, plain)
        text = re.sub(rf"\b{re.escape(self.key)}(s?)\b", rf"{now.key}\1", text)
        article = now.a_noun.partition(" ")[0][1:]
        named = rf"(?<!{re.escape(self.worker)} )\b(?:([Aa])n? )?{re.escape(self.noun)}(s?)\b"
        return re.sub(named, lambda m: f"{f'{m[1]}{article} ' if m[1] else ''}{now.noun}{m[2]}", text)

    @property
    def a_noun(self) -> str:
        """What one of its things is called, with the article."""
        return f"a{'n' * (self.noun[0] in 'aeiou')} {self.noun}"

    @property
    def lanes(self) -> tuple[str, ...]:
        """All lanes, in the order in which a picture shows them."""
        return (self.user, self.agent, self.worker, *self.surroundings, self.server)
