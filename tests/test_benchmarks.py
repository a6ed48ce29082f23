"""The benchmarks measure what a command takes, and report nothing where counts disagree."""

import sys
import time
from pathlib import Path

import pytest

from benchmarks.__main__ import OURS, Bench, DisagreeError
from benchmarks.measure import FailedError, run
from benchmarks.ours import ON_PRODUCT, ON_SYSTEM, ROWS_KNOWN, measured, prepare
from benchmarks.peers import PEERS
from benchmarks.results import Result, exponent, page, result
from benchmarks.sizes import GROWTH, SIZES, WHOLE, Size, size_of
from bgsync.product.search import FAST

SMALL = Size(1, 1)


def bench() -> Bench:
    return Bench(1, False, time.monotonic() + 3600)


def made(engine: str, states: int, cpu: float = 1.0) -> Result:
    return result(engine, "a size", states, [cpu], [cpu], 10**8, 0.0)


def test_a_name_of_a_size_reads_as_the_size() -> None:
    assert all(size_of(size.name) == size for size in (*SIZES, *WHOLE, *GROWTH))


def test_processor_time_is_that_of_the_child_and_not_the_time_it_sleeps(tmp_path: Path) -> None:
    took = run([sys.executable, "-c", "import time; time.sleep(0.4); print('done')"], tmp_path)
    assert took.output == "done\n"
    assert took.wall - took.cpu > 0.39
    assert took.cpu > 0
    assert took.memory > 1_000_000


@pytest.mark.parametrize(
    ("code", "seconds", "why"), [("import time; time.sleep(900)", 1, "more than"), ("exit(7)", 900, "ended with 7")]
)
def test_a_command_that_fails_or_takes_too_long_is_an_error_that_says_so(
    code: str, seconds: float, why: str, tmp_path: Path
) -> None:
    with pytest.raises(FailedError, match=why):
        run([sys.executable, "-c", code], tmp_path, seconds=seconds)


def test_engines_that_count_differently_stop_everything() -> None:
    started = bench()
    known = started.add(made("one", 100), None)
    assert started.add(None, known) == 100
    with pytest.raises(DisagreeError, match="another counts 101 states, not 100"):
        started.add(made("another", 101), known)
    assert [one.engine for one in started.results] == ["one"]


@pytest.mark.parametrize("engine", [*ON_SYSTEM, *ON_PRODUCT])
def test_all_our_engines_count_the_same(engine: str, tmp_path: Path) -> None:
    assert engine in OURS
    if engine in ("levels", "saturation", "symmetry") and not FAST:
        pytest.skip("numba is not installed")
    prepare(SMALL, tmp_path)
    assert measured(engine, SMALL, tmp_path, 1)["states"] == [358]


def test_spin_counts_what_our_tables_count_of_a_system_as_a_whole(tmp_path: Path) -> None:
    spin = PEERS[0]
    if spin.missing or not FAST:
        pytest.skip("SPIN or numba is not installed")
    size = Size(1, 1, model="periodic", whole=True)
    prepare(size, tmp_path)
    spin.built(tmp_path)
    states, _ = spin.measured(tmp_path, 10_000)
    assert states > 300
    assert measured(ROWS_KNOWN, size, tmp_path, 1)["states"] == [states]


def test_the_exponent_is_that_of_a_power_law_and_needs_three_points() -> None:
    assert exponent((x, 5 * x**1.5) for x in (1, 10, 100)) == pytest.approx(1.5)
    assert exponent([(1, 1), (2, 2)]) is None


def test_ratios_are_against_the_better_mode_of_spin_on_the_same_states() -> None:
    found = [made("SPIN depth-first", 100, 4), made("SPIN breadth-first", 100, 2), made("ours", 100, 0.5)]
    told = page(found, [], ["one was left out"], "how")
    (ours,) = (line for line in told.splitlines() if line.startswith("| ours |"))
    assert ours.split(" | ")[4] == "4"
    assert "* one was left out" in told
