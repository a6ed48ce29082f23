"""How an implementation is driven in lockstep with a small world: the operations of a content, and what they do.

A content that has operations can be fuzzed against its lifecycle (`bgsync.fuzz`). Nothing here needs Hypothesis.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from bgsync.explore.model import Model

if TYPE_CHECKING:
    from bgsync.machines.table import Row


class Unable(Exception):  # a signal, not an error
    """Raise it from an operation, before anything is done, when it cannot be brought about now: it is passed over.

    For instance to settle an event as the last chance, by an implementation that has already told the handler that it
    is not. What is always passed over stays missing in the coverage of the run.
    """


class Operation(NamedTuple):
    """An operation on an implementation; one that is about all keys has none."""

    name: str
    tag: str | None = None

    def __str__(self) -> str:
        return self.name if self.tag is None else f"{self.name} {self.tag}"


class Driven(Protocol):
    """What any implementation has. Each method returns when its effects have come to rest."""

    def reset(self) -> None:
        """Begin anew, as the world does."""

    def state(self, tag: str) -> str:
        """Say in which state of the lifecycle the object of a key is now."""
        ...


class SmallWorld(Model[Any, str]):
    """A world in which each operation happens in one go, for the object of one key."""

    @abstractmethod
    def step(self, state: Any, action: str) -> tuple[Any, tuple[Row, ...]]:
        """Give the state after `action`, and the rows of machines that it takes, in order. Raises ValueError."""
        ...


@dataclass(frozen=True)
class Operations:
    """All that a lockstep with an implementation has to know of a content."""

    world: SmallWorld
    observed: Callable[[Any], str]
    """Gives the state of the object that the implementation has to be in, too."""
    own: tuple[tuple[str, str], ...]
    """The operations on the object of a key, each with a state of the object in which it makes sense."""
    shared: tuple[str, ...]
    """The operations that are about all keys."""
    states: tuple[str, ...]
    """The states of an object, to be visited."""
    rows: tuple[Row, ...]
    """The rows of machines, to be taken."""
    apply: Callable[[Any, Operation], None]
    """Does an operation on an implementation. Raises ValueError for one that is not known, and Unable."""
    reference: Callable[[Sequence[str]], Driven]
    """Makes the content's own spec into an implementation, for these keys."""
