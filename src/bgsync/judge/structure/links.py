"""known-term, as far as links show it: a term that is defined nowhere, almost, or twice.

What another spec defines is not known, so a link that finds nothing here is wrong only where it is almost the name of a
definition, or says that it is for a thing of this text that has no such term.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from bgsync.judge.structure.finding import ERROR, NOTE, Finding, close
from bgsync.language import statements as s
from bgsync.prose.grammar.lexicon import variants, verb_forms
from bgsync.prose.page.document import Token
from bgsync.prose.reading import Reading

LIKE = 0.86
"""How like a definition a link must be to be taken for a slip."""


def links(reading: Reading) -> Iterator[Finding]:
    """Find the links that lead nowhere, or to more than one place."""
    yield from _slips(reading)
    yield from _of_things(reading)
    yield from _twice(reading)


def _of_things(reading: Reading) -> Iterator[Finding]:
    """Links to a term of a thing that the text defines, with terms of its own, and without this one."""
    definitions = reading.document.definitions
    things = {_spaced(token.term) for token in definitions if not token.scope}
    terms: dict[str, set[str]] = {}
    for token in definitions:
        if token.scope and _spaced(token.scope) in things:
            terms.setdefault(_spaced(token.scope), set()).add(_spaced(token.term))
    everywhere = {_spaced(token.term) for token in definitions}
    anchored = _anchored(reading)
    told: set[tuple[str, str]] = set()
    for one in reading.sentences:
        for token in one.sentence.tokens:
            scope, term = _spaced(token.scope), _spaced(token.term)
            known = terms.get(scope, set())
            if token.kind != "term" or not known or term in anchored or (scope, term) in told:
                continue
            if any(form in known for form in (term, *_linked(term), *variants(term), *verb_forms(term))):
                continue
            told.add((scope, term))
            meant = close(term, known, 0.6)
            hint = f"; did you mean {meant!r}?" if meant else ""
            elsewhere = ", though of something else" if term in everywhere else ""
            message = f"no {term!r} is defined for a {scope}{elsewhere}: it has {', '.join(sorted(known))}{hint}"
            yield Finding("known-term", message, one.origin)


def _twice(reading: Reading) -> Iterator[Finding]:
    """Terms that are defined in two places, of the same thing."""
    definitions = [token for token in reading.document.definitions if token.term]
    many = Counter((token.term, token.scope) for token in definitions)
    for key in [key for key, times in many.items() if times > 1]:
        first, *others = [token for token in definitions if (token.term, token.scope) == key]
        for token in others:
            where = f"line {first.place.line}"
            message = f"{token.text!r} is defined again, as in {where}: a link to it has two places to lead to"
            yield Finding("known-term", message, _at(reading, token))


def _at(reading: Reading, token: Token) -> s.Origin:
    return s.Origin("", (), reading.document.file, token.place.line, token.place.column, token.text, token.text)


def _anchored(reading: Reading) -> frozenset[str]:
    """Give the terms of other texts that the document says it links to."""
    blocks = re.findall(r"<pre[^>]*\b(?:anchors|link-defaults)\b[^>]*>(.*?)</pre>", reading.document.source, re.S)
    return frozenset(name.strip().lower() for block in blocks for name in re.findall(r"\btext:([^;\n]*)", block))


def _slips(reading: Reading) -> Iterator[Finding]:
    """Links that are not defined here and almost are: singular for plural, or misspelt."""
    defined = {_spaced(token.term) for token in reading.document.definitions if token.term}
    anchored = _anchored(reading)
    told: set[tuple[str, str]] = set()
    for one in reading.sentences:
        for token in one.sentence.tokens:
            term = _spaced(token.term)
            if token.kind != "term" or token.scope or not term or term in anchored:
                continue
            if term in defined or any(form in defined for form in _linked(term)) or (one.origin.step, term) in told:
                continue
            told.add((one.origin.step, term))
            slip = next((form for form in (*variants(term), *verb_forms(term)) if form in defined), None)
            meant = slip or close(term, (each for each in defined if each.count(" ") == term.count(" ")), LIKE)
            if meant is not None and len(term) > 4:
                message = f"the link {token.text!r} finds no definition; did you mean {meant!r}?"
                yield Finding("known-term", message, one.origin, NOTE if slip else ERROR)


def _spaced(term: str) -> str:
    return " ".join(term.lower().split())


def _linked(term: str) -> Iterator[str]:
    """Give the definitions that a link in the plural, or as a verb, finds by itself."""
    for ending, plain in _ENDINGS:
        if term.endswith(ending):
            stem = term.removesuffix(ending)
            yield stem + plain
            if not plain and stem[-2:-1] == stem[-1:]:
                yield stem[:-1]


_ENDINGS = (
    ("s", ""), ("es", ""), ("ies", "y"), ("'s", ""), ("’s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("d", ""),
    ("ied", "y"),
)  # fmt: skip
