"""Races: one prefix, then two operations at once; accepted when some interleaving of them explains what was seen.

That is parallel testing. How the calls ended, which events began in all, and what is listed in the end must be what one
interleaving comes to; then what is known goes on as a set of states, and the rest of the run is judged by it. A race
depends on its timing, so each is repeated, and told with its rate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bgsync.driving import Operation
from bgsync.fuzz.adapter import Adapter
from bgsync.fuzz.belief import Belief
from bgsync.fuzz.finding import Course
from bgsync.observing import Observing, Oracle, Race, Seen

LOST = "lost"
"""How a call ended whose page has gone, so that nobody knows."""


@dataclass(frozen=True)
class Raced:
    """A race, how often it was run, and what was seen that no order explains, with how often."""

    race: Race
    times: int
    unexplained: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        count = sum(n for _, n in self.unexplained)
        lines = [f"{self.race}: not explained {count} of {self.times} times"]
        return "\n".join((*lines, *(f"  {n} times: {what}" for what, n in self.unexplained)))


def explained(belief: Belief, race: Race, seen: Seen) -> Belief:
    """Give what is known after both: no state is left where no interleaving of them explains what was seen."""
    states = set[Any]()
    for state in belief.states:
        allowed = list(belief.oracle.together(state, race.first, race.second))
        if LOST in seen.result:  # the page has gone: the call was made or not, and how it ended is not known
            allowed = [(one._replace(result=LOST), after) for one, after in allowed]
            alone = belief.oracle.outcomes(state, race.second)
            allowed += [(one.seen._replace(result=LOST), one.state) for one in alone]
        states |= {after for one, after in allowed if one.fits(seen)}
    return belief._replace(states=frozenset(states))


def raced(make: Callable[[], Any], observing: Observing, oracle: Oracle, race: Race, times: int) -> Raced:
    """Run a race so many times. Raises AdapterError, and what the implementation raises."""
    unexplained = Counter[str]()
    for _ in range(times):
        adapter = Adapter(make(), observing)
        try:
            if said := _once(adapter, observing, oracle, race):
                unexplained[said] += 1
        finally:
            adapter.close()
    return Raced(race, times, tuple(unexplained.most_common()))


def _once(adapter: Adapter, observing: Observing, oracle: Oracle, race: Race) -> str:
    """Run a race, and say what is not explained; "" where all is."""
    course = Course(adapter, oracle)
    finding = course.begin()
    for operation in race.before:
        finding = finding or course.do(operation)
    if finding is not None:
        return str(finding)
    ended = adapter.call("at_once", *(_call(observing, one) for one in (race.first, race.second)))
    results = sorted("resolved" if one is None else str(one) for one in ended)
    together = adapter.seen(", ".join(results))
    course.belief = explained(course.belief, race, together)
    if not course.belief.states:
        return str(together)
    for operation in race.after:
        if course.belief.possible(operation) and (finding := course.do(operation)):
            last = finding.taken[-1]
            return f"{together}; then {last.operation}: {last.seen}"
    return ""


def _call(observing: Observing, operation: Operation) -> tuple[Any, ...]:
    way = observing.way(operation)
    return (way.method, *((operation.tag,) if way.tagged else ()), *way.arguments)
