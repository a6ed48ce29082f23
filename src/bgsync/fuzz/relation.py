"""Whether a Mealy machine does what a model allows: the pairs of their states that the same words lead to.

Where the model leaves nothing open, the pairs are a bisimulation unless one of them differs. Where it leaves something
open, the machine does one of several things that are allowed: a simulation.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bgsync.driving import Operation
from bgsync.fuzz.belief import Belief
from bgsync.fuzz.finding import NOTHING, RESET, Finding, Taken
from bgsync.observing import Oracle, Seen

PASSED = Seen(other="passed over")
"""What comes of an operation that makes no sense, or cannot be brought about."""
LIMIT = 50_000
"""Pairs that are looked at."""


@dataclass(frozen=True)
class Mealy:
    """A deterministic machine: of each state and operation, what is seen and the next state. State 0 is the first."""

    moves: tuple[Mapping[Operation, tuple[Seen, int]], ...]
    words: tuple[tuple[Operation, ...], ...]
    """A shortest word to each state."""


class Pair(NamedTuple):
    """States of both that a word leads to."""

    state: int
    belief: Belief
    taken: tuple[Taken, ...]

    @property
    def key(self) -> tuple[int, Hashable]:
        """What pairs have in common after which the same may happen."""
        return self.state, frozenset(map(self.belief.oracle.alike, self.belief.states))


class Difference(NamedTuple):
    """A word by which the two are told apart: its run, and the state before its last operation."""

    state: int
    finding: Finding


@dataclass(frozen=True)
class Relation:
    """How a machine relates to a model."""

    pairs: Mapping[tuple[int, Hashable], Pair]
    """The pairs that are alike, the shortest word first."""
    differences: tuple[Difference, ...]
    """The shortest first."""
    open: int
    """The moves of pairs at which the model allows several things."""
    complete: bool

    @property
    def proof(self) -> str:
        """What is shown; "" where there is a difference, or not all was looked at."""
        if self.differences or not self.complete:
            return ""
        return "simulation" if self.open else "bisimulation"


def related(mealy: Mealy, oracle: Oracle, limit: int = LIMIT) -> Relation:
    """Hold a machine against a model, breadth first; what makes no sense to the model is not compared."""
    begun = Pair(0, Belief.initial(oracle), (Taken(RESET, NOTHING, Belief.initial(oracle)),))
    pairs, differences, several = {begun.key: begun}, list[Difference](), 0
    todo = deque([begun])
    while todo and len(pairs) <= limit:
        state, belief, taken = todo.popleft()
        for operation, (seen, target) in mealy.moves[state].items():
            if seen == PASSED or not belief.possible(operation):
                continue
            ran = (*taken, Taken(operation, seen, belief))
            after, _ = belief.after(operation, seen)
            allowed = belief.allowed(operation)
            several += len(allowed) > 1
            if not after.states:
                differences.append(Difference(state, Finding(oracle.name, ran, allowed)))
                continue
            pair = Pair(target, after, ran)
            if pair.key not in pairs:
                pairs[pair.key] = pair
                todo.append(pair)
    return Relation(pairs, tuple(differences), several, not todo)
