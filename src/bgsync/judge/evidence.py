"""What the safety properties saw in a system, however it was searched: whole, as a product, or by random walks."""

from collections.abc import Mapping
from typing import Protocol

from bgsync.system.step import Step
from bgsync.system.system import System


class Broken(Protocol):
    """How a property is broken."""

    @property
    def message(self) -> str:
        """Say it."""


class Evidence(Protocol):
    """What was found; ids include their part."""

    @property
    def system(self) -> System:
        """Where it was found."""

    @property
    def states(self) -> int:
        """Count the states."""

    @property
    def transitions(self) -> int:
        """Count the transitions."""

    @property
    def complete(self) -> bool:
        """Whether everything there is was seen."""

    @property
    def met(self) -> set[str]:
        """The ids whose premise was met."""

    @property
    def breaches(self) -> Mapping[str, Broken]:
        """What breaks a property, by its id."""

    @property
    def ran(self) -> set[int]:
        """The instructions that ran."""

    @property
    def pools(self) -> set[str]:
        """The bounds that a run met, beyond which nothing is known."""

    def path(self, name: str) -> list[Step]:
        """Give the steps of a shortest run that ends with the breach of a property."""


def unconfirmed(seen: str, why: object) -> str:
    """Say that a run was found whose replay failed, so that nothing is concluded, and what a reader can do."""
    told = f"{seen}, it seems; but when the run was taken again, step by step, it was not confirmed ({why})"
    return f"{told}: bgsync is wrong here, not the text; please report this line and the text"
