"""The shorthands of Bikeshed and ReSpec as patterns, and what a definition defines.

Each pattern matches one token and the white space before it; the name of the group that matched says which kind.
All repetitions are bounded or possessive, and what a shorthand may hold ends at the next one that opens.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bgsync.prose.page.document import Place, Token
from bgsync.prose.page.markup import Element

_NAMES = """
    idl idl-name interface constructor method argument attribute callback dictionary dict-member except-field exception
    enum enum-value const typedef stringifier serializer iterator maplike setlike extended-attribute namespace event
    async-method mixin
"""
IDL_TYPES = frozenset(_NAMES.split())
"""What a link or a definition may be of that names IDL."""
_NOWHERE = Place(1, 1)

_WORDS = r"""
    (?P<word>U\+[0-9A-Fa-f]{4,6}\b|(?:e\.g|i\.e|etc|cf|vs|resp)\.(?!\w)|https?://[^\s<>"'`)\]]{1,2000}(?<![.,;:])
            |[^\W\d_]\w*+(?:-\w++|['](?!s\b)\w++)*+)
  | (?P<number>\d++(?:[.,]\d++)*+(?!\w)) | (?P<ordinal>\w++)
"""
_QUOTES = r"""
  | "(?P<quoted>(?:(?!\[=|\{\{)[^"|]){0,200})" | “(?P<curly>(?:(?!\[=|\{\{)[^“”|]){0,200})”
  | (?<![^\s(\[«])['‘](?P<single>[^\s'‘](?:[^'‘|]{0,98}[^\s'‘|])?)'(?!\w)
"""
_POSSESSIVE = r"| (?P<possessive>'s\b|(?<=\S)'(?!\w)) | (?P<mark>\S)"
PLAIN = re.compile(rf"(\s*+)(?:{_WORDS}{_QUOTES}{_POSSESSIVE}|\Z)", re.VERBOSE)
SHORTHANDS = re.compile(
    rf"""(\s*+)(?:{_WORDS}
  | \|(?P<var>[^\W\d]\w*+(?:[ .-]\w++)*+)(?:\s?:\s?(?P<type>[^|\n]{{1,100}}))?\|
  | \[=(?P<link>(?:(?!\[=|=\]).){{1,400}}?)=\] | \{{\{{(?P<idl>(?:(?!\{{\{{|\}}\}}|>>).){{1,400}}?)\}}\}}
  | \[(?P<fence>[\^$:~])(?P<construct>[^\[\]]{{1,200}}?)(?P=fence)\] | <\{{(?P<element>[^{{}}]{{1,200}})\}}>
  | (?P<reference>\\?\[\[[^\[\]]{{1,200}}\]\])
  | \[(?P<shown>[^\[\]|=]{{1,200}})\]\((?:https?:|\#|mailto:)[^\s()]{{0,500}}\)
  | \\`(?P<bytes>`[^`]{{1,200}}`)\\` | \\(?P<escaped>[`|\[\]{{}}*<:\\])
  | `(?P<code>[^`]{{1,400}})` | ``(?P<codes>.{{1,400}}?)``
  | (?P<emphasis>(?<![\w*])\*{{1,3}}(?=[\w\[<{{|"`])|(?<=[\w.\])}}>|"`])\*{{1,3}}(?![\w*]))
  {_QUOTES}
  | (?P<broken>\[=|=\]|\{{\{{(?:(?P<misspelt>[\w/().!-]{{1,200}})(?:>>|\}}>|>\}}|\}}))?+) {_POSSESSIVE} | \Z)""",
    re.VERBOSE | re.DOTALL,
)


class Dialect(NamedTuple):
    """What a source is written in."""

    markdown: bool
    shorthands: bool


def definition(element: Element, seen: str, around: str) -> list[Token]:
    """The tokens of a dfn, without a place: one for each of its linking texts and scopes."""
    attributes = element.attributes
    kind = attributes.get("data-dfn-type") or next((name for name in attributes if name in IDL_TYPES), "dfn")
    texts = attributes.get("lt") or attributes.get("data-lt") or attributes.get("title") or seen
    texts += "|" + (attributes.get("local-lt") or attributes.get("data-local-lt") or "")
    scopes = next((attributes[name] for name in ("for", "data-dfn-for", "dfn-for") if name in attributes), around)
    as_written = kind in IDL_TYPES
    return [
        Token("dfn", seen, _NOWHERE, term if as_written else term.lower(), scope if as_written else lowered(scope))
        for scope in (spaced(part) for part in scopes.split(","))
        for term in dict.fromkeys(spaced(part).strip('"') for part in texts.split("|"))
        if term
    ] or [Token("dfn", seen, _NOWHERE)]


def lowered(scope: str) -> str:
    """The scope in lower case with single spaces."""
    return spaced(scope).lower()


def spaced(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.split())
