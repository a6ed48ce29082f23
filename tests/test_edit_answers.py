"""What is answered to an edit: what was not looked at, what was there before, and what command tells more."""

import re
import shlex
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bgsync.cli.base import as_source
from bgsync.cli.question import Asked
from bgsync.compare.properties import broken_and_repaired
from bgsync.judge.budget import Budget
from bgsync.judge.facts import Invocation, StepTaken
from bgsync.judge.verdict import Coverage, Explored, Location, Report, Ruling, Trace, TraceStep, Verdict
from bgsync.language import Origin
from bgsync.report import write
from bgsync.report.answer import headline
from tests.answers import answer, target
from tests.command import run

pytestmark = pytest.mark.usefixtures("explored_once")  # what is looked at is what is told of an edit

COATS_BASE = """<pre class=metadata>
Title: Cloakroom
</pre>

A [=service worker registration=] has an associated <dfn>rack</dfn>, a [=list=] of [=coats=].

A <dfn>coat</dfn> has an associated <dfn>number</dfn>, a DOMString.

<div algorithm>
The <dfn method for=Cloakroom>hang(|number|)</dfn> method, when invoked, MUST return [=a new promise=] |promise| and
run these steps [=in parallel=]:

1. Let |owner| be [=this=]'s associated [=service worker registration=].
1. Let |coat| be the [=coat=] in |owner|'s [=rack=] whose [=number=] is |number| if any, or null otherwise.
1. If |coat| is not null, then:
   1. [=Queue a task=] to [=reject=] |promise| with an {{InvalidStateError}}.
   1. Abort these steps.
1. Set |coat| to a new [=coat=].
1. Set |coat|'s [=number=] to |number|.
1. Append |coat| to |owner|'s [=rack=].
1. [=Queue a task=] to [=resolve=] |promise|.
</div>
"""
REJECTS = "   1. [=Queue a task=] to [=reject=] |promise| with an {{InvalidStateError}}.\n"
GUARD = f"1. If |coat| is not null, then:\n{REJECTS}   1. Abort these steps.\n"


def coats(old: str, new: str, **how: Any) -> tuple[str, Any]:
    assert COATS_BASE.count(old) == 1
    return answer(target(COATS_BASE, "base.bs"), target(COATS_BASE.replace(old, new), "edit.bs"), **how)


def test_a_text_that_says_what_is_unique_in_its_list_is_held_to_it() -> None:
    unique = "\nWithin one [=rack=] each [=coat=] MUST have a unique [=number=].\n"
    said, edit = answer(target(COATS_BASE, "base.bs"), target(COATS_BASE + unique, "edit.bs"), granularity="both")
    (found,) = [one for one in edit.found if one.property == "unique"]
    assert (found.kind, found.message) == ("race", "a second coat with the same number is added to the list")
    assert "unique: Two coats with the same value of what is to be unique end up in one list." in said
    queued = COATS_BASE.replace(
        "run these steps [=in parallel=]:", "[=enqueue the following steps=] to the [=rack queue=]:"
    )
    _, held = answer(target(queued, "base.bs"), target(queued + unique, "edit.bs"), granularity="both")
    assert [one for one in held.found if one.property == "unique"] == []


def test_a_head_that_is_a_step_now_has_no_number() -> None:
    said, _ = coats("run these steps [=in parallel=]:", "[=enqueue the following steps=] to the [=rack queue=]:")
    assert "  added hang (edit.bs:" in said


# --- what was not looked at


def test_what_was_looked_at_in_neither_text_is_not_said_to_be_unbroken() -> None:
    said, edit = coats("InvalidStateError", "NotFoundError", limit=2)
    first, second, *_ = said.splitlines()
    assert first.startswith("? edit.bs: it is not known whether this edit breaks anything: ")
    assert re.search(r"\d+ of \d+ properties could not be compared", first)
    assert "nothing found in the first" in second
    assert edit.exit_status == 3
    assert "**It is not known whether this edit breaks anything" in write("markdown", _report(), edits=(edit,))


def test_an_edit_that_says_the_same_needs_no_looking() -> None:
    said, edit = coats("Append |coat|", "Add |coat|", limit=2)
    assert said.startswith("✓ edit.bs: this edit changes nothing")
    assert edit.exit_status == 0


def test_a_sentence_that_is_no_step_and_changed_is_told_where_no_step_is_read_otherwise() -> None:
    rule = "\nThe attendant MUST greet every guest by name.\n"
    base, edit = COATS_BASE + rule, COATS_BASE + rule.replace("by name", "in silence")
    said, seen = answer(target(base, "base.bs"), target(edit, "edit.bs"), limit=2)
    line = edit[: edit.index("The attendant")].count("\n") + 1
    assert said.startswith("✓ edit.bs: no step is read otherwise (since base.bs)")
    assert f"changed outside of the steps (edit.bs:{line}): The attendant MUST greet every guest [by name" in said
    assert [(one.old[-8:-1], one.new[-8:-1]) for one in seen.elsewhere] == [("by name", "silence")]
    added, _ = answer(target(COATS_BASE, "base.bs"), target(edit, "edit.bs"), limit=2)
    assert "added outside of the steps" in added
    removed, _ = answer(target(base, "base.bs"), target(COATS_BASE, "edit.bs"), limit=2)
    assert f"removed outside of the steps (base.bs:{line})" in removed


def test_what_is_required_of_the_list_and_not_understood_leaves_open_what_an_edit_breaks() -> None:
    rule = "\nWhen winter is over, the attendant MUST air whatever is in a [=rack=].\n"
    base, edit = target(COATS_BASE, "base.bs"), target(COATS_BASE + rule, "edit.bs")
    for one, other in ((base, edit), (edit, replace(base, name="edit.bs"))):
        said, seen = answer(one, other, limit=2)
        unknown = "it is not known whether this edit breaks anything: 1 sentence outside of the steps is not understood"
        assert said.startswith(f"? edit.bs: {unknown}")
        assert seen.exit_status == 3
        assert unknown in write("markdown", _report(), edits=(seen,)).replace("It is not", "it is not")


def test_a_note_that_was_there_before_is_not_told_of_an_edit_though_its_line_is_another_one() -> None:
    unclosed = COATS_BASE + "\n<section>\nA coat is warm.\n"
    lower = unclosed.replace("<section>", "\n<section>")
    _, seen = answer(target(unclosed, "base.bs"), target(lower, "edit.bs"), limit=2)
    _, new = answer(target(COATS_BASE, "base.bs"), target(unclosed, "edit.bs"), limit=2)
    assert ([each.property for each in seen.notes], [each.property for each in new.notes]) == ([], ["well-nested"])


def test_who_may_call_is_part_of_what_a_text_says() -> None:
    counts = (
        "\nA coat is considered to hang <dfn>in the background</dfn> if no [=service worker clients=] whose "
        "[=frame type=] is {} exist for its owner.\n"
    )
    base, edit = (COATS_BASE + counts.format(kinds) for kinds in ('"`top-level`" or "`nested`"', '"`top-level`"'))
    said, seen = answer(target(base, "base.bs"), target(edit, "edit.bs"), limit=2)
    assert not seen.is_editorial
    assert "changed who may call: … clients whose frame type is top-level [− or nested]" in said
    assert seen.elsewhere == ()


def _report(*verdicts: Verdict, complete: bool = True, of_doubts: bool = False) -> Report:
    explored = Explored("step", (), "", 1, 1, 0.0, complete, of_doubts=of_doubts)
    return Report("", "", {}, (explored,), Coverage(1, 1, 1), verdicts)


LATE = "ran out of time"
WORDS = "depends on step 2, which is not understood"


@pytest.mark.parametrize(
    ("was", "now", "messages", "unknown"),
    [
        ("inconclusive", "inconclusive", (LATE, LATE), True),
        ("inconclusive", "inconclusive", (WORDS, WORDS), False),
        ("inconclusive", "inconclusive", (WORDS, LATE), True),
        ("inconclusive", "violated", (LATE, ""), True),
        ("inconclusive", "holds", (LATE, ""), False),
        ("holds", "inconclusive", ("", WORDS), True),
        ("violated", "inconclusive", ("", LATE), True),
        ("violated", "violated", ("", ""), False),
    ],
)
def test_what_may_have_become_worse_is_not_compared(
    was: Ruling, now: Ruling, messages: tuple[str, str], unknown: bool
) -> None:
    old, new = (Verdict("p", each, message=why) for each, why in zip((was, now), messages, strict=True))
    assert bool(broken_and_repaired(_report(old), _report(new)).uncompared) == unknown


def test_what_is_broken_in_both_may_be_so_in_further_ways_where_a_search_ended_early() -> None:
    broken = Verdict("p", "violated", "logic")
    for old, new in ((False, True), (True, False)):
        assert broken_and_repaired(_report(broken, complete=old), _report(broken, complete=new)).uncompared
    doubts = _report(broken, complete=False, of_doubts=True)
    assert not broken_and_repaired(doubts, doubts).uncompared, "it is bounded whatever the time"


def test_a_text_is_not_said_to_be_larger_than_one_that_was_not_looked_at_to_the_end() -> None:
    old, new = _report(), _report()
    new = replace(new, explorations=(replace(new.explorations[0], states=99),))
    assert broken_and_repaired(old, new).grown == "99 states at granularity step, and 1 in the old text"
    assert not broken_and_repaired(_report(complete=False), new).grown


def test_what_is_broken_now_is_shown_where_it_is_not_known_whether_it_was() -> None:
    was = Verdict("p", "inconclusive", message=LATE)
    changes = broken_and_repaired(_report(was), _report(Verdict("p", "violated", "logic")))
    edit = replace(coats(REJECTS, "")[1], properties=changes, mend=())
    (one,) = edit.maybe_new
    assert (one.property, edit.exit_status) == ("p", 3)


def test_the_text_as_it_is_is_explored_first_within_half_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, report = [], Asked.report

    def noted(self: Asked, of: Any, budget: Budget | None = None) -> Report:
        seen.append((Path(of.name).name, (budget or self.budget).seconds))
        return report(self, of, budget)

    monkeypatch.setattr(Asked, "report", noted)
    (tmp_path / "base.bs").write_text(COATS_BASE, encoding="utf-8")
    (tmp_path / "edit.bs").write_text(COATS_BASE.replace(REJECTS, ""), encoding="utf-8")
    words = ("--base", str(tmp_path / "base.bs"), "--time", "40", "--granularity", "algorithm", "--calls", "1")
    assert run("check", str(tmp_path / "edit.bs"), *words, "--jobs", "1").exit_code == 1
    assert seen == [("edit.bs", 20), ("base.bs", 40)]


def test_half_of_a_budget_is_half_of_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter((0.0, 30.0, 30.0, 34.9, 35.1))
    monkeypatch.setattr("bgsync.judge.budget.time", SimpleNamespace(monotonic=lambda: next(clock)))
    half = Budget(40).half()
    assert half.seconds == 20
    half.check()
    with pytest.raises(KeyboardInterrupt, match="not decided within 20 s"):
        half.check()
    assert Budget().half().seconds is None


# --- what it did, in the words of the text


def test_what_is_wrong_in_the_text_as_it_stands_is_told_once() -> None:
    said, edit = coats("Append |coat|", "Append |cota|")
    assert said.count("defined-before-use") == 1
    assert "✗ edit.bs: this edit is wrong in 1 place, told above; " in said
    assert "cannot be compared until that is mended" in said
    assert re.search(r"changed hang 6 \(edit\.bs:\d+\): Append \[coat → cota\] to owner's rack", said)
    assert edit.exit_status == 1


def test_removed_steps_are_told_in_the_words_of_the_text_those_below_with_the_one_above() -> None:
    said, _ = coats(GUARD, "")
    removed = [line for line in said.splitlines() if line.startswith("  removed")]
    assert len(removed) == 1
    assert removed[0].endswith("): If coat is not null, then (and 2 steps below it)")
    assert "let in now: runs where coat is not null go on that ended at hang 3.2 of the old text" in said


def test_a_removed_step_says_that_it_is_of_the_old_text_where_another_one_has_its_number() -> None:
    said, _ = coats(REJECTS, "")
    assert re.search(r"removed hang 3\.1 of the old text \(base\.bs:\d+\): Queue a task to reject promise", said)
    assert re.search(r"1 hang 3\.1 \(logic\) edit\.bs:\d+", said)


def test_a_run_shows_the_step_that_is_blamed_though_nobody_else_can_see_it() -> None:
    said, _ = coats(REJECTS, "")
    assert re.search(r"hang 3\.1: Abort these steps$", said.rstrip())

    def step(number: str, *, visible: bool) -> TraceStep:
        origin = Origin("f", (int(number),), "", 1, 1, "", "")
        return TraceStep(Invocation("f", 1), StepTaken(origin), visible=visible)

    trace = Trace((step("1", visible=True), step("2", visible=False), step("3", visible=False)))
    run = Verdict("p", "violated", locations=(Location("f", 1, 1, "f", "2"),), trace=trace).run()
    assert run is not None
    assert [each.is_told for each in run.steps] == [True, True, False]
    assert Verdict("p", "violated").run() is None


# --- what was there before


def test_where_nothing_broke_what_was_broken_before_is_said_and_how() -> None:
    asserts = "1. If the user has forbidden coats, then:\n   1. Assert: |coat| is not null.\n"
    base = COATS_BASE.replace(REJECTS, "").replace("1. Set |coat| to", f"{asserts}1. Set |coat| to")
    edit = base.replace("   1. Assert: |coat| is not null.\n", "   1. Abort these steps.\n")
    said, _ = answer(target(base, "base.bs"), target(edit, "edit.bs"), "asserts", "gate")
    assert "asserts/hang.4.1, which was broken: hang 4.1 (logic)" in said
    base, edit = (text.replace("1. Append", "1. Assert: |owner| is not null.\n1. Append") for text in (base, base))
    edit = edit.replace("1. Assert: |owner| is not null.\n", "")
    said, _ = answer(target(base, "base.bs"), target(edit, "edit.bs"))
    assert said.startswith("✓ edit.bs: this edit breaks nothing; ")
    assert " are broken as before " in said.splitlines()[0]
    assert "broken before, too: hang 3.1 (logic): promise-settles" in said


def test_what_holds_under_an_adversity_since_nothing_comes_to_it_there_is_not_repaired() -> None:
    place = (Location("f", 1, 1, "send", "2"),)
    old = _report(Verdict("p", "holds"), Verdict("p", "violated", "logic", ("rain",), locations=place))
    new = _report(Verdict("p", "holds"))
    rain = replace(new.explorations[0], adversities=("rain",))
    old, new = (replace(each, explorations=(*each.explorations, rain)) for each in (old, new))
    assert [each.needs for each in broken_and_repaired(old, new).repaired] == [("rain",)]
    under: dict[tuple[str, ...], tuple[str, ...]] = {("rain",): ("send 2",), ("snow",): ()}
    new = replace(new, coverage=Coverage(2, 2, 2, (), under))
    found = broken_and_repaired(old, new)
    assert not found.repaired
    assert [each.title() for each in found.one_sided] == ["holds, since what broke it is no longer reached"]


def test_it_is_known_of_each_adversity_which_steps_are_not_reached() -> None:
    ends = "1. If |owner|'s [=active worker=] is not null, abort these steps.\n1. Set |coat| to a new"
    guarded = COATS_BASE.replace("1. Set |coat| to a new", ends)
    asked = Asked("algorithm", ("unregistered",), 1, 1, "scope", "handler", 1_000, ())
    under = asked.report(target(guarded, "guarded.bs")).coverage.unreached_under
    assert under.keys() == {(), ("unregistered",)}
    assert set(under["unregistered",]) < set(under[()])


def test_a_note_that_was_there_before_is_not_repeated() -> None:
    inner = "1. Run these steps [=in parallel=]:\n   1. If |coat| is null, abort these steps.\n1. Append |coat|"
    noted = COATS_BASE.replace("1. Append |coat|", inner)
    before = target(noted, "base.bs")
    other = target(noted.replace("InvalidStateError", "NotFoundError"), "edit.bs")
    assert [note.property for note in answer(target(COATS_BASE, "base.bs"), before)[1].notes] == ["abort-scope"]
    assert answer(before, other)[1].notes == ()


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ((("send",), ("send", "drop")), "2 of 2 properties broken (1 of them shown in runs of drop, which nothing"),
        ((("drop",), ("send", "drop")), "2 of 2 properties broken (all of them shown in runs of drop, which nothing"),
        ((("send",), ("send",)), "2 of 2 properties broken, by"),
    ],
)
def test_what_is_broken_only_where_something_runs_that_nothing_runs_is_said_to_be(
    runs: tuple[tuple[str, ...], ...], told: str
) -> None:
    verdicts = []
    for number, run_of in enumerate(runs):
        origins = [Origin(name, (1,), "", 1, 1, "", "") for name in run_of]
        trace = Trace(tuple(TraceStep(Invocation("a call", 1), StepTaken(origin)) for origin in origins))
        verdicts.append(Verdict(f"p{number}", "violated", "logic", trace=trace))
    assert headline(replace(_report(*verdicts), unreached={"drop": "nothing calls it"})).startswith(told)


# --- what is said below it


def test_the_small_print_of_an_edit_has_five_lines_at_most() -> None:
    for said, _ in (coats(REJECTS, "", width=80), coats(REJECTS, "", width=80, granularity="both")):
        lines = said.splitlines()
        first = next(place for place, line in enumerate(lines) if line.startswith("now "))
        small = lines[first + 1 : lines.index("", first)]
        assert 2 <= len(small) <= 5, small
        assert all(len(line) <= 80 for line in small)


def test_what_was_looked_at_counts_both_texts() -> None:
    said, edit = coats(REJECTS, "")
    found = re.search(r"looked at: +([\d,]+) states and, before the edit, ([\d,]+) in ([\d.]+) s", said)
    assert found is not None
    assert int(found[2]) == edit.states > 0
    assert edit.seconds > 0


def test_the_answer_ends_with_the_command_that_tells_what_a_page_may_see() -> None:
    said, edit = coats("InvalidStateError", "NotFoundError")
    assert edit.exit_status == 0
    assert said.splitlines()[-1].endswith("may have changed: bgsync diff base.bs edit.bs")
    spaced = replace(edit, names=("HEAD:./my text.bs", "my text.bs"))
    assert shlex.split(spaced.command) == ["bgsync", "diff", "HEAD:./my text.bs", "my text.bs"]
    assert "bgsync diff" not in coats(REJECTS, "")[0]


def test_what_was_before_is_named_as_any_command_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.bs").touch()
    assert as_source("HEAD", str(tmp_path / "spec" / "new.bs")) == "HEAD:./spec/new.bs"
    assert as_source("old.bs", "new.bs") == "old.bs"
    assert as_source("HEAD~1:spec/old.bs", "new.bs") == "HEAD~1:spec/old.bs"


def test_more_changed_steps_than_are_shown_are_counted_with_the_command_that_shows_them() -> None:
    now = COATS_BASE
    for name in ("owner", "coat", "number", "promise"):
        now = now.replace(f"|{name}|", f"|my {name}|") if name == "coat" else now
    now = now.replace("Set |my coat| to", "Assert: |number| is not null.\n1. Set |my coat| to")
    now = now.replace("1. Abort these steps", "1. Assert: |number| is not null.\n   1. Abort these steps")
    now = now.replace("1. Let |owner|", "1. Assert: |number| is not null.\n1. Let |owner|")
    now = now.replace("1. Append", "1. Assert: |number| is not null.\n1. Append")
    said, _ = answer(target(COATS_BASE, "base.bs"), target(now, "edit.bs"))
    assert re.search(r"  and \d+ more changed steps?: bgsync diff base\.bs edit\.bs$", said, re.MULTILINE)
