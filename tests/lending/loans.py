"""What the library does, step by step, and what a loan goes through."""

from bgsync.judge.lifecycle import Lifecycle
from bgsync.language import (
    Abort,
    Add,
    Atomically,
    Call,
    Dispatch,
    Environment,
    Field,
    Find,
    FireEvent,
    ForEach,
    If,
    InParallel,
    Input,
    Is,
    Let,
    ListOf,
    Member,
    New,
    Not,
    ObjectType,
    QueueTask,
    Reject,
    Remove,
    Resolve,
    RunPostDispatchSteps,
    Set,
    Spec,
    Upon,
    Wait,
    algorithm,
    rule,
    steps,
    v,
)

FILE = "tests/lending/loans.py"
ASKED, LENT, OVERDUE, RETURNED, LOST = "asked", "lent", "overdue", "returned", "lost"
LOANS = ListOf("list of loans")
LIFECYCLE = Lifecycle(
    "loan",
    (ASKED, LENT, OVERDUE, RETURNED, LOST),
    ASKED,
    (
        ("lend", ASKED, LENT, "lend 1.2"),
        ("give back", LENT, RETURNED, "lend 2.1.1"),
        ("keep", LENT, OVERDUE, "lend 2.2.1"),
        ("remind", OVERDUE, ASKED, "lend 2.2.2.3"),
    ),
    RETURNED,
    LOST,
    {ASKED: "blue", LENT: "orange", OVERDUE: "red", RETURNED: "green"},
)
STAGE = Field(v.loan, "stage")
OPEN = Environment("door", ("open",))
RING = algorithm("ring the bell", (), steps(QueueTask(steps(Dispatch(), RunPostDispatchSteps()))), file=FILE)
BORROW = algorithm(
    "borrow",
    ("title",),
    steps(
        If(Environment("card", ("expired",)), (Reject(v.slip, "NoCard"), Abort())),
        Let("loan", Find(LOANS, "title", v.title)),
        If(Is(v.loan, None), steps(
            Let("loan", New("loan")),
            Set(Field(v.loan, "title"), v.title),
            Add(v.loan, LOANS),
        )),
        Resolve(v.slip),
        If(OPEN, steps(If(Is(STAGE, ASKED), Call("lend", (v.loan,))))),
    ),
    returns="slip",
    file=FILE,
)  # fmt: skip
LEND = algorithm(
    "lend",
    ("loan",),
    steps(
        Atomically(steps(If(Not(Is(STAGE, ASKED)), Abort()), Set(STAGE, LENT))),
        FireEvent("found", v.loan, (), "bell", steps(
            Upon(("fulfilled",), v.bell, steps(Remove(v.loan, LOANS))),
            Upon(("rejected", "terminated"), v.bell, steps(
                Set(STAGE, OVERDUE),
                InParallel(steps(
                    Wait(Input("the time of a reminder")),
                    If(Not(Is(STAGE, OVERDUE)), Abort()),
                    Set(STAGE, ASKED),
                    If(OPEN, Call("lend", (v.loan,))),
                )),
            )),
        )),
    ),
    file=FILE,
)  # fmt: skip
OPENING = rule(
    "opening",
    "door",
    "opens",
    "SHOULD",
    steps(ForEach("loan", LOANS, Call("lend", (v.loan,)), where=Is(STAGE, ASKED), any_order=True)),
    file=FILE,
)
LOAN = ObjectType(
    "loan",
    "list of loans",
    (Member("title", fixed=True), Member("stage", (ASKED, LENT, OVERDUE), initial=ASKED)),
    unique="title",
)
SPEC = Spec("The library", "1", LOAN, (BORROW, LEND), (OPENING,), RING, ("borrow",))
