"""What the words of a text say, and no step has to do with: all of it is worth a look only.

What a note requires is required by nothing, since notes do not count (RFC 2119 words are for normative text). A
powerful feature that a text declares and that no step asks for keeps nobody out; one that steps ask for and that no
text declares has no name. Several things have no member together. A time that is declared as that of the last event
that was fired is not that of its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from bgsync.judge.structure.finding import NOTE, Finding, place
from bgsync.judge.structure.walking import Visited, visit
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.readback import say_condition
from bgsync.prose.grammar.lexicon import variants
from bgsync.prose.grammar.words import said_in
from bgsync.prose.page.document import Sentence
from bgsync.prose.powerful import unasked, undeclared
from bgsync.prose.reading import Reading

_FIRED = re.compile(
    r"\b(?:previous|last|latest) time (?:[\w-]+ ){1,4}?fire[sd]\b|\btime of (?:last|latest|previous) fir"
)
_NOW = re.compile(r"\b(?:now|current time)\b")
_REQUIRES = re.compile(r"\b(?:MUST|SHALL|SHOULD|REQUIRED|RECOMMENDED)(?: NOT)?\b")


def prose(reading: Reading) -> Iterator[Finding]:
    """Find what the words of a text say and its steps do not do, or the other way round."""
    yield from _notes(reading)
    yield from _features(reading)
    yield from _plurals(reading)
    yield from _moments(reading)


def _origin(reading: Reading, sentence: Sentence, where: str, key: str) -> s.Origin:
    at = sentence.place
    return s.Origin(where, (), reading.document.file, at.line, at.column, sentence.text, key)


def _notes(reading: Reading) -> Iterator[Finding]:
    for paragraph in reading.document.paragraphs:
        for sentence in paragraph.sentences if paragraph.informative else ():
            found = _REQUIRES.search(sentence.text)
            if found:
                message = f"{found[0]} stands in what does not count (a note, or a section that is non-normative)"
                origin = _origin(reading, sentence, paragraph.heading, f"note {sentence.place.line}")
                yield Finding("contradiction", message, origin, NOTE)


def _features(reading: Reading) -> Iterator[Finding]:
    """Powerful features that a text declares and its steps never ask for, or the other way round."""
    for each in unasked(reading):
        yield Finding("contradiction", each.said, _origin(reading, each.sentence, each.heading, each.name), NOTE)
    if (found := undeclared(reading)) is not None:
        yield Finding("known-term", *found, NOTE)


def _plurals(reading: Reading) -> Iterator[Finding]:
    """Members of "the loans's", where one thing of a type is meant."""
    types = {name.lower(): name for name in reading.declared.members}
    for one in reading.sentences:
        for token, mark in pairwise(one.sentence.tokens):
            name = token.text.lower()
            meant = next((each for each in variants(name) if each in types and each != name), "")
            if token.kind == "term" and mark.text == "'s" and meant and f"{token.text}'s" in one.sentence.text:
                message = f'"{token.text}\'s" speaks of several; did you mean "{meant}\'s"?'
                yield Finding("known-term", message, one.origin, NOTE)


def _moments(reading: Reading) -> Iterator[Finding]:
    """Members that are declared as the time at which an event was fired, and set to now when it is over."""
    for paragraph in reading.document.paragraphs:
        for sentence in paragraph.sentences if not paragraph.informative else ():
            if id(sentence) not in reading.declared.said or not _FIRED.search(said_in(sentence)):
                continue
            names = {(token.term or token.text).lower() for token in sentence.tokens if token.kind == "dfn"}
            for _, body in reading.spec.bodies():
                yield from _over(tuple(visit(body)), names, sentence)


def _over(steps: tuple[Visited, ...], names: set[str], declared: Sentence) -> Iterator[Finding]:
    """Find where steps that fire an event note the time of it only when the event is over."""
    fired = any(isinstance(at.statement, s.FireEvent) for at in steps)
    noted = [at for at in steps if _notes_now(at.statement) in names]
    if not fired or not noted or not all(_waited(at) for at in noted):
        return
    first = noted[0]
    conditions = [each.condition for each in first.around if isinstance(each, s.If)]
    conditions = [each for each in conditions if all(isinstance(part, e.Var | e.Is | bool) for part in e.parts(each))]
    only = f", and only if {say_condition(conditions[-1])}" if conditions else ""
    said = f"declared in line {declared.place.line} as the time at which an event was fired"
    message = f"sets {_named(first.statement)!r}, {said}, when the event is over{only}"
    yield Finding("contradiction", message, place(first.statement), NOTE)


def _notes_now(statement: s.Statement) -> str:
    """Give what a statement sets to the time that it is, in lower case; "" for one that does not."""
    match statement:
        case s.Set(value=e.Input(text=text)) if _NOW.search(text):
            return _named(statement).lower()
        case _:
            return ""


def _named(statement: s.Statement) -> str:
    """Give the member that a statement sets, or the map whose item it sets; "" for none."""
    match statement:
        case (
            s.Set(target=e.Field(name=name)) | s.Set(target=e.Item(collection=e.ListOf(name=name) | e.Field(name=name)))
        ):
            return name
        case _:
            return ""


def _waited(at: Visited) -> bool:
    """Whether a statement stands in a reaction, or in steps that run on their own after they have waited."""
    for each in at.around:
        if isinstance(each, s.Upon):
            return True
        if isinstance(each, s.InParallel) and isinstance(traversal.body_of(each)[0], s.WaitUntil):
            return True
    return False
