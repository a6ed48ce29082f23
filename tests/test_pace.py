"""What the progress line says, and that budgets end what is large with what was explored."""

import time

import pytest

from bgsync.judge.budget import Budget
from bgsync.judge.check import check
from bgsync.judge.pace import Pace
from bgsync.judge.verdict import Report
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.properties.background_sync import PROPERTIES
from tests.models import question


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    return now


def test_rate_rounds_and_frontier_are_told_and_that_there_is_no_estimate(clock: list[float]) -> None:
    pace = Pace()
    pace.told(1_000, 1, 5, pages=True)
    clock[0] += 2
    assert pace.told(5_000, 3, 42, pages=True) == (
        "2,000 a second, round 3, 42 pages have new ones, no estimate, how many there are is not known"
    )
    assert "depth 3, 42 to do" in pace.told(5_000, 3, 42, pages=False)


def test_with_a_limit_the_time_left_is_at_most_what_it_takes_to_get_there(clock: list[float]) -> None:
    pace = Pace(limit=9_000)
    pace.told(0, 1, 5, pages=True)
    clock[0] += 2
    assert pace.told(6_000, 3, 42, pages=True).endswith("at most 1 s to the limit")


def test_of_walks_the_time_left_is_estimated(clock: list[float]) -> None:
    pace = Pace(walks=40)
    assert pace.told(1, 0, 40, pages=False).endswith("walk 0 of 40, no estimate yet")
    clock[0] += 5
    assert pace.told(501, 10, 30, pages=False) == "100 new ones a second, walk 10 of 40, about 15 s left"


def ask(budget: Budget, granularity: str = "step", calls: int = 2) -> Report:
    asked = [prop for prop in PROPERTIES if prop.id == "gate"]
    return check(question(SPEC, asked, (granularity,), tags=3, calls=calls, budget=budget))


@pytest.mark.parametrize(
    ("seconds", "megabytes", "says"),
    [(0.2, None, "not decided within 0.2 s: --time gives it more"), (None, 1, "not decided within 1 MB: --memory")],
    ids=["time", "memory"],
)
def test_a_budget_ends_the_search_of_a_product_without_a_verdict(
    seconds: float | None, megabytes: int | None, says: str
) -> None:
    report = ask(Budget(seconds, megabytes))
    assert [verdict.verdict for verdict in report.verdicts] == ["inconclusive"]
    assert says in report.verdicts[0].message
    assert [explored.complete for explored in report.explorations] == [False]
    assert not report.interrupted
    assert report.exit_status == 3


def test_it_ends_promises_of_both_kinds_before_anything_was_explored() -> None:
    report = check(question(SPEC, PROPERTIES, ("algorithm",), tags=2, budget=Budget(1e-6)))
    assert {verdict.verdict for verdict in report.verdicts} == {"inconclusive"}
    assert all("--time" in verdict.message for verdict in report.verdicts)


def test_what_lies_in_files_does_not_count_where_it_is_told_apart() -> None:
    Budget(megabytes=100_000, files=False).check()
    with pytest.raises(KeyboardInterrupt):
        Budget(megabytes=1, files=False).check()
