"""What a user writes to hold a real implementation, such as a browser, against the lifecycle."""

from typing import Protocol


class Unable(Exception):  # a signal, not an error
    """Raise it from an operation, before anything is done, when it cannot be brought about now: it is passed over.

    For instance from `settle`, by an implementation that has already told the handler that this is not the last
    chance. What is always passed over stays missing in the coverage of the run.
    """


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
