"""Findings of structure: every check finds what is wrong, and is silent about what is right."""

from bgsync.judge.structure import PROPERTIES, Finding, Known, findings
from bgsync.language import (
    Abort,
    Add,
    Atomically,
    Break,
    Call,
    Continue,
    Else,
    Enqueue,
    Field,
    Find,
    FireEvent,
    ForEach,
    If,
    Increment,
    InParallel,
    Input,
    Is,
    Let,
    ListOf,
    Member,
    New,
    Not,
    NotUnderstood,
    ObjectType,
    Perform,
    Reject,
    Remove,
    Resolve,
    Return,
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
from bgsync.language.expressions import Item
from bgsync.language.statements import Steps
from bgsync.shipped.model.background_sync.one_off import SPEC as ONE_OFF

FILE = "library.py"

LOAN = ObjectType(
    "loan",
    "shelf of loans",
    (Member("status", ("open", "overdue", "returned"), initial="open"), Member("title", type="DOMString")),
    unique="title",
)
READER = ObjectType("reader", "", (Member("name"),))
SHELF = ListOf("shelf of loans")
ENDS = Input("the library closes")


def judged(body: Steps, *parameters: str, returns: str | None = None, known: Known | None = None) -> list[str]:
    """The findings on one algorithm of a library, as `property` or `property (note)`, with the step."""
    return [_told(each) for each in found(body, *parameters, returns=returns, known=known) if each.origin.path]


def found(body: Steps, *parameters: str, returns: str | None = None, known: Known | None = None) -> tuple[Finding, ...]:
    lend = algorithm("lend", parameters, body, returns=returns, file=FILE)
    spec = Spec("Library", "", LOAN, (lend,), methods=(), others=(READER,), read=True)
    return findings(spec, known)


def _told(each: Finding) -> str:
    return f"{each.property} {each.origin.step}" + (" (note)" if each.level == "note" else "")


def status(loan: str) -> Field:
    return Field(getattr(v, loan), "status")


# defined-before-use


def test_a_variable_that_nothing_binds_is_found_once_with_the_name_that_was_meant() -> None:
    (one,) = found(steps(Let("borrower", 1), Perform("greet", (v.borower,)), Perform("greet", (v.borower,))))[-1:]
    assert _told(one) == "defined-before-use 2"
    assert "did you mean 'borrower'?" in one.message


def test_parameters_the_promise_and_this_have_values() -> None:
    assert judged(steps(Perform("greet", (v.book, v.this)), Resolve(v.promise)), "book", returns="promise") == []


def test_a_variable_that_only_one_branch_binds() -> None:
    body = steps(If(ENDS, Let("fee", 1)), Perform("charge", (v.fee,)))
    assert judged(body) == ["defined-before-use 2"]


def test_a_variable_that_both_branches_bind_or_whose_other_branch_leaves() -> None:
    assert judged(steps(If(ENDS, Let("fee", 1)), Else(Let("fee", 2)), Perform("charge", (v.fee,)))) == []
    assert judged(steps(If(ENDS, Let("fee", 1)), Else(Return()), Perform("charge", (v.fee,)))) == []


def test_a_variable_bound_and_used_under_the_same_condition() -> None:
    assert judged(steps(If(ENDS, Let("fee", 1)), If(ENDS, Perform("charge", (v.fee,))))) == []


def test_a_variable_of_a_loop_is_gone_after_it() -> None:
    loop = ForEach("loan", SHELF, Perform("remind", (v.loan,)))
    assert judged(steps(loop)) == []
    assert judged(steps(loop, Perform("remind", (v.loan,)))) == ["defined-before-use 2"]


def test_steps_that_run_on_their_own_see_what_was_bound_before_and_bind_for_themselves_only() -> None:
    body = steps(Let("fee", 1), InParallel(steps(Let("late", v.fee), Perform("charge", (v.late,)))))
    assert judged(body) == []
    after = found(steps(InParallel(steps(Let("late", 1))), Perform("charge", (v.late,))))[-1]
    assert _told(after) == "defined-before-use 2"
    assert "only in steps that run on their own" in after.message


def test_what_was_not_understood_may_bind_its_variables() -> None:
    blind = NotUnderstood("work out the fee", ("fee",), ("fee",))
    assert judged(steps(blind, Perform("charge", (v.fee,)))) == []


def test_a_variable_in_words_that_were_left_as_they_are_is_a_note() -> None:
    assert judged(steps(If(Input("qqq is late", (v.qqq,)), Return()))) == ["defined-before-use 1 (note)"]


def test_setting_what_nothing_introduced() -> None:
    assert judged(steps(Let("success", False), Set(v.sucess, True))) == ["defined-before-use 2"]
    assert judged(steps(Let("success", False), Set(v.success, True))) == []


# receiver, dead-state, contradiction of values

EVERY_STATUS = (
    Let("loan", New("loan")),
    Set(status("loan"), "overdue"),
    Set(status("loan"), "returned"),
)


def test_a_member_of_the_wrong_object() -> None:
    body = steps(Let("who", New("reader")), *EVERY_STATUS, Set(status("who"), "returned"))
    (one,) = found(body)
    assert _told(one) == "receiver 5"
    assert "did you mean loan?" in one.message


def test_a_type_that_may_have_more_members_or_a_link_that_says_so_is_trusted() -> None:
    body = steps(Let("who", New("reader")), *EVERY_STATUS, Set(status("who"), "returned"))
    assert judged(body, known=Known(open=frozenset({"reader"}))) == []


def test_a_variable_of_two_types_has_no_type() -> None:
    body = steps(
        *EVERY_STATUS, Let("it", New("reader")), If(ENDS, Set(v.it, New("loan"))), Set(status("it"), "returned")
    )
    assert judged(body) == []


def test_an_argument_of_another_type_than_the_head_names() -> None:
    known = Known(types={("lend", "loan"): "loan"})
    again = Call("lend", (v.who,))
    assert judged(steps(Let("who", New("reader")), *EVERY_STATUS[1:], again), "loan", known=known) == ["receiver 4"]
    assert judged(steps(*EVERY_STATUS[1:], Call("lend", (v.loan,))), "loan", known=known) == []


def test_a_list_of_what_has_no_such_list() -> None:
    known = Known(owners={"shelf of loans": frozenset({"library"})}, types={("lend", "loan"): "loan"})
    body = steps(*EVERY_STATUS, Add(v.loan, ListOf("shelf of loans", v.loan)))
    assert judged(body, known=known) == ["receiver 4"]


def test_a_value_that_no_step_gives_is_dead() -> None:
    messages = [each.message for each in found(steps(Let("loan", New("loan")), Set(status("loan"), "overdue")))]
    assert messages == ["'returned' is declared as a status of a loan, and never entered: no step ever sets it"]
    assert found(steps(*EVERY_STATUS)) == ()


def test_a_value_that_is_only_set_on_the_wrong_object_is_dead() -> None:
    body = steps(Let("who", New("reader")), *EVERY_STATUS[:2], Set(status("who"), "returned"))
    dead = [each for each in found(body) if each.property == "dead-state"]
    assert ["step 4 of lend" in each.message for each in dead] == [True]


def test_a_value_that_comes_from_elsewhere_or_stands_in_words_that_were_not_read_is_not_called_dead() -> None:
    assert found(steps(Let("loan", New("loan")), Set(status("loan"), Input("what the clerk says")))) == ()
    words = NotUnderstood("mark the loan as returned, or else as overdue", (), ())
    assert found(steps(words)) == ()


def test_a_value_that_the_member_cannot_have() -> None:
    body = steps(*EVERY_STATUS, Set(status("loan"), "overdu"), If(Is(status("loan"), "lost"), Return()))
    assert judged(body) == ["contradiction 4", "contradiction 5"]
    assert "did you mean 'overdue'?" in next(each.message for each in found(body) if each.origin.step == "4")
    assert judged(steps(*EVERY_STATUS, If(Is(status("loan"), "overdue"), Return()))) == []


def test_an_initial_value_that_is_none() -> None:
    broken = ObjectType("loan", "", (Member("status", ("open",), initial="opened"),))
    lend = algorithm("lend", (), steps(Let("loan", New("loan")), Set(status("loan"), "open")), file=FILE)
    (one,) = findings(Spec("Library", "", broken, (lend,), methods=(), read=True))
    assert (one.property, one.origin.file) == ("contradiction", FILE)


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


def test_calling_what_waits_inside_one_action_is_worth_a_note() -> None:
    def told(*callee: Statement) -> list[str]:
        lend = algorithm("lend", (), steps(Atomically(steps(Call("fetch")))), file=FILE)
        fetch = algorithm("fetch", (), steps(*callee), file=FILE)
        spec = Spec("Library", "", LOAN, (lend, fetch), methods=(), others=(READER,), read=True)
        return [_told(each) for each in findings(spec) if each.origin.algorithm == "lend"]

    assert told(Wait("a day")) == ["contradiction 1.1 (note)"]
    assert told(FireEvent("due", None, (), "event", steps(Let("x", 1)))) == ["contradiction 1.1 (note)"]
    assert told(InParallel(steps(Wait("a day")))) == []
    assert told(Perform("remind")) == []


# exit


def test_a_loop_whose_only_exit_ends_other_steps() -> None:
    body = steps(While(True, steps(InParallel(steps(If(ENDS, Abort()))), Wait("a day"))))
    one = next(each for each in found(body) if each.property == "exit")
    assert _told(one) == "exit 1"
    assert "step 1.1.1" in one.message
    assert "run in parallel" in one.message


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
    assert _told(one) == "abort-scope 1.1.2 (note)"
    assert "step 1.2 is still done" in one.message
    assert judged(steps(InParallel(steps(If(ENDS, Abort()))), Perform("greet"))) == ["abort-scope 1.1 (note)"]


def test_an_abort_whose_readings_agree() -> None:
    assert judged(steps(If(ENDS, Abort()), Perform("greet"))) == []
    assert judged(steps(InParallel(steps(If(ENDS, Abort()), Perform("greet"))))) == []
    assert judged(steps(InParallel(steps(If(ENDS, steps(Perform("remind"), Abort())))))) == []


# collection


def test_an_item_that_is_removed_while_its_list_is_gone_through_is_worth_a_note() -> None:
    thinned = ForEach("loan", SHELF, steps(Remove(v.loan, SHELF)))
    assert judged(steps(thinned)) == ["collection 1.1 (note)"]
    assert judged(steps(ForEach("loan", SHELF, steps(Remove(v.loan, v.others)))), "others") == []
    assert judged(steps(ForEach("loan", SHELF, steps(Perform("note", (v.loan,)))))) == []


def test_what_is_no_collection() -> None:
    body = steps(Let("who", New("reader")), Add(1, v.who), ForEach("it", v.who, Perform("greet", (v.it,))))
    assert judged(body) == ["collection 2", "collection 3"]
    assert judged(steps(Let("all", New("sequence")), Add(1, v.all))) == []


def test_an_item_of_another_type() -> None:
    body = steps(Let("who", New("reader")), Add(v.who, SHELF), *EVERY_STATUS, Add(v.loan, SHELF))
    assert judged(body) == ["collection 2"]


def test_an_index_that_is_a_string() -> None:
    assert judged(steps(Perform("greet", (Item(SHELF, "first"),)))) == ["collection 1"]
    assert judged(steps(Perform("greet", (Item(SHELF, 0),)))) == []


def test_a_map_used_as_a_list_is_one_note() -> None:
    known = Known(maps={"shelf of loans": "DOMString"})
    body = steps(
        Let("loan", Find(SHELF, "title", "Ulysses")),
        Add(v.loan, SHELF),
        Remove(v.loan, SHELF),
    )
    assert judged(body, known=known) == ["collection 1 (note)"]
    assert judged(body) == []
    keyed = steps(Set(Item(SHELF, "Ulysses"), New("loan")), Remove(Item(SHELF, "Ulysses"), SHELF))
    assert judged(keyed, known=known) == []


def test_an_item_without_a_key_that_has_none_of_its_own() -> None:
    known = Known(maps={"shelf of loans": "reader"})
    assert judged(steps(Add(New("loan"), SHELF), *EVERY_STATUS), known=known) == ["collection 1"]


# known-term and well-nested


def test_a_name_close_to_a_declared_one() -> None:
    body = steps(*EVERY_STATUS, If(Is(Field(v.loan, "statsu"), "open"), Return()), Perform("leend"))
    assert judged(body) == ["known-term 4", "known-term 5"]
    assert judged(steps(*EVERY_STATUS, Perform("lending"), Perform("remind"))) == []


def test_an_otherwise_after_a_sentence_with_two_conditions() -> None:
    twice = If(ENDS, (Perform("greet"), If(Is(v.book, None), Perform("remind"))))
    assert judged(steps(twice, Else(Perform("lend it"))), "book") == ["well-nested 2 (note)"]
    below = If(ENDS, steps(If(Is(v.book, None), Perform("remind"))))
    assert judged(steps(below, Else(Perform("lend it"))), "book") == []


# the built-in model, and the table


def test_the_built_in_model_has_no_error() -> None:
    told = [_told(each) for each in findings(ONE_OFF)]
    assert told == [
        f"{name} 5.{n}.1.{m} (note)" for n in "23" for name, m in (("contradiction", 2), ("abort-scope", 3))
    ]


def test_every_finding_is_of_a_property_that_is_explained() -> None:
    ids = [each.id for each in PROPERTIES]
    assert len(ids) == len(set(ids))
    assert {each.property for each in findings(ONE_OFF)} <= {*ids}
