"""The content of an element in blocks, and what the tag of a block says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bgsync.prose.page.markup import BLOCK, RAW, Break, Element, Node

_NOTES = (
    "note",
    "issue",
    "example",
    "advisement",
    "warning",
    "ednote",
    "informative",
    "non-normative",
    "illegal-example",
)
_NOT_SHOWN = frozenset(("nav", "head", "title", "h1"))
_NOT_WRITTEN = frozenset(("data-fill-with", "boilerplate", "hidden"))


class Group(NamedTuple):
    """Inline content that makes a paragraph."""

    nodes: list[Node]


def blocks(element: Element) -> Iterator[Element | Group]:
    """The content of an element: blocks, and the inline content between them."""
    group: list[Node] = []
    for block in _parts(element):
        if isinstance(block, Element) and (block.name in BLOCK or block.name in RAW):
            if group:
                yield Group(group)
                group = []
            yield block
        elif isinstance(block, Break):
            if group:
                yield Group(group)
                group = []
        else:
            group.append(block)
    if group:
        yield Group(group)


def _parts(element: Element) -> Iterator[Node]:
    """The children, and those of paragraphs and of elements whose tags mean nothing in their place."""
    for child in element.children:
        if not isinstance(child, Element):
            yield child
        elif child.name == "p" and not is_note(child) and not is_unseen(child):
            yield Break(child.start)
            yield from _parts(child)
            yield Break(child.start)
        elif child.transparent:
            yield from _parts(child)
        else:
            yield child


def is_note(element: Element) -> bool:
    """Whether it is a note, an example or an issue, or says that it does not count."""
    unread = element.name == "section" and element.attributes.get("id", "").lower() in ("abstract", "sotd")
    return unread or ("class" in element.attributes and element.has_class(*_NOTES))


def is_unseen(element: Element) -> bool:
    """Whether it is no prose: code, what Bikeshed fills in, a table of contents."""
    return element.name in RAW or element.name in _NOT_SHOWN or not _NOT_WRITTEN.isdisjoint(element.attributes)


def is_marked(element: Element) -> bool:
    """Whether it is marked as an algorithm."""
    attributes = element.attributes
    return "algorithm" in attributes or "data-algorithm" in attributes or element.has_class("algorithm")


def is_idl(element: Element) -> bool:
    """Whether it is a block of IDL."""
    if element.name == "script":
        return element.attributes.get("type", "").lower() in ("idl", "text/idl")
    return element.name in ("pre", "xmp") and element.has_class("idl")
