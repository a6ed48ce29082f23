"""Reading sources that are broken, hostile or no spec at all."""

import cProfile
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bgsync.judge.structure.text import structure
from bgsync.prose.page.reader import ReadError
from bgsync.prose.reading import read_spec
from bgsync.prose.vocabulary import Vocabulary
from tests.sample import sample
from tests.test_prose_reader import METADATA, everything, outline, read


def codes(source: str) -> list[tuple[str, int, int]]:
    return [(defect.code, *defect.place) for defect in read(source).defects]


STEP = "<p>To <dfn>x</dfn>:\n<ol>\n<li>A {}.</li>\n<li>B.</li>\n</ol>\n"


@pytest.mark.parametrize(
    ("broken", "code", "column"),
    [
        ("<code>lent", "unclosed-tag", 7),
        ("lent</a>", "stray-end-tag", 11),
        ("lent</div>", "stray-end-tag", 11),
        ("<cod>lent", "unknown-element", 7),
        ("{{Desk>>", "unclosed-idl-link", 7),
        ("{{ Desk", "unclosed-idl-link", 7),
        ("[=loan", "unclosed-link", 7),
        ("loan=]", "stray-link-end", 11),
        ("|loan", "odd-bar", 7),
        ("<!-- loan", "unclosed-comment", 7),
        ("<var>loan</var is", "broken-tag", 16),
    ],
)
def test_broken_markup_is_a_defect_that_moves_no_step(broken: str, code: str, column: int) -> None:
    source = STEP.format(broken)
    assert codes(source) == [(code, 3, column)]
    (algorithm,) = read(source).algorithms
    assert len(algorithm.steps.items) == 2
    assert outline(algorithm.steps.items[1]) == ["B."]


def test_an_end_tag_that_only_some_items_have_is_a_defect() -> None:
    assert codes(STEP.format("a").replace("B.</li>", "B.")) == [("unclosed-item", 4, 1)]
    assert codes("<p>To <dfn>x</dfn>:<ol><li>A.<li>B.</ol><section>") == [("unclosed-tag", 1, 41)]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("a" * 8_000_001, "too large"),
        ("a\0b", "no text"),
        ("a\ud800", "no text"),
        ("<div>" * 20_000, "nested more than 200 deep at 1:1001"),
        ("<ol><li>" * 20_000, "nested more than 200 deep"),
        ("\n".join("  " * level + "1. a" for level in range(500)), "nested more than 200 deep"),
        ("{{ " * 10_000, "more than 5,000 defects"),
        ("a " * 100_000, "paragraph at 1:1 is too long"),
    ],
)
def test_what_is_no_spec_is_refused_with_a_reason(source: str, why: str) -> None:
    with pytest.raises(ReadError, match=why) as error:
        read(source)
    assert "\n" not in str(error.value)


UNITS = """
    | [= < ` {{ <!-- <script> <a <a" <a='" <a"=" </li \\ * &# &lt; [[ [a](http: ''' ``` ~~~ <!ENTITY <? |a: http:// ( .
"""


@pytest.mark.parametrize("unit", sample({unit: unit for unit in UNITS.split()}, 6))
def test_no_hostile_input_crashes_or_takes_longer_than_its_length(unit: str) -> None:
    begin = time.process_time()
    for source in (unit * (200_000 // len(unit)), (unit + " ") * (90_000 // (len(unit) + 1))):
        try:
            read(source)
        except ReadError:
            continue
    assert time.process_time() - begin < 10


MARKUP = """
    <ol> </ol> <li> </li> <ul> <dl> <dt> <dd> <p> </p> <div> </div> <a> </a> <var> </var> <code> <dfn> </dfn> <h2> </h2>
    <pre> </pre> <script> </script> <!-- --> [= =] {{ }} | ` `` ``` " ' ’ “ ” * : :: # === --- \\ & &amp; &#9; < > </ =
"""
FRAGMENTS = [
    *MARKUP.split(),
    *["1. ", "* ", ": ", ":: ", "# ", "Note: ", "\n", "\n\n", "  ", "\t", "\r\n", " ", "a", "A. ", "b's", "1", "é"],
    *["<div algorithm>", "<p class=note>", "<a href='", "<table><tr><td>"],
]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join), st.sampled_from(["", METADATA, "<!doctype html>"])
)
def test_any_text_is_read_or_refused_and_each_place_is_in_it(body: str, head: str) -> None:
    source = head + body
    try:
        document = read(source)
    except ReadError:
        return
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for place in [token.place for sentence in everything(document) for token in sentence.tokens] + [
        defect.place for defect in document.defects
    ]:
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(["Lend it. ", "<em>", "</em>", "<b>", "\n\n", "<p>", "* ", "\n", "</li>", "<ul><li>"]),
        max_size=40,
    )
)
def test_no_sentence_is_lost(parts: list[str]) -> None:
    source = "".join(parts)
    text = " ".join(sentence.text for sentence in everything(read(source)))
    assert text.count("Lend it.") == source.count("Lend it.")


LIST = "<p>To <dfn>lend</dfn>, run these steps:\n<ol>{}</ol>"
MANY: dict[str, Callable[[int], str]] = {
    "tiny items": lambda n: LIST.format("<li>a" * 8 * n),
    "the same step": lambda n: LIST.format("<li>Set |a| to 1." * 4 * n),
    "different steps": lambda n: LIST.format("".join(f"<li>Let |a{i}| be |b{i}|." for i in range(2 * n))),
    "sentences of one step": lambda n: LIST.format("<li>" + "A. " * 16 * n),
    "orphans": lambda n: LIST.format("<li>Otherwise, return." * 2 * n),
    "deep lists": lambda n: LIST.format("<li>Do this:<ol>" * 40 + "<li>a" * n),
    "algorithms": lambda n: "".join(f"<p>To <dfn>x{i}</dfn>, run these steps:<ol><li>x{i}.</ol>" for i in range(n)),
    "types": lambda n: "".join(f"<p>An <dfn>x{i}</dfn> has a <dfn>y{i}</dfn>, a list of z{i}." for i in range(n)),
}


@pytest.mark.parametrize("text", MANY.values(), ids=MANY)
def test_work_grows_as_the_text_does(text: Callable[[int], str]) -> None:
    def calls(size: int) -> int:
        """Count the calls of functions, which no other work on the machine changes."""
        source, counted = text(size), cProfile.Profile()
        counted.runcall(lambda: structure(read_spec(read(source), Vocabulary())))
        return sum(each.callcount for each in counted.getstats())

    assert calls(200) < 8 * calls(50)


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ("<li>a" * 20_001, "more than 20,000 sentences in steps, up to line 2"),
        ("<li>If |a|, return." + "<li>Otherwise, if |b|, return." * 102, r"lending.bs:2:\d+: more than 100 cases"),
        ("<li>Switch on |a|:<dl>" + "<dt>b<dd>Return." * 101 + "</dl>", "more than 100 cases of one step"),
        ("<li>If any of the following are true:<ul>" + "<li>b is c" * 101 + "</ul>", "more than 100 conditions"),
    ],
)
def test_more_steps_or_cases_than_any_spec_has_are_refused(items: str, why: str) -> None:
    with pytest.raises(ReadError, match=why):
        read_spec(read(LIST.format(items)), Vocabulary())
