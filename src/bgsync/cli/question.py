"""The options that say what is asked, which check, diff and log share, and the question made of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bgsync.cli.common import Line, choose
from bgsync.cli.large import resources
from bgsync.cli.out import fail
from bgsync.cli.targets import adversities, candidates

if TYPE_CHECKING:
    from bgsync.judge.budget import Budget
    from bgsync.judge.check import Question
    from bgsync.judge.verdict import Report
    from bgsync.system.scenario import Bounds
    from bgsync.targets import Target, Wish

PATIENCE, HURRY = 300, 30
"""How many seconds a question may take where nothing is said of it; and one on an edit after which something in the
text is wrong as it stands: that is to be mended first."""


def _beginning(begun: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(begun)]


def property_ids() -> list[str]:
    """Give the ids of all properties that may be asked for."""
    from bgsync.judge.structure import PROPERTIES

    known = [prop.id for content in candidates() for prop in content.properties]
    return [*dict.fromkeys(known), *(row.id for row in PROPERTIES)]


OPTIONS = {
    "with": click.option(
        "--with",
        "adversities",
        multiple=True,
        metavar="ADVERSITY",
        shell_complete=lambda ctx, parameter, begun: _beginning(begun, adversities(candidates())),
        help="Switch this adversity on, at every granularity. Default: none, and in a check each by itself, at "
        "`algorithm`. May be repeated.",
    ),
    "tags": click.option(
        "--tags",
        type=click.IntRange(1),
        default=1,
        show_default=True,
        help="How many different tags are registered.",
    ),
    "calls": click.option(
        "--calls",
        type=click.IntRange(1),
        default=2,
        show_default=True,
        help="How many invocations are in flight at once.",
    ),
    "abort": click.option(
        "--abort",
        type=click.Choice(["scope", "list"]),
        default="scope",
        show_default=True,
        help='What "abort these steps" ends: the innermost steps called or started apart, or only the list it is in.',
    ),
    "termination": click.option(
        "--termination",
        type=click.Choice(["handler", "worker"]),
        default="handler",
        show_default=True,
        help="Whose script a termination aborts: a handler's that goes on, or the worker's, after its events, too.",
    ),
    "queue": click.option(
        "--queue",
        type=click.Choice(["held", "free"]),
        default="held",
        show_default=True,
        help="Whether a batch that fires an event holds its queue until that is over, or only starts it.",
    ),
    "sentence": click.option(
        "--sentence",
        type=click.Choice(["apart", "whole"]),
        default="apart",
        show_default=True,
        help='Whether a step like "if its state is x, set its state to y" is two actions, or one.',
    ),
    "limit": click.option(
        "--limit",
        type=click.IntRange(1),
        show_default="10,000,000; for several tags mostly none",
        metavar="STATES",
        help="Stop each exploration after so many states; what was not found is then inconclusive.",
    ),
    "time": click.option(
        "--time",
        "seconds",
        type=click.FloatRange(0, min_open=True),
        metavar="SECONDS",
        show_default=f"{PATIENCE} for each text, 60 about nothing known; none with several tags or --limit",
        help="Stop after so long, reading included; what is not decided by then is inconclusive.",
    ),
    "memory": click.option(
        "--memory",
        "megabytes",
        type=click.IntRange(1),
        metavar="MB",
        help="Stop when a process has had so much memory; what is not decided by then is inconclusive.",
    ),
    "jobs": click.option(
        "--jobs",
        type=click.IntRange(1),
        default=lambda: os.cpu_count() or 1,
        show_default="one a processor",
        help="How many explorations run at once.",
    ),
    "cache": click.option(
        "--cache/--no-cache",
        "cached",
        default=True,
        show_default=True,
        help="Take what earlier runs have worked out of the same text, and keep what this one does.",
    ),
    "property": click.option(
        "--property",
        "properties",
        multiple=True,
        metavar="ID",
        shell_complete=lambda ctx, parameter, begun: _beginning(begun, property_ids()),
        help="Check this property only, and tell all its traces. May be repeated.",
    ),
}


def asking(
    granularity: str = "both", known: Sequence[str] = ("both", "step", "algorithm"), only: Container[str] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the options that say what is asked, or those of them that are named."""
    first = click.option(
        "--granularity",
        type=click.Choice(known),
        default=granularity,
        show_default=True,
        help="step: every step is an action; algorithm: every invocation runs to its next wait as one action.",
    )

    def give(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed((first, *(one for name, one in OPTIONS.items() if only is None or name in only))):
            command = option(command)
        return command

    return give


@dataclass(frozen=True)
class Asked:
    """What the options ask, whatever the spec."""

    granularity: str
    adversities: tuple[str, ...]
    tags: int
    calls: int
    abort: str
    termination: str
    limit: int | None
    properties: tuple[str, ...]
    queue: str = "held"
    sentence: str = "apart"
    seconds: float | None = None
    megabytes: int | None = None
    jobs: int = 1
    hard: bool = True
    """Whether each adversity is explored where none is named."""
    checkpoint: Path | None = None
    every: float = 60.0
    disk: Path | None = None
    scheduler: str | None = None
    walks: int | None = None
    walk_steps: int = 200
    seed: int = 0
    left_out: tuple[str, ...] = ()
    cached: bool = False
    """Whether what explorations gave is kept, and taken from what was kept."""
    patience: float | None = PATIENCE
    """How many seconds it may take where nothing is said of that; None for as long as it takes."""

    def __post_init__(self) -> None:
        if self.wanted:
            choose("property", sorted(self.wanted), property_ids())
        if self.adversities:
            choose("adversity", self.adversities, adversities(candidates()))

    @cached_property
    def budget(self) -> Budget:
        """What it may spend, from the first time on that this is asked."""
        from bgsync.judge.budget import Budget

        patient = self.tags > 1 or self.limit is not None or self.walks is not None
        seconds = self.seconds or (None if patient else self.patience)
        return Budget(seconds, self.megabytes, files=self.disk is None)

    def hurry(self, seconds: float = HURRY) -> None:
        """Take less time, unless the user has said how much to take."""
        if self.seconds is None:
            self.budget.within(seconds)

    def begin(self) -> None:
        """Have all that this command does end with the budget, but for what is written in the end."""
        from bgsync.pauses import pausing

        click.get_current_context().with_resource(pausing(self.budget.finish))

    @property
    def granularities(self) -> tuple[str, ...]:
        """The granularities asked for, the coarse one first."""
        return ("algorithm", "step") if self.granularity == "both" else (self.granularity,)

    @property
    def wanted(self) -> frozenset[str]:
        """The ids of the properties asked for; none for all of them."""
        return frozenset(name.split("/")[0] for name in self.properties)

    @property
    def bounds(self) -> Bounds:
        """The bounds of the question."""
        from bgsync.system.scenario import Bounds

        return Bounds(self.tags, self.calls, self.abort, self.termination, self.queue, self.sentence)

    @property
    def wish(self) -> Wish:
        """What is asked, as a value."""
        from bgsync.cache.results import cache
        from bgsync.judge.explorations import REDUCTIONS, Effort, Walks
        from bgsync.targets import Wish

        effort = Effort(
            self.limit,
            1 if self.scheduler else self.jobs,
            reductions=REDUCTIONS - set(self.left_out),
            walks=None if self.walks is None else Walks(self.walks, self.walk_steps, self.seed),
            cache=cache() if self.cached else None,
        )
        return Wish(
            self.properties, self.adversities, self.hard, self.granularities, self.bounds, effort, self.budget
        )  # fmt: skip

    def question(self, target: Target) -> Question:
        """Ask it of a spec. Ends with one line where it cannot be asked of what that is about."""
        from bgsync.targets import question

        return question(target, self.wish)

    def report(self, target: Target, budget: Budget | None = None) -> Report:
        """Answer it for a spec, with a progress line; within a part of its budget where one is given."""
        from bgsync.judge.check import check

        line = Line()
        try:
            with resources(self.checkpoint, self.every, self.disk, self.scheduler, self.jobs) as found:
                question = replace(self.question(target), budget=budget or self.budget)
                return check(replace(question, effort=replace(question.effort, resources=found)), line)
        except ValueError as error:
            fail(error)
        finally:
            line.end()
