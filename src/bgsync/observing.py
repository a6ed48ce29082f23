"""How an implementation is driven by what can be seen of it, and what a model of it allows to be seen.

An implementation is an object with a few methods, its adapter. A content says in a table which operations there are,
which method does each, and what it is in the text: a `Way`. A model is an `Oracle`: of a state and an operation it
gives every outcome that it allows. Nothing here needs Hypothesis.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from bgsync.driving import Operation

if TYPE_CHECKING:
    from bgsync.language import Spec
    from bgsync.system.world import World

RESOLVED = "resolved"
"""What a call comes to whose promise is fulfilled; else the name of the error."""


class Started(NamedTuple):
    """An event that a handler got; `last` is what it was told, None where that cannot be seen."""

    tag: str
    last: bool | None = None

    def __str__(self) -> str:
        return f"event {self.tag}" + {None: "", False: "", True: " (last chance)"}[self.last]

    def fits(self, other: Started) -> bool:
        """Whether this may be what the other one says."""
        return self.tag == other.tag and (None in (self.last, other.last) or self.last == other.last)


class Seen(NamedTuple):
    """What an operation came to, once all had come to rest."""

    result: str = ""
    """How the promise of a call settled; "" where there is none."""
    events: tuple[Started, ...] = ()
    """The events that began, sorted: in which order several tags begin is left open."""
    tags: tuple[str, ...] | None = None
    """What is registered, sorted; None where that cannot be seen."""
    other: str = ""
    """What else was seen."""
    got: tuple[str, ...] = ()
    """What a server got, in its order."""

    def __str__(self) -> str:
        said = [self.result, ", ".join(map(str, self.events)) or "no event" * (self.tags is not None)]
        if self.tags is not None:
            said.append("registered: " + (", ".join(self.tags) or "none"))
        if self.got:
            said.append("the server got " + ", ".join(self.got))
        return "; ".join(filter(None, (*said, self.other))) or "nothing"

    def fits(self, other: Seen) -> bool:
        """Whether this may be what the other one says."""
        mine, its = (self.result, self.other, self.got), (other.result, other.other, other.got)
        same = mine == its and len(self.events) == len(other.events)
        tags = None in (self.tags, other.tags) or self.tags == other.tags
        return same and tags and all(a.fits(b) for a, b in zip(self.events, other.events, strict=True))


class Reproduction(NamedTuple):
    """A difference that was met once and is kept: what is seen of it, and the steps of the text that it is about."""

    name: str
    says: str
    steps: tuple[str, ...]
    shows: Callable[[str | None], bool]
    """Brings it about, in the program that is named or else found, and says whether it showed."""
    by_race: bool = False
    """Whether it shows only if two things in the program happen to meet."""


class Race(NamedTuple):
    """What is done before, two operations at once, and what is done after."""

    before: tuple[Operation, ...]
    first: Operation
    second: Operation
    after: tuple[Operation, ...] = ()

    def __str__(self) -> str:
        return "; ".join(filter(None, (", ".join(map(str, self.before)), f"{self.first} | {self.second}")))


class Web(NamedTuple):
    """What a page and a worker can do by themselves in any browser: operations, and the files that do them there."""

    operations: tuple[str, ...]
    leaves: tuple[str, ...]
    """Those after which a page cannot reach its worker, and the text says nothing of what is listed."""
    resources: Callable[[], Mapping[str, str]]


class Way(NamedTuple):
    """An operation: its name, the adapter's method and arguments that do it, and what it is in the text.

    In the text it is ("call", method), by a handler with a third part; ("settle", how); ("move", trigger, ...), one
    after another; ("time",): every wait ends; or ("free", machine, state): what may be read of it from now on.
    """

    name: str
    method: str
    text: tuple[str, ...]
    arguments: tuple[Any, ...] = ()
    tagged: bool = False
    """Whether it is about a tag, which is the first argument."""


class Outcome(NamedTuple):
    """One way in which a model lets an operation end."""

    seen: Seen
    state: Any
    labels: tuple[tuple[str, str], ...] = ()
    """What of the model was used, by kind: states, rows, steps."""
    why: tuple[str, ...] = ()
    """The steps or rows that make it so, in order."""
    silent: bool = False
    """Whether the model says nothing of what is seen, nor of what comes after: then all fits."""


class Oracle(ABC):
    """A model, seen from outside: states are hashable, and an operation may end in several ways."""

    name: str
    """What it is, for reports."""
    expected: Mapping[str, Sequence[str]]
    """All labels that there are, by kind."""

    @abstractmethod
    def initial(self) -> Hashable:
        """Give the state after `reset`."""

    @abstractmethod
    def possible(self, state: Any, operation: Operation) -> bool:
        """Whether an operation makes sense."""

    @abstractmethod
    def outcomes(self, state: Any, operation: Operation, early: bool = False) -> Iterable[Outcome]:
        """Give what an operation may come to; with `early`, delays that have begun may also be over already."""

    def together(self, state: Any, first: Operation, second: Operation) -> Iterable[tuple[Seen, Any]]:
        """Give what two operations at once may come to, by default in both orders: what is seen, and the state.

        The result says how both calls ended, sorted and with commas between them.
        """
        for one, other in ((first, second), (second, first)):
            for before in self.outcomes(state, one) if self.possible(state, one) else ():
                for after in self.outcomes(before.state, other) if self.possible(before.state, other) else ():
                    results = ", ".join(sorted(filter(None, (before.seen.result, after.seen.result))))
                    events = tuple(sorted((*before.seen.events, *after.seen.events)))
                    yield Seen(results, events, after.seen.tags), after.state

    def alike(self, state: Any) -> Hashable:
        """Give what states have in common from which the same may happen, but for how often."""
        return state  # type: ignore[no-any-return]

    def place(self, label: str) -> str:
        """Say where a label stands: file and line, or "" where it has no place."""
        return ""


@dataclass(frozen=True)
class Observing:
    """All that is to be known of a content to drive implementations of it and to judge them."""

    ways: tuple[Way, ...]
    optional: Mapping[str, str]
    """The methods that an adapter need not have, and the capability that each belongs to."""
    spec: Spec
    """The text that is judged by where no other one is named."""
    world: World
    last: str = ""
    """The member of the event that a handler is told and the user agent chooses."""
    oracles: Mapping[str, Callable[[Sequence[str]], Oracle]] = field(default_factory=dict)
    """Other models to judge by, each made for some tags: of what an implementation is known to do."""
    targets: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """The real implementations that are driven by name: each makes an adapter, of the options it knows."""
    reproductions: Mapping[str, Callable[[], Sequence[Reproduction]]] = field(default_factory=dict)
    """What is kept of differences met in them."""
    required: tuple[str, ...] = ("events",)
    """What every adapter has, besides `reset` and the methods of operations that are not optional."""
    web: Web | None = None
    races: tuple[Race, ...] = ()
    """Those that are run, with adapters that have `at_once`."""

    def way(self, operation: Operation) -> Way:
        """Find how an operation is done. Raises ValueError."""
        found = next((way for way in self.ways if way.name == operation.name), None)
        if found is None or found.tagged != (operation.tag is not None):
            known = ", ".join(way.name + " TAG" * way.tagged for way in self.ways)
            raise ValueError(f"unknown operation {str(operation)!r}: one of {known}")
        return found

    def methods(self) -> tuple[str, ...]:
        """Give the methods that every adapter has."""
        named = (way.method for way in self.ways if way.method not in self.optional)
        return tuple(dict.fromkeys(("reset", *named, *self.required)))

    def operations(self, tags: Sequence[str], has: Callable[[str], bool]) -> tuple[Operation, ...]:
        """Give the operations that an adapter with some methods can do."""
        return tuple(
            Operation(way.name, tag)
            for way in self.ways
            if has(way.method)
            for tag in (tags if way.tagged else (None,))
        )

    def lacking(self, has: Callable[[str], bool]) -> dict[str, tuple[str, ...]]:
        """Give the capabilities that an adapter does not have, with what is not driven, or not seen, for want of it."""
        left: dict[str, tuple[str, ...]] = {}
        for method, capability in self.optional.items():
            if not has(method):
                untested = [way.name for way in self.ways if way.method == method] or [f"what {method} would show"]
                left[capability] = (*left.get(capability, ()), *untested)
        return left
