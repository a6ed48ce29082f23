"""The value of a tabulated function for many transitions or states at once, each distinct case worked out once."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from bgsync.tables.multisets import Multiset
from bgsync.tables.tables import Base, Successor
from bgsync.tables.tabulated import Query, Tabulated

T = TypeVar("T")
Numbers = NDArray[np.int64]


def over(
    table: Tabulated[T],
    places: Sequence[Successor] | Sequence[Base],
    which: Numbers,
    processes: Sequence[Multiset],
    before: Numbers,
    after: Numbers | None = None,
) -> tuple[list[T], Numbers]:
    """Give the distinct values and, for every item, which of them is its own.

    Item i is at `places[which[i]]`, and has the processes with these indices before and after.
    """
    values: list[T] = []
    home: dict[Any, int] = {}

    def value(item: int) -> int:
        place, first = places[which[item]], processes[before[item]]
        if isinstance(place, Successor):
            found = table.successor(place, first, None if after is None else processes[after[item]])
        else:
            found = table.state(place, first)
        if found not in home:
            home[found] = len(values)
            values.append(found)
        return home[found]

    used, firsts, inverse = np.unique(which, return_index=True, return_inverse=True)
    of_place = np.array([value(int(item)) for item in firsts], np.int64)
    result = of_place[inverse] if len(used) else np.zeros(0, np.int64)
    groups: dict[tuple[Query, ...] | None, list[int]] = {}
    for place in np.flatnonzero([not table.is_constant(places[p]) for p in used]).tolist():
        groups.setdefault(table.queries(places[used[place]]), []).append(place)
    for queries, members in groups.items():
        items = np.flatnonzero(np.isin(inverse, members))
        if queries is not None:
            cases = _cases(queries, processes, inverse[items], before[items], None if after is None else after[items])
            _, ones, case = np.unique(cases, return_index=True, return_inverse=True)
            result[items] = np.array([value(int(items[one])) for one in ones], np.int64)[case]
            same = [m for m in members if table.queries(places[used[m]]) == queries]
            items = items[~np.isin(inverse[items], same)]
        for item in items.tolist():
            result[item] = value(item)
    return values, result


def _cases(
    queries: tuple[Query, ...], processes: Sequence[Multiset], place: Numbers, before: Numbers, after: Numbers | None
) -> Numbers:
    """Number the cases: items with the same place and the same answers have the same number."""
    cases = place
    for later, which in queries:
        ask: Callable[[Multiset], int] = lambda multiset, which=which: multiset.count(which)  # type: ignore[misc]
        at = after if later and after is not None else before
        used, inverse = np.unique(at, return_inverse=True)
        answers = np.array([ask(processes[p]) for p in used], np.int64)[inverse]
        _, cases = np.unique(cases * (int(answers.max()) + 1) + answers, return_inverse=True)
    return cases
