"""Adapters in any language: lines of JSON on standard input and output. Without Node those in it are skipped."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgsync.driving import Unable
from bgsync.fuzz.adapter import AdapterError
from bgsync.fuzz.lines import Lines
from tests.command import run

NODE = shutil.which("node")
REFERENCE = Path(__file__).with_name("adapter.mjs")
needs_node = pytest.mark.skipif(NODE is None, reason="no Node on this machine: apt-get install nodejs")


def program(body: str) -> list[str]:
    """Give a command that answers each question with what an expression gives of `q`."""
    loop = f"import json, sys\nfor line in sys.stdin:\n    q = json.loads(line)\n    print({body}, flush=True)\n"
    return [sys.executable, "-c", loop]


METHODS = 'json.dumps({"result": ["reset", "events", "odd", "dies"]}) if q["do"] == "methods" else '


@pytest.fixture
def odd() -> Iterator[Lines]:
    answers = '{"odd": \'{"unable": true}\', "events": \'{"error": "no luck"}\'}.get(q["do"]) or sys.exit(3)'
    made = Lines(program(METHODS + answers))
    yield made
    made.close()


@needs_node
def test_the_reference_in_javascript_survives() -> None:
    result = run("fuzz", "--command", f"node {REFERENCE}", "--examples", "20")
    assert "a difference" not in result.stdout, result.stdout
    assert result.exit_code in (0, 3)
    assert "without restart, untested: restart" in result.stdout


@needs_node
def test_a_wrong_one_in_javascript_is_found_and_its_test_starts_it(tmp_path: Path) -> None:
    test = tmp_path / "test_it.py"
    words = ["fuzz", "--command", f"node {REFERENCE} --forgets", "--examples", "20", "--test", str(test)]
    result = run(*words)
    assert result.exit_code == 1
    assert "1. register t1  resolved; event t1" in result.stdout
    assert "from bgsync.fuzz.lines import Lines" in test.read_text()


def test_what_cannot_be_done_just_now_is_passed_over(odd: Lines) -> None:
    with pytest.raises(Unable):
        odd.odd()  # type: ignore[attr-defined]


def test_what_went_wrong_is_told_and_a_program_that_ended_is_started_again(odd: Lines) -> None:
    with pytest.raises(RuntimeError, match="no luck"):
        odd.events()  # type: ignore[attr-defined]
    for _ in range(2):
        with pytest.raises(RuntimeError, match="the program ended, with status 3"):
            odd.dies()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["/nowhere"], "/nowhere: it cannot be started"),
        (program("'hello'"), "it answered 'hello': that is no answer"),
        (program("json.dumps({'result': 3})"), "it answered 3: give a list of names"),
    ],
)
def test_a_program_that_speaks_otherwise_is_refused(command: list[str], says: str) -> None:
    with pytest.raises(AdapterError, match=says):
        Lines(command)
