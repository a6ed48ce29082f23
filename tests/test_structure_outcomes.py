"""Findings of structure about what other specs get, and about reactions to promises."""

from dataclasses import replace

from bgsync.judge.structure import Known, findings
from bgsync.language import (
    Apply,
    Field,
    FireEvent,
    HandleEvent,
    If,
    Let,
    NotUnderstood,
    Perform,
    Spec,
    Statement,
    Upon,
    algorithm,
    steps,
    v,
)
from bgsync.shipped.model.service_worker import FIRE_FUNCTIONAL_EVENT
from tests.library import ENDS, FILE, LOAN, READER, judged

# receiver: what other specs' algorithms get


def test_what_another_spec_fires_clears_or_runs_is_of_the_type_that_it_takes() -> None:
    known = Known(
        types={("lend", "loan"): "loan", ("lend", "reader"): "reader"},
        signatures={
            "fire functional event": ("reader",),
            "handle functional event": ("reader",),
            "remind": ("", "reader"),
        },
    )

    def told(*body: Statement) -> list[str]:
        spec = Spec(
            "Library",
            "",
            LOAN,
            (algorithm("lend", ("loan", "reader"), steps(*body), file=FILE),),
            firing=FIRE_FUNCTIONAL_EVENT,
            methods=(),
            others=(READER,),
            read=True,
        )
        return [each.message for each in findings(spec, known) if each.property == "receiver"]

    fired = FireEvent("due", v.loan, (), "event", steps(Let("x", 1)), v.reader)
    assert told(fired, Perform("remind", (v.loan, v.reader)), Perform("remind", (v.loan, v.someone))) == []
    assert told(replace(fired, target=v.loan)) == [
        "hands loan, which is a loan, to 'Fire Functional Event', which is for a reader"
    ]
    assert told(HandleEvent(v.reader, steps(Let("x", 1)))) == []
    assert told(HandleEvent(v.loan, steps(Let("x", 1)))) == [
        "hands loan, which is a loan, to 'Handle Functional Event', which is for a reader"
    ]
    assert told(Perform("remind", (v.reader, v.loan))) == [
        "hands loan, which is a loan, to 'remind', which is for a reader"
    ]
    assert len(told(Let("answer", Apply("remind", (v.reader, v.loan))))) == 1


# contradiction: reactions


def reacting(*outcomes: str, between: Statement | None = None) -> list[str]:
    upon = [Upon(tuple(how.split()), v.done, Let("x", 1)) for how in outcomes]
    body = [Let("done", Apply("when all are back", (v.loans,))), *upon, *([between] if between else [])]
    return [each for each in judged(steps(*body), "loans") if each.startswith("contradiction")]


def test_an_outcome_with_two_reactions_while_the_other_one_has_none_is_found() -> None:
    assert reacting("fulfilled", "fulfilled") == ["contradiction 3"]
    assert reacting("rejected", "rejected terminated") == ["contradiction 3"]
    assert reacting("fulfilled", "fulfilled", "fulfilled") == ["contradiction 4"]


def test_reactions_to_both_outcomes_or_one_to_one_of_them_are_no_findings() -> None:
    assert reacting("fulfilled", "rejected") == []
    assert reacting("fulfilled", "fulfilled", "rejected terminated") == []
    assert reacting("fulfilled") == []


def test_what_is_not_understood_may_be_the_reaction_that_is_missed() -> None:
    assert reacting("fulfilled", "fulfilled", between=NotUnderstood("and upon its rejection, ring the bell")) == []
    elsewhere = If(ENDS, steps(Upon(("rejected",), v.done, Let("x", 1))))
    assert reacting("fulfilled", "fulfilled", between=elsewhere) == []


def test_an_event_of_which_one_outcome_has_no_reaction_is_worth_a_note() -> None:
    one = Upon(("fulfilled",), v.done, Let("x", 1))
    follow = steps(Let("done", Apply("waiting for all", (Field(v.event, "promises"),))), one)
    assert judged(steps(FireEvent("due", None, (), "event", follow))) == ["contradiction 1.2 (note)"]
    both = (*follow, Upon(("rejected", "terminated"), v.done, Let("x", 1)))
    assert judged(steps(FireEvent("due", None, (), "event", steps(*both)))) == []


def test_an_event_whose_worker_may_be_terminated_without_a_reaction_is_worth_a_note() -> None:
    waits = Let("done", Apply("waiting for all", (Field(v.event, "promises"),)))
    ended = [waits, *(Upon((how,), v.done, Let("x", 1)) for how in ("fulfilled", "rejected"))]
    assert judged(steps(FireEvent("due", None, (), "event", steps(*ended)))) == ["contradiction 1.3 (note)"]
    said = NotUnderstood("if the worker is terminated, do the same")
    assert judged(steps(FireEvent("due", None, (), "event", steps(*ended, said)))) == []
