"""In which order explorations begin, where there is more to look at than there may be time for."""

from bgsync.judge.at_once import Queue
from bgsync.judge.explorations import Effort, Exploration
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.system.scenario import Scenario
from tests.models import CALM


def of(*granularities: str) -> list[Exploration]:
    scenarios = [Scenario(SPEC, CALM, granularity) for granularity in granularities]
    return [Exploration(each, (), Effort(), None) for each in scenarios]


def test_all_that_is_small_is_looked_at_before_what_is_large_by_one_process() -> None:
    queue, ended = Queue(of("step", "algorithm", "step", "algorithm"), 1), list[int]()
    for _ in range(4):
        ended.append(queue.next(ended))
    assert ended == [1, 3, 2, 0]


def test_one_of_several_processes_always_has_something_large_and_the_others_what_is_small() -> None:
    queue = Queue(of("step", "algorithm", "step", "algorithm", "algorithm"), 2)
    assert [queue.next([]) for _ in range(3)] == [2, 1, 3]
    assert [queue.next([1, 3]), queue.next([1, 3])] == [4, 0]
    queue = Queue(of("step", "algorithm", "step", "algorithm", "algorithm"), 2)
    assert [queue.next([]), queue.next([]), queue.next([2])] == [2, 1, 0]


def test_an_environment_without_adversities_is_looked_at_first_by_step() -> None:
    explorations = of("step", "step")
    with_restarts = Exploration(Scenario(SPEC, CALM, "step", adversities=("restarted",)), (), Effort(), None)
    queue = Queue([*explorations, with_restarts], 2)
    assert [queue.next([]), queue.next([1]), queue.next([0, 1])] == [1, 0, 2]
