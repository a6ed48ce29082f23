"""What may be done about a sentence that is not understood: another wording, or an entry of the sidecar."""

from __future__ import annotations

import json

from bgsync.judge.verdict import Unread
from bgsync.lsp.answer import Fix
from bgsync.lsp.page import Page
from bgsync.plain import plain, visible
from bgsync.prose.reading import Reading
from bgsync.prose.sidecar import NOTHING


def fixes(one: Unread, reading: Reading, page: Page) -> tuple[Fix, ...]:
    """Give what may be done: first to write each wording into the text, then to say it in the sidecar."""
    sentence = next((each.sentence for each in reading.sentences if each.origin.key == one.key), None)
    made = list[Fix]()
    for wording in one.wordings:
        edit = None if sentence is None else page.reworded(sentence, wording)
        if edit is not None:
            span, text = edit
            made.append(Fix(f"Write: {plain(wording)}", text, span))
    read_as = [Fix(f"Read it as: {plain(wording)}", entry(one.key, wording, one.sentence)) for wording in one.wordings]
    return (*made, *read_as, *as_nothing(one.key, one.sentence))


def as_nothing(key: str, sentence: str) -> tuple[Fix, ...]:
    """Give the entry that says of a sentence that it does nothing; none for a sentence that has no key."""
    return (Fix("Read it as nothing", entry(key, NOTHING, sentence)),) if key else ()


def entry(key: str, read_as: str, sentence: str) -> str:
    """Write an entry of a sidecar."""
    rows = ("key", key), ("read_as", read_as), ("text", plain(sentence))
    return "[[sentence]]\n" + "".join(f"{name} = {_quoted(value)}\n" for name, value in rows)


def _quoted(text: str) -> str:
    """Write a string of TOML; JSON has the same escapes."""
    return visible(json.dumps(text, ensure_ascii=False))
