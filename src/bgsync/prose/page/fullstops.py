"""Where sentences end.

A sentence ends at a full stop, a question mark or an exclamation mark before white space, unless a word in lower case
follows (a mistyped comma), or it stands inside parentheses (a remark is part of its sentence), or is a ! or ? with
white space before it, as in "Let |x| be ? ToNumber(|y|)". A colon ends none: what it announces may be a list or the
rest of the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bgsync.pauses import pause
from bgsync.prose.page.document import Token

_ENDS = frozenset(".?!")
_CLOSERS = frozenset(")]\"”’'")


def sentence_ends(tokens: Sequence[Token]) -> Iterator[int]:
    """The index after the last token of each sentence."""
    pause()
    inside = _in_parentheses(tokens)
    index, count = 0, len(tokens)
    while index < count:
        token = tokens[index]
        index += 1
        if not (token.kind == "mark" and token.text in _ENDS) and not (token.kind == "word" and token.text == "etc."):
            continue
        if token.text in "?!" and token.space:
            continue
        while (
            index < count
            and tokens[index].kind == "mark"
            and tokens[index].text in _CLOSERS
            and not tokens[index].space
        ):
            index += 1
        if index == count:
            break
        after = tokens[index]
        if after.space and not inside[index] and not (after.kind == "word" and after.text[0].islower()):
            yield index
    if count:
        yield count


def _in_parentheses(tokens: Sequence[Token]) -> list[bool]:
    """Of each token: whether it stands in parentheses that are closed."""
    inside = [0] * (len(tokens) + 1)
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind != "mark":
            continue
        if token.text == "(":
            opened.append(index)
        elif token.text == ")" and opened:
            inside[opened.pop() + 1] += 1
            inside[index] -= 1
    depth = 0
    result = []
    for change in inside:
        depth += change
        result.append(depth > 0)
    return result
