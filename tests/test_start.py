"""Signals end the command soon, wherever it is, as they are documented, and nothing of it stays."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processor time is read from /proc")

CHECK = "from bgsync.start import main; main()"
STUBBORN = """
import click, os, sys, time, types
from bgsync import cli, start

class Slow:
    def __del__(self):
        print("finalizing", flush=True)
        while True:
            sum(range(1_000_000))

@click.command()
@click.argument("how")
def work(how):
    if how == "unhurried":
        start.unhurried()
    if how == "elsewhere":
        from multiprocessing import Pool
        pool = Pool(2)
        pool.map_async(time.sleep, [600, 600])
    if how == "finalizing":
        Slow()
    until = None
    while until is None or time.process_time() < until:
        try:
            print("working", flush=True)
            time.sleep(600) if how == "elsewhere" else sum(range(1_000_000))
        except KeyboardInterrupt:
            until = time.process_time() + (0 if how in ("soon", "finalizing") else 600)
    sys.exit(3)

sys.modules["stubborn"] = types.SimpleNamespace(work=work)
cli.COMMANDS["work"] = ("stubborn:work", "")
start.GRACE, start.ALONE = 0.3, 0.05
start.main()
"""
"""A command that goes on after Ctrl-C: with its own processor, waiting for processes, or to its end that is near."""


class Running:
    """A command in a process group of its own."""

    def __init__(self, folder: Path, code: str, *words: str) -> None:
        self.out, self.err = folder / "out", folder / "err"
        with self.out.open("w") as out, self.err.open("w") as err:
            command = [sys.executable, "-c", code, *words]
            self.process = subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True)

    @property
    def used(self) -> float:
        """The processor time of the first process, in seconds."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    @property
    def group(self) -> list[str]:
        """The processes of the group that are there, in any state but dead."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                _, _, rest = stat.read_text().rpartition(")")
            except OSError:
                continue
            if rest.split()[2] == str(self.process.pid) and rest.split()[0] != "Z":
                found.append(stat.parent.name)
        return found

    def end(self, number: int) -> float:
        """Send a signal, wait for the end of all, and give the processor time that this took."""
        before = self.used
        self.process.send_signal(number)
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        wait_until(lambda: not self.group, lambda: f"left behind: {self.group}")
        return usage.ru_utime + usage.ru_stime - before


@contextmanager
def running(folder: Path, code: str, *words: str) -> Iterator[Running]:
    command = Running(folder, code, *words)
    try:
        yield command
    finally:
        if command.group:
            os.killpg(command.process.pid, signal.SIGKILL)
        if command.process.returncode is None:
            command.process.wait()


def used(seconds: float) -> Callable[[Running], bool]:
    return lambda command: command.used > seconds


def with_workers(command: Running) -> bool:
    return len(command.group) == 3


MOMENTS = {
    "at its start": ("--tags 3 --jobs 1", used(0.3)),
    "telling of millions of states": ("--tags 3 --jobs 1", used(3)),
    "in one tag": ("--with terminated --jobs 1", used(1)),
    "with workers": ("--jobs 2", with_workers),
}


@pytest.mark.parametrize(("words", "when"), MOMENTS.values(), ids=MOMENTS)
def test_ctrl_c_ends_a_check_within_two_seconds_of_processor_time(
    tmp_path: Path, words: str, when: Callable[[Running], bool]
) -> None:
    with running(tmp_path, CHECK, "check", *words.split()) as command:
        wait_until(lambda: when(command), command.err.read_text)
        assert command.end(signal.SIGINT) < 2
        assert command.process.returncode == 3, command.err.read_text()
        told = command.err.read_text()
        assert told.count("\n") == 1
        assert told.startswith("interrupted")


@pytest.mark.parametrize("moment", ["at its start", "with workers"])
def test_sigterm_ends_a_check_as_ctrl_c_does(tmp_path: Path, moment: str) -> None:
    words, when = MOMENTS[moment]
    with running(tmp_path, CHECK, "check", *words.split()) as command:
        wait_until(lambda: when(command), command.err.read_text)
        assert command.end(signal.SIGTERM) < 2
        assert command.process.returncode == 3, command.err.read_text()
        assert command.err.read_text().startswith("interrupted")


@pytest.mark.parametrize("how", ["here", "elsewhere"])
def test_what_goes_on_after_ctrl_c_is_ended(tmp_path: Path, how: str) -> None:
    with running(tmp_path, STUBBORN, "work", how) as command:
        wait_until(lambda: "working" in command.out.read_text(), command.err.read_text)
        assert command.end(signal.SIGINT) < 1
        assert command.process.returncode == 3, command.err.read_text()
        assert command.err.read_text() == "interrupted; the report would have taken too long\n"


def test_what_ends_soon_after_ctrl_c_ends_as_it_wants(tmp_path: Path) -> None:
    with running(tmp_path, STUBBORN, "work", "soon") as command:
        wait_until(lambda: "working" in command.out.read_text(), command.err.read_text)
        command.end(signal.SIGINT)
        assert command.process.returncode == 3, command.err.read_text()
        assert command.err.read_text() == ""


def test_ctrl_c_amid_what_python_does_by_itself_interrupts_what_comes_next(tmp_path: Path) -> None:
    with running(tmp_path, STUBBORN, "work", "finalizing") as command:
        wait_until(lambda: "finalizing" in command.out.read_text(), command.err.read_text)
        command.end(signal.SIGINT)
        assert command.process.returncode == 3, command.err.read_text()
        assert command.err.read_text() == ""


def test_what_has_something_to_save_is_not_ended(tmp_path: Path) -> None:
    with running(tmp_path, STUBBORN, "work", "unhurried") as command:
        wait_until(lambda: "working" in command.out.read_text(), command.err.read_text)
        command.process.send_signal(signal.SIGINT)
        before = command.used
        wait_until(lambda: command.used > before + 0.6, command.err.read_text)


def test_processes_that_work_for_one_that_was_killed_end_themselves(tmp_path: Path) -> None:
    with running(tmp_path, STUBBORN, "work", "elsewhere") as command:
        wait_until(lambda: len(command.group) == 3, command.err.read_text)
        command.end(signal.SIGKILL)


def test_ctrl_c_while_it_is_being_loaded_ends_it_without_a_word(tmp_path: Path) -> None:
    code = "import sys\nfrom bgsync import start\nsys.modules['bgsync.cli'] = type(sys)('x')\n"
    code += "def wait(name):\n    print('loading', flush=True)\n    import time\n    time.sleep(600)\n"
    code += "sys.modules['bgsync.cli'].__getattr__ = wait\nstart.main()\n"
    with running(tmp_path, code) as command:
        wait_until(lambda: "loading" in command.out.read_text(), command.err.read_text)
        command.end(signal.SIGINT)
        assert command.process.returncode == -signal.SIGINT
        assert command.err.read_text() == ""


def test_who_wants_ctrl_c_ignored_has_it_ignored(tmp_path: Path) -> None:
    code = f"import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n{STUBBORN}"
    with running(tmp_path, code, "work", "soon") as command:
        wait_until(lambda: "working" in command.out.read_text(), command.err.read_text)
        command.process.send_signal(signal.SIGINT)
        used = command.used
        wait_until(lambda: command.used > used + 0.1)
        assert command.process.poll() is None


WRITING = """
import os, pathlib, signal
from bgsync import files, start

signal.signal(signal.SIGTERM, start._terminated)
os.fsync = lambda number: os.kill(os.getpid(), signal.SIGTERM)
files.write("report.txt", "all of it")
"""


def test_nothing_half_written_stays_where_sigterm_comes_while_a_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text("the old one", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", WRITING], cwd=tmp_path, check=False)
    assert done.returncode == -signal.SIGTERM
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [
        ("report.txt", "the old one")
    ]


AMID = """
import os, signal, time
from multiprocessing import popen_fork, util

class Interrupted(util.Finalize):
    def __init__(self, *given, **named):
        if given[1].__name__ == "_terminate_pool":
            os.kill(os.getpid(), signal.SIGINT)
        super().__init__(*given, **named)

class Slow(popen_fork.Popen):
    def terminate(self):
        super().terminate()
        time.sleep(0.5)

util.Finalize, popen_fork.Popen = Interrupted, Slow
"""
"""Ctrl-C comes after the threads of a pool have begun, and before it is known how they end; they see a process end."""


def test_ctrl_c_while_the_workers_are_being_made_leaves_none_of_them(tmp_path: Path) -> None:
    with running(tmp_path, AMID + CHECK, "check", "--jobs", "2") as command:
        wait_until(lambda: command.process.poll() is not None and not command.group, command.err.read_text)
        assert command.process.returncode == 3
        assert command.err.read_text().startswith("interrupted")
