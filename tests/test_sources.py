"""The sources of texts: files, folders, standard input and git."""

import io
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bgsync.sources import SourceError, history, load, load_one, read_blobs, show, text
from bgsync.sources import git as git_module

DESK = "".join(f"<p>Desk {number} lends books to members.\n" for number in range(20))


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def git(folder: Path, *words: str) -> str:
    settings = ("user.name=Ada", "user.email=ada@example.org", "commit.gpgsign=false", "protocol.file.allow=always")
    options = [word for setting in settings for word in ("-c", setting)]
    return subprocess.run(
        ["git", *options, *words], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def commit(repo: Path, subject: str, files: dict[str, str] | None = None) -> str:
    """Write files and commit all changes."""
    for name, content in (files or {}).items():
        (repo / name).write_text(content)
    git(repo, "add", "--all")
    git(repo, "commit", "--quiet", "--allow-empty", "-m", subject)
    return git(repo, "rev-parse", "--short", "HEAD")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "--quiet", "-b", "main")
    return folder


def subjects(repo: Path, path: str, since: str | None = None) -> list[tuple[str, str]]:
    return [(revision.subject, revision.path) for revision in history(repo, path, since)]


# Files, folders and standard input


def test_a_file_outside_git_has_no_revision(tmp_path: Path) -> None:
    path = tmp_path / "queue.bs"
    path.write_text("A print queue is a list of jobs.")
    source = load_one(str(path))
    assert (source.name, source.text, source.revision) == (str(path), "A print queue is a list of jobs.", "")


def test_a_folder_gives_its_specs_in_order_without_hidden_folders_and_links_out_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    for name in ("b.html", "a.bs", "deep/c.HTM", ".hidden/d.bs", "node_modules/e.html", "notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    outside = tmp_path / "outside.bs"
    outside.write_text("outside")
    (folder / "link.bs").symlink_to(outside)
    (folder / "linked").symlink_to(tmp_path)
    assert [source.text for source in load(str(folder))] == ["a.bs", "b.html", "deep/c.HTM"]
    assert load(str(folder))[0].name == str(folder / "a.bs")
    with pytest.raises(SourceError, match=r"a folder of 3 specs.*a\.bs, .*b\.html, .*c\.HTM$"):
        load_one(str(folder))
    assert load_one(str(folder / "deep")).text == "deep/c.HTM"


def test_a_folder_without_specs_is_an_error(tmp_path: Path) -> None:
    for read in (load, load_one):
        with pytest.raises(SourceError, match=r"no spec below this folder.*\.bs, \.html or \.htm"):
            read(str(tmp_path))


def test_standard_input_is_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"A shelf has books.")))
    source = load_one("-")
    assert (source.name, source.text, source.revision) == ("<standard input>", "A shelf has books.", "")


def test_a_source_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MAX_BYTES", 8)
    (tmp_path / "long.bs").write_text("123456789")
    with pytest.raises(SourceError, match="larger than 8 bytes"):
        load(str(tmp_path / "long.bs"))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"123456789")))
    with pytest.raises(SourceError, match="larger than 8 bytes"):
        load("-")


def test_a_missing_file_is_an_error_that_names_close_ones(tmp_path: Path) -> None:
    (tmp_path / "lending.bs").write_text("x")
    with pytest.raises(SourceError, match=r"lendign\.bs: no such file or folder; did you mean .*lending\.bs\?"):
        load(str(tmp_path / "lendign.bs"))
    for target in ("", "no\0file", "x" * 5000):
        with pytest.raises(SourceError, match="no such file"):
            load(target)


@pytest.mark.parametrize("target", ["ftp://example.org/a", "file:///a.bs"])
def test_other_schemes_are_refused(target: str) -> None:
    with pytest.raises(SourceError, match="only http and https"):
        load(target)


# Git


def test_a_file_in_a_work_tree_has_the_revision_of_head_and_says_whether_it_differs(repo: Path) -> None:
    first = commit(repo, "one", {"desk.bs": DESK})
    assert load_one(str(repo / "desk.bs")).revision == first
    (repo / "desk.bs").write_text(DESK + "more")
    (repo / "new.bs").write_text("new")
    assert [source.revision for source in load(str(repo))] == [f"{first}+changes"] * 2


def test_line_ends_that_git_converts_are_no_change(repo: Path) -> None:
    first = commit(repo, "one", {"desk.bs": DESK, ".gitattributes": "*.bs text eol=crlf\n"})
    (repo / "desk.bs").write_bytes(DESK.replace("\n", "\r\n").encode())
    assert load_one(str(repo / "desk.bs")).revision == first


def test_a_file_in_a_repository_without_commits_has_no_revision(repo: Path) -> None:
    (repo / "desk.bs").write_text(DESK)
    assert load_one(str(repo / "desk.bs")).revision == ""


def test_a_revision_and_a_path_name_a_text(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "sub").mkdir()
    first = commit(repo, "one", {"sub/desk.bs": DESK})
    commit(repo, "two", {"sub/desk.bs": "<p>Closed.\n"})
    monkeypatch.chdir(repo / "sub")
    for target in ("HEAD~1:sub/desk.bs", "HEAD~:./desk.bs", "main@{1}:../sub/desk.bs", "HEAD^{/one}:sub/desk.bs"):
        source = load_one(target)
        assert (source.name, source.text, source.revision) == (target, DESK, first)


def test_an_existing_file_wins_over_a_revision_and_a_path(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, "one", {"desk.bs": DESK})
    (repo / "HEAD:desk.bs").write_text("a file")
    monkeypatch.chdir(repo)
    assert load_one("HEAD:desk.bs").text == "a file"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("mian:desk.bs", r"mian:desk\.bs: unknown revision 'mian'; did you mean main\?"),
        ("--help:desk.bs", "unknown revision '--help'"),
        ("^main:desk.bs", r"unknown revision '\^main'"),
        ("main..main:desk.bs", r"unknown revision 'main\.\.main'"),
        ("HEAD:desc.bs", r"no such path at HEAD; did you mean desk\.bs\?"),
        ("HEAD:other/desk.bs", r"no such path at HEAD; did you mean desk\.bs\?"),
        ("HEAD:sub", "a folder, not a file, at HEAD"),
        ("HEAD:", "no path inside the repository"),
        ("HEAD:../desk.bs", "no path inside the repository"),
        (":desk.bs", r"no revision before the colon; write HEAD:desk\.bs"),
    ],
)
def test_a_wrong_revision_or_path_is_an_error_with_its_repair(
    repo: Path, monkeypatch: pytest.MonkeyPatch, target: str, message: str
) -> None:
    (repo / "sub").mkdir()
    commit(repo, "one", {"desk.bs": DESK, "sub/a.bs": "a"})
    monkeypatch.chdir(repo)
    with pytest.raises(SourceError, match=message) as caught:
        load(target)
    assert "\n" not in str(caught.value)


def test_outside_a_repository_or_without_git_the_cause_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceError, match=r"HEAD:desk\.bs: .* is in no git repository"):
        show("HEAD", "desk.bs", tmp_path)
    with pytest.raises(SourceError, match="no such folder"):
        history(tmp_path / "none", "desk.bs")
    (tmp_path / "desk.bs").write_text(DESK)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="git is not installed"):
        show("HEAD", "desk.bs", tmp_path)
    assert load_one(str(tmp_path / "desk.bs")).revision == ""


def test_git_that_takes_too_long_is_stopped(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_module, "SECONDS", 0)
    with pytest.raises(SourceError, match=r"git rev-parse took longer"):
        show("HEAD", "desk.bs", repo)


def test_variables_of_a_git_hook_do_not_lead_elsewhere(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, "one", {"desk.bs": DESK})
    monkeypatch.setenv("GIT_DIR", "elsewhere")
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    assert show("HEAD", "desk.bs", repo)[0] == DESK.encode()
    assert subjects(repo, "desk.bs") == [("one", "desk.bs")]


def test_a_history_is_oldest_first_and_follows_renames(repo: Path) -> None:
    commit(repo, "one", {"desk.bs": DESK})
    git(repo, "mv", "desk.bs", "counter.bs")
    commit(repo, "rename")
    commit(repo, "two", {"counter.bs": DESK + "<p>Closed on holidays.\n"})
    git(repo, "mv", "counter.bs", "índex [1].bs")
    last = commit(repo, "rename and edit", {"índex [1].bs": DESK + "<p>Closed on rainy days.\n"})
    commit(repo, "elsewhere", {"other.bs": "a redirect"})
    revisions = history(repo, "índex [1].bs")
    assert [(revision.subject, revision.path) for revision in revisions] == [
        ("one", "desk.bs"),
        ("two", "counter.bs"),
        ("rename and edit", "índex [1].bs"),
    ]
    assert revisions[-1].commit == last
    assert len(last) >= 7
    assert revisions[-1].date == git(repo, "log", "-1", "--format=%cs")
    assert read_blobs(repo, [revisions[0].blob])[revisions[0].blob] == DESK.encode()


def test_another_file_that_takes_the_old_name_is_left_out(repo: Path) -> None:
    commit(repo, "one", {"desk.bs": DESK})
    git(repo, "mv", "desk.bs", "counter.bs")
    commit(repo, "rename")
    commit(repo, "redirect", {"desk.bs": "moved"})
    commit(repo, "two", {"counter.bs": DESK + "more\n"})
    assert subjects(repo, "counter.bs") == [("one", "desk.bs"), ("two", "counter.bs")]
    assert subjects(repo, "desk.bs") == [("one", "desk.bs"), ("redirect", "desk.bs")]


def test_a_history_has_both_sides_of_a_merge_across_a_rename_and_the_merge_itself(repo: Path) -> None:
    commit(repo, "one", {"desk.bs": DESK})
    git(repo, "checkout", "--quiet", "-b", "side")
    commit(repo, "side", {"desk.bs": DESK.replace("Desk 1 ", "Desk one ")})
    git(repo, "checkout", "--quiet", "main")
    git(repo, "mv", "desk.bs", "counter.bs")
    commit(repo, "rename")
    commit(repo, "redirect", {"desk.bs": "moved"})
    git(repo, "rm", "--quiet", "desk.bs")
    commit(repo, "main", {"counter.bs": DESK.replace("Desk 18 ", "Desk eighteen ")})
    git(repo, "merge", "--quiet", "-m", "merge", "side")
    found = subjects(repo, "counter.bs")
    assert found[0] == ("one", "desk.bs")
    assert set(found[1:-1]) == {("side", "desk.bs"), ("main", "counter.bs")}
    assert found[-1] == ("merge", "counter.bs")
    merged = history(repo, "counter.bs")[-1].blob
    assert b"Desk one " in read_blobs(repo, [merged])[merged]


def test_a_merge_that_changes_nothing_is_no_revision(repo: Path) -> None:
    commit(repo, "one", {"desk.bs": DESK})
    git(repo, "checkout", "--quiet", "-b", "side")
    commit(repo, "side", {"desk.bs": DESK + "side\n"})
    git(repo, "checkout", "--quiet", "main")
    commit(repo, "other", {"other.bs": "other"})
    git(repo, "merge", "--quiet", "-m", "merge", "side")
    assert [subject for subject, _ in subjects(repo, "desk.bs")] == ["one", "side"]


def test_an_older_file_of_the_same_name_is_left_out_though_a_branch_was_merged(repo: Path) -> None:
    commit(repo, "one", {"desk.bs": DESK, "counter.bs": "another"})
    git(repo, "checkout", "--quiet", "-b", "side")
    commit(repo, "other", {"other.bs": "other"})
    git(repo, "checkout", "--quiet", "main")
    git(repo, "rm", "--quiet", "counter.bs")
    commit(repo, "drop")
    git(repo, "mv", "desk.bs", "counter.bs")
    commit(repo, "rename")
    git(repo, "merge", "--quiet", "-m", "merge", "side")
    assert subjects(repo, "counter.bs") == [("one", "desk.bs")]


def test_equal_successive_contents_are_one_revision_and_a_return_is_another(repo: Path) -> None:
    commit(repo, "one", {"desk.bs": DESK})
    (repo / "desk.bs").unlink()
    commit(repo, "gone")
    commit(repo, "back", {"desk.bs": DESK})
    commit(repo, "two", {"desk.bs": "<p>Closed.\n"})
    commit(repo, "revert", {"desk.bs": DESK})
    assert [subject for subject, _ in subjects(repo, "desk.bs")] == ["one", "two", "revert"]


def test_a_history_can_begin_at_a_date(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for year in (2019, 2021, 2023):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{year}-03-01T12:00:00Z")
        commit(repo, str(year), {"desk.bs": f"In {year}."})
    assert [revision.date for revision in history(repo, "desk.bs")] == ["2019-03-01", "2021-03-01", "2023-03-01"]
    assert [subject for subject, _ in subjects(repo, "desk.bs", "2020-01-01")] == ["2021", "2023"]
    assert subjects(repo, "desk.bs", "2024-01-01") == []


def test_a_history_is_found_from_a_folder_inside_and_by_an_absolute_path(repo: Path) -> None:
    (repo / "sub").mkdir()
    commit(repo, "one", {"sub/desk.bs": DESK})
    assert subjects(repo / "sub", "desk.bs") == [("one", "sub/desk.bs")]
    assert subjects(repo, str(repo / "sub/desk.bs")) == [("one", "sub/desk.bs")]
    for path in ("../desk.bs", "", ".", str(repo.parent)):
        with pytest.raises(SourceError, match="no path of a file inside"):
            history(repo, path)


def test_a_file_that_never_was_there_and_a_repository_without_commits_are_errors(repo: Path) -> None:
    with pytest.raises(SourceError, match="no commit yet"):
        history(repo, "desk.bs")
    commit(repo, "one", {"desk.bs": DESK})
    with pytest.raises(SourceError, match=r"desc\.bs: in no revision of .*; did you mean desk\.bs\?"):
        history(repo, "desc.bs")


def test_a_file_deleted_since_keeps_its_history(repo: Path) -> None:
    commit(repo, "one", {"desk.bs": DESK})
    (repo / "desk.bs").unlink()
    commit(repo, "gone")
    assert subjects(repo, "desk.bs") == [("one", "desk.bs")]


def test_shallow_clones_work_and_bare_repositories_are_refused(repo: Path, tmp_path: Path) -> None:
    commit(repo, "one", {"desk.bs": DESK})
    last = commit(repo, "two", {"desk.bs": "<p>Closed.\n"})
    git(tmp_path, "clone", "--quiet", "--depth=1", repo.as_uri(), "shallow")
    git(tmp_path, "clone", "--quiet", "--bare", repo.as_uri(), "bare")
    assert subjects(tmp_path / "shallow", "desk.bs") == [("two", "desk.bs")]
    assert load_one(str(tmp_path / "shallow/desk.bs")).revision == last
    with pytest.raises(SourceError, match="git fetch --unshallow"):
        show("HEAD~1", "desk.bs", tmp_path / "shallow")
    with pytest.raises(SourceError, match="one among other files may be hostile; clone it"):
        show("HEAD", "desk.bs", tmp_path / "bare")


def test_forty_revisions_are_read_by_a_handful_of_processes(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = "".join(
        f"commit refs/heads/main\ncommitter Ada <ada@example.org> {1600000000 + number} +0000\n"
        f"data 4\nedit\nM 100644 inline desk.bs\ndata {len(DESK) + 2}\n{DESK}{number:02}\n"
        for number in range(40)
    )
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repo, input=stream.encode(), check=True)
    runs: list[str] = []
    run = git_module._git

    def counted(*words: Any, **more: Any) -> bytes:
        runs.append(words[1])
        return run(*words, **more)

    monkeypatch.setattr(git_module, "_git", counted)
    revisions = history(repo, "desk.bs")
    contents = read_blobs(repo, [revision.blob for revision in revisions])
    assert [contents[revision.blob] for revision in revisions] == [f"{DESK}{n:02}".encode() for n in range(40)]
    assert len(runs) <= 8


def test_blobs_that_are_missing_misnamed_or_too_large_are_refused(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, "one", {"desk.bs": DESK})
    for blob, message in (("0" * 40, "no blob of"), ("HEAD:desk.bs", "no full hash")):
        with pytest.raises(SourceError, match=message):
            read_blobs(repo, [blob])
    assert read_blobs(repo, []) == {}
    monkeypatch.setattr(text, "MAX_BYTES", 8)
    with pytest.raises(SourceError, match="larger than 8 bytes"):
        read_blobs(repo, [history(repo, "desk.bs")[0].blob])
    with pytest.raises(SourceError, match="larger than 8 bytes"):
        show("HEAD", "desk.bs", repo)
