"""Findings of structure in texts that were read: invented ones, and real ones where they are at hand."""

from pathlib import Path

import pytest

from bgsync.judge.structure import Finding
from bgsync.judge.structure.text import structure
from bgsync.prose.page.reader import read_document
from bgsync.prose.reading import Reading, read_spec
from bgsync.prose.vocabulary import Vocabulary

SPECS = Path(__file__).parents[2] / "shared" / "specs"

QUEUE = """
<pre class="metadata">
Title: Print queue
Shortname: print-queue
Level: 1
Status: LS
</pre>

Printing {#printing}
====================

A <dfn>printer</dfn> has an associated <dfn>tray of jobs</dfn>, which is a list of [=jobs=].

A <dfn>job</dfn> has an associated <dfn for=job>job phase</dfn>, which is one of
"<code>queued</code>", "<code>printing</code>" or "<code>jammed</code>". It is initially set to "<code>queued</code>".

<div algorithm>
To <dfn>print a job</dfn> for a [=job=] |job| on a [=printer=] |printer|:

{steps}
</div>
"""


def _told(each: Finding) -> str:
    return f"{each.property} {each.origin.step}" + (" (note)" if each.level == "note" else "")


def read(text: str, name: str = "queue.bs") -> Reading:
    return read_spec(read_document(text, name), Vocabulary())


def printed(*lines: str) -> list[str]:
    text = QUEUE.replace("{steps}", "\n".join(lines))
    return [_told(each) for each in structure(read(text))]


GOOD = (
    '1. Set |job|\'s [=job phase=] to "`printing`".',
    "1. Wait for a minute.",
    '1. If |printer| is out of paper, set |job|\'s [=job phase=] to "`jammed`".',
)


def test_a_text_that_is_right_has_no_findings() -> None:
    assert printed(*GOOD) == []


def test_all_are_removed_where_one_sentence_says_so_and_where_steps_do_one_may_be_passed_over() -> None:
    jammed = 'whose [=job phase=] is "`jammed`"'
    assert printed(*GOOD, f"1. Remove each [=job=] {jammed} from |printer|'s [=tray of jobs=].") == []
    each = "1. For each |one| of |printer|'s [=tray of jobs=]:"
    removed = "    1. Remove |one| from |printer|'s [=tray of jobs=]."
    assert printed(*GOOD, each, removed) == ["collection 4.1 (note)"]


def test_a_value_that_is_never_entered_is_found_at_its_declaration() -> None:
    text = QUEUE.replace("{steps}", "\n".join(GOOD[:2]))
    (one,) = structure(read(text))
    assert (one.property, one.level) == ("dead-state", "error")
    assert "jammed" in text.splitlines()[one.origin.line - 1]


def test_the_head_says_the_types_of_its_variables() -> None:
    wrong = '1. Set |printer|\'s [=job phase=] to "`queued`".'
    assert printed(*GOOD, wrong) == ["receiver 4"]


def test_a_link_in_the_singular_and_a_misspelt_one() -> None:
    assert printed(*GOOD, "1. Remove |job| from |printer|'s [=tray of job=].") == ["known-term 4 (note)"]
    assert "known-term 4" in printed(*GOOD, "1. Remove |job| from |printer|'s [=tary of jobs=].")
    assert printed(*GOOD, "1. Remove |job| from |printer|'s [=tray of jobs=].") == []


def test_a_member_without_a_link() -> None:
    assert printed(*GOOD, '1. Set |job|\'s phase to "`queued`".') == ["known-term 4 (note)"]


def test_a_variable_without_markup() -> None:
    assert printed(*GOOD, "1. Let pages be 0.", "1. Increment |pages|.") == ["known-term 4 (note)"]


def test_a_loop_in_prose() -> None:
    lines = (
        "1. While true:",
        "    1. [=In parallel=]:",
        "        1. Wait for a minute.",
        "        1. Abort these steps.",
    )
    assert "exit 4" in printed(*GOOD, *lines)


def test_steps_at_the_wrong_depth() -> None:
    lines = ("1. Let |pages| be 0.", "    1. Increment |pages|.")
    assert "well-nested 4" in printed(*GOOD, *lines)


def test_a_list_that_is_a_map() -> None:
    text = QUEUE.replace(
        "which is a list of [=jobs=]", "a [=map=], where each key is a string and each item is a [=job=]"
    )
    lines = (*GOOD, "1. Remove |job| from |printer|'s [=tray of jobs=].")
    found = [_told(each) for each in structure(read(text.replace("{steps}", "\n".join(lines))))]
    assert found == ["collection 4 (note)"]


# what is certain


def test_what_rests_on_a_step_that_is_not_understood_is_a_note() -> None:
    wrong = "    1. Set |printer|" + '\'s [=job phase=] to "`queued`".'
    assert "receiver 4.1" in printed(*GOOD, "1. If |printer| is out of ink:", wrong)
    assert "receiver 4.1 (note)" in printed(*GOOD, "1. Provided that somehow |printer| could as well:", wrong)


def test_a_loop_that_is_not_understood_may_be_the_one_that_is_left() -> None:
    assert printed(*GOOD, "1. For whichever |page| there may yet be:", "    1. Continue.") == []
    assert printed(*GOOD, "1. If |printer| is out of ink:", "    1. Continue.") == ["exit 4.1"]


def test_a_variable_that_one_sentence_gives_one_of_two_values_has_a_value() -> None:
    lines = ("1. Let |page| be |job|'s [=first page=] if |printer| is fast; otherwise |job|'s [=last page=].",)
    assert printed(*GOOD, *lines, "1. Print |page|.") == []


def test_words_that_give_a_variable_its_value() -> None:
    assert printed(*GOOD, "1. Let |done| be an algorithm that takes a |sheet| argument and folds it.") == []
    assert printed(*GOOD, "1. Let |sheet| be a page in |job|'s pages such that |sheet| is blank.") == []


def test_a_suggestion_is_another_name_and_not_another_case_or_a_line_break() -> None:
    defined = "<dfn>Unjamming the tray</dfn> is hard work. To <dfn>collate</dfn> is not."
    text = QUEUE.replace("Printing {#printing}", defined + "\n\nPrinting {#printing}", 1)
    for said in ("unjamming\n   the tray", "Unjamming the Tray", "collated", "collating"):
        lines = (*GOOD, f"1. Run [={said}=] with |job|.")
        found = [_told(each) for each in structure(read(text.replace("{steps}", "\n".join(lines))))]
        assert "known-term 4" not in found, said
    told = structure(read(text.replace("{steps}", "\n".join((*GOOD, "1. Run [=unjaming the tray=] with |job|.")))))
    assert "known-term 4" in map(_told, told)


def test_the_name_of_a_variable_may_go_on_in_the_next_line() -> None:
    assert printed(*GOOD, "1. Let |page\n   count| be 0.") == []
    assert printed(*GOOD, "1. Let |page be 0.") != []


# real texts


def real(name: str) -> set[tuple[str, str, str, int]]:
    file = SPECS / name
    if not file.exists():
        pytest.skip(f"{file} is absent: the real texts are no part of the project")
    return {
        (each.level, each.property, each.origin.step, each.origin.line)
        for each in structure(read(file.read_text(encoding="utf-8"), name))
    }


def test_what_is_known_of_the_periodic_text() -> None:
    told = real("periodic-f9973ae.bs")
    assert {each for each in told if each[0] == "error" and each[1] != "exit"} == {
        ("error", "dead-state", "", 103),  # suspended, and reregistered-while-firing
        ("error", "receiver", "10.2", 289),
        ("error", "defined-before-use", "1.3.3.1", 208),
        ("error", "well-nested", "1", 304),
        ("error", "well-nested", "6.3", 341),
        ("error", "missing-task", "2", 269),
        ("error", "missing-task", "4", 299),
        ("error", "missing-task", "1.3", 307),
        ("error", "collection", "1.3.3.2", 209),  # a map that is empty
        ("error", "receiver", "1", 268),  # the context object's PeriodicSyncManager
    }
    notes = {("abort-scope", "6.7.4.3", 355), ("known-term", "4", 336), ("contradiction", "6.7.4", 352)}
    notes |= {("contradiction", "1.3.3.3.4", 214)}
    assert {("note", *each) for each in notes} <= told


def test_the_loop_of_the_periodic_text_never_ends() -> None:
    told = real("periodic-f9973ae.bs")
    assert {each for each in told if each[:2] == ("error", "exit")} == {("error", "exit", "6", 338)}


def test_what_is_known_of_todays_one_off_text() -> None:
    told = real("one-off-94df522.bs")
    assert {each for each in told if each[0] == "error"} == {
        ("error", "missing-task", "2", 227),
        ("error", "missing-task", "4", 301),
    }
    assert {("note", "known-term", "5.2.3", 405), ("note", "known-term", "5.2.1", 388)} <= told
    assert {("note", "abort-scope", "5.2.1.3", 397), ("note", "abort-scope", "5.3.1.3", 422)} <= told


def test_what_is_known_of_an_old_one_off_text() -> None:
    told = real("one-off-75f1a97.bs")
    assert {each for each in told if each[0] == "error"} == {
        ("error", "defined-before-use", "2", 238),
        ("error", "contradiction", "4", 244),
        ("error", "missing-task", "2.1", 172),
        ("error", "missing-task", "3", 185),  # the incumbent settings object
        ("error", "missing-task", "3", 241),
        ("error", "missing-task", "3", 255),
        ("error", "missing-task", "4", 258),
        ("error", "missing-task", "1", 287),
        ("error", "defined-before-use", "4", 188),  # a tag that may be left out
        ("error", "contradiction", "3", 241),  # null for an object
    }
    assert {("note", "well-nested", "5.8", 360), ("note", "well-nested", "", 357)} <= told


@pytest.mark.parametrize(("more", "level"), [("", "error"), (" It is gladly otherwise.", "note")])
def test_a_variable_is_not_missing_for_certain_where_the_step_that_gives_it_says_more(more: str, level: str) -> None:
    found = printed(*GOOD, f"1. Let |x| be true if |job| is null.{more}", "1. If |x| is true, return.")
    assert found == ["defined-before-use 5" + (" (note)" if level == "note" else "")]
