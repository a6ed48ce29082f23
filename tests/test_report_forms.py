"""The forms of a report for machines and reviewers, each read by a reader that others wrote."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import itf_py
import junitparser
import pytest
from rich.console import Console
from sarif_pydantic import Sarif

from bgsync.judge import facts as f
from bgsync.judge.check import glossary
from bgsync.judge.verdict import Coverage, Explored, Location, Note, Report, Trace, TraceStep, Verdict
from bgsync.report import FORMATS, form_of, write
from bgsync.report.itf import NotOneTraceError
from bgsync.report.text import print_report
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.words import Words
from tests.command import run
from tests.traces import A, at, moved, taken

LOANS = Words(noun="loan")
HOSTILE = "a, b: 100% | <script>alert(1)</script>\n``` ]]> \x00 *x*"


def step(actor: str, number: str, line: int, *changes: f.Change) -> TraceStep:
    return taken(actor, at("lend", number, f"step {number}", "library.bs", line), changes, line)


TRACE = Trace(
    (
        moved("door", "opens", "shut", "open", 1),
        step("lend(b1) #1", "2", 12),
        step("lend(b1) #1", "3", 13, f.StateChanged(A, "new", "lent")),
    ),
    1,
)
AT = Location("library.bs", 13, 5, "lend", "3")
BROKEN = Verdict("one-event", "violated", "race", (), "two at once", (AT,), TRACE)
REPORT = Report(
    "library.bs",
    "r1",
    {"tags": 1},
    (Explored("step", (), "calls", 7, 9, 0.5, True),),
    Coverage(3, 3, 3, ()),
    (
        BROKEN,
        Verdict("gate", "holds"),
        Verdict("outcome", "vacuous", message="its premise never occurs"),
        Verdict("lifecycle", "inconclusive", message="nothing found in the first 7 states"),
        Verdict("gate", "violated", "logic", ("restarted",), "refused", (AT,)),
    ),
    notes=(Note("abort-scope", "what does it abort?", AT),),
    seconds=1.5,
    glossary=replace(glossary(PROPERTIES, WORLD), words=LOANS),
)


def with_message(message: str) -> Report:
    verdict = Verdict("one-event", "violated", "race", (), message, (Location(message, 1, 1, message, "1"),), TRACE)
    return Report(message, "", {}, REPORT.explorations, REPORT.coverage, (verdict,))


# --- text


def test_what_holds_but_under_an_adversity_is_told_apart_from_what_holds_under_each() -> None:
    console = Console(file=io.StringIO(), width=200)
    print_report(replace(REPORT, verdicts=(*REPORT.verdicts, Verdict("unique-tag", "holds"))), console, traces="none")
    assert isinstance(console.file, io.StringIO)
    held = [" ".join(line.split()) for line in console.file.getvalue().splitlines() if line.startswith("holds:")]
    assert held == ["holds: unique-tag", "holds: gate (not under every adversity, as said below)"]


# --- SARIF


def sarif(report: Report) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(write("sarif", report))
    Sarif.model_validate(made)
    return made["runs"][0]  # type: ignore[no-any-return]


def test_sarif_has_what_is_violated_or_open_and_the_rules_that_it_breaks() -> None:
    run = sarif(REPORT)
    found = [(result["ruleId"], result["level"]) for result in run["results"]]
    assert found == [("one-event", "error"), ("lifecycle", "none"), ("gate", "note"), ("abort-scope", "note")]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [ids[result["ruleIndex"]] for result in run["results"]] == [name for name, _ in found]
    assert all(rule["shortDescription"]["text"].endswith(".") for rule in run["tool"]["driver"]["rules"])


def test_a_trace_is_a_code_flow_through_the_lines_of_the_text() -> None:
    (flow,) = sarif(REPORT)["results"][0]["codeFlows"]
    (thread,) = flow["threadFlows"]
    places = [one["location"]["physicalLocation"] for one in thread["locations"]]
    assert {place["artifactLocation"]["uri"] for place in places} == {"library.bs"}
    assert [place["region"]["startLine"] for place in places] == [12, 12, 13], "the environment has no line of its own"
    texts = [one["location"]["message"]["text"] for one in thread["locations"]]
    assert texts[2] == "again and again: lend(b1) #1: lend 3: step 3 (loan A: state: new → lent)"


def test_a_finding_keeps_its_fingerprint_when_lines_move() -> None:
    moved = Verdict("one-event", "violated", "race", (), "two at once", (Location("library.bs", 99, 1, "lend", "3"),))
    other = Verdict("one-event", "violated", "race", (), "two at once", (Location("library.bs", 13, 5, "lend", "4"),))
    prints = []
    for verdict in (BROKEN, moved, other):
        run = sarif(Report("x", "", {}, (), REPORT.coverage, (verdict,)))
        prints.append(run["results"][0]["partialFingerprints"]["bgsync/v1"])
    assert prints[0] == prints[1] != prints[2]


# --- JUnit


def test_junit_counts_failures_errors_and_what_was_skipped(tmp_path: Path) -> None:
    file = tmp_path / "out.xml"
    file.write_text(write("junit", REPORT), encoding="utf-8")
    (suite,) = junitparser.JUnitXml.fromfile(str(file))
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (4, 1, 1, 1)
    cases = {case.name: case for case in suite}
    (failure,) = cases["one-event"].result
    assert "loan A: state: new → lent" in failure.text
    assert "with restarted: violated: refused" in cases["gate"].system_out


# --- GitHub


def test_annotations_of_github_are_one_line_each_with_their_place() -> None:
    lines = write("github", REPORT).splitlines()
    assert lines[0] == "::error file=library.bs,line=13,col=5,title=one-event::lend 3: two at once"
    assert [line.split()[0] for line in lines] == ["::error", "::warning", "::notice", "::notice"]


def test_an_annotation_cannot_be_ended_or_continued_by_what_it_says() -> None:
    (line,) = write("github", with_message("x\n::error::y, z: 100%")).splitlines()
    assert "x%0A::error::y, z: 100%25" in line
    assert "file=x%0A%3A%3Aerror%3A%3Ay%2C z%3A 100%25," in line


# --- Markdown


def test_markdown_has_a_row_for_what_is_wrong_and_folds_the_trace() -> None:
    text = write("markdown", REPORT)
    assert "**1 violated**, 1 inconclusive, 2 fine" in text
    assert "| ✗ | `one-event` | race | two at once | lend 3 (library.bs:13) |" in text
    assert "* restarted: `gate`" in text
    assert re.search(r"<details><summary>one-event: a shortest run</summary>[\s\S]*again and again", text)


def test_markdown_fits_into_a_comment_and_says_what_it_left_out() -> None:
    long = Trace(tuple(step("lend(b1) #1", str(n), n + 1) for n in range(3000)))
    many = tuple(Verdict(f"one-event/{n}", "violated", "race", (), "two", (AT,), long) for n in range(3))
    text = write("markdown", Report("x", "", {}, (), REPORT.coverage, (*many, BROKEN)))
    assert len(text) < 65_536
    assert "3 more traces did not fit" in text
    assert "one-event: a shortest run" in text


# --- ITF


def test_an_itf_trace_has_every_value_in_every_state_and_its_loop() -> None:
    made = json.loads(write("itf", REPORT))
    trace = itf_py.trace_from_json(made)
    assert len(trace.states) == len(TRACE.steps) + 1
    assert trace.loop == 1
    values = [state.values["loan A: state"] for state in trace.states]
    assert values == ["new", "new", "new", "lent"]
    assert all(set(state.values) == set(made["vars"]) for state in trace.states)


def test_itf_holds_one_trace_and_says_so_where_there_are_several() -> None:
    two = Report("x", "", {}, (), REPORT.coverage, (BROKEN, BROKEN))
    with pytest.raises(NotOneTraceError, match="there are 2: name one with --property"):
        write("itf", two)
    with pytest.raises(NotOneTraceError, match="nothing is violated"):
        write("itf", Report("x", "", {}, (), REPORT.coverage, ()))


# --- all of them


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_what_a_text_says_is_never_taken_for_markup(form: str, tmp_path: Path) -> None:
    text = write(form, with_message(HOSTILE))
    assert "\x00" not in text
    if form in ("json", "sarif", "itf"):
        assert "alert(1)" in json.dumps(json.loads(text))
    elif form == "junit":
        file = tmp_path / "out.xml"
        file.write_text(text, encoding="utf-8")
        junitparser.JUnitXml.fromfile(str(file))
    elif form == "markdown":
        assert "<script>" not in text.replace("&lt;script&gt;", "")


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_same_report_has_the_same_bytes(form: str) -> None:
    assert write(form, REPORT) == write(form, REPORT)


def test_the_ending_of_a_file_says_its_form() -> None:
    assert form_of(Path("a.itf.json")) == "itf"
    assert form_of(Path("a.json")) == "json"
    with pytest.raises(ValueError, match=r"a\.pdf: no form of a report ends so"):
        form_of(Path("a.pdf"))


def test_check_saves_what_it_prints_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "out.sarif"
    asked = ["check", "--granularity", "algorithm", "--calls", "1", "--property", "no-endless-firing"]
    result = run(*asked, "--format", "markdown", "--save", str(file))
    assert result.exit_code == 1, result.output
    assert "`no-endless-firing`" in result.output
    assert Sarif.model_validate_json(file.read_text(encoding="utf-8")).runs[0].results
    refused = run(*asked, "--save", str(tmp_path / "out.pdf"))
    assert refused.exit_code == 2
    assert "no form of a report ends so" in refused.output
