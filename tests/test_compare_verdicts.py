"""What is said of an edit rests on what was looked at: verdicts that were given, environments that were compared."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from bgsync.compare.behaviour import compare, unreached_changes, with_verdicts
from bgsync.compare.history import Column, History
from bgsync.compare.properties import Change, Changes, broken_and_repaired
from bgsync.compare.steps import changed_steps
from bgsync.judge.facts import ENVIRONMENT, Invocation, NothingHappens, StateChanged, StepTaken, Thing
from bgsync.judge.joining import combined
from bgsync.judge.verdict import Coverage, Explored, Kind, Location, Report, Ruling, Trace, TraceStep, Verdict
from bgsync.language import Call, Expr, FireEvent, If, Not, Origin, Resolve, Spec, Statement, algorithm, steps, v
from bgsync.report.comparison_text import print_comparison
from bgsync.report.history_forms import print_history
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.sources import Revision
from tests.models import FILE, UNGATED, outbox, report
from tests.test_compare import SILENT, coarse, swapped
from tests.test_mutants import Edit, edited, out


def verdict(name: str, ruling: Ruling, *needs: str, kind: Kind | None = None) -> Verdict:
    return Verdict(name, ruling, kind or ("logic" if ruling == "violated" else None), needs)


def told(*verdicts: Verdict, under: Sequence[str] = ()) -> Report:
    """A report that looked at the base environment and at some adversities."""
    explored = tuple(Explored("algorithm", on, "", 1, 1, 0.0, True) for on in ((), *((name,) for name in under)))
    return Report("", "", {}, explored, Coverage(1, 1, 1), verdicts)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (told(verdict("p", "violated")), told(verdict("p", "holds")), "repaired"),
        (told(verdict("p", "holds")), told(verdict("p", "violated")), "broken"),
        (told(verdict("p", "vacuous")), told(verdict("p", "violated")), "broken"),
        (told(verdict("p", "violated")), told(verdict("p", "violated", kind="race")), "changed_kind"),
        (told(verdict("p", "violated")), told(verdict("p", "inconclusive")), "unsure"),
        (told(verdict("p", "violated")), told(verdict("p", "vacuous")), "now vacuous"),
        (told(verdict("p", "vacuous")), told(verdict("p", "holds")), "vacuous before"),
        (told(verdict("p", "violated")), told(), "only in the old text"),
        (told(), told(verdict("p", "violated")), "only in the new text"),
        (told(verdict("p", "holds")), told(verdict("p", "holds")), ""),
    ],
)
def test_repaired_is_from_violated_to_holds_and_nothing_else(old: Report, new: Report, where: str) -> None:
    changes = broken_and_repaired(old, new)
    found = {name for name in ("broken", "repaired", "changed_kind", "unsure") if getattr(changes, name)}
    assert found | {change.title() for change in changes.one_sided} == ({where} if where else set())


@pytest.mark.parametrize(
    ("coarse", "kind", "known"),
    [("holds", "logic", True), ("vacuous", "logic", True), (None, "logic", False), ("holds", "race", False)],
)
def test_what_no_race_is_needed_for_is_broken_by_an_edit_though_the_old_text_was_not_looked_at_step_by_step(
    coarse: Ruling | None, kind: Kind, known: bool
) -> None:
    undecided = replace(verdict("p", "inconclusive"), coarse=coarse)
    found = broken_and_repaired(told(undecided), told(verdict("p", "violated", kind=kind)))
    assert [change.was for change in found.broken] == [coarse] * known
    assert [change.property for change in found.uncompared] == ["p"] * (not known)


@pytest.mark.parametrize("coarse", ["holds", "violated", "inconclusive"])
def test_what_is_not_decided_step_by_step_keeps_what_is_so_while_every_invocation_is_one_action(coarse: Ruling) -> None:
    ways = {"algorithm": {"p": verdict("p", coarse)}, "step": {"p": verdict("p", "inconclusive")}}
    (found,) = combined(ways)
    expected = {
        "holds": ("inconclusive", "holds"),
        "violated": ("violated", None),
        "inconclusive": ("inconclusive", None),
    }
    assert (found.verdict, found.coarse) == expected[coarse]


@pytest.mark.parametrize(("reached", "title"), [(True, ""), (False, "holds, since what broke it is no longer reached")])
def test_what_holds_since_no_run_comes_to_the_step_that_broke_it_is_not_repaired(reached: bool, title: str) -> None:
    broken = replace(verdict("p", "violated"), locations=(Location("f", 1, 1, "send", "2"),))
    now = told(verdict("p", "holds"))
    if not reached:
        now = replace(now, coverage=Coverage(2, 2, 1, ("send 2",)))
    found = broken_and_repaired(told(broken), now)
    assert [change.title() for change in found.one_sided] == [title] * (not reached)
    assert [change.property for change in found.repaired] == ["p"] * reached


@pytest.mark.parametrize("reached", [True, False])
def test_what_holds_since_no_run_comes_to_a_step_that_brought_the_breach_about_is_not_repaired(reached: bool) -> None:
    change = StateChanged(Thing("A"), "lent", "due")
    step = TraceStep(Invocation("lend", 1), StepTaken(Origin("lend", (4,), "f", 4, 1, "Set it", "k")), (change,))
    places = (Location("f", 1, 1, "send", "2"),)
    broken = replace(verdict("p", "violated", kind="race"), locations=places, trace=Trace((step,)))
    unreached = () if reached else ("lend 4",)
    found = broken_and_repaired(
        told(broken), replace(told(verdict("p", "holds")), coverage=Coverage(2, 2, 1, unreached))
    )
    assert [change.property for change in found.repaired] == ["p"] * reached


def test_a_run_without_a_race_is_a_further_way_where_there_was_none_but_by_a_race() -> None:
    race, logic = (
        told(replace(verdict("p", "violated", kind=kind), trace=Trace(()), locations=(Location("f", 1, 1, "g", "2"),)))
        for kind in ("race", "logic")
    )
    worse, better = broken_and_repaired(race, logic), broken_and_repaired(logic, race)
    assert ([change.property for change in worse.more], worse.changed_kind) == (["p"], ())
    assert ([change.property for change in better.changed_kind], better.violated_first) == (["p"], ())


def endless(kind: Kind, step: int) -> Report:
    """A finding in a run without end in which one step changes something again and again."""
    origin, change = Origin("g", (step,), "f", step, 1, "Set it", "k"), StateChanged(Thing("A"), "lent", "due")
    again = TraceStep(Invocation("g", 1), StepTaken(origin), (change,))
    where = (Location("f", step, 1, "g", str(step)),)
    return told(replace(verdict("p", "violated", kind=kind), trace=Trace((again,), loop=0), locations=where))


def test_an_endless_run_without_a_race_is_a_further_way_where_another_one_was_a_race() -> None:
    race, logic = endless("race", 2), endless("logic", 3)
    worse, better = broken_and_repaired(race, logic), broken_and_repaired(logic, race)
    assert ([change.property for change in worse.more], worse.fewer) == (["p"], ())
    assert (better.more, [change.property for change in better.fewer]) == ((), ["p"])


ORIGINS = {str(statement.origin): statement.origin for statement in SPEC.statements()}


def race(against: int) -> Report:
    """A finding at `register 9.6` in a run of two calls, against one of the steps before."""
    steps = tuple(
        TraceStep(Invocation("register(t1)", number), StepTaken(origin), (StateChanged(Thing("A"), "a", "b"),))
        for number, step in ((1, "8.1"), (2, "9.2"), (1, "9.6")) if (origin := ORIGINS[f"register {step}"])
    )  # fmt: skip
    where = (Location("f", 1, 1, "register", "9.6"),)
    return told(Verdict("p", "violated", "race", locations=where, trace=Trace(steps), against=against))


@pytest.mark.parametrize("there", [True, False])
def test_what_a_run_breaks_that_the_other_text_has_is_neither_new_nor_gone(there: bool) -> None:
    found = broken_and_repaired(race(0), race(1), (SPEC, SPEC), (lambda one: there, lambda one: there))
    assert (bool(found.more), bool(found.fewer)) == (not there, not there)


def test_under_an_adversity_only_what_was_looked_at_is_repaired() -> None:
    hard = told(verdict("p", "holds"), verdict("p", "violated", "rain"), under=["rain"])
    seen, unseen = told(verdict("p", "holds"), under=["rain"]), told(verdict("p", "holds"))
    assert [change.needs for change in broken_and_repaired(hard, seen).repaired] == [("rain",)]
    assert [change.needs for change in broken_and_repaired(seen, hard).broken] == [("rain",)]
    assert not broken_and_repaired(hard, unseen).repaired
    assert [change.title() for change in broken_and_repaired(hard, unseen).one_sided] == ["no longer looked at"]
    broken = broken_and_repaired(hard, told(verdict("p", "violated"), under=["rain"]))
    assert ([c.needs for c in broken.broken], [c.now for c in broken.one_sided]) == ([()], [])


def test_what_is_violated_in_both_texts_is_compared_finding_by_finding() -> None:
    def hasty(*names: str) -> Spec:
        twice = steps(Resolve(v.promise), Resolve(v.promise))
        methods = tuple(algorithm(name, ("tag",), twice, returns="promise", file=FILE) for name in names)
        calm = outbox()
        return replace(calm, algorithms=(*calm.algorithms, *methods), methods=(*calm.methods, *names))

    one, both = hasty("look"), hasty("look", "peek")
    was, now = (report(spec, "promise-settles") for spec in (one, both))
    grown = broken_and_repaired(was, now, (one, both))
    (more,) = (change.new for change in grown.more)
    assert more is not None
    assert [found.locations[-1].algorithm for found in more.findings()] == ["peek"]
    assert (grown.broken, grown.fewer, grown.violated_first) == ((), (), grown.more)
    shrunk = broken_and_repaired(now, was, (both, one))
    assert [change.old.locations[-1].algorithm for change in shrunk.fewer if change.old] == ["peek"]
    assert (shrunk.repaired, shrunk.more) == ((), ())


def test_an_assert_is_the_same_one_in_other_words_and_another_one_where_it_says_something_else() -> None:
    def words(statement: Any) -> Any:
        return replace(statement, origin=replace(statement.origin, sentence="It is so.", key="another"))

    def otherwise(statement: Any) -> Any:
        return replace(statement, condition=Not(statement.condition))

    step = ("fire a sync event", "1")
    before = told(verdict("asserts/fire-a-sync-event.1", "violated"))
    after = told(verdict("asserts/fire-a-sync-event.1", "holds"))
    same = broken_and_repaired(before, after, (SPEC, edited({step: words})))
    assert ([change.property for change in same.repaired], same.one_sided) == (["asserts/fire-a-sync-event.1"], ())
    other = broken_and_repaired(before, after, (SPEC, edited({step: otherwise})))
    assert not other.repaired
    assert {change.title() for change in other.one_sided} == {"only in the old text", "only in the new text"}


def test_an_algorithm_with_another_name_is_renamed_and_its_asserts_are_known() -> None:
    new = replace(
        SPEC,
        algorithms=tuple(renamed_to_send(each) for each in SPEC.algorithms),
        rules=tuple(renamed_to_send(each) for each in SPEC.rules),
    )
    (change,) = (each for each in changed_steps(SPEC, new) if each.kind == "renamed")
    assert (change.name, change.old_name) == ("send an event", "fire a sync event")
    assert {(step.kind, "send an event" in step.new_reading) for step in change.steps} == {("changed", True)}
    before = told(verdict("asserts/fire-a-sync-event.1", "violated"))
    after = told(verdict("asserts/send-an-event.1", "holds"))
    assert [each.property for each in broken_and_repaired(before, after, (SPEC, new)).repaired] == [
        "asserts/send-an-event.1"
    ]


def renamed_to_send(part: Any) -> Any:
    """Give an algorithm, a rule or a statement in a spec whose algorithm that fires has another name."""
    if isinstance(part, tuple):
        return tuple(map(renamed_to_send, part))
    old, new = "fire a sync event", "send an event"
    if not isinstance(part, Statement):
        return replace(part, name=new if part.name == old else part.name, steps=renamed_to_send(part.steps))
    if part.origin is not None and part.origin.algorithm == old:
        part = replace(part, origin=replace(part.origin, algorithm=new))
    if isinstance(part, Call) and part.algorithm == old:
        part = replace(part, algorithm=new)
    return replace(part, body=renamed_to_send(part.body)) if hasattr(part, "body") else part


# --- what equivalence means


ALL = tuple(UNGATED.adversities)


def test_equivalent_names_what_was_not_compared_and_looks_at_adversities_once_if_not_thorough() -> None:
    new = edited({("register", "8.1"): out})
    found = compare(SPEC, swapped(SPEC), UNGATED, granularities=("algorithm",), adversities=ALL, thorough=False)
    assert (found.relation, found.note) == ("equivalent", "")
    assert [size.adversities for size in found.explored] == [(), *((name,) for name in ALL)]
    assert coarse(SPEC, swapped(SPEC)).note == "not looked at: algorithm with an adversity"
    assert coarse(SPEC, new, adversities=ALL, thorough=False).relation not in ("equivalent", "indistinguishable")


def test_what_changes_a_verdict_is_not_equivalent() -> None:
    found = coarse(SPEC, swapped(SPEC))
    repaired = broken_and_repaired(told(verdict("p", "violated")), told(verdict("p", "holds")))
    assert with_verdicts(found, repaired)[0].relation == "indistinguishable"
    vacuous = broken_and_repaired(told(verdict("p", "holds")), told(verdict("p", "vacuous")))
    assert with_verdicts(found, vacuous) == (found, vacuous)


def test_an_endless_run_that_is_told_otherwise_is_no_difference_between_equivalent_texts() -> None:
    found, run = coarse(SPEC, swapped(SPEC)), Trace((TraceStep(ENVIRONMENT, NothingHappens()),), 0)
    for trace, relation in ((run, "equivalent"), (replace(run, loop=None), "indistinguishable")):
        further = Change("p", "p", (), None, replace(verdict("p", "violated"), trace=trace), "violated", "violated")
        compared, changes = with_verdicts(found, Changes((), (), (), more=(further,)))
        assert (compared.relation, bool(changes.more)) == (relation, relation != "equivalent")


def test_a_changed_step_of_which_no_run_takes_a_part_is_named() -> None:
    def never(statement: Statement) -> Statement:
        return If(False, (statement,), origin=statement.origin)

    new = edited({("register", "8.1"): never})
    gone = edited({("register", "8.1"): out})
    found = coarse(new, gone)
    assert found.relation == "equivalent"
    assert unreached_changes(changed_steps(new, gone), found) == ("register 8.1 (old)",)


def with_member(value: Expr, edits: dict[tuple[str, str], Edit] | None = None) -> Spec:
    """Fire the event with a last chance of this value."""

    def change(statement: Statement) -> Statement:
        assert isinstance(statement, FireEvent)
        members = tuple((name, value if name == "lastChance" else held) for name, held in statement.members)
        return replace(statement, members=members)

    return edited({("fire a sync event", "5"): change, **(edits or {})})


def test_a_member_that_is_always_the_same_is_no_difference() -> None:
    never = with_member(False)
    found = coarse(SPEC, never)
    assert found.relation == "narrower"
    assert found.only_old is not None
    assert found.only_old.labels[-1] == "the event of t1 is fulfilled with lastChance true"
    assert "the event of t1 is fulfilled with lastChance false" in found.only_old.instead
    step = ("register", "9.3")
    constant = coarse(never, with_member(False, {step: out}))
    assert constant.relation == "equivalent"


def test_a_trace_says_what_the_other_text_shows_in_its_place() -> None:
    found = coarse(SPEC, SILENT)
    assert found.only_old is not None
    assert found.only_old.instead == ()
    console = Console(width=200, record=True, quiet=True)
    with console.capture() as capture:
        console.quiet = False
        print_comparison((), found, console)
    assert "both texts show: go online; a page calls register(t1); register(t1) is resolved\n" in capture.get()
    assert (
        "then only the old text shows: an event of t1 is dispatched\nwhere the new text shows nothing\n"
        in capture.get()
    )


# --- the history


def test_a_property_is_broken_since_a_revision_and_mended_in_one_only_where_a_verdict_was_given() -> None:
    said = ("holds", "violated", "holds", "", "violated", "vacuous", "violated")
    revisions = [Revision(f"{number}", "2020-01-01", "", "x.bs", "") for number in range(len(said))]
    columns = [
        Column(revision, {("p", ()): ruling} if ruling else {})
        for revision, ruling in zip(revisions, said, strict=True)
    ]
    spans = History("x.bs", len(said), tuple(columns)).spans()
    assert [(s.first.commit, s.last.commit, s.before, s.after) for s in spans] == [
        ("1", "1", "holds", "holds"),
        ("4", "4", "", "vacuous"),
        ("6", "6", "vacuous", ""),
    ]
    assert [span.following and span.following.commit for span in spans] == ["2", "5", None]
    console = Console(width=200, record=True, quiet=True)
    with console.capture() as capture:
        console.quiet = False
        print_history(History("x.bs", len(said), tuple(columns)), console)
    assert "p: since 1 (2020-01-01, ), last in 1, mended in 2 (2020-01-01, )\n" in capture.get()
    assert "p: in 4 (2020-01-01, ) (no verdict before), last in 4, vacuous in 5 (2020-01-01, )\n" in capture.get()
    assert "p: in 6 (2020-01-01, ) (vacuous before), last in 6, and still is\n" in capture.get()
