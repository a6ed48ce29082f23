"""What every instruction means, on algorithms that run alone."""

from dataclasses import replace
from typing import get_args

import pytest

from bgsync.judge.check import check
from bgsync.language import (
    Abort,
    Add,
    And,
    Apply,
    Assert,
    Associated,
    Atomically,
    Call,
    Choice,
    Contains,
    Continue,
    Else,
    Expr,
    Field,
    Find,
    ForEach,
    If,
    Increment,
    InParallel,
    Is,
    LanguageError,
    Let,
    New,
    Not,
    Or,
    Population,
    Reject,
    Remove,
    Resolve,
    Return,
    Sequence,
    Set,
    Statement,
    Wait,
    While,
    algorithm,
    steps,
    v,
)
from bgsync.shipped.model.background_sync.one_off import ONLINE, REGISTRATIONS
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, WAITING
from bgsync.shipped.model.periodic_background_sync.periodic import SPEC as PERIODIC
from bgsync.shipped.model.service_worker import ACTIVE_WORKER, FIRE_FUNCTIONAL_EVENT
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.system.instructions import Op
from bgsync.system.program import Program
from bgsync.system.run import Run
from bgsync.system.scenario import Bounds
from bgsync.system.sharing import sharing
from bgsync.system.state import LIST, Object, Ref, Shared, Value
from tests.models import FILE, STATE, Items, Lab, kinds, known, outbox, question, single, verdicts

LOOKUP = Let("found", Find(REGISTRATIONS, "tag", "t1"))
CHOICE = Choice("a choice")
TAG = Field(v.registration, "tag")


LISTED = (Object(("t1", PENDING, None), True), Object(("t2", PENDING, None), True))
TWO = Shared(Lab(single(Let("x", True))).shared.context, LISTED)
"""Two registrations are in the list."""


def value(*items: Statement | Items, name: str = "x") -> Value:
    """Run some steps as one action and give what a variable holds at a last step that reads it."""
    lab = Lab(single(Let("begun", True), *items, Wait("a while"), Let("y", getattr(v, name))), "algorithm")
    process = lab.once(lab.entry(), TWO).process
    assert process is not None
    return dict(process.frames[-1].variables).get(name)


def held(expression: Expr) -> Value:
    return value(Let("x", expression))


# --- expressions


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("text", "text"),
        (True, True),
        (None, None),
        (v.nothing, None),
        (Associated("service worker registration"), "service worker registration"),
        (Is("a", "a"), True),
        (Not(Is("a", "b")), True),
        (And(True, Is("a", "b")), False),
        (Or(Is("a", "b"), True), True),
        (ONLINE, False),
        (ACTIVE_WORKER, True),
        (New("sequence"), ()),
        (REGISTRATIONS, LIST),
        (Is(REGISTRATIONS, Sequence()), False),
        (Is(REGISTRATIONS, REGISTRATIONS), True),
        (Find(REGISTRATIONS, "tag", "t2"), Ref(1)),
        (Find(REGISTRATIONS, "tag", "t3"), None),
        (Contains(REGISTRATIONS, None), False),
        (Contains(REGISTRATIONS, Find(REGISTRATIONS, "tag", "t1")), True),
        (Field(Find(REGISTRATIONS, "tag", "t1"), "registration state"), PENDING),
        (New("sync registration"), Ref(2)),
        (Choice("off", adversity="skipped"), False),
    ],
)
def test_every_expression_has_its_value(expression: Expr, expected: Value) -> None:
    assert held(expression) == expected


def test_a_member_of_what_has_none_is_an_error_of_the_model() -> None:
    with pytest.raises(LanguageError, match="null: 'tag' is read of what has no such member: None"):
        held(Field(None, "tag"))
    with pytest.raises(LanguageError, match="main 1: 'tag' is set on what is no sync registration"):
        Lab(single(Set(Field(v.x, "tag"), "t1"))).actions()


def test_window_clients_come_and_go_at_will_so_reading_them_is_a_choice() -> None:
    kind = ForEach("client", Population("window clients"), Let("x", Field(v.client, "frame type")))
    lab = Lab(single(Let("x", None), kind, Wait("a while"), Let("y", v.x)))
    found = [outcome.process for outcome in lab.machine.outcomes(lab.shared, lab.entry())]
    seen = {dict(process.frames[-1].variables).get("x") for process in found if process}
    assert seen == {None, "top-level", "auxiliary", "nested"}
    other = Lab(
        single(
            Let("x", None), ForEach("c", Population("window clients"), Let("x", Field(v.c, "url"))), Resolve(v.promise)
        )
    )
    assert [kinds(outcome) for outcome in other.machine.outcomes(other.shared, other.entry())] == [["resolved"]] * 2


# --- actions at granularity step


def test_to_note_the_time_is_an_action_though_nobody_reads_it_since_all_may_end_before_it() -> None:
    program = Program(PERIODIC, "scope")
    found = sharing(program, frozenset({"network"}))
    noting = [pc for pc, each in enumerate(program.code) if each.origin.path == (6, 7, 4, 2)]
    assert [(found.shared[pc], found.quiet[pc]) for pc in noting] == [(False, False)]


def test_every_leaf_step_that_touches_what_is_shared_is_one_action() -> None:
    lab = Lab(single(LOOKUP, LOOKUP, LOOKUP))
    assert [lab.ran(outcome)[:1] for outcome in lab.actions()] == [["main 1"], ["main 2"], ["main 3"]]


def test_private_steps_are_taken_together_with_the_next_shared_one() -> None:
    lab = Lab(single(Let("x", True), Let("y", v.x), LOOKUP, Let("z", v.found), LOOKUP))
    assert [lab.ran(outcome) for outcome in lab.actions()] == [
        ["main 1", "main 2", "main 3"],
        ["main 4", "main 5"],
    ]


def test_what_is_left_to_do_in_private_is_done_in_the_last_shared_action() -> None:
    lab = Lab(single(LOOKUP, Let("x", True), Resolve(v.promise)))
    assert [lab.ran(outcome) for outcome in lab.actions()] == [["main 1", "main 2", "main 3"]]


def test_statements_of_one_sentence_are_one_action() -> None:
    lab = Lab(single(If(ONLINE, LOOKUP), (LOOKUP, LOOKUP), If(Not(ONLINE), (LOOKUP, LOOKUP)), Else(LOOKUP)))
    assert [lab.ran(outcome) for outcome in lab.actions()] == [["main 1"], ["main 2"] * 2, ["main 3"] * 3]


@pytest.mark.parametrize(("sentence", "actions"), [("apart", 2), ("whole", 1)])
def test_a_sentence_that_tests_and_then_changes_an_object_is_two_actions_or_one(sentence: str, actions: int) -> None:
    mark = If(Is(Field(v.registration, "registration state"), PENDING), Set(STATE, FIRING))
    for items, many in (((mark,), actions), ((Atomically(steps(mark)),), 1)):
        lab = Lab(single(*items, parameters=("registration",)), sentence=sentence)
        lab.shared = TWO
        assert len(lab.actions(lab.entry(registration=Ref(0)))) == many


def test_a_call_that_has_tested_a_state_may_set_it_when_it_is_another_one_by_the_reading_apart() -> None:
    spec = outbox(rejected=(Set(STATE, WAITING),), event=FIRE_FUNCTIONAL_EVENT)
    asking, lost = [each for each in PROPERTIES if each.id == "lifecycle"], {}
    for sentence in ("apart", "whole"):
        asked = replace(question(spec, asking, ("step",)), bounds=Bounds(sentence=sentence))
        (found,) = check(asked).verdicts
        lost[sentence] = {one.message.partition(",")[0] for one in found.findings() if one.verdict == "violated"}
    assert "waiting becomes reregisteredWhileFiring" in lost["apart"] - lost["whole"]


def test_a_part_of_the_environment_that_cannot_move_is_private_to_read() -> None:
    items = (Let("x", ONLINE), Let("y", ONLINE))
    assert len(Lab(single(*items)).actions()) == 2
    assert len(Lab(single(*items), moving=()).actions()) == 1


def test_members_that_never_change_are_private_and_a_state_is_shared() -> None:
    for field, actions in (("tag", 1), ("registration state", 3)):
        lab = Lab(single(*[Let("x", Field(v.registration, field))] * 3))
        lab.shared = TWO
        assert len(lab.actions(lab.entry(registration=Ref(0)))) == actions


def test_a_block_marked_atomically_never_stops_inside() -> None:
    body = (LOOKUP, If(True, steps(LOOKUP, LOOKUP)), Call("help"), LOOKUP)
    help_ = algorithm("help", (), steps(LOOKUP, LOOKUP), file=FILE)
    loose = Lab(single(*body, LOOKUP, others=(help_,)))
    tight = Lab(single(Atomically(steps(*body)), LOOKUP, others=(help_,)))
    assert len(loose.actions()) == 7
    assert [len(tight.ran(outcome)) for outcome in tight.actions()] == [8, 1]


def test_a_call_in_tail_position_of_an_atomic_block_belongs_to_it() -> None:
    help_ = algorithm("help", (), steps(LOOKUP, LOOKUP), file=FILE)
    lab = Lab(single(LOOKUP, Resolve(v.promise), Atomically(steps(LOOKUP, Call("help"))), others=(help_,)))
    assert [lab.ran(outcome) for outcome in lab.actions()] == [
        ["main 1"],
        ["main 2", "main 3.1", "main 3.2", "help 1", "help 2"],
    ]


def test_an_atomic_block_in_an_atomic_block_goes_on_with_the_outer_one() -> None:
    lab = Lab(single(Atomically(steps(LOOKUP, Atomically(steps(LOOKUP, LOOKUP)), LOOKUP))))
    assert len(lab.actions()) == 1


# --- waiting


def test_an_invocation_runs_to_its_next_wait_at_granularity_algorithm() -> None:
    lab = Lab(single(LOOKUP, LOOKUP, Wait("a while"), LOOKUP, LOOKUP), "algorithm")
    first, second = lab.actions()
    assert (lab.ran(first), lab.ran(second)) == (["main 1", "main 2"], ["main 3", "main 4", "main 5"])
    assert first.process is not None
    assert lab.machine.waits(first.process) == "wait"
    assert kinds(second) == ["elapsed", "unsettled"]


@pytest.mark.parametrize("granularity", ["step", "algorithm"])
def test_a_wait_stops_even_what_is_otherwise_private(granularity: str) -> None:
    assert len(Lab(single(Let("x", True), Wait("a while"), Wait("a while")), granularity).actions()) == 3


def test_a_wait_in_an_atomic_block_stops_it() -> None:
    assert len(Lab(single(Atomically(steps(LOOKUP, Wait("a while"), LOOKUP)))).actions()) == 2


# --- control


def test_the_two_readings_of_abort_differ_in_what_comes_after_the_inner_list() -> None:
    spec = single(If(True, steps(Abort())), Resolve(v.promise))
    assert [kinds(outcome) for outcome in Lab(spec, abort="scope").actions()] == [["unsettled"]]
    assert [kinds(outcome) for outcome in Lab(spec, abort="list").actions()] == [["resolved"]]
    with pytest.raises(ValueError, match="unknown reading of abort 'loop': one of scope, list"):
        Program(spec, "loop")


def test_abort_in_an_algorithm_that_was_called_goes_back_to_the_caller() -> None:
    help_ = algorithm("help", (), steps(If(True, steps(Abort())), Reject(v.promise, "Never")), file=FILE)
    assert kinds(Lab(single(Call("help"), Resolve(v.promise), others=(help_,))).actions()[-1]) == ["resolved"]


def test_return_ends_the_algorithm_and_the_caller_goes_on() -> None:
    help_ = algorithm("help", (), steps(If(True, steps(Return())), Assert(False)), file=FILE)
    assert kinds(Lab(single(Call("help"), Resolve(v.promise), others=(help_,))).actions()[-1]) == ["resolved"]


@pytest.mark.parametrize(("condition", "expected"), [(True, "then"), (False, "else")])
def test_else_runs_when_the_condition_just_before_was_false(condition: bool, expected: str) -> None:
    assert value(If(condition, steps(Let("x", "then"))), Else(steps(Let("x", "else")))) == expected


@pytest.mark.parametrize(("items", "count"), [(0, None), (1, 1), (2, 2), (5, 2)])
def test_what_is_counted_is_counted_none_one_many(items: int, count: int | None) -> None:
    assert value(*[Increment(v.x)] * items) == count


def test_a_loop_visits_every_item_of_its_list_in_order() -> None:
    visit = ForEach("registration", REGISTRATIONS, Add(TAG, v.x))
    assert value(Let("x", New("sequence")), visit) == ("t1", "t2")
    assert value(Let("x", New("sequence")), ForEach("c", New("sequence"), Add("never", v.x))) == ()


def test_a_loop_visits_only_what_its_condition_allows() -> None:
    visit = ForEach("registration", REGISTRATIONS, Add(TAG, v.x), where=Is(TAG, "t2"))
    assert value(Let("x", New("sequence")), visit) == ("t2",)


def test_continue_goes_on_with_the_next_round() -> None:
    body = steps(If(Is(TAG, "t1"), steps(Continue())), Add(TAG, v.x))
    assert value(Let("x", New("sequence")), ForEach("registration", REGISTRATIONS, body)) == ("t2",)
    with pytest.raises(LanguageError, match="main 1: no loop to continue"):
        Lab(single(Continue()))
    with pytest.raises(LanguageError, match="no loop to continue"):
        Lab(single(While(True, steps(InParallel(steps(Continue()))))))


def test_a_while_repeats_as_long_as_its_condition_holds() -> None:
    again = While(Not(Is(v.x, "done")), steps(If(Is(v.x, "begun"), Set(v.x, "done")), Else(Set(v.x, "begun"))))
    assert value(Let("x", "fresh"), again) == "done"
    assert value(Let("x", "fresh"), While(False, steps(Set(v.x, "done")))) == "fresh"


def test_a_loop_in_the_same_sentence_as_another_one_is_a_loop_of_its_own() -> None:
    inner = ForEach("b", REGISTRATIONS, Increment(v.x))
    assert value(ForEach("a", REGISTRATIONS, inner)) == 2


def test_the_condition_of_every_round_is_an_action_of_its_own() -> None:
    lab = Lab(single(ForEach("registration", REGISTRATIONS, steps(Set(STATE, WAITING)), where=Is(STATE, PENDING))))
    lab.shared = TWO
    assert [lab.ran(outcome)[-1] for outcome in lab.actions()] == ["main 1", "main 1.1"] * 2 + ["main 1"]


def test_arguments_of_a_call_are_the_parameters_of_the_callee_and_nothing_else_is_seen() -> None:
    help_ = algorithm("help", ("registration",), steps(Set(STATE, WAITING), Assert(Is(v.x, None))), file=FILE)
    lab = Lab(single(Let("x", True), LOOKUP, Call("help", (v.found,)), others=(help_,)), "algorithm")
    lab.shared = TWO
    (outcome,) = lab.actions()
    assert kinds(outcome) == ["set", "asserted", "unsettled"]
    assert outcome.shared.heap[0] == Object(("t1", WAITING, None), True)


def test_a_call_in_tail_position_leaves_no_frame_behind() -> None:
    help_ = algorithm("help", (), steps(Wait("a while"), LOOKUP), file=FILE)
    for items, frames in ((((Resolve(v.promise)), Call("help")), 1), ((Call("help"), Resolve(v.promise)), 2)):
        lab = Lab(single(*items, others=(help_,)), "algorithm")
        process = lab.once(lab.entry()).process
        assert process is not None
        assert len(process.frames) == frames


def test_every_kind_of_instruction_has_a_meaning() -> None:
    meant = {name.removeprefix("_do_").replace("_", " ") for name in dir(Run) if name.startswith("_do_")}
    assert meant | {"await", "end"} == set(get_args(Op))


def test_a_copy_of_the_list_holds_what_was_in_it_and_is_changed_by_itself() -> None:
    others = (Let("others", Apply("a copy", (REGISTRATIONS,))), Remove(v.registration, v.others))
    for there, verdict in ((Is(v.others, Sequence()), "holds"), (Contains(v.others, v.registration), "violated")):
        found = verdicts(outbox(found=known(*others, Assert(there), Resolve(v.promise))), ["asserts"])
        assert {one.verdict for one in found.values()} == {verdict}
    still = Assert(Contains(REGISTRATIONS, v.registration))
    assert {one.verdict for one in verdicts(outbox(found=known(*others, still)), ["asserts"]).values()} == {"holds"}
