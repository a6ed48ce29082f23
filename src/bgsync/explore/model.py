"""The one trait that everything explorable implements: initial states, actions, next state.

After the `Model` trait of the model checker Stateright. Systems of algorithms, the composed lifecycle, two-phase
commit in the tests and any `transitions.Machine` a user brings are all explored through it.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)
A = TypeVar("A", bound=Hashable)


class Model(ABC, Generic[S, A]):
    """A transition system. States and actions are immutable and hashable; the order of results is deterministic."""

    @abstractmethod
    def initial_states(self) -> Iterable[S]:
        """Give the states in which a run may start."""

    @abstractmethod
    def actions(self, state: S) -> Iterable[A]:
        """Give the actions that may be taken in `state`."""

    @abstractmethod
    def next_state(self, state: S, action: A) -> S | None:
        """Give the state after `action`, or None when the action is refused or ends the run."""

    def successors(self, state: S) -> Iterable[tuple[A, S]]:
        """Give every (action, next state); a model that finds both at once overrides this."""
        for action in self.actions(state):
            target = self.next_state(state, action)
            if target is not None:
                yield action, target
