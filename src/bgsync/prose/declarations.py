"""Declarations: types, their members with values and initial values, lists and what is unique in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bgsync.language import Member, ObjectType
from bgsync.prose.grammar.lexicon import Lexicon, variants
from bgsync.prose.grammar.words import said_in, words_from
from bgsync.prose.page.document import Document, Paragraph, Sentence, Token

Tokens = tuple[Token, ...]

_HAS = re.compile(r"\b(?:has|have|consists? of|is (?:tuple|struct|item|pair) (?:consisting of|with|of|whose))\b")
_LIST = re.compile(
    r"\b(?:list|set|sequence|collection|queue) of (?:zero or more )?([\w -]+?)"
    r"(?= (?:whose|where|which|each|that|keyed|initially)\b| ?[,;.()]|$)"
    r"|element type is ([\w -]+)|each (?:item|value|entry) is ([\w -]+)"
)
_FORMS = frozenset(("struct", "tuple", "item", "items", "pair"))
"""What a type is made as, in links that name no member."""
_ONE_MORE = ("a", "an", "its", "associated", "optional")
"""What stands before the definition of one more member."""
_ALGORITHM = re.compile(r"\bsteps (?:are|is)\b")
_UNIQUE = re.compile(
    r"\b(?:within|in) (?:one|each|any|every) ([\w -]+?) ,? ?each ([\w -]+?) must have unique ([\w -]+)"
)


@dataclass
class Declared:
    """What the declarations say, and which sentences said it."""

    members: dict[str, dict[str, Member]] = field(default_factory=dict)
    """Type to its members, in lower case, in the order of the text."""
    names: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, str]] = field(default_factory=dict)
    """List to the type of its items and, for a map, the type of its keys."""
    unique: dict[str, str] = field(default_factory=dict)
    """List to the member that is unique in it."""
    said: dict[int, str] = field(default_factory=dict)
    """The sentences that declare something, by identity, and what they declare."""


def declarations(document: Document) -> Declared:
    """Read every declaration of a document."""
    found = Declared()
    for paragraph in document.paragraphs:
        if not paragraph.informative:
            _paragraph(found, paragraph)
    return found


def _paragraph(found: Declared, paragraph: Paragraph) -> None:
    latest: tuple[str, str] | None = None
    for sentence in paragraph.sentences:
        text = said_in(sentence)
        unique = _UNIQUE.search(text)
        if unique:
            found.unique[unique[1]] = unique[3]
            found.said[id(sentence)] = f"{unique[3]} is unique in {unique[1]}"
            continue
        if latest and re.match(r"(it|this) is initially|initially", text):
            _change(found, latest, initial=_initial(sentence.tokens))
            found.said[id(sentence)] = f"{latest[1]} is initially {_initial(sentence.tokens)}"
            continue
        owner = None if _ALGORITHM.search(text) else _owner(sentence, paragraph)
        if owner is None and latest and re.match(r"(it|they) (has|have|consists? of)\b", text):
            owner = found.names[latest[0]]
        if owner is None:
            continue
        found.names.setdefault(owner.lower(), owner)
        declared = found.members.setdefault(owner.lower(), {})
        told = []
        for name, tokens in _parts(sentence, owner) or _tuple_members(sentence, text):
            key = (name.term or name.text).lower()
            known = declared.get(key, Member(name.text))
            part = text if tokens is sentence.tokens else " ".join(words_from(tokens).texts)
            declared[key] = _described(known, tokens, part, name)
            latest = (owner.lower(), key)
            told.append(name.text)
            items = _LIST.search(part[part.find(name.text.lower()) + len(name.text) :])
            if items:
                kind = next(group for group in items.groups() if group)
                keys = re.search(r"each key is ([\w -]+)", part)
                found.lists[key] = (_one(kind.strip()), keys[1].strip() if keys else "")
        if told:
            found.said[id(sentence)] = f"{owner} has {', '.join(told)}"


def _one(kind: str) -> str:
    """Give the singular of a type's name."""
    return kind[:-1] if kind.endswith("s") and not kind.endswith("ss") else kind


def _parts(sentence: Sentence, owner: str) -> list[tuple[Token, Tokens]]:
    """Give the members that a sentence defines, each with the part of the sentence that is about it."""
    tokens = sentence.tokens
    dfns = [at for at, token in enumerate(tokens) if token.kind == "dfn" and token.text.lower() != owner.lower()]
    values = next((at for at, token in enumerate(tokens) if token.text == "one"), len(tokens))
    starts = [
        at
        for at in dfns
        if at == dfns[0]
        or tokens[at - 1].text.lower() in _ONE_MORE
        or (at < values and tokens[at - 1].text in (",", "and"))
    ]
    if len(starts) < 2:
        return [(tokens[at], tokens) for at in starts]
    ends = [*starts[1:], len(tokens)]
    return [
        (tokens[at], tokens[at if number else 0 : end])
        for number, (at, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _owner(sentence: Sentence, paragraph: Paragraph) -> str | None:
    """Give the type whose member a sentence declares: its subject, the subject of its lead, or what the dfn is for."""
    for words in (sentence, paragraph.lead):
        if words is None:
            continue
        text = said_in(words)
        has = _HAS.search(text)
        if has:
            before = text[: has.start()].strip()
            subject = [t for t in words.tokens if t.kind in ("term", "dfn", "idl")][:1]
            named = subject[0] if subject and before.lower().startswith(subject[0].text.lower()) else None
            if named is not None:
                return named.term if named.kind == "term" else named.text
            return None
    first = next((token for token in sentence.tokens if token.kind == "dfn"), None)
    starts = [token for token in sentence.tokens if token.kind not in ("mark",)][:3]
    if first is not None and first in starts and (paragraph.scope or first.scope):
        return first.scope or paragraph.scope
    return None


def _tuple_members(sentence: Sentence, text: str) -> Iterator[tuple[Token, Tokens]]:
    if re.search(r"\bis (?:tuple|struct|item|pair)\b", text):
        seen = [token for token in sentence.tokens if token.kind in ("term", "dfn")]
        terms = [token for token in seen if token.kind == "term" and token.term.rpartition(" ")[2] not in _FORMS]
    elif re.search(r"\bhas associated\b", text):
        terms = [token for token in sentence.tokens if token.kind == "term"][1:2]
    else:
        return
    yield from ((token._replace(text=token.term or token.text), sentence.tokens) for token in terms)


def _described(member: Member, tokens: Tokens, text: str, name: Token) -> Member:
    values = _values(tokens, name)
    kind = re.search(r"(?:\(|,|which is) ([\w -]+)", text)
    made = replace(member, name=name.text if name.kind == "dfn" else member.name, type=kind[1] if kind else "")
    if values:
        made = replace(made, values=values)
    if "initially" in text:
        made = replace(made, initial=_initial(tokens))
    return made


def _values(tokens: Tokens, name: Token) -> tuple[str, ...]:
    """Give the values after "one of"."""
    begin = next(
        (at + 2 for at in range(len(tokens) - 1) if tokens[at].text == "one" and tokens[at + 1].text == "of"), None
    )
    if begin is None:
        return ()
    found = []
    for token in tokens[begin:]:
        if token.text in (".", ";", "initially") or token.text == ":":
            break
        if token.kind in ("dfn", "term", "string", "idl") and token is not name:
            found.append(token.text.strip('"'))
    return tuple(found)


def _initial(tokens: Tokens) -> str | None:
    """Give the value after "initially"."""
    words = [token.text for token in tokens]
    place = next((at for at, word in enumerate(words) if word.lower() == "initially"), None)
    if place is None:
        return None
    for token in tokens[place + 1 :]:
        if token.text.lower() in ("set", "to", "a", "an", "the", "."):
            continue
        return None if token.text == "null" else token.text.strip('"')
    return None


def _change(found: Declared, member: tuple[str, str], initial: str | None) -> None:
    owner, key = member
    found.members[owner][key] = replace(found.members[owner][key], initial=initial)


def lexicon_of(document: Document, found: Declared) -> Lexicon:
    """Make the lexicon of a document from what it declares."""
    lexicon = Lexicon()
    lexicon.terms = {token.term for token in document.definitions}
    holding: dict[str, list[tuple[int, str]]] = {}
    for number, (name, (kind, _)) in enumerate(found.lists.items()):
        holding.setdefault(kind.lower(), []).append((number, name))
    for owner, members in found.members.items():
        _, listed = max((each for kind in variants(owner) for each in holding.get(kind, ())), default=(0, ""))
        unique = next((u for of, u in found.unique.items() if listed and of in variants(listed)), "")
        kept = tuple(m for key, m in members.items() if key not in found.lists)
        if listed and not unique and found.lists[listed][1]:
            unique = next((m.name for m in kept if "string" in m.type.lower()), "")
        lexicon.add_type(ObjectType(found.names[owner], listed, kept, unique or None))
    for name, (kind, _) in found.lists.items():
        lexicon.lists[name] = kind
    return lexicon
