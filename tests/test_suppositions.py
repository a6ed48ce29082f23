"""What is not followed does not stay the same for ever: time goes on, counters pass every bound, conditions change."""

from dataclasses import replace

import numpy as np
import pytest

from bgsync.judge.fair_loop import Rejected
from bgsync.judge.lassos import Search
from bgsync.judge.replay import moves, replay_lasso
from bgsync.judge.suppositions import GROWTH, READINGS, VARYING
from bgsync.judge.verdict import Verdict
from bgsync.judge.whole import watch
from bgsync.language import (
    Assert,
    Compare,
    Continue,
    Expr,
    Field,
    ForEach,
    If,
    Increment,
    Input,
    Is,
    Let,
    Not,
    Remove,
    Resolve,
    Set,
    Spec,
    Statement,
    Wait,
    WaitUntil,
    While,
    algorithm,
    rule,
    steps,
    v,
)
from bgsync.language.algorithm import Member
from bgsync.shipped.model.background_sync.one_off import ONLINE, REGISTRATIONS
from bgsync.shipped.model.background_sync.registration import PENDING, WAITING
from bgsync.shipped.properties.background_sync import LIVENESS
from bgsync.system.growth import growth
from bgsync.system.system import System
from tests.models import CALM, FILE, FIRE, NEW, STATE, Items, known, outbox, scenario, verdicts

NOW = Input("now")
DUE, ROUNDS = Field(v.registration, "due time"), Field(v.registration, "rounds")
MOON = Input("the moon is full")
RESOLVE = Resolve(v.promise)
PENDING_FIRES = next(prop for prop in LIVENESS if prop.id == "pending-fires")


def polling(*first: Statement, added: Items = (*NEW, RESOLVE), wakes: Items = (), begins: Items = ()) -> Spec:
    """An outbox that is looked through again and again; `first` is done before a pending registration is fired."""
    visit = steps(If(Not(Is(STATE, PENDING)), (Continue(),)), *first, FIRE)
    every = While(
        True, steps(Wait("a while"), WaitUntil(ONLINE), *wakes, ForEach("registration", REGISTRATIONS, visit))
    )
    drop = (Remove(v.registration, REGISTRATIONS),)
    spec = outbox(found=known(RESOLVE), fulfilled=drop, rejected=drop, online=())
    kind = replace(spec.type, members=(*spec.type.members, Member("due time"), Member("rounds")))
    poll = rule("poll", "user agent", "start", "MUST", steps(*begins, every), file=FILE)
    method = algorithm("register", ("tag",), steps(*known(RESOLVE), *added), returns="promise", file=FILE)
    return replace(spec, type=kind, algorithms=(method, *spec.algorithms[1:]), rules=(poll,), read=True)


def unless(condition: Expr) -> Items:
    """Pass over a registration for now."""
    return (If(condition, (Continue(),)),)


def verdict(spec: Spec, granularity: str = "algorithm") -> Verdict:
    return verdicts(spec, ["pending-fires"], (granularity,), world=CALM)["pending-fires"]


@pytest.mark.parametrize("granularity", ["step", "algorithm"])
def test_a_loop_that_looks_through_the_list_again_and_again_fires_what_is_pending(granularity: str) -> None:
    assert verdict(polling(), granularity).verdict == "holds"


@pytest.mark.parametrize(
    "not_yet",
    [
        Compare(">", DUE, NOW),
        Compare("<", NOW, DUE),
        Not(Compare("<=", DUE, Input("the current time"))),
        Compare(">", v.due, NOW),
    ],
)
def test_a_time_that_has_not_come_comes(not_yet: Expr) -> None:
    assert verdict(polling(Let("due", DUE), *unless(not_yet))).verdict == "holds"


def test_a_time_that_has_come_does_not_go_away_again() -> None:
    assert verdict(polling(*unless(Compare(">", NOW, DUE)))).verdict == "violated"


def test_a_time_may_have_a_name() -> None:
    assert verdict(polling(*unless(Compare(">", DUE, v.time)), wakes=(Let("time", NOW),))).verdict == "holds"


def test_a_counter_that_is_incremented_passes_every_bound() -> None:
    patient = unless(Compare("<", ROUNDS, Input("the patience of the user agent")))
    assert verdict(polling(Increment(ROUNDS), *patient)).verdict == "holds"


def test_a_counter_that_nothing_increments_passes_none() -> None:
    patient = unless(Compare("<", ROUNDS, Input("the patience of the user agent")))
    spec = polling(*patient, added=(*NEW, Set(ROUNDS, 0), Increment(ROUNDS), RESOLVE))
    assert growth(spec).counters == {"rounds"}
    assert verdict(spec).verdict == "violated"


TRIES = Compare("<", v.tries, Input("the patience of the user agent"))


def test_a_variable_that_is_incremented_in_a_loop_passes_every_bound() -> None:
    spec = polling(Increment(v.tries), *unless(TRIES), begins=(Let("tries", 0),))
    assert growth(spec).counters == {"|tries|"}
    assert verdict(spec).verdict == "holds"


def test_a_variable_that_begins_anew_in_each_round_passes_none() -> None:
    found = verdict(polling(Let("tries", 0), Increment(v.tries), *unless(TRIES)))
    assert found.verdict == "violated"


def test_a_variable_that_is_also_set_is_no_counter() -> None:
    spec = polling(Increment(v.tries), *unless(TRIES), Set(v.tries, 0), begins=(Let("tries", 0),))
    assert not growth(spec).counters
    assert verdict(spec).verdict == "conditional"


def test_what_a_counter_has_passed_it_does_not_fall_below_again() -> None:
    spec = polling(Increment(v.tries), If(TRIES, (Set(STATE, WAITING),)), begins=(Let("tries", 0),))
    search = Search(watch(System(scenario(spec, CALM, "algorithm", calls=1)), []))
    found = search.suppositions
    below, above = (
        [n for n, _ in enumerate(search.tables.successors) for one in found.of(n) if one.value == value]
        for value in (True, False)
    )
    both = np.array([t for t, n in enumerate(search.successors) if n in (*below, *above)])
    (unmet,) = found.unmet(search.sources[both], search.successors[both], READINGS).items()
    asked, asks = unmet
    assert asked.counter is not None
    assert set(search.successors[both][asks].tolist()) == set(below)


def test_a_counter_that_is_set_back_is_none_that_only_grows() -> None:
    patient = unless(Compare("<", ROUNDS, Input("the patience of the user agent")))
    found = verdict(polling(Increment(ROUNDS), *patient, Set(ROUNDS, 0)))
    assert found.verdict == "conditional"


def test_what_rests_on_a_condition_that_does_not_stay_the_same_says_so() -> None:
    found = verdict(polling(*unless(MOON)))
    assert found.verdict == "conditional"
    assert VARYING in found.message
    assert MOON.text in found.message


def test_of_two_granularities_the_one_that_rests_on_a_reading_is_told() -> None:
    found = verdicts(polling(*unless(MOON)), ["pending-fires"], ("algorithm", "step"), world=CALM)
    assert found["pending-fires"].verdict == "conditional"


def test_an_assert_that_is_taken_at_its_word_comes_out_one_way_for_ever() -> None:
    assert verdict(polling(Assert(MOON), Continue())).verdict == "violated"


def test_the_validator_rejects_a_run_in_which_time_stands_still_unless_that_is_the_question() -> None:
    asked = scenario(polling(*unless(Compare(">", DUE, NOW))), CALM, "algorithm", calls=1)
    watched = watch(System(asked), [])
    found = next(Search(watched).lassos(PENDING_FIRES, READINGS - {GROWTH}))
    stem, loop = (moves(watched.system, [step for _, step, _ in part]) for part in (found.stem, found.loop))
    replay_lasso(asked, stem, loop, PENDING_FIRES, found.owed, READINGS - {GROWTH})
    with pytest.raises(Rejected, match="for ever it stays so that registration's due time"):
        replay_lasso(asked, stem, loop, PENDING_FIRES, found.owed)
