"""The source text of a spec as a tree of elements and runs of text, each with its offset in the source.

One pass over the source finds tags, comments and raw text (`pre`, `script`, `style`...), Markdown becomes tags of its
own (`bgsync.prose.page.markdown`), and a stack builds the tree. The rules are those of HTML where they decide what a
reader sees: end tags that may be left out, what closes a `p` or an `li`, a comment that hides its text. Where HTML
would lose text or move a step to another list, they differ: a comment that is never closed hides nothing, a raw element
that is never closed is an ordinary one, a stray end tag inside a list does not close what is around the list, and an
inline element that is never closed loses its meaning rather than swallow what comes after. Each such repair is a
defect.

Left out, because no algorithm hangs on it: the adoption agency (misnested inline elements close where the outer one
does), foreign content (SVG and MathML are read past) and everything a browser would load: no include, no entity beyond
the named and numbered characters of HTML, no document type.

Every pattern is linear: none looks at a character from more than a fixed number of starts. The one that needs a reason
is the tag, which reads quotes wherever they stand and gives up at a `<` outside them. A quote swaps two of the three
states (outside, in "", in '') and leaves the third, so attempts from different starts are never in the same state, and
at most two can be inside quotes at any one place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

from bgsync.errors import BgsyncError
from bgsync.prose.page.document import Defect, Place

DEEPEST = 200
"""The deepest nesting of elements that is read."""
MOST_DEFECTS = 5_000
"""The most defects that a source may have: one with more is no spec."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _names("area base br col embed frame hr img input keygen link meta param source track wbr")
RAW = _names("pre script style xmp textarea noembed iframe svg math template wpt wpt-rest emu-alg")
BLOCK = _names(
    "address article aside blockquote body caption center colgroup dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol optgroup option p pre "
    "script search section style summary table tbody td template tfoot th thead title tr ul xmp"
)
INLINE = _names(
    "a abbr acronym assert audio b bdi bdo big button canvas cite code conditional data datalist del dfn em font i "
    "include ins kbd l label map mark meter nobr noscript object output picture progress q rb rp rt rtc ruby s samp "
    "select slot small span strike strong sub sup time tt u var video"
)
"""Inline elements of HTML, and those of Bikeshed that have no dash in their name."""
KNOWN = VOID | RAW | BLOCK | INLINE
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
LISTS = frozenset(("ol", "ul", "dl", "menu", "dir"))
_OPTIONAL_END = _names("body caption colgroup dd dt head html li optgroup option p rp rt tbody td tfoot th thead tr")
_CELLS = frozenset(("td", "th"))
_ROWS = _CELLS | {"tr"}
_BODIES = _ROWS | {"tbody", "thead", "tfoot", "caption", "colgroup"}
_NEW_SCOPE = LISTS | _CELLS | {"section", "article", "aside", "blockquote", "details", "figure", "table"}
_IMPLIED_END: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset(("li",)), _NEW_SCOPE),
    "dt": (frozenset(("dt", "dd")), _NEW_SCOPE),
    "dd": (frozenset(("dt", "dd")), _NEW_SCOPE),
    "td": (_CELLS, frozenset(("tr", "table"))),
    "th": (_CELLS, frozenset(("tr", "table"))),
    "tr": (_ROWS, frozenset(("tbody", "thead", "tfoot", "table"))),
    **dict.fromkeys(("tbody", "tfoot", "thead"), (_BODIES, frozenset(("table",)))),
    "a": (frozenset(("a",)), BLOCK),
    "dfn": (frozenset(("dfn",)), BLOCK),
    "var": (frozenset(("var",)), BLOCK),
}
"""What a start tag closes, and what ends the search for it."""
_SCOPE = {"li": LISTS, "dt": LISTS, "dd": LISTS, "p": BLOCK - {"p"}} | dict.fromkeys(_BODIES, frozenset(("table",)))
"""What an end tag does not look beyond; for an inline element that is any block."""

_TAG = r"""<(?P<slash>/?)(?P<name>[A-Za-z][\w:.-]*+)(?=[\s/>])(?P<attributes>(?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>"""
_HTML = re.compile(rf"(?P<comment><!--)|{_TAG}|<[!?][^<>]*+>|(?P<broken></?[A-Za-z][\w-]*+)")
_BIKESHED = re.compile(  # a fence, an escape, code and a link, which hide what looks like a tag
    rf"{_HTML.pattern}|(?P<fence>```+|~~~+)|\\[`{{|\[\\]|`[^`\n]*+`|\{{\{{[^{{}}\n]*+\}}\}}"
)
_SHORT_TAG = re.compile(r"<(?P<slash>/?)(?P<name>[A-Za-z][\w-]*+)(?P<attributes>[^<>]*+)>")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_FENCE_END = re.compile(r"^[ \t]*+(?:```+|~~~+)[ \t\r]*+$", re.MULTILINE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NEWLINE = re.compile(r"\r\n?|\n")


class ReadError(BgsyncError, ValueError):
    """A source that cannot be read at all: the message says why, where and what to do."""


class Piece(NamedTuple):
    """A part of the source: `text`, `raw` text, a `start` or `end` tag, a `comment`, a `break` between paragraphs."""

    kind: str
    start: int
    end: int
    name: str = ""
    attributes: dict[str, str] = {}  # noqa: RUF012
    markdown: bool = False
    """Whether it is a tag that Markdown stands for: it has no text of its own."""


class Text(NamedTuple):
    """A run of text, as offsets in the source."""

    start: int
    end: int


class Break(NamedTuple):
    """The end of a paragraph that no tag marks."""

    start: int


@dataclass(slots=True)
class Element:
    """An element."""

    name: str
    attributes: dict[str, str]
    start: int
    children: list[Element | Text | Break] = field(default_factory=list)
    markdown: bool = False
    closed: bool = False
    """Whether it has an end tag."""
    transparent: bool = False
    """Whether it is an inline element that holds blocks or is never closed: its tag means nothing."""
    end: int = 0
    """Of a list that has an end tag: the offset of that; until there, no end tag reaches out of the list."""

    def has_class(self, *names: str) -> bool:
        """Whether it is of one of these classes."""
        value = self.attributes.get("class")
        return value is not None and not set(names).isdisjoint(value.lower().split())


Node = Element | Text | Break


class Lines:
    """From offsets to places."""

    def __init__(self, source: str) -> None:
        self.starts = [0, *(match.end() for match in _NEWLINE.finditer(source))]

    def place(self, offset: int) -> Place:
        """The place of a character."""
        line = bisect_right(self.starts, offset)
        return Place(line, offset - self.starts[line - 1] + 1)


def decoded(text: str) -> str:
    """The text with its character references replaced, each once."""
    return _ENTITY.sub(lambda match: unescape(match[0]), text) if "&" in text else text


def decoded_runs(text: str, start: int) -> Iterator[tuple[str, int]]:
    """The text with its character references replaced, in runs that each have an offset."""
    last = 0
    for match in _ENTITY.finditer(text):
        if match.start() > last:
            yield text[last : match.start()], start + last
        yield unescape(match[0]), start + match.start()
        last = match.end()
    if last < len(text):
        yield text[last:], start + last


def without_tags(text: str) -> str:
    """The text without its tags, as in IDL that is marked up; what is no element of HTML stays ("Promise<Loan>")."""
    return decoded(_SHORT_TAG.sub(lambda tag: "" if _known(tag["name"].lower()) else tag[0], text))


def _known(name: str) -> bool:
    return name in KNOWN or "-" in name or ":" in name


class Markup:
    """Finds tags, comments and raw text, and builds the tree."""

    def __init__(self, source: str, lines: Lines, bikeshed: bool) -> None:
        self._source = source
        self._lines = lines
        self._pattern = _BIKESHED if bikeshed else _HTML
        self._unending: set[str] = set()
        """What is opened but, as a search to the end has shown, never closed."""
        self._stack = [Element("", {}, 0)]
        self._undefined: set[str] = set()
        self.defects: list[Defect] = []

    def defect(self, code: str, message: str, offset: int) -> None:
        """Notes a defect."""
        place = self._lines.place(offset)
        if len(self.defects) == MOST_DEFECTS:
            raise ReadError(f"more than {MOST_DEFECTS:,} defects in the markup, as far as {place.line}: is it a spec?")
        self.defects.append(Defect(code, message, place))

    def pieces(self) -> Iterator[Piece]:
        """The pieces of the source, in order."""
        source, search = self._source, self._pattern.search
        text = position = 0
        while found := search(source, position):
            position = found.end()
            if pieces := self._pieces(found):
                if found.start() > text:
                    yield Piece("text", text, found.start())
                yield from pieces
                text = position = pieces[-1].end
        if text < len(source):
            yield Piece("text", text, len(source))

    def _pieces(self, found: re.Match[str]) -> list[Piece]:
        (start, end), group = found.span(), found.lastgroup
        if group == "attributes":
            tag = self._tag(found)
            if tag.kind == "start" and tag.name in RAW and (close := self._raw_end(tag)) is not None:
                after = Piece("end", close, self._source.index(">", close) + 1, tag.name)
                return [tag, Piece("raw", tag.end, close, tag.name), after]
            return [tag]
        if group == "comment":
            return [Piece("comment", start, self._comment_end(start, end))]
        if group == "fence":
            close = self._fence_end(start, end)
            return [] if close is None else [Piece("comment", start, close)]
        if group == "broken":
            name = found[0].lstrip("</").lower()
            if not _known(name):
                return []
            self.defect("broken-tag", f"the tag {found[0]} has no >", start)
            return [Piece("end" if found[0][1] == "/" else "start", start, end, name)]
        return [Piece("comment", start, end)] if found[0][0] == "<" else []

    def _tag(self, found: re.Match[str]) -> Piece:
        """The tag; where a stray quote makes it swallow others, only as much as ends at its own >."""
        attributes = found["attributes"]
        if "<" in attributes and (short := _SHORT_TAG.match(self._source, found.start())):
            quote = min((at for at in (attributes.find('"'), attributes.find("'")) if at >= 0), default=0)
            if not attributes[:quote].rstrip().endswith("="):
                self.defect("broken-tag", f"a quote in the tag <{found['name']}> is never closed", found.start())
                found, attributes = short, short["attributes"]
        name = found["name"].lower()
        if found["slash"]:
            return Piece("end", found.start(), found.end(), name)
        values: dict[str, str] = {}
        if attributes and not attributes.isspace():
            for match in _ATTRIBUTE.finditer(attributes):
                values.setdefault(match[1].lower(), decoded(match[2] or match[3] or match[4] or ""))
        return Piece("start", found.start(), found.end(), name, values)

    def _raw_end(self, tag: Piece) -> int | None:
        if tag.name in self._unending:
            return None
        found = re.compile(rf"</{tag.name}\s*+>", re.IGNORECASE).search(self._source, tag.end)
        if found is None:
            self._unending.add(tag.name)
            return None
        return found.start()

    def _comment_end(self, start: int, position: int) -> int:
        end = -1 if "<!--" in self._unending else self._source.find("-->", position)
        if end < 0:
            self._unending.add("<!--")
            self.defect("unclosed-comment", "a comment is never closed; its text is read as if it were none", start)
            return position
        if self._source.find("<!--", position, end) >= 0:
            self.defect("unclosed-comment", "a comment opens inside a comment: is the first one closed?", start)
        return end + 3

    def _fence_end(self, start: int, position: int) -> int | None:
        if "```" in self._unending or self._source[max(0, start - 80) : start].rpartition("\n")[2].strip():
            return None
        found = _FENCE_END.search(self._source, position)
        if found is None:
            self._unending.add("```")
            return None
        return found.end()

    def tree(self, pieces: Iterable[Piece]) -> Element:
        """The tree of the pieces."""
        pieces = list(pieces)
        ends = _matched_ends(pieces)
        for index, piece in enumerate(pieces):
            if piece.kind in ("text", "raw"):
                self._append(piece)
            elif piece.kind == "start":
                self._open(piece, ends.get(index, 0))
            elif piece.kind == "end":
                self._close(piece)
            elif piece.kind == "break":
                self._hold_block()
                self._stack[-1].children.append(Break(piece.start))
        self._pop_to(1)
        self.defects.sort(key=lambda defect: defect.place)
        return self._stack[0]

    def _append(self, piece: Piece) -> None:
        children = self._stack[-1].children
        if children and isinstance(last := children[-1], Text) and last.end == piece.start:
            children[-1] = Text(last.start, piece.end)
        else:
            children.append(Text(piece.start, piece.end))

    def _hold_block(self) -> None:
        """Notes that the open inline elements hold a block."""
        for element in reversed(self._stack):
            if element.name in BLOCK or not element.name:
                break
            element.transparent = True

    def _open(self, piece: Piece, end: int) -> None:
        name = piece.name
        if not _known(name):
            self._undefined.add(name)
            self.defect("unknown-element", f"<{name}> is no element of HTML", piece.start)
            return
        if name in ("html", "body", "head"):
            return
        if name in _IMPLIED_END:
            self._close_implied(*_IMPLIED_END[name])
        elif name in HEADINGS:
            self._close_implied(HEADINGS, BLOCK - HEADINGS)
        element = Element(name, piece.attributes, piece.start, markdown=piece.markdown)
        if name in BLOCK:
            if not piece.markdown:
                self._close_implied(frozenset(("p",)), BLOCK - {"p"})
            self._hold_block()
        self._stack[-1].children.append(element)
        if name in VOID:
            element.closed = True
            return
        if len(self._stack) > DEEPEST:
            line, column = self._lines.place(piece.start)
            raise ReadError(
                f"elements are nested more than {DEEPEST} deep at {line}:{column}: close some of them before"
            )
        element.end = end
        self._stack.append(element)

    def _close_implied(self, names: frozenset[str], until: frozenset[str]) -> None:
        found = 0
        for index in range(len(self._stack) - 1, 0, -1):
            if self._stack[index].name in names:
                found = index
            elif self._stack[index].name in until:
                break
        if found:
            self._pop_to(found)

    def _close(self, piece: Piece) -> None:
        name = piece.name
        if name in ("html", "body", "head") or name in self._undefined:
            return
        until = _SCOPE.get(name, BLOCK if name not in BLOCK else frozenset())
        for index in range(len(self._stack) - 1, 0, -1):
            element = self._stack[index]
            if element.name == name or (name in HEADINGS and element.name in HEADINGS):
                element.closed = True
                self._pop_to(index)
                return
            if element.name in until or element.end > piece.start:
                break
        if not piece.markdown:
            self.defect("stray-end-tag", f"</{name}> closes nothing that is open", piece.start)

    def _pop_to(self, index: int) -> None:
        """Closes the elements from the innermost to this one."""
        while len(self._stack) > index:
            element = self._stack.pop()
            if element.name in LISTS:
                self._check_items(element)
            if not (element.closed or element.markdown or element.name in _OPTIONAL_END):
                element.transparent = element.name not in BLOCK
                self.defect("unclosed-tag", f"<{element.name}> is never closed", element.start)

    def _check_items(self, parent: Element) -> None:
        items = [item for item in parent.children if isinstance(item, Element) and item.name == "li"]
        if any(item.closed and not item.markdown for item in items):
            for item in items:
                if not item.closed:
                    self.defect("unclosed-item", "<li> has no </li>, though others of its list do", item.start)


def _matched_ends(pieces: list[Piece]) -> dict[int, int]:
    """Of each start tag of a list that has an end tag: the offset of that."""
    open_lists: dict[str, list[int]] = {}
    ends = {}
    for index, piece in enumerate(pieces):
        if piece.name in LISTS and not piece.markdown:
            if piece.kind == "start":
                open_lists.setdefault(piece.name, []).append(index)
            elif open_lists.get(piece.name):
                ends[open_lists[piece.name].pop()] = piece.start
    return ends
