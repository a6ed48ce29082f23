"""A belief: the states that a model may be in, by all that was seen so far."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from bgsync.driving import Operation
from bgsync.observing import Oracle, Outcome, Seen


@lru_cache(maxsize=1 << 16)
def _outcomes(oracle: Oracle, state: Any, operation: Operation, early: bool) -> tuple[Outcome, ...]:
    """Give all that an operation may come to in a state: many examples come to the same."""
    return tuple(oracle.outcomes(state, operation, early))


class Belief(NamedTuple):
    """States of an oracle. None of them is left when what was seen cannot be."""

    oracle: Oracle
    states: frozenset[Any]

    @classmethod
    def initial(cls, oracle: Oracle) -> Belief:
        """Give what is known after `reset`."""
        return cls(oracle, frozenset([oracle.initial()]))

    def possible(self, operation: Operation) -> bool:
        """Whether an operation makes sense, whichever the state is."""
        return bool(self.states) and all(self.oracle.possible(state, operation) for state in self.states)

    def outcomes(self, operation: Operation, early: bool = False) -> list[Outcome]:
        """Give all that an operation may come to."""
        return [outcome for state in self.states for outcome in _outcomes(self.oracle, state, operation, early)]

    def after(self, operation: Operation, seen: Seen) -> tuple[Belief, frozenset[tuple[str, str]]]:
        """Give what is known after an operation, and the labels of what happened for certain.

        Delays are taken to last, unless nothing else explains what was seen: what can happen after one has ended can
        happen when it ends late, too.
        """
        fitting = [one for one in self.outcomes(operation) if one.silent or one.seen.fits(seen)]
        if not fitting:
            fitting = [one for one in self.outcomes(operation, early=True) if one.silent or one.seen.fits(seen)]
        labels = [frozenset(outcome.labels) for outcome in fitting]
        certain = frozenset.intersection(*labels) if labels else frozenset[tuple[str, str]]()
        return Belief(self.oracle, frozenset(outcome.state for outcome in fitting)), certain

    def allowed(self, operation: Operation) -> tuple[Outcome, ...]:
        """Give the different things that may be seen of an operation, as long as no delay ends meanwhile."""
        found = dict[Seen, Outcome]()
        for outcome in sorted(self.outcomes(operation), key=lambda one: (repr(one.seen), one.why)):
            found.setdefault(outcome.seen, outcome)
        return tuple(found.values())
