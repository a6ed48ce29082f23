"""Findings of structure of a text that was read: those of its spec, and those that only its words show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate

from bgsync.judge.structure import ERROR, NOTE, Finding, Known, by_place, findings_of
from bgsync.judge.structure.dictionaries import given
from bgsync.judge.structure.interfaces import interfaces
from bgsync.judge.structure.links import links
from bgsync.judge.structure.maps import maps
from bgsync.judge.structure.owners import owners
from bgsync.judge.structure.prose import prose
from bgsync.language import Member, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.prose.grammar.words import ARTICLES, opens
from bgsync.prose.names import unknown
from bgsync.prose.page.document import Bullets, Cases, Item, Members, Numbered, Sentence, Token
from bgsync.prose.reading import Reading, given_to
from bgsync.prose.subjects import said_types
from bgsync.prose.understood import SentenceRead


def structure(reading: Reading) -> tuple[Finding, ...]:
    """Find what is wrong with the structure of a text, in the order of the text."""
    return by_place(seen(reading))


def seen(reading: Reading) -> Iterator[Finding]:
    """Give the findings one by one, as they are found."""
    yield from _judged(reading, findings_of(reading.spec, known(reading)))
    yield from _judged(reading, _nesting(reading))
    for judged in (interfaces, owners, maps, prose):
        yield from _judged(reading, judged(reading))
    for look in (_markup, links, given, _names, _plain_members, _plain_variables):
        yield from look(reading)


def _judged(reading: Reading, found: Iterable[Finding]) -> Iterator[Finding]:
    """Make a note of what rests on a step that is not understood, its own or one above it; of a note, nothing."""
    unread: dict[str, list[s.Origin]] = {}
    misspelt = {one.origin.key for one in reading.sentences if one.misspelt}
    for one in reading.sentences:
        if not one.understood:
            unread.setdefault(one.origin.algorithm, []).append(one.origin)
    headless = {head.name for text, head in reading.heads if head.name == f"steps at line {text.place.line}"}
    for finding in found:
        if finding.property == "defined-before-use" and finding.origin.key in misspelt:
            continue  # told as what it is
        path = finding.origin.path
        if finding.property == "defined-before-use" and finding.origin.algorithm in headless and finding.level == ERROR:
            message = f"{finding.message}; but no head of these steps is understood"
            finding = replace(finding, message=message, level=NOTE)
        known = unread.get(finding.origin.algorithm, ()) if path else ()
        doubts = [each for each in known if path[: len(each.path)] == each.path]
        if doubts and finding.level == NOTE:
            continue
        if doubts:
            message = f"{finding.message}; but step {doubts[0].step} is not understood"
            finding = replace(finding, message=message, level=NOTE)
        yield finding


def known(reading: Reading) -> Known:
    """Collect what a text tells beside its spec."""
    types = {name.lower() for name in reading.lexicon.types} | {"string", "boolean", "list"}
    owners: dict[str, set[str]] = {}
    for owner, members in reading.declared.members.items():
        for name in members:
            owners.setdefault(name, set()).add(owner)
    return Known(
        types={
            (head.name, variable): kind
            for text, head in reading.heads
            for variable, kind in said_types(text.introduction, types)
        },
        given={head.name: given_to(text, head) for text, head in reading.heads},
        maps={name: keys for name, (_, keys) in reading.declared.lists.items() if keys},
        owners={name: frozenset(owners.get(name, ())) for name in reading.declared.lists},
        items={name: kind for name, (kind, _) in reading.declared.lists.items()},
        open=frozenset(
            name.lower()
            for block in reading.document.interfaces
            for name in re.findall(r"\b(?:interface|dictionary|mixin)\s+(\w+)", block.text)
        ),
        interfaces=frozenset(
            name.lower()
            for block in reading.document.interfaces
            for name in re.findall(r"\binterface\s+(?!mixin\b)(\w+)", block.text)
        ),
        signatures=reading.signatures,
        links=_linked_owners(reading),
        places=_places(reading),
    )


def _linked_owners(reading: Reading) -> dict[tuple[str, str], frozenset[str]]:
    """Give the types that sentences link members to: [=T/member=]."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for one in reading.sentences:
        for token in one.sentence.tokens:
            if token.kind == "term" and token.scope:
                key = (one.origin.key, token.term.lower())
                found[key] = found.get(key, frozenset()) | {token.scope.lower()}
    return found


def _places(reading: Reading) -> dict[tuple[str, str], s.Origin]:
    """Find where members and their values are declared."""
    found: dict[tuple[str, str], s.Origin] = {}
    members: dict[str, list[tuple[str, Member]]] = {}
    for kind in (reading.spec.type, *reading.spec.others):
        for member in kind.members:
            members.setdefault(member.name.lower(), []).append((kind.name, member))
    for paragraph in reading.document.paragraphs:
        for sentence in paragraph.sentences:
            if id(sentence) not in reading.declared.said:
                continue
            names = {
                token.text.lower(): token for token in sentence.tokens if token.kind in ("dfn", "term", "string", "idl")
            }
            for name in names:
                for owner, member in members.get(name, ()):
                    for value in ("", *(member.values or ())):
                        token = names.get(value.lower() or name)
                        if token is not None:
                            origin = _origin(reading, sentence, token, owner)
                            found.setdefault((name, value.lower()), origin)
    return found


def _origin(reading: Reading, sentence: Sentence, token: Token, name: str) -> s.Origin:
    file = reading.document.file
    return s.Origin(name, (), file, token.place.line, token.place.column, sentence.text, token.text)


def _items(numbered: Numbered) -> Iterator[Item]:
    for item in numbered.items:
        yield item
        for part in item.parts:
            if isinstance(part, Numbered):
                yield from _items(part)


def _nesting(reading: Reading) -> Iterator[Finding]:
    """Keep what is odd about the nesting of steps unless the sentence was misread rather than miswritten."""
    read = {id(one.origin): one for one in reading.sentences}
    item_of = {
        id(part): item
        for text in reading.document.algorithms
        for item in _items(text.steps)
        for part in item.parts
        if isinstance(part, Sentence)
    }
    for code, message, origin in reading.nesting:
        one = read.get(id(origin))
        if one is not None and "follows no If" in message and _after_unread(reading, origin):
            continue
        if one is not None and not _meant(one, item_of.get(id(one.sentence)), message):
            continue
        yield Finding(code, message, origin)


def _after_unread(reading: Reading, origin: s.Origin) -> bool:
    """Whether the step before is not understood, so that it may be the condition that was looked for."""
    before = (*origin.path[:-1], origin.path[-1] - 1)
    same = (each for each in reading.sentences if each.origin.algorithm == origin.algorithm)
    return any(each.origin.path == before and not each.understood for each in same)


def _meant(one: SentenceRead, item: Item | None, message: str) -> bool:
    """Whether punctuation bears out what the reader thinks odd."""
    below = item is not None and any(isinstance(part, Numbered | Bullets | Members | Cases) for part in item.parts)
    if "announced" in message:
        return not below and (opens(one.sentence) or bool(re.search(r"\b(following|below)\b", one.sentence.text)))
    if "none" in message:
        return not opens(one.sentence)
    return True


_WRAPPED = re.compile(r"\|\w[\w ]*\n[ \t]*\w[\w ]*\|")
"""A variable whose name goes on in the next line."""


def _markup(reading: Reading) -> Iterator[Finding]:
    """What is broken in the markup."""
    source = reading.document.source
    lines = source.splitlines()
    starts = list(accumulate((len(line) for line in source.splitlines(keepends=True)), initial=0))
    wrapped = [range(*found.span()) for found in _WRAPPED.finditer(source)]
    for defect in reading.document.defects:
        at = starts[defect.place.line - 1] + defect.place.column - 1
        if any(at in found for found in wrapped):
            continue
        text = lines[defect.place.line - 1].strip()
        origin = s.Origin("", (), reading.document.file, defect.place.line, defect.place.column, text, defect.code)
        yield Finding("well-nested", defect.message, origin, NOTE)


def _names(reading: Reading) -> Iterator[Finding]:
    """Errors and variables that are misspelt, and values that an enumeration of the text does not have."""
    for one in reading.sentences:
        for name, meant in one.misspelt:
            message = f"nothing gives the variable {name!r} a value; did you mean {meant!r}?"
            yield Finding("defined-before-use", message, one.origin)
        for name, meant in unknown(one.sentence.tokens, reading.lexicon):
            message = f"nothing defines {name!r}" + (f"; did you mean {meant!r}?" if meant else "")
            yield Finding("known-term", message, one.origin)


def _plain_members(reading: Reading) -> Iterator[Finding]:
    """Members of this text that a step names without a link, or by their last word only."""
    seen: dict[tuple[str, str], list[SentenceRead]] = {}
    for one in reading.sentences:
        tokens = one.sentence.tokens
        for at in range(2, len(tokens)):
            if tokens[at].kind != "word" or tokens[at - 1].text != "'s" or tokens[at - 2].kind != "var":
                continue
            words = []
            for token in tokens[at:]:
                if token.kind != "word" or token.text in ("is", "are", "to", "if"):
                    break
                words.append(token.text)
            member = _member(reading, words, one)
            if member:
                seen.setdefault((member[0], member[1]), []).append(one)
    for (said, meant), sentences in seen.items():
        first = sentences[0].origin
        others = [f"{each.origin}" for each in sentences[1:] if each.origin != first]
        read = "" if said == meant else f", and was read as {meant!r}"
        also = f" (also in {', '.join(others)})" if others else ""
        yield Finding("known-term", f"{said!r} is no link{read}{also}", first, NOTE)


def _member(reading: Reading, words: list[str], one: SentenceRead) -> tuple[str, str] | None:
    """Give the longest run of plain words that was read as a member of this text, and the member."""
    fields = {part.name for statement in traversal.walk(one.statements) for part in _fields(statement)}
    for end in range(len(words), 0, -1):
        said = " ".join(words[:end])
        meant = reading.lexicon.member(said)
        if meant.lower() in reading.lexicon.members and meant in fields:
            return said, meant
    return None


def _fields(statement: s.Statement) -> Iterator[e.Field]:
    targets = (statement.target,) if isinstance(statement, s.Set) else ()
    for expression in (*traversal.expressions(statement), *targets):
        yield from (part for part in e.parts(expression) if isinstance(part, e.Field))


def _plain_variables(reading: Reading) -> Iterator[Finding]:
    """Variables that are introduced without the markup of a variable."""
    for one in reading.sentences:
        tokens = [token for token in one.sentence.tokens if token.text.lower() not in ARTICLES]
        plain = (
            len(tokens) > 2 and tokens[0].text.lower() == "let" and tokens[1].kind == "word" and tokens[2].text == "be"
        )
        name = tokens[1].text if plain else ""
        bound = any(isinstance(each, s.Let) and each.name == name for each in one.statements)
        if plain and bound:
            yield Finding("known-term", f"{name!r} is introduced without the markup of a variable", one.origin, NOTE)
