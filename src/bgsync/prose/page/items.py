"""The items of the lists of an algorithm, with all that is in them."""

from __future__ import annotations

from collections.abc import Iterator

from bgsync.prose.page.blocks import Group, blocks, is_idl, is_note, is_unseen
from bgsync.prose.page.document import Bullets, Cases, Interface, Item, Members, Note, Numbered, Sentence
from bgsync.prose.page.markdown import NOTE
from bgsync.prose.page.markup import LISTS, RAW, Element, Lines, ReadError, Text, without_tags
from bgsync.prose.page.tokens import Tokens

MOST_SENTENCES = 20_000
"""The most sentences that the steps of one text may have."""


class Items:
    """Reads the steps of an algorithm, and keeps every block of IDL."""

    def __init__(self, source: str, lines: Lines, tokens: Tokens) -> None:
        self._source = source
        self._lines = lines
        self._tokens = tokens
        self._sentences = 0
        self.interfaces: list[Interface] = []

    def steps(self, element: Element, scope: str) -> Numbered:
        """The steps of a numbered list."""
        return Numbered(self._items(element, scope), self._lines.place(element.start))

    def _items(self, element: Element, scope: str) -> tuple[Item, ...]:
        items = []
        for child in element.children:
            if isinstance(child, Element):
                if child.name in ("script", "style", "template"):
                    continue
                items.append(self._item(child, scope))
            elif isinstance(child, Text) and not self._source[child.start : child.end].isspace():
                items.append(self._item(Element("li", {}, child.start, [child]), scope))
        return tuple(items)

    def _item(self, element: Element, scope: str) -> Item:
        parts = tuple(self._item_parts(element, scope))
        return Item(parts, parts[0].place if parts else self._lines.place(element.start))

    def _item_parts(
        self, element: Element, scope: str
    ) -> Iterator[Sentence | Numbered | Bullets | Members | Cases | Note]:
        scope = element.attributes.get("dfn-for", element.attributes.get("data-dfn-for", scope))
        for block in blocks(element):
            if isinstance(block, Group):
                sentences = self._tokens.sentences(block.nodes, scope, step=True)
                self._sentences += len(sentences)
                if self._sentences > MOST_SENTENCES:
                    where = sentences[0].place.line
                    raise ReadError(
                        f"more than {MOST_SENTENCES:,} sentences in steps, up to line {where}: is it a spec?"
                    )
                if sentences and NOTE.match(sentences[0].text):
                    yield _note(sentences)
                else:
                    yield from sentences
            elif is_idl(block):
                self.interface(block)
            elif is_unseen(block):
                continue
            elif is_note(block):
                yield from self._note(block, scope)
            elif block.name == "ol":
                yield self.steps(block, scope)
            elif block.name == "dl":
                yield self._members(block, scope)
            elif block.name == "table":
                rows = tuple(self._item(row, scope) for row in _rows(block) if row.children)
                yield Bullets(rows, self._lines.place(block.start))
            elif block.name in LISTS:
                yield Bullets(self._items(block, scope), self._lines.place(block.start))
            else:
                yield from self._item_parts(block, scope)

    def _note(self, element: Element, scope: str) -> Iterator[Note]:
        sentences = [part for item in self._item_parts(element, scope) for part in _flat(item)]
        if sentences:
            yield Note(" ".join(part.text for part in sentences), sentences[0].place)

    def _members(self, element: Element, scope: str) -> Members | Cases:
        """A dl; one whose values hold lists is given as cases."""
        pairs: list[tuple[list[Element], list[Element]]] = []
        for child in _definitions(element):
            if child.name == "dt":
                if not pairs or pairs[-1][1]:
                    pairs.append(([], []))
                pairs[-1][0].append(child)
            else:
                if not pairs:
                    pairs.append(([], []))
                pairs[-1][1].append(child)
        place = self._lines.place(element.start)
        cases, entries, simple = [], [], True
        for names, values in pairs:
            heads = [name for name in (self._tokens.sentence(dt.children, scope) for dt in names) if name]
            parts = [part for value in values for part in self._item_parts(value, scope)]
            sentences = tuple(part for part in parts if isinstance(part, Sentence))
            simple = simple and bool(heads) and all(isinstance(part, Sentence | Note) for part in parts)
            entries += [(head, sentences) for head in heads]
            whole = (*heads, *parts)
            if whole:
                cases.append((tuple(heads), Item(tuple(parts), whole[0].place)))
        return Members(tuple(entries), place) if simple else Cases(tuple(cases), place)

    def interface(self, element: Element) -> None:
        """Keeps a block of IDL."""
        for child in element.children:
            if isinstance(child, Text):
                text = without_tags(self._source[child.start : child.end])
                self.interfaces.append(Interface(text, self._lines.place(child.start)))


def _rows(element: Element) -> Iterator[Element]:
    for child in element.children:
        if isinstance(child, Element):
            if child.name == "tr":
                yield child
            else:
                yield from _rows(child)


def _definitions(element: Element) -> Iterator[Element]:
    for child in element.children:
        if isinstance(child, Element):
            if child.name in ("div", "dl"):  # a dl in a dl is one that is marked up twice
                yield from _definitions(child)
            elif child.name not in RAW:
                yield child


def _note(sentences: tuple[Sentence, ...]) -> Note:
    return Note(" ".join(sentence.text for sentence in sentences), sentences[0].place)


def _flat(part: Sentence | Numbered | Bullets | Members | Cases | Note) -> Iterator[Sentence | Note]:
    """The sentences and notes in a part."""
    if isinstance(part, Numbered | Bullets):
        for item in part.items:
            for inner in item.parts:
                yield from _flat(inner)
    elif isinstance(part, Members):
        for name, values in part.entries:
            yield name
            yield from values
    elif isinstance(part, Cases):
        for names, item in part.entries:
            yield from names
            for inner in item.parts:
                yield from _flat(inner)
    else:
        yield part
