"""What an editor reads first after an edit: the first five lines say what to do, and where."""

import io
import re
from functools import cache

import pytest
from rich.console import Console

from bgsync.cli.base import Editing
from bgsync.cli.question import Asked
from bgsync.compare.kept import Steps
from bgsync.compare.steps import kept_steps
from bgsync.judge.facts import Invocation, StepTaken
from bgsync.judge.glossary import Glossary
from bgsync.judge.verdict import Location, Trace, TraceStep, Verdict
from bgsync.language import Origin
from bgsync.report.edit import Edit
from bgsync.report.edit_text import difference
from bgsync.report.mend import to_mend
from bgsync.report.text import print_new
from bgsync.targets import as_it_stands
from tests.answers import answer, target
from tests.specs import PRINT, PRINT_QUEUE

pytestmark = pytest.mark.usefixtures("explored_once")  # what is looked at is what is told of an edit

BASE = "base.bs"


def edited(*replacements: tuple[str, str]) -> str:
    text = PRINT_QUEUE
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    return text


RESOLVES = "1. [=Resolve=] |promise|.\n"
FIRES = "1. If the user agent is [=online=] and |job|'s [=job state=] is [=queued=], [=start printing=] for |job|.\n"
APPENDS = "   1. Append |job| to |owner|'s [=print queue=].\n"
SETS_PRINTING = "1. Set |job|'s [=job state=] to [=printing=].\n"
REMOVES = "      1. Remove |job| from |owner|'s [=print queue=].\n"
GUARD = "         1. If |job|'s [=job state=] is not [=paused=], abort these steps.\n"
CANCEL = """
<div algorithm>
To <dfn>cancel printing</dfn> for a [=print job=] |job|, run these steps:

1. Set |job|'s [=job state=] to [=paused=].
</div>
"""

HOLD = """
<div algorithm>
The <dfn method for=Printer>hold(|label|)</dfn> method, when invoked, MUST run these steps:

1. Let |owner| be [=this=]'s associated [=service worker registration=].
1. Let |job| be the [=print job=] in |owner|'s [=print queue=] whose [=label=] is |label| if any, or null otherwise.
{steps}
</div>
"""

EDITS = {
    "an inverted condition": (
        edited(("1. If |job| is null:", "1. If |job| is not null:")),
        ("this edit breaks", "register 8 (edit.bs:31)", "no longer reached: register 8.1, 8.2, 8.3, start printing"),
    ),
    "an inverted guard": (
        edited(("[=active worker=] is null", "[=active worker=] is not null")),
        ("this edit breaks", "register 2 (edit.bs:24)", "If owner's active worker is [+ not] null"),
    ),
    "a deleted step": (edited((APPENDS, "")), ("this edit breaks", "removed register 8.3 (base.bs:34): Append job to")),
    "a block that is left empty": (
        edited((REMOVES, "")),
        (
            "mend first",
            "edit.bs:55:7: start printing 4.2: no step is left below it",
            "this edit removed start printing 4.2.1 (base.bs:56)",
            "is wrong in 1 place",
        ),
    ),
    "a misspelt variable": (
        edited(("Set |job|'s [=job state=] to [=printing=]", "Set |jbo|'s [=job state=] to [=printing=]")),
        ("mend first", "edit.bs:47:4: start printing 3", "did you mean 'job'?", "this edit is wrong in 1 place"),
    ),
    "a misspelt state": (
        edited(("to [=printing=]", "to [=prnting=]")),
        ("mend first", "✗ edit.bs: this edit is wrong", "edit.bs:47:4: start printing 3", "did you mean 'printing'?"),
    ),
    "a misspelt verb": (
        edited(("Append |job|", "Apend |job|")),
        (
            "mend first",
            "? edit.bs: it is not known",
            "edit.bs:34:7: register 8.3: not understood",
            "this would be understood: Append",
        ),
    ),
    "a misspelt algorithm": (
        edited(("is [=queued=], [=start printing=]", "is [=queued=], [=start prnting=]")),
        ("mend first", "edit.bs:36:4: register 10", "did you mean 'start printing'?"),
    ),
    "a reworded sentence": (
        edited((APPENDS, APPENDS.replace("Append", "Add"))),
        ("this edit changes nothing", "reworded register 8.3 (edit.bs:34)"),
    ),
    "two steps swapped": (
        edited((RESOLVES + FIRES, FIRES + RESOLVES)),
        ("this edit breaks 1", "moved register 9 → 10 (edit.bs:36)", "resolved-before-firing"),
    ),
    "a step moved into a branch": (
        edited((RESOLVES, "   " + RESOLVES)),
        ("this edit breaks", "moved register 9 → 8.4 (edit.bs:35)", "promise-settles"),
    ),
    "a new guard": (
        edited((SETS_PRINTING, "1. If |job|'s [=job state=] is [=paused=], abort these steps.\n" + SETS_PRINTING)),
        ("this edit breaks nothing", "added start printing 3 (edit.bs:47)"),
    ),
    "a removed guard": (
        edited((GUARD, "")),
        ("this edit breaks nothing", "removed start printing 4.3.1.2 of the old text (base.bs:60): If job"),
    ),
    "a new algorithm that nothing runs": (
        PRINT_QUEUE + CANCEL,
        (
            "✗ edit.bs: this edit would break 1",
            "if cancel printing ran, which nothing runs",
            "added cancel printing, 1 step (edit.bs:68)",
            "would break if cancel printing ran",
        ),
    ),
    "an algorithm that is gone": (
        PRINT_QUEUE.replace(PRINT, ""),
        (
            "(2 places)",
            "✗ edit.bs: this edit is wrong in 2 places, told above",
            "edit.bs:36:4: register 10: 'start printing' was removed by this edit (base.bs:45)",
        ),
    ),
    "a renamed state": (
        PRINT_QUEUE.replace("[=paused=]", "[=on hold=]").replace("<dfn>paused</dfn>", "<dfn>on hold</dfn>"),
        ("this edit breaks nothing", "renamed paused → on hold, and so in start printing 4.3.1 (edit.bs:58)"),
    ),
    "a sentence that is not understood": (
        edited(("Wait for a while.", "Ponder the weather with |job| at length.")),
        (
            "mend first",
            "edit.bs:59:13: start printing 4.3.1.1: not understood: “Ponder the",
            "before the edit: “Wait for a while”",
        ),
    ),
    "another error": (
        edited(("{{InvalidAccessError}}", "{{NotAllowedError}}")),
        ("this edit breaks", "register 6 (edit.bs:29)", "refusal-error"),
    ),
    "a promise that is never settled": (
        edited((RESOLVES, "")),
        ("mend first", "edit.bs:35:4: register 9", "never settles 'promise'"),
    ),
    "another state": (
        edited(("Set |job|'s [=job state=] to [=queued=]", "Set |job|'s [=job state=] to [=printing=]")),
        ("this edit breaks", "start printing 4.3.1.3 (edit.bs:61)"),
    ),
    "a deleted assert": (
        edited(("1. Assert: |job|'s [=job state=] is [=queued=].\n", "")),
        (
            "this edit breaks nothing; 5 are broken as before",
            "removed start printing 1 of the old text (base.bs:45): As",
        ),
    ),
    "a condition that is gone": (
        edited(("1. If the user agent is [=online=] and |job|'s [=job state=]", "1. If |job|'s [=job state=]")),
        ("register 10 (edit.bs:36)",),
    ),
}


@cache
def answered(text: str) -> tuple[str, Edit]:
    """Explore less than usual: of a step that is not understood all that is allowed is explored, and says no more."""
    return answer(target(PRINT_QUEUE, BASE), target(text, "edit.bs"), limit=100)


def told(text: str) -> str:
    return answered(text)[0]


@pytest.mark.parametrize(("text", "said"), EDITS.values(), ids=EDITS)
def test_the_first_five_lines_say_what_to_do_and_where_as_the_exit_status_does(
    text: str, said: tuple[str, ...]
) -> None:
    whole, edit = answered(text)
    first = "\n".join([line for line in whole.splitlines() if line][:5])
    missing = [each for each in said if each not in first]
    assert not missing, first
    (sign,) = re.findall(r"^(.) edit\.bs: (?:this edit|it is not known)", first, re.MULTILINE)
    assert {"✓": 0, "✗": 1, "?": 3}[sign] == edit.exit_status


def test_a_run_ends_where_a_member_of_null_is_read_which_is_told_once() -> None:
    said = told(EDITS["an inverted condition"][0])
    assert said.count("    null-member: ") == 1
    assert "→ job: must not be null → null" in said
    assert "Fire Functional Event 4.1 (" not in said, "no job is ever printed"
    assert "could not be compared" not in said


@pytest.mark.parametrize("name", ["a deleted step", "a step moved into a branch"])
def test_what_is_gone_with_a_step_that_brought_it_about_is_not_repaired(name: str) -> None:
    said = told(EDITS[name][0])
    assert "repair" not in said
    assert re.search(r"(gone with a step|one of its ways is gone with a step): [^\n]*resolved-then-fires", said)


def test_what_no_run_comes_to_any_more_is_not_said_to_be_gone_with_a_step_where_none_is_gone() -> None:
    said = told(EDITS["an inverted condition"][0])
    assert re.search(r"one of its ways is no longer reached: [^\n]*resolved-then-fires", said)
    assert "gone with a step" not in said


@pytest.mark.parametrize(
    ("name", "step", "state"), [("a removed guard", "4.3.1.2", "paused"), ("a deleted assert", "1", "queued")]
)
def test_it_is_said_which_runs_go_on_that_ended_at_a_step_which_is_gone(name: str, step: str, state: str) -> None:
    text, _ = EDITS[name]
    said, _ = answer(target(PRINT_QUEUE, BASE), target(text, "edit.bs"), "asserts", granularity="step", limit=30_000)
    runs = f"runs where job's job state is not {state} go on that ended at start printing {step} of the old text"
    assert f"let in now: {runs}" in said
    assert "let in now" not in told(text), "without a race none ends there"


def test_it_is_said_which_runs_end_at_a_step_that_is_new() -> None:
    text, _ = EDITS["a new guard"]
    said, _ = answer(target(PRINT_QUEUE, BASE), target(text, "edit.bs"), "asserts", granularity="step", limit=30_000)
    assert "kept out now: runs where job's job state is paused end at start printing 3\n" in said
    assert "kept out now" not in told(text), "without a race none ends there"


IFS = """1. If |job|'s [=job state=] is [=paused=], set |job|'s [=job state=] to [=queued=].
1. If |job|'s [=job state=] is [=printing=], set |job|'s [=job state=] to [=paused=]."""
SWITCH = """1. Switch on |job|'s [=job state=]:
   <dl class=switch>
   : [=paused=]
   :: Set |job|'s [=job state=] to [=queued=].
   : [=printing=]
   :: Set |job|'s [=job state=] to [=paused=].
   </dl>"""


def test_steps_that_do_the_same_in_other_words_below_another_one_are_the_same_steps() -> None:
    ifs, switch = (target(PRINT_QUEUE + HOLD.replace("{steps}", steps), BASE).spec for steps in (IFS, SWITCH))
    same = [("hold 1", "hold 1"), ("hold 2", "hold 2"), ("hold 3", "hold 3.1"), ("hold 4", "hold 3.2")]
    assert [(str(was), str(now)) for was, now in kept_steps(ifs, switch, "hold")] == same
    assert [(str(now), str(was)) for was, now in kept_steps(switch, ifs, "hold")] == same


def test_what_a_step_did_by_itself_is_its_own_where_a_step_below_it_does_it() -> None:
    parted = IFS.replace("paused=], set |job|'s", "paused=]:\n   1. Set |job|'s", 1)
    specs = [target(PRINT_QUEUE + HOLD.replace("{steps}", steps), BASE).spec for steps in (IFS, parted)]
    steps = Steps.of((specs[0], specs[1]))
    assert steps.whole(("hold", "3.1")) == steps.now(("hold", "3")) == ("hold", "3")
    assert Steps.of((specs[1], specs[0])).now(("hold", "3.1")) == ("hold", "3")
    other = parted.replace("to [=queued=]", "to [=printing=]")
    new = target(PRINT_QUEUE + HOLD.replace("{steps}", other), BASE).spec
    assert Steps.of((specs[0], new)).whole(("hold", "3.1")) == ("hold", "3.1"), "it did no such thing"


def test_nothing_is_kept_out_by_the_steps_of_an_algorithm_that_is_new() -> None:
    guard = "1. If |job| is null, abort these steps."
    held = HOLD.replace("{steps}", f"{guard}\n1. Set |job|'s [=job state=] to [=paused=].")
    said, seen = answer(target(PRINT_QUEUE, BASE), target(PRINT_QUEUE + held, "edit.bs"), "asserts")
    assert ("hold", "added") in {(each.name, each.kind) for each in seen.steps}
    assert "kept out now" not in said
    back, _ = answer(target(PRINT_QUEUE + held, BASE), target(PRINT_QUEUE, "edit.bs"), "asserts")
    assert "let in now" not in back


def test_runs_that_end_where_they_ended_by_another_step_are_neither_let_in_nor_kept_out() -> None:
    claim = next(line for line in PRINT_QUEUE.splitlines() if "Assert:" in line)
    guard = "1. If |job|'s [=job state=] is not [=queued=], abort these steps."
    assert "is [=queued=]" in claim
    edit = target(PRINT_QUEUE.replace(claim, guard, 1), "edit.bs")
    said, seen = answer(target(PRINT_QUEUE, BASE), edit, "asserts", granularity="step", limit=30_000)
    assert [*seen.ended.values()] == [*seen.ending.values()] == ["job's job state is not queued"]
    assert "let in now" not in said
    assert "kept out now" not in said


def test_an_answer_about_a_text_is_in_its_own_words() -> None:
    for name in ("a deleted step", "two steps swapped", "a promise that is never settled", "another state"):
        said = told(EDITS[name][0])
        assert not re.search(r"(?<!worker )registration|\bsync\b|same tag", said), said
    assert "An event is started for a print job, or a worker, that is gone." in told(EDITS["a deleted step"][0])
    assert "print job A: state: queued → printing" in told(EDITS["two steps swapped"][0])


def test_a_state_with_another_name_changes_nothing_that_anybody_sees() -> None:
    text, _ = EDITS["a renamed state"]
    said = told(text)
    assert "4.3.1.2 (edit.bs:60); 'paused' is nowhere left in the text" in said
    noted = told(f"{text}\n<p class=note>A job that is Paused waits.</p>\n")
    assert "; but 'paused' is left in edit.bs:65" in noted
    assert "bgsync diff" not in said
    assert "in the new text" not in said


def test_what_one_promise_is_broken_by_is_one_item() -> None:
    said = told(EDITS["a promise that is never settled"][0])
    assert said.count("    promise-settles: ") == 1
    assert "and so by register 9 against the network: go offline (logic); start printing 4.2 (logic)" in said


def test_what_is_newly_broken_comes_before_what_was_broken_already() -> None:
    def broken(name: str, step: str, length: int) -> Verdict:
        steps = tuple(TraceStep(Invocation("a call", 1), StepTaken(Origin("f", (1,), "", 1, 1, "", "")))
                      for _ in range(length))  # fmt: skip
        return Verdict(name, "violated", "logic", locations=(Location("f", 1, 1, "f", step),), trace=Trace(steps))

    old, new = broken("old", "1", 1), broken("new", "2", 9)
    console = Console(file=io.StringIO(), width=110)
    print_new([old, new], Glossary(), console, further=[old])
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert said.index("new:") < said.index("broken before, and now in a further way") < said.index("f 1 (logic)")


def test_what_should_be_mended_is_told_once() -> None:
    text, _ = EDITS["a misspelt state"]
    assert told(text).count("mend first") == 1
    editing = Editing(target(PRINT_QUEUE, BASE), target(text, "edit.bs"), Asked("algorithm", (), 1, 2, "", "", 1, ()))
    (one,) = editing.mend(as_it_stands(editing.now))
    everything = to_mend((), as_it_stands(editing.now).verdicts)
    assert one.breaks == "known-term"
    assert len(everything) == 2, "what was there before the edit is not told as of it"


@pytest.mark.parametrize(
    ("old", "new", "told_as"),
    [
        ("set x to 1", "set x to 2", "set x to [1 → 2]"),
        ("set x to 1", "set x to 1, and y", "set x to [1 → 1, and y]"),
        ("is not active", "is active", "is [− not] active"),
        ("a b", "a b c", "a b [+ c]"),
        ("", "add x", "add x"),
        ("remove x", "", "remove x"),
        ("same", "same", "same"),
        ("1 2 3 4 5 6 7 8 x 1 2 3 4 5 6 7 8", "1 2 3 4 5 6 7 8 y 1 2 3 4 5 6 7 8",
         "… 3 4 5 6 7 8 [x → y] 1 2 3 4 5 6 …"),
    ],
)  # fmt: skip
def test_two_readings_are_told_by_what_differs(old: str, new: str, told_as: str) -> None:
    assert difference(old, new) == told_as
