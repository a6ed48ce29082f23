"""What the prose of a text says outside of its steps, and what no step has to do with: all of it is worth a look only.

What a note requires is required by nothing, since notes do not count (RFC 2119 words are for normative text). A
permission that a text declares and that no step asks for keeps nobody out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bgsync.judge.structure.finding import NOTE, Finding
from bgsync.language import statements as s
from bgsync.prose.grammar.words import words_of
from bgsync.prose.ledger import POWERFUL
from bgsync.prose.page.document import Sentence
from bgsync.prose.reading import Reading

_REQUIRES = re.compile(r"\b(?:MUST|SHALL|SHOULD|REQUIRED|RECOMMENDED)(?: NOT)?\b")


def prose(reading: Reading) -> Iterator[Finding]:
    """Find what notes require, and permissions that no step asks for."""
    yield from _notes(reading)
    yield from _permissions(reading)


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


def _permissions(reading: Reading) -> Iterator[Finding]:
    """Permissions that a sentence declares, in a text of which no step speaks of one."""
    if any("permission" in one.sentence.text.lower() for one in reading.sentences):
        return
    for paragraph in reading.document.paragraphs:
        for sentence in paragraph.sentences if not paragraph.informative else ():
            names = [token.text for token in sentence.tokens if token.kind == "string"]
            if names and reading.sentences and POWERFUL.search(" ".join(words_of(sentence).texts)):
                message = f"declares the permission {names[0]!r}, and no step asks whether it is granted"
                yield Finding("contradiction", message, _origin(reading, sentence, paragraph.heading, names[0]), NOTE)
