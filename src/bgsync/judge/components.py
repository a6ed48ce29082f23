"""Strongly connected components of a graph in arrays, and shortest paths within one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bgsync.explore.strong import homes
from bgsync.pauses import pause
from bgsync.tables.graph import Edge
from bgsync.tables.index import Mask, Numbers, firsts

Bits = NDArray[np.uint64]


class Component(NamedTuple):
    """A strongly connected component that has transitions: its states, sorted, and the transitions within."""

    states: Numbers
    transitions: Numbers


class Components(NamedTuple):
    """Strongly connected components that have transitions: the states of one after another, and the transitions."""

    states: Numbers
    first_state: Numbers
    """The place of the first state of each, and where the last one ends."""
    transitions: Numbers
    first_transition: Numbers

    def __len__(self) -> int:
        return len(self.first_state) - 1

    def component(self, number: int) -> Component:
        """Give one of them."""
        states = slice(self.first_state[number], self.first_state[number + 1])
        return Component(
            self.states[states], self.transitions[self.first_transition[number] : self.first_transition[number + 1]]
        )

    def of_states(self) -> Numbers:
        """Give the number of the component of each state."""
        return np.repeat(np.arange(len(self)), np.diff(self.first_state))

    def of_transitions(self) -> Numbers:
        """Give the number of the component of each transition."""
        return np.repeat(np.arange(len(self)), np.diff(self.first_transition))

    def in_all_states(self, bits: Bits) -> Bits:
        """Give for each component the bits that all its states have."""
        return _reduced(np.bitwise_and, bits, self.first_state)

    def in_any_state(self, bits: Bits) -> Bits:
        """Give for each component the bits that any of its states has."""
        return _reduced(np.bitwise_or, bits, self.first_state)

    def in_any_transition(self, bits: Bits) -> Bits:
        """Give for each component the bits that any of its transitions has."""
        return _reduced(np.bitwise_or, bits, self.first_transition)

    def where(self, good: Mask) -> Components:
        """Give those that are good."""
        states, transitions = (
            np.repeat(good, np.diff(self.first_state)),
            np.repeat(good, np.diff(self.first_transition)),
        )
        ends = (np.cumsum(np.append(0, np.diff(first)[good])) for first in (self.first_state, self.first_transition))
        first_state, first_transition = ends
        return Components(self.states[states], first_state, self.transitions[transitions], first_transition)


def _reduced(how: np.ufunc, bits: Bits, first: Numbers) -> Bits:
    return np.asarray(how.reduceat(bits, first[:-1], 0), np.uint64) if len(first) > 1 else bits[:0]


def components(transitions: Numbers, sources: Numbers, targets: Numbers, size: int) -> Components:
    """Give the strongly connected components of some transitions, between `size` states; the first state first."""
    pause()
    if 8 * len(sources) < size:
        nodes, ends = np.unique(np.concatenate([sources, targets]), return_inverse=True)
        source, target = np.split(ends, 2)
    else:
        there = np.zeros(size, bool)
        there[sources] = there[targets] = True
        nodes, place = np.flatnonzero(there), np.cumsum(there) - 1
        source, target = place[sources], place[targets]
    home = homes(source, target, len(nodes))
    count = int(home.max(initial=-1)) + 1
    inner = np.flatnonzero(home[source] == home[target])
    lives = np.zeros(count, bool)
    lives[home[source[inner]]] = True
    members = np.flatnonzero(lives[home])
    first = firsts(home[members], count)[lives]
    labels = np.full(count, -1, np.int64)
    labels[np.flatnonzero(lives)[np.argsort(first)]] = np.arange(len(first))
    states, inside = (np.argsort(one, kind="stable") for one in (labels[home[members]], labels[home[source[inner]]]))
    return Components(
        nodes[members[states]],
        np.append(0, np.cumsum(np.bincount(labels[home[members]], minlength=len(first)))),
        transitions[inner[inside]],
        np.append(0, np.cumsum(np.bincount(labels[home[source[inner]]], minlength=len(first)))),
    )


def nearest(out: Callable[[int], list[Edge]], start: int, goals: list[Callable[[Edge], bool]]) -> list[Edge]:
    """Give a shortest path from `start` whose last edge meets one of the goals. Raises LookupError without one."""
    came: dict[int, Edge | None] = {start: None}
    queue = deque([start])
    while queue:
        pause()
        here = queue.popleft()
        for edge in out(here):
            if any(goal(edge) for goal in goals):
                path = [edge]
                back = came[here]
                while back is not None:
                    path.append(back)
                    back = came[back[0]]
                return path[::-1]
            if edge[2] not in came:
                came[edge[2]] = edge
                queue.append(edge[2])
    raise LookupError("no path from there meets any of the goals")
