"""How lines of a report are wrapped: in a terminal between words, elsewhere not at all."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bgsync.report.lines import put

WORDS = st.lists(st.text("ab:/.", min_size=1, max_size=30), min_size=1, max_size=20)


def printed(markup: str, hang: int, *, terminal: bool = True, width: int = 40) -> list[str]:
    file = io.StringIO()
    put(Console(file=file, width=width, force_terminal=terminal, color_system=None), markup, hang)
    return file.getvalue().splitlines()


@given(words=WORDS, hang=st.integers(0, 30))
def test_a_line_in_a_terminal_is_wrapped_between_words_and_goes_on_under_its_text(words: list[str], hang: int) -> None:
    lines = printed(" ".join(words), hang)
    assert " ".join(lines).split() == words, "no word is broken"
    assert all(len(line) <= max(40, hang + 20) or len(line.split()) == 1 for line in lines)
    assert all(line.startswith(" " * hang) for line in lines[1:])


def test_elsewhere_it_stays_one_line() -> None:
    assert printed("word " * 40, 4, terminal=False) == ["word " * 40]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("  two words", ["  two words"]),
        ("\na title", ["", "a title"]),
        ("one\n" + "two " * 11, ["one", "two " * 9 + "two", "  two"]),
    ],
)
def test_an_indent_and_a_line_that_begins_anew_stay(text: str, lines: list[str]) -> None:
    assert printed(text, 2) == lines
