"""What "it" and "its" stand for where only one variable was named before: in the sentence, or in the one before it.

A pronoun after two variables, or after a member of the one, may mean either, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bgsync.prose.grammar.words import LINKS
from bgsync.prose.page.document import Sentence, Token

_DONE_TO_THINGS = frozenset(
    ("abort", "add", "append", "delete", "fulfill", "insert", "put", "reject", "remove", "resolve")
)
"""What is done to a thing, and to no member of it."""
_FOUND = frozenset(("contains", "exists", "find", "found", "includes", "there", "which", "whose"))
_NEAR = 2
"""How many words may stand before a pronoun that is of the sentence before."""
_SET = frozenset(("set", "reset"))


def resolved(sentence: Sentence, before: Sentence | None) -> Sentence:
    """Give a sentence with the variable in place of a pronoun that can stand for nothing else."""
    tokens, named = [*sentence.tokens], list[str]()
    earlier = _variables(before.tokens) if before is not None else []
    for at, token in enumerate(sentence.tokens):
        said = token.text.lower() if token.kind == "word" else ""
        if (token.kind in LINKS or at > _NEAR) and not named:
            earlier = []  # what is named here may be meant
        if token.kind == "var":
            named.append(token.text)
        elif said == "it" and len(set(named or earlier)) == 1 and _is_thing(sentence.tokens, at, (named or [""])[0]):
            named = named or earlier[:1]
            tokens[at] = token._replace(kind="var", text=named[0])
        elif said == "its" and not named and len(set(earlier)) == 1 and at and not _variables(sentence.tokens[at:]):
            tokens[at] = token._replace(kind="var", text=earlier[0])
            tokens.insert(at + 1, token._replace(kind="mark", text="'s"))
            return Sentence(tuple(tokens), sentence.text, sentence.place)
    return Sentence(tuple(tokens), sentence.text, sentence.place) if tokens != [*sentence.tokens] else sentence


def _variables(tokens: Sequence[Token]) -> list[str]:
    return [token.text for token in tokens if token.kind == "var"]


def _is_thing(tokens: Sequence[Token], at: int, name: str) -> bool:
    """Whether the pronoun at a place is the thing that a variable holds: as what is done to it says, or what it is."""
    verb = tokens[at - 1].text.lower() if at else ""
    if not _FOUND.isdisjoint(token.text.lower() for token in tokens[:at]):  # what was found may be meant
        return False
    if verb in _DONE_TO_THINGS:
        return True
    return verb in _SET and name != "" and not any(_owns(tokens[:at], name))


def _owns(tokens: Sequence[Token], name: str) -> Iterator[bool]:
    """Say of each place where a variable is named whether a member of it is meant."""
    for at, token in enumerate(tokens):
        if (token.kind, token.text) == ("var", name):
            after, before = tokens[at + 1 : at + 2], [each.text.lower() for each in tokens[max(at - 1, 0) : at]]
            yield any(each.text in ("'s", "’s", "'", "’") for each in after) or before in (["of"], ["for"])
