"""What is reached: how many states and transitions, and which local states in which contexts, under which guards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import factorial

import numpy as np
from numpy.typing import NDArray

from bgsync.product.arrays import Closed, Joint, Numbers, Product, Table
from bgsync.product.component import Transition
from bgsync.product.pages import Key, Pages


def orbits(product: Product, key: Key) -> Numbers:
    """Give, for each combination of local states of a page with sorted states, how many states it stands for.

    So many orders has a combination of `n` like components: n! / (m1! m2! ...) where equal ones come m1, m2, ... times.
    """
    shape = product.shape(key)
    places = np.indices(shape, sparse=True)
    many = np.full((1,) * len(shape), factorial(len(key) - product.alike), np.int64)
    run = np.ones_like(many)
    for axis in range(product.alike + 1, len(key)):
        same = places[axis] == places[axis - 1] if key[axis] == key[axis - 1] else np.zeros_like(run, bool)
        run = np.where(same, run + 1, 1)
        many = many // run
    return many


@dataclass(frozen=True)
class Reached:
    """The reachable states of a product; with `symmetry` only those whose like components are sorted."""

    closed: Closed
    pages: Pages
    symmetry: bool
    fast: bool = False
    """Whether to count in compiled code."""

    @property
    def states(self) -> int:
        """Count the states, in whatever order their components are."""
        return int(self.counts[0][0].sum())  # what belongs to no tag is there once

    @cached_property
    def counts(self) -> list[NDArray[np.int64]]:
        """Give, for each table, an array [guard, local state, context]: in how many states it is so for a component.

        A state counts for a guard when the guard holds in it.
        """
        product = self.closed.product
        if self.fast:
            return self._counted[0]
        found = [np.zeros((4, t.states, product.contexts), np.int64) for t in product.tables]
        for key, page in self.pages.items():
            many = orbits(product, key) if self.symmetry else np.int64(1)
            allowed = [guard for guard, yes in enumerate(product.allowed(key)) if yes]
            for context in range(product.contexts):
                states = ((page >> page.dtype.type(context)) & page.dtype.type(1)) * many
                for axis, table in enumerate(product.components):
                    mine = states.sum(axis=tuple(n for n in range(page.ndim) if n != axis), dtype=np.int64)
                    first = table.offsets[key[axis]]
                    local = table.members[first : first + len(mine)]
                    for guard in allowed:
                        found[product.homes[axis]][guard, local, context] += mine
        return found

    def times(self, table: int, move: Transition) -> int:
        """Count the states in which a component with this table can move so."""
        return int(self.counts[table][move.guard, move.source, move.context])

    @cached_property
    def transitions(self) -> int:
        """Count the transitions between these states, and those after which something is followed by itself."""
        total = sum(
            self.times(table, move)
            for table, part in enumerate(self.closed.parts)
            for move in (*(s for s in part.steps if s.target is not None), *(d.move for d in part.departures))
        )
        single, joints = self._broadcasts
        total += sum(int(self.counts[0][guard, :, context].sum()) for guard, context, _ in single)
        if self.fast:
            return total + sum(self._counted[1])
        return total + sum(self._joint(key, joint) for joint in joints for key in self.pages)

    @cached_property
    def _broadcasts(self) -> tuple[list[Joint], list[Joint]]:
        """The moves of all components, where they can be taken: those that are always one transition, and the rest."""
        product, found = self.closed.product, (list[Joint](), list[Joint]())
        for label, guard in enumerate(product.guards.tolist()):
            for context in np.flatnonzero(product.leads[label] >= 0).tolist():
                options = [_options(product, table, label, context) for table in product.components]
                found[any((each != 1).any() for each in options)].append((guard, context, options))
        return found

    @cached_property
    def _counted(self) -> tuple[list[NDArray[np.int64]], list[int]]:
        from bgsync.product.counting import counted

        return counted(self.closed.product, self.pages, self._broadcasts[1], symmetry=self.symmetry)

    def _joint(self, key: Key, joint: Joint) -> int:
        """Count the transitions in which all components of a page move."""
        product, page, (guard, context, every) = self.closed.product, self.pages[key], joint
        if not product.allowed(key)[guard]:
            return 0
        many = orbits(product, key) if self.symmetry else np.int64(1)
        successors = ((page >> page.dtype.type(context)) & page.dtype.type(1)) * many
        for axis, (table, options) in enumerate(zip(product.components, every, strict=True)):
            first = table.offsets[key[axis]]
            some = options[table.members[first : first + page.shape[axis]]]
            successors = successors * some.reshape((-1, *(1,) * (page.ndim - axis - 1)))
        return int(successors.sum(dtype=np.int64))


def _options(product: Product, table: Table, label: int, context: int) -> Numbers:
    """Count what each local state can become when all components move."""
    first = (label * product.contexts + context) * table.states
    return np.diff(table.part_starts[first : first + table.states + 1])
