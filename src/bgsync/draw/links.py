"""Where a step of a picture leads to when it is clicked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from bgsync.language import Origin
from bgsync.plain import LEFT_OUT
from bgsync.sources.source import STANDARD_INPUT

Link = Callable[[Origin], str]
"""Gives the address of a step, "" for none."""

WEB = ("http://", "https://")


def published(addresses: Mapping[str, str]) -> Link:
    """Make links to where the steps of a content's own spec are published: its algorithm's place in the text."""
    return lambda origin: addresses.get(origin.algorithm, "")


def to_lines(origin: Origin) -> str:
    """Give the line of the file, as code hosts understand it; of a page of the web its address.

    Of REV:path it is the path, whatever revision is there when the link is followed.
    """
    if origin.file.startswith(WEB):
        return origin.file.removesuffix(LEFT_OUT)
    path = origin.file.partition(":")[2] or origin.file
    return f"{quote(path)}#L{origin.line}" if path not in ("", STANDARD_INPUT) and origin.line else ""


def to_text(addresses: Mapping[str, str]) -> Link:
    """Make links to the lines of a text; a step that it takes from content leads to where that is published."""
    return lambda origin: addresses.get(origin.algorithm, "") if origin.file.endswith(".py") else to_lines(origin)


def by_template(template: str) -> Link:
    """Make links of a template with {file}, {line}, {algorithm} and {step}. Raises ValueError for any other."""

    def link(origin: Origin) -> str:
        return template.format(
            file=quote(origin.file), line=origin.line, algorithm=quote(origin.algorithm), step=quote(origin.step)
        )

    try:
        link(Origin("", (), "", 0, 1, "", ""))
    except (LookupError, AttributeError, ValueError):
        known = "{file}, {line}, {algorithm} and {step}"
        raise ValueError(f"{template!r}: no template of a link; put only {known} in braces") from None
    return link
