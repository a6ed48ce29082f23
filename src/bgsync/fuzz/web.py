"""Tests for the Web's own suite: shortest runs that a page and a worker can bring about, with what may be seen of each.

Together they take every transition of the model that such runs lead to, where states are one from which the same can be
seen. A run follows one of the things that are allowed; a user agent that does another one of them cannot take it, and
the test says that its precondition fails. No run has a last chance, which no page can have a user agent choose.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from bgsync.driving import Operation
from bgsync.explore.partition import quotient
from bgsync.fuzz.belief import Belief
from bgsync.fuzz.steer import Label
from bgsync.observing import Observing, Oracle, Seen

LIMIT = 3000
"""Beliefs that are looked at for ways."""
FILE = """<!DOCTYPE html>
<meta charset="utf-8">
<title>{title}</title>
{links}<script src="/resources/testharness.js"></script>
<script src="/resources/testharnessreport.js"></script>
<script src="resources/steps.js"></script>
<script>
"use strict";

{tests}
</script>
"""


class WebStep(NamedTuple):
    """An operation, what may be seen of it, and what is seen where the run goes on."""

    operation: Operation
    allowed: tuple[Seen, ...]
    seen: Seen


@dataclass(frozen=True)
class WebTest:
    """A run to a transition: the last operation. It takes these labels for certain."""

    steps: tuple[WebStep, ...]
    takes: frozenset[Label]
    why: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called: the steps of the text that its last operation is about, and its operations."""
        said = ", ".join(str(step.operation) for step in self.steps)
        return f"{', '.join(self.why)}: {said}" if self.why else said

    @property
    def algorithm(self) -> str:
        """What its last operation is about first."""
        return self.why[0].rpartition(" ")[0] if self.why else self.steps[-1].operation.name


@dataclass(frozen=True)
class Suite:
    """Tests, and what they leave out, each with why."""

    tests: tuple[WebTest, ...]
    left_out: Mapping[Label, str]


def suite(observing: Observing, oracle: Oracle, tags: Sequence[str]) -> Suite:
    """Make the tests. Raises ValueError where nothing is known of what a page and a worker can do."""
    if observing.web is None:
        raise ValueError("it is not known which operations a page and a worker can do by themselves")
    everything = observing.operations(tags, lambda _: True)
    able = [one for one in everything if one.name in observing.web.operations]
    by_page = {way.name for way in observing.ways if way.text[0] == "call" and len(way.text) == 2}
    tests = _transitions(oracle, able, observing.web.leaves, by_page)
    taken = {label for test in tests for label in test.takes}
    labels = [(kind, name) for kind, names in oracle.expected.items() for name in names]
    missing = [label for label in labels if label not in taken]
    chosen = _ways(oracle, able, set(missing))
    hooked = _ways(oracle, everything, set(missing) - set(chosen))
    left_out = dict[Label, str]()
    for label in missing:
        if label in chosen:
            left_out[label] = "the user agent chooses, and no page can have it choose so"
        elif label in hooked:
            needs = dict.fromkeys(one.name for one in hooked[label] if one not in able)
            left_out[label] = f"it needs a hook: {', '.join(needs)}"
        else:
            left_out[label] = "no short run leads there for certain"
    return Suite(tuple(sorted(tests, key=lambda test: (test.algorithm, len(test.steps), test.name))), left_out)


def _transitions(
    oracle: Oracle, operations: Sequence[Operation], leaves: Sequence[str], by_page: Set[str]
) -> list[WebTest]:
    """Give a shortest run for each transition between classes of bisimilar beliefs, but for those on the way of one.

    Where the model says nothing of what is seen there is no test.
    """
    begun = Belief.initial(oracle)
    beliefs, runs = [begun], [WebTest((), frozenset(), ())]
    places: dict[Hashable, int] = {_key(begun): 0}
    numbers: dict[object, int] = {}
    edges: list[dict[int, tuple[int, WebTest]]] = []
    for place, belief in enumerate(beliefs):
        edges.append({})
        for operation in (one for one in operations if belief.possible(one)):
            allowed = belief.allowed(operation)
            if any(outcome.silent for outcome in allowed):
                continue
            left = any(step.operation.name in leaves for step in runs[place].steps)
            if left and operation.name not in by_page:
                continue
            unseen = left or operation.name in leaves
            untold = tuple(dict.fromkeys(_untold(one.seen, unseen) for one in allowed))
            for outcome in allowed:
                if any(event.last for event in outcome.seen.events):
                    continue
                after, certain = belief.after(operation, outcome.seen)
                step = WebStep(operation, untold, outcome.seen._replace(tags=None) if unseen else outcome.seen)
                run = WebTest((*runs[place].steps, step), runs[place].takes | certain, outcome.why)
                if _key(after) not in places:
                    if len(beliefs) == LIMIT:
                        raise ValueError(f"there are more than {LIMIT} beliefs: fewer tags may do")
                    places[_key(after)] = len(beliefs)
                    beliefs.append(after)
                    runs.append(run)
                number = numbers.setdefault((operation, untold, outcome.seen), len(numbers) + 1)
                edges[place][number] = places[_key(after)], run
    block = quotient([{(number, to) for number, (to, _) in out.items()} for out in edges]).block
    found = dict[tuple[int, int], WebTest]()
    for place, out in enumerate(edges):
        for number, (_, run) in out.items():
            found.setdefault((int(block[place]), number), run)
    prefixes = {run.steps[:n] for run in found.values() for n in range(len(run.steps))}
    return [run for run in found.values() if run.steps not in prefixes]


def _ways(oracle: Oracle, operations: Sequence[Operation], wanted: set[Label]) -> dict[Label, tuple[Operation, ...]]:
    """Give a shortest run to each label that is wanted, where there is one that takes it for certain."""
    found, begun = dict[Label, tuple[Operation, ...]](), Belief.initial(oracle)
    met, todo = {_key(begun)}, deque[tuple[Belief, tuple[Operation, ...]]]([(begun, ())])
    while todo and len(met) < LIMIT and wanted - found.keys():
        belief, run = todo.popleft()
        for operation in (one for one in operations if belief.possible(one)):
            for outcome in belief.allowed(operation):
                after, certain = belief.after(operation, outcome.seen)
                for label in certain & wanted - found.keys():
                    found[label] = (*run, operation)
                if _key(after) not in met:
                    met.add(_key(after))
                    todo.append((after, (*run, operation)))
    return found


def _key(belief: Belief) -> Hashable:
    return frozenset(map(belief.oracle.alike, belief.states))


def _untold(seen: Seen, unlisted: bool) -> Seen:
    """Give what is seen, whatever handlers are told of the last chance, without what is listed where that is open."""
    events = tuple(event._replace(last=None) for event in seen.events)
    return seen._replace(events=events, tags=None if unlisted else seen.tags)


def files(made: Suite, observing: Observing, title: str, addresses: Mapping[str, str]) -> dict[str, str]:
    """Give the files of a suite by their paths: a page for each algorithm, and what they share."""
    assert observing.web is not None
    written = {f"resources/{name}": text for name, text in observing.web.resources().items()}
    for algorithm in dict.fromkeys(test.algorithm for test in made.tests):
        tests = [test for test in made.tests if test.algorithm == algorithm]
        address = addresses.get(algorithm, "")
        path = re.sub(r"[^a-z0-9]+", "-", algorithm.lower()).strip("-")
        written[f"{path}.https.html"] = FILE.format(
            title=escape(f"{title}: {algorithm}"),
            links=f'<link rel="help" href="{escape(address)}">\n' if address else "",
            tests="\n\n".join(map(_script, tests)),
        )
    return written


def _script(test: WebTest) -> str:
    lines = [f"steps_test({_quoted(test.name)}, ["]
    for step in test.steps:
        said: dict[str, object] = {"do": step.operation.name}
        said |= {} if step.operation.tag is None else {"tag": step.operation.tag}
        said["allowed"] = [_seen(one) for one in step.allowed]
        said["then"] = _seen(step.seen) | {"last": [event.last for event in step.seen.events]}
        lines.append(f"  {_quoted(said)},")
    return "\n".join((*lines, "]);"))


def _seen(seen: Seen) -> dict[str, object]:
    return {"result": seen.result, "events": [event.tag for event in seen.events], "tags": seen.tags}


def _quoted(said: object) -> str:
    return json.dumps(said).replace("<", "\\u003c")
