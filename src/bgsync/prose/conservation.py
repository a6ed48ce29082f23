"""Nothing is lost: what a sentence names, numbers, quotes or limits has to occur in what it was read as.

A form may drop what only says of which kind a thing is, or which steps are meant. Everything else that was matched as a
name, a constant or a text is looked for in the statements; and a remark in parentheses must not limit anything. What is
missing makes the sentence partly understood.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.grammar.spans import Parser, Part
from bgsync.prose.grammar.words import LIMITS

_NAMES = frozenset(
    ["name", "attribute", "argument", "camel", "term", "exception", "described", "verbal", "operation", "quoted",
     "owned"]
)  # fmt: skip
_TEXTS = frozenset(("text", "rest", "why", "comment"))


def lost_words(parser: Parser, whole: Part, lexicon: Lexicon, statements: tuple[s.Statement, ...]) -> tuple[str, ...]:
    """Give what of a parsed sentence does not occur in its statements, variables aside."""
    found = {text.lower() for text in _strings(statements)}
    joined = "\n".join(found)
    missing: dict[str, None] = {}
    for (category, start, end), result in parser.derivation(*whole):
        if result.form is not None:
            continue
        said = parser.words.said(start, end)
        if category in _NAMES:
            kept = _occurs(category, result.value, parser, start, found, joined, lexicon)
        else:
            kept = category not in _TEXTS or said.lower() in joined or not LIMITS & set(said.lower().split())
        if not kept:
            missing[said] = None
    missing |= dict.fromkeys(_own(parser, joined, lexicon))
    limits = [token.text for token in parser.words.dropped if token.text.lower() in LIMITS]
    if limits:
        missing["(" + " ".join(token.text for token in parser.words.dropped) + ")"] = None
    return tuple(missing)


def _own(parser: Parser, joined: str, lexicon: Lexicon) -> Iterator[str]:
    """Give the links to algorithms of the text that are in no statement: words of a form may be spelt like one."""
    for token in dict.fromkeys(word.token for word in parser.words.words if word.kind == "term"):
        own = lexicon.algorithm(token.term)
        if own is None or own in lexicon.tasks or lexicon.is_elsewhere(token.term, token.scope):
            continue
        if not any(name in joined for name in (own.lower(), token.term, token.text.lower())):
            yield token.text


def _occurs(
    category: str, value: Any, parser: Parser, start: int, found: set[str], joined: str, lexicon: Lexicon
) -> bool:
    match value:
        case e.ListOf(name=name) | e.Associated(name=name):
            return name.lower() in found
        case e.Input(text=text):
            return text.lower() in joined
        case bool() | None:
            return True
        case int():
            return str(value) in found
        case str():
            word = parser.words.words[start]
            interface = word.kind == "idl" and value[:1].isupper() and not value.endswith("Error")
            if interface and category in ("owned", "name"):
                return True
            names = {value, lexicon.member(value), lexicon.algorithm(value) or value, lexicon.value(value) or value}
            return any(name.lower() in found or (" " in name and name.lower() in joined) for name in names)
        case _:
            return True


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, int):
        yield str(value)
    elif isinstance(value, tuple):
        for each in value:
            yield from _strings(each)
    elif is_dataclass(value) and not isinstance(value, s.Origin):
        for name, each in vars(value).items():
            if name not in ("origin", "written"):
                yield from _strings(each)
