"""Sentences of invented specs, and what each is read as: every form of every table at least once."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bgsync.language import Member, ObjectType, say
from bgsync.language.expressions import parts
from bgsync.language.statements import NotUnderstood, Statement
from bgsync.language.traversal import body_of, expressions, walk
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.grammar.phrases import Unread
from bgsync.prose.grammar.sentences import Following, Sentences
from bgsync.prose.grammar.spans import ATTEMPTS, LONGEST
from bgsync.prose.grammar.words import words_of
from bgsync.prose.inline import read_back, sentence_of
from bgsync.prose.sidecar import SidecarError
from bgsync.prose.steps import StepsReader
from bgsync.prose.understood import SentenceRead

LEXICON = Lexicon()
LEXICON.add_type(
    ObjectType(
        "loan", "list of loans", (Member("loan state", ("out", "overdue", "returned"), "out"), Member("due date"))
    )
)
LEXICON.add_type(ObjectType("branch", "", ()))
LEXICON.lists["list of loans"] = "loan"
LEXICON.algorithms |= {"remind a reader": "remind a reader", "close the desk": "close the desk"}


def read(text: str, **given: str) -> SentenceRead:
    sentence = sentence_of(text)
    assert sentence is not None, text
    reader = StepsReader("lend", "library.bs", LEXICON, read_as=given)
    return reader.understand(sentence, reader.origin(sentence, (1,)))


def told(statements: tuple[Statement, ...]) -> str:
    """Say statements, with [] around what stands inside another, and a dot where steps follow."""
    return "; ".join("." if isinstance(each, Following) else _told(each) for each in statements)


def _told(each: Statement) -> str:
    body = body_of(each)
    bare = say(replace(each, body=()) if body else each)  # type: ignore[call-arg]
    return f"{bare} [{told(body)}]" if body else bare


EXAMPLES = [
    line.rsplit(" = ", 1)
    for line in Path(__file__).with_name("sentences.txt").read_text(encoding="utf-8").splitlines()
    if " = " in line
]


READ = cache(read)


def test_a_sentence_is_read_as() -> None:
    assert EXAMPLES
    found = {sentence: told(READ(sentence).statements) for sentence, _ in EXAMPLES}
    assert found == dict(EXAMPLES)
    assert {sentence: one.unread for sentence in found if not (one := READ(sentence)).understood} == {}


def test_what_is_read_is_the_language_and_nothing_of_the_reader() -> None:
    for sentence, _ in EXAMPLES:
        for statement in walk(READ(sentence).statements):
            for part in (part for whole in expressions(statement) for part in parts(whole)):
                plain = part is None or type(part) in (str, bool, int)
                assert plain or type(part).__module__ == "bgsync.language.expressions" or isinstance(part, Unread), part


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def test_every_form_is_used_by_some_example() -> None:
    used: set[tuple[str, str]] = set()
    for sentence in (*(sentence for sentence, _ in EXAMPLES), *_lines(NOT_UNDERSTOOD)):
        found = sentence_of(sentence)
        assert found is not None
        words = words_of(found)
        parser = Sentences(words, LEXICON)
        parser.parse("statement", 0, len(words))
        for (category, _, _), result in parser.derivation("statement", 0, len(words)):
            if result.form is not None and category in Sentences.grammar.tables:
                used.add((category, result.form.pattern))
        used |= {
            (category, form.pattern)
            for category, plainer in parser.plainer.items()
            if plainer != category
            for form in Sentences.grammar.tables[category].forms
            if form.build == 0 and form.least == 1
        }
    patterns = {
        (category, form.pattern) for category, table in Sentences.grammar.tables.items() for form in table.forms
    }
    assert sorted(patterns - used) == []


def test_a_sentence_takes_few_attempts_for_its_length() -> None:
    for sentence, _ in EXAMPLES:
        found = sentence_of(sentence)
        assert found is not None
        words = words_of(found)
        parser = Sentences(words, LEXICON)
        parser.parse("statement", 0, len(words))
        assert ATTEMPTS - parser.attempts <= 2 * len(words) ** 2 + 20, sentence


def test_a_sentence_is_read_back_as_it_was_read() -> None:
    assert [sentence for sentence, _ in EXAMPLES if not read_back(READ(sentence), LEXICON)] == []


NOT_UNDERSTOOD = """
Wait until |n| is 2, and under the condition that |m| is 1, return.
While |n| is 1, wait and set |a| to 2.
If the user agent is not [=online=], wait until it is, then set |a| to 2.
In parallel, but [=abort when=] |loan| is removed from |loans|, return.
Borrow |loan| until the desk closes.
[=Close the desk=] for |loan| when the reader is back.
Set |loan|'s [=due date=] to |day|, which counts from noon.
Set |x| to a copy of |loan| except for its [=due date=].
Set |x| to |y| (unless the desk is closed).
Let |x| be |y|, but not for |z|.
If |a| is 1, abort, and if |b| is 2, return.
If |a| is 1, 2, abort.
If |a| is 1, if |b| is 2, abort, otherwise the desk is closed for a while.
Run these steps, but abort when |x| is true:
Set |a| to 1, |b|.
Remove everything but |loan| from |loans|.
Let |x| be the third [=loan=] that |y| wanted, or was given.
Let |x| be a [=loan=] whose [=due date=] is |day|.
Set |loan|'s [=due date=].
Update |x| as needed.
For each |x| of |loans| and its due dates, abort.
Add |loan|.
Wait until.
If, then abort.
"""


@pytest.mark.parametrize("sentence", _lines(NOT_UNDERSTOOD))
def test_what_is_not_understood_says_so(sentence: str) -> None:
    assert not read(sentence).understood


@pytest.mark.parametrize(
    "sentence",
    [
        "If the reader is away, set |x| to 1.",
        "If the reader is away then set |x| to 1.",
        "If the reader is away set |x| to 1.",
        "If the reader is away, then set |x| to 1 and abort.",
    ],
)
def test_a_condition_in_its_own_words_never_swallows_what_is_to_be_done(sentence: str) -> None:
    (only,) = read(sentence).statements
    assert say(replace(only, body=())) == "if reader is away"  # type: ignore[call-arg]
    assert body_of(only)


def test_hostile_sentences_are_given_up_in_time() -> None:
    long = "Set |x| to " + "a copy of " * 2000 + "|y|."
    commas = "If " + ", ".join(f"|a{n}| is {n} or |b| of |c|'s [=d=] and |e|" for n in range(13)) + ", abort."
    brackets = "Let |x| be " + "(" * 60 + "|y|" + ")" * 60 + "."
    assert len(long.split()) > LONGEST
    for sentence in (long, commas, brackets, "If if if if if if if.", "of of 's of, and or if, then of."):
        found = read(sentence)
        assert found.cost >= 0
    assert isinstance(read(long).statements[0], NotUnderstood)


def test_a_sentence_is_read_as_its_sidecar_says() -> None:
    sentence = "Frob |loan| by noon."
    key = read(sentence).origin.key
    found = read(sentence, **{key: "set |loan|'s [=loan state=] to [=overdue=]"})
    assert found.annotated
    assert found.understood
    assert told(found.statements) == "set loan's loan state to overdue"
    assert told(read(sentence, **{key: "nothing"}).statements) == "note: Frob loan by noon."
    with pytest.raises(SidecarError, match="is itself not understood: write one plain sentence"):
        read(sentence, **{key: "frob it"})
