"""From the bytes of a source to its text."""

import codecs
import re

from bgsync.errors import BgsyncError

MAX_BYTES = 8 * 1024 * 1024
"""No source is larger."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta\s[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_LATIN = {"iso-8859-1", "iso8859-1", "latin-1", "latin1", "l1", "windows-1252", "cp1252", "us-ascii", "ascii"}


class SourceError(BgsyncError, ValueError):
    """A source that cannot be read: one line that names the cause, the place and the repair."""


def check_size(size: int, name: str) -> None:
    """Raise SourceError when a source is larger than allowed."""
    if size > MAX_BYTES:
        raise SourceError(f"{name}: larger than {_amount(MAX_BYTES)}, the most that is read; name the spec's source")


def decode(data: bytes, name: str, charset: str | None = None) -> str:
    """Give the text of a source, with "\\n" at the end of every line and without a byte order mark.

    It is UTF-8, or UTF-16 with a byte order mark, or Latin-1 where `charset` (what the server said) or a <meta> element
    says so; as on the web, Latin-1 means windows-1252. Raises SourceError when it is anything else, empty or too large.
    """
    check_size(len(data), name)
    mark, encoding = next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", "utf-8"))
    if encoding == "utf-8" and (nul := data.find(b"\0")) >= 0:
        raise SourceError(f"{name}: binary, with a NUL at byte {nul}; name a text in UTF-8")
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        declared = (charset or _declared(data)).lower()
        if mark or declared not in _LATIN:
            offset = len(mark) + error.start
            said = f" (it is declared as {declared!r})" if declared else ""
            raise SourceError(
                f"{name}: not {encoding[:6].upper().rstrip('-')} at byte {offset}{said}; save it as UTF-8"
            ) from None
        text = _latin(data)
    if "\0" in text:
        raise SourceError(f"{name}: binary, with a NUL at character {text.index(chr(0))}; name a text in UTF-8")
    if not text.strip():
        raise SourceError(f"{name}: empty; name a file that holds a spec")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _declared(data: bytes) -> str:
    found = _META.search(data, 0, 4096)
    return found[1].decode("ascii", "replace") if found else ""


def _latin(data: bytes) -> str:
    try:
        return data.decode("windows-1252")
    except UnicodeDecodeError:  # five bytes have no character there
        return data.decode("iso-8859-1")


def _amount(size: int) -> str:
    return f"{size // (1024 * 1024)} MB" if size >= 1024 * 1024 else f"{size} bytes"
