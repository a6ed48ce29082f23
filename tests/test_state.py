"""Values say what they are: what is of two kinds is never the same, though both are tuples."""

from itertools import combinations

import pytest

from bgsync.system.state import AWAITED, LIST, UNKNOWN, Cell, Event, Promise, Record, Ref, Undecided, Unknown, Value

ALIKE: tuple[tuple[Value, ...], ...] = (
    (Ref(0), Cell(0), Promise(0), (0,)),
    (Event((("a", "b"),)), Record((("a", "b"),)), ((("a", "b"),),)),
    (UNKNOWN, Unknown("the list"), LIST, AWAITED, Unknown("the event's promise"), ("unknown",), ("the list",)),
    (Undecided("a", None), ("a", None, None)),
)


@pytest.mark.parametrize("values", ALIKE, ids=["slots", "members", "names", "choices"])
def test_values_of_two_kinds_differ_even_if_they_have_the_same_parts(values: tuple[Value, ...]) -> None:
    assert all(one != other for one, other in combinations(values, 2))
    assert len(set(values)) == len(values)
