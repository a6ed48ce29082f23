"""The language server as an editor sees it: a process that is spoken to, and what it says of texts that change."""

import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="needs the extra lsp")
psutil = pytest.importorskip("psutil", reason="tells which processes are left")

from lsprotocol import types as t  # noqa: E402

from bgsync import extras  # noqa: E402
from bgsync.prose.sidecar import load_sidecar  # noqa: E402
from tests.command import run  # noqa: E402
from tests.editor import Editor, applied  # noqa: E402
from tests.specs import PRINT_QUEUE  # noqa: E402
from tests.waiting import wait_until  # noqa: E402

FAST = ("--granularity", "algorithm", "--calls", "1", "--jobs", "1", "--property", "asserts", "--property", "receiver")
"""Few states: it is the speaking that is tested here."""

WRONG = "If the user agent is [=online=] and |job|'s [=job state=] is not [=paused=]"
BROKEN = PRINT_QUEUE.replace("If the user agent is [=online=] and |job|'s [=job state=] is [=queued=]", WRONG)
STRANGE = PRINT_QUEUE.replace("Append |job| to |owner|'s", "Apend |job| to |owner|'s")
ASSERT = "asserts/start-printing.1"
WHOLE = t.Range(t.Position(0, 0), t.Position(10_000, 0))


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    found = Editor(*FAST)
    yield found
    processes = [found.process.pid, *(one.pid for one in psutil.Process(found.process.pid).children(recursive=True))]
    assert len(processes) > 1
    assert found.leave() == 0
    wait_until(lambda: not any(map(psutil.pid_exists, processes)), lambda: f"of {processes} some are left")
    assert found.messages == []


@pytest.fixture
def uri(tmp_path: Path, editor: Editor) -> Iterator[str]:
    found = (tmp_path / "print.bs").as_uri()
    yield found
    editor.close(found)


def codes(found: list[t.Diagnostic]) -> list[str]:
    return [str(one.code) for one in found]


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n")


def ended(editor: Editor, uri: str) -> dict[int, str]:
    """Wait until all was looked at; give the code lenses."""
    seen, lenses = -1, dict[int, str]()

    def all_seen() -> bool:
        nonlocal seen, lenses
        if len(editor.told) > seen:  # ask only where something is new
            seen, lenses = len(editor.told), editor.lenses(uri)
        return 0 in lenses

    wait_until(all_seen, lambda: f"{editor.of(uri)}\n{editor.messages}")
    return lenses


def test_a_finding_stands_at_its_step_and_its_run_beside_it(editor: Editor, uri: str) -> None:
    editor.open(uri, BROKEN)
    (one,) = editor.wait(uri, lambda found: ASSERT in codes(found))
    assert (one.source, one.severity) == ("bgsync", t.DiagnosticSeverity.Error)
    assert one.range.start == t.Position(line_of(BROKEN, "1. Assert:"), 3)
    assert "A step that the text asserts to be true is false" in one.message
    steps = one.related_information
    assert all(step.location.uri == uri for step in steps)
    assert [int(step.message.partition(".")[0]) for step in steps] == list(range(1, len(steps) + 1))
    assert steps[0].message == "1. environment: the network goes online"
    assert any("a page calls register" in step.message for step in steps)
    (set_,) = (step for step in steps if "Append job to owner" in step.message)
    assert set_.location.range.start == t.Position(line_of(BROKEN, "Append |job| to"), 6)
    assert "what the text asserts here is false" in steps[-1].message


def test_lenses_count_what_is_read_reached_and_broken(editor: Editor, uri: str) -> None:
    editor.open(uri, BROKEN)
    lenses = ended(editor, uri)
    assert lenses.pop(0) == "bgsync: 1 of 2 properties broken, by 1 cause"
    lines = [line_of(BROKEN, words) for words in ("The <dfn method", "To <dfn>start")]
    assert lenses == dict(
        zip(lines, ["14 steps, 14 read, 14 reached, 0 broken", "13 steps, 13 read, 13 reached, 1 broken"], strict=True)
    )


def test_what_was_found_in_one_version_is_never_shown_on_another(editor: Editor, uri: str) -> None:
    editor.open(uri, BROKEN)
    editor.wait(uri, lambda found: ASSERT in codes(found))
    editor.change(uri, 2, PRINT_QUEUE)
    assert editor.wait(uri, lambda _: True, 2) == []
    assert ended(editor, uri)[0] == "bgsync: nothing is broken: 2 properties hold"
    assert not any(codes(found) for found in editor.of(uri, 2))


def test_of_many_versions_only_the_last_one_is_judged(editor: Editor, uri: str) -> None:
    editor.open(uri, PRINT_QUEUE)
    for version in range(2, 12):
        editor.change(uri, version, BROKEN if version % 2 else PRINT_QUEUE + "\n" * version)
    editor.wait(uri, lambda found: codes(found) == [ASSERT], 11)
    assert not any(codes(found) for version in range(2, 11) for found in editor.of(uri, version))


def test_an_edit_that_says_the_same_shows_what_is_known_at_its_new_place(editor: Editor, uri: str) -> None:
    editor.open(uri, BROKEN)
    (before,) = editor.wait(uri, lambda found: ASSERT in codes(found))
    ended(editor, uri)
    editor.change(uri, 2, "\n\n" + BROKEN)
    (after,) = editor.wait(uri, lambda found: ASSERT in codes(found), 2)
    assert after.range.start.line == before.range.start.line + 2
    assert after.related_information[-1].location.range.start.line == after.range.start.line
    assert len(editor.of(uri, 2)) == 4  # withdrawn, as it stands, with its sentences, and all at once


def test_a_hover_says_what_a_step_was_read_as_and_what_a_property_means(editor: Editor, uri: str) -> None:
    editor.open(uri, BROKEN)
    ended(editor, uri)
    told = editor.hover(uri, line_of(BROKEN, "Set |job|'s [=label=]"), 12)
    assert "**register 8.2: modelled**" in told
    assert "set job's label to label" in told
    told = editor.hover(uri, line_of(BROKEN, "1. Assert:"), 8)
    assert f"**{ASSERT}**" in told
    assert "Why it matters: " in told
    assert "Rests on: " in told
    assert editor.hover(uri, 0, 2) == ""


def test_the_wording_that_is_offered_is_written_into_the_text_and_understood(editor: Editor, uri: str) -> None:
    editor.open(uri, STRANGE)
    (one, *_) = editor.wait(uri, lambda found: any("would be understood" in each.message for each in found))
    assert one.code == "not-read"
    assert one.severity == t.DiagnosticSeverity.Warning
    assert "not read: “Apend”" in one.message
    actions = editor.actions(uri, one.range)
    edit = next(edit for title, edit in actions.items() if title.startswith("Write: "))
    (change,) = edit.document_changes
    assert (change.text_document.uri, change.text_document.version) == (uri, 1)
    (change,) = change.edits
    assert applied(STRANGE, change) == PRINT_QUEUE
    editor.change(uri, 2, applied(STRANGE, change))
    assert ended(editor, uri)[0] == "bgsync: nothing is broken: 2 properties hold"
    assert editor.actions(uri, WHOLE) == {}


def test_a_misspelt_variable_can_be_mended_and_what_no_wording_is_near_to_can_be_read_as_nothing(
    editor: Editor, uri: str
) -> None:
    misspelt = PRINT_QUEUE.replace("Set |job|'s [=label=]", "Set |jbo|'s [=label=]")
    editor.open(uri, misspelt.replace("Append |job| to", "Frobnicate |job| betwixt"))
    (one, other, *_) = editor.wait(uri, lambda found: any("would be understood" in each.message for each in found))
    assert "not read: “|jbo|”" in one.message
    edit = editor.actions(uri, one.range)["Write: Set |job|'s [=label=] to |label|"]
    assert applied(misspelt, edit.document_changes[0].edits[0]) == PRINT_QUEUE
    assert "not read: “Frobnicate |job| betwixt" in other.message
    assert [*editor.actions(uri, other.range)] == ["Read it as nothing"]


def test_an_entry_of_the_sidecar_is_written_beside_the_text_and_used(editor: Editor, uri: str, tmp_path: Path) -> None:
    editor.open(uri, STRANGE)
    (one, *_) = editor.wait(uri, lambda found: any("would be understood" in each.message for each in found))
    edit = next(edit for title, edit in editor.actions(uri, one.range).items() if title.startswith("Read it as: "))
    create, change = edit.document_changes
    sidecar = tmp_path / "print.bs.read-as.toml"
    assert create.uri == change.text_document.uri == sidecar.as_uri()
    sidecar.write_text(applied("", change.edits[0]), encoding="utf-8")
    (said,) = load_sidecar(sidecar).values()
    assert said.read_as == "Append |job| to |owner|'s [=print queue=]"
    changes = [t.FileEvent(sidecar.as_uri(), t.FileChangeType.Created)]
    editor.tell(t.WORKSPACE_DID_CHANGE_WATCHED_FILES, t.DidChangeWatchedFilesParams(changes))
    editor.wait(uri, lambda found: found == [])
    assert ended(editor, uri)[0] == "bgsync: nothing is broken: 2 properties hold"
    assert editor.of(uri)[-1] == []
    sidecar.write_text("[[sentence]]\n", encoding="utf-8")
    editor.tell(t.TEXT_DOCUMENT_DID_SAVE, t.DidSaveTextDocumentParams(t.TextDocumentIdentifier(uri)))
    (wrong,) = editor.wait(uri, lambda found: codes(found) == ["not-checked"])
    assert "it takes key, read_as, text and why" in wrong.message


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "not-checked", "empty"),
        ("\0" * 10, "not-checked", "binary"),
        ("\ud800", "not-checked", "not UTF-8"),
        ("Remember the milk.", "not-checked", "no algorithm is found"),
        (PRINT_QUEUE.replace("</div>", "<section>"), "markup", "never closed"),
        ("<ol><li>" * 3_000, "not-checked", "nested"),
    ],
)
def test_a_text_that_is_broken_gets_a_diagnostic(editor: Editor, uri: str, text: str, code: str, said: str) -> None:
    editor.open(uri, text)
    found = editor.wait(uri, lambda found: code in codes(found))
    assert any(said in one.message for one in found)
    assert editor.status is None


def test_each_of_two_texts_has_its_own_and_one_that_is_closed_has_none(
    editor: Editor, uri: str, tmp_path: Path
) -> None:
    other = (tmp_path / "other.bs").as_uri()
    editor.open(uri, BROKEN)
    editor.open(other, STRANGE)
    editor.wait(uri, lambda found: codes(found) == [ASSERT])
    editor.wait(other, lambda found: codes(found)[:1] == ["not-read"])
    editor.close(other)
    editor.wait(other, lambda found: found == [])
    assert editor.lenses(other) == {}
    assert codes(editor.of(uri)[-1]) == [ASSERT]


def test_a_text_outside_of_the_disk_has_no_sidecar(editor: Editor) -> None:
    uri = "untitled:Untitled-1"
    editor.open(uri, STRANGE)
    editor.wait(uri, lambda found: any("would be understood" in each.message for each in found))
    assert [title.partition(":")[0] for title in editor.actions(uri, WHOLE)] == ["Write"]
    editor.close(uri)


def test_places_count_in_units_of_the_editor(editor: Editor, uri: str) -> None:
    editor.open(uri, STRANGE.replace("1. Apend |job|", "1. <!-- 🖨 -->Apend |job|"))
    (one, *_) = editor.wait(uri, lambda found: "not-read" in codes(found))
    assert one.range.start.character == 6 + len("<!-- x -->") + 1


def test_a_message_that_is_none_is_said_and_the_server_lives_on(editor: Editor, uri: str) -> None:
    editor.loop.call_soon_threadsafe(editor.client.protocol.writer.write, b"Content-Length: 5\r\n\r\n{bad}")
    wait_until(lambda: editor.messages != [])
    assert "an error of its own" in editor.messages.pop()
    editor.open(uri, BROKEN)
    editor.wait(uri, lambda found: codes(found) == [ASSERT])
    assert t.WORKSPACE_DID_CHANGE_WATCHED_FILES in editor.registered


def test_nothing_of_the_folder_is_run_and_a_port_is_of_this_machine_alone(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("bgsync")
    if not command.exists():
        pytest.skip("the command bgsync is not installed beside this Python")
    for name in ("socket", "multiprocessing", "content", "bgsync", "selectors", "pickle", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    editor = Editor("--tcp", str(port), *FAST, command=(str(command), "lsp"), cwd=tmp_path, port=port)
    try:
        uri = (tmp_path / "print.bs").as_uri()
        editor.open(uri, BROKEN)
        editor.wait(uri, lambda found: codes(found) == [ASSERT])
        connections = psutil.Process(editor.process.pid).net_connections()
        assert {one.laddr.ip for one in connections if one.laddr.port == port} == {"127.0.0.1"}
        assert editor.leave() == 0
    finally:
        editor.end()
    assert not (tmp_path / "ran").exists()


def test_without_the_extra_the_repair_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(extras.EXTRAS, "lsp", ("no_such_module",))
    told = run("lsp")
    assert told.exit_code == 2
    assert 'pip install "bgsync[lsp]"' in told.stderr


def test_the_help_says_how_editors_are_set_up() -> None:
    told = run("lsp", "--help").stdout
    for name in ("VS Code", "Neovim", "Emacs", "Helix"):
        assert re.search(rf"^ +{name}: .", told, re.MULTILINE), name
