"""The parts of the language server that need no process: places, wordings, entries of sidecars, and what is shown."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="needs the extra lsp")

from lsprotocol import types as t

from bgsync.judge.verdict import Coverage, Location, Report, Verdict
from bgsync.lsp import shown, worker
from bgsync.lsp.answer import Answer, Failed, Fix, Problem, SentenceTold, Span
from bgsync.lsp.fixes import entry
from bgsync.lsp.page import Page
from bgsync.lsp.places import Places
from bgsync.lsp.problems import explored
from bgsync.lsp.worker import Job, answers
from bgsync.prose.page.document import Place, Sentence
from bgsync.prose.page.reader import read_document
from bgsync.report.github import to_github
from bgsync.targets import Wish
from tests.editor import ABLE
from tests.specs import PRINT_QUEUE

ROOT = Path(__file__).parents[1]
SPAN = Span(Place(1, 1), Place(1, 5))


def step_of(source: str) -> tuple[Page, Sentence]:
    """Give a page with one step, and the sentence of that."""
    text = f"<div algorithm>\nTo <dfn>sing</dfn>, run these steps:\n\n1. {source}\n</div>\n"
    (algorithm,) = read_document(text, "song.bs").algorithms
    sentence = algorithm.steps.items[0].parts[0]
    assert isinstance(sentence, Sentence)
    return Page(text), sentence


@pytest.mark.parametrize(
    ("source", "wording", "replaced", "by"),
    [
        ("Sing |a| song.", "hum |a| song", "Sing", "hum"),
        ("Sing |a|\n    song, loudly.", "Sing |a| song, softly", "loudly", "softly"),
        ("Let |a| be [=old/song=].", "Let |a| be [=old/hymn=]", "[=old/song=]", "[=old/hymn=]"),
        ("Let |a| be <var>b</var>.", "Let |a| be |c|", "<var>b</var>", "|c|"),
        ("Let |a| be [=b|the song=]s and {{C}}", "Let |a| be [=b|the song=]s and {{D}}", "{{C}}", "{{D}}"),
        ('Set [=x=] of |a| as "`b`".', 'Set [=x=] of |a| to "b"', "as", "to"),
        ("Put |a| [=songs=].", "Put |a| into [=songs=]", "[=songs=]", "into [=songs=]"),
        ("Put |a| quickly into |b|.", "Put |a| into |b|", "quickly into", "into"),
        ("Put |a| into |b|, quickly.", "Put |a| into |b|", "|b|, quickly", "|b|"),
    ],
)
def test_an_edit_replaces_no_more_than_what_a_wording_says_otherwise(
    source: str, wording: str, replaced: str, by: str
) -> None:
    page, sentence = step_of(source)
    found = page.reworded(sentence, wording)
    assert found is not None
    span, made = found
    assert page.source[page.offset(span.start) : page.offset(span.end)] == replaced
    assert made == by


def test_no_edit_is_offered_where_the_markup_is_not_seen_through() -> None:
    page, sentence = step_of("Sing a b&eacute;t. Then hum.")
    assert page.reworded(sentence, "Sing a song") is None


@pytest.mark.parametrize(("encoding", "units"), [("utf-8", 7), ("utf-16", 4), ("utf-32", 3)])
def test_places_are_those_of_the_encoding(encoding: str, units: int) -> None:
    places = Places("\r\né🖨 b", encoding)
    found = places.range(Span(Place(2, 4), Place(9, 9)))
    assert found == t.Range(t.Position(1, units), t.Position(1, units + 1))
    assert places.place(found.start) == Place(2, 4)


def test_an_entry_of_a_sidecar_is_toml_whatever_the_sentence_says() -> None:
    said = 'say "\\é🖨" \x7f\t|x|'
    (one,) = tomllib.loads(entry("k", said, 'a "b"'))["sentence"]
    assert one == {"key": "k", "read_as": said, "text": 'a "b"'}


def edit_of(fix: Fix, path: Path | None, held: str | None, client: t.ClientCapabilities) -> t.WorkspaceEdit | None:
    uri = "untitled:x" if path is None else path.as_uri()
    asking = shown.Asking(uri, 3, path, Places("song", "utf-16"), client, lambda _: held)
    answer = Answer((Problem(SPAN, "warning", "not-read", "not read", fixes=(fix,)),))
    found = list(shown.actions(answer, t.Range(t.Position(0, 2), t.Position(0, 2)), asking))
    return found[0].edit if found else None


def test_an_entry_goes_behind_those_that_are_there(tmp_path: Path) -> None:
    fix = Fix("Read it as nothing", entry("k", "nothing", "Sing."))
    for held, gap in (("[[sentence]]\n", "\n"), ("# é🖨", "\n\n")):
        edit = edit_of(fix, tmp_path / "song.bs", held, ABLE)
        assert edit is not None
        assert edit.document_changes is not None
        (change,) = edit.document_changes
        assert isinstance(change, t.TextDocumentEdit)
        assert change.edits[0] == t.TextEdit(
            t.Range(*[Places(held, "utf-16").end()] * 2), gap + entry("k", "nothing", "Sing.")
        )


def test_an_editor_is_asked_for_nothing_that_it_cannot_do(tmp_path: Path) -> None:
    unable, path = t.ClientCapabilities(), tmp_path / "song.bs"
    said, rewording = Fix("Read it as nothing", "x"), Fix("Write: hum", "hum", SPAN)
    assert edit_of(said, path, None, unable) is None
    assert edit_of(said, None, None, ABLE) is None
    edit = edit_of(said, path, "", unable)
    assert edit is not None
    assert edit.changes is not None
    assert [*edit.changes] == [f"{path.as_uri()}.read-as.toml"]
    edit = edit_of(rewording, path, None, unable)
    assert edit is not None
    assert edit.changes == {path.as_uri(): [t.TextEdit(t.Range(t.Position(0, 0), t.Position(0, 4)), "hum")]}


def test_what_a_text_says_is_no_markup_in_a_hover() -> None:
    hostile = "![x](http://example.org/x) <img src=x>"
    answer = Answer(sentences=(SentenceTold(SPAN, "sing 1", "modelled", hostile),))
    for client, harmless in ((ABLE, True), (t.ClientCapabilities(), False)):
        found = shown.hover(answer, Places("song", "utf-16"), t.Position(0, 1), client)
        assert found is not None
        assert isinstance(found.contents, t.MarkupContent)
        assert (found.contents.kind == t.MarkupKind.Markdown) is harmless
        assert ("![" not in found.contents.value and "<img" not in found.contents.value) is harmless


def test_an_error_of_our_own_is_sent_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe:
        sent: list[object] = []  # noqa: RUF012

        def send(self, answer: object) -> None:
            self.sent.append(answer)

    monkeypatch.setattr(worker, "_begin", lambda: None)
    monkeypatch.setattr(worker, "decode", lambda data, name: 1 / 0)
    worker.work(Pipe(), Job("song.bs", "song", None, None, Wish()))  # type: ignore[arg-type]
    (failed,) = Pipe.sent
    assert isinstance(failed, Failed)
    assert failed.error.startswith("ZeroDivisionError: division by zero")


def test_first_comes_what_needs_no_exploring_and_a_budget_ends_the_rest() -> None:
    strange = PRINT_QUEUE.replace("Append |job|", "Apend |job|")
    made = answers(Job("print.bs", strange, None, None, Wish(("asserts",))))
    first, second, third = next(made), next(made), next(made)
    made.close()
    assert [one.code for one in first.problems] == ["not-read"]
    assert not first.problems[0].fixes[1:]
    assert [fix.title.partition(":")[0] for fix in third.problems[0].fixes] == [
        "Write", "Read it as", "Read it as nothing"
    ]  # fmt: skip
    assert [(count.steps, count.read, count.reached) for count in second.counts] == [(14, 13, None), (13, 13, None)]
    assert all(one.span.start < one.span.end for one in second.sentences)


def test_a_misspelt_name_is_one_problem_with_what_may_be_done_about_it() -> None:
    strange = PRINT_QUEUE.replace("[=printing=].\n", "[=prnting=].\n")
    made = answers(Job("print.bs", strange, None, None, Wish()))
    *_, last = next(made), next(made), next(made)
    made.close()
    (one,) = (problem for problem in last.problems if problem.fixes)
    assert (one.code, one.level, one.span.start) == ("known-term", "error", Place(47, 4))
    assert one.message == "the link 'prnting' finds no definition; did you mean 'printing'?"
    column = strange.splitlines()[46].index("[=prnting=]") + 1
    assert one.fixes[0].text == "[=printing=]"
    assert one.fixes[0].span == Span(Place(47, column), Place(47, column + len("[=prnting=]")))


def test_what_holds_by_one_reading_alone_is_no_error_and_says_so() -> None:
    one = Verdict("one-event", "conditional", message="by the reading `scope` of abort", needs=("terminated",))
    report = Report("print.bs", "", {}, (), Coverage(1, 1, 1), (one,))
    (found,) = explored(report, "print.bs", Page(PRINT_QUEUE))
    assert (found.level, found.span.start) == ("information", Place(1, 1))
    assert found.message.splitlines()[1:] == ["by the reading `scope` of abort", "conditional, where terminated"]


def test_the_problem_matcher_finds_what_check_writes_for_build_servers() -> None:
    package = json.loads((ROOT / "editors/vscode/package.json").read_text(encoding="utf-8"))
    task = json.loads((ROOT / "editors/tasks.json").read_text(encoding="utf-8"))["tasks"][0]
    (matcher,) = package["contributes"]["problemMatchers"]
    assert {**task["problemMatcher"], "name": "bgsync", "label": matcher["label"]} == matcher
    place = Location("spec/index.bs", 12, 3, "sing", "1")
    verdicts = (
        Verdict("asserts/sing.1", "violated", "race", message="it: fails, 100%", locations=(place,)),
        Verdict("one-event", "inconclusive", message="who knows"),
    )
    pattern = matcher["pattern"]
    found = [
        re.fullmatch(pattern["regexp"].strip("^$"), line)
        for line in to_github(Report("x.bs", "", {}, (), Coverage(1, 1, 1), verdicts)).splitlines()
    ]
    told = [[one[pattern[name]] for name in ("severity", "file", "line", "column", "code")] for one in found if one]
    assert told == [
        ["error", "spec/index.bs", "12", "3", "asserts/sing.1"],
        ["warning", "x.bs", "1", "1", "one-event"],
    ]


def test_what_works_on_a_version_loads_nothing_that_takes_long(tmp_path: Path) -> None:
    (tmp_path / "print.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    code = """
import sys
import bgsync.lsp.ready
from bgsync.lsp.worker import Job, answers
from bgsync.targets import Wish
before = {*sys.modules}
told = answers(Job("print.bs", open("print.bs").read(), None, None, Wish()))
problems = [len(next(told).problems) for _ in range(3)]
assert problems[2] > problems[1], "what was explored is told"
print(*{name.partition(".")[0] for name in {*sys.modules} - before})
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert not {*done.stdout.split()} & {"numpy", "scipy", "numba", "networkx", "transitions"}
