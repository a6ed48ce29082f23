"""What an edit of a spec did: the steps, what can be observed, the promises."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from rich.console import Console

from bgsync.compare import behaviour as behaviour_module
from bgsync.compare.behaviour import Comparison, compare
from bgsync.compare.data import same_but_for_names, same_data
from bgsync.compare.observe import observed
from bgsync.compare.properties import broken_and_repaired
from bgsync.compare.steps import changed_steps, kept_steps
from bgsync.explore.partition import TAU
from bgsync.judge.check import check
from bgsync.judge.verdict import Report
from bgsync.language import (
    Add,
    Call,
    Expr,
    Field,
    Find,
    If,
    Let,
    New,
    NotUnderstood,
    Resolve,
    Return,
    Set,
    Spec,
    Statement,
    Var,
    algorithm,
    rule,
    steps,
    v,
)
from bgsync.report.comparison_text import print_comparison
from bgsync.shipped.model.background_sync.one_off import ONLINE, REGISTRATIONS, SPEC
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.system.scenario import Bounds
from tests.models import ADDED, FILE, FIRE, LOOK, MARK, NEW, UNGATED, known, outbox, question, scenario
from tests.test_mutants import Edit, edited, out

SILENT = edited({("register", "9.6"): out})
"""A new registration is not fired when it is added."""


def renamed(value: Any, old: str, new: str) -> Any:
    """Rename a variable wherever it stands."""
    if isinstance(value, tuple):
        return tuple(renamed(item, old, new) for item in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    if isinstance(value, Var | Let) and value.name == old:
        value = replace(value, name=new)
    parts = {each.name: renamed(getattr(value, each.name), old, new) for each in fields(value) if each.compare}
    return replace(value, **parts)


def with_condition(condition: Expr) -> Edit:
    def change(statement: Statement) -> Statement:
        assert isinstance(statement, If)
        return replace(statement, condition=condition)

    return change


def swapped(spec: Spec) -> Spec:
    """Swap steps 9.2 and 9.3 of register, which set two fields of the new registration."""
    first, second = (s for s in spec.statements() if str(s.origin) in ("register 9.2", "register 9.3"))
    assert isinstance(first, Set)
    assert isinstance(second, Set)
    edits = {
        ("register", "9.2"): lambda s: replace(s, target=second.target, value=second.value),
        ("register", "9.3"): lambda s: replace(s, target=first.target, value=first.value),
    }
    return edited(edits)


def coarse(old: Spec, new: Spec, **more: Any) -> Comparison:
    return compare(old, new, UNGATED, granularities=("algorithm",), **more)


def shows(spec: Spec, trace: Sequence[str], granularity: str = "algorithm", calls: int = 2) -> bool:
    """Whether a spec has a trace, by following the sets of all states that it can be in."""
    numbers: dict[str, int] = {}
    graph = observed(scenario(spec, UNGATED, granularity, calls=calls), numbers)

    def closed(states: set[int]) -> set[int]:
        grown = states | {t for s in states for label, t in graph.edges[s] if label == TAU}
        return states if grown == states else closed(grown)

    states = closed({0})
    for label in trace:
        states = closed({t for s in states for number, t in graph.edges[s] if number == numbers.get(label)})
    return bool(states)


def check_traces(found: Comparison, old: Spec, new: Spec) -> None:
    for trace, one, other in ((found.only_old, old, new), (found.only_new, new, old)):
        if trace is not None:
            assert shows(one, trace.labels)
            assert not shows(other, trace.labels)
            assert shows(other, trace.labels[:-1])
            assert trace.run.steps


# --- behaviour


def test_what_is_the_same_is_not_explored() -> None:
    assert coarse(SPEC, replace(SPEC, revision="later")) == Comparison("equivalent", "same data", None, None, ())
    found = renamed(SPEC, "currentRegistration", "found")
    assert not same_data(SPEC, found)
    assert same_but_for_names(SPEC, found)
    assert coarse(SPEC, found) == Comparison("equivalent", "same but for names", None, None, ())


def test_a_variable_that_is_mistaken_for_another_is_no_renaming() -> None:
    mistaken = renamed(SPEC, "newRegistration", "currentRegistration")
    assert not same_but_for_names(SPEC, mistaken)
    half = edited({("register", "9.5"): lambda s: Resolve(v.other, origin=s.origin)})
    assert not same_but_for_names(SPEC, half)


def test_a_renaming_is_also_equivalent_when_it_is_explored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(behaviour_module, "same_but_for_names", lambda old, new: False)
    found = coarse(SPEC, renamed(SPEC, "currentRegistration", "found"))
    assert (found.relation, found.proof) == ("equivalent", "isomorphism")


def test_two_private_steps_in_another_order_change_nothing() -> None:
    assert not same_data(SPEC, swapped(SPEC))
    found = coarse(SPEC, swapped(SPEC))
    assert (found.relation, found.proof) == ("equivalent", "isomorphism")


def test_an_additional_look_at_the_list_is_equivalent_by_bisimulation() -> None:
    old, new = outbox(), outbox(added=(*ADDED[:-1], Let("look", Find(REGISTRATIONS, "tag", "t1")), *ADDED[-1:]))
    found = compare(old, new, UNGATED, bounds=Bounds(calls=1))
    assert (found.relation, found.proof) == ("equivalent", "bisimulation")
    assert [size.granularity for size in found.explored] == ["algorithm", "step"]
    assert found.explored[1].old_states < found.explored[1].new_states


def test_what_is_never_done_any_more_makes_it_narrower() -> None:
    found = coarse(SPEC, SILENT)
    assert found.relation == "narrower"
    assert found.only_new is None
    assert found.only_old is not None
    assert found.only_old.labels == (
        "go online",
        "a page calls register(t1)",
        "register(t1) is resolved",
        "an event of t1 is dispatched",
    )
    assert [str(step.step) for step in found.only_old.run.steps if step.algorithm == "register"][-1] == "9.6"
    check_traces(found, SPEC, SILENT)


def test_what_is_new_makes_it_wider() -> None:
    found = coarse(SILENT, SPEC)
    assert (found.relation, found.only_old) == ("wider", None)
    assert found.only_new is not None
    assert found.only_new.labels[-1] == "an event of t1 is dispatched"
    check_traces(found, SILENT, SPEC)


def test_less_and_more_is_incomparable() -> None:
    late = edited({("register", "9.5"): out})
    for old, new in ((SPEC, late), (late, SPEC)):
        found = coarse(old, new)
        assert found.relation == "incomparable"
        check_traces(found, old, new)
    assert found.only_old is not None
    assert found.only_new is not None
    assert found.only_new.labels == ("a page calls register(t1)", "register(t1) is resolved")
    assert found.only_old.labels == ("a page calls register(t1)", "go online")


def test_a_race_that_comes_in_is_found_at_step_only() -> None:
    old = outbox(found=known(*MARK), added=ADDED)
    new = outbox(found=known(*MARK), added=(*NEW, If(ONLINE, FIRE), Resolve(v.promise)))
    found = compare(old, new, UNGATED, bounds=Bounds(calls=1))
    assert found.relation != "equivalent"
    assert found.only_new is not None
    assert "an event of t1 is dispatched" in found.only_new.labels


def test_a_difference_that_no_trace_shows_is_told_as_such() -> None:
    found = coarse(SPEC, edited({("register", "8.4"): out}))
    assert (found.relation, found.proof) == ("indistinguishable", "traces")
    assert "what must happen in the end is for the properties" in found.note


def test_an_adversity_can_tell_two_specs_apart() -> None:
    gate = edited({("register", "3"): out})
    assert coarse(SPEC, gate).relation == "equivalent"
    found = coarse(SPEC, gate, adversities=("permission",))
    assert found.relation == "incomparable"
    assert found.only_old is not None
    assert found.only_old.labels[-1] == "register(t1) is rejected with NotAllowedError"


def test_a_bound_that_is_hit_is_named() -> None:
    found = coarse(SPEC, SILENT, limit=10)
    assert found.relation == "inconclusive"
    assert found.note == "algorithm: bound: states, 10; not looked at: algorithm with an adversity"


def test_a_step_that_is_not_understood_in_one_of_them_leaves_it_open() -> None:
    blind = edited({("register", "9.5"): lambda s: NotUnderstood("see to it", origin=s.origin)})
    found = coarse(SPEC, blind)
    assert (found.relation, found.note) == ("inconclusive", "not understood, in register: see to it")


@pytest.mark.parametrize("wrong", [{"granularities": ()}, {"granularities": ("day",)}, {"adversities": ("rain",)}])
def test_what_is_not_there_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"granularity|adversity"):
        compare(SPEC, SILENT, UNGATED, **wrong)


# --- steps, promises, and how they are told


def test_the_steps_that_changed_are_told_by_their_readings() -> None:
    new = edited({("register", "9.5"): out, ("register", "9.6"): with_condition(True)})
    (change,) = changed_steps(SPEC, new)
    assert (change.name, change.kind) == ("register", "changed")
    told = [(step.kind, str(step.old), str(step.new)) for step in change.steps]
    assert told == [("removed", "register 9.5", "None"), ("changed", "register 9.6", "register 9.6")]
    assert change.steps[1].old_reading.startswith("if the network is online: ")
    assert change.steps[1].new_reading.startswith("if true: ")


def test_a_step_in_other_words_is_reworded_and_one_that_stands_elsewhere_is_moved() -> None:
    def words(statement: Any) -> Any:
        return replace(statement, origin=replace(statement.origin, sentence="Resolve it.", key="another"))

    new = edited({("register", "9.5"): words})
    assert same_data(SPEC, new)
    ((change,),) = (c.steps for c in changed_steps(SPEC, new))
    assert (change.kind, change.old_reading, change.new_reading) == ("reworded", "resolve promise", "resolve promise")
    one, two = outbox(added=(*LOOK, *NEW)), outbox(added=(*NEW, *LOOK))
    ((moved,),) = (c.steps for c in changed_steps(one, two))
    assert (moved.kind, moved.old_reading) == ("moved", moved.new_reading)
    assert not same_data(one, two)


def test_as_few_steps_as_can_be_are_told_as_moved() -> None:
    steps = [Let(name, 1) for name in "abcde"]
    one, two = outbox(added=tuple(steps)), outbox(added=(*steps[1:4], steps[0], steps[4]))
    ((moved,),) = (c.steps for c in changed_steps(one, two))
    assert moved.new_reading == "let a be 1"


def test_a_step_is_known_where_its_algorithm_was_split_in_two_or_two_are_one_now() -> None:
    entry = Let("entry", New("sync registration")), Set(Field(v.entry, "tag"), v.tag), Add(v.entry, REGISTRATIONS)
    enter = algorithm("enter", ("tag",), steps(*entry, Return(v.entry)), file=FILE)
    called = outbox(added=(Call("enter", (v.tag,), "registration"), *ADDED[len(NEW) :]), others=(enter,))
    alone = outbox(added=ADDED[len(NEW) :], others=(enter,))
    across = [
        {(str(was), str(now)) for was, now in kept_steps(*both) if was.algorithm != now.algorithm}
        for both in ((outbox(), called), (called, outbox()), (outbox(), alone))
    ]
    there = {(f"register {2 + place}", f"enter {place}") for place in (1, 2, 3)}
    assert across == [there, {(now, was) for was, now in there}, set()]


def test_where_a_step_ends_is_data() -> None:
    together = outbox(added=(*NEW[:-1], (NEW[-1], Resolve(v.promise))))  # type: ignore[arg-type]
    apart = outbox(added=(*NEW, Resolve(v.promise)))
    assert not same_data(together, apart)
    assert coarse(together, apart).relation == "equivalent"


def test_rules_and_types_are_compared() -> None:
    louder = replace(SPEC, rules=(replace(SPEC.rules[0], level="MUST"),))
    (change,) = changed_steps(SPEC, louder)
    assert (change.name, change.steps[0].kind) == ("changes to online", "changed")
    members = tuple(replace(m, initial="waiting") if m.initial else m for m in SPEC.type.members)
    (change,) = changed_steps(SPEC, replace(SPEC, type=replace(SPEC.type, members=members)))
    assert change.name == "sync registration"
    assert "initially waiting" in change.steps[0].new_reading
    more = rule("on going offline", "network", "go offline", "MUST", steps(Call("getTags")), file=FILE)
    changes = changed_steps(SPEC, replace(SPEC, rules=(*SPEC.rules, more)))
    assert [(c.name, c.kind, len(c.steps)) for c in changes] == [("on going offline", "added", 2)]
    assert [c.kind for c in changed_steps(replace(SPEC, rules=(more,)), replace(SPEC, rules=()))] == ["removed"]


def report(spec: Spec) -> Report:
    chosen = [prop for prop in PROPERTIES if prop.id in ("asserts", "retry-delay", "pending-fires", "one-event")]
    return check(question(spec, chosen, ("algorithm",), world=UNGATED))


def test_promises_that_are_broken_and_repaired_are_found_though_steps_are_renumbered() -> None:
    new = edited({("register", "8.4"): with_condition(ONLINE), ("fire a sync event", "5.3.2.3"): out})
    changes = broken_and_repaired(report(SPEC), report(new), (SPEC, new))
    assert [change.property for change in changes.broken] == ["asserts/fire-a-sync-event.1"]
    back = broken_and_repaired(report(new), report(SPEC), (new, SPEC))
    assert [change.property for change in back.repaired] == [change.property for change in changes.broken]
    same = broken_and_repaired(report(SPEC), report(SPEC))
    assert (same.broken, same.repaired, same.changed_kind, same.unsure) == ((), (), (), ())


def test_a_comparison_is_printed() -> None:
    console = Console(width=200, record=True, quiet=True)
    new = edited({("register", "9.6"): out, ("register", "8.4"): with_condition(ONLINE)})
    properties = broken_and_repaired(report(SPEC), report(new), (SPEC, new))
    with console.capture() as capture:
        console.quiet = False
        print_comparison(changed_steps(SPEC, new), coarse(SPEC, new), console, properties)
        print_comparison((), coarse(SPEC, swapped(SPEC)), console)
    told = capture.get()
    assert "  - 9.6 removed\n" in told
    assert f"old {SPEC.algorithm('register').steps[-1].origin.file}:" in told  # type: ignore[union-attr]
    assert "only the old text shows: " in told
    assert "broken: asserts/fire-a-sync-event.1 (holds → logic): " in told
    assert (
        "equivalent: nothing that a page, a worker or a server can observe has changed "
        "(isomorphism; 39 and 39 states at algorithm)" in told
    )
