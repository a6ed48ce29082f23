"""What a check says beside an edit: what it broke and repaired, one diagram, and only new findings as errors."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from markdown_it import MarkdownIt

from bgsync.compare.properties import Change, Changes
from bgsync.compare.steps import AlgorithmChange, StepChange
from bgsync.judge import facts as f
from bgsync.judge.check import glossary
from bgsync.judge.verdict import Coverage, Location, Report, Trace, Verdict
from bgsync.report import write
from bgsync.report.edit import Edit
from bgsync.report.mend import Mend
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.shipped.properties.background_sync import PROPERTIES
from tests.command import run
from tests.specs import PRINT_QUEUE
from tests.traces import A, at, taken

pytestmark = pytest.mark.usefixtures("explored_once")  # what is looked at is what is told of an edit

AT = Location("print.bs", 7, 3, "register", "8")
RUN = Trace(
    (taken("register(t1) #1", at("register", "8", "append | it", "print.bs", 7), (f.StateChanged(A, "a", "b"),)),)
)
BROKEN = Verdict("unique-tag", "violated", "race", (), "two with one tag", (AT,), RUN)
OLD = Verdict("gate", "violated", "logic", (), "refused", (AT,))
KNOWN = Verdict("one-event", "violated", "logic", (), "two at once", (AT,), RUN)


def edit(*, broken: bool = True) -> Edit:
    steps = (StepChange("changed", None, None, "do *this*", "do <b>that</b>"),)
    changes = Changes(
        (Change("unique-tag", "unique-tag", (), None, BROKEN),) if broken else (),
        (Change("gate", "gate", (), OLD, Verdict("gate", "holds")),),
        (Change("one-event", "one-event", (), KNOWN, KNOWN, "violated", "violated"),),
    )
    return Edit("HEAD:print.bs", (AlgorithmChange("register", "changed", steps),), changes)


VERDICTS = (BROKEN, KNOWN, Verdict("gate", "holds"))
SYNC = glossary(PROPERTIES, WORLD)
REPORT = Report("print.bs", "", {"tags": 1}, (), Coverage(1, 1, 1), VERDICTS, glossary=SYNC)


def test_a_comment_begins_with_what_the_edit_did() -> None:
    text = write("markdown", REPORT, edits=(edit(),))
    head = text.splitlines()
    assert head[2] == "**This edit breaks 1 and repairs 1** (since HEAD:print.bs)."
    assert head[4] == "* ✗ **Two registrations with the same tag end up in one list.** `unique-tag` (print.bs:7)"
    assert head[5].startswith("* ✓ repaired: register() is refused without a reason")
    assert "do \\*this\\* → do &lt;b&gt;that&lt;/b&gt;" in text
    assert "breaks nothing and repairs 1" in write("markdown", REPORT, edits=(edit(broken=False),))


def test_a_comment_has_one_diagram_of_what_the_edit_broke() -> None:
    text = write("markdown", REPORT, edits=(edit(),))
    assert text.count("```mermaid\nsequenceDiagram") == 1
    assert text.index("`unique-tag`\n\n```mermaid") > 0
    assert "`one-event`\n\n```mermaid" in write("markdown", REPORT, edits=(edit(broken=False),))


def test_a_reader_of_markdown_sees_a_table_lists_and_a_diagram() -> None:
    parser = MarkdownIt("gfm-like", {"linkify": False})
    tokens = parser.parse(write("markdown", REPORT, edits=(edit(),)))
    kinds = [token.type for token in tokens]
    assert kinds.count("table_open") == 1
    rows = [token.map for token in tokens if token.type == "tr_open"]
    assert len(rows) == 1 + 2
    assert [token.info for token in tokens if token.type == "fence"] == ["mermaid", "", ""]
    html = parser.render(write("markdown", REPORT))
    assert "<td>two with one tag</td>" in html
    assert "<b>" not in html


def test_annotations_beside_an_edit_are_those_that_it_broke() -> None:
    assert [line.split("::")[1].split()[0] for line in write("github", REPORT).splitlines()] == ["error", "error"]
    (line,) = write("github", REPORT, edits=(edit(),)).splitlines()
    assert line == "::error file=print.bs,line=7,col=3,title=unique-tag::register 8: two with one tag"
    assert write("github", REPORT, edits=(edit(broken=False),)) == ""


def test_what_an_edit_left_to_mend_is_an_error_where_it_is_wrong_and_a_warning_where_it_is_not_understood() -> None:
    mend = (Mend(AT, "no step is left below it", "well-nested"), Mend(AT, "not understood: “Dangle it”"))
    left = replace(edit(broken=False), mend=mend)
    lines = write("github", REPORT, edits=(left,)).splitlines()
    assert [line.split("::")[1].split()[0] for line in lines] == ["error", "warning"]
    assert "**This edit is wrong in 1 place and repairs 1**" in write("markdown", REPORT, edits=(left,))
    assert left.exit_status == 1


@pytest.mark.parametrize(
    ("now", "said"),
    [("violated", "✓ no longer broken in this way: "), ("removed", "· gone with a step: ")],
)
def test_a_way_that_is_gone_with_a_step_is_not_said_to_be_mended(now: Any, said: str) -> None:
    gone = Change("one-event", "one-event", (), KNOWN, KNOWN, "violated", now)
    text = write("markdown", REPORT, edits=(replace(edit(), properties=Changes((), (), (), fewer=(gone,))),))
    assert f"* {said}register 8 (logic) `one-event`" in text


# --- the command line


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "print.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    names = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for words in (("init", "-q"), ("add", "."), (*names, "commit", "-qm", "one")):
        subprocess.run(("git", *words), check=True, cwd=tmp_path)
    return tmp_path


FAST = ("--granularity", "algorithm", "--calls", "1", "--property", "gate", "--property", "fires-online")


def check(*words: str) -> Result:
    return run("check", *words, *FAST)


def test_only_what_an_edit_broke_counts(repository: Path) -> None:
    spec = repository / "spec" / "print.bs"
    assert check("spec/print.bs").exit_code == 1, "fires-online is broken in the text as it is"
    assert check("spec/print.bs", "--base", "HEAD").exit_code == 0
    spec.write_text(PRINT_QUEUE.replace("If |alone| is true", "If |alone| is false"), encoding="utf-8")
    result = check("spec/print.bs", "--base", "HEAD", "--save", "comment.md", "--html", "page.html")
    assert result.exit_code == 1, result.output
    assert "this edit breaks 1 (since HEAD:spec/print.bs; races were not looked for)" in result.output
    assert "    gate: register() is refused" in result.output
    comment = (repository / "comment.md").read_text(encoding="utf-8")
    assert "**This edit breaks 1** (since HEAD:spec/print.bs)." in comment
    assert "register 6" in comment
    page = (repository / "page.html").read_text(encoding="utf-8")
    assert '"edit": {"base": "HEAD:spec/print.bs", "broken": ["gate"]' in page


def test_a_base_may_be_another_file_or_a_path_at_a_revision(repository: Path) -> None:
    other = repository / "old.bs"
    other.write_text(PRINT_QUEUE.replace("If |alone| is true", "If |alone| is false"), encoding="utf-8")
    result = check("spec/print.bs", "--base", "old.bs")
    assert result.exit_code == 0
    assert "repaired gate (logic → holds)" in result.output
    assert check("spec/print.bs", "--base", "HEAD:spec/print.bs").exit_code == 0


def test_in_a_file_that_is_new_everything_counts(repository: Path) -> None:
    (repository / "spec" / "new.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    assert check("spec/new.bs", "--base", "HEAD").exit_code == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("spec/print.bs", "--base", "nonsense"), "nonsense"),
        (("--base", "HEAD"), "--base needs a spec text"),
        (("spec/print.bs", "--base", "nothing.bs:x"), "nothing.bs"),
    ],
)
def test_a_base_that_is_none_is_bad_input(repository: Path, words: tuple[str, ...], says: str) -> None:
    result = check(*words)
    assert result.exit_code == 2
    assert says in result.output


def test_several_texts_are_checked_in_one_go(repository: Path) -> None:
    (repository / "spec" / "new.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    result = check("spec/print.bs", "spec/new.bs", "--traces", "none")
    assert result.exit_code == 1
    assert "spec/print.bs" in result.output
    assert "spec/new.bs" in result.output


def test_what_is_no_longer_conditional_is_another_verdict_and_not_broken_in_another_way() -> None:
    rests, holds = Verdict("gate", "conditional"), Verdict("gate", "holds")
    changes = Changes((), (), (Change("gate", "gate", (), rests, holds, "conditional", "holds"),))
    said = write("markdown", REPORT, edits=(replace(edit(), properties=changes),))
    assert "* ~ another verdict: `gate` (conditional → holds)" in said
    assert "broken in another way" not in said
