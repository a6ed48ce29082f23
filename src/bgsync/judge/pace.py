"""How far an exploration is, in words: its rate, its depth, what is left, and how long that takes where it is known."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

Progress = Callable[[str, int, int, str], None]
"""Called with what is explored, the states found, the depth or the rounds done, and how far that is, in words."""


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
