"""What a run found: the operations, what was seen after each, and what the model allows instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import permutations
from typing import NamedTuple

from bgsync.driving import Operation, Unable
from bgsync.errors import BgsyncError
from bgsync.fuzz.adapter import Adapter
from bgsync.fuzz.belief import Belief
from bgsync.observing import Oracle, Outcome, Seen

RESET = Operation("reset")
NOTHING = Seen("", (), ())
"""What is seen of an implementation that is new."""


class Taken(NamedTuple):
    """An operation that was done, what was seen, and what would have been allowed."""

    operation: Operation
    seen: Seen
    before: Belief
    """What was known before."""

    @property
    def listed(self) -> int:
        """How much was registered after it."""
        return len(self.seen.tags or ())

    @property
    def allowed(self) -> tuple[Outcome, ...]:
        """What would have been allowed."""
        if self.operation == RESET:
            return (Outcome(NOTHING, None),)
        return self.before.allowed(self.operation)


def situation(operation: Operation, allowed: tuple[Outcome, ...]) -> object:
    """Give what makes two operations alike, whatever they are about: what is allowed and why, or else their name."""
    said = frozenset((one.seen.result, len(one.seen.events), one.why) for one in allowed)
    return said, operation.name if any(not one.why for one in allowed) else ""


@dataclass(frozen=True)
class Finding:
    """A run that the model does not explain: the last of what was taken is what it does not allow."""

    oracle: str
    taken: tuple[Taken, ...]
    allowed: tuple[Outcome, ...]
    """What would have been allowed in the end."""
    raised: str = ""
    """What the implementation raised instead of doing the last operation."""
    shown: int = 0
    """How often it was seen again, out of so many repetitions."""
    repeated: int = 0

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations, after the reset."""
        return tuple(one.operation for one in self.taken[1:])

    def shows_in(self, other: Finding) -> bool:
        """Whether all of its run is in that of another one, whatever the tags are called, up to the same operation."""
        tags = sorted({one.tag for one in other.operations if one.tag is not None})
        own = sorted({one.tag for one in self.operations if one.tag is not None})
        for chosen in permutations(tags, len(own)):
            names = dict(zip(own, chosen, strict=True))
            run = [one if one.tag is None else one._replace(tag=names[one.tag]) for one in self.operations]
            rest = iter(other.operations)
            if run[-1:] == list(other.operations[-1:]) and all(one in rest for one in run):
                return True
        return False

    @property
    def kind(self) -> object:
        """What two findings have in common that are of one kind: the situation, and what the last operation came to."""
        last = self.taken[-1]
        seen = (last.seen.result, len(last.seen.events), last.seen.other, len(last.seen.got))
        return (situation(last.operation, self.allowed), seen, self.raised)

    def again(self, shown: int, repeated: int) -> Finding:
        """Give it with how often it was seen again."""
        return replace(self, shown=shown, repeated=repeated)

    @property
    def wanted(self) -> dict[str, tuple[str, ...]]:
        """What would have been allowed, and by which steps or rows, whatever handlers are told of the last chance."""
        untold = [
            one.seen._replace(events=tuple(e._replace(last=None) for e in one.seen.events)) for one in self.allowed
        ]
        found = dict[str, tuple[str, ...]]()
        for outcome, seen in zip(self.allowed, untold, strict=True):
            found.setdefault(str(seen if untold.count(seen) > 1 else outcome.seen), outcome.why)
        return found

    @property
    def rate(self) -> str:
        """How often it was seen again."""
        if not self.repeated:
            return "not repeated, nor made short"
        count = "all" if self.shown == self.repeated else f"{self.shown} of"
        return f"seen again in {count} {self.repeated} repetitions"

    def __str__(self) -> str:
        width = max(len(str(one.operation)) for one in self.taken)
        said = [str(one.seen) for one in self.taken[:-1]]
        said.append(f"it raised {self.raised}" if self.raised else str(self.taken[-1].seen))
        lines = [
            f"{n:3}. {one.operation!s:{width}}  {what}"
            for n, (one, what) in enumerate(zip(self.taken, said, strict=True))
        ]
        lines[-1] += "   <- not allowed"
        for seen, why in self.wanted.items():
            lines.append(f"     {'allowed':{width}}  {seen}" + f"   by {', '.join(why)}" * bool(why))
        return "\n".join(lines)


class Course:
    """One example: an implementation and a belief about it, held against each other after each operation."""

    def __init__(self, adapter: Adapter, oracle: Oracle, known: Callable[[Finding], bool] = lambda _: False) -> None:
        self.adapter, self.oracle = adapter, oracle
        self.known = known
        """Whether a finding is one of a kind that need not be waited for any more."""
        self.belief = Belief.initial(oracle)
        self.taken: list[Taken] = []
        self.certain: frozenset[tuple[str, str]] = frozenset()
        """What the last operation took of the model, for certain."""

    def begin(self) -> Finding | None:
        """Reset the implementation; nothing is to be seen of one that is new."""
        seen = self.adapter.reset()
        self.taken.append(Taken(RESET, seen, self.belief))
        if seen.fits(NOTHING):
            return None
        self.belief = self.belief._replace(states=frozenset())
        return self._finding(self.taken[-1])

    def do(self, operation: Operation) -> Finding | None:
        """Do an operation, and give a finding when what was seen cannot be. Raises Unable."""
        before = self.belief
        try:
            seen = self.adapter.do(operation)
            self.belief, self.certain = before.after(operation, seen)
            if not self.belief.states and not self.known(self._finding(Taken(operation, seen, before))):
                seen = self.adapter.more(seen)
                self.belief, self.certain = before.after(operation, seen)
        except (Unable, BgsyncError):
            raise
        except Exception as error:
            self.belief = before._replace(states=frozenset())
            raised = " ".join(f"{type(error).__name__}: {error}".split())
            return self._finding(self._take(operation, Seen(), before), raised)
        taken = self._take(operation, seen, before)
        return None if self.belief.states else self._finding(taken)

    def _take(self, operation: Operation, seen: Seen, before: Belief) -> Taken:
        self.taken.append(Taken(operation, seen, before))
        return self.taken[-1]

    def _finding(self, last: Taken, raised: str = "") -> Finding:
        earlier = self.taken[:-1] if self.taken[-1] is last else self.taken
        return Finding(self.oracle.name, (*earlier, last), last.allowed, raised)


def replay(adapter: Adapter, oracle: Oracle, operations: tuple[Operation, ...]) -> Finding | None:
    """Do some operations, one after another, and give a finding if there is one. What makes no sense is left out."""
    course = Course(adapter, oracle)
    finding = course.begin()
    for operation in operations:
        if finding is not None:
            return finding
        if course.belief.possible(operation):
            try:
                finding = course.do(operation)
            except Unable:
                return None
    return finding
