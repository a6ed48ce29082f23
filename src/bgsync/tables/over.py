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

    def parts(item: int) -> tuple[Successor | Base, Multiset, Multiset | None]:
        return places[which[item]], groups(int(before[item])), None if after is None else groups(int(after[item]))

    def value(item: int) -> int:
        found = table(*parts(item))
        if found not in home:
            home[found] = len(values)
            values.append(found)
        return home[found]

    def cases(items: Numbers, queries: tuple[Query, ...]) -> tuple[Numbers, int]:
        """Number items so that those of one kind with the same answers have the same number."""
        case, many = numbered(kind[items])
        for later, one in queries:
            if isinstance(one, str):
                answer = table.tables.aspect(one)[ends[later][items]]
            else:
                answer = vectors.count(one, (before if after is None or not later else after)[items])
            told, most = numbered(answer)
            case, many = numbered(case * most + told)
        return case, many

    states = after is None and len(places) > 0 and isinstance(places[0], Base)
    kind, *ends = (np.zeros(len(which), np.int64), which, which) if states else table.tables.of_successors(which)
    result, left = np.full(len(which), -1, np.int64), np.arange(len(which))
    while len(left):
        first = firsts(kind[left], int(kind[left].max()) + 1)
        used = np.flatnonzero(first >= 0)
        group, groups_of = np.zeros(len(first), np.int64), dict[tuple[Query, ...], int]()
        for number in used.tolist():
            item = int(left[first[number]])
            queries = table.queries(places[which[item]])
            if queries is None:
                value(item)
                queries = table.queries(places[which[item]])
            group[number] = groups_of.setdefault(queries or (), len(groups_of))
        again = list[Numbers]()
        for queries, number in groups_of.items():
            items = left[group[kind[left]] == number]
            case, many = cases(items, queries)
            ones = items[firsts(case, many)].tolist()
            result[items] = np.array([value(item) for item in ones], np.int64)[case]
            asked = [table.queries(places[which[item]]) == queries for item in ones]
            whole = [same and table.is_whole(*parts(item)) for item, same in zip(ones, asked, strict=True)]
            for item in items[np.array(whole)[case]].tolist():
                result[item] = value(item)
            more = np.unique(kind[[item for item, same in zip(ones, asked, strict=True) if not same]])
            again.append(items[np.isin(kind[items], more)] if len(more) else items[:0])
        left = np.concatenate(again)
    return values, result
