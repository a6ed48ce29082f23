"""A log of what a page, a worker or a browser did, explained by the text, or not.

A log is lines of JSON, in the order in which things happened:

    {"do": "register", "tag": "t1", "result": null}   an operation that was done, and how its call ended
    {"event": "t1", "lastChance": false}              an event that a handler got
    {"tags": ["t1"]}                                  what getTags gave
    {"rest": true}                                    nothing was going on any more: what was due has happened

Between two lines the user agent may have done anything that is not seen; so nothing is taken to have happened, or not
to have happened, but what is in the log, until it says that all had come to rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bgsync.driving import Operation
from bgsync.errors import BgsyncError
from bgsync.fuzz.text import At, TextOracle
from bgsync.observing import RESOLVED, Started


class LogError(BgsyncError, ValueError):
    """A log that cannot be read."""


@dataclass(frozen=True)
class Verdict:
    """Whether a log is explained; if not, the line that is not, and what would have been allowed."""

    lines: int
    line: int = 0
    said: str = ""
    allowed: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.line:
            return f"explained: all {self.lines} lines"
        instead = "; or ".join(self.allowed) or "nothing that a log could say"
        return f"line {self.line} is not explained: {self.said}\n  allowed: {instead}"


def validate(oracle: TextOracle, lines: Iterable[str]) -> Verdict:
    """Explain a log by the text. Raises LogError for what is no log."""
    states, count = frozenset([oracle.initial()]), 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        count += 1
        entry, reached = _entry(oracle, number, line), _reached(oracle, states)
        after = frozenset(at for said, at in _possible(oracle, reached, entry) if _fits(entry, said))
        if not after:
            instead = {_told(said) for said, _ in _possible(oracle, reached, entry)}
            return Verdict(count, number, line.strip(), tuple(sorted(instead)))
        states = after
    return Verdict(count)


def _entry(oracle: TextOracle, number: int, line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
        if "do" in entry:
            oracle.observing.way(Operation(str(entry["do"]), entry.get("tag")))
        elif not entry.keys() & {"event", "tags", "rest"}:
            raise ValueError("it has none of do, event, tags, rest")
        tags = {entry.get("tag"), entry.get("event"), *entry.get("tags", ())} - {None}
        if unknown := sorted(tags - set(oracle.keys)):
            raise ValueError(f"unknown tag {unknown[0]!r}")
    except (ValueError, TypeError, AttributeError) as error:
        raise LogError(f"line {number}: this is no line of a log ({error}): see docs/fuzzing.md") from None
    return dict(entry)


def tags_of(lines: Iterable[str]) -> list[str]:
    """Give the tags that a log speaks of."""
    found = dict[str, None]()
    for line in lines:
        with suppress(ValueError, AttributeError, TypeError):
            entry = json.loads(line)
            found |= dict.fromkeys([one for one in (entry.get("tag"), entry.get("event")) if isinstance(one, str)])
    return list(found) or ["t1"]


def _reached(oracle: TextOracle, states: frozenset[At]) -> list[At]:
    """Give every state that the user agent may have come to since without anything that a log would say."""
    todo, met = list(states), dict.fromkeys(states)
    while todo:
        at = todo.pop()
        if at.state is None:
            continue
        must, may = oracle.agent(at.state)
        for step in must + may:
            for events, after in oracle.done(at, step):
                if not events and after not in met:
                    met[after] = None
                    todo.append(after)
    return list(met)


def _possible(oracle: TextOracle, reached: Iterable[At], entry: dict[str, Any]) -> Iterator[tuple[Any, At]]:
    """Give what a line of this kind might say, each with the state after it. The end of the text fits all."""
    for at in reached:
        if at.state is None:
            yield None, at
        elif "do" in entry:
            operation = Operation(str(entry["do"]), entry.get("tag"))
            yield from ((f"{operation}: {result or 'done'}", after) for result, after in oracle.begun(at, operation))
        elif "tags" in entry:
            yield oracle.listed(at), at
        else:
            must, may = oracle.agent(at.state)
            if "rest" in entry and not must:
                yield "rest", at
            for step in must + may:
                yield from ((event, after) for events, after in oracle.done(at, step) for event in events)


def _fits(entry: dict[str, Any], said: Any) -> bool:
    if said is None:
        return True
    if "do" in entry:
        given = entry.get("result")
        return "result" not in entry or str(said).endswith(f": {RESOLVED if given is None else given}")
    if "tags" in entry:
        return bool(said == tuple(sorted(map(str, entry["tags"]))))
    if "rest" in entry:
        return bool(said == "rest")
    return isinstance(said, Started) and said.fits(Started(str(entry["event"]), entry.get("lastChance")))


def _told(said: Any) -> str:
    return "tags: " + (", ".join(said) or "none") if type(said) is tuple else str(said)
