"""Events that have settled: their handlers may go on, and by one reading of a text a termination is told to them."""

import pytest

from bgsync.judge.check import check
from bgsync.judge.verdict import Verdict
from bgsync.language import Enqueue, Field, If, Is, Let, Resolve, Set, Upon, Wait, WaitUntil, steps, v
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, WAITING
from bgsync.shipped.model.service_worker import FIRE_FUNCTIONAL_EVENT
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.system.scenario import Bounds
from tests.models import (
    AGAIN,
    FINISH,
    FIRE,
    FOUND,
    STATE,
    UNGATED,
    Items,
    graph,
    names,
    ops,
    outbox,
    question,
    system,
    taken,
    verdicts,
    walk,
)
from tests.test_queues import QUEUE, borrow, text

FIRED = ("go online", "call")
RETRY: Items = (*AGAIN, Set(STATE, WAITING), Wait("a while"), Set(STATE, PENDING), If(Is(v.x, None), FIRE))


def under(spec_parts: dict[str, Items], name: str, adversity: str, termination: str = "handler") -> list[Verdict]:
    """Judge one property of an outbox with an adversity: without it first, then with it, where that says more."""
    asked = [prop for prop in PROPERTIES if prop.id == name]
    asking = question(
        outbox(**spec_parts),  # type: ignore[arg-type]
        asked,
        ("algorithm",),
        (adversity,),
        world=UNGATED,
        calls=1,
        termination=termination,
        limit=400,
    )
    return list(check(asking).verdicts)


# --- the readings of termination


@pytest.mark.parametrize(("termination", "left"), [("handler", []), ("worker", ["ended"])])
def test_a_termination_is_told_to_an_event_that_has_ended_by_one_reading_only(
    termination: str, left: list[str]
) -> None:
    closed = system(outbox(rejected=RETRY), "algorithm", ("terminated",), termination=termination)
    settled = walk(closed, *FIRED, "fulfilled")
    assert ops(closed, settled) == left
    assert ["branch"] * len(left) == ops(closed, taken(closed, settled, "terminate"))
    assert "run" not in {step.action.kind for step in closed.steps(settled)}, "nothing else happens to it"


def test_steps_that_react_to_termination_run_a_second_time_for_an_event_that_was_rejected() -> None:
    closed = system(outbox(rejected=RETRY), "algorithm", ("terminated",), termination="worker")
    rejected = walk(closed, *FIRED, "rejected")
    assert sorted(ops(closed, rejected)) == ["ended", "wait"]
    again = taken(closed, taken(closed, rejected, "terminate"), "run")
    assert ops(closed, again).count("wait") == 2


def test_what_nothing_terminates_is_not_remembered() -> None:
    closed = system(outbox(rejected=RETRY), "algorithm", termination="worker")
    assert ops(closed, walk(closed, *FIRED, "fulfilled")) == []


def test_of_the_ended_events_of_a_registration_the_last_one_hears_of_a_termination() -> None:
    closed = system(outbox(rejected=RETRY), "algorithm", ("terminated",), termination="worker")
    found = graph(closed, 400)
    counts = {ops(closed, state).count("ended") for state in found.states if len(state.shared.heap) < 2}
    assert counts == {0, 1}


def test_what_holds_by_one_reading_of_termination_alone_says_so() -> None:
    parts: dict[str, Items] = {"fulfilled": FINISH, "rejected": RETRY}
    base, with_it = under(parts, "lifecycle", "terminated")
    assert (base.verdict, with_it.verdict, with_it.needs) == ("holds", "conditional", ("terminated",))
    assert with_it.message.startswith("by the reading `handler` of termination; by `worker`: ")
    base, with_it = under(parts, "lifecycle", "terminated", "worker")
    assert (base.verdict, with_it.verdict, with_it.needs) == ("holds", "violated", ("terminated",))


def test_steps_that_only_drop_what_is_gone_already_rest_on_no_reading() -> None:
    parts: dict[str, Items] = {"fulfilled": FINISH, "rejected": FINISH}
    for termination in ("handler", "worker"):
        assert [each.verdict for each in under(parts, "fires-listed", "terminated", termination)] == ["holds"]


def test_a_reading_of_termination_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown reading of termination 'script': one of handler, worker"):
        Bounds(termination="script")


# --- handlers that go on


def test_a_handler_may_go_on_after_its_event_has_settled_only_where_that_adversity_is_on() -> None:
    for adversities, ends in (((), False), (("extended",), True)):
        closed = system(outbox(), "algorithm", adversities)
        assert any("extended" in ops(closed, state) for state in graph(closed).states) is ends


def test_a_handler_that_goes_on_calls_and_ends_at_last() -> None:
    closed = system(outbox(rejected=(*AGAIN, Set(STATE, WAITING))), "algorithm", ("extended",))
    going = next(s for s in graph(closed).states if ops(closed, s) == ["extended"] and not s.disjoint)
    assert list(closed.goes_on(going)) == list(going.processes)
    assert True in {getattr(step.action.detail, "handler", None) for step in closed.steps(going)}
    assert ops(closed, taken(closed, going, "run")) == []


def test_a_handler_that_goes_on_after_the_first_rejection_meets_the_next_event() -> None:
    parts: dict[str, Items] = {"rejected": RETRY}
    base, with_it = under(parts, "one-event", "extended")
    assert (base.verdict, with_it.verdict, with_it.needs) == ("holds", "violated", ("extended",))
    assert with_it.message.endswith("while the handler of another one of the registration goes on")


def test_a_handler_that_goes_on_is_terminated_though_its_event_was_rejected() -> None:
    closed = system(outbox(rejected=RETRY), "algorithm", ("extended", "terminated"))
    rejected = next(s for s in graph(closed, 200).states if sorted(ops(closed, s)) == ["extended", "wait"])
    assert sorted(ops(closed, taken(closed, rejected, "terminate"))) == ["branch", "wait"]


def test_a_handler_whose_text_does_not_react_to_termination_goes_on_and_just_ends_with_its_worker() -> None:
    ring = Upon(("fulfilled", "rejected"), v.event, steps(*FINISH))
    spec = outbox(besides=(ring,), fulfilled=(Let("seen", True),), rejected=(Let("seen", True),))
    closed = system(spec, "algorithm", ("extended", "terminated"))
    going = next(s for s in graph(closed, 200).states if "extended" in ops(closed, s))
    assert "extended" not in ops(closed, taken(closed, going, "terminate"))


# --- before reactions exist, and after


def test_an_event_that_is_skipped_is_told_of_no_termination() -> None:
    both = ("skipped", "terminated")
    closed = system(outbox(event=FIRE_FUNCTIONAL_EVENT), "algorithm", both, termination="worker")
    online = walk(closed, "go online")
    skipped = [step.after for step in closed.steps(online) if step.action.kind == "call" and step.after]
    stuck = next(state for state in skipped if not state.processes)
    assert [known.fields[1] for known in stuck.shared.heap if known] == [FIRING]
    assert taken(closed, stuck, "terminate").processes == ()
    assert "start" in names(closed, taken(closed, stuck, "terminate"))


def test_a_skipped_event_leaves_its_registration_firing() -> None:
    found = verdicts(outbox(event=FIRE_FUNCTIONAL_EVENT), ["firing-ends"], adversities=("skipped",))
    assert (found["firing-ends"].verdict, found["firing-ends"].needs) == ("violated", ("skipped",))
    early = (*FOUND, Wait("a while"))
    assert verdicts(outbox(found=early), ["firing-ends"], adversities=("skipped",))["firing-ends"].verdict == "holds"


# --- what waits on the queue that it holds


@pytest.mark.parametrize(("queue", "expected"), [(QUEUE, "violated"), (Field(v.desk, "returns queue"), "holds")])
def test_a_batch_that_waits_for_a_later_batch_of_its_own_queue_never_ends(queue: Field, expected: str) -> None:
    inner = Enqueue(queue, steps(Set(v.done, True)))
    spec = text(borrow(Let("done", False), Enqueue(QUEUE, steps(inner, WaitUntil(v.done), Resolve(v.promise)))))
    settles = [prop for prop in PROPERTIES if prop.id == "promise-settles"]
    for granularity in ("algorithm", "step"):
        (verdict,) = check(question(spec, settles, (granularity,), world=UNGATED, calls=1)).verdicts
        assert verdict.verdict == expected
