"""The product of components against the interpreter: the same states, transitions, judgements and traces."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bgsync.judge.check import check
from bgsync.judge.explorations import Effort
from bgsync.judge.lassos import Search
from bgsync.judge.product import WatchedProduct, is_proved, premise_met, watch_product
from bgsync.judge.property import Liveness, Safety
from bgsync.judge.replay import moves, replay_safety
from bgsync.judge.verdict import Report
from bgsync.judge.whole import Watched, watch
from bgsync.language import Empty, ForEach, LanguageError, Remove, Resolve, Set, Spec, Statement, algorithm, steps, v
from bgsync.product.arrays import Closed, closed
from bgsync.product.component import NotSeparableError
from bgsync.product.pages import count
from bgsync.product.reached import Reached
from bgsync.product.search import FAST, levels, reachable
from bgsync.product.traces import Walk
from bgsync.shipped.model.background_sync.monitors import CALLS
from bgsync.shipped.model.background_sync.one_off import REGISTRATIONS, SPEC, state_of
from bgsync.shipped.model.background_sync.registration import FIRING
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.shipped.model.environment import ADVERSITIES
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.system.scenario import Scenario
from bgsync.system.system import System
from bgsync.tables import Tables, explore
from tests import models
from tests.models import FILE, FIRST, MONITORS, outbox, question
from tests.sample import chosen
from tests.test_queues import QUEUED
from tests.test_tables import without

SAFETY = [prop for prop in PROPERTIES if isinstance(prop, Safety)]
LIVENESS = [prop for prop in PROPERTIES if isinstance(prop, Liveness)]
ENGINES = [pytest.param(False, id="numpy"), pytest.param(True, id="compiled")] if FAST else [False]


def scenario(
    spec: Spec = SPEC,
    granularity: str = "algorithm",
    adversities: tuple[str, ...] = (),
    tags: int = 2,
    calls: int = 2,
    monitor: str = "none",
) -> Scenario:
    return models.scenario(spec, WORLD, granularity, adversities, tags=tags, calls=calls, monitor=monitor)


@lru_cache(maxsize=16)
def product_of(asked: Scenario) -> Closed:
    return closed(Tables(System(asked)))


def both(asked: Scenario, fast: bool = FAST) -> tuple[WatchedProduct, Watched]:
    """Explore a scenario by its product and state by state."""
    safety = [prop for prop in SAFETY if asked.monitor in prop.monitors]
    return watch_product(System(asked), safety, minimise=False, fast=fast), whole_of(asked)


@lru_cache(maxsize=4)
def whole_of(asked: Scenario) -> Watched:
    """Explore a scenario state by state, once for all engines."""
    return watch(System(asked), [prop for prop in SAFETY if asked.monitor in prop.monitors])


def agree(asked: Scenario, fast: bool = FAST) -> int:
    """Hold a product to the tables, which are held to the interpreter, and say how many states there are."""
    ours, theirs = both(asked, fast)
    assert (ours.states, ours.transitions) == (theirs.states, theirs.transitions)
    assert (ours.met, set(ours.breaches), ours.ran) == (theirs.met, set(theirs.breaches), theirs.ran)
    return ours.states


@pytest.mark.parametrize("monitor", MONITORS)
def test_a_product_has_the_states_transitions_and_breaches_of_the_whole(monitor: str) -> None:
    agree(scenario(monitor=monitor))


@pytest.mark.parametrize("adversity", chosen({name: name for name in ADVERSITIES}, ("extended", "terminated")))
def test_it_has_them_under_every_adversity(adversity: str) -> None:
    agree(scenario(adversities=(adversity,)))


@pytest.mark.parametrize("fast", ENGINES)
def test_it_has_them_step_by_step_too(fast: bool) -> None:
    assert agree(scenario(granularity="step", calls=1), fast) == 7_858


def test_it_has_them_where_two_calls_of_one_tag_interleave() -> None:
    assert agree(scenario(granularity="step", tags=1)) == 14_478


@pytest.mark.campaign
@pytest.mark.parametrize("fast", ENGINES)
def test_it_has_them_for_three_tags(fast: bool) -> None:
    assert agree(scenario(tags=3), fast) == 8_195


@pytest.mark.parametrize("adversity", ["", "permission"])
def test_a_registration_is_the_same_whether_it_is_removed_at_once_or_after_it_was_listed(adversity: str) -> None:
    removing = outbox(first=(Remove(v.registration, REGISTRATIONS), *FIRST))
    agree(scenario(removing, adversities=(adversity,) if adversity else (), calls=1))


@pytest.mark.parametrize("monitor", MONITORS)
def test_what_is_remembered_of_a_tag_whose_object_is_gone_is_counted_for_each_tag(monitor: str) -> None:
    agree(scenario(outbox(found=(), first=(Remove(v.registration, REGISTRATIONS),)), calls=1, monitor=monitor))


ALIKE = {name: (name, "", 2) for name in ("calls", "timers", "outbox shared")} | {
    f"{adversity} {calls}": ("calls", adversity, calls) for adversity in ADVERSITIES for calls in (1, 2)
}


@pytest.mark.parametrize(
    ("monitor", "adversity", "calls"),
    chosen(ALIKE, ("calls", "timers", "outbox shared", "terminated 1", "unregistered 1")),
)
def test_what_nobody_can_tell_apart_is_judged_alike(monitor: str, adversity: str, calls: int) -> None:
    asked = scenario(adversities=(adversity,) if adversity else (), calls=calls, monitor=monitor)
    properties = [prop for prop in PROPERTIES if asked.monitor in prop.monitors]
    whole, small = (watch_product(System(asked), properties, minimise=minimise) for minimise in (False, True))
    assert small.states <= whole.states
    assert (small.met, set(small.breaches), small.ran) == (whole.met, set(whole.breaches), whole.ran)
    assert {name: len(small.path(name)) for name in small.breaches} == {
        name: len(whole.path(name)) for name in whole.breaches
    }
    for liveness in (prop for prop in properties if isinstance(prop, Liveness)):
        assert premise_met(small, liveness) == premise_met(whole, liveness)


def test_minimised_components_are_much_smaller_where_a_monitor_remembers_what_nobody_asks_for() -> None:
    asked = scenario(granularity="step", calls=1, monitor="calls")
    whole, small = (watch_product(System(asked), SAFETY, minimise=minimise) for minimise in (False, True))
    assert small.states < 0.7 * whole.states
    assert (small.met, set(small.breaches), small.ran) == (whole.met, set(whole.breaches), whole.ran)


def test_its_states_are_those_of_the_interpreter_one_for_one() -> None:
    asked = scenario(granularity="step", calls=1)
    whole = product_of(asked)
    walk, graph = Walk(whole), explore(whole.tables)
    points = [walk.point(state) for state in map(graph.state, range(len(graph))) if not state.disjoint]
    pages, complete = reachable(whole.product)
    assert complete
    assert None not in points
    assert len(set(points)) == len(points) == count(pages)


@pytest.mark.skipif(not FAST, reason="numba is not installed")
@pytest.mark.parametrize(
    "asked",
    chosen({"algorithm": scenario(tags=3, calls=1), "step": scenario(granularity="step", calls=1)}, ("algorithm",)),
)
def test_engines_levels_and_symmetry_count_the_same(asked: Scenario) -> None:
    whole = product_of(asked)
    plain, _ = reachable(whole.product, fast=False)
    compiled, _ = reachable(whole.product, fast=True)
    assert {key: page.tolist() for key, page in plain.items() if page.any()} == {
        key: page.tolist() for key, page in compiled.items() if page.any()
    }
    sorted_ones, _ = reachable(whole.product, fast=True, symmetry=True)
    one, other = Reached(whole, compiled, False), Reached(whole, sorted_ones, True)
    fast = Reached(whole, sorted_ones, True, True)
    assert count(sorted_ones) < count(compiled) / 1.9
    assert (one.states, one.transitions) == (other.states, other.transitions)
    for mine, theirs, counted in zip(one.counts, other.counts, fast.counts, strict=True):
        assert np.array_equal(mine, theirs)
        assert np.array_equal(mine, counted)
    assert list(levels(whole.product, fast=False)) == list(levels(whole.product, fast=True))
    assert sum(levels(whole.product)) == one.states


@pytest.mark.campaign
def test_the_largest_scenario_of_the_tests_has_a_million_states() -> None:
    whole = product_of(scenario(granularity="step"))
    pages, _ = reachable(whole.product, symmetry=FAST)
    reached = Reached(whole, pages, FAST)
    assert (reached.states, reached.transitions) == (1_046_329, 4_747_467)


@pytest.mark.parametrize("monitor", ["calls", "timers"])
def test_every_breach_has_a_run_as_short_as_any_and_it_replays(monitor: str) -> None:
    asked = scenario(granularity="algorithm" if monitor == "timers" else "step", calls=1, monitor=monitor)
    ours = watch_product(System(asked), [prop for prop in PROPERTIES if asked.monitor in prop.monitors])
    alone = watch(
        System(replace(asked, bounds=replace(asked.bounds, tags=1))),
        [prop for prop in SAFETY if asked.monitor in prop.monitors],
    )
    assert ours.breaches
    for name in ours.breaches:
        path = ours.path(name)
        safety = next(prop for prop in SAFETY if prop.id == name.split("/")[0])
        replay_safety(asked, moves(ours.system, path), safety, name)
        if name in alone.breaches:
            assert len(path) <= len(alone.path(name))


@pytest.mark.campaign
@pytest.mark.parametrize("adversity", ["", *ADVERSITIES])
def test_what_is_proved_of_one_tag_in_any_company_holds_of_the_whole(adversity: str) -> None:
    asked = scenario(adversities=(adversity,) if adversity else (), monitor="calls")
    ours, theirs = both(asked)
    search = Search(theirs)
    for liveness in (prop for prop in LIVENESS if CALLS in prop.monitors):
        regions = search.where(lambda state, prop=liveness: prop.owed(theirs.system, state))  # type: ignore[misc]
        broken = any(True for owed, region in regions.items() for _ in search.in_region(liveness, owed, region))
        assert is_proved(ours, liveness) is not broken
        assert premise_met(ours, liveness) == search.premise_met(liveness)


# --- verdicts


def verdicts(report: Report) -> dict[tuple[str, tuple[str, ...]], tuple[str, str | None]]:
    return {(v.property, v.needs): (v.verdict, v.kind) for v in report.verdicts}


@pytest.mark.campaign
@settings(max_examples=5, deadline=None)
@given(st.data())
def test_a_spec_with_steps_left_out_gets_the_verdicts_that_one_tag_alone_and_the_whole_get(data: st.DataObject) -> None:
    places = sorted({(o.algorithm, o.step) for s in SPEC.statements() if (o := s.origin) is not None})
    left_out = data.draw(st.sets(st.sampled_from(places), max_size=2))
    try:
        spec = without(SPEC, left_out)
        asked = scenario(spec, monitor="calls")
        ours, theirs = both(asked)
    except (LanguageError, NotSeparableError):
        assume(False)
        raise
    assert (ours.states, ours.transitions) == (theirs.states, theirs.transitions)
    assert (ours.met, set(ours.breaches)) == (theirs.met, set(theirs.breaches))
    search = Search(theirs)
    for liveness in (prop for prop in LIVENESS if CALLS in prop.monitors):
        if is_proved(ours, liveness):
            regions = search.where(lambda state, prop=liveness: prop.owed(theirs.system, state))  # type: ignore[misc]
            assert not any(True for owed, region in regions.items() for _ in search.in_region(liveness, owed, region))


@pytest.mark.parametrize(
    "adversities", [("restarted", "skipped"), pytest.param(tuple(ADVERSITIES), marks=pytest.mark.campaign)]
)
def test_a_check_of_two_tags_says_what_one_of_one_tag_says(adversities: tuple[str, ...]) -> None:
    judged = [p for p in PROPERTIES if p.monitors == (CALLS,)]
    one, two = (check(question(SPEC, judged, ("algorithm",), adversities, tags=tags)) for tags in (1, 2))
    said = verdicts(one)
    resting = {key for key, (ruling, _) in said.items() if ruling == "conditional"}
    assert {needs for _, needs in resting} <= {("terminated",)}  # its other reading is asked of one tag only
    assert {key: ruling for key, ruling in said.items() if key not in resting} == verdicts(two)
    assert max(explored.states for explored in two.explorations) > 1_000


@pytest.mark.campaign
def test_a_check_of_two_tags_step_by_step_says_what_one_of_one_tag_says() -> None:
    one, two = (check(question(SPEC, [p for p in PROPERTIES if p.monitors == (CALLS,)], tags=tags)) for tags in (1, 2))
    said = verdicts(one)
    resting = {key for key, (ruling, _) in said.items() if ruling == "conditional"}
    assert {needs for _, needs in resting} <= {("terminated",)}  # its other reading is asked of one tag only
    assert {key: ruling for key, ruling in said.items() if key not in resting} == verdicts(two)
    assert max(explored.states for explored in two.explorations) > 500_000


TERMINATED = question(SPEC, [p for p in PROPERTIES if p.monitors == (CALLS,)], ("algorithm",), ("terminated",), tags=2)


@pytest.fixture(scope="module")
def reduced() -> Report:
    return check(TERMINATED)


@pytest.mark.parametrize(
    "reductions",
    [pytest.param(frozenset[str](), marks=pytest.mark.campaign), frozenset({"symmetry"}), frozenset({"bisimulation"})],
)
def test_a_reduction_changes_how_much_is_explored_and_no_verdict(reductions: frozenset[str], reduced: Report) -> None:
    other = check(replace(TERMINATED, effort=Effort(reductions=reductions)))
    assert verdicts(other) == verdicts(reduced)
    sizes = [sum(explored.states for explored in report.explorations) for report in (reduced, other)]
    assert sizes[0] == sizes[1] if "bisimulation" in reductions else sizes[0] < sizes[1]


def test_the_limit_that_nobody_gave_is_no_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bgsync.judge.exploring.LIMIT", 100)
    report = check(question(SPEC, [p for p in PROPERTIES if p.id == "gate"], ("step",)))
    assert not report.interrupted
    assert [v.verdict for v in report.verdicts] == ["inconclusive"]
    assert "first 1" in report.verdicts[0].message


def test_a_limit_ends_a_product_as_it_ends_anything() -> None:
    asked = question(SPEC, [p for p in PROPERTIES if p.id == "gate"], ("step",), tags=2, calls=1, limit=1_000)
    report = check(asked)
    assert [v.verdict for v in report.verdicts] == ["inconclusive"]
    assert "first" in report.verdicts[0].message


def test_what_one_tag_breaks_by_itself_is_found_where_several_are_too_many_to_look_at() -> None:
    asked = [prop for prop in PROPERTIES if prop.id == "resolved-then-fires"]
    (verdict,) = check(question(SPEC, asked, ("step",), tags=3, limit=1_500)).verdicts
    assert verdict.verdict == "violated"
    assert verdict.trace is not None


# --- what is not separable


def with_method(*body: Statement) -> Spec:
    clear = algorithm("clear", (), steps(*body, Resolve(v.promise)), returns="promise", file=FILE)
    return replace(SPEC, algorithms=(*SPEC.algorithms, clear), methods=(*SPEC.methods, "clear"))


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (QUEUED, "invocations wait for each other"),
        (with_method(Empty(REGISTRATIONS)), "looks at the objects of other tags"),
        (with_method(ForEach("one", REGISTRATIONS, (Set(state_of(v.one), FIRING),))), "looks at the objects"),
    ],
    ids=["queues", "a method that empties the list", "a method that changes all"],
)
def test_tags_that_do_something_to_each_other_are_refused_with_the_reason(spec: Spec, why: str) -> None:
    with pytest.raises(NotSeparableError, match=why):
        product_of(scenario(spec))
