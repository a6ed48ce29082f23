"""Where output goes: pipes that close, disks that are full, encodings without our signs, files that are there."""

import io
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from bgsync import files
from bgsync.files import FileError
from tests.command import run, run_apart, run_into
from tests.specs import PRINT_QUEUE
from tests.waiting import PATIENCE

SMALL = ("--granularity", "algorithm", "--calls", "1", "--jobs", "1")
SOME = ("--property", "fires-online", "--property", "promise-settles")
"""What the other forms tell of; that all of a report is the same everywhere is seen in its JSON."""

DRAW = ("draw", "lifecycle", "--format", "dot", "-o")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a text and a file of another kind."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "print.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    return tmp_path


@pytest.fixture
def at_once() -> Iterator[None]:
    """Fail a test that waits for ever, as one would that reads from a pipe into which nobody writes."""

    def late(number: int, frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, 10 * PATIENCE)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


# --- pipes and encodings

READ, EXPLAIN, AS_JSON = ("read", "print.bs"), ("explain",), ("read", "print.bs", "--format", "json")


@pytest.mark.parametrize("words", [READ, AS_JSON, ("--help",)], ids=" ".join)
def test_a_reader_that_stops_is_no_error(folder: Path, words: tuple[str, ...]) -> None:
    done = run_apart(folder, *words, shell='"$@" | true; exit ${PIPESTATUS[0]}')
    assert done.stderr == ""
    assert done.returncode == 141


@pytest.mark.parametrize(
    "words", [EXPLAIN, ("draw", "lifecycle", "--format", "dot"), ("check", "--against", "print.bs")], ids=" ".join
)
def test_a_reader_that_stops_ends_every_command(folder: Path, words: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as stream:
        assert run_into(stream, *words) == (141, "")


FULL = "error: standard output: cannot be written (No space left on device); make room, or write elsewhere\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device")
@pytest.mark.parametrize("words", [EXPLAIN, AS_JSON])
def test_a_full_disk_is_said_in_one_line(folder: Path, words: tuple[str, ...]) -> None:
    with open("/dev/full", "w", encoding="utf-8") as stream:
        assert run_into(stream, *words) == (2, FULL)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device")
def test_what_a_full_disk_did_not_take_is_not_said_again_at_the_end(folder: Path) -> None:
    done = run_apart(folder, *READ, shell='"$@" > /dev/full')
    assert (done.returncode, done.stderr) == (2, FULL)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-"])
def test_a_stream_may_be_closed(folder: Path, closed: str) -> None:
    done = run_apart(folder, *READ, shell=f'"$@" {closed}')
    assert (done.returncode, done.stderr) == (0, "")


POSIX = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("environment", [POSIX, {"PYTHONIOENCODING": "latin-1"}], ids=["posix", "latin-1"])
def test_an_encoding_without_our_signs_gets_others(folder: Path, environment: dict[str, str]) -> None:
    (folder / "print.bs").write_text(PRINT_QUEUE.replace("Title: Print", "Title: 印刷 Print"), encoding="utf-8")
    read = run_apart(folder, *READ, **environment)
    assert (read.returncode, read.stderr) == (0, "")
    assert r"print.bs \u5370\u5237 Print Queue" in read.stdout
    assert "\n+ " in read.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_so_do_arrows_in_a_report(folder: Path, encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    status, said = run_into(stream, "check", "print.bs", *SMALL, *SOME[:2])
    assert (status, re.sub(r"(?m)^\d+ s: .*\n", "", said)) == (1, "")  # how far it is
    stream.seek(0)
    assert "-> network: offline -> online" in stream.read()


# --- files


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*DRAW, "print.bs"), "print.bs: there is a file of another kind (print.bs), and writing would overwrite it; "
         "name a file that ends in .dot or .gv, or remove that one"),
        ((*DRAW, "letter.txt"), "letter.txt: there is a file of another kind"),
        ((*DRAW, "link.dot"), "link.dot: there is a file of another kind (print.bs)"),
        (("draw", "lifecycle", "print.bs", "-o", "hard.dot"), "hard.dot: this is a file that is read"),
        (("graph", "-o", "letter.txt"), "name a file that ends in .json, or"),
        (("export", "print.bs", "--to", "tla", "-o", "print.bs"), "print.bs: this is a file that is read"),
        (("check", "spec.html", "--html", "spec.html"), "spec.html: this is a file that is read"),
        (("check", ".", "--html", "spec.html"), "spec.html: this is a file that is read"),
        (("check", "print.bs", "--html", "letter.txt"), "letter.txt: there is a file of another kind"),
        (("check", "print.bs", "--html", "spec.html"), "spec.html: there is a page that is no report"),
        (("watch", "print.bs", "--html", "print.bs"), "print.bs: this is a file that is read"),
        ((*DRAW, "missing/x.dot"), "missing/x.dot: cannot be written there; make the folder "),
    ],
)  # fmt: skip
def test_nothing_is_written_over_what_is_read_or_of_another_kind(
    folder: Path, words: tuple[str, ...], said: str
) -> None:
    (folder / "spec.html").write_text(PRINT_QUEUE, encoding="utf-8")
    (folder / "link.dot").symlink_to("print.bs")
    (folder / "hard.dot").hardlink_to(folder / "print.bs")
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    done = run(*words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_an_output_of_before_or_an_empty_file_or_a_device_is_written_to(folder: Path) -> None:
    (folder / "empty").touch()
    for name in ("new.dot", "new.dot", "empty", "/dev/null"):
        assert run(*DRAW, name).exit_code == 0
    assert (folder / "empty").read_text() == (folder / "new.dot").read_text() != ""
    assert run_apart(folder, *DRAW, "/dev/stdout").stdout == (folder / "new.dot").read_text()


def test_the_old_file_stays_whole_where_the_new_one_does_not_fit(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    files.write(file, "old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(FileError, match=r"report\.json: cannot be written \(File too large\); correct"):
            files.write(file, "new" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_keeps_its_mode_and_a_link_its_place(tmp_path: Path) -> None:
    file, link = tmp_path / "a.md", tmp_path / "b.md"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to("a.md")
    files.write(link, "new\x1b")
    assert link.is_symlink()
    assert file.read_text() == r"new\u001b"
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("words", [("read",), ("check",), ("check", "--against"), ("diff", "one-off"), ("watch",),
                                   ("read", "print.bs", "--sidecar"), ("check", "print.bs", "--base")])  # fmt: skip
@pytest.mark.parametrize("kind", ["a pipe", "a device"])
@pytest.mark.usefixtures("at_once")
def test_what_is_no_file_is_refused_at_once(folder: Path, words: tuple[str, ...], kind: str) -> None:
    place = folder / "fifo" if kind == "a pipe" else Path("/dev/zero")
    if kind == "a pipe":
        os.mkfifo(place)
    done = run(*words, str(place))
    assert done.exit_code == 2
    assert f"error: {place}: {kind}, " in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.usefixtures("at_once")
def test_a_folder_is_read_where_one_may_be(folder: Path) -> None:
    os.mkfifo(folder / "pipe.bs")
    assert run("read", ".").stdout.startswith("print.bs Print Queue\n")
    refused = run("check", f"{folder}:machine")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    (folder / "folder.py").mkdir()
    refused = run("check", "folder.py:machine")
    assert refused.stderr == "error: folder.py: a folder, where a file is needed; name a file\n"


# --- the same bytes


ENVIRONMENTS: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"PYTHONHASHSEED": "1"}, "1", "."),
    ({"PYTHONHASHSEED": "2", **POSIX, "TZ": "Asia/Tokyo"}, "2", ".."),
    ({"PYTHONHASHSEED": "3", "PYTHONIOENCODING": "latin-1", "COLUMNS": "40"}, "3", "/"),
)
MADE = (
    ("check", "FILE", *SMALL[:4], "--with", "restarted", "--format", "json"),
    ("read", "FILE", "--format", "json"),
    ("graph", "FILE", "--calls", "1", "--format", "graphml"),
    ("draw", "states", "FILE", "--calls", "1", "--format", "dot"),
    ("draw", "trace", "FILE", "--property", "fires-online", "--calls", "1", "--links", ""),
    ("export", "FILE", "--to", "promela", "--calls", "1", "--granularity", "algorithm"),
)
FORMS = (
    *(("check", "FILE", *SMALL[:4], *SOME, "--format", form) for form in ("sarif", "junit", "github", "markdown")),
    ("check", "FILE", *SMALL[:4], "--format", "json"),
)
END = b"\n===\n"
EACH = """
import sys
from bgsync.cli import main
rest = sys.argv[1:]
while rest:
    end = rest.index(";")
    words, rest = rest[:end], rest[end + 1:]
    try:
        main(words)
    except SystemExit as ended:
        assert ended.code in (0, 1), (words, ended.code)
    sys.stdout.write("\\n===\\n")
    sys.stdout.flush()
"""


@cache
def made_everywhere(
    commands: tuple[tuple[str, ...], ...], environments: int, folder: Path
) -> Mapping[tuple[str, ...], set[bytes]]:
    """Give what each command writes, the file in that folder, in a process of each of so many environments."""
    file = folder / "spooler – é.bs"
    file.write_text(PRINT_QUEUE, encoding="utf-8")
    made: dict[tuple[str, ...], set[bytes]] = {words: set() for words in commands}
    for environment, jobs, place in ENVIRONMENTS[:environments]:
        asked = list[str]()
        for words in commands:
            asked += (word.replace("FILE", str(file)) for word in words)
            asked += ("--jobs", jobs, ";") if words[0] == "check" else (";",)
        done = subprocess.run(
            [sys.executable, "-c", EACH, *asked],
            cwd=folder / place, env=os.environ | environment, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        *each, rest = done.stdout.split(END)
        assert rest == b""
        for words, output in zip(commands, each, strict=True):
            seconds = rb'("seconds": |(?<=case" )time="|suite [^>]*\btime=")[\d.]+'
            made[words].add(re.sub(seconds, rb"\1", output))
    return made


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("everywhere")


def named(words: tuple[str, ...]) -> str:
    return "-".join((words[0], words[-1]))


@pytest.mark.parametrize(
    ("commands", "environments", "words"),
    [
        *(pytest.param(MADE, 2, words, id=named(words)) for words in MADE),
        *(
            pytest.param((*MADE, *FORMS), 3, words, id=f"{named(words)}-3", marks=pytest.mark.campaign)
            for words in (*MADE, *FORMS)
        ),
    ],
)
def test_the_same_bytes_come_out_everywhere(
    commands: tuple[tuple[str, ...], ...], environments: int, words: tuple[str, ...], place: Path
) -> None:
    """Whatever the hash seed, the locale, the folder and the number of processes; how long it took is left out."""
    (made,) = made_everywhere(commands, environments, place)[words]
    assert made
