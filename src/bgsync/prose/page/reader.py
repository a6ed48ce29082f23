"""Reads the source of a spec into a document: what is an algorithm, what introduces it, and what is other prose.

A numbered list is an algorithm if it stands in an element that is marked as one, if the paragraph before it defines
something or says that steps follow, or if it comes right after a heading that defines something. Every other sentence
is in a paragraph, that of a bullet, a cell of a table or a caption too; none is lost but those of what is no prose:
code, metadata, what Bikeshed fills in, and removed text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from bgsync.prose.page.blocks import Group, blocks, is_idl, is_marked, is_note, is_unseen
from bgsync.prose.page.document import (
    AlgorithmText,
    Document,
    Item,
    NotRead,
    Numbered,
    Paragraph,
    Sentence,
    Token,
)
from bgsync.prose.page.introductions import (
    defines,
    has_definitions,
    inputs,
    is_inputs,
    says_steps,
    tells_to_do,
    told_at_once,
)
from bgsync.prose.page.items import Items
from bgsync.prose.page.markdown import NOTE, Markdown, indent_of
from bgsync.prose.page.markup import (
    HEADINGS,
    LISTS,
    RAW,
    Element,
    Lines,
    Markup,
    ReadError,
    Text,
    decoded,
)
from bgsync.prose.page.metadata import dialect_of, metadata_of
from bgsync.prose.page.shorthands import definition
from bgsync.prose.page.tokens import Tokens

__all__ = ["LONGEST", "ReadError", "read_document"]

LONGEST = 8_000_000
"""The longest source that is read, in characters."""

_NON_NORMATIVE = re.compile(
    r"(?:This|The following) (?:sub-?)?(?:section|chapter|appendix|clause)s? (?:is|are) "
    r"(?:non-normative|not normative|informative)",
    re.IGNORECASE,
)


class _Context(NamedTuple):
    """What the elements around say."""

    scope: str = ""
    marked: bool = False
    informative: bool = False
    lead: Sentence | None = None
    case: bool = False
    """Whether it is the value of a list of names with values, so that what is listed there is done in one case."""


def read_document(source: str, file: str) -> Document:
    """The document in the source; `file` is what it is called."""
    if not isinstance(source, str):
        raise ReadError(f"{file}: a source is text, not {type(source).__name__}: decode it first")
    if len(source) > LONGEST:
        raise ReadError(f"{file}: too large ({len(source):,} characters): a spec has at most {LONGEST:,}")
    lines = Lines(source)
    strange = re.search("[\0\ud800-\udfff]", source)
    if strange:
        line, column = lines.place(strange.start())
        raise ReadError(f"{file}:{line}:{column}: no text (U+{ord(strange[0]):04X}): save it as text in UTF-8")
    try:
        return _Reader(source, file, lines).document()
    except ReadError as error:
        raise ReadError(f"{file}: {error}") from None


class _Reader:
    def __init__(self, source: str, file: str, lines: Lines) -> None:
        metadata = metadata_of(source)
        dialect = dialect_of(source, metadata)
        self._source = source
        self._file = file
        self._lines = lines
        self._markup = Markup(source, lines, dialect.markdown)
        pieces = self._markup.pieces()
        if dialect.markdown:
            indent = (metadata or {}).get("indent", "")
            size = int(indent) if indent.isdecimal() and len(indent) < 3 else indent_of(source)
            pieces = Markdown(source, size).pieces(pieces)
        self._root = self._markup.tree(pieces)
        self._targets: dict[str, Token | None] = {}
        known = metadata or {}
        self._title = known.get("title", "") or known.get("h1", "")
        self._main: Element | None = None
        self._survey(self._root, not dialect.shorthands)
        self._published = not dialect.shorthands
        self._generated_level = 0
        """The level of the heading that Bikeshed added, of an index or the references, or 0."""
        self._tokens = Tokens(source, lines, self._markup, dialect, self._targets)
        self._items = Items(source, lines, self._tokens)
        self._algorithms: list[AlgorithmText] = []
        self._paragraphs: list[Paragraph] = []
        self._waiting: list[tuple[tuple[Sentence, ...], _Context]] = []
        """Paragraphs that may introduce a list."""
        self._inputs: tuple[Element, _Context] | None = None
        """A list of inputs, until it is known whether steps follow."""
        self._goes_on = False
        """Whether a numbered list would go on with the steps of the last algorithm: only notes stand between."""
        self._not_read: list[NotRead] = []
        self._heading: Sentence | None = None
        self._heading_level = 0
        self._informative_level = 0
        """The level of the heading under which nothing counts, or 0."""
        self._under_heading = False

    def document(self) -> Document:
        """What the source says."""
        self._walk(self._main or self._root, _Context())
        return Document(
            self._file,
            self._title,
            tuple(self._algorithms),
            tuple(sorted(self._paragraphs, key=lambda paragraph: paragraph.place)),
            tuple(self._items.interfaces),
            tuple(self._tokens.definitions),
            tuple(sorted(self._markup.defects, key=lambda defect: (defect.place, defect.code))),
            self._source,
            tuple(self._not_read),
        )

    def _survey(self, element: Element, published: bool) -> None:
        """Finds the title, the main part of a published page, and what its links to definitions lead to."""
        for child in element.children:
            if not isinstance(child, Element):
                continue
            if child.name == "dfn" and child.attributes.get("id"):
                named = definition(child, self._plain(child), "")[0]
                self._targets.setdefault(child.attributes["id"], named)
            elif child.name == "main" and published and self._main is None:
                self._main = child
            elif child.name in ("title", "h1") and not self._title:
                self._title = self._plain(child)
            if child.name not in RAW:
                self._survey(child, published)

    def _plain(self, element: Element) -> str:
        """What a reader sees of an element, roughly."""
        parts = []
        for child in element.children:
            parts.append(
                decoded(self._source[child.start : child.end])
                if isinstance(child, Text)
                else self._plain(child)
                if isinstance(child, Element)
                else " "
            )
        return " ".join("".join(parts).split())

    def _inside(self, element: Element, context: _Context) -> _Context:
        """The context inside an element."""
        attributes = element.attributes
        if not attributes:
            return context
        scope = attributes.get("dfn-for", attributes.get("data-dfn-for"))
        if scope is not None:
            context = context._replace(scope=" ".join(scope.split()))
        if is_marked(element):
            context = context._replace(marked=True)
        if is_note(element):
            context = context._replace(informative=True)
        return context

    # Outside algorithms

    def _walk(self, element: Element, context: _Context) -> None:
        """Reads the content of an element that is not a list."""
        first = True
        for block in blocks(element):
            if first and not (isinstance(block, Element) and block.name in LISTS):
                self._flush()
            if isinstance(block, Group):
                first = not self._paragraph(block, context) and first
                continue
            first = False
            if block.name in HEADINGS and not is_unseen(block):
                self._flush()
                self._goes_on = False
                self._head(block, context)
            elif self._generated_level:
                continue
            elif is_idl(block):
                self._items.interface(block)
            elif block.name == "emu-alg":
                self._pass_over(block, "its steps are written for ecmarkup, which is not known here")
            elif is_unseen(block):
                continue
            else:
                self._block(block, self._inside(block, context))
        self._flush()

    def _pass_over(self, element: Element, why: str) -> None:
        """Keeps what is not read, with the reason."""
        heading = self._heading.text if self._heading else ""
        self._not_read.append(NotRead(self._plain(element), why, heading, self._lines.place(element.start)))

    def _block(self, block: Element, inner: _Context) -> None:
        if block.name == "ol":
            self._numbered(block, inner)
        elif block.name == "dl" and is_inputs(block, self._plain):
            self._inputs = block, inner
        elif block.name in LISTS:
            self._bullets(block, inner)
        elif block.name == "section":
            before = self._heading, self._heading_level, self._informative_level, self._under_heading
            self._walk(block, inner)
            self._heading, self._heading_level, self._informative_level, self._under_heading = before
            self._under_heading = False
        elif inner.informative and is_note(block):
            waiting, self._waiting = self._waiting, []
            self._walk(block, inner)
            self._waiting = waiting
        else:
            self._walk(block, inner)

    def _paragraph(self, group: Group, context: _Context) -> bool:
        """Keeps a paragraph until it is known whether it introduces an algorithm; false if it is empty."""
        sentences = self._tokens.sentences(group.nodes, context.scope)
        if not sentences:
            return False
        text = sentences[0].text
        if _NON_NORMATIVE.match(text):
            self._informative_level = self._heading_level or 1
        if NOTE.match(text):
            self._keep(sentences, context._replace(informative=True))
            return True
        if self._waiting and not context.marked:
            self._flush()
        self._goes_on = False
        self._waiting.append((sentences, context))
        return True

    def _flush(self) -> None:
        for sentences, context in self._waiting:
            self._keep(sentences, context)
        self._waiting.clear()
        listed, self._inputs = self._inputs, None
        if listed is not None:
            self._bullets(*listed)

    def _keep(self, sentences: tuple[Sentence, ...], context: _Context) -> None:
        informative = context.informative or self._informative_level > 0
        heading = self._heading.text if self._heading else ""
        self._under_heading = False
        told = None if informative else told_at_once(sentences[0])
        if told is not None:
            head, step = told
            steps = Numbered((Item((step,), step.place),), step.place)
            scope = context.scope.lower()
            self._algorithms.append(AlgorithmText((head,), None, steps, scope, context.marked, head.place))
            sentences = sentences[1:]
        if not sentences:
            return
        self._paragraphs.append(
            Paragraph(sentences, context.scope.lower(), informative, heading, sentences[0].place, context.lead)
        )

    def _head(self, element: Element, context: _Context) -> None:
        level = int(element.name[1])
        if level <= self._generated_level or not self._generated_level:
            added = self._published and element.has_class("no-num") and element.has_class("no-ref")
            self._generated_level = level if added else 0
        sentence = self._tokens.sentence(element.children, context.scope)
        if sentence is None:
            return
        self._heading, self._heading_level, self._under_heading = sentence, level, True
        if level <= self._informative_level:
            self._informative_level = 0

    def _numbered(self, element: Element, context: _Context) -> None:
        listed, self._inputs = self._inputs, None
        if self._goes_on and not self._waiting and listed is None:
            last = self._algorithms[-1]
            more = self._items.steps(element, context.scope).items
            self._algorithms[-1] = replace(last, steps=replace(last.steps, items=(*last.steps.items, *more)))
            return
        tells = self._tells_to_do(element, context)
        introduction = None
        if not has_definitions(element):
            introduction = self._introduction(context, listed is not None or (tells and not context.case))
        if introduction is None:
            self._goes_on = False
            if tells and context.case:
                self._pass_over(element, "its steps are those of a case, and no step above says of what")
                return
            self._bullets(element, context)
            return
        given = (
            [self._tokens.sentence(value.children, "") for value in inputs(listed[0], self._plain)] if listed else []
        )
        variables = [token for sentence in given if sentence for token in sentence.tokens if token.kind == "var"]
        steps = self._items.steps(element, context.scope)
        self._algorithms.append(
            AlgorithmText(
                introduction,
                self._heading,
                steps,
                context.scope.lower(),
                context.marked,
                introduction[0].place if introduction else steps.place,
                tuple(variables),
            )
        )
        self._under_heading, self._goes_on = False, True

    def _tells_to_do(self, element: Element, context: _Context) -> bool:
        """Whether a list that counts is one of steps, although nothing says so."""
        counts = not (context.informative or self._informative_level)
        return counts and not has_definitions(element) and tells_to_do(element, self._plain, self._source)

    def _introduction(self, context: _Context, surely: bool) -> tuple[Sentence, ...] | None:
        """The sentences that introduce a list as an algorithm, or None if it is none; other paragraphs are kept."""
        found: tuple[Sentence, ...] = ()
        start = len(self._waiting)
        if self._waiting:
            start -= 1
            last = self._waiting[start][0]
            if context.marked and not defines(last):
                defining = [index for index, (sentences, _) in enumerate(self._waiting) if defines(sentences)]
                start = defining[-1] if defining else start
            elif not (context.marked or says_steps(last) or defines(last)):
                if not surely:
                    return None
                start += not last[-1].text.endswith(":")
            found = tuple(sentence for sentences, _ in self._waiting[start:] for sentence in sentences)
        elif not (context.marked or surely or (self._under_heading and self._heading and defines((self._heading,)))):
            return None
        del self._waiting[start:]
        self._flush()
        return found

    def _bullets(self, element: Element, context: _Context) -> None:
        """Reads a list that is no algorithm: each item is a paragraph."""
        lead = self._waiting[-1][0][-1] if self._waiting else None
        self._flush()
        name: tuple[Sentence, ...] = ()
        for child in element.children:
            if not isinstance(child, Element):
                if isinstance(child, Text) and not self._source[child.start : child.end].isspace():
                    self._paragraph(Group([child]), context)
                continue
            inner = self._inside(child, context)._replace(lead=lead, marked=False)
            if child.name == "dt":
                self._keep_all([name], inner)
                sentence = self._tokens.sentence(child.children, inner.scope)
                name = (sentence,) if sentence else ()
            elif child.name == "dd" and name:
                name = self._value(child, inner, name)
            elif child.name in ("div", "ul", "ol", "dl"):
                self._block(child, inner._replace(marked=context.marked))
            else:
                self._walk(child, inner)
        self._keep_all([name], context)

    def _keep_all(self, paragraphs: Iterable[tuple[Sentence, ...]], context: _Context) -> None:
        for sentences in paragraphs:
            if sentences:
                self._keep(sentences, context)

    def _value(self, element: Element, context: _Context, name: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        """Reads a dd: its first paragraph has the name before it."""
        before = len(self._paragraphs)
        self._walk(element, context._replace(case=True))
        if len(self._paragraphs) == before:
            return name
        first = self._paragraphs[before]
        self._paragraphs[before] = Paragraph(
            name + first.sentences, first.scope, first.informative, first.heading, name[0].place, first.lead
        )
        return ()
