"""Names that are almost one that is known, and none: a step that has one means nothing that could be followed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.expressions import Var
from bgsync.prose.close import close
from bgsync.prose.grammar.lexicon import variants, verb_forms
from bgsync.prose.grammar.sentences import Following, Statements
from bgsync.prose.page.document import Document, Token, sentences_in
from bgsync.prose.understood import variables_of

LIKE = 0.86
"""How like a definition a link must be to be taken for a slip."""
_ENDINGS = (
    ("s", ""), ("es", ""), ("ies", "y"), ("'s", ""), ("’s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("d", ""),
    ("ied", "y"),
)  # fmt: skip


def spaced(term: str) -> str:
    """Give a term in lower case, with one space between words."""
    return " ".join(term.lower().split())


def variables(steps: Statements, given: Iterable[str]) -> Mapping[str, str]:
    """Give the variables of an algorithm that nothing gives a value, each with the one that was meant.

    `given` are those that have one from the beginning. What a sentence that is not understood may write has one.
    """
    known = {"this", *given}
    for statement in traversal.walk(steps):
        if not (isinstance(statement, s.Set) and isinstance(statement.target, Var)):
            known |= {*traversal.bound(statement)}
        if isinstance(statement, Following) and statement.bind:
            known.add(statement.bind)
        if isinstance(statement, s.NotUnderstood):
            known |= {*statement.may_write, *statement.reads}
    meant = {name: close(name, known) for name in variables_of(steps) if name not in known}
    return {name: other for name, other in meant.items() if other is not None}


def links(document: Document) -> Iterator[tuple[str, str, bool]]:
    """Give the links to no definition of the document that are almost to one, each with that one.

    The last says whether only the form of the word is another, the plural for the singular, say.
    """
    defined = {spaced(token.term) for token in document.definitions if token.term}
    elsewhere = anchored(document)
    told = set[str]()
    for token in _tokens(document):
        term = spaced(token.term)
        if token.kind != "term" or token.scope or len(term) < 5 or term in told or term in elsewhere:
            continue
        told.add(term)
        if term in defined or any(form in defined for form in linked(term)):
            continue
        slip = next((form for form in (*variants(term), *verb_forms(term)) if form in defined), None)
        meant = slip or close(term, (each for each in defined if each.count(" ") == term.count(" ")), LIKE)
        if meant is not None:
            yield term, meant, slip is not None


def is_misspelt(token: Token, slips: Collection[str]) -> bool:
    """Whether a token is a link to one of the terms that are misspelt."""
    return token.kind == "term" and not token.scope and spaced(token.term) in slips


def _tokens(document: Document) -> Iterator[Token]:
    for algorithm in document.algorithms:
        yield from (token for sentence in sentences_in(algorithm.steps) for token in sentence.tokens)
    for paragraph in document.paragraphs:
        yield from (token for sentence in paragraph.sentences for token in sentence.tokens)


def anchored(document: Document) -> frozenset[str]:
    """Give the terms of other texts that the document says it links to."""
    blocks = re.findall(r"<pre[^>]*\b(?:anchors|link-defaults)\b[^>]*>(.*?)</pre>", document.source, re.S)
    return frozenset(name.strip().lower() for block in blocks for name in re.findall(r"\btext:([^;\n]*)", block))


def linked(term: str) -> Iterator[str]:
    """Give the definitions that a link in the plural, or as a verb, finds by itself."""
    for ending, bare in _ENDINGS:
        if term.endswith(ending):
            stem = term.removesuffix(ending)
            yield stem + bare
            if not bare and stem[-2:-1] == stem[-1:]:
                yield stem[:-1]
