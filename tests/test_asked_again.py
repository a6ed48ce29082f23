"""A registration may stay after its event where it was registered again, however the text says that it was."""

from dataclasses import replace

import pytest

from bgsync.api import read
from bgsync.language import Abort, Else, Field, If, Is, Member, Remove, Resolve, Set, v
from bgsync.shipped.model.background_sync.monitors import TIMERS
from bgsync.shipped.model.background_sync.one_off import ONLINE, REGISTRATIONS, SYNC_REGISTRATION
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, WAITING
from bgsync.sources import Source
from bgsync.system.observation import Settled
from bgsync.targets import Wish, judged, of_text
from tests.models import FIRE, NEW, STATE, Items, graph, known, outbox, system, verdicts
from tests.specs import PRINT_QUEUE
from tests.test_properties import LAST, TIMER

WANTED = Field(v.registration, "wanted")
TAG, _, OWNER = SYNC_REGISTRATION.members
RENAMED = replace(
    SYNC_REGISTRATION,
    members=(TAG, Member("registration state", (PENDING, WAITING, FIRING, "renewed"), initial=PENDING), OWNER),
)
FLAGGED = replace(
    SYNC_REGISTRATION,
    members=(
        TAG,
        Member("registration state", (PENDING, WAITING, FIRING), initial=PENDING),
        Member("wanted", initial=False),
        OWNER,
    ),
)
WAYS = {
    "a state of another name": (RENAMED, (Set(STATE, "renewed"),), Is(STATE, "renewed"), ()),
    "a flag": (FLAGGED, (Set(WANTED, True),), Is(WANTED, True), (Set(WANTED, False),)),
}
DROP = Remove(v.registration, REGISTRATIONS)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("then", "verdict"),
    [((DROP,), "holds"), ((), "violated")],
    ids=["and is removed otherwise", "and stays otherwise, too"],
)
def test_what_was_registered_again_while_firing_is_kept_by_its_event(way: str, then: Items, verdict: str) -> None:
    kind, mark, marked, cleared = WAYS[way]
    again = If(marked, (*cleared, Set(STATE, PENDING), If(ONLINE, FIRE), Abort()))
    found = known(If(Is(STATE, FIRING), mark), Resolve(v.promise))
    spec = outbox(found=found, fulfilled=(again, *then), rejected=(again, DROP), type=kind)
    assert verdicts(spec, ["outcome"])["outcome"].verdict == verdict


@pytest.mark.parametrize("way", WAYS)
def test_a_retry_that_was_asked_for_while_firing_does_not_wait(way: str) -> None:
    kind, mark, marked, cleared = WAYS[way]
    again = If(marked, (*cleared, Set(STATE, PENDING), FIRE, Abort()))
    retried = (again, If(Is(LAST, False), (Set(STATE, WAITING), TIMER)), Else(DROP))
    found = known(If(Is(STATE, FIRING), mark), Resolve(v.promise))
    spec = outbox(found=found, fulfilled=(again, DROP), rejected=retried, type=kind)
    verdict = {name: one.verdict for name, one in verdicts(spec, ["retry-waits", "last-chance"]).items()}
    assert verdict == {"retry-waits": "holds", "last-chance": "holds"}


def test_what_is_out_of_the_list_is_not_tried_again_so_its_failure_is_none_of_another_one_with_its_tag() -> None:
    failed, _ = TIMERS.observed((), None, Settled(0, "rejected"), "t1")
    assert failed != ()
    for outcome in ("fulfilled", "rejected"):
        for memory in ((), failed):
            assert TIMERS.observed(memory, None, Settled(1, outcome, listed=False), "t1") == (memory, None)


def test_how_an_event_settles_is_seen_with_whether_its_registration_is_in_the_list() -> None:
    closed = system(outbox(added=(*NEW, FIRE, DROP)))
    steps = (step for state in graph(closed).states for step in closed.steps(state))
    seen = {one.listed for step in steps for one in step.observations if isinstance(one, Settled)}
    assert seen == {False}


def test_a_flag_that_no_call_raises_asks_for_nothing() -> None:
    kind, _, marked, cleared = WAYS["a flag"]
    again = If(marked, (*cleared, Set(STATE, PENDING), FIRE, Abort()))
    found, first = known(Resolve(v.promise)), (Set(STATE, FIRING), Set(WANTED, True))
    spec = outbox(first=first, found=found, fulfilled=(DROP,), rejected=(again, TIMER), type=kind)
    assert verdicts(spec, ["retry-waits"])["retry-waits"].verdict == "violated"


def test_a_call_that_fires_its_own_event_and_then_resolves_is_served_by_it() -> None:
    retried = (If(Is(LAST, False), (Set(STATE, WAITING), TIMER)), Else(DROP))
    served = outbox(first=(), found=known(FIRE, Resolve(v.promise)), rejected=retried)
    waits = outbox(first=(), found=known(Resolve(v.promise)), rejected=retried)
    found = [verdicts(each, ["resolved-not-waiting"])["resolved-not-waiting"].verdict for each in (served, waits)]
    assert found == ["holds", "violated"]


def test_the_states_of_another_text_do_not_say_that_anything_was_renewed() -> None:
    text = read(Source("print.bs", PRINT_QUEUE))
    wish = Wish(("retry-waits",), each=False, granularities=("step",))
    (verdict,) = (one for one in judged(of_text(text), wish).verdicts if one.property == "retry-waits")
    assert (verdict.verdict, verdict.message) == ("violated", "an event follows a rejected one, and nothing has waited")
    assert verdict.trace is not None
