"""Powerful features (Permissions): the permissions that a text declares, and those that its steps ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from bgsync.language import Origin, traversal
from bgsync.language import expressions as e
from bgsync.prose.grammar.words import words_of
from bgsync.prose.page.document import Sentence
from bgsync.prose.reading import Reading

POWERFUL = re.compile(r"\bpowerful feature\b.* identified by\b")
"""What says that something needs a permission of its own."""
_NAMES = frozenset((("PermissionDescriptor", "name"), ("", "PermissionName"), ("", "PermissionDescriptor/name")))
"""What the name of a permission comes after."""


class Unasked(NamedTuple):
    """A feature that a sentence under a heading declares, by its name, in a text whose steps never ask for it."""

    sentence: Sentence
    heading: str
    name: str
    said: str


def unasked(reading: Reading) -> Iterator[Unasked]:
    """Give what a text declares, where no step speaks of a permission, or asks for it in words that are known."""
    if not reading.sentences or any("permission" in one.sentence.text.lower() for one in reading.sentences):
        return
    whole = (each for statement in reading.spec.statements() for each in traversal.expressions(statement))
    if any(
        isinstance(part, e.Environment) and part.machine == "permission" for each in whole for part in e.parts(each)
    ):
        return
    for paragraph in reading.document.paragraphs:
        for sentence in paragraph.sentences if not paragraph.informative else ():
            names = [token.text for token in sentence.tokens if token.kind == "string"]
            if names and POWERFUL.search(" ".join(words_of(sentence).texts)):
                said = f"declares the permission {names[0]!r}, and no step asks whether it is granted"
                yield Unasked(sentence, paragraph.heading, names[0], said)


def undeclared(reading: Reading) -> tuple[str, Origin] | None:
    """Give the first name that a step asks for and that a text does not declare, in words; None where there is none."""
    declared = " ".join(block.text for block in reading.document.interfaces)
    declared += " ".join(
        sentence.text
        for paragraph in reading.document.paragraphs
        for sentence in paragraph.sentences
        if "powerful feature" in sentence.text.lower()
    )
    for one in reading.sentences:
        for before, token in pairwise(one.sentence.tokens):
            named = before.kind == "idl" and (before.scope, before.text) in _NAMES and token.kind == "string"
            name = token.text.strip('"')
            if named and f'"{name}"' not in declared:
                said = f"asks for the permission {name!r}, which no sentence declares as that of a powerful feature"
                return said, one.origin
    return None
