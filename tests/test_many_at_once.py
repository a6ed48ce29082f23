"""Many states at once: arrays say what the interpreter says of each."""

import sys
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bgsync.explore.search import explore as explore_plainly
from bgsync.language import InParallel, Let, Resolve, Set, Spec, Wait, steps, v
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.system.scenario import Scenario
from bgsync.system.step import State
from bgsync.system.system import System
from bgsync.tables import Tables, explore
from bgsync.tables.index import Column, Index, firsts, is_compiled, numbered
from bgsync.tables.lookup import Lookup
from bgsync.tables.vectors import Vectors
from tests.models import CALM, UNGATED, outbox, scenario
from tests.test_queues import QUEUED, borrow, firing, text
from tests.test_tables import same


@pytest.fixture(autouse=True, params=["plain", "compiled"])
def loops(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have arrays gone through by NumPy, or in compiled code from the first one on."""
    if request.param == "compiled":
        pytest.importorskip("numba")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bgsync.tables.index.FAST", request.param == "compiled")
        patch.setattr("bgsync.tables.index.MANY", 0)
        yield


WORDS = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 5), max_size=60)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(batches=st.lists(WORDS, max_size=6))
def test_an_index_numbers_words_in_the_order_in_which_they_come_first(batches: list[list[int]]) -> None:
    index, known = Index(), dict[int, int]()
    for batch in batches:
        before = len(known)
        numbers, new = index.number(np.array(batch, np.uint64))
        for word in batch:
            known.setdefault(word, len(known))
        assert numbers.tolist() == [known[word] for word in batch]
        assert [known[batch[place]] for place in new.tolist()] == list(range(before, len(known)))
        assert len(index) == len(known)
    assert (index.find(np.array([2**64 - 3], np.uint64)).tolist() == [-1]) == (2**64 - 3 not in known)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(numbers=st.lists(st.integers(0, 10**6) | st.integers(0, 9), max_size=40))
def test_numbers_that_are_renumbered_are_as_alike_as_before(numbers: list[int]) -> None:
    renumbered, many = numbered(np.array(numbers, np.int64))
    assert (
        len(set(zip(numbers, renumbered.tolist(), strict=True))) == len(set(numbers)) == len(set(renumbered.tolist()))
    )
    places = firsts(renumbered, many).tolist()
    assert all(renumbered.tolist().index(number) == place for number, place in enumerate(places) if place >= 0)


def test_a_column_has_all_that_was_put_into_it() -> None:
    column = Column(3)
    column.append(1, 4)
    assert column.array.tolist() == [3, 1, 4]
    column.append(1)
    assert (column.array.tolist(), len(column)) == ([3, 1, 4, 1], 4)


def test_vectors_number_multisets_of_any_length_and_count_what_is_in_them() -> None:
    system = System(scenario(SPEC, UNGATED, "step", calls=1))
    tables = Tables(system)
    graph = explore(tables)
    vectors = graph.vectors
    groups = [vectors.groups_of(number) for number in range(len(vectors))]
    assert len(set(groups)) == len(groups)
    long = tuple(sorted(max(groups, key=len) * 5))
    number = vectors.of(long)
    assert (vectors.groups_of(number), vectors.of(long)) == (long, number)
    assert [vectors.groups_of(place) for place in range(len(groups))] == groups
    every = np.arange(len(groups))
    assert vectors.count(system.parked, every).tolist() == [
        sum(system.parked(n) for group in some for n in tables.groups.facts[group].running) for some in groups
    ]
    presences = [vectors.presences[n] for n in vectors.presence(every).tolist()]
    assert presences == [tables.multisets.of(some).presence for some in groups]


TWO = text(
    borrow(
        Let("a", True),
        Let("b", True),
        InParallel(steps(Wait("a while"), Set(v.a, False), Set(v.b, False))),
        Set(v.a, True),
        Resolve(v.promise),
    )
)
"""Steps in parallel that share two variables, outside of every loop."""

TEXTS = {
    "one-off": SPEC,
    "outbox": outbox(),
    "queues": QUEUED,
    "a loop": firing(in_parallel=True),
    "two variables": TWO,
}


def asked(spec: Spec) -> Scenario:
    return scenario(spec, UNGATED, "algorithm", ("terminated",), monitor="calls")


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_looked_up_for_many_states_is_what_each_turn_gives(name: str) -> None:
    tables = Tables(System(asked(TEXTS[name])))
    graph = explore(tables, limit=600)
    vectors = Vectors(tables.groups)
    rows = np.array([vectors.of(graph.vectors.groups_of(int(n))) for n in graph.processes], np.int64)
    found = Lookup(tables, vectors)(graph.bases.astype(np.int64), rows)
    looked_up: dict[int, Counter[object]] = {number: Counter() for number in range(len(graph))}
    for source, successor, row in zip(found.sources.tolist(), found.successors.tolist(), found.rows, strict=True):
        ends = tables.successors[successor].base is None
        looked_up[source][successor, None if ends else tuple(group - 1 for group in row.tolist() if group)] += 1
    for number in range(len(graph)):
        base, whole = tables.bases[graph.bases[number]], tables.multisets.of(vectors.groups_of(int(rows[number])))
        taken = Counter[object]()
        for row in tables.rows(base, whole):
            for one, into in row.successors:
                taken[one.index, None if one.base is None else tables.after(whole, row, one, into).numbers] += 1
        assert taken == looked_up[number]


def canonical(tables: Tables, state: State) -> tuple[object, ...]:
    """Tell a state by its groups, whatever places their variables have."""
    base, groups = tables.split(state)
    known = tables.system.processes.known
    parts = [tables.groups.known[number] for number in groups.numbers]
    told = (([(str(known[n]), place) for n, place in part.members], part.contents) for part in parts)
    return base.state.shared.context, base.split, tuple(sorted(map(str, told)))


def test_two_variables_that_steps_in_parallel_share_are_followed_as_the_interpreter_does() -> None:
    assert same(scenario(TWO, CALM, "algorithm", calls=2)) > 2
    asked = scenario(TWO, CALM, "step", calls=2)
    plain, tables = Tables(System(asked)), Tables(System(asked))
    expected, graph = explore_plainly(plain.system).states, explore(tables)
    ours = {canonical(tables, graph.state(number)) for number in range(len(graph))}
    assert len(ours) == len(graph) > 20
    assert ours == {canonical(plain, state) for state in expected}, "which has some of them twice, in other places"
    assert any(base.split.joined for base in tables.bases)


def test_a_limit_ends_the_search_after_the_state_that_leads_to_as_many() -> None:
    every = explore(Tables(System(asked(SPEC))))
    for limit in (1, 2, 17, len(every)):
        some = explore(Tables(System(asked(SPEC))), limit=limit)
        assert limit <= len(some) <= len(every)
        assert not some.complete
        count = len(some)
        assert (some.bases == every.bases[:count]).all()
        assert (some.parent == every.parent[:count]).all()
        assert some.starts[-1] == len(some.targets)


def test_compiled_code_that_is_loaded_is_called_from_fewer_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bgsync.tables.index.FAST", True)
    monkeypatch.setattr("bgsync.tables.index.MANY", 100)
    monkeypatch.setattr("bgsync.tables.index.SOME", 10)
    monkeypatch.delitem(sys.modules, "bgsync.tables.compiled", raising=False)
    assert [is_compiled(many) for many in (9, 10, 99, 100)] == [False, False, False, True]
    monkeypatch.setitem(sys.modules, "bgsync.tables.compiled", sys)
    assert [is_compiled(many) for many in (9, 10, 99, 100)] == [False, True, True, True]


def test_compiled_code_numbers_states_and_transitions_as_arrays_do(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr("bgsync.tables.index.FAST", True)
    tables, found = Tables(System(scenario(SPEC, calls=2))), []
    for many, room in ((1 << 60, 16), (1000, 16), (0, 1)):  # without it, from some place on, and with too little room
        monkeypatch.setattr("bgsync.tables.index.MANY", many)
        monkeypatch.setattr("bgsync.tables.index.SOME", many)
        monkeypatch.setattr("bgsync.tables.lookup.ROOM", room)
        graph = explore(tables)
        ended = tuple(one.tolist() for one in graph.ended)
        arrays = (graph.parent, graph.starts, graph.targets, graph.successors)
        states = [graph.state(number) for number in range(0, len(graph), 500)]
        found.append(([one.tolist() for one in arrays], ended, states))
    assert len(found[0][2]) > 20
    assert found[0] == found[1] == found[2]
