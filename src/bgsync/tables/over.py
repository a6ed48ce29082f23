"""What a function says of many transitions, or states, worked out once for all that it cannot tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from bgsync.tables.index import Numbers, firsts, numbered
from bgsync.tables.multisets import Multiset
from bgsync.tables.rows import Base, Successor
from bgsync.tables.tabulated import Query, Tabulated
from bgsync.tables.vectors import Vectors

T = TypeVar("T")


def over(
    table: Tabulated[T],
    places: Sequence[Successor] | Sequence[Base],
    which: Numbers,
    vectors: Vectors,
    before: Numbers,
    after: Numbers | None = None,
) -> tuple[list[T], Numbers]:
    """Give the distinct values and, for every item, which of them is its own.

    Item i is at `places[which[i]]`, and has the groups of these rows before and after.
    """
    values: list[T] = []
    home: dict[Any, int] = {}

    def groups(row: int) -> Multiset:
        return table.tables.multisets.of(vectors.groups_of(row))

    def value(item: int) -> int:
        place, first = places[which[item]], groups(int(before[item]))
        if isinstance(place, Successor):
            found = table.successor(place, first, None if after is None else groups(int(after[item])))
        else:
            found = table.state(place, first)
        if found not in home:
            home[found] = len(values)
            values.append(found)
        return home[found]

    first = firsts(which, len(places))
    used = np.flatnonzero(first >= 0)
    of_place = np.full(len(places), -1, np.int64)
    of_place[used] = [value(item) for item in first[used].tolist()]
    result = of_place[which]
    kinds: dict[tuple[Query, ...] | None, int] = {}
    kind = np.full(len(places), -1, np.int64)
    for place in used.tolist():
        queries = table.queries(places[place])
        if queries != ():
            kind[place] = kinds.setdefault(queries, len(kinds))
    kind_of = kind[which] if kinds else np.zeros(0, np.int64)
    for queries, number in kinds.items():
        items = np.flatnonzero(kind_of == number)
        sides = [before[items]] if after is None else [before[items], after[items]]
        answers = sides if queries is None else [
            vectors.count(one, sides[-1] if later else sides[0]) for later, one in queries
        ]  # fmt: skip
        case, many = numbered(which[items])
        for answer in answers:
            told, most = numbered(answer)
            case, many = numbered(case * most + told)
        ones = firsts(case, many)
        result[items] = np.array([value(int(items[one])) for one in ones.tolist()], np.int64)[case]
        more = [item for item in items[ones].tolist() if table.queries(places[which[item]]) != queries]
        again = items[np.isin(which[items], which[more])] if more else np.zeros(0, np.int64)
        result[again] = [value(item) for item in again.tolist()]
    return values, result
