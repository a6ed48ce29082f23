"""missing-task: what script can see is touched by steps that run in parallel, and no task is queued for it.

Steps run in parallel where a head, a step or an assertion says so, and on a parallel queue; from there they lead into
the algorithms that they call; a method is for script to call, and what the members of an event are is asked where it is
made. A task of an event loop, an event and a reaction to a promise lead back to where script runs. Of a block that is
not understood nothing is known, nor of what comes after a sentence that speaks of a task and is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bgsync.judge.structure.finding import Finding, Known, place, step
from bgsync.judge.structure.walking import ASYNCHRONOUS, Body, parts, queued
from bgsync.language import Algorithm, Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.readback import say_value

_FIRES = re.compile(r"^(?:fir|dispatch)(?:e|ing|es)? (?!.*\bfunctional\b).*\bevent\b")
_SETTINGS = re.compile(r"\b(?:incumbent|entry|current) (?:settings object|global object|realm)\b")
"""What there is only while script runs (HTML, realms, settings objects, and global objects)."""
_TASK = re.compile(r"\b(?:micro)?tasks?\b")
_PARALLEL = re.compile(r"^(?!.*\bnot\b).*\bin parallel\b")


@dataclass(frozen=True)
class _Way:
    """How steps come to run in parallel, and the block whose steps do."""

    words: str
    block: s.Origin | str


@dataclass
class _Found:
    """What a block does that needs a task, and where."""

    way: _Way
    places: list[tuple[s.Statement, str]] = field(default_factory=list)


def tasks(spec: Spec, known: Known) -> Iterator[Finding]:
    """Find what script can see that is settled, fired, made or asked for in parallel."""
    return _Tasks(spec, known).findings()


class _Tasks:
    def __init__(self, spec: Spec, known: Known) -> None:
        self.spec, self.known = spec, known
        self.algorithms = {each.name: each for each in spec.algorithms}
        self.found: dict[tuple[s.Origin | str, str], _Found] = {}
        self.seen: set[tuple[s.Origin, str]] = set()
        self.tasks: set[tuple[str, tuple[int, ...]]] = set()
        """The steps that speak of a task and enqueue nothing: they may have been misread."""
        self.called: dict[str, _Way] = {}
        """The algorithms that steps which run in parallel call, and the first way that leads there."""

    def findings(self) -> Iterator[Finding]:
        for part in parts(self.spec):
            told = traversal.walk(part.steps)
            enqueue = {place(each) for each in told if isinstance(each, s.Enqueue)}
            spoken = {place(each) for each in told if _TASK.search(place(each).sentence.lower())} - enqueue
            self.tasks |= {(origin.algorithm, origin.path) for origin in spoken if origin.path}
            self.body(queued(part.steps), _way_of(part))
        followed: set[str] = set()
        while left := [name for name in self.called if name not in followed]:
            followed |= {*left}
            for name in left:
                algorithm = self.algorithms.get(name)
                if algorithm is not None and _way_of(algorithm) is None:
                    self.body(algorithm.steps, self.called[name])
        for found in self.found.values():
            first, what = found.places[0]
            others = dict.fromkeys(step(each) for each, _ in found.places[1:] if place(each) != place(first))
            also = f" (so do {', '.join(each.removeprefix('step ') for each in others)})" if others else ""
            yield Finding(
                "missing-task", f"{what} without queuing a task{also}, though {found.way.words}", place(first)
            )

    def body(self, body: Body, way: _Way | None) -> None:
        """Follow a list of steps; `way` is how they come to run in parallel, None where they do not."""
        events = {place(each) for each in body if isinstance(each, s.FireEvent)}
        for statement in body:
            if way is not None and place(statement) not in events:
                self.statement(statement, way)
            self.body(traversal.body_of(statement), _inside(statement, way))
            if isinstance(statement, s.Assert) and _PARALLEL.search(place(statement).sentence.lower()):
                way = way or _Way(f"{step(statement)} asserts that the steps run in parallel", place(statement))
            if isinstance(statement, s.NotUnderstood) and _TASK.search(place(statement).sentence.lower()):
                way = None

    def statement(self, statement: s.Statement, way: _Way) -> None:
        """Note what a statement that runs in parallel does itself."""
        here = place(statement)
        if isinstance(statement, s.Call) and statement.algorithm not in self.spec.methods:
            led = f"{way.words}, and {step(statement)} of {here.algorithm} calls {statement.algorithm!r}"
            self.called.setdefault(statement.algorithm, _Way(led, statement.algorithm))
        kind, what = self.touches(statement)
        perhaps = any((here.algorithm, here.path[:size]) in self.tasks for size in range(1, len(here.path) + 1))
        if kind and not perhaps and (here, kind) not in self.seen:
            self.seen.add((here, kind))
            self.found.setdefault((way.block, kind), _Found(way)).places.append((statement, what))

    def touches(self, statement: s.Statement) -> tuple[str, str]:
        """Give which kind of thing that script can see a statement touches, and how; nothing for most."""
        match statement:
            case s.Resolve(promise=promise):
                return "promise", f"resolves {say_value(promise)}"
            case s.Reject(promise=promise):
                return "promise", f"rejects {say_value(promise)}"
            case s.Perform(name=name) if _FIRES.search(name.lower()):
                return "event", "fires an event"
            case s.Dispatch(event=event) if event is not None:
                return "event", "dispatches an event"
        for expression in traversal.expressions(statement):
            for part in e.parts(expression):
                if isinstance(part, e.Input) and (asked := _SETTINGS.search(part.text)):
                    return "settings", f"asks for the {asked[0]}"
                if isinstance(part, e.New) and part.type.lower() in {*self.known.interfaces, "promise"}:
                    return "object", f"makes a new {part.type}"
        return "", ""


def _way_of(part: object) -> _Way | None:
    """Give how the steps of an algorithm come to run in parallel by its head."""
    if not isinstance(part, Algorithm):
        return None
    if part.parallel:
        return _Way(f"the head of {part.name} has its steps run in parallel", part.name)
    only = part.steps[0] if queued(part.steps) is not part.steps else None
    return _on_queue(only, f"the head of {part.name} has its steps") if isinstance(only, s.Enqueue) else None


def _on_queue(statement: s.Enqueue, whose: str) -> _Way | None:
    if statement.task:
        return None
    return _Way(f"{whose} run on the {_name(statement.queue)}", place(statement))


def _name(queue: e.Expr) -> str:
    return queue.name if isinstance(queue, e.Associated) else say_value(queue)


def _inside(statement: s.Statement, way: _Way | None) -> _Way | None:
    """Give how the steps inside a statement come to run in parallel."""
    match statement:
        case s.InParallel():
            return _Way(f"{step(statement)} has its steps run in parallel", place(statement))
        case s.Enqueue():
            return _on_queue(statement, f"{step(statement)} has its steps")
        case s.NotUnderstood():
            return None
        case _:
            return None if isinstance(statement, ASYNCHRONOUS) else way
