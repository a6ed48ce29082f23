"""An object of which nothing tells which one it is, such as "this": one of the list in all steps, or none of them."""

from dataclasses import replace

import pytest

from bgsync.language import (
    Associated,
    Call,
    Contains,
    Field,
    Find,
    ForEach,
    If,
    InParallel,
    Input,
    Is,
    Item,
    Let,
    New,
    ObjectType,
    Remove,
    Resolve,
    Set,
    Spec,
    Wait,
    algorithm,
    steps,
    v,
)
from bgsync.language.algorithm import Member
from bgsync.language.statements import Statement
from bgsync.shipped.model.background_sync.one_off import REGISTRATIONS, SYNC_REGISTRATION
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, WAITING
from bgsync.system.receivers import receivers
from bgsync.system.state import ANOTHER, Object, Shared
from bgsync.tables import Tables
from bgsync.tables.explore import explore
from tests.models import AT_ONCE, FILE, Items, Lab, graph, outbox, report, system

STATE = "registration state"
LISTED = (Object(("t1", PENDING, None), True), Object(("t2", WAITING, None), True))


def read(*items: Statement, others: tuple[ObjectType, ...] = (), helper: Items = ()) -> Spec:
    """A spec of a method and an algorithm that it may call, as if it was read from a text."""
    main = algorithm("main", ("options",), steps(*items), returns="promise", file=FILE)
    made = algorithm("mark", ("one",), steps(*helper), file=FILE)
    return Spec("tiny", "0", SYNC_REGISTRATION, (main, made), (), AT_ONCE, ("main",), others=others, read=True)


def left(spec: Spec) -> list[tuple[str, ...]]:
    """Run the method to its end with two registrations, and say every way in which it leaves the list."""
    lab = Lab(spec, "algorithm")
    work, found = [(lab.entry(), Shared(lab.shared.context, LISTED))], list[tuple[str, ...]]()
    while work:
        process, shared = work.pop(0)
        for one in lab.machine.outcomes(shared, process):
            more = [each for each in (one.process, *one.spawned, *one.at_once) if each]
            work += [(each, one.shared) for each in more]
            if not more:
                found.append(tuple(f"{o.fields[0]} {o.fields[1]}" for o in one.shared.heap if o and o.listed))
    return sorted(set(found))


NOTHING, FIRST, SECOND = ("t1 pending", "t2 waiting"), ("t1 firing", "t2 waiting"), ("t1 pending", "t2 firing")
MARK = Set(Field(v.this, STATE), FIRING)
EITHER = sorted([NOTHING, FIRST, SECOND])
REMOVED = sorted([NOTHING, NOTHING[1:], NOTHING[:1]])
THE = Associated("sync registration")


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ((MARK,), EITHER),
        ((Set(Field(THE, STATE), FIRING), Wait("a while"), Remove(THE, REGISTRATIONS)), REMOVED),
        ((MARK, Wait("a while"), Remove(v.this, REGISTRATIONS)), REMOVED),
        ((Remove(v.this, REGISTRATIONS), MARK), REMOVED),
        ((If(Is(Field(v.this, STATE), WAITING), steps(MARK)),), sorted([NOTHING, SECOND])),
        ((If(Contains(REGISTRATIONS, v.this), steps(MARK)),), EITHER),
        ((InParallel(steps(MARK)),), EITHER),
        ((ForEach("this", Input("what is there"), steps(MARK)),), EITHER),
        ((Let("this", Item(v.shelf, "key")), MARK), EITHER),
        (
            (Let("x", v.this), Call("mark", (v.this,)), Remove(v.this, REGISTRATIONS)),
            REMOVED,
        ),
    ],
)
def test_what_nothing_tells_is_one_of_the_list_in_all_steps_or_none(
    items: Items, expected: list[tuple[str, ...]]
) -> None:
    assert left(read(*items, helper=(Set(Field(v.one, STATE), FIRING),))) == expected


def open_in(*items: Statement, others: tuple[ObjectType, ...] = ()) -> list[str]:
    """Give the variables of a method of which nothing tells which object they hold."""
    return sorted(receivers(read(*items, others=others))["main"])


def test_what_the_list_gives_or_is_new_or_is_of_another_type_or_comes_from_script_is_told() -> None:
    assert open_in(MARK) == ["this"]
    assert open_in(Let("this", Find(REGISTRATIONS, "tag", "t1")), MARK) == []
    assert open_in(Let("this", New("loan")), MARK) == []
    assert open_in(ForEach("this", REGISTRATIONS, steps(MARK))) == []
    assert open_in(Let("this", Associated("library")), MARK) == []
    assert open_in(Set(Field(v.options, STATE), FIRING)) == []
    assert open_in(MARK, others=(ObjectType("loan", "", (Member(STATE),)),)) == []
    assert receivers(replace(read(MARK), read=False)) == {}


def withdrawing() -> Spec:
    """An outbox with a method of the registration itself that takes it back."""
    taken = algorithm(
        "unregister", (), steps(Remove(v.this, REGISTRATIONS), Resolve(v.promise)), returns="promise", file=FILE
    )
    plain = outbox()
    return replace(plain, algorithms=(*plain.algorithms, taken), methods=(*plain.methods, "unregister"), read=True)


@pytest.mark.parametrize("tags", [1, 2])
def test_a_registration_that_is_withdrawn_by_its_own_method_is_owed_nothing(tags: int) -> None:
    ids = ("resolved-then-fires", "delivered")
    found = {one.property: one.verdict for one in report(withdrawing(), *ids, tags=tags).verdicts}
    assert {found[name] for name in ("resolved-then-fires", "delivered/shared-tag")} == {"holds"}


def test_a_method_is_not_called_on_what_comes_to_be_later() -> None:
    closed = system(withdrawing(), "step", calls=2)
    (first,) = closed.initial_states()
    begun = [step for step in closed.steps(first) if step.action.name == "unregister()"]
    assert begun
    for step in begun:
        assert step.after is not None
        (called,) = (closed.process(number) for number in step.after.processes)
        assert ("this", ANOTHER) in called.frames[0].variables


def test_the_tables_know_what_may_be_one_of_the_list() -> None:
    closed = system(withdrawing(), "step", calls=2, tags=2)
    assert len(explore(Tables(closed), limit=3000)) == len(graph(closed, limit=3000).states)
