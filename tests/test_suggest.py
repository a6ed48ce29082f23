"""What is offered for a sentence that is not understood, in an invented spec of loans."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bgsync.api import read
from bgsync.prose.inline import sentence_of
from bgsync.prose.steps import StepsReader
from bgsync.prose.suggest import MOST, Suggestions, all_suggestions
from bgsync.sources import Source
from bgsync.texts import Text
from tests.command import run

HEAD = """<pre class=metadata>
Title: Library
Shortname: library
</pre>

# Library # {#library}

A <dfn>loan</dfn> has a <dfn for=loan>due date</dfn>, a string, and a <dfn for=loan>loan state</dfn>, which is one of
<dfn>open</dfn>, <dfn>overdue</dfn> or <dfn>closed</dfn>. It is initially [=open=]. A
[=service worker registration=] has a <dfn>list of loans</dfn>, a [=list=] of [=loans=].

<div algorithm>
To <dfn>remind a reader</dfn> of |loan| given |desk| and |promise|, run these steps:

"""

SENTENCES = {
    "Strip |loan| from the [=list of loans=].": ("Strip", ["Remove |loan| from the [=list of loans=]"]),
    "Apend |loan| to the [=list of loans=].": ("Apend", ["Append |loan| to the [=list of loans=]"]),
    "Set |loan|'s [=loan state=] to [=overdeu=].": ("[=overdeu=]", ["Set |loan|'s [=loan state=] to [=overdue=]"]),
    "Pause until |loan|'s [=loan state=] is [=closed=].": (
        "Pause",
        ["Wait until |loan|'s [=loan state=] is [=closed=]"],
    ),
    "Set |laon|'s [=loan state=] to [=overdue=].": ("|laon|", ["Set |loan|'s [=loan state=] to [=overdue=]"]),
    "Set |x| as |loan|'s [=due date=].": ("as", ["Set |x| to |loan|'s [=due date=]"]),
    "If |loan| is null, resovle |promise| with |loan| and abort these steps.": (
        "resovle",
        ["If |loan| is null, resolve |promise| with |loan| and abort these steps"],
    ),
    "If |loan| is not null, carefully put |loan| into the [=list of loans=].": (
        "carefully",
        ["If |loan| is not null, put |loan| into the [=list of loans=]"],
    ),
    "Fulfil |promise| using |loan|.": ("using", ["Fulfil |promise| with |loan|"]),
    "Set |loan|'s [=loan state=] to [=open=] frobnicating wildly.": ("frobnicating wildly", []),
    "Sing a song of |loan|.": ("", []),
    "Set |loan|'s [=loan state=] to [=closed=].": None,
}
"""What is offered for a sentence; None for one that is understood."""


def text_of(sentences: Sequence[str]) -> Text:
    return read(Source("loans.bs", HEAD + "".join(f"1. {each}\n" for each in sentences) + "</div>\n"))


@pytest.fixture(scope="module")
def text() -> Text:
    return text_of([*SENTENCES])


@pytest.fixture(scope="module")
def found(text: Text) -> dict[str, Suggestions]:
    return all_suggestions(text.reading.sentences, text.reading.lexicon)


@pytest.mark.parametrize(("said", "offered"), SENTENCES.items(), ids=range(len(SENTENCES)))
def test_the_part_that_is_not_read_is_named_and_the_nearest_wording_offered(
    text: Text, found: dict[str, Suggestions], said: str, offered: tuple[str, list[str]] | None
) -> None:
    one = text.reading.sentences[[*SENTENCES].index(said)]
    help_ = found.get(one.origin.key)
    assert (None if help_ is None else (help_.unread, [*help_.wordings])) == offered


def test_what_is_offered_is_read_again_as_understood(text: Text, found: dict[str, Suggestions]) -> None:
    reader = StepsReader("", "", text.reading.lexicon)
    for help_ in found.values():
        assert len(help_.wordings) <= MOST
        for wording in help_.wordings:
            sentence = sentence_of(wording)
            assert sentence is not None
            assert reader.understand(sentence, text.reading.sentences[0].origin).understood


@pytest.mark.parametrize(
    "said",
    [
        "Gladly strip |loan| from the [=list of loans=] unless the desk sleeps tonight in peace.",
        "Strip |loan| and its shadow from the [=list of loans=].",
        "Hide |loan| from |desk| and return nothing of the [=due date=].",
    ],
)
def test_nothing_is_offered_that_loses_a_name_or_a_condition(said: str) -> None:
    text = text_of([said])
    for help_ in all_suggestions(text.reading.sentences, text.reading.lexicon).values():
        for wording in help_.wordings:
            assert all(word in wording for word in said.rstrip(".").split() if word[0] in "|[u"), wording
            assert "shadow" in wording or "shadow" not in said


def test_nothing_is_offered_for_what_is_in_doubt_only_for_where_it_stands() -> None:
    above = "Frobnicate wildly, and for each |x| do as follows:"
    text = text_of([f"{above}\n    1. Set |loan|'s [=loan state=] to [=overdue=]."])
    one, below = text.reading.sentences
    assert (one.understood, below.understood) == (False, False)
    found = all_suggestions(text.reading.sentences, text.reading.lexicon)
    assert (found[below.origin.key].unread, found[below.origin.key].wordings) == ("", ())


def test_a_sentence_that_stands_there_twice_is_helped_with_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = text_of(["Strip |loan| from the [=list of loans=]."] * 3)
    calls: list[str] = []

    def counting(one: object, lexicon: object) -> Suggestions:
        calls.append("helped")
        return Suggestions("Strip")

    monkeypatch.setattr("bgsync.prose.suggest.suggestions", counting)
    assert len(all_suggestions(text.reading.sentences, text.reading.lexicon)) == 3
    assert len(calls) == 1


def test_read_tells_it_in_text_and_in_json(tmp_path: Path) -> None:
    file = tmp_path / "loans.bs"
    file.write_text(
        HEAD + "1. Strip |loan| from the [=list of loans=].\n1. Set |loan|'s [=due date=] to null.\n</div>\n"
    )
    told = run("read", str(file), "--suggest").stdout
    assert "not read: Strip" in told
    assert "understood: Remove |loan| from the [=list of loans=]" in told
    entries = json.loads(run("read", str(file), "--suggest", "--format", "json").stdout)["entries"]
    helped = [(entry["unread"], entry["wordings"]) for entry in entries if "unread" in entry]
    assert helped == [("Strip", ["Remove |loan| from the [=list of loans=]"])]
    plain = run("read", str(file)).stdout
    assert "not read: Strip" not in plain
