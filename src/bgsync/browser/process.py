"""A program with a folder of its own, of which nothing is left however it and we end.

Whoever starts it may be killed before cleaning up. So a guard is started first: a shell that waits for the end of a
pipe which we alone hold open. Then it ends the program's process group, and removes the folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

GUARD = """
while read -r line; do group=$line; done
test -z "$group" || kill -s KILL -- "-$group" 2>/dev/null
for again in 1 2 3 4 5; do rm -rf -- "$1" && exit; sleep 0.2; done
"""
NOTHING: Mapping[str, str] = {}


class Guarded:
    """A folder, and the program that runs in it. `folder` is removed by `close`, or by the guard when we are gone."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bgsync-"))
        self.program: subprocess.Popen[bytes] | None = None
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def start(
        self, command: Sequence[str | Path], log: Path, keep: Sequence[int] = (), more: Mapping[str, str] = NOTHING
    ) -> None:
        """Start the program in a process group of its own; it keeps these descriptors of ours."""
        with log.open("wb") as said:
            self.program = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                pass_fds=keep,
                env=os.environ | more,
                cwd=self.folder,
            )
        self._tell(str(self.program.pid))

    def kill(self) -> None:
        """End the program and all that it started, at once."""
        if self.program is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.program.pid, signal.SIGKILL)
        self.program.wait()
        end = time.monotonic() + 5
        while _there(self.program.pid) and time.monotonic() < end:
            time.sleep(0.002)
        self.program = None
        self._tell("")

    def close(self) -> None:
        """End the program, and leave nothing behind."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        assert self._guard.stdin is not None
        with suppress(OSError):
            self._guard.stdin.close()
        self._guard.wait()

    def _tell(self, group: str) -> None:
        assert self._guard.stdin is not None
        self._guard.stdin.write(f"{group}\n".encode())
        self._guard.stdin.flush()


def _there(group: int) -> bool:
    """Whether a process group has a process that runs; one that nobody waits for does not."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            state, _, its_group, *_ = status.read_text().rpartition(")")[2].split()
            if int(its_group) == group and state not in "ZX":
                return True
    return False
