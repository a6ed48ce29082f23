"""Liveness for SPIN: what is written of a property of endless runs, and that SPIN gives the verdict that we give."""

from __future__ import annotations

from pathlib import Path

import pytest

from bgsync.export.liveness import ANYBODY, Fair, fair
from bgsync.export.promela_liveness import claim, written
from bgsync.judge.check import check
from bgsync.judge.property import Liveness
from bgsync.language import Abort, Assert, If, Input, Is, Resolve, Set, Spec, Wait, v
from bgsync.product.arrays import closed
from bgsync.product.component import NotSeparableError
from bgsync.shipped.model.background_sync.one_off import ONLINE
from bgsync.shipped.model.background_sync.registration import PENDING, WAITING
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.system.system import System
from bgsync.tables import Tables
from tests.campaign.opinions import breaks_endlessly
from tests.models import FINISH, FIRE, NEW, STATE, UNGATED, Items, known, outbox, question, scenario
from tests.test_export_models import spin

LIVE = {prop.id: prop for prop in PROPERTIES if isinstance(prop, Liveness)}


def exported(spec: Spec, name: str, granularity: str = "algorithm", calls: int = 1) -> Fair:
    asked = scenario(spec, UNGATED, granularity, calls=calls, monitor="calls")
    return fair(closed(Tables(System(asked))), LIVE[name])


def verdict(spec: Spec, name: str, granularity: str = "algorithm", calls: int = 1) -> str:
    report = check(question(spec, [LIVE[name]], (granularity,), world=UNGATED, calls=calls))
    return next(found.verdict for found in report.verdicts if found.property == name)


def test_nobody_has_to_call_or_to_move_the_network_and_every_invocation_that_can_go_on_has_to() -> None:
    made = exported(outbox(), "firing-ends", "step")
    words = made.model.words
    for kind, moves in zip(made.model.kinds, made.moves, strict=True):
        options = [option for row in kind.moves for option in row]
        for option, meets in zip(options, moves.meets, strict=True):
            assert (meets == ANYBODY) == (" calls " in words[option.says])
    for broadcast, joint in zip(made.model.broadcasts, zip(*made.joint, strict=True), strict=True):
        told = {made.demands[meets - 1].who if meets else "" for kind in joint for meets in kind.meets}
        assert told == {f"rule {broadcast.name}" if broadcast.name == "wake" else ""}


def test_a_move_meets_what_is_asked_for_where_it_is_made() -> None:
    made = exported(outbox(), "firing-ends", "step")
    for place, (kind, moves) in enumerate(zip(made.model.kinds, made.moves, strict=True)):
        slots = [slot for slot, row in enumerate(kind.moves) for _ in row]
        for slot, meets in zip(slots, moves.meets, strict=True):
            if meets != ANYBODY:
                assert made.demands[meets - 1].kind == place
                assert slot in made.demands[meets - 1].where


def test_a_registration_that_fires_is_owed_an_end_which_is_given_when_its_event_settles() -> None:
    made = exported(outbox(), "firing-ends")
    ((_, owed),) = made.owed
    (kind,) = made.model.kinds[1:]
    told = {kind.locals[slot % len(kind.locals)].split(",")[0] for slot in owed}
    assert told == {"firing", "reregisteredWhileFiring"}
    given = {
        made.model.words[option.says]
        for option, does in zip((o for row in kind.moves for o in row), made.moves[1].does, strict=True)
        if does & 1
    }
    assert given == {"the event is fulfilled", "the event is rejected"}


def test_a_property_that_owes_several_things_has_a_claim_for_each() -> None:
    made = exported(outbox(), "promise-settles")
    text = written(made, "a.pml")
    for number in range(len(made.owed)):
        assert f"never {claim(made, number)} {{" in text
        assert f"-N {claim(made, number)} " in text


def test_what_depends_on_a_condition_that_is_not_followed_is_refused() -> None:
    unknown = outbox(rejected=(If(Is(Input("the moon is full"), True), (Abort(),)), *FINISH))
    with pytest.raises(NotSeparableError, match="a condition that is not followed"):
        exported(unknown, "firing-ends")


# --- the second opinion

RETRY: Items = (Set(STATE, WAITING), Wait("a while"), Set(STATE, PENDING), If(ONLINE, FIRE))
RESOLVE = Resolve(v.promise)
JUDGED = {
    "every event settles, and what reacts ends the firing": (outbox(), "firing-ends", "step", "holds"),
    "nothing reacts to a rejection": (outbox(rejected=()), "firing-ends", "algorithm", "violated"),
    "a timer runs out in the end": (outbox(rejected=RETRY), "waiting-ends", "step", "holds"),
    "a run that goes on must come to a failed Assert": (
        outbox(rejected=(Set(STATE, WAITING), Wait("a while"), Assert(Is(STATE, PENDING)))),
        "waiting-ends",
        "algorithm",
        "holds",
    ),
    "nothing wakes what waits": (outbox(rejected=RETRY[:1]), "waiting-ends", "algorithm", "violated"),
    "nothing runs when the network comes back": (outbox(online=()), "pending-fires", "algorithm", "violated"),
    "a rule that SHOULD run does": (outbox(), "resolved-then-fires", "step", "holds"),
    "a second call is forgotten": (outbox(found=known(RESOLVE)), "resolved-then-fires", "algorithm", "violated"),
    "a call waits before it answers": (
        outbox(added=(*NEW, Wait("a while"), RESOLVE)),
        "promise-settles",
        "algorithm",
        "holds",
    ),
    "nothing is ever retried": (outbox(), "waiting-ends", "algorithm", "vacuous"),
}


@spin
@pytest.mark.parametrize("case", JUDGED)
def test_spin_finds_a_fair_endless_run_that_breaks_a_property_where_we_do(case: str, tmp_path: Path) -> None:
    spec, name, granularity, expected = JUDGED[case]
    assert verdict(spec, name, granularity) == expected
    assert breaks_endlessly(tmp_path, exported(spec, name, granularity)) is (expected == "violated")


@spin
def test_without_fairness_spin_lets_a_timer_run_for_ever(tmp_path: Path) -> None:
    assert breaks_endlessly(tmp_path, exported(outbox(rejected=RETRY), "waiting-ends"), fairly=False)
