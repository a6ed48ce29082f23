"""The command line, run in this process as its users run it; what only a process of its own shows is run in one."""

import io
import math
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TextIO

import pytest
from click.testing import CliRunner, Result

from bgsync.cli import main
from tests.waiting import PATIENCE

BGSYNC = (sys.executable, "-m", "bgsync.cli")


def run(*words: str, given: str | None = None) -> Result:
    """Run a command in this process alone. An exception that it does not answer itself is raised."""
    alone = ("--jobs", "1") if words[:1] == ("check",) and "--jobs" not in words else ()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bgsync.cli.common.SELDOM", math.inf)  # how far it is depends on how fast the machine is
        return CliRunner().invoke(main, (*words, *alone), input=given, catch_exceptions=False)


def run_into(stream: TextIO, *words: str) -> tuple[int, str]:
    """Run a command here with a stream as its standard output. Gives its status, and what it says of errors."""
    said = io.StringIO()
    with redirect_stdout(stream), redirect_stderr(said), pytest.raises(SystemExit) as ended:
        main(words)
    assert isinstance(ended.value.code, int)
    return ended.value.code, said.getvalue()


def run_apart(folder: Path, *words: str, shell: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own and a folder, or a line of a shell in which "$@" is the command."""
    command = ["bash", "-c", shell, "bash", *BGSYNC, *words] if shell else [*BGSYNC, *words]
    return subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, encoding="utf-8", errors="replace",
        check=False, stdin=subprocess.DEVNULL, timeout=10 * PATIENCE,
    )  # fmt: skip


def loaded_by(folder: Path, *words: str, **environment: str) -> tuple[str, set[str]]:
    """Run a command in a process of its own. Gives what it says, and the modules that are loaded when it has ended."""
    script = "import atexit, sys; from bgsync.start import main\n"
    script += "atexit.register(lambda: print(*sys.modules, file=open('modules', 'w'))); main()"
    command = [sys.executable, "-c", script, *words]
    there = os.environ | environment
    done = subprocess.run(command, cwd=folder, env=there, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout, {*(folder / "modules").read_text().split()}
