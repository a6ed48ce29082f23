"""What is to be explored, and what that gave: scenarios, each with the properties that are judged in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from bgsync.judge.property import Property, ids
from bgsync.judge.verdict import Explored, Verdict
from bgsync.product.resources import NOTHING_ELSE, Resources
from bgsync.system.scenario import Scenario
from bgsync.system.system import System

LIMIT = 10_000_000
"""How many states are explored one by one, where the question does not say; a product has no such limit."""

REDUCTIONS = frozenset({"symmetry", "bisimulation"})
"""What makes the product of several tags smaller, and changes no verdict."""


class Cache(Protocol):
    """Where what explorations gave is kept between runs."""

    def find(self, exploration: Exploration) -> Result | None:
        """Give what it gave before, None where that is not known."""

    def keep(self, exploration: Exploration, result: Result) -> None:
        """Keep what it gave."""


@dataclass(frozen=True)
class Walks:
    """How to walk at random: how often, how far, and which walks: the same seed gives the same."""

    many: int
    steps: int = 200
    seed: int = 0


@dataclass(frozen=True)
class Effort:
    """How a question is answered, and how much may be looked at for it."""

    limit: int | None = None
    """How many states of each exploration are looked at."""
    processes: int = 1
    """How many explorations run at once."""
    resources: Resources = NOTHING_ELSE
    reductions: frozenset[str] = REDUCTIONS
    walks: Walks | None = None
    """Random walks, instead of looking at every state."""
    cache: Cache | None = None


@dataclass(frozen=True)
class Exploration:
    """What is to be explored: a scenario, the properties judged in it, and how many states are looked at."""

    scenario: Scenario
    properties: tuple[Property, ...]
    effort: Effort
    limit: int | None
    settled: frozenset[str] = frozenset()
    """The ids that need no verdict any more."""

    def left(self) -> Exploration:
        """Give it with those properties only that have an id which is not settled."""
        if not self.settled:
            return self
        system = System(self.scenario)
        kept = (prop for prop in self.properties if not self.settled.issuperset(ids(prop, system)))
        return replace(self, properties=tuple(kept))


@dataclass(frozen=True)
class Result:
    """What an exploration gave."""

    verdicts: tuple[Verdict, ...]
    explored: tuple[Explored, ...]
    ran: frozenset[int]
    """The instructions that some behaviour reached."""
    interrupted: bool
    spent: bool = False
    """Whether time or memory ended it: more of it would say more."""
