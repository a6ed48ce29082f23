"""A registration that was withdrawn owes no event, and that is no failure of the outbox."""

from dataclasses import replace

import pytest

from bgsync.language import Find, If, Is, Let, Not, Remove, Resolve, Spec, algorithm, steps, v
from bgsync.shipped.model.background_sync.one_off import REGISTRATIONS
from bgsync.tables import Tables
from bgsync.tables.explore import explore
from tests.models import FILE, Items, graph, outbox, system, verdicts

FOUND: Items = (Let("registration", Find(REGISTRATIONS, "tag", v.tag)),)
TAKE: Items = (If(Not(Is(v.registration, None)), steps(Remove(v.registration, REGISTRATIONS))), Resolve(v.promise))


def withdrawing() -> Spec:
    """An outbox whose registrations can be withdrawn by their tag."""
    spec = outbox()
    cancel = algorithm("cancel", ("tag",), steps(*FOUND, *TAKE), returns="promise", file=FILE)
    return replace(spec, algorithms=(*spec.algorithms, cancel), methods=(*spec.methods, "cancel"))


@pytest.mark.parametrize("granularity", ["algorithm", "step"])
def test_what_was_withdrawn_is_owed_no_event(granularity: str) -> None:
    found = verdicts(withdrawing(), ["resolved-then-fires"], (granularity,))
    assert found["resolved-then-fires"].verdict == "holds"


def test_a_message_whose_registration_is_withdrawn_is_given_up() -> None:
    found = verdicts(withdrawing(), ["delivered"], ("algorithm",))
    assert found["delivered/tag-per-message"].verdict == "holds"


def test_a_registration_that_a_page_did_not_withdraw_is_still_owed_an_event() -> None:
    silent = outbox(online=())
    assert verdicts(silent, ["resolved-then-fires"])["resolved-then-fires"].verdict == "violated"


def test_the_tables_know_who_takes_note_of_a_withdrawal() -> None:
    closed = system(withdrawing(), "step", calls=2, monitor="calls")
    assert len(explore(Tables(closed))) == len(graph(closed).states)
