"""What the parts of a campaign share: cases that are drawn by a seed, figures, problems, and limits of time."""

from __future__ import annotations

import gc
import random
import signal
import sys
import time
import traceback
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bgsync import garbage

Figures = Counter[str]
OFTEN = 50
"""After how many cases garbage is looked for."""
SHRINKING = 30.0
"""How many seconds are spent on making one failing input smaller."""


class HangError(BaseException):
    """Something took more processor time than it may; no handler of ordinary errors is to catch it."""


UNIT = 0.016
"""How many seconds of processor time an idle machine takes for the piece of work that is measured."""


def slowness() -> float:
    """Say how many times as long as an idle machine this one takes now, with all else that runs on it; at least 1."""
    began = time.process_time()
    for _ in range(1_000_000):
        pass
    return max(1.0, (time.process_time() - began) / UNIT)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise HangError in the main thread when the body has used so much processor time, or more on a slow machine."""
    more = True

    def ring(*_: object) -> None:
        nonlocal more
        slower = slowness() if more else 1.0
        more = False
        if slower == 1.0:
            raise HangError(f"more than {seconds:g} s of processor time")
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds * (slower - 1.0))

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@dataclass(frozen=True)
class Problem:
    """Something that failed: what, with which input; `what` is the same for the same defect."""

    what: str
    input: str
    detail: str = ""
    case: int = 0


def unexpected(error: BaseException, given: str) -> Problem:
    """Make a problem of an error: its type, and the innermost place in bgsync that it passed."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(f.filename).name}, {f.name}" for f in frames if "bgsync" in f.filename] or ["outside of bgsync"]
    inner = "a time limit" if isinstance(error, HangError) else places[-1]
    told = "".join(traceback.format_exception(error, limit=-8))
    return Problem(f"{type(error).__name__} in {inner}", given, told)


@dataclass(frozen=True)
class Settings:
    """What a campaign was asked for."""

    seed: int = 0
    specs: Path | None = None
    """A folder with more texts."""


class Part(ABC):
    """One part of a campaign: a number of cases, each drawn by the seed and its number alone."""

    name: str
    about: str
    cases: int
    """How many there are if nothing else is asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @abstractmethod
    def one(self, chance: random.Random, case: int, figures: Figures) -> Problem | None:
        """Try one case, and give what failed."""

    def again(self, given: str, problem: Problem) -> Problem | None:
        """Try an input in place of the one of a problem; None where it does not fail, or cannot be tried."""
        return None

    def chance(self, case: int) -> random.Random:
        """Give the random numbers of a case."""
        return random.Random(f"{self.settings.seed} {self.name} {case}")


@dataclass
class Tally:
    """What a part came to."""

    part: str
    done: int = 0
    seconds: float = 0.0
    figures: Figures = field(default_factory=Counter)
    problems: dict[str, Problem] = field(default_factory=dict)
    """The one with the smallest input of each kind."""
    failed: int = 0


def run(part: Part, cases: range, seconds: float, tell: Callable[[str], None]) -> Tally:
    """Run the cases of a part until the time is up, then make the failing inputs smaller.

    What is left of cases is looked for between them, so that none is charged for what others have left.
    """
    garbage._due = float("inf")
    tally, began = Tally(part.name), time.monotonic()
    told = began
    for case in cases:
        if time.monotonic() - began > seconds:
            break
        if tally.done % OFTEN == 0:
            gc.collect()
        problem = part.one(part.chance(case), case, tally.figures)
        tally.done += 1
        if problem is not None:
            tally.failed += 1
            tell(f"{part.name}: case {case} failed: {problem.what}")
            known = tally.problems.get(problem.what)
            if known is None or len(problem.input) < len(known.input):
                tally.problems[problem.what] = replace(problem, case=case)
        if time.monotonic() - told > 10:
            told = time.monotonic()
            tell(f"{part.name}: {tally.done:,} of {len(cases):,} cases, {tally.failed:,} failed, {told - began:.0f} s")
    tally.problems = {what: smaller(part, problem) for what, problem in tally.problems.items()}
    tally.seconds = time.monotonic() - began
    return tally


def smaller(part: Part, problem: Problem, seconds: float = SHRINKING) -> Problem:
    """Make the input of a problem smaller, first by lines and then by words, as long as it fails in the same way."""
    ends = time.monotonic() + seconds
    for separator in ("\n", " "):
        pieces, size = problem.input.split(separator), len(problem.input.split(separator)) // 2
        while size and time.monotonic() < ends:
            place, found = 0, False
            while place < len(pieces) and time.monotonic() < ends:
                fewer = pieces[:place] + pieces[place + size :]
                less = part.again(separator.join(fewer), problem) if fewer else None
                if less is not None and less.what == problem.what:
                    pieces, found = fewer, True
                    problem = replace(less, case=problem.case)
                else:
                    place += size
            if not found or size > len(pieces):
                size //= 2
    return problem


def table(tallies: list[Tally]) -> str:
    """Tell all figures, a row each."""
    rows = []
    for tally in tallies:
        rows.append((tally.part, "cases", tally.done))
        rows.append((tally.part, "failed", tally.failed))
        rows += [(tally.part, name, many) for name, many in sorted(tally.figures.items())]
        rows.append((tally.part, "seconds", round(tally.seconds)))
    wide = max((len(name) for _, name, _ in rows), default=0)
    return "\n".join(f"{part:8}  {name:{wide}}  {many:>12,}" for part, name, many in rows)


def say(line: str) -> None:
    """Print a line of progress."""
    print(line, file=sys.stderr, flush=True)
