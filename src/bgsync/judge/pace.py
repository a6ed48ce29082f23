"""How far an exploration is, in words: its rate, its depth, what is left, and how long that takes where it is known."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Far:
    """How far a check is."""

    what: str
    """What is looked at."""
    states: int = 0
    """How many states of it were found."""
    pace: str = ""
    """How fast that goes and what is left of it, in words."""
    done: int = 0
    """How many explorations have ended."""
    planned: int = 0
    """How many there are, as far as that is known; 0 where there is only this one."""
    broken: tuple[str, ...] = ()
    """The properties that those which have ended found broken."""


Progress = Callable[[Far], None]
"""Called again and again with how far it is."""


class Tally:
    """Adds to what is told of one exploration how far the whole check is."""

    def __init__(self, told: Progress | None) -> None:
        self.told = told
        self.now = Far("")

    def planned(self, more: int) -> None:
        """Take account of explorations that are yet to be made."""
        self.now = replace(self.now, planned=self.now.planned + more)

    def ended(self, broken: Iterable[str]) -> None:
        """Take account of an exploration that has ended, and of what it found broken."""
        now = self.now
        self.now = replace(now, done=now.done + 1, broken=tuple(dict.fromkeys((*now.broken, *broken))))
        self()

    def __call__(self, far: Far | None = None) -> None:
        """Tell how far an exploration is; without any news, that it goes on."""
        if far is not None:
            self.now = replace(self.now, what=far.what, states=far.states, pace=far.pace)
        if self.told is not None:
            self.told(self.now)


@dataclass
class Pace:
    """Tells how far one exploration is. `limit` is how many states it looks at, `walks` how many it takes, if any."""

    limit: int | None = None
    walks: int | None = None
    began: float = field(default_factory=time.perf_counter)
    first: int | None = None
    """The states of the first time that it is told: those of a checkpoint were not found since then."""

    def told(self, states: int, depth: int, left: int, *, pages: bool) -> str:
        """Say it: after so many rounds with `pages` that have new states, or at a depth with states left to do."""
        if self.first is None:
            self.first, self.began = states, time.perf_counter()
        seconds = time.perf_counter() - self.began
        rate = (states - self.first) / seconds if seconds > 0.01 else 0.0
        if self.walks is not None:
            ends = f"about {seconds / depth * (self.walks - depth):.0f} s left" if depth else "no estimate yet"
            return f"{rate:,.0f} new ones a second, walk {depth:,} of {self.walks:,}, {ends}"
        where = f"round {depth}, {left:,} pages have new ones" if pages else f"depth {depth}, {left:,} to do"
        ends = "no estimate, how many there are is not known"
        if self.limit is not None and rate:
            ends = f"at most {max(0.0, (self.limit - states) / rate):.0f} s to the limit"
        return f"{rate:,.0f} a second, {where}, {ends}"
