"""The metadata of a source, and what they say of how it is written."""

from __future__ import annotations

import re

from bgsync.prose.page.shorthands import Dialect

_METADATA_END = re.compile(r"</(?:pre|xmp)\b", re.IGNORECASE)
_METADATA = re.compile(r"<(?:pre|xmp)\b[^<>]*+>", re.IGNORECASE)
_KEY = re.compile(
    r"^[ \t]*+(Title|H1|Indent|Markup Shorthands)[ \t]*+:[ \t]*+([^\r\n]*+)", re.IGNORECASE | re.MULTILINE
)
_GENERATED = re.compile(r"<meta\b[^<>]*\bname=[\"']?generator\b", re.IGNORECASE)


def metadata_of(source: str) -> dict[str, str] | None:
    """The keys of the metadata that matter here, or None where there is no metadata."""
    for match in _METADATA.finditer(source):
        if "metadata" in match[0]:
            end = _METADATA_END.search(source, match.end())
            block = source[match.end() : end.start() if end else len(source)]
            return {key.lower(): value.strip() for key, value in _KEY.findall(block)}
    return None


def dialect_of(source: str, metadata: dict[str, str] | None) -> Dialect:
    """Give how a source is written: Bikeshed, ReSpec, or a page that Bikeshed put out."""
    head = source[:100].lstrip("\ufeff \t\r\n")
    if metadata is not None:
        shorthands = metadata.get("markup shorthands", "").lower()
        return Dialect(re.search(r"markdown\s+(?:no|off)", shorthands) is None, True)
    page = head[:9].lower() == "<!doctype" or head[:5].lower() == "<html"
    return Dialect(not page, not (page and _GENERATED.search(source)))
