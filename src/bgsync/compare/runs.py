"""Finds a real run that shows a trace, or that there is none: without forks, without counting, without bound on calls.

It shares nothing with the search for the trace but the labels: the system is built anew with the plain semantics, and
all runs that show the trace are followed at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bgsync.compare.observe import SETTLING, Observer, observable
from bgsync.compare.traces import Bound
from bgsync.judge.replay import Replay, Replayed
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


def run(scenario: Scenario, trace: Sequence[str], limit: int) -> Trace | None:
    """Give a run with the fewest actions that shows `trace`, told in steps of the spec; None when there is none.

    The bound on calls in flight is lifted. Raises Bound when more than `limit` states were met.
    """
    replay = Replay(observable(replace(scenario, bounds=replace(scenario.bounds, calls=AT_WILL))), seen=SETTLING)
    observer = Observer(replay.system)
    wanted = tuple(trace)
    queue = [_Place(replay.state, 0)]
    seen = {(replay.state, 0)}
    for place in queue:
        if place.state is None:
            continue
        for labels, step in observer.steps(place.state):
            shown = place.shown + len(labels)
            if labels[: len(wanted) - place.shown] != wanted[place.shown : shown]:
                continue
            after = _Place(step.after, shown, place, Replayed(place.state, step))
            if shown >= len(wanted):
                replay.taken = _way(after)
                return tell(replay)
            if step.after is None or (step.after, shown) in seen:
                continue
            seen.add((step.after, shown))
            if len(seen) > limit:
                raise Bound("states")
            queue.append(after)
    return None


def _way(place: _Place) -> list[Replayed]:
    way: list[Replayed] = []
    here: _Place | None = place
    while here is not None and here.taken is not None:
        way.append(here.taken)
        here = here.before
    return way[::-1]
