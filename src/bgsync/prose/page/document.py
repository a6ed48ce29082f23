"""What is on the page: algorithms, paragraphs, definitions and IDL, in sentences of tokens, each with its place.

Markup is kept where it means something (a variable, a link to a term, an IDL name, a string) and dropped where not.
Nothing here knows what a sentence says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple


class Place(NamedTuple):
    """A place in a source: line and column, both from 1, the column in characters."""

    line: int
    column: int


class Token(NamedTuple):
    """One word, mark or link.

    Kinds: `word` (letters, inner hyphens and apostrophes: "user agent's" is user, agent, 's), `number`, `string`
    (quoted or code, without its quotes), `var`, `term` (a link to a definition), `idl` (an interface, member or
    exception), `dfn` (the definition itself) and `mark` (one of . , : ; ( ) [ ] + - = and other punctuation, and the
    possessive 's or a lone ' after an s, which is always the mark 's).
    """

    kind: str
    text: str
    """What a reader sees; a variable without its bars; a string without its quotes."""
    place: Place
    term: str = ""
    """Of a term, idl or dfn: what it names, its linking text in lower case with single spaces (idl: as written)."""
    scope: str = ""
    """Of a term, idl or dfn: what it is for, in lower case (idl: as written); "/" where the source says so."""
    type: str = ""
    """Of a variable: its type, where the source gives one."""
    space: bool = True
    """Whether white space comes before it."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its tokens, and what a reader sees of it, with single spaces."""

    tokens: tuple[Token, ...]
    text: str
    place: Place
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out of it, so that it is worked out once."""


def spoken(tokens: tuple[Token, ...]) -> Sentence:
    """Give some tokens of a sentence, at least one, as a sentence."""
    text = "".join((" " if at and token.space else "") + token.text for at, token in enumerate(tokens))
    return Sentence(tokens, text, tokens[0].place)


@dataclass(frozen=True, slots=True)
class Note:
    """A note, an issue, an example or a warning: it does not count."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Members:
    """A list of names with values (dl): the name's sentence, the value's sentences."""

    entries: tuple[tuple[Sentence, tuple[Sentence, ...]], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Cases:
    """A list of names with values (dl) of which one is more than a sentence: names, and what stands under them."""

    entries: tuple[tuple[tuple[Sentence, ...], Item], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without numbers."""

    items: tuple[Item, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Numbered:
    """A list of numbered steps."""

    items: tuple[Item, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: its parts in the order of the page."""

    parts: tuple[Part, ...]
    place: Place


Part = Sentence | Numbered | Bullets | Members | Cases | Note


def sentences_in(numbered: Numbered) -> list[Sentence]:
    """Give every sentence of steps."""
    found: list[Sentence] = []

    def see(sentence: Sentence) -> Sentence:
        found.append(sentence)
        return sentence

    mapped(numbered, see)
    return found


def mapped(numbered: Numbered, change: Callable[[Sentence], Sentence]) -> Numbered:
    """Give steps with every sentence in them changed."""
    return replace(numbered, items=tuple(mapped_item(item, change) for item in numbered.items))


def mapped_item(item: Item, change: Callable[[Sentence], Sentence]) -> Item:
    """Give a step with every sentence in it, and below it, changed."""
    made: list[Part] = []
    for part in item.parts:
        match part:
            case Sentence():
                made.append(change(part))
            case Numbered():
                made.append(mapped(part, change))
            case Bullets():
                made.append(replace(part, items=tuple(mapped_item(inner, change) for inner in part.items)))
            case Members():
                entries = tuple((change(name), tuple(map(change, values))) for name, values in part.entries)
                made.append(replace(part, entries=entries))
            case Cases():
                cases = tuple((tuple(map(change, names)), mapped_item(inner, change)) for names, inner in part.entries)
                made.append(replace(part, entries=cases))
            case Note():
                made.append(part)
    return replace(item, parts=tuple(made))


@dataclass(frozen=True, slots=True)
class AlgorithmText:
    """An algorithm as it stands on the page: the sentences that introduce it, and its numbered steps."""

    introduction: tuple[Sentence, ...]
    """The sentence or sentences right before the list, in the same container; the last one ends in a colon."""
    heading: Sentence | None
    """The heading right above it, or None."""
    steps: Numbered
    scope: str
    """What its terms are for (dfn-for), in lower case, or ''."""
    marked: bool
    """Whether the source marks it as an algorithm."""
    place: Place
    inputs: tuple[Token, ...] = ()
    """The variables that a list of inputs before the steps names."""


@dataclass(frozen=True, slots=True)
class NotRead:
    """What stands in the source and may say something, and is not read; `why` says why not."""

    text: str
    why: str
    heading: str
    place: Place


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences outside algorithms: a paragraph, an item of a list, or a value of a dl.

    `lead` is the sentence that introduces the list it is an item of, if it is one ("A booking consists of:").
    """

    sentences: tuple[Sentence, ...]
    scope: str
    """What its terms are for (dfn-for), or ''."""
    informative: bool
    """Whether the section that it stands in, or itself (a note, an example, an issue), says that it does not count."""
    heading: str
    """The text of the heading above."""
    place: Place
    lead: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Interface:
    """A block of IDL, as written."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Defect:
    """Something broken in the markup, which the reader repaired by guessing. `code` is stable: `unclosed-tag`..."""

    code: str
    message: str
    place: Place


@dataclass(frozen=True, slots=True)
class Document:
    """A whole source."""

    file: str
    title: str
    algorithms: tuple[AlgorithmText, ...]
    paragraphs: tuple[Paragraph, ...]
    interfaces: tuple[Interface, ...]
    definitions: tuple[Token, ...]
    """Every dfn, in order: `text`, `term` (a dfn with several linking texts gives several tokens), `scope`."""
    defects: tuple[Defect, ...]
    source: str
    """The source itself, for showing a line of it."""
    not_read: tuple[NotRead, ...] = ()
