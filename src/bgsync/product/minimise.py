"""Makes one of the local states that nobody can tell apart, before they are multiplied: strong bisimulation.

Two local states are bisimilar when whatever a component can do in one, in a context and under a guard, it can do in the
other, with the same effect on what is judged, and leads to bisimilar local states again (Park, 1981). A product of the
classes reaches a combination of them exactly when the product of the local states reaches one of its members, so every
transition that is judged is taken in the one if it is in the other. The states are fewer, and counted as such.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass

from bgsync.explore.partition import quotient
from bgsync.product.component import Component, Departure, Label, Part, Transition


@dataclass(frozen=True)
class Colours:
    """What may be told apart: of local states, by number, and of transitions."""

    local: Callable[[Component, int], Hashable]
    move: Callable[[Component, Transition], Hashable]


def minimised(component: Component, colours: Colours) -> Component:
    """Give a component whose local states are the classes of bisimilar ones, each by its first member."""
    size = len(component.locals)
    numbers: dict[Hashable, int] = {}
    edges: list[set[tuple[int, int]]] = [set() for _ in range(size + 1)]

    def add(source: int, target: int | None, *label: Hashable) -> None:
        edges[source].add((numbers.setdefault(label, len(numbers) + 1), size if target is None else target))

    for local in range(size):
        kept = component.busy(local), component.handler(local), component.locals[local].heap
        add(local, None, "is", *kept, colours.local(component, local))
    moves, known = list[tuple[Transition, Label | str, int, int]](), dict[Hashable, int]()
    for move, label, further in _moves(component):
        colour = known.setdefault(colours.move(component, move), len(known))
        moves.append((move, label, further, colour))
        add(move.source, move.target, label, move.context, move.guard, further, colour)
    blocks = quotient(edges).block
    first = {block: n for n, block in reversed(list(enumerate(blocks[:size])))}
    order = {block: n for n, block in enumerate(sorted(first, key=lambda block: first[block]))}

    made = copy(component)
    made.locals = [component.locals[first[block]] for block in order]
    made.numbers = {local: order[blocks[n]] for local, n in component.numbers.items()}
    seen: set[Hashable] = set()
    made.steps, made.parts, made.departures = [], [], []
    for move, label, further, colour in moves:
        source, target = order[blocks[move.source]], None if move.target is None else order[blocks[move.target]]
        key = (source, target, label, move.context, move.guard, further, colour)
        if key in seen:
            continue
        seen.add(key)
        new = move._replace(source=source, target=target)
        if isinstance(label, Label):
            made.parts.append(Part(new, label, further))
        elif label == "departs":
            made.departures.append(Departure(new, further))
        else:
            made.steps.append(new)
    return made


def _moves(component: Component) -> list[tuple[Transition, Label | str, int]]:
    """Give all transitions, what kind each is of, and the context or the state of what departs after it."""
    steps: list[tuple[Transition, Label | str, int]] = [(move, "steps", 0) for move in component.steps]
    steps += [(part.move, part.label, part.context) for part in component.parts]
    return steps + [(departure.move, "departs", departure.key) for departure in component.departures]
