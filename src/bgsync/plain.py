"""Text from outside, made harmless: whoever reads it sees every character, and none is taken for a command.

A character that a terminal obeys, that reorders what stands around it, or that XML cannot carry is shown as an escape
such as \\u001b. That is JSON's own way to write it, too, so the same escape is right in every output.
"""

import re
from typing import Any

_HARMFUL = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, all but tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they reorder text
    "\u2028\u2029\ufeff\ufff9-\ufffb"  # line ends that few editors show, and marks that none does
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # no characters: halves of pairs, and what Unicode sets aside
)
_IN_LINES = re.compile(f"[{_HARMFUL}]")
_IN_ONE_LINE = re.compile(f"[\t\n{_HARMFUL}]")
_COMMAND = re.compile(r"^([^\S\n]*):(?=:)|(?<=#)#(?=\[)", re.MULTILINE)

_URL = r"\b[A-Za-z][A-Za-z0-9+.-]+:/{1,2}"
"""How a URL begins, and what a path makes of it, in which there are no two slashes."""
_USER = re.compile(rf"({_URL})(?:[^\s/?#]*@|[^\s/?#:@]*:(?!\d*(?:[/?#]|$))\S*@)")
_QUERY = re.compile(rf"({_URL}[^\s?#'\"]*)[?#][^\s'\"]*?(?=[:;,.)]*(?:[\s'\"]|$))")
LEFT_OUT = "?…"
"""What stands where a URL has a query or a fragment: either may hold a secret."""


def visible(text: str) -> str:
    """Show every harmful character of a text as an escape; its lines stay lines."""
    return _IN_LINES.sub(_escape, text)


def flat(text: object) -> str:
    """Give a name or a message as one line: a tab or newline in it is an escape, too."""
    return _IN_ONE_LINE.sub(_escape, _decoded(str(text)))


def plain(text: str) -> str:
    """Give prose as one line, with a space where it has a tab, a newline or several spaces."""
    return visible(" ".join(text.split()))


def in_html(text: str) -> str:
    """Give prose as one line that is no markup in HTML."""
    return plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def in_markdown(text: str) -> str:
    """Give prose as one line of which nothing is taken for markup by Markdown."""
    return "".join("\\" + character if character in "\\`*_[]|#~@" else character for character in in_html(text))


def all_visible(data: Any) -> Any:
    """Make every text in data for JSON visible, for whoever shows what it stands for; all else stays."""
    if isinstance(data, str):
        return visible(data)
    if isinstance(data, dict):
        return {visible(key): all_visible(value) for key, value in data.items()}
    return [all_visible(each) for each in data] if isinstance(data, list | tuple) else data


def without_commands(text: str) -> str:
    """Give text of which no line is a command to a build server that reads what is printed, such as `::error::`."""
    return _COMMAND.sub(lambda match: f"{match[1] or ''}\\u{'003a' if match[0].endswith(':') else '0023'}", text)


def without_secrets(text: str) -> str:
    """Give text whose URLs have no user name, password, query or fragment."""
    return _QUERY.sub(lambda match: match[1] + LEFT_OUT, _USER.sub(r"\1", text))


def shown(target: object) -> str:
    """Give what a user names as it is shown: one line, a URL without user name, password, query and fragment."""
    return flat(without_secrets(str(target)))


def _decoded(text: str) -> str:
    """Give the name of a file as it is in UTF-8, whatever the locale took its bytes for."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeError:
        return text


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
