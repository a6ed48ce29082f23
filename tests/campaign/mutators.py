"""Edits of a source as they go wrong: words, tags, lines, characters, nesting, numbers; and edits of one step."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import NamedTuple

Mutator = Callable[[str, random.Random], str]

ODD = "\u0000\u0001\u001b\u00a0\u00ad\u200b\u200d\u202e\u2028\u2029\ufeff\ufffd\ufffe\u0301ßİﬁΩ漢🦆"
ODD += "\U000e0001\U0010ffff\r\v\f"
MARKS = "<>|[]{}=`'\"&;:*_#\\/.,()!?-0 \n\t$%^~@"
WORD = re.compile(r"\S+")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|\[=|=\]|\{\{|\}\}|\||<!--|-->")
NUMBER = re.compile(r"\d+")
STEP = re.compile(r"^(?P<indent>\s*)(?P<mark>\d+\.\s+|<li>\s*(?:<p>)?)(?P<rest>\S.*)$")
VARIABLE = re.compile(r"\|([^|\n:]+)(?::[^|\n]*)?\||<var>([^<]+)</var>")


def _place(pattern: re.Pattern[str], text: str, chance: random.Random) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return chance.choice(found) if found else None


def _put(text: str, match: re.Match[str] | None, new: str) -> str:
    return text if match is None else text[: match.start()] + new + text[match.end() :]


def misspelt(word: str, chance: random.Random) -> str:
    """Misspell a word: a letter lost, doubled, swapped or changed, an ending, or the other case."""
    at = chance.randrange(len(word))
    letter = chance.choice("aeioustrn")
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            word[:at] + letter + word[at + 1 :],
            word + chance.choice(["s", "d", "ing", "'s"]),
            word.swapcase(),
        ]
    )


def leave_out_word(text: str, chance: random.Random) -> str:
    return _put(text, _place(WORD, text, chance), "")


def double_word(text: str, chance: random.Random) -> str:
    match = _place(WORD, text, chance)
    return text if match is None else _put(text, match, f"{match[0]} {match[0]}")


def misspell_word(text: str, chance: random.Random) -> str:
    match = _place(WORD, text, chance)
    return text if match is None else _put(text, match, misspelt(match[0], chance))


def drop_tag(text: str, chance: random.Random) -> str:
    return _put(text, _place(TAG, text, chance), "")


def double_tag(text: str, chance: random.Random) -> str:
    match = _place(TAG, text, chance)
    return text if match is None else _put(text, match, match[0] * chance.choice([2, 3, 50]))


def cut_line(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    del lines[chance.randrange(len(lines))]
    return "\n".join(lines)


def cut_short(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
    return "\n".join(lines)


def swap_lines(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def indent_line(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    lines[at] = " " * chance.choice([1, 2, 3, 4, 7, 8, 64]) + chance.choice([lines[at], lines[at].lstrip()])
    return "\n".join(lines)


def insert_character(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(ODD + MARKS) * chance.choice([1, 1, 1, 2, 3]) + text[at:]


def huge_number(text: str, chance: random.Random) -> str:
    number = chance.choice(["0", "-1", "9" * 30, "9" * 5000, "1e999", "0x7fffffff", "٣", "½", "1.5"])
    match = _place(NUMBER, text, chance) or _place(WORD, text, chance)
    return _put(text, match, number)


def nest_list(text: str, chance: random.Random) -> str:
    """Put a line into many lists."""
    lines, deep = text.split("\n"), chance.choice([2, 5, 20, 60, 300])
    at = chance.randrange(len(lines))
    if chance.random() < 0.5:
        ends = chance.choice(["</li></ol>" * deep, ""])
        lines[at] = "<ol><li>" * deep + lines[at] + ends
    else:
        lines[at : at + 1] = [f"{'   ' * level}1. If |x| is null:" for level in range(deep)] + [
            "   " * deep + "1. " + lines[at].lstrip(" 1.")
        ]
    return "\n".join(lines)


def nest_words(text: str, chance: random.Random) -> str:
    """Repeat a part of a sentence many times."""
    match, many = _place(WORD, text, chance), chance.choice([2, 5, 20, 100])
    part = chance.choice(["|x|'s ", "not ", "the result of ", "(", "[=", "if |x| is null, ", "and ", "either ", "<b>"])
    return text if match is None else _put(text, match, part * many + match[0])


MUTATORS: tuple[Mutator, ...] = (
    leave_out_word,
    double_word,
    misspell_word,
    drop_tag,
    double_tag,
    cut_line,
    cut_short,
    swap_lines,
    indent_line,
    insert_character,
    huge_number,
    nest_list,
    nest_words,
)


def window(text: str, chance: random.Random) -> str:
    """Cut some lines out of a text."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    return "\n".join(lines[at : at + chance.randint(1, 24)])


def garbled(text: str, chance: random.Random) -> str:
    """Edit a text a few times, anywhere."""
    for _ in range(chance.choice([1, 1, 1, 2, 3, 5])):
        text = chance.choice(MUTATORS)(text, chance)
    return text


class Step(NamedTuple):
    """A step: its lines in a text, from `first` up to `end`."""

    first: int
    end: int


def steps_of(text: str) -> list[Step]:
    """Find the steps: a line that begins an item, with those below that go on with it."""
    lines, found = text.split("\n"), list[Step]()
    for at, line in enumerate(lines):
        if STEP.match(line):
            end = at + 1
            while end < len(lines) and re.match(r"^\s+[^\s<:\d]", lines[end]):
                end += 1
            found.append(Step(at, end))
    return found


def _verb_misspelt(rest: str, chance: random.Random) -> str:
    match = re.search(r"[A-Za-z]{3,}", rest)
    if match is None:
        return rest
    word = chance.choice([match[0] + "s", misspelt(match[0], chance)])
    return _put(rest, match, word)


def _nonsense(rest: str, chance: random.Random) -> str:
    names = [one or other for one, other in VARIABLE.findall(rest)]
    about = f" |{chance.choice(names)}|" if names else ""
    return chance.choice([f"Frobnicate{about} with the wombat.", f"By and large{about} glimmers.", f"Do{about}."])


def _negated(rest: str, chance: random.Random) -> str:
    if " is not " in rest:
        return rest.replace(" is not ", " is ", 1)
    return rest.replace(" is ", " is not ", 1)


KINDS = ("verb misspelt", "left out", "doubled", "nonsense", "variable null", "negated")


def step_edited(text: str, kind: str, chance: random.Random) -> str:
    """Edit one step of a text; the text itself where there is none that can be edited so."""
    lines, steps = text.split("\n"), steps_of(text)
    if kind == "negated":
        steps = [step for step in steps if " is " in lines[step.first]]
    if kind == "variable null":
        steps = [step for step in steps if VARIABLE.search(lines[step.first])]
    if not steps:
        return text
    first, end = chance.choice(steps)
    match = STEP.match(lines[first])
    assert match is not None
    head, rest = match["indent"] + match["mark"], match["rest"]
    if kind == "left out":
        lines[first:end] = []
    elif kind == "doubled":
        lines[first:end] = lines[first:end] * 2
    elif kind == "variable null":
        one, other = chance.choice(VARIABLE.findall(rest))
        lines.insert(first, f"{head}Set |{one or other}| to null.")
    elif kind == "nonsense":
        lines[first:end] = [head + _nonsense(rest, chance)]
    else:
        lines[first] = head + (_verb_misspelt if kind == "verb misspelt" else _negated)(rest, chance)
    return "\n".join(lines)
