"""A run may come to an end, with the network there and nobody who calls: what is owed then is never given."""

import pytest

from bgsync import telling
from bgsync.judge.facts import NothingHappens
from bgsync.language import (
    Abort,
    And,
    Else,
    Environment,
    Field,
    If,
    InParallel,
    Is,
    Not,
    Remove,
    Resolve,
    Set,
    Wait,
    WaitUntil,
    steps,
    v,
)
from bgsync.shipped.model.background_sync.one_off import ONLINE, REGISTRATIONS
from bgsync.shipped.model.background_sync.registration import PENDING, WAITING
from bgsync.words import Words
from tests.models import AGAIN, CALM, FIRE, MARK, STATE, Items, known, outbox, single, verdicts

DROP = Remove(v.registration, REGISTRATIONS)
FIRES = (*MARK, If(And(ONLINE, Is(STATE, PENDING)), FIRE))
"""A call that finds its registration fires it, so no call may go on in a run that lacks an event."""


def retrying(*then: If) -> Items:
    timer = InParallel(steps(Wait("a while"), If(Not(Is(STATE, WAITING)), Abort()), Set(STATE, PENDING), *then))
    return (*AGAIN, If(Is(Field(v.event, "lastChance"), False), (Set(STATE, WAITING), timer)), Else(DROP))


@pytest.mark.parametrize("name", ["pending-fires", "resolved-then-fires", "delivered/tag-per-message"])
def test_a_retry_that_fires_nothing_is_missed_though_any_call_and_any_change_of_the_network_would_fire_it(
    name: str,
) -> None:
    bad, good = (outbox(found=known(*FIRES), rejected=retrying(*then)) for then in ((), (If(ONLINE, FIRE),)))
    property_id = name.partition("/")[0]
    assert verdicts(good, [property_id])[name].verdict == "holds"
    found = verdicts(bad, [property_id])[name]
    assert (found.verdict, found.kind) == ("violated", "logic")
    assert found.trace is not None
    (last,) = found.trace.steps[found.trace.loop :]
    assert (last.label, telling.sentence(last, Words())) == (NothingHappens(), "nothing more happens")


@pytest.mark.parametrize(("network", "verdict"), [("online", "holds"), ("offline", "violated")])
def test_a_promise_that_waits_in_the_end_for_what_does_not_come_is_never_settled(network: str, verdict: str) -> None:
    spec = single(WaitUntil(Environment("network", (network,))), Resolve(v.promise))
    assert verdicts(spec, ["promise-settles"], world=CALM)["promise-settles"].verdict == verdict
