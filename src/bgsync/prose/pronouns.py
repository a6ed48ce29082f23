"""What "it" and "its" stand for where only one thing was named before: in the sentence, or in the one before it.

Within a condition's sentence, "it" is what the condition is about: "if x's state is a, wait until it is b". What is
taken out of a list is a thing, and no member of it. After two variables a pronoun may mean either, and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bgsync.prose.grammar.words import ARTICLES, LINKS
from bgsync.prose.page.document import Sentence, Token

Tokens = tuple[Token, ...]
_OF_THINGS = frozenset(("abort", "add", "append", "delete", "insert", "put", "remove"))
"""What is done to a thing, and to no member of it."""
_OF_VALUES = frozenset(("change", "fulfill", "mark", "reject", "reset", "resolve", "set", "unless", "unset", "until"))
"""What is done to a variable or a member, or asked of it."""
_ASKED = frozenset(("if", "unless", "when", "while"))
_IS = frozenset(("are", "differs", "equals", "is", "isn't", "was"))
_FOUND = frozenset(("contains", "exists", "find", "found", "includes", "there", "which", "whose"))
"""What speaks of a thing that has no name."""
_ABSENT = re.compile(
    r"if (?:no [\w -]+? (?:was|is) found|there is (?:no such [\w -]+?|none)|no such [\w -]+? exists"
    r"|(?:none|nothing) (?:was|is) found|(?:such [\w -]+?|it) (?:does not|doesn't) exist)(?= [,:]| ?$)"
)
"""What says that there is not what was looked for."""
MOST_WORDS = 300
"""In how long a sentence a pronoun is looked for at most."""
_NEAR = 2
"""How many words may stand before a pronoun that is of the sentence before."""


def resolved(sentence: Sentence, before: Sentence | None) -> Sentence:
    """Give a sentence with what a pronoun can stand for alone in its place."""
    tokens = sentence.tokens
    if len(tokens) > MOST_WORDS:
        return sentence
    tokens = _with_sought(tokens, before)
    made, named = list[Token](), list[str]()
    earlier = _variables(before.tokens) if before is not None else []
    for at, token in enumerate(tokens):
        if (token.kind in LINKS or at > _NEAR) and not named:
            earlier = []  # what is named here may be meant
        said = token.text.lower() if token.kind == "word" else ""
        means: Sequence[Token] = ()
        if said == "it":
            means = _meant(tokens, at, named or earlier, before)
        elif said == "its" and not named and len(set(earlier)) == 1 and at and not _variables(tokens[at:]):
            means = (token._replace(kind="var", text=earlier[0]), token._replace(kind="mark", text="'s"))
        named += _variables(means or (token,))
        made += [each._replace(place=token.place) for each in means] if means else [token]
    return sentence if tuple(made) == sentence.tokens else Sentence(tuple(made), sentence.text, sentence.place)


def _with_sought(tokens: Tokens, before: Sentence | None) -> Tokens:
    """Write "if there is no such T" as "if |x| is null" after a sentence that looks for a T and calls it |x|."""
    said = " ".join(token.text.lower() for token in tokens if token.text.lower() not in ARTICLES)
    absent = _ABSENT.match(said)
    sought = _sought(before) if absent and before is not None else None
    if absent is None or sought is None:
        return tokens
    words, end = absent[0].count(" ") + 1, 0
    while words:  # terms of several words are one token
        shown = tokens[end].text.lower()
        words -= 0 if shown in ARTICLES else len(shown.split())
        end += 1
    first, name = tokens[0], tokens[0]._replace(kind="var", text=sought)
    return (first, name, *(first._replace(text=word) for word in ("is", "null")), *tokens[end:])


def _sought(before: Sentence) -> str | None:
    """Give the variable for what a sentence looks for: "let x be the T in L whose m is v"; None for any other one."""
    said = [token.text.lower() for token in before.tokens]
    named = _variables(before.tokens)
    if not {"whose", "with"} & {*said} or not named:
        return None
    if said[0] == "let" and before.tokens[1].kind == "var":
        return named[0]
    called = said[0] in ("find", "look", "locate", "retrieve") and not {"call", "name"}.isdisjoint(said)
    return named[-1] if called else None


def _meant(tokens: Tokens, at: int, named: Sequence[str], before: Sentence | None) -> Sequence[Token]:
    """Give what "it" stands for, () where it may be more than one thing."""
    verb = tokens[at - 1].text.lower() if at else ""
    if verb in _OF_VALUES and tokens[0].text.lower() in ("otherwise", "else") and not _variables(tokens[:at]):
        return _set_before(before)
    if not _FOUND.isdisjoint(token.text.lower() for token in tokens[:at]) or len(set(named)) != 1:
        return ()
    thing = (tokens[at]._replace(kind="var", text=named[0]),)
    if verb in _OF_THINGS:
        return thing
    subject = _subject(tokens[:at])
    if verb in _OF_VALUES and subject:
        return subject
    bare = not any(token.text in ("'s", "of") for token in tokens[:at]) and bool(_variables(tokens[:at]))
    return thing if verb in ("set", "reject", "resolve", "fulfill") and bare else ()


def _subject(tokens: Tokens) -> Tokens:
    """Give what a condition at the beginning is about: "x's state", "the state of x"; () for anything else."""
    if not tokens or tokens[0].text.lower() not in _ASKED:
        return ()
    end = next((at for at, token in enumerate(tokens) if token.kind == "word" and token.text.lower() in _IS), 0)
    subject = tuple(token for token in tokens[1:end] if token.text.lower() not in ARTICLES)
    return subject if subject and all(t.kind in ("var", *LINKS) or t.text in ("'s", "of") for t in subject) else ()


def _set_before(before: Sentence | None) -> Tokens:
    """Give what the sentence before sets if its condition holds: "if c, set x's state to a"."""
    tokens = before.tokens if before is not None else ()
    said = [token.text.lower() for token in tokens]
    if not said or said[0] != "if" or said.count("set") != 1 or "to" not in said[said.index("set") :]:
        return ()
    start = said.index("set")
    return tokens[start + 1 : said.index("to", start)]


def _variables(tokens: Sequence[Token]) -> list[str]:
    return [token.text for token in tokens if token.kind == "var"]
