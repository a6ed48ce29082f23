"""What is reached: how many states and transitions, and which local states in which contexts, under which guards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import factorial

import numpy as np
from numpy.typing import NDArray

from bgsync.product.arrays import Closed, Numbers, Product, Words
from bgsync.product.component import Move
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

    @cached_property
    def states(self) -> int:
        """Count the states, in whatever order their components are."""
        if not self.symmetry:
            return sum(int(np.bitwise_count(page).sum(dtype=np.int64)) for page in self.pages.values())
        return sum(
            int((np.bitwise_count(page) * orbits(self.closed.product, key)).sum(dtype=np.int64))
            for key, page in self.pages.items()
        )

    @cached_property
    def counts(self) -> list[NDArray[np.int64]]:
        """Give, for each table, an array [guard, local state, context]: in how many states it is so for a component.

        A state counts for a guard when the guard holds in it.
        """
        product = self.closed.product
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

    def times(self, table: int, move: Move) -> int:
        """Count the states in which a component with this table can move so."""
        return int(self.counts[table][move.guard, move.source, move.context])

    @cached_property
    def transitions(self) -> int:
        """Count the transitions between these states, and those after which something is followed by itself."""
        closed, product = self.closed, self.closed.product
        total = sum(
            self.times(table, move)
            for table, part in enumerate(closed.parts)
            for move in (*(s for s in part.steps if s.target is not None), *(d.move for d in part.departures))
        )
        for key, page in self.pages.items():
            allowed = product.allowed(key)
            many = orbits(product, key) if self.symmetry else np.int64(1)
            for label in range(len(product.guards)):
                for context in np.flatnonzero(product.leads[label] >= 0).tolist():
                    if allowed[product.guards[label]]:
                        total += self._joint(key, page, many, label, context)
        return total

    def _joint(self, key: Key, page: Words, many: Numbers | np.int64, label: int, context: int) -> int:
        """Count the transitions in which all components of a page move."""
        product = self.closed.product
        ways = ((page >> page.dtype.type(context)) & page.dtype.type(1)) * many
        for axis, table in enumerate(product.components):
            first = table.offsets[key[axis]]
            local = table.members[first : first + page.shape[axis]]
            slots = (label * product.contexts + context) * table.states + local
            options = table.part_starts[slots + 1] - table.part_starts[slots]
            ways = ways * options.reshape((-1, *(1,) * (page.ndim - axis - 1)))
        return int(ways.sum(dtype=np.int64))
