"""What an editor says that a sentence means, in a file beside the spec, in the reader's own controlled prose.

The file is TOML, one table a sentence:

    [[sentence]]
    key = "0f3c9a1b77de"             # as `bgsync read` shows it; it survives renumbering
    read_as = "set |loan|'s [=state=] to [=overdue=]"
    text = "The loan is by now overdue."    # optional: what it said, to find it again when it changes
    why = "the state of the loan"           # optional

`read_as = "nothing"` says that the sentence does nothing.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bgsync.errors import BgsyncError
from bgsync.files import no_file

NOTHING = "nothing"
"""What a sentence is read as that does nothing."""


class SidecarError(BgsyncError, ValueError):
    """A sidecar that cannot be used: the message names the cause, the place and the repair."""


@dataclass(frozen=True)
class ReadAs:
    """What one sentence is to be read as."""

    key: str
    read_as: str
    text: str = ""
    why: str = ""


def beside(path: Path) -> Path:
    """Give where the sidecar of a spec file is: the same name with `.read-as.toml` after it."""
    return path.with_name(path.name + ".read-as.toml")


def load_sidecar(path: Path) -> dict[str, ReadAs]:
    """Read a sidecar. Raises SidecarError."""
    if kind := no_file(path):
        raise SidecarError(f"{path}: {kind}, where a file is needed: name a file")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SidecarError(f"{path}: no TOML: {error}: mend it there") from error
    found: dict[str, ReadAs] = {}
    unknown = sorted(set(data) - {"sentence"})
    if unknown:
        raise SidecarError(f"{path}: unknown entry {unknown[0]!r}: write [[sentence]] tables")
    entries = data.get("sentence", [])
    if not isinstance(entries, list):
        raise SidecarError(f"{path}: `sentence` is one table: write [[sentence]] with two brackets")
    for number, entry in enumerate(entries, start=1):
        wrong = sorted(set(entry) - {"key", "read_as", "text", "why"})
        missing = sorted({"key", "read_as"} - set(entry))
        if wrong or missing:
            said = f"unknown {wrong[0]!r}" if wrong else f"no {missing[0]!r}"
            raise SidecarError(f"{path}: sentence {number} has {said}: it takes key, read_as, text and why")
        if not all(isinstance(value, str) for value in entry.values()):
            raise SidecarError(f"{path}: sentence {number}: every value is a string: put it in quotes")
        if entry["key"] in found:
            raise SidecarError(f"{path}: sentence {number}: key {entry['key']!r} stands there twice: keep one")
        found[entry["key"]] = ReadAs(**entry)
    return found


def check_used(path: str, entries: Mapping[str, ReadAs], used: set[str], sentences: Mapping[str, str]) -> None:
    """Refuse entries that match no sentence any more. `sentences` maps keys to texts. Raises SidecarError."""
    for key, entry in entries.items():
        if key not in used:
            near = difflib.get_close_matches(entry.text, list(sentences.values()), 1, 0.4) if entry.text else []
            hint = ""
            if near:
                now = next(other for other, text in sentences.items() if text == near[0])
                hint = f"; the closest sentence now is {now}: {near[0]!r}"
            raise SidecarError(
                f"{path}: no sentence has the key {key!r} any more{hint}: change the entry or take it out"
            )
