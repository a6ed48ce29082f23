"""What must hold of the list of any text."""

from collections.abc import Iterator

from bgsync.judge.lifecycle import withdraws
from bgsync.judge.property import Safety, Seen, View
from bgsync.system.observation import NotListed, Observation, Removed


def _removes_listed(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    missing = isinstance(seen, NotListed) and not withdraws(view.system, pc)
    yield Seen("what is removed from the list is not in it" if missing else None)


REMOVES_LISTED = Safety(
    "removes-listed",
    "A step that removes an object from the list finds it there, unless a page has withdrawn it, or does so now.",
    "What is not there was removed by somebody else: two invocations take themselves to be the last to need it.",
    "the steps of the text that remove something from its list; Infra, remove",
    (Removed, NotListed),
    _removes_listed,
    broken="Something is removed that is no longer in the list.",
)
