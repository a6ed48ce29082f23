"""A sentence as the grammar sees it: words in lower case without articles, with linked terms as units of words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bgsync.prose.document import Sentence, Token

ARTICLES = frozenset({"the", "a", "an"})
FILLERS = frozenset({"currently", "also", "additionally", "simply", "just", "immediately", "either", "both"})
LINKS = frozenset({"term", "idl", "dfn"})


class Word(NamedTuple):
    """One word. Kinds: word, var, string, number, mark, term, idl; the words of one link share its token."""

    text: str
    kind: str
    token: Token


class Words:
    """The words of a sentence; `ends[i]` is where the link that starts at `i` ends, 0 where none starts."""

    def __init__(self, words: tuple[Word, ...]) -> None:
        self.words = words
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
        self.places: dict[str, list[int]] = {}
        for place, text in enumerate(self.texts):
            self.places.setdefault(text, []).append(place)

    def __len__(self) -> int:
        return len(self.words)

    def said(self, start: int, end: int) -> str:
        """Give words as a reader sees them, articles left out."""
        told = ""
        previous: Token | None = None
        for word in self.words[start:end]:
            if word.token is previous:
                continue
            previous = word.token
            told += (" " if told and word.token.space and word.text not in ("'s", ",") else "") + word.token.text
        return told.strip()

    def variables(self, start: int, end: int) -> tuple[str, ...]:
        """Give the variables among words, each once."""
        return tuple(dict.fromkeys(word.token.text for word in self.words[start:end] if word.kind == "var"))


def words_of(sentence: Sentence) -> Words:
    """Give the words of a sentence: no articles or fillers, no remark in parentheses that has no variable."""
    return words_from(_without_remarks(sentence.tokens))


def words_from(tokens: Iterable[Token]) -> Words:
    """Give the words of tokens: no articles or fillers, nothing at the end that only closes."""
    words: list[Word] = []
    for token in tokens:
        if token.kind in LINKS:
            kind = "term" if token.kind == "dfn" else token.kind
            parts = [part for part in token.text.lower().split() if part not in ARTICLES] or [""]
            if token.kind == "idl":
                parts = [token.text]
            words += [Word(part, kind, token) for part in parts]
        elif token.kind == "var":
            words.append(Word(token.text, "var", token))
        elif token.kind in ("string", "number"):
            words.append(Word(token.text, token.kind, token))
        else:
            text = token.text.lower()
            if text not in ARTICLES and text not in FILLERS:
                words.append(Word(text, token.kind, token))
    while words and words[-1].text in (".", ":", ";", ",") and words[-1].kind == "mark":
        words.pop()
    return Words(_in_the_indicative(words))


def _in_the_indicative(words: list[Word]) -> tuple[Word, ...]:
    """Write "wait for x to be y" as "wait until x is y"."""
    texts = [word.text for word in words]
    if texts[:2] != ["wait", "for"]:
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


def _without_remarks(tokens: tuple[Token, ...]) -> list[Token]:
    kept: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.kind == "mark" and token.text == "(":
            close = next((at for at in range(place, len(tokens)) if tokens[at].text == ")"), None)
            if close is not None and not any(t.kind == "var" for t in tokens[place:close]):
                place = close + 1
                continue
        kept.append(token)
        place += 1
    return kept
