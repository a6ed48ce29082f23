"""What a page needs of any model: where one is, what can be taken there, and the way to it; kinds derive from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bgsync.errors import BgsyncError

Way = tuple[int, ...]
"""Which of the steps that can be taken was taken, from the start on: their places, as they are told."""


class SimulationError(BgsyncError, ValueError):
    """A model that cannot be walked through as wished: the message says why, and what to do."""


class TooManyError(SimulationError):
    """More situations than go into one file."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most:,} situations: too many for one file")


class UnfitError(SimulationError):
    """A way that this model does not have; `fits` says how many of its steps it has."""

    def __init__(self, fits: int, many: int) -> None:
        super().__init__(f"step {fits + 1} of the way cannot be taken: only {many} steps are possible there")
        self.fits = fits


@dataclass(frozen=True)
class Breach:
    """A property that a step breaks."""

    property: str
    sentence: str
    message: str


@dataclass(frozen=True)
class Debt:
    """Something that has to happen in the end, and has not happened yet."""

    property: str
    sentence: str
    about: str


@dataclass(frozen=True)
class Line:
    """A line of the text that a step goes through, with what it changes; or what happens around the text."""

    algorithm: str
    step: str
    text: str
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """A step that can be taken."""

    who: str
    """Who takes it: the heading under which it is offered."""
    title: str
    lines: tuple[Line, ...]
    breaks: tuple[Breach, ...] = ()
    aside: str = ""
    """What is to be said of it besides."""
    after: Any = None
    """The situation after it; None where the run ends by it."""
    key: Any = None
    """What it is to the model."""


@dataclass(frozen=True)
class Panel:
    """A part of what is so: a heading, and rows of a name, what it is, and where it stands in the text, if anywhere."""

    title: str
    rows: tuple[tuple[str, str, str], ...]
    none: str = ""
    """What is said where there are no rows."""


@dataclass(frozen=True)
class Scene:
    """What is so in a situation."""

    panels: tuple[Panel, ...]
    next: tuple[tuple[str, str, str], ...] = ()
    """The algorithm and the step that each invocation stands at, and its name."""
    owed: tuple[Debt, ...] = ()
    broken: tuple[Breach, ...] = ()
    """What is broken by the situation itself."""


@dataclass(frozen=True)
class Goal:
    """Something that one may ask to be taken to: its id, and its name under a heading."""

    id: str
    heading: str
    name: str


@dataclass(frozen=True)
class Found:
    """What a search for a goal came to."""

    way: Way | None = None
    said: str = ""
    """Why there is no way, or what is to be said of it."""
    from_start: bool = False
    """Whether the way is one from the start, and not from where one is."""


Tick = Callable[[int, int], None]
"""Called with the states found and the depth on the way; it may raise KeyboardInterrupt."""


class Simulation(ABC):
    """A model that one can walk through."""

    key: str
    """Tells the model and the question from others: a way is one of this model alone."""
    title: str
    bounds: Mapping[str, str]

    @abstractmethod
    def start(self) -> Any:
        """Give the situation in which every way begins."""

    @abstractmethod
    def choices(self, situation: Any) -> Sequence[Choice]:
        """Give the steps that can be taken, always in the same order."""

    @abstractmethod
    def scene(self, situation: Any) -> Scene:
        """Say what is so."""

    @abstractmethod
    def goals(self) -> Iterable[Goal]:
        """Give what one may ask to be taken to."""

    @abstractmethod
    def nearest(self, situation: Any, way: Way, goal: str, tick: Tick) -> Found:
        """Find a shortest way from a situation, which `way` led to, to where a goal is met."""

    @abstractmethod
    def meets(self, goal: str, situation: Any, choice: Choice | None) -> bool:
        """Whether a goal is met in a situation, or by a step that is taken in it."""

    @abstractmethod
    def text(self) -> Sequence[Mapping[str, Any]]:
        """Give the algorithms of the text, step by step, as the page on a report has them."""


@dataclass
class Walks:
    """The situations on ways through a model; what was looked at before is kept."""

    simulation: Simulation
    most: int = 20_000
    """How many situations are kept."""
    _known: dict[Way, tuple[Any, tuple[Choice, ...]]] = field(default_factory=dict)

    def at(self, way: Way) -> tuple[Any, tuple[Choice, ...]]:
        """Give the situation that a way leads to, and the steps out of it. Raises UnfitError."""
        known = self._known.get(way)
        if known is None:
            situation = self.taken(way).after if way else self.simulation.start()
            choices = () if situation is None else tuple(self.simulation.choices(situation))
            if len(self._known) >= self.most:
                self._known.clear()
            known = self._known[way] = (situation, choices)
        return known

    def taken(self, way: Way) -> Choice:
        """Give the last step of a way. Raises UnfitError."""
        for size in range(len(way)):  # from the start on, so that a long way needs no deep recursion
            if way[:size] not in self._known:
                self.at(way[:size])
        _, choices = self.at(way[:-1])
        if not 0 <= way[-1] < len(choices):
            raise UnfitError(len(way) - 1, len(choices))
        return choices[way[-1]]
