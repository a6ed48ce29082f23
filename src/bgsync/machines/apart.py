"""A user's machine, loaded and run in a process of its own: with a time limit, and what it prints apart."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from bgsync.files import write
from bgsync.machines.behaviour import Behaviour
from bgsync.machines.check import MachineReport
from bgsync.machines.loading import load_machine
from bgsync.machines.others import is_chart
from bgsync.machines.table import MachineError
from bgsync.sources import SourceError, program

SECONDS = 60.0
"""How long a check may take where nothing is said of it."""
_GRACE = 3.0
T = TypeVar("T")


@dataclass(frozen=True)
class Wish:
    """What is asked of a machine; `target` is path/to/file.py:name, REV:path/to/file.py:name or module:name."""

    target: str
    data: bool = False
    automatic: bool | None = None
    stubs: tuple[str, ...] = ()
    limit: int | None = None
    seconds: float = SECONDS


Task = Literal["check", "behaviour"]


def check_apart(wish: Wish) -> tuple[MachineReport, str]:
    """Check a machine in another process; give the report, and what the user's code printed. Raises MachineError."""
    return _apart(wish, "check", MachineReport)


def behaviour_apart(wish: Wish) -> tuple[Behaviour, str]:
    """Give all that a machine does, and what the user's code printed. Raises MachineError."""
    return _apart(wish, "behaviour", Behaviour)


def _apart(wish: Wish, task: Task, kind: type[T]) -> tuple[T, str]:
    with _unpacked(wish.target) as (target, said_of), tempfile.TemporaryDirectory(prefix="bgsync-") as folder:
        answer, printed = Path(folder, "answer"), Path(folder, "printed")
        asked = msgspec.json.encode((replace(wish, target=target), task, sys.path, str(answer)))
        with printed.open("wb") as out:
            child = subprocess.Popen(
                [sys.executable, "-c", _CHILD, asked.decode()], stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
            try:
                child.wait(wish.seconds + _GRACE)
            except subprocess.TimeoutExpired:
                raise MachineError(
                    f"{wish.target}: still running after {wish.seconds:g} s; make the file import without starting "
                    "what it is for, stub the callback that waits (--stub NAME), or allow more (--time SECONDS)"
                ) from None
            finally:
                child.kill()
                child.wait()
        said = printed.read_text("utf-8", "replace")
        if not answer.exists():
            last = next((line for line in reversed(said.splitlines()) if line.strip()), "it said nothing")
            raise MachineError(
                f"{wish.target}: its process ended with status {child.returncode} ({' '.join(last.split())}); "
                "make the file import without ending the process"
            )
        got = answer.read_bytes().replace(*said_of) if said_of[0] else answer.read_bytes()
    if got.startswith(b"!"):
        raise MachineError(got[1:].decode())
    return msgspec.json.decode(got, type=kind), said


@contextmanager
def _unpacked(target: str) -> Iterator[tuple[str, tuple[bytes, bytes]]]:
    """Put what a revision has into a folder meanwhile; give the target there, and how users call the folder."""
    place, _, name = (target, "", "") if is_chart(target) else target.rpartition(":")
    revision, colon, path = place.rpartition(":")
    if not colon or os.path.lexists(place):
        yield target, (b"", b"")
        return
    try:
        wanted, files = program(revision, path)
    except SourceError as error:
        raise MachineError(str(error)) from None
    with tempfile.TemporaryDirectory(prefix="bgsync-") as folder:
        for each, content in files.items():
            file = Path(folder, each)
            file.parent.mkdir(parents=True, exist_ok=True)
            write(file, content)
        yield f"{folder}/{wanted}" + (f":{name}" if name else ""), (f"{folder}/".encode(), f"{revision}:".encode())


_CHILD = "import json, sys; sys.path[:] = json.loads(sys.argv[1])[2]; from bgsync.machines.apart import main; main()"


def main() -> None:
    """Do what the process was started for."""
    wish, task, _, answer = msgspec.json.decode(sys.argv[1], type=tuple[Wish, Task, list[str], str])
    sys.argv[1:] = []
    place = wish.target.rpartition(":")[0]
    folder = str(Path(place).absolute().parent) if place.endswith(".py") else os.getcwd()
    sys.path[:] = [folder, *sys.path, os.getcwd()]  # for what is imported only when a callback runs, too
    try:
        loaded = load_machine(wish.target)
        sys.argv[0] = place
        ask = loaded.check if task == "check" else loaded.behaviour
        report = ask(data=wish.data, stubs=wish.stubs, automatic=wish.automatic, limit=wish.limit, seconds=wish.seconds)
        got = msgspec.json.encode(report)
    except MachineError as error:
        got = b"!" + str(error).encode()
    write(answer, got)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # threads of the user's are not waited for
