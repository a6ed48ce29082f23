"""Fair suppositions: what is not followed does not stay the same for ever.

What is supposed of it again and again comes out either way again and again: strong fairness of each condition, for each
object by itself. Two readings say so. `growth`: time goes on, and a counter that is incremented again and again, while
no new object begins anew, passes every bound; so a comparison with them comes to one outcome in the end, and need not
come back to the other. `varying`: any other condition in words that are not followed does not stay the same without
end; the text does not say so, and what rests on it is told to do so.

An outcome that was not possible where it was asked for is not missed. One that ends the run by a failed Assert is: then
no endless run is fair.
"""

from collections.abc import Collection, Hashable, Iterable
from functools import cache
from typing import NamedTuple

from bgsync.judge.whole import Watched
from bgsync.system.growth import TIME
from bgsync.system.observation import Counted, Created, Supposed
from bgsync.system.step import Action, Step

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
        self.ending = cache(self._ending)
        self.readings = frozenset(one.reading for n in range(len(self.tables.successors)) for one in self.of(n))
        """The readings that matter to any step."""

    def unmet(self, taken: Collection[tuple[int, int]], assumed: frozenset[str]) -> dict[Unmet, list[tuple[int, int]]]:
        """Give what is never met in an endless run of these steps, each a source and a successor, and who asks for it.

        What counts are the readings that are `assumed`.
        """
        if self.readings.isdisjoint(assumed):
            return {}
        successors = {successor for _, successor in taken}
        met = {(one.asked, one.value) for successor in successors for one in self.of(successor)}
        grown = frozenset[tuple[str, Hashable]]().union(*map(self.grown, successors))
        begun = frozenset[Hashable]().union(*map(self.begun, successors))
        asking: dict[int, list[Supposition]] = {}
        for successor in successors:
            for one in self.of(successor):
                grows = one.counter is None or (one.counter in grown and one.counter[1] not in begun)
                if one.reading in assumed and grows and (one.asked, one.wanted) not in met:
                    asking.setdefault(successor, []).append(one)
        found: dict[Unmet, list[tuple[int, int]]] = {}
        for source, successor in taken:
            for one in asking.get(successor, ()):
                if self._possible(source, self.tables.successors[successor].step, one):
                    found.setdefault(Unmet(one.asked, one.wanted, one.counter), []).append((source, successor))
        return found

    def meets(self, successor: int, unmet: Unmet) -> bool:
        """Whether a step meets what is missed, or makes it not asked for."""
        given = (unmet.asked, unmet.wanted) in {(one.asked, one.value) for one in self.of(successor)}
        return given or (unmet.counter is not None and unmet.counter[1] in self.begun(successor))

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
                counter = None if seen.comes is None or seen.grows == TIME else (seen.grows, tag)
                reading = VARYING if seen.varies else GROWTH
                asked = ran.pc, seen.choice, tag
                found.append(Supposition(asked, seen.value, wanted, place, reading, counter))
        return tuple(found)

    def _grown(self, successor: int) -> frozenset[tuple[str, Hashable]]:
        seen = self.tables.successors[successor].step.observations
        return frozenset((one.counter, self._tag(successor, one.slot)) for one in seen if isinstance(one, Counted))

    def _begun(self, successor: int) -> frozenset[Hashable]:
        seen = self.tables.successors[successor].step.observations
        return frozenset(self._tag(successor, one.slot) for one in seen if isinstance(one, Created))

    def _tag(self, successor: int, slot: int | None) -> Hashable:
        known = self.tables.successors[successor]
        states = [state.shared for state in (known.step.after, known.origin.state) if state is not None]
        return next((tag for shared in states if (tag := self.system.tag(shared, slot)) is not None), None)

    def _possible(self, source: int, step: Step, one: Supposition) -> bool:
        """Whether the same turn could have come to the other outcome."""
        other = (*step.action.choices[: one.place], (one.asked[1], one.wanted))

        def is_other(action: Action) -> bool:
            return action[:4] == step.action[:4] and action.choices[: len(other)] == other

        return any(map(is_other, self._actions(source))) or any(map(is_other, self.ending(source)))

    def _ending(self, source: int) -> tuple[Action, ...]:
        """Give the actions that end the run."""
        return tuple(step.action for step in self.system.steps(self.graph.state(source)) if step.after is None)

    def _actions(self, source: int) -> Iterable[Action]:
        return (self.tables.successors[self.graph.successors[t]].step.action for t in self.graph.out(source))
