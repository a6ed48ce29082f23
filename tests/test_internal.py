"""An error of bgsync itself is one line and its own exit status, never that of something violated."""

import pytest

from bgsync.system.effects import Effects
from bgsync.system.turns import interpreter_of
from tests.command import run

CHECK = ["check", "one-off", "--granularity", "algorithm", "--calls", "1"]


def fails(*_: object) -> None:
    raise IndexError("out of\nrange")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_internal_error_is_one_line_with_its_place_and_the_step_of_the_text(
    monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    monkeypatch.setattr(Effects, "_do_set", fails)
    interpreter_of.cache_clear()  # what was worked out by another test would not be run
    result = run(*CHECK, "--jobs", jobs)
    assert (result.exit_code, result.stdout) == (70, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("internal error: IndexError: out of range, ")
    assert "in bgsync/system/run.py:" in line
    assert ", at register 5.1" in line
    assert "please report" in line


def test_the_traceback_of_an_internal_error_is_shown_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Effects, "_do_set", fails)
    monkeypatch.setenv("BGSYNC_TRACEBACK", "1")
    result = run(*CHECK, "--jobs", "1")
    assert result.exit_code == 70
    assert "Traceback (most recent call last)" in result.stderr
