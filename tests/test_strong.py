"""Strongly connected components are the same by either means."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgsync.explore import strong
from bgsync.explore.strong import homes

GRAPHS = st.integers(1, 12).flatmap(
    lambda size: st.tuples(
        st.just(size), st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=30)
    )
)


def parts(of: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(of == each).tolist()) for each in set(of.tolist())}


@given(GRAPHS)
def test_small_graphs_have_the_components_that_scipy_finds(graph: tuple[int, list[tuple[int, int]]]) -> None:
    size, edges = graph
    sources, targets = (np.array([edge[end] for edge in edges], np.int64) for end in (0, 1))
    found = homes(sources, targets, size)
    assert len(found) == size
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strong, "SMALL", 0)
        assert parts(homes(sources, targets, size)) == parts(found)


def test_a_long_way_and_back_is_one_component() -> None:
    size = 20_000
    states = np.arange(size)
    assert set(homes(states, np.roll(states, -1), size).tolist()) == {0}
    assert len(set(homes(states[:-1], states[1:], size).tolist())) == size


def test_a_small_check_is_done_before_scipy_would_have_been_imported() -> None:
    code = (
        "import sys; from bgsync.cli import main; "
        "sys.argv[1:] = 'check one-off --calls 1 --granularity algorithm --property firing-ends --jobs 1'.split()\n"
        "try: main()\nexcept SystemExit: print('scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "firing-ends" in done.stdout, done.stdout + done.stderr
    assert done.stdout.endswith("False\n")
