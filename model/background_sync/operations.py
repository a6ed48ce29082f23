"""How an implementation of one-off background sync is driven against its lifecycle."""

from typing import Protocol

from bgsync.driving import Operation, Operations

from .interpreted import Interpreted
from .lifecycle import ABSENT, OPERATIONS, Lifecycle


class Implementation(Protocol):
    """An implementation of one-off background sync. Each method returns when its effects have come to rest.

    An operation is only asked for when it makes sense: `settle` while an event of the tag is under way, `elapse` while
    its registration waits, `go_online` while offline.
    """

    def reset(self) -> None:
        """Begin anew: nothing is registered, the network is offline, a page is open and its worker active."""

    def go_online(self) -> None:
        """Bring the network up."""

    def go_offline(self) -> None:
        """Take the network down."""

    def register(self, tag: str) -> None:
        """Call register() with a tag from a page, and wait until its promise has settled."""

    def settle(self, tag: str, fulfilled: bool, last_chance: bool) -> None:
        """Settle the event of a tag that is under way: fulfilled, or rejected with this value of lastChance."""

    def elapse(self, tag: str) -> None:
        """Let the time until the retry of a tag pass."""

    def state(self, tag: str) -> str:
        """Say in which state of the lifecycle the registration of a tag is now, "absent" when there is none."""
        ...


def apply(implementation: Implementation, operation: Operation) -> None:
    """Do an operation of the lifecycle world on an implementation. Raises ValueError for one that is not known."""
    match operation:
        case Operation("go online", None):
            implementation.go_online()
        case Operation("go offline", None):
            implementation.go_offline()
        case Operation("register", str(tag)):
            implementation.register(tag)
        case Operation("fulfil" | "reject" | "give up" as name, str(tag)):
            implementation.settle(tag, name == "fulfil", name == "give up")
        case Operation("elapse", str(tag)):
            implementation.elapse(tag)
        case _:
            raise ValueError(f"unknown operation {str(operation)!r}: give it a method of the adapter")


def operations() -> Operations:
    """Give the operations of the lifecycle world."""
    world = Lifecycle()
    return Operations(
        world,
        lambda state: state.registration,
        tuple((operation, state) for operation, state, _, _ in OPERATIONS),
        tuple(row.trigger for row in world.network.rows),
        (ABSENT, *world.registrations.states),
        (*world.registrations.rows, *world.network.rows),
        apply,
        Interpreted,
    )
