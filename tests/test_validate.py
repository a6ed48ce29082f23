"""Logs of what a page, a worker or a browser did: explained by the text, or not from some line on."""

from pathlib import Path

import pytest

from bgsync.fuzz.text import TextOracle
from bgsync.fuzz.validate import LogError, Verdict, validate
from bgsync.shipped.model.background_sync.observing import OBSERVING
from tests.command import run

REGISTERED = '{"do": "register", "tag": "t1", "result": null}'
FULFILLED = '{"do": "fulfil", "tag": "t1"}'
REJECTED = '{"do": "reject", "tag": "t1"}'
EVENT = '{"event": "t1", "lastChance": false}'
REST = '{"rest": true}'
NONE = '{"tags": []}'


@pytest.fixture(scope="module")
def text() -> TextOracle:
    return TextOracle(OBSERVING, ["t1"])


def judged(text: TextOracle, *lines: str) -> Verdict:
    return validate(text, lines)


@pytest.mark.parametrize(
    "log",
    [
        (REGISTERED, EVENT, FULFILLED, NONE, REST),
        (REGISTERED, REGISTERED, EVENT, FULFILLED, EVENT, FULFILLED, REST, NONE),
        (REGISTERED, EVENT, REJECTED, EVENT, FULFILLED, REST),  # a retry without delay
        (REGISTERED, EVENT, REJECTED, REGISTERED, EVENT),
        (REGISTERED, EVENT, REJECTED, REST, '{"tags": ["t1"]}'),
        ('{"do": "revoke"}', '{"do": "register", "tag": "t1", "result": "NotAllowedError"}', NONE),
    ],
)
def test_what_the_text_allows_is_explained(text: TextOracle, log: tuple[str, ...]) -> None:
    assert str(judged(text, *log)) == f"explained: all {len(log)} lines"


@pytest.mark.parametrize(
    ("log", "allowed"),
    [
        ((EVENT,), ()),
        ((REGISTERED, EVENT, EVENT), ()),
        ((REGISTERED, REST), ("event t1", "event t1 (last chance)")),
        ((REGISTERED, EVENT, REJECTED, REGISTERED, REST), ("event t1", "event t1 (last chance)")),
        ((REGISTERED, REGISTERED, EVENT, FULFILLED, REST), ("event t1", "event t1 (last chance)")),
        ((REGISTERED, NONE), ("tags: t1",)),
        (('{"do": "register", "tag": "t1", "result": "NotAllowedError"}',), ("register t1: resolved",)),
        ((REGISTERED, FULFILLED), ()),
    ],
)
def test_the_first_line_that_cannot_be_is_named_with_what_was_allowed(
    text: TextOracle, log: tuple[str, ...], allowed: tuple[str, ...]
) -> None:
    verdict = judged(text, *log)
    assert (verdict.line, verdict.said, verdict.allowed) == (len(log), log[-1], allowed)


@pytest.mark.parametrize("line", ["{", "3", "{}", '{"do": "dance"}', '{"event": "t7"}'])
def test_what_is_no_log_is_refused_with_its_line(text: TextOracle, line: str) -> None:
    with pytest.raises(LogError, match="line 2: this is no line of a log"):
        judged(text, REGISTERED, line)


def test_a_log_is_validated_on_the_command_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for lines, status, says in (((REGISTERED, EVENT), 0, "explained"), ((EVENT,), 1, "line 1 is not explained")):
        log.write_text("\n".join(lines))
        result = run("validate", str(log))
        assert (result.exit_code, says in result.stdout) == (status, True), result.output
