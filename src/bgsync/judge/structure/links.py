"""known-term, as far as links show it: a term that is defined nowhere, almost, or twice.

What another spec defines is not known, so a link that finds nothing here is wrong only where it is almost the name of a
definition, or says that it is for a thing of this text that has no such term.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bgsync.judge.structure.finding import ERROR, NOTE, Finding
from bgsync.language import statements as s
from bgsync.prose import misspelt
from bgsync.prose.close import close
from bgsync.prose.grammar.lexicon import variants, verb_forms
from bgsync.prose.misspelt import anchored, linked, spaced
from bgsync.prose.page.document import Token
from bgsync.prose.reading import Reading


def links(reading: Reading) -> Iterator[Finding]:
    """Find the links that lead nowhere, or to more than one place."""
    yield from _slips(reading)
    yield from _of_things(reading)
    yield from _twice(reading)


def _of_things(reading: Reading) -> Iterator[Finding]:
    """Links to a term of a thing that the text defines, with terms of its own, and without this one."""
    definitions = reading.document.definitions
    things = {spaced(token.term) for token in definitions if not token.scope}
    terms: dict[str, set[str]] = {}
    for token in definitions:
        if token.scope and spaced(token.scope) in things:
            terms.setdefault(spaced(token.scope), set()).add(spaced(token.term))
    everywhere = {spaced(token.term) for token in definitions}
    elsewhere = anchored(reading.document)
    told: set[tuple[str, str]] = set()
    for one in reading.sentences:
        for token in one.sentence.tokens:
            scope, term = spaced(token.scope), spaced(token.term)
            known = terms.get(scope, set())
            if token.kind != "term" or not known or term in elsewhere or (scope, term) in told:
                continue
            if any(form in known for form in (term, *linked(term), *variants(term), *verb_forms(term))):
                continue
            told.add((scope, term))
            meant = close(term, known, 0.6)
            hint = f"; did you mean {meant!r}?" if meant else ""
            other = ", though of something else" if term in everywhere else ""
            message = f"no {term!r} is defined for a {scope}{other}: it has {', '.join(sorted(known))}{hint}"
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


def _slips(reading: Reading) -> Iterator[Finding]:
    """Links that are not defined here and almost are: singular for plural, or misspelt."""
    slips = {term: (meant, form) for term, meant, form in misspelt.links(reading.document)}
    told: set[tuple[str, str]] = set()
    for one in reading.sentences:
        for token in one.sentence.tokens:
            term = spaced(token.term)
            if token.kind == "term" and not token.scope and term in slips and (one.origin.step, term) not in told:
                told.add((one.origin.step, term))
                meant, form = slips[term]
                message = f"the link {token.text!r} finds no definition; did you mean {meant!r}?"
                yield Finding("known-term", message, one.origin, NOTE if form else ERROR)
