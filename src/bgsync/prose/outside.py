"""Sentences outside of steps: their keys, and what a sidecar says that they mean."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bgsync.prose.inline import sentence_of
from bgsync.prose.page.document import Document, Paragraph, Sentence
from bgsync.prose.sidecar import NOTHING, SidecarError


@dataclass
class Outside:
    """The keys of the sentences outside of steps, by identity, and which of them the sidecar speaks of."""

    keys: dict[int, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    meant: dict[int, str] = field(default_factory=dict)
    """By identity: what a sentence is read as, as the sidecar has it."""

    def idle(self, sentence: Sentence) -> bool:
        """Whether the sidecar says that a sentence does nothing."""
        return self.meant.get(id(sentence), "").lower().rstrip(".") == NOTHING


def annotated(document: Document, read_as: Mapping[str, str]) -> tuple[Document, Outside]:
    """Give a document in which the sentences that a sidecar speaks of say what it says. Raises SidecarError."""
    outside, seen = Outside(), Counter[str]()
    paragraphs = []
    for paragraph in document.paragraphs:
        sentences = tuple(_annotated(paragraph, each, read_as, outside, seen) for each in paragraph.sentences)
        changed = any(new is not old for new, old in zip(sentences, paragraph.sentences, strict=True))
        paragraphs.append(replace(paragraph, sentences=sentences) if changed else paragraph)
    return replace(document, paragraphs=tuple(paragraphs)), outside


def _annotated(
    paragraph: Paragraph, sentence: Sentence, read_as: Mapping[str, str], outside: Outside, seen: Counter[str]
) -> Sentence:
    text = sentence.text.rstrip(":. ")
    key = hashlib.sha1(f"\0{text}\0{seen[text]}".encode()).hexdigest()[:12]
    seen[text] += 1
    said = read_as.get(key, "").strip()
    if said:
        meant = None if said.lower().rstrip(".") == NOTHING else sentence_of(said)
        tokens = meant.tokens if meant is not None else ()
        placed = tuple(token._replace(place=sentence.place) for token in tokens)
        sentence = Sentence(placed, sentence.text, sentence.place)
        outside.meant[id(sentence)] = said
    outside.keys[id(sentence)] = key
    outside.texts[key] = sentence.text
    return sentence


def check_meant(document: Document, outside: Outside, understood: frozenset[int]) -> None:
    """Refuse what a sidecar says of a sentence where that is not understood itself. Raises SidecarError."""
    for paragraph in document.paragraphs:
        for sentence in paragraph.sentences:
            said = outside.meant.get(id(sentence))
            if said is not None and not outside.idle(sentence) and id(sentence) not in understood:
                raise SidecarError(
                    f"{outside.keys[id(sentence)]} ({document.file}:{sentence.place.line}): read_as {said!r} is itself "
                    'not understood: outside of steps write what declares a member or a list, "Whenever ..., the user '
                    'agent must ...", or "nothing"'
                )
