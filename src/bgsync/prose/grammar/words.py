"""A sentence as the grammar sees it: words in lower case without articles, with linked terms as units of words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bgsync.prose.page.document import Sentence, Token

MOST_DIGITS = 100
"""The digits of the longest number that is read."""
ARTICLES = frozenset({"the", "a", "an"})
FILLERS = frozenset({"currently", "also", "additionally", "simply", "just", "immediately", "either", "both"})
"""Words that say nothing more, but after "not", or before "of"."""
LINKS = frozenset({"term", "idl", "dfn"})
LIMITS = frozenset(
    ("not", "no", "never", "unless", "except", "only", "until", "otherwise", "nor", "neither", "cannot", "without")
)
"""Words that turn or limit what is said: none may be lost."""


CONTRACTED = {
    said.replace("'", sign): meant
    for sign in "'’"
    for said, meant in {
        **{f"{verb}n't": (verb, "not") for verb in ("are", "could", "did", "do", "does", "had", "has", "have", "is",
                                                    "must", "should", "was", "were", "would")},
        "can't": ("cannot",),
        "won't": ("will", "not"),
    }.items()
}  # fmt: skip
"""What is short for two words."""
_CODE_POINT = re.compile(r"u\+[0-9a-f]{4,6}\Z")


class Word(NamedTuple):
    """One word. Kinds: word, var, string, number, mark, term, idl; the words of one link share its token."""

    text: str
    kind: str
    token: Token
    article: str = ""
    """The article before it."""


class Words:
    """The words of a sentence; `ends[i]` is where the link that starts at `i` ends, 0 where none starts."""

    def __init__(self, words: tuple[Word, ...], dropped: tuple[Token, ...] = ()) -> None:
        self.words = words
        self.dropped = dropped
        """The remarks in parentheses that were left out."""
        self.texts = tuple(word.text for word in words)
        self.ends = [0] * (len(words) + 1)
        self.inside = [False] * (len(words) + 1)
        """Whether a position is inside a link, so that no phrase can begin or end there."""
        start = 0
        for place, word in enumerate(words):
            first = place == 0 or words[place - 1].token is not word.token
            if first:
                start = place
            if word.kind in LINKS:
                self.ends[start] = place + 1
                self.inside[place] = not first

    def __len__(self) -> int:
        return len(self.words)

    def said(self, start: int, end: int) -> str:
        """Give words as a reader sees them, articles left out."""
        told = ""
        previous: Token | None = None
        for word in self.words[start:end]:
            shown = word.token.text
            if word.kind == "word" and shown.lower() != word.text:
                shown = word.text
            elif word.token is previous:
                continue
            previous = word.token
            shown = word.text if word.kind == "string" else shown
            told += (" " if told and word.token.space and word.text not in ("'s", ",") else "") + shown
        return told.strip()

    def variables(self, start: int, end: int) -> tuple[str, ...]:
        """Give the variables among words, each once."""
        return tuple(dict.fromkeys(word.token.text for word in self.words[start:end] if word.kind == "var"))


def number_of(text: str) -> int | None:
    """Give the number that digits say; None where they are none, or too many."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def words_of(sentence: Sentence) -> Words:
    """Give the words of a sentence: no articles or fillers, no remark in parentheses that has no variable."""
    words: Words | None = sentence.known.get("words")
    if words is None:
        kept, dropped = _without_remarks(sentence.tokens)
        words = sentence.known["words"] = words_from(kept, dropped)
    return words


def said_in(sentence: Sentence) -> str:
    """Give the words of a sentence in one string, remarks in parentheses too."""
    said: str | None = sentence.known.get("said")
    if said is None:
        said = sentence.known["said"] = " ".join(words_from(sentence.tokens).texts)
    return said


def words_from(tokens: Iterable[Token], dropped: Sequence[Token] = ()) -> Words:
    """Give the words of tokens: no articles or fillers, nothing at the end that only closes."""
    words: list[Word] = []
    article = ""
    listed = list(tokens)
    for place, token in enumerate(listed):
        kind, text = token.kind, token.text
        if kind in LINKS:
            kind = "term" if kind == "dfn" else kind
            parts = (
                [text if text != "Promise" else "promise"]
                if kind == "idl"
                else [part for part in text.lower().split() if part not in ARTICLES] or [""]
            )
            words += [Word(part, kind, token, article) for part in parts]
        elif kind in ("var", "string", "number"):
            text = text.strip('"') if kind == "string" else text
            words.append(Word(text, kind, token, article))
        else:
            low = text.lower()
            if low == '"' and any(near.kind in LINKS for near in listed[max(place - 1, 0) : place + 2]):
                if token.space and place + 1 < len(listed):
                    listed[place + 1] = listed[place + 1]._replace(space=True)
                continue
            if low in ARTICLES:
                article = low
                continue
            if low in FILLERS and _says_nothing(words, listed, place):
                continue
            if low in CONTRACTED:
                words += [Word(part, kind, token._replace(text=part)) for part in CONTRACTED[low]]
                continue
            words.append(Word(low, "string" if _CODE_POINT.match(low) else kind, token, article))
        article = ""
    while words and words[-1].text in (".", ":", ";", ",") and words[-1].kind == "mark":
        words.pop()
    return Words(_in_the_indicative(_with_owners(words)), tuple(dropped))


def _with_owners(words: list[Word]) -> list[Word]:
    """Write "if x's state is a, set its state to b" with x's for its, where nobody else owns anything.

    Where nobody owns anything it is the subject of the condition: "if x is null or its state is a".
    """
    owners = {_shown(words, at): at for at, word in enumerate(words) if at and word.text == "'s"}
    texts = [word.text for word in words]
    if "its" not in texts or len(owners) > 1 or "new" in texts:
        return words
    if owners:
        (end,) = owners.values()
        start = next(at for at in range(end) if words[at].token is words[end - 1].token)
        owner = words[start : end + 1]
    elif texts[0] in ("if", "while", "unless") and {one.text for one in words if one.kind == "var"} == {texts[1]}:
        end, owner = 1, [words[1], Word("'s", "word", words[1].token)]
    else:
        return words
    made: list[Word] = []
    for at, word in enumerate(words):
        plain = word.text == "its" and word.kind == "word" and at > end
        plain = (
            plain and words[at - 1].text not in ("with", "as") and "attribute" not in texts[at + 1 : at + 5]
        )  # of an event
        made += owner if plain else [word]
    return made


def _shown(words: list[Word], at: int) -> str:
    """Give what stands before the 's at a place."""
    return words[at - 1].token.text


def _says_nothing(words: list[Word], tokens: list[Token], place: int) -> bool:
    text = tokens[place].text.lower()
    if text in ("currently", "also"):
        return True
    following = tokens[place + 1].text.lower() if place + 1 < len(tokens) else ""
    return following != "of" and not (words and words[-1].text in LIMITS - {"until", "unless", "otherwise"})


def _in_the_indicative(words: list[Word]) -> tuple[Word, ...]:
    """Write "wait for x to be y" as "wait until x is y"."""
    if len(words) < 2 or (words[0].text, words[1].text) != ("wait", "for"):
        return tuple(words)
    texts = [word.text for word in words]
    if "and" in texts:
        return tuple(words)
    made = [words[0], words[1]]
    at = 2
    while at < len(words):
        for said, meant in _TO_BE:
            if tuple(texts[at : at + len(said)]) == said:
                made += [Word(text, "word", words[at].token) for text in meant]
                made[1] = Word("until", "word", words[1].token)
                at += len(said)
                break
        else:
            made.append(words[at])
            at += 1
    return tuple(made)


_TO_BE = (
    (("to", "not", "be"), ("is", "not")),
    (("not", "to", "be"), ("is", "not")),
    (("to", "be"), ("is",)),
    (("to", "become"), ("is",)),
    (("becomes",), ("is",)),
)


def opens(sentence: Sentence) -> bool:
    """Whether a sentence ends in a colon, so that what it speaks of follows."""
    return bool(sentence.tokens) and sentence.tokens[-1].text == ":"


def titles(words: Words) -> bool:
    """Whether words before a colon only say what the steps below them do: "Establish the loan's number"."""
    said, governs = words.texts, _GOVERNS
    if said[-2:] == ("as", "follows") and said[0] not in governs:
        said, governs = said[:-2], _GOVERNS - _SAYS
    return len(said) > 1 and words.words[0].kind == "word" and governs.isdisjoint(said)


_GOVERNS = LIMITS | frozenset(
    ["if", "when", "whenever", "while", "upon", "once", "after", "before", "for", "each", "every", "any", "all", "one",
     "either", "or", "and", "repeat", "loop", "wait", "parallel", "task", "microtask", "queue", "enqueue", "until",
     "may", "might", "can", "should", "must", "optionally", "following", "follows", "steps", "algorithm", "these",
     "this", "that", "which", "whose", "where", "with", "using", "given", "by", "as", "to", "let", "set", "return",
     "throw", "switch", "case", "depending", "race", "atomically", "skip", "try", "catch", "assert", "is", "are", ","]
)  # fmt: skip
"""What says how often, when or by whom steps are run, or hands them to something, or is a step of its own."""


_SAYS = frozenset(("is", "are", "set", "to", "that", "by"))
"""What of it may stand before "as follows"."""


def _without_remarks(tokens: tuple[Token, ...]) -> tuple[list[Token], list[Token]]:
    kept: list[Token] = []
    dropped: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.kind == "mark" and token.text == "(" and token.space:
            close = next((at for at in range(place, len(tokens)) if tokens[at].text == ")"), None)
            if close is not None and not any(map(_says_more, tokens[place:close])):
                dropped += tokens[place + 1 : close]
                place = close + 1
                continue
        kept.append(token)
        place += 1
    return kept, dropped


def _says_more(token: Token) -> bool:
    """Whether a token makes more than a remark of what stands in parentheses."""
    return token.kind in ("var", "number") or token.text in ("+", "this")
