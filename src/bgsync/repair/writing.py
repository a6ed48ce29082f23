"""Sentences for steps: written anew, or reworded in their own words and markup with as little changed as can be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from bgsync.language import If
from bgsync.language.readback import write, write_condition
from bgsync.language.traversal import body_of
from bgsync.lsp.page import Page
from bgsync.prose.inline import sentence_of
from bgsync.prose.page.document import Sentence, Token
from bgsync.repair.outline import Body

_ATOMICALLY = "run these steps atomically"


def sentence(says: Body, below: bool) -> str:
    """Write what a step says as sentences; the last one ends in a colon where steps stand below it."""
    told = [_capital(_joined(write(each))) for each in says]
    told[-1] = _ATOMICALLY.capitalize() if told[-1] == "Atomically" else told[-1]
    return ". ".join(told) + (":" if below else ".")


def rewordings(page: Page, sentences: tuple[Sentence, ...], old: Body, new: Body, below: bool) -> Iterator[str]:
    """Give wordings, with their markup, of the sentences of a step that are to say something else.

    The least changed comes first. That a wording says what is wanted is for its reading to show.
    """
    first, last = page.extent(sentences[0].tokens)[0], page.extent(sentences[-1].tokens)[1]
    whole = page.source[first:last]
    yield from _longer(whole, old, new)
    for before, after in _small(written(old), written(new)):
        yield from _replaced(page, sentences, whole, first, before, after)
    if len(sentences) == 1 and (edit := page.reworded(sentences[0], sentence(new, False).rstrip("."))):
        span, text = edit
        yield whole[: page.offset(span.start) - first] + text + whole[page.offset(span.end) - first :]
    yield sentence(new, below)


def written(says: Body) -> str:
    """Write what a step says as the words that are compared."""
    return "; ".join(map(write, says))


def _longer(whole: str, old: Body, new: Body) -> Iterator[str]:
    """Give the same sentences with others before or after them, or with a condition before them."""
    match new:
        case (If(condition=condition) as only,) if body_of(only) == old:
            yield f"If {_joined(write_condition(condition))}, {_small_letter(whole)}"
    more = len(new) - len(old)
    if more > 0 and new[more:] == old:
        yield f"{sentence(new[:more], False)} {whole}"
    if more > 0 and new[: len(old)] == old:
        yield f"{whole} {sentence(new[len(old) :], False)}"


def _small(old: str, new: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give the words that a change replaces, with one word before where it only adds some, if it is one change."""
    was, now = _words(old), _words(new)
    parts = [each for each in SequenceMatcher(None, was, now, False).get_opcodes() if each[0] != "equal"]
    if len(parts) != 1:
        return []
    _, low, high, first, last = parts[0]
    if low == high and low:
        low, first = low - 1, first - 1
    return [(was[low:high], now[first:last])] if high > low else []


def _words(text: str) -> tuple[str, ...]:
    made = sentence_of(text)
    return () if made is None else tuple(each.text for each in made.tokens)


def _replaced(
    page: Page, sentences: tuple[Sentence, ...], whole: str, first: int, old: tuple[str, ...], new: tuple[str, ...]
) -> Iterator[str]:
    """Give the sentences with some words replaced where they stand, the markup around them left as it is."""
    tokens = [each for one in sentences for each in one.tokens]
    for at in range(len(tokens) - len(old) + 1):
        some = tokens[at : at + len(old)]
        if tuple(each.text.lower() for each in some) != tuple(each.lower() for each in old):
            continue
        low, high = _inside(page, some)
        if not new:  # with the space before it
            low -= len(page.source[:low]) - len(page.source[:low].rstrip())
        yield whole[: low - first] + " ".join(new) + whole[high - first :]


def _inside(page: Page, some: list[Token]) -> tuple[int, int]:
    """Give the offsets of words without the markup around them."""
    last = page.offset(some[-1].place)
    found = re.compile(r"\s+".join(map(re.escape, some[-1].text.split()))).match(page.source, last)
    return page.offset(some[0].place), last + len(some[-1].text) if found is None else found.end()


def _joined(told: str) -> str:
    """Say "if so, do this, and do that" for what is told as a head with a list."""
    head, colon, rest = told.partition(": ")
    if not colon or head.startswith(("note", "assert")):
        return told
    does, comma, last = rest.rpartition(", ")
    return f"{head}, {does} and {last}" if comma else f"{head}, {rest}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small_letter(text: str) -> str:
    """Begin with a small letter, behind any markup."""
    return re.sub(r"\A((?:<[^<>]*>|\[=|\{\{)*)([A-Z])(?=[a-z])", lambda found: found[1] + found[2].lower(), text)
