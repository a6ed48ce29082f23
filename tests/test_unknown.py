"""What is not followed: any value, free conditions, and statements that concern nothing that is followed."""

from dataclasses import replace

import pytest

from bgsync.language import (
    Add,
    Apply,
    Arithmetic,
    Assert,
    Associated,
    Break,
    Compare,
    Conditional,
    Contains,
    Dispatch,
    Empty,
    Environment,
    Expr,
    Field,
    Find,
    ForEach,
    HandleEvent,
    If,
    Input,
    Is,
    Item,
    Let,
    ListOf,
    New,
    NotUnderstood,
    Perform,
    Reject,
    Remark,
    Remove,
    Resolve,
    Return,
    Sequence,
    Set,
    Spec,
    Statement,
    Steps,
    Throw,
    Upon,
    Wait,
    While,
    algorithm,
    steps,
    v,
)
from bgsync.shipped.model.background_sync.one_off import REGISTRATIONS, SYNC_REGISTRATION
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, REREGISTERED, WAITING
from bgsync.system.observation import Outcome, Settled
from bgsync.system.state import LIST, UNKNOWN, Object, Ref, Shared, Value
from tests.models import AT_ONCE, FILE, STATE, Items, Lab, graph, kinds, outbox, system

OPEN = Input("the moon is full")
LISTED = (Object(("t1", PENDING, None), True), Object(("t2", PENDING, None), True))
SHELF = v.shelf


def read(*items: Statement | Items) -> Spec:
    """A spec of one algorithm, as if it was read from a text."""
    main = algorithm("main", (), Steps(items), returns="promise", file=FILE)
    return Spec("tiny", "0", SYNC_REGISTRATION, (main,), (), AT_ONCE, ("main",), read=True)


def ends(*items: Statement | Items) -> list[Outcome]:
    """Run some steps as one action, and give every way in which they end."""
    lab = Lab(read(*items), "algorithm")
    return list(lab.machine.outcomes(Shared(lab.shared.context, LISTED), lab.entry()))


def values(expression: Expr, *before: Statement) -> list[Value]:
    """Give every value that an expression may have."""
    found = ends(*before, Let("x", expression), Wait("a while"), Let("y", v.x))
    return [dict(one.process.frames[-1].variables).get("x") for one in found if one.process]


def listed(outcome: Outcome) -> list[str]:
    """Give the tags that are in the list."""
    return [str(known.fields[0]) for known in outcome.shared.heap if known and known.listed]


@pytest.mark.parametrize(
    "expression",
    [
        OPEN,
        Apply("size", (v.x,)),
        Item(v.nothing, "key"),
        Item(REGISTRATIONS, 0),
        ListOf("list of something else"),
        New("loan card"),
        Field(Associated("library"), "name"),
        Associated("sync registration"),
        v.never_bound,
        Arithmetic("+", OPEN, 1),
        Field(Find(REGISTRATIONS, "tag", "t1"), "colour"),
    ],
)
def test_what_is_not_followed_is_unknown(expression: Expr) -> None:
    assert values(expression) == [UNKNOWN]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (7, [7]),
        (Sequence(("a", "b")), [("a", "b")]),
        (New("map"), [()]),
        (Conditional(True, "a", "b"), ["a"]),
        (Conditional(OPEN, "a", "b"), ["b", "a"]),
        (Arithmetic("+", 1, 1), [2]),
        (Arithmetic("-", 1, 1), [0]),
        (Arithmetic("-", 2, 1), [UNKNOWN]),
        (Compare("<", 0, 1), [True]),
        (Compare(">", 1, 5), [False]),
        (Compare(">", 2, 5), [False, True]),
        (Is(OPEN, "a"), [False, True]),
        (Is(2, 2), [False, True]),
        (Is(Associated("loan flag"), True), [False, True]),
        (Contains(REGISTRATIONS, OPEN), [False, True]),
        (Contains(Sequence(("a", "b")), "b"), [True]),
        (Item(REGISTRATIONS, "t2"), [Ref(1)]),
        (Find(REGISTRATIONS, "tag", "t3"), [None]),
        (REGISTRATIONS, [LIST]),
    ],
)
def test_what_is_decided_has_a_value_and_the_rest_is_a_free_choice(expression: Expr, expected: list[Value]) -> None:
    assert values(expression) == expected


def test_a_condition_from_outside_is_chosen_anew_at_each_read_and_named_by_its_words() -> None:
    found = ends(If(OPEN, Resolve(v.promise)), If(OPEN, Reject(v.promise, "No")))
    assert [[chosen for _, chosen in one.choices] for one in found] == [
        [a, b] for a in (False, True) for b in (False, True)
    ]
    assert {name for one in found for name, _ in one.choices} == {"the moon is full"}


def test_a_loop_over_what_is_not_followed_runs_once_or_not_at_all() -> None:
    found = ends(ForEach("branch", Input("every branch of the library"), steps(Resolve(v.promise))))
    assert ["resolved" in kinds(one) for one in found] == [False, True]


@pytest.mark.parametrize(
    "statement",
    [
        Set(Field(Associated("library"), "registration state"), FIRING),
        Set(Item(v.nothing, "key"), "a"),
        Add("a", ListOf("list of something else")),
        Remove("a", ListOf("list of something else")),
        Empty(ListOf("list of something else")),
        Resolve(v.somebody),
        Perform("tidy up", (v.x,)),
        Remark("this is a library"),
        Add("a", v.nothing),
    ],
)
def test_what_concerns_nothing_that_is_followed_does_nothing(statement: Statement) -> None:
    (outcome,) = ends(statement, Resolve(v.promise))
    assert kinds(outcome) == ["resolved"]
    assert outcome.shared.heap == LISTED


def test_a_variable_that_holds_the_list_is_the_list() -> None:
    (outcome,) = ends(
        Let("shelf", REGISTRATIONS),
        Let("card", New("sync registration", (("tag", "t3"),))),
        Add(v.card, SHELF),
        Remove(Item(SHELF, "t1"), SHELF),
        Let("found", Find(SHELF, "tag", "t2")),
        Set(Field(v.found, "registration state"), WAITING),
        Wait("a while"),
        Let("y", v.found),
    )
    assert listed(outcome) == ["t2", "t3"]
    assert [known.fields[1] for known in outcome.shared.heap if known and known.listed] == [WAITING, PENDING]


def test_an_item_of_the_list_is_put_there_and_the_list_is_emptied() -> None:
    put = (Let("card", New("sync registration", (("tag", "t3"),))), Set(Item(REGISTRATIONS, "t3"), v.card))
    assert listed(ends(*put)[0]) == ["t1", "t2", "t3"]
    assert listed(ends(*put, Empty(REGISTRATIONS))[0]) == []


def test_what_is_removed_without_being_known_may_be_any_of_them_or_none() -> None:
    found = ends(Remove(OPEN, REGISTRATIONS))
    assert [listed(one) for one in found] == [["t1", "t2"], ["t2"], ["t1"]]


def test_an_unknown_state_is_any_that_is_declared() -> None:
    found = ends(Let("registration", Find(REGISTRATIONS, "tag", "t1")), Set(STATE, OPEN))
    states = {str(known.fields[1]) for one in found if (known := one.shared.heap[0])}
    assert states == {PENDING, WAITING, FIRING, REREGISTERED}


def test_an_assert_of_what_is_not_followed_is_taken_at_its_word() -> None:
    assert [kinds(one) for one in ends(Assert(OPEN), Resolve(v.promise))] == [["chose", "resolved"]]
    assert "asserted" in kinds(ends(Assert(Is(1, 0)))[0])


def test_break_leaves_the_loop_and_throw_rejects_and_return_ends() -> None:
    (outcome,) = ends(While(True, steps(Break())), Return("a value"), Resolve(v.promise))
    assert kinds(outcome) == ["unsettled"]
    (outcome,) = ends(If(True, Throw("TypeError")), Resolve(v.promise))
    assert kinds(outcome) == ["rejected"]


def test_a_loop_without_a_wait_in_a_text_comes_back_to_where_it_was() -> None:
    closed = system(read(While(True, steps(Let("x", True)))), "algorithm")
    assert graph(closed, limit=100).complete


# --- events that the steps create themselves, and reactions in several places


def handled(*body: Statement) -> Items:
    created = (Let("e", New("LoanEvent")), Set(Field(v.e, "tag"), "t1"), Dispatch(event=v.e))
    found = Let("registration", Find(REGISTRATIONS, "tag", "t1"))
    waiting = Let("all", Apply("waiting for all", (Field(v.e, "lifetime promises"),)))
    return (found, HandleEvent(v.registration, steps(*created, waiting, *body)))


def test_an_event_that_the_steps_create_is_dispatched_about_its_registration_with_its_members() -> None:
    lab = Lab(
        read(*handled(Upon(("fulfilled",), v.all, steps(Set(STATE, FIRING), Assert(Is(Field(v.e, "tag"), "t1"))))))
    )
    shared = Shared(lab.shared.context, LISTED)
    first, *rest = [lab.once(lab.entry(), shared)]
    seen = kinds(first)
    while first.process:
        first = lab.once(first.process, first.shared)
        seen += kinds(first)
        rest.append(first)
    (event,) = [child for one in rest for child in one.spawned]
    assert "dispatched" in seen
    after = lab.once(event, first.shared, "fulfilled")
    assert kinds(after)[:2] == ["settled", "set"]


def test_reactions_in_several_places_see_the_same_settlement_once() -> None:
    apart = (
        Upon(("fulfilled",), v.all, steps(Set(STATE, WAITING))),
        Let("x", "a"),
        If(OPEN, steps(Let("y", "b"))),
        Upon(("rejected",), v.all, steps(Set(STATE, FIRING))),
    )
    ring = read(*handled(*apart), Resolve(v.promise))
    both = (*ring.algorithms, outbox().algorithm("register"), outbox().algorithm("ring"))
    closed = system(replace(ring, algorithms=both, methods=("register", "main")), "algorithm")
    for state in graph(closed, limit=400).states:
        for step in closed.steps(state):
            assert sum(seen.kind == "settled" for seen in step.observations) <= 1
    outcomes = [
        seen.outcome
        for state in graph(closed, limit=400).states
        for step in closed.steps(state)
        for seen in step.observations
        if isinstance(seen, Settled)
    ]
    assert {"fulfilled", "rejected"} <= set(outcomes)


def test_a_reaction_to_what_is_no_event_may_come_or_not() -> None:
    closed = system(read(Upon(("fulfilled",), OPEN, steps(Let("x", True))), Resolve(v.promise)), "algorithm", calls=1)
    found = graph(closed)
    assert found.complete
    waiting = next(state for state in found.states if state.processes)
    assert not list(closed.goes_on(waiting)), "nothing obliges it to come"
    assert "main" in {step.action.name for step in closed.steps(waiting)}


# --- what is not understood


def test_a_step_that_is_not_understood_does_nothing_or_anything_to_what_it_mentions() -> None:
    blur = NotUnderstood("stamp |registration|", ("registration", "x"), ("registration state", "x", "promise", "exit"))
    spec = read(
        Let("x", "a"), Let("registration", Find(REGISTRATIONS, "tag", "t1")), blur, Let("y", v.x), Resolve(v.promise)
    )
    lab = Lab(spec, "algorithm")
    shared = Shared(lab.shared.context, LISTED)
    assert [kinds(one) for one in lab.machine.outcomes(shared, lab.entry())] == [["resolved"]]
    havoc = Lab(spec, "algorithm", moving=(), blur="anything").machine
    found = list(havoc.outcomes(shared, lab.entry()))
    assert {str(known.fields[1]) for one in found if (known := one.shared.heap[0])} == {
        PENDING,
        WAITING,
        FIRING,
        REREGISTERED,
    }
    ends_ = {
        tuple(kind for kind in kinds(one) if kind in ("resolved", "rejected", "twice", "unsettled")) for one in found
    }
    assert ends_ == {("resolved",), ("unsettled",), ("resolved", "twice"), ("rejected", "twice"), ("rejected",)}


def test_a_step_that_is_not_understood_and_names_no_object_may_change_any_in_the_list() -> None:
    blur = NotUnderstood("stamp it", (), ("list of sync registrations",))
    lab = Lab(read(blur), "algorithm")
    havoc = Lab(read(blur), "algorithm", moving=(), blur="anything").machine
    found = {tuple(listed(one)) for one in havoc.outcomes(Shared(lab.shared.context, LISTED), lab.entry())}
    assert found == {(), ("t1",), ("t1", "t2"), ("t2",)}


def test_a_run_that_is_said_to_end_at_what_is_not_understood_ends_there_and_breaks_nothing() -> None:
    lab = Lab(read(Resolve(v.promise), NotUnderstood("stamp it"), Resolve(v.promise)), "algorithm", blur="stops")
    (only,) = lab.machine.outcomes(Shared(lab.shared.context, LISTED), lab.entry())
    assert (only.failed, kinds(only)) == (True, ["resolved"])


def test_a_part_of_the_environment_that_does_not_exist_is_unknown_in_a_text() -> None:
    assert values(Environment("weather", ("fine",))) == [UNKNOWN]
