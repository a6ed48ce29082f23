"""Declarations: types, their members with values and initial values, lists and what is unique in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile

from bgsync.language import Member, ObjectType
from bgsync.prose.grammar.lexicon import Lexicon, variants
from bgsync.prose.grammar.words import ARTICLES, number_of, said_in, words_from
from bgsync.prose.page.document import Document, Paragraph, Place, Sentence, Token

Tokens = tuple[Token, ...]
Enumerations = Mapping[str, tuple[str, ...]]
"""Those of the IDL of a document, each with its values."""

_HAS = re.compile(
    r"\b(?:has|have|keeps?|maintains?|possess(?:es)?|consists? of"
    r"|is (?:tuple|struct|item|pair) (?:consisting of|with|of|whose))\b"
)
_LIST = re.compile(
    r"\b(?:list|set|sequence|collection|queue) of (?:zero or more )?([\w -]+?)"
    r"(?= (?:whose|where|which|each|that|keyed|initially)\b| ?[,;.()]|$)"
    r"|element type is ([\w -]+)|each (?:item|value|entry) is ([\w -]+)"
)
_FORMS = frozenset(("struct", "tuple", "item", "items", "pair"))
"""What a type is made as, in links that name no member."""
_ONE_MORE = ("a", "an", "the", "its", "associated", "optional", "called", "named")
"""What stands before the definition of one more member."""
_ALL = re.compile(r"^(?:each|every|all|any) ")
_AT_FIRST = (
    r"(?:initially|starts (?:out )?(?:at|as|with)"
    r"|(?:by default|unless otherwise \w+|unless \w+ otherwise|(?:at|on|upon) (?:its |the )?creation"
    r"|when (?:it is )?created) ,? ?(?:it|this|its value) (?:is|has (?:the )?value))"
)
"""What says that a value is the first one."""
_INITIALLY = re.compile(rf"\b{_AT_FIRST}(?![\w-])")
_MORE = re.compile(
    rf"(?:(?:it|this|its value) (?:is )?)?(?:{_AT_FIRST}|one of)(?![\w-])"
    rf"|(?:boolean|flag|string|number|integer|list|set|map|enum)\b.* {_AT_FIRST}(?![\w-])"
)
_NEW = re.compile(
    r"^(?:(?:each|every|all) )?new(?:ly created)? (?P<kind>[\w -]+?) (?:is|are|starts? (?:out )?as|begins? as) "
)
"""Sentences by which a new thing is in a state."""
_ENDS = re.compile(rf"\b{_AT_FIRST}$")
_ALGORITHM = re.compile(r"\bsteps (?:are|is)\b")
_WHICH = r"(?:(?:one|each|any|every) )?(?P<list>[\w -]+?)"
_UNIQUE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:within|in) {_WHICH} ,? ?(?:each|every) [\w -]+? (?:must have|has) unique (?P<member>[\w -]+)",
        rf"^(?:each|every) [\w -]+? in {_WHICH} (?:must have|has) unique (?P<member>[\w -]+)",
        rf"^no two [\w -]+? in {_WHICH} (?:must |may |can |shall )?have same (?P<member>[\w -]+)",
        rf"must not be (?:two|several) [\w -]+? with same (?P<member>[\w -]+?) (?:within|in) {_WHICH} ?\.?$",
        rf"\b(?:within|in) {_WHICH} ,? ?(?P<member>[\w -]+?) of [\w -]+? (?:must be|are) unique",
    )
)
"""Sentences by which a member is unique in a list."""


@dataclass
class Declared:
    """What the declarations say, and which sentences said it."""

    enumerations: Enumerations = field(default_factory=dict, repr=False)
    members: dict[str, dict[str, Member]] = field(default_factory=dict)
    """Type to its members, in lower case, in the order of the text."""
    names: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, str]] = field(default_factory=dict)
    """List to the type of its items and, for a map, the type of its keys."""
    unique: dict[str, str] = field(default_factory=dict)
    """List to the member that is unique in it."""
    uniquely: list[tuple[int, str, str]] = field(default_factory=list)
    """The sentences that say what is unique in which list, in their words: the list may be declared after them."""
    newly: list[tuple[Sentence, str]] = field(default_factory=list)
    """The sentences that say in which state a new thing is, with what they call it."""
    said: dict[int, str] = field(default_factory=dict)
    """The sentences that declare something, by identity, and what they declare."""


def declarations(document: Document, enumerations: Enumerations) -> Declared:
    """Read every declaration of a document: a member whose type is an enumeration has the values of that."""
    found, about = Declared(enumerations=enumerations), ""
    for paragraph in document.paragraphs:
        if not paragraph.informative:
            about = _paragraph(found, paragraph, about)
    for name, (kind, key_type) in found.lists.items():
        forms = (kind, kind.removesuffix("e"), re.sub("ie$", "y", kind))  # of boxes, entries
        known = (form for form in forms if form.lower() in found.members)
        found.lists[name] = next(known, kind), key_type
    for sentence, said, member in found.uniquely:
        listed = next((name for name in variants(said) if name in found.lists), None)
        keys = {key for members in found.members.values() for key in members}
        key = next((key for key in variants(member) if key in keys), None)
        if listed and key:
            found.unique[listed] = key
            found.said[sentence] = f"{key} is unique in {listed}"
    for each, called in found.newly:
        _begin(found, each, next((kind for kind in variants(called) if kind in found.members), ""))
    return found


def _begin(found: Declared, sentence: Sentence, kind: str) -> None:
    """Note the state that a new thing of a type is in: the only member that can be in it is so initially."""
    said = {(token.term or token.text).strip('"').lower() for token in sentence.tokens}
    first = [(key, value) for key, member in found.members.get(kind, {}).items()
             for value in member.values or () if value.lower() in said]  # fmt: skip
    if len(first) == 1:
        ((key, value),) = first
        found.members[kind][key] = replace(found.members[kind][key], initial=value)
        found.said[id(sentence)] = f"{key} is initially {value}"


def _paragraph(found: Declared, paragraph: Paragraph, about: str) -> str:
    """Read the declarations of a paragraph; `about` is the type that was spoken of last. Give the one that it is."""
    latest: tuple[str, str] | None = None
    for sentence in paragraph.sentences:
        text = said_in(sentence)
        unique = next(filter(None, (pattern.search(text) for pattern in _UNIQUE)), None)
        if unique:
            found.uniquely.append((id(sentence), unique["list"], unique["member"]))
            continue
        if (new := _NEW.match(text)) and not any(token.kind == "dfn" for token in sentence.tokens):
            found.newly.append((sentence, new["kind"]))
            continue
        if latest and _goes_on(found, sentence, text):
            found.said[id(sentence)] = _change(found, latest, sentence.tokens, text)
            continue
        owner = None if _ALGORITHM.search(text) else _owner(sentence, paragraph, about)
        about = _defined(sentence) or about
        if owner is None:
            continue
        about = owner
        found.names.setdefault(owner.lower(), owner)
        declared = found.members.setdefault(owner.lower(), {})
        told = []
        for name, tokens in _parts(sentence, owner) or _tuple_members(sentence, text):
            key = (name.term or name.text).lower()
            known = declared.get(key, Member(name.text))
            part = text if tokens is sentence.tokens else " ".join(words_from(tokens).texts)
            declared[key] = _described(found, known, tokens, part, name)
            latest = (owner.lower(), key)
            told.append(name.text)
            items = _LIST.search(part[part.find(name.text.lower()) + len(name.text) :])
            if items:
                kind = next(group for group in items.groups() if group)
                keys = re.search(r"each key is ([\w -]+)", part)
                found.lists[key] = (_one(kind.strip()), keys[1].strip() if keys else "")
        if told:
            found.said[id(sentence)] = f"{owner} has {', '.join(told)}"
    return about


def _defined(sentence: Sentence) -> str:
    """Give the type that a sentence begins with defining: "A <dfn>loan</dfn> is a struct"."""
    plain = [token for token in sentence.tokens if token.text.lower() not in ARTICLES]
    named = len(plain) > 1 and plain[0].kind == "dfn" and plain[1].text in ("is", "has", "consists", "represents")
    return plain[0].text if named else ""


def _goes_on(found: Declared, sentence: Sentence, text: str) -> bool:
    """Whether a sentence says more of the member before it: what it is initially, or one of which values."""
    defines = any(token.kind == "dfn" for token in sentence.tokens[:3])
    typed = any(token.kind == "idl" and token.text in found.enumerations for token in sentence.tokens[:2])
    return (typed or _MORE.match(text) is not None) and not defines


def _one(kind: str) -> str:
    """Give the singular of a type's name."""
    return kind[:-1] if kind.endswith("s") and not kind.endswith("ss") else kind


def _parts(sentence: Sentence, owner: str) -> list[tuple[Token, Tokens]]:
    """Give the members that a sentence defines, each with the part of the sentence that is about it."""
    tokens = sentence.tokens
    values = {id(token) for token, _ in _value_definitions(tokens)}
    dfns = [
        at
        for at, token in enumerate(tokens)
        if token.kind == "dfn"
        and token.text.lower() != owner.lower()
        and id(token) not in values
        and not token.text.endswith(")")
    ]
    one = next((at for at, token in enumerate(tokens) if token.text == "one"), _in_parentheses(tokens) or len(tokens))
    starts = [
        at
        for at in dfns
        if at == dfns[0]
        or tokens[at - 1].text.lower() in _ONE_MORE
        or (at < one and tokens[at - 1].text in (",", "and"))
    ]
    if len(starts) < 2:
        return [(tokens[at], tokens) for at in starts]
    ends = [*starts[1:], len(tokens)]
    return [
        (tokens[at], tokens[at if number else 0 : end])
        for number, (at, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _value_definitions(tokens: Tokens) -> Iterator[tuple[Token, str]]:
    """Give the definitions that are for a member which the same sentence defines: its values, each with the member."""
    members = {token.text.lower() for token in tokens if token.kind == "dfn"}
    for token in tokens:
        owner, _, member = token.scope.rpartition("/")
        if token.kind == "dfn" and owner and member in members:
            yield token, member


def _owner(sentence: Sentence, paragraph: Paragraph, about: str) -> str | None:
    """Give the type whose member a sentence declares: its subject, the subject of its lead, or what the dfn is for.

    "It has" is said of the type that was spoken of last.
    """
    for words in (sentence, paragraph.lead):
        if words is None:
            continue
        text = said_in(words)
        has = _HAS.search(text)
        if has:
            before = _ALL.sub("", text[: has.start()].strip())
            if before in ("it", "they", "this"):
                return about or None
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


def _described(found: Declared, member: Member, tokens: Tokens, text: str, name: Token) -> Member:
    after = tuple(
        token for token in tokens if (token.place.line, token.place.column) > (name.place.line, name.place.column)
    )
    values = _values(tokens, name) or _enumerated(found, after)
    values = values or tuple(each.text for each, of in _value_definitions(tokens) if of == name.text.lower())
    kind = re.search(rf"\b{re.escape(name.text.lower())} (flag|boolean)\b|(?:\(|,|which is) ([\w -]+)", text)
    named = name.text if name.kind == "dfn" else member.name
    said = (kind[1] or kind[2]) if kind else ""
    made = replace(member, name=named, type="" if said.strip() in map(str.lower, values) else said)
    if values:
        made = replace(made, values=values)
    if _INITIALLY.search(text):
        made = replace(made, initial=_initial(tokens))
    return made


def _values(tokens: Tokens, name: Token) -> tuple[str, ...]:
    """Give the values after "one of"."""
    begin = next(
        (at + 2 for at, token in enumerate(tokens[:-1]) if (token.text.lower(), tokens[at + 1].text) == ("one", "of")),
        _in_parentheses(tokens),
    )
    if begin is None:
        return ()
    found = []
    for token in tokens[begin:]:
        if token.text in (".", ";", ")", ":", "initially"):
            break
        if token.kind in _VALUED and token is not name:
            found.append(token.text.strip('"'))
    return tuple(found)


def _in_parentheses(tokens: Tokens) -> int | None:
    """Give where the values of a member begin that stand in parentheses after it: "a state (ready, or done)"."""
    for at, token in enumerate(tokens[:-1]):
        if token.kind == "dfn" and tokens[at + 1].text == "(":
            inside = [*takewhile(lambda each: each.text != ")", tokens[at + 2 :])]
            plain = [each.text for each in inside if each.kind not in _VALUED]
            if "or" in plain and set(plain) <= {",", "or"}:
                return at + 2
    return None


_VALUED = frozenset(("dfn", "term", "string", "idl"))


def _enumerated(found: Declared, tokens: Tokens) -> tuple[str, ...]:
    """Give the values of the enumeration that a member is one of: "a {{LoanState}}"."""
    articles = (token.text.lower() in ("a", "an") for token in tokens)
    pairs = zip(articles, tokens[1:], strict=False)
    typed = (found.enumerations.get(token.text, ()) for article, token in pairs if article and token.kind == "idl")
    return next(filter(None, typed), ())


_SAID = {"null": None, "true": True, "false": False, "unset": False}


_LONG = 10
"""How many words, and marks, a phrase has at most that says that a value is the first one."""
_BETWEEN = frozenset(("set", "to", "a", "an", "the", ".", '"', ",", "it", "its", "is", "has", "value"))
"""What may stand between "initially" and the value."""


def _initial(tokens: Tokens) -> str | int | None:
    """Give the value after "initially": a boolean, a number, or a word."""
    words = [token.text for token in tokens]
    ends = (at for at in range(1, len(words) + 1) if _ENDS.search(" ".join(words[max(at - _LONG, 0) : at]).lower()))
    place = next(ends, None)
    if place is None:
        return None
    for token, after in zip(tokens[place:], [*words, ""][place + 1 :], strict=False):
        if token.text.lower() in _BETWEEN:
            continue
        if (token.text, after) == ("empty", "string"):
            return ""
        if after == "of":  # a copy of something
            return None
        if token.kind in ("string", "idl"):
            return token.text.strip('"')
        number = number_of(token.text)
        return _SAID.get(token.text, token.text if number is None else number)
    return None


def _change(found: Declared, member: tuple[str, str], tokens: Tokens, text: str) -> str:
    """Put into a declaration what a later sentence says of its values; say it."""
    owner, key = member
    known = found.members[owner][key]
    values = _values(tokens, Token("word", "", Place(0, 0))) or _enumerated(found, tokens) or known.values
    first = _INITIALLY.search(text) is not None
    initial = _initial(tokens) if first else known.initial
    found.members[owner][key] = replace(known, values=values, initial=initial)
    told = [f"one of {', '.join(values)}"] if values else []
    told += [f"initially {'null' if initial is None else initial}"] * first
    return f"{key} is {' and '.join(told)}"


def lexicon_of(document: Document, found: Declared) -> Lexicon:
    """Make the lexicon of a document from what it declares."""
    lexicon = Lexicon()
    lexicon.terms = {token.term for token in document.definitions}
    for token in document.definitions:
        lexicon.scopes.setdefault(token.term, set()).add(token.scope.lower())
    holding: dict[str, list[tuple[int, str]]] = {}
    for number, (name, (kind, _)) in enumerate(found.lists.items()):
        holding.setdefault(kind.lower(), []).append((number, name))
    for owner, members in found.members.items():
        _, listed = max((each for kind in variants(owner) for each in holding.get(kind, ())), default=(0, ""))
        unique = found.unique.get(listed, "")
        kept = tuple(m for key, m in members.items() if key not in found.lists)
        if listed and not unique and found.lists[listed][1]:
            unique = next((m.name for m in kept if "string" in m.type.lower()), "")
        lexicon.add_type(ObjectType(found.names[owner], listed, kept, unique or None))
    for name, (kind, _) in found.lists.items():
        lexicon.lists[name] = kind
    return lexicon
