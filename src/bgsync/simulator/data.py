"""What the page gets of a simulation, as plain data: the same from a server and in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from bgsync.simulator.simulation import (
    Breach,
    Choice,
    Scene,
    Simulation,
    TooManyError,
    UnfitError,
    Walks,
    Way,
)

MOST = 2_000
"""How many situations a file has at most, where nothing is said of it."""


def about(simulation: Simulation, begin: Way = (), note: str = "") -> dict[str, Any]:
    """Give what is the same wherever one is: the text, and what one may ask to be taken to."""
    return {
        "version": version("bgsync"),
        "title": simulation.title,
        "key": simulation.key,
        "bounds": dict(simulation.bounds),
        "algorithms": list(simulation.text()),
        "goals": [[goal.id, goal.heading, goal.name] for goal in simulation.goals()],
        "begin": list(begin),
        "note": note,
    }


def look(walks: Walks, way: Way, at: int) -> dict[str, Any]:
    """Give the steps of a way as far as it goes, and what is so after `at` of them."""
    unfit = None
    try:
        for size in range(1, len(way) + 1):
            choice = walks.taken(way[:size])
            if choice.after is None and size < len(way):
                raise UnfitError(size, 0)
    except UnfitError as error:
        unfit, way = error.fits, way[: error.fits]
    at = max(0, min(at, len(way)))
    taken = [walks.taken(way[:size]) for size in range(1, len(way) + 1)]
    situation, choices = walks.at(way[:at])
    return {
        "way": list(way),
        "at": at,
        "unfit": unfit,
        "taken": [told(choice) for choice in taken],
        "scene": None if situation is None else seen(walks.simulation.scene(situation)),
        "choices": [told(choice) for choice in choices],
    }


def told(choice: Choice) -> dict[str, Any]:
    """Give a step."""
    return {
        "who": choice.who,
        "title": choice.title,
        "lines": [[line.algorithm, line.step, line.text, list(line.changes)] for line in choice.lines],
        "breaks": breaches(choice.breaks),
        "aside": choice.aside,
        "ends": choice.after is None,
    }


def seen(scene: Scene) -> dict[str, Any]:
    """Give what is so."""
    return {
        "panels": [[panel.title, [list(row) for row in panel.rows], panel.none] for panel in scene.panels],
        "next": [list(one) for one in scene.next],
        "owed": [[debt.property, debt.sentence, debt.about] for debt in scene.owed],
        "broken": breaches(scene.broken),
    }


def breaches(found: Iterable[Breach]) -> list[list[str]]:
    """Give what is broken."""
    return [[one.property, one.sentence, one.message] for one in found]


def whole(
    simulation: Simulation, identity: Callable[[Any], Any], limit: int = MOST, tick: Callable[[int], None] | None = None
) -> list[Mapping[str, Any]]:
    """Give every situation with its steps, each with the number of the one that it leads to; the first is the start.

    Raises TooManyError where there are more than `limit`.
    """
    goals = [goal.id for goal in simulation.goals()]
    situations = [simulation.start()]
    numbers = {identity(situations[0]): 0}
    made: list[Mapping[str, Any]] = []
    for situation in situations:  # it grows on the way
        choices = []
        for choice in simulation.choices(situation):
            to = None
            if choice.after is not None:
                to = numbers.setdefault(identity(choice.after), len(situations))
                if to == len(situations):
                    situations.append(choice.after)
            meets = _met(simulation, goals, situation, choice)
            choices.append({**told(choice), "to": to, "meets": meets})
        if len(situations) > limit:
            raise TooManyError(limit)
        here = _met(simulation, goals, situation, None)
        made.append({"scene": seen(simulation.scene(situation)), "choices": choices, "so": here})
        if tick is not None:
            tick(len(situations))
    return made


def _met(simulation: Simulation, goals: Sequence[str], situation: Any, choice: Choice | None) -> list[int]:
    return [place for place, goal in enumerate(goals) if simulation.meets(goal, situation, choice)]
