"""What a condition finds, where a step under it speaks of it: "if L contains a T whose M is v: let x be that T".

It is given a name, as if the text had said "a T |that T| whose M is v".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bgsync.prose.grammar.words import ARTICLES
from bgsync.prose.page.document import Item, Numbered, Sentence, Token, mapped_item
from bgsync.prose.pronouns import MOST_WORDS

_HAS = frozenset(("contains", "has", "includes"))
_THERE = (["there", "is"], ["there", "exists"], ["there", "is", "already"], ["there", "exists", "already"])
_WHOSE = frozenset(("whose", "with", "where"))
_THEN = frozenset((",", ":", "then"))
_SAME = frozenset(("that", "this"))
_DONE_TO_IT = frozenset(("abort", "delete", "fulfill", "reject", "remove", "resolve"))


def named(steps: Numbered) -> Numbered:
    """Give steps in which what a condition finds has a name where it is meant later."""
    return replace(steps, items=tuple(map(_named, steps.items)))


def _named(item: Item) -> Item:
    parts = tuple(named(part) if isinstance(part, Numbered) else part for part in item.parts)
    item = replace(item, parts=parts)
    first = parts[0] if parts else None
    at = _found(first.tokens) if isinstance(first, Sentence) else None
    if not isinstance(first, Sentence) or at is None:
        return item
    kind = first.tokens[at]
    name = kind._replace(kind="var", text=f"that {kind.text}", term="", scope="")
    end = next(n for n in range(at, len(first.tokens)) if first.tokens[n].text.lower() in _THEN)
    rest = _replaced(first.tokens[end:], kind, name, its=True)
    below = mapped_item(
        replace(item, parts=parts[1:]),
        lambda each: Sentence(_replaced(each.tokens, kind, name), each.text, each.place),
    )
    if rest == first.tokens[end:] and below.parts == parts[1:]:
        return item
    said = Sentence((*first.tokens[: at + 1], name, *first.tokens[at + 1 : end], *rest), first.text, first.place)
    return replace(item, parts=(said, *below.parts))


def _found(tokens: Sequence[Token]) -> int | None:
    """Give the place of the thing that a sentence finds by a member and that has no name; None where it finds none."""
    said = [token.text.lower() for token in tokens]
    front = list[str]()  # what stands before the thing, without articles
    for at in range(min(len(said) - 1, MOST_WORDS)):
        asked = front[3:] if front[:3] == ["otherwise", ",", "if"] else front[1:] if front[:1] == ["if"] else []
        finds = asked in _THERE or (asked[-1:] and asked[-1] in _HAS)
        if finds and said[at - 1] in ("a", "an") and tokens[at + 1].kind != "var":
            after = next((n for n in range(at + 1, len(said)) if said[n] in _WHOSE | _THEN), len(said))
            end = next((n for n in range(after, len(said)) if said[n] in _THEN), len(said))
            joined = said[end + 1 : end + 2] in (["and"], ["or"])
            return at if end < len(said) and said[after] in _WHOSE and not joined else None
        if said[at] not in ARTICLES:
            front.append(said[at])
    return None


def _replaced(tokens: tuple[Token, ...], kind: Token, name: Token, *, its: bool = False) -> tuple[Token, ...]:
    """Give tokens with the name in place of "that T" and, with `its`, of a pronoun for it."""
    made, at = list[Token](), 0
    while at < len(tokens):
        token = tokens[at]
        said = token.text.lower() if token.kind == "word" else ""
        after = tokens[at + 1].text.lower() if at + 1 < len(tokens) else ""
        before = tokens[at - 1].text.lower() if at else ""
        if said in _SAME and after == kind.text.lower():
            made.append(name._replace(place=token.place, space=token.space))
            at += 1
        elif its and said == "its":
            made += [name._replace(place=token.place), token._replace(kind="mark", text="'s", space=False)]
        elif its and said == "it" and before in _DONE_TO_IT:
            made.append(name._replace(place=token.place))
        else:
            made.append(token)
        at += 1
    return tuple(made)
