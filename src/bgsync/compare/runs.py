"""Finds a real run that shows a trace, or that there is none: without forks, without counting, without bound on calls.

It shares nothing with the search for the trace but the labels: the system is built anew with the plain semantics, and
all runs that show the trace are followed at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bgsync.compare.observe import SETTLING, Observer, comes_in, observable
from bgsync.compare.traces import Bound
from bgsync.judge.fair_loop import Replayed
from bgsync.judge.replay import Replay
from bgsync.judge.trace import tell
from bgsync.judge.verdict import Trace
from bgsync.system.scenario import Scenario
from bgsync.system.step import State

AT_WILL = 1_000
"""So many calls in flight that a run never meets the bound."""


@dataclass
class _Place:
    """A state after so many labels of the trace, and how it was reached."""

    state: State | None
    shown: int
    before: "_Place | None" = None
    taken: Replayed | None = None


@dataclass(frozen=True)
class Run:
    """What was found of a trace: a run with the fewest actions that shows it, told in steps of the spec, if any does.

    Where none does, `instead` is what can be observed in place of the last label, but for what comes in from outside.
    """

    trace: Trace | None
    instead: tuple[str, ...] = ()


def run(scenario: Scenario, trace: Sequence[str], limit: int, told: frozenset[str] | None = None) -> Run:
    """Look for a run that shows `trace`. `told` is that of `Observer`.

    The bound on calls in flight is lifted. Raises Bound when more than `limit` states were met.
    """
    replay = Replay(observable(replace(scenario, bounds=replace(scenario.bounds, calls=AT_WILL))), seen=SETTLING)
    observer = Observer(replay.system, told)
    wanted, instead = tuple(trace), set[str]()
    queue = [_Place(replay.state, 0)]
    seen = {(replay.state, 0)}
    for place in queue:
        if place.state is None:
            continue
        for labels, step in observer.steps(place.state):
            shown = place.shown + len(labels)
            left = len(wanted) - place.shown
            if labels[:left] != wanted[place.shown : shown]:
                if labels[: left - 1] == wanted[place.shown : -1] and (left > 1 or not comes_in(step)):
                    instead.add(labels[left - 1])
                continue
            after = _Place(step.after, shown, place, Replayed(place.state, step))
            if shown >= len(wanted):
                replay.taken = _way(after)
                return Run(tell(replay))
            if step.after is None or (step.after, shown) in seen:
                continue
            seen.add((step.after, shown))
            if len(seen) > limit:
                raise Bound("states")
            queue.append(after)
    return Run(None, tuple(sorted(instead)))


def _way(place: _Place) -> list[Replayed]:
    way: list[Replayed] = []
    here: _Place | None = place
    while here is not None and here.taken is not None:
        way.append(here.taken)
        here = here.before
    return way[::-1]
