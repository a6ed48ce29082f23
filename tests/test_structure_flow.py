"""Findings of structure about the ways through steps: promises, waits, loops, and what an abort ends."""

from bgsync.judge.structure import findings
from bgsync.language import (
    Abort,
    Atomically,
    Break,
    Call,
    Continue,
    Else,
    Enqueue,
    FireEvent,
    ForEach,
    HandleEvent,
    If,
    Increment,
    InParallel,
    Is,
    Let,
    Not,
    NotUnderstood,
    Perform,
    Reject,
    Resolve,
    Set,
    Spec,
    Statement,
    Upon,
    Wait,
    WaitUntil,
    While,
    algorithm,
    steps,
    v,
)
from tests.library import ENDS, FILE, LOAN, READER, SHELF, found, judged, step_of

# contradiction of promises


def test_a_promise_settled_twice_on_a_path() -> None:
    body = steps(If(Is(v.book, None), Resolve(v.promise)), Resolve(v.promise, v.book))
    assert judged(body, "book", returns="promise") == ["contradiction 2"]


def test_the_places_that_settle_it_again_are_one_finding() -> None:
    body = steps(Resolve(v.promise), If(ENDS, (Resolve(v.promise), Abort())), Resolve(v.promise))
    assert judged(body, returns="promise") == ["contradiction 2"]


def test_a_promise_settled_once_on_every_path() -> None:
    none = Is(v.book, None)
    for body in (
        steps(If(none, (Resolve(v.promise), Abort())), Resolve(v.promise, v.book)),
        steps(If(none, Resolve(v.promise)), Else(Reject(v.promise, "TypeError"))),
        steps(If(none, Resolve(v.promise)), If(Not(none), Reject(v.promise, "TypeError"))),
        steps(
            InParallel(steps(Enqueue("desk", steps(If(none, (Resolve(v.promise), Abort())), Resolve(v.promise)), True)))
        ),
        steps(Upon(("fulfilled",), v.book, Resolve(v.promise)), Upon(("rejected",), v.book, Resolve(v.promise))),
        steps(Perform("hand on", (v.promise,))),
        steps(NotUnderstood("settle it somehow", (), ("promise",))),
        steps(ForEach("loan", SHELF, (Resolve(v.promise), Abort()))),
    ):
        assert judged(body, "book", returns="promise") == []


def test_a_promise_that_a_path_forgets() -> None:
    assert judged(steps(If(ENDS, Abort()), Resolve(v.promise)), returns="promise") == ["contradiction 1"]
    assert judged(steps(If(ENDS, Resolve(v.promise))), returns="promise") == ["contradiction 1"]


def test_waiting_inside_one_action() -> None:
    wait = Wait("a day")
    assert judged(steps(Atomically(steps(wait)))) == ["contradiction 1.1"]
    assert judged(steps(Atomically(steps(InParallel(steps(wait)))))) == []


def test_calling_what_waits_inside_one_action_or_for_the_loop_that_it_runs_on_is_worth_a_note() -> None:
    def told(body: Statement, *callee: Statement) -> list[str]:
        lend = algorithm("lend", (), steps(body), file=FILE)
        fetch = algorithm("fetch", (), steps(*callee), file=FILE)
        spec = Spec("Library", "", LOAN, (lend, fetch), methods=(), others=(READER,), read=True)
        return [step_of(each) for each in findings(spec) if each.origin.algorithm == "lend"]

    rings, note = FireEvent("due", None, (), "event", steps(Let("x", 1))), ["contradiction 1.1 (note)"]
    at_once, in_a_task = Atomically(steps(Call("fetch"))), HandleEvent(None, steps(Call("fetch")))
    assert told(at_once, Wait("a day")) == told(at_once, rings) == told(in_a_task, rings) == note
    assert told(at_once, InParallel(steps(Wait("a day")))) == told(at_once, Perform("remind")) == []
    assert told(in_a_task, Wait("a day")) == told(HandleEvent(None, steps(InParallel(at_once.body))), rings) == []


# exit


def test_a_loop_whose_only_exit_ends_other_steps() -> None:
    body = steps(While(True, steps(InParallel(steps(If(ENDS, Abort()))), Wait("a day"))))
    one = next(each for each in found(body) if each.property == "exit")
    assert step_of(one) == "exit 1"
    assert "step 1.1.1" in one.message
    assert "run in parallel" in one.message


def test_an_abort_that_ends_a_loop_of_steps_on_their_own_is_not_taken_for_the_exit_of_the_loop_around_them() -> None:
    one_a_day, day = ForEach("loan", SHELF, steps(Perform("remind"), Abort())), Wait("a day")
    assert judged(steps(While(True, steps(day, InParallel(steps(one_a_day)))))) == ["abort-scope 1.2.1.2 (note)"]
    assert "exit 1" in judged(steps(While(True, steps(day, InParallel(steps(If(ENDS, Abort()), one_a_day))))))


def test_a_loop_that_leaves_or_that_waits_for_ever_on_purpose() -> None:
    assert judged(steps(While(True, steps(If(ENDS, Break()))))) == []
    assert judged(steps(While(True, steps(Wait("a day"), Perform("remind"))))) == []
    assert judged(steps(While(True, steps(NotUnderstood("stop if late", (), ("exit",)))))) == []


def test_a_loop_that_neither_leaves_nor_waits() -> None:
    assert judged(steps(While(True, steps(Perform("remind"))))) == ["exit 1"]
    inner = ForEach("loan", SHELF, steps(If(ENDS, Break())))
    assert judged(steps(While(True, steps(inner)))) == ["exit 1"]


def test_a_condition_that_no_step_changes_or_only_steps_on_their_own() -> None:
    tired = Let("tired", False)
    awake = Is(v.tired, False)
    assert judged(steps(tired, While(awake, steps(Wait("a day"))))) == ["exit 2"]
    assert judged(steps(tired, While(awake, steps(Set(v.tired, True))))) == []
    body = steps(tired, While(awake, steps(Wait("a day"), InParallel(steps(Set(v.tired, True))))))
    assert judged(body) == ["exit 2 (note)"]


def test_a_variable_that_a_loop_changes_while_steps_of_a_round_read_it_is_worth_a_note() -> None:
    counts, day = Let("count", 0), Wait("a day")
    apart = InParallel(steps(day, If(Is(v.count, 3), Perform("remind"))))
    loop = ForEach("loan", SHELF, steps(apart, Increment(v.count)))
    assert judged(steps(counts, loop)) == ["exit 2.1.2 (note)"]
    again = While(Not(ENDS), steps(apart, Set(v.count, 0), day))
    assert judged(steps(counts, again)) == ["exit 2.1.2 (note)"]


def test_a_variable_that_each_round_introduces_or_that_it_waits_for_is_its_own() -> None:
    day = Wait("a day")
    apart = InParallel(steps(day, If(Is(v.count, 3), Perform("remind")), Set(v.done, True)))
    own = ForEach("loan", SHELF, steps(Let("count", 0), apart, Increment(v.count)))
    assert judged(steps(Let("done", False), own)) == []
    waits = ForEach("loan", SHELF, steps(apart, WaitUntil(Is(v.done, True)), Increment(v.count)))
    assert judged(steps(Let("done", False), Let("count", 0), waits)) == []
    before = ForEach("loan", SHELF, steps(Perform("remind", (v.count,)), Increment(v.count)))
    assert judged(steps(Let("count", 0), before)) == []


def test_continue_reaches_no_loop_from_steps_that_run_on_their_own() -> None:
    remind = Perform("remind")
    queued = Enqueue("desk", steps(If(ENDS, Continue()), remind))
    assert judged(steps(ForEach("loan", SHELF, steps(queued, remind)))) == ["exit 1.1.1"]
    assert judged(steps(ForEach("loan", SHELF, queued))) == ["exit 1.1 (note)"]
    assert judged(steps(ForEach("loan", SHELF, steps(If(ENDS, Continue()), remind)))) == []
    assert judged(steps(If(ENDS, Continue()))) == ["exit 1"]


# abort-scope


def test_an_abort_whose_readings_differ_is_a_note_that_names_them() -> None:
    late = If(ENDS, steps(Perform("remind"), Abort()))
    (one,) = found(steps(InParallel(steps(late, Perform("lend again")))))[-1:]
    assert step_of(one) == "abort-scope 1.1.2 (note)"
    assert "step 1.2 is still done" in one.message
    assert judged(steps(InParallel(steps(If(ENDS, Abort()))), Perform("greet"))) == ["abort-scope 1.1 (note)"]


def test_an_abort_whose_readings_agree() -> None:
    assert judged(steps(If(ENDS, Abort()), Perform("greet"))) == []
    assert judged(steps(InParallel(steps(If(ENDS, Abort()), Perform("greet"))))) == []
    assert judged(steps(InParallel(steps(If(ENDS, steps(Perform("remind"), Abort())))))) == []


# well-nested


def test_an_otherwise_after_a_sentence_with_two_conditions() -> None:
    twice = If(ENDS, (Perform("greet"), If(Is(v.book, None), Perform("remind"))))
    assert judged(steps(twice, Else(Perform("lend it"))), "book") == ["well-nested 2 (note)"]
    below = If(ENDS, steps(If(Is(v.book, None), Perform("remind"))))
    assert judged(steps(below, Else(Perform("lend it"))), "book") == []
