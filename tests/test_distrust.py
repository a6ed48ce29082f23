"""Sentences that look as if more were meant than was read are distrusted, and what they add is not dropped."""

from __future__ import annotations

from pathlib import Path

import pytest

from bgsync.language import statements as s
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.inline import sentence_of
from bgsync.prose.steps import StepsReader
from tests.sample import sample

LEXICON = Lexicon()


def why(text: str) -> str:
    sentence = sentence_of(text)
    assert sentence is not None
    reader = StepsReader("oil", "mill.bs", LEXICON)
    return "; ".join(reader.understand(sentence, reader.origin(sentence, (1,))).unread)


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Set |x|'s [=sail=].", "set to what the sentence does not say"),
        ("Let |x| be open.", "taken for a value"),
        ("Return [=a promise rejected with=] |x| if |y| is not |z|, or |a| if |b|.", ""),
        ("If this threw an exception |e|, return |e|.", "more than a condition"),
        ("Replace |x| with |y|, not |z|.", ""),
        ("Wait until one of the following happens:", "more than a condition"),
        ("Remove |x| from |y| and the [=list of sacks=].", "taken for what is done"),
        ("If |x| is 1, or |y| is 2, and |z| is 3, return.", "can be read in two ways"),
        ("Let |x| be an algorithm that grinds |y|.", ""),
        ("Let |x| be |y|, [=husk removed=].", ""),
        ("Set |x|'s [=sail=] and the [=mast=] to 1.", ""),
        ("If |wheel|'s [=origin=] and |x| is 1, return.", "taken for a condition"),
        ("Let |x| be |y|'s [=sail=], [=furl|furled=].", "taken for what is done"),
        ("If |x| is fit for the use of |y|, return |z|, [=furl|furled=].", ""),
        ("Let |x| be a function that returns a sack.", ""),
        ("Remove all sacks from |x|.", ""),
        ("Set |x| and |y| to the result of [=grinding=] |z|.", ""),
        ("This fails with a {{TypeError}}.", ""),
        ("Let |x| be the wheel with the following [=spokes=].", ""),
    ],
)
def test_what_looks_wrong_is_distrusted(sentence: str, told: str) -> None:
    found = sentence_of(sentence)
    assert found is not None
    reader = StepsReader("oil", "mill.bs", LEXICON)
    one = reader.understand(found, reader.origin(found, (1,)))
    assert not one.understood
    assert told in why(sentence)


EXAMPLES = [
    line.rsplit(" = ", 1)[0]
    for line in Path(__file__).with_name("sentences.txt").read_text(encoding="utf-8").splitlines()
    if " = " in line and ". = " in line
]
MODIFIERS = [
    "unless |c| is true", "except for |d|", "twice", "at most once", "after 5 seconds", "before returning", "again",
    "instead of |y|", "without telling anybody", "in reverse order", "as needed", "later", "when the desk opens",
    "for the first time", "where possible", "every day", "and wait", "but not |d|", "which is overdue", "or |y|",
]  # fmt: skip


@pytest.mark.parametrize("modifier", sample({modifier: modifier for modifier in MODIFIERS}, 5))
def test_what_a_sentence_adds_is_not_dropped(modifier: str) -> None:
    for at, sentence in enumerate(EXAMPLES):
        if (at + MODIFIERS.index(modifier)) % 4:
            continue
        longer = f"{sentence[:-1]}{' ' if at % 2 else ', '}{modifier}."
        short, long = understood(sentence), understood(longer)
        assert short is None or long is None or short != long, longer


def understood(text: str) -> tuple[s.Statement, ...] | None:
    """Give what a sentence is read as, if it is understood."""
    sentence = sentence_of(text)
    assert sentence is not None
    reader = StepsReader("oil", "mill.bs", LEXICON)
    one = reader.understand(sentence, reader.origin(sentence, (1,)))
    return one.statements if one.understood else None


@pytest.mark.parametrize("sentence", [
    "For each old |x| of |y|, return.",
    "Upon rejection of |p|, or if the miller was not stopped, return.", "Continue with the next sack twice.",
])  # fmt: skip
def test_what_says_which_is_meant_is_not_dropped(sentence: str) -> None:
    assert understood(sentence) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "Return `true`.",
        "Set |x|'s [=open flag=].",
        "If |x| is found, return failure.",
        "If |x| is null or a {{Mill}}, return.",
    ],
)
def test_what_only_looks_unusual_is_not_distrusted(sentence: str) -> None:
    assert why(sentence) == ""
