"""Campaigns beside each other, each with an implementation of its own: most of a run is waiting for a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any

from bgsync.fuzz.campaign import INTERRUPTED, Campaign, Plan, Result, of_kinds
from bgsync.observing import Observing, Oracle

APART = 1000
"""How far the seeds of campaigns beside each other lie apart: each takes one a round."""


def campaigns(
    made: Sequence[Any], observing: Observing, oracle: Callable[[], Oracle], tags: Sequence[str], plan: Plan
) -> Result:
    """Drive several implementations that are alike at once, and give what all campaigns found; same plan, same runs.

    Raises AdapterError, and what an implementation raises in `reset`, once all have ended.
    """
    with _begun(made, observing, oracle, tags, plan) as (first, *others), ThreadPoolExecutor(len(made)) as pool:
        running = [pool.submit(_run, one) for one in others]
        result = _run(first)
        if result.ended == INTERRUPTED:
            first.over.set()
        return _joined([result, *(one.result() for one in running)])


def _run(one: Campaign) -> Result:
    """Run a campaign; what it raises ends the others."""
    try:
        return one.run()
    except BaseException:
        one.over.set()
        raise


@contextmanager
def _begun(
    made: Sequence[Any], observing: Observing, oracle: Callable[[], Oracle], tags: Sequence[str], plan: Plan
) -> Iterator[list[Campaign]]:
    """Share the examples among campaigns, which are closed afterwards."""
    over, begun = Event(), list[Campaign]()
    try:
        for number, each in enumerate(made):
            examples = None if plan.examples is None else len(range(number, plan.examples, len(made)))
            own = replace(plan, examples=examples, seed=plan.seed + APART * number)
            begun.append(Campaign(lambda each=each: each, observing, oracle(), tags, own, over))  # type: ignore[misc]
        yield begun
    finally:
        for one in begun:
            one.close()


def _joined(results: Sequence[Result]) -> Result:
    """Join what campaigns came to: of findings of one kind the shortest is told."""
    first, coverage = results[0], results[0].coverage.fresh()
    for one in results:
        coverage.merge(one.coverage)
    found = sorted((each for one in results for each in one.findings), key=lambda each: len(each.taken))
    kinds = {each.kind: each for each in reversed(found)}
    return replace(
        first,
        findings=of_kinds([each for each in found if kinds[each.kind] is each]),
        coverage=coverage,
        steps=sum(one.steps for one in results),
        examples=sum(one.examples for one in results),
        seconds=max(one.seconds for one in results),
        unreachable=frozenset().union(*(one.unreachable for one in results)),
    )
