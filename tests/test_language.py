"""The language: how steps are numbered and named, what is refused and how, and how a statement is read back."""

import re
from dataclasses import FrozenInstanceError, replace
from typing import cast

import pytest

from bgsync.language import (
    Abort,
    Add,
    Algorithm,
    And,
    Assert,
    Associated,
    Atomically,
    Call,
    Choice,
    Contains,
    Continue,
    Dispatch,
    Else,
    Enqueue,
    Environment,
    Expr,
    Field,
    Find,
    FireEvent,
    ForEach,
    If,
    Increment,
    InParallel,
    Is,
    LanguageError,
    Let,
    ListOf,
    New,
    Not,
    NotUnderstood,
    Or,
    Population,
    QueueTask,
    Reject,
    Remove,
    Resolve,
    Return,
    RunPostDispatchSteps,
    Set,
    Spec,
    Statement,
    Upon,
    Wait,
    While,
    algorithm,
    rule,
    say,
    say_value,
    steps,
    v,
    walk,
)
from bgsync.language.expressions import operands, parts, variables
from bgsync.language.statements import Steps
from bgsync.language.traversal import body_of, expressions
from bgsync.shipped.model.background_sync import one_off
from bgsync.shipped.model.background_sync.one_off import REGISTRATIONS, SYNC_REGISTRATION
from tests.models import outbox

FILE = "tiny.py"
ITEM = v.item


def made(*items: Statement | tuple[Statement, ...], name: str = "tiny") -> Algorithm:
    return algorithm(name, (), Steps(items), file=FILE)


def spec(*items: Statement | tuple[Statement, ...]) -> Spec:
    return Spec("tiny", "0", SYNC_REGISTRATION, (made(*items),), methods=())


def numbers(built: Algorithm) -> list[str]:
    return [statement.origin.step for statement in walk(built.steps) if statement.origin]


def keys(built: Algorithm) -> list[str]:
    return [statement.origin.key for statement in walk(built.steps) if statement.origin]


# --- numbering and keys


def test_steps_are_numbered_as_in_nested_lists() -> None:
    built = made(
        Let("a", True),
        If(v.a, steps(Let("b", True), While(v.b, steps(Abort())), Let("c", True))),
        Else(steps(Return())),
    )
    assert numbers(built) == ["1", "2", "2.1", "2.2", "2.2.1", "2.3", "3", "3.1"]


def test_statements_of_one_sentence_share_their_origin() -> None:
    built = made((Reject(v.promise, "No"), Abort()), If(v.a, (Resolve(v.promise), Return())), If(v.b, Abort()))
    assert numbers(built) == ["1", "1", "2", "2", "2", "3", "3"]
    first, second, *_ = built.steps
    assert first.origin is second.origin
    assert first.origin is not None
    assert first.origin.sentence == "reject promise with No, and abort these steps"
    assert str(first.origin) == "tiny 1"


def test_an_origin_names_the_file_and_the_line_that_a_statement_is_written_on() -> None:
    first, second = Abort(), Return()
    assert second.written == first.written
    built = made(first)
    origin = built.steps[0].origin
    assert origin is not None
    assert (origin.file, origin.line, origin.algorithm, origin.path) == (FILE, first.written, "tiny", (1,))


def test_the_same_sentence_twice_gets_different_keys() -> None:
    found = keys(made(Abort(), Abort(), If(v.a, steps(Abort()))))
    assert len(set(found)) == 4


def test_a_key_survives_renumbering() -> None:
    before = keys(made(Let("a", True), Abort(), Abort()))
    after = keys(made(Let("new", True), Let("a", True), If(v.new, steps(Abort())), Abort()))
    assert before == [after[1], after[3], after[4]]


def test_the_same_sentence_in_another_algorithm_has_another_key() -> None:
    assert keys(made(Abort(), name="one")) != keys(made(Abort(), name="two"))


def test_every_key_of_the_one_off_model_is_its_own() -> None:
    found = {o.key: str(o) for st in one_off.SPEC.statements() if (o := st.origin)}
    assert len(found) == len(set(found.values()))


# --- data


def test_statements_and_specs_are_frozen() -> None:
    statement, built = Let("a", True), spec(Let("a", True))
    with pytest.raises(FrozenInstanceError):
        statement.name = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        built.title = "other"  # type: ignore[misc]


def test_statements_that_say_the_same_are_equal_wherever_they_stand() -> None:
    one, two = made(Let("a", True)), made(Abort(), Let("a", True))
    assert one.steps[0] == two.steps[1]
    assert one.steps[0].origin != two.steps[1].origin
    assert hash(one.steps[0]) == hash(Let("a", True))


def test_a_spec_gives_its_algorithms_by_name_and_all_its_statements() -> None:
    assert one_off.SPEC.algorithm("register") is one_off.REGISTER
    with pytest.raises(KeyError):
        one_off.SPEC.algorithm("nothing")
    assert [name for name, _ in one_off.SPEC.bodies()] == [
        "register",
        "getTags",
        "fire a sync event",
        "Fire Functional Event",
        "changes to online",
    ]


def test_variables_are_written_by_name_and_dunder_names_are_none() -> None:
    with pytest.raises(AttributeError):
        v.__wrapped__  # noqa: B018
    assert variables(And(Is(v.a, "x"), Not(Field(v.b, "tag")))) == {"a", "b"}


# --- what is refused

STATE = Field(ITEM, "registration state")


@pytest.mark.parametrize(
    ("item", "cause", "repair"),
    [
        (Set(STATE, "lost"), "registration state is never 'lost'", "one of pending"),
        (If(Is(STATE, "lost"), Abort()), "registration state is never 'lost'", "one of pending"),
        (Assert(Not(Is("lost", STATE))), "registration state is never 'lost'", "one of pending"),
        (While(True, steps(If(Is(STATE, "lost"), Abort()))), "is never 'lost'", "one of pending"),
        (Call("nothing"), "unknown algorithm 'nothing'", "one of ['tiny']"),
        (Else(Abort()), "Else does not follow an If", "put it right after one"),
        (
            Let("x", New("periodic registration")),
            "unknown type 'periodic",
            "this spec declares 'sync registration'",
        ),
        (Add(ITEM, ListOf("other list")), "unknown list 'other list'", "this spec declares 'list of sync"),
        (ForEach("x", ListOf("other list"), Abort()), "unknown list 'other list'", "this spec declares"),
        (Let("x", cast(Expr, 7.5)), "7.5 is no expression", "use one of the language, or a plain value"),
        (Let("x", Not(cast(Expr, b"no"))), "b'no' is no expression", "use one of the language"),
    ],
)
def test_what_breaks_the_language_is_refused_by_one_line_with_cause_place_and_repair(
    item: Statement, cause: str, repair: str
) -> None:
    with pytest.raises(LanguageError) as error:
        spec(item)
    message = str(error.value)
    assert "\n" not in message
    assert cause in message
    assert repair in message
    assert re.match(r"tiny 1(\.1)? \(tiny\.py:\d+\): ", message)


@pytest.mark.parametrize(
    "expression",
    [Find(ListOf("other"), "tag", "x"), Contains(ListOf("other"), ITEM)],
    ids=["find", "contains"],
)
def test_an_unknown_list_inside_an_expression_is_refused(expression: Expr) -> None:
    with pytest.raises(LanguageError, match="unknown list"):
        spec(Let("x", expression))


@pytest.mark.parametrize(
    "item", [Let("x", Find(REGISTRATIONS, "colour", "x")), Set(Field(ITEM, "registration sate"), "lost")]
)
def test_an_unknown_member_is_refused(item: Statement) -> None:
    with pytest.raises(LanguageError):
        spec(item)


def test_what_is_no_statement_is_refused() -> None:
    with pytest.raises(LanguageError, match=r"^tiny step 2: 'abort' is no statement: write one of the language$"):
        made(Abort(), cast(Statement, "abort"))
    with pytest.raises(LanguageError, match=r"^tiny step 1: None is no statement: "):
        made(If(v.a, cast(Statement, (None,))))


def test_a_statement_without_an_origin_is_refused() -> None:
    loose = Algorithm("loose", (), (Abort(),))
    with pytest.raises(
        LanguageError, match=r"^loose: 'abort these steps' has no origin: build it with `algorithm` or `rule`$"
    ):
        Spec("tiny", "0", SYNC_REGISTRATION, (loose,), methods=())


def test_a_method_without_an_algorithm_is_refused() -> None:
    with pytest.raises(LanguageError, match=r"^tiny: method 'register' is not among \['tiny'\]: add its algorithm$"):
        replace(spec(Abort()), methods=("register",))


def test_rules_are_held_to_the_language_too() -> None:
    broken = rule("wake", "network", "go online", "SHOULD", steps(Call("nothing")), file=FILE)
    with pytest.raises(LanguageError, match="wake 1"):
        replace(spec(Abort()), rules=(broken,))


# --- reading back

FIRE = FireEvent("sync", ITEM, (("tag", "t1"),), "event", steps(Abort()))


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (Let("x", None), "let x be null"),
        (Set(STATE, "pending"), "set item's registration state to pending"),
        (If(v.a, steps(Abort())), "if a"),
        (If(v.a, Abort()), "if a: abort these steps"),
        (If(v.a, (Resolve(v.p), Abort())), "if a: resolve p, abort these steps"),
        (Else(Return()), "otherwise: return"),
        (ForEach("x", REGISTRATIONS, steps()), "for each x of serviceWorkerRegistration's list of sync registrations"),
        (
            ForEach("x", REGISTRATIONS, Continue(), where=v.a, any_order=True),
            "for each x of serviceWorkerRegistration's list of sync registrations where a, in any order: continue",
        ),
        (While(v.a, Abort()), "while a: abort these steps"),
        (Add(ITEM, v.tags), "add item to tags"),
        (Remove(ITEM, REGISTRATIONS), "remove item from serviceWorkerRegistration's list of sync registrations"),
        (Resolve(v.promise), "resolve promise"),
        (Reject(v.promise, "TypeError"), "reject promise with TypeError"),
        (Assert(v.a), "assert: a"),
        (Wait("a while"), "wait a while"),
        (InParallel(Abort()), "in parallel: abort these steps"),
        (Atomically(steps(Abort())), "atomically"),
        (
            Upon(("rejected", "terminated"), v.p, Abort()),
            "upon rejection of p, or if the worker is terminated: abort these steps",
        ),
        (FIRE, "fire functional event sync for item with tag set to t1, then with event"),
        (QueueTask(Dispatch()), "queue a task of the worker: dispatch the event in the worker"),
        (RunPostDispatchSteps(), "run the steps handed over"),
        (Call("ring"), "ring"),
        (Call("ring", (ITEM, True)), "ring for item and true"),
        (Increment(v.count), "increment count by 1"),
        (Enqueue("the queue", Abort()), "enqueue to the queue: abort these steps"),
        (NotUnderstood("what is this"), "not understood: what is this"),
        (Return(), "return"),
    ],
)
def test_every_statement_is_read_back(statement: Statement, sentence: str) -> None:
    assert say(statement) == sentence


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (None, "null"),
        (True, "true"),
        ("text", "text"),
        (Associated("worker"), "the associated worker"),
        (Population("window clients"), "the window clients"),
        (
            Find(REGISTRATIONS, "tag", "t1"),
            "the item of serviceWorkerRegistration's list of sync registrations whose tag is t1, or null",
        ),
        (New("sequence"), "a new sequence"),
        (Contains(REGISTRATIONS, ITEM), "item is in serviceWorkerRegistration's list of sync registrations"),
        (Environment("network", ("online", "slow")), "the network is online or slow"),
        (Choice("stop"), "stop"),
        (Not(Is(v.a, None)), "a is not null"),
        (Not(v.a), "it is not the case that a"),
        (And(v.a, Or(v.b, v.c)), "a and (b or c)"),
    ],
)
def test_every_expression_is_read_back(expression: Expr, words: str) -> None:
    assert say_value(expression) == words
    assert parts(expression)[0] == expression
    assert set(operands(expression)) <= set(parts(expression))


def test_every_statement_gives_the_expressions_that_it_evaluates() -> None:
    given = {
        Upon(("fulfilled",), v.p, Abort()): (v.p,),
        FIRE: (ITEM, "t1", None),
        Increment(v.count): (v.count, 1),
        Set(v.a, v.b): (v.b,),
        Set(STATE, "pending"): ("pending", ITEM),
        ForEach("x", REGISTRATIONS, Abort(), where=v.a): (REGISTRATIONS, v.a),
        Abort(): (),
    }
    for statement, found in given.items():
        assert expressions(statement) == found


def test_a_built_body_is_found_inside_its_statement() -> None:
    (outer,) = made(If(v.a, Abort())).steps
    assert body_of(outer) == (Abort(),)
    assert body_of(Abort()) == ()


def test_a_rule_of_an_unknown_level_two_algorithms_of_one_name_and_a_wrong_call_are_refused() -> None:
    good = outbox()
    with pytest.raises(LanguageError, match="unknown level 'SHOUD': one of MUST, SHOULD"):
        replace(good, rules=(replace(good.rules[0], level="SHOUD"),))
    with pytest.raises(LanguageError, match="two algorithms are named"):
        replace(good, algorithms=(*good.algorithms, good.algorithms[0]))
    with pytest.raises(LanguageError, match=r"tiny 1 .*: tiny takes \d arguments, not 7"):
        spec(Call("tiny", (None,) * 7))
