"""`bgsync watch` as its user runs it: a process, a file, and editors that save in every way there is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bgsync.watch import Saves, settled
from tests.command import run
from tests.specs import PRINT_QUEUE
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a POSIX signal")

BROKEN = PRINT_QUEUE.replace("If |job| is null:", "If |job| is not null:")
pytestmark = pytest.mark.usefixtures("explored_once")  # what is looked at is when a check begins

FAST = ("--granularity", "algorithm", "--calls", "1", "--property", "one-event", "--property", "receiver")
"""Few states: it is the saving that is tested here."""


class Running:
    """A `bgsync watch` that runs, and the text that it watches."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.file, self.told = folder / "print.bs", folder / "told"
        self.file.write_text(PRINT_QUEUE, encoding="utf-8")
        with self.told.open("w") as out:
            command = [sys.executable, "-m", "bgsync.cli", "watch", str(self.file), *FAST, *options]
            self.process = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, cwd=Path(__file__).parents[1]
            )

    @property
    def text(self) -> str:
        return self.told.read_text(encoding="utf-8")

    def wait(self, words: str, times: int = 1) -> None:
        """Wait until it has said something so often."""

        def said() -> bool:
            assert self.text.count(words) >= times or self.process.poll() is None, self.text
            return self.text.count(words) >= times

        wait_until(said, lambda: f"{words!r} {times} times; but:\n{self.text}")

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        wait_until(lambda: self.process.poll() is not None, lambda: f"no end; but:\n{self.text}")
        return self.process.returncode


@pytest.fixture
def watching() -> Iterator[Callable[..., Running]]:
    """Start what watches, and leave none behind, however the test ends."""
    with ExitStack() as ending:

        def start(folder: Path, *options: str) -> Running:
            found = Running(folder, *options)
            ending.callback(found.process.wait)
            ending.callback(found.process.kill)
            return found

        yield start


@pytest.fixture
def running(watching: Callable[..., Running], tmp_path: Path) -> Running:
    found = watching(tmp_path)
    found.wait("every state was looked at")
    return found


def by_rename(file: Path, text: str) -> None:
    other = file.with_suffix(".tmp")
    other.write_text(text, encoding="utf-8")
    os.replace(other, file)


def by_backup(file: Path, text: str) -> None:
    """As editors do that keep the old one: the file is missing for a moment."""
    os.replace(file, file.with_suffix(".bs~"))
    time.sleep(0.05)
    file.write_text(text, encoding="utf-8")


def in_pieces(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8") as out:
        for start in range(0, len(text), len(text) // 3):
            out.write(text[start : start + len(text) // 3])
            out.flush()


def in_place(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def test_however_an_editor_saves_it_is_noticed(running: Running) -> None:
    for number, way in enumerate((in_place, by_rename, by_backup, in_pieces), start=1):
        way(running.file, PRINT_QUEUE.replace("Let |alone| be true.", f"Let |alone| be true. <!-- {number} -->"))
        running.wait("the reading says nothing new: nothing was explored", number)
    by_rename(running.file, BROKEN)
    running.wait("8 changed")
    running.wait("every state was looked at", 2)
    assert "cannot be checked" not in running.text
    assert running.interrupt() == 0
    assert running.text.rstrip().endswith("ended")
    assert "Traceback" not in running.text


def test_what_is_wrong_with_the_file_is_said_and_the_next_save_is_waited_for(running: Running) -> None:
    in_place(running.file, "")
    running.wait("empty; name a file that holds a spec")
    in_place(running.file, PRINT_QUEUE[:400])
    running.wait("is it half written?")
    running.file.unlink()
    running.wait("no such file or folder")
    running.file.write_bytes(b"\xff\xfe\x00broken\x00" * 40)
    running.wait("cannot be checked", 4)
    running.file.unlink()
    running.file.mkdir()
    running.wait("cannot be checked", 5)
    running.file.rmdir()
    in_place(running.file, PRINT_QUEUE)
    running.wait("the reading says nothing new")
    assert running.interrupt() == 0


def test_a_folder_that_goes_and_comes_back_is_watched_again(watching: Callable[..., Running], tmp_path: Path) -> None:
    folder = tmp_path / "spec"
    folder.mkdir()
    watched = watching(folder)
    watched.told = folder / "told"
    watched.wait("every state was looked at")
    told = tmp_path / "told"
    os.link(watched.told, told)
    watched.told = told
    os.replace(folder, tmp_path / "elsewhere")
    watched.wait("no such file or folder")
    folder.mkdir()
    in_place(folder / "print.bs", BROKEN)
    watched.wait("8 changed")
    assert watched.interrupt() == 0


def test_a_save_that_changes_nothing_says_nothing(running: Running) -> None:
    os.utime(running.file)
    in_place(running.file, PRINT_QUEUE)
    time.sleep(0.5)
    in_place(running.file, BROKEN)
    running.wait("8 changed")
    assert "save 2" in running.text
    assert "save 3" not in running.text


def test_the_sidecar_is_watched_too(running: Running) -> None:
    beside = running.file.with_name("print.bs.read-as.toml")
    beside.write_text("[[sentence]]\nkey = 'nonsense'\nread_as = 'nothing'\n", encoding="utf-8")
    running.wait("cannot be checked")
    beside.unlink()
    running.wait("the reading says nothing new")


def test_the_page_is_written_again_after_a_save(watching: Callable[..., Running], tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    watched = watching(tmp_path, "--html", str(page))
    watched.wait("every state was looked at")
    wait_until(page.exists)
    before = page.read_text(encoding="utf-8")
    in_place(watched.file, BROKEN)
    watched.wait("every state was looked at", 2)
    watched.interrupt()
    assert "job is not null" in page.read_text(encoding="utf-8")
    assert "job is not null" not in before


def test_ctrl_c_in_the_middle_of_a_check_ends_it(watching: Callable[..., Running], tmp_path: Path) -> None:
    watched = watching(tmp_path, "--granularity", "both", "--calls", "3", "--tags", "2")
    watched.wait("looking further")
    assert watched.interrupt() == 0
    assert watched.text.rstrip().endswith("ended")


def test_a_file_that_is_not_there_at_the_start_is_bad_input(tmp_path: Path) -> None:
    result = run("watch", str(tmp_path / "nothing.bs"))
    assert result.exit_code == 2
    assert "does not exist" in result.output


def test_without_the_extra_the_repair_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    file = tmp_path / "print.bs"
    file.write_text(PRINT_QUEUE, encoding="utf-8")
    result = run("watch", str(file))
    assert result.exit_code == 2
    assert '-m pip install "bgsync[watch]"' in result.output


def noticed(file: Path, saves: Saves) -> bool:
    """Save a file, again and again until it is watched, and say whether that was noticed."""
    file.write_text(f"{time.monotonic()}", encoding="utf-8")
    return saves.wait(0.3)


def test_a_link_is_followed_to_the_file_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "a.bs", tmp_path / "b.bs"
    real.write_text("one", encoding="utf-8")
    link.symlink_to(real)
    saves = Saves((link,))
    try:
        wait_until(lambda: noticed(real, saves))
    finally:
        saves.end()


def test_a_file_that_stays_missing_or_empty_is_given_up_after_a_while(tmp_path: Path) -> None:
    file = tmp_path / "a.bs"
    assert settled(file) is None
    file.write_bytes(b"")
    assert settled(file) == b""
    file.write_bytes(b"x")
    assert settled(file) == b"x"
