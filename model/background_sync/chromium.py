"""What Chromium implements of one-off background sync, as a machine: observed in the browser, not read off the text.

It differs from the lifecycle of the text in four things. Registering during a back-off changes nothing, while the text
has the registration fire at once. A worker that is stopped counts as a failed attempt. A browser that is killed forgets
that an event was under way, and starts it again without counting it. What is unregistered is gone at once.

The machine is that of one tag. `Observed` puts one for each tag into a world: the network, the page, the permission and
the worker, and the number of attempts, which decides what a handler is told and when Chromium gives up.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bgsync.driving import Operation
from bgsync.judge.lifecycle import Lifecycle
from bgsync.observing import RESOLVED, Oracle, Outcome, Seen, Started

from .registration import COLOURS, FAILED, FIRING, PENDING, REREGISTERED, STATES, SUCCESS, WAITING

if TYPE_CHECKING:
    from transitions import Machine

ABSENT = "absent"
WITHDRAWN = "withdrawn"
ATTEMPTS = 3
"""How many times Chromium tries, by default."""

ROWS = (
    # trigger, source, destination, what the browser's own log calls it
    ("fire", PENDING, FIRING, "Dispatched sync event"),
    ("register", PENDING, PENDING, ""),
    ("register", WAITING, WAITING, ""),
    ("register", FIRING, REREGISTERED, ""),
    ("register", REREGISTERED, REREGISTERED, ""),
    ("fulfil", FIRING, SUCCESS, "Sync completed"),
    ("fulfil", REREGISTERED, PENDING, "Sync event reregistered"),
    ("reject", FIRING, WAITING, "sync event failed"),
    ("reject", REREGISTERED, PENDING, "Sync event reregistered"),
    ("give_up", FIRING, FAILED, "Sync completed"),
    ("stop", FIRING, WAITING, "sync event failed"),
    ("stop", REREGISTERED, PENDING, "Sync event reregistered"),
    ("elapse", WAITING, PENDING, ""),
    ("restart", FIRING, PENDING, ""),
    ("restart", REREGISTERED, PENDING, ""),
    ("unregister", PENDING, WITHDRAWN, ""),
    ("unregister", WAITING, WITHDRAWN, ""),
    ("unregister", FIRING, WITHDRAWN, ""),
    ("unregister", REREGISTERED, WITHDRAWN, ""),
)
CHROMIUM = Lifecycle(
    "sync registration in Chromium",
    (*STATES, WITHDRAWN),
    PENDING,
    ROWS,
    SUCCESS,
    FAILED,
    {**COLOURS, WITHDRAWN: "grey"},
)
NEXT = {(trigger, source): dest for trigger, source, dest, _ in ROWS}
FINAL = (SUCCESS, FAILED, WITHDRAWN)


def machine(model: object | None = None) -> "Machine":
    """Make a registration of Chromium's that is pending; `model` is the object that gets the state."""
    return CHROMIUM.machine(model)


class Tag(NamedTuple):
    """The state of what is registered with a tag, and how many attempts have failed."""

    state: str = ABSENT
    failed: int = 0


class At(NamedTuple):
    """The state of all tags, and of what is around them."""

    tags: tuple[Tag, ...]
    online: bool = True
    page: bool = True
    granted: bool = True
    worker: bool = True
    orphans: frozenset[int] = frozenset()
    """The tags whose event goes on after its worker was unregistered."""


class Observed(Oracle):
    """The machine of Chromium, for some tags, as judge of what is seen."""

    name = "the machine of what Chromium implements"

    def __init__(self, tags: Sequence[str]) -> None:
        self.tags = tuple(tags)
        self.expected = {
            "state": (ABSENT, *CHROMIUM.states),
            "row": tuple(row(trigger, source, dest) for trigger, source, dest, _ in ROWS),
        }

    def initial(self) -> At:
        """Give the state after `reset`."""
        return At((Tag(),) * len(self.tags))

    def possible(self, state: At, operation: Operation) -> bool:
        """Whether an operation makes sense."""
        states = [tag.state for tag in state.tags]
        running = FIRING in states or REREGISTERED in states
        match operation:
            case Operation("register"):
                return state.page
            case Operation("register from the worker"):
                return running and state.worker
            case Operation("fulfil" | "reject", str(tag)):
                place = self.tags.index(tag)
                return states[place] in (FIRING, REREGISTERED) or place in state.orphans
            case Operation("go online" | "go offline" as name):
                return state.worker and state.online == (name == "go offline")
            case Operation("close the page" | "open a page" as name):
                return state.page == (name == "close the page")
            case Operation("revoke" | "grant" as name):
                return state.granted == (name == "revoke")
            case Operation("elapse"):
                return WAITING in states
            case Operation("unregister"):
                return state.worker and state.page
            case _:
                return state.worker

    def outcomes(self, state: At, operation: Operation, early: bool = False) -> Iterator[Outcome]:
        """Give what Chromium does: it leaves nothing open."""
        taken, result, tags = list[tuple[str, str, str]](), "", list(state.tags)

        def take(place: int, trigger: str, failed: int = 0) -> None:
            before = tags[place].state
            after = NEXT[trigger, before]
            taken.append((trigger, before, after))
            tags[place] = Tag(after, failed)

        match operation:
            case Operation("register" | "register from the worker", str(tag)):
                result = self._refused(state)
                place = self.tags.index(tag)
                if result == RESOLVED and tags[place].state == ABSENT:
                    tags[place] = Tag(PENDING)
                elif result == RESOLVED:
                    take(place, "register", tags[place].failed)
            case Operation("fulfil" | "reject" as name, str(tag)):
                place = self.tags.index(tag)
                if place in state.orphans:
                    state = state._replace(orphans=state.orphans - {place})
                else:
                    self._settle(place, tags, name, take)
            case Operation("terminate"):
                for place in self._under_way(tags):
                    self._settle(place, tags, "stop", take)
            case Operation("elapse"):
                for place in [n for n, tag in enumerate(tags) if tag.state == WAITING]:
                    take(place, "elapse", tags[place].failed)
            case Operation("restart"):
                for place in self._under_way(tags):
                    take(place, "restart", tags[place].failed)
            case Operation("unregister"):
                state = state._replace(worker=False, orphans=frozenset(self._under_way(tags)))
                for place in [n for n, tag in enumerate(tags) if tag.state != ABSENT]:
                    take(place, "unregister")
            case Operation("go online" | "go offline" as name):
                state = state._replace(online=name == "go online")
            case Operation("close the page" | "open a page" as name):
                state = state._replace(page=name == "open a page")
            case Operation("revoke" | "grant" as name):
                state = state._replace(granted=name == "grant")
        events = []
        for place, one in enumerate(tags):
            if one.state == PENDING and state.online:
                take(place, "fire", one.failed)
                events.append(Started(self.tags[place], one.failed == ATTEMPTS - 1))
        states = {ABSENT, *(state for _, source, dest in taken for state in (source, dest))}
        labels = [("row", row(*one)) for one in taken] + [("state", name) for name in sorted(states)]
        after = tuple(Tag() if tag.state in FINAL else tag for tag in tags)
        listed = tuple(sorted(self.tags[n] for n, tag in enumerate(after) if tag.state != ABSENT))
        why = tuple(row(*one) for one in taken)
        yield Outcome(Seen(result, tuple(sorted(events)), listed), state._replace(tags=after), tuple(labels), why)

    def together(self, state: At, first: Operation, second: Operation) -> Iterator[tuple[Seen, At]]:
        """Give what both orders come to; two calls with one tag may also both come before its event begins."""
        yield from super().together(state, first, second)
        if first.name.startswith("register") and second.name.startswith("register") and first.tag == second.tag:
            for one in self.outcomes(state, first):
                yield one.seen._replace(result=f"{one.seen.result}, {one.seen.result}"), one.state

    @staticmethod
    def _refused(state: At) -> str:
        """Give the error of a call, in the order in which Chromium looks."""
        if not state.worker:
            return "InvalidStateError"
        if not state.page:
            return "InvalidAccessError"
        return RESOLVED if state.granted else "NotAllowedError"

    @staticmethod
    def _under_way(tags: Sequence[Tag]) -> list[int]:
        return [n for n, tag in enumerate(tags) if tag.state in (FIRING, REREGISTERED)]

    @staticmethod
    def _settle(place: int, tags: list[Tag], trigger: str, take: Callable[[int, str, int], None]) -> None:
        """Settle an event: what was registered again starts anew, and a third failure is the last."""
        failed = tags[place].failed + 1
        if trigger == "fulfil" or tags[place].state == REREGISTERED:
            take(place, trigger, 0)
        else:
            take(place, "give_up" if failed == ATTEMPTS else trigger, failed)


def row(trigger: str, source: str, dest: str) -> str:
    """Name a row."""
    return f"{trigger}: {source} -> {dest}"
