"""Where nothing was looked at, nothing holds: the report says so, and the exit status is not 0."""

from pathlib import Path

from tests.command import run
from tests.specs import HEAD

PLAIN = "\nThe printer hums.\n\n1. Hum.\n1. Stop.\n"


def test_a_text_of_which_nothing_is_explored_is_not_said_to_hold(tmp_path: Path) -> None:
    file = tmp_path / "hum.bs"
    file.write_text(HEAD + PLAIN, encoding="utf-8")
    result = run("check", str(file), "--property", "promise-settles")
    assert "no step of an algorithm was found" in result.stdout
    assert result.exit_code == 3
