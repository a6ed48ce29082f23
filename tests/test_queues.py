"""Queues, shared variables, waits for a condition, rules of the start, and promises that are handed on."""

from dataclasses import replace

import pytest

from bgsync.judge.check import check
from bgsync.judge.fairness import must_act
from bgsync.language import (
    Abort,
    Algorithm,
    Assert,
    Enqueue,
    Field,
    FireEvent,
    If,
    Increment,
    InParallel,
    Input,
    Is,
    Let,
    Resolve,
    Rule,
    Set,
    Spec,
    Statement,
    Steps,
    Upon,
    Wait,
    WaitUntil,
    Whenever,
    While,
    algorithm,
    rule,
    steps,
    v,
)
from bgsync.shipped.model.background_sync.one_off import ONLINE, SPEC
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.system.closures import escapes, queue_name, shared_variables
from bgsync.system.observation import Asserted
from tests.models import (
    CALM,
    FILE,
    FINISH,
    FIRE,
    NEW,
    UNGATED,
    Items,
    graph,
    names,
    outbox,
    question,
    single,
    system,
    walk,
)

QUEUE = Field(v.desk, "loan queue")


def text(*algorithms: Algorithm, rules: tuple[Rule, ...] = (), methods: tuple[str, ...] = ("borrow",)) -> Spec:
    """A lending library, as if it was read from a text."""
    base = single(Let("x", True))
    return replace(base, algorithms=algorithms, rules=rules, methods=methods, read=True)


def borrow(*items: Statement | Items) -> Algorithm:
    return algorithm("borrow", ("tag",), Steps(items), returns="promise", file=FILE)


QUEUED = text(borrow(Enqueue(QUEUE, steps(Wait("a while"), Resolve(v.promise)))))


# --- queues


def test_batches_of_a_queue_run_one_at_a_time_in_their_order() -> None:
    closed = system(QUEUED, "algorithm", calls=2, tags=2, world=CALM)
    found = graph(closed)
    assert found.complete
    holding = [sum(closed.processes.batch[n] is not None for n in state.processes) for state in found.states]
    assert max(holding) == 1
    waiting = {tuple(closed.process(n).frames[0].variables for n in q) for s in found.states for _, q in s.queues}
    assert len(waiting) == 2 + 4, "one or two of two tags, in every order"
    assert len(found.states) == (1 + 2 + 4) * 2, "what waits, and whether a batch has begun"


def test_queues_of_one_name_are_one_queue_whatever_they_are_said_to_belong_to() -> None:
    assert queue_name(Field(v.a, "Loan queue")) == queue_name(Field(v.b, "loan queue")) == "loan queue"
    assert queue_name("the event loop") == "the event loop"


def test_a_batch_that_waits_holds_its_queue_and_the_next_is_not_obliged_to_begin() -> None:
    closed = system(QUEUED, "algorithm", calls=2, world=CALM)
    state = walk(closed, "call", "run", "call")
    assert [queue for queue, _ in state.queues] == ["loan queue"]
    assert len(must_act(closed, state)) == 1
    (waiting,) = (number for _, numbers in state.queues for number in numbers)
    assert waiting not in {step.action.process for step in closed.steps(state)}


@pytest.mark.parametrize(("queue", "expected"), [("desk", "holds"), (QUEUE, "violated")])
def test_what_is_enqueued_to_one_queue_does_not_wait_for_another(queue: str | Field, expected: str) -> None:
    stuck = Enqueue(QUEUE, steps(Let("x", 0), WaitUntil(Is(v.x, 1))))
    spec = text(borrow(InParallel(steps(Wait("a while"), Enqueue(queue, steps(Resolve(v.promise))))), stuck))
    settles = [prop for prop in PROPERTIES if prop.id == "promise-settles"]
    (verdict,) = check(question(spec, settles, ("algorithm",), world=UNGATED, calls=1)).verdicts
    assert verdict.verdict == expected


def test_what_is_enqueued_in_the_middle_of_steps_is_a_batch_of_its_own() -> None:
    spec = text(borrow(Let("x", "a"), Enqueue("desk", steps(Assert(Is(v.x, "a")), Resolve(v.promise))), Let("x", "b")))
    closed = system(spec, "algorithm", calls=1, world=CALM)
    found = graph(closed)
    assert any(state.queues for state in found.states)
    seen = [s.kind for state in found.states for step in closed.steps(state) for s in step.observations]
    assert "resolved" in seen
    assert "unsettled" not in seen
    assert all(
        s.held
        for state in found.states
        for step in closed.steps(state)
        for s in step.observations
        if isinstance(s, Asserted)
    )


@pytest.mark.parametrize(("end", "expected"), [((Resolve(v.promise),), "holds"), ((), "violated")])
def test_a_promise_that_is_handed_on_settles_where_it_was_handed(end: Items, expected: str) -> None:
    spec = text(borrow(InParallel(steps(Wait("a while"), *end, Let("x", True))), If(Input("never mind"), steps())))
    if not end:
        spec = text(borrow(InParallel(steps(Wait("a while"), If(Is(1, 0), Resolve(v.promise))))))
    settles = [prop for prop in PROPERTIES if prop.id == "promise-settles"]
    (verdict,) = check(question(spec, settles, ("algorithm",), world=CALM, calls=1)).verdicts
    assert verdict.verdict == expected


# --- shared variables


def test_only_what_is_changed_where_another_can_see_it_is_shared() -> None:
    copied = single(Let("x", True), Set(v.x, False), InParallel(steps(Let("y", v.x))))
    later = single(Let("x", True), InParallel(steps(Let("y", v.x))), Set(v.x, False))
    inside = single(While(True, steps(Let("x", 0), InParallel(steps(Increment(v.x))), WaitUntil(Is(v.x, 1)))))
    found = [shared_variables((), spec.algorithm("main").steps) for spec in (copied, later, inside)]
    assert found == [{}, {"x": 0}, {"x": 1}]
    assert not any(shared_variables(a.parameters, a.steps) for a in SPEC.algorithms)


def test_a_promise_escapes_where_somebody_else_can_settle_it() -> None:
    batch = single(Enqueue("desk", steps(Resolve(v.promise)))).algorithm("main").steps
    parallel = single(InParallel(steps(Resolve(v.promise)))).algorithm("main").steps
    assert [escapes("promise", body) for body in (batch, parallel)] == [False, True]


FLAGS = text(
    borrow(
        Let("ready", False),
        Let("count", 0),
        InParallel(steps(Wait("a while"), Increment(v.count), Set(v.ready, True))),
        WaitUntil(v.ready),
        Assert(Is(v.count, 1)),
        Resolve(v.promise),
    )
)


@pytest.mark.parametrize("granularity", ["algorithm", "step"])
def test_steps_that_run_in_parallel_share_the_variables_that_they_change(granularity: str) -> None:
    closed = system(FLAGS, granularity, calls=1, world=CALM)
    found = graph(closed)
    assert found.complete
    seen = [s for state in found.states for step in closed.steps(state) for s in step.observations]
    assert {s.held for s in seen if isinstance(s, Asserted)} == {True}
    assert "resolved" in {s.kind for s in seen}
    assert all(len(state.shared.cells) <= 6 for state in found.states)
    assert any(state.shared.cells == () and not state.processes for state in found.states), "nobody holds them any more"


def test_a_wait_for_a_condition_that_never_holds_never_ends() -> None:
    closed = system(text(borrow(Let("x", 0), WaitUntil(Is(v.x, 1)), Resolve(v.promise))), "algorithm", calls=1)
    stuck = next(state for state in graph(closed).states if state.processes)
    assert not list(closed.goes_on(stuck))


def test_a_wait_for_what_is_not_followed_ends_in_the_end() -> None:
    spec = text(borrow(WaitUntil(Input("the librarian is back")), Resolve(v.promise)))
    settles = [prop for prop in PROPERTIES if prop.id == "promise-settles"]
    (verdict,) = check(question(spec, settles, ("algorithm",), world=CALM, calls=1)).verdicts
    assert verdict.verdict == "holds"


def test_a_wait_for_what_comes_and_goes_ends_in_the_end() -> None:
    spec = text(borrow(WaitUntil(ONLINE), Resolve(v.promise)))
    settles = [prop for prop in PROPERTIES if prop.id == "promise-settles"]
    (verdict,) = check(question(spec, settles, ("algorithm",), world=UNGATED, calls=1)).verdicts
    assert verdict.verdict == "holds"


# --- rules


def test_a_rule_on_the_start_runs_once_and_again_when_the_user_agent_resumes() -> None:
    start = rule("open the desk", "user agent", "start", "MUST", steps(Wait("a while")), file=FILE)
    closed = system(text(borrow(Resolve(v.promise)), rules=(start,)), "algorithm", ("restarted",))
    (state,) = closed.initial_states()
    assert state.due == ("open the desk",)
    assert ("rule", "open the desk") in must_act(closed, state)
    running = walk(closed, "open the desk")
    assert running.due == ()
    assert walk(closed, "open the desk", "restart", "resume").due == ("open the desk",)


def test_a_rule_whose_occasion_is_outside_of_the_model_may_run_at_any_time() -> None:
    outside = rule("the reader moves away", "", "moves away", "MUST", steps(Wait("a while")), file=FILE)
    closed = system(text(borrow(Resolve(v.promise)), rules=(outside,)), "algorithm")
    (state,) = closed.initial_states()
    assert "the reader moves away" in names(closed, state)
    assert not must_act(closed, state), "and nothing obliges it to"
    assert graph(closed).complete


def test_what_is_done_whenever_something_happens_may_be_done_later() -> None:
    closed = system(text(borrow(Whenever(Input("it rains"), steps(Resolve(v.promise))))), "algorithm", calls=1)
    found = graph(closed)
    seen = {s.kind for state in found.states for step in closed.steps(state) for s in step.observations}
    assert found.complete
    assert "resolved" in seen


# --- a loop that fires, and goes on when it should have ended


def firing(*, in_parallel: bool) -> Spec:
    """A loop that fires until it has succeeded; the steps that end it are its own, or a block that runs in parallel."""
    last = (WaitUntil(v.settled), If(v.success, Abort()))
    react = (
        Upon(("fulfilled",), v.event, steps(Set(v.success, True), Set(v.settled, True))),
        Upon(("rejected",), v.event, steps(Set(v.success, True), Set(v.settled, True))),
    )
    ring: Items = (
        Let("tries", 0),
        While(
            True,
            steps(
                Let("settled", False),
                Let("success", False),
                FireEvent("due", v.registration, (), "event", steps()),
                *react,
                *((InParallel(steps(*last)),) if in_parallel else last),
                Increment(v.tries),
                Wait("a while"),
            ),
        ),
    )
    found: Items = (*NEW, Resolve(v.promise), FIRE)
    spec = outbox(found=(), added=found, first=ring, online=(), fulfilled=FINISH)
    return replace(spec, read=True)


@pytest.mark.parametrize(("in_parallel", "expected"), [(True, "violated"), (False, "holds")])
def test_a_loop_whose_only_exit_ends_a_parallel_block_fires_for_ever(in_parallel: bool, expected: str) -> None:
    endless = [prop for prop in PROPERTIES if prop.id == "no-endless-firing"]
    (verdict,) = check(question(firing(in_parallel=in_parallel), endless, ("algorithm",), world=CALM, calls=1)).verdicts
    assert verdict.verdict == expected
