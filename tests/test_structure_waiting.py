"""A handler that waits for its own call, where that is answered on the queue which the firing holds."""

import pytest

from bgsync.judge.structure import findings
from bgsync.language import InParallel, Set, Spec, Wait, While, steps, v
from tests.periodic import ATTEMPT, FIRE_IT, Items, periodic

WITHOUT_WAITING = ATTEMPT[:-1]


def told(spec: Spec) -> list[str]:
    found = (each.message for each in findings(spec) if "waits for its own call of" in each.message)
    return [message.split("its own call of ")[1].split(" waits")[0] for message in found]


def test_a_call_that_is_answered_on_the_queue_that_its_event_holds_is_a_deadlock() -> None:
    assert told(periodic()) == ["register or unregister"]
    assert told(periodic(queued=False)) == ["register"]


def test_a_firing_that_never_ends_holds_its_queue_whatever_it_waits_for() -> None:
    endless = While(True, steps(*WITHOUT_WAITING, Wait("a while")))
    assert told(periodic(attempts=(endless,))) == ["register or unregister"]


@pytest.mark.parametrize(
    ("attempts", "firing"),
    [
        (ATTEMPT, (InParallel((FIRE_IT,)),)),
        (WITHOUT_WAITING, (FIRE_IT,)),
        ((*WITHOUT_WAITING, Wait("a while"), Set(v.settled, True), ATTEMPT[-1]), (FIRE_IT,)),
    ],
    ids=["fired beside the queue", "waits for nothing", "waits no longer than a while"],
)
def test_a_firing_that_ends_before_its_event_does_is_no_deadlock(attempts: Items, firing: Items) -> None:
    assert told(periodic(attempts=attempts, firing=firing)) == []
