"""Fair suppositions: what is not followed does not stay the same for ever.

What is supposed of it again and again comes out either way again and again: strong fairness of each condition, for each
object by itself. Two readings say so. `growth`: time goes on, and a counter that is incremented again and again, while
it does not begin anew, passes every bound; so a comparison with them comes to one outcome in the end. With a counter it
never comes back to the other then; with the time it may, as what it is compared with may be set anew. `varying`: any
other condition in words that are not followed does not stay the same without end; the text does not say so, and what
rests on it is told to do so.

An outcome that was not possible where it was asked for is not missed. One that ends the run by a failed Assert is: then
no endless run is fair.
"""

from collections.abc import Hashable
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np

from bgsync.judge.whole import Watched
from bgsync.system.growth import TIME, whose
from bgsync.system.observation import CountBegins, Counted, Created, Supposed
from bgsync.tables.index import Mask, Numbers

GROWTH, VARYING = "growth", "varying"
READINGS = frozenset({GROWTH, VARYING})

Asked = tuple[int, str, Hashable]
"""What is supposed: the instruction, the condition, and the tag of the object that it speaks of."""


class Supposition(NamedTuple):
    """What a step supposes of what is not followed, and what is to come of it again and again."""

    asked: Asked
    value: bool
    wanted: bool
    place: int
    """Its place among the choices of the step."""
    reading: str
    counter: tuple[str, Hashable] | None
    """The counter that has to grow for it, and the tag of its object."""


class Unmet(NamedTuple):
    """What never comes although it was asked for again and again."""

    asked: Asked
    wanted: bool
    counter: tuple[str, Hashable] | None


class Suppositions:
    """The suppositions in a graph."""

    def __init__(self, watched: Watched) -> None:
        self.system, self.graph, self.tables = watched.system, watched.graph, watched.graph.tables
        self.of = cache(self._of)
        self.grown = cache(self._grown)
        self.begun = cache(self._begun)
        self.possible = cache(self._possible)
        self.made = cache(self._made)
        self.beginning = cache(self._beginning)
        self.readings = frozenset(one.reading for n in range(len(self.tables.successors)) for one in self.of(n))
        """The readings that matter to any step."""

    def _made(self, assumed: frozenset[str]) -> Mask:
        """Say by which successors something is supposed that counts by the readings that are `assumed`."""
        every = (self.of(number) for number in range(len(self.tables.successors)))
        return np.array([any(one.reading in assumed for one in some) for some in every], bool)

    def unmet(self, sources: Numbers, successors: Numbers, assumed: frozenset[str]) -> dict[Unmet, Mask]:
        """Give what is never met in an endless run of these steps, and which of them ask for it.

        What counts are the readings that are `assumed`.
        """
        if self.readings.isdisjoint(assumed):
            return {}
        used = np.unique(successors).tolist()
        met = {(one.asked, one.value) for successor in used for one in self.of(successor)}
        grown = frozenset[tuple[str, Hashable]]().union(*map(self.grown, used))
        begun = frozenset[Hashable]().union(*map(self.begun, used))
        found: dict[Unmet, Mask] = {}
        for successor in used:
            for one in self.of(successor):
                grows = one.counter is not None and one.counter in grown and one.counter[1] not in begun
                other = one.counter is not None and one.value != one.wanted
                missed = other if grows else one.counter is None and (one.asked, one.wanted) not in met
                if one.reading in assumed and missed:
                    asks = successors == successor
                    asks[asks] = self.possible(self._others(successor, one))[sources[asks]]
                    if asks.any():
                        unmet = Unmet(one.asked, one.wanted, one.counter)
                        found[unmet] = found.get(unmet, False) | asks
        return found

    def meets(self, successor: int, unmet: Unmet) -> bool:
        """Whether a step meets what is missed, or makes it not asked for."""
        if unmet.counter is not None:
            return unmet.counter[1] in self.begun(successor)
        return (unmet.asked, unmet.wanted) in {(one.asked, one.value) for one in self.of(successor)}

    def _of(self, successor: int) -> tuple[Supposition, ...]:
        step, found, place = self.tables.successors[successor].step, list[Supposition](), -1
        for ran in step.executed:
            for seen in ran.observations:
                if not isinstance(seen, Supposed):
                    continue
                place = step.action.choices.index((seen.choice, seen.value), place + 1)
                if not seen.varies and seen.comes is None:
                    continue
                tag = self._tag(successor, seen.slot)
                wanted = (not seen.value) if seen.comes is None else seen.comes
                timed = seen.comes is None or seen.grows == TIME
                counter = None if timed else (seen.grows, whose(seen.grows, tag))
                reading = VARYING if seen.varies else GROWTH
                asked = ran.pc, seen.choice, tag
                found.append(Supposition(asked, seen.value, wanted, place, reading, counter))
        return tuple(found)

    def _grown(self, successor: int) -> frozenset[tuple[str, Hashable]]:
        seen = self.tables.successors[successor].step.observations
        counted = ((one.counter, self._tag(successor, one.slot)) for one in seen if isinstance(one, Counted))
        return frozenset((counter, whose(counter, tag)) for counter, tag in counted)

    def _begun(self, successor: int) -> frozenset[Hashable]:
        """Give the tags of the objects that are made, and the variables that begin anew."""
        seen = self.tables.successors[successor].step.observations
        made = {self._tag(successor, one.slot) for one in seen if isinstance(one, Created)}
        return frozenset(made | {one.counter for one in seen if isinstance(one, CountBegins)})

    def _tag(self, successor: int, slot: int | None) -> Hashable:
        known = self.tables.successors[successor]
        states = [state.shared for state in (known.step.after, known.origin.state) if state is not None]
        return next((tag for shared in states if (tag := self.system.tag(shared, slot)) is not None), None)

    def _others(self, successor: int, one: Supposition) -> tuple[int, ...]:
        """Give the successors by which the same turn comes to the other outcome."""
        action = self.tables.successors[successor].step.action
        return self.beginning(action[:4], (*action.choices[: one.place], (one.asked[1], one.wanted)))

    def _beginning(self, turn: Hashable, choices: tuple[Hashable, ...]) -> tuple[int, ...]:
        """Give the successors of a turn whose choices begin with these."""
        successors = self.tables.successors
        return tuple(n for n in self.turns[turn] if successors[n].step.action.choices[: len(choices)] == choices)

    @cached_property
    def turns(self) -> dict[Hashable, list[int]]:
        """The successors of each turn."""
        found: dict[Hashable, list[int]] = {}
        for successor in self.tables.successors:
            found.setdefault(successor.step.action[:4], []).append(successor.index)
        return found

    def _possible(self, successors: tuple[int, ...]) -> Mask:
        """Say in which states one of some successors is possible."""
        graph, found = self.graph, np.zeros(len(self.graph), bool)
        sources = np.repeat(np.arange(len(graph)), np.diff(graph.starts))
        for origins, taken in ((sources, graph.successors), graph.ended):
            found[origins[np.isin(taken, successors)]] = True
        return found
