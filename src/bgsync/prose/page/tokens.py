"""Inline content as tokens and sentences.

The text of a paragraph is put together from its runs, with the elements that mean something (`a`, `code`, `dfn`, `q`
and `var`) as spans of it, so that a shorthand may reach over a tag and each character still knows its place. A place is
that of the first character a reader sees: of `[=scope/term|shown=]`, the "s" of "shown".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from bgsync.prose.page.document import Place, Sentence, Token
from bgsync.prose.page.fullstops import sentence_ends
from bgsync.prose.page.inline import CODE, Inline, Span, blank, joined, over_tags, sentence_from
from bgsync.prose.page.markup import Break, Element, Lines, Markup, Node, ReadError, decoded_runs
from bgsync.prose.page.shorthands import IDL_TYPES, PLAIN, SHORTHANDS, Dialect, definition, lowered, spaced

_OPENERS = frozenset("\"“'‘[{`\\")
"""What starts a shorthand or a quotation."""
LONGEST_PARAGRAPH = 100_000
"""The longest paragraph that is read, in characters."""
_MEANT = frozenset(("a", "code", "dfn", "kbd", "q", "samp", "tt", "var"))
_UNSEEN = frozenset(
    (
        "audio",
        "canvas",
        "del",
        "embed",
        "iframe",
        "img",
        "input",
        "math",
        "object",
        "s",
        "script",
        "select",
        "strike",
        "style",
        "svg",
        "template",
        "video",
        "wpt",
        "wpt-rest",
    )
)

_SUFFIX = re.compile(r"[a-z]{1,10}(?![\w'-]\w)")
_TWO_HUMPS = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+\Z")
_LITERALS = frozenset(("true", "false", "null", "undefined"))
"""What is a value when it is written as code."""
_BROKEN = {"[=": ("unclosed-link", "[= without =]"), "=]": ("stray-link-end", "=] without [=")}


class Tokens:
    """Makes tokens and sentences of inline content, and keeps every definition that it meets."""

    def __init__(
        self, source: str, lines: Lines, markup: Markup, dialect: Dialect, targets: Mapping[str, Token | None]
    ) -> None:
        self._source = source
        self._lines = lines
        self._starts = lines.starts
        self._markup = markup
        self._dialect = dialect
        self._pattern = SHORTHANDS if dialect.shorthands else PLAIN
        self._targets = targets
        self._scope = ""
        self.definitions: list[Token] = []

    def sentences(self, nodes: Iterable[Node], scope: str, *, step: bool = False) -> tuple[Sentence, ...]:
        """The sentences of a paragraph."""
        inline = self._read(nodes, scope, step)
        found = []
        start = 0
        for end in sentence_ends(inline.tokens):
            found.append(sentence_from(inline, start, end))
            start = end
        return tuple(found)

    def sentence(self, nodes: Iterable[Node], scope: str) -> Sentence | None:
        """The paragraph as one sentence: of a heading or a name; None if it is empty."""
        inline = self._read(nodes, scope, False)
        return sentence_from(inline, 0, len(inline.tokens)) if inline.tokens else None

    def _read(self, nodes: Iterable[Node], scope: str, step: bool) -> Inline:
        inline = Inline()
        self._scope = scope
        spans = self._gather(nodes, inline)
        if inline.length > LONGEST_PARAGRAPH and len("".join(inline.parts).strip()) > LONGEST_PARAGRAPH:
            line, column = self._lines.place(inline.offsets[0])
            raise ReadError(
                f"the paragraph at {line}:{column} is too long ({inline.length:,} characters, where prose has at most "
                f"{LONGEST_PARAGRAPH:,}): break it up, or mark it as code"
            )
        inline.text = "".join(inline.parts).replace("’", "'")
        self._tokens(inline, 0, len(inline.text), spans)
        if step and inline.bars and self._dialect.shorthands:
            self._markup.defect("odd-bar", "a | that is no part of a |variable|", inline.offset(inline.bars[0]))
        return inline

    def _gather(self, nodes: Iterable[Node], inline: Inline) -> list[Span]:
        spans: list[Span] = []
        for node in nodes:
            if isinstance(node, Element):
                if node.name in ("br", "hr"):
                    inline.add(" ", node.start)
                elif node.name in _UNSEEN or node.has_class("self-link", "secno"):
                    continue
                elif node.name in _MEANT and not node.transparent:
                    start = inline.length
                    inner = self._gather(node.children, inline)
                    spans.append(Span(start, inline.length, node, inner))
                else:
                    spans += self._gather(node.children, inline)
            elif isinstance(node, Break):
                inline.add(" ", node.start)
            else:
                text = self._source[node.start : node.end]
                if "&" in text:
                    for run, offset in decoded_runs(text, node.start):
                        inline.add(run, offset)
                else:
                    inline.add(text, node.start)
        return spans

    def _put(
        self,
        inline: Inline,
        kind: str,
        text: str,
        at: int,
        shown: str = "",
        term: str = "",
        scope: str = "",
        of: str = "",
    ) -> None:
        run = bisect_right(inline.starts, at) - 1
        offset = inline.offsets[run] + at - inline.starts[run]
        line = bisect_right(self._starts, offset)
        place = Place(line, offset - self._starts[line - 1] + 1)
        inline.tokens.append(Token(kind, text, place, term, scope, of, inline.space))
        inline.shown.append(shown or text)
        inline.space = False

    def _tokens(self, inline: Inline, start: int, end: int, spans: Sequence[Span]) -> None:
        """Appends the tokens of a part of the text."""
        text, match = inline.text, self._pattern.match
        position, index = start, 0
        while True:
            while index < len(spans) and spans[index].start < position:
                index += 1
            span = spans[index] if index < len(spans) else None
            found = match(text, position, span.start if span else end)
            if found is None:
                return
            begin = found.end(1)
            if begin > position:
                inline.space = True
            if span is not None:
                if begin == span.start:
                    index += 1
                    position = span.end
                    if span.end > span.start:
                        self._span(inline, span)
                        position = self._suffix(inline, span.end, end)
                    if text[span.start - 1 : span.start] == text[position : position + 1] == '"':  # a link in quotes
                        self._put(inline, "mark", '"', position)
                        position += 1
                    continue
                if text[begin] in _OPENERS:
                    found = over_tags(match(text, position, end), spans, index) or found
            group = found.lastgroup
            if group is None:
                if found.end() >= end:
                    return
            elif group == "word":
                self._put(inline, "word", found[0][begin - position :], begin)
            else:
                self._special(inline, group, found, begin)
            position = found.end()
            if group in ("link", "idl", "construct"):
                position = self._suffix(inline, position, end)

    def _suffix(self, inline: Inline, position: int, end: int) -> int:
        """Adds letters right after a link to its text: the s of "[=loan=]s"."""
        found = _SUFFIX.match(inline.text, position, end)
        if found is None or not inline.tokens or inline.tokens[-1].kind not in ("term", "idl"):
            return position
        last = inline.tokens[-1]
        inline.tokens[-1] = last._replace(text=last.text + found[0])
        inline.shown[-1] += found[0]
        return found.end()

    def _special(self, inline: Inline, group: str, found: re.Match[str], begin: int) -> None:
        """A token that is more than a word."""
        if group == "mark":
            self._put(inline, "mark", found["mark"], begin)
            if found["mark"] == "|":
                inline.bars.append(begin)
        elif group == "possessive":
            self._possessive(inline, found["possessive"], begin)
        elif group in ("var", "type"):
            self._put(inline, "var", found["var"], found.start("var"), of=(found["type"] or "").strip())
        elif group == "link":
            self._link(inline, found["link"], found.start("link"))
        elif group == "idl":
            self._idl(inline, found["idl"], found.start("idl"))
        elif group in ("number", "ordinal"):
            self._put(inline, "number" if group == "number" else "word", found[group], begin)
        elif group in ("construct", "element"):
            self._link(inline, found[group], found.start(group))
        elif group in ("quoted", "curly", "single"):
            self._string(inline, found[group], found.start(group), found[0].strip()[0], found[0].strip()[-1])
        elif group in ("code", "codes", "bytes"):
            ticks = "`" if group == "bytes" else ""
            self._string(inline, found[group], found.start(group), ticks, ticks)
        elif group == "reference":
            written = found["reference"]
            target, bar, shown = written.lstrip("\\")[2:-2].rpartition("|")
            if bar:
                self._term(inline, shown, begin + len(target) + 3)
            else:  # \\[[slot]] and what stands after a full stop is an internal slot, [[SPEC]] another spec
                owned = bool(inline.tokens) and inline.tokens[-1].text in (".", "'s")
                self._put(inline, "idl" if owned or "\\" in written else "word", written.replace("\\", ""), begin)
        elif group == "shown":
            self._term(inline, found["shown"], found.start("shown"))
        elif group == "escaped":
            self._put(inline, "mark", found["escaped"], found.start("escaped"))
        elif group in ("broken", "misspelt"):
            self._broken(inline, found, begin)

    def _link_around(self, inline: Inline, element: Element, made: list[Token], shown: list[str], space: bool) -> None:
        """A link whose text holds what it is given: "[=lend=] |book|" where both are the link."""
        first = next(at for at, token in enumerate(made) if token.kind == "var")
        token = self._linked(element, joined(made[:first], shown[:first]), made[:first])
        inline.tokens += [token._replace(space=space), *made[first:]]
        inline.shown += [joined(made[:first], shown[:first]), *shown[first:]]
        inline.space = False

    def _possessive(self, inline: Inline, text: str, begin: int) -> None:
        last = inline.tokens[-1] if inline.tokens and not inline.space else None
        owned = last is not None and (last.text.endswith("s") or last.kind not in ("word", "mark", "number"))
        self._put(inline, "mark", "'s" if owned else text, begin, shown=text)

    def _broken(self, inline: Inline, found: re.Match[str], begin: int) -> None:
        name = found["misspelt"]
        text = found["broken"]
        code, message = _BROKEN.get(text, ("unclosed-idl-link", f"{text} is no link: {{{{ without }}}}"))
        self._markup.defect(code, message, inline.offset(begin))
        if name:
            self._idl(inline, name, found.start("misspelt"))
        else:
            self._put(inline, "mark", text, begin)

    def _string(self, inline: Inline, text: str, start: int, opening: str = "", closing: str = "") -> None:
        bare = text.strip("`") if len(text) > 1 and text[0] == text[-1] == "`" else text
        start += (len(text) - len(bare)) // 2
        start += len(bare) - len(bare.lstrip())
        bare = " ".join(bare.split())
        if not opening and bare in _LITERALS:
            self._put(inline, "word", bare, start)
            return
        self._put(inline, "string", bare, start, shown=f"{opening}{bare}{closing}")

    def _link(self, inline: Inline, content: str, start: int) -> None:
        """A link to a definition: `[=scope/term|shown=]`."""
        target, bar, shown = content.partition("|")
        scope, slash, term = target.rpartition("/")
        at = start + (len(target) + 1 if bar else len(scope) + len(slash))
        scope = "/" if slash and not scope.strip() else scope
        self._term(inline, shown if bar else term, at, term, scope)

    def _term(self, inline: Inline, shown: str, at: int, term: str | None = None, scope: str = "") -> None:
        text = spaced(shown.replace("`", ""))
        at += len(shown) - len(shown.lstrip())
        if text.startswith("[[") and text.endswith("]]"):
            self._put(inline, "idl", text, at, term=text)
            return
        self._put(
            inline,
            "term",
            text,
            at,
            term=spaced(text if term is None else term.replace("`", "")).lower(),
            scope=lowered(scope),
        )

    def _idl(self, inline: Inline, content: str, start: int) -> None:
        """A link to IDL: `{{Scope/name(a, b)!!type|shown}}`."""
        target, bar, shown = content.partition("|")
        target = target.partition("!!")[0]
        argument = target.rfind(")/") + 1  # of a method: what it is given
        slash = argument or target.rfind("/", 0, target.find("(") if "(" in target else len(target))
        scope, name = target[: max(slash, 0)].strip(), target[slash + 1 :]
        seen, at = (shown, start + len(content) - len(shown)) if bar else (name, start + slash + 1)
        text = spaced(seen.replace("`", ""))
        bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
        at += len(seen) - len(seen.lstrip()) + (bare != text)
        self._put(inline, "idl", bare, at, shown=text, term=spaced(name).strip('"'), scope=scope or "/" * (slash == 0))

    def _span(self, inline: Inline, span: Span) -> None:
        """The token of an element, or its tokens if it means nothing more."""
        element = span.element
        first = len(inline.tokens)
        space = inline.space
        if element.name in CODE and not span.inner and not self._has_shorthand(inline, span):
            text = spaced(inline.text[span.start : span.end])
            if text:
                at = span.start + blank(inline.text[span.start : span.end])
                name = _TWO_HUMPS.match(text) and self._dialect.shorthands and not self._dialect.markdown
                if name:
                    self._put(inline, "idl", text, at, term=text)
                else:
                    self._string(inline, text, at, *('""' if element.name == "q" else ""))
            return
        self._tokens(inline, span.start, span.end, span.inner)
        made, shown = inline.tokens[first:], inline.shown[first:]
        if element.name in CODE or not made:
            if len(made) == 1 and made[0].kind == "term" and self._dialect.shorthands:
                inline.tokens[first] = made[0]._replace(kind="idl", term=made[0].text)
            return
        del inline.tokens[first:], inline.shown[first:]
        seen = joined(made, shown)
        if element.name == "var":
            token = made[0]._replace(
                kind="var", text=seen, term="", scope="", type=element.attributes.get("data-type", "")
            )
        elif element.name == "dfn":
            token = self._definition(element, seen, made[0])
        elif len(made) == 1 and made[0].kind in ("var", "dfn", "idl"):
            token = made[0]
        elif element.name == "a" and made[0].kind != "var" and any(token.kind == "var" for token in made):
            self._link_around(inline, element, made, shown, space)
            return
        else:
            token = self._linked(element, seen, made)
        inline.tokens.append(token._replace(space=space))
        inline.shown.append(seen)
        inline.space = False

    def _has_shorthand(self, inline: Inline, span: Span) -> bool:
        text = inline.text[span.start : span.end]
        return self._dialect.shorthands and ("{{" in text or "[=" in text or text.count("|") > 1)

    def _definition(self, element: Element, seen: str, first: Token) -> Token:
        token = definition(element, seen, self._scope)[0]
        for other in definition(element, seen, self._scope):
            self.definitions.append(other._replace(place=first.place, space=first.space))
        return token._replace(place=first.place)

    def _linked(self, element: Element, seen: str, made: Sequence[Token]) -> Token:
        attributes, first = element.attributes, made[0]
        kind = attributes.get("data-link-type") or next((name for name in attributes if name in IDL_TYPES), "")
        if kind == "biblio":
            return first._replace(kind="word", text=seen)
        scope = attributes.get("for") or attributes.get("data-link-for") or attributes.get("link-for") or ""
        term = spaced(attributes.get("lt") or attributes.get("data-lt") or "")
        href = attributes.get("href", "")
        target = self._targets.get(href[1:]) if href.startswith("#") and not term else None
        if kind in IDL_TYPES or (not kind and not href and (_TWO_HUMPS.match(seen) or first.kind == "string")):
            bare = seen.strip('"')
            name = target.term if target else term or bare
            return first._replace(kind="idl", text=bare, term=name, scope=target.scope if target else scope)
        if target:
            return first._replace(kind="term", text=seen, term=target.term.lower(), scope=lowered(target.scope))
        return first._replace(kind="term", text=seen, term=(term or seen).lower(), scope=lowered(scope))
