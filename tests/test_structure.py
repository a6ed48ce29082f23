"""Findings of structure about values and names: every check finds what is wrong, and is silent about what is right."""

from bgsync.judge.structure import PROPERTIES, Known, findings
from bgsync.language import (
    Add,
    Call,
    Else,
    Field,
    Find,
    ForEach,
    If,
    InParallel,
    Input,
    Is,
    Let,
    ListOf,
    Member,
    New,
    NotUnderstood,
    ObjectType,
    Perform,
    Remove,
    Resolve,
    Return,
    Set,
    Spec,
    Statement,
    algorithm,
    steps,
    v,
)
from bgsync.language.expressions import Item
from bgsync.shipped.model.background_sync.one_off import SPEC as ONE_OFF
from tests.library import ENDS, FILE, SHELF, found, judged, status, step_of

# defined-before-use


def test_a_variable_that_nothing_binds_is_found_once_with_the_name_that_was_meant() -> None:
    (one,) = found(steps(Let("borrower", 1), Perform("greet", (v.borower,)), Perform("greet", (v.borower,))))[-1:]
    assert step_of(one) == "defined-before-use 2"
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
    assert step_of(after) == "defined-before-use 2"
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
    assert step_of(one) == "receiver 5"
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


def test_a_member_that_never_has_a_value_is_no_state() -> None:
    constant = ObjectType("loan", "", (Member("status", ("open", "lost")),))

    def told(*body: Statement) -> list[str]:
        lend = algorithm("lend", ("loan",), steps(*body), file=FILE)
        return [each.property for each in findings(Spec("Library", "", constant, (lend,), methods=(), read=True))]

    assert told(Perform("greet")) == []
    assert told(Set(status("loan"), "lost")) == ["dead-state"]


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


# known-term


def test_a_name_close_to_a_declared_one() -> None:
    body = steps(*EVERY_STATUS, If(Is(Field(v.loan, "statsu"), "open"), Return()), Perform("leend"))
    assert judged(body) == ["known-term 4", "known-term 5"]
    assert judged(steps(*EVERY_STATUS, Perform("lending"), Perform("remind"))) == []


# the built-in model, and the table


def test_the_built_in_model_has_no_error() -> None:
    told = [step_of(each) for each in findings(ONE_OFF)]
    assert told == [
        f"{name} 5.{n}.1.{m} (note)" for n in "23" for name, m in (("contradiction", 2), ("abort-scope", 3))
    ]


def test_every_finding_is_of_a_property_that_is_explained() -> None:
    ids = [each.id for each in PROPERTIES]
    assert len(ids) == len(set(ids))
    assert {each.property for each in findings(ONE_OFF)} <= {*ids}
