"""In which order explorations begin, where there is more to look at than there may be time for."""

import pytest

from bgsync.judge.at_once import order
from bgsync.judge.explorations import Effort, Exploration
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.system.scenario import Scenario
from tests.models import CALM


@pytest.mark.parametrize(
    ("processes", "expected"),
    [(1, [1, 3, 0, 2]), (2, [1, 3, 0, 2]), (3, [0, 2, 1, 3])],
    ids=["one process", "as many as are large", "more than are large"],
)
def test_all_that_is_small_is_looked_at_before_what_is_large_takes_all_processes(
    processes: int, expected: list[int]
) -> None:
    scenarios = [Scenario(SPEC, CALM, granularity) for granularity in ("step", "algorithm") * 2]
    assert order([Exploration(each, (), Effort(), None) for each in scenarios], processes) == expected
